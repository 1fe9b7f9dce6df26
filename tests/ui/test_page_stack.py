from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ctdild_desktop.services import patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.widgets.page_stack import PageStack
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import fill
from tests.support.holloway import record as holloway


@pytest.fixture
def went(qapp: QApplication) -> Iterator[list[str]]:
    """Names of everything that got the focus, in order."""
    names: list[str] = []

    def note(_before: QWidget | None, now: QWidget | None) -> None:
        if now is not None:
            names.append(now.objectName())

    qapp.focusChanged.connect(note)
    yield names
    qapp.focusChanged.disconnect(note)


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the search looked up."""
    texts: list[str] = []
    find = patients.find

    def noted(desk: Desk, text: str, limit: int) -> Any:
        texts.append(text)
        return find(desk, text, limit)

    monkeypatch.setattr(patients, "find", noted)
    return texts


def test_a_patient_opened_from_the_work_list_does_not_pass_the_search(
    bench: Workbench, desk: Desk, keyboard: Any, went: list[str], looked_up: list[str]
) -> None:
    fill(desk, holloway())
    keyboard.ctrl(Qt.Key.Key_1)
    bench.window.findChild(QWidget, "work_list").setFocus()
    went.clear()
    bench.open_patient(holloway().patient.id)
    assert bench.window.shown == "patient"
    assert keyboard.focus() == "timeline_chart"
    keyboard.ctrl(Qt.Key.Key_T)
    assert bench.patient.sheet is not None
    keyboard.press(Qt.Key.Key_Escape)
    assert bench.patient.sheet is None
    keyboard.ctrl(Qt.Key.Key_1)
    assert keyboard.focus() == "work_list"
    assert "patient_search" not in went
    assert looked_up == []


def test_the_search_looks_the_last_patients_up_once(
    bench: Workbench, desk: Desk, keyboard: Any, looked_up: list[str]
) -> None:
    fill(desk, holloway())
    keyboard.ctrl(Qt.Key.Key_K)
    assert looked_up == [""]
    keyboard.type("ho")
    keyboard.ctrl(Qt.Key.Key_K)
    assert looked_up == ["", "h", "ho", ""]
    assert bench.search.text() == ""


def test_the_focus_comes_back_to_where_it_was_in_a_page(qtbot: QtBot, keyboard: Any) -> None:
    window, stack = QWidget(), PageStack()
    QVBoxLayout(window).addWidget(stack)
    for page in ("one", "two"):
        made = QWidget(stack)
        column = QVBoxLayout(made)
        for place in ("first", "second"):
            field = QLineEdit()
            field.setObjectName(f"{page}_{place}")
            column.addWidget(field)
        stack.addWidget(made)
    words = QLabel("nothing that takes keys")
    words.setObjectName("words")
    stack.addWidget(words)
    outside = QLineEdit()
    outside.setObjectName("outside")
    window.layout().addWidget(outside)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    stack.widget(0).findChild(QLineEdit, "one_second").setFocus()
    stack.bring(stack.widget(1))
    assert keyboard.focus() == "two_first"
    stack.bring(stack.widget(0))
    assert keyboard.focus() == "one_second"
    stack.bring(words)
    assert keyboard.focus() == "words"
    outside.setFocus()
    stack.bring(stack.widget(1))
    assert keyboard.focus() == "outside"
    assert stack.currentWidget() is stack.widget(1)
