"""One window for one registry, and the way to the one that has it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSysInfo, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from ctdild_desktop.app import Program
from ctdild_desktop.config import Settings
from ctdild_desktop.place import Place
from ctdild_desktop.services import access, patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.ask import WindowAsk
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.start.one_window import OneWindow, lock_path
from ctdild_desktop.ui.start.start_window import StartWindow
from ctdild_desktop.ui.start.unlock_card import UnlockCard
from tests.support.desks import LOGIN, PASSPHRASE
from tests.support.fake_ask import FakeAsk
from tests.support.programs import end

HOLDS = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from ctdild_desktop.place import Place
from ctdild_desktop.ui.start.one_window import OneWindow
application = QCoreApplication(sys.argv)
door = OneWindow()
assert door.take(Place(path=Path(sys.argv[1]))) is None
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def doors(qapp) -> Iterator[Callable[[], OneWindow]]:
    made: list[OneWindow] = []

    def make() -> OneWindow:
        made.append(OneWindow())
        return made[-1]

    yield make
    for door in made:
        door.release()


@pytest.fixture
def place(desk: Desk) -> Place:
    desk.close()
    return desk.registry.place


def test_a_registry_is_held_once_and_can_be_held_again(
    doors: Callable[[], OneWindow], place: Place, tmp_path: Path
) -> None:
    first, second = doors(), doors()
    assert first.take(place) is None
    assert first.take(place) is None
    holder = second.take(place)
    assert holder is not None
    assert holder.here
    assert "open in another window on this computer" in holder.words
    assert str(holder.process) in holder.words
    elsewhere = Place(path=tmp_path / "other.ctdild")
    assert first.take(elsewhere) is None
    assert second.take(place) is None
    assert not lock_path(elsewhere.file).samefile(lock_path(place.file))
    second.release()
    assert not lock_path(place.file).exists()


def test_a_registry_on_a_server_is_for_any_number_of_windows(doors: Callable[[], OneWindow]) -> None:
    server = Place.parse("postgresql+psycopg://db/registry")
    assert doors().take(server) is None
    assert doors().take(server) is None


def test_the_lock_of_a_program_that_was_killed_is_taken_over(
    doors: Callable[[], OneWindow], place: Place
) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(place.file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None
    assert other.stdin is not None
    assert other.stdout.readline().strip() == "held"
    door = doors()
    holder = door.take(place)
    assert holder is not None
    assert holder.process == other.pid
    other.kill()
    other.wait()
    other.stdout.close()
    other.stdin.close()
    assert lock_path(place.file).exists()
    assert door.take(place) is None


def test_a_lock_left_by_another_computer_is_named_and_taken_only_when_asked(
    doors: Callable[[], OneWindow], place: Place
) -> None:
    lock_path(place.file).write_text("812\nctdild\nWARD-3\n", encoding="utf-8")
    door = doors()
    holder = door.take(place)
    assert holder is not None
    assert not holder.here
    assert "WARD-3 (process 812)" in holder.words
    assert QSysInfo.machineHostName() not in holder.words
    assert lock_path(place.file).read_text(encoding="utf-8").startswith("812")
    assert door.take_over(place) is None
    assert not lock_path(place.file).read_text(encoding="utf-8").startswith("812")


def test_a_folder_that_takes_no_files_is_no_reason_to_refuse(
    doors: Callable[[], OneWindow], tmp_path: Path
) -> None:
    assert doors().take(Place(path=tmp_path / "no such folder" / "clinic.ctdild")) is None


def test_a_second_window_brings_the_first_one_to_the_front(
    doors: Callable[[], OneWindow], place: Place, qtbot: QtBot
) -> None:
    """The first answers in a process of its own, as two programs do."""
    answers = HOLDS.replace(
        "sys.stdin.read()",
        "door.asked_to_show.connect(lambda: (print('asked', flush=True), application.quit()))\n"
        "application.exec()",
    )
    other = subprocess.Popen(
        [sys.executable, "-c", answers, str(place.file)], stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline().strip() == "held"
    door = doors()
    assert door.take(place) is not None
    assert door.show_other(place)
    assert other.stdout.readline().strip() == "asked"
    other.wait(10)
    other.stdout.close()
    assert not door.show_other(place)
    assert not door.show_other(Place.parse("postgresql+psycopg://db/registry"))


def test_the_unlock_card_says_who_has_the_registry_and_offers_that_window(
    doors: Callable[[], OneWindow], place: Place, qtbot: QtBot, keyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = doors(), doors()
    first.take(place)
    window = StartWindow(ImmediateRunner(), FakeAsk(), place, login=LOGIN, door=second)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    window.card.focus_first()
    keyboard.line(PASSPHRASE)
    card = window.card
    assert isinstance(card, UnlockCard)
    assert "open in another window" in card.problem.text()
    assert card.passphrase.text() == PASSPHRASE
    show = window.findChild(QPushButton, "start_show_other")
    assert show.isVisible()
    assert keyboard.focus() == "start_show_other"
    assert not window.findChild(QPushButton, "start_open_here").isVisible()
    monkeypatch.setattr(second, "show_other", lambda _place: False)
    keyboard.press(Qt.Key.Key_Space)
    assert "does not answer" in card.problem.text()
    assert window.isVisible()
    monkeypatch.setattr(second, "show_other", lambda _place: True)
    keyboard.press(Qt.Key.Key_Space)
    assert not window.isVisible()


def test_a_registry_that_another_computer_left_is_opened_when_asked(
    doors: Callable[[], OneWindow], place: Place, qtbot: QtBot
) -> None:
    lock_path(place.file).write_text("812\nctdild\nWARD-3\n", encoding="utf-8")
    window = StartWindow(ImmediateRunner(), FakeAsk(), place, login=LOGIN, door=doors())
    qtbot.addWidget(window)
    window.show()
    opened: list[Desk] = []
    window.opened.connect(opened.append)
    window.card.passphrase.setText(PASSPHRASE)
    window.card.go.click()
    assert opened == []
    window.findChild(QPushButton, "start_open_here").click()
    assert opened[0].login == LOGIN
    opened[0].close()


@pytest.fixture
def program(qtbot: QtBot, qapp, place: Place, tmp_path: Path) -> Iterator[Program]:
    settings = Settings(registry=place.file, login=LOGIN, source=tmp_path / "settings.toml")
    made = Program(qapp, settings, ImmediateRunner(), WindowAsk())
    yield made
    end(made)


def test_the_program_holds_its_registry_while_it_is_locked_and_gives_it_back(
    program: Program, doors: Callable[[], OneWindow], place: Place
) -> None:
    program.begin(login=LOGIN, passphrase=PASSPHRASE)
    other = doors()
    assert other.take(place) is not None
    program.bench.act("lock")
    assert other.take(place) is not None
    assert program.start.card.problem.text() == ""
    program.door.asked_to_show.emit()
    assert program.start.isVisible()
    beside = access.unlock(place, login=LOGIN, passphrase=PASSPHRASE)
    assert patients.count(beside) == 0
    beside.close()
    program.end()
    assert other.take(place) is None


def test_a_second_program_says_at_its_start_that_the_registry_is_open(
    program: Program, doors: Callable[[], OneWindow], place: Place
) -> None:
    doors().take(place)
    program.begin(login=LOGIN, passphrase=PASSPHRASE)
    assert program.bench is None
    assert "another window" in program.start.card.problem.text()
