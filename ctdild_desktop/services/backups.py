"""Keeping the registry safe: backups by themselves and on demand, copies elsewhere, and how both stand.

A registry on a server is kept safe by the server's own backups; the acts here say so and do nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ctdild_desktop.language import say
from ctdild_desktop.registry.errors import RegistryError, StoppedError
from ctdild_desktop.registry.generation import Generation, State, Why
from ctdild_desktop.registry.stop import Stop, go_on
from ctdild_desktop.services import events
from ctdild_desktop.services.desk import (
    ChangeSet,
    Desk,
    Done,
    RefusedError,
    Role,
    for_everybody,
    requires,
)

__all__ = ["Generation", "State", "Why"]

COPY_REMINDER = dt.timedelta(days=7)
ON_SERVER = (
    "This registry is on a server, whose own backups are the hospital's. "
    "An encrypted copy in a local file can be had besides: ctdild copy-to."
)


@for_everybody
def on_server(desk: Desk) -> bool:
    """Whether the registry is a database on a server and not a file."""
    return desk.registry.place.is_server


@for_everybody
def folder_of(desk: Desk) -> Path:
    """Where backups of this registry go: the folder of the settings, else ``backups`` beside it."""
    from ctdild_desktop.registry.generations import default_folder

    return desk.upkeep.backup_folder or default_folder(desk.registry.path)


@for_everybody
def generations(desk: Desk) -> tuple[Generation, ...]:
    """The backups of this registry, newest first; each says what it holds. Empty for one on a server."""
    from ctdild_desktop.registry.generations import default_folder, listed

    if on_server(desk):
        return ()
    registry = desk.registry
    folders = dict.fromkeys((folder_of(desk), default_folder(registry.path)))
    return listed(folders, registry.path, registry.keystore().db_id, registry.data_key)


@for_everybody
def back_up_if_changed(desk: Desk, why: Why, stop: Stop = go_on) -> Done[Path] | None:
    """Make a backup when something was recorded since the newest one, thin the old ones out, copy it away.

    The program does this by itself, whoever is signed in. None when nothing changed, and for a registry on a
    server. A copy that cannot be made is told in the message.

    Raises:
        StoppedError: ``stop`` said so; nothing is left half made.
        RegistryError: the folder takes no file, or the registry did not pass its checks: then the backups
            that are there stay as they are.
    """
    if on_server(desk):
        return None
    found = generations(desk)
    if why is Why.AT_START:
        found = _newest_checked(found, stop)
    if not _changed(desk, found):
        if desk.upkeep.copy_folder is not None and found and not _has_copy(desk, found):
            return _copied(desk, found, stop)
        return None
    return _made(desk, why, stop)


@for_everybody
def before(desk: Desk, why: Why) -> None:
    """Make sure that a backup of the present state exists before an act that changes much.

    A registry without a patient needs none. Call it right before the first write, outside any transaction.

    Raises:
        RefusedError: it cannot be made; the act must not be done then.
    """
    if on_server(desk) or _is_empty(desk) or not _changed(desk, generations(desk)):
        return
    try:
        _made(desk, why, go_on)
    except RegistryError as error:
        raise RefusedError(
            say("Nothing was changed, because the backup {why} was not made: {error}", why=why, error=error)
        ) from error


@requires(Role.COORDINATOR, Role.ADMINISTRATOR, doing="a backup")
def back_up_now(desk: Desk, stop: Stop = go_on) -> Done[Path]:
    """Make a backup in the folder of backups, whether or not anything changed.

    Raises:
        RefusedError: the registry is on a server.
        RegistryError: as :func:`back_up_if_changed`.
    """
    if on_server(desk):
        raise RefusedError(ON_SERVER)
    return _made(desk, Why.BY_HAND, stop)


@requires(Role.COORDINATOR, Role.ADMINISTRATOR, doing="a copy of backups")
def copy_newest(desk: Desk, stop: Stop = go_on) -> Done[Path]:
    """Copy the newest good backup to the folder for copies; one that is there already is enough.

    Raises:
        RefusedError: no folder for copies is chosen, or there is no good backup yet.
        RegistryError: the folder is not there or takes no files, or the backup is damaged.
    """
    if on_server(desk):
        raise RefusedError(ON_SERVER)
    if desk.upkeep.copy_folder is None:
        raise RefusedError("Choose a folder for copies first.")
    found = generations(desk)
    if not any(one.good for one in found):
        raise RefusedError("There is no backup yet that could be copied.")
    return _copied(desk, found, stop)


@dataclass(frozen=True, slots=True)
class Standing:
    """How well the registry is kept safe at this workstation."""

    folder: Path
    generations: tuple[Generation, ...]
    changed: bool
    """Something was recorded since the newest good backup."""
    copy_folder: Path | None
    copy_reachable: bool
    copied_at: dt.datetime | None
    """When a backup was copied away last."""
    verified_at: dt.datetime | None
    verified_ok: bool
    verified_failed: str
    """Which checks failed; empty when none did."""
    rehearsed_at: dt.datetime | None
    rehearsed_file: str
    rehearsed_ok: bool
    reminder: str
    """One sentence about what is overdue; empty when nothing is."""

    @property
    def last(self) -> Generation | None:
        """The newest good backup."""
        return next((one for one in self.generations if one.good), None)


@for_everybody
def standing(desk: Desk, stop: Stop = go_on) -> Standing | None:
    """How backups, copies, checks and rehearsals stand; None for a registry on a server.

    The newest good backup is read from end to end, so that one that was damaged since is told of.
    """
    if on_server(desk):
        return None
    found = _newest_checked(generations(desk), stop)
    registry, copies = desk.registry, desk.upkeep.copy_folder
    copied = registry.last_event("backup_copy")
    verified_at, verified = registry.last_event("verify") or (None, {})
    rehearsed_at, rehearsed = registry.last_event("rehearsal") or (None, {})
    return Standing(
        folder=folder_of(desk),
        generations=found,
        changed=_changed(desk, found),
        copy_folder=copies,
        copy_reachable=copies is not None and _reachable(copies),
        copied_at=copied[0] if copied else None,
        verified_at=verified_at,
        verified_ok=verified.get("ok") == "yes",
        verified_failed=str(verified.get("failed", "")),
        rehearsed_at=rehearsed_at,
        rehearsed_file=str(rehearsed.get("file", "")),
        rehearsed_ok=rehearsed.get("ok") == "yes",
        reminder=_reminder(desk, found, copied[0] if copied else None),
    )


def _reminder(desk: Desk, found: Sequence[Generation], copied_at: dt.datetime | None) -> str:
    if not any(one.good for one in found):
        return "" if not found else say("No backup can be read; make one now.")
    if found[0].state is State.DAMAGED:
        return say("The newest backup is damaged: {name}. Make a new one.", name=found[0].path.name)
    if desk.upkeep.copy_folder is None:
        return say("All backups lie on this computer. Choose a folder elsewhere for copies.")
    if copied_at is None:
        return say("No backup was copied away yet. Connect the stick or share and copy one.")
    age = desk.clock() - copied_at
    if age > COPY_REMINDER:
        return say(
            "The newest copy is {days} days old. Connect the stick or share and copy a backup.", days=age.days
        )
    return ""


def _changed(desk: Desk, found: Sequence[Generation]) -> bool:
    newest = next((one for one in found if one.good), None)
    return newest is None or desk.registry.changed_since(newest.head)


def _is_empty(desk: Desk) -> bool:
    from sqlalchemy import select

    from ctdild_desktop.registry.models import PatientRow

    with desk.registry.read() as session:
        return session.execute(select(PatientRow.id).limit(1)).first() is None


def _newest_checked(found: Sequence[Generation], stop: Stop) -> tuple[Generation, ...]:
    """The backups after reading the newest good one from end to end: it may have been damaged since."""
    from ctdild_desktop.registry.generations import checked

    newest = next((one for one in found if one.good), None)
    return tuple(checked(one, stop) if one is newest else one for one in found)


def _made(desk: Desk, why: Why, stop: Stop) -> Done[Path]:
    from ctdild_desktop.registry.generations import free_name, prune, sweep

    registry = desk.registry
    target = free_name(folder_of(desk), registry.path, desk.clock(), why)
    made = registry.backup(target, stop=stop)
    events.note_or_wait(desk, "backup", file=made.name, why=str(why))
    sweep(made.parent, registry.path)
    prune(generations(desk), registry.path, desk.clock().astimezone())
    words = say("Backup written and verified: {name}.", name=made.name)
    if desk.upkeep.copy_folder is not None:
        words = f"{words} {_told(lambda: _copied(desk, generations(desk), stop).message)}"
    return Done(made, words, ChangeSet(frozenset()))


def _told(work: Callable[[], str]) -> str:
    """What a copy says, or why it was not made: the backup itself is safe."""
    try:
        return work()
    except StoppedError:
        return say("It was not copied.")
    except RegistryError as error:
        return say("It was not copied: {error}", error=error)


def _copied(desk: Desk, found: Sequence[Generation], stop: Stop) -> Done[Path]:
    from ctdild_desktop.registry.generations import copy_out, listed, prune, sweep

    folder = desk.upkeep.copy_folder
    newest = next((one for one in found if one.good), None)
    if folder is None or newest is None:
        raise RefusedError("There is nothing to copy, or no folder for copies.")
    registry = desk.registry
    made = copy_out(newest.path, folder, stop)
    events.note_or_wait(desk, "backup_copy", file=made.name)
    sweep(folder, registry.path)
    copies = listed((folder,), registry.path, registry.keystore().db_id, registry.data_key)
    prune(copies, registry.path, desk.clock().astimezone())
    return Done(made, say("A copy is in the other folder."), ChangeSet(frozenset()))


def _has_copy(desk: Desk, found: Sequence[Generation]) -> bool:
    newest = next((one for one in found if one.good), None)
    folder = desk.upkeep.copy_folder
    if newest is None or folder is None or not _reachable(folder):
        return True
    return (folder / newest.path.name).exists()


def _reachable(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError:
        return False
