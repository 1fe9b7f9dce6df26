"""Backups made to do harm, offered for restore: refused, with nothing left and nothing changed."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, text

from ctdild_desktop.registry.archive import Manifest, pack
from ctdild_desktop.registry.engine import connect
from ctdild_desktop.registry.errors import DamagedError, RegistryError
from ctdild_desktop.registry.frozen import Frozen
from ctdild_desktop.registry.keystore import subkey
from ctdild_desktop.registry.making import make_backup
from ctdild_desktop.registry.models import PatientRow
from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.registry.restoring import restore
from tests.support.registries import LOGIN, PASSPHRASE, Clock, Made

Members = list[tuple[str, bytes]]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes, bytes]:
    """A sound backup, the data key of its registry, and the text of its key slots."""
    from ctdild_desktop.registry.keystore import CHEAPEST

    folder = tmp_path_factory.mktemp("good")
    registry, _ = Registry.create(
        folder / "clinic.ctdild", LOGIN, "R. Amsel", PASSPHRASE, cost=CHEAPEST, clock=Clock()
    )
    with registry.write(LOGIN, "first") as session:
        session.add(PatientRow(mrn="P1", family_name="Holm"))
    backup = registry.backup(folder / "good.ctdild-backup")
    key = bytes(registry.data_key)
    registry.close()
    with zipfile.ZipFile(backup) as archive:
        return backup, key, archive.read("registry.ctdild.keys")


def members_of(backup: Path) -> Members:
    with zipfile.ZipFile(backup) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def packed(members: Members, kind: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, content in members:
            if name in archive.namelist():
                with pytest.warns(UserWarning, match="Duplicate name"):
                    archive.writestr(name, content)
            else:
                archive.writestr(name, content)
    return out.getvalue()


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


PACKINGS: dict[str, Callable[[Members], bytes]] = {
    "a way out of the folder": lambda m: packed([*m, ("../../evil.ctdild", b"x")]),
    "a name from the root": lambda m: packed([*m, ("/tmp/evil", b"x")]),
    "a drive of Windows": lambda m: packed([*m, ("C:\\evil", b"x")]),
    "a member too many": lambda m: packed([*m, ("letter.txt", b"x")]),
    "the database twice": lambda m: packed([*m, ("registry.ctdild", b"x" * 4096)]),
    "the keys twice, spelled otherwise": lambda m: packed([*m, ("REGISTRY.ctdild.keys", m[1][1])]),
    "compressed members": lambda m: packed(m, zipfile.ZIP_DEFLATED),
    "members of an unusual packing": lambda m: packed(m, zipfile.ZIP_BZIP2),
    "no database": lambda m: packed([(name, content) for name, content in m if name != "registry.ctdild"]),
    "a database of nothing": lambda m: packed(
        [(name, b"" if name == "registry.ctdild" else c) for name, c in m]
    ),
    "a database that is plain": lambda m: packed(
        [(name, b"SQLite format 3\0" + bytes(4080) if name == "registry.ctdild" else c) for name, c in m]
    ),
    "cut in the middle": lambda m: packed(m)[: len(packed(m)) // 2],
    "a tail of noise": lambda m: packed(m)[:-22] + os.urandom(300),
}


@pytest.mark.parametrize("name", PACKINGS)
def test_a_backup_that_was_packed_otherwise_is_refused(
    good: tuple[Path, bytes, bytes], tmp_path: Path, name: str
) -> None:
    offered = tmp_path / "offered.ctdild-backup"
    offered.write_bytes(PACKINGS[name](members_of(good[0])))
    (tmp_path / "clinic").mkdir()
    before = everything(tmp_path)
    with pytest.raises(DamagedError) as refused:
        restore(offered, tmp_path / "clinic" / "again.ctdild", LOGIN, PASSPHRASE)
    assert str(refused.value).endswith(".")
    assert everything(tmp_path) == before


SPOILT: dict[str, tuple[str, str]] = {
    "a trigger": (
        "CREATE TRIGGER later AFTER INSERT ON pft BEGIN UPDATE pft SET fvc_l = '9' WHERE id = NEW.id; END",
        "triggers: not as expected: later",
    ),
    "a view": ("CREATE VIEW people AS SELECT * FROM patient", "triggers: not as expected: people"),
    "a virtual table": ("CREATE VIRTUAL TABLE found USING fts5(name)", "triggers: not as expected: found"),
    "a trigger too few": ("DROP TRIGGER audit_patient_update", "audit_patient_update"),
    "a guard too few": ("DROP TRIGGER guard_audit_delete", "guard_audit_delete"),
    "a table too few": ("DROP TABLE visit", "visit"),
    "a changed name": ("UPDATE patient SET family_name = 'Berg'", "audit_chain"),
    "a foreign account": (
        "INSERT INTO app_user (id, login, display_name, role, active) "
        "VALUES ('ffffffffffffffffffffffffffffffff', 'mole', 'M', 'administrator', 1)",
        "audit_chain",
    ),
    "a later revision": ("UPDATE alembic_version SET version_num = '2031_01_01_later'", "newer version"),
}


def crafted(good: tuple[Path, bytes, bytes], folder: Path, statement: str) -> Path:
    """A backup with the right signature whose database was changed by somebody who holds its key."""
    backup, key, keys = good
    copy = folder / "copy.ctdild"
    with zipfile.ZipFile(backup) as archive:
        copy.write_bytes(archive.read("registry.ctdild"))
    connection = connect(copy, subkey(key, "db"))
    connection.execute(
        "INSERT INTO audit_context (id, batch, at, user_id, reason) VALUES (1, 'b', '2026', 'mole', '')"
    )
    connection.execute(statement)
    connection.execute("DELETE FROM audit_context")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    frozen = Frozen(copy, key)
    found, counted = frozen.check()
    with frozen.engine.connect() as opened:
        revision = opened.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    frozen.close()
    with zipfile.ZipFile(backup) as archive:
        db_id = archive.read("registry.ctdild.keys").split(b'"db_id": "')[1].split(b'"')[0].decode()
    claims = Manifest(Clock()().isoformat(), revision, db_id, found.head, counted, {}, "")
    made = folder / "offered.ctdild-backup"
    pack(made, copy, keys, lambda: claims, dek=key)
    for file in folder.glob("copy.ctdild*"):
        file.unlink()
    return made


@pytest.mark.parametrize("name", SPOILT)
def test_a_database_changed_by_somebody_who_holds_its_key_is_refused(
    good: tuple[Path, bytes, bytes], tmp_path: Path, name: str
) -> None:
    statement, words = SPOILT[name]
    offered = crafted(good, tmp_path, statement)
    (tmp_path / "clinic").mkdir()
    before = everything(tmp_path)
    with pytest.raises(RegistryError, match=words):
        restore(offered, tmp_path / "clinic" / "again.ctdild", LOGIN, PASSPHRASE)
    assert everything(tmp_path) == before


def test_a_sound_backup_made_in_the_same_way_is_taken(
    good: tuple[Path, bytes, bytes], tmp_path: Path
) -> None:
    offered = crafted(good, tmp_path, "SELECT 1")
    restored = restore(offered, tmp_path / "again.ctdild", LOGIN, PASSPHRASE, clock=Clock())
    with restored.read() as session:
        assert session.execute(select(PatientRow.family_name)).scalar_one() == "Holm"
    restored.close()


@pytest.fixture
def made(good: tuple[Path, bytes, bytes], tmp_path: Path) -> Made:
    """A registry that is there already, restored from the sound backup."""
    registry = restore(good[0], tmp_path / "clinic.ctdild", LOGIN, PASSPHRASE, clock=Clock())
    registry.close()
    return Made(tmp_path / "clinic.ctdild", "")


def test_a_link_in_the_place_of_a_registry_is_not_written_through(
    good: tuple[Path, bytes, bytes], made: Made, tmp_path: Path
) -> None:
    """Whoever may write to the folder could lead a restore over a file of somebody else."""
    victim = tmp_path / "elsewhere" / "victim"
    victim.parent.mkdir()
    victim.write_bytes(b"precious")
    for name in ("again.ctdild", "again.ctdild.keys"):
        (tmp_path / name).symlink_to(victim)
    with pytest.raises(RegistryError, match="already there"):
        restore(good[0], tmp_path / "again.ctdild", LOGIN, PASSPHRASE)
    restored = restore(good[0], tmp_path / "again.ctdild", LOGIN, PASSPHRASE, replace=True, clock=Clock())
    restored.close()
    assert victim.read_bytes() == b"precious"
    assert not (tmp_path / "again.ctdild").is_symlink()
    assert made.path.is_file()


def test_a_link_that_leads_nowhere_is_not_written_through(
    good: tuple[Path, bytes, bytes], tmp_path: Path
) -> None:
    for name in ("again.ctdild", "again.ctdild.keys"):
        (tmp_path / name).symlink_to(tmp_path / "nowhere" / name)
    restored = restore(good[0], tmp_path / "again.ctdild", LOGIN, PASSPHRASE, replace=True, clock=Clock())
    restored.close()
    assert not (tmp_path / "nowhere").exists()
    assert not (tmp_path / "again.ctdild").is_symlink()


def test_a_link_in_the_place_of_a_new_backup_is_replaced_and_not_followed(made: Made, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / "new.ctdild-backup").symlink_to(victim)
    registry = made.open()
    make_backup(made.path, registry.data_key, tmp_path / "new.ctdild-backup", made_at=Clock()())
    registry.close()
    assert victim.read_bytes() == b"precious"
    assert not (tmp_path / "new.ctdild-backup").is_symlink()
