"""The way back: which backups can be restored, trying one without changing anything, and restoring one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ctdild_desktop.language import say, say_n
from ctdild_desktop.registry.errors import DamagedError, RegistryError, StoppedError
from ctdild_desktop.registry.generation import Generation, State, Why
from ctdild_desktop.registry.stop import Stop, go_on
from ctdild_desktop.services import backups, events
from ctdild_desktop.services.access import at_desk
from ctdild_desktop.services.desk import ChangeSet, Desk, Done, RefusedError, Role, requires

_COUNTED = (("patient", "{n} patient", "{n} patients"), ("pft", "{n} test", "{n} tests"))
_MORE = {
    "patient": ("{n} patient more", "{n} patients more"),
    "pft": ("{n} test more", "{n} tests more"),
}
_FEWER = {
    "patient": ("{n} patient fewer", "{n} patients fewer"),
    "pft": ("{n} test fewer", "{n} tests fewer"),
}
_IN_OTHER_WORDS = frozenset({"audit"})


@dataclass(frozen=True, slots=True)
class Offered:
    """The backups to choose from, newest first, and the one to take unless somebody knows better."""

    generations: tuple[Generation, ...]
    suggested: Generation | None
    skipped: tuple[str, ...]
    """One sentence for each newer backup that was passed over because it is damaged."""


@requires(Role.ADMINISTRATOR, doing="a restore")
def offered(desk: Desk, stop: Stop = go_on) -> Offered:
    """The backups of this registry; the newest ones are read from end to end until one is whole.

    Raises:
        RefusedError: the registry is on a server.
        StoppedError: ``stop`` said so.
    """
    from ctdild_desktop.registry.generations import checked

    if backups.on_server(desk):
        raise RefusedError(backups.ON_SERVER)
    found = list(backups.generations(desk))
    skipped: list[str] = []
    for place, listed in enumerate(found):
        one = checked(listed, stop)
        found[place] = one
        if one.good:
            return Offered(tuple(found), one, tuple(skipped))
        if one.state is State.DAMAGED:
            skipped.append(say("{name} is damaged and was skipped.", name=one.path.name))
    return Offered(tuple(found), None, tuple(skipped))


def newest_beside(registry: Path) -> tuple[Path | None, str]:
    """The newest whole backup in the folder beside a registry that nobody has open, or that is gone.

    Returns:
        The file, None when there is none; and one sentence when newer ones are damaged, else empty.
    """
    from ctdild_desktop.registry.generations import default_folder, newest_whole

    found, damaged = newest_whole(default_folder(registry), registry)
    words = say("Damaged and skipped: {damaged}.", damaged=", ".join(damaged)) if damaged else ""
    return found, words


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What trying a backup found; nothing was changed."""

    file: str
    made_at: dt.datetime
    faults: str
    """What is wrong with it; empty when it can be restored as it is."""
    counts: dict[str, int]
    differences: dict[str, int]
    """By table, how many more rows the present registry has (fewer: below zero); equal ones are left out."""

    @property
    def ok(self) -> bool:
        """Whether the backup passed every check."""
        return not self.faults


@requires(Role.COORDINATOR, Role.ADMINISTRATOR, doing="a rehearsal")
def rehearse(desk: Desk, backup: Path, stop: Stop = go_on) -> Done[Rehearsal]:
    """Open a backup in a private temporary folder, encrypted as it is, run every check, and remove it again.

    The outcome is kept in the audit trail, a bad one as well.

    Raises:
        RefusedError: the registry is on a server.
        RegistryError: the file is not there, was made with other keys, or the temporary folder takes no file.
        StoppedError: ``stop`` said so.
    """
    from ctdild_desktop.registry.backup import rehearse as try_out

    if backups.on_server(desk):
        raise RefusedError(backups.ON_SERVER)
    made_at, counts, differences = desk.clock(), dict[str, int](), dict[str, int]()
    try:
        found = try_out(backup, desk.registry.data_key, stop)
    except StoppedError:
        raise
    except DamagedError as error:
        faults = str(error)
    else:
        faults, counts = found.faults, found.counts
        made_at = dt.datetime.fromisoformat(found.manifest.made_at)
        now = desk.registry.counts()
        differences = {
            name: now.get(name, 0) - counts.get(name, 0)
            for name in sorted(now.keys() | counts.keys())
            if now.get(name, 0) != counts.get(name, 0)
        }
    events.note_or_wait(desk, "rehearsal", file=backup.name, ok="no" if faults else "yes")
    tried = Rehearsal(backup.name, made_at, faults, counts, differences)
    return Done(tried, _words(tried), ChangeSet(frozenset()))


def _words(tried: Rehearsal) -> str:
    if tried.faults:
        return say("{file} cannot be restored: {faults}.", file=tried.file, faults=tried.faults.rstrip("."))
    counted = [say_n(one, many, tried.counts.get(table, 0)) for table, one, many in _COUNTED]
    holds = say("{patients} and {tests}", patients=counted[0], tests=counted[1])
    return say(
        "{file} can be restored; it holds {holds}. {differences}",
        file=tried.file,
        holds=holds,
        differences=_since(tried.differences),
    )


def _since(differences: dict[str, int]) -> str:
    parts = [
        say_n(*(_MORE if difference > 0 else _FEWER)[table], abs(difference))
        for table, _one, _many in _COUNTED
        if (difference := differences.get(table, 0))
    ]
    named = {table for table, _one, _many in _COUNTED} | _IN_OTHER_WORDS
    other = sum(abs(difference) for table, difference in differences.items() if table not in named)
    if other:
        parts.append(say_n("a difference of {n} other entry", "a difference of {n} other entries", other))
    return (
        say("The registry now has {parts}.", parts=", ".join(parts))
        if parts
        else say("The registry has as many entries now.")
    )


@dataclass(frozen=True, slots=True)
class Restored:
    """The desk at the restored registry."""

    desk: Desk
    recovery_code: str
    """The new recovery code, to be shown once; empty when a passphrase opened the backup."""
    notes: tuple[str, ...]


@requires(Role.ADMINISTRATOR, doing="a restore")
def restore_over(
    desk: Desk,
    backup: Path,
    *,
    passphrase: str,
    recovery_code: str = "",
    on_leaving: Callable[[], None] = lambda: None,
) -> Restored:
    """Put a backup in the place of the open registry, which is backed up and moved aside first.

    Everything that can fail is tried while the present registry is still open. The desk is closed then.

    Args:
        passphrase: that of this login on the day of the backup; with a recovery code, a new one.
        recovery_code: of the day of the backup, when the passphrase is lost.
        on_leaving: called when the present registry is closed, from when on ``desk`` is of no use.

    Raises:
        RefusedError: the registry is on a server, or the backup of the present state was not made.
        RegistryError: the backup is damaged or does not open, or somebody else has the registry open.
            Nothing is changed then.
    """
    from ctdild_desktop.registry.backup import prepare

    if backups.on_server(desk):
        raise RefusedError(backups.ON_SERVER)
    registry, login = desk.registry, desk.login
    notes: list[str] = []
    with prepare(
        backup, registry.path, login, passphrase, recovery_code=recovery_code, replace=True
    ) as ready:
        try:
            backups.before(desk, Why.BEFORE_RESTORE)
        except RefusedError as error:
            if not isinstance(error.__cause__, DamagedError):
                raise
            notes.append(
                say("The registry that was here is damaged, so it was moved aside without a backup.")
            )
        if not registry.alone():
            raise RegistryError(
                "Another window or program has this registry open; nothing was changed.",
                "Close it there and restore again.",
            )
        desk.close()
        on_leaving()
        fresh = at_desk(ready.put_in_place(desk.clock), desk.clock, desk.settings)
        notes.append(
            say("The registry that was here is kept beside it as {path}.", path=_aside(registry.path))
        )
    fresh.upkeep = desk.upkeep
    return Restored(fresh, ready.new_code, tuple(notes))


def _aside(path: Path) -> str:
    dated = re.compile(re.escape(path.name) + r"\.replaced-\d{8}-\d{6}(-\d+)?")
    return max(one.name for one in path.parent.iterdir() if dated.fullmatch(one.name))
