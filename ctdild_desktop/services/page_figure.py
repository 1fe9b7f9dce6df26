"""The time-line picture as the printed page shows it, and no more of it than is drawn there."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.derived import DerivedTest
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.clinical.verdict import Evidence
from ctdild_desktop.figures.scene import LungPanel, Scale, Timeline
from ctdild_desktop.figures.timeline import build_timeline, last_day
from ctdild_desktop.language import english_of, say

_LONG_YEARS, _SHOWN_YEARS = 6, 5
_OF_REFERENCE = re.compile(r"%[^:]*:")
_ENDED = ("Died", "Moved", "Lost")


def page_figure(
    record: PatientRecord,
    derived: Sequence[DerivedTest],
    reference: Evidence | None,
    today: dt.date,
    meeting: dt.date | None = None,
) -> Timeline:
    """The picture as the page shows it: % predicted when there is one, else litres.

    Of a history of more than six years the last five are shown. Texts that name keys are replaced; what is
    only heard, pointed at or outside the picture is left out.
    """
    long_ago = add_months(last_day(record, today), -12 * _LONG_YEARS)
    first = [test.date for test in record.tests] + [line.start.earliest for line in record.therapy]
    span: Literal["all"] | int = _SHOWN_YEARS if first and min(first) < long_ago else "all"
    timelines = (
        build_timeline(
            record, derived, scale=scale, today=today, reference=reference, span=span, meeting=meeting
        )
        for scale in (Scale.PERCENT, Scale.LITRES)
    )
    timeline = next(timelines)
    if timeline.panel.empty_text and record.tests:
        litres = next(timelines)
        timeline = litres if not litres.panel.empty_text else timeline
    panel = _printed(timeline.panel)
    if not record.tests:
        panel = replace(panel, empty_text=say("No lung-function test recorded."))
    ended = english_of(timeline.today_text).startswith(_ENDED)
    return replace(
        timeline,
        panel=panel,
        today_text=timeline.today_text if ended else say("At {today}", today=wording.day(timeline.today)),
        empty_lanes_text=say("No therapy recorded."),
        lanes=tuple(replace(lane, record_ids=()) for lane in timeline.lanes),
        events=tuple(replace(mark, record_id="", read_out="") for mark in timeline.events),
        description="",
    )


def _printed(panel: LungPanel) -> LungPanel:
    band = panel.band
    if band is not None:
        band = replace(band, label=_OF_REFERENCE.sub("%:", band.label))
    return replace(
        panel,
        band=band,
        series=tuple(
            replace(
                series,
                points=tuple(replace(point, record_id="", read_out="") for point in series.points),
            )
            for series in panel.series
        ),
    )
