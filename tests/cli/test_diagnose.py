"""``ctdild diagnose``: shown in full, or written; with a registry that opens, is locked or is damaged."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tests.cli.conftest import PASSPHRASE
from tests.support.desks import LOGIN, make_desk

NAMES = ["read-me.txt", "program.txt", "computer.txt", "settings.txt", "registry.txt", "log.txt"]


def test_without_a_file_everything_is_printed_and_nothing_is_written(ctdild, tmp_path: Path) -> None:
    said = ctdild("diagnose", "--registry", tmp_path / "gone" / "Novalis.ctdild")
    assert said.status == 0
    assert [line[5:] for line in said.out.splitlines() if line.startswith("==== ")] == NAMES
    assert "folder: is not there" in said.out
    assert "Novalis" not in said.out
    assert list(tmp_path.iterdir()) == []


def test_the_chosen_files_and_a_note_are_written_of_an_opened_registry(
    ctdild, tmp_path: Path, monkeypatch
) -> None:
    make_desk(tmp_path, name="Novalis.ctdild").close()
    monkeypatch.setenv("CTDILD_PASSPHRASE", PASSPHRASE)
    note, out = tmp_path / "note.md", tmp_path / "bundle"
    note.write_text("It does not print.")
    where = ("--registry", tmp_path / "Novalis.ctdild", "--user", LOGIN, "--out", out)
    said = ctdild("diagnose", *where, "--note-file", note, "--leave-out", "log.txt", "--verify")
    assert said.status == 0, said.err
    with zipfile.ZipFile(out.with_suffix(".zip")) as archive:
        assert archive.namelist() == [*NAMES[:-1], "note.txt"]
        assert archive.read("note.txt") == b"It does not print.\n"
        registry = archive.read("registry.txt").decode()
    assert "state: open" in registry
    assert "check audit_chain: in order" in registry
    refused = ctdild("diagnose", *where, "--leave-out", "patients.txt")
    assert (refused.status, "the bundle has no file patients.txt" in refused.err) == (2, True)


def test_a_registry_that_does_not_open_is_told_with_the_kind_of_the_error(
    ctdild, tmp_path: Path, monkeypatch
) -> None:
    make_desk(tmp_path, name="Novalis.ctdild").close()
    (tmp_path / "Novalis.ctdild").write_bytes(b"damaged " * 1024)
    monkeypatch.setenv("CTDILD_PASSPHRASE", PASSPHRASE)
    said = ctdild("diagnose", "--registry", tmp_path / "Novalis.ctdild", "--user", LOGIN)
    assert said.status == 0, said.err
    assert "state: does not open: DamagedError" in said.out
    assert "Novalis" not in said.out
