"""What a backend keeps of its people besides the key slots: roles of the database server, or nothing."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import Connection


class Accounts(Protocol):
    """The database's own accounts; each change belongs to the transaction of ``connection``."""

    def add(self, connection: Connection, login: str, role: str, passphrase: str) -> None:
        """Let a new person connect with the rights of a role."""

    def set_passphrase(self, connection: Connection, login: str, passphrase: str) -> None:
        """Let a person connect with another passphrase."""

    def set_role(self, connection: Connection, login: str, role: str) -> None:
        """Give a person the rights of another role."""

    def remove(self, connection: Connection, login: str) -> None:
        """Let a person connect no more."""


class NoAccounts:
    """A local file has no accounts of its own: the key slots are all."""

    def add(self, connection: Connection, login: str, role: str, passphrase: str) -> None:
        """Nothing to do."""

    def set_passphrase(self, connection: Connection, login: str, passphrase: str) -> None:
        """Nothing to do."""

    def set_role(self, connection: Connection, login: str, role: str) -> None:
        """Nothing to do."""

    def remove(self, connection: Connection, login: str) -> None:
        """Nothing to do."""
