"""The cards of the start window: first run, unlocking, recovery, backups and a registry on a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from ctdild_desktop.config import Settings
from ctdild_desktop.registry import registry, restoring, users
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.services import access, backups, patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.start.first_run_card import FirstRunCard
from ctdild_desktop.ui.start.recover_card import RecoverCard
from ctdild_desktop.ui.start.recovery_card import RecoveryCard
from ctdild_desktop.ui.start.restore_card import RestoreCard
from ctdild_desktop.ui.start.start_window import StartWindow
from ctdild_desktop.ui.start.unlock_card import UnlockCard
from tests.support import holloway
from tests.support.desks import LOGIN, PASSPHRASE, fill, make_desk_at
from tests.support.fake_ask import FakeAsk
from tests.support.postgres import Cluster
from tests.support.starting import show


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is made here takes the cheapest legal guess, so that tests are quick."""
    for module in (registry, restoring, users):
        monkeypatch.setattr(module, "calibrated_cost", lambda: CHEAPEST)


def test_first_run_by_keyboard_shows_the_code_once_and_opens(qtbot: QtBot, tmp_path: Path, keyboard) -> None:
    path = tmp_path / "new" / "clinic.ctdild"
    window = show(qtbot, StartWindow(ImmediateRunner(), FakeAsk(), path))
    opened: list[Desk] = []
    window.opened.connect(opened.append)
    assert isinstance(window.card, FirstRunCard)
    for text in ("Rita Amsel", "amsel", "a quiet passphrase", "a quiet passphrase"):
        keyboard.line(text)
    assert isinstance(window.card, RecoveryCard)
    code = window.card.findChild(QLabel, "recovery_code").text()
    assert len(code.replace("-", "")) >= 32
    assert opened == []
    assert not window.card.go.isEnabled()
    keyboard.press(Qt.Key.Key_Return)
    assert opened == [], "the code is not kept yet"
    keyboard.press(Qt.Key.Key_Space)
    keyboard.press(Qt.Key.Key_Return)
    (desk,) = opened
    assert (desk.login, desk.display_name, desk.role) == ("amsel", "Rita Amsel", "administrator")
    assert code.encode() not in path.read_bytes()
    desk.close()
    access.unlock(path, login="amsel", passphrase="a quiet passphrase").close()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("", "amsel", "a quiet passphrase", "a quiet passphrase"), "name"),
        (("Rita", "", "a quiet passphrase", "a quiet passphrase"), "login"),
        (("Rita", "amsel", "", ""), "passphrase"),
        (("Rita", "amsel", "a quiet passphrase", "another passphrase"), "differ"),
        (("Rita", "amsel", "short", "short"), "characters"),
        (("Rita", "amselamsel", "amselamsel", "amselamsel"), "login"),
    ],
)
def test_a_first_run_that_cannot_be_is_refused_and_makes_nothing(
    qtbot: QtBot, tmp_path: Path, keyboard, typed: tuple[str, ...], words: str
) -> None:
    path = tmp_path / "clinic.ctdild"
    window = show(qtbot, StartWindow(ImmediateRunner(), FakeAsk(), path))
    for text in typed:
        keyboard.line(text)
    assert isinstance(window.card, FirstRunCard)
    assert words in window.card.problem.text()
    assert window.card.display_name.text() == typed[0]
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_passphrase_is_one_sentence_and_stays_typed(qtbot: QtBot, closed: Path, keyboard) -> None:
    window = show(qtbot, StartWindow(ImmediateRunner(), FakeAsk(), closed, login=LOGIN))
    assert isinstance(window.card, UnlockCard)
    assert keyboard.focus() == "unlock_passphrase"
    keyboard.line("not this one")
    card = window.card
    assert card.problem.text().count(".") == 1
    assert card.passphrase.text() == "not this one"
    assert card.passphrase.selectedText()
    opened: list[Desk] = []
    window.opened.connect(opened.append)
    keyboard.line(PASSPHRASE)
    assert opened[0].login == LOGIN
    assert card.passphrase.text() == ""
    opened[0].close()


def test_a_file_that_is_no_registry_is_said_so(qtbot: QtBot, tmp_path: Path, keyboard) -> None:
    path = tmp_path / "letter.ctdild"
    path.write_text("Dear colleague", encoding="utf-8")
    window = show(qtbot, StartWindow(ImmediateRunner(), FakeAsk(), path, login="amsel"))
    keyboard.line("whatever it was")
    assert window.card.problem.isVisible()
    assert path.read_text(encoding="utf-8") == "Dear colleague"


def test_the_recovery_code_gives_a_new_passphrase_and_is_used_up(
    qtbot: QtBot, tmp_path: Path, keyboard
) -> None:
    path = tmp_path / "clinic.ctdild"
    desk, code = access.create_registry(
        path, login="amsel", display_name="Rita Amsel", passphrase="a quiet passphrase", cost=CHEAPEST
    )
    desk.close()
    window = show(qtbot, StartWindow(ImmediateRunner(), FakeAsk(), path, login="amsel"))
    opened: list[Desk] = []
    window.opened.connect(opened.append)
    window.findChild(QPushButton, "unlock_lost").click()
    mistyped = code[:-1] + ("A" if code[-1] != "A" else "B")
    for text in (mistyped, "amsel", "another quiet one", "another quiet one"):
        keyboard.line(text)
    assert isinstance(window.card, RecoverCard)
    assert "code" in window.card.problem.text().lower()
    assert window.card.passphrase.text() == "another quiet one"
    for text in (code, "amsel", "another quiet one", "another quiet one"):
        keyboard.line(text)
    assert isinstance(window.card, RecoveryCard)
    assert window.card.findChild(QLabel, "recovery_code").text() not in ("", code)
    keyboard.press(Qt.Key.Key_Space)
    window.card.go.click()
    opened[0].close()
    access.unlock(path, login="amsel", passphrase="another quiet one").close()
    with pytest.raises(RegistryError):
        access.unlock(path, login="amsel", passphrase="a quiet passphrase")
    with pytest.raises(RegistryError):
        access.recover(path, recovery_code=code, login="amsel", passphrase="a third quiet one")


def test_another_registry_can_be_chosen_or_made(qtbot: QtBot, closed: Path, tmp_path: Path) -> None:
    ask = FakeAsk(files=[(closed,)], saves=[tmp_path / "second.ctdild"])
    window = show(qtbot, StartWindow(ImmediateRunner(), ask, tmp_path / "none.ctdild"))
    window.card.findChild(QPushButton, "first_existing").click()
    assert isinstance(window.card, UnlockCard)
    assert window.card.place.text() == str(closed)
    window.card.findChild(QPushButton, "unlock_new").click()
    assert isinstance(window.card, FirstRunCard)
    assert window.card.place.text() == str(tmp_path / "second.ctdild")


@pytest.fixture
def backed_up(tmp_path: Path, clock) -> tuple[Path, str]:
    """A registry with a patient and two backups beside it, and its recovery code."""
    path = tmp_path / "clinic" / "clinic.ctdild"
    desk, code = access.create_registry(
        path, login=LOGIN, display_name="R. Amsel", passphrase=PASSPHRASE, cost=CHEAPEST, clock=clock
    )
    fill(desk, holloway.record())
    backups.back_up_now(desk)
    clock.forward(hours=1)
    backups.back_up_now(desk)
    desk.close()
    return path, code


def to_restore_card(qtbot: QtBot, window: StartWindow) -> RestoreCard:
    show(qtbot, window)
    (link,) = [
        found for found in window.card.findChildren(QPushButton) if found.objectName().endswith("_restore")
    ]
    link.click()
    assert isinstance(window.card, RestoreCard)
    return window.card


def test_d6_a_damaged_registry_comes_back_from_the_newest_whole_backup(
    qtbot: QtBot, backed_up: tuple[Path, str], keyboard
) -> None:
    path, _code = backed_up
    newest, older = sorted((path.parent / "backups").iterdir(), reverse=True)
    for spoiled in (newest, path):
        content = bytearray(spoiled.read_bytes())
        for place in range(len(content) // 2, len(content), 4096):
            content[place] ^= 1
        spoiled.write_bytes(bytes(content))
    window = StartWindow(ImmediateRunner(), FakeAsk(), path, login=LOGIN)
    opened: list[Desk] = []
    window.opened.connect(opened.append)
    card = to_restore_card(qtbot, window)
    assert card.backup.text() == str(older)
    assert card.problem.text() == f"Damaged and skipped: {newest.name}."
    keyboard.line(PASSPHRASE)
    (desk,) = opened
    assert patients.count(desk) == 1
    desk.close()
    assert any(".replaced-" in file.name for file in path.parent.iterdir())


def test_a_computer_with_nothing_but_a_backup_and_the_code(
    qtbot: QtBot, backed_up: tuple[Path, str], tmp_path: Path
) -> None:
    path, code = backed_up
    kept = tmp_path / "stick.ctdild-backup"
    next((path.parent / "backups").iterdir()).rename(kept)
    target = tmp_path / "new" / "clinic.ctdild"
    window = StartWindow(ImmediateRunner(), FakeAsk(files=[(kept,)]), target)
    opened: list[Desk] = []
    window.opened.connect(opened.append)
    card = to_restore_card(qtbot, window)
    card.findChild(QPushButton, "restore_choose").click()
    card.login.setText(LOGIN)
    card.lost.setChecked(True)
    assert card.passphrase.isHidden()
    for line, text in ((card.code, code), (card.fresh, "a fresh passphrase"), (card.again, "another one")):
        line.setText(text)
    card.go.click()
    assert card.problem.text() == "The two passphrases differ."
    card.again.setText("a fresh passphrase")
    card.go.click()
    assert isinstance(window.card, RecoveryCard)
    assert opened == []
    window.card.noted.emit()
    (desk,) = opened
    assert patients.count(desk) == 1
    desk.close()


def test_a_wrong_passphrase_for_a_backup_is_said_and_changes_nothing(
    qtbot: QtBot, backed_up: tuple[Path, str]
) -> None:
    path, _code = backed_up
    before = {file.name for file in path.parent.iterdir()}
    card = to_restore_card(qtbot, StartWindow(ImmediateRunner(), FakeAsk(), path, login=LOGIN))
    card.go.click()
    assert card.problem.text() == "The passphrase of that day is needed."
    card.passphrase.setText("not the passphrase")
    card.go.click()
    assert "passphrase is wrong" in card.problem.text()
    assert {file.name for file in path.parent.iterdir()} == before
    back = card.findChild(QPushButton, "restore_back")
    back.click()


def test_a_synchronised_folder_is_warned_of_before_a_registry_is_made_there(
    qtbot: QtBot, tmp_path: Path, keyboard
) -> None:
    path = tmp_path / "Nextcloud" / "clinic.ctdild"
    window = show(qtbot, StartWindow(ImmediateRunner(), FakeAsk(), path))
    for text in ("Rita Amsel", "amsel", "a quiet passphrase", "a quiet passphrase"):
        keyboard.line(text)
    assert isinstance(window.card, FirstRunCard)
    assert "synchronised by Nextcloud" in window.card.problem.text()
    assert "PostgreSQL" in window.card.problem.text()
    assert not path.exists()
    window.card.go.click()
    assert isinstance(window.card, RecoveryCard)
    assert path.exists()


# a registry on a server


def test_a_registry_on_a_server_is_unlocked_by_its_address(
    qtbot: QtBot, cluster: Cluster, tmp_path: Path, keyboard
) -> None:
    place = cluster.new_database()
    make_desk_at(place).close()
    settings = Settings(registry=tmp_path / "none.ctdild", source=tmp_path / "settings.toml")
    window = show(qtbot, StartWindow(ImmediateRunner(), FakeAsk(), settings.registry))
    window.card.findChild(QPushButton, "first_server").click()
    assert isinstance(window.card, UnlockCard)
    assert keyboard.focus() == "unlock_registry"
    opened: list[Desk] = []
    window.opened.connect(opened.append)
    for text in (str(place), LOGIN, PASSPHRASE):
        keyboard.line(text)
    assert window.card.problem.text() == ""
    (desk,) = opened
    assert desk.registry.place.is_server
    desk.close()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("mysql://db/registry", "begins with postgresql+psycopg://"),
        ("postgresql+psycopg://db", "names no database"),
        ("postgresql+psycopg://db:nine/registry", "cannot be read"),
        ("", "A file or the address of a server is needed."),
    ],
)
def test_an_address_that_cannot_be_is_refused_in_words(
    qtbot: QtBot, closed: Path, keyboard, address: str, words: str
) -> None:
    window = show(qtbot, StartWindow(ImmediateRunner(), FakeAsk(), closed, login=LOGIN))
    window.card.place.setText(address)
    window.card.passphrase.setText(PASSPHRASE)
    window.card.go.click()
    assert words in window.card.problem.text()
    assert keyboard.focus() == "unlock_registry"


def test_a_server_that_does_not_answer_is_one_sentence(qtbot: QtBot, closed: Path) -> None:
    window = show(qtbot, StartWindow(ImmediateRunner(), FakeAsk(), closed, login=LOGIN))
    window.card.place.setText("postgresql+psycopg://127.0.0.1:9/registry")
    window.card.passphrase.setText(PASSPHRASE)
    window.card.go.click()
    assert "cannot be reached" in window.card.problem.text()
    assert window.card.passphrase.text() == PASSPHRASE


def test_what_is_for_files_is_not_done_with_a_server(qtbot: QtBot, closed: Path) -> None:
    ask = FakeAsk(saves=[closed.with_name("second.ctdild")])
    window = show(qtbot, StartWindow(ImmediateRunner(), ask, closed, login=LOGIN))
    window.card.place.setText("postgresql+psycopg://db/registry")
    window.card.findChild(QPushButton, "unlock_restore").click()
    assert isinstance(window.card, UnlockCard)
    assert "looked after on the server" in window.card.problem.text()
    window.card.findChild(QPushButton, "unlock_new").click()
    assert isinstance(window.card, FirstRunCard)
    window.card.place.setText("postgresql+psycopg://db/registry")
    for line in (window.card.display_name, window.card.login):
        line.setText("amsel")
    for line in (window.card.passphrase, window.card.again):
        line.setText(PASSPHRASE)
    window.card.go.click()
    assert "ctdild init" in window.card.problem.text()
