"""Type the blood results of one sample: a row for each test, saved together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QWidget

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.lab_entry import LabResult, limits_text, result_text, unit_text
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.plausibility_measured import units_of
from ctdild_desktop.clinical.records import Lab
from ctdild_desktop.language import say
from ctdild_desktop.services import labs
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.field_form import FormField
from ctdild_desktop.ui.dialogs.record_sheet import RecordActs
from ctdild_desktop.ui.dialogs.texts import as_bool, yes_no
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.measured.panel_sheet import PanelSheet
from ctdild_desktop.ui.measured.result_fields import LimitsField, ResultField
from ctdild_desktop.ui.measured.result_grid import ResultGrid, read_out
from ctdild_desktop.ui.measured.words import flag_words, grade_words
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import TextField
from ctdild_desktop.ui.widgets.option_field import OptionField
from ctdild_desktop.ui.widgets.plain import tip

_FIRST = frozenset({"blood count", "kidney", "liver", "muscle", "inflammation"})
"""Groups that are in sight from the beginning; the others are behind a button."""
_WIDTHS = (120, 68, 92, 80, 106, 58)


@dataclass(frozen=True, slots=True)
class _Row:
    """The fields and read-outs of one test."""

    test: str
    field: ResultField
    unit: ChoiceField | TextField | None
    limits: LimitsField
    last: QLabel
    grade: QLabel


class LabsSheet(PanelSheet):
    """The results of one sample, dated today unless said otherwise. Enter goes from test to test."""

    acts = RecordActs(keep=labs.record_labs, add=labs.record_labs)

    def __init__(self, desk: Desk, runner: Runner, view: PatientView, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            runner,
            view,
            title=QCoreApplication.translate("LabsSheet", "Bloods"),
            draft_kind="labs",
            parent=parent,
        )
        tr = self.tr
        self.add_field(
            tr("&Fasting"), OptionField("fasting", tr("Fasting"), yes_no(tr("Yes"), tr("No")), advance=True)
        )
        self._rows: dict[str, _Row] = {}
        self._add_rows()
        self._fill_start()

    # building

    def _add_rows(self) -> None:
        heads = ("", self.tr("Result"), self.tr("Unit"), self.tr("Limits"), self.tr("Last"), "")
        first = ResultGrid(_WIDTHS, heads, self.make_note)
        more = ResultGrid(_WIDTHS, (), self.make_note)
        group = ""
        for listed in codes.labs():
            grid = first if listed.group in _FIRST else more
            if listed.group != group:
                group = listed.group
                grid.add_group(wording.capital(say(group)))
            self._add_row(grid, listed)
        for row in self._rows.values():
            for field in (row.unit, row.limits):
                if field is not None:
                    self.register(field)
        words = self.tr("More: heart, lung, immunology, infection, metabolism, drug safety, other   Alt+M")
        self.show_grids(first, more, words, "labs_more")

    def _add_row(self, grid: ResultGrid, listed: codes.LabCode) -> None:
        test, label = listed.code, wording.capital(listed.label)
        field = ResultField(test, label, in_words=not listed.unit)
        field.setFixedHeight(theme.scaled(24))
        limits = LimitsField(f"{test}_limits", self.tr("{test}, limits").format(test=label))
        units = units_of(test)
        unit: ChoiceField | TextField | None = None
        shown: ChoiceField | TextField | QLabel
        if len(units) > 1:
            words = self.tr("{test}, unit").format(test=label)
            unit = ChoiceField(f"{test}_unit", words, [(one, unit_text(one)) for one in units], empty=None)
            unit.setMinimumContentsLength(6)
            shown = unit
        elif test == "other":
            unit = TextField("other_unit", self.tr("{test}, unit").format(test=label), max_length=40)
            shown = unit
        else:
            shown = read_out(f"{test}_unit_words", secondary=True)
            shown.setText(unit_text(units[0]) if units else "")
        last = read_out(f"{test}_last", secondary=True, right=True)
        grade = read_out(f"{test}_grade")
        caption: str | FormField = label
        if test == "other":
            caption = TextField("other_test_name", self.tr("Name of the other test"), max_length=100)
            caption.setPlaceholderText(self.tr("another test"))
            self.register(caption)
        grid.add_row(caption, (field, shown, limits, last, grade))
        self.register(field)
        self._rows[test] = _Row(test, field, unit, limits, last, grade)

    def _fill_start(self) -> None:
        self.fill({name: None for name in self.fields if name not in self._units()})
        self.fields["date"].set_text(wording.day(self.desk.today()))
        recorded = self.record.labs
        if recorded:
            self.fields["laboratory"].set_text(recorded[-1].laboratory)
        for row in self._rows.values():
            known = self._last(row.test)
            units = units_of(row.test)
            if isinstance(row.unit, ChoiceField):
                usual = wording.haemoglobin_unit() if row.test == "hb" else units[0]
                row.unit.set_text(known.unit if known is not None and known.unit in units else usual)
            if known is not None and row.test != "other":
                row.limits.set_text(limits_text(known.lln, known.uln))
        self.drafts.set_start(self.payload())

    def _units(self) -> frozenset[str]:
        return frozenset(
            row.unit.objectName() for row in self._rows.values() if isinstance(row.unit, ChoiceField)
        )

    def _last(self, test: str) -> Lab | None:
        """The latest result of a test before the day of the sample."""
        day: PartialDate | None = self.read("date")
        known = [
            lab
            for lab in self.record.labs
            if lab.test == test and (day is None or lab.date.latest < day.earliest)
        ]
        return known[-1] if known else None

    # values

    def build(self) -> tuple[Lab, ...]:
        """See :meth:`FieldForm.build`."""
        made = (self._lab(row) for row in self._rows.values())
        return tuple(lab for lab in made if lab is not None)

    def _lab(self, row: _Row) -> Lab | None:
        result: LabResult | None = self.read(row.test)
        if result is None:
            return None
        numbers = result.value is not None
        lln, uln = self.read(row.limits.objectName()) or (None, None)
        return Lab(
            id="",
            date=self.read("date"),
            test=row.test,
            test_name=self.text("other_test_name") if row.test == "other" else "",
            value=result.value,
            unit=self._unit(row) if numbers else "",
            detection=result.detection,
            result=result.result,
            text=result.text,
            lln=lln if numbers else None,
            uln=uln if numbers else None,
            fasting=as_bool(self.read("fasting")),
            laboratory=self.text("laboratory"),
        )

    def _unit(self, row: _Row) -> str:
        if row.unit is not None:
            return self.text(row.unit.objectName())
        return next(iter(units_of(row.test)), "")

    def issues_of(self, value: Any) -> tuple[Issue, ...]:
        """See :meth:`FieldForm.issues_of`."""
        found = labs.check_all(value, self.record, self.desk.today()) if value else ()
        return tuple(self._placed(issue) for issue in found)

    def _placed(self, issue: Issue) -> Issue:
        test, _, field = issue.field.rpartition("_")
        if field in {"lln", "uln"} and test in self._rows:
            return replace(issue, field=f"{test}_limits")
        if field == "unit" and issue.field not in self.fields:
            return replace(issue, field=test)
        return issue

    def complete(self) -> bool:
        """See :meth:`FieldForm.complete`; limits or a name without a result are not left out silently."""
        if not super().complete():
            return False
        if self.text("other_test_name") and not self.text("other"):
            self.refuse("other", self.tr("A result is needed"))
            return False
        for row in self._rows.values():
            name = row.limits.objectName()
            typed = self.text(name)
            if typed and typed != self.drafts.start.get(name, "") and not self.text(row.test):
                self.refuse(row.test, self.tr("A result is needed"))
                return False
        if not self.build():
            self.refuse("hb", self.tr("A result is needed"))
            return False
        return True

    # live read-outs

    def refresh(self) -> None:
        """Show the last result, and what the limits and CTCAE say of the one that is typed."""
        for row in self._rows.values():
            known = self._last(row.test)
            row.last.setText("" if known is None else self._last_words(known, self._unit(row)))
            row.last.setToolTip(tip("" if known is None else self._last_words(known, "", full=True)))
            lab = self._lab(row) if row.field.text_value() and self.read("date") is not None else None
            words, why = ("", "") if lab is None else self._grade_words(lab)
            row.grade.setText(words)
            row.grade.setToolTip(tip(why))
            row.grade.setFont(theme.font(bold=bool(words)))

    def _last_words(self, known: Lab, unit: str, *, full: bool = False) -> str:
        in_unit = f" {unit_text(known.unit)}" if known.unit and (full or known.unit != unit) else ""
        day = wording.partial(known.date)
        return f"{result_text(known)}{in_unit}, {day}" if full or not in_unit else f"{day}"

    def _grade_words(self, lab: Lab) -> tuple[str, str]:
        grade = labs.grade_of(lab, self.record)
        if grade is not None and grade.grade:
            return grade_words(grade)
        return flag_words(labs.flag_of(lab)), ""

    # going on

    def go_on(self, field: FormField) -> None:
        """See :meth:`FieldForm.go_on`; from anywhere in a row to the result of the next test in sight."""
        tests = list(self._rows)
        here = next(
            (row.test for row in self._rows.values() if field in (row.field, row.unit, row.limits)), ""
        )
        if not here:
            super().go_on(field)
            return
        for test in tests[tests.index(here) + 1 :]:
            following = self._rows[test].field
            if following.isVisibleTo(self):
                following.setFocus(Qt.FocusReason.TabFocusReason)
                self.show_field(following)
                return
        self.after_last().setFocus(Qt.FocusReason.TabFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """U changes the unit of a result, where a letter cannot be meant."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_U
            and event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
            and not self.reading
        ):
            row = self._rows.get(watched.objectName())
            if row is not None and isinstance(row.unit, ChoiceField):
                units = units_of(row.test)
                row.unit.set_text(units[(units.index(self._unit(row)) + 1) % len(units)])
                return True
        return super().eventFilter(watched, event)

    # saving
