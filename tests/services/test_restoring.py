"""Choosing, rehearsing and restoring a backup, with a passphrase or with the recovery code."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.registry.errors import (
    DamagedError,
    DiskError,
    RegistryError,
    StoppedError,
    WrongPassphraseError,
)
from ctdild_desktop.registry.generation import State
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.services import access, backups, patients, restoring, upkeep
from ctdild_desktop.services.desk import Desk, RefusedError
from tests.support import holloway
from tests.support.desks import LOGIN, NAME, PASSPHRASE, Clock, as_user, fill
from tests.support.disks import largest_file
from tests.support.dumps import dump, tables_of
from tests.support.people import WOMAN


@pytest.fixture
def desk(file_desk: Desk) -> Desk:
    """An administrator at an empty registry in a file; one on a server is backed up by the server."""
    return file_desk


def spoil(path: Path) -> None:
    """Change one byte in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def another(desk: Desk, number: int = 1) -> None:
    """One patient more."""
    fill(desk, PatientRecord(patient=replace(WOMAN, id=f"{number:032x}", mrn=f"LATER-{number}")))


def test_d8_a_restored_registry_is_byte_for_byte_what_was_backed_up(desk: Desk, tmp_path: Path) -> None:
    fill(desk, holloway.record())
    another(desk)
    before = dump(desk.registry)
    made = backups.back_up_now(desk).value
    another(desk, 2)
    restored = upkeep.restore(made, tmp_path / "new" / "again.ctdild", login=LOGIN, passphrase=PASSPHRASE)
    try:
        after = dump(restored.registry)
        # the trail went on with the entry that tells of the restore; up to there it is the same
        for table in ("audit", "audit_seal"):
            assert after[table][: len(before[table])] == before[table], table
            assert len(after[table]) == len(before[table]) + 1
            del after[table], before[table]
        assert after == before
        assert set(after) == tables_of(desk.registry) - {"audit", "audit_seal"}
        assert sum(map(len, after.values())) > 10
    finally:
        restored.close()


def test_d6_a_damaged_newest_backup_is_skipped_and_said_so(desk: Desk, clock: Clock) -> None:
    fill(desk, holloway.record())
    oldest = backups.back_up_now(desk).value
    clock.forward(hours=1)
    older = backups.back_up_now(desk).value
    clock.forward(hours=1)
    spoiled = backups.back_up_now(desk).value
    spoil(spoiled)
    clock.forward(hours=1)
    cut = backups.back_up_now(desk).value
    cut.write_bytes(cut.read_bytes()[:5000])
    found = restoring.offered(desk)
    assert found.suggested is not None
    assert found.suggested.path == older
    assert [one.path for one in found.generations] == [cut, spoiled, older, oldest]
    assert [one.state for one in found.generations] == [
        State.DAMAGED,
        State.DAMAGED,
        State.WHOLE,
        State.SIGNED,
    ]
    assert found.skipped == (
        f"{cut.name} is damaged and was skipped.",
        f"{spoiled.name} is damaged and was skipped.",
    )
    with pytest.raises(DamagedError):
        restoring.restore_over(desk, spoiled, passphrase=PASSPHRASE)
    assert upkeep.verify(desk).ok  # the present registry was not touched
    for path in (older, oldest):
        spoil(path)
    nothing = restoring.offered(desk)
    assert nothing.suggested is None
    assert len(nothing.skipped) == 4


def test_a_rehearsal_tells_what_the_backup_holds_and_leaves_nothing(
    desk: Desk, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(desk, holloway.record())
    made = backups.back_up_now(desk).value
    another(desk)
    private = tmp_path / "private"
    private.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(private))
    before = dump(desk.registry)
    tests = len(holloway.record().tests)
    done = restoring.rehearse(desk, made)
    assert done.value.ok
    assert (done.value.counts["patient"], done.value.counts["pft"]) == (1, tests)
    assert done.value.differences["patient"] == 1
    assert done.message == (
        f"{made.name} can be restored; it holds 1 patient and {tests} tests. "
        "The registry now has 1 patient more."
    )
    assert list(private.iterdir()) == []
    found = backups.standing(desk)
    assert found is not None
    assert (found.rehearsed_at, found.rehearsed_file, found.rehearsed_ok) == (clock.now, made.name, True)
    after = dump(desk.registry)
    assert len(after.pop("audit")) == len(before.pop("audit")) + 1
    assert len(after.pop("audit_seal")) == len(before.pop("audit_seal")) + 1
    assert after == before
    assert not found.changed or backups.generations(desk)[0].head != desk.registry.head()


def test_a_rehearsal_of_an_equal_one_says_so(desk: Desk) -> None:
    fill(desk, holloway.record())
    made = backups.back_up_now(desk).value
    assert restoring.rehearse(desk, made).message.endswith("The registry has as many entries now.")


def test_a_rehearsal_of_a_damaged_one_is_kept_too(desk: Desk, tmp_path: Path) -> None:
    fill(desk, holloway.record())
    made = backups.back_up_now(desk).value
    spoil(made)
    done = restoring.rehearse(desk, made)
    assert not done.value.ok
    assert done.message == f"{made.name} cannot be restored: {made.name} is damaged."
    found = backups.standing(desk)
    assert found is not None
    assert (found.rehearsed_file, found.rehearsed_ok) == (made.name, False)
    with pytest.raises(StoppedError):
        restoring.rehearse(desk, backups.back_up_now(desk).value, lambda: True)
    other, _code = access.create_registry(
        tmp_path / "other.ctdild", login=LOGIN, display_name=NAME, passphrase=PASSPHRASE, cost=CHEAPEST
    )
    foreign = upkeep.backup(other, tmp_path / "foreign").value
    other.close()
    with pytest.raises(RegistryError, match="with other keys"):
        restoring.rehearse(desk, foreign)


def test_restoring_backs_up_and_moves_aside_what_was_there(desk: Desk, clock: Clock) -> None:
    fill(desk, holloway.record())
    chosen = backups.back_up_now(desk).value
    clock.forward(minutes=10)
    another(desk)
    path, left = desk.registry.path, []
    done = restoring.restore_over(desk, chosen, passphrase=PASSPHRASE, on_leaving=lambda: left.append(1))
    assert left == [1]
    fresh = done.desk
    try:
        assert done.recovery_code == ""
        assert fresh.registry.path == path
        assert patients.count(fresh) == 1
        assert upkeep.verify(fresh).ok
        newest = backups.generations(fresh)[0]
        assert (newest.why, newest.count("patient")) == ("before restore", 2)
        aside = path.with_name(f"{path.name}.replaced-20260312-101000")
        assert done.notes == (f"The registry that was here is kept beside it as {aside.name}.",)
        old = access.unlock(aside, login=LOGIN, passphrase=PASSPHRASE)
        assert patients.count(old) == 2
        old.close()
        assert fresh.registry.last_event("restore") == (
            clock.now,
            {"backup": chosen.name, "head": backups.generations(fresh)[-1].head},
        )
    finally:
        fresh.close()


def test_a_wrong_passphrase_or_code_leaves_the_registry_open_and_as_it_was(desk: Desk) -> None:
    fill(desk, holloway.record())
    chosen = backups.back_up_now(desk).value
    names = {file.name for file in desk.registry.path.parent.iterdir()}
    with pytest.raises(WrongPassphraseError):
        restoring.restore_over(desk, chosen, passphrase="not the passphrase")
    with pytest.raises(RegistryError, match="letters and digits"):
        restoring.restore_over(desk, chosen, passphrase="a new passphrase", recovery_code="ABCD")
    assert {file.name for file in desk.registry.path.parent.iterdir()} == names
    assert patients.count(desk) == 1


def test_a_registry_that_somebody_else_has_open_is_not_replaced(desk: Desk) -> None:
    fill(desk, holloway.record())
    chosen = backups.back_up_now(desk).value
    hold = (
        "import sys; from pathlib import Path; from ctdild_desktop.services import access\n"
        "desk = access.unlock(Path(sys.argv[1]), login=sys.argv[2], passphrase=sys.argv[3])\n"
        "desk.registry.head(); print('open', flush=True); sys.stdin.readline(); desk.close()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(desk.registry.path), LOGIN, PASSPHRASE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(RegistryError, match="Another window or program has this registry open"):
            restoring.restore_over(desk, chosen, passphrase=PASSPHRASE)
        other.communicate("\n")
    assert patients.count(desk) == 1
    restoring.restore_over(desk, chosen, passphrase=PASSPHRASE).desk.close()


def test_a_damaged_registry_is_moved_aside_without_a_backup_and_said_so(desk: Desk) -> None:
    fill(desk, holloway.record())
    chosen = backups.back_up_now(desk).value
    with desk.registry._writing.connect() as connection, connection.begin():
        connection.exec_driver_sql("DROP TRIGGER audit_pft_update")
    another(desk)
    done = restoring.restore_over(desk, chosen, passphrase=PASSPHRASE)
    assert done.notes[0] == "The registry that was here is damaged, so it was moved aside without a backup."
    assert upkeep.verify(done.desk).ok
    assert [one.why for one in backups.generations(done.desk)] == ["by hand"]
    done.desk.close()


def test_d3_a_full_disk_while_restoring_leaves_the_present_registry(desk: Desk) -> None:
    fill(desk, holloway.record())
    chosen = backups.back_up_now(desk).value
    names = {file.name for file in desk.registry.path.parent.iterdir()}
    with largest_file(40_000), pytest.raises(DiskError, match="could not be written"):
        restoring.restore_over(desk, chosen, passphrase=PASSPHRASE)
    assert {file.name for file in desk.registry.path.parent.iterdir()} == names
    assert patients.count(desk) == 1
    with largest_file(40_000), pytest.raises(DiskError):
        restoring.rehearse(desk, chosen)
    assert upkeep.verify(desk).ok


def test_only_the_administrator_restores(desk: Desk) -> None:
    made = backups.back_up_now(desk).value
    for role in ("viewer", "recorder", "clinician", "coordinator"):
        other = as_user(desk, role, role, role)
        with pytest.raises(RefusedError, match="needs administrator"):
            restoring.restore_over(other, made, passphrase=PASSPHRASE)
        with pytest.raises(RefusedError, match="needs administrator"):
            restoring.offered(other)
    assert restoring.rehearse(other, made).value.ok


@pytest.fixture
def coded(tmp_path: Path, clock: Clock) -> tuple[Path, str]:
    """A backup file alone on a machine, and the recovery code of its day."""
    desk, code = access.create_registry(
        tmp_path / "lost" / "clinic.ctdild",
        login=LOGIN,
        display_name=NAME,
        passphrase=PASSPHRASE,
        clock=clock,
        cost=CHEAPEST,
    )
    fill(desk, holloway.record())
    made = upkeep.backup(desk, tmp_path / "clinic").value
    desk.close()
    return made, code


def test_a_backup_and_the_recovery_code_are_enough(coded: tuple[Path, str], tmp_path: Path) -> None:
    made, code = coded
    path = tmp_path / "new" / "clinic.ctdild"
    desk, renewed = upkeep.restore_by_code(
        made, path, recovery_code=code.lower(), login="AMSEL", passphrase="a fresh passphrase", cost=CHEAPEST
    )
    assert patients.count(desk) == 1
    assert upkeep.verify(desk).ok
    assert renewed != code
    events = [desk.registry.last_event(kind) for kind in ("restore", "recovery")]
    assert all(events)
    desk.close()
    with pytest.raises(WrongPassphraseError):
        access.unlock(path, login=LOGIN, passphrase=PASSPHRASE)
    access.unlock(path, login=LOGIN, passphrase="a fresh passphrase").close()
    with pytest.raises(RegistryError, match="does not belong"):
        access.recover(path, recovery_code=code, login=LOGIN, passphrase="another one", cost=CHEAPEST)
    # the old code still opens the backup itself
    again, _ = upkeep.restore_by_code(
        made, tmp_path / "b.ctdild", recovery_code=code, login=LOGIN, passphrase="yet another", cost=CHEAPEST
    )
    again.close()


def test_with_the_code_an_unknown_login_is_told_who_there_was(
    coded: tuple[Path, str], tmp_path: Path
) -> None:
    made, code = coded
    restore = partial(upkeep.restore_by_code, made, tmp_path / "n.ctdild", cost=CHEAPEST)
    with pytest.raises(WrongPassphraseError) as caught:
        restore(recovery_code=code, login="nobody", passphrase="long enough")
    assert caught.value.hint == "On the day of the backup there were: amsel."
    with pytest.raises(RegistryError, match="at least 8"):
        restore(recovery_code=code, login=LOGIN, passphrase="short")
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    with pytest.raises(RegistryError, match="wrong character"):
        restore(recovery_code=wrong, login=LOGIN, passphrase="long enough")
    assert not list(tmp_path.glob("*n.ctdild*"))
