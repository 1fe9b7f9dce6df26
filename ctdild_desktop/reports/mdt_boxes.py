"""The boxes of the MDT page: each says how high it must be and draws itself there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.figures.layout import Box
from ctdild_desktop.reports.paper import Grey, Paper
from ctdild_desktop.reports.table import GAP, ROW, Column, column_widths, draw_table
from ctdild_desktop.reports.typesetting import LEAST_POINTS, Face, Line, Run, fit, width_of, wrap
from ctdild_desktop.services.pages import MdtPageData, PageCriterion, PageTest, PageTherapy

LEADING = 12.2
PAD = 6.0
STATEMENT = (
    "States which published definitions the recorded numbers meet. Not a medical device, not a diagnosis."
)

_GRAVE = re.compile(r"(\bG[345]\b(?: serious)?|\bserious\b)")
_NAME, _NAME_LEAST = 14.0, 10.5
_GLYPH = 13.0


def _lines(texts: Sequence[str], width: float, most: int) -> tuple[Line, ...]:
    """Several texts, each beginning on its own line, wrapped to ``most`` lines in all."""
    lines: list[Line] = []
    for number, text in enumerate(texts):
        left = most - len(lines) - (len(texts) - number - 1)
        lines.extend(wrap([Run(text)], width, most=max(left, 1))[0])
    return tuple(lines[:most])


class HeaderBox:
    """Who: name and meeting, identity and who asked."""

    def __init__(self, data: MdtPageData, width: float) -> None:
        self._data = data
        self._asked = f"asked by {data.asked_by}" if data.asked_by else ""
        room = width - 2 * PAD
        self._asked = fit(self._asked, room / 2, Face.REGULAR, LEAST_POINTS)[0]
        meeting = width_of(data.meeting, Face.BOLD, _NAME)
        self._name_room = room - meeting - 20
        text, self._name_size = fit(data.name, self._name_room, Face.BOLD, _NAME, _NAME_LEAST)
        names = ((Line((Run(text, Face.BOLD),)),), True) if text == data.name else None
        self._names = (names or wrap([Run(data.name, Face.BOLD)], self._name_room, self._name_size, most=3))[
            0
        ]
        identity = room - (width_of(self._asked) + 14 if self._asked else 0)
        self._identity = wrap([Run(data.identity)], identity, most=3)[0]
        self.height = 8.5 + self._name_size * 1.25 * len(self._names) + LEADING * len(self._identity)

    def draw(self, paper: Paper, box: Box) -> None:
        """Draw into a box of at least :attr:`height`."""
        paper.rectangle(box, weight=1.1)
        y = box.y0 + 3.5 + self._name_size
        for line in self._names:
            paper.line_of_runs(box.x0 + PAD, y, line, self._name_size)
            y += self._name_size * 1.25
        paper.text(
            box.x1 - PAD, box.y0 + 3.5 + _NAME, self._data.meeting, face=Face.BOLD, size=_NAME, align="right"
        )
        y += LEADING - self._name_size * 1.25 + self._name_size * 0.25
        paper.text(box.x1 - PAD, y, self._asked, align="right")
        for line in self._identity:
            paper.line_of_runs(box.x0 + PAD, y, line)
            y += LEADING


class QuestionBox:
    """What the meeting is asked; a line to write on when nothing was entered."""

    def __init__(self, data: MdtPageData, width: float) -> None:
        self._size = 10.5
        self._lines: tuple[Line, ...] = ()
        if data.question:
            fits = False
            while not fits and self._size >= LEAST_POINTS:
                self._lines, fits = wrap([Run(data.question, Face.BOLD)], width - 2 * PAD, self._size, most=2)
                self._size -= 0 if fits else 0.5
            if not fits:
                self._size = LEAST_POINTS
                self._lines = wrap([Run(data.question, Face.BOLD)], width - 2 * PAD, self._size, most=3)[0]
        self.height = 24.0 if not self._lines else 9 + len(self._lines) * self._size * 1.32

    def draw(self, paper: Paper, box: Box) -> None:
        """Draw into a box of at least :attr:`height`."""
        paper.rectangle(box, fill=Grey.HEADER, weight=1.1)
        if not self._lines:
            label = paper.text(box.x0 + PAD, box.y0 + 16, "Question", face=Face.BOLD)
            paper.line(label.x1 + 5, box.y0 + 17, box.x1 - PAD, box.y0 + 17)
            return
        y = box.y0 + 3.5 + self._size
        for line in self._lines:
            paper.line_of_runs(box.x0 + PAD, y, line, self._size)
            y += self._size * 1.32


class TwoBoxes:
    """Diagnosis at the left, the facts of the day at the right."""

    def __init__(self, data: MdtPageData, width: float, most: int = 6) -> None:
        self._split = width / 2
        room = width / 2 - 2 * PAD
        self._titles = ("DIAGNOSIS", data.facts_title)
        self._sides = (_lines(data.diagnosis, room, most), _lines(data.facts, room, most))
        self.height = 6.5 + LEADING * (1 + max(3, *(len(side) for side in self._sides)))

    def draw(self, paper: Paper, box: Box) -> None:
        """Draw into a box of at least :attr:`height`."""
        paper.rectangle(box, edge=Grey.EDGE)
        middle = box.x0 + self._split
        paper.line(middle, box.y0, middle, box.y1, ink=Grey.EDGE)
        for x, title, lines in zip((box.x0, middle), self._titles, self._sides, strict=True):
            y = box.y0 + 11.5
            paper.text(x + PAD, y, title, face=Face.BOLD, width=self._split - 2 * PAD)
            for line in lines:
                y += LEADING
                paper.line_of_runs(x + PAD, y, line)


_TESTS = (
    ("Date", "", False, False),
    ("L", "FVC", True, True),
    ("LLN", "FVC", True, False),
    ("z", "FVC", True, False),
    ("%", "FVC", True, True),
    ("to prev", "FVC", True, False),
    ("", "DLCO", True, True),
    ("z", "DLCO", True, False),
    ("%", "DLCO", True, True),
    ("Hb-corr %", "DLCO", True, False),
    ("to prev", "DLCO", True, False),
    ("Hb", "", True, False),
    ("SpO₂", "", True, False),
    ("mMRC", "", True, False),
    ("Qual.", "", False, False),
)


class TestsBox:
    """The latest tests, newest first."""

    __test__ = False

    def __init__(self, data: MdtPageData, most: int) -> None:
        self._tests = data.tests[:most]
        older = data.older_tests + len(data.tests) - len(self._tests)
        note = Column(f"+ {older} older" if older else "Note", right=False, elastic=True)
        names = {"FVC": "FVC", "DLCO": f"DLCO, {data.dlco_unit}" if data.dlco_unit else "DLCO"}
        columns = [
            Column(head or "value", group=names.get(group, ""), right=right, bold=bold)
            for head, group, right, bold in _TESTS
        ]
        self._columns = (*columns, note)
        self.height = ROW * (2 + max(1, len(self._tests)))

    def draw(self, paper: Paper, box: Box) -> None:
        """Draw into a box of at least :attr:`height`."""
        draw_table(paper, box, self._columns, [_cells(test) for test in self._tests])
        if not self._tests:
            paper.text(box.x0 + GAP, box.y0 + 2 * ROW + 9, "No lung-function test recorded.")
        paper.rectangle(box, edge=Grey.EDGE)


def _cells(test: PageTest) -> tuple[str, ...]:
    return (
        test.date,
        test.fvc_l,
        test.fvc_lln,
        test.fvc_z,
        test.fvc_percent,
        test.fvc_to_previous,
        test.dlco,
        test.dlco_z,
        test.dlco_percent,
        test.dlco_hb_percent,
        test.dlco_to_previous,
        test.hb,
        test.spo2,
        test.mmrc,
        test.quality,
        test.note,
    )


class CriteriaBox:
    """Which definitions are met, each with its number and date or with what is needed."""

    def __init__(self, data: MdtPageData, width: float) -> None:
        self._title = data.criteria_title
        self._criteria = data.criteria
        self._name = max([width_of(row.title, Face.BOLD) for row in data.criteria], default=0.0) + 8
        self._word = max([width_of(row.verdict_text, Face.BOLD) for row in data.criteria], default=0.0) + 8
        self._width = width
        room = max(40.0, width - 2 * PAD - _GLYPH - self._name - self._word)
        self._details = [wrap([Run(row.detail)], room, most=3)[0] for row in data.criteria]
        rows = sum(max(1, len(lines)) for lines in self._details) or 1
        self.height = 6.5 + LEADING * (1 + rows)

    @staticmethod
    def natural(rows: Sequence[PageCriterion]) -> float:
        """Width at which no detail wraps."""
        title = max([width_of(row.title, Face.BOLD) for row in rows], default=0.0)
        word = max([width_of(row.verdict_text, Face.BOLD) for row in rows], default=0.0)
        return 2 * PAD + _GLYPH + title + word + 16 + max([width_of(row.detail) for row in rows], default=0.0)

    def draw(self, paper: Paper, box: Box) -> None:
        """Draw into a box of at least :attr:`height`."""
        y = box.y0 + 11.5
        paper.text(box.x0 + PAD, y, self._title, face=Face.BOLD, width=self._width - 2 * PAD)
        if not self._criteria:
            paper.text(box.x0 + PAD, y + LEADING, "not recorded")
        for row, lines in zip(self._criteria, self._details, strict=True):
            y += LEADING
            x = box.x0 + PAD
            draw_verdict(paper, x + 4, y - 3, row.verdict)
            x += _GLYPH
            paper.text(x, y, row.title, face=Face.BOLD)
            quiet = row.verdict is Verdict.NOT_APPLICABLE
            paper.text(x + self._name, y, row.verdict_text, face=Face.REGULAR if quiet else Face.BOLD)
            for number, line in enumerate(lines):
                y += LEADING if number else 0
                paper.line_of_runs(x + self._name + self._word, y, line)


def draw_verdict(paper: Paper, x: float, y: float, verdict: Verdict) -> None:
    """The sign of a verdict: filled diamond, ring, dashed diamond with a question mark, en dash."""
    if verdict is Verdict.NOT_MET:
        paper.circle(x, y, 3.2, fill=None, edge=Grey.BLACK, weight=1.1)
        return
    if verdict is Verdict.NOT_APPLICABLE:
        paper.line(x - 3.5, y, x + 3.5, y, weight=1.0)
        return
    reach = 4.4 if verdict is Verdict.MET else 5.6
    diamond = [(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)]
    if verdict is Verdict.MET:
        paper.polygon(diamond, fill=Grey.BLACK, edge=None)
        return
    paper.polygon(diamond, weight=0.8, dash=(1.6, 1.2))
    paper.text(x, y + 3, "?", face=Face.BOLD, align="centre")


class TherapyBox:
    """Therapy lines with the FVC slope before and on each, and adverse events below them."""

    def __init__(self, data: MdtPageData, width: float, rows: int, lines: int) -> None:
        shown = data.therapy[: max(1, rows - 1)] if len(data.therapy) > rows else data.therapy
        left = len(data.therapy) - len(shown)
        self._columns = self._column_set(f"+ {left} more" if left else "")
        self._rows = [self._row(line, width) for line in shown]
        self._width = width
        self._events, self._left = _events(data.adverse_events, width - 2 * PAD, lines)
        self._table = ROW * (1 + max(1, len(self._rows)))
        self.height = self._table + 4.5 + LEADING * len(self._events)

    @staticmethod
    def _column_set(more: str) -> tuple[Column, ...]:
        return (
            Column(f"Therapy{f' ({more})' if more else ''}", right=False, bold=True, elastic=True),
            Column("", right=False),
            Column("Dates", right=False),
            Column("before", group=""),
            Column("on, mL/y (n)"),
        )

    @staticmethod
    def natural(rows: Sequence[PageTherapy]) -> float:
        """Width at which no cell is cut."""
        columns = TherapyBox._column_set("")
        cells = [(line.name, line.role, line.dates, line.before, line.on) for line in rows]
        return (
            sum(column_widths(columns, cells, 0.0)[1:])
            + GAP * 6
            + max([width_of(line.name, Face.BOLD) for line in rows], default=60.0)
        )

    @staticmethod
    def _row(line: PageTherapy, width: float) -> tuple[str, ...]:
        return (line.name, line.role, line.dates, line.before, line.on)

    def draw(self, paper: Paper, box: Box) -> None:
        """Draw into a box of at least :attr:`height`."""
        draw_table(paper, box, self._columns, self._rows)
        y = box.y0 + self._table
        if not self._rows:
            paper.text(box.x0 + GAP, y - ROW + 9, "No therapy recorded.")
        paper.line(box.x0, y, box.x1, y, weight=0.5, ink=Grey.GRID)
        y -= 1
        for line in self._events:
            y += LEADING
            paper.line_of_runs(box.x0 + GAP, y, line)


def _events(texts: Sequence[str], width: float, most: int) -> tuple[tuple[Line, ...], int]:
    """As many adverse events as fit, and how many are left; the grave words are bold."""
    if not texts:
        return wrap([Run("AE ", Face.BOLD), Run("none recorded")], width)[0], 0
    for count in range(len(texts), -1, -1):
        runs = [Run("AE ", Face.BOLD)]
        for number, text in enumerate(texts[:count]):
            pieces = _GRAVE.split(text + (" · " if number < len(texts) - 1 else ""))
            runs += [
                Run(part, Face.BOLD if at % 2 else Face.REGULAR) for at, part in enumerate(pieces) if part
            ]
        left = len(texts) - count
        if left:
            runs.append(Run(f"+ {left}"))
        lines, fits = wrap(runs, width, most=most)
        if fits:
            return lines, left
    return lines, len(texts)


class LineBox:
    """One fact across the page: its name in bold and its words."""

    def __init__(self, title: str, text: str, width: float, most: int = 2) -> None:
        runs = [Run(f"{title} ", Face.BOLD), Run(text or "not recorded")]
        self._lines = wrap(runs, width - 2 * PAD, most=most)[0]
        self.height = 5.5 + LEADING * len(self._lines)

    def draw(self, paper: Paper, box: Box) -> None:
        """Draw into a box of at least :attr:`height`."""
        paper.rectangle(box, edge=Grey.EDGE)
        y = box.y0 + 0.5
        for line in self._lines:
            y += LEADING
            paper.line_of_runs(box.x0 + PAD, y - 1, line)


@dataclass(frozen=True, slots=True)
class DecisionBox:
    """The part that is filled in by hand during the meeting."""

    least: float = 100.0
    most: float = 150.0

    def draw(self, paper: Paper, box: Box) -> None:
        """Draw the five lines evenly over the height of the box."""
        paper.rectangle(box, weight=1.1)
        step = (box.y1 - box.y0 - 16) / 5
        left, right = box.x0 + PAD, box.x1 - PAD
        y = box.y0 + 13
        paper.text(left, y, "DECISION TODAY", face=Face.BOLD)
        labels = ("≥ 90", "70–89", "51–69", "unclassifiable")
        start = right - sum(width_of(label) + 20 for label in labels) - width_of("Confidence %")
        paper.text(start, y, "Confidence %")
        _ticks(paper, start + width_of("Confidence %"), y, labels)
        y += step
        _rule(paper, left, right, y, "Diagnosis")
        y += step
        end = paper.text(left, y, "Verdict").x1
        _ticks(paper, end, y, ("progressing", "stable", "improved", "cannot tell"))
        y += step
        _rule(paper, left, right, y, "Recommendation")
        y += step
        _rule(paper, left, right, y, "Action, owner, due")
        y += step
        end = paper.text(left, y, "Present").x1
        _ticks(paper, end, y, ("resp", "rheum", "rad", "path", "nurse"))
        _rule(paper, right - 95, right, y, "Date")
        _rule(paper, right - 230, right - 101, y, "Signed")


def _ticks(paper: Paper, x: float, y: float, labels: Sequence[str]) -> None:
    for label in labels:
        x += 9
        paper.rectangle(Box(x, y - 7, x + 7.5, y + 0.5), weight=0.9)
        x = paper.text(x + 11, y, label).x1


def _rule(paper: Paper, left: float, right: float, y: float, label: str) -> None:
    end = paper.text(left, y, label).x1
    paper.line(end + 4, y + 2, right, y + 2)


class FooterBox:
    """What the page rests on, who printed it, and what it is not."""

    def __init__(self, data: MdtPageData, width: float) -> None:
        self._data = data
        facts = (
            f"{data.program} · data as of {data.data_as_of} · {data.references} · "
            f"printed by {data.printed_by} {data.printed_on}"
        )
        words = [STATEMENT]
        if data.demo:
            words.append("Demonstration data, invented.")
        if data.pseudonymised:
            words.append("Pseudonymised: no name, number, birth date or free text.")
        room = width - width_of("CONFIDENTIAL 1/1", Face.BOLD) - 12
        self._facts = wrap([Run(facts)], room, most=2)[0]
        self._words = wrap([Run(" ".join(words))], width, most=2)[0]
        self.height = 4 + 10.6 * (len(self._facts) + len(self._words))

    def draw(self, paper: Paper, box: Box) -> None:
        """Draw into a box of at least :attr:`height`."""
        paper.line(box.x0, box.y0, box.x1, box.y0, ink=Grey.EDGE, weight=0.6)
        y = box.y0 + 10.6
        end = paper.text(box.x1, y, "1/1", align="right").x0
        paper.text(end - 4, y, "CONFIDENTIAL", face=Face.BOLD, align="right")
        for line in (*self._facts, *self._words):
            paper.line_of_runs(box.x0, y, line)
            y += 10.6
