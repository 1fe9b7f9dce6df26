"""Parts of the window whose inside is made when it is needed."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ctdild_desktop.ui.widgets.later import Later
from ctdild_desktop.ui.workbench import Workbench


class _Told(Later):
    times = 0

    def _make_inside(self) -> None:
        self.times += 1
        self.label = QLabel("inside", self)
        QVBoxLayout(self).addWidget(self.label)


def test_it_is_made_once_and_just_before_it_is_shown(qtbot: QtBot) -> None:
    part = _Told()
    qtbot.addWidget(part)
    part.hide()
    assert not part.made
    part.show()
    part.hide()
    part.show()
    part.make()
    assert part.times == 1
    assert part.label.isVisible()


def test_it_is_made_when_it_comes_to_the_front_of_a_stack(qtbot: QtBot) -> None:
    stack = QStackedWidget()
    qtbot.addWidget(stack)
    parts = [_Told(), _Told()]
    for part in parts:
        stack.addWidget(part)
    stack.show()
    assert [part.made for part in parts] == [True, False]
    assert parts[0].label.isVisible()
    stack.setCurrentIndex(1)
    assert parts[1].label.isVisible()


def test_it_is_made_with_what_it_stands_in(qtbot: QtBot) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    part = _Told(whole)
    QVBoxLayout(whole).addWidget(part)
    whole.show()
    assert part.label.isVisible()


def test_a_new_window_has_made_nothing_that_is_not_in_sight(bench: Workbench) -> None:
    made = [type(part).__name__ for part in bench.window.findChildren(Later) if part.made]
    assert made == []
    bench.window.show_room("registry")
    made = [type(part).__name__ for part in bench.window.findChildren(Later) if part.made]
    assert sorted(made) == ["BackupPanel", "OwnThresholds", "PeoplePanel", "RegistryPage"]
