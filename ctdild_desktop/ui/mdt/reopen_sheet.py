"""Opening signed minutes again: why."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.records import Meeting
from ctdild_desktop.services import meetings
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.ui.dialogs.act_sheet import ActSheet
from ctdild_desktop.ui.dialogs.form_sheet import SheetActs
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.mdt import words
from ctdild_desktop.ui.widgets.fields import TextField


class ReopenSheet(ActSheet):
    """Asks for the reason; it is kept in the audit trail."""

    acts = SheetActs(meetings.reopen_meeting)

    def __init__(self, desk: Desk, runner: Runner, meeting: Meeting, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            runner,
            title=QCoreApplication.translate("ReopenSheet", "Open the minutes again"),
            identity=words.title(meeting),
            draft_kind=f"reopen_minutes:{meeting.id}",
            patient_id=None,
            parent=parent,
        )
        self._meeting = meeting
        self.add_field(
            self.tr("&Reason"),
            TextField("reason", self.tr("Why they are opened again"), max_length=200),
            wide=True,
            required=True,
        )
        self.save_button.setText(self.tr("Open again  Ctrl+Enter"))
        self.drafts.set_start(self.payload())

    def build(self) -> str:
        """See :meth:`FieldForm.build`."""
        return self.text("reason")

    def issues_of(self, value: Any) -> tuple[Issue, ...]:
        """See :meth:`FieldForm.issues_of`; a reason can always be read."""
        del value
        return ()

    def act(self, value: Any, confirmed: Collection[str]) -> Done[Any]:
        """See :meth:`ActSheet.act`."""
        del confirmed
        return meetings.reopen_meeting(self.desk, self._meeting.id, value)
