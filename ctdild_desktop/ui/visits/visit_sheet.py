"""The sheet of one visit: breathlessness, symptoms, weight, saturation, admission."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.records import Decision, SymptomChange, Visit
from ctdild_desktop.services import decisions, visits
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.decisions import Answer
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.ui.dialogs.record_sheet import RecordActs, RecordSheet
from ctdild_desktop.ui.dialogs.texts import as_bool, coded, yes_no
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.visits.carried_out import (
    NOT_IN_FULL,
    answer_field,
    answer_issues,
    reason_field,
    told,
)
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import DateField, NumberField, TextField
from ctdild_desktop.ui.widgets.option_field import Option, OptionField
from ctdild_desktop.ui.widgets.whole_field import WholeField

_MOST_ASKED = 3
"""Decisions that are asked about at one visit."""


class VisitSheet(RecordSheet):
    """A new visit, dated today unless said otherwise, or one to correct."""

    acts = RecordActs(
        keep=visits.amend_visit, remove=visits.remove_visit, check=visits.check, add=visits.record_visit
    )

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        view: PatientView,
        saved: Visit | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self._kept_as: dict[str, str] = {}
        """By what names a draft knows the answers: those of their decisions, for others may be asked then."""
        super().__init__(
            desk,
            runner,
            view,
            title=QCoreApplication.translate("VisitSheet", "Visit"),
            draft_kind="visit",
            saved=saved,
            parent=parent,
        )
        tr = self.tr
        self.add_field(tr("&Date"), DateField("date", tr("Date"), desk.today), required=True)
        self.add_field(tr("&Kind"), ChoiceField("kind", tr("Kind of visit"), coded("visit_kind")))
        self.add_field(
            tr("&mMRC"),
            OptionField("mmrc", tr("mMRC"), [Option(str(n), str(n), str(n)) for n in range(5)], advance=True),
        )
        self.add_field(
            tr("&Symptoms"),
            OptionField(
                "symptom_change",
                tr("Symptoms since the last visit"),
                (
                    Option("worse", tr("Worse"), "w"),
                    Option("stable", tr("Same"), "s"),
                    Option("better", tr("Better"), "b"),
                    Option("unknown", tr("Unknown"), "u"),
                ),
                advance=True,
            ),
        )
        self.add_field(
            tr("&Explained"),
            OptionField(
                "alternative_explanation",
                tr("Another explanation for the change"),
                yes_no(tr("Yes"), tr("No")),
                advance=True,
            ),
        )
        self.add_field(tr("&Weight"), NumberField("weight_kg", tr("Weight"), "kg"), unit="kg")
        self.add_field(tr("Sp&O₂ rest"), NumberField("spo2_rest", tr("SpO₂ at rest"), "%"), unit="%")
        self.add_field(
            tr("SpO₂ &nadir"), NumberField("spo2_nadir", tr("SpO₂ lowest on exertion"), "%"), unit="%"
        )
        self.add_field(
            tr("&Admitted"),
            WholeField("admitted_nights", tr("Nights in hospital that began on this date")),
            unit=tr("nights in hospital from this date"),
        )
        self.add_field(tr("&Note"), TextField("note", tr("Note")), wide=True)
        known = saved or Visit(id="", date=desk.today(), kind="scheduled")
        values = {name: getattr(known, name) for name in self.fields}
        asked = decisions.unanswered(view.record, desk.today()) if saved is None else ()
        self._asked_of = asked[-_MOST_ASKED:]
        self._answers: tuple[Answer, ...] = ()
        for number, decision in enumerate(self._asked_of):
            self._ask_about(number, decision)
        self.fill(values)

    def _ask_about(self, number: int, decision: Decision) -> None:
        """Ask whether a decision of the team was carried out of which nobody has said so yet."""
        heading = self.add_section(told(decision))
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setWordWrap(True)
        heading.setObjectName(f"decided_{number}")
        self.add_field(self.tr("Carried out?"), answer_field(f"implemented_{number}"))
        self.add_field(self.tr("Why not"), reason_field(f"not_implemented_{number}"))
        self.show_row(f"not_implemented_{number}", shown=False)
        for name in ("implemented", "not_implemented"):
            self._kept_as[f"{name}_{number}"] = f"{name}:{decision.id}"

    def payload(self) -> dict[str, str]:
        """See :meth:`FieldForm.payload`."""
        return {self._kept_as.get(name, name): text for name, text in super().payload().items()}

    def restore(self, payload: dict[str, str]) -> None:
        """See :meth:`FieldForm.restore`; an answer goes to its own decision, or nowhere."""
        fields = {kept: name for name, kept in self._kept_as.items()}
        super().restore({fields.get(name, name): text for name, text in payload.items()})

    def refresh(self) -> None:
        """Ask why a decision was not carried out in full."""
        for number in range(len(self._asked_of)):
            why = f"not_implemented_{number}"
            asked = self.text(f"implemented_{number}") in NOT_IN_FULL or bool(self.text(why))
            self.show_row(why, shown=asked)

    def save(self) -> None:
        """See :meth:`FormSheet.save`; the answers go with the visit."""
        self._answers = self._said()
        super().save()

    def add(self, value: Any, confirmed: Collection[str]) -> Done[Any]:
        """See :meth:`RecordSheet.add`."""
        return visits.record_visit(
            self.desk, self.record.patient.id, value, confirmed=confirmed, answers=self._answers
        )

    def issues_of(self, value: Any) -> tuple[Issue, ...]:
        """See :meth:`FieldForm.issues_of`, with those of the answers beside their own fields."""
        found = list(super().issues_of(value))
        numbers = {decision.id: number for number, decision in enumerate(self._asked_of)}
        for answer in self._said():
            for issue in answer_issues(self.view, answer, self.desk):
                found.append(replace(issue, field=f"{issue.field}_{numbers[answer.decision_id]}"))
        return tuple(found)

    def confirmed_now(self) -> frozenset[str]:
        """See :meth:`FormSheet.confirmed_now`; an answer is confirmed by the name of its own field."""
        names = super().confirmed_now()
        return names | {name.rpartition("_")[0] for name in names if name[-1:].isdigit()}

    def _said(self) -> tuple[Answer, ...]:
        return tuple(
            Answer(
                decision.id,
                self.text(f"implemented_{number}"),
                not_implemented=self.read(f"not_implemented_{number}"),
            )
            for number, decision in enumerate(self._asked_of)
            if self.text(f"implemented_{number}")
        )

    def build(self) -> Visit:
        """See :meth:`FieldForm.build`."""
        mmrc, nights = self.read("mmrc"), self.read("admitted_nights")
        change = self.read("symptom_change")
        return Visit(
            id=self.old.id if self.old else "",
            version=self.old.version if self.old else 1,
            date=self.read("date"),
            kind=self.read("kind"),
            weight_kg=self.read("weight_kg"),
            spo2_rest=self.read("spo2_rest"),
            spo2_nadir=self.read("spo2_nadir"),
            mmrc=int(mmrc) if mmrc is not None else None,
            symptom_change=SymptomChange(change) if change else None,
            alternative_explanation=as_bool(self.read("alternative_explanation")),
            admitted_nights=int(nights) if nights is not None else None,
            note=self.text("note"),
        )
