"""Further panels of the time-line, each one measure on the same dates: FEV1, TLC, KCO, SpO₂, mMRC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.derived import DerivedTest
from ctdild_desktop.clinical.records import PatientRecord, Pft, Visit
from ctdild_desktop.figures.layout import value_ticks
from ctdild_desktop.figures.measured import (
    GAP_MONTHS,
    LABELS,
    OLD_MONTHS,
    Measured,
    measured,
    now_of,
    runs_of,
    value_of,
    why_unused,
)
from ctdild_desktop.figures.scene import NowValue, Point, Scale, ScaleTick, Series, Strip
from ctdild_desktop.language import marked, say

STRIPS = ("fev1", "tlc", "kco", "spo2", "mmrc")
"""All further panels, in the order in which they stand."""

_NAMES = {**LABELS, "spo2": marked("SpO₂"), "mmrc": marked("mMRC")}
_SCALE_WORDS = {Scale.PERCENT: marked("% predicted"), Scale.Z: marked("z-score")}
_STEP = {Scale.PERCENT: (10.0, 20.0), Scale.LITRES: (0.5, 1.0), Scale.Z: (1.0, 2.0)}
_MMRC_MOST = 4


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was seen on a day: a value and the record that it stands in."""

    date: dt.date
    value: float
    record_id: str
    read_out: str
    kind: str = "visit"


def build_strips(
    asked: Sequence[str],
    record: PatientRecord,
    tests: Sequence[DerivedTest],
    *,
    scale: Scale,
    today: dt.date,
    preview: DerivedTest | None = None,
) -> tuple[Strip, ...]:
    """The panels that were asked for, in their own order.

    Args:
        asked: names of :data:`STRIPS`; others are passed over.
        tests: those up to ``today`` in date order, ``preview`` among them.
        scale: of FEV1, TLC and KCO; in "litres" each is drawn in the unit in which it was measured.
    """
    made = []
    for name in STRIPS:
        if name not in asked:
            continue
        if name in LABELS:
            made.append(_of_tests(name, tests, scale, today, preview))
        else:
            made.append(_saturation(record, today) if name == "spo2" else _breathlessness(record, today))
    return tuple(made)


def _of_tests(
    name: str, tests: Sequence[DerivedTest], scale: Scale, today: dt.date, preview: DerivedTest | None
) -> Strip:
    kept = {made.test.id for made in tests if not why_unused(made, name)}
    items = measured(tests, name, scale, kept, preview)
    unit, left = say(_SCALE_WORDS[scale]) if scale in _SCALE_WORDS else "", 0
    if scale is Scale.LITRES and items:
        unit = items[-1].value.unit
        left = sum(1 for item in items if item.value.unit != unit)
        items = [item for item in items if item.value.unit == unit]
    label = say(_NAMES[name])
    if not items:
        return Strip(measure=name, name=label, unit=unit, empty_text=_nothing(name, tests, scale))
    step, least = _STEP[scale]
    low, high, ticks = value_ticks([item.point.value for item in items], step=step, least_span=least, most=3)
    places = 1 if scale is Scale.LITRES else 0
    latest = max(item.point.date for item in items)
    return Strip(
        measure=name,
        name=label,
        unit=say("{unit}; {left} in another unit not drawn", unit=unit, left=left) if left else unit,
        low=low,
        high=high,
        ticks=tuple(ScaleTick(tick, wording.number(tick, places)) for tick in ticks),
        series=(_series(name, label, items),),
        now=now_of(items, scale, latest=latest, today=today),
    )


def _series(name: str, label: str, items: Sequence[Measured]) -> Series:
    return Series(name, label, tuple(item.point for item in items), runs_of(items))


def _nothing(name: str, tests: Sequence[DerivedTest], scale: Scale) -> str:
    label = say(_NAMES[name])
    values = [value_of(made, name) for made in reversed(tests)]
    reason = next((value.why_not for value in values if value.why_not), "")
    if reason and scale is not Scale.LITRES:
        return say(
            "No {label} in {SCALE_WORDS}: {reason}.",
            label=label,
            SCALE_WORDS=_SCALE_WORDS[scale],
            reason=reason,
        )
    return say("No {label} is recorded.", label=label)


def _saturation(record: PatientRecord, today: dt.date) -> Strip:
    """At rest and the lowest on exertion, of tests and visits; of one day the test's value counts."""
    rest = _seen(record, "spo2_rest", today)
    nadir = _seen(record, "spo2_nadir", today)
    strip = Strip(measure="spo2", name=say(_NAMES["spo2"]), unit="%", empty_text=say("No SpO₂ is recorded."))
    if not rest and not nadir:
        return strip
    values = [seen.value for seen in (*rest, *nadir)]
    low, high, ticks = value_ticks([*values, 100.0], step=5.0, least_span=10.0, most=3)
    series = [
        Series(measure, words, _points(found), _joined(found))
        for measure, words, found in (
            ("spo2", say("SpO₂ at rest"), rest),
            ("spo2_nadir", say("SpO₂ lowest"), nadir),
        )
        if found
    ]
    day = max(seen.date for seen in (*rest, *nadir))
    ends = [
        next((seen.value for seen in reversed(found) if seen.date == day), None) for found in (rest, nadir)
    ]
    told = [wording.number(value, 0) if value is not None else "–" for value in ends]
    names = say("at rest / lowest") if nadir else say("at rest")
    headline = f"{' / '.join(told) if nadir else told[0]} %"
    return replace(
        strip,
        empty_text="",
        unit=say("%; × is the lowest") if nadir else "%",
        low=low,
        high=min(high, 100.0),
        ticks=tuple(ScaleTick(tick, wording.number(tick, 0)) for tick in ticks if tick <= 100),
        series=tuple(series),
        now=NowValue("spo2", next(v for v in ends if v is not None), headline, _dated(day, today, names)),
    )


def _breathlessness(record: PatientRecord, today: dt.date) -> Strip:
    """The grade of the mMRC scale at each visit; its axis is always the whole scale."""
    seen = [
        _Seen(visit.date, float(visit.mmrc), visit.id, str(visit.mmrc))
        for visit in record.visits
        if visit.mmrc is not None and visit.date <= today
    ]
    strip = Strip(
        measure="mmrc",
        name=say(_NAMES["mmrc"]),
        unit=say("grade 0–{MMRC_MOST}", MMRC_MOST=_MMRC_MOST),
        empty_text=say("No mMRC is recorded."),
    )
    if not seen:
        return strip
    last = seen[-1]
    return replace(
        strip,
        empty_text="",
        low=0.0,
        high=float(_MMRC_MOST),
        ticks=tuple(ScaleTick(float(grade), str(grade)) for grade in (0, 2, 4)),
        series=(Series("mmrc", say(_NAMES["mmrc"]), _points(seen), _joined(seen)),),
        now=NowValue(
            "mmrc", last.value, say("mMRC {read_out}", read_out=last.read_out), _dated(last.date, today, "")
        ),
    )


def _dated(day: dt.date, today: dt.date, usual: str) -> str:
    return (
        say("on {day}", day=wording.day(day)) if add_months(day, OLD_MONTHS) < today or not usual else usual
    )


def _seen(record: PatientRecord, name: str, today: dt.date) -> list[_Seen]:
    found: dict[dt.date, _Seen] = {}
    items: tuple[Visit | Pft, ...] = (*record.visits, *record.tests)
    for item in items:
        value: Decimal | None = getattr(item, name)
        if value is not None and item.date <= today:
            words = f"{wording.as_typed(value)} %"
            kind = "test" if isinstance(item, Pft) else "visit"
            found[item.date] = _Seen(item.date, float(value), item.id, words, kind)
    return [found[day] for day in sorted(found)]


def _points(seen: Sequence[_Seen]) -> tuple[Point, ...]:
    return tuple(
        Point(
            date=one.date,
            value=one.value,
            used=True,
            record_id=one.record_id,
            read_out=one.read_out,
            kind=one.kind,
        )
        for one in seen
    )


def _joined(seen: Sequence[_Seen]) -> tuple[tuple[int, ...], ...]:
    runs: list[list[int]] = []
    for index, one in enumerate(seen):
        if index and one.date <= add_months(seen[index - 1].date, GAP_MONTHS):
            runs[-1].append(index)
        else:
            runs.append([index])
    return tuple(tuple(run) for run in runs)
