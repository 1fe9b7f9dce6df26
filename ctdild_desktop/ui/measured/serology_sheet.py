"""Type the antibodies of one sample: a row for each, answered by one letter, saved together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.records import Serology
from ctdild_desktop.services import serology
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.field_form import FormField
from ctdild_desktop.ui.dialogs.record_sheet import RecordActs
from ctdild_desktop.ui.dialogs.texts import coded
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.measured.antibody_fields import NumberSignField, TitreField, answer_field
from ctdild_desktop.ui.measured.panel_sheet import PanelSheet
from ctdild_desktop.ui.measured.result_grid import ResultGrid, read_out
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import NumberField, TextField
from ctdild_desktop.ui.widgets.option_field import OptionField
from ctdild_desktop.ui.widgets.plain import tip

_ORDER = ("ANA", "RF", "ACPA", "RO52", "SSA60", "SSB", "DSDNA", "SM", "U1RNP")
"""What is asked first; the others follow in the order of the list."""
_FOLDED = frozenset({"ANCA_PR3", "ANCA_MPO", "other"})
_WIDTHS = (76, 112, 64, 60, 60, 140)


@dataclass(frozen=True, slots=True)
class _Row:
    test: str
    answer: OptionField
    value: NumberSignField
    unit: TextField
    uln: NumberField


class SerologySheet(PanelSheet):
    """The antibodies of one sample. N, B, P or - answers and goes on; a number may follow by Tab."""

    acts = RecordActs(keep=serology.record_serology, add=serology.record_serology)

    def __init__(self, desk: Desk, runner: Runner, view: PatientView, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            runner,
            view,
            title=QCoreApplication.translate("SerologySheet", "Serology"),
            draft_kind="serology",
            parent=parent,
        )
        tr = self.tr
        self.add_field(tr("&Assay"), TextField("assay", tr("Assay"), max_length=200), wide=True)
        self._rows: dict[str, _Row] = {}
        self._add_rows()
        self.fill({name: None for name in self.fields})
        self.fields["date"].set_text(wording.day(desk.today()))
        if self.record.serology:
            self.fields["laboratory"].set_text(self.record.serology[-1].laboratory)
        self.drafts.set_start(self.payload())

    # building

    def _add_rows(self) -> None:
        heads = (
            "",
            self.tr("N, B, P, -"),
            self.tr("Value"),
            self.tr("Unit"),
            self.tr("Limit"),
            self.tr("Last"),
        )
        grid = ResultGrid(_WIDTHS, heads, self.make_note)
        more = ResultGrid(_WIDTHS, (), self.make_note)
        listed = [entry.code for entry in codes.antibodies()]
        rest = [code for code in listed if code not in _ORDER]
        for code in (*_ORDER, *rest, "other"):
            self._add_row(more if code in _FOLDED else grid, code)
            if code == "ANA":
                self._add_ana(grid)
        for row in self._rows.values():
            for field in (row.value, row.unit, row.uln):
                self.register(field)
        words = self.tr("More: ANCA, another antibody   Alt+M")
        self.show_grids(grid, more, words, "serology_more")

    def _add_row(self, grid: ResultGrid, code: str) -> None:
        entry = codes.antibodies().get(code)
        label = entry.label if entry is not None else self.tr("another antibody")
        row = _Row(
            code,
            answer_field(code, label),
            NumberSignField(f"{code}_value", self.tr("{test}, value").format(test=label)),
            TextField(f"{code}_unit", self.tr("{test}, unit").format(test=label), max_length=20),
            NumberField(f"{code}_uln", self.tr("{test}, upper limit").format(test=label)),
        )
        caption: str | FormField = entry.short if entry is not None else ""
        if entry is None:
            caption = TextField("other_test_name", self.tr("Name of the other antibody"), max_length=100)
            caption.setPlaceholderText(self.tr("another"))
            self.register(caption)
        last = read_out(f"{code}_last", secondary=True, right=True)
        known = next((one for one in reversed(self.record.serology) if one.test == code), None)
        if known is not None and code != "other":
            words = f"{codes.label('serology_result', known.result)}, {wording.partial(known.date)}"
            last.setText(words)
            last.setToolTip(tip(words))
        hint = f"{entry.label}. {entry.meaning}" if entry is not None else ""
        grid.add_row(caption, (row.answer, row.value, row.unit, row.uln, last), hint)
        self.register(row.answer)
        self._rows[code] = row

    def _add_ana(self, grid: ResultGrid) -> None:
        titre = TitreField("ANA_titre", self.tr("ANA, titre 1 to"))
        pattern = ChoiceField("ANA_pattern", self.tr("ANA, pattern"), coded("ana_pattern"))
        pattern.setMinimumContentsLength(8)
        words = read_out("ANA_pattern_words", right=True)
        words.setText(self.tr("pattern"))
        grid.add_row(self.tr("titre 1:"), (titre, None, None, words, pattern))
        self.register(titre)
        self.register(pattern)

    # values

    def build(self) -> tuple[Serology, ...]:
        """See :meth:`FieldForm.build`."""
        return tuple(self._built(row) for row in self._rows.values() if self._typed(row))

    def _typed(self, row: _Row) -> bool:
        """Whether anything but a unit or a limit is typed in a row."""
        names = [row.test, row.value.objectName()]
        if row.test == "ANA":
            names += ["ANA_titre", "ANA_pattern"]
        if row.test == "other":
            names.append("other_test_name")
        return any(self.text(name) for name in names)

    def _built(self, row: _Row) -> Serology:
        number = self.read(row.value.objectName())
        ana = row.test == "ANA"
        return Serology(
            id="",
            date=self.read("date"),
            test=row.test,
            test_name=self.text("other_test_name") if row.test == "other" else "",
            result=self.read(row.test) or "",
            value=number.value if number is not None else None,
            detection={"<": "below", ">": "above"}.get(number.sign) if number is not None else None,
            unit=self.text(row.unit.objectName()),
            uln=self.read(row.uln.objectName()),
            titre=self.read("ANA_titre") if ana else None,
            pattern=self.read("ANA_pattern") if ana else None,
            assay=self.text("assay"),
            laboratory=self.text("laboratory"),
        )

    def issues_of(self, value: Any) -> tuple[Issue, ...]:
        """See :meth:`FieldForm.issues_of`."""
        found = serology.check_all(value, self.record, self.desk.today()) if value else ()
        return tuple(
            replace(issue, field=issue.field.rpartition("_")[0]) if issue.field not in self.fields else issue
            for issue in found
        )

    def complete(self) -> bool:
        """See :meth:`FieldForm.complete`; a unit or a limit without a result is not left out silently."""
        if not super().complete():
            return False
        for row in self._rows.values():
            beside = (row.unit.objectName(), row.uln.objectName())
            if any(self.text(name) for name in beside) and not self._typed(row):
                self.refuse(row.test, self.tr("A result is needed"))
                return False
        if not self.build():
            self.refuse("ANA", self.tr("A result is needed"))
            return False
        return True

    # going on

    def go_on(self, field: FormField) -> None:
        """See :meth:`FieldForm.go_on`; from a number to its unit and limit, then to the next antibody."""
        for row in self._rows.values():
            if field is row.uln:
                super().go_on(self.fields["ANA_pattern"] if row.test == "ANA" else row.answer)
                return
            if field is row.answer and row.test == list(self._rows)[-1]:
                self.after_last().setFocus(Qt.FocusReason.TabFocusReason)
                return
        super().go_on(field)

    # saving
