"""Revisions and models agree, an older registry is brought forward after a backup, a newer one is refused."""

from __future__ import annotations

import ast
import datetime as dt
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as driver
from alembic import command
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateIndex, CreateTable

from ctdild_desktop import bundled
from ctdild_desktop.registry import backup, engine, schema, triggers
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.models import Base, PatientRow, SiteCriterionRow
from ctdild_desktop.registry.registry import Registry
from tests.support.old_registries import (
    LOGIN,
    PASSPHRASE,
    PATIENTS,
    REVISIONS,
    ROWS,
    make_old_registry,
    values_in,
)

LATER = '''"""A later revision of the test."""

import sqlalchemy as sa
from alembic import op

revision = "2027_01_01_later"
down_revision = "{first}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_patient_birth_date", "patient", ["birth_date"])
    op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))
    {more}


def downgrade() -> None:
    op.drop_table("later")
    op.drop_index("ix_patient_birth_date")
'''


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Engine]:
    """An engine over an empty encrypted file."""
    key = bytes(range(32))
    engine.connect(tmp_path / "empty.ctdild", key, create=True).close()
    made = engine.open_engine(tmp_path / "empty.ctdild", key)
    yield made
    made.dispose()


def normal(sql: str) -> list[str]:
    """The parts of a CREATE statement in no particular order; SQLite quotes the name of a rebuilt table, and
    puts a column that was added on the line of the one before it.
    """
    lines = sql.replace('"', "").replace(" NOT NULL, ", " NOT NULL,\n").splitlines()
    return sorted(part.strip().rstrip(",") for part in lines if part.strip())


def test_the_head_of_the_revisions_is_the_one_the_program_names() -> None:
    scripts = ScriptDirectory.from_config(schema.configuration(bundled.migrations()))
    assert scripts.get_heads() == [schema.REVISION]
    for script in scripts.walk_revisions():
        assert len(script.revision) <= 32
        tree = ast.parse(Path(script.path).read_text("utf-8"))
        imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert not any(name.startswith("ctdild_desktop") for name in imported)


def test_alembic_finds_no_difference_between_models_and_revisions(fresh: Engine) -> None:
    schema.upgrade(fresh)
    with fresh.connect() as connection:
        config = schema.configuration(bundled.migrations())
        config.attributes["connection"] = connection
        command.check(config)


def test_the_revisions_make_the_very_tables_of_the_models(fresh: Engine) -> None:
    schema.upgrade(fresh)
    with fresh.connect() as connection:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        made = {str(name): str(sql) for name, sql in rows}
    for table in Base.metadata.sorted_tables:
        wanted = str(CreateTable(table).compile(dialect=fresh.dialect))
        assert normal(made[table.name]) == normal(wanted), table.name
        for index in table.indexes:
            assert index.name is not None
            assert made[index.name] == str(CreateIndex(index).compile(dialect=fresh.dialect))


def test_u5_the_revisions_make_the_very_triggers_of_the_program(fresh: Engine) -> None:
    schema.upgrade(fresh)
    with fresh.connect() as connection:
        assert triggers.differences(connection) == ()
    assert len(triggers.expected("sqlite")) == 3 * len(triggers.audited_tables()) + 4


def test_down_and_up_again(fresh: Engine) -> None:
    schema.upgrade(fresh)
    with fresh.execution_options(ctdild_begin=engine.WRITING).connect() as connection, connection.begin():
        config = schema.configuration(bundled.migrations())
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
    schema.upgrade(fresh)
    with fresh.connect() as connection:
        assert triggers.differences(connection) == ()


def test_revisions_do_not_run_without_the_open_registry() -> None:
    with pytest.raises(CommandError, match="opens the registry"):
        command.upgrade(schema.configuration(bundled.migrations()), "head")


def with_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str = "pass") -> None:
    """A program whose tables went one revision further."""
    folder = tmp_path / "later_db"
    shutil.copytree(bundled.migrations(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    later = LATER.format(first=schema.REVISION, more=more)
    (folder / "versions" / "later.py").write_text(later, "utf-8")
    monkeypatch.setattr(bundled, "migrations", lambda: folder)
    monkeypatch.setattr(schema, "REVISION", "2027_01_01_later")


def old_registry(path: Path) -> None:
    registry, _ = Registry.create(path, "amsel", "R. Amsel", "a quiet passphrase", cost=CHEAPEST)
    with registry.write("amsel") as session:
        session.add_all([PatientRow(mrn=f"{number}") for number in range(12)])
    registry.close()


def facts(registry: Registry) -> dict[str, Any]:
    with registry.read() as session:
        return {
            "patients": sorted(session.execute(select(PatientRow.mrn)).scalars()),
            "tables": set(inspect(session.connection()).get_table_names()),
            "revision": schema.current(session.connection()),
        }


def test_an_older_registry_is_backed_up_and_brought_forward(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "clinic.ctdild"
    old_registry(path)
    first = schema.REVISION
    with_later(tmp_path, monkeypatch)
    registry = Registry.open(path, "amsel", "a quiet passphrase")
    found = facts(registry)
    assert found["patients"] == sorted(str(number) for number in range(12))
    assert "later" in found["tables"]
    assert found["revision"] == "2027_01_01_later"
    assert registry.verify()["ok"] is True
    registry.close()
    (kept,) = (tmp_path / "backups").glob("clinic * before upgrade.ctdild-backup")
    manifest, _ = backup.read_manifest(kept)
    assert (manifest.revision, manifest.counts["patient"]) == (first, 12)
    restored = backup.restore(kept, tmp_path / "again.ctdild", "amsel", "a quiet passphrase")
    assert facts(restored)["patients"] == found["patients"]
    restored.close()


@pytest.mark.parametrize("revision", REVISIONS)
def test_d11_a_registry_of_each_revision_keeps_every_value(tmp_path: Path, revision: str) -> None:
    path = tmp_path / "clinic.ctdild"
    make_old_registry(path, revision)
    registry = Registry.open(path, LOGIN, PASSPHRASE)
    assert facts(registry)["revision"] == schema.REVISION
    with registry.read() as session:
        kept = values_in(session.connection())
        patients = session.execute(select(PatientRow.mrn)).scalars().all()
    for table, row in ROWS.items():
        if (table, revision) != ("site_criterion", REVISIONS[0]):
            assert kept[table] == [dict(row)], table
    assert sorted(patients) == sorted(f"OLD-{number}" for number in range(PATIENTS))
    assert registry.verify()["ok"] is True
    with registry.write(LOGIN) as session:
        session.add(own_threshold(name="Another"))
        session.add(PatientRow(mrn="NEW"))
    assert registry.verify()["ok"] is True
    registry.close()


@pytest.mark.parametrize("revision", REVISIONS)
def test_d11_a_backup_of_each_revision_is_restored_and_brought_forward(tmp_path: Path, revision: str) -> None:
    path = tmp_path / "clinic.ctdild"
    make_old_registry(path, revision)
    Registry.open(path, LOGIN, PASSPHRASE).close()
    (kept,) = (tmp_path / "backups").glob("clinic * before upgrade.ctdild-backup")
    manifest, _ = backup.read_manifest(kept)
    assert (manifest.revision, manifest.counts["patient"]) == (revision, PATIENTS)
    restored = backup.restore(kept, tmp_path / "again.ctdild", LOGIN, PASSPHRASE)
    found = facts(restored)
    assert (len(found["patients"]), found["revision"]) == (PATIENTS, schema.REVISION)
    assert restored.verify()["ok"] is True
    restored.close()


def test_a_table_that_is_gone_is_found(tmp_path: Path) -> None:
    path = tmp_path / "clinic.ctdild"
    old_registry(path)
    registry = Registry.open(path, "amsel", "a quiet passphrase")
    with registry.write("amsel") as session:
        session.execute(text("DROP TABLE site_criterion"))
    found = registry.verify()
    assert found["ok"] is False
    assert found["checks"]["schema"] == "tables missing: site_criterion"
    registry.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"measure": "fev1"},
        {"basis": "litres"},
        {"comparator": "about"},
        {"window_months": 0},
        {"window_months": 121},
    ],
    ids=str,
)
def test_a_threshold_that_no_criterion_could_judge_is_refused_by_the_table(
    fresh: Engine, wrong: dict[str, Any]
) -> None:
    schema.upgrade(fresh)
    with Session(fresh.execution_options(ctdild_begin=engine.WRITING)) as session:
        session.add(own_threshold(**wrong))
        with pytest.raises(IntegrityError, match=f"ck_site_criterion_{next(iter(wrong))}"):
            session.flush()


def own_threshold(**changes: Any) -> SiteCriterionRow:
    given: dict[str, Any] = {
        "name": "Own fall",
        "measure": "fvc",
        "basis": "relative",
        "comparator": "at_least",
        "amount": Decimal("7.50"),
        "window_months": 12,
        "set_by": "amsel",
        "set_at": dt.datetime(2026, 3, 12, tzinfo=dt.UTC),
    }
    return SiteCriterionRow(**(given | changes))


def test_u5_an_upgrade_that_leaves_other_triggers_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "clinic.ctdild"
    old_registry(path)
    with monkeypatch.context() as patched:
        with_later(tmp_path, patched, more="op.execute('DROP TRIGGER audit_pft_update')")
        with pytest.raises(AssertionError, match="audit_pft_update"):
            Registry.open(path, "amsel", "a quiet passphrase")
    registry = Registry.open(path, "amsel", "a quiet passphrase")
    found = facts(registry)
    assert found["revision"] == schema.REVISION
    assert "later" not in found["tables"]
    assert registry.verify()["ok"] is True
    registry.close()


def test_the_library_is_new_enough_and_encrypts() -> None:
    assert driver.sqlite_version_info >= (3, 51, 3)
    connection = driver.connect(":memory:")
    assert connection.execute("PRAGMA cipher_version").fetchone()[0].startswith("4.")
    connection.close()


def test_no_module_imports_another_sqlite() -> None:
    package = Path(bundled.__file__).parent
    forbidden = {"sqlite3", "pysqlcipher3", "apsw", "QtSql"}
    files = [*package.rglob("*.py"), *bundled.migrations().rglob("*.py")]
    assert len(files) > 20
    for file in files:
        source = file.read_text("utf-8")
        for node in ast.walk(ast.parse(source)) if any(name in source for name in forbidden) else ():
            names: set[str] = set()
            if isinstance(node, ast.Import):
                names = {part for alias in node.names for part in alias.name.split(".")}
            elif isinstance(node, ast.ImportFrom):
                names = {*(node.module or "").split("."), *(alias.name for alias in node.names)}
            assert names.isdisjoint(forbidden), file
