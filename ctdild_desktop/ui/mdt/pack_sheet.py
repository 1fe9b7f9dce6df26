"""What goes into the pack of a meeting: which cases, with names or without, with the full history or not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.services import pack
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.meetings import MeetingView
from ctdild_desktop.services.pack import PackData
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.form_sheet import FormSheet, SheetActs
from ctdild_desktop.ui.dialogs.texts import yes_no
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.mdt import printouts, words
from ctdild_desktop.ui.printing.printing import Printing
from ctdild_desktop.ui.widgets.checks_field import ChecksField
from ctdild_desktop.ui.widgets.option_field import OptionField


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be printed."""

    cases: tuple[str, ...]
    pseudonymised: bool
    appendix: bool


class PackSheet(FormSheet):
    """Ctrl+Enter collects the pack and shows its preview; the sheet closes when it was printed or saved."""

    acts = SheetActs(pack.pack)

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        printing: Printing,
        view: MeetingView,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            desk,
            runner,
            title=QCoreApplication.translate("PackSheet", "Pack of the meeting"),
            identity=words.title(view.meeting),
            draft_kind=f"pack:{view.meeting.id}",
            patient_id=None,
            parent=parent,
        )
        self._printing, self._view = printing, view
        self.setMinimumWidth(theme.scaled(480))
        tr = self.tr
        self.add_field(
            tr("&Pseudonym"),
            OptionField(
                "pseudonymised",
                tr("Print pseudonyms in place of names"),
                yes_no(tr("yes"), tr("no")),
                advance=True,
            ),
            unit=tr("yes: no name, MRN, birth date or free text"),
        )
        self.add_field(
            tr("Full &history"),
            OptionField(
                "appendix",
                tr("Full history of each patient as an appendix"),
                yes_no(tr("yes"), tr("no")),
                advance=True,
            ),
        )
        self.add_field(
            tr("&Cases"),
            ChecksField(
                "cases",
                tr("Cases in the pack"),
                [(case.item.id, f"{case.number}  {case.name}") for case in view.cases],
                none_words=tr("Nobody is on the agenda yet."),
                elides=True,
            ),
            unit=tr("a cover list, and one page for each"),
        )
        self.fields["pseudonymised"].set_text("no")
        self.fields["appendix"].set_text("no")
        self.fields["cases"].set_text(" ".join(case.item.id for case in view.cases))
        self.drafts.set_start(self.payload())
        self.save_button.setText(tr("Preview…  Ctrl+Enter"))

    def build(self) -> _Order:
        """See :meth:`FieldForm.build`."""
        chosen = self.text("cases").split()
        return _Order(tuple(chosen), self.text("pseudonymised") == "yes", self.text("appendix") == "yes")

    def issues_of(self, value: Any) -> tuple[Issue, ...]:
        """See :meth:`FieldForm.issues_of`; every choice can be printed."""
        del value
        return ()

    def settle(self, value: Any, confirmed: Collection[str]) -> None:
        """Collect the pack and show how it will look."""
        del confirmed
        order, desk, meeting = value, self.desk, self._view.meeting
        if not order.cases:
            self.refuse("cases", self.tr("Choose at least one case."))
            return
        self.save_button.setEnabled(False)
        self.runner.run(
            lambda: pack.pack(
                desk,
                meeting.id,
                pseudonymised=order.pseudonymised,
                appendix=order.appendix,
                only=order.cases,
            ),
            while_alive(self, self._preview),
            while_alive(self, self._on_refused),
        )

    def _preview(self, data: PackData) -> None:
        self.save_button.setEnabled(True)
        self._printing.show(printouts.pack(data, self._view.meeting.date), then=self._on_delivered)

    def _on_delivered(self) -> None:
        self.drafts.finish()
        self.closed.emit()
