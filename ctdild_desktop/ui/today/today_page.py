"""The room of the day: the work list with its filters, the clinic, the next meeting, and what to do first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.clinical import wording
from ctdild_desktop.services import drafts, snoozes
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.permissions import why_not
from ctdild_desktop.services.today import Group, Place, TodayRow
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.changes import ChangeBus
from ctdild_desktop.ui.due import words
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.today.clinic_panel import ClinicPanel
from ctdild_desktop.ui.today.reader import TodayReader
from ctdild_desktop.ui.today.today_head import TodayHead
from ctdild_desktop.ui.today.work_list import WorkList
from ctdild_desktop.ui.today.work_model import WorkModel
from ctdild_desktop.ui.today.work_view import WorkView
from ctdild_desktop.ui.widgets.empty_state import EmptyState
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.page_stack import PageStack

if TYPE_CHECKING:
    from ctdild_desktop.ui.dialogs.form_sheet import FormSheet

ACTION_OF: dict[Place, str] = {
    Place.LOG_PFT: "log_pft",
    Place.TEST: "log_pft",
    Place.HRCT: "add_hrct",
    Place.VISIT: "add_visit",
    Place.BLOODS: "add_labs",
    Place.HEART: "add_heart_test",
    Place.DETAILS: "edit_patient",
    Place.DIAGNOSIS: "add_diagnosis",
}
"""Which declared action is behind a place; who may not do it is led to the patient."""
_QUIET_MS = 400
_SHEET_WIDTH = 440
_MINUTE_MS = 60_000


class TodayPage(QWidget):
    """Shows what the reader reads. It asks by signals and acts on nothing itself."""

    open_requested = Signal(object)
    """A ``TodayRow`` whose work shall be done; its place is one that the role allows."""
    patient_requested = Signal(str)
    """Id of a patient of the clinic."""
    action_requested = Signal(str)
    """Id of an action: ``new_patient``, ``import``, ``open_demo`` or ``inbox``."""
    snooze_requested = Signal(object)
    """A ``TodayRow`` that shall be put off, or that was and shall be shown again."""
    done_requested = Signal(object)
    """A ``TodayRow`` whose work was done."""
    print_requested = Signal(object)
    """A ``PrintedList`` of what is in sight."""
    refused = Signal(str)
    """Why the list was not read."""

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        changes: ChangeBus,
        permits: Permits,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("today_page")
        self._desk = desk
        self._permits = permits
        self._only: Group | None = None
        self._put_off = False
        """Whether the rows are shown that were put off."""
        self._sheet: FormSheet | None = None
        self._unfolded: set[Group] = set()
        self.reader = TodayReader(desk, runner, self)
        self.model = WorkModel(self.leads_to, self)
        self.view = WorkView(self.model)
        self.clinic = ClinicPanel()
        self.head = TodayHead()
        self._quiet = self._timer(_QUIET_MS, self._show_progress, once=True)
        self._midnight = self._timer(_MINUTE_MS, self.reader.wake, once=False)
        self._lay_out()
        self._connect(changes)
        self.fit()

    def _timer(self, every: int, then: object, *, once: bool) -> QTimer:
        made = QTimer(self)
        made.setInterval(every)
        made.setSingleShot(once)
        made.timeout.connect(then)
        return made

    def _lay_out(self) -> None:
        self._nothing = EmptyState(self.tr("Nothing is due"))
        self._new = EmptyState(
            self.tr("No patients yet"),
            self.tr("What is due, newly met or incomplete will be listed here, the most urgent first."),
            (
                ("new_patient", self.tr("Add a patient  Ctrl+N")),
                ("import", self.tr("Import a spreadsheet  Ctrl+I")),
                ("open_demo", self.tr("Learn with invented patients")),
            ),
            upright=True,
        )
        self._stack = named(PageStack(), "today_stack")
        for part in (self.view, self._nothing, self._new):
            self._stack.addWidget(part)
        self._progress = self._make_progress()
        self._waiting = named(QPushButton(), "today_waiting")
        self._waiting.setFlat(True)
        self._waiting.setProperty("link", True)
        self._waiting.clicked.connect(lambda: self.action_requested.emit("inbox"))
        self._waiting.hide()
        self._permits.fit(self._waiting, "inbox")
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self._waiting, 0, Qt.AlignmentFlag.AlignLeft)
        left.addWidget(self._stack, 1)
        left.addWidget(self._progress)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addLayout(left, 1)
        middle.addWidget(self.clinic)
        self._middle = middle
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addLayout(middle, 1)

    def _make_progress(self) -> QFrame:
        made = named(QFrame(), "today_progress")
        foot = QHBoxLayout(made)
        foot.setContentsMargins(theme.scaled(10), 2, theme.scaled(10), 2)
        self._told = named(QLabel(), "today_told")
        self._told.setProperty("secondary", True)
        self._stop = named(QPushButton(), "today_stop")
        self._stop.setFlat(True)
        self._stop.setProperty("link", True)
        foot.addWidget(self._told)
        foot.addWidget(self._stop)
        foot.addStretch(1)
        made.hide()
        return made

    def _connect(self, changes: ChangeBus) -> None:
        self.reader.changed.connect(self._show)
        self.reader.refused.connect(self.refused)
        changes.changed.connect(self.reader.hear)
        self.view.opened.connect(self._on_opened)
        self.view.unfolding.connect(self._on_unfolding)
        self.view.typed.connect(self._on_typed)
        self.view.pressed_space.connect(self.snooze_requested)
        self.view.pressed_done.connect(self.done_requested)
        self.view.selectionModel().currentChanged.connect(self._fit_snooze)
        self.head.chosen.connect(self.choose)
        self.head.put_off_chosen.connect(self.show_put_off)
        self.head.print_asked.connect(self.print_list)
        self.head.snooze.clicked.connect(self._on_snooze)
        self.clinic.opened.connect(self.patient_requested)
        self._new.chosen.connect(self.action_requested)
        self._stop.clicked.connect(self._on_stop)
        self._permits.changed.connect(self.fit)

    # who may do what

    def fit(self) -> None:
        """Offer what the role may do."""
        for code in ("new_patient", "import"):
            self._permits.fit(self._new.buttons[code], code)
        if self._permits.refusal("new_patient"):
            self._new.set_text(self.tr("Ask a recorder or clinician to add the first patient."))
        self.model.fit()
        self._fit_snooze()

    def _fit_snooze(self) -> None:
        self.head.offer_snooze(
            again=self._put_off,
            possible=self.view.current_row() is not None,
            refusal=why_not(self._desk, snoozes.put_off),
        )

    def leads_to(self, place: Place) -> Place:
        """Where Enter leads for this role."""
        action = ACTION_OF.get(place)
        refused = self._permits.refusal(action) if action is not None else ""
        if place is Place.DRAFT:
            refused = why_not(self._desk, drafts.save_draft)
        return Place.PATIENT if refused else place

    # what is shown

    def showEvent(self, event: QShowEvent) -> None:
        """Read while the list is in sight; a row that was done elsewhere is gone."""
        super().showEvent(event)
        self._midnight.start()
        self._quiet.start()
        self.reader.wake()
        self._show()

    def hideEvent(self, event: QHideEvent) -> None:
        """Wait while it is not."""
        super().hideEvent(event)
        self._midnight.stop()
        self._quiet.stop()
        self.reader.sleep()

    def show_waiting(self, count: int) -> None:
        """Say how many messages of devices and laboratories wait in the inbox; none is not said."""
        words = (
            self.tr("1 message of a device or a laboratory waits  Ctrl+J")
            if count == 1
            else self.tr("{count} messages of devices and laboratories wait  Ctrl+J").format(count=count)
        )
        self._waiting.setText(words)
        self._waiting.setAccessibleName(words)
        self._waiting.setVisible(count > 0)

    def focus_first(self) -> None:
        """Put the focus where work begins."""
        if self._sheet is not None:
            self._sheet.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        place: QWidget | None = self._stack.currentWidget()
        if place is self._new:
            place = next((one for one in self._new.buttons.values() if one.isEnabled()), None)
        place = place or self._new
        place.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, group: Group | None) -> None:
        """Show the rows of one kind of reason, or of all; the list has the keyboard."""
        self._only, self._put_off = group, False
        self.head.filters[group].setChecked(True)
        self._show_from_the_top()

    def show_put_off(self) -> None:
        """Show what was put off, with until when; the list has the keyboard."""
        self._only, self._put_off = None, True
        self.head.put_off.setChecked(True)
        self._show_from_the_top()

    @property
    def sheet(self) -> FormSheet | None:
        """The sheet at the right of the list."""
        return self._sheet

    def open_sheet(self, sheet: FormSheet) -> None:
        """Put a sheet at the right of the list, in place of the clinic."""
        self.close_sheet()
        sheet.setMaximumWidth(theme.scaled(_SHEET_WIDTH))
        self._sheet = sheet
        self.clinic.hide()
        self._middle.addWidget(sheet)
        sheet.show()

    def close_sheet(self) -> None:
        """Take the sheet away; the list has the keyboard."""
        sheet, self._sheet = self._sheet, None
        if sheet is not None:
            self._middle.removeWidget(sheet)
            sheet.hide()
            sheet.deleteLater()
            self._show()
            self.focus_first()

    def print_list(self) -> None:
        """Ask for what is in sight on paper."""
        shown = self._rows().shown(self._only, self._unfolded)
        if not shown:
            return
        reader, note = self.reader, ""
        if reader.patients and reader.read < reader.patients:
            note = self.tr("{read} of {count} patients looked at").format(
                read=reader.read, count=reader.patients
            )
        from ctdild_desktop.ui.today.printing import printed

        self.print_requested.emit(printed(self._desk, shown, note))

    def _show_from_the_top(self) -> None:
        self._show()
        self.view.go_to_first()
        self.focus_first()

    def forget(self) -> None:
        """Let go of everybody."""
        self.reader.forget()
        self.model.forget()
        self.clinic.forget()
        self._nothing.set_text("")
        self.head.show_counts({}, 0)

    def _show(self) -> None:
        reader, work, put_off = self.reader, self.reader.work, self.reader.put_off.counts[None]
        self.head.set_day(work.day)
        counts = work.counts
        self.head.show_counts(counts, put_off, keep=self._put_off)
        with self.view.keeping_place():
            self.model.show_groups(self._rows().shown(self._only, self._unfolded))
        if self.view.hasFocus():
            self.view.choose_first()
        self._fit_snooze()
        self.head.print.setEnabled(bool(self.model.rowCount()))
        self._show_empty(put_off if self._put_off else counts[self._only])
        self.clinic.show_clinic(work.clinics, work.day)
        self.clinic.show_meeting(
            reader.meeting, open_actions=counts[Group.ACTIONS], overdue=work.overdue_actions
        )
        known = bool(work.clinics) or reader.meeting is not None
        self.clinic.setVisible(known and self._sheet is None)
        if reader.busy or reader.idle:
            if not self._quiet.isActive():
                self._show_progress()
        else:
            self._progress.hide()

    def _rows(self) -> WorkList:
        return self.reader.put_off if self._put_off else self.reader.work

    def _show_empty(self, count: int) -> None:
        reader = self.reader
        shown: QWidget = self.view
        if reader.patients == 0:
            shown = self._new
        elif not (count or reader.busy or reader.idle):
            shown = self._nothing
            self._nothing.set_title(self._nothing_words())
            self._nothing.set_text(self._following_words())
        if shown is not self._stack.currentWidget():
            focus = QApplication.focusWidget()
            had_focus = focus is not None and self._stack.isAncestorOf(focus)
            self._stack.bring(shown)
            if had_focus:
                self.focus_first()

    def _nothing_words(self) -> str:
        if self._put_off:
            return self.tr("Nothing is put off.")
        if self._only is None:
            return self.tr("Nothing is due.")
        return self.tr("{group}: nothing.").format(group=words.group_title(self._only))

    def _following_words(self) -> str:
        everything = self._only is None and not self._put_off
        coming = self.reader.work.following if everything else None
        if coming is None:
            return ""
        day, what, name = coming
        return self.tr("Next: {what} for {name} on {date}.").format(
            what=what, name=name, date=wording.day(day)
        )

    def _show_progress(self) -> None:
        reader = self.reader
        if not (reader.busy or reader.idle):
            self._progress.hide()
            return
        if reader.patients is None:
            told = self.tr("Looking who needs something…")
            if reader.idle:
                told = self.tr("The list was not read.")
        else:
            told = self.tr("{read} of {count} patients looked at").format(
                read=reader.read, count=reader.patients
            )
        self._told.setText(told)
        self._told.setAccessibleName(told)
        self._stop.setText(self.tr("Go on") if reader.idle else self.tr("Stop"))
        self._progress.show()

    # what the person does

    def _on_stop(self) -> None:
        if self.reader.idle:
            self.reader.resume()
        else:
            self.reader.stop()

    def _on_snooze(self) -> None:
        row = self.view.current_row()
        if row is not None:
            self.snooze_requested.emit(row)

    def _on_opened(self, row: TodayRow) -> None:
        self.open_requested.emit(row)

    def _on_unfolding(self, group: Group, whole: bool) -> None:
        (self._unfolded.add if whole else self._unfolded.discard)(group)
        self._show()

    def _on_typed(self, letters: str) -> None:
        """Go to the next row of whom the letters mean; a group that hides it is shown whole."""
        found = self._rows().named(letters, self._only)
        if not found:
            return
        current = self.view.current_row()
        if current is not None and current in found:
            later = found[found.index(current) + 1 :] if len(letters) == 1 else found[found.index(current) :]
            found = later + found
        row = found[0]
        if not self.model.find(row).isValid():
            self._on_unfolding(row.group, True)
        self.view.choose(self.model.find(row))
