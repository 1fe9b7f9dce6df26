"""The one-page MDT summary: who, the question, the course with therapy, what is met, the decision.

Always exactly one sheet. When there is more than fits, the chart gets lower (never under 80 mm), then the
tables keep their newest rows and say how many are left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from ctdild_desktop.figures.layout import Box
from ctdild_desktop.figures.scene import LaneStyle, Timeline
from ctdild_desktop.reports.mdt_boxes import (
    LEADING,
    PAD,
    FooterBox,
    HeaderBox,
    LineBox,
    QuestionBox,
    TwoBoxes,
    labs_box,
    labs_runs,
    last_box,
)
from ctdild_desktop.reports.mdt_decision import DecisionBox
from ctdild_desktop.reports.mdt_tables import CriteriaBox, TestsBox, TherapyBox, alike, share
from ctdild_desktop.reports.paper import MILLIMETRE, Grey, Paper, Sheet
from ctdild_desktop.reports.timeline import draw_timeline, timeline_least
from ctdild_desktop.services.page_words import Words
from ctdild_desktop.services.pages import MdtPageData

T = TypeVar("T")

MARGIN = 12 * MILLIMETRE
CHART_LEAST = 80 * MILLIMETRE
CHART_TOP = 3.0
CHART_MOST = 125 * MILLIMETRE
_PANEL_LEAST = 100.0
_LABS_BESIDE = 6
"""Lines of the results where they stand below therapy, in the room that the criteria leave."""

SUBJECT = "One-page summary for an interstitial lung disease multidisciplinary meeting"


@dataclass(frozen=True, slots=True)
class _Rows:
    """How much of the lists is printed."""

    tests: int = 6
    therapy: int = 8
    events: int = 4
    facts: int = 8
    lines: int = 2
    """Of the results and of the last decision."""
    decision: int = 4
    """Lines of the recommendation and of the actions."""
    together: bool = False
    """Criteria that say the same in one line."""


def _fallbacks(rows: _Rows) -> Iterator[_Rows]:
    """From everything to the least, in the order in which things give way."""
    yield rows
    rows = replace(rows, facts=7)
    yield rows
    for tests in (5, 4):
        rows = replace(rows, tests=tests)
        yield rows
    rows = replace(rows, decision=3)
    yield rows
    rows = replace(rows, together=True)
    yield rows
    rows = replace(rows, facts=6)
    yield rows
    for therapy, events, facts, lines, decision in (
        (7, 3, 6, 2, 2),
        (6, 3, 5, 2, 2),
        (5, 2, 5, 1, 2),
        (4, 2, 5, 1, 1),
        (3, 1, 5, 1, 1),
        (2, 1, 4, 1, 1),
        (2, 1, 3, 1, 1),
    ):
        rows = replace(rows, therapy=therapy, events=events, facts=facts, lines=lines, decision=decision)
        yield rows
    for tests in (3, 2, 1):
        yield replace(rows, tests=tests)


@dataclass(frozen=True, slots=True)
class _Page:
    """What is drawn, on which sheet, and how its width is shared between criteria and therapy."""

    data: MdtPageData
    paper: Paper
    sheet: Sheet
    split: float
    tight: int
    boxes: dict[tuple[object, ...], Any] = field(default_factory=dict)
    """The boxes made so far, by what they depend on: most stay the same from one try to the next."""

    def made(self, make: Callable[..., T], *parts: object) -> T:
        """A box, made once for the same parts."""
        key = (make, *parts)
        if key not in self.boxes:
            self.boxes[key] = make(*parts)
        box: T = self.boxes[key]
        return box

    @property
    def _width(self) -> float:
        return self.paper.width - 2 * MARGIN

    def header(self) -> HeaderBox:
        """Who."""
        return HeaderBox(self.data, self._width, self.paper.words)

    def question(self) -> QuestionBox:
        """What is asked."""
        return QuestionBox(self.data, self._width, self.paper.words)

    def two(self, lines: int) -> TwoBoxes:
        """Diagnosis and facts in so many lines."""
        return TwoBoxes(self.data, self._width, lines, self.paper.words)

    def tests(self, rows: int) -> TestsBox:
        """The latest tests."""
        return TestsBox(self.data, rows, self.paper.words)

    def criteria(self, together: bool) -> CriteriaBox:
        """Which definitions are met; those that say the same together where there is little room."""
        data = replace(self.data, criteria=alike(self.data.criteria)) if together else self.data
        return CriteriaBox(data, self.split)

    def therapy(self, rows: int, lines: int, *, labs: bool) -> TherapyBox:
        """Therapy in so many rows, adverse events in so many lines, and the results below if wanted."""
        width, words = self._width - self.split, self.paper.words
        below = labs_runs(self.data, width - 2 * PAD, _LABS_BESIDE, words) if labs else ()
        return TherapyBox(self.data, width, rows, lines, words, tight=self.tight, below=below)

    def therapy_with_labs(self, rows: int, lines: int) -> TherapyBox:
        """Therapy with the results below it."""
        return self.therapy(rows, lines, labs=True)

    def therapy_alone(self, rows: int, lines: int) -> TherapyBox:
        """Therapy without the results."""
        return self.therapy(rows, lines, labs=False)

    def labs(self, lines: int) -> LineBox:
        """Results."""
        return labs_box(self.data, self._width, lines, self.paper.words)

    def last(self, lines: int) -> LineBox:
        """The last decision."""
        return last_box(self.data, self._width, lines, self.paper.words)

    def decision(self, room: int) -> DecisionBox:
        """The decision of the meeting."""
        return DecisionBox(self.data.decision, self.data.changed, self._width, room, self.paper.words)

    def footer(self) -> FooterBox:
        """What the page rests on."""
        return FooterBox(self.data, self._width, self.paper.words, self.sheet)


class _Layout:
    """The boxes of a page with the given rows, and the height that is left for the chart."""

    def __init__(self, page: _Page, rows: _Rows, chart_most: float) -> None:
        paper = page.paper
        self.left, self.right = MARGIN, paper.width - MARGIN
        self.split = page.split
        self.header = page.made(page.header)
        self.question = page.made(page.question)
        self.two = page.made(page.two, rows.facts)
        self.tests = page.made(page.tests, rows.tests)
        self.criteria = page.made(page.criteria, rows.together)
        beside = page.made(page.therapy_with_labs, rows.therapy, rows.events).height
        make = page.therapy_with_labs if beside <= self.criteria.height else page.therapy_alone
        self.therapy = self._filled(page, make, rows)
        self.labs = page.made(page.labs, rows.lines) if beside > self.criteria.height else None
        self.last = page.made(page.last, rows.lines)
        self.decision = page.made(page.decision, rows.decision)
        self.footer = page.made(page.footer)
        self.pair = max(self.criteria.height, self.therapy.height)
        above = self.header.height + self.question.height + self.two.height
        lines = (self.labs.height if self.labs is not None else 0.0) + self.last.height
        below = self.tests.height + self.pair + lines + self.footer.height + 7
        free = paper.height - 2 * MARGIN - above - below
        self.chart = min(chart_most, free - self.decision.least)
        self.decision_height = min(self.decision.most, free - self.chart)

    def _filled(self, page: _Page, make: Callable[[int, int], TherapyBox], rows: _Rows) -> TherapyBox:
        """The adverse events take the lines that the criteria leave beside them."""
        made = page.made(make, rows.therapy, rows.events)
        spare = int((self.criteria.height - made.height) / LEADING)
        return page.made(make, rows.therapy, rows.events + spare) if spare > 0 else made


def _fitted(data: MdtPageData, paper: Paper, least: float, most: float, sheet: Sheet) -> _Layout:
    """The layout that leaves the chart its least height and takes no more from the lists than that needs."""
    full = rows = _Rows()
    split, tight = share(data, paper.width - 2 * MARGIN, paper.words)
    page = _Page(data, paper, sheet, split, tight)
    for rows in _fallbacks(full):
        layout = _Layout(page, rows, most)
        if layout.chart >= least:
            break
    for name in ("facts", "tests", "lines", "decision", "therapy", "events"):
        for count in range(getattr(full, name), getattr(rows, name), -1):
            change: dict[str, Any] = {name: count}
            longer = replace(rows, **change)
            made = _Layout(page, longer, most)
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
    words = Words(data.words)
    paper = Paper(
        target,
        page_size=page_size,
        title=words("MDT summary"),
        author=data.program,
        subject=words(SUBJECT),
        language=data.language,
        words=words,
    )
    paper.bookmark(data.name)
    draw_mdt_page(paper, data, Sheet())
    paper.finish()
    return paper


def draw_mdt_page(paper: Paper, data: MdtPageData, sheet: Sheet) -> None:
    """Draw the page onto the sheet that is open; ``sheet`` is its number."""
    timeline = data.figures
    least = max(CHART_LEAST, timeline_least(timeline, _PANEL_LEAST) + CHART_TOP)
    most = least if timeline.panel.empty_text else max(CHART_MOST, least)
    layout = _fitted(data, paper, least, most, sheet)
    timeline = _with_fewer_lanes(timeline, layout.chart - CHART_TOP)
    _draw(paper, timeline, layout, sheet)


def _draw(paper: Paper, timeline: Timeline, layout: _Layout, sheet: Sheet) -> None:
    left, right = layout.left, layout.right
    y = MARGIN

    def named(frame: str) -> str:
        return frame if sheet.page == 1 else f"{frame} {sheet.page}"

    def below(height: float) -> Box:
        nonlocal y
        box = Box(left, y, right, y + height)
        y += height
        return box

    with paper.frame(named("header"), below(layout.header.height)) as box:
        layout.header.draw(paper, box)
    with paper.frame(named("question"), below(layout.question.height)) as box:
        layout.question.draw(paper, box)
    with paper.frame(named("facts"), below(layout.two.height)) as box:
        layout.two.draw(paper, box)
    chart = below(layout.chart)
    draw_timeline(
        paper,
        timeline,
        Box(chart.x0, chart.y0 + CHART_TOP, chart.x1, chart.y1),
        frame_name=named("chart"),
    )
    paper.rectangle(chart, edge=Grey.EDGE)
    with paper.frame(named("tests"), below(layout.tests.height)) as box:
        layout.tests.draw(paper, box)
    pair = below(layout.pair)
    middle = pair.x0 + layout.split
    with paper.frame(named("criteria"), Box(pair.x0, pair.y0, middle, pair.y1)) as box:
        layout.criteria.draw(paper, box)
    with paper.frame(named("therapy"), Box(middle, pair.y0, pair.x1, pair.y1)) as box:
        layout.therapy.draw(paper, box)
    paper.rectangle(pair, edge=Grey.EDGE)
    paper.line(middle, pair.y0, middle, pair.y1, ink=Grey.EDGE)
    if layout.labs is not None:
        with paper.frame(named("labs"), below(layout.labs.height)) as box:
            layout.labs.draw(paper, box)
    with paper.frame(named("last"), below(layout.last.height)) as box:
        layout.last.draw(paper, box)
    with paper.frame(named("decision"), below(layout.decision_height)) as box:
        layout.decision.draw(paper, box)
    bottom = paper.height - MARGIN
    with paper.frame(named("footer"), Box(left, bottom - layout.footer.height, right, bottom)) as box:
        layout.footer.draw(paper, box)
