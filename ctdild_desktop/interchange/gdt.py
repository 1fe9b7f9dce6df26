"""GDT 2.1 and 3.x: the record 6310 in which a spirometer hands its results to the practice's program.

A line is its length in three digits (counting itself and the line end, in bytes), a field of four digits, and
the content. Real files break that: line ends are changed on the way, letters are converted. What the lengths
prove to be harmless is told; what may have lost a part of a value refuses the test.

Source: QMS, Geräte-Daten-Transfer, Version 2.1 (fields 8000 to 8480); Version 3.0 keeps these fields.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Sex
from ctdild_desktop.interchange.collected import Collected
from ctdild_desktop.interchange.drafts import TestDraft, Who, who_of
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.gdt_lines import WEIGHTY, Line, lines_of
from ctdild_desktop.interchange.measures import Named, Role, bronchodilator_in, named
from ctdild_desktop.interchange.records import TestTable
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.interchange.values import marks_in
from ctdild_desktop.language import say

_RESULTS = "6310"
_SEXES = {"1": Sex.MALE, "m": Sex.MALE, "2": Sex.FEMALE, "w": Sex.FEMALE, "f": Sex.FEMALE}
_PERSON = frozenset({"3000", "3101", "3102", "3103", "3110", "3622", "3623"})
"""Number, names, birth date, sex and body, each given once in a record."""
_REJECTED = re.compile(
    r"\b(?:reject|not accept|unaccept|inaccept|verworfen|ungültig|abgelehnt)", re.IGNORECASE
)


@dataclass(slots=True)
class _Value:
    """One test value: the lines from one 8410 to the next."""

    code: str
    words: list[str] = field(default_factory=list)
    numbers: list[tuple[str, str]] = field(default_factory=list)
    predicted: str = ""
    limits: list[tuple[str, str]] = field(default_factory=list)
    date: str = ""
    damaged: list[Line] = field(default_factory=list)


def read_gdt(source: Source) -> TestTable:
    """Read a file of one or several records.

    Raises:
        FormatError: a line is no GDT line, the file is cut off, or it holds no results.
    """
    found = Collected()
    for record in _records(source.name, lines_of(source, found.warnings)):
        kind = record[0].text.strip()
        if kind != _RESULTS:
            found.refuse("8000", kind, say("a record that holds no results; only 6310 does"))
            continue
        for draft, date, who in _Record(record, found.number).tests():
            found.take(draft, date, who)
    return found.table(source, "gdt")


def _records(name: str, lines: Sequence[Line]) -> Iterator[list[Line]]:
    record: list[Line] = []
    for line in lines:
        if line.name == "8000" and record:
            yield record
            record = []
        record.append(line)
    if not record or record[0].name != "8000":
        raise FormatError(say("{name} is not a GDT file: it does not begin with field 8000.", name=name))
    yield record


class _Record:
    """The tests of one record 6310: the values of each day, before and after a bronchodilator apart."""

    def __init__(self, lines: Sequence[Line], before: int) -> None:
        self._lines = lines
        self._number = before
        self._head: dict[str, str] = {}
        self._values: list[_Value] = []
        self._texts: list[str] = []
        self._damaged: list[Line] = []
        self._contradicted: list[tuple[str, str, str]] = []
        self._sort()

    def tests(self) -> Iterator[tuple[TestDraft, dt.date | None, Who]]:
        """Each test with its day; None when the day is not known, which the draft then refuses."""
        marks = marks_in(
            text for value in self._values for text, _ in (*value.numbers, (value.predicted, ""))
        )
        groups: dict[tuple[str, bool | None], list[_Value]] = {}
        for value in self._values:
            words = " ".join((value.code, *value.words, self._head.get("8402", "")))
            groups.setdefault(
                (value.date or self._head.get("8432", ""), bronchodilator_in(words)), []
            ).append(value)
        for (day, post_bd), values in (groups or {(self._head.get("8432", ""), None): []}).items():
            self._number += 1
            draft = TestDraft(self._number, marks=marks)
            draft.post_bd = post_bd
            self._fill(draft, values)
            yield draft, self._day(draft, day), self._who()

    def _sort(self) -> None:
        value: _Value | None = None
        for line in self._lines:
            name, text = line.name, line.text
            if line.damaged and name in WEIGHTY:
                (value.damaged if value is not None and name != "8410" else self._damaged).append(line)
            if name == "8410":
                value = _Value(text)
                self._values.append(value)
            elif name in {"6220", "6227", "6228", "8480"}:
                self._texts.append(text)
            elif value is None or name in _PERSON:
                self._take_head(name, text)
            elif name in {"8411", "8470"}:
                value.words.append(text)
            elif name == "8420":
                value.numbers.append((text, ""))
            elif name == "8421" and value.numbers:
                value.numbers[-1] = (value.numbers[-1][0], text)
            elif name == "8460":
                value.predicted = text
            elif name in {"8461", "8462"}:
                value.limits.append((name, text))
            elif name == "8432":
                value.date = text

    def _take_head(self, name: str, text: str) -> None:
        held = self._head[name] = self._head.get(name) or text
        if name in _PERSON and text and held != text:
            reason = say("contradicts {other} of the same test; which one counts cannot be told", other=held)
            self._contradicted.append((name, text, reason))

    def _fill(self, draft: TestDraft, values: Sequence[_Value]) -> None:
        for line in (*self._damaged, *(line for value in values for line in value.damaged)):
            reason = say(
                "line {number} is longer or shorter than it says; a part may be lost", number=line.number
            )
            draft.refuse(line.name, line.text, reason)
        kind = self._head.get("8402", "")
        if kind and not kind.upper().startswith("LUFU"):
            draft.refuse("8402", kind, say("not a test of lung function"))
        self._body(draft)
        best = {value.code for value in values if "best" in " ".join(value.words).casefold()}
        for value in values:
            words = " ".join(value.words)
            if _REJECTED.search(words):
                draft.warn(value.code, words, say("a rejected trial; it is not used"))
                self._keep(draft, value)
            elif value.code in best and "best" not in words.casefold():
                self._keep(draft, value)
            else:
                self._take(draft, value)
        for text in self._texts:
            draft.comment(text)

    def _body(self, draft: TestDraft) -> None:
        for name, quantity, unit in (("3622", "HEIGHT", "cm"), ("3623", "WEIGHT", "kg")):
            if text := self._head.get(name, ""):
                draft.take(Named(quantity), f"{quantity.capitalize()} ({name})", text, unit)

    @staticmethod
    def _take(draft: TestDraft, value: _Value) -> None:
        meant = named(value.code)
        if not meant.quantity:
            meant = next((found for words in value.words if (found := named(words)).quantity), meant)
        for text, unit in value.numbers:
            draft.take(meant, value.code, text, unit)
        unit = value.numbers[-1][1] if value.numbers else ""
        if value.predicted and meant.role is Role.MEASURED:
            draft.take(
                Named(meant.quantity, Role.PREDICTED), f"{value.code} normal (8460)", value.predicted, unit
            )
        for name, text in value.limits:
            draft.keep(f"{value.code} limit ({name})", text, unit)

    @staticmethod
    def _keep(draft: TestDraft, value: _Value) -> None:
        for text, unit in value.numbers:
            draft.keep(" ".join((value.code, *value.words)), text, unit)

    def _day(self, draft: TestDraft, text: str) -> dt.date | None:
        label = "8432"
        if not text:
            stored = self._head.get("6200", "")
            draft.refuse(label, stored, say("no date of the test; 6200 is the day on which it was stored"))
            return None
        try:
            return _date(text)
        except ValueError:
            draft.refuse(label, text, say("not a day of the calendar"))
            return None

    def _who(self) -> Who:
        problems = self._contradicted.copy()
        birth = None
        if text := self._head.get("3103", ""):
            try:
                birth = PartialDate.of(_date(text))
            except ValueError:
                problems.append(("3103", text, say("not a day of the calendar")))
        return who_of(
            mrn=self._head.get("3000", ""),
            family_name=self._head.get("3101", ""),
            given_name=self._head.get("3102", ""),
            birth_date=birth,
            sex=_SEXES.get(self._head.get("3110", "").casefold()),
            problems=tuple(problems),
        )


def _date(text: str) -> dt.date:
    """A day written as DDMMYYYY; raises ValueError."""
    if not (len(text) == 8 and text.isascii() and text.isdigit()):
        raise ValueError
    return dt.date(int(text[4:]), int(text[2:4]), int(text[:2]))
