"""Backups that the window makes by itself: soon after the start, now and then, and when it is closed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QProgressBar
from pytestqt.qtbot import QtBot

from ctdild_desktop.app import build_window, close_window, dress
from ctdild_desktop.config import SiteSettings
from ctdild_desktop.services import backups, upkeep
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.all_windows import windows
from ctdild_desktop.ui.registry.closing import ClosingDialog
from ctdild_desktop.ui.workbench import Workbench
from tests.support import holloway
from tests.support.desks import Clock, fill
from tests.support.fake_ask import FakeAsk
from tests.support.late_runner import LateRunner


@pytest.fixture
def runner() -> LateRunner:
    return LateRunner()


@pytest.fixture
def kept(
    qtbot: QtBot, qapp: QApplication, desk: Desk, ask: FakeAsk, runner: LateRunner
) -> Iterator[Workbench]:
    """A window with a patient, that keeps its registry safe by itself."""
    fill(desk, holloway.record())
    dress(qapp, SiteSettings(theme="light"))
    made = build_window(desk, runner, ask)
    made.window.show()
    made.registry.safekeeping.start()
    with qtbot.waitActive(made.window):
        made.window.activateWindow()
    yield made
    made.registry.safekeeping.stop()
    close_window(made)
    QApplication.sendPostedEvents(None, 52)  # DeferredDelete


def names(desk: Desk) -> list[str]:
    folder = desk.registry.path.parent / "backups"
    return sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []


def whys(desk: Desk) -> list[str]:
    return [one.why for one in backups.generations(desk)]


def timers(bench: Workbench) -> tuple[QTimer, QTimer]:
    """That of the first look, and the regular one."""
    found = sorted(bench.registry.safekeeping.keeper.findChildren(QTimer), key=lambda timer: timer.interval())
    first, regular = found
    return first, regular


def test_closing_waits_for_the_backup_and_goes_on_by_itself(
    kept: Workbench, desk: Desk, runner: LateRunner
) -> None:
    kept.window.close()
    assert kept.window.isVisible()
    assert len(runner.waiting) == 1
    kept.window.close()  # once is enough
    assert len(runner.waiting) == 1
    runner.go_on()
    assert not kept.window.isVisible()
    assert whys(desk) == ["on close"]


def test_closing_without_a_change_makes_nothing(kept: Workbench, desk: Desk, runner: LateRunner) -> None:
    backups.back_up_now(desk)
    kept.window.close()
    runner.go_on()
    assert not kept.window.isVisible()
    assert whys(desk) == ["by hand"]


def test_a_long_backup_shows_its_progress_and_is_skipped_by_esc(
    kept: Workbench, desk: Desk, runner: LateRunner, qtbot: QtBot, clock: Clock
) -> None:
    kept.window.close()
    qtbot.waitUntil(lambda: bool(kept.window.findChildren(ClosingDialog)))
    (dialog,) = kept.window.findChildren(ClosingDialog)
    assert dialog.isVisible()
    assert dialog.findChild(QProgressBar).accessibleName() == "Backup being written"
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not kept.window.isVisible()
    # the work that was under way ends early and leaves nothing
    runner.go_on()
    assert names(desk) == []
    assert not any(found.isVisible() for found in windows() if isinstance(found, QDialog))
    clock.forward(hours=12)
    done = backups.back_up_if_changed(desk, backups.Why.AT_START)
    assert done is not None


def test_a_registry_that_is_damaged_asks_before_it_closes_without_a_backup(
    kept: Workbench, desk: Desk, runner: LateRunner, ask: FakeAsk
) -> None:
    with desk.registry._writing.connect() as connection, connection.begin():
        connection.exec_driver_sql("DROP TRIGGER audit_pft_update")
    ask.answers = ["stay", "", "close"]
    for visible in (True, True, False):
        kept.window.close()
        runner.go_on()
        assert kept.window.isVisible() == visible
    assert len(ask.asked) == 3
    words, answers = ask.asked[0]
    assert words.startswith("No backup was made: The registry did not pass its checks")
    assert answers == ("close", "stay")
    assert names(desk) == []


def test_a_full_disk_at_closing_is_told_too(
    kept: Workbench, desk: Desk, runner: LateRunner, ask: FakeAsk
) -> None:
    (desk.registry.path.parent / "backups").write_text("a file where the folder should be")
    ask.answers = ["close"]
    kept.window.close()
    runner.go_on()
    assert "could not be written" in ask.asked[0][0]
    assert not kept.window.isVisible()


def test_the_first_look_and_the_regular_one_make_what_is_missing(
    kept: Workbench, desk: Desk, runner: LateRunner, clock: Clock
) -> None:
    first, regular = timers(kept)
    assert (first.isSingleShot(), first.interval(), regular.interval()) == (True, 5000, 30 * 60_000)
    assert first.isActive()
    assert regular.isActive()
    first.timeout.emit()
    regular.timeout.emit()  # while one is under way no other begins
    assert len(runner.waiting) == 1
    runner.go_on()  # the whole file is read once, which unlocking did not wait for
    assert whys(desk) == []
    runner.go_on()
    assert whys(desk) == ["at start"]
    assert kept.window.said.startswith("Backup written and verified")
    runner.go_on_to_the_end()  # the weekly check follows, once
    assert not upkeep.check_is_due(desk)
    clock.forward(minutes=30)
    desk.registry.record_event("export", user=desk.login)
    regular.timeout.emit()
    runner.go_on_to_the_end()
    assert sorted(whys(desk)) == ["at start", "regular"]
    clock.forward(minutes=30)
    regular.timeout.emit()
    runner.go_on_to_the_end()
    assert len(whys(desk)) == 2


def test_a_backup_that_fails_by_itself_is_told_and_tried_again(
    kept: Workbench, desk: Desk, runner: LateRunner
) -> None:
    blocked = desk.registry.path.parent / "backups"
    blocked.write_text("a file where the folder should be")
    _first, regular = timers(kept)
    regular.timeout.emit()
    runner.go_on()
    assert kept.window.said.startswith("No backup was made: ")
    blocked.unlink()
    runner.go_on_to_the_end()
    regular.timeout.emit()
    runner.go_on()
    assert whys(desk) == ["regular"]


def test_a_weekly_check_that_fails_is_told_and_shown(kept: Workbench, desk: Desk, runner: LateRunner) -> None:
    with desk.registry._writing.connect() as connection, connection.begin():
        connection.exec_driver_sql("DROP TRIGGER audit_pft_update")
    timers(kept)[1].timeout.emit()
    runner.go_on_to_the_end()
    assert "The weekly check did not pass: triggers" in kept.window.said


def test_after_leaving_nothing_is_begun_any_more(kept: Workbench, desk: Desk, runner: LateRunner) -> None:
    _first, regular = timers(kept)
    regular.timeout.emit()
    kept.leave()
    runner.go_on()  # it was asked to stop
    assert names(desk) == []
    assert not regular.isActive()
    regular.timeout.emit()
    assert runner.waiting == []
