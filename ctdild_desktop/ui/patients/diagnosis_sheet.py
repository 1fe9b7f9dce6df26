"""One view of the diagnosis: a new view is added, earlier ones stay; a wrong entry can be corrected."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Diagnosis
from ctdild_desktop.services import patients
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.record_sheet import RecordActs, RecordSheet
from ctdild_desktop.ui.dialogs.texts import coded, pairs
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.codes_field import CodesField
from ctdild_desktop.ui.widgets.fields import PartialDateField, TextField


class DiagnosisSheet(RecordSheet):
    """A new view starts from the one in force, so that only what changed is typed."""

    acts = RecordActs(
        keep=patients.amend_diagnosis,
        remove=patients.remove_diagnosis,
        check=patients.check_view,
        add=patients.record_diagnosis,
    )

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        view: PatientView,
        saved: Diagnosis | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            desk,
            runner,
            view,
            title=QCoreApplication.translate("DiagnosisSheet", "Diagnosis"),
            draft_kind="diagnosis",
            saved=saved,
            parent=parent,
        )
        tr = self.tr
        self.add_field(
            tr("&CTD"),
            ChoiceField("ctd", tr("Connective-tissue disease"), pairs(codes.diagnoses()), searchable=True),
            required=True,
        )
        self.add_field(
            tr("&ILD pattern"),
            ChoiceField("pattern", tr("ILD pattern"), pairs(codes.patterns()), searchable=True),
        )
        self.add_field(tr("Con&fidence"), ChoiceField("confidence", tr("Confidence"), coded("confidence")))
        self.add_field(
            tr("&Antibodies"), CodesField("antibodies", tr("Antibodies found positive"), _antibodies())
        )
        self.add_field(tr("CTD s&ince"), PartialDateField("ctd_diagnosed", tr("CTD diagnosed"), desk.today))
        self.add_field(tr("I&LD since"), PartialDateField("ild_diagnosed", tr("ILD diagnosed"), desk.today))
        self.add_field(tr("&Behaviour"), ChoiceField("behaviour", tr("Behaviour"), coded("behaviour")))
        self.add_field(tr("Ba&sis"), ChoiceField("basis", tr("Basis of this view"), coded("basis")))
        self.add_field(
            tr("&Date"),
            PartialDateField("date", tr("Date of this view"), desk.today),
            required=True,
            unit=tr("when it was seen so"),
        )
        self.add_field(tr("&Note"), TextField("note", tr("Note")), wide=True)
        known = saved or view.diagnosis
        values: dict[str, object] = {
            name: getattr(known, name) if known is not None else None for name in self.fields
        }
        if saved is None:
            values |= {"date": PartialDate.of(desk.today()), "note": "", "basis": None}
        self.fill(values)

    def build(self) -> Diagnosis:
        """See :meth:`FieldForm.build`."""
        return Diagnosis(
            id=self.old.id if self.old else "",
            version=self.old.version if self.old else 1,
            date=self.read("date"),
            ctd=self.read("ctd"),
            ctd_diagnosed=self.read("ctd_diagnosed"),
            ild_diagnosed=self.read("ild_diagnosed"),
            pattern=self.read("pattern"),
            confidence=self.read("confidence"),
            behaviour=self.read("behaviour"),
            antibodies=self.read("antibodies"),
            basis=self.read("basis"),
            note=self.text("note"),
        )


def _antibodies() -> tuple[tuple[str, str], ...]:
    return tuple((entry.code, f"{entry.short} · {entry.label}") for entry in codes.antibodies())
