"""Reading a laboratory result as people type it, and writing it back the same way."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.entry import EntryError
from ctdild_desktop.clinical.plausibility_labs import parse_lab_value
from ctdild_desktop.clinical.records import Lab, Serology

_WORDS = {
    **dict.fromkeys(("n", "neg", "negative", "-", "\u2212"), "negative"),
    **dict.fromkeys(("b", "borderline", "+/-", "\u00b1"), "borderline"),
    **dict.fromkeys(("p", "pos", "positive", "+"), "positive"),
    **dict.fromkeys(("unknown", "?"), "unknown"),
}
_SURFACE = Decimal("1.73")
"""Square metres of the body surface to which an eGFR is related."""
_SIGN_OF = {"below": "<", "above": ">"}
_DETECTION = {"<": "below", ">": "above", "": None}


@dataclass(frozen=True, slots=True)
class LabResult:
    """A result as it is kept: a number, one of the words, or a text."""

    value: Decimal | None = None
    detection: str | None = None
    result: str | None = None
    text: str = ""


def parse_result(text: str, *, in_words: bool) -> LabResult:
    """Read ``4,1``, ``<5``, ``neg`` or, where a test is told in words, any text.

    Args:
        text: what was typed; not empty.
        in_words: the test has no unit, so that its result may be any text.

    Raises:
        EntryError: it is neither a number nor one of the words, and the test is a number.
    """
    typed = text.strip()
    known = _WORDS.get(typed.casefold())
    if known is not None:
        return LabResult(result=known)
    try:
        number = parse_lab_value(typed)
    except EntryError:
        if in_words:
            return LabResult(text=typed)
        raise
    return LabResult(value=number.value, detection=_DETECTION[number.sign])


def parse_limits(text: str) -> tuple[Decimal | None, Decimal | None]:
    """Read the limits of normal: ``135-175``, ``<40`` or ``>60``.

    Raises:
        EntryError: it names no limit.
    """
    typed = text.strip().replace("\u2013", "-").replace("\u2212", "-")
    if typed[:1] == "<":
        return None, parse_lab_value(typed).value
    if typed[:1] == ">":
        return parse_lab_value(typed).value, None
    low, dash, high = typed.partition("-")
    if not dash or not low.strip() or not high.strip():
        raise EntryError("Limits are written 135-175, <40 or >60.")
    return parse_lab_value(low).value, parse_lab_value(high).value


def unit_text(unit: str) -> str:
    """A unit as it is shown: ``10⁹/L`` for ``10^9/L``, ``1.73 m²`` with the decimal mark in use."""
    for digit, raised in (("3", "³"), ("6", "⁶"), ("9", "⁹")):
        unit = unit.replace(f"10^{digit}", f"10{raised}")
    return unit.replace("1.73m2", f"{wording.as_typed(_SURFACE)} m²")


def result_text(row: Lab | Serology) -> str:
    """A result as a field shows it, to be read again as the same result."""
    if row.value is not None:
        return f"{_SIGN_OF.get(row.detection or '', '')}{wording.as_typed(row.value)}"
    if isinstance(row, Serology):
        return ""
    return row.result or row.text


def limits_text(lln: Decimal | None, uln: Decimal | None) -> str:
    """Limits of normal as a field shows them; empty without any."""
    if lln is not None and uln is not None:
        return f"{wording.as_typed(lln)}-{wording.as_typed(uln)}"
    if uln is not None:
        return f"<{wording.as_typed(uln)}"
    return f">{wording.as_typed(lln)}" if lln is not None else ""
