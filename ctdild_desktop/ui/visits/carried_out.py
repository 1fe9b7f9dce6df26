"""Whether what the team recommended was carried out: the fields that ask it, at a visit or by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.records import Decision
from ctdild_desktop.services import decisions
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.decision_text import recommended
from ctdild_desktop.services.decisions import Answer
from ctdild_desktop.services.desk import Desk, Done, RefusedError
from ctdild_desktop.ui.dialogs.act_sheet import ActSheet
from ctdild_desktop.ui.dialogs.form_sheet import SheetActs
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.dialogs.texts import as_text, coded
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import PartialDateField, TextField
from ctdild_desktop.ui.widgets.option_field import Option, OptionField

NOT_IN_FULL = frozenset({"partly", "no"})
"""Answers that are asked for a reason."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("CarriedOut", text)


def told(decision: Decision) -> str:
    """What was recommended, with its day: ``MDT 12.03.2026: Continue: HRCT before course 4``."""
    words = recommended(decision).replace("\n", ": ")
    return _tr("MDT {day}: {words}").format(day=wording.day(decision.date), words=words)


def answer_field(name: str, *, pending: bool = False) -> OptionField:
    """Yes, partly or no; by itself also that it is still pending."""
    options = [
        Option("yes", _tr("Yes"), "y"),
        Option("partly", _tr("Partly"), "p"),
        Option("no", _tr("No"), "n"),
    ]
    if pending:
        options.append(Option("pending", _tr("Not yet"), "t"))
    return OptionField(name, _tr("Was it carried out?"), options, advance=True)


def reason_field(name: str) -> ChoiceField:
    """Why it was not carried out in full."""
    return ChoiceField(name, _tr("Why it was not carried out in full"), coded("not_implemented"))


@dataclass(frozen=True, slots=True)
class _Said:
    """The answer as it is typed, for the checks."""

    answer: Answer


class CarriedOutSheet(ActSheet):
    """Asks about one signed decision, whenever somebody knows the answer."""

    acts = SheetActs(decisions.answer_carried_out)

    def __init__(
        self, desk: Desk, runner: Runner, view: PatientView, decision: Decision, parent: QWidget | None = None
    ) -> None:
        title = _tr("Carried out")
        super().__init__(
            desk,
            runner,
            title=f"{title}: {view.header.name}",
            identity=view.header.identity,
            draft_kind=f"carried_out:{decision.id}",
            patient_id=view.record.patient.id,
            parent=parent,
        )
        self._view, self._decision = view, decision
        words = plain_label(told(decision), name="carried_out_of")
        words.setWordWrap(True)
        self.grid.addWidget(words, self.grid.rowCount(), 0, 1, 3)
        self.add_field(_tr("&Carried out"), answer_field("implemented", pending=True), required=True)
        self.add_field(_tr("&When"), PartialDateField("implemented_date", _tr("When"), desk.today))
        self.add_field(_tr("Wh&y not"), reason_field("not_implemented"))
        self.add_field(_tr("&Note"), TextField("implementation_note", _tr("Note")), wide=True)
        for name, field in self.fields.items():
            field.set_text(as_text(getattr(decision, name)))
        self.drafts.set_start(self.payload(), decision.version)

    def refresh(self) -> None:
        """Ask for the day where it was carried out, and for the reason where it was not."""
        answer = self.text("implemented")
        for name, answers in (("implemented_date", {"yes", "partly"}), ("not_implemented", NOT_IN_FULL)):
            self.show_row(name, shown=answer in answers or bool(self.text(name)))

    def build(self) -> _Said:
        """See :meth:`FieldForm.build`."""
        return _Said(
            Answer(
                self._decision.id,
                self.text("implemented"),
                self.read("implemented_date"),
                self.read("not_implemented"),
                self.text("implementation_note"),
            )
        )

    def issues_of(self, value: _Said) -> tuple[Issue, ...]:
        """See :meth:`FieldForm.issues_of`."""
        return answer_issues(self._view, value.answer, self.desk)

    def act(self, value: _Said, confirmed: Any) -> Done[Any]:
        """See :meth:`ActSheet.act`."""
        said = value.answer
        return decisions.answer_carried_out(
            self.desk,
            said.decision_id,
            implemented=said.implemented,
            date=said.date,
            not_implemented=said.not_implemented,
            note=said.note,
            confirmed=confirmed,
        )


def answer_issues(view: PatientView, answer: Answer, desk: Desk) -> tuple[Issue, ...]:
    """Everything implausible about an answer."""
    if not answer.implemented:
        return ()
    try:
        decisions.with_answer(view.record, answer, desk.today())
    except RefusedError as error:
        return error.issues
    return ()
