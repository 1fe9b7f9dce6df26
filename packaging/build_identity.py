"""Write into a package which build it is: version, commit and day (``_build.json``), for About and support.

    python packaging/build_identity.py into dist/ctdild-desktop/_internal/ctdild_desktop
    python packaging/build_identity.py wheel dist

The day is the one of the commit, so that the same commit makes the same file; ``SOURCE_DATE_EPOCH`` sets
another. A package out of a checkout with changes that are not committed says so.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE = "_build.json"


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def version() -> str:
    """The version of the program as its package says it."""
    text = (ROOT / "ctdild_desktop" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        sys.exit("build identity: ctdild_desktop/__init__.py names no version")
    return found[1]


def identity() -> dict[str, str | bool]:
    """What ``_build.json`` holds: version, commit, whether files were changed since, and the day."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH") or _git("log", "-1", "--format=%ct")
    when = dt.datetime.fromtimestamp(int(epoch), dt.UTC) if epoch else dt.datetime.now(dt.UTC)
    return {
        "version": version(),
        "commit": _git("rev-parse", "HEAD"),
        "changed": bool(_git("status", "--porcelain", "--untracked-files=no")),
        "day": when.date().isoformat(),
    }


def write_into(package: Path) -> Path:
    """Write the identity into a folder that is, or becomes, the package ``ctdild_desktop``."""
    target = package / FILE
    target.write_text(json.dumps(identity(), indent=1) + "\n", encoding="utf-8")
    return target


def build_wheel(out: Path) -> Path:
    """Build the wheel with its identity inside and return its path; the checkout is left as it was."""
    out.mkdir(parents=True, exist_ok=True)
    before = set(out.glob("*.whl"))
    written = write_into(ROOT / "ctdild_desktop")
    try:
        subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out.resolve())],
            cwd=ROOT,
            check=True,
            stdout=sys.stderr,
        )
    finally:
        written.unlink()
    made = set(out.glob("*.whl")) - before or set(out.glob(f"*-{version()}-*.whl"))
    return max(made, key=lambda path: path.stat().st_mtime)


def main() -> None:
    """Do what the arguments say; the path that was written is printed."""
    match sys.argv[1:]:
        case ["into", folder] if Path(folder).is_dir():
            print(write_into(Path(folder)))
        case ["wheel", folder]:
            print(build_wheel(Path(folder)))
        case _:
            sys.exit("usage: build_identity.py into FOLDER | wheel FOLDER")


if __name__ == "__main__":
    main()
