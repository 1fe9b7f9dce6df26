"""The room of the team's meetings: meetings at the left, the agenda of one, and whom it might discuss."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.meetings import Case, MeetingLine, MeetingView
from ctdild_desktop.services.suggestions import Suggestion
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.mdt import meeting_list
from ctdild_desktop.ui.mdt.agenda_head import AgendaHead
from ctdild_desktop.ui.mdt.agenda_model import AgendaModel
from ctdild_desktop.ui.mdt.agenda_view import AgendaView
from ctdild_desktop.ui.mdt.meeting_list import MeetingModel
from ctdild_desktop.ui.mdt.suggestion_list import SuggestionModel, SuggestionView
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.widgets.empty_state import EmptyState
from ctdild_desktop.ui.widgets.later import Later
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.page_stack import PageStack
from ctdild_desktop.ui.widgets.section_header import SectionHeader

_MEETINGS, _SIDE, _SHEET = 256, 272, 470
_WIDE = 1500
"""Width from which the meetings stay in sight beside a sheet."""


class MdtPage(Later):
    """Shows what it is given, asks by signals and acts on nothing itself.

    ``search`` finds a patient to add; the page puts it above the suggestions.
    """

    meeting_chosen = Signal(str)
    action_requested = Signal(str)
    present_requested = Signal(str)
    """Id of a case."""
    case_requested = Signal(str)
    """Id of a case whose sheet shall be opened."""
    removal_requested = Signal(str)
    suggestion_taken = Signal(object)
    moved = Signal(int, int)
    """A row of the agenda, and before which row it shall stand."""
    shown = Signal(bool)
    """The page came in sight, or went."""

    def __init__(
        self, desk: Desk, permits: Permits, search: QLineEdit, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("mdt_page")
        self._desk, self._permits, self.search = desk, permits, search
        search.setParent(self)
        search.hide()
        self._sheet: QWidget | None = None
        self._focus_due = False
        """Whether the focus was asked for before there was anything to give it to."""
        self._view: MeetingView | None = None

    def _make_inside(self) -> None:
        self.meetings = MeetingModel(self)
        self.list = meeting_list.MeetingView(self.meetings)
        self.model = AgendaModel(self)
        self.agenda = AgendaView(self.model)
        self.head = AgendaHead(self._permits)
        self.suggested = SuggestionModel(self)
        self.suggestions = SuggestionView(self.suggested)
        self._nothing = EmptyState(
            self.tr("No meetings yet"),
            self.tr("A meeting has a day, its people and an agenda of questions on patients."),
            (("new_meeting", self.tr("Plan a meeting  Ctrl+M")),),
        )
        self._permits.fit(self._nothing.buttons["new_meeting"], "new_meeting")
        self._no_cases = EmptyState(
            self.tr("No patients yet"),
            self.tr("Add one by search (Ins), from the suggestions, or on a patient's page (Ctrl+Shift+M)."),
        )
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        left = self._left = named(QFrame(), "mdt_meetings")
        left.setFixedWidth(theme.scaled(_MEETINGS))
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 1, 0)
        column.setSpacing(0)
        column.addWidget(SectionHeader(self.tr("Meetings")))
        column.addWidget(self.list, 1)
        self.new_button = named(QPushButton(self.tr("New meeting…  Ctrl+M")), "mdt_new")
        self._permits.fit(self.new_button, "new_meeting")
        self.report_button = named(QPushButton(self.tr("What was carried out  F9")), "mdt_carried_out")
        foot = QVBoxLayout()
        foot.setContentsMargins(theme.scaled(8), theme.scaled(6), theme.scaled(8), theme.scaled(6))
        foot.setSpacing(theme.scaled(6))
        foot.addWidget(self.new_button)
        foot.addWidget(self.report_button)
        column.addLayout(foot)
        self._cases = named(PageStack(), "agenda_stack")
        self._cases.addWidget(self.agenda)
        self._cases.addWidget(self._no_cases)
        keys = plain_label(
            self.tr(
                "Enter presents · Space edits · Alt+Up, Alt+Down or dragging orders · Ins adds · "
                "Ctrl+O puts off · Del removes"
            ),
            name="agenda_keys",
        )
        keys.setProperty("hint", True)
        keys.setWordWrap(True)
        keys.setContentsMargins(theme.scaled(12), 3, theme.scaled(12), 3)
        self._middle = named(QWidget(), "agenda_part")
        column = QVBoxLayout(self._middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self._cases, 1)
        column.addWidget(keys)
        self._side = self._make_side()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._stack = named(PageStack(), "mdt_stack")
        self._stack.addWidget(self._middle)
        self._stack.addWidget(self._nothing)
        self._row.addWidget(left)
        self._row.addWidget(self._stack, 1)
        self._row.addWidget(self._side)

    def _make_side(self) -> QFrame:
        side = named(QFrame(), "mdt_side")
        side.setFixedWidth(theme.scaled(_SIDE))
        column = QVBoxLayout(side)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        self._side_head = SectionHeader(self.tr("Add a patient"))
        column.addWidget(self._side_head)
        place = QHBoxLayout()
        place.setContentsMargins(theme.scaled(8), theme.scaled(6), theme.scaled(8), theme.scaled(6))
        place.addWidget(self.search)
        column.addLayout(place)
        self.search.show()
        self._suggested_head = SectionHeader(self.tr("Suggested"))
        column.addWidget(self._suggested_head)
        self._told = plain_label(name="suggestions_told", secondary=True)
        self._told.setWordWrap(True)
        self._told.setContentsMargins(theme.scaled(10), theme.scaled(6), theme.scaled(10), theme.scaled(6))
        column.addWidget(self._told)
        column.addWidget(self.suggestions, 1)
        return side

    def _connect(self) -> None:
        self.list.chosen.connect(self.meeting_chosen)
        self.list.entered.connect(self.focus_agenda)
        self.list.edit_asked.connect(lambda: self.action_requested.emit("edit_meeting"))
        self.list.add_asked.connect(self.start_search)
        self.new_button.clicked.connect(lambda: self.action_requested.emit("new_meeting"))
        self.report_button.clicked.connect(lambda: self.action_requested.emit("carried_out"))
        self._nothing.chosen.connect(self.action_requested)
        self.head.asked.connect(self.action_requested)
        self.agenda.presented.connect(self.present_requested)
        self.agenda.edit_asked.connect(self.case_requested)
        self.agenda.remove_asked.connect(self.removal_requested)
        self.agenda.add_asked.connect(self.start_search)
        self.agenda.moved.connect(self.moved)
        self.suggestions.taken.connect(self.suggestion_taken)

    # what is shown

    @property
    def view(self) -> MeetingView | None:
        """The meeting in hand with its cases."""
        return self._view

    @property
    def case(self) -> Case | None:
        """The case in hand."""
        return self.agenda.case if self.made else None

    def show_meetings(self, lines: Sequence[MeetingLine], view: MeetingView | None) -> None:
        """List the meetings, and show the agenda of the one in hand."""
        self.make()
        self._view = view
        listed = meeting_list.in_order(lines, self._desk.today())
        blocked = self.list.blockSignals(True)
        self.meetings.show_lines(listed)
        if view is not None:
            self.list.setCurrentIndex(self.meetings.place_of(view.meeting.id))
        self.list.blockSignals(blocked)
        self._stack.bring(self._middle if view is not None else self._nothing)
        self._fit_side()
        if view is None:
            return
        self.head.show_view(view)
        self.model.movable = view.meeting.status != "closed"
        at, kept = self.agenda.currentIndex().row(), self.agenda.case
        self.model.show_cases(view.cases)
        if view.cases:
            self.agenda.choose(kept.item.id if kept is not None else "", otherwise=max(at, 0))
        self._cases.bring(self.agenda if view.cases else self._no_cases)
        self.head.buttons["present"].setEnabled(bool(view.cases))
        if self._focus_due and self.isVisible():
            self.focus_first()

    def choose_case(self, item_id: str) -> None:
        """Take a case in hand."""
        self.agenda.choose(item_id, otherwise=max(self.agenda.currentIndex().row(), 0))

    def show_suggestions(self, found: Sequence[Suggestion] | None) -> None:
        """Show who might be added; None while it is looked for."""
        self.make()
        self.suggested.show_lines(tuple(found or ()))
        if found is None:
            words = self.tr("Looking who needs to be discussed…")
        else:
            words = "" if found else self.tr("Nobody: no criterion newly met, nothing overdue.")
        self._told.setText(words)
        self._told.setVisible(bool(words))
        count = self.tr("{count} people").format(count=len(found)) if found else ""
        if found is not None and len(found) == 1:
            count = self.tr("1 person")
        self._suggested_head.set_texts(self.tr("Suggested"), count)

    def _fit_side(self) -> None:
        adding = self._view is not None and self._view.meeting.status != "closed"
        self._side.setVisible(adding and self._sheet is None)
        self._left.setVisible(self._sheet is None or self.width() >= theme.scaled(_WIDE))

    # focus, sheets

    def focus_first(self) -> None:
        """Put the focus where work goes on."""
        self.make()
        self._focus_due = self._view is None
        if self._sheet is not None:
            self._sheet.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._view is None:
            self._nothing.buttons["new_meeting"].setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._view.cases:
            self.focus_agenda()
        else:
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def await_focus(self) -> None:
        """Put the focus where work goes on as soon as what was done is shown."""
        self._focus_due = True

    def focus_agenda(self) -> None:
        """Put the focus into the agenda; into the search when nobody is on it."""
        if self._view is not None and self._view.cases:
            self.agenda.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.start_search()

    def start_search(self) -> None:
        """Look for a patient to add."""
        if self._side.isVisible():
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def sheet(self) -> QWidget | None:
        """The sheet at the right."""
        return self._sheet

    def open_sheet(self, sheet: QWidget) -> None:
        """Put a sheet at the right, in place of the suggestions."""
        self.make()
        self._take_sheet()
        sheet.setMaximumWidth(max(theme.scaled(_SHEET), sheet.sizeHint().width()))
        self._sheet = sheet
        self._fit_side()
        self._row.addWidget(sheet)
        sheet.show()

    def close_sheet(self) -> None:
        """Take the sheet away; the agenda has the keyboard."""
        if self._take_sheet():
            self._fit_side()
            self.focus_first()

    def _take_sheet(self) -> bool:
        sheet, self._sheet = self._sheet, None
        if sheet is not None:
            self._row.removeWidget(sheet)
            sheet.hide()
            sheet.deleteLater()
        return sheet is not None

    def showEvent(self, event: QShowEvent) -> None:
        """Say that the page is in sight."""
        super().showEvent(event)
        self.shown.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Say that the page is not in sight any more."""
        super().hideEvent(event)
        self.shown.emit(False)

    def forget(self) -> None:
        """Let go of everybody."""
        self._view = None
        if self.made:
            self.meetings.show_lines(())
            self.model.show_cases(())
            self.suggested.show_lines(())
            self.head.forget()
