"""Registries that were kept of each released version, and a program whose tables went on by one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ctdild_desktop import bundled
from ctdild_desktop.registry import schema
from ctdild_desktop.registry.engine import connect
from ctdild_desktop.registry.key_holder import FileHolder
from ctdild_desktop.registry.keystore import Keystore, subkey
from ctdild_desktop.registry.opening import fits

FOLDER = Path(__file__).resolve().parents[1] / "data" / "released"
NEXT = "2031_01_01_next"
REVISION = '''"""A revision that a later version of the program might bring."""

import os
import signal

import sqlalchemy as sa
from alembic import op

revision = "{next}"
down_revision = "{last}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("draft", sa.Column("device", sa.Text, nullable=False, server_default=""))
    if os.environ.get("CTDILD_TEST_KILLED_HERE"):
        os.kill(os.getpid(), signal.SIGKILL)
    op.create_index("ix_patient_birth_date", "patient", ["birth_date"])
    op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))


def downgrade() -> None:
    raise NotImplementedError
'''


@dataclass(frozen=True)
class Kept:
    """What was kept of a release."""

    folder: Path
    facts: dict[str, Any]

    @property
    def version(self) -> str:
        """Its version."""
        return str(self.facts["version"])

    @property
    def login(self) -> str:
        """Who opens it."""
        return str(self.facts["login"])

    @property
    def passphrase(self) -> str:
        """What opens it."""
        return f"kept of release {self.version}"

    def copied(self, folder: Path) -> Path:
        """A copy of the registry with its keys; returns its file."""
        for ending in ("", ".keys"):
            shutil.copyfile(self.folder / f"clinic.ctdild{ending}", folder / f"clinic.ctdild{ending}")
        return folder / "clinic.ctdild"

    def rows(self, path: Path) -> dict[str, dict[str, Any]]:
        """Every table as the file has it, row by row as text of column and value, by no code of the program
        but the one that decrypts: table, then id of the row, then its columns.
        """
        dek = Keystore.load(FileHolder.beside(path)).unlock(self.login, self.passphrase, fits(path))
        connection = connect(path, subkey(dek, "db"))
        try:
            query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            tables = sorted(str(name) for (name,) in connection.execute(query).fetchall())
            return {table: dict(_rows(connection, table)) for table in tables}
        finally:
            connection.close()


def _rows(connection: Any, table: str) -> Iterator[tuple[str, dict[str, Any]]]:
    found = connection.execute(f"SELECT rowid, * FROM {table} ORDER BY rowid")
    names = [column[0] for column in found.description[1:]]
    for number, row in enumerate(found.fetchall()):
        values = dict(zip(names, row[1:], strict=True))
        yield str(values.get("id", number)), values


def kept() -> list[Kept]:
    """Every release, the oldest first."""
    folders = sorted(FOLDER.iterdir(), key=lambda one: [int(part) for part in one.name.split(".")])
    return [Kept(folder, json.loads((folder / "kept.json").read_text("utf-8"))) for folder in folders]


each_release = pytest.mark.parametrize("kept_one", kept(), ids=lambda one: one.version)


def next_migrations(folder: Path) -> Path:
    """The revisions of a program that is one further."""
    made = folder / "next_db"
    shutil.copytree(bundled.migrations(), made, ignore=shutil.ignore_patterns("__pycache__"))
    text = REVISION.format(next=NEXT, last=schema.REVISION)
    (made / "versions" / "next.py").write_text(text, encoding="utf-8")
    return made


@contextmanager
def next_program(folder: Path) -> Iterator[None]:
    """The present program with the tables of a later version."""
    made = next_migrations(folder)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bundled, "migrations", lambda: made)
        patched.setattr(schema, "REVISION", NEXT)
        yield
