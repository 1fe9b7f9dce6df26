"""One blood result, opened again to correct or remove it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.lab_entry import LabResult, result_text, unit_text
from ctdild_desktop.clinical.plausibility_measured import units_of
from ctdild_desktop.clinical.records import Lab
from ctdild_desktop.services import labs
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.field_form import FormField
from ctdild_desktop.ui.dialogs.record_sheet import RecordActs, RecordSheet
from ctdild_desktop.ui.dialogs.texts import as_bool, yes_no
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.measured.result_fields import ResultField
from ctdild_desktop.ui.measured.words import event_words, flag_words, grade_words
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import NumberField, PartialDateField, TextField
from ctdild_desktop.ui.widgets.option_field import OptionField


class LabSheet(RecordSheet):
    """A result as it is recorded. From CTCAE grade 2 it offers to record the adverse event."""

    acts = RecordActs(keep=labs.amend_lab, remove=labs.remove_lab, check=labs.check)
    event_requested = Signal(object)
    """An ``AdverseEvent`` with term, grade and onset of this result."""

    def __init__(
        self, desk: Desk, runner: Runner, view: PatientView, saved: Lab, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            desk,
            runner,
            view,
            title=QCoreApplication.translate("LabSheet", "Blood result"),
            draft_kind="lab",
            saved=saved,
            parent=parent,
        )
        tr = self.tr
        tests = [(one.code, one.label) for one in codes.labs()]
        self.add_field(
            tr("&Date"), PartialDateField("date", tr("Date of the sample"), desk.today), required=True
        )
        self.add_field(tr("&Test"), ChoiceField("test", tr("Test"), tests, searchable=True), required=True)
        self.add_field(tr("&Name"), TextField("test_name", tr("Name of the other test")), wide=True)
        self.add_field(tr("&Result"), ResultField("value", tr("Result")))
        self.add_field(tr("&Unit"), TextField("unit", tr("Unit"), max_length=40))
        self.add_field(tr("&Lower limit"), NumberField("lln", tr("Lower limit of normal")))
        self.add_field(tr("U&pper limit"), NumberField("uln", tr("Upper limit of normal")))
        self.add_field(
            tr("&Fasting"), OptionField("fasting", tr("Fasting"), yes_no(tr("Yes"), tr("No")), advance=True)
        )
        self.add_field(tr("La&boratory"), TextField("laboratory", tr("Laboratory")), wide=True)
        self.add_field(tr("N&ote"), TextField("note", tr("Note")), wide=True)
        self._fit_test()
        self.fill(self.values_from(saved))
        self._fit_test()

    def values_from(self, record: Any) -> dict[str, object]:
        """See :meth:`SavedSheet.values_from`."""
        values = {name: getattr(record, name) for name in self.fields}
        return {**values, "value": result_text(record)}

    def start(self, first: FormField | None = None) -> None:
        """See :meth:`SavedSheet.start`; offers the adverse event that the recorded result suggests."""
        super().start(first or self.fields["value"])
        event = labs.event_offered(self.old, self.record)
        if event is not None and not self.reading and not self.notice.text:
            self.notice.say(
                event_words(event),
                (self.tr("Record adverse event…"), lambda: self.event_requested.emit(event)),
            )

    def refresh(self) -> None:
        """Say which units the test has, and what limits and CTCAE say of the result."""
        self._fit_test()
        if self.read("date") is None or self.read("value") is None:
            self.read_out("value", "")
            return
        lab = self.build()
        grade = labs.grade_of(lab, self.record)
        words = [flag_words(labs.flag_of(lab))]
        if grade is not None and grade.grade:
            words.append(grade_words(grade)[0])
        self.read_out("value", ", ".join(filter(None, words)))

    def _fit_test(self) -> None:
        test = self.read("test") or ""
        listed = codes.labs().get(test)
        field = self.fields["value"]
        assert isinstance(field, ResultField)
        field.in_words = listed is None or not listed.unit
        self.show_row("test_name", shown=test == "other" or bool(self.text("test_name")))
        self.read_out("unit", ", ".join(unit_text(unit) for unit in units_of(test)))

    def build(self) -> Lab:
        """See :meth:`FieldForm.build`."""
        read: LabResult = self.read("value") or LabResult()
        old: Lab = self.old
        # a result may have a number and words; the field shows the number alone
        words = old.result if read.value is not None and old.value is not None else None
        text = old.text if read.value is not None and old.value is not None else ""
        return Lab(
            id=old.id,
            version=old.version,
            date=self.read("date"),
            test=self.read("test") or "",
            test_name=self.text("test_name"),
            value=read.value,
            unit=self.text("unit"),
            detection=read.detection,
            result=read.result or words,
            text=read.text or text,
            lln=self.read("lln"),
            uln=self.read("uln"),
            fasting=as_bool(self.read("fasting")),
            laboratory=self.text("laboratory"),
            note=self.text("note"),
            absent=old.absent,
        )
