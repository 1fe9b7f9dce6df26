"""The tests of one message while it is read: rows, refusals and notices, and the table at the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ctdild_desktop.interchange.drafts import TestDraft, Who
from ctdild_desktop.interchange.records import ClinicRow, Remark, TestRow, TestTable
from ctdild_desktop.interchange.source import Source


@dataclass(slots=True)
class Collected:
    """What a reader has found so far; tests and parts that are none are numbered from 1."""

    number: int = 0
    rows: list[TestRow] = field(default_factory=list)
    clinic: list[ClinicRow] = field(default_factory=list)
    rejected: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)

    def take(self, draft: TestDraft, day: dt.date | None, who: Who) -> None:
        """Take a test with what was noticed of it; one without a day has been refused by its reader."""
        self.number = draft.number
        row = draft.row(day, who) if day is not None else None
        self.rejected += draft.refusals
        self.warnings += draft.warnings
        if row is not None:
            self.rows.append(row)

    def refuse(self, label: str, text: str, reason: str) -> None:
        """Count a part of the message that holds no test, and say why."""
        self.number += 1
        self.rejected.append(Remark(self.number, label, text, reason))

    def reject(self, problems: Iterable[tuple[str, str, str]]) -> None:
        """Refuse the part that was counted last, for each of these reasons."""
        self.rejected += [Remark(self.number, *problem) for problem in problems]

    def keep(self, kind: str, who: Who, record: Any) -> None:
        """Take a record of another kind than a test."""
        self.number += 1
        problems = [Remark(self.number, *problem) for problem in who.problems]
        self.rejected += problems
        if not problems:
            self.clinic.append(
                ClinicRow(row=self.number, kind=kind, patient=who.patient, record=record, whole=True)
            )

    def table(self, source: Source, file_format: str) -> TestTable:
        """All of it, where a person decides whose a test is that the file does not tell."""
        return TestTable(
            name=source.name,
            sha256=source.sha256,
            format=file_format,
            rows_read=self.number,
            rows=tuple(self.rows),
            clinic=tuple(self.clinic),
            rejected=tuple(self.rejected),
            warnings=tuple(self.warnings),
            asks_whose=True,
        )
