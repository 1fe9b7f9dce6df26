"""A closed registry with what opens it, and a clock that is told what time it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ctdild_desktop.registry.files import keys_path
from ctdild_desktop.registry.models import Base
from ctdild_desktop.registry.registry import Registry

in_a_file = pytest.mark.parametrize("registry", ["file"], indirect=True)
"""For a test that is about the file itself, or that does to it what a server does not let a person do."""
LOGIN, PASSPHRASE = "amsel", "a quiet passphrase"


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: dt.datetime = dt.datetime(2026, 3, 12, 10, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now


@dataclass(frozen=True)
class Made:
    """Files of a registry that nobody has open, with what opens it."""

    path: Path
    code: str
    login: str = LOGIN
    passphrase: str = PASSPHRASE

    def open(self, clock: Clock | None = None) -> Registry:
        return Registry.open(self.path, self.login, self.passphrase, clock=clock or Clock())

    @property
    def keys(self) -> Path:
        return keys_path(self.path)


def content_of(path: Path, login: str = LOGIN, passphrase: str = PASSPHRASE) -> dict[str, list[Any]]:
    """Every row of a closed registry by table, without the sign-ins of its trail and the seals over them."""
    registry = Registry.open(path, login, passphrase)
    try:
        with registry.read() as session:
            found = {}
            for table in Base.metadata.sorted_tables:
                if table.name not in {"audit", "audit_seal"}:
                    rows = session.execute(select(table).order_by(*table.primary_key))
                    found[table.name] = [tuple(row) for row in rows]
            audit = Base.metadata.tables["audit"]
            trail = session.execute(select(audit).order_by(audit.c.seq))
            found["audit"] = [tuple(row) for row in trail if (row.op, row.row_id) != ("event", "unlock")]
    finally:
        registry.close()
    return found
