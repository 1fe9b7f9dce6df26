"""The sheet of one visit: breathlessness, symptoms, weight, saturation, admission."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical.records import SymptomChange, Visit
from ctdild_desktop.services import visits
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.record_sheet import RecordActs, RecordSheet
from ctdild_desktop.ui.dialogs.texts import as_bool, coded, yes_no
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import DateField, NumberField, TextField
from ctdild_desktop.ui.widgets.option_field import Option, OptionField
from ctdild_desktop.ui.widgets.whole_field import WholeField


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
        self.fill({name: getattr(known, name) for name in self.fields})

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
