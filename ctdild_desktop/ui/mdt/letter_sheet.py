"""The letters on a signed decision: previewed and printed for who asked and the patient, noted as sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.records import Decision, Meeting
from ctdild_desktop.services import decisions, letters
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.letters import LetterData
from ctdild_desktop.services.meetings import Case
from ctdild_desktop.services.permissions import why_not
from ctdild_desktop.ui.dialogs.form_sheet import FormSheet, SheetActs
from ctdild_desktop.ui.dialogs.texts import as_text, coded
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.mdt import printouts
from ctdild_desktop.ui.printing.printing import Printing
from ctdild_desktop.ui.widgets.checks_field import ChecksField
from ctdild_desktop.ui.widgets.fields import DateField
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.option_field import Option, OptionField
from ctdild_desktop.ui.widgets.plain import tip


@dataclass(frozen=True, slots=True)
class _Sent:
    """To whom the letter goes, and when it was sent."""

    to: tuple[str, ...]
    sent: dt.date | None


class LetterSheet(FormSheet):
    """Ctrl+Enter shows the letter; Ctrl+Shift+Enter notes to whom it was sent, and on which day."""

    acts = SheetActs(letters.letter)
    template_requested = Signal(str)
    """A kind of letter whose text shall be changed."""

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        printing: Printing,
        *,
        meeting: Meeting,
        case: Case,
        parent: QWidget | None = None,
    ) -> None:
        title = QCoreApplication.translate("LetterSheet", "Letters")
        assert case.decision is not None
        self._decision: Decision = case.decision
        super().__init__(
            desk,
            runner,
            title=f"{title}: {case.name}",
            identity=case.identity,
            draft_kind=f"letters:{case.decision.id}",
            patient_id=case.item.patient_id,
            parent=parent,
        )
        self._printing, self._meeting = printing, meeting
        tr = self.tr
        self.add_field(
            tr("&Letter"),
            OptionField(
                "kind",
                tr("Letter to"),
                (
                    Option("referrer", tr("Doctor"), "d"),
                    Option("patient", tr("Patient"), "p"),
                ),
                advance=True,
                required=True,
            ),
            required=True,
        )
        self.add_section(tr("Sent"))
        self.add_field(tr("&To"), ChecksField("to", tr("Sent to"), coded("letter_to"), columns=2))
        self.add_field(
            tr("&On"), DateField("sent", tr("Sent on"), desk.today), unit=tr("empty: not sent yet")
        )
        self.fields["kind"].set_text("referrer")
        self.fields["to"].set_text(as_text(self._decision.letter_to))
        self.fields["sent"].set_text(as_text(self._decision.letter_sent))
        self.drafts.set_start(self.payload())
        self.save_button.setText(tr("Preview…  Ctrl+Enter"))
        self.template_button = named(QPushButton(tr("Text of the letter…")), "letter_template")
        self.template_button.clicked.connect(lambda: self.template_requested.emit(self.text("kind")))
        self.note_button = named(QPushButton(tr("Note as sent  Ctrl+Shift+Enter")), "letter_note")
        self.note_button.clicked.connect(self.note)
        reason = why_not(desk, decisions.note_letter)
        self.note_button.setEnabled(not reason)
        self.note_button.setToolTip(tip(reason))
        for button in (self.note_button, self.template_button):
            self.grid.addWidget(button, self.grid.rowCount(), 1, 1, 2, Qt.AlignmentFlag.AlignLeft)
        for key in ("Ctrl+Shift+Return", "Ctrl+Shift+Enter"):
            self.add_key(key, self.note)

    def build(self) -> _Sent:
        """See :meth:`FieldForm.build`."""
        return _Sent(tuple(self.text("to").split()), self.read("sent"))

    def issues_of(self, value: Any) -> tuple[Issue, ...]:
        """See :meth:`FieldForm.issues_of`; the act itself checks."""
        del value
        return ()

    def settle(self, value: Any, confirmed: Collection[str]) -> None:
        """Fill the letter in and show how it will look."""
        del value, confirmed
        desk, decision, kind = self.desk, self._decision, self.text("kind")
        self.save_button.setEnabled(False)

        def show(data: LetterData) -> None:
            self.save_button.setEnabled(True)
            printout = printouts.letter(data, self._meeting.date)
            self._printing.show(printout, then=lambda: self._propose(kind))

        self.runner.run(
            lambda: letters.letter(desk, decision.id, kind),
            while_alive(self, show),
            while_alive(self, self._on_refused),
        )

    def _propose(self, kind: str) -> None:
        """What was printed goes to somebody today, unless the person says otherwise."""
        to = dict.fromkeys((*self.text("to").split(), kind))
        self.fields["to"].set_text(" ".join(to))
        if not self.text("sent"):
            self.fields["sent"].set_text(as_text(self.desk.today()))

    def note(self) -> None:
        """Keep to whom the letter was sent, and on which day."""
        if not self.note_button.isEnabled() or not self.complete():
            return
        desk, decision, value, confirmed = self.desk, self._decision, self.build(), self.confirmed_now()
        self.run_act(
            lambda: decisions.note_letter(desk, decision.id, value.to, value.sent, confirmed=confirmed)
        )
