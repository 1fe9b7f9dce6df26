"""One antibody, opened again to correct or remove it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.lab_entry import result_text
from ctdild_desktop.clinical.records import Serology
from ctdild_desktop.services import serology
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.record_sheet import RecordActs, RecordSheet
from ctdild_desktop.ui.dialogs.texts import coded
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.measured.antibody_fields import NumberSignField, TitreField, answer_field
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import NumberField, PartialDateField, TextField


class AntibodySheet(RecordSheet):
    """A recorded antibody."""

    acts = RecordActs(keep=serology.amend_serology, remove=serology.remove_serology, check=serology.check)

    def __init__(
        self, desk: Desk, runner: Runner, view: PatientView, saved: Serology, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            desk,
            runner,
            view,
            title=QCoreApplication.translate("AntibodySheet", "Antibody"),
            draft_kind="antibody",
            saved=saved,
            parent=parent,
        )
        tr = self.tr
        tests = [(one.code, f"{one.short} ({one.label})") for one in codes.antibodies()]
        tests.append(("other", tr("another antibody")))
        self.add_field(
            tr("&Date"), PartialDateField("date", tr("Date of the sample"), desk.today), required=True
        )
        self.add_field(
            tr("&Antibody"), ChoiceField("test", tr("Antibody"), tests, searchable=True), required=True
        )
        self.add_field(tr("N&ame"), TextField("test_name", tr("Name of the other antibody")), wide=True)
        self.add_field(tr("&Result"), answer_field("result", tr("Result"), words=True), required=True)
        self.add_field(tr("&Value"), NumberSignField("value", tr("Value")))
        self.add_field(tr("&Unit"), TextField("unit", tr("Unit"), max_length=40))
        self.add_field(tr("Upper &limit"), NumberField("uln", tr("Upper limit of normal")))
        self.add_field(tr("T&itre 1:"), TitreField("titre", tr("Titre 1 to")))
        self.add_field(tr("&Pattern"), ChoiceField("pattern", tr("Pattern"), coded("ana_pattern")))
        self.add_field(tr("Assa&y"), TextField("assay", tr("Assay")), wide=True)
        self.add_field(tr("La&boratory"), TextField("laboratory", tr("Laboratory")), wide=True)
        self.add_field(tr("N&ote"), TextField("note", tr("Note")), wide=True)
        self.fill(self.values_from(saved))
        self.refresh()

    def values_from(self, record: Any) -> dict[str, object]:
        """See :meth:`SavedSheet.values_from`."""
        values = {name: getattr(record, name) for name in self.fields}
        return {**values, "value": result_text(record)}

    def refresh(self) -> None:
        """Say what the antibody means; its name is asked only where the list lacks it."""
        entry = codes.antibodies().get(self.read("test"))
        self.show_row("test_name", shown=self.read("test") == "other" or bool(self.text("test_name")))
        self.read_out("test", entry.meaning if entry is not None else "")

    def build(self) -> Serology:
        """See :meth:`FieldForm.build`."""
        number, old = self.read("value"), self.old
        return Serology(
            id=old.id,
            version=old.version,
            date=self.read("date"),
            test=self.read("test") or "",
            test_name=self.text("test_name"),
            result=self.read("result") or "",
            value=number.value if number is not None else None,
            detection={"<": "below", ">": "above"}.get(number.sign) if number is not None else None,
            unit=self.text("unit"),
            uln=self.read("uln"),
            titre=self.read("titre"),
            pattern=self.read("pattern"),
            assay=self.text("assay"),
            laboratory=self.text("laboratory"),
            note=self.text("note"),
            absent=old.absent,
        )
