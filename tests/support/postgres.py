"""A PostgreSQL server of the tests' own: a private cluster on a socket in a temporary folder.

It takes passwords as a hospital's server does (SCRAM), so that a wrong one is refused. A machine without the
server fails the tests that need it, unless it is left out by name with CTDILD_TEST_WITHOUT_POSTGRESQL=1.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ctdild_desktop.place import Place
from ctdild_desktop.registry import rights
from ctdild_desktop.registry.engine import WRITING
from ctdild_desktop.registry.founding import as_owner
from ctdild_desktop.registry.server_accounts import role_of
from tests.support.registries import LOGIN, PASSPHRASE

WITHOUT = "CTDILD_TEST_WITHOUT_POSTGRESQL"
OWNER, OWNER_PASSWORD = "ctd_owner", "the owner of the database"
_NUMBERS = count(1)
_ENOUGH = 2_000_000_000
_ASIDE = " aside"


def programs() -> Path:
    """Where the server's programs are; fails the test when there are none, skips it when left out by name."""
    if os.environ.get(WITHOUT):
        pytest.skip(f"PostgreSQL is left out by {WITHOUT}")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        pytest.fail(f"PostgreSQL is missing: install postgresql-15, or leave it out by name with {WITHOUT}=1")
    return found[-1].parent if found else Path(str(on_path)).parent


def _in_memory() -> Path | None:
    """Where a database is copied ten times quicker than on a disk; None where there is no such place."""
    memory = Path("/dev/shm")
    try:
        return memory if shutil.disk_usage(memory).free > _ENOUGH and os.access(memory, os.W_OK) else None
    except OSError:
        return None


@dataclass
class Cluster:
    """A running server; ``folder`` holds its socket, data and log."""

    folder: Path
    bin: Path
    _password: str = field(default="postgres of the tests", repr=False)
    _kept: psycopg.Connection[Any] | None = field(default=None, repr=False)
    _verifiers: dict[str, str] = field(default_factory=dict, repr=False)
    """What the server knows of the password of LOGIN, by template."""

    @classmethod
    def start_new(cls) -> Cluster:
        """Make and start a server."""
        binaries = programs()
        folder = Path(tempfile.mkdtemp(prefix="ctd-pg-", dir=_in_memory()))
        cluster = cls(folder, binaries)
        secret = folder / "superuser"
        secret.write_text(cluster._password, encoding="utf-8")
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
            shutil.chown(secret, "postgres")
        cluster.run(
            "initdb",
            *("-D", str(folder / "data"), "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
            *("-A", "scram-sha-256", f"--pwfile={secret}"),
        )
        cluster.start()
        with cluster.superuser() as connection:
            connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEROLE PASSWORD '{OWNER_PASSWORD}'")
        return cluster

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the server's programs, as its own user where tests run as root."""
        command = [str(self.bin / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder
        )

    def start(self, *further: str) -> None:
        """Start the server and wait until it answers; ``further`` are settings as ``ssl=on``."""
        settings = ("listen_addresses=''", f"unix_socket_directories={self.folder}", "fsync=off", *further)
        options = " ".join(f"-c {setting}" for setting in settings)
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-o", options, "-l", log, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop the server; ``immediate`` is as a crash."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", mode, "stop")

    @contextmanager
    def over_tls(self, certificate: Path, key: Path) -> Iterator[int]:
        """The server on a port of 127.0.0.1 meanwhile, proving itself with this certificate."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        for file in (certificate, key):
            shutil.copyfile(file, self.folder / file.name)
            (self.folder / file.name).chmod(0o600)
            if os.geteuid() == 0:
                shutil.chown(self.folder / file.name, "postgres")
        self.stop()
        self.start(
            *("listen_addresses=127.0.0.1", f"port={port}", "ssl=on"),
            f"ssl_cert_file={self.folder / certificate.name}",
            f"ssl_key_file={self.folder / key.name}",
        )
        try:
            yield port
        finally:
            self.stop()
            self.start()

    def remove(self) -> None:
        """Stop the server and take everything away."""
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def superuser(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """A connection that may do everything."""
        return psycopg.connect(
            host=str(self.folder), user="postgres", password=self._password, dbname=database, autocommit=True
        )

    def _do(self, statement: str) -> psycopg.Cursor[Any]:
        """Do something as the superuser, over one connection for all tests."""
        if self._kept is None:
            self._kept = self.superuser()
        return self._kept.execute(statement)

    def _told(self, query: str) -> str:
        """The one value that a query answers with."""
        row = self._do(query).fetchone()
        return str(row[0] or "") if row is not None else ""

    def new_database(self, template: str = "template1") -> Place:
        """An address of a new database, by its owner; a copy of another one where it names one."""
        name = f"ctd{next(_NUMBERS)}"
        self._do(f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER {OWNER} STRATEGY FILE_COPY')
        return self.place(name)

    def new_registry(self, template: str) -> Place:
        """An address, as people use it, of a copy of a registry in which LOGIN is the administrator."""
        owner = self.new_database(template)
        with as_owner(owner) as server:
            writing = server.engine.execution_options(ctdild_begin=WRITING)
            with writing.connect() as connection, connection.begin():
                rights.prepare(connection, owner.database)
                server.accounts.add(connection, LOGIN, "administrator", PASSPHRASE)
        return Place.parse(str(owner))

    def as_template(self, place: Place) -> str:
        """Put the closed registry of a database aside, to be copied; returns its name from now on."""
        name = f"{place.database}{_ASIDE}"
        self._do(f'ALTER DATABASE "{place.database}" RENAME TO "{name}"')
        return name

    def copy_of(self, template: str) -> Place:
        """An address, as people use it, of a registry as it was put aside, under the name that it had.

        Rights and the account of LOGIN go by that name and are those that were made with the registry: to
        make them anew takes longer than all else. There is one copy at a time, until :meth:`drop`.
        """
        name = template.removesuffix(_ASIDE)
        person = role_of(name, LOGIN)
        if template not in self._verifiers:
            self._verifiers[template] = self._told(
                f"SELECT rolpassword FROM pg_authid WHERE rolname = '{person}'"
            )
            self._drop_people(name)
        self._do(f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER {OWNER} STRATEGY FILE_COPY')
        self._do(
            "UPDATE pg_database SET datacl = made.datacl FROM pg_database AS made "
            f"WHERE made.datname = '{template}' AND pg_database.datname = '{name}'; "
            f"SET ROLE {OWNER}; "
            f"CREATE ROLE \"{person}\" LOGIN PASSWORD '{self._verifiers[template]}'; "
            f'GRANT "{rights.group_of(name, "administrator")}" TO "{person}"; '
            "RESET ROLE"
        )
        return Place.parse(str(self.place(name)))

    def drop(self, place: Place) -> None:
        """Take a database away, whoever is still connected to it, with the accounts of its people."""
        self._do(f'DROP DATABASE IF EXISTS "{place.database}" WITH (FORCE)')
        self._drop_people(place.database)

    def _drop_people(self, database: str) -> None:
        people = (
            f"SELECT string_agg(quote_ident(rolname), ', ') FROM pg_roles WHERE rolname LIKE '{database}.%'"
        )
        if found := self._told(people):
            self._do(f"DROP ROLE {found}")

    def place(self, database: str) -> Place:
        """The address of a database, by its owner."""
        return Place(
            database=database, options=(("host", str(self.folder)),), user=OWNER, password=OWNER_PASSWORD
        )
