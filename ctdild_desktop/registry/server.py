"""A registry on a PostgreSQL server: connecting to it, making one, and who may connect.

Each person has a role of the server, ``DATABASE.LOGIN``, whose password is derived from the passphrase, so
that the server never sees the passphrase and proves who writes. The data key is wrapped as it is beside a
file; the slots are in the table ``registry_keys``. On a server this key seals the audit trail; encryption at
rest is the server's own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.pool import QueuePool

from ctdild_desktop.language import say
from ctdild_desktop.place import Place
from ctdild_desktop.registry import audit, schema
from ctdild_desktop.registry.accounts import Accounts
from ctdild_desktop.registry.engine import READING, UNLOCKED, WRITING
from ctdild_desktop.registry.errors import (
    ChangedElsewhereError,
    DamagedError,
    NotFoundError,
    RegistryError,
    UnreachableError,
    WrongPassphraseError,
)
from ctdild_desktop.registry.key_holder import KeyHolder
from ctdild_desktop.registry.keystore import Keystore, tidy_login
from ctdild_desktop.registry.quiet import keep_values_out
from ctdild_desktop.registry.server_accounts import ServerAccounts, role_of, sign_in_password
from ctdild_desktop.registry.server_connection import open_connection
from ctdild_desktop.registry.sessions import translated
from ctdild_desktop.registry.texts import refuse_unkeepable

WRITER_LOCK = 0x63746469
"""The advisory lock of whoever writes: entries of the trail follow one another without a gap."""
_LOOK_EVERY_S = 0.5
_BEGIN = {
    READING: "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    WRITING: f"SELECT pg_advisory_xact_lock({WRITER_LOCK})",
    UNLOCKED: "",
}


class Server:
    """How to connect to the database of one place, as one role; forgets the password when closed."""

    def __init__(self, place: Place, role: str, password: str) -> None:
        self.place = place
        self.role = role
        self._passwords = [password]
        self.engine: Engine = self._make_engine()
        self.holder: KeyHolder = TableHolder(self.engine, place.database)
        self.accounts: Accounts = ServerAccounts(place.database, self._on_password)
        self._listening: Any = None
        self._waiting = threading.Lock()
        self._closed = threading.Event()

    @classmethod
    def of_person(cls, place: Place, login: str, passphrase: str) -> Server:
        """The server as one person."""
        name = tidy_login(login)
        return cls(place, role_of(place.database, name), sign_in_password(place.database, name, passphrase))

    @classmethod
    def of_address(cls, place: Place) -> Server:
        """The server as whoever the address itself (or the computer's own account) is: its owner."""
        return cls(place, place.user, place.password)

    def connect(self, *, autocommit: bool = False) -> Any:
        """A new connection of the driver's own.

        Raises:
            RegistryError: the server is not reached or does not let this role in; in one sentence.
        """
        for number, password in enumerate(self._passwords, start=1):
            try:
                return open_connection(self.place, self.role, password, autocommit=autocommit)
            except WrongPassphraseError:
                if number == len(self._passwords):
                    raise
        raise RegistryError("The registry is locked.")

    def _on_password(self, login: str, password: str) -> None:
        """A person got another password; when it is one's own, later connections need it, if it is kept."""
        if self.role == role_of(self.place.database, login):
            self._passwords.insert(0, password)

    def _make_engine(self) -> Engine:
        engine = create_engine(
            "postgresql+psycopg://",
            creator=self.connect,
            poolclass=QueuePool,
            pool_size=2,
            max_overflow=8,
            pool_pre_ping=True,
            hide_parameters=True,
        )

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            mode = connection.get_execution_options().get("ctdild_begin", READING)
            if _BEGIN[mode]:
                connection.exec_driver_sql(_BEGIN[mode])

        keep_values_out(engine)
        refuse_unkeepable(engine)
        return engine

    def wait_for_change(self, timeout_s: float) -> bool:
        """Wait until the server says that some desk sealed something; False when none did.

        Raises:
            UnreachableError: the connection was lost; the next call makes a new one.
        """
        import psycopg

        until = monotonic() + timeout_s
        with self._waiting:
            try:
                if self._listening is None:
                    self._listening = self.connect(autocommit=True)
                    self._listening.execute(f"LISTEN {audit.CHANNEL}")
                while not self._closed.is_set() and (left := until - monotonic()) > 0:
                    told = self._listening.notifies(timeout=min(left, _LOOK_EVERY_S), stop_after=1)
                    if any(True for _ in told):
                        return True
            except (psycopg.Error, UnreachableError) as error:
                self._stop_listening()
                raise UnreachableError("The server cannot be reached; trying again.") from error
            if self._closed.is_set():
                self._stop_listening()
        return False

    def _stop_listening(self) -> None:
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.close()

    def check_pages(self, stop: Callable[[], bool]) -> bool:
        """Nothing to do: the server checks its own pages."""
        return True

    def at_rest(self) -> AbstractContextManager[None]:
        """Nothing to wait for: nobody exchanges a file here."""
        return nullcontext()

    def scrub(self) -> bool:
        """Nothing: what was deleted goes when the server cleans its tables (VACUUM), which is its owner's."""
        return False

    def holder_within(self, connection: Connection) -> KeyHolder:
        """The key slots as one transaction sees and writes them."""
        return TableHolder(self.engine, self.place.database, connection)

    def take_key(self, dek: bytes | bytearray) -> None:
        """Nothing to do: the data key does not encrypt the server's tables."""

    def close(self) -> None:
        """Close every connection and forget the password; a waiting thread closes its own."""
        self._closed.set()
        self._passwords.clear()
        if self._waiting.acquire(blocking=False):
            self._stop_listening()
            self._waiting.release()
        self.engine.dispose()


class TableHolder:
    """The key slots in the table ``registry_keys``; each reading and writing is a transaction of its own,
    unless they belong to that of ``within``.
    """

    def __init__(self, engine: Engine, name: str, within: Connection | None = None) -> None:
        self._engine = engine
        self._name = name
        self._within = within
        self._seen: str | None = None

    @property
    def name(self) -> str:
        """What messages call the place."""
        return f"the key slots of {self._name}"

    def read(self) -> bytes:
        """The text of the key slots; raises NotFoundError when there is no registry."""
        with translated(), self._connection() as connection:
            found = connection.execute(text("SELECT content FROM registry_keys"))
            self._seen = found.scalar_one_or_none()
        if self._seen is None:
            raise NotFoundError(say("There is no registry in the database {_name}.", _name=self._name))
        return str(self._seen).encode("utf-8")

    def write(self, content: bytes) -> None:
        """Replace the text that was read; raises ChangedElsewhereError when somebody else did meanwhile."""
        new = content.decode("utf-8")
        with self._connection(writing=True) as connection:
            done = connection.execute(
                text("UPDATE registry_keys SET content = :new WHERE id = 1 AND content = :old"),
                {"new": new, "old": self._seen},
            )
            if done.rowcount != 1:
                raise ChangedElsewhereError("The key slots were changed at another desk; please try again.")
        self._seen = new

    @contextmanager
    def _connection(self, *, writing: bool = False) -> Iterator[Connection]:
        if self._within is not None:
            yield self._within
            return
        engine = self._engine.execution_options(ctdild_begin=UNLOCKED) if writing else self._engine
        with engine.connect() as connection:
            yield connection
            if writing:
                connection.commit()


def sign_in(place: Place, login: str, passphrase: str) -> tuple[Server, Keystore, bytearray]:
    """Connect as this person and unwrap the data key.

    A server that knows no role of this person (one account for all desks) is asked as the address says;
    login and passphrase then still must fit the key slots.

    Raises:
        RegistryError: in one sentence: not reached, no registry there, wrong login or passphrase.
    """
    server = Server.of_person(place, login, passphrase)
    try:
        try:
            store = Keystore.load(server.holder)
        except WrongPassphraseError:
            server.close()
            server = Server.of_address(place)
            store = _slots_as_the_address_says(server)
        return server, store, store.unlock(login, passphrase)
    except BaseException:
        server.close()
        raise


def _slots_as_the_address_says(server: Server) -> Keystore:
    try:
        return Keystore.load(server.holder)
    except WrongPassphraseError:
        raise WrongPassphraseError("The server does not accept this login and passphrase.") from None


def check_ready(server: Server, db_id: str) -> None:
    """Refuse a registry of another revision, or keys of another registry; raises RegistryError."""
    found = schema.refuse_newer(server.engine)
    if found != schema.REVISION:
        raise RegistryError(
            "The registry on the server was made by an older version of the program.",
            "Hospital IT brings it up to date with: ctdild upgrade",
        )
    with server.engine.connect() as connection:
        known = connection.execute(text("SELECT db_id FROM registry_info")).scalar_one_or_none()
    if known != db_id:
        raise DamagedError("The key slots on the server belong to another registry.")
