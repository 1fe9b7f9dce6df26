"""The people of a registry as roles of its PostgreSQL server, and the password that each signs in with."""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, text

from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.registry.keystore import Cost, tidy_login

SIGN_IN_COST = Cost()
"""What a guess of a sign-in password costs. Fixed: nothing can be asked of the server before signing in."""
_LONGEST_ROLE = 63


class ServerAccounts:
    """The server's roles of the people of one registry; see :class:`accounts.Accounts`."""

    def __init__(self, database: str, told: Callable[[str, str], None]) -> None:
        self._database = database
        self._told = told
        """Called with a login and its new password."""

    def add(self, connection: Connection, login: str, role: str, passphrase: str) -> None:
        """Make the person's role, with the rights of ``role``."""
        _call(connection, "account_add", login, role, self._verifier(connection, login, passphrase))

    def set_passphrase(self, connection: Connection, login: str, passphrase: str) -> None:
        """Give the person's role another password."""
        name = tidy_login(login)
        _call(connection, "account_password", name, self._verifier(connection, name, passphrase))
        self._told(name, sign_in_password(self._database, name, passphrase))

    def set_role(self, connection: Connection, login: str, role: str) -> None:
        """Give the person the rights of another role."""
        _call(connection, "account_role", login, role)

    def remove(self, connection: Connection, login: str) -> None:
        """Take every right from the person's role and let it connect no more."""
        _call(connection, "account_remove", login)

    def _verifier(self, connection: Connection, login: str, passphrase: str) -> str:
        name = tidy_login(login)
        password = sign_in_password(self._database, name, passphrase)
        raw: Any = connection.connection.driver_connection
        made: bytes = raw.pgconn.encrypt_password(
            password.encode(), role_of(self._database, name).encode(), b"scram-sha-256"
        )
        return made.decode()


def announce(connection: Connection, login: str, role: str) -> None:
    """Make the role of a person whose passphrase is not known: nobody can connect as it yet."""
    _call(connection, "account_add", login, role, None)


def _call(connection: Connection, function: str, login: str, *arguments: str | None) -> None:
    given = {f"a{number}": value for number, value in enumerate((tidy_login(login), *arguments))}
    places = ", ".join(f":{name}" for name in given)
    connection.execute(text(f"SELECT {function}({places})"), given)


def role_of(database: str, login: str) -> str:
    """The server's role of a person; raises RegistryError when the server cannot have such a name."""
    role = f"{database}.{login}"
    if len(role.encode("utf-8")) > _LONGEST_ROLE:
        raise RegistryError("This login is too long for the server.")
    return role


def sign_in_password(database: str, login: str, passphrase: str) -> str:
    """What the server takes as this person's password: Argon2id of the passphrase, different per registry."""
    from argon2.low_level import Type, hash_secret_raw

    derived = hash_secret_raw(
        unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass"),
        hashlib.sha256(f"ctdild|v1|sign-in|{database}|{login}".encode()).digest()[:16],
        time_cost=SIGN_IN_COST.passes,
        memory_cost=SIGN_IN_COST.memory_kib,
        parallelism=SIGN_IN_COST.lanes,
        hash_len=32,
        type=Type.ID,
    )
    return base64.b64encode(derived).decode("ascii")
