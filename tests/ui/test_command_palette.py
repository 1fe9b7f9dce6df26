"""Every command by a few letters, through the real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.actions import ACTIONS, action
from ctdild_desktop.ui.dialogs.command_palette import Command, CommandPalette, matching
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import fill
from tests.support.holloway import record as holloway

COMMANDS = [Command(spec) for spec in ACTIONS]


def opened(qtbot: QtBot, bench: Workbench) -> tuple[CommandPalette, QLineEdit]:
    bench.window.show()
    bench.window.qaction("commands").trigger()
    palette = bench.window.findChild(CommandPalette)
    assert palette is not None
    field = palette.findChild(QLineEdit)
    assert field is not None
    return palette, field


@pytest.mark.parametrize("spec", ACTIONS, ids=lambda spec: spec.id)
def test_every_command_is_found_by_its_own_name(spec) -> None:
    assert spec.id in [one.spec.id for one in matching(COMMANDS, spec.plain)]


@pytest.mark.parametrize(
    ("typed", "first"), [("lock", "lock"), ("NEW pat", "new_patient"), ("pat new", "new_patient")]
)
def test_words_are_found_by_their_beginnings_in_any_order(typed: str, first: str) -> None:
    assert first in [one.spec.id for one in matching(COMMANDS, typed)]


def test_letters_that_no_command_has_find_none() -> None:
    assert matching(COMMANDS, "coffee") == ()


def test_accents_and_capitals_do_not_matter() -> None:
    assert matching(COMMANDS, "Ñew pâtient")[0].spec.id == "new_patient"


def test_what_cannot_be_done_now_comes_last_and_says_why() -> None:
    given = [Command(action("log_pft"), "open a patient first"), Command(action("lock"))]
    assert [one.spec.id for one in matching(given, "")] == ["lock", "log_pft"]


def test_a_command_is_done_by_typing_and_enter(qtbot: QtBot, bench: Workbench) -> None:
    palette, field = opened(qtbot, bench)
    QTest.keyClicks(field, "shortcuts")
    assert palette.found == ("shortcuts",)
    with qtbot.waitSignal(palette.chosen) as said:
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert said.args == ["shortcuts"]
    qtbot.waitUntil(lambda: bench.window.findChild(QLineEdit, "command_text") is None)


def test_arrows_choose_and_escape_does_nothing(qtbot: QtBot, bench: Workbench) -> None:
    palette, field = opened(qtbot, bench)
    everything = palette.found
    assert len(everything) == len(ACTIONS) - 1
    chosen: list[str] = []
    palette.chosen.connect(chosen.append)
    QTest.keyClick(field, Qt.Key.Key_Down)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert chosen == []


def test_a_command_for_a_patient_waits_for_one(qtbot: QtBot, bench: Workbench, desk: Desk) -> None:
    palette, field = opened(qtbot, bench)
    chosen: list[str] = []
    palette.chosen.connect(chosen.append)
    QTest.keyClicks(field, "log pft")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert chosen == []
    assert palette.isVisible()
    palette.close()
    qtbot.waitUntil(lambda: bench.window.findChild(CommandPalette) is None)
    fill(desk, holloway())
    bench.open_patient(holloway().patient.id)
    palette, field = opened(qtbot, bench)
    QTest.keyClicks(field, "log pft")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert bench.patient.sheet is not None
