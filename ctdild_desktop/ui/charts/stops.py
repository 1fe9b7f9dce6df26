"""What the read-out says at each record of the time-line: pure values, apart from how they are drawn."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ctdild_desktop.clinical import wording
from ctdild_desktop.figures.scene import Lane, LaneStyle, Series, Timeline
from ctdild_desktop.language import say

TEST = "test"
THERAPY = "therapy"


@dataclass(frozen=True, slots=True)
class Stop:
    """One date with something recorded on it. ``kind`` and ``record_id`` are what Enter opens."""

    date: dt.date
    kind: str
    record_id: str
    lines: tuple[tuple[str, str], ...]
    """Name and words of each line of the read-out."""

    @property
    def title(self) -> str:
        """The date as the site writes it."""
        return wording.day(self.date)

    @property
    def spoken(self) -> str:
        """The whole read-out as one sentence for assistive technology."""
        return f"{self.title}: " + "; ".join(f"{name} {words}".strip() for name, words in self.lines)


def all_series(timeline: Timeline) -> tuple[Series, ...]:
    """The measures of the first panel, then those of the further ones."""
    return (*timeline.panel.series, *(one for strip in timeline.strips for one in strip.series))


def stops_of(timeline: Timeline, remarks: Mapping[str, str] | None = None) -> tuple[Stop, ...]:
    """Every date of the picture that has a test, an infusion or an event, oldest first.

    ``remarks`` are further words on tests, by their ids.
    """
    found: dict[dt.date, list[tuple[str, str, tuple[str, str] | None]]] = {}
    for series in all_series(timeline):
        for point in series.points:
            if not point.preview:
                words = f"{point.read_out} ({point.note})" if point.note else point.read_out
                found.setdefault(point.date, []).append((point.kind, point.record_id, (series.label, words)))
    for event in timeline.events:
        words = event.read_out or event.label
        found.setdefault(event.date, []).append((event.kind.value, event.record_id, ("", words)))
    for lane in timeline.lanes:
        for tick in lane.ticks:
            record = lane.record_ids[0] if lane.record_ids else ""
            found.setdefault(tick, []).append((THERAPY, record, None))
    made = []
    for date in sorted(found):
        rows = found[date]
        kind, record, _ = rows[0]
        lines = [line for _, _, line in rows if line is not None]
        ids = dict.fromkeys(number for which, number, _ in rows if which == TEST)
        lines += [("", told) for number in ids if (told := (remarks or {}).get(number))]
        made.append(Stop(date, kind, record, (*lines, *_therapy_on(timeline.lanes, date))))
    return tuple(made)


def nearest(stops: Sequence[Stop], date: dt.date) -> int:
    """Index of the stop nearest to a date; the earlier one at a tie; -1 when there is none."""
    if not stops:
        return -1
    after = bisect_left([stop.date for stop in stops], date)
    if after == 0:
        return 0
    if after == len(stops):
        return after - 1
    return after if stops[after].date - date < date - stops[after - 1].date else after - 1


def _therapy_on(lanes: Sequence[Lane], date: dt.date) -> tuple[tuple[str, str], ...]:
    lines = []
    for lane in lanes:
        if date in lane.ticks:
            lines.append((lane.name, say("given")))
            continue
        given = [tick for tick in lane.ticks if tick < date]
        if given:
            if any(block.start <= date <= block.end for block in lane.blocks):
                lines.append((lane.name, say("{days} d since last", days=(date - given[-1]).days)))
            continue
        if any(start <= date < end for start, end in lane.gaps):
            lines.append((lane.name, say("interrupted")))
            continue
        dose = ""
        running = False
        for block in lane.blocks:
            if block.start <= date:
                dose = block.text or dose
                running = date <= block.end
        if running:
            bare = lane.style is LaneStyle.GLUCOCORTICOID and dose.replace(".", "").replace(",", "").isdigit()
            lines.append((lane.name, say("{dose} mg", dose=dose) if bare else dose))
    return tuple(lines)
