"""Therapy as lanes: one per drug, with its doses, interruptions, infusions and what is running now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.codes import drugs
from ctdild_desktop.clinical.dates import PartialDate, add_months
from ctdild_desktop.clinical.records import Infusion, Interruption, TherapyLine
from ctdild_desktop.figures.scene import Lane, LaneBlock, LaneStyle
from ctdild_desktop.language import marked, say

COURSE_DAYS = 28
"""Infusions within this many days of the first one are one course of rituximab."""

FULL_STEROID_MG = Decimal(40)
"""Prednisolone equivalent that fills the lane; more does not draw higher."""

_LEAST_HEIGHT, _STEROID_RISE, _STEROID_SPACE = 2.5, 13.0, 15.5
_MONTH_DAYS = Decimal("30.4375")
_PER = {
    "daily": marked("{dose}/d"),
    "weekly": marked("{dose}/wk"),
    "2-weekly": marked("{dose}/2 wk"),
    "4-weekly": marked("{dose}/4 wk"),
    "bd": marked("{dose} bd"),
    "tds": marked("{dose} tds"),
}


def dose_text(dose: Decimal | None, unit: str | None, frequency: str | None = None) -> str:
    """A dose as it is said: ``1.5 g/d``, ``150 mg bd``; milligrams from 1000 on are said in grams."""
    if dose is None:
        return ""
    if unit == "mg" and dose >= 1000:
        dose, unit = dose / 1000, "g"
    shown = wording.as_typed(_plain(dose))
    words = f"{shown} {'mg/m²' if unit == 'mg/m2' else unit}" if unit else shown
    return say(_PER[frequency], dose=words) if frequency in _PER else words


def _plain(value: Decimal) -> Decimal:
    """The same value without trailing zeros and without an exponent: 1.50 is 1.5, 1E+1 is 10."""
    return Decimal(f"{value.normalize():f}")


def _span(date: PartialDate) -> tuple[dt.date, dt.date] | None:
    return None if date.exact else (date.earliest, date.latest)


@dataclass(frozen=True, slots=True)
class _Stage:
    """A stretch at one dose; ``edge`` and ``close`` are the days that an uncertain edge may mean."""

    start: dt.date
    end: dt.date
    dose: Decimal | None
    first: bool
    edge: tuple[dt.date, dt.date] | None = None
    close: tuple[dt.date, dt.date] | None = None


def _last_day(line: TherapyLine, until: dt.date) -> dt.date:
    return until if line.stop is None else min(line.stop.latest, until)


def _stages(line: TherapyLine, until: dt.date) -> list[_Stage]:
    """The line cut at dose changes, then at interruptions."""
    begin, end = line.start.earliest, _last_day(line, until)
    changes = sorted(line.dose_changes, key=lambda change: change.date.earliest)
    edges = [(line.start, line.dose), *((change.date, change.dose) for change in changes)]
    stages = []
    for number, (date, dose) in enumerate(edges):
        start = max(date.earliest, begin)
        stop = edges[number + 1][0].earliest if number + 1 < len(edges) else end
        stop = min(max(stop, start), end)
        if start < stop or (start == stop and len(edges) == 1):
            stages.append(_Stage(start, stop, dose, number == 0, edge=_span(date)))
    if stages and line.stop is not None:
        stages[-1] = replace(stages[-1], close=_span(line.stop))
    for pause in line.interruptions:
        stages = [piece for stage in stages for piece in _without(stage, pause, until)]
    return stages


def _without(stage: _Stage, pause: Interruption, until: dt.date) -> list[_Stage]:
    first = pause.start.earliest
    last = until if pause.stop is None else pause.stop.latest
    if last <= stage.start or first >= stage.end:
        return [stage]
    pieces = []
    if first > stage.start:
        pieces.append(replace(stage, end=first, close=_span(pause.start)))
    if last < stage.end:
        edge = None if pause.stop is None else _span(pause.stop)
        pieces.append(replace(stage, start=last, first=True, edge=edge))
    return pieces


def _height(style: LaneStyle, line: TherapyLine, dose: Decimal | None, highest: Decimal | None) -> float:
    if style is LaneStyle.GLUCOCORTICOID:
        drug = drugs().get(line.drug)
        share = Decimal("0.5")
        if dose is not None and drug is not None and line.dose_unit in {"mg", "g"}:
            milligrams = dose * 1000 if line.dose_unit == "g" else dose
            equivalent = drug.prednisolone_mg(milligrams)
            if equivalent is not None:
                share = min(equivalent / FULL_STEROID_MG, Decimal(1))
        return (_LEAST_HEIGHT + _STEROID_RISE * float(share)) / _STEROID_SPACE
    if style is LaneStyle.CONVENTIONAL and dose is not None and highest:
        return float(dose / highest)
    return 1.0


def _dose_blocks(lines: Sequence[TherapyLine], style: LaneStyle, until: dt.date) -> list[LaneBlock]:
    units = {line.dose_unit for line in lines}
    doses = [
        dose
        for line in lines
        for dose in (line.dose, *(change.dose for change in line.dose_changes))
        if dose is not None
    ]
    highest = max(doses) if doses and len(units) == 1 else None
    steroid = style is LaneStyle.GLUCOCORTICOID
    blocks: list[LaneBlock] = []
    said: str | None = None
    for line in lines:
        for stage in _stages(line, until):
            if steroid and line.dose_unit == "mg" and stage.dose is not None:
                words = wording.as_typed(_plain(stage.dose))
            else:
                words = dose_text(stage.dose, line.dose_unit, line.frequency)
            changed = words != said or (stage.first and not steroid)
            said = words
            blocks.append(
                LaneBlock(
                    start=stage.start,
                    end=stage.end,
                    height=_height(style, line, stage.dose, highest),
                    text=words if changed else "",
                    start_uncertain=stage.edge,
                    end_uncertain=stage.close,
                )
            )
    return blocks


def courses(infusions: Sequence[Infusion]) -> list[list[Infusion]]:
    """Group infusions into courses: all within 28 days after the first one belong to it."""
    grouped: list[list[Infusion]] = []
    for infusion in sorted(infusions, key=lambda given: given.date):
        if grouped and (infusion.date - grouped[-1][0].date).days <= COURSE_DAYS:
            grouped[-1].append(infusion)
        else:
            grouped.append([infusion])
    return grouped


def _depletion(infusions: Sequence[Infusion]) -> list[LaneBlock]:
    """B-cell depletion: six months after a course's last infusion, possibly nine, cut by the next course."""
    grouped = courses(infusions)
    starts: list[dt.date | None] = [course[0].date for course in grouped[1:]]
    blocks = []
    for course, following in zip(grouped, [*starts, None], strict=True):
        last = course[-1].date
        expected, possible = add_months(last, 6), add_months(last, 9)
        if following is not None:
            expected, possible = min(expected, following), min(possible, following)
        blocks.append(LaneBlock(start=last, end=expected))
        if possible > expected:
            blocks.append(LaneBlock(start=expected, end=possible, possible=True))
    return blocks


def _given(infusions: Sequence[Infusion]) -> str:
    """``6 × 1.1 g``; the range when the doses differ; the count alone when a dose is not recorded."""
    doses = [infusion.dose_mg for infusion in infusions]
    known = [dose for dose in doses if dose is not None]
    if not known or len(known) < len(doses):
        return f"{len(doses)} ×"
    low, high = min(known), max(known)
    if low == high:
        return f"{len(doses)} × {dose_text(low, 'mg')}"
    if low >= 1000:
        low_text = wording.as_typed(_plain(low / 1000))
        return f"{len(doses)} × {low_text}–{dose_text(high, 'mg')}"
    return f"{len(doses)} × {dose_text(low, 'mg')}–{dose_text(high, 'mg')}"


def _total(infusions: Sequence[Infusion]) -> str:
    known = [infusion.dose_mg for infusion in infusions if infusion.dose_mg is not None]
    total = dose_text(sum(known, Decimal(0)), "mg")
    return (
        say("{total} total", total=total)
        if len(known) == len(infusions)
        else say("≥ {total} total", total=total)
    )


def _since(date: dt.date, today: dt.date) -> str:
    return say("{days} mo since", days=wording.number(Decimal((today - date).days) / _MONTH_DAYS, 1))


def _dose_now(line: TherapyLine, today: dt.date) -> Decimal | None:
    dose = line.dose
    for change in sorted(line.dose_changes, key=lambda change: change.date.earliest):
        if change.date.earliest <= today:
            dose = change.dose
    return dose


def _paused(line: TherapyLine, today: dt.date) -> Interruption | None:
    for pause in line.interruptions:
        if pause.start.earliest <= today and (pause.stop is None or pause.stop.earliest > today):
            return pause
    return None


def is_running(line: TherapyLine, today: dt.date) -> bool:
    """Whether a line has begun and is not known to have stopped; an interrupted line is still running."""
    return line.start.earliest <= today and (line.stop is None or line.stop.earliest > today)


def _stopped_text(lines: Sequence[TherapyLine]) -> str:
    stops = [line.stop for line in lines if line.stop is not None]
    if not stops:
        return ""
    last = max(stops, key=lambda stop: stop.latest)
    return say("stopped {year}", year=wording.partial(PartialDate(last.year, last.month)))


def _now_text(
    lines: Sequence[TherapyLine], style: LaneStyle, infusions: Sequence[Infusion], today: dt.date
) -> str:
    running = [line for line in lines if is_running(line, today)]
    given = [infusion for infusion in infusions if infusion.date <= today]
    if style is LaneStyle.CYCLOPHOSPHAMIDE and given and any(infusion.dose_mg for infusion in given):
        return _total(given)
    if not running:
        return _stopped_text(lines)
    pause = _paused(running[-1], today)
    if pause is not None:
        return say("paused {year}", year=wording.partial(PartialDate(pause.start.year, pause.start.month)))
    if given:
        return _since(given[-1].date, today)
    line = running[-1]
    return dose_text(_dose_now(line, today), line.dose_unit, line.frequency) or say("dose not rec.")


def _side(
    lines: Sequence[TherapyLine], style: LaneStyle, infusions: Sequence[Infusion], today: dt.date
) -> tuple[str, bool]:
    if not infusions:
        return "", False
    if style is LaneStyle.ANTI_CD20:
        return _given(courses(infusions)[0]), True
    words = _given(infusions)
    if all(line.stop_reason == "completed" for line in lines) and not any(
        is_running(line, today) for line in lines
    ):
        words += say(", completed")
    return words, False


def build_lane(lines: Sequence[TherapyLine], today: dt.date) -> Lane:
    """One lane from all lines of one drug, oldest first. ``today`` ends what is still running."""
    drug = drugs().get(lines[0].drug)
    style = LaneStyle(drug.drug_class) if drug is not None else LaneStyle.CONVENTIONAL
    infusions = [given for line in lines for given in line.given_infusions]
    infusions.sort(key=lambda given: given.date)
    if style is LaneStyle.ANTI_CD20 and infusions:
        blocks = _depletion(infusions)
    elif style is LaneStyle.ANTI_CD20:
        blocks = [
            replace(block, possible=True, text="infusions not recorded")
            for block in _dose_blocks(lines, style, today)
        ]
    elif style is LaneStyle.TICKS_ONLY and infusions:
        blocks = []
    elif infusions:
        blocks = [
            LaneBlock(start=min(days), end=max(days))
            for days in ([given.date for given in line.given_infusions] for line in lines)
            if len(days) > 1
        ]
    else:
        blocks = _dose_blocks(lines, style, today)
    side, before = _side(lines, style, infusions, today)
    return Lane(
        name=drug.lane if drug is not None else lines[0].drug,
        style=style,
        blocks=tuple(blocks),
        ticks=tuple(given.date for given in infusions),
        gaps=tuple(
            (pause.start.earliest, today if pause.stop is None else pause.stop.latest)
            for line in lines
            for pause in line.interruptions
        ),
        side_text=side,
        side_before=before,
        now_text=_now_text(lines, style, infusions, today),
        running=any(is_running(line, today) for line in lines),
        record_ids=tuple(line.id for line in lines),
    )


def build_lanes(
    therapy: Sequence[TherapyLine], today: dt.date, *, limit: int, start: dt.date | None = None
) -> tuple[tuple[Lane, ...], int]:
    """All lanes, the latest begun first and glucocorticoids last, and how many stopped ones are folded away.

    Running drugs are never folded. Of the stopped ones those that ended before ``start`` fold first, then the
    longest stopped, until ``limit`` lanes are left.
    """
    grouped: dict[str, list[TherapyLine]] = {}
    for line in sorted(therapy, key=lambda line: (line.start.earliest, line.id)):
        if line.start.earliest <= today:
            grouped.setdefault(line.drug, []).append(line)
    lanes = [(build_lane(lines, today), lines) for lines in grouped.values()]
    lanes.sort(key=lambda pair: pair[1][0].start.earliest, reverse=True)
    lanes.sort(key=lambda pair: pair[0].style is LaneStyle.GLUCOCORTICOID)

    def ended(pair: tuple[Lane, list[TherapyLine]]) -> dt.date:
        shown = [block.end for block in pair[0].blocks] + list(pair[0].ticks)
        return max(shown, default=max(_last_day(line, today) for line in pair[1]))

    stopped = sorted((pair for pair in lanes if not pair[0].running), key=ended)
    folded = [pair for pair in stopped if start is not None and ended(pair) < start]
    for pair in stopped:
        if len(lanes) - len(folded) <= limit:
            break
        if pair not in folded:
            folded.append(pair)
    return tuple(pair[0] for pair in lanes if pair not in folded), len(folded)
