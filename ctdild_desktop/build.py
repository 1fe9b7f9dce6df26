"""Which build of the program this is: version, commit and day, as the package commands wrote them.

``packaging/build_identity.py`` writes ``_build.json`` into a package; a checkout has none, and its commit is
read from its own files. No clock is asked when the program runs.
"""

from __future__ import annotations

import json
import platform
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from ctdild_desktop import __version__

FILE = "_build.json"
_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHORT = 12


@dataclass(frozen=True, slots=True)
class Build:
    """``commit`` is abbreviated and empty when it is not known; ``day`` is ISO and empty in a checkout."""

    version: str
    commit: str
    day: str
    changed: bool = False
    """Whether the package was made of files that differ from that commit."""

    @property
    def from_source(self) -> bool:
        """Whether the program runs in a checkout and not from a package."""
        return not self.day

    @property
    def words(self) -> str:
        """The build without its version, in English: ``0123456789ab of 2026-03-12``."""
        if self.from_source:
            return f"from source, {self.commit}" if self.commit else "from source"
        changed = " with changes" if self.changed else ""
        return f"{self.commit or 'unknown commit'}{changed} of {self.day}"


@cache
def this_build() -> Build:
    """The build of the running program; a file of it that cannot be read counts as none."""
    package = Path(str(files("ctdild_desktop")))
    try:
        told = json.loads((package / FILE).read_text(encoding="utf-8"))
        commit, changed = str(told["commit"])[:_SHORT], told["changed"] is True
        return Build(str(told["version"]), commit, str(told["day"]), changed)
    except (OSError, ValueError, KeyError, TypeError):
        return Build(__version__, commit_of(package.parent)[:_SHORT], "")


def commit_of(checkout: Path) -> str:
    """The commit that a checkout is at, read without the git program; empty when it cannot be told."""
    try:
        folder = checkout / ".git"
        if folder.is_file():  # a worktree names the folder that it belongs to
            folder = checkout / folder.read_text(encoding="utf-8").partition(":")[2].strip()
        head = (folder / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref:"):
            return head if _COMMIT.fullmatch(head) else ""
        name = head.partition(":")[2].strip()
        common = folder / "commondir"
        shared = folder / common.read_text(encoding="utf-8").strip() if common.is_file() else folder
        for place in (folder / name, shared / name):
            if place.is_file():
                return place.read_text(encoding="utf-8").strip()
        packed = (shared / "packed-refs").read_text(encoding="utf-8")
        found = re.search(rf"^([0-9a-f]{{40}}) {re.escape(name)}$", packed, re.MULTILINE)
        return found[1] if found else ""
    except (OSError, UnicodeDecodeError):
        return ""


def python_version() -> str:
    """Python's own version and the kind of machine it was made for: ``3.12.7, 64 bit``."""
    bits = platform.architecture()[0].replace("bit", " bit")
    return f"{platform.python_version()}, {bits}"
