from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.actions import ACTIONS, When, action
from ctdild_desktop.ui.dialogs.command_palette import CommandPalette
from ctdild_desktop.ui.dialogs.shortcut_sheet import ShortcutSheet, shortcut_groups
from ctdild_desktop.ui.keys import FORM_KEYS
from ctdild_desktop.ui.menus import MENUS, menu_words
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import fill
from tests.support.holloway import record as holloway


def test_no_key_means_two_things() -> None:
    keys = Counter(QKeySequence(key).toString() for spec in ACTIONS for key in spec.keys)
    assert "" not in keys
    assert [key for key, times in keys.items() if times > 1] == []


def test_ids_are_unique_and_every_action_has_a_known_menu() -> None:
    assert max(Counter(spec.id for spec in ACTIONS).values()) == 1
    assert {spec.menu for spec in ACTIONS} == {menu for menu, _title in MENUS}


def test_mnemonics_within_a_menu_differ() -> None:
    for menu, _title in MENUS:
        letters = [spec.words.partition("&")[2][:1].lower() for spec in ACTIONS if spec.menu == menu]
        assert max(Counter(letters).values()) == 1, menu


def test_form_keys_do_not_hide_a_key_of_the_menu() -> None:
    menu = {key for spec in ACTIONS for key in spec.keys}
    assert not menu & {keys for keys, _words in FORM_KEYS}


@pytest.mark.parametrize("spec", ACTIONS, ids=lambda spec: spec.id)
def test_the_shortcut_sheet_names_every_key(spec) -> None:
    anywhere = dict(shortcut_groups()[0][1])
    if spec.keys:
        assert anywhere[" / ".join(spec.keys)] == spec.plain


def test_unknown_ids_are_refused() -> None:
    with pytest.raises(KeyError):
        action("make_coffee")
    with pytest.raises(KeyError):
        menu_words("tools")


def test_actions_that_need_a_patient_wait_for_one(bench: Workbench) -> None:
    enabled = {spec.id for spec in ACTIONS if bench.window.qaction(spec.id).isEnabled()}
    assert {"log_pft", "print_page", "undo", "present"}.isdisjoint(enabled)
    assert {"new_patient", "find", "lock", "about"} <= enabled


def test_every_action_is_answered(bench: Workbench) -> None:
    framed = {"undo", "quit", "commands", *(one.id for one in ACTIONS if one.id.startswith("room_"))}
    for spec in ACTIONS:
        if spec.id not in framed | {"backup", "lock", "shortcuts", "about", "licences", "open_demo"}:
            bench.act(spec.id)
    with pytest.raises(KeyError):
        bench.act("make_coffee")


def test_every_action_is_reached_by_each_of_its_keys_and_by_its_name(
    qtbot: QtBot, bench: Workbench, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(desk, holloway())
    window = bench.window
    window.show()
    window.activateWindow()
    bench.open_patient(holloway().patient.id)
    for when in (When.UNDO, When.MEETING, When.PRACTICE):
        window.set_available(when, on=True)
    asked: list[str] = []
    open_commands = window._open_commands
    monkeypatch.setattr(window, "_call", asked.append)
    for spec in ACTIONS:
        for key in spec.keys:
            QTest.keySequence(window, QKeySequence(key))
            assert asked == [spec.id], key
            asked.clear()
        if spec.id != "commands":
            open_commands()
            palette = window.findChild(CommandPalette)
            assert palette is not None
            QTest.keyClicks(palette.findChild(QLineEdit), spec.plain)
            while palette.chosen_id != spec.id:
                QTest.keyClick(palette.findChild(QLineEdit), Qt.Key.Key_Down)
            QTest.keyClick(palette.findChild(QLineEdit), Qt.Key.Key_Return)
            assert asked == [spec.id]
            asked.clear()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_the_shortcut_sheet_opens_without_blocking(qtbot: QtBot, bench: Workbench) -> None:
    bench.act("shortcuts")
    sheet = bench.window.findChild(ShortcutSheet)
    assert sheet is not None
    assert sheet.isVisible()
    sheet.close()
