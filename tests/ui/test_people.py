"""Looking after people in the registry's room: by keyboard, with undo, and only for administrators."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from ctdild_desktop.app import build_window, close_window
from ctdild_desktop.registry import rotation, users
from ctdild_desktop.registry.errors import WrongPassphraseError
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.services import access, people
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.all_windows import windows
from ctdild_desktop.ui.dialogs.act_dialog import ActDialog
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.registry.people_dialogs import CodeDialog
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.table_view import TableView
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import LOGIN, PASSPHRASE, as_user
from tests.support.fake_ask import FakeAsk

GIVEN = "words for the first day"


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (users, rotation):
        monkeypatch.setattr(module, "calibrated_cost", lambda: CHEAPEST)


@pytest.fixture
def room(bench: Workbench, desk: Desk) -> Workbench:
    """The registry's room, with a second person."""
    people.add_person(desk, login="specht", name="T. Specht", role="recorder", passphrase=GIVEN)
    bench.registry.people.refresh()
    bench.window.show_room("registry")
    return bench


def rows(bench: Workbench) -> list[list[str]]:
    model = bench.registry.people.table.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def choose(bench: Workbench, login: str) -> None:
    at = [row[1] for row in rows(bench)].index(login)
    bench.registry.people.table.setCurrentIndex(bench.registry.people.table.model().index(at, 0))


def button(bench: Workbench, name: str) -> QPushButton:
    found = bench.registry.people.findChild(QPushButton, f"people_{name}")
    assert isinstance(found, QPushButton)
    return found


def dialog(kind: type[QDialog] = ActDialog) -> QDialog:
    """The dialog in sight, with the keyboard."""
    (found,) = [one for one in windows() if isinstance(one, kind) and one.isVisible()]
    found.activateWindow()
    QApplication.processEvents()
    return found


def line(name: str) -> QLineEdit:
    found = dialog().findChild(QLineEdit, name)
    assert isinstance(found, QLineEdit)
    return found


def problem() -> str:
    found = dialog().findChild(QLabel, "start_problem")
    assert isinstance(found, QLabel)
    return found.text()


def test_the_table_tells_who_there_is(room: Workbench) -> None:
    first, second = rows(room)
    assert first[:3] == ["R. Amsel", LOGIN, "administrator"]
    assert second == ["T. Specht", "specht", "recorder", "never", "temporary passphrase"]
    assert room.registry.people.table.accessibleName() == "People who may open the registry"


def test_a_person_is_added_by_keyboard(room: Workbench, desk: Desk, keyboard) -> None:
    room.act("add_person")
    given = line("person_passphrase").text()
    assert [len(part) for part in given.split("-")] == [4, 4, 4]
    assert keyboard.focus() == "person_name"
    keyboard.line("")
    keyboard.line("")
    keyboard.enter()
    assert problem() == "The name is needed."
    keyboard.line("A. Falke")
    keyboard.line("specht")
    keyboard.enter()
    assert problem() == "This login is already taken."
    assert line("person_name").text() == "A. Falke"
    keyboard.enter()
    keyboard.line("falke")
    keyboard.enter()
    assert [row[1] for row in rows(room)] == ["falke", LOGIN, "specht"]
    with pytest.raises(Exception, match="temporary"):
        access.unlock(desk.registry.path, login="falke", passphrase=given)


def test_a_role_is_changed_and_taken_back(room: Workbench) -> None:
    choose(room, "specht")
    button(room, "set_role").click()
    field = dialog().findChild(ChoiceField, "person_role")
    assert field.text_value() == "recorder"
    field.set_text("clinician")
    dialog().findChild(QPushButton, "start_go").click()
    assert [row[2] for row in rows(room)] == ["administrator", "clinician"]
    room.window.qaction("undo").trigger()
    assert [row[2] for row in rows(room)] == ["administrator", "recorder"]


def test_the_last_administrator_is_told_so_and_the_dialog_stays(room: Workbench) -> None:
    choose(room, LOGIN)
    button(room, "remove_person").click()
    line("person_reason").setText("left")
    dialog().findChild(QPushButton, "start_go").click()
    assert problem().startswith("The last administrator can neither be removed nor given another role.")
    assert line("person_reason").text() == "left"
    dialog().reject()


def test_a_person_is_removed_with_a_reason_and_let_in_again(room: Workbench, desk: Desk, keyboard) -> None:
    choose(room, "specht")
    button(room, "remove_person").click()
    dialog()
    keyboard.enter()
    assert problem() == "Say why this person is removed."
    keyboard.line("left the clinic")
    assert rows(room)[1][4] == "removed"
    assert not button(room, "set_role").isEnabled()
    assert not button(room, "reset_passphrase").isEnabled()
    button(room, "reactivate").click()
    line("person_passphrase").setText("welcome back to us")
    keyboard.enter()
    assert rows(room)[1][4] == "temporary passphrase"
    assert not button(room, "reactivate").isEnabled()


def test_a_lost_passphrase_is_reset_and_a_name_changed(room: Workbench, desk: Desk, keyboard) -> None:
    choose(room, "specht")
    button(room, "reset_passphrase").click()
    line("person_passphrase").setText("short")
    keyboard.enter()
    assert problem() == "A passphrase has at least 8 characters."
    line("person_passphrase").setText("other words for today")
    keyboard.enter()
    button(room, "rename").click()
    line("person_name").selectAll()
    keyboard.line("Theo Specht")
    assert rows(room)[1][0] == "Theo Specht"
    mine = access.unlock(
        desk.registry.path, login="specht", passphrase="other words for today", new_passphrase="my own words"
    )
    mine.close()


def test_one_s_own_passphrase_is_changed(room: Workbench, desk: Desk, keyboard) -> None:
    room.act("change_passphrase")
    dialog()
    for text in ("not the old one", "my quiet new words", "my quiet new words"):
        keyboard.line(text)
    assert problem() == "The passphrase is wrong."
    assert dialog().findChild(QLabel, "passphrase_new_strength").text() == "Strong."
    for text in (PASSPHRASE, "my quiet new words", "my quiet new word"):
        keyboard.line(text)
    assert problem() == "The two passphrases differ."
    keyboard.line("my quiet new words")
    path = desk.registry.path
    with pytest.raises(WrongPassphraseError):
        access.unlock(path, login=LOGIN, passphrase=PASSPHRASE)
    access.unlock(path, login=LOGIN, passphrase="my quiet new words").close()


@pytest.mark.parametrize("name", ["new_recovery_code", "rotate_keys"])
def test_a_new_code_is_shown_once_and_kept_before_it_is_closed(
    room: Workbench, desk: Desk, keyboard, name: str
) -> None:
    old = bytes(desk.registry.data_key)
    room.act(name)
    dialog()
    keyboard.enter()
    shown = dialog(CodeDialog)
    code = shown.findChild(QLabel, "recovery_code").text()
    keyboard.press(Qt.Key.Key_Escape)
    assert shown.isVisible()
    assert keyboard.focus() == "recovery_noted"
    keyboard.press(Qt.Key.Key_Space)
    shown.findChild(QPushButton, "code_close").click()
    assert (bytes(desk.registry.data_key) != old) == (name == "rotate_keys")
    path = desk.registry.path
    again, _ = access.recover(path, recovery_code=code, login=LOGIN, passphrase="found again words")
    again.close()


@pytest.fixture
def visitor(desk: Desk, qtbot: QtBot) -> Iterator[Workbench]:
    """The window of somebody who is no administrator."""
    made = build_window(as_user(desk, "meise", "B. Meise", "clinician"), ImmediateRunner(), FakeAsk())
    qtbot.addWidget(made.window)
    made.window.show()
    made.window.show_room("registry")
    yield made
    close_window(made)


def test_whoever_is_no_administrator_changes_only_the_own_passphrase(visitor: Workbench) -> None:
    assert not visitor.registry.people.findChild(TableView, "people_table").isVisible()
    seen = [one.objectName() for one in visitor.registry.people.findChildren(QPushButton) if one.isVisible()]
    assert seen == ["people_change_passphrase"]
    assert visitor.registry.people.findChild(QLabel, "people_words").text() == (
        "Administrators look after people and keys."
    )
    said: list[str] = []
    visitor.registry.people_acts.refused.connect(said.append)
    visitor.registry.people_acts.start("rotate_keys")
    assert said == ["Your role (clinician) does not allow this: renewing the keys needs administrator."]


def test_nothing_of_people_is_left_when_the_window_is_locked(room: Workbench) -> None:
    room.forget()
    assert rows(room) == []
    assert room.registry.people.chosen is None


def test_a_name_that_looks_like_markup_is_shown_as_it_is(room: Workbench, desk: Desk) -> None:
    people.rename(desk, "specht", "<b>T.</b> <img src='x'>")
    room.registry.people.refresh()
    choose(room, "specht")
    button(room, "set_role").click()
    heads = [one for one in dialog().findChildren(QLabel) if "<b>T.</b>" in one.text()]
    assert [one.textFormat() for one in heads] == [Qt.TextFormat.PlainText]
    index = room.registry.people.table.currentIndex().siblingAtColumn(0)
    assert index.data() == "<b>T.</b> <img src='x'>"
    assert "<b>" not in index.data(Qt.ItemDataRole.ToolTipRole)
    dialog().reject()


def test_a_role_that_is_changed_meanwhile_changes_what_is_offered(visitor: Workbench, desk: Desk) -> None:
    people.set_role(desk, "meise", "administrator")
    visitor.desk.role = "administrator"
    visitor.permits.renew()
    assert {row[1] for row in rows(visitor)} == {LOGIN, "meise"}
    assert button(visitor, "rotate_keys").isVisible()
    assert visitor.registry.thresholds.findChild(QPushButton, "threshold_set").isEnabled()
    visitor.desk.role = "viewer"
    visitor.permits.renew()
    assert rows(visitor) == []
    assert not button(visitor, "rotate_keys").isVisible()
    assert not visitor.registry.thresholds.findChild(QPushButton, "threshold_set").isEnabled()
