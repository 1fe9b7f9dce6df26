"""D11 and D5: a newer registry is left alone, and an upgrade that is killed leaves one that opens."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from ctdild_desktop.registry import backup, engine, triggers
from ctdild_desktop.registry.errors import DiskError, NewerError
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.registry import Registry
from tests.support.disks import largest_file
from tests.support.old_registries import LOGIN, PASSPHRASE, PATIENTS, REVISIONS, make_old_registry
from tests.support.warm import child, opens

LATER = text("UPDATE alembic_version SET version_num = '2031_01_01_later'")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_d11_a_newer_registry_or_backup_is_refused_and_nothing_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "clinic.ctdild"
    registry, _code = Registry.create(path, LOGIN, "R. Amsel", PASSPHRASE, cost=CHEAPEST)
    kept = registry.backup(tmp_path / "kept.ctdild-backup")
    with registry.write(LOGIN) as session:
        session.execute(LATER)
    registry.close()
    before = contents(tmp_path)
    with pytest.raises(NewerError) as caught:
        Registry.open(path, LOGIN, PASSPHRASE)
    assert str(caught.value) == (
        "This registry was made by a newer version of the program; nothing was changed."
    )
    assert caught.value.hint
    assert contents(tmp_path) == before
    assert kept.exists()


@pytest.mark.parametrize("revision", REVISIONS)
def test_d11_an_upgrade_keeps_counts_audit_and_triggers(tmp_path: Path, revision: str) -> None:
    path = tmp_path / "clinic.ctdild"
    make_old_registry(path, revision)
    registry = Registry.open(path, LOGIN, PASSPHRASE)
    (kept,) = (tmp_path / "backups").iterdir()
    manifest, _keys = backup.read_manifest(kept)
    found = registry.counts()
    assert manifest.counts["patient"] == PATIENTS
    assert {name: found[name] for name in manifest.counts} == manifest.counts
    assert all(number == 0 for name, number in found.items() if name not in manifest.counts)
    checks = registry.verify(manifest.head)["checks"]
    assert {
        name: checks[name] for name in ("audit_chain", "triggers", "schema", "foreign_keys")
    } == dict.fromkeys(("audit_chain", "triggers", "schema", "foreign_keys"), True)
    with registry.read() as session:
        assert triggers.differences(session.connection()) == ()
    registry.close()


def test_d5_a_kill_during_an_upgrade_leaves_a_registry_that_opens(tmp_path: Path) -> None:
    template = tmp_path / "template" / "clinic.ctdild"
    template.parent.mkdir()
    make_old_registry(template, REVISIONS[0])
    before = contents(template.parent)
    chance = Random(4)
    for number in range(3):
        folder = tmp_path / f"killed{number}"
        folder.mkdir()
        for name, content in before.items():
            (folder / name).write_bytes(content)
        with child(opens, folder / "clinic.ctdild") as worker:
            assert worker.says("begin")
            worker.works_for(chance.random() * 0.5)
            worker.kill()
        for file in (folder / "backups").glob("*.ctdild-backup"):
            if not file.name.startswith("."):
                backup.restore(file, folder / "again.ctdild", LOGIN, PASSPHRASE).close()
        registry = Registry.open(folder / "clinic.ctdild", LOGIN, PASSPHRASE)
        assert registry.counts()["patient"] == PATIENTS
        assert registry.verify()["ok"] is True
        registry.close()


@pytest.mark.parametrize("full", ["before", "during"])
def test_d3_a_full_disk_at_an_upgrade_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: str
) -> None:
    path = tmp_path / "clinic.ctdild"
    make_old_registry(path, REVISIONS[0])
    before = contents(tmp_path)
    real = engine.connect

    def on_full_disk(*arguments: Any, **named: Any) -> Any:
        connection = real(*arguments, **named)
        connection.execute("PRAGMA max_page_count=1")  # no more than it has
        return connection

    # before: there is no room for the backup that precedes the upgrade
    limit = largest_file(path.stat().st_size // 2) if full == "before" else nullcontext()
    with monkeypatch.context() as patched, limit:
        if full == "during":
            patched.setattr(engine, "connect", on_full_disk)
        with pytest.raises(DiskError) as caught:
            Registry.open(path, LOGIN, PASSPHRASE)
    assert str(caught.value).endswith(".")
    kept = [file for file in (tmp_path / "backups").iterdir()]
    assert len(kept) == (full == "during")
    for file in kept:
        file.unlink()
    assert contents(tmp_path) == before
    registry = Registry.open(path, LOGIN, PASSPHRASE)
    assert registry.counts()["patient"] == PATIENTS
    assert registry.verify()["ok"] is True
    registry.close()
