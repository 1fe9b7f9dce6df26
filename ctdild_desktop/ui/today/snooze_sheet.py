"""Putting off a row of the work list: until when, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel, QWidget

from ctdild_desktop.clinical import putting_off, wording
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.records import Patient, PatientRecord, Snooze
from ctdild_desktop.services import snoozes
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.today import TodayRow
from ctdild_desktop.ui.dialogs.act_sheet import ActSheet
from ctdild_desktop.ui.dialogs.form_sheet import SheetActs
from ctdild_desktop.ui.due import words
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.widgets.day_ahead import DayAheadField
from ctdild_desktop.ui.widgets.fields import TextField
from ctdild_desktop.ui.widgets.naming import named


class SnoozeSheet(ActSheet):
    """Says what is put off and asks for the day and the reason."""

    acts = SheetActs(snoozes.put_off)

    def __init__(self, desk: Desk, runner: Runner, row: TodayRow, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            runner,
            title=QCoreApplication.translate("SnoozeSheet", "Put off"),
            identity=words.who_full(row.person),
            draft_kind=f"snooze:{row.item}",
            patient_id=row.person.id,
            parent=parent,
        )
        tr = self.tr
        self._row = row
        self._record = PatientRecord(patient=Patient(id=row.person.id, mrn=row.person.mrn))
        told = named(QLabel(row.reason), "snooze_row")
        told.setWordWrap(True)
        self.grid.addWidget(told, self.grid.rowCount(), 0, 1, 3)
        self.add_field(
            tr("&Until"),
            DayAheadField("until", tr("Until"), desk.today),
            required=True,
            unit=tr("+14 is in two weeks"),
        )
        self.add_field(
            tr("&Reason"),
            TextField("reason", tr("Why it can wait"), max_length=200),
            wide=True,
            required=True,
        )
        back = QLabel(tr("It comes back on that day, or at once when it rests on something else."))
        back.setWordWrap(True)
        back.setProperty("secondary", True)
        self.grid.addWidget(back, self.grid.rowCount(), 0, 1, 3)
        self.save_button.setText(tr("Put off  Ctrl+Enter"))
        until = desk.today() + dt.timedelta(days=putting_off.USUAL_DAYS)
        self.fields["until"].set_text(wording.day(until))
        self.drafts.set_start(self.payload())

    def build(self) -> Snooze:
        """See :meth:`FieldForm.build`."""
        return snoozes.draft_of(self._row, self.desk.today(), self.read("until"), self.text("reason"))

    def issues_of(self, value: Any) -> tuple[Issue, ...]:
        """See :meth:`FieldForm.issues_of`."""
        return snoozes.check(value, self._record, self.desk.today())

    def act(self, value: Any, confirmed: Collection[str]) -> Done[Any]:
        """See :meth:`ActSheet.act`."""
        return snoozes.put_off(self.desk, self._row, value.until, value.reason, confirmed=confirmed)
