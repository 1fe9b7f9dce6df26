"""HL7 v2: the message ORU^R01 in which a laboratory sends results to the hospital's systems.

The date of a test is that of the observation (OBX-14, OBR-7), never that of the message. A result that is
preliminary, corrected away or of a training system is not taken.

Source: HL7 Version 2.3.1 to 2.5.1, chapters 2 and 7.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Sex
from ctdild_desktop.interchange.collected import Collected
from ctdild_desktop.interchange.drafts import TestDraft, Who, who_of
from ctdild_desktop.interchange.grouping import Grouped, Item, grouped
from ctdild_desktop.interchange.hl7_segments import Segment, segments_of
from ctdild_desktop.interchange.loinc import SHAPE, meaning
from ctdild_desktop.interchange.measures import Named, bronchodilator_in
from ctdild_desktop.interchange.records import TestTable
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.interchange.values import CellError, marks_in
from ctdild_desktop.language import say

_TIME = re.compile(r"(\d{4})(\d{2})?(\d{2})?(?:\d{2}\d*(?:\.\d+)?)?(?:[+-]\d{4})?\Z", re.ASCII)
_SEXES = {"M": Sex.MALE, "F": Sex.FEMALE}
_FINAL = frozenset({"", "F", "C", "U"})
_NO_RESULT = frozenset({"X", "N", "O"})
_WORDS = frozenset({"TX", "FT", "ST"})


@dataclass(slots=True)
class _Report:
    """The results of one person in one message."""

    head: Segment
    person: Segment | None = None
    groups: list[tuple[Segment | None, list[Segment]]] = field(default_factory=list)


def read_hl7(source: Source) -> TestTable:
    """Read a file of one or several messages.

    Raises:
        FormatError: a line is no segment, or the file does not begin with a message.
    """
    found = Collected()
    for report in _reports(segments_of(source, found.warnings)):
        if reason := _unfit(report.head):
            found.refuse("MSH", "", reason)
            continue
        tests = _Reading(report, found.number).tests()
        found.warnings += tests.remarks()
        if not tests.tests:
            found.refuse("OBX", "", say("holds no value of lung function that is known here"))
        for day, draft in tests.tests:
            if day is None:
                reason = say("no date of the test; the date of the message is not taken for it")
                draft.refuse("OBR-7", draft.summary, reason)
            found.take(draft, day, _who(report.person))
    return found.table(source, "hl7")


def _reports(segments: Sequence[Segment]) -> Iterator[_Report]:
    report: _Report | None = None
    for segment in segments:
        if segment.name == "MSH":
            if report is not None:
                yield report
            report = _Report(segment)
        elif report is None:
            continue
        elif segment.name == "PID":
            if report.person is not None:
                yield report
                report = _Report(report.head)
            report.person = segment
        elif segment.name == "OBR":
            report.groups.append((segment, []))
        elif segment.name in {"OBX", "NTE"}:
            if not report.groups:
                report.groups.append((None, []))
            report.groups[-1][1].append(segment)
    if report is not None:
        yield report


def _unfit(head: Segment) -> str:
    kind = head.part(9, 1), head.part(9, 2)
    if kind != ("ORU", "R01"):
        return say("the message is {kind}; only ORU^R01 holds results", kind="^".join(filter(None, kind)))
    if head.part(11, 1) in {"T", "D"}:
        return say("the message is marked as training or testing")
    return ""


class _Reading:
    """The tests of one report."""

    def __init__(self, report: _Report, before: int) -> None:
        self._report = report
        self._number = before
        numbers = [
            one.part(5, 1) for _, group in report.groups for one in group if one.part(2, 1) in {"NM", "SN"}
        ]
        self._marks = marks_in(numbers)

    def tests(self) -> Grouped:
        """Each test with its day."""
        items = [
            item
            for order, group in self._report.groups
            for segment in group
            if (item := self._item(order, segment)) is not None
        ]
        return grouped(items, self._draft)

    def _draft(self) -> TestDraft:
        self._number += 1
        draft = TestDraft(self._number, marks=self._marks)
        sender = " ".join(filter(None, (self._report.head.part(3, 1), self._report.head.part(4, 1))))
        if sender:
            draft.set("laboratory", sender[:100], "MSH-3", sender)
        return draft

    def _item(self, order: Segment | None, segment: Segment) -> Item | None:
        day = _day(order.part(7, 1)) if order is not None else None
        if segment.name == "NTE":
            text = segment.text(3)
            return Item(day=day, meant=Named(""), label="NTE", text=text, comment=True) if text else None
        code, words, system = (segment.part(3, part) for part in (1, 2, 3))
        own = _day(segment.part(14, 1)) if segment.part(14, 1) else day
        label, text, unit = words or code, segment.text(5), segment.part(6, 1)
        around = order.part(4, 2) if order is not None else ""
        item = Item(day=own, meant=Named(""), label=label, text=text, unit=unit, limits=segment.text(7))
        status, kind = segment.part(11, 1), segment.part(2, 1)
        if status in _NO_RESULT or not text:
            return None
        in_words = kind in _WORDS and not _is_number(text)
        try:
            known = code if system in {"LN", "LOINC", ""} and SHAPE.match(code) else ""
            meant = Named("") if in_words else meaning(known, words)
            value = _value(segment, kind) if meant.quantity else text
        except CellError as error:
            return replace(item, fault=str(error))
        if status not in _FINAL:
            not_final = say("the result is not final (status {status})", status=status)
            if meant.quantity:
                return replace(item, fault=not_final)
            return Item(day=own, meant=meant, label=label, text="", comment=True, notice=not_final)
        if in_words:
            return Item(day=own, meant=meant, label=label, text=text, comment=True)
        if not meant.quantity:
            return replace(item, post_bd=bronchodilator_in(f"{words} {around}"))
        side = meant.post_bd if meant.post_bd is not None else bronchodilator_in(around)
        notice = say("a corrected result") if status == "C" else ""
        return replace(item, meant=meant, text=value, post_bd=side, notice=notice)


def _value(segment: Segment, kind: str) -> str:
    """The number of an observation as text; raises CellError when it states a limit or several numbers."""
    if segment.repeats(5) > 1:
        raise CellError("several values in one result; which one counts cannot be told")
    if kind == "SN":
        if segment.part(5, 1) not in {"", "="} or segment.part(5, 3):
            raise CellError("a limit or a ratio, not a value")
        return segment.part(5, 2)
    if kind not in {"NM", *_WORDS}:
        raise CellError(say("a value of type {kind}, not a number", kind=kind or "-"))
    return segment.part(5, 1)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\s*[<>=]*\s*[+-]?\d+(?:[.,]\d+)?\s*", text) is not None


def _day(text: str) -> dt.date | None:
    found = _TIME.match(text.strip())
    if found is None or not (found[2] and found[3]):
        return None
    try:
        return dt.date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _who(person: Segment | None) -> Who:
    if person is None:
        return who_of()
    problems = []
    birth = None
    if text := person.part(7, 1):
        try:
            birth = _birth(text)
        except ValueError:
            problems.append(("PID-7", text, say("not a day of the calendar")))
    return who_of(
        mrn=_number_of(person),
        family_name=person.part(5, 1),
        given_name=person.part(5, 2),
        birth_date=birth,
        sex=_SEXES.get(person.part(8, 1).upper()),
        problems=tuple(problems),
    )


def _birth(text: str) -> PartialDate:
    found = _TIME.match(text.strip())
    if found is None:
        raise ValueError
    return PartialDate(
        int(found[1]), int(found[2]) if found[2] else None, int(found[3]) if found[3] else None
    )


def _number_of(person: Segment) -> str:
    """The MRN: the number marked MR, else the only one; none when several are not told apart."""
    numbers = [(person.part(3, 1, repeat), person.part(3, 5, repeat)) for repeat in range(person.repeats(3))]
    marked = {number for number, kind in numbers if kind == "MR" and number}
    every = {number for number, _ in numbers if number}
    chosen = marked or every
    return chosen.pop() if len(chosen) == 1 else ""
