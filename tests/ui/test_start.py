"""The program around the start window: unlocking, locking, what is remembered, and bugs."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, qInstallMessageHandler, qWarning
from PySide6.QtWidgets import QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from ctdild_desktop import config
from ctdild_desktop.app import Program, catch_bugs
from ctdild_desktop.app import program as program_room
from ctdild_desktop.config import Settings
from ctdild_desktop.place import Place
from ctdild_desktop.services import access, patients, practice
from ctdild_desktop.ui.dialogs.ask import WindowAsk
from ctdild_desktop.ui.jobs import ImmediateRunner, JobRunner
from ctdild_desktop.ui.start.start_window import StartWindow
from tests.support.desks import LOGIN, PASSPHRASE
from tests.support.fake_ask import FakeAsk
from tests.support.programs import end
from tests.support.starting import show


@pytest.fixture
def program(qtbot: QtBot, qapp, closed: Path, tmp_path: Path) -> Iterator[Program]:
    settings = Settings(registry=closed, login=LOGIN, source=tmp_path / "settings.toml")
    made = Program(qapp, settings, ImmediateRunner(), WindowAsk())
    yield made
    end(made)


def test_unlocking_opens_the_window_and_locking_brings_the_door_back(
    program: Program, qtbot: QtBot, keyboard
) -> None:
    program.begin(login=LOGIN, passphrase=PASSPHRASE)
    assert program.start is None
    window = program.bench.window
    assert window.isVisible()
    program.bench.act("new_patient")
    form = window.findChild(QLabel, "sheet_title")
    assert form.text() == "New patient"
    program.bench.act("lock")
    assert program.bench is None
    assert not window.isVisible()
    assert program.start.isVisible()
    assert program.start.card.login.text() == LOGIN
    assert program.start.card.passphrase.text() == ""
    with qtbot.waitActive(program.start):
        program.start.activateWindow()
    program.start.card.focus_first()
    keyboard.line(PASSPHRASE)
    assert program.bench is not None


def test_the_registry_and_login_are_offered_the_next_time(program: Program, tmp_path: Path) -> None:
    program.begin(login=LOGIN, passphrase=PASSPHRASE)
    again = config.load(tmp_path / "settings.toml", environ={})
    assert (again.registry, again.login) == (program.bench.desk.registry.path, LOGIN)


def test_a_refused_start_says_why_on_the_unlock_screen(program: Program) -> None:
    program.begin(login=LOGIN, passphrase="not this one")
    assert program.bench is None
    assert program.start.card.problem.text()


def test_the_demonstration_opens_in_place_of_the_registry_and_is_not_remembered(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(practice, "PATIENTS", 3)
    program.begin(login=LOGIN, passphrase=PASSPHRASE)
    own = program.bench.desk.registry.path
    program.bench.act("open_demo")
    assert program.bench.desk.demo
    assert "invented" in program.bench.window.windowTitle()
    assert patients.count(program.bench.desk) == 3
    assert config.load(tmp_path / "settings.toml", environ={}).registry == own


def test_the_real_runner_carries_a_whole_visit(
    qtbot: QtBot, qapp, closed: Path, tmp_path: Path, keyboard
) -> None:
    settings = Settings(registry=closed, login=LOGIN, source=tmp_path / "settings.toml")
    runner = JobRunner()
    program = Program(qapp, settings, runner, WindowAsk())
    program.begin(login=LOGIN, passphrase=PASSPHRASE)
    qtbot.waitUntil(lambda: program.bench is not None)
    bench = program.bench
    with qtbot.waitActive(bench.window):
        bench.window.activateWindow()
    qtbot.waitUntil(lambda: runner.pending == 0)
    keyboard.ctrl(Qt.Key.Key_N)
    for text in ("Amsel", "Ida", "55-1", "12.03.1961"):
        keyboard.line(text)
    keyboard.type("f")
    keyboard.line("164")
    keyboard.ctrl(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bench.window.shown == "patient" and runner.pending == 0)
    keyboard.ctrl(Qt.Key.Key_T)
    keyboard.line("10.3.2026")
    keyboard.line("2.31")
    keyboard.ctrl(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: runner.pending == 0 and bench.patient.sheet is None)
    assert len(bench.patient.view.record.tests) == 1
    keyboard.ctrl(Qt.Key.Key_L)
    qtbot.waitUntil(lambda: runner.pending == 0 and program.bench is None)
    end(program)
    again = access.unlock(closed, login=LOGIN, passphrase=PASSPHRASE)
    assert len(patients.by_mrn(again, "55-1").tests) == 1
    again.close()


def test_a_bug_is_logged_without_what_was_typed(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    before = qInstallMessageHandler(None)
    told: list[str] = []
    try:
        catch_bugs(told.append)
        with caplog.at_level(logging.INFO, logger=program_room.__name__):
            try:
                raise ValueError("HOLLOWAY, Ingrid, 18.09.1970")
            except ValueError as error:
                sys.excepthook(ValueError, error, error.__traceback__)
            worker = threading.Thread(target=lambda: {}["HOLLOWAY"])
            worker.start()
            worker.join()
            qWarning("a warning of the toolkit")
    finally:
        qInstallMessageHandler(before)
    assert "HOLLOWAY" not in caplog.text + "".join(told)
    assert "bug: ValueError at test_start.py" in caplog.text
    assert "bug: KeyError" in caplog.text
    assert "a warning of the toolkit" in caplog.text
    assert len(told) == 2


def test_the_last_registries_are_offered_again_without_names_and_passwords(
    program: Program, qtbot: QtBot, tmp_path: Path, closed: Path
) -> None:
    server = Place.parse("postgresql+psycopg://owner:geheim@db.example/registry?sslmode=verify-full")
    settings = Settings(registry=closed, login=LOGIN, source=tmp_path / "settings.toml").opened(server)
    config.save(settings.opened(Place(path=closed)))
    text = (tmp_path / "settings.toml").read_text(encoding="utf-8")
    assert "owner" not in text
    assert "geheim" not in text
    again = config.load(tmp_path / "settings.toml", environ={})
    assert [str(place) for place in again.recent] == [
        str(closed),
        "postgresql+psycopg://db.example/registry?sslmode=verify-full",
    ]
    window = show(
        qtbot,
        StartWindow(ImmediateRunner(), FakeAsk(), again.place, login=LOGIN, recent=again.recent),
    )
    menu = window.findChild(QMenu, "unlock_recent_menu")
    (offered,) = menu.actions()
    window.card.findChild(QPushButton, "unlock_recent").click()
    assert menu.isVisible()
    offered.trigger()
    menu.hide()
    assert window.card.place.text() == "postgresql+psycopg://db.example/registry?sslmode=verify-full"


def test_what_waits_for_the_start_screen_begins_though_it_was_never_painted(program: Program) -> None:
    program.begin()
    start = program.start
    begun: list[str] = []
    start.painted.connect(lambda: begun.append("begun"))
    start.close()
    start.hide()
    assert begun == ["begun"]
