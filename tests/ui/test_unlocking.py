"""The unlock screen when it does not open at once: waiting, temporary passphrases, seeing what is typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from ctdild_desktop.app import Program
from ctdild_desktop.config import Settings
from ctdild_desktop.registry import users
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.services import access, people
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.ask import WindowAsk
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.start.own_passphrase_card import OwnPassphraseCard
from ctdild_desktop.ui.start.recover_card import RecoverCard
from ctdild_desktop.ui.start.start_window import StartWindow
from ctdild_desktop.ui.start.unlock_card import UnlockCard
from tests.support.desks import LOGIN, PASSPHRASE
from tests.support.fake_ask import FakeAsk
from tests.support.programs import end

GIVEN, OWN = "words for the first day", "a passphrase of my own"


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "calibrated_cost", lambda: CHEAPEST)


@pytest.fixture
def closed(desk: Desk) -> Path:
    """A registry with a second person, whose passphrase is temporary."""
    people.add_person(desk, login="specht", name="T. Specht", role="recorder", passphrase=GIVEN)
    desk.close()
    return desk.registry.path


def show(qtbot: QtBot, path: Path, login: str = LOGIN) -> StartWindow:
    window = StartWindow(ImmediateRunner(), FakeAsk(), path, login=login)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    window.card.focus_first()
    return window


def unlocking(window: StartWindow) -> UnlockCard:
    card = window.card
    assert isinstance(card, UnlockCard)
    return card


def test_a5_after_five_wrong_passphrases_the_card_counts_down_and_keeps_the_login(
    qtbot: QtBot, closed: Path, keyboard
) -> None:
    window = show(qtbot, closed)
    card = unlocking(window)
    for _ in range(5):
        keyboard.line("not this one")
        assert card.problem.text() == "The passphrase is wrong."
        assert card.go.isEnabled()
    keyboard.line(PASSPHRASE)
    assert card.problem.text() == "Too many wrong attempts. You may try again in 2 s."
    assert not card.go.isEnabled()
    keyboard.enter()
    card.countdown.tick()
    assert card.problem.text() == "Too many wrong attempts. You may try again in 1 s."
    assert (card.login.text(), card.passphrase.text()) == (LOGIN, PASSPHRASE)
    card.countdown.tick()
    assert card.problem.text() == "You may try again now."
    assert card.go.isEnabled()
    assert keyboard.focus() == "unlock_passphrase"


def test_a5_another_login_need_not_wait(qtbot: QtBot, closed: Path, keyboard) -> None:
    window = show(qtbot, closed)
    card = unlocking(window)
    for _ in range(6):
        keyboard.line("not this one")
    assert not card.go.isEnabled()
    card.login.setFocus()
    card.login.selectAll()
    keyboard.line("specht")
    assert card.go.isEnabled()
    assert card.problem.isHidden()
    card.countdown.tick()
    keyboard.line(GIVEN)
    assert isinstance(window.card, OwnPassphraseCard)


def test_a5_the_recovery_code_waits_too(qtbot: QtBot, closed: Path, keyboard) -> None:
    from ctdild_desktop.registry.recovery import new_code

    window = show(qtbot, closed)
    window.findChild(QPushButton, "unlock_lost").click()
    card = window.card
    assert isinstance(card, RecoverCard)
    for _ in range(6):
        for text in (new_code(), LOGIN, OWN, OWN):
            keyboard.line(text)
    assert card.problem.text().startswith("Too many wrong attempts.")
    assert not card.go.isEnabled()
    assert card.passphrase.text() == OWN
    card.countdown.stop()


def test_a_temporary_passphrase_is_replaced_first(qtbot: QtBot, closed: Path, keyboard) -> None:
    window = show(qtbot, closed, "specht")
    opened: list[Desk] = []
    window.opened.connect(opened.append)
    keyboard.line(GIVEN)
    card = window.card
    assert isinstance(card, OwnPassphraseCard)
    assert opened == []
    assert keyboard.focus() == "own_passphrase"
    told = card.findChild(QLabel, "own_passphrase_strength")
    for typed, words in (("short", "Too short: 5 of at least 8 characters."), (" but longer", "Strong.")):
        keyboard.type(typed)
        assert told.text() == card.passphrase.accessibleDescription() == words
    keyboard.enter()
    keyboard.line("another one")
    assert card.problem.text() == "The two passphrases differ."
    for typed in (GIVEN, OWN):
        card.passphrase.setFocus()
        card.passphrase.selectAll()
        keyboard.line(typed)
        keyboard.line(typed)
        if typed == GIVEN:
            assert card.problem.text() == "The new passphrase must differ from the present one."
            assert keyboard.focus() == "own_passphrase"
    (mine,) = opened
    assert (mine.login, mine.role) == ("specht", "recorder")
    assert card.passphrase.text() == card.again.text() == ""
    mine.close()
    access.unlock(closed, login="specht", passphrase=OWN).close()


def test_the_way_back_from_a_temporary_passphrase(qtbot: QtBot, closed: Path, keyboard) -> None:
    window = show(qtbot, closed, "specht")
    keyboard.line(GIVEN)
    window.card.findChild(QPushButton, "own_back").click()
    assert isinstance(window.card, UnlockCard)


def test_what_is_typed_can_be_seen_by_keyboard(qtbot: QtBot, closed: Path, keyboard) -> None:
    window = show(qtbot, closed)
    card = unlocking(window)
    keyboard.type("what did I type")
    box = card.findChild(QCheckBox, "unlock_passphrase_show")
    assert box.text() == "S&how the passphrase"
    assert card.passphrase.echoMode() == QLineEdit.EchoMode.Password
    box.setFocus()
    keyboard.press(Qt.Key.Key_Space)
    assert card.passphrase.echoMode() == QLineEdit.EchoMode.Normal
    keyboard.press(Qt.Key.Key_Space)
    assert card.passphrase.echoMode() == QLineEdit.EchoMode.Password
    assert card.passphrase.text() == "what did I type"


def test_a5_a_passphrase_from_a_file_counts_down_as_well(qtbot: QtBot, closed: Path) -> None:
    settings = Settings(registry=closed)
    program = Program(QApplication.instance(), settings, ImmediateRunner(), WindowAsk())
    for _ in range(6):
        program.begin(login=LOGIN, passphrase="not this one")
        assert program.start is not None
    card = unlocking(program.start)
    assert card.problem.text() == "Too many wrong attempts. You may try again in 2 s."
    assert not card.go.isEnabled()
    card.countdown.stop()
    end(program)
