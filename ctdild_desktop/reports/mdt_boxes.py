"""The boxes of the MDT page: each says how high it must be and draws itself there."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ctdild_desktop.figures.layout import Box
from ctdild_desktop.language import marked, say, say_in
from ctdild_desktop.reports.paper import Grey, Paper
from ctdild_desktop.reports.typesetting import (
    LEAST_POINTS,
    MISSING,
    Face,
    Line,
    Run,
    balanced,
    fit,
    lacks_letters,
    length,
    width_of,
    wrap,
    wrap_parts,
)
from ctdild_desktop.services.pages import MdtPageData, TimelineInputs

LEADING = 12.2
PAD = 6.0
STATEMENT = marked(
    "States which published definitions the recorded numbers meet. Not a medical device, not a diagnosis."
)

_NAME, _NAME_LEAST = 14.0, 10.5
_CONFIDENTIAL = marked("CONFIDENTIAL 1/1")


def _lines(texts: Sequence[str], width: float, most: int) -> tuple[Line, ...]:
    """Several texts, each on its own line or lines, ``most`` lines in all; what is left over is counted."""
    if len(texts) > most:
        shown = [*texts[: most - 1], say("+ {texts} more", texts=len(texts) - most + 1)]
        return _lines(shown, width, most)
    lines: list[Line] = []
    for number, text in enumerate(texts):
        left = most - len(lines) - (len(texts) - number - 1)
        lines.extend(wrap([Run(text)], width, most=left)[0])
    return tuple(lines)


class HeaderBox:
    """Who: name and meeting, identity and who asked."""

    def __init__(self, data: MdtPageData, width: float) -> None:
        self._data = data
        self._asked = say("asked by {asked_by}", asked_by=data.asked_by) if data.asked_by else ""
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
        self._identity = wrap_parts(data.identity.split(" · "), identity, most=3)
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
            runs, room = [Run(data.question, Face.BOLD)], width - 2 * PAD
            for most, size in ((1, 10.5), (1, 10.0), (1, 9.5), (2, 10.5), (2, 9.5), (2, 8.5), (3, 8.5)):
                self._size = size
                self._lines, fits = wrap(runs, room, size, most=most)
                if fits:
                    self._lines = balanced(runs, room, size, len(self._lines))
                    break
        self.height = 24.0 if not self._lines else 9 + len(self._lines) * self._size * 1.32

    def draw(self, paper: Paper, box: Box) -> None:
        """Draw into a box of at least :attr:`height`."""
        paper.rectangle(box, fill=Grey.HEADER, weight=1.1)
        if not self._lines:
            label = paper.text(box.x0 + PAD, box.y0 + 16, say("Question"), face=Face.BOLD)
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
        self._titles = (say("DIAGNOSIS"), data.facts_title)
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


class LineBox:
    """One fact across the page: its name in bold and its words."""

    def __init__(self, title: str, text: str, width: float, most: int = 2) -> None:
        runs = [Run(f"{title} ", Face.BOLD), Run(text or say("not recorded"))]
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
    most: float = 240.0

    def draw(self, paper: Paper, box: Box) -> None:
        """Draw the five lines evenly over the height of the box."""
        paper.rectangle(box, weight=1.1)
        step = (box.y1 - box.y0 - 21) / 5
        left, right = box.x0 + PAD, box.x1 - PAD
        y = box.y0 + 13
        paper.text(left, y, say("DECISION TODAY"), face=Face.BOLD)
        labels = ("≥ 90", "70–89", "51–69", say("unclassifiable"))
        start = right - sum(width_of(label) + 20 for label in labels) - width_of(say("Confidence %"))
        paper.text(start, y, say("Confidence %"))
        _ticks(paper, start + width_of(say("Confidence %")), y, labels)
        y += step
        _rule(paper, left, right, y, say("Diagnosis"))
        y += step
        end = paper.text(left, y, say("Verdict")).x1
        _ticks(
            paper,
            end,
            y,
            (say("progressing"), say_in("team_verdict", "stable"), say("improved"), say("cannot tell")),
        )
        y += step
        _rule(paper, left, right, y, say("Recommendation"))
        y += step
        _rule(paper, left, right, y, say("Action, owner, due"))
        y += step
        end = paper.text(left, y, say("Present")).x1
        _ticks(paper, end, y, (say("resp"), say("rheum"), say("rad"), say("path"), say_in("page", "nurse")))
        _rule(paper, right - 95, right, y, say("Date"))
        _rule(paper, right - 230, right - 101, y, say("Signed"))


def _ticks(paper: Paper, x: float, y: float, labels: Sequence[str]) -> None:
    for label in labels:
        x += 9
        paper.rectangle(Box(x, y - 7, x + 7.5, y + 0.5), weight=0.9)
        x = paper.text(x + 11, y, label).x1


def _rule(paper: Paper, left: float, right: float, y: float, label: str) -> None:
    end = paper.text(left, y, label).x1
    paper.line(end + 4, y + 2, right, y + 2)


def _texts_in(value: Any) -> Iterator[str]:
    """Every text that the page prints, however deep; the picture names drugs and events of the lists."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _texts_in(item)
    elif dataclasses.is_dataclass(value) and not isinstance(value, TimelineInputs):
        for field in dataclasses.fields(value):
            yield from _texts_in(getattr(value, field.name))


class FooterBox:
    """What the page rests on, who printed it, and what it is not."""

    def __init__(self, data: MdtPageData, width: float) -> None:
        self._data = data
        facts = (
            data.program,
            say("data as of {data_as_of}", data_as_of=data.data_as_of),
            data.references,
            say(
                "printed by {printed_by} {printed_on}", printed_by=data.printed_by, printed_on=data.printed_on
            ),
        )
        words = [say(STATEMENT)]
        if data.demo:
            words.append(say("Demonstration data, invented."))
        if any(lacks_letters(text) for text in _texts_in(data)):
            words.append(say("{MISSING} is a letter that this page cannot print.", MISSING=MISSING))
        if data.pseudonymised:
            words.append(say("Pseudonymised: no name, number, birth date or free text."))
        mark = width_of(say(_CONFIDENTIAL), Face.BOLD) + 12
        self._words = wrap([Run(" ".join(words))], width, most=2)[0]
        below = length(self._words[-1]) + mark <= width
        self._facts = wrap_parts(facts, width if below else width - mark, most=3)
        self._mark_line = len(self._facts) + len(self._words) - 1 if below else 0
        self.height = 4 + 10.6 * (len(self._facts) + len(self._words))

    def draw(self, paper: Paper, box: Box) -> None:
        """Draw into a box of at least :attr:`height`."""
        paper.line(box.x0, box.y0, box.x1, box.y0, ink=Grey.EDGE, weight=0.6)
        y = box.y0 + 10.6
        for number, line in enumerate((*self._facts, *self._words)):
            paper.line_of_runs(box.x0, y, line)
            if number == self._mark_line:
                paper.text(box.x1, y, say(_CONFIDENTIAL), face=Face.BOLD, align="right")
            y += 10.6
