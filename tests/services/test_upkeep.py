"""Checking, backing up and restoring."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.services import patients, upkeep
from ctdild_desktop.services.desk import Desk, RefusedError
from tests.support import holloway
from tests.support.desks import LOGIN, PASSPHRASE, as_user, fill, in_a_file


@in_a_file
def test_a_sound_registry_passes_every_check(desk: Desk) -> None:
    fill(desk, holloway.record())
    report = upkeep.verify(desk)
    assert report.ok
    assert {"integrity", "cipher_integrity", "foreign_keys", "audit_chain", "triggers", "schema"} <= set(
        report.checks
    )
    assert all(outcome is True for name, outcome in report.checks.items() if name != "blobs")
    assert report.head


@in_a_file
def test_a_backup_comes_back_whole_under_another_name(desk: Desk, tmp_path: Path) -> None:
    fill(desk, holloway.record())
    done = upkeep.backup(desk, tmp_path / "monday")
    assert done.value == tmp_path / "monday.ctdild-backup"
    assert done.message == "Backup written and verified: monday.ctdild-backup."
    assert done.undo is None
    restored = upkeep.restore(done.value, tmp_path / "again.ctdild", login=LOGIN, passphrase=PASSPHRASE)
    assert patients.load(restored, holloway.patient().id) == patients.load(desk, holloway.patient().id)
    assert upkeep.verify(restored).ok
    restored.close()


@in_a_file
def test_a_backup_into_a_folder_is_named_by_registry_and_moment(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    first = upkeep.backup(desk, folder).value
    assert first.parent == folder
    assert first.name.startswith("test 2026-03-12 ")
    assert first.suffix == ".ctdild-backup"
    assert [path.name for path in folder.iterdir()] == [first.name]


@in_a_file
def test_restoring_never_writes_over_a_registry(desk: Desk, tmp_path: Path) -> None:
    made = upkeep.backup(desk, tmp_path / "b").value
    content = desk.registry.path
    with pytest.raises(RegistryError, match="already there"):
        upkeep.restore(made, content, login=LOGIN, passphrase=PASSPHRASE)
    with pytest.raises(RegistryError):
        upkeep.restore(made, tmp_path / "new.ctdild", login=LOGIN, passphrase="not the passphrase")
    assert not (tmp_path / "new.ctdild").exists()


def test_only_those_who_keep_the_registry_back_it_up(desk: Desk, tmp_path: Path) -> None:
    for role in ("viewer", "recorder", "clinician"):
        with pytest.raises(RefusedError, match="role"):
            upkeep.backup(as_user(desk, role, role, role), tmp_path / role)
    assert not list(tmp_path.glob("*.ctdild-backup"))
