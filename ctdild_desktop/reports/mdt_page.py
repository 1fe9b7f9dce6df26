"""The one-page MDT summary: who, the question, the course with therapy, what is met, the decision.

Always exactly one sheet. When there is more than fits, the chart gets lower (never under 80 mm), then the
tables keep their newest rows and say how many are left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Literal

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.figures.layout import Box
from ctdild_desktop.figures.scene import LaneStyle, Scale, Timeline
from ctdild_desktop.figures.timeline import build_timeline, last_day
from ctdild_desktop.language import english_of, say
from ctdild_desktop.reports.mdt_boxes import (
    DecisionBox,
    FooterBox,
    HeaderBox,
    LineBox,
    QuestionBox,
    TwoBoxes,
)
from ctdild_desktop.reports.mdt_tables import CriteriaBox, TestsBox, TherapyBox
from ctdild_desktop.reports.paper import MILLIMETRE, Grey, Paper
from ctdild_desktop.reports.timeline import draw_timeline, timeline_least
from ctdild_desktop.services.pages import MdtPageData, TimelineInputs

MARGIN = 12 * MILLIMETRE
CHART_LEAST = 80 * MILLIMETRE
CHART_TOP = 3.0
CHART_MOST = 125 * MILLIMETRE
_PANEL_LEAST = 100.0

_LONG_YEARS, _SHOWN_YEARS = 6, 5
_SUBJECT = "One-page summary for an interstitial lung disease multidisciplinary meeting"


@dataclass(frozen=True, slots=True)
class _Rows:
    """How much of the lists is printed."""

    tests: int = 6
    therapy: int = 8
    events: int = 4
    facts: int = 7


def _fallbacks() -> Iterator[_Rows]:
    """From everything to the least, in the order in which things give way."""
    rows = _Rows()
    yield rows
    rows = replace(rows, facts=6)
    yield rows
    for tests in (5, 4):
        rows = replace(rows, tests=tests)
        yield rows
    for therapy, events, facts in ((7, 3, 6), (6, 3, 6), (5, 2, 5), (4, 2, 5), (3, 1, 4), (2, 1, 3)):
        rows = replace(rows, therapy=therapy, events=events, facts=facts)
        yield rows


def page_timeline(inputs: TimelineInputs) -> Timeline:
    """The picture as the page shows it: % predicted when there is one, else litres.

    Of a history of more than six years the last five are shown. Texts that name keys are replaced.
    """
    record = inputs.record
    long_ago = add_months(last_day(record, inputs.today), -12 * _LONG_YEARS)
    first = [test.date for test in record.tests] + [line.start.earliest for line in record.therapy]
    span: Literal["all"] | int = _SHOWN_YEARS if first and min(first) < long_ago else "all"
    timelines = (
        build_timeline(
            record, inputs.derived, scale=scale, today=inputs.today, reference=inputs.reference, span=span
        )
        for scale in (Scale.PERCENT, Scale.LITRES)
    )
    timeline = next(timelines)
    if timeline.panel.empty_text and record.tests:
        litres = next(timelines)
        timeline = litres if not litres.panel.empty_text else timeline
    panel = timeline.panel
    if not record.tests:
        panel = replace(panel, empty_text=say("No lung-function test recorded."))
    return replace(timeline, panel=panel, empty_lanes_text=say("No therapy recorded."))


class _Layout:
    """The boxes of a page with the given rows, and the height that is left for the chart."""

    def __init__(self, data: MdtPageData, paper: Paper, rows: _Rows, chart_most: float) -> None:
        width = paper.width - 2 * MARGIN
        self.left, self.right = MARGIN, paper.width - MARGIN
        self.header = HeaderBox(data, width)
        self.question = QuestionBox(data, width)
        self.two = TwoBoxes(data, width, rows.facts)
        self.tests = TestsBox(data, rows.tests)
        self.split = self._share(data, width)
        self.criteria = CriteriaBox(data, self.split)
        self.therapy = TherapyBox(data, width - self.split, rows.therapy, rows.events)
        self.hrct = LineBox(say("HRCT"), data.hrct, width)
        self.decision = DecisionBox()
        self.footer = FooterBox(data, width)
        self.pair = max(self.criteria.height, self.therapy.height)
        above = self.header.height + self.question.height + self.two.height
        below = self.tests.height + self.pair + self.hrct.height + self.footer.height + 7
        free = paper.height - 2 * MARGIN - above - below
        self.chart = min(chart_most, free - self.decision.least)
        self.decision_height = min(self.decision.most, free - self.chart)

    @staticmethod
    def _share(data: MdtPageData, width: float) -> float:
        """Width of the criteria, so that neither side wraps or cuts when both can have what they need."""
        left, right = CriteriaBox.natural(data.criteria), TherapyBox.natural(data.therapy)
        spare = width - left - right
        if spare >= 0:
            return left + spare / 2
        return min(max(width - right, CriteriaBox.least(data.criteria)), width * 0.58)


def _fitted(data: MdtPageData, paper: Paper, least: float, most: float) -> _Layout:
    """The layout that leaves the chart its least height and takes no more from the lists than that needs."""
    for rows in _fallbacks():
        layout = _Layout(data, paper, rows, most)
        if layout.chart >= least:
            break
    full = _Rows()
    for name, wanted in (
        ("tests", full.tests),
        ("facts", full.facts),
        ("therapy", full.therapy),
        ("events", full.events),
    ):
        for count in range(wanted, getattr(rows, name), -1):
            longer = replace(rows, **{name: count})
            made = _Layout(data, paper, longer, most)
            if made.chart >= min(least, layout.chart):
                rows, layout = longer, made
                break
    return layout


def _with_fewer_lanes(timeline: Timeline, height: float) -> Timeline:
    """Fold lanes until the picture has its height: stopped drugs first, then those begun longest ago."""
    lanes = list(timeline.lanes)
    foldable = [lane for lane in lanes if lane.style is not LaneStyle.GLUCOCORTICOID]
    while foldable and timeline_least(replace(timeline, lanes=tuple(lanes)), _PANEL_LEAST) > height:
        stopped = [lane for lane in foldable if not lane.running]
        lane = (stopped or foldable)[-1]
        foldable.remove(lane)
        lanes.remove(lane)
    folded = timeline.folded_lanes + len(timeline.lanes) - len(lanes)
    return replace(timeline, lanes=tuple(lanes), folded_lanes=folded)


def write_mdt_page(target: Path | BinaryIO, data: MdtPageData, *, page_size: str = "A4") -> Paper:
    """Write the page as PDF.

    ``page_size`` is ``A4`` or ``Letter``. The same data always gives the same bytes. The sheet is handed back
    with the place of every text that was drawn.

    Raises:
        KeyError: another page size.
    """
    paper = Paper(
        target,
        page_size=page_size,
        title=say("MDT summary"),
        author=data.program,
        subject=_SUBJECT,
        language="en",
    )
    timeline = page_timeline(data.timeline)
    least = max(CHART_LEAST, timeline_least(timeline, _PANEL_LEAST) + CHART_TOP)
    most = least if timeline.panel.empty_text else max(CHART_MOST, least)
    layout = _fitted(data, paper, least, most)
    timeline = _with_fewer_lanes(timeline, layout.chart - CHART_TOP)
    paper.bookmark(data.name)
    _draw(paper, data, timeline, layout)
    paper.finish()
    return paper


def _caption(timeline: Timeline) -> str:
    """The day at which the Now column stands."""
    ended = english_of(timeline.today_text).startswith(("Died", "Moved", "Lost"))
    return timeline.today_text if ended else say("At {today}", today=wording.day(timeline.today))


def _draw(paper: Paper, data: MdtPageData, timeline: Timeline, layout: _Layout) -> None:
    left, right = layout.left, layout.right
    y = MARGIN

    def below(height: float) -> Box:
        nonlocal y
        box = Box(left, y, right, y + height)
        y += height
        return box

    with paper.frame("header", below(layout.header.height)) as box:
        layout.header.draw(paper, box)
    with paper.frame("question", below(layout.question.height)) as box:
        layout.question.draw(paper, box)
    with paper.frame("facts", below(layout.two.height)) as box:
        layout.two.draw(paper, box)
    chart = below(layout.chart)
    draw_timeline(
        paper,
        timeline,
        Box(chart.x0, chart.y0 + CHART_TOP, chart.x1, chart.y1),
        caption=_caption(timeline),
    )
    paper.rectangle(chart, edge=Grey.EDGE)
    with paper.frame("tests", below(layout.tests.height)) as box:
        layout.tests.draw(paper, box)
    pair = below(layout.pair)
    middle = pair.x0 + layout.split
    with paper.frame("criteria", Box(pair.x0, pair.y0, middle, pair.y1)) as box:
        layout.criteria.draw(paper, box)
    with paper.frame("therapy", Box(middle, pair.y0, pair.x1, pair.y1)) as box:
        layout.therapy.draw(paper, box)
    paper.rectangle(pair, edge=Grey.EDGE)
    paper.line(middle, pair.y0, middle, pair.y1, ink=Grey.EDGE)
    with paper.frame("hrct", below(layout.hrct.height)) as box:
        layout.hrct.draw(paper, box)
    with paper.frame("decision", below(layout.decision_height)) as box:
        layout.decision.draw(paper, box)
    bottom = paper.height - MARGIN
    with paper.frame("footer", Box(left, bottom - layout.footer.height, right, bottom)) as box:
        layout.footer.draw(paper, box)
