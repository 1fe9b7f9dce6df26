"""What devices and laboratories call the measurements of lung function, and the units they give them in.

A name leads to a field only when all of it is understood. A unit that is not listed is refused, never
assumed: litres per second and per minute, fractions and per cent differ by a factor that nobody sees later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from functools import cache

from ctdild_desktop.clinical.records import DlcoUnit
from ctdild_desktop.interchange.values import CellError
from ctdild_desktop.language import say

MOST_DECIMALS = 4
"""A tenth of a millilitre; what a program calculated beyond that is no measurement."""


class Role(StrEnum):
    """What a value says of its measurement."""

    MEASURED = "measured"
    PERCENT = "percent"
    PREDICTED = "predicted"
    LIMIT = "limit"
    Z = "z"


@dataclass(frozen=True, slots=True)
class Named:
    """What a name means; ``quantity`` is empty when the name is not one of the known ones."""

    quantity: str
    role: Role = Role.MEASURED
    post_bd: bool | None = None


FIELDS: Mapping[tuple[str, Role], str] = {
    ("FVC", Role.MEASURED): "fvc_l",
    ("FVC", Role.PERCENT): "fvc_pct_pred",
    ("FVC", Role.PREDICTED): "fvc_pred_l",
    ("FEV1", Role.MEASURED): "fev1_l",
    ("FEV1", Role.PERCENT): "fev1_pct_pred",
    ("SVC", Role.MEASURED): "svc_l",
    ("DLCO", Role.MEASURED): "dlco",
    ("DLCO", Role.PERCENT): "dlco_pct_pred",
    ("KCO", Role.MEASURED): "kco",
    ("KCO", Role.PERCENT): "kco_pct_pred",
    ("TLC", Role.MEASURED): "tlc_l",
    ("RV", Role.MEASURED): "rv_l",
    ("FRC", Role.MEASURED): "frc_l",
    ("VA", Role.MEASURED): "va_l",
    ("HB", Role.MEASURED): "hb_g_l",
    ("SPO2", Role.MEASURED): "spo2_rest",
    ("HEIGHT", Role.MEASURED): "height_cm",
    ("WEIGHT", Role.MEASURED): "weight_kg",
    ("WALK", Role.MEASURED): "walk_m",
    ("SPO2_NADIR", Role.MEASURED): "spo2_nadir",
    ("WALK_SPO2", Role.MEASURED): "walk_spo2_nadir",
    ("WALK_BORG", Role.MEASURED): "walk_borg",
}
"""The fields of a test by quantity and role; the other values are kept as the file gives them."""

_LITRES = {
    **dict.fromkeys(("l", "lit", "liter", "liters", "litre", "litres", "lbtps"), "1"),
    **dict.fromkeys(("ml", "mlbtps"), "0.001"),
}
_PERCENT = {
    **dict.fromkeys(("%", "%pred", "%predicted", "%ofpredicted", "%soll", "percent"), "1"),
    **dict.fromkeys(("1", "fraction", "ratio"), "100"),
}
_UNITS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    **dict.fromkeys(
        ("fvc_l", "fvc_pred_l", "fev1_l", "svc_l", "tlc_l", "rv_l", "frc_l", "va_l"), ("L", _LITRES)
    ),
    **dict.fromkeys(("fvc_pct_pred", "fev1_pct_pred", "dlco_pct_pred", "kco_pct_pred"), ("%", _PERCENT)),
    **dict.fromkeys(("spo2_rest", "spo2_nadir", "walk_spo2_nadir"), ("%", _PERCENT)),
    "walk_borg": ("", {"score": "1", "1": "1"}),
    "hb_g_l": ("g/L", {"g/l": "1", "g/dl": "10", "mmol/l": "16.11"}),
    "height_cm": ("cm", {"cm": "1", "m": "100", "mm": "0.1", "in": "2.54", "in_i": "2.54"}),
    "weight_kg": ("kg", {"kg": "1", "g": "0.001", "lb": "0.45359237", "lb_av": "0.45359237"}),
    "walk_m": ("m", {"m": "1", "ft": "0.3048"}),
}
_TRANSFER: Mapping[str, DlcoUnit] = {
    **dict.fromkeys(("ml/min/mmhg", "ml/mmhg/min", "mlco/min/mmhg"), DlcoUnit.TRADITIONAL),
    **dict.fromkeys(("mmol/min/kpa", "mmol/kpa/min"), DlcoUnit.SI),
}
_FLOWS = {
    **dict.fromkeys(("l/s", "l/sec", "lps"), Decimal(1)),
    **dict.fromkeys(("l/min", "lpm"), Decimal(60)),
}
_ALIASES: Mapping[str, str] = {
    "fvc": "FVC",
    "cvf": "FVC",
    "forced vital capacity": "FVC",
    "fev1": "FEV1",
    "fev 1": "FEV1",
    "vef1": "FEV1",
    "fev1.0": "FEV1",
    "forced expiratory volume in 1 second": "FEV1",
    "svc": "SVC",
    "vc": "SVC",
    "evc": "SVC",
    "fev1/fvc": "RATIO",
    "fev1_fvc": "RATIO",
    "fev1%fvc": "RATIO",
    "fev1 % fvc": "RATIO",
    "dlco": "DLCO",
    "tlco": "DLCO",
    "dlco sb": "DLCO",
    "tlco sb": "DLCO",
    "dlco_sb": "DLCO",
    "tlco_sb": "DLCO",
    "kco": "KCO",
    "dlco/va": "KCO",
    "tlco/va": "KCO",
    "tlc": "TLC",
    "rv": "RV",
    "frc": "FRC",
    "va": "VA",
    "hb": "HB",
    "haemoglobin": "HB",
    "hemoglobin": "HB",
    "spo2": "SPO2",
    "height": "HEIGHT",
    "weight": "WEIGHT",
    "pef": "PEF",
    "fev6": "FEV6",
}
_MENTIONED = (
    ("RATIO", r"fev\s?1\s*(?:/|_|%)\s*fvc|volume expired during 1.*/.*forced vital"),
    ("KCO", r"\bkco\b|(?:dlco|tlco|capacity|factor)\s*/\s*(?:va\b|alveolar)"),
    (
        "FEV1",
        r"fev\s?1(?!\d)|expiratory volume in (?:1|one) ?s|volume expired during 1|"
        r"expired volume in (?:1|one) second",
    ),
    ("FVC", r"\bfvc|forced vital capacity|\bcvf\b"),
    ("DLCO", r"dlco|tlco|diffusi(?:on|ng) capacity|transfer factor"),
    ("TLC", r"\btlc\b|total lung capacity"),
    ("RV", r"\brv\b|residual volume"),
    ("FRC", r"\bfrc|functional residual"),
    ("SPO2", r"spo2|oxygen saturation|pulse oximetry"),
    ("HB", r"h(?:a)?emoglobin|\bhb\b"),
    ("HEIGHT", r"\bheight"),
    ("WEIGHT", r"\bweight"),
    ("PEF", r"\bpef|peak (?:expiratory )?flow"),
)
_STARTS, _ENDS = r"(?<![^\W_])", r"(?![^\W_])"
"""The bounds of a word in a name such as ``FVC_POST``."""
_DILATOR = r"(?:[\s_-]*(?:bd|broncho\w*|dil\w*))?"
_POST = re.compile(rf"{_STARTS}post{_DILATOR}{_ENDS}|\bafter broncho\w*", re.IGNORECASE)
_PRE = re.compile(rf"{_STARTS}pre{_DILATOR}{_ENDS}|\bbefore broncho\w*", re.IGNORECASE)
_PERCENT_WORDS = re.compile(
    r"%\s*(?:of\s*)?(?:pred(?:icted)?|ref|soll)\b\.?|\bpercent(?:age)?(?: of)? predicted\b"
    r"|\bmeasured/predicted\b",
    re.IGNORECASE,
)
"""A bare sign says too little: ``FEV1 %`` is often the ratio to the vital capacity."""
_PREDICTED_WORDS = re.compile(r"\bpred(?:icted)?\b|\bexpected\b|\bsoll\b|\breference\b", re.IGNORECASE)
_LIMIT_WORDS = re.compile(r"\blln\b|\blower limit\b|\buln\b|\bupper limit\b", re.IGNORECASE)
_Z_WORDS = re.compile(r"\bz[\s_-]*score\b|\bz\b", re.IGNORECASE)


def named(label: str) -> Named:
    """What a name means, read as a whole: words for the role and the bronchodilator are taken off first."""
    text = " ".join(label.replace("_", " ").split()) if label.count("_") > 1 else " ".join(label.split())
    post_bd = bronchodilator_in(text)
    text = _PRE.sub(" ", _POST.sub(" ", text)).strip(" _")
    if (quantity := _ALIASES.get(_bare(text))) is not None:
        return Named(quantity, Role.MEASURED, post_bd)
    for role, words in (
        (Role.Z, _Z_WORDS),
        (Role.LIMIT, _LIMIT_WORDS),
        (Role.PERCENT, _PERCENT_WORDS),
        (Role.PREDICTED, _PREDICTED_WORDS),
    ):
        if words.search(text):
            return Named(_ALIASES.get(_bare(words.sub(" ", text)), ""), role, post_bd)
    return Named("", Role.MEASURED, post_bd)


def bronchodilator_in(text: str) -> bool | None:
    """Whether words say before (False) or after (True) a bronchodilator; None for neither, and for both."""
    post, pre = bool(_POST.search(text)), bool(_PRE.search(text))
    return None if post == pre else post


def mentioned(text: str) -> str:
    """The quantity that a longer description speaks of; empty when it speaks of none that is known."""
    lower = text.casefold()
    return next((quantity for quantity, words in _MENTIONED if re.search(words, lower)), "")


def stored_unit(field: str) -> str:
    """The unit that a field is stored in; the transfer factor keeps the file's own."""
    return _UNITS[field][0] if field in _UNITS else ""


def transfer_unit(field: str, unit: str) -> DlcoUnit:
    """The unit of a transfer factor or its coefficient; raises CellError when it is none of the two."""
    bare = folded_unit(unit)
    if field == "kco":
        bare = bare.removesuffix("/l")
    if (found := _TRANSFER.get(bare)) is None:
        raise CellError("not a unit of DLCO; use mL/min/mmHg or mmol/min/kPa")
    return found


def converted(field: str, value: Decimal, unit: str) -> Decimal:
    """A value in the stored unit of its field.

    Raises:
        CellError: there is no unit, or it is not one of the field.
    """
    stored, factors = _UNITS[field]
    if not unit.strip():
        raise CellError(say("no unit is given; {unit} is not assumed", unit=stored))
    if (factor := factors.get(folded_unit(unit))) is None:
        raise CellError(say("the unit {unit} is not one of this value", unit=unit.strip()))
    return rounded(value if factor == "1" else value * Decimal(factor))


def rounded(value: Decimal) -> Decimal:
    """The value with at most :data:`MOST_DECIMALS` decimals."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MOST_DECIMALS:
        return value.quantize(Decimal(1).scaleb(-MOST_DECIMALS), ROUND_HALF_EVEN)
    return value


def flow_l_s(value: Decimal, unit: str) -> Decimal | None:
    """A flow in litres per second; None when the unit is none of a flow."""
    factor = _FLOWS.get(folded_unit(unit))
    return None if factor is None else value / factor


@cache
def folded_unit(unit: str) -> str:
    """A unit in small letters, without blanks, brackets and the other ways to write a division."""
    bare = re.sub(r"[\s()\[\]{}]", "", unit).replace("*", "/").replace("·", "/").casefold()
    return re.sub(r"(?<=[a-z])\.(?=[a-z])", "/", bare)


def _bare(text: str) -> str:
    return " ".join(re.sub(r"[()\[\],:;-]", " ", text).casefold().split())
