"""Making a registry and looking after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctdild_desktop.services import upkeep
from tests.support.desks import PASSPHRASE


def test_a_new_registry_opens_and_shows_its_recovery_code_once(ctdild, tmp_path, monkeypatch):
    monkeypatch.setenv("CTDILD_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("CTDILD_REGISTRY", str(tmp_path / "clinic.ctdild"))
    made = ctdild("init", "--user", "amsel", "--display-name", "R. Amsel", "--json")
    assert made.status == 0
    assert made.document["user"] == "amsel"
    assert len(made.document["recovery_code"]) >= 20
    checked = ctdild("verify", "--user", "amsel", "--json")
    assert checked.status == 0
    assert checked.document["ok"] is True
    assert {"integrity", "foreign_keys", "audit_chain", "blobs"} <= set(checked.document["checks"])


def test_a_registry_is_never_made_over_a_file(ctdild, clinic):
    before = Path(clinic[1]).read_bytes()
    again = ctdild("init", *clinic)
    assert again.status == 1
    assert "already there" in again.sentence
    assert Path(clinic[1]).read_bytes() == before


@pytest.mark.parametrize("passphrase", ["short", "amsel"])
def test_a_poor_passphrase_is_refused(ctdild, tmp_path, monkeypatch, passphrase):
    monkeypatch.setenv("CTDILD_PASSPHRASE", passphrase)
    made = ctdild("init", "--registry", tmp_path / "clinic.ctdild", "--user", "amsel")
    assert made.status == 1
    assert made.sentence
    assert list(tmp_path.iterdir()) == []


def test_a_passphrase_file_that_is_empty_or_missing_is_named(ctdild, tmp_path):
    (tmp_path / "empty.txt").write_text("\n", encoding="utf-8")
    for name in ("empty.txt", "none.txt"):
        made = ctdild(
            "init",
            "--registry",
            tmp_path / "c.ctdild",
            "--user",
            "amsel",
            "--passphrase-file",
            tmp_path / name,
        )
        assert made.status == 1
        assert name in made.sentence


def test_a_server_is_said_to_be_out_of_reach(ctdild, clinic, tmp_path):
    nowhere = f"postgresql+psycopg:///clinic?host={tmp_path}"
    said = ctdild("verify", "--registry", nowhere, *clinic[2:])
    assert said.status == 1
    assert said.sentence == "The server of clinic cannot be reached. Check the network and the address."


@pytest.mark.parametrize("address", ["mysql://server/clinic", "postgresql+psycopg://server"])
def test_what_is_no_address_of_a_server_is_refused(ctdild, clinic, address):
    said = ctdild("verify", "--registry", address, *clinic[2:])
    assert said.status == 1
    assert "address" in said.sentence


def test_a_backup_comes_back_as_a_registry(ctdild, demo, tmp_path):
    kept = tmp_path / "kept.ctdild-backup"
    assert ctdild("backup", kept, *demo).status == 0
    secret = ("--user", "demo", "--passphrase-file", demo[5])
    restored = tmp_path / "restored.ctdild"
    assert ctdild("restore", kept, "--registry", restored, *secret).status == 0
    first = ctdild("show", "DEMO-0001", *demo, "--json").document
    assert ctdild("show", "DEMO-0001", "--registry", restored, *secret, "--json").document == first
    again = ctdild("restore", kept, "--registry", restored, *secret)
    assert again.status == 1
    assert "restored.ctdild" in again.sentence


def test_restore_wants_the_new_registry_named(ctdild, tmp_path):
    said = ctdild("restore", tmp_path / "kept.ctdild-backup", "--user", "demo")
    assert said.status == 2
    assert "--registry" in said.sentence


def test_a_damaged_backup_is_refused_and_nothing_is_left(ctdild, demo, tmp_path):
    kept = tmp_path / "kept.ctdild-backup"
    assert ctdild("backup", kept, *demo).status == 0
    whole = bytearray(kept.read_bytes())
    whole[len(whole) // 2] ^= 0xFF
    kept.write_bytes(whole)
    target = tmp_path / "restored.ctdild"
    said = ctdild("restore", kept, "--registry", target, "--user", "demo", "--passphrase-file", demo[5])
    assert said.status == 1
    assert said.sentence
    assert [path for path in tmp_path.iterdir() if path.name.startswith("restored")] == []


def test_a_registry_that_does_not_pass_says_which_check(ctdild, demo, monkeypatch):
    report = upkeep.VerifyReport(
        False, {"integrity": True, "audit_chain": "row 7 was changed", "blobs": "none"}
    )
    monkeypatch.setattr(upkeep, "verify", lambda _desk, _known_head: report)
    said = ctdild("verify", *demo, "--json")
    assert said.status == 1
    assert said.document == {"ok": False, "checks": report.checks, "notes": [], "head": ""}
    assert said.sentence == "The registry did not pass: audit_chain."


class Terminal:
    """Somebody who types these lines."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return self.lines.pop(0) + "\n"


def test_name_and_passphrase_are_asked_for_on_a_terminal(ctdild, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", Terminal("amsel", "amsel"))
    answers = [PASSPHRASE, PASSPHRASE, PASSPHRASE]
    monkeypatch.setattr("getpass.getpass", lambda _prompt: answers.pop(0))
    registry = ("--registry", tmp_path / "clinic.ctdild")
    assert ctdild("init", *registry).status == 0
    assert ctdild("verify", *registry).status == 0
    assert answers == []


def test_two_different_new_passphrases_make_nothing(ctdild, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", Terminal())
    answers = [PASSPHRASE, "a quiet passphrasf"]
    monkeypatch.setattr("getpass.getpass", lambda _prompt: answers.pop(0))
    said = ctdild("init", "--registry", tmp_path / "clinic.ctdild", "--user", "amsel")
    assert (said.status, said.sentence) == (1, "The two passphrases are not the same.")
    assert list(tmp_path.iterdir()) == []
