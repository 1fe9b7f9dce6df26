"""Reading from and writing to one open registry: sessions, the audit batch of each write, and closing."""

from __future__ import annotations

import datetime as dt
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.orm import Session

from ctdild_desktop.place import Place
from ctdild_desktop.registry import audit, key_ring
from ctdild_desktop.registry.accounts import Accounts
from ctdild_desktop.registry.engine import WRITING
from ctdild_desktop.registry.errors import DamagedError, RegistryError, UncertainError, UnreachableError
from ctdild_desktop.registry.key_holder import KeyHolder
from ctdild_desktop.registry.keystore import subkey
from ctdild_desktop.registry.models import Base, Recorded, UserRow
from ctdild_desktop.registry.translate import understood

Clock = Callable[[], dt.datetime]
_REMEMBERED = 1000
"""Own batches, which are no news of another desk."""
_ASK_AGAIN_S = (0.2, 0.5, 1, 2, 4, 8)


class Backend(Protocol):
    """What keeps the rows: a file on this computer or a database on a server."""

    place: Place
    engine: Engine
    holder: KeyHolder
    accounts: Accounts

    def wait_for_change(self, timeout_s: float) -> bool:
        """Wait until anybody has committed; False when nobody did. Raises RegistryError."""

    def check_pages(self, stop: Callable[[], bool]) -> bool:
        """Read every page of the file; False when it was stopped. Raises RegistryError when it is damaged."""

    def at_rest(self) -> AbstractContextManager[None]:
        """No connection of this program is open meanwhile."""

    def scrub(self) -> bool:
        """Take what was deleted out of the bytes on the disk; False when that was not done."""

    def holder_within(self, connection: Connection) -> KeyHolder:
        """The holder of the key slots, writing within this transaction where it can."""

    def take_key(self, dek: bytes | bytearray) -> None:
        """Go on with another data key."""

    def close(self) -> None:
        """Close every connection and forget keys and passwords."""


class OpenRegistry:
    """An unlocked registry, wherever it is kept.

    Safe to use from several threads; each ``read`` and ``write`` has its own session, which must stay in
    its thread. ``login``, ``display_name`` and ``role`` are those of the person who unlocked it.
    """

    def __init__(self, backend: Backend, dek: bytearray, clock: Clock) -> None:
        self.backend = backend
        self.accounts = backend.accounts
        """What the backend keeps of its people besides the key slots."""
        self.clock = clock
        self.login = ""
        self.display_name = ""
        self.role = ""
        self.must_change = False
        self.unfinished = False
        """The log that a stopped program left ended in a change that is not whole, and is not here."""
        self.admit: Callable[[str, str], None] = _admit_all
        self._dek = dek
        self._audit_key = bytearray(subkey(dek, "audit"))
        self._engine: Engine = backend.engine
        self._writing: Any = self._engine.execution_options(ctdild_begin=WRITING)
        self._writer = threading.local()
        self._renewals: int | None = None
        """How often the keys had been renewed when these were taken."""
        self._own: deque[str] = deque(maxlen=_REMEMBERED)
        self._at_work = threading.Lock()
        self._closing = threading.Event()
        self._closed = False

    @property
    def place(self) -> Place:
        """Where the registry is kept."""
        return self.backend.place

    @property
    def path(self) -> Path:
        """The file of a local registry.

        Raises:
            RegistryError: the registry is on a server.
        """
        if self.place.path is None:
            raise RegistryError("This registry is on a server; it has no file here.")
        return self.place.path

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one moment of the registry and never waits for a writer.

        Raises:
            RegistryError: the file cannot be read; in one sentence.
        """
        self._refuse_closed()
        with translated(), Session(self._engine, expire_on_commit=False) as session:
            yield session

    def refuse_closing(self) -> None:
        """Say no more than that the registry is being locked, to reading that takes long.

        Raises:
            RegistryError: it is being locked, or was.
        """
        if self._closing.is_set():
            raise RegistryError("The registry is locked.")

    def _refuse_closed(self) -> None:
        if self._closed:
            raise RegistryError("The registry is locked.")

    @contextmanager
    def write(self, user: str, reason: str = "", *, erasing: str | None = None) -> Iterator[Session]:
        """A session whose changes are kept together, audited as one batch, or not at all.

        Rows get ``created_*`` and ``updated_*`` here. Leaving normally writes, seals and commits; an
        exception rolls everything back.

        Args:
            user: login of the person who acts.
            reason: why, where one was asked for.
            erasing: the patient whose values may go from the audit trail in this transaction.

        Raises:
            ChangedElsewhereError: a row was changed by somebody else since it was read.
            UncertainError: the server was lost at the last moment and did not come back in time.
            RegistryError: the disk is full or read-only, another program is writing, or the server is lost.
        """
        if not user:
            raise ValueError("a write needs the login of the person who acts")
        if getattr(self._writer, "busy", False):
            raise RuntimeError("a write within a write would wait for itself")
        self._refuse_closed()
        now = self.clock()
        self._writer.busy = True
        try:
            with translated(), Session(self._writing, expire_on_commit=False) as session:
                event.listen(session, "before_flush", _stamper(user, now))
                connection = session.connection()
                old_keys = self._has_old_keys(connection)
                batch = audit.begin(connection, user=user, reason=reason, at=now, erasing=erasing)
                self._own.append(batch)
                self._admit(session, user)
                yield session
                session.flush()
                if old_keys and audit.holds(session.connection(), batch):
                    raise RegistryError(
                        "The keys were renewed at another desk; nothing was saved.", "Lock and unlock again."
                    )
                audit.seal(session.connection(), bytes(self._audit_key), batch)
                self._commit(session, batch)
        finally:
            self._writer.busy = False

    def _has_old_keys(self, connection: Connection) -> bool:
        """Whether the keys of a server were renewed at another desk: a seal of this one would not fit.

        What needs no seal can be kept all the same: the draft of what somebody is typing just then.
        """
        if not self.place.is_server:
            return False
        renewals = key_ring.renewals(connection)
        if self._renewals == renewals:
            return False
        try:
            key_ring.ring_of(connection, bytes(self._audit_key))
        except DamagedError:
            return True
        self._renewals = renewals
        return False

    def _commit(self, session: Session, batch: str) -> None:
        """Commit, and when the server is lost at that moment, ask it afterwards whether it had the batch."""
        try:
            session.commit()
        except Exception as error:
            if not isinstance(understood(error), UnreachableError):
                raise
            if not self._was_kept(batch):
                raise

    def _was_kept(self, batch: str) -> bool:
        """Whether a batch is in the trail; asked again while the server comes back.

        Raises:
            UncertainError: the server did not come back, so that it is not known.
        """
        for wait_s in _ASK_AGAIN_S:
            self._closing.wait(wait_s)
            with suppress(Exception):
                return self.holds(batch)
        # whoever watches for changes shall hear of it when the server is back
        self._own.remove(batch)
        raise UncertainError(batch)

    def holds(self, batch: str) -> bool:
        """Whether a batch of the trail was kept; a write that is still under way is waited for.

        Raises:
            RegistryError: the server is not reached.
        """
        self._refuse_closed()
        with translated(), self._writing.connect() as connection:
            return audit.holds(connection, batch)

    def _admit(self, session: Session, user: str) -> None:
        role = _role_now(session, user)
        if role == "":
            raise RegistryError("Your account was switched off; nothing was saved.")
        if role is not None:
            self.admit(user, role)

    def role_of(self, login: str) -> str:
        """The role that a person has now; empty for one who is unknown or switched off."""
        with self.read() as session:
            return _role_now(session, login) or ""

    def record_event(
        self, kind: str, *, user: str, subject_id: str | None = None, detail: dict[str, str] | None = None
    ) -> None:
        """Note in the audit trail what changed no row: an export, a print, a view of an identified record."""
        with self.write(user) as session:
            audit.note_event(session.connection(), kind=kind, subject_id=subject_id, detail=detail or {})

    def last_entry(self) -> int:
        """The number of the audit trail's last entry; 0 when there is none."""
        with self.read() as session:
            return audit.last_entry(session.connection())

    def changes_elsewhere(self, after: int) -> tuple[int, tuple[tuple[str, str | None], ...]]:
        """What other windows, desks and programs changed since an entry of the trail.

        Returns:
            The number of the last entry now, and each (table, patient id or None) that was touched.
        """
        with self.read() as session:
            last, touched = audit.touched(session.connection(), after, frozenset(self._own))
        return last, touched

    def close(self) -> None:
        """Close every connection and wipe the keys from memory; closing twice is harmless.

        A backup that is being made is stopped and waited for.
        """
        self._closing.set()
        with self._at_work:
            self._closed = True
            self.backend.close()
            for key in (self._dek, self._audit_key):
                key[:] = bytes(len(key))
        _forget_compiled()


def _forget_compiled() -> None:
    """Let go of the statements that each mapper keeps compiled, by the dialect of a registry that is closed.

    They are kept for as long as the program runs, and made anew after each unlocking.
    """
    for mapper in Base.registry.mappers:
        vars(mapper).pop("_compiled_cache", None)


def _admit_all(_login: str, _role: str) -> None:
    """Let everybody write, until the services say who may do what."""


def _role_now(session: Session, login: str) -> str | None:
    """The role of a person who has an account; empty when it is switched off."""
    row = session.execute(select(UserRow.role, UserRow.active).where(UserRow.login == login)).one_or_none()
    return None if row is None else row.role if row.active else ""


def _stamper(user: str, now: dt.datetime) -> Callable[..., None]:
    def stamp(session: Session, *_: Any) -> None:
        for row in session.new:
            if isinstance(row, Recorded):
                row.created_at, row.created_by = now, user
                row.updated_at, row.updated_by = now, user
        for row in session.dirty:
            if isinstance(row, Recorded) and session.is_modified(row):
                row.updated_at, row.updated_by = now, user

    return stamp


@contextmanager
def translated() -> Iterator[None]:
    """Raise what the database library says as a condition that its user can act on, where it is one."""
    try:
        yield
    except Exception as error:
        condition = understood(error)
        if condition is None or condition is error:
            raise
        raise condition from error
