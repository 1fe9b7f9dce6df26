"""Slowing down whoever guesses a passphrase: failed attempts are counted and, after some, one has to wait.

The count lies in a small file beside the registry, so that it outlasts a restart; for a server, in the folder
of this person's program state. It slows a person at this program; whoever has copied the files is slowed by
the cost of each guess alone. Nobody is ever locked out: the longest wait is five minutes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ctdild_desktop.place import Place
from ctdild_desktop.registry.errors import (
    BusyError,
    DiskError,
    RegistryError,
    TooManyAttemptsError,
    WrongPassphraseError,
)
from ctdild_desktop.registry.files import write_whole
from ctdild_desktop.registry.models.types import instant_text
from ctdild_desktop.registry.passphrases import tidy_login

if TYPE_CHECKING:
    from ctdild_desktop.registry.registry import Registry

FREE = 5
"""Failures after which one has to wait."""
LONGEST = 300
"""Seconds of the longest wait."""
RECOVERY = ""
"""In place of a login: the recovery code, which belongs to nobody."""
_FORMAT = "ctdild-attempts"
_LARGEST_FILE = 100_000


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed attempts since the last success."""

    count: int
    since: dt.datetime
    last: dt.datetime

    @property
    def wait(self) -> int:
        """Seconds to wait after the last of them."""
        return 0 if self.count < FREE else min(LONGEST, 2 ** min(self.count - FREE + 1, 30))


def attempts_path(registry: Path) -> Path:
    """Where the attempts on the registry at ``registry`` are counted: ``NAME.ctdild.attempts``."""
    return registry.with_name(registry.name + ".attempts")


def attempts_path_of(server: Place) -> Path:
    """Where the attempts on a server's registry are counted: this person's folder of program state."""
    import platformdirs

    digest = hashlib.sha256(str(server).encode("utf-8")).hexdigest()[:16]
    return Path(platformdirs.user_state_dir("ctdild-desktop", appauthor=False)) / f"{digest}.attempts"


class Throttle:
    """The counted attempts on one registry; ``db_id`` keeps those on another of the same name apart."""

    def __init__(self, path: Path, db_id: str, clock: Callable[[], dt.datetime]) -> None:
        self._path = path
        self._db_id = db_id
        self._clock = clock

    @contextmanager
    def attempt(self, login: str, known: Collection[str]) -> Iterator[None]:
        """Count what is tried within, and refuse it while one has to wait.

        Args:
            login: who tries, or :data:`RECOVERY`.
            known: the logins that exist; an attempt with another one guesses nothing and is not counted.

        Raises:
            TooManyAttemptsError: it is too early; nothing was tried.
        """
        name = login and tidy_login(login)
        if name not in {RECOVERY, *known}:
            yield
            return
        self._refuse_early(name)
        try:
            yield
        except WrongPassphraseError:
            self._count(name)
            raise

    def seconds_left(self, login: str) -> int:
        """How long this login, or :data:`RECOVERY`, still has to wait; 0 when it need not."""
        failures = self.failures(login)
        if failures is None or not failures.wait:
            return 0
        passed = (self._clock() - failures.last).total_seconds()
        return max(0, math.ceil(failures.wait - passed))

    def failures(self, login: str) -> Failures | None:
        """The failed attempts of a login, or with :data:`RECOVERY`, since its last success."""
        return self._read().get(login and tidy_login(login))

    def told(self, *logins: str) -> dict[str, str]:
        """The failures of these logins for the audit trail: how many and since when; empty without any."""
        found = [one for one in map(self.failures, logins) if one is not None]
        if not found:
            return {}
        since = min(one.since for one in found)
        return {"failed": str(sum(one.count for one in found)), "since": instant_text(since)}

    def clear(self, *logins: str) -> None:
        """Forget the failures of these logins; nothing is written when there are none."""
        found = self._read()
        kept = {name: one for name, one in found.items() if name not in logins}
        if kept != found:
            self._write(kept)

    def _refuse_early(self, name: str) -> None:
        found = self._read()
        if name in found and found[name].last > self._clock():
            # The clock was set back: the wait begins anew, so that it never grows beyond its length.
            one = found[name]
            self._write({**found, name: Failures(one.count, min(one.since, self._clock()), self._clock())})
        left = self.seconds_left(name)
        if left:
            raise TooManyAttemptsError(left)

    def _count(self, name: str) -> None:
        found, now = self._read(), self._clock()
        before = found.get(name)
        found[name] = (
            Failures(1, now, now) if before is None else Failures(before.count + 1, before.since, now)
        )
        self._write(found)

    def _read(self) -> dict[str, Failures]:
        try:
            if self._path.stat().st_size > _LARGEST_FILE:
                return {}
            content = json.loads(self._path.read_bytes())
            if (content["format"], content["db_id"]) != (_FORMAT, self._db_id):
                return {}
            return {
                str(name): Failures(max(0, int(one["count"])), _moment(one["since"]), _moment(one["last"]))
                for name, one in content["failures"].items()
            }
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            OverflowError,
            RecursionError,
        ):
            return {}  # whoever can damage this file can remove it as well

    def _write(self, found: dict[str, Failures]) -> None:
        content = {
            "format": _FORMAT,
            "db_id": self._db_id,
            "failures": {
                name: {"count": one.count, "since": one.since.isoformat(), "last": one.last.isoformat()}
                for name, one in found.items()
            },
        }
        with suppress(RegistryError, OSError):  # a folder that takes no files takes no registry either
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, json.dumps(content, indent=1).encode("utf-8"))


def note_failures(registry: Registry, throttle: Throttle, *names: str) -> None:
    """Note in the audit trail how often the passphrase was wrong before this unlocking, and forget it then.

    It can wait when the disk is full or somebody is writing just now: reading must be possible then.

    Args:
        names: what was tried besides the person's own login.
    """
    tried = (registry.login, *names)
    told = throttle.told(*tried)
    if told:
        with suppress(BusyError, DiskError):
            registry.record_event("unlock_failed", user=registry.login, detail=told)
            throttle.clear(*tried)


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment
