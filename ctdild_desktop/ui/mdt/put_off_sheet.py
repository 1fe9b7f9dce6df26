"""Putting a case off: to which other meeting it is carried."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.records import Meeting
from ctdild_desktop.services import agenda
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.meetings import Case
from ctdild_desktop.ui.dialogs.act_sheet import ActSheet
from ctdild_desktop.ui.dialogs.form_sheet import SheetActs
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.mdt import words
from ctdild_desktop.ui.widgets.choice_field import ChoiceField


class PutOffSheet(ActSheet):
    """Says which case it is and asks for the other meeting, the next one first."""

    acts = SheetActs(agenda.put_off)

    def __init__(
        self, desk: Desk, runner: Runner, case: Case, others: Sequence[Meeting], parent: QWidget | None = None
    ) -> None:
        title = QCoreApplication.translate("PutOffSheet", "Put off")
        super().__init__(
            desk,
            runner,
            title=f"{title}: {case.name}",
            identity=case.identity,
            draft_kind=f"put_off_case:{case.item.id}",
            patient_id=case.item.patient_id,
            parent=parent,
        )
        self._case = case
        question = plain_label(case.item.question, name="put_off_question")
        question.setWordWrap(True)
        self.grid.addWidget(question, self.grid.rowCount(), 0, 1, 3)
        listed = [(one.id, words.short(one)) for one in others]
        self.add_field(
            self.tr("&To the meeting"),
            ChoiceField("to_meeting", self.tr("To the meeting"), listed, empty=None),
            required=True,
            unit=self.tr("What is written on the case goes with it."),
        )
        self.save_button.setText(self.tr("Put off  Ctrl+Enter"))
        self.drafts.set_start(self.payload())

    def build(self) -> str:
        """See :meth:`FieldForm.build`."""
        return self.text("to_meeting")

    def issues_of(self, value: Any) -> tuple[Issue, ...]:
        """See :meth:`FieldForm.issues_of`; the act itself checks."""
        del value
        return ()

    def act(self, value: Any, confirmed: Collection[str]) -> Done[Any]:
        """See :meth:`ActSheet.act`."""
        return agenda.put_off(self.desk, self._case.item.id, value, confirmed=confirmed)
