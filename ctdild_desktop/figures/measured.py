"""Values of one measure as points: what is hollow and why, what a line joins, what the latest one is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence, Set
from dataclasses import dataclass

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.derived import DerivedTest, DerivedValue
from ctdild_desktop.figures.scene import NowValue, Point, Scale
from ctdild_desktop.language import english_of, marked, say

LABELS = {
    "fvc": marked("FVC"),
    "dlco": marked("DLCO"),
    "fev1": marked("FEV1"),
    "tlc": marked("TLC"),
    "kco": marked("KCO"),
}
"""Short names of the measures that a test gives, as they stand on the plot."""

GAP_MONTHS = 24
"""Tests that lie further apart are not joined by a line."""

OLD_MONTHS = 12
"""A latest value that is older is shown with its day."""

_LITRES = frozenset({"fvc", "fev1", "tlc"})
_CORRECTED = frozenset({"dlco", "kco"})


@dataclass(frozen=True, slots=True)
class Measured:
    """One point with the derived values behind it."""

    point: Point
    derived: DerivedTest
    value: DerivedValue


def value_of(derived: DerivedTest, measure: str) -> DerivedValue:
    """The value of a measure (a key of :data:`LABELS`) of a test."""
    value: DerivedValue = getattr(derived, measure)
    return value


def measured(
    tests: Sequence[DerivedTest], measure: str, scale: Scale, kept: Set[str], preview: DerivedTest | None
) -> list[Measured]:
    """The points of one measure, oldest first; those that are left out are hollow and say why.

    Args:
        tests: in date order.
        kept: ids of the tests that are used.
        preview: the one of ``tests`` that is being typed.
    """
    found = []
    for derived in tests:
        value = value_of(derived, measure)
        height = _height(value, scale)
        if height is None:
            continue
        typed = derived is preview
        used = derived.test.id in kept and not typed
        note = ""
        if not used and not typed:
            note = why_unused(derived, measure) or say("another test of that day is used")
        point = Point(
            date=derived.date,
            value=height,
            used=used,
            record_id=derived.test.id,
            read_out=_read_out(value),
            note=note,
            preview=typed,
        )
        found.append(Measured(point, derived, value))
    return found


def why_unused(derived: DerivedTest, measure: str) -> str:
    """Why a value is left out; the grade of FVC is that of FEV1, too, and the grade of DLCO that of KCO.

    A measure that is there is not left out because the other one of its manoeuvre is not.
    """
    reason = derived.dlco_unused if measure in _CORRECTED else derived.fvc_unused
    own = measure in ("fvc", "dlco")
    if measure == "tlc" or (not own and reason is not None and english_of(reason).endswith("not recorded")):
        reason = None
    if reason is None and not own and derived.test.excluded:
        told = (derived.fvc_unused or "", derived.dlco_unused or "")
        return next((why for why in told if english_of(why).startswith("excluded")), say("excluded"))
    return reason or ""


def runs_of(items: Sequence[Measured]) -> tuple[tuple[int, ...], ...]:
    """Indices of the points that one line joins: those used, and one being typed that would be."""
    runs: list[list[int]] = []
    last: Measured | None = None
    for index, item in enumerate(items):
        typed = item.point.preview and not why_unused(item.derived, item.value.measure)
        if not (item.point.used or typed):
            continue
        near = last is not None and item.point.date <= add_months(last.point.date, GAP_MONTHS)
        if last is not None and near and _comparable(last, item):
            runs[-1].append(index)
        else:
            runs.append([index])
        last = item
    return tuple(tuple(run) for run in runs)


def now_of(items: Sequence[Measured], scale: Scale, *, latest: dt.date, today: dt.date) -> NowValue | None:
    """The latest used value; with its day when a later test lacks it or when it is more than a year old."""
    typed = next((item for item in reversed(items) if item.point.preview), None)
    item = typed or next((item for item in reversed(items) if item.point.used), None)
    if item is None:
        return None
    name, value = say(LABELS[item.value.measure]), item.value
    amount = ""
    if value.value is not None:
        amount = wording.as_typed(value.value) + (" L" if value.measure in _LITRES else "")
    percent = (
        "" if value.percent is None else wording.number(value.percent, 0 if scale is Scale.PERCENT else 1)
    )
    z = "" if value.z is None else f"z {wording.number(value.z, 1)}"
    headline = {
        Scale.PERCENT: f"{name} {percent} %",
        Scale.LITRES: f"{name} {amount}",
        Scale.Z: f"{name} {z}",
    }
    beside = {
        Scale.PERCENT: (amount, z),
        Scale.LITRES: (f"{percent} %" if percent else "", z),
        Scale.Z: (amount, f"{percent} %" if percent else ""),
    }
    detail = " · ".join(part for part in beside[scale] if part)
    if typed is not None:
        detail = say("not saved")
    elif item.point.date < latest or add_months(item.point.date, OLD_MONTHS) < today:
        detail = say("on {date}", date=wording.day(item.point.date))
    return NowValue(value.measure, item.point.value, headline[scale], detail, typed is not None)


def _height(value: DerivedValue, scale: Scale) -> float | None:
    if scale is Scale.PERCENT:
        return None if value.percent is None else float(value.percent)
    if scale is Scale.Z:
        return value.z
    return None if value.value is None else float(value.value)


def _read_out(value: DerivedValue) -> str:
    words = []
    if value.value is not None:
        words.append(f"{wording.as_typed(value.value)} {value.unit}".strip())
    if value.percent is not None:
        words.append(f"{wording.number(value.percent, 1)} %")
    if value.z is not None:
        words.append(f"z {wording.number(value.z, 2)}")
    return " · ".join(words)


def _comparable(first: Measured, second: Measured) -> bool:
    """Whether a line may join two tests: same reference set as far as known, same state of correction."""
    sets = {item.value.reference_set for item in (first, second)} - {None}
    if len(sets) > 1:
        return False
    if first.value.measure not in _CORRECTED:
        return True
    states = {item.derived.test.dlco_hb_corrected is True for item in (first, second)}
    units = {item.value.unit for item in (first, second) if item.value.value is not None}
    return len(states) == 1 and len(units) <= 1
