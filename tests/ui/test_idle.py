from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ctdild_desktop.ui.dialogs.ask import Choice, WindowAsk
from ctdild_desktop.ui.idle import IdleWatch, seconds_since_start


class Seconds:
    """A clock of seconds that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def watch(qapp: QApplication, seconds: Seconds) -> Iterator[IdleWatch]:
    made = IdleWatch(qapp, minutes=5, clock=seconds)
    made.start()
    yield made
    made.stop()


def heard(watch: IdleWatch) -> tuple[list[int], list[str]]:
    """Lists that fill with the warnings, and with what else is said."""
    warned: list[int] = []
    said: list[str] = []
    watch.warned.connect(warned.append)
    watch.warning_over.connect(lambda: said.append("over"))
    watch.expired.connect(lambda: said.append("expired"))
    return warned, said


def test_a8_it_warns_for_thirty_seconds_and_then_the_time_is_over(watch: IdleWatch, seconds: Seconds) -> None:
    warned, said = heard(watch)
    seconds.now += 269
    watch.look()
    assert warned == []
    for _ in range(31):
        seconds.now += 1
        watch.look()
    assert warned == list(range(30, 0, -1))
    assert said == ["over", "expired"]
    assert not watch.running
    seconds.now += 100
    watch.look()
    assert said == ["over", "expired"]


def test_a8_a_key_takes_the_warning_back_and_the_time_begins_anew(
    watch: IdleWatch, seconds: Seconds, qtbot: QtBot
) -> None:
    warned, said = heard(watch)
    line = QLineEdit()
    qtbot.addWidget(line)
    line.show()
    seconds.now += 290
    watch.look()
    QTest.keyClick(line, Qt.Key.Key_A)
    assert (warned, said) == ([10], ["over"])
    seconds.now += 269
    watch.look()
    assert (warned, said) == ([10], ["over"])


def _line(parent: QWidget) -> QWidget:
    box = QDialog(parent)
    QVBoxLayout(box).addWidget(QLineEdit())
    box.open()
    return box


def _question(parent: QWidget) -> QWidget:
    WindowAsk(parent).question("Title", "Text", (Choice("yes", "Yes"),), lambda _answer: None)
    return parent.findChildren(QMessageBox)[-1]


def _files(parent: QWidget) -> QWidget:
    WindowAsk(parent).open_files("Title", "All (*)", lambda _paths: None)
    return parent.findChildren(QFileDialog)[-1]


def _menu(parent: QWidget) -> QWidget:
    menu = QMenu(parent)
    menu.addAction("One")
    menu.popup(QPoint(5, 5))
    return menu


def _combo(parent: QWidget) -> QWidget:
    box = QComboBox(parent)
    box.addItems(["one", "two"])
    box.show()
    box.showPopup()
    return box.view()


@pytest.mark.parametrize("opens", [_line, _question, _files, _menu, _combo])
def test_a8_keys_and_clicks_in_dialogs_and_popups_count(
    watch: IdleWatch, seconds: Seconds, qtbot: QtBot, opens
) -> None:
    warned, said = heard(watch)
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    inside = opens(window)
    for act in (
        lambda: QTest.keyClick(inside, Qt.Key.Key_Down),
        lambda: QTest.mousePress(inside, Qt.MouseButton.LeftButton, pos=QPoint(2, 2)),
    ):
        seconds.now += 299
        act()
        watch.look()
    assert "expired" not in said
    seconds.now += 300
    watch.look()
    assert said[-1] == "expired"
    assert warned == []
    for popup in (inside, *window.findChildren(QComboBox)):
        popup.hide()
        if isinstance(popup, QComboBox):
            popup.hidePopup()


def _move(watch: IdleWatch, window: QWidget, x: int) -> None:
    where = QPointF(x, 10)
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove,
        where,
        where,
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(window, event)


def test_a8_a_mouse_that_trembles_is_nobody(watch: IdleWatch, seconds: Seconds, qtbot: QtBot) -> None:
    warned, _said = heard(watch)
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    _move(watch, window, 100)
    seconds.now += 280
    _move(watch, window, 102)
    watch.look()
    assert warned == [20]
    _move(watch, window, 140)
    watch.look()
    assert warned == [20]


@pytest.mark.parametrize(("asked", "minutes"), [(0, 1), (1, 1), (30, 30), (90, 30)])
def test_a8_the_time_is_from_one_minute_to_thirty(
    qapp: QApplication, seconds: Seconds, asked: int, minutes: int
) -> None:
    watch = IdleWatch(qapp, minutes=asked, clock=seconds)
    _warned, said = heard(watch)
    watch.start()
    seconds.now += 60 * minutes - 1
    watch.look()
    assert said == []
    seconds.now += 1
    watch.look()
    assert said == ["over", "expired"]


def test_nothing_is_heard_once_it_is_stopped(watch: IdleWatch, seconds: Seconds) -> None:
    warned, said = heard(watch)
    seconds.now += 290
    watch.look()
    watch.stop()
    seconds.now += 1000
    watch.look()
    assert (warned, said) == ([10], ["over"])
    watch.start()
    watch.look()
    assert watch.running
    assert warned == [10]


def test_the_clock_goes_on_while_the_computer_sleeps() -> None:
    first = seconds_since_start()
    assert seconds_since_start() >= first
    boot = Path("/proc/uptime")
    if boot.is_file():
        uptime = float(boot.read_text(encoding="ascii").split()[0])
        assert abs(seconds_since_start() - uptime) < 5 or not hasattr(time, "CLOCK_BOOTTIME")
