"""The inbox: what waits, what was decided, and the decision of a person on the message in hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.interchange.source import read_source
from ctdild_desktop.services import inbox, inbox_messages
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.import_matching import Choices
from ctdild_desktop.services.inbox_messages import Look, Message
from ctdild_desktop.services.inbox_waiting import State
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.dialogs.texts import coded
from ctdild_desktop.ui.imports.row_panel import RowDetail
from ctdild_desktop.ui.inbox.folder_strip import FolderStrip
from ctdild_desktop.ui.inbox.inbox_rows import InboxRows
from ctdild_desktop.ui.inbox.message_pane import MessagePane
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.empty_state import EmptyState
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.page_stack import PageStack
from ctdild_desktop.ui.widgets.section_header import SectionHeader
from ctdild_desktop.ui.widgets.segmented_control import SegmentedControl
from ctdild_desktop.ui.widgets.table_view import row_table

_WAITING, _DECIDED = "waiting", "decided"
_WIDTHS = (130, 190, 300, 170)
MOST_FILES = 50
"""Files that are taken at once by hand."""


class InboxPage(QWidget):
    """Nothing of a message is recorded before it is taken. ``done`` carries each act for the frame."""

    done = Signal(object)
    refused = Signal(str)

    def __init__(self, desk: Desk, runner: Runner, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._runner, self._ask = desk, runner, ask
        self._all: tuple[Message, ...] = ()
        self._look: Look | None = None
        self._asked = 0
        self._acting = self._choosing = False
        self.setObjectName("inbox_page")
        self.setAcceptDrops(True)
        self.rows = InboxRows(self)
        self.pane = MessagePane(desk, runner)
        self.pane.chosen.connect(self._on_patient)
        self.folder = FolderStrip(desk, ask)
        self.folder.refused.connect(self.refused)
        self._lay_out()
        for keys, act in (("Ctrl+Return", self._take), ("Ctrl+Shift+Return", self._take_ready)):
            shortcut = QShortcut(QKeySequence(keys), self, act)
            shortcut.setAutoRepeat(False)  # a key held down would take one message after another
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._show_look(None)

    # parts

    def _lay_out(self) -> None:
        self._head = SectionHeader(self.tr("Inbox"))
        self.table = row_table("inbox_messages", self.rows, _WIDTHS, 24)
        self.table.setAccessibleName(self.tr("Messages of devices and laboratories"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.selectionModel().currentRowChanged.connect(lambda now, _before: self._on_row(now))
        self.table.activated.connect(lambda _index: self._on_enter())
        self._empty = EmptyState(
            self.tr("No message waits"),
            self.tr(
                "Files of spirometers and laboratories wait here until somebody has decided whose tests they "
                "hold. Choose files, drop them here, or watch the folder into which a device writes."
            ),
        )
        self._stack = named(PageStack(), "inbox_stack")
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._empty)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self._stack)
        split.addWidget(self.pane)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        split.setChildrenCollapsible(False)
        split.setSizes([theme.scaled(190), theme.scaled(360)])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addLayout(self._make_choices())
        column.addWidget(split, 1)
        self._acts = self._make_acts()
        column.addWidget(self._acts)
        column.addWidget(self.folder)

    def _make_choices(self) -> QHBoxLayout:
        self._choose = named(QPushButton(self.tr("&Choose files…")), "inbox_choose")
        self._choose.clicked.connect(self._on_choose)
        self._filter = SegmentedControl(
            "inbox_filter",
            self.tr("Show"),
            ((_WAITING, self.tr("Waiting")), (_DECIDED, self.tr("Decided"))),
        )
        self._filter.set_current(_WAITING)
        self._filter.chosen.connect(lambda _code: self._list(""))
        self._all_ready = named(QPushButton(), "inbox_take_ready")
        self._all_ready.clicked.connect(self._take_ready)
        row = QHBoxLayout()
        row.setContentsMargins(10, 8, 10, 8)
        row.setSpacing(8)
        row.addWidget(self._choose)
        row.addWidget(self._filter)
        row.addStretch(1)
        row.addWidget(self._all_ready)
        return row

    def _make_acts(self) -> QWidget:
        self._again = self._button("inbox_try_again", self.tr("Read a&gain"), self._try_again)
        self._back = self._button("inbox_bring_back", self.tr("Let it wait &again"), self._bring_back)
        self._reason = ChoiceField(
            "inbox_reason", self.tr("Why it is set aside"), coded("inbox_reason"), empty=self.tr("why?")
        )
        self._reason.setMinimumContentsLength(30)
        self._reason.changed.connect(lambda _code: self._fit())
        self._aside = self._button("inbox_set_aside", self.tr("Set a&side"), self._set_aside)
        self._part = self._button(
            "inbox_take_part", self.tr("Ta&ke the tests of recorded patients"), lambda: self._take(part=True)
        )
        self._taking = self._button("inbox_take", self.tr("Take  Ctrl+Enter"), self._take)
        self._taking.setProperty("primary", True)
        acts = named(QWidget(), "inbox_acts")
        row = QHBoxLayout(acts)
        row.setContentsMargins(10, 6, 10, 4)
        row.setSpacing(8)
        for widget in (self._reason, self._aside, self._back, self._again):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._part)
        row.addWidget(self._taking)
        return acts

    def _button(self, name: str, words: str, act: Callable[[], None]) -> QPushButton:
        made = named(QPushButton(words), name)
        made.clicked.connect(lambda _checked: act())
        return made

    # what is listed

    def start(self) -> None:
        """Read the inbox; the list has the keyboard."""
        self.refresh()
        self.focus_first()

    def focus_first(self) -> None:
        """Put the focus where work begins."""
        place = self.table if self.rows.messages else self._choose
        place.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Read the inbox anew; the same message stays chosen, or the one in its place."""
        desk = self._desk
        self._runner.run(
            lambda: inbox_messages.listing(desk),
            while_alive(self, self._on_listed),
            while_alive(self, self._refuse),
        )

    def clear(self) -> None:
        """Hold nothing any more."""
        self._all = ()
        self._asked += 1
        self.rows.show_messages(())
        self._show_look(None)

    def _on_listed(self, messages: tuple[Message, ...]) -> None:
        self._all = messages
        self._list(self._look.message.id if self._look is not None else "")

    def _list(self, chosen: str) -> None:
        place = max(self.table.currentIndex().row(), 0)
        wanted = self._filter.current() == _WAITING
        shown = tuple(one for one in self._all if one.state.open == wanted)
        self.rows.show_messages(shown)
        count = sum(one.state.open for one in self._all)
        ready = sum(one.ready for one in self._all)
        self._head.set_texts(
            self.tr("Inbox"),
            self.tr("{count} wait").format(count=count),
            self.tr("nothing is recorded before it is taken"),
        )
        self._all_ready.setText(
            self.tr("Take what is beyond doubt: {ready}  Ctrl+Shift+Enter").format(ready=ready)
        )
        self._all_ready.setVisible(ready > 0)
        self._empty.set_title(self.tr("No message waits") if wanted else self.tr("No message was decided"))
        self._stack.bring(self.table if shown else self._empty)
        row = self.rows.row_of(chosen)
        row = row if row >= 0 else min(place, len(shown) - 1)
        if row >= 0:
            self.table.selectRow(row)
        else:
            self._show_look(None)

    # the message in hand

    def _on_row(self, index: QModelIndex) -> None:
        if index.isValid():
            message, look = self.rows.messages[index.row()], self._look
            same = look.report if look is not None and look.message.id == message.id else None
            self._read(message.id, same.choices if same is not None else {})

    def _read(self, message_id: str, choices: Choices, *, chosen: bool = False) -> None:
        self._asked += 1
        asked, desk = self._asked, self._desk

        def show(look: Look) -> None:
            if asked == self._asked:
                self._show_look(look)
                if chosen and self._taking.isEnabled():
                    self._taking.setFocus(Qt.FocusReason.OtherFocusReason)

        self._runner.run(
            lambda: inbox_messages.look(desk, message_id, choices),
            while_alive(self, show),
            while_alive(self, self._refuse),
        )

    def _show_look(self, look: Look | None) -> None:
        other = look is None or self._look is None or look.message.id != self._look.message.id
        self._look, self._choosing = look, False
        self.pane.show_look(look, self.rows.state_words(look.message) if look is not None else "")
        self._acts.setVisible(look is not None)
        if other:
            self._reason.setCurrentIndex(0)
        self._fit()

    def _on_enter(self) -> None:
        """Enter leads to the search for the patient, or to the button that takes the message."""
        if self._look is not None and self._look.file is not None and self._look.file.undecided:
            self.pane.panel.start()
        elif self._taking.isEnabled():
            self._taking.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_patient(self, detail: RowDetail, mrn: str) -> None:
        look = self._in_hand()
        if look is not None and look.report is not None:
            choices = {**look.report.choices, (detail.sha256, detail.row): mrn}
            self._choosing = True
            self._read(look.message.id, choices, chosen=True)

    def _fit(self) -> None:
        look = self._look
        state = look.message.state if look is not None else None
        is_open = state is not None and state.open
        self._taking.setVisible(state is State.WAITING)
        self._taking.setEnabled(look is not None and state is State.WAITING and look.takeable)
        self._part.setVisible(look is not None and state is State.WAITING and look.partly)
        self._reason.setVisible(is_open)
        self._aside.setVisible(is_open)
        self._aside.setEnabled(is_open and self._reason.value() is not None)
        self._back.setVisible(state is State.SET_ASIDE)
        self._again.setVisible(state is State.UNREADABLE)

    # what the person does

    def _in_hand(self) -> Look | None:
        """The message that is marked; none while an act, a choice or the look at another is on its way."""
        row, look = self.table.currentIndex().row(), self._look
        marked = self.rows.messages[row].id if 0 <= row < len(self.rows.messages) else ""
        busy = self._acting or self._choosing
        return look if look is not None and look.message.id == marked and not busy else None

    def _take(self, *, part: bool = False) -> None:
        look, desk = self._in_hand(), self._desk
        if look is not None and (self._taking.isEnabled() or part):
            self._do(lambda: inbox.take(desk, look, recorded_only=part))

    def _take_ready(self) -> None:
        ids, desk = [one.id for one in self._all if one.ready], self._desk
        if ids and not self._acting:
            self._do(lambda: inbox.take_ready(desk, ids))

    def _set_aside(self) -> None:
        look, desk, reason = self._in_hand(), self._desk, self._reason.value()
        if look is not None and reason is not None:
            self._do(lambda: inbox.set_aside(desk, [look.message.id], reason))

    def _bring_back(self) -> None:
        look, desk = self._in_hand(), self._desk
        if look is not None:
            self._do(lambda: inbox.bring_back(desk, [look.message.id]))

    def _try_again(self) -> None:
        look, desk = self._in_hand(), self._desk
        if look is not None:
            self._do(lambda: inbox.try_again(desk, look.message.id))

    def _do(self, act: Callable[[], Done[Any]]) -> None:
        self._acting = True
        self._runner.run(act, while_alive(self, self._on_done), while_alive(self, self._refuse))

    def _on_done(self, done: Done[Any]) -> None:
        self._acting = False
        self.done.emit(done)
        self.focus_first()

    def _refuse(self, error: Exception) -> None:
        self._acting = self._choosing = False
        words = sentence_of(error)
        if words is None:
            raise error
        self.refused.emit(words)

    # files

    def put_in(self, paths: tuple[Path, ...]) -> None:
        """Read these files and put them into the inbox."""
        if len(paths) > MOST_FILES:
            self.refused.emit(self.tr("Choose at most {most} files at a time.").format(most=MOST_FILES))
            return
        desk = self._desk
        self._runner.run(
            lambda: tuple(read_source(path, max_bytes=inbox.MOST_BYTES) for path in paths),
            while_alive(self, lambda sources: self._do(lambda: inbox.receive(desk, sources, "window"))),
            while_alive(self, self._refuse),
            files=True,
        )

    def _on_choose(self) -> None:
        self._ask.open_files(self.tr("Put messages into the inbox"), self.tr("All files (*)"), self.put_in)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files of this computer."""
        if self._dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Put what was dropped into the inbox."""
        paths = self._dropped(event)
        if paths:
            event.acceptProposedAction()
            self.put_in(paths)

    def _dropped(self, event: QDropEvent) -> tuple[Path, ...]:
        urls = event.mimeData().urls()
        local = all(url.isLocalFile() for url in urls)
        return tuple(Path(url.toLocalFile()) for url in urls) if local else ()
