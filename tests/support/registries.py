"""A closed registry with what opens it, and a clock that is told what time it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from ctdild_desktop.registry.files import keys_path
from ctdild_desktop.registry.registry import Registry

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
