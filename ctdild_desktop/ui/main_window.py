"""The frame: menus and search on top, rooms at the left, a stack of pages, and what was just done below.

The frame knows pages as widgets and actions as ids. What they mean is known to the workbench.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QAction,
    QCloseEvent,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenuBar,
    QPushButton,
    QSizePolicy,
    QStatusBar,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.ui import icons, theme
from ctdild_desktop.ui.actions import ACTIONS, ActionSpec, When, action
from ctdild_desktop.ui.dialogs.command_palette import Command, CommandPalette
from ctdild_desktop.ui.menus import menu_titles
from ctdild_desktop.ui.mnemonics import marked_apart
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.page_stack import PageStack
from ctdild_desktop.ui.widgets.plain import tip

PRODUCT = "CTD-ILD Desktop"


class MainWindow(QMainWindow):
    """One window for a signed-in person. ``note`` may name the kind of registry, never a patient; with
    ``practice`` it stands in the top bar as well, which has another colour then.
    """

    triggered = Signal(str)
    """Id of an action that was called by menu, key or button."""
    room_chosen = Signal(str)
    page_shown = Signal(str)
    """Id of the page or room that came in sight."""
    closing = Signal()

    def __init__(
        self, *, user: str, note: str = "", practice: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("main_window")
        self.setWindowTitle(f"{PRODUCT} · {note}" if note else PRODUCT)
        self._actions: dict[str, QAction] = {}
        self._available: dict[When, bool] = {}
        self._refusals: dict[str, str] = {}
        self._rooms: dict[str, QToolButton] = {}
        self._pages: dict[str, QWidget] = {}
        self._makers: dict[str, Callable[[], QWidget]] = {}
        self._undo: Callable[[], None] | None = None
        self._of_act = False
        self._may_close: Callable[[], bool] = lambda: True

        self._menu_bar = QMenuBar()
        self._menu_bar.setObjectName("menu_bar")
        self._search_place = QHBoxLayout()
        self._top = self._make_top(user, note if practice else "")
        self.setMenuWidget(self._top)
        self._make_actions()

        self._rail = named(QToolBar(), "rail")
        self._rail.setOrientation(Qt.Orientation.Vertical)
        self._rail.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self._rail.setAccessibleName(self.tr("Rooms"))
        self._rail_group = QButtonGroup(self)
        self._stack = named(PageStack(), "pages")
        self._stack.currentChanged.connect(lambda _at: self.page_shown.emit(self.shown))
        self._presenting, self._windowed = False, self.windowState()
        middle = QWidget()
        self._strip: QWidget | None = None
        self._column = QVBoxLayout(middle)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self._rail)
        row.addWidget(self._stack, 1)
        self._column.addLayout(row, 1)
        self.setCentralWidget(middle)
        self._make_status()
        self.set_available(When.PATIENT, on=False)
        self.set_available(When.MEETING, on=False)
        self.set_available(When.UNDO, on=False)
        self.set_available(When.PRACTICE, on=practice)
        self.resize(1366, 740)

    def _make_top(self, user: str, practice: str) -> QWidget:
        top = named(QFrame(), "top_bar")
        top.setProperty("practice", bool(practice))
        row = QHBoxLayout(top)
        row.setContentsMargins(4, 3, 10, 3)
        row.setSpacing(12)
        self._menu_bar.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        row.addWidget(self._menu_bar, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        row.addLayout(self._search_place, 2)
        row.addStretch(1)
        self._user = named(QLabel(), "signed_in_user")
        self._user.setTextFormat(Qt.TextFormat.PlainText)
        self.set_user(user)
        if practice:
            label = named(QLabel(practice), "practice_note")
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setFont(theme.font(bold=True))
            row.addWidget(label)
        row.addWidget(self._user)
        self._lock_button = named(QPushButton(self.tr("Lock  Ctrl+L")), "lock_button")
        self._lock_button.clicked.connect(self._on_lock_clicked)
        row.addWidget(self._lock_button)
        return top

    def _make_actions(self) -> None:
        for menu_id, title in menu_titles().items():
            menu = self._menu_bar.addMenu(title)
            words = marked_apart(spec.words for spec in ACTIONS if spec.menu == menu_id)
            menu.setObjectName(f"menu_{menu_id}")
            menu.setToolTipsVisible(True)
            for spec in ACTIONS:
                if spec.menu != menu_id:
                    continue
                if spec.rule_before:
                    menu.addSeparator()
                act = QAction(words[spec.words], self)
                act.setObjectName(f"action_{spec.id}")
                act.setShortcuts([QKeySequence(key) for key in spec.keys])
                act.setData(spec.id)
                if spec.icon:
                    act.setIcon(icons.icon(spec.icon))
                act.triggered.connect(self._on_action)
                menu.addAction(act)
                self.addAction(act)
                self._actions[spec.id] = act

    def _make_status(self) -> None:
        bar = named(QStatusBar(), "status_bar")
        bar.setSizeGripEnabled(False)
        self.setStatusBar(bar)
        left = QWidget()
        row = QHBoxLayout(left)
        row.setContentsMargins(8, 0, 0, 0)
        row.setSpacing(10)
        self._message = named(QLabel(), "status_message")
        self._message.setTextFormat(Qt.TextFormat.PlainText)
        self._message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._undo_button = named(QPushButton(self.tr("Undo Ctrl+Z")), "undo_button")
        self._undo_button.setFlat(True)
        self._undo_button.setProperty("link", True)
        self._undo_button.setCursor(Qt.CursorShape.PointingHandCursor)
        self._undo_button.clicked.connect(self.undo)
        self._undo_button.hide()
        self._folder_button = named(QPushButton(self.tr("Open folder")), "follow_button")
        self._folder_button.setFlat(True)
        self._folder_button.setProperty("link", True)
        self._folder_button.hide()
        self._follow: Callable[[], None] | None = None
        self._folder_button.clicked.connect(self._on_follow)
        row.addWidget(self._message, 1)
        row.addWidget(self._undo_button)
        row.addWidget(self._folder_button)
        bar.addWidget(left, 1)
        self._registry_words, self._lost = "", False
        self._registry_note = named(QLabel(), "registry_note")
        self._registry_note.setTextFormat(Qt.TextFormat.PlainText)
        self._registry_note.setContentsMargins(0, 0, 8, 0)
        bar.addPermanentWidget(self._registry_note)
        self._lock_note = named(QLabel(), "lock_note")
        self._lock_note.setContentsMargins(8, 0, 8, 0)
        self._lock_note.hide()
        bar.addPermanentWidget(self._lock_note)

    # rooms

    def add_room(self, room_id: str, text: str, icon_name: str, make: Callable[[], QWidget]) -> None:
        """Put a room on the rail; its key is that of the action ``room_<id>``.

        Args:
            make: gives the page of the room, asked for when it shall be shown for the first time.
        """
        button = named(QToolButton(), f"rail_{room_id}")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setIcon(icons.icon(icon_name))
        button.setIconSize(QSize(18, 18))
        button.setText(text)
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setFixedWidth(68)
        button.setMinimumHeight(54)
        keys = action(f"room_{room_id}").keys
        button.setToolTip(tip(f"{text}  {keys[0]}" if keys else text))
        button.setAccessibleName(text)
        button.clicked.connect(lambda: self.show_room(room_id))
        self._rail_group.addButton(button)
        self._rail.addWidget(button)
        self._rooms[room_id] = button
        self._makers[room_id] = make

    def add_page(self, page_id: str, page: QWidget) -> None:
        """Add a page that has no place on the rail of its own (it is shown within a room)."""
        self._pages[page_id] = page
        self._stack.addWidget(page)

    def show_room(self, room_id: str) -> None:
        """Show a room of the rail and say so by ``room_chosen``."""
        self.show_page(room_id, room_id)
        self.room_chosen.emit(room_id)

    def show_page(self, page_id: str, room_id: str) -> None:
        """Show a page while the rail marks the room that it belongs to."""
        if page_id not in self._pages:
            self.add_page(page_id, self._makers[page_id]())
        self._rooms[room_id].setChecked(True)
        self._stack.bring(self._pages[page_id])

    def present(self, *, on: bool) -> None:
        """Give the page in sight the whole screen, without menus and rail, or take it back."""
        if on != self._presenting:
            self._presenting = on
            if on:
                self._windowed = self.windowState()
            self._fill_screen(on=on)

    def switch_full_screen(self) -> None:
        """While presenting, leave the whole screen or take it again."""
        if self._presenting:
            self._fill_screen(on=not self.isFullScreen())

    def _fill_screen(self, *, on: bool) -> None:
        self._top.setVisible(not on)
        self._rail.setVisible(not on)
        if self._strip is not None:
            self._strip.setVisible(not on)
        self.setWindowState(Qt.WindowState.WindowFullScreen if on else self._windowed)

    @property
    def shown(self) -> str:
        """Id of the page or room that is in sight; ``""`` before the first."""
        current = self._stack.currentWidget()
        return next((name for name, page in self._pages.items() if page is current), "")

    def set_search(self, field: QWidget) -> None:
        """Put the search field into the top row."""
        field.setMaximumWidth(420)
        field.setMinimumWidth(240)
        self._search_place.addWidget(field)

    def set_strip(self, strip: QWidget) -> None:
        """Put a strip below the pages."""
        self._strip = strip
        self._column.addWidget(strip)

    # what was done

    def say(
        self,
        text: str,
        *,
        undo: Callable[[], None] | None = None,
        follow: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        """Say what was done. ``undo`` is offered as button and key; ``follow`` is a further button."""
        self.inform(text, follow=follow)
        self._of_act = True
        self._undo = undo
        self._undo_button.setVisible(undo is not None)
        self._undo_button.setToolTip(tip(self.tr("Takes back: {act}").format(act=text)))
        self.set_available(When.UNDO, on=undo is not None)

    def inform(self, text: str, *, follow: tuple[str, Callable[[], None]] | None = None) -> None:
        """Say something that is no act: what was done last can still be taken back."""
        self._of_act = False
        self._message.setText(text)
        self._message.setToolTip(tip(text))
        self._message.setAccessibleName(text)
        self._follow = follow[1] if follow else None
        if follow:
            self._folder_button.setText(follow[0])
        self._folder_button.setVisible(follow is not None)

    def move_on(self) -> None:
        """Take away what was no act, where it would be read as said of somebody else."""
        if not self._of_act:
            self.inform("")

    @property
    def said(self) -> str:
        """The words in the status bar."""
        return self._message.text()

    @property
    def can_undo(self) -> bool:
        """Whether what was done last can still be taken back."""
        return self._undo is not None

    def undo(self) -> None:
        """Take back the last act, once."""
        undo, self._undo = self._undo, None
        self._undo_button.hide()
        self.set_available(When.UNDO, on=False)
        if undo is not None:
            undo()

    def forget(self) -> None:
        """Let go of what was done and of the way to take it back."""
        self._undo = self._follow = None
        self._undo_button.hide()
        self._undo_button.setToolTip("")
        self.set_available(When.UNDO, on=False)
        self.inform("")

    def warn_of_lock(self, seconds: int) -> None:
        """Say, second by second, that nobody seems to be there."""
        words = self.tr("Locks in {seconds} s; any key keeps it open.").format(seconds=seconds)
        first = self._lock_note.isHidden()
        self._lock_note.setText(words)
        self._lock_note.setVisible(True)
        self._registry_note.hide()
        if first:
            # Read out once; a voice that counts down would drown what the person came back for.
            self._lock_note.setAccessibleName(words)
            QAccessible.updateAccessibility(QAccessibleEvent(self._lock_note, QAccessible.Event.Alert))

    def end_lock_warning(self) -> None:
        """Take the warning away."""
        self._lock_note.hide()
        self._registry_note.show()

    def set_registry_note(self, text: str) -> None:
        """The quiet words at the right of the status bar."""
        self._registry_words = text
        if not self._lost:
            self._registry_note.setText(text)

    def set_lost(self, *, lost: bool) -> None:
        """Say that the registry cannot be reached, in place of the quiet words, until it can again."""
        self._lost = lost
        words = self.tr("Server not reachable; trying again.") if lost else self._registry_words
        self._registry_note.setText(words)
        self._registry_note.setAccessibleName(words)

    def set_available(self, when: When, *, on: bool) -> None:
        """Enable or disable every action that needs this."""
        self._available[when] = on
        self._offer()

    def set_refusals(self, refusals: Mapping[str, str]) -> None:
        """Which actions the role does not allow, by id, each with the sentence that says why."""
        self._refusals = dict(refusals)
        self._offer()

    def set_user(self, user: str) -> None:
        """Name who is signed in."""
        self._user.setText(user)
        self._user.setAccessibleName(self.tr("Signed in: {user}").format(user=user))

    def _offer(self) -> None:
        for spec in ACTIONS:
            act, reason = self._actions[spec.id], self._refusals.get(spec.id, "")
            act.setEnabled(self._available.get(spec.when, True) and not reason)
            act.setToolTip(tip(reason))
            act.setStatusTip(reason)

    def qaction(self, action_id: str) -> QAction:
        """The Qt action of an id, for a button that offers the same act."""
        return self._actions[action_id]

    # events

    def changeEvent(self, event: QEvent) -> None:
        """Colour the icons anew when the palette changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for spec in ACTIONS:
                if spec.icon and spec.id in self._actions:
                    self._actions[spec.id].setIcon(icons.icon(spec.icon))

    def set_close_guard(self, may_close: Callable[[], bool]) -> None:
        """Ask this before the window closes; when it says no, whoever said so closes the window later."""
        self._may_close = may_close

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let the screens keep their drafts before the window goes, and wait for what must be done first."""
        self.closing.emit()
        if self._may_close():
            super().closeEvent(event)
        else:
            event.ignore()

    def _on_action(self) -> None:
        sender = self.sender()
        if isinstance(sender, QAction):
            self._call(str(sender.data()))

    def _on_lock_clicked(self) -> None:
        self._call("lock")

    def _call(self, action_id: str) -> None:
        if action_id == "find" and self._presenting:
            self._fill_screen(on=False)
        if action_id == "undo":
            self.undo()
        elif action_id.startswith("room_"):
            self.show_room(action_id.removeprefix("room_"))
        elif action_id == "commands":
            self._open_commands()
        elif action_id == "quit":
            self.close()
        else:
            self.triggered.emit(action_id)

    def _open_commands(self) -> None:
        """Every command by a few letters, also those that cannot be done now, with the reason."""
        palette = CommandPalette([self._command(spec) for spec in ACTIONS if spec.id != "commands"], self)
        palette.chosen.connect(self._call)
        palette.open()

    def _command(self, spec: ActionSpec) -> Command:
        lacking = {
            When.PATIENT: self.tr("open a patient first"),
            When.MEETING: self.tr("choose a meeting in the MDT room first"),
            When.UNDO: self.tr("nothing to take back"),
            When.PRACTICE: self.tr("open the practice registry first"),
        }
        available = self._available.get(spec.when, True)
        return Command(spec, self._refusals.get(spec.id, "") or ("" if available else lacking[spec.when]))

    def _on_follow(self) -> None:
        if self._follow is not None:
            self._follow()
