"""One open registry: who opened it, transactions that read, and transactions that write and seal."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from ctdild_desktop.registry import audit, checks, schema, since, wal
from ctdild_desktop.registry.accounts import Accounts, NoAccounts
from ctdild_desktop.registry.engine import (
    WRITING,
    check_library,
    nobody_else,
    open_engine,
    why_not_opened,
)
from ctdild_desktop.registry.errors import (
    BusyError,
    DamagedError,
    DiskError,
    NotOpenedError,
    RegistryError,
    WrongPassphraseError,
)
from ctdild_desktop.registry.files import (
    companions,
    disk_error,
    keys_path,
    put_in_place,
    refuse_network,
    temporary_beside,
)
from ctdild_desktop.registry.key_holder import FileHolder
from ctdild_desktop.registry.keystore import Cost, Keystore, calibrated_cost, subkey, tidy_login
from ctdild_desktop.registry.models import Recorded, RegistryInfoRow, UserRow
from ctdild_desktop.registry.opening import fits, keys_for
from ctdild_desktop.registry.throttle import Throttle, attempts_path, note_failures
from ctdild_desktop.registry.translate import understood

Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """The present moment, in UTC."""
    return dt.datetime.now(dt.UTC)


class Registry:
    """An unlocked registry. Make it with :meth:`create` or :meth:`open`; close it after use.

    Safe to use from several threads; each ``read`` and ``write`` has its own session, which must stay in
    its thread. ``login``, ``display_name`` and ``role`` are those of the person who unlocked it.
    """

    def __init__(self, path: Path, dek: bytearray, clock: Clock) -> None:
        self.path = path
        self.clock = clock
        self.login = ""
        self.display_name = ""
        self.role = ""
        self.must_change = False
        self.unfinished = False
        """The log that a stopped program left ended in a change that is not whole, and is not here."""
        self.accounts: Accounts = NoAccounts()
        self.admit: Callable[[str, str], None] = _admit_all
        self._dek = dek
        self._db_key = bytearray(subkey(dek, "db"))
        self._audit_key = bytearray(subkey(dek, "audit"))
        self._engine: Engine = open_engine(path, self._db_key)
        wal.in_use(self, path)
        self._writing: Any = self._engine.execution_options(ctdild_begin=WRITING)
        self._writer = threading.local()
        self._at_work = threading.Lock()
        self._closing = threading.Event()

    @classmethod
    def create(
        cls,
        path: Path,
        login: str,
        display_name: str,
        passphrase: str,
        *,
        cost: Cost | None = None,
        clock: Clock = utc_now,
    ) -> tuple[Registry, str]:
        """Make a new registry whose first user, an administrator, is at once logged in.

        Args:
            path: where ``NAME.ctdild`` shall be; its keys go beside it.
            login: name to unlock with.
            display_name: name that the audit trail and printouts show.
            passphrase: at least eight characters, not the login.
            cost: what a guess of the passphrase costs; measured on this computer when None.
            clock: the present moment, with a time zone.

        Returns:
            The registry and the recovery code, which is kept nowhere else.

        Raises:
            RegistryError: something is there already, the place is a network drive or takes no files, or
                login or passphrase is refused. Nothing is left on the disk.
        """
        path = Path(path).absolute()
        refuse_network(path)
        check_library()
        for taken in (path, keys_path(path)):
            if taken.exists():
                raise RegistryError(
                    f"{taken.name} is already there; nothing was changed.", "Choose another name."
                )
        store, dek, code = Keystore.create(
            FileHolder.beside(path), login, passphrase, cost or calibrated_cost()
        )
        building = temporary_beside(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _build(building, store, dek, clock, login=tidy_login(login), display_name=display_name)
            store.save()
            put_in_place(building, path)
        except BaseException as error:
            with suppress(OSError):
                keys_path(path).unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise disk_error(error, path) from error
            raise
        finally:
            for leftover in (building, *companions(building)):
                with suppress(OSError):
                    leftover.unlink(missing_ok=True)
        return cls.enter(path, store, dek, login, clock), code

    @classmethod
    def open(cls, path: Path, login: str, passphrase: str, *, clock: Clock = utc_now) -> Registry:
        """Unlock a registry, bringing older tables up to date after a backup.

        Failed attempts of before are noted in the audit trail. ``must_change`` says that the passphrase is
        a temporary one.

        Raises:
            TooManyAttemptsError: it was wrong too often, and it is too early for another attempt.
            RegistryError: with one sentence for each thing that can be wrong: no such file, empty, cut off,
                not a registry, keys missing or of another registry, unknown login, wrong passphrase, made by
                a newer version, a network drive. Nothing is changed on the disk.
        """
        path = Path(path).absolute()
        store = keys_for(path)
        log = wal.look(path)
        throttle = Throttle(attempts_path(path), store.db_id, clock)
        with throttle.attempt(login, store.logins):
            dek = store.unlock(login, passphrase, fits(path))
        registry = cls.enter(path, store, dek, login, clock, unfinished=log.unfinished)
        note_failures(registry, throttle)
        return registry

    @classmethod
    def enter(
        cls,
        path: Path,
        store: Keystore,
        dek: bytearray,
        login: str,
        clock: Clock,
        *,
        unfinished: bool = False,
    ) -> Registry:
        """Open the file with a data key that was unlocked already; ``dek`` is wiped when that fails.

        ``unfinished``: the log that a stopped program left ended in a change that is not whole.
        """
        registry = cls(path, dek, clock)
        registry.unfinished = unfinished
        try:
            registry._check_opens(store)
            registry._take_user(tidy_login(login))
            registry._keep_slots(store)
            if unfinished:
                with suppress(DiskError, BusyError):
                    registry.record_event("unfinished", user=registry.login)
        except BaseException:
            registry.close()
            raise
        return registry

    def _check_opens(self, store: Keystore) -> None:
        try:
            with self._engine.connect() as connection:
                result = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
            if result != "ok":
                raise DamagedError(f"{self.path.name} is damaged.", "Restore the last good backup.")
        except Exception as error:
            condition = understood(error)
            if isinstance(condition, NotOpenedError):
                self._engine.dispose()
                raise why_not_opened(self.path) from error
            if condition is None or condition is error:
                raise
            raise condition from error
        with _translated():
            schema.ensure(self._engine, self._backup_before_upgrade)
        with self.read() as session:
            info = session.get(RegistryInfoRow, 1)
        if info is None or info.db_id != store.db_id:
            raise DamagedError(f"The keys beside {self.path.name} belong to another registry.")

    def _backup_before_upgrade(self, revision: str) -> None:
        from ctdild_desktop.registry import generations
        from ctdild_desktop.registry.backup import make_backup
        from ctdild_desktop.registry.generation import Why

        folder, why = generations.default_folder(self.path), Why.BEFORE_UPGRADE
        target = generations.free_name(folder, self.path, self.clock(), why)
        make_backup(self.path, self._dek, target, made_at=self.clock(), revision=revision)

    def _take_user(self, login: str) -> None:
        with self.read() as session:
            user = session.execute(select(UserRow).where(UserRow.login == login)).scalar_one_or_none()
        if user is None or not user.active:
            raise WrongPassphraseError(f"The login “{login}” is switched off.")
        self.login, self.display_name, self.role = user.login, user.display_name, user.role
        self.must_change = user.must_change

    def _keep_slots(self, store: Keystore) -> None:
        """Keep what unlocking improved in the key slots; it can wait when somebody is writing just now."""
        if store.unsaved:
            with suppress(RegistryError), self.write(self.login):
                store.save_improved()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one moment of the registry and never waits for a writer.

        Raises:
            RegistryError: the file cannot be read; in one sentence.
        """
        with _translated(), Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self, user: str, reason: str = "") -> Iterator[Session]:
        """A session whose changes are kept together, audited as one batch, or not at all.

        Rows get ``created_*`` and ``updated_*`` here. Leaving normally writes, seals and commits; an
        exception rolls everything back.

        Args:
            user: login of the person who acts.
            reason: why, where one was asked for.

        Raises:
            ChangedElsewhereError: a row was changed by somebody else since it was read.
            RegistryError: the disk is full or read-only, or another program is writing.
        """
        if not user:
            raise ValueError("a write needs the login of the person who acts")
        if getattr(self._writer, "busy", False):
            raise RuntimeError("a write within a write would wait for itself")
        now = self.clock()
        self._writer.busy = True
        try:
            with _translated(), Session(self._writing, expire_on_commit=False) as session:
                event.listen(session, "before_flush", _stamper(user, now))
                batch = audit.begin(session.connection(), user=user, reason=reason, at=now)
                self._admit(session, user)
                yield session
                session.flush()
                audit.seal(session.connection(), bytes(self._audit_key), batch)
                session.commit()
        finally:
            self._writer.busy = False

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

    def head(self) -> str:
        """The short form of the audit trail's end, for printouts."""
        with self.read() as session:
            return audit.head(session.connection())

    def verify(self, known_head: str | None = None) -> dict[str, Any]:
        """Check the registry from end to end.

        Args:
            known_head: a head printed or saved earlier; shows a trail whose end was cut off.

        Returns:
            ``{"ok", "checks", "notes", "head"}``: each check is True or words that say what is wrong;
            ``blobs`` says what is kept beside the tables.
        """
        with self._engine.connect() as connection:
            found = checks.run(connection, bytes(self._audit_key), known_head)
        return {"ok": found.ok, "checks": dict(found.checks), "notes": list(found.notes), "head": found.head}

    def backup(self, target: Path, *, why: str = "", stop: Callable[[], bool] = lambda: False) -> Path:
        """Write a verified backup, database and key slots in one file, and note it in the audit trail.

        May run beside other work. :meth:`close` waits until it is finished or has stopped.

        Args:
            target: the file; an older one there is replaced when the new one is good.
            why: the occasion, for the trail.
            stop: asked now and then; once it says True, the work ends with StoppedError.

        Raises:
            RegistryError: the target cannot be written, or the copy does not pass its checks; no file is
                left under the target's name unless an older one was there, which is kept.
        """
        from ctdild_desktop.registry.backup import make_backup

        with self._at_work:
            made = make_backup(
                self.path,
                self._dek,
                Path(target).absolute(),
                made_at=self.clock(),
                stop=lambda: self._closing.is_set() or stop(),
            )
            detail = {"file": made.name, **({"why": why} if why else {})}
            self.record_event("backup", user=self.login, detail=detail)
        return made

    def changed_since(self, head: str) -> bool:
        """Whether anything but upkeep was recorded after a head of the audit trail."""
        with self.read() as session:
            return since.changed_since(session.connection(), head)

    def last_event(self, kind: str) -> tuple[dt.datetime, dict[str, Any]] | None:
        """When an event of this kind was noted last in the audit trail, and its detail."""
        with self.read() as session:
            return since.last_event(session.connection(), kind)

    def counts(self) -> dict[str, int]:
        """Rows in each table and in the trail, as backups list them."""
        with self.read() as session:
            return checks.counts(session.connection())

    def alone(self) -> bool:
        """Whether nobody else has this registry's file open, in this program or another."""
        with self._at_work:
            self._engine.dispose()
            return nobody_else(self.path, bytes(self._db_key))

    @contextmanager
    def at_rest(self) -> Iterator[Callable[[bytearray], None]]:
        """No connection of this program is open and no backup runs, so that the file may be exchanged.

        Yields what takes the data key of another file in this one's place.
        """
        with self._at_work:
            self._engine.dispose()
            yield self._take_key

    def _take_key(self, dek: bytearray) -> None:
        self._dek[:] = dek
        self._db_key[:] = subkey(dek, "db")
        self._audit_key[:] = subkey(dek, "audit")

    def keystore(self) -> Keystore:
        """The key slots as they are now; raises RegistryError when they cannot be read."""
        return Keystore.load(FileHolder.beside(self.path))

    @property
    def data_key(self) -> bytearray:
        """The data key, for work on key slots and backups within this room."""
        return self._dek

    def close(self) -> None:
        """Close every connection and wipe the keys from memory; closing twice is harmless.

        A backup that is being made is stopped and waited for.
        """
        self._closing.set()
        with self._at_work:
            self._engine.dispose()
            wal.left(self)
            for key in (self._dek, self._db_key, self._audit_key):
                key[:] = bytes(len(key))


def _build(
    path: Path, store: Keystore, dek: bytearray, clock: Clock, *, login: str, display_name: str
) -> None:
    from ctdild_desktop.registry.engine import connect

    connect(path, subkey(dek, "db"), create=True).close()
    registry = Registry(path, bytearray(dek), clock)
    try:
        schema.upgrade(registry._engine)
        with registry.write(login, "registry made") as session:
            session.add(RegistryInfoRow(id=1, db_id=store.db_id, created_at=clock()))
            session.add(UserRow(login=login, display_name=display_name, role="administrator"))
    finally:
        registry.close()


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
def _translated() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        condition = understood(error)
        if condition is None or condition is error:
            raise
        raise condition from error
