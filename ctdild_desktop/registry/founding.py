"""Making a registry in an empty database of a PostgreSQL server, and bringing one there up to date.

Both are done by the owner of the database, whom the address names.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, insert, text

from ctdild_desktop.language import say
from ctdild_desktop.place import Place
from ctdild_desktop.registry import audit, rights, schema
from ctdild_desktop.registry.engine import WRITING
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.registry.keystore import Cost, Keystore, subkey, tidy_login
from ctdild_desktop.registry.models import RegistryInfoRow, UserRow
from ctdild_desktop.registry.server import Server
from ctdild_desktop.registry.sessions import translated

_DATABASE = re.compile(r"[A-Za-z0-9_-]{1,40}\Z")


def found_registry(
    place: Place,
    *,
    login: str,
    display_name: str,
    passphrase: str,
    cost: Cost,
    clock: Callable[[], dt.datetime],
) -> str:
    """Make a registry in an empty database, all in one transaction; returns its recovery code.

    The address names the owner of the database, or the computer's own account is the owner.

    Raises:
        RegistryError: the server is not reached, is too old, holds a registry already, or its owner may not
            make roles. Nothing is left there.
    """
    check_database_name(place)
    with translated(), as_owner(place) as server:
        store, dek, code = Keystore.create(server.holder, login, passphrase, cost)
        with writing(server) as connection:
            if schema.current(connection) is not None:
                raise RegistryError(
                    say("The database {database} holds a registry already.", database=place.database)
                )
            schema.upgrade_on(connection)
            rights.prepare(connection, place.database)
            keep_keys(connection, store)
            now, name = clock(), tidy_login(login)
            batch = audit.begin(connection, user=name, reason="registry made", at=now)
            info = {"id": 1, "db_id": store.db_id, "created_at": now, "demo": False}
            connection.execute(insert(RegistryInfoRow), info)
            person = {"login": name, "display_name": display_name, "role": "administrator"}
            connection.execute(insert(UserRow), person)
            server.accounts.add(connection, name, "administrator", passphrase)
            audit.seal(connection, subkey(dek, "audit"), batch)
        dek[:] = bytes(len(dek))
        return code


def upgrade(place: Place) -> str:
    """Bring the registry of a server up to date, as its owner; returns the revision that it had.

    Raises:
        RegistryError: there is none, it is newer than this program, or the address is not of the owner.
    """
    with translated(), as_owner(place) as server:
        found = schema.refuse_newer(server.engine)
        with writing(server) as connection:
            schema.upgrade_on(connection)
            rights.prepare(connection, place.database)
        return found


@contextmanager
def as_owner(place: Place) -> Iterator[Server]:
    """The server as the owner of the database; closed again whatever happens. Raises RegistryError."""
    server = Server.of_address(place)
    try:
        refuse_encoding(server)
        yield server
    finally:
        server.close()


@contextmanager
def writing(server: Server) -> Iterator[Connection]:
    """One transaction of whoever writes."""
    engine = server.engine.execution_options(ctdild_begin=WRITING)
    with engine.connect() as connection, connection.begin():
        yield connection


def keep_keys(connection: Connection, store: Keystore) -> None:
    """Write the key slots of a new registry, within the caller's transaction."""
    connection.execute(
        text("INSERT INTO registry_keys (id, content) VALUES (1, :content)"),
        {"content": store.content().decode("utf-8")},
    )


def check_database_name(place: Place) -> None:
    """Refuse a name that the server's roles could not begin with; raises RegistryError."""
    if not _DATABASE.match(place.database):
        raise RegistryError(
            "The name of the database has 1 to 40 letters, digits, - or _.", "Choose another database."
        )


def refuse_encoding(server: Server) -> None:
    """Refuse a database that cannot hold every name as it is written; raises RegistryError."""
    with server.engine.connect() as connection:
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise RegistryError(
            say(
                "The database {database} cannot hold every name: its encoding is {encoding}.",
                database=server.place.database,
                encoding=encoding,
            ),
            "Hospital IT makes one with the encoding UTF8.",
        )
