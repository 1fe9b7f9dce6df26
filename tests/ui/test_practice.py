"""Learning with invented patients: opened by keyboard, ticked by deeds, and apart from the clinic's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from ctdild_desktop import config
from ctdild_desktop.app import Program
from ctdild_desktop.config import InboxSettings, Settings, UpkeepSettings
from ctdild_desktop.services import practice
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.ask import WindowAsk
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.practice.lessons import LESSONS, done_now, step_of
from ctdild_desktop.ui.start.unlock_card import UnlockCard
from tests.support.practice import made_sample
from tests.support.programs import end


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice registry that was made once."""
    return made_sample(tmp_path_factory.mktemp("sample"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample: Path) -> Path:
    """The per-user data folder."""
    monkeypatch.setattr(config, "default_registry_path", lambda: tmp_path / "home" / "registry.ctdild")
    monkeypatch.setattr(practice, "PATIENTS", 2)
    (tmp_path / "home").mkdir()
    shutil.copytree(sample, tmp_path / "home" / "practice")
    return tmp_path / "home"


@pytest.fixture
def program(desk: Desk, tmp_path: Path, qapp: QApplication, home: Path) -> Iterator[Program]:
    """The program beside a clinic's registry whose backups and copies have folders of their own."""
    desk.close()
    clinic = desk.registry.path
    settings = Settings(
        registry=clinic,
        login="amsel",
        source=tmp_path / "settings.toml",
        upkeep=UpkeepSettings(backup_folder=tmp_path / "backups", copy_folder=tmp_path / "copies"),
        inbox=InboxSettings(folder=tmp_path / "devices", watching=True),
    )
    config.save(settings)
    made = Program(qapp, settings, ImmediateRunner(), WindowAsk())
    yield made
    end(made)


def files(*folders: Path) -> dict[Path, bytes]:
    found = (file for folder in folders for file in sorted(folder.rglob("*")))
    return {file: file.read_bytes() for file in found if file.is_file() and ".lock" not in file.name}


def test_new_staff_learn_by_keyboard_and_nothing_of_the_clinic_changes(
    qtbot: QtBot, program: Program, home: Path, tmp_path: Path, keyboard
) -> None:
    clinic = program._settings.registry
    before = files(clinic.parent) | {tmp_path / "settings.toml": (tmp_path / "settings.toml").read_bytes()}
    before = {path: content for path, content in before.items() if home not in path.parents}
    program.begin()
    start = program.start
    assert start is not None
    with qtbot.waitActive(start):
        start.activateWindow()
    start.learn.setFocus()
    keyboard.press(Qt.Key.Key_Space)
    bench = program.bench
    assert bench is not None
    assert bench.desk.practice
    room = bench.practice
    assert room is not None
    assert bench.window.windowTitle() == "CTD-ILD Desktop · Practice: invented patients"
    assert bench.window.findChild(QLabel, "practice_note").text() == "Practice: invented patients"
    assert (bench.desk.upkeep.copy_folder, bench.desk.upkeep.backup_folder) == (None, None)
    assert not bench.desk.inbox.watching
    with qtbot.waitActive(bench.window):
        bench.window.activateWindow()
    assert room.panel.told.startswith("Find a patient. Ctrl+K")
    keyboard.ctrl(Qt.Key.Key_K)
    keyboard.type("holl")
    keyboard.enter()
    assert bench.window.shown == "patient"
    assert room.panel.told.startswith("Log a lung-function test. Ctrl+T")
    keyboard.ctrl(Qt.Key.Key_T)
    keyboard.enter()
    keyboard.type("2.24")
    assert "nurse.pft" not in practice.done(bench.desk)
    keyboard.ctrl(Qt.Key.Key_Return)
    keyboard.ctrl(Qt.Key.Key_Return)
    assert {"nurse.find", "nurse.pft"} <= practice.done(bench.desk)
    keyboard.ctrl(Qt.Key.Key_Z)
    assert "nurse.undo" in practice.done(bench.desk)
    keyboard.press(Qt.Key.Key_F1, Qt.KeyboardModifier.ControlModifier)
    assert room.panel.is_open
    qtbot.waitUntil(lambda: keyboard.focus() == "practice_list")
    keyboard.press(Qt.Key.Key_Escape)
    assert not room.panel.is_open
    with qtbot.waitActive(bench.window):
        bench.window.activateWindow()
    keyboard.ctrl(Qt.Key.Key_L)
    assert "nurse.lock" in practice.done(bench.desk)
    again = program.start
    assert again is not None
    assert again.practice_card is not None
    with qtbot.waitActive(again):
        again.activateWindow()
    keyboard.enter()
    assert program.bench is not None
    assert program.bench.desk.practice
    program.bench.act("leave_practice")
    assert program.start is not None
    card = program.start.card
    assert isinstance(card, UnlockCard)
    assert (card.place.text(), card.login.text()) == (str(clinic), "amsel")
    after = files(clinic.parent) | {tmp_path / "settings.toml": (tmp_path / "settings.toml").read_bytes()}
    assert {path: content for path, content in after.items() if home not in path.parents} == before
    assert not (tmp_path / "backups").exists()
    assert not (tmp_path / "copies").exists()


def test_it_begins_anew_and_is_removed_without_a_trace(program: Program, home: Path) -> None:
    program.begin()
    program.practising.open()
    bench = program.bench
    assert bench is not None
    practice.keep_done(bench.desk, {"nurse.find"})
    assert bench.practice is not None
    first = bench.desk.registry.path.with_name("passphrase.txt").read_text()
    bench.practice.panel.anew_requested.emit()
    assert program.bench is not None
    assert program.bench is not bench
    assert practice.done(program.bench.desk) == frozenset()
    assert program.bench.desk.registry.path.with_name("passphrase.txt").read_text() != first
    assert program.bench.practice is not None
    program.bench.practice.panel.removal_requested.emit()
    assert program.bench is None
    assert program.start is not None
    assert program.start.card.problem.text() == "The practice data are removed."
    assert list(home.iterdir()) == []


def test_a_second_window_is_told_that_it_is_open(program: Program, qapp) -> None:
    program.begin()
    program.practising.open()
    other = Program(qapp, program._settings, ImmediateRunner(), WindowAsk())
    other.begin()
    other.practising.door.show_other = lambda _place: True  # type: ignore[method-assign]
    other.practising.open()
    assert other.bench is None
    assert other.start is not None
    assert other.start.card.problem.text() == "The practice registry is open in another window."
    end(other)


def test_each_step_names_its_key_and_has_a_deed_of_its_own() -> None:
    ids = [f"{lesson.id}.{step.id}" for lesson in LESSONS for step in lesson.steps]
    assert len(ids) == len(set(ids)) == 23
    for step_id in ids:
        step = step_of(step_id)
        assert "{" not in step.words
        assert len(step.words) <= 110
        for deed in step.deeds:
            assert step_id in done_now((), {deed.replace("*", "_gp")})
    assert done_now({"nurse.find"}, {"insert pft"}) == {"nurse.find", "nurse.pft"}
    assert done_now((), {"update pft", "event unlock", "shown today"}) == frozenset()
