"""The time-line picture of one patient as plain values: lung function, therapy, events on one axis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.dates import PartialDate, add_months
from ctdild_desktop.clinical.derived import DerivedTest
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.clinical.trajectory import Trajectory
from ctdild_desktop.clinical.verdict import Evidence
from ctdild_desktop.figures.epochs import build_epochs, sentences
from ctdild_desktop.figures.events import adverse_now, build_events, other_now
from ctdild_desktop.figures.lanes import build_lanes, is_running
from ctdild_desktop.figures.panel import PanelOptions, build_panel
from ctdild_desktop.figures.scene import EpochRow, EventMark, Lane, LungPanel, Scale, Strip, Timeline
from ctdild_desktop.figures.strips import build_strips
from ctdild_desktop.language import marked, say

NO_THERAPY = marked("No therapy recorded. Add (Ctrl+Shift+T)")

_LEAST_PADDING = 30
_LEAST_MONTHS = 12
_PADDING_SHARE = 0.05
_QUIET_MONTHS = 24
_GONE = {"moved": marked("Moved {day}"), "lost": marked("Lost {day}")}


def _death(record: PatientRecord, today: dt.date) -> PartialDate | None:
    death = record.patient.death_date
    return death if death is not None and death.earliest <= today else None


def _gone(record: PatientRecord, today: dt.date) -> PartialDate | None:
    """When somebody moved away or was lost sight of, if nothing was recorded since; None for all others."""
    patient = record.patient
    day = patient.vital_status_date
    if patient.vital_status not in _GONE or day is None or day.earliest > today:
        return None
    seen = [test.date for test in record.tests]
    seen += [visit.date for visit in record.visits]
    seen += [scan.date for scan in record.hrct]
    return None if any(day.latest < date <= today for date in seen) else day


def last_day(record: PatientRecord, today: dt.date) -> dt.date:
    """The day at which the picture stands.

    This is today, or the day of the death, of moving away or of being lost sight of. Where nothing was
    recorded for more than two years and no drug is recorded as running, it is the day of the latest entry,
    so that an old course is not a speck at the left.
    """
    end = _death(record, today) or _gone(record, today)
    if end is not None:
        return min(end.latest, today)
    if any(is_running(line, today) for line in record.therapy):
        return today
    dates = [test.date for test in record.tests]
    dates += [visit.date for visit in record.visits]
    dates += [scan.date for scan in record.hrct]
    dates += [event.onset.latest for event in record.adverse_events]
    dates += [line.stop.latest for line in record.therapy if line.stop is not None]
    dates += [given.date for line in record.therapy for given in line.given_infusions]
    latest = max([date for date in dates if date <= today], default=today)
    return latest if add_months(latest, _QUIET_MONTHS) < today else today


def _today_text(record: PatientRecord, today: dt.date) -> str:
    death, shown = _death(record, today), last_day(record, today)
    if death is not None:
        return say("Died {death}", death=wording.partial(death))
    gone = _gone(record, today)
    if gone is not None:
        return say(_GONE[record.patient.vital_status or ""], day=wording.partial(gone))
    return (
        say("Today {today}", today=wording.day_and_month(today))
        if shown == today
        else say("At {shown}", shown=wording.day(shown))
    )


def _span(
    record: PatientRecord, last: Sequence[dt.date], today: dt.date, span: Literal["all"] | int
) -> tuple[dt.date, dt.date]:
    """The ends of the axis with a margin: everything recorded, or a number of years before today."""
    dates = [test.date for test in record.tests]
    dates += [line.start.earliest for line in record.therapy]
    dates += [event.onset.earliest for event in record.adverse_events]
    dates += [scan.date for scan in record.hrct]
    dates += [visit.date for visit in record.visits if visit.admitted_nights]
    first = min([date for date in dates if date <= today] + [add_months(today, -_LEAST_MONTHS)])
    start = first if span == "all" else add_months(today, -12 * span)
    end = max([today, *last])
    days = max(_LEAST_PADDING, round((end - start).days * _PADDING_SHARE))
    padding = dt.timedelta(days=days)
    return (start - padding if span == "all" else start), end + padding


def _description(
    panel: LungPanel,
    strips: Sequence[Strip],
    epochs: EpochRow | None,
    lanes: Sequence[Lane],
    events: Sequence[EventMark],
) -> str:
    """The picture in words, for those who do not see it."""
    told = []
    for series in (*panel.series, *(one for strip in strips for one in strip.series)):
        used = [point for point in series.points if point.used]
        if len(used) == 1:
            told.append(
                say(
                    "{series}: one test, {read_out} on {date}.",
                    series=series.label,
                    read_out=used[0].read_out,
                    date=wording.day(used[0].date),
                )
            )
        elif used:
            first, last = used[0], used[-1]
            told.append(
                say(
                    "{series} over {used} tests: from {read_out} on {date} to {read_out2} on {date2}.",
                    series=series.label,
                    used=len(used),
                    read_out=first.read_out,
                    date=wording.day(first.date),
                    read_out2=last.read_out,
                    date2=wording.day(last.date),
                )
            )
    if not panel.series:
        told.append(panel.empty_text)
    told += [strip.empty_text for strip in strips if strip.empty_text]
    told += sentences(epochs) if epochs is not None else ()
    if lanes:
        words = [f"{lane.name} {lane.now_text}".strip() for lane in lanes]
        told.append(say("Therapy: {words}.", words=", ".join(words)))
    if events:
        told.append(say("Marks: ") + "; ".join(event.read_out for event in events) + ".")
    return " ".join(told)


def build_timeline(
    record: PatientRecord,
    derived: Sequence[DerivedTest],
    *,
    scale: Scale,
    today: dt.date,
    reference: Evidence | None = None,
    span: Literal["all"] | int = "all",
    preview: DerivedTest | None = None,
    show_lln: bool = True,
    show_band: bool = True,
    lane_limit: int = 6,
    meeting: dt.date | None = None,
    strips: Sequence[str] = (),
    course: Trajectory | None = None,
) -> Timeline:
    """Everything that the picture shows, for the screen and for paper.

    Args:
        derived: one per test, in any order.
        scale: of the vertical axis. Litres show the FVC alone.
        today: where running things end; :func:`last_day` says when the picture stands at an earlier day.
        reference: the selected pair. It gives the rings, and for an FVC pair the band from the reference to
            10 % less, drawn in the quantity of the axis and named with it; there is none on the z scale.
        span: ``"all"``, or the number of years before ``today``.
        preview: a test that is being typed and is not saved; replaces a saved test of the same id.
        lane_limit: stopped drugs beyond it are folded; running ones never are.
        meeting: a planned MDT.
        strips: names of further panels, see :data:`ctdild_desktop.figures.strips.STRIPS`.
        course: gives the epochs of therapy; None leaves them out.
    """
    ended = _death(record, today) or _gone(record, today)
    shown_today = last_day(record, today)
    first_shown = None if span == "all" else add_months(shown_today, -12 * span)
    lanes, folded = build_lanes(record.therapy, shown_today, limit=lane_limit, start=first_shown)
    last = [block.end for lane in lanes for block in lane.blocks]
    if ended is not None:
        last = []
    if preview is not None:
        last.append(preview.date)
    if meeting is not None:
        last.append(meeting)
    start, end = _span(record, last, shown_today, span)
    panel = build_panel(
        record,
        derived,
        options=PanelOptions(scale=scale, reference=reference, show_lln=show_lln, show_band=show_band),
        start=start,
        end=end,
        today=shown_today,
        preview=preview,
    )
    events = build_events(record, shown_today, meeting)
    seen = [
        made
        for made in derived
        if made.date <= shown_today and (not preview or made.test.id != preview.test.id)
    ]
    seen += [preview] if preview is not None else []
    seen.sort(key=lambda made: (made.date, made.test.entered, made.test.id))
    further = build_strips(strips, record, seen, scale=scale, today=shown_today, preview=preview)
    epochs = build_epochs(course, scale, shown_today) if course is not None else None
    return Timeline(
        start=start,
        end=end,
        today=shown_today,
        today_text=_today_text(record, today),
        panel=panel,
        lanes=lanes,
        folded_lanes=folded,
        events=events,
        adverse_now=adverse_now(record, shown_today),
        other_now=other_now(record, shown_today, meeting),
        empty_lanes_text="" if lanes else say(NO_THERAPY),
        description=_description(panel, further, epochs, lanes, events),
        strips=further,
        epochs=epochs,
    )
