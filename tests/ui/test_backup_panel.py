"""The section "Backup" of the Registry room, by keyboard and in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from ctdild_desktop.services import backups, upkeep
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.dialogs.texts import size_words
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.registry import backup_words
from ctdild_desktop.ui.registry.backup_panel import BackupPanel
from ctdild_desktop.ui.workbench import Workbench
from tests.support import holloway
from tests.support.desks import Clock, as_user, fill
from tests.support.fake_ask import FakeAsk

NOW = dt.datetime(2026, 3, 12, 10, 0, tzinfo=dt.UTC)


def text(panel: QWidget, name: str) -> str:
    label = panel.findChild(QLabel, name)
    assert label is not None, name
    assert label.accessibleName() == label.text()
    return label.text()


def button(panel: QWidget, name: str) -> QPushButton:
    found = panel.findChild(QPushButton, f"backup_{name}_button")
    assert found is not None, name
    return found


@pytest.fixture
def panel(bench: Workbench, desk: Desk) -> BackupPanel:
    """The Registry room of a registry with one patient."""
    fill(desk, holloway.record())
    bench.window.show_room("registry")
    return bench.registry.safekeeping.panel


def test_an_empty_state_says_when_backups_are_made(panel: BackupPanel) -> None:
    assert "No backup yet" in text(panel, "backup_empty")
    assert "when the window is closed" in text(panel, "backup_empty")
    assert text(panel, "backup_last") == "none yet"
    assert text(panel, "backup_copies") == "no folder chosen"
    for name, enabled in (
        ("now", True),
        ("folder", True),
        ("copy", False),
        ("rehearse", False),
        ("restore", False),
    ):
        assert button(panel, name).isEnabled() == enabled, name


def test_back_up_now_by_key_fills_the_list_and_says_so(
    bench: Workbench, panel: BackupPanel, keyboard, clock: Clock
) -> None:
    keyboard.ctrl(Qt.Key.Key_B, shift=True)
    assert bench.window.said.startswith("Backup written and verified: test 2026-03-12 ")
    assert panel.list.rows.rowCount() == 1
    cells = [panel.list.rows.index(0, column).data() for column in range(panel.list.rows.columnCount())]
    assert cells[1:2] + cells[3:] == ["by hand", "1", str(len(holloway.record().tests)), "verified now"]
    assert text(panel, "backup_last").startswith("just now (12.03.2026 ")
    assert text(panel, "backup_where") == str(bench.desk.registry.path.parent / "backups")
    assert text(panel, "backup_reminder").startswith("All backups lie on this computer.")
    assert bench.window.findChild(QPushButton, "follow_button").isVisible()
    clock.forward(hours=3)
    bench.desk.registry.record_event("export", user="amsel")
    panel.refresh()
    assert text(panel, "backup_last").startswith("3 hours ago")
    assert text(panel, "backup_last").endswith("something changed since")


def test_every_button_is_reached_by_tab_and_every_part_has_a_name(panel: BackupPanel, keyboard) -> None:
    panel.back_up_now()
    panel.focus_first()
    reached = [keyboard.focus()]
    for _ in range(6):
        keyboard.press(Qt.Key.Key_Tab)
        reached.append(keyboard.focus())
    assert reached == [
        *(f"backup_{name}_button" for name in ("now", "copy", "folder", "rehearse", "restore", "open")),
        "generation_list",
    ]
    assert panel.list.accessibleName() == "Backups, newest first"
    for found in panel.findChildren(QPushButton):
        assert found.text().replace("&", "")


def test_a_copy_folder_is_chosen_remembered_and_filled(
    bench: Workbench, panel: BackupPanel, ask: FakeAsk, tmp_path: Path
) -> None:
    panel.back_up_now()
    stick = tmp_path / "stick"
    stick.mkdir()
    remembered = []
    bench.registry.safekeeping.settings_changed.connect(remembered.append)
    ask.chosen_folders.append(backups.folder_of(bench.desk))
    button(panel, "folder").click()
    assert "another folder" in text(panel, "backup_words")
    assert remembered == []
    ask.chosen_folders.append(stick)
    button(panel, "folder").click()
    assert remembered == [replace(bench.desk.upkeep, copy_folder=stick)]
    assert len(list(stick.iterdir())) == 1
    assert text(panel, "backup_copies") == f"{stick}, copied just now"
    assert panel.findChild(QLabel, "backup_reminder").isHidden()
    for file in stick.iterdir():
        file.unlink()
    stick.rmdir()
    button(panel, "copy").click()
    assert "The folder for copies is not there" in text(panel, "backup_words")
    panel.refresh()
    assert text(panel, "backup_copies") == f"{stick} (not connected), copied just now"


def test_a_rehearsal_tells_what_it_found(bench: Workbench, panel: BackupPanel) -> None:
    panel.back_up_now()
    button(panel, "rehearse").click()
    assert "can be restored; it holds 1 patient" in text(panel, "backup_words")
    assert text(panel, "backup_rehearsed").startswith("just now, test 2026-03-12 ")
    assert text(panel, "backup_rehearsed").endswith(" can be restored")
    assert bench.window.said == text(panel, "backup_words")


def test_a_check_that_did_not_pass_stands_in_the_room_that_is_made_afterwards(
    bench: Workbench, desk: Desk
) -> None:
    with desk.registry._writing.connect() as connection, connection.begin():
        connection.exec_driver_sql("DROP TRIGGER audit_pft_update")
    bench.safekeeping.keeper.checked.emit(upkeep.verify(desk))
    assert not list(bench.made("registry"))
    assert "did not pass: triggers" in bench.window.said
    bench.window.show_room("registry")
    found = {name: bench.registry.page.findChild(QLabel, f"check_{name}") for name in ("schema", "triggers")}
    assert {name: label.text() for name, label in found.items()} == {
        "schema": "in order",
        "triggers": "not as expected: audit_pft_update",
    }


def test_the_last_full_check_is_shown(bench: Workbench, panel: BackupPanel, clock: Clock) -> None:
    assert text(panel, "backup_checked") == "none yet"
    bench.act("verify")
    assert text(panel, "backup_checked") == "just now, all checks passed"
    clock.forward(days=1)
    with bench.desk.registry._writing.connect() as connection, connection.begin():
        connection.exec_driver_sql("DROP TRIGGER audit_pft_update")
    bench.act("verify")
    assert text(panel, "backup_checked") == "just now, did not pass: triggers"


def test_a_damaged_newest_backup_is_told_of(panel: BackupPanel, bench: Workbench) -> None:
    panel.back_up_now()
    (made,) = (bench.desk.registry.path.parent / "backups").iterdir()
    content = bytearray(made.read_bytes())
    content[len(content) // 2] ^= 1
    made.write_bytes(bytes(content))
    panel.refresh()
    assert text(panel, "backup_reminder") == "No backup can be read; make one now."
    assert panel.list.rows.index(0, 5).data() == "damaged"
    assert "damaged" in panel.list.rows.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_a_full_folder_is_one_sentence_and_the_window_goes_on(panel: BackupPanel, bench: Workbench) -> None:
    (bench.desk.registry.path.parent / "backups").write_text("a file where the folder should be")
    panel.back_up_now()
    assert "could not be written" in text(panel, "backup_words")
    assert bench.window.said == text(panel, "backup_words")
    assert button(panel, "now").isEnabled()


@pytest.fixture
def of_viewer(qtbot, desk: Desk, ask: Ask) -> Iterator[BackupPanel]:
    fill(desk, holloway.record())
    backups.back_up_now(desk)
    made = BackupPanel(as_user(desk, "viewer", "V", "viewer"), ImmediateRunner(), ask)
    qtbot.addWidget(made)
    made.make()
    made.refresh()
    return made


def test_who_may_not_cannot(of_viewer: BackupPanel) -> None:
    for name in ("now", "copy", "folder", "rehearse", "restore"):
        assert not button(of_viewer, name).isEnabled(), name
    assert button(of_viewer, "open").isEnabled()
    assert of_viewer.list.rows.rowCount() == 1


def test_a_registry_on_a_server_says_whose_backups_count(panel: BackupPanel) -> None:
    panel.show_standing(None)
    assert "on a server" in text(panel, "backup_empty")
    assert all(found.isHidden() for found in panel.findChildren(QPushButton))


def test_a_synchronised_folder_is_warned_of(
    bench: Workbench, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.window.show_room("registry")
    assert bench.registry.page.findChild(QLabel, "registry_place") is not None
    assert bench.registry.page.findChild(QLabel, "registry_caution") is None
    (desk.registry.path.parent / ".dropbox").write_text("")
    assert "Dropbox" in upkeep.warning_of(desk)


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        ({"seconds": 0}, "just now"),
        ({"seconds": 59}, "just now"),
        ({"seconds": 60}, "1 minute ago"),
        ({"minutes": 59}, "59 minutes ago"),
        ({"hours": 1}, "1 hour ago"),
        ({"hours": 23}, "23 hours ago"),
        ({"hours": 24}, "1 day ago"),
        ({"days": 40}, "40 days ago"),
        ({"seconds": -30}, "just now"),
        ({"hours": -2}, "later than this computer's clock says"),
    ],
)
def test_age_in_words(qapp: QApplication, ago: dict[str, int], words: str) -> None:
    assert backup_words.age(NOW - dt.timedelta(**ago), NOW) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "1 kB"),
        (245_760, "246 kB"),
        (1_000_000, "1.0 MB"),
        (204_700_000, "204.7 MB"),
        (5 * 10**9, "5.0 GB"),
    ],
)
def test_sizes_in_words(qapp: QApplication, count: int, words: str) -> None:
    assert size_words(count) == words
