"""The sheet of one line of therapy: a new one with the defaults of its drug, or one to correct."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.records import TherapyLine
from ctdild_desktop.services import therapy
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.record_sheet import RecordActs, RecordSheet
from ctdild_desktop.ui.dialogs.texts import as_text, coded, pairs
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import NumberField, PartialDateField, TextField


class LineSheet(RecordSheet):
    """Start of a line, or its correction. Dose changes, interruptions and infusions stay as they are."""

    acts = RecordActs(
        keep=therapy.amend_line, remove=therapy.remove_line, check=therapy.check, add=therapy.start_line
    )

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        view: PatientView,
        saved: TherapyLine | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self._defaults_of = saved.drug if saved is not None else ""
        super().__init__(
            desk,
            runner,
            view,
            title=QCoreApplication.translate("LineSheet", "Therapy"),
            draft_kind="therapy",
            saved=saved,
            parent=parent,
        )
        tr = self.tr
        self.add_field(
            tr("Dr&ug"),
            ChoiceField("drug", tr("Drug"), pairs(codes.drugs()), searchable=True),
            required=True,
        )
        self.add_field(
            tr("&Start"),
            PartialDateField("start", tr("Start"), desk.today),
            required=True,
            unit=tr("month or year will do"),
        )
        self.add_field(tr("&Dose"), NumberField("dose", tr("Dose")))
        self.add_field(tr("Un&it"), ChoiceField("dose_unit", tr("Unit of the dose"), coded("dose_unit")))
        self.add_field(tr("&Frequency"), ChoiceField("frequency", tr("Frequency"), coded("frequency")))
        self.add_field(tr("&Route"), ChoiceField("route", tr("Route"), coded("route")))
        self.add_field(tr("R&ole"), ChoiceField("role", tr("Role of the line"), coded("role")))
        self.add_field(tr("&Given for"), ChoiceField("indication", tr("Given for"), coded("indication")))
        self.add_field(
            tr("S&top"),
            PartialDateField("stop", tr("Stop"), desk.today),
            unit=tr("empty while it is given"),
        )
        self.add_field(
            tr("&Because"), ChoiceField("stop_reason", tr("Reason for stopping"), coded("stop_reason"))
        )
        self.add_field(tr("&Note"), TextField("note", tr("Note")), wide=True)
        self.fill({name: getattr(saved, name) if saved is not None else None for name in self.fields})

    def refresh(self) -> None:
        """Put in the usual dose, unit, frequency, route and role of a drug as soon as it is chosen."""
        drug = self.read("drug")
        entry = codes.drugs().get(drug)
        if entry is None or drug == self._defaults_of:
            return
        self._defaults_of = drug
        for name, usual in (
            ("dose", entry.dose),
            ("dose_unit", entry.unit),
            ("frequency", entry.frequency),
            ("route", entry.route),
            ("role", entry.role),
            ("indication", entry.indication),
        ):
            self.fields[name].set_text(as_text(usual))
        self.read_out("dose", self.tr("usual dose, change it if needed") if entry.dose is not None else "")

    def restore(self, payload: dict[str, str]) -> None:
        """Put texts back; they are what was typed, so the drug's defaults must not overwrite them."""
        self._defaults_of = payload.get("drug", self._defaults_of)
        super().restore(payload)

    def build(self) -> TherapyLine:
        """See :meth:`FieldForm.build`."""
        known = self.old
        return TherapyLine(
            id=known.id if known else "",
            version=known.version if known else 1,
            drug=self.read("drug"),
            start=self.read("start"),
            role=self.read("role"),
            indication=self.read("indication"),
            route=self.read("route"),
            dose=self.read("dose"),
            dose_unit=self.read("dose_unit"),
            frequency=self.read("frequency"),
            stop=self.read("stop"),
            stop_reason=self.read("stop_reason"),
            dose_changes=known.dose_changes if known else (),
            interruptions=known.interruptions if known else (),
            infusions=known.infusions if known else (),
            note=self.text("note"),
        )
