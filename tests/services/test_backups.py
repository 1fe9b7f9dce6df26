"""Backups that the program makes by itself, before great changes and on demand; copies elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ctdild_desktop.registry.errors import DamagedError, DiskError, NotFoundError
from ctdild_desktop.registry.generation import Why
from ctdild_desktop.services import backups, imports, patients, pft, restoring, upkeep
from ctdild_desktop.services.desk import Desk, RefusedError
from tests.support import holloway
from tests.support.desks import Clock, as_user, fill
from tests.support.disks import largest_file


@pytest.fixture
def desk(file_desk: Desk) -> Desk:
    """An administrator at an empty registry in a file; one on a server is backed up by the server."""
    return file_desk


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def visible(folder: Path) -> list[str]:
    return [name for name in names(folder) if not name.startswith(".")]


@pytest.fixture
def folder(desk: Desk) -> Path:
    """Where this registry's backups go: beside it."""
    return desk.registry.path.parent / "backups"


@pytest.fixture
def stick(desk: Desk, tmp_path: Path) -> Path:
    """A folder elsewhere, chosen for copies."""
    place = tmp_path / "stick"
    place.mkdir()
    desk.upkeep = replace(desk.upkeep, copy_folder=place)
    return place


def test_a_backup_is_made_when_something_changed_and_only_then(
    desk: Desk, clock: Clock, folder: Path
) -> None:
    fill(desk, holloway.record())
    first = backups.back_up_if_changed(desk, Why.ON_CLOSE)
    assert first is not None
    assert first.value.parent == folder
    assert first.value.name.endswith(" on close.ctdild-backup")
    clock.forward(minutes=30)
    # its own entry in the trail, a check and an unlock are no change
    upkeep.verify(desk)
    desk.registry.record_event("unlock", user=desk.login)
    assert backups.back_up_if_changed(desk, Why.REGULAR) is None
    patients.note_opened(desk, holloway.patient().id, "search")
    desk.registry.record_event("export", user=desk.login)
    second = backups.back_up_if_changed(desk, Why.REGULAR)
    assert second is not None
    assert len(visible(folder)) == 2
    assert backups.back_up_if_changed(desk, Why.ON_CLOSE) is None


def test_another_trail_than_the_backups_is_a_change(desk: Desk) -> None:
    done = backups.back_up_now(desk)
    assert desk.registry.changed_since("") is True
    assert desk.registry.changed_since("0-none") is True
    head = backups.generations(desk)[0].head
    assert desk.registry.changed_since(head) is False
    assert desk.registry.changed_since(head[:-1] + ("0" if head[-1] != "0" else "1")) is True
    assert done.undo is None


def test_the_folder_of_the_settings_is_used_and_both_are_listed(desk: Desk, tmp_path: Path) -> None:
    backups.back_up_now(desk)
    desk.upkeep = replace(desk.upkeep, backup_folder=tmp_path / "elsewhere")
    made = backups.back_up_now(desk).value
    assert made.parent == tmp_path / "elsewhere"
    assert {one.path.parent.name for one in backups.generations(desk)} == {"backups", "elsewhere"}


def test_old_backups_are_thinned_out_when_a_new_one_is_made(desk: Desk, clock: Clock, folder: Path) -> None:
    fill(desk, holloway.record())
    for _day in range(3):
        for _time in range(2):
            backups.back_up_now(desk)
            clock.forward(hours=1)
        clock.forward(hours=22)
    clock.forward(days=4)
    assert len(visible(folder)) == 5  # the first day is older than two days already and has one left
    backups.back_up_now(desk)
    assert len(visible(folder)) == 4
    assert backups.standing(desk) is not None


def test_a_damaged_registry_is_not_backed_up_and_the_good_ones_stay(
    desk: Desk, clock: Clock, folder: Path
) -> None:
    fill(desk, holloway.record())
    backups.back_up_now(desk)
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    clock.forward(days=200)
    with desk.registry._writing.connect() as connection, connection.begin():
        connection.exec_driver_sql("DROP TRIGGER audit_pft_update")
    desk.registry.record_event("export", user=desk.login)
    for act in (
        lambda: backups.back_up_if_changed(desk, Why.ON_CLOSE),
        lambda: backups.back_up_now(desk),
        lambda: upkeep.backup(desk, folder),
    ):
        with pytest.raises(DamagedError, match="did not pass its checks, so no backup was made"):
            act()
    with pytest.raises(
        RefusedError, match="Nothing was changed, because the backup before import was not made"
    ):
        backups.before(desk, Why.BEFORE_IMPORT)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == kept


def test_before_a_great_change_a_backup_of_the_present_state_is_made_once(desk: Desk, folder: Path) -> None:
    backups.before(desk, Why.BEFORE_IMPORT)
    assert not folder.exists()  # nobody is registered yet
    fill(desk, holloway.record())
    backups.before(desk, Why.BEFORE_BULK_CHANGE)
    backups.before(desk, Why.BEFORE_NEW_KEYS)
    (only,) = visible(folder)
    assert only.endswith(" before bulk change.ctdild-backup")


@pytest.mark.parametrize("why", list(Why))
def test_every_occasion_has_a_name_that_is_read_back(desk: Desk, why: Why) -> None:
    fill(desk, holloway.record())
    done = backups.back_up_if_changed(desk, why)
    assert done is not None
    (one,) = backups.generations(desk)
    assert (one.why, one.count("patient"), one.count("pft")) == (str(why), 1, len(holloway.record().tests))
    assert desk.registry.last_event("backup") == (desk.clock(), {"file": one.path.name, "why": str(why)})


def test_whoever_is_signed_in_the_program_makes_its_backups(desk: Desk) -> None:
    fill(desk, holloway.record())
    viewer = as_user(desk, "viewer", "V", "viewer")
    assert backups.back_up_if_changed(viewer, Why.ON_CLOSE) is not None
    for act in (backups.back_up_now, backups.copy_newest):
        with pytest.raises(RefusedError, match="Your role"):
            act(viewer)


def test_copies_follow_each_backup(desk: Desk, clock: Clock, stick: Path, folder: Path) -> None:
    done = backups.back_up_now(desk)
    assert done.message.endswith(" A copy is in the other folder.")
    assert visible(stick) == [done.value.name]
    assert (stick / done.value.name).read_bytes() == done.value.read_bytes()
    found = backups.standing(desk)
    assert found is not None
    assert (found.copied_at, found.copy_reachable, found.reminder) == (clock.now, True, "")
    clock.forward(days=3)
    desk.registry.record_event("export", user=desk.login)
    for hour in range(3):
        backups.back_up_now(desk)
        clock.forward(hours=hour + 1)
    clock.forward(days=3)
    desk.registry.record_event("export", user=desk.login)
    backups.back_up_now(desk)
    assert visible(stick) == visible(folder)


def test_a_stick_that_is_not_in_is_told_and_caught_up_later(desk: Desk, clock: Clock, stick: Path) -> None:
    stick.rmdir()
    done = backups.back_up_now(desk)
    assert done.value.exists()
    assert "It was not copied: The folder for copies is not there" in done.message
    assert not stick.exists()
    with pytest.raises(NotFoundError, match="is not there"):
        backups.copy_newest(desk)
    stick.mkdir()
    # nothing changed, but the copy is missing
    caught_up = backups.back_up_if_changed(desk, Why.ON_CLOSE)
    assert caught_up is not None
    assert visible(stick) == [done.value.name]
    assert backups.back_up_if_changed(desk, Why.ON_CLOSE) is None
    assert clock.now == desk.registry.last_event("backup_copy")[0]  # type: ignore[index]


def test_the_reminder_tells_of_old_copies(desk: Desk, clock: Clock, tmp_path: Path) -> None:
    def reminder() -> str:
        found = backups.standing(desk)
        assert found is not None
        return found.reminder

    assert reminder() == ""
    backups.back_up_now(desk)
    assert reminder() == "All backups lie on this computer. Choose a folder elsewhere for copies."
    place = tmp_path / "stick"
    desk.upkeep = replace(desk.upkeep, copy_folder=place)
    assert reminder().startswith("No backup was copied away yet.")
    place.mkdir()
    backups.copy_newest(desk)
    assert reminder() == ""
    clock.forward(days=7)
    assert reminder() == ""
    clock.forward(days=2)
    assert reminder() == "The newest copy is 9 days old. Connect the stick or share and copy a backup."


def test_nothing_to_copy_is_said(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="Choose a folder"):
        backups.copy_newest(desk)
    desk.upkeep = replace(desk.upkeep, copy_folder=tmp_path)
    with pytest.raises(RefusedError, match="no backup yet"):
        backups.copy_newest(desk)


def test_d6_a_newest_backup_that_was_damaged_since_is_found_and_replaced_at_the_next_start(
    desk: Desk, clock: Clock, folder: Path
) -> None:
    fill(desk, holloway.record())
    backups.back_up_now(desk)
    clock.forward(hours=1)
    desk.registry.record_event("export", user=desk.login)
    newest = backups.back_up_now(desk).value
    content = bytearray(newest.read_bytes())
    content[len(content) // 2] ^= 1
    newest.write_bytes(bytes(content))
    found = backups.standing(desk)
    assert found is not None
    assert found.reminder == f"The newest backup is damaged: {newest.name}. Make a new one."
    assert found.last is not None
    assert found.last.path != newest
    clock.forward(hours=1)
    made = backups.back_up_if_changed(desk, Why.AT_START)
    assert made is not None
    assert newest.name in visible(folder)
    again = backups.standing(desk)
    assert again is not None
    assert again.last is not None
    assert again.last.path == made.value


def test_d3_a_full_disk_leaves_the_backups_as_they_were_and_the_program_goes_on(
    desk: Desk, folder: Path
) -> None:
    fill(desk, holloway.record())
    backups.back_up_now(desk)
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    desk.registry.record_event("export", user=desk.login)
    for limit in (60_000, desk.registry.path.stat().st_size + 2000):
        with largest_file(limit), pytest.raises(DiskError) as caught:
            backups.back_up_if_changed(desk, Why.REGULAR)
        assert str(caught.value).endswith(".")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == kept
    assert backups.back_up_if_changed(desk, Why.REGULAR) is not None
    assert upkeep.verify(desk).ok


def test_d3_a_folder_that_takes_no_files_is_one_sentence(desk: Desk, folder: Path) -> None:
    fill(desk, holloway.record())
    folder.write_text("a file where the folder should be")
    with pytest.raises(DiskError, match="could not be written"):
        backups.back_up_now(desk)
    with pytest.raises(RefusedError, match="Nothing was changed"):
        backups.before(desk, Why.BEFORE_IMPORT)
    assert folder.read_text() == "a file where the folder should be"


def test_a_backup_that_is_stopped_leaves_nothing(desk: Desk, folder: Path) -> None:
    fill(desk, holloway.record())
    with pytest.raises(backups.StoppedError):
        backups.back_up_if_changed(desk, Why.ON_CLOSE, lambda: True)
    assert names(folder) == []
    assert backups.back_up_if_changed(desk, Why.AT_START) is not None


def test_a_registry_on_a_server_is_the_servers_to_back_up(server_desk: Desk, tmp_path: Path) -> None:
    assert backups.back_up_if_changed(server_desk, Why.ON_CLOSE) is None
    backups.before(server_desk, Why.BEFORE_IMPORT)
    assert backups.generations(server_desk) == ()
    assert backups.standing(server_desk) is None
    acts: tuple[Callable[[Desk], object], ...] = (
        backups.back_up_now,
        backups.copy_newest,
        lambda desk: upkeep.backup(desk, tmp_path / "x"),
        lambda desk: restoring.rehearse(desk, tmp_path / "x"),
        restoring.offered,
        lambda desk: restoring.restore_over(desk, tmp_path / "x", passphrase="a quiet passphrase"),
    )
    for act in acts:
        with pytest.raises(RefusedError, match=r"on a server.*hospital.*local file"):
            act(server_desk)
    assert list(tmp_path.iterdir()) == []


def test_the_weekly_check_keeps_its_date_and_outcome(desk: Desk, clock: Clock) -> None:
    assert upkeep.check_is_due(desk)
    assert upkeep.verify(desk).ok
    found = backups.standing(desk)
    assert found is not None
    assert (found.verified_at, found.verified_ok, found.verified_failed) == (clock.now, True, "")
    assert not upkeep.check_is_due(desk)
    clock.forward(days=6, hours=23)
    assert not upkeep.check_is_due(desk)
    clock.forward(hours=1)
    assert upkeep.check_is_due(desk)
    with desk.registry._writing.connect() as connection, connection.begin():
        connection.exec_driver_sql("DROP TRIGGER audit_pft_update")
    assert not upkeep.verify(desk).ok
    found = backups.standing(desk)
    assert found is not None
    assert (found.verified_at, found.verified_ok, found.verified_failed) == (clock.now, False, "triggers")
    assert upkeep.check_is_due(desk)


def test_an_import_is_preceded_by_a_backup_of_what_was_there(
    desk: Desk, folder: Path, tmp_path: Path
) -> None:

    fill(desk, holloway.record())
    source = tmp_path / "tests.csv"
    source.write_text("mrn,test_date,fvc_l\nNEW-1,2026-01-05,2.31\n")
    imports.run_import(desk, [source])
    imports.run_import(desk, [source])  # changes nothing, so nothing precedes it
    (one,) = backups.generations(desk)
    assert (one.why, one.count("patient")) == ("before import", 1)
    folder_blocked = tmp_path / "blocked"
    folder_blocked.write_text("x")
    desk.upkeep = replace(desk.upkeep, backup_folder=folder_blocked)
    source.write_text("mrn,test_date,fvc_l\nNEW-2,2026-01-05,2.31\n")
    with pytest.raises(RefusedError, match="Nothing was changed"):
        imports.run_import(desk, [source])
    assert patients.by_mrn(desk, "NEW-2") is None


def test_a_test_recorded_after_a_backup_is_a_change(desk: Desk) -> None:
    fill(desk, holloway.record())
    backups.back_up_now(desk)
    found = backups.standing(desk)
    assert found is not None
    assert not found.changed
    record = holloway.record()
    pft.remove_pft(desk, record.tests[0].id, "double")
    found = backups.standing(desk)
    assert found is not None
    assert found.changed
    assert found.last is not None
    assert dt.timedelta() <= desk.clock() - found.last.made_at
