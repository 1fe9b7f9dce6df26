"""Looking after the registry: checking it from end to end, a backup to a chosen place, and bringing one back
where no registry is open.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ctdild_desktop.config import SiteSettings
from ctdild_desktop.language import say
from ctdild_desktop.registry.generation import Why
from ctdild_desktop.services import backups, events
from ctdild_desktop.services.access import at_desk
from ctdild_desktop.services.desk import (
    ChangeSet,
    Desk,
    Done,
    RefusedError,
    Role,
    for_everybody,
    requires,
    utc_now,
)

if TYPE_CHECKING:
    from ctdild_desktop.registry.keystore import Cost

BACKUP_SUFFIX = ".ctdild-backup"
CHECK_EVERY = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """The outcome of every check: True, or words that say what is wrong (``blobs``: what is there)."""

    ok: bool
    checks: dict[str, bool | str]
    notes: tuple[str, ...] = ()
    head: str = ""
    """The end of the audit trail in its short form, as printouts carry it."""

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the checks that found something."""
        return tuple(name for name, found in self.checks.items() if found is not True and name != "blobs")


_FOR_WRITING = ("integrity", "cipher_integrity", "schema")
"""Checks without which nothing is written any more."""


@for_everybody
def verify(desk: Desk, known_head: str | None = None) -> VerifyReport:
    """Check file, cipher, references, audit trail, triggers and schema; only that it was done is noted.

    Nothing at all is written to a file that is damaged.

    Args:
        known_head: a head printed earlier; shows an audit trail whose end was cut off.
    """
    found = desk.registry.verify(known_head)
    report = VerifyReport(
        bool(found["ok"]), dict(found["checks"]), tuple(found.get("notes", ())), str(found.get("head", ""))
    )
    if all(report.checks.get(name, True) is True for name in _FOR_WRITING):
        failed = ", ".join(report.failed)
        detail = {"failed": failed} if failed else {}
        events.note_or_wait(desk, "verify", ok="yes" if report.ok else "no", **detail)
    return report


@for_everybody
def check_file(desk: Desk, stop: Callable[[], bool] = lambda: False) -> bool:
    """Read every page of the registry's file; False when that was stopped before its end.

    Args:
        stop: asked now and then; once it says True, the check ends.

    Raises:
        RegistryError: the file is damaged: close the registry, and restore the last good backup.
    """
    return desk.registry.check_pages(stop)


@for_everybody
def check_is_due(desk: Desk) -> bool:
    """Whether the last full check is a week old, failed, or was never made."""
    at, detail = desk.registry.last_event("verify") or (None, {})
    return at is None or detail.get("ok") != "yes" or desk.clock() - at >= CHECK_EVERY


@requires(Role.COORDINATOR, Role.ADMINISTRATOR, doing="a backup")
def backup(desk: Desk, target: Path) -> Done[Path]:
    """Write a verified backup, registry and key slots in one file, to a place of the person's choice.

    Args:
        target: the file (``.ctdild-backup`` is added when it has another ending), or a folder, where the file
            is named after the registry and the moment.

    Raises:
        RefusedError: the registry is on a server.
        RegistryError: the target cannot be written, or the copy does not pass its checks; no half file is
            left.
    """
    from ctdild_desktop.registry.generations import free_name

    if backups.on_server(desk):
        raise RefusedError(backups.ON_SERVER)
    place = target
    if target.is_dir():
        place = free_name(target, desk.registry.path, desk.clock(), Why.BY_HAND)
    elif target.suffix != BACKUP_SUFFIX:
        place = target.with_name(target.name + BACKUP_SUFFIX)
    made = desk.registry.backup(place)
    events.note_or_wait(desk, "backup", file=made.name, why=str(Why.BY_HAND))
    return Done(made, say("Backup written and verified: {name}.", name=made.name), ChangeSet(frozenset()))


def restore(
    backup_file: Path,
    path: Path,
    *,
    login: str,
    passphrase: str,
    replace: bool = False,
    clock: Callable[[], dt.datetime] = utc_now,
    settings: SiteSettings | None = None,
) -> Desk:
    """Open a backup as the registry at ``path``, after checking it from end to end.

    Args:
        replace: a registry that is there is moved aside under a dated name, never overwritten; it must not be
            open. Without it a registry that is there is a reason to refuse.

    Raises:
        RegistryError: the file is no backup, is damaged or was changed, was made by a newer version, does not
            open with this login and passphrase, or a registry is in the way. Nothing is changed then.
    """
    from ctdild_desktop.registry.backup import restore as bring_back

    registry = bring_back(backup_file, path, login, passphrase, replace=replace, clock=clock)
    return at_desk(registry, clock, settings)


def restore_by_code(
    backup_file: Path,
    path: Path,
    *,
    recovery_code: str,
    login: str,
    passphrase: str,
    replace: bool = False,
    clock: Callable[[], dt.datetime] = utc_now,
    settings: SiteSettings | None = None,
    cost: Cost | None = None,
) -> tuple[Desk, str]:
    """Open a backup by means of the recovery code of its day, and give a login of that day a new passphrase.

    Returns:
        The desk, and the new recovery code: show it once, it is kept nowhere. The old code still opens the
        backup itself.

    Raises:
        RegistryError: as :func:`restore`, or the code has a typing error or is not this registry's.
    """
    from ctdild_desktop.registry.backup import restore_by_code as bring_back

    registry, renewed = bring_back(
        backup_file,
        path,
        recovery_code=recovery_code,
        login=login,
        passphrase=passphrase,
        replace=replace,
        cost=cost,
        clock=clock,
    )
    return at_desk(registry, clock, settings), renewed


@for_everybody
def warning_of(desk: Desk) -> str:
    """What is unwise about the folder of the open registry; empty when nothing is, and on a server."""
    return "" if backups.on_server(desk) else place_warning(desk.registry.path)


def place_warning(path: Path) -> str:
    """What is unwise about the folder of a registry; empty when nothing is. A network drive is refused."""
    from ctdild_desktop.registry.synced import synced_by

    service = synced_by(path)
    if not service:
        return ""
    return say(
        "This folder is synchronised by {service}, which can damage a registry while it is open. Keep the "
        "registry in a folder that is not synchronised and put the backups here; several computers share a "
        "registry on a PostgreSQL server.",
        service=service,
    )
