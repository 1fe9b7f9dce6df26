"""Bringing a registry that an older program made up to date: asked for, told of, and with a backup before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ctdild_desktop.registry.errors import OlderError
from ctdild_desktop.registry.stop import Stop, go_on

BACKUP, TABLES = "backup", "tables"
"""The two steps, in their order."""


@dataclass(frozen=True, slots=True)
class Upgrading:
    """What may be done with an older registry, and who is told."""

    allowed: bool = True
    tell: Callable[[str], None] = lambda _step: None
    """Called with :data:`BACKUP` and :data:`TABLES` when each begins."""
    stop: Stop = go_on
    """Asked during the backup; after it the tables are changed in one transaction."""


USUAL = Upgrading()
"""Without a word, as the command line and restoring do it."""


@dataclass(frozen=True, slots=True)
class Upgraded:
    """A registry was brought up to date."""

    revision: str
    """The one of before."""
    backup: Path
    """What was made before anything was changed."""


def prepare(
    path: Path, dek: bytes | bytearray, revision: str, how: Upgrading, clock: Callable[[], dt.datetime]
) -> Upgraded:
    """Make the backup that precedes an upgrade.

    Raises:
        OlderError: nobody has allowed the upgrade yet; nothing was written.
        StoppedError: ``how.stop`` said so; the registry is as it was.
        RegistryError: the backup cannot be written, or the registry does not pass its checks.
    """
    from ctdild_desktop.registry import generations
    from ctdild_desktop.registry.backup import make_backup
    from ctdild_desktop.registry.generation import Why

    folder = generations.default_folder(path)
    if not how.allowed:
        raise OlderError(folder, path.stat().st_size)
    how.tell(BACKUP)
    target = generations.free_name(folder, path, clock(), Why.BEFORE_UPGRADE)
    made = make_backup(path, dek, target, made_at=clock(), revision=revision, stop=how.stop)
    how.tell(TABLES)
    return Upgraded(revision, made)
