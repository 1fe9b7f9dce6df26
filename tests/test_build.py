"""Which build the program says it is: as a package was told, and in a checkout by its own files."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from ctdild_desktop import __version__, build
from ctdild_desktop.build import Build, commit_of, this_build

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """An installed package, empty but for what the test writes into it."""
    folder = tmp_path / "site" / "ctdild_desktop"
    folder.mkdir(parents=True)
    monkeypatch.setattr(build, "files", lambda _name: folder)
    this_build.cache_clear()
    yield folder
    this_build.cache_clear()


def test_a_package_says_what_it_was_told(package):
    told = {"version": "1.0.0", "commit": COMMIT, "changed": False, "day": "2026-03-12"}
    (package / build.FILE).write_text(json.dumps(told))
    made = this_build()
    assert (made.version, made.words) == ("1.0.0", "0123456789ab of 2026-03-12")
    assert not made.from_source


def test_a_package_of_changed_files_says_so():
    assert Build("1.0.0", "0123456789ab", "2026-03-12", changed=True).words == (
        "0123456789ab with changes of 2026-03-12"
    )


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": "1.0.0"}', "\x00"])
def test_a_damaged_identity_is_none(package, text):
    (package / build.FILE).write_text(text)
    assert this_build() == Build(__version__, "", "")
    assert this_build().words == "from source"


def test_a_checkout_tells_its_commit_without_git(tmp_path):
    def git(*arguments: str, at: Path = tmp_path) -> str:
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        return subprocess.run(
            ["git", *who, *arguments], cwd=at, check=True, capture_output=True, text=True
        ).stdout.strip()

    git("init", "-q", "-b", "main")
    assert commit_of(tmp_path) == ""  # nothing was committed yet
    git("commit", "-q", "--allow-empty", "-m", "First")
    here = git("rev-parse", "HEAD")
    assert commit_of(tmp_path) == here
    other = tmp_path / "other"
    git("worktree", "add", "-q", "-b", "second", str(other))
    assert commit_of(other) == here
    git("pack-refs", "--all")
    assert (commit_of(tmp_path), commit_of(other)) == (here, here)
    git("checkout", "-q", "--detach", at=other)
    assert commit_of(other) == here
    assert commit_of(tmp_path / "nowhere") == ""
