"""The MDT page of a patient: the question to the meeting, then the preview of one page."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.records import AgendaItem, Meeting
from ctdild_desktop.services import pages
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.form_sheet import FormSheet, SheetActs
from ctdild_desktop.ui.dialogs.texts import yes_no
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.printing.printing import Printing
from ctdild_desktop.ui.printing.sheets import Printout
from ctdild_desktop.ui.widgets.fields import DateField, TextField
from ctdild_desktop.ui.widgets.option_field import OptionField

QUESTION_LENGTH = 200


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be printed."""

    question: str
    asked_by: str
    meeting: dt.date | None
    pseudonymised: bool


class PrintSheet(FormSheet):
    """Asks what the meeting shall answer; it closes when the page was printed or written.

    ``case`` is the patient's case to come with its meeting: question, asker and day begin as there.
    """

    acts = SheetActs(pages.mdt_page)

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        printing: Printing,
        view: PatientView,
        *,
        case: tuple[Meeting, AgendaItem] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        title = QCoreApplication.translate("PrintSheet", "MDT page")
        super().__init__(
            desk,
            runner,
            title=f"{title}: {view.header.name}",
            identity=view.header.identity,
            draft_kind="mdt_page",
            patient_id=view.record.patient.id,
            parent=parent,
        )
        self._printing = printing
        tr = self.tr
        question = TextField("question", tr("Question to the meeting"), max_length=QUESTION_LENGTH)
        question.setPlaceholderText(tr("for example: FVC falling on MMF 3 g. Second line?"))
        self.add_field(tr("&Question"), question, wide=True)
        self.add_field(tr("&Asked by"), TextField("asked_by", tr("Asked by"), max_length=120), wide=True)
        self.add_field(
            tr("&Meeting"),
            DateField("meeting", tr("Date of the meeting"), desk.today),
            unit=tr("may be empty"),
        )
        self.add_field(
            tr("&Pseudonym"),
            OptionField(
                "pseudonymised",
                tr("Print a pseudonym in place of the name"),
                yes_no(tr("yes"), tr("no")),
                advance=True,
            ),
            unit=tr("no: name, MRN and birth date are printed"),
        )
        self.fields["asked_by"].set_text(desk.display_name)
        if case is not None:
            self._begin_with(*case)
        self.drafts.set_start(self.payload())
        self.save_button.setText(tr("Preview…  Ctrl+Enter"))

    def _begin_with(self, meeting: Meeting, item: AgendaItem) -> None:
        self.fields["question"].set_text(item.question)
        self.fields["asked_by"].set_text(item.requested_by or self.desk.display_name)
        self.fields["meeting"].set_text(wording.day(meeting.date))

    def build(self) -> _Order:
        """See :meth:`FieldForm.build`."""
        return _Order(
            question=self.text("question"),
            asked_by=self.text("asked_by"),
            meeting=self.read("meeting"),
            pseudonymised=self.text("pseudonymised") == "yes",
        )

    def issues_of(self, value: Any) -> tuple[Issue, ...]:
        """See :meth:`FieldForm.issues_of`; a question is as long as it may be."""
        del value
        return ()

    def settle(self, value: Any, confirmed: Collection[str]) -> None:
        """Collect the page and show how it will look."""
        del confirmed
        order, desk, patient_id = value, self.desk, self.patient_id
        assert patient_id is not None
        self.save_button.setEnabled(False)
        self.runner.run(
            lambda: pages.mdt_page(
                desk,
                patient_id,
                question=order.question,
                asked_by=order.asked_by,
                meeting_date=order.meeting,
                pseudonymised=order.pseudonymised,
            ),
            while_alive(self, self._preview),
            while_alive(self, self._on_refused),
        )

    def _preview(self, page: pages.MdtPageData) -> None:
        def make(size: str, _sheets: tuple[int, ...]) -> bytes:
            from ctdild_desktop.reports.mdt_page import write_mdt_page

            held = io.BytesIO()
            write_mdt_page(held, page, page_size=size)
            return held.getvalue()

        self.save_button.setEnabled(True)
        # The name of the file names nobody: it is seen in lists of recent files.
        printout = Printout(
            title=self.tr("MDT page"),
            file_name=f"mdt-page-{self.desk.today():%Y-%m-%d}.pdf",
            make=make,
            whose=page.name,
        )
        self._printing.show(printout, then=self._on_delivered)

    def _on_delivered(self) -> None:
        self.drafts.finish()
        self.closed.emit()
