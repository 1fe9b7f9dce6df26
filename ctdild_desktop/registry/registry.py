"""One open registry: who opened it, transactions that read, and transactions that write and seal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from ctdild_desktop.language import say
from ctdild_desktop.place import Place
from ctdild_desktop.registry import audit, checks, schema, since, wal
from ctdild_desktop.registry.engine import (
    check_library,
    nobody_else,
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
    refuse_program_folder,
    temporary_beside,
)
from ctdild_desktop.registry.key_holder import FileHolder
from ctdild_desktop.registry.keystore import Cost, Keystore, calibrated_cost, subkey, tidy_login
from ctdild_desktop.registry.local import LocalFile
from ctdild_desktop.registry.models import RegistryInfoRow, UserRow
from ctdild_desktop.registry.opening import fits, keys_for
from ctdild_desktop.registry.sessions import Clock, OpenRegistry, translated
from ctdild_desktop.registry.soundness import known_damaged, refuse_unless
from ctdild_desktop.registry.throttle import Throttle, attempts_path, attempts_path_of, note_failures
from ctdild_desktop.registry.translate import understood
from ctdild_desktop.registry.upgrading import USUAL, Upgraded, Upgrading, prepare

_CHECK = "PRAGMA quick_check(1)"
_LOOK = "SELECT count(*) FROM sqlite_master"
"""Reads the first pages, which shows whether the key fits."""


def utc_now() -> dt.datetime:
    """The present moment, in UTC."""
    return dt.datetime.now(dt.UTC)


class Registry(OpenRegistry):
    """An unlocked registry. Make it with :meth:`create` or :meth:`open`; close it after use."""

    upgraded: Upgraded | None = None
    """What was done when it was opened, where an older program had made it."""

    @classmethod
    def create(
        cls,
        where: Path | Place,
        login: str,
        display_name: str,
        passphrase: str,
        *,
        cost: Cost | None = None,
        clock: Clock = utc_now,
    ) -> tuple[Registry, str]:
        """Make a new registry whose first user, an administrator, is at once logged in.

        Args:
            where: where ``NAME.ctdild`` shall be, its keys go beside it; or an empty database of a server,
                in an address that names its owner.
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
        cost = cost or calibrated_cost()
        if isinstance(where, Place):
            if where.path is None:
                from ctdild_desktop.registry.founding import found_registry

                code = found_registry(
                    where,
                    login=login,
                    display_name=display_name,
                    passphrase=passphrase,
                    cost=cost,
                    clock=clock,
                )
                return cls._open_server(where, login, passphrase, clock), code
            where = where.path
        path = Path(where).absolute()
        refuse_network(path)
        refuse_program_folder(path)
        check_library()
        for taken in (path, keys_path(path)):
            if taken.exists():
                raise RegistryError(
                    say("{name} is already there; nothing was changed.", name=taken.name),
                    "Choose another name.",
                )
        store, dek, code = Keystore.create(FileHolder.beside(path), login, passphrase, cost)
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
    def open(
        cls,
        where: Path | Place,
        login: str,
        passphrase: str,
        *,
        clock: Clock = utc_now,
        check: bool = True,
        upgrading: Upgrading = USUAL,
    ) -> Registry:
        """Unlock a registry, bringing older tables of a file up to date after a backup.

        Args:
            where: its file, or its address on a server.
            login: who opens it.
            passphrase: theirs.
            clock: the present moment, with a time zone.
            check: read every page of the file first; else call :meth:`check_pages` soon. A file in which
                damage was found before is always checked.
            upgrading: whether older tables may be brought up to date, and who is told; ``upgraded`` says
                what was done.

        Failed attempts of before are noted in the audit trail. ``must_change`` says that the passphrase is
        a temporary one.

        Raises:
            TooManyAttemptsError: it was wrong too often, and it is too early for another attempt.
            OlderError: the tables are older, and ``upgrading`` does not allow to change them.
            RegistryError: with one sentence for each thing that can be wrong: no such file, empty, cut off,
                not a registry, keys missing or of another registry, unknown login, wrong passphrase, made by
                a newer version, a network drive, a server that is not reached. Nothing is changed on the
                disk.
        """
        if isinstance(where, Place):
            if where.path is None:
                return cls._open_server(where, login, passphrase, clock)
            where = where.path
        path = Path(where).absolute()
        store = keys_for(path)
        log = wal.look(path)
        throttle = Throttle(attempts_path(path), store.db_id, clock)
        with throttle.attempt(login, store.logins):
            dek = store.unlock(login, passphrase, fits(path))
        registry = cls.enter(
            path, store, dek, login, clock, unfinished=log.unfinished, check=check, upgrading=upgrading
        )
        note_failures(registry, throttle)
        return registry

    @classmethod
    def _open_server(cls, place: Place, login: str, passphrase: str, clock: Clock) -> Registry:
        from ctdild_desktop.registry import server

        throttle = Throttle(attempts_path_of(place), str(place), clock)
        with throttle.attempt(login, (tidy_login(login),)):
            backend, store, dek = server.sign_in(place, login, passphrase)
        registry = cls(backend, dek, clock)
        try:
            with translated():
                server.check_ready(backend, store.db_id)
            registry._take_user(tidy_login(login))
            registry._keep_slots(store)
            note_failures(registry, throttle)
        except BaseException:
            registry.close()
            raise
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
        check: bool = True,
        upgrading: Upgrading = USUAL,
    ) -> Registry:
        """Open the file with a data key that was unlocked already; ``dek`` is wiped when that fails.

        ``unfinished``: the log that a stopped program left ended in a change that is not whole. ``check``:
        read every page first.
        """
        registry = cls(LocalFile(path, dek), dek, clock)
        registry.unfinished = unfinished
        try:
            registry._check_opens(store, upgrading, check=check or known_damaged(path))
            registry._take_user(tidy_login(login))
            registry._keep_slots(store)
            if unfinished:
                with suppress(DiskError, BusyError):
                    registry.record_event("unfinished", user=registry.login)
        except BaseException:
            registry.close()
            raise
        return registry

    def _check_opens(self, store: Keystore, upgrading: Upgrading, *, check: bool) -> None:
        try:
            with self._engine.connect() as connection:
                if check:
                    refuse_unless(connection.exec_driver_sql(_CHECK).scalar_one(), self.path)
                else:
                    connection.exec_driver_sql(_LOOK).scalar_one()
        except Exception as error:
            condition = understood(error)
            if isinstance(condition, NotOpenedError):
                self._engine.dispose()
                raise why_not_opened(self.path) from error
            if condition is None or condition is error:
                raise
            raise condition from error

        def backup_first(revision: str) -> None:
            self.upgraded = prepare(self.path, self._dek, revision, upgrading, self.clock)

        with translated():
            schema.ensure(self._engine, backup_first)
        with self.read() as session:
            info = session.get(RegistryInfoRow, 1)
        if info is None or info.db_id != store.db_id:
            raise DamagedError(say("The keys beside {name} belong to another registry.", name=self.path.name))

    def _take_user(self, login: str) -> None:
        with self.read() as session:
            user = session.execute(select(UserRow).where(UserRow.login == login)).scalar_one_or_none()
        if user is None or not user.active:
            raise WrongPassphraseError(say("The login “{login}” is switched off.", login=login))
        self.login, self.display_name, self.role = user.login, user.display_name, user.role
        self.must_change = user.must_change

    def _keep_slots(self, store: Keystore) -> None:
        """Keep what unlocking improved in the key slots; it can wait when somebody is writing just now."""
        if store.unsaved:
            with suppress(RegistryError), self.write(self.login):
                store.save_improved()

    def check_pages(self, stop: Callable[[], bool] = lambda: False) -> bool:
        """Read every page of the file beside other work; False when it was stopped or the file exchanged.

        Raises:
            DamagedError: it is damaged; it is not opened again before it was checked.
        """
        return self.backend.check_pages(lambda: self._closing.is_set() or stop())

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

    def backup(self, target: Path, *, stop: Callable[[], bool] = lambda: False) -> Path:
        """Write a verified backup, database and key slots in one file; whoever asks notes it in the trail.

        May run beside other work. :meth:`close` waits until it is finished or has stopped.

        Args:
            target: the file; an older one there is replaced when the new one is good.
            stop: asked now and then; once it says True, the work ends with StoppedError.

        Raises:
            RegistryError: the target cannot be written, or the copy does not pass its checks; no file is
                left under the target's name unless an older one was there, which is kept.
        """
        from ctdild_desktop.registry.backup import make_backup

        with self._at_work:
            return make_backup(
                self.path,
                self._dek,
                Path(target).absolute(),
                made_at=self.clock(),
                stop=lambda: self._closing.is_set() or stop(),
            )

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
        with self._at_work, self.backend.at_rest():
            return nobody_else(self.path, subkey(self._dek, "db"))

    @contextmanager
    def at_rest(self) -> Iterator[Callable[[bytearray], None]]:
        """No connection of this program is open and no backup runs, so that the file may be exchanged.

        Yields what takes the data key of another file in this one's place.
        """
        with self._at_work, self.backend.at_rest():
            yield self.take_key

    def take_key(self, dek: bytearray) -> None:
        """Go on with another data key."""
        self._dek[:] = dek
        self.backend.take_key(dek)
        self._audit_key[:] = subkey(dek, "audit")
        self._renewals = None

    def keystore(self, within: Connection | None = None) -> Keystore:
        """The key slots as they are now; raises RegistryError when they cannot be read.

        Args:
            within: the transaction that they belong to, where the place that keeps them has transactions.
        """
        return Keystore.load(self.backend.holder if within is None else self.backend.holder_within(within))

    @property
    def data_key(self) -> bytearray:
        """The data key, for work on key slots and backups within this room."""
        return self._dek


def _build(
    path: Path, store: Keystore, dek: bytearray, clock: Clock, *, login: str, display_name: str
) -> None:
    from ctdild_desktop.registry.engine import connect

    connect(path, subkey(dek, "db"), create=True).close()
    registry = Registry(LocalFile(path, dek), bytearray(dek), clock)
    try:
        schema.upgrade(registry._engine)
        with registry.write(login, "registry made") as session:
            session.add(RegistryInfoRow(id=1, db_id=store.db_id, created_at=clock()))
            session.add(UserRow(login=login, display_name=display_name, role="administrator"))
    finally:
        registry.close()
