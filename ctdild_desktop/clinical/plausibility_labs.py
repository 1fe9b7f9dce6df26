"""Plausibility of blood results, walk distance, temperature, and of ratios and z-scores that somebody typed.

Limits are inclusive and are decisions of the registry, as in :mod:`ctdild_desktop.clinical.limits`; the unit
factors are the customary ones of laboratory medicine. A z-score is limited only where it was typed: computed
ones are derived from values that were checked already.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from ctdild_desktop.clinical.codes import labs
from ctdild_desktop.clinical.entry import parse_number
from ctdild_desktop.clinical.issues import Issue, refused
from ctdild_desktop.clinical.limits import Limits, UnitGuess, check_value, field_limits, plain
from ctdild_desktop.clinical.units import UnitError, canonical, stored_unit, to_stored
from ctdild_desktop.language import say

_OTHER_QUANTITY = {"walk_distance": "walk_distance"}
"""Quantities of what is limited here and is no laboratory test."""
_PARTS_OF_WBC = ("neutrophils", "lymphocytes")
_SIGNED = re.compile(r"\s*([<>])\s*(.+)\Z")


@dataclass(frozen=True, slots=True)
class LabValue:
    """A result as the laboratory wrote it; ``sign`` is ``<`` or ``>`` beyond the range of the method."""

    value: Decimal
    sign: str = ""


def parse_lab_value(text: str) -> LabValue:
    """Read ``4.1``, ``4,1`` or ``<0.5``; the sign is kept and never dropped.

    Raises:
        EntryError: what follows the sign is no number.
    """
    found = _SIGNED.match(text)
    if found is None:
        return LabValue(parse_number(text))
    return LabValue(parse_number(found[2]), found[1])


@cache
def lab_limits() -> Mapping[str, Limits]:
    """The limits by test, in the stored unit of its quantity."""
    cells = "10^9/L"

    def guess(low: str, high: str, unit: str, quantity: str) -> tuple[UnitGuess, ...]:
        return (UnitGuess(Decimal(low), Decimal(high), unit, lambda value: to_stored(quantity, value, unit)),)

    def span(low: str, high: str) -> tuple[Decimal, Decimal]:
        return Decimal(low), Decimal(high)

    white = guess("1000", "200000", "/µL", "blood_cells")

    def one(name: str, unit: str, hard: tuple[str, str], low: str = "", high: str = "") -> Limits:
        soft = (Decimal(low) if low else None, Decimal(high) if high else None)
        return Limits(name=name, unit=unit, hard=span(*hard), soft=soft)

    dense = guess("100", "6000", "mg/dL", "immunoglobulin")
    return {
        "hb": field_limits()["hb_g_l"],
        "eosinophils": Limits(
            name="Eosinophils", unit=cells, hard=span("0", "200"), soft=(None, Decimal(10)), guesses=white
        ),
        "mcv": one("MCV", "fL", ("40", "160"), "60", "130"),
        "egfr": one("eGFR", "mL/min/1.73m2", ("0", "250"), "", "160"),
        "potassium": one("Potassium", "mmol/L", ("1", "12"), "2.5", "6.5"),
        "alp": one("Alkaline phosphatase", "U/L", ("1", "20000"), "", "2000"),
        "bilirubin": one("Bilirubin", "µmol/L", ("0", "1500"), "", "300"),
        "albumin": Limits(
            name="Albumin",
            unit="g/L",
            hard=span("6", "80"),
            soft=span("15", "60"),
            guesses=guess("0.6", "5.9", "g/dL", "albumin"),
        ),
        "ldh": one("LDH", "U/L", ("10", "50000"), "", "3000"),
        "esr": one("ESR", "mm/h", ("0", "200"), "", "150"),
        "ferritin": one("Ferritin", "µg/L", ("0", "500000"), "", "20000"),
        "nt_probnp": one("NT-proBNP", "ng/L", ("0", "300000"), "", "70000"),
        "troponin": one("Troponin", "ng/L", ("0", "1000000"), "", "10000"),
        "iga": Limits(name="IgA", unit="g/L", hard=span("0", "60"), soft=(None, Decimal(20)), guesses=dense),
        "igm": Limits(name="IgM", unit="g/L", hard=span("0", "60"), soft=(None, Decimal(20)), guesses=dense),
        "cd19": one("CD19 cells", "/µL", ("0", "100000"), "", "2000"),
        "glucose": one("Glucose", "mmol/L", ("0.5", "100"), "2.5", "35"),
        "hba1c": one("HbA1c", "mmol/mol", ("10", "250"), "20", "150"),
        "wbc": Limits(
            name="White blood cells", unit=cells, hard=span("0", "200"), soft=span("1", "50"), guesses=white
        ),
        "neutrophils": Limits(name="Neutrophils", unit=cells, hard=span("0", "200"), guesses=white),
        "lymphocytes": Limits(name="Lymphocytes", unit=cells, hard=span("0", "200"), guesses=white),
        "platelets": Limits(
            name="Platelets",
            unit=cells,
            hard=span("0", "2000"),
            soft=span("20", "1000"),
            guesses=guess("10000", "2000000", "/µL", "blood_cells"),
        ),
        "alt": Limits(name="ALT", unit="U/L", hard=span("1", "10000"), soft=(None, Decimal(1000))),
        "ast": Limits(name="AST", unit="U/L", hard=span("1", "10000"), soft=(None, Decimal(1000))),
        "ck": Limits(name="CK", unit="U/L", hard=span("1", "200000"), soft=(None, Decimal(20000))),
        "creatinine": Limits(
            name="Creatinine",
            unit="µmol/L",
            hard=span("10", "2000"),
            soft=span("30", "500"),
            guesses=guess("0.2", "9.9", "mg/dL", "creatinine"),
        ),
        "crp": Limits(name="CRP", unit="mg/L", hard=span("0", "600"), soft=(None, Decimal(300))),
        "igg": Limits(
            name="IgG",
            unit="g/L",
            hard=span("0", "60"),
            soft=span("4", "25"),
            guesses=guess("100", "6000", "mg/dL", "immunoglobulin"),
        ),
        "walk_distance": Limits(
            name="6-minute walk distance", unit="m", hard=span("0", "1000"), soft=span("50", "800")
        ),
        "temperature": Limits(name="Temperature", unit="°C", hard=span("30", "45"), soft=span("35", "41")),
        "fev1_fvc": Limits(
            name="FEV1/FVC",
            unit="",
            hard=span("0.15", "1.00"),
            soft=(Decimal("0.40"), None),
            guesses=(UnitGuess(Decimal("1.01"), Decimal(100), "percent", lambda value: value / 100),),
        ),
        "z_score": Limits(name="z-score", unit="", hard=span("-10", "8"), soft=span("-6", "4")),
    }


def check_lab(test: str, value: Decimal | None, unit: str = "") -> tuple[Issue, ...]:
    """What is wrong or unlikely in one result; a test without limits has no finding.

    Args:
        test: code of the test; the field of the finding.
        value: as typed; None when not recorded.
        unit: as typed; the value is converted to the stored unit before it is compared.
    """
    limits = lab_limits().get(test)
    if limits is None or value is None:
        return ()
    listed = labs().get(test)
    quantity = listed.quantity if listed is not None else _OTHER_QUANTITY.get(test, "")
    if quantity:
        try:
            value = to_stored(quantity, value, unit or stored_unit(quantity))
        except UnitError:
            return (
                refused(test, "UNIT", say("{unit} is not a unit of {name}.", unit=unit, name=limits.name)),
            )
    elif unit and canonical(unit) != limits.unit:
        return (refused(test, "UNIT", say("{unit} is not a unit of {name}.", unit=unit, name=limits.name)),)
    found = check_value(test, value, limits)
    return () if found is None else (found,)


def check_blood_count(values: Mapping[str, Decimal]) -> tuple[Issue, ...]:
    """Neutrophils or lymphocytes above the white blood cells of the same sample cannot be.

    Args:
        values: results of one sample in 10^9/L, by test.
    """
    whole = values.get("wbc")
    if whole is None:
        return ()
    limits = lab_limits()
    return tuple(
        refused(
            part,
            "CONTRADICTION",
            say(
                "{name} {values} are more than all white blood cells, {whole}.",
                name=limits[part].name,
                values=plain(values[part]),
                whole=plain(whole),
            ),
        )
        for part in _PARTS_OF_WBC
        if part in values and values[part] > whole
    )
