"""What a person said of each value of a report, whichever way the sheet shows and asks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ctdild_desktop.clinical.records import Pft
from ctdild_desktop.interchange.report_records import ORDER, ReportReading
from ctdild_desktop.services.report_confirming import Answer
from ctdild_desktop.services.report_sources import Report

DATE = "date"


class Said(StrEnum):
    """What the person said of a value."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    LEFT_OUT = "left_out"
    UNREAD = "unread"
    """The line was not read, and nothing was typed for it: the field stays empty."""


@dataclass(frozen=True, slots=True)
class Read:
    """A report with what was read of it."""

    report: Report
    reading: ReportReading


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What the sheet says: the test as it would be, and what the act needs to make it again."""

    test: Pft
    answers: dict[str, Answer]


class ReportAnswers:
    """The values of one report: what was read of each, and what was said of it so far."""

    def __init__(self) -> None:
        self.said: dict[str, Said] = {}
        self.as_read: dict[str, str] = {}
        """The text that was read of each value; empty where none or several were."""

    def clear(self) -> None:
        """No report, or one of which nothing was said."""
        self.said, self.as_read = {}, {}

    def open_names(self) -> list[str]:
        """The values of which nothing was said yet."""
        return [name for name in (DATE, *ORDER) if self.said.get(name) is Said.OPEN]

    def of_enter(self, name: str, text: str) -> Said:
        """What Enter says of a value whose field has this text."""
        if not text:
            return Said.UNREAD if self.said.get(name) is Said.UNREAD else Said.LEFT_OUT
        return Said.CONFIRMED if text == self.as_read[name] else Said.CORRECTED

    def decided(self, read: Callable[[str], Any]) -> dict[str, Answer]:
        """What was said of each value that is decided; ``read`` is the value of a field."""
        found = {}
        for name, said in self.said.items():
            if name == DATE or said in (Said.OPEN, Said.UNREAD):
                continue
            left = said is Said.LEFT_OUT
            found[name] = Answer(None if left else read(name), said is Said.CORRECTED)
        return found

    def still_open(self, read: Callable[[str], Any], text: Callable[[str], str]) -> dict[str, Answer]:
        """The values that are still open, as they stand in their fields."""
        return {
            name: Answer(read(name), text(name) != self.as_read[name])
            for name in ORDER
            if self.said.get(name) is Said.OPEN and text(name)
        }
