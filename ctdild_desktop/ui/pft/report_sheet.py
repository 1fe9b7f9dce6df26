"""Confirm a lung-function report: each value beside its line of the text, one key for each, then one save."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from ctdild_desktop.interchange.report_records import ReportReading
from ctdild_desktop.interchange.report_text import read_report
from ctdild_desktop.services import report_confirming as confirming
from ctdild_desktop.services import report_sources
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.drafts import Draft
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.pft import PftPreview
from ctdild_desktop.services.report_sources import Report
from ctdild_desktop.ui.dialogs.draft_keeper import DraftKeeper
from ctdild_desktop.ui.dialogs.field_form import FormField
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.pft.report_answers import DATE, Confirmed, Read, Said
from ctdild_desktop.ui.pft.report_form import SIDE, ReportForm

_TEXT, _NAME, _FORMAT, _MARK, _SAID = "report_text", "report_name", "report_format", "report_mark", "said"


class ReportSheet(ReportForm):
    """Nothing is saved before every value was confirmed, corrected or left out."""

    open_test_requested = Signal(str)
    """The test of the same day shall be opened instead."""

    file_requested = Signal()
    """A file shall be chosen; :meth:`open_file` takes it."""

    def __init__(self, desk: Desk, runner: Runner, view: PatientView, parent: QWidget | None = None) -> None:
        self._both_on: object = None
        self._offered: Callable[[], Report] | None = None
        self._post_bd = False
        super().__init__(desk, runner, view, parent)
        self._files = DraftKeeper(desk, runner, "report_file", view.record.patient.id, self)
        self._files.failed.connect(self.said)
        self.open_button.clicked.connect(self.file_requested)
        self.text_view.pasted.connect(self.take_text)
        self.drafts.set_start(self.payload())

    def offer(self, make: Callable[[], Report]) -> None:
        """A report to begin with, when no draft is found."""
        self._offered = make

    def start(self, first: FormField | None = None) -> None:
        """See :meth:`FormSheet.start`; a draft comes before a report that is offered."""
        super().start(first)
        if not self.ready:
            return
        if self.report is None:
            self.text_view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.runner.run(lambda: None, while_alive(self, lambda _none: self._take_offered()))

    def _on_draft_found(self, draft: Draft, at: str) -> None:
        """See :meth:`FormSheet._on_draft_found`; a report that was offered waits for the person's word."""
        super()._on_draft_found(draft, at)
        offered, self._offered = self._offered, None
        if offered is None or self.report is None or offered().text == self.report.report.text:
            return
        self.notice.say(
            self.tr("This is the report that was not finished at {time}, not the new one.").format(time=at),
            (self.tr("Take the new one"), lambda: self._run(offered)),
            (self.tr("Discard  Ctrl+Shift+Z"), self.discard_draft),
        )
        self.notice.setProperty("same_day", False)

    def _take_offered(self) -> None:
        offered, self._offered = self._offered, None
        if offered is not None and self.report is None:
            self._run(offered)

    # taking a report

    def take_text(self, text: str) -> None:
        """Read a pasted text in place of what is shown."""
        self._run(lambda: report_sources.pasted(text))

    def take(self, report: Report) -> None:
        """Show a report that was opened elsewhere."""
        self._run(lambda: report)

    def open_file(self, path: Path) -> None:
        """Read a file in place of what is shown."""
        self._run(lambda: report_sources.opened(path))

    def _run(self, make: Callable[[], Report], mark: str = "") -> None:
        def work() -> Read:
            report = make()
            return Read(report, read_report(report.text, mark=mark))

        self.show_problem("")
        self.runner.run(
            work,
            while_alive(self, lambda read: self._take(read, mark)),
            while_alive(self, self._on_unreadable),
            files=True,
        )

    def _on_unreadable(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self.show_problem(words)
        self.said.emit(words)

    def _take(self, read: Read, mark: str) -> None:
        if not read.reading.sightings and not read.reading.asks_mark and self.report is None:
            self.text_view.setPlainText(read.report.text)
            self.show_problem(self.tr("No value of lung function can be read in this text."))
            return
        self.notice.clear()
        self.show_report(read, mark, "post" if set(read.reading.sides) == {True} else "pre")
        if read.report.pdf is not None:
            held = base64.b64encode(read.report.pdf).decode("ascii")
            self._files.keep({"name": read.report.name, "pdf": held})
        self.keep_draft()
        self.focus_open()

    def ask_same_day(self, shown: PftPreview) -> None:
        """See :meth:`ReportForm.ask_same_day`."""
        day = self.read(DATE)
        if shown.same_day is None or self._both_on == day:
            if self.notice.property("same_day"):
                self.notice.clear()
                self.notice.setProperty("same_day", False)
            return
        if self.notice.text and not self.notice.property("same_day"):
            return  # another question comes first
        other = shown.same_day
        self.notice.say(
            self.tr("A PFT of this date exists."),
            (self.tr("Open it"), lambda: self.open_test_requested.emit(other)),
            (self.tr("Keep both"), self._on_keep_both),
        )
        self.notice.setProperty("same_day", True)

    def _on_keep_both(self) -> None:
        self._both_on = self.read(DATE)
        self.refresh()
        self.focus_open()

    def ask_mark(self, reading: ReportReading) -> None:
        """See :meth:`ReportForm.ask_mark`."""
        read = self.report
        if not reading.asks_mark or self.mark or read is None:
            return

        def decide(mark: str) -> Callable[[], None]:
            return lambda: self._run(lambda: read.report, mark)

        self.notice.say(
            self.tr("Which sign marks the decimals in this report, as in {number}?").format(
                number=reading.asks_mark
            ),
            (self.tr("the point"), decide(".")),
            (self.tr("the comma"), decide(",")),
        )

    # saving

    def save(self) -> None:
        """See :meth:`FormSheet.save`; a second test of one day only when both are wanted."""
        shown = self.preview()
        if shown is not None and shown.same_day is not None and self._both_on != self.read(DATE):
            self.ask_same_day(shown)
            self.notice.focus_first()
            return
        super().save()

    def complete(self) -> bool:
        """See :meth:`FieldForm.complete`; every value must have been confirmed, corrected or left out."""
        if self.report is None or self.remarks.refused or not super().complete():
            return False
        opened = self.answers.open_names()
        if opened:
            self.refuse(opened[0], self.tr("Confirm it with Enter, correct it, or leave it out with X"))
            return False
        return True

    def act(self, value: Confirmed, confirmed: Collection[str]) -> Done[Any]:
        """See :meth:`ActSheet.act`."""
        read = self.report
        assert read is not None
        return confirming.confirm_report(
            self.desk,
            self.record.patient.id,
            read.report,
            value.answers,
            date=value.test.date,
            post_bd=self._post_bd,
            mark=self.mark,
            dlco_unit=value.test.dlco_unit.value if value.test.dlco_unit is not None else "",
            confirmed=confirmed,
        )

    def settle(self, value: Any, confirmed: Collection[str]) -> None:
        """See :meth:`ActSheet.settle`."""
        self._post_bd = self.post_bd
        super().settle(value, confirmed)

    def _on_saved(self, done: Done[Any]) -> None:
        self._files.finish()
        super()._on_saved(done)

    def after_last(self) -> QWidget:
        """See :meth:`FieldForm.after_last`: what is still open, else Save."""
        opened = self.answers.open_names()
        return self.fields[opened[0]] if opened else self.save_button

    # drafts

    def payload(self) -> dict[str, str]:
        """See :meth:`FieldForm.payload`; with the text and what was said of each value."""
        held = super().payload()
        read = self.report
        held[_TEXT] = read.report.text if read is not None else ""
        held[_NAME] = read.report.name if read is not None else ""
        held[_FORMAT] = read.report.format if read is not None else ""
        held[_MARK] = self.mark
        held[_SAID] = json.dumps(self.answers.said) if self.answers.said else ""
        return held

    def restore(self, payload: dict[str, str]) -> None:
        """See :meth:`FieldForm.restore`."""
        text = payload.get(_TEXT, "")
        if not text:
            self.show_empty()
            return
        mark = payload.get(_MARK, "")
        report = Report(text=text, name=payload.get(_NAME, ""))
        self.show_report(Read(report, read_report(text, mark=mark)), mark, payload.get(SIDE, "") or "pre")
        self.filling = True
        said = json.loads(payload.get(_SAID) or "{}")
        for name, word in said.items():
            if name in self.answers.said:
                self.fields[name].set_text(payload.get(name, ""))
                self.set_answer(name, Said(word))
        self.filling = False
        if payload.get(_FORMAT) == "pdf":
            self._files.load(self._on_file_found)
        self.refresh()
        self.focus_open()

    def _on_file_found(self, draft: Draft, _at: str) -> None:
        read = self.report
        if read is not None and draft.payload.get("name") == read.report.name:
            pdf = base64.b64decode(draft.payload["pdf"])
            self.report = Read(replace(read.report, pdf=pdf), read.reading)

    def discard_draft(self) -> None:
        """See :meth:`FormSheet.discard_draft`; the file that was kept with it goes too."""
        super().discard_draft()
        self._files.discard()
        self.text_view.setFocus(Qt.FocusReason.OtherFocusReason)
