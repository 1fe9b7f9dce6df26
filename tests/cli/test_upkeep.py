"""Verify, backup and restore as hospital IT runs them from a script."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctdild_desktop.registry import restoring
from ctdild_desktop.registry.keystore import CHEAPEST
from tests.support.desks import PASSPHRASE


@pytest.fixture(autouse=True)
def cheap_codes(monkeypatch):
    monkeypatch.setattr(restoring, "calibrated_cost", lambda: CHEAPEST)


@pytest.fixture
def coded(tmp_path, ctdild, monkeypatch):
    """A backup file with one user, and the recovery code of its day in a file."""
    monkeypatch.setenv("CTDILD_PASSPHRASE", PASSPHRASE)
    where = ("--registry", tmp_path / "lost.ctdild", "--user", "amsel")
    code = ctdild("init", *where, "--json").document["recovery_code"]
    kept = tmp_path / "kept.ctdild-backup"
    assert ctdild("backup", kept, *where).status == 0
    (tmp_path / "code.txt").write_text(f"{code}\n", encoding="utf-8")
    monkeypatch.setenv("CTDILD_PASSPHRASE", "a fresh passphrase")
    return kept, tmp_path / "code.txt", code


def test_verify_prints_every_check_with_the_head_of_the_trail(ctdild, demo):
    found = ctdild("verify", *demo, "--json")
    assert found.status == 0
    document = found.document
    assert set(document) == {"ok", "checks", "notes", "head"}
    assert {"integrity", "cipher_integrity", "foreign_keys", "audit_chain", "triggers", "blobs"} <= set(
        document["checks"]
    )
    plain = ctdild("verify", *demo)
    assert plain.out.splitlines()[-1].startswith("head: ")


def test_verify_with_a_known_head_finds_a_trail_that_was_cut_off(ctdild, demo):
    head = ctdild("verify", *demo, "--json").document["head"]
    later = ctdild("verify", *demo, "--known-head", head, "--json")
    assert (later.status, later.document["ok"]) == (0, True)
    number = int(head.split("-")[0]) + 500
    cut = ctdild("verify", *demo, "--known-head", f"{number}-0a1b2c3d4e5f", "--json")
    assert cut.status == 1
    assert cut.document["checks"]["audit_chain"] == "the end of the trail was cut off"
    assert cut.sentence == "The registry did not pass: audit_chain."
    wrong = ctdild("verify", *demo, "--known-head", "yesterday")
    assert wrong.status == 2
    assert "not a head of the audit trail" in wrong.err


def test_verify_of_a_damaged_file_is_one_document_and_one_sentence(ctdild, demo):
    path = Path(demo[1])
    content = bytearray(path.read_bytes())
    for place in range(4096, len(content), 4096):
        content[place + 100] ^= 1
    path.write_bytes(bytes(content))
    found = ctdild("verify", *demo, "--json")
    assert found.status == 1
    assert found.document["ok"] is False
    assert found.document["checks"]["opens"] in found.sentence


def test_a_backup_into_a_folder_is_named_by_the_program(ctdild, demo, tmp_path):
    folder = tmp_path / "safe"
    folder.mkdir()
    assert ctdild("backup", folder, *demo).status == 0
    (made,) = folder.iterdir()
    assert made.name.startswith("demo 20")
    assert made.name.endswith(" by hand.ctdild-backup")


def test_restore_with_the_recovery_code_gives_a_new_passphrase_and_a_new_code(ctdild, coded, tmp_path):
    kept, code_file, code = coded
    where = ("--registry", tmp_path / "new.ctdild", "--user", "amsel")
    done = ctdild("restore", kept, *where, "--recovery-code-file", code_file)
    assert done.status == 0
    first, second = done.out.splitlines()
    assert first == f"Restored kept.ctdild-backup as {tmp_path / 'new.ctdild'}."
    renewed = second.removeprefix("Recovery code, shown only now: ")
    assert len(renewed) == len(code)
    assert renewed != code
    assert ctdild("verify", *where).status == 0
    again = ctdild("restore", kept, *where, "--recovery-code-file", code_file)
    assert (again.status, "already there" in again.sentence) == (1, True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("ABCD-EFGH\n", "36 letters and digits"),
        (f"{'ABCD-' * 8}ABCD\n", "wrong character"),
    ],
)
def test_a_wrong_code_is_one_sentence_and_makes_nothing(ctdild, coded, tmp_path, content, words):
    kept, code_file, _code = coded
    code_file.write_text(content, encoding="utf-8")
    target = tmp_path / "new.ctdild"
    said = ctdild("restore", kept, "--registry", target, "--user", "amsel", "--recovery-code-file", code_file)
    assert said.status == 1
    assert words in said.sentence
    assert not list(tmp_path.glob("*new.ctdild*"))


def test_a_synchronised_folder_is_warned_of(ctdild, tmp_path, monkeypatch):
    monkeypatch.setenv("CTDILD_PASSPHRASE", PASSPHRASE)
    folder = tmp_path / "Dropbox" / "clinic"
    made = ctdild("init", "--registry", folder / "a.ctdild", "--user", "amsel", "--json")
    assert made.status == 0
    assert made.document["user"] == "amsel"
    assert "synchronised by Dropbox" in made.sentence
    assert "PostgreSQL" in made.sentence
