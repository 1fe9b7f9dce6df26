"""Log a test: one line per value with everything derived live, by keyboard alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.records import DlcoUnit, Pft, Visit
from ctdild_desktop.clinical.typed_text import LONGEST_COMMENT
from ctdild_desktop.services import pft
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.pft import PftPreview
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.field_form import FormField
from ctdild_desktop.ui.dialogs.record_sheet import RecordActs, RecordSheet
from ctdild_desktop.ui.dialogs.texts import as_text
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.pft.measure_grid import MeasureGrid
from ctdild_desktop.ui.pft.more_fields import MoreFields
from ctdild_desktop.ui.pft.pft_fields import (
    VISIT_FIELDS,
    TestDraft,
    carried,
    main_fields,
    make_draft,
    not_done_field,
    unit_field,
    usual_dlco_unit,
    values_of,
    visit_fields,
)
from ctdild_desktop.ui.pft.previewing import Previewing
from ctdild_desktop.ui.pft.saved_now import SavedNow
from ctdild_desktop.ui.widgets.fields import Field, FieldState, TextField
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip

_TEST_FIELDS = frozenset(item.name for item in fields(Pft))
_MEASURED = (
    *("fvc_l", "fev1_l", "dlco", "fvc_pct_pred", "dlco_pct_pred", "not_done_fvc", "not_done_dlco"),
    *("tlc_l", "va_l", "kco", "spo2_rest", "spo2_nadir", "hb_g_l"),
)
"""A test needs one of these."""
_TYPING_PAUSE_MS = 120


class PftSheet(RecordSheet):
    """A new test, dated today unless said otherwise, or one to correct.

    ``preview_changed`` carries the test as typed (a ``DerivedTest``), or None when nothing is shown any more.
    """

    preview_changed = Signal(object)
    next_requested = Signal()
    """Saved with Ctrl+Shift+Enter: the next patient, please."""
    open_test_requested = Signal(str)
    """The test of the same day shall be opened instead."""

    acts = RecordActs(keep=pft.amend_pft, remove=pft.remove_pft)

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        view: PatientView,
        saved: Pft | None = None,
        parent: QWidget | None = None,
    ) -> None:
        title = "Log PFT" if saved is None else "PFT"
        super().__init__(
            desk,
            runner,
            view,
            title=QCoreApplication.translate("PftSheet", title),
            draft_kind="pft",
            saved=saved,
            parent=parent,
        )
        self.setMinimumWidth(theme.scaled(576))
        self._previewing = Previewing(desk, view, saved.id if saved is not None else "")
        self._both_on: object = None
        self._next = False
        self.measures = MeasureGrid()
        self.saved_now = SavedNow()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_TYPING_PAUSE_MS)
        self._pause.timeout.connect(self.refresh)
        self._add_rows()
        self._add_foot()
        self._fill_start()
        for field in (self.fields["fvc_l"], self.fields["dlco"]):
            field.installEventFilter(self)

    # building

    def _add_rows(self) -> None:
        self.body.insertLayout(0, self.measures.layout)
        for caption, field, unit in main_fields(self.desk.today):
            self.measures.add_measure(caption, field, unit, self.make_note(field))
            self.register(field, required=field.objectName() == "date")
            if field.objectName() in ("fvc_l", "dlco"):
                self._add_not_done(field)
        for caption, asked in visit_fields():
            self.measures.add_wide(caption, asked, self.make_note(asked))
            self.register(asked)
        comment = TextField("comment", self.tr("Comment"), max_length=LONGEST_COMMENT)
        self.measures.add_wide(self.tr("C&omment"), comment, self.make_note(comment))
        self.register(comment)
        self._unit = unit_field()
        self._unit.setParent(self)
        self._unit.hide()
        self.register(self._unit)
        self._add_more()
        self.body.insertWidget(3, self.saved_now)

    def _add_not_done(self, field: FormField) -> None:
        measure = field.objectName().removesuffix("_l")
        reason = not_done_field(f"not_done_{measure}", field.label)
        self.measures.add_wide(self.tr("not done"), reason, self.make_note(reason))
        self.register(reason)
        self.measures.show_row(reason.objectName(), reason, shown=False)

    def _add_more(self) -> None:
        self._more_button = named(QToolButton(), "pft_more")
        self._more_button.setText(
            self.tr("More: quality, TLC, VA, KCO, height, printed %, laboratory, leave out   Alt+M")
        )
        self._more_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._more_button.setArrowType(Qt.ArrowType.RightArrow)
        self._more_button.setCheckable(True)
        self._more_button.setAutoRaise(True)
        self._more_button.toggled.connect(self._on_more)
        self.body.insertWidget(1, self._more_button)
        self._more = MoreFields()
        for field in self._more.fields:
            self._more.add_note(field, self.make_note(field))
            self._below.add(field.objectName())
            self.register(field)
        self._more.hide()
        self.body.insertWidget(2, self._more)
        self.add_key("Alt+M", self._more_button.toggle)

    def _add_foot(self) -> None:
        button = named(QPushButton(self.tr("Save and next  Ctrl+Shift+Enter")), "sheet_save_next")
        button.clicked.connect(self.save_and_next)
        self.foot.insertWidget(self.foot.count() - 1, button)
        for key in ("Ctrl+Shift+Return", "Ctrl+Shift+Enter"):
            self.add_key(key, self.save_and_next)

    def _fill_start(self) -> None:
        if self.old is not None:
            self.fill(self.values_from(self.old))
            return
        last = self.record.tests[-1] if self.record.tests else None
        self.fill({name: None for name in self.fields})
        self.fields["date"].set_text(wording.day(self.desk.today()))
        self._unit.set_text(usual_dlco_unit(self.record, self.desk.settings))
        if last is not None:
            self.fields["laboratory"].set_text(last.laboratory)
            if last.reference_set is not None and last.fvc_pct_pred is not None:
                self.fields["reference_set"].set_text(last.reference_set)
        self._carry()
        self.drafts.set_start(self.payload())

    def _visit_of(self, test: Pft) -> Visit | None:
        return next((visit for visit in self.record.visits if visit.date == test.date), None)

    def _carry(self) -> None:
        """Height and weight of the last time, marked so; a carried weight is not saved as measured."""
        for name, (value, since) in carried(self.record).items():
            field = self.fields[name]
            assert isinstance(field, Field)
            field.set_carried(as_text(value), since)

    # values

    def read(self, name: str) -> Any:
        """See :meth:`FieldForm.read`; a weight that is only carried over counts as not measured."""
        field = self.fields[name]
        if name == "weight_kg" and field.state is FieldState.CARRIED:
            return None
        return super().read(name)

    def readable(self) -> bool:
        """See :meth:`FieldForm.readable`: with a date, the other values show what they can."""
        return self.read("date") is not None

    def build(self) -> TestDraft:
        """See :meth:`FieldForm.build`."""
        base = self.old or Pft(id="", date=self.desk.today())
        draft = make_draft(base, self._visit_of(base) if self.old is not None else None, self.read)
        kept = {*base.confirmed_unusual, *self.confirmed} & _TEST_FIELDS
        return replace(draft, test=replace(draft.test, confirmed_unusual=tuple(sorted(kept))))

    def preview(self) -> PftPreview | None:
        """What the fields say, computed once per state of the fields; None while there is no date."""
        if not self.readable():
            return None
        draft = self.build()
        return self._previewing.of(self.record, draft.test, draft.visit)

    def issues_of(self, value: Any) -> tuple[Issue, ...]:
        """See :meth:`FieldForm.issues_of`."""
        shown = self.preview()
        return shown.issues if shown is not None and value == self.build() else ()

    # live read-outs

    def refresh_typing(self) -> None:
        """See :meth:`FieldForm.refresh_typing`."""
        self._pause.start()

    def refresh(self) -> None:
        """Show the derived values, the verdicts and the hollow point for what is typed."""
        self._pause.stop()
        self.measures.set_unit("dlco", self.text("dlco_unit"))
        weight = self.fields["weight_kg"]
        self.measures.set_unit(
            "weight_kg", self.tr("kg, carried") if weight.state is FieldState.CARRIED else "kg"
        )
        for name, measure in (("fvc_l", "not_done_fvc"), ("dlco", "not_done_dlco")):
            reason = self.fields[measure]
            if self.text(name) and self.text(measure):
                reason.set_text("")
            if self.text(name) or self.text(measure):
                self.measures.show_row(measure, reason, shown=not self.text(name))
        shown = self.preview()
        self.measures.set_unit("date", self._day_words())
        self.saved_now.show_preview(shown)
        if shown is None:
            self.preview_changed.emit(None)
            return
        self._show_last(shown)
        derived = shown.derived
        for name, value, to_last, to_reference in (
            ("fvc_l", derived.fvc, shown.to_last.fvc, shown.to_reference.fvc),
            ("fev1_l", derived.fev1, shown.to_last.fev1, shown.to_reference.fev1),
            ("dlco", derived.dlco, shown.to_last.dlco, shown.to_reference.dlco),
        ):
            self.measures.set_values(name, value if value.shown else None, to_last, to_reference)
        self._ask_same_day(shown)
        typed = derived.fvc.shown or derived.dlco.shown
        self.preview_changed.emit(derived if typed else None)

    def _day_words(self) -> str:
        day = self.read("date")
        if day is None:
            return ""
        days = (self.desk.today() - day).days
        return {0: self.tr("today"), 1: self.tr("yesterday")}.get(days, "")

    def _show_last(self, shown: PftPreview) -> None:
        head = self.tr("Last")
        if shown.last is None:
            self.measures.heads["last"].setText(head)
            for name in ("fvc_l", "fev1_l", "dlco", "hb_g_l", "spo2_rest", "spo2_nadir", "weight_kg"):
                self.measures.set_last(name, "")
            return
        test = shown.last.test
        self.measures.heads["last"].setText(wording.day_and_month(test.date))
        self.measures.heads["last"].setToolTip(tip(f"{head} {wording.day(test.date)}"))
        same_unit = test.dlco_unit is None or test.dlco_unit.value == self.text("dlco_unit")
        for name, value in (
            ("fvc_l", test.fvc_l),
            ("fev1_l", test.fev1_l),
            ("dlco", test.dlco if same_unit else None),
            ("hb_g_l", test.hb_g_l),
            ("spo2_rest", test.spo2_rest),
            ("spo2_nadir", test.spo2_nadir),
            ("weight_kg", test.weight_kg),
        ):
            told = wording.haemoglobin(value) if name == "hb_g_l" and value is not None else as_text(value)
            self.measures.set_last(name, told)

    # the test of the same day

    def _ask_same_day(self, shown: PftPreview) -> None:
        day = self.read("date")
        if shown.same_day is None or self._both_on == day or self.reading:
            if self.notice.property("same_day"):
                self.notice.clear()
                self.notice.setProperty("same_day", False)
            return
        other = shown.same_day
        self.notice.say(
            self.tr("A PFT of this date exists."),
            (self.tr("Open it"), lambda: self.open_test_requested.emit(other)),
            (self.tr("Keep both"), self._on_keep_both),
            (self.tr("Cancel"), self.close_sheet),
        )
        self.notice.setProperty("same_day", True)

    def _on_keep_both(self) -> None:
        self._both_on = self.read("date")
        self.refresh()
        self.order[1].setFocus(Qt.FocusReason.OtherFocusReason)

    # saving

    def save(self) -> None:
        """See :meth:`FormSheet.save`."""
        self._next = False
        self._save()

    def save_and_next(self) -> None:
        """Save, then ask for the next patient."""
        self._next = True
        self._save()

    def _save(self) -> None:
        """Save; a second test of one day only when both are wanted."""
        shown = self.preview() if not self.comparing_now else None
        if shown is not None and shown.same_day is not None and self._both_on != self.read("date"):
            self._ask_same_day(shown)
            self.notice.focus_first()
            return
        super().save()

    def _on_saved(self, done: Done[Any]) -> None:
        super()._on_saved(done)
        if self._next:
            self.next_requested.emit()

    def complete(self) -> bool:
        """See :meth:`FieldForm.complete`; a test without any value or reason is none."""
        if not super().complete():
            return False
        if not any(self.text(name) for name in _MEASURED):
            self.refuse("fvc_l", self.tr("A value, or N for not done"))
            return False
        return True

    # changed elsewhere

    def values_from(self, record: Any) -> dict[str, object]:
        """See :meth:`SavedSheet.values_from`; of a visit the fields that this sheet asks."""
        if isinstance(record, Visit):
            return {name: getattr(record, name) for name in VISIT_FIELDS}
        values = values_of(record, self._visit_of(record), self.fields)
        unit = values["dlco_unit"] or usual_dlco_unit(self.record, self.desk.settings)
        return {**values, "dlco_unit": unit}

    def part_of(self, value: Any, kind: type[Any]) -> Any:
        """See :meth:`SavedSheet.part_of`: the test, or the visit of the same day."""
        return value.visit if kind is Visit else value.test

    def go_on_from(self, record: Any) -> None:
        """See :meth:`SavedSheet.go_on_from`."""
        test, began = self.old, self._began
        if isinstance(record, Visit):
            others = tuple(visit for visit in self.record.visits if visit.id != record.id)
            self.view = replace(self.view, record=replace(self.record, visits=(*others, record)))
        super().go_on_from(record)
        if isinstance(record, Visit):
            self.old, self._began = test, replace(began, visit=record)
            self.drafts.set_start(self.drafts.start, test.version)
        else:
            self._began = replace(began, test=record)

    def add(self, value: Any, confirmed: Collection[str]) -> Done[Any]:
        """See :meth:`RecordSheet.add`."""
        test = _with_confirmed(value.test, confirmed)
        return pft.record_pft(self.desk, self.record.patient.id, test, value.visit, confirmed=confirmed)

    def amend(self, value: Any, confirmed: Collection[str]) -> Done[Any]:
        """See :meth:`RecordSheet.amend`."""
        test = _with_confirmed(value.test, confirmed)
        return pft.amend_pft(self.desk, test, value.visit, confirmed=confirmed)

    # keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """N says not done, U changes the unit of DLCO; both only where no letter can be meant."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and not self.reading
            and event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        ):
            name = watched.objectName()
            if event.key() == Qt.Key.Key_N and name in ("fvc_l", "dlco"):
                self._not_done(name)
                return True
            if event.key() == Qt.Key.Key_U and name == "dlco":
                units = [unit.value for unit in DlcoUnit]
                self._unit.set_text(units[(units.index(self.text("dlco_unit")) + 1) % len(units)])
                return True
        return super().eventFilter(watched, event)

    def _not_done(self, name: str) -> None:
        reason = self.fields[f"not_done_{name.removesuffix('_l')}"]
        self.fields[name].set_text("")
        self.measures.show_row(reason.objectName(), reason, shown=True)
        reason.setFocus(Qt.FocusReason.TabFocusReason)

    def show_field(self, field: FormField) -> None:
        """See :meth:`FormSheet.show_field`."""
        if self._more.isAncestorOf(field) and not self._more.isVisible():
            self._more_button.setChecked(True)
        super().show_field(field)

    def _on_more(self, shown: bool) -> None:
        self._more.setVisible(shown)
        self._more_button.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        if shown:
            self.fields["height_cm"].setFocus(Qt.FocusReason.TabFocusReason)


def _with_confirmed(test: Pft, confirmed: Collection[str]) -> Pft:
    """The test with the fields whose unlikely value was confirmed."""
    kept = {*test.confirmed_unusual, *confirmed} & _TEST_FIELDS
    return replace(test, confirmed_unusual=tuple(sorted(kept)))
