"""The commands against a server, in this process and as processes of their own, with their secrets hidden."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ctdild_desktop.registry import server_accounts
from ctdild_desktop.registry.keystore import Cost
from tests.cli.conftest import ROOT, Result
from tests.support.postgres import OWNER, OWNER_PASSWORD, Cluster

FIRST, GIVEN, OWN = "a quiet passphrase", "words for the first day", "a passphrase of my own"
SECRETS = (FIRST, GIVEN, OWN, OWNER_PASSWORD)
ROWS = (
    "mrn,family_name,given_name,birth_date,sex,height_cm,diagnosis,test_date,fvc_l\n"
    "P1,Zaunkönig,Ada,1958-03-12,F,165,SSc,2024-05-06,2.51\n"
    "P1,Zaunkönig,Ada,1958-03-12,F,165,SSc,2025-05-05,2.12\n"
)


@dataclass
class Shell:
    """Runs commands as somebody does, and keeps everything that was said."""

    folder: Path
    registry: str
    said: list[str] = field(default_factory=list)

    def secret(self, words: str) -> str:
        """A file with a passphrase."""
        path = self.folder / f"{SECRETS.index(words)}.txt"
        path.write_text(f"{words}\n", encoding="utf-8")
        return str(path)

    def __call__(self, *arguments: str, **environment: str) -> Result:
        command = [sys.executable, "-m", "ctdild_desktop", *arguments]
        known = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "CTDILD_"))}
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env={**known, "PYTHONPATH": str(ROOT), "CTDILD_REGISTRY": self.registry, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        ) as running:
            out, err = running.communicate(timeout=120)
        self.said += [out, err]
        return Result(running.returncode, out, err)

    def document(self, *arguments: str, **environment: str) -> object:
        """The JSON of a command that did it."""
        done = self(*arguments, "--json", **environment)
        assert done.status == 0, done.err
        return json.loads(done.out)


@pytest.fixture
def shell(cluster: Cluster, tmp_path: Path) -> Iterator[Shell]:
    place = cluster.new_database()
    yield Shell(tmp_path, str(place))
    cluster.drop(place)


@pytest.fixture
def here(ctdild, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """A command in this process, with sign-ins at the price that other processes pay."""
    monkeypatch.setattr(server_accounts, "SIGN_IN_COST", Cost())
    monkeypatch.setenv("CTDILD_REGISTRY", shell.registry)

    def run(*arguments: str) -> Result:
        done: Result = ctdild(*arguments)
        shell.said += [done.out, done.err]
        return done

    return run


def test_a_clinic_works_on_a_server_by_the_command_line_alone(
    shell: Shell, here: Callable[..., Result], cluster: Cluster
) -> None:
    owned = shell.registry.replace(":///", f"://{OWNER}@/")
    as_first = ("--user", "amsel", "--passphrase-file", shell.secret(FIRST))
    with pytest.MonkeyPatch.context() as owner:
        owner.setenv("PGPASSWORD", OWNER_PASSWORD)
        made = here("init", "--registry", owned, *as_first, "--json")
    assert made.document["registry"] == shell.registry
    (shell.folder / "tests.csv").write_text(ROWS, encoding="utf-8")
    assert shell("import", str(shell.folder / "tests.csv"), *as_first).status == 0
    shown = here("show", "P1", "--json", *as_first).document
    assert [test["fvc_l"] for test in shown["tests"]] == [2.51, 2.12]
    assert "PPF2022" in json.dumps(here("assess", "--patient", "P1", "--json", *as_first).document)
    assert "P1" in json.dumps(here("due", "--json", *as_first).document)
    adding = ("user", "add", "specht", "--name", "T. Specht", "--role", "viewer")
    assert here(*adding, "--new-passphrase-file", shell.secret(GIVEN), *as_first).status == 0
    listed = here("user", "list", "--json", *as_first).document
    assert [one["login"] for one in listed] == ["amsel", "specht"]
    as_viewer = ("--user", "specht", "--passphrase-file", shell.secret(GIVEN))
    assert "temporary" in here("show", "P1", *as_viewer).sentence
    own = here("passphrase", *as_viewer, "--new-passphrase-file", shell.secret(OWN))
    assert own.status == 0, own.err
    assert here("show", "P1", *as_viewer).sentence == "The server does not accept this login and passphrase."
    as_viewer = ("--user", "specht", "--passphrase-file", shell.secret(OWN))
    assert here("show", "P1", *as_viewer).status == 0
    refused = here("import", str(shell.folder / "tests.csv"), *as_viewer)
    assert (refused.status, "importing needs" in refused.sentence) == (1, True)
    assert shell.document("verify", *as_first)["ok"] is True  # type: ignore[index, call-overload]
    for secret in SECRETS:
        assert secret not in "\n".join(shell.said)
        assert secret not in (cluster.folder / "log").read_text("utf-8")


def test_a_password_in_an_argument_is_refused_and_not_repeated(shell: Shell) -> None:
    for way in (f"://{OWNER}:s3cret-words@/", f"://{OWNER}@/"):
        address = shell.registry.replace(":///", way)
        if "s3cret" not in way:
            address += "&password=s3cret-words"
        for command in (("verify", "--registry", address), ("copy-to", address)):
            said = shell(*command, "--user", "amsel", "--passphrase-file", shell.secret(FIRST))
            assert said.status == 1
            assert said.sentence.startswith("Give no password on the command line")
            assert "s3cret" not in said.err + said.out


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"user": "nobody"}, "does not accept this login and passphrase"),
        ({"host": "/nowhere"}, "cannot be reached"),
        ({"host": "192.0.2.7&sslmode=require"}, "reached only with a proven certificate"),
        ({"host": "/tmp&sslmode=sometimes"}, "The address of the server cannot be used"),
        ({"host": "/tmp&nonsense=1"}, "not known here: nonsense"),
    ],
)
def test_each_thing_that_is_wrong_is_one_sentence(
    shell: Shell, ctdild, change: dict[str, str], words: str
) -> None:
    place, _, folder = shell.registry.partition("?host=")
    database = change.get("database", place.rpartition("/")[2])
    address = f"postgresql+psycopg:///{database}?host={change.get('host', folder)}"
    user = change.get("user", "amsel")
    said = ctdild("verify", "--registry", address, "--user", user, "--passphrase-file", shell.secret(FIRST))
    assert said.status == 1
    assert words in said.sentence
