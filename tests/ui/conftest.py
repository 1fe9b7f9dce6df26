"""A real registry behind a real window, with jobs that run at once and answers from a list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ctdild_desktop.app import build_window, close_window, dress
from ctdild_desktop.config import SiteSettings
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import Clock, copied_desk, make_desk
from tests.support.fake_ask import FakeAsk


class Keyboard:
    """Types real key events to whatever has the focus, and counts them."""

    def __init__(self) -> None:
        self.count = 0

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """One key, with the modifiers counted as keys of their own."""
        self.count += 1 + bin(modifiers.value).count("1")
        QTest.keyClick(self.target(), key, modifiers)

    def enter(self, times: int = 1) -> None:
        """Enter, once or more."""
        for _ in range(times):
            self.press(Qt.Key.Key_Return)

    def type(self, text: str) -> None:
        """Letters and digits."""
        for letter in text:
            self.count += 1
            if letter.isascii():
                QTest.keyClick(self.target(), letter)
            else:  # the key of such a letter differs by keyboard; its event carries the text
                for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                    event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
                    QApplication.sendEvent(self.target(), event)

    def line(self, text: str) -> None:
        """A text and Enter."""
        self.type(text)
        self.enter()

    def ctrl(self, key: Qt.Key, *, shift: bool = False) -> None:
        """A key with Ctrl, and Shift when asked."""
        modifiers = Qt.KeyboardModifier.ControlModifier
        if shift:
            modifiers |= Qt.KeyboardModifier.ShiftModifier
        self.press(key, modifiers)

    def focus(self) -> str:
        """Object name of what has the focus."""
        return self.target().objectName()

    def target(self) -> QWidget:
        widget = QApplication.focusWidget() or QApplication.activeWindow()
        assert widget is not None, "nothing has the keyboard"
        return widget


@pytest.fixture
def keyboard() -> Keyboard:
    return Keyboard()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def empty_registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty registry, closed, to be copied."""
    made = make_desk(tmp_path_factory.mktemp("ui_template"))
    made.close()
    return made.registry.path


@pytest.fixture
def desk(empty_registry: Path, tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    made = copied_desk(empty_registry, tmp_path, clock)
    yield made
    made.close()


@pytest.fixture
def closed(desk: Desk) -> Path:
    """The registry of the desk, closed."""
    desk.close()
    return desk.registry.path


@pytest.fixture
def ask() -> FakeAsk:
    return FakeAsk()


@pytest.fixture
def bench(qtbot: QtBot, qapp: QApplication, desk: Desk, ask: FakeAsk) -> Iterator[Workbench]:
    """The window on the desk, in sight and with the keyboard."""
    dress(qapp, SiteSettings(theme="light"))
    made = build_window(desk, ImmediateRunner(), ask)
    made.window.resize(1366, 740)
    made.window.show()
    with qtbot.waitActive(made.window):
        made.window.activateWindow()
    yield made
    close_window(made)
    QApplication.sendPostedEvents(None, 52)  # DeferredDelete


@pytest.fixture
def in_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two patients are read at once."""
    monkeypatch.setattr("ctdild_desktop.ui.today.reader.AT_ONCE", 2)
