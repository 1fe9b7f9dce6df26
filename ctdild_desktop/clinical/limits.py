"""Plausibility limits of single values: what is refused, what is asked about, and which unit was meant.

Limits are inclusive and are decisions of the registry, kept wide: refusing a true value is worse than asking.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.issues import Fix, Issue, Severity, refused, unlikely
from ctdild_desktop.clinical.records import DlcoUnit
from ctdild_desktop.language import remembered, say


@dataclass(frozen=True, slots=True)
class UnitGuess:
    """Between ``low`` and ``high`` another unit was probably meant; ``convert`` gives the value meant."""

    low: Decimal
    high: Decimal
    unit: str
    convert: Callable[[Decimal], Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one field; None where there is none on that side."""

    name: str
    unit: str
    hard: tuple[Decimal, Decimal]
    soft: tuple[Decimal | None, Decimal | None] = (None, None)
    guesses: tuple[UnitGuess, ...] = ()


def check_value(field: str, value: Decimal | None, limits: Limits) -> Issue | None:
    """The finding about one value, or None when it is usual or not recorded."""
    if value is None:
        return None
    if field == "hb_g_l" and wording.haemoglobin_unit() != limits.unit:
        return _haemoglobin_as_typed(field, value, limits)
    low, high = limits.hard
    unit = f" {limits.unit}" if limits.unit else ""
    if not low <= value <= high:
        meant = _meant(field, value, limits)
        if meant is not None:
            return meant
        text = say(
            "{name} must be between {low} and {high}{unit}.",
            name=say(limits.name),
            low=wording.as_typed(low),
            high=wording.as_typed(high),
            unit=unit,
        )
        return refused(field, "RANGE", text)
    soft_low, soft_high = limits.soft
    if soft_low is not None and value < soft_low:
        text = say(
            "{name} below {soft_low}{unit} is unusual.",
            name=say(limits.name),
            soft_low=wording.as_typed(soft_low),
            unit=unit,
        )
        return unlikely(field, "UNUSUAL", text)
    if soft_high is not None and value > soft_high:
        text = say(
            "{name} above {soft_high}{unit} is unusual.",
            name=say(limits.name),
            soft_high=wording.as_typed(soft_high),
            unit=unit,
        )
        return unlikely(field, "UNUSUAL", text)
    return None


def _haemoglobin_as_typed(field: str, value: Decimal, limits: Limits) -> Issue | None:
    """The finding in the site's g/dL; a correction is in g/L, as every text outside the field."""

    def tenth(value: Decimal | None) -> Decimal | None:
        return None if value is None else value.scaleb(-1)

    unit, per_litre = wording.haemoglobin_unit(), limits.unit
    low, high = limits.hard
    typed = value.scaleb(-1)
    if not low <= value <= high and low <= typed <= high:
        shown = plain(typed.scaleb(-1))
        text = say(
            "{value}{unit} cannot be: was it in {unit2}?",
            value=plain(typed),
            unit=f" {unit}",
            unit2=per_litre,
        )
        fix = Fix(say("Use {shown}{unit}", shown=shown, unit=f" {unit}"), plain(typed))
        return Issue(field, Severity.HARD, "UNIT", text, fix)
    own = Limits(
        name=limits.name,
        unit=unit,
        hard=(low.scaleb(-1), high.scaleb(-1)),
        soft=(tenth(limits.soft[0]), tenth(limits.soft[1])),
    )
    found = check_value("", typed, own)
    return None if found is None else replace(found, field=field)


def plain(value: Decimal) -> str:
    """A converted value as a person would type it: no exponent, no trailing zeros."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", wording.style().decimal_mark)


def _meant(field: str, value: Decimal, limits: Limits) -> Issue | None:
    low, high = limits.hard
    for guess in limits.guesses:
        converted = guess.convert(value)
        if guess.low <= value <= guess.high and low <= converted <= high:
            shown = plain(converted)
            unit = f" {limits.unit}" if limits.unit else ""
            text = say(
                "{value}{unit} cannot be: was it in {unit2}?", value=plain(value), unit=unit, unit2=guess.unit
            )
            return Issue(
                field,
                Severity.HARD,
                "UNIT",
                text,
                Fix(say("Use {shown}{unit}", shown=shown, unit=unit), shown),
            )
    return None


def _span(low: str, high: str) -> tuple[Decimal, Decimal]:
    return Decimal(low), Decimal(high)


def _times(factor: str) -> Callable[[Decimal], Decimal]:
    return lambda value: value * Decimal(factor)


@remembered
def field_limits() -> Mapping[str, Limits]:
    """The limits by field name of the records; the transfer factor's are in :func:`dlco_limits`."""
    millilitres = UnitGuess(Decimal(300), Decimal(9000), "mL", lambda value: value / 1000)
    fraction = UnitGuess(Decimal("0.1"), Decimal("2.0"), "fractions", _times("100"))
    return {
        "fvc_l": Limits(
            name="FVC",
            unit="L",
            hard=_span("0.30", "9.00"),
            soft=_span("0.80", "7.00"),
            guesses=(millilitres,),
        ),
        "fev1_l": Limits(
            name="FEV1",
            unit="L",
            hard=_span("0.20", "8.00"),
            soft=_span("0.60", "6.00"),
            guesses=(millilitres,),
        ),
        "fvc_pct_pred": _percent_of_predicted("FVC"),
        "fev1_pct_pred": _percent_of_predicted("FEV1"),
        "dlco_pct_pred": Limits(
            name="DLCO % predicted",
            unit="%",
            hard=_span("3", "200"),
            soft=_span("15", "140"),
            guesses=(fraction,),
        ),
        "fvc_pred_l": Limits(
            name="Predicted FVC", unit="L", hard=_span("0.30", "9.00"), guesses=(millilitres,)
        ),
        "tlc_l": Limits(name="TLC", unit="L", hard=_span("0.80", "12.00"), soft=_span("1.50", "9.00")),
        "va_l": Limits(name="VA", unit="L", hard=_span("0.30", "12.00")),
        "kco": Limits(name="KCO", unit="", hard=_span("0.01", "20")),
        "hb_g_l": Limits(
            name="Haemoglobin",
            unit="g/L",
            hard=_span("30", "250"),
            soft=_span("80", "190"),
            guesses=(UnitGuess(Decimal(3), Decimal(25), "g/dL", _times("10")),),
        ),
        "spo2_rest": Limits(
            name="SpO₂ at rest",
            unit="%",
            hard=_span("40", "100"),
            soft=(Decimal(85), None),
            guesses=(UnitGuess(Decimal("0.40"), Decimal("1.00"), "fractions", _times("100")),),
        ),
        "spo2_nadir": Limits(
            name="SpO₂ nadir",
            unit="%",
            hard=_span("40", "100"),
            guesses=(UnitGuess(Decimal("0.40"), Decimal("1.00"), "fractions", _times("100")),),
        ),
        "height_cm": Limits(
            name="Height",
            unit="cm",
            hard=_span("100", "230"),
            soft=_span("135", "205"),
            guesses=(
                UnitGuess(Decimal("1.00"), Decimal("2.30"), "m", _times("100")),
                UnitGuess(Decimal(39), Decimal(90), "in", _times("2.54")),
            ),
        ),
        "weight_kg": Limits(name="Weight", unit="kg", hard=_span("20", "300"), soft=_span("35", "200")),
        "pack_years": Limits(name="Pack-years", unit="", hard=_span("0", "200")),
        "admitted_nights": Limits(name="Nights in hospital", unit="", hard=_span("0", "365")),
        "extent_percent": Limits(name="Extent on HRCT", unit="%", hard=_span("0", "100")),
        "fibrosis_percent": Limits(name="Fibrosis", unit="%", hard=_span("0", "100")),
    }


def _percent_of_predicted(name: str) -> Limits:
    fraction = UnitGuess(Decimal("0.1"), Decimal("2.0"), "fractions", _times("100"))
    return Limits(
        name=say("{name} % predicted", name=name),
        unit="%",
        hard=_span("10", "200"),
        soft=_span("30", "140"),
        guesses=(fraction,),
    )


@remembered
def dlco_limits(unit: DlcoUnit) -> Limits:
    """The limits of the transfer factor in its unit."""
    if unit is DlcoUnit.SI:
        return Limits(name="DLCO", unit=unit.value, hard=_span("0.3", "20.0"), soft=_span("1.5", "15.0"))
    return Limits(name="DLCO", unit=unit.value, hard=_span("1.0", "60.0"), soft=_span("4.0", "45.0"))


def nadir_above_rest(rest: Decimal | None, nadir: Decimal | None) -> list[Issue]:
    """The lowest saturation on exertion is not above that at rest."""
    if rest is None or nadir is None or nadir <= rest:
        return []
    return [unlikely("spo2_nadir", "CONTRADICTION", "The SpO₂ nadir is above the SpO₂ at rest.")]
