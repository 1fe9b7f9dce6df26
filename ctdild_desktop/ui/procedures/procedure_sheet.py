"""The sheet of a bronchoscopy with lavage or biopsy, or of a surgical biopsy."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel, QWidget

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.code_fields import CULTURES
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Procedure
from ctdild_desktop.services import procedures
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.record_sheet import RecordActs, RecordSheet
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.dialogs.texts import coded, pairs, yes_no
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.procedures import procedure_fields
from ctdild_desktop.ui.procedures.words import cells_words, event_words, share_words
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import NumberField, PartialDateField, TextField
from ctdild_desktop.ui.widgets.option_field import Option, OptionField
from ctdild_desktop.ui.widgets.whole_field import WholeField

_EVENT = "with_event"


class ProcedureSheet(RecordSheet):
    """A new procedure, or one to correct; only what its kind asks for is in sight.

    A complication is recorded as an adverse event in the same act unless that is answered with no.
    """

    acts = RecordActs(
        keep=procedures.amend_procedure, remove=procedures.remove_procedure, check=procedures.check
    )

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        view: PatientView,
        saved: Procedure | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            desk,
            runner,
            view,
            title=QCoreApplication.translate("ProcedureSheet", "Bronchoscopy or biopsy"),
            draft_kind="procedure",
            saved=saved,
            parent=parent,
        )
        self.setMinimumWidth(theme.scaled(560))
        self._sections: list[tuple[QLabel, tuple[str, ...]]] = []
        self._had_complication = False
        self._with_event = False
        self._add_kind()
        self._add_lavage()
        self._add_sample()
        self._add_biopsy()
        self._add_outcome()
        known = saved or Procedure(id="", date=PartialDate.of(desk.today()), kind="")
        self.fill({name: getattr(known, name, None) for name in self.fields})
        self._had_complication = self._complicated()
        self._show_asked()

    # building

    def _add_group(self, title: str, names: tuple[str, ...]) -> None:
        self._sections.append((self.add_section(title), names))

    def _add_kind(self) -> None:
        tr = self.tr
        self.add_field(
            tr("&Date"), PartialDateField("date", tr("Date of the procedure"), self.desk.today), required=True
        )
        kinds = OptionField(
            "kind", tr("Procedure"), procedure_fields.kinds(), advance=True, required=True, columns=3
        )
        self.add_field(tr("Procedure"), kinds, required=True)
        self.add_field(tr("&Because"), ChoiceField("not_done", tr("Not done because"), coded("not_done")))
        self.add_field(tr("&Lobe"), ChoiceField("lobe", tr("Lobe"), coded("lobe")))

    def _add_lavage(self) -> None:
        tr = self.tr
        self._add_group(tr("Lavage"), procedure_fields.LAVAGE)
        for caption, name, label, unit in (
            (tr("Volume &in"), "volume_in_ml", tr("Volume put in"), "mL"),
            (tr("Recovered"), "recovered_ml", tr("Volume recovered"), "mL"),
            (tr("&Cells"), "cells_million_l", tr("Cells of the lavage"), "10⁶/L"),
            (tr("&Macrophages"), "macrophages_percent", tr("Macrophages"), "%"),
            (tr("L&ymphocytes"), "lymphocytes_percent", tr("Lymphocytes"), "%"),
            (tr("&Neutrophils"), "neutrophils_percent", tr("Neutrophils"), "%"),
            (tr("Eosinophils"), "eosinophils_percent", tr("Eosinophils"), "%"),
            (tr("Mast cells"), "mast_cells_percent", tr("Mast cells"), "%"),
            (tr("CD4:CD&8"), "cd4_cd8", tr("Ratio of CD4 to CD8"), ""),
        ):
            self.add_field(caption, NumberField(name, label, unit), unit=unit)
        self.cells = plain_label(name="lavage_words", bold=0)
        self.cells.setWordWrap(True)
        self.grid.addWidget(self.cells, self.grid.rowCount(), 0, 1, 3)

    def _add_sample(self) -> None:
        tr = self.tr
        self._add_group(tr("Cultures and cytology"), procedure_fields.SAMPLE)
        names = {
            "bacteria": tr("Bacteria"),
            "mycobacteria": tr("Mycobacteria"),
            "fungi": tr("Fungi"),
            "pneumocystis": tr("Pneumocystis"),
            "viruses": tr("Viruses"),
        }
        for name in CULTURES:
            answer = OptionField(name, names[name], procedure_fields.culture_answers(), advance=True)
            self.add_field(names[name], answer)
        self.add_field(tr("&Organisms"), TextField("organisms", tr("Organisms found")), wide=True)
        self.add_field(tr("Cytolo&gy"), TextField("cytology", tr("Cytology")), wide=True)

    def _add_biopsy(self) -> None:
        tr = self.tr
        self._add_group(tr("Biopsy"), procedure_fields.BIOPSY)
        self.add_field(
            tr("P&attern"),
            ChoiceField(
                "biopsy_pattern", tr("Pattern of the biopsy"), pairs(codes.patterns()), searchable=True
            ),
        )
        self.add_field(tr("Pathologist"), TextField("pathologist", tr("Pathologist")), wide=True)
        self.add_field(tr("Confidence"), ChoiceField("confidence", tr("Confidence"), coded("confidence")))
        self.add_field(tr("&Samples"), WholeField("samples", tr("Number of samples"), ""))
        self.add_field(
            tr("Largest"), NumberField("sample_mm", tr("Size of the largest sample"), "mm"), unit="mm"
        )
        self.add_field(tr("Further"), TextField("ancillary", tr("Further stains and findings")), wide=True)

    def _add_outcome(self) -> None:
        tr = self.tr
        self._add_group(tr("What followed"), (*procedure_fields.COMPLICATION, "contribution"))
        self.add_field(
            tr("Complicat&ion"),
            OptionField(
                "complication", tr("Complication"), procedure_fields.complications(), advance=True, columns=3
            ),
        )
        self.add_field(tr("In words"), TextField("complication_note", tr("Complication in words")), wide=True)
        grades = [Option(str(grade), str(grade), str(grade)) for grade in range(1, 6)]
        self.add_field(
            tr("Grade"),
            OptionField("complication_grade", tr("CTCAE grade of the complication"), grades, advance=True),
        )
        self.add_field(
            tr("Adverse event"),
            OptionField(
                _EVENT, tr("Record it as an adverse event too"), yes_no(tr("Yes"), tr("No")), advance=True
            ),
        )
        self.add_field(
            tr("Diagnosis"),
            OptionField(
                "contribution",
                tr("What it did to the diagnosis"),
                procedure_fields.contributions(),
                advance=True,
            ),
        )
        self.add_field(tr("No&te"), TextField("note", tr("Note")), wide=True)

    # what follows

    def refresh(self) -> None:
        """Ask what this kind asks for, and say what the cells and the complication mean."""
        complicated = self._complicated()
        if complicated and not self._had_complication and not self._linked() and not self.text(_EVENT):
            self.fields[_EVENT].set_text("yes")
        self._had_complication = complicated
        self._show_asked()
        self._show_meaning()

    def _complicated(self) -> bool:
        return self.read("complication") not in (None, "none", "unknown")

    def _linked(self) -> bool:
        return self.old is not None and self.old.adverse_event_id is not None

    def _show_asked(self) -> None:
        asked = procedure_fields.asked_of(self.read("kind"), self.read("complication"))
        always = ("date", "kind", "note")
        shown = {name for name in self.fields if name in asked or name in always or self._typed(name)}
        for name in self.fields:
            self.show_row(name, shown=name in shown)
        for label, names in self._sections:
            label.setVisible(not shown.isdisjoint(names))
        self.width_changed.emit()

    def _typed(self, name: str) -> bool:
        """Whether something stands in a field: what is typed stays in sight."""
        return bool(self.text(name)) and name != _EVENT

    def _show_meaning(self) -> None:
        drawn = self._read()
        for name in procedure_fields.LAVAGE:
            self.read_out(name, share_words(drawn, name))
        words = cells_words(drawn)
        self.cells.setText(words)
        self.cells.setVisible(bool(words))
        linked = None
        if self.old is not None:
            known = {event.id: event for event in self.record.adverse_events}
            linked = known.get(self.old.adverse_event_id or "")
        self.read_out(_EVENT, event_words(drawn, linked) if self._complicated() else "")
        self.fields[_EVENT].setEnabled(linked is None and not self.reading)

    # values

    def build(self) -> Procedure:
        """See :meth:`FieldForm.build`."""
        return self._read()

    def _read(self) -> Procedure:
        """What the fields say, of those that can be read."""
        apart = ("date", "kind", "samples", "complication_grade", _EVENT)
        samples, grade = self.read("samples"), self.read("complication_grade")
        texts = ("organisms", "cytology", "pathologist", "ancillary", "complication_note", "note")
        values: dict[str, Any] = {
            name: self.text(name) if name in texts else self.read(name)
            for name in self.fields
            if name not in apart
        }
        return Procedure(
            id=self.old.id if self.old else "",
            version=self.old.version if self.old else 1,
            date=self.read("date") or PartialDate.of(self.desk.today()),
            kind=self.read("kind") or "",
            samples=int(samples) if samples is not None else None,
            complication_grade=int(grade) if grade else None,
            adverse_event_id=self.old.adverse_event_id if self.old else None,
            absent=self.old.absent if self.old else (),
            **values,
        )

    def values_from(self, record: Any) -> dict[str, object]:
        """See :meth:`SavedSheet.values_from`; whether an event is recorded is no value of a procedure."""
        return {name: getattr(record, name) for name in self.fields if name != _EVENT}

    # saving

    def save(self) -> None:
        """See :meth:`FormSheet.save`."""
        self._with_event = self._complicated() and self.text(_EVENT) == "yes" and not self._linked()
        super().save()

    def add(self, value: Any, confirmed: Collection[str]) -> Done[Any]:
        """See :meth:`RecordSheet.add`."""
        return procedures.record_procedure(
            self.desk, self.record.patient.id, value, with_event=self._with_event, confirmed=confirmed
        )

    def amend(self, value: Any, confirmed: Collection[str]) -> Done[Any]:
        """See :meth:`RecordSheet.amend`."""
        return procedures.amend_procedure(self.desk, value, with_event=self._with_event, confirmed=confirmed)
