"""Who works at the window for the measurements is there as a person is."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from ctdild_desktop.ui.idle import IdleWatch
from ctdild_desktop.ui.jobs import JobRunner
from ctdild_desktop.using import person


def test_who_waits_for_long_is_still_there(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(person, "_STIR_S", 0.0)
    runner, watch, used = JobRunner(qapp), IdleWatch(qapp, minutes=1), []
    watch.used.connect(lambda: used.append(True))
    window = QLineEdit()
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    try:
        watch.start()
        person.Person(qapp, "").until(lambda: len(used) >= 2)
    finally:
        watch.stop()
        watch.deleteLater()
        runner.close()
        runner.setParent(None)
        runner.deleteLater()
    assert window.text() == ""
