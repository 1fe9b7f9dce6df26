"""Trial: the procedures of the administrator's guide, each command taken from the guide as it stands there.

Needs PostgreSQL 15 (its programs, not a running server) and a minute; run by ``make trials``. Names of
hosts, folders and files are exchanged for those of the trial, nothing else.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support import documents
from tests.support.certificates import proof_of
from tests.support.postgres import OWNER, OWNER_PASSWORD, Cluster

HOST = "db.hospital.example"
NAMED = "clinic 2026-03-12 181500 on close.ctdild-backup"
ANNA, BEN, TEMPORARY, NEW = (
    "anna has a quiet cat",
    "ben keeps green tea",
    "for one day only",
    "newly found words",
)


def documented(start: str) -> str:
    """The one command of the administrator's guide that begins so."""
    lines = {
        line.strip()
        for path in documents.ADMINISTRATION.glob("0*.md")
        for token in documents.tokens(path)
        if token.type == "fence" and token.info == "sh"
        for line in token.content.replace("\\\n", " ").splitlines()
        if line.strip().startswith(start)
    }
    assert len(lines) == 1, f"{start}: {sorted(lines)}"
    return lines.pop()


@dataclass
class Desk:
    """A terminal in a folder of its own, at a workstation and on the server."""

    folder: Path
    exchanged: dict[str, str] = field(default_factory=dict)
    cluster: Cluster | None = None

    def __call__(self, start: str, status: int = 0, **secrets: str) -> str:
        """Type the documented command that begins so; returns what it says on standard output."""
        line = documented(start)
        for here, there in self.exchanged.items():
            line = line.replace(here, there)
        words = shlex.split(line)
        source, target = None, None
        for mark in ("<", ">"):
            if mark in words:
                at = words.index(mark)
                source, target = (words[at + 1], target) if mark == "<" else (source, words[at + 1])
                del words[at : at + 2]
        environment = {**os.environ, "HOME": str(self.folder), "PGPASSFILE": str(self.folder / ".pgpass")}
        environment |= {f"CTDILD_{name.upper()}": secret for name, secret in secrets.items()}
        if words[0] == "ctdild":
            words = [sys.executable, "-m", "ctdild_desktop", *words[1:]]
        else:
            assert words[:3] == ["sudo", "-u", "postgres"]
            assert self.cluster is not None
            environment |= {
                "PGHOST": str(self.cluster.folder),
                "PGPORT": self.exchanged["port"],
                "PGPASSWORD": self.cluster._password,
                "PGUSER": "postgres",
            }
            words = [str(self.cluster.bin / words[3]), *words[4:]]
        done = subprocess.run(
            words,
            cwd=self.folder,
            env=environment | {"PYTHONPATH": str(documents.ROOT)},
            input=(self.folder / source).read_bytes() if source else b"",
            capture_output=True,
            check=False,
        )
        assert done.returncode == status, f"{line}\n{done.stderr.decode()}"
        if target:
            (self.folder / target).write_bytes(done.stdout)
        return done.stdout.decode("utf-8", "replace")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A clinic with two administrators, as the fourth chapter makes it."""
    made = Desk(tmp_path, {"/media/safe": str(tmp_path)})
    said = made("ctdild init --registry clinic.ctdild", passphrase=ANNA)
    (tmp_path / "code.txt").write_text(said.split("only now: ")[1], encoding="utf-8")
    made("ctdild user add ben", passphrase=ANNA, new_passphrase=TEMPORARY)
    made("ctdild passphrase --registry clinic.ctdild --user ben", passphrase=TEMPORARY, new_passphrase=BEN)
    return made


def test_a_file_is_backed_up_restored_and_opened_again_by_the_code(desk: Desk) -> None:
    secret = desk.folder / "secret"
    desk.exchanged["/etc/ctdild/secret"] = str(secret)
    desk('ctdild user add it --name "Backup task"', passphrase=ANNA, new_passphrase=TEMPORARY)
    desk("ctdild passphrase --registry clinic.ctdild --user it", passphrase=TEMPORARY, new_passphrase=BEN)
    secret.write_text(BEN, encoding="utf-8")
    desk("ctdild backup /media/safe --registry clinic.ctdild --user it")
    assert json.loads(desk("ctdild verify --json --registry clinic.ctdild --user it"))["ok"] is True
    (backup,) = desk.folder.glob("*.ctdild-backup")
    desk.exchanged[f"backups/{NAMED}"] = desk.exchanged[NAMED] = backup.name
    desk('ctdild restore "backups/', passphrase=ANNA)
    desk("ctdild verify --registry rehearsal.ctdild", passphrase=ANNA)
    for file in desk.folder.glob("clinic.ctdild*"):
        file.unlink()
    desk.exchanged["--registry clinic.ctdild --user anna --recovery"] = (
        "--registry c.ctdild --user anna --recovery"
    )
    by_code = f'ctdild restore "{NAMED}" --registry clinic.ctdild --user anna --rec'
    said = desk(by_code, passphrase=NEW)
    del desk.exchanged["--registry clinic.ctdild --user anna --recovery"]
    desk.exchanged["clinic.ctdild"] = "c.ctdild"
    (desk.folder / "code.txt").write_text(said.split("only now: ")[1], encoding="utf-8")
    desk("ctdild passphrase --recovery-code-file code.txt", new_passphrase=ANNA)
    desk("ctdild user role specht", passphrase=ANNA, status=1)
    assert "ok" in desk("ctdild verify --registry clinic.ctdild --user anna", passphrase=ANNA)


@pytest.fixture
def server(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The same with a server that is prepared as the seventh chapter says."""
    cluster = Cluster.start_new()
    proof = proof_of(desk.folder / HOST, HOST)
    try:
        with cluster.over_tls(proof.certificate, proof.key) as port:
            desk.cluster = cluster
            monkeypatch.setenv("PGPORT", str(port))
            address = f"{HOST}:{port}/clinic?hostaddr=127.0.0.1&sslrootcert={proof.root}"
            desk.exchanged |= {
                f"{HOST}/clinic?sslrootcert=/etc/ssl/hospital-ca.pem": address,
                "port": str(port),
            }
            passwords = desk.folder / ".pgpass"
            passwords.write_text(f"{HOST}:{port}:clinic:{OWNER}:{OWNER_PASSWORD}\n", encoding="utf-8")
            passwords.chmod(0o600)
            yield desk
    finally:
        cluster.remove()


AT_SERVER = 'ctdild verify --registry "postgresql'
EMPTY = "sudo -u postgres createdb"


def test_a_registry_moves_to_a_server_is_restored_there_and_comes_back(server: Desk) -> None:
    cluster = server.cluster
    assert cluster is not None
    server(EMPTY)
    server('ctdild copy-to "postgresql', passphrase=ANNA)
    server(AT_SERVER, passphrase=ANNA)
    server(
        'ctdild user reset ben --registry "postgresql+psycopg://db', passphrase=ANNA, new_passphrase=TEMPORARY
    )

    server("sudo -u postgres pg_dump -Fc")
    server("sudo -u postgres pg_dumpall")
    leave_nothing(cluster)
    server("sudo -u postgres psql -f -")
    server(EMPTY)
    server("sudo -u postgres pg_restore -d")
    server(AT_SERVER, passphrase=ANNA)

    leave_nothing(cluster)
    with cluster.superuser() as connection:
        connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEROLE PASSWORD '{OWNER_PASSWORD}'")
    server(EMPTY)
    server("sudo -u postgres pg_restore --no-privileges")
    server(AT_SERVER, passphrase=ANNA, status=1)
    server("ctdild upgrade")
    server(
        'ctdild user reset ben --registry "postgresql+psycopg://ctd_owner',
        passphrase=ANNA,
        new_passphrase=NEW,
    )

    (server.folder / "clinic.ctdild").rename(server.folder / "set aside")
    (server.folder / "clinic.ctdild.keys").rename(server.folder / "set aside.keys")
    server.exchanged["postgresql+psycopg://db."] = "postgresql+psycopg://ctd_owner@db."
    server("ctdild copy-to clinic.ctdild", passphrase=ANNA)
    assert "content: ok" in server("ctdild verify --registry clinic.ctdild --user anna", passphrase=ANNA)


def leave_nothing(cluster: Cluster) -> None:
    """The server as after its loss: no database, no accounts of it, no owner."""
    with cluster.superuser() as connection:
        connection.execute("DROP DATABASE clinic WITH (FORCE)")
        rows = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname ~ '^(clinic|ctd_owner)'"
        ).fetchall()
        for (role,) in sorted(rows):
            connection.execute(f'DROP ROLE "{role}"')
