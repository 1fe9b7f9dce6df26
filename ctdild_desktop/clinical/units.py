"""Conversion of clinical units with exact decimals.

The typed value and unit are always what is stored; a conversion is made where a formula or a comparison
needs another unit. Factors are the customary ones of laboratory medicine; 2.987 for the transfer factor is
the one contained in the GLI 2017 tables (Stanojevic 2017, corrected 2020).
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache

from ctdild_desktop.clinical.records import DlcoUnit
from ctdild_desktop.language import say

TLCO_TO_DLCO = Decimal("2.987")
"""mL/min/mmHg in one mmol/min/kPa; the same factor per litre for KCO."""


class UnitError(ValueError):
    """A quantity was given in a unit that is not known for it; the text names both."""


@cache
def _factors() -> dict[str, tuple[str, dict[str, tuple[Decimal, Decimal]]]]:
    """Per quantity: its stored unit, and per accepted unit the (multiplier, divisor) to the stored one."""
    one = Decimal(1)

    def times(text: str) -> tuple[Decimal, Decimal]:
        return Decimal(text), one

    def over(text: str) -> tuple[Decimal, Decimal]:
        return one, Decimal(text)

    cells = ("10^9/L", {"/µL": over("1000"), "10^3/µL": times("1")})
    enzyme = ("U/L", {"µkat/L": times("60")})
    litres = ("L", {"mL": over("1000")})
    globulin = ("g/L", {"mg/dL": over("100")})
    return {
        "volume": litres,
        "dlco": ("mL/min/mmHg", {"mmol/min/kPa": times("2.987")}),
        "kco": ("mL/min/mmHg/L", {"mmol/min/kPa/L": times("2.987")}),
        "haemoglobin": ("g/L", {"g/dL": times("10"), "mmol/L": times("16.11")}),
        "blood_cells": cells,
        "enzyme": enzyme,
        "creatinine": ("µmol/L", {"mg/dL": times("88.42")}),
        "bilirubin": ("µmol/L", {"mg/dL": times("17.1")}),
        "crp": ("mg/L", {"mg/dL": times("10")}),
        "immunoglobulin": globulin,
        "complement": globulin,
        "albumin": ("g/L", {"g/dL": times("10")}),
        "potassium": ("mmol/L", {"mEq/L": times("1")}),
        "glucose": ("mmol/L", {"mg/dL": over("18.016")}),
        "micrograms_per_litre": ("µg/L", {"ng/mL": times("1")}),
        "nanograms_per_litre": (
            "ng/L",
            {"pg/mL": times("1"), "µg/L": times("1000"), "ng/mL": times("1000")},
        ),
        "b_cells": ("/µL", {"10^6/L": times("1"), "10^9/L": times("1000")}),
        "height": ("cm", {"in": times("2.54"), "m": times("100")}),
        "weight": ("kg", {"lb": times("0.45359237")}),
        "walk_distance": ("m", {"ft": times("0.3048")}),
    }


def quantities() -> tuple[str, ...]:
    """Names of the quantities that can be converted."""
    return tuple(_factors())


def accepted(quantity: str) -> tuple[tuple[str, Fraction], ...]:
    """Every other unit of a quantity with its exact factor to the stored one.

    Raises:
        UnitError: the quantity is not known.
    """
    stored_unit(quantity)
    return tuple(
        (unit, Fraction(multiplier) / Fraction(divisor))
        for unit, (multiplier, divisor) in _factors()[quantity][1].items()
    )


def stored_unit(quantity: str) -> str:
    """The unit in which a quantity is kept for comparison; raises UnitError for an unknown quantity."""
    if quantity not in _factors():
        raise UnitError(say("{quantity} is not a known quantity", quantity=quantity))
    return _factors()[quantity][0]


_SPELLINGS = {
    "10*9/L": "10^9/L",
    "10⁹/L": "10^9/L",
    "10*6/L": "10^6/L",
    "10⁶/L": "10^6/L",
    "mL/min/1.73m²": "mL/min/1.73m2",
    "ug/L": "µg/L",
    "10*3/µL": "10^3/µL",
    "10*3/uL": "10^3/µL",
    "10^3/uL": "10^3/µL",
    "/uL": "/µL",
    "ukat/L": "µkat/L",
    "umol/L": "µmol/L",
    "mL/min/mm[Hg]": "mL/min/mmHg",
    "mL/min/mm[Hg]/L": "mL/min/mmHg/L",
    "[in_i]": "in",
    "[lb_av]": "lb",
    "[ft_i]": "ft",
}


def canonical(unit: str) -> str:
    """A unit as this program writes it; UCUM spellings (``10*9/L``, ``umol/L``) and Greek mu are known."""
    written = unit.strip().replace("\u03bc", "\u00b5")
    return _SPELLINGS.get(written, written)


def to_stored(quantity: str, value: Decimal, unit: str) -> Decimal:
    """A value in the stored unit of its quantity, exactly; UCUM spellings of a unit are accepted.

    Raises:
        UnitError: the quantity or the unit is not known; nothing is ever assumed.
    """
    home = stored_unit(quantity)
    written = canonical(unit)
    if written == home:
        return value
    factor = _factors()[quantity][1].get(written)
    if factor is None:
        raise UnitError(
            say("{unit} is not a unit of {quantity}", unit=unit, quantity=quantity.replace("_", " "))
        )
    multiplier, divisor = factor
    return value * multiplier / divisor


def dlco_in(value: Decimal, unit: DlcoUnit, wanted: DlcoUnit) -> Decimal:
    """A transfer factor in another unit: 1 mmol/min/kPa is 2.987 mL/min/mmHg."""
    if unit == wanted:
        return value
    return value * TLCO_TO_DLCO if wanted is DlcoUnit.TRADITIONAL else value / TLCO_TO_DLCO
