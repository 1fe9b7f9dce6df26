"""The boxes of the MDT page: each says how high it must be and draws itself there."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ctdild_desktop.figures.layout import Box
from ctdild_desktop.reports.paper import Grey, Paper, Sheet
from ctdild_desktop.reports.typesetting import (
    GLUE,
    LEAST_POINTS,
    MISSING,
    Face,
    Line,
    Run,
    balanced,
    fit,
    glued,
    lacks_letters,
    length,
    width_of,
    wrap,
    wrap_parts,
)
from ctdild_desktop.services.page_words import LENT_HB, STATEMENT, Words
from ctdild_desktop.services.pages import MdtPageData

LEADING = 11.6
PAD = 6.0
_NAME, _NAME_LEAST = 14.0, 10.5
_HEAD = 24
_NOTHING: list[list[Run]] = [[], [], []]
_CONFIDENTIAL = "CONFIDENTIAL {page}/{pages}"


def _lines(texts: Sequence[Sequence[Run]], width: float, most: int, words: Words) -> tuple[Line, ...]:
    """Several texts, each on lines of its own; where these are too many, one behind the other.

    What finds no place in ``most`` lines even so is counted.
    """
    lines = [line for text in texts for line in wrap(text, width)[0]]
    if len(lines) <= most:
        return tuple(lines)
    for count in range(len(texts), 1, -1):
        left = len(texts) - count
        end = [Run(f" · {words('+ {texts} more', texts=left)}")] if left else []
        runs = [run for number, text in enumerate(texts[:count]) for run in _after(text, first=number == 0)]
        flowing, fits = wrap([*runs, *end], width, most=most)
        if fits:
            return flowing
    return wrap(texts[0], width, most=most)[0]


def _headed(text: str) -> list[Run]:
    """A text whose first word or two, up to a colon, are bold, so that each is found among the others."""
    text = glued(text)
    head, colon, rest = text.partition(": ")
    if not colon or len(head) > _HEAD or any(letter.isdigit() for letter in head):
        return [Run(text)]
    return [Run(f"{head}: ", Face.BOLD), Run(rest)]


def _after(text: Sequence[Run], *, first: bool) -> list[Run]:
    return list(text) if first else [Run(f"{GLUE}· "), *text]


class HeaderBox:
    """Who: name, which case of which meeting, identity and who asks."""

    def __init__(self, data: MdtPageData, width: float, words: Words) -> None:
        self._data = data
        room = width - 2 * PAD
        asked = words("asked by {asked_by}", asked_by=data.asked_by) if data.asked_by else ""
        full = " · ".join(part for part in (data.meeting_kind, asked) if part)
        beside = room - width_of(data.identity) - 14
        self._asked = fit(full if width_of(full) <= beside else asked, room / 2, Face.REGULAR, LEAST_POINTS)[
            0
        ]
        case = width_of(data.case) + 8 if data.case else 0.0
        meeting = width_of(data.meeting, Face.BOLD, _NAME) + case
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
        top = box.y0 + 3.5 + _NAME
        meeting = paper.text(box.x1 - PAD, top, self._data.meeting, face=Face.BOLD, size=_NAME, align="right")
        paper.text(meeting.x0 - 8, top, self._data.case, align="right")
        y += LEADING - self._name_size * 1.25 + self._name_size * 0.25
        paper.text(box.x1 - PAD, y, self._asked, align="right")
        for line in self._identity:
            paper.line_of_runs(box.x0 + PAD, y, line)
            y += LEADING


class QuestionBox:
    """What the meeting is asked; a line to write on when nothing was entered."""

    def __init__(self, data: MdtPageData, width: float, words: Words) -> None:
        self._size = 10.5
        self._label = words("Question")
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
            label = paper.text(box.x0 + PAD, box.y0 + 16, self._label, face=Face.BOLD)
            paper.line(label.x1 + 5, box.y0 + 17, box.x1 - PAD, box.y0 + 17)
            return
        y = box.y0 + 3.5 + self._size
        for line in self._lines:
            paper.line_of_runs(box.x0 + PAD, y, line, self._size)
            y += self._size * 1.32


class TwoBoxes:
    """Diagnosis and HRCT at the left; at the right what happened since the last MDT, or latest facts."""

    def __init__(self, data: MdtPageData, width: float, most: int, words: Words) -> None:
        self._split = width / 2
        room = width / 2 - 2 * PAD
        self._titles = (words("DIAGNOSIS"), data.facts_title)
        scan = [Run(f"{words('HRCT')} ", Face.BOLD), Run(data.hrct or words("not recorded"))]
        first, antibodies, pattern, *rest = [[Run(text)] for text in data.diagnosis] + _NOTHING
        diagnosis = [text for text in (first, pattern, scan, antibodies, *rest) if text]
        facts = [_headed(text) for text in data.facts]
        self._sides = (_lines(diagnosis, room, most, words), _lines(facts, room, most, words))
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
    """One fact across the page: its name in bold, its words, and a last part that is never cut."""

    def __init__(
        self, runs: Sequence[Run], width: float, most: int, *, end: Sequence[Run] = (), grey: bool = False
    ) -> None:
        self._fill = Grey.HEADER if grey else None
        room = width - 2 * PAD
        runs = [*runs, *end]
        self._lines, fits = wrap(runs, room, most=most)
        if end and not fits:
            self._lines = self._cut(runs, list(end), room, most)
        self.height = 5.5 + LEADING * len(self._lines)

    @staticmethod
    def _cut(runs: Sequence[Run], end: list[Run], room: float, most: int) -> tuple[Line, ...]:
        """Shorten the words so that the last part still stands behind them."""
        words = runs[1].text.split(" ")
        best, low, high = wrap([runs[0], *end], room, most=most)[0], 0, len(words)
        while low < high:
            middle = (low + high) // 2
            short = Run(" ".join(words[:middle]).rstrip(" ,;·") + "…")
            lines, fits = wrap([runs[0], short, *end], room, most=most)
            if fits:
                best, low = lines, middle + 1
            else:
                high = middle
        return best

    def draw(self, paper: Paper, box: Box) -> None:
        """Draw into a box of at least :attr:`height`."""
        paper.rectangle(box, edge=Grey.EDGE, fill=self._fill)
        y = box.y0 + 0.5
        for line in self._lines:
            y += LEADING
            paper.line_of_runs(box.x0 + PAD, y - 1, line)


def labs_runs(data: MdtPageData, width: float, most: int, words: Words) -> list[Run]:
    """Blood, heart and questionnaire results; what finds no place in so many lines is counted."""
    parts = [part.replace(" ", GLUE) for part in data.labs.split(" · ")] if data.labs else []
    title = Run(f"{words('Labs')} ", Face.BOLD)
    for count in range(len(parts), 0, -1):
        left = len(parts) - count
        text = f"{GLUE}· ".join([*parts[:count], *([f"+{GLUE}{left}"] if left else [])])
        if wrap([title, Run(text)], width, most=most)[1]:
            return [title, Run(text)]
    return [title, Run(words("not recorded"))]


def labs_box(data: MdtPageData, width: float, most: int, words: Words) -> LineBox:
    """The line of results across the page."""
    return LineBox(labs_runs(data, width - 2 * PAD, most, words), width, most)


def last_box(data: MdtPageData, width: float, most: int, words: Words) -> LineBox:
    """The line of the last decision and whether it was carried out."""
    last = data.last
    if last is None:
        runs = [Run(f"{words('LAST DECISION')} ", Face.BOLD), Run(words("none recorded"))]
        return LineBox(runs, width, most, grey=True)
    end = [Run(f" {words('Implemented:')} "), Run(last.implemented, Face.BOLD)]
    title = Run(f"{words('LAST DECISION')} {last.date} ", Face.BOLD)
    text = last.words if last.words.endswith((".", "!", "?")) else f"{last.words}."
    return LineBox([title, Run(text)], width, most, end=end, grey=True)


def _texts_in(value: Any) -> Iterator[str]:
    """Every text that the page prints, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _texts_in(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _texts_in(getattr(value, field.name))


class FooterBox:
    """What the page rests on, who printed it, and what it is not."""

    def __init__(self, data: MdtPageData, width: float, words: Words, sheet: Sheet) -> None:
        facts = (
            data.program,
            *((words("data as of {data_as_of}", data_as_of=data.data_as_of),) if data.data_as_of else ()),
            data.references,
            *((words(LENT_HB),) if any(test.hb.startswith("(") for test in data.tests) else ()),
            words(
                "printed by {printed_by} {printed_on}",
                printed_by=data.printed_by,
                printed_on=data.printed_on,
            ),
        )
        told = [words(STATEMENT)]
        if data.practice:
            told.append(words("Practice: invented patients."))
        elif data.demo:
            told.append(words("Demonstration data, invented."))
        if any(lacks_letters(text) for text in _texts_in(replace(data, words=()))):
            told.append(words("{missing} is a letter that this page cannot print.", missing=MISSING))
        if data.pseudonymised:
            told.append(words("Pseudonymised: no name, number, birth date or free text."))
        self._mark = words(_CONFIDENTIAL, page=sheet.page, pages=sheet.pages)
        mark = width_of(self._mark, Face.BOLD) + 12
        self._words = wrap([Run(" ".join(told))], width, most=3)[0]
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
                paper.text(box.x1, y, self._mark, face=Face.BOLD, align="right")
            y += 10.6
