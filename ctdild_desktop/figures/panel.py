"""The lung-function panel: tests as points and lines, the selected pair, the threshold, the lower limits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.derived import DerivedTest
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.clinical.series import used_ids
from ctdild_desktop.clinical.verdict import Evidence
from ctdild_desktop.figures.layout import value_ticks
from ctdild_desktop.figures.measured import LABELS, Measured, measured, now_of, runs_of
from ctdild_desktop.figures.scene import (
    Band,
    LimitLine,
    LungPanel,
    Ring,
    Scale,
    ScaleTick,
    Series,
    SetChange,
)
from ctdild_desktop.language import marked, say

LLN_Z = -1.645
"""The fifth percentile, by which the lower limit of normal is defined."""

NO_TESTS = marked("No tests yet. Log the first PFT (Ctrl+T) or import a report (Ctrl+I).")

_THRESHOLD = Decimal("0.9")
_AXIS = {Scale.PERCENT: marked("% predicted"), Scale.LITRES: marked("litres"), Scale.Z: marked("z-score")}
_STEP = {Scale.PERCENT: (10.0, 40.0), Scale.LITRES: (0.5, 1.5), Scale.Z: (1.0, 3.0)}
_SET_NAMES = {
    "GLI2022": "GLI 2022",
    "GLI2012": "GLI 2012",
    "GLI2017_TLCO": "TLCO 2017",
    "ECSC93": "ECSC 1993",
    "NHANES3": "NHANES III",
}


def set_name(code: str) -> str:
    """The short name of a reference set, as it stands on the plot."""
    return _SET_NAMES.get(code, code.removeprefix("LOCAL:"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelOptions:
    """What the reader chose to see."""

    scale: Scale
    reference: Evidence | None = None
    show_lln: bool = True
    show_band: bool = True


def _set_changes(items: Sequence[Measured]) -> tuple[SetChange, ...]:
    changes = []
    known = [item for item in items if item.point.used and item.value.reference_set]
    for first, second in pairwise(known):
        before, after = first.value.reference_set or "", second.value.reference_set or ""
        if before != after:
            middle = first.point.date + (second.point.date - first.point.date) / 2
            changes.append(SetChange(middle, f"{set_name(before)} | {set_name(after)}"))
    return tuple(changes)


def _limits(items: Sequence[Measured], scale: Scale, start: dt.date, end: dt.date) -> tuple[LimitLine, ...]:
    """The lower limit of the FVC: one line per reference set, level beyond the first and last test."""
    if scale is Scale.Z:
        text = say("LLN {LLN_Z}", LLN_Z=wording.number(Decimal(str(LLN_Z)), 3))
        return (LimitLine("fvc", ((start, LLN_Z), (end, LLN_Z)), text),) if items else ()
    pieces: list[tuple[str | None, list[tuple[dt.date, float]]]] = []
    for item in items:
        value = item.value.lln_percent if scale is Scale.PERCENT else item.value.lln
        if value is None:
            continue
        if not pieces or pieces[-1][0] != item.value.reference_set:
            pieces.append((item.value.reference_set, []))
        pieces[-1][1].append((item.point.date, value))
    if not pieces:
        return ()
    first, last = pieces[0][1], pieces[-1][1]
    if first[0][0] > start:
        first.insert(0, (start, first[0][1]))
    if last[-1][0] < end:
        last.append((end, last[-1][1]))
    shown = (
        wording.number(last[-1][1], 0) if scale is Scale.PERCENT else f"{wording.number(last[-1][1], 2)} L"
    )
    return tuple(
        LimitLine("fvc", tuple(points), say("LLN FVC {shown}", shown=shown) if points is last else "")
        for _, points in pieces
    )


def _point_at(items: Iterable[Measured], date: dt.date, ids: Sequence[str]) -> Measured | None:
    used = [item for item in items if item.point.used]
    by_id = [item for item in used if item.point.record_id in ids]
    return next(iter(by_id), next((item for item in used if item.point.date == date), None))


def _reference_label(pair: Evidence, unit: str) -> str:
    value = pair.baseline.value
    if pair.basis == "percent_predicted":
        return say("Reference {value} %", value=wording.number(value, 1))
    if pair.basis == "percent_predicted_hb_corrected":
        return say("Reference {value} % (Hb-corrected)", value=wording.number(value, 1))
    if pair.basis == "litres":
        return say("Reference {value} L", value=wording.number(value, 2))
    return say("Reference {value} {unit}", value=wording.number(value, 1), unit=unit).rstrip()


def _rings(pair: Evidence, items: Sequence[Measured]) -> tuple[Ring, ...]:
    rings = []
    first = _point_at(items, pair.baseline.date, pair.baseline.record_ids)
    if first is not None:
        rings.append(Ring(first.point.date, first.point.value, _reference_label(pair, first.value.unit)))
    last = _point_at(items, pair.follow_up.date, pair.follow_up.record_ids)
    if last is not None:
        rings.append(Ring(last.point.date, last.point.value))
    return tuple(rings)


def _band(pair: Evidence, items: Sequence[Measured], scale: Scale) -> Band | None:
    """From the reference to 10 % less, in the quantity that is drawn and named; none on the z scale."""
    if pair.measure != "fvc" or scale is Scale.Z:
        return None
    used = [item for item in items if item.point.used]
    first = _point_at(used, pair.baseline.date, pair.baseline.record_ids)
    if first is None:
        return None
    own = (pair.basis == "percent_predicted") == (scale is Scale.PERCENT)
    drawn = first.value.percent if scale is Scale.PERCENT else first.value.value
    top = pair.baseline.value if own else drawn
    if top is None:
        return None
    bottom = top * _THRESHOLD
    unit, places = ("%", 1) if scale is Scale.PERCENT else ("L", 2)
    named = say("reference") if own else f"{wording.number(top, places)} {unit}"
    words = say(
        "−10 % of {named}: {bottom} {unit}", named=named, bottom=wording.number(bottom, places), unit=unit
    )
    end = max(used[-1].point.date, pair.follow_up.date)
    return Band(pair.baseline.date, end, float(top), float(bottom), words)


def _nothing(tests: Sequence[DerivedTest], scale: Scale) -> str:
    """Why the panel is empty although there are tests."""
    if not tests:
        return say(NO_TESTS)
    reasons = [
        why for derived in reversed(tests) for why in (derived.fvc.why_not, derived.dlco.why_not) if why
    ]
    if scale is Scale.LITRES:
        return say("No FVC in litres is recorded.")
    if reasons:
        name = say("% predicted") if scale is Scale.PERCENT else say("z-score")
        return say("No {name}: {reasons}.", name=name, reasons=reasons[0])
    return say("No FVC or DLCO is recorded.")


def _ticks(scale: Scale, values: Sequence[float]) -> tuple[float, float, tuple[ScaleTick, ...]]:
    step, least = _STEP[scale]
    low, high, ticks = value_ticks(values, step=step, least_span=least, most=7)
    places = 1 if scale is Scale.LITRES else 0
    return low, high, tuple(ScaleTick(tick, wording.number(tick, places)) for tick in ticks)


def build_panel(
    record: PatientRecord,
    derived: Sequence[DerivedTest],
    *,
    options: PanelOptions,
    start: dt.date,
    end: dt.date,
    today: dt.date,
    preview: DerivedTest | None = None,
) -> LungPanel:
    """The panel of the tests up to ``today``; ``preview`` is a test that is being typed.

    On the litre scale only the FVC is drawn, since the transfer factor has another unit.
    """
    scale = options.scale
    typed = None if preview is None else preview.test.id
    tests = [made for made in derived if made.date <= today and made.test.id != typed]
    if preview is not None:
        tests.append(preview)
    tests.sort(key=lambda made: (made.date, made.test.entered, made.test.id))
    measures = ("fvc",) if scale is Scale.LITRES else ("fvc", "dlco")
    items = {
        name: measured(tests, name, scale, used_ids(name, record.tests, record.patient, today), preview)
        for name in measures
    }
    panel = LungPanel(scale=scale, axis_text=say(_AXIS[scale]), low=0.0, high=1.0, ticks=(), series=())
    if not any(items.values()):
        return replace(panel, empty_text=_nothing(tests, scale))
    pair = options.reference
    paired = items.get(pair.measure, []) if pair is not None else []
    band = _band(pair, paired, scale) if pair is not None and options.show_band else None
    limits = _limits(items["fvc"], scale, start, end) if options.show_lln else ()
    visible = [item for found in items.values() for item in found if start <= item.point.date <= end]
    heights = [item.point.value for item in visible or [item for found in items.values() for item in found]]
    heights += [value for limit in limits for _, value in limit.points]
    heights += [band.top, band.bottom] if band is not None else []
    low, high, ticks = _ticks(scale, heights)
    latest = max(item.point.date for found in items.values() for item in found)
    now = [now_of(found, scale, latest=latest, today=today) for found in items.values()]
    return replace(
        panel,
        low=low,
        high=high,
        ticks=ticks,
        series=tuple(
            Series(name, say(LABELS[name]), tuple(item.point for item in found), runs_of(found))
            for name, found in items.items()
            if found
        ),
        band=band,
        limits=limits,
        rings=_rings(pair, paired) if pair is not None else (),
        now=tuple(value for value in now if value is not None),
        set_changes=_set_changes(items["fvc"]),
    )
