"""After a day of everything the program does, no byte of a name stands in any file that it ever wrote.

The day runs in a process of its own, which is killed at its end. Searched are all files that are left, all
that were removed or written over on the way, and every byte that SQLite handed to the system.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.leak_story import IMPORTED, MOMENT, SECRETS
from tests.support.written import all_files, forms_of, leaks_in

ROOT = Path(__file__).resolve().parents[2]
_FOLDERS = ("CONFIG", "DATA", "STATE", "CACHE")


@dataclass(frozen=True)
class Day:
    """What the day left behind."""

    folder: Path
    said: str
    status: int
    program: tuple[dict[Path, int], dict[Path, int]]
    """The program's own files with their times, before and after."""

    @property
    def files(self) -> list[Path]:
        """Every file but those that the person chose to have in the clear."""
        chosen = self.folder / "chosen"
        return [file for file in all_files(self.folder) if chosen not in file.parents]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """One day, lived once."""
    if sys.platform != "linux":
        pytest.skip("SQLite's file layer is watched through /proc, which this system does not have")
    folder = tmp_path_factory.mktemp("day")
    home = folder / "home"
    (home / "tmp").mkdir(parents=True)
    before = _program()
    private = {f"XDG_{name}_HOME": str(home / name.lower()) for name in _FOLDERS}
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.leak_story", str(folder)],
        cwd=ROOT,
        env={
            **os.environ,
            **private,
            "PYTHONPATH": str(ROOT),
            "HOME": str(home),
            "TMPDIR": str(home / "tmp"),
            "QT_QPA_PLATFORM": "offscreen",
        },
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return Day(folder, done.stdout + done.stderr, done.returncode, (before, _program()))


def _program() -> dict[Path, int]:
    """The files of the program with their times; what Python compiled is its own."""
    files = (file for part in ("ctdild_desktop", "db", "resources") for file in (ROOT / part).rglob("*"))
    return {file: file.stat().st_mtime_ns for file in files if file.is_file() and file.suffix != ".pyc"}


def test_e2_no_secret_stands_in_any_file_that_was_ever_written(day: Day) -> None:
    assert "the day is over" in day.said, day.said
    assert day.status == -signal.SIGKILL
    found = leaks_in(day.files, SECRETS, within=day.folder)
    assert found == [], "\n".join(map(str, found))


def test_k_a_whole_day_writes_nothing_beside_the_program(day: Day) -> None:
    before, after = day.program
    assert after == before


def test_e2_no_secret_stands_in_what_the_program_says(day: Day) -> None:
    for secret in SECRETS:
        assert secret not in day.said


def test_e2_the_day_wrote_what_it_was_to_write(day: Day) -> None:
    names = [str(file.relative_to(day.folder)) for file in day.files]
    for part in (
        "kept/clinic.ctdild",
        "kept/clinic.ctdild-wal",
        "kept/clinic.ctdild.keys",
        "kept/by hand.ctdild-backup",
        "kept/again/restored.ctdild",
        "settings.toml",
        "ctdild.log",
        "before import.ctdild-backup",
        "on close.ctdild-backup",
    ):
        assert any(part in name for name in names), (part, names)
    (log,) = [file for file in day.files if file.name == "ctdild.log"]
    assert log.read_text(encoding="utf-8").count("bug: LookupError at ") == 2


def test_e2_what_was_there_for_a_moment_and_what_sqlite_wrote_is_searched(day: Day) -> None:
    vault = [file for file in day.files if file.parent.name == "vault"]
    assert sum(MOMENT in file.read_bytes() for file in vault) == 2
    assert any(file.name.endswith(".part") for file in vault)
    written = (day.folder / "vault" / "written by SQLite").read_bytes()
    for name in ("clinic.ctdild", "clinic.ctdild-wal"):
        assert f"/kept/{name}\n".encode() in written
    database = (day.folder / "kept" / "clinic.ctdild").read_bytes()
    assert database[-4096:] in written
    table = day.folder / "chosen" / "incoming.csv"
    assert {leak.secret for leak in leaks_in([table], SECRETS, within=day.folder)} >= set(IMPORTED)


PLANTED: dict[str, Callable[[str], bytes]] = {
    "UTF-8": lambda secret: secret.encode(),
    "UTF-16": lambda secret: secret.encode("utf-16-le"),
    "UTF-16, high byte first": lambda secret: secret.encode("utf-16-be"),
    "upper case": lambda secret: secret.upper().encode(),
    "lower case": lambda secret: secret.lower().encode(),
    "hexadecimal": lambda secret: secret.encode().hex().encode(),
    "JSON": lambda secret: json.dumps(secret).encode().strip(b'"').replace(b"\\u00", b"\\x"),
    "base64": lambda secret: base64.b64encode(secret.encode()),
    "base64, one byte on": lambda secret: base64.b64encode(b"x" + secret.encode() + b"yz"),
    "base64, two bytes on": lambda secret: base64.b64encode(b"xx" + secret.encode() + b"y"),
}


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("secret", ["Papadopoulou", "Ångström", "MRN-4711"])
def test_the_search_finds_what_is_planted(tmp_path: Path, name: str, secret: str) -> None:
    planted = tmp_path / "some.log"
    planted.write_bytes(os.urandom(5000) + b" " + PLANTED[name](secret) + b" " + os.urandom(5000))
    found = leaks_in([planted], [secret], within=tmp_path)
    assert found, dict(forms_of(secret))
    assert found[0].file == "some.log"
    assert 5000 <= found[0].offset <= 5004


def test_the_search_finds_a_secret_in_the_name_of_a_file_and_nothing_in_noise(tmp_path: Path) -> None:
    noise = tmp_path / "noise"
    noise.write_bytes(os.urandom(3_000_000))
    assert leaks_in([noise], SECRETS, within=tmp_path) == []
    named = tmp_path / "report Papadopoulou.bin"
    named.write_bytes(b"")
    assert [leak.offset for leak in leaks_in([named], ["Papadopoulou"], within=tmp_path)] == [-1]
