"""One connection to a PostgreSQL server: proven, set up as the program needs it, or refused in a sentence."""

from __future__ import annotations

import re
from typing import Any

from ctdild_desktop.language import say
from ctdild_desktop.place import Place, are_here
from ctdild_desktop.registry.errors import (
    BusyError,
    NotFoundError,
    RegistryError,
    UnreachableError,
    WrongPassphraseError,
)

OLDEST_SERVER = 150000
"""PostgreSQL 15."""
_SETTINGS = {
    "lock_timeout": "20s",
    "idle_in_transaction_session_timeout": "10min",
    # what the database or the person's role may have been given otherwise
    "search_path": "public",
    "datestyle": "ISO",
    "timezone": "UTC",
    "default_transaction_isolation": r"read\ committed",
    # a desk that lost its network lets go of what it was writing
    "tcp_keepalives_idle": "20",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "4",
    "tcp_user_timeout": "40s",
}
_PATIENCE = {
    "connect_timeout": "10",
    "keepalives_idle": "20",
    "keepalives_interval": "5",
    "keepalives_count": "4",
    "tcp_user_timeout": "40000",
}
"""How long this side waits for a server that says nothing any more."""
_UNPROVEN = re.compile(r"certificate|SSL error|does not support SSL")
_NOT_LET_IN = re.compile(r"FATAL: .*(authentication failed|role .* does not exist|permi)")
_NO_ROOT = re.compile(r"root certificate file .* does not exist")
_CUT = re.compile(r"closed the connection|timeout expired|could not receive data")


def open_connection(place: Place, role: str, password: str, *, autocommit: bool = False) -> Any:
    """A new connection of the driver's own.

    Raises:
        RegistryError: the server is not reached, is not proven, is too old or does not let this role in; in
            one sentence.
    """
    import psycopg

    given = _given(place, role, password)
    refuse_open_network(place, given)
    options = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    try:
        connection = psycopg.connect(
            application_name="ctdild",
            client_encoding="utf8",
            options=options,
            autocommit=autocommit,
            **given,
        )
    except (psycopg.Error, UnicodeError) as error:
        of_address = bool(place.user) and role == place.user
        raise _why_not_connected(error, given, of_address=of_address) from None
    if connection.info.server_version < OLDEST_SERVER:
        connection.close()
        raise RegistryError("The server is too old: PostgreSQL 15 or newer is needed.")
    return connection


def _given(place: Place, role: str, password: str) -> dict[str, Any]:
    given: dict[str, Any] = dict(place.options)
    for name, value in (("host", place.host), ("port", place.port), ("user", role), ("password", password)):
        if value:
            given[name] = value
    for name, seconds in _PATIENCE.items():
        given.setdefault(name, seconds)
    given["dbname"] = place.database
    if not _stays_here(given):
        given.setdefault("sslmode", "verify-full")
    return given


def _stays_here(given: dict[str, Any]) -> bool:
    """Whether nothing crosses a network, with what the environment names where the address is silent."""
    from psycopg import pq

    known = {option.keyword.decode(): option.val for option in pq.Conninfo.get_defaults() if option.val}
    hosts = (str(given.get(name) or known.get(name, b"").decode()) for name in ("host", "hostaddr"))
    return are_here(*hosts)


def refuse_open_network(place: Place, given: dict[str, Any] | None = None) -> None:
    """Refuse a connection that would cross a network without proof of the server; raises RegistryError."""
    given = _given(place, "", "") if given is None else given
    if not _stays_here(given) and given["sslmode"] != "verify-full":
        raise RegistryError(
            "A server on the network is reached only with a proven certificate (sslmode=verify-full).",
            "Take sslmode out of the address, and name the hospital's root certificate with sslrootcert.",
        )


def _why_not_connected(error: Exception, given: dict[str, Any], *, of_address: bool) -> RegistryError:
    """The condition behind libpq's words, which are in the server's language where the server refuses.

    ``of_address``: the account is the one that the address names, not that of a person.

    Whether the server asked for the password and then refused is known in any language. The words themselves
    are not kept: they may repeat the address with its password.
    """
    from psycopg import OperationalError

    said, name = str(error), given["dbname"]
    asked = bool(getattr(getattr(error, "pgconn", None), "used_password", False))
    if _UNPROVEN.search(said) and str(given.get("sslmode", "")).startswith("verify"):
        missing = given.get("sslrootcert") and _NO_ROOT.search(said)
        return RegistryError(
            "The server does not prove with its certificate that it is the right one.",
            "The root certificate is not where sslrootcert in the address says."
            if missing
            else "Hospital IT names the root certificate with sslrootcert in the address.",
        )
    if not isinstance(error, OperationalError) or " invalid " in said:
        return RegistryError("The address of the server cannot be used.", "Check what follows the database.")
    if f'database "{name}" does not exist' in said:
        return NotFoundError(say("The server has no database {name}.", name=name))
    if "too many" in said or "remaining connection slots" in said:
        return BusyError("The server has too many connections; please try again.")
    if "pg_hba.conf" in said:
        return RegistryError(
            "The server takes no connection of this kind.", "Hospital IT lets it in with pg_hba.conf."
        )
    if _CUT.search(said) or not (asked or _NOT_LET_IN.search(said)):
        return UnreachableError(
            say("The server of {name} cannot be reached.", name=name), "Check the network and the address."
        )
    if of_address:
        return WrongPassphraseError(
            "The server does not accept the account that the address names.",
            "Its password comes from PGPASSWORD or from ~/.pgpass.",
        )
    return WrongPassphraseError("The server does not accept this login and passphrase.")
