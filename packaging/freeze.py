"""Freeze the program into one folder, ``dist/ctdild-desktop``, for Linux or Windows.

    python packaging/setup_environment.py release
    build/release-venv/bin/python packaging/freeze.py

The wheel of the project is made, with the identity of the build inside, and PyInstaller freezes what is in
the wheel (``ctdild.spec``). Then everything in the folder is named with its licence (``bill.py``).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import build_identity

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "package"
PROGRAM = WORK / "program"
FROZEN = ROOT / "dist" / "ctdild-desktop"

WITH_SYMBOLS = ("libpython3*", "sqlcipher3/*.so", "sqlalchemy/**/*.so", "cryptography/**/*.so")
"""Files that come with the names of every local symbol, which nothing but a debugger reads."""


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(f"package: {text}", file=sys.stderr, flush=True)


def epoch() -> str:
    """The time that all files of the package bear: that of the commit, or what the environment says."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return given
    asked = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() or "1700000000"


def unpack_wheel() -> Path:
    """Make the wheel and lay its files out as an installed package."""
    shutil.rmtree(WORK, ignore_errors=True)
    wheel = build_identity.build_wheel(WORK)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-input"]
    options = ["--no-deps", "--no-index", "--no-compile", "--target", str(PROGRAM)]
    subprocess.run([*pip, *options, str(wheel)], check=True)
    return wheel


def freeze() -> None:
    """Run PyInstaller; what it says is kept in a file and shown when it fails."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(PROGRAM),
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": epoch(),
    }
    options = ["--noconfirm", "--distpath", str(FROZEN.parent), "--workpath", str(WORK / "work")]
    log = WORK / "pyinstaller.log"
    with log.open("wb") as said:
        done = subprocess.run(
            [sys.executable, "-m", "PyInstaller", *options, str(ROOT / "packaging" / "ctdild.spec")],
            cwd=WORK,
            env=environment,
            stdout=said,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        sys.exit(f"package: PyInstaller failed:\n{log.read_text(errors='replace')[-4000:]}")


def strip_symbols() -> None:
    """Take the names of local symbols out of the files that carry them; a third of their size."""
    for pattern in WITH_SYMBOLS:
        for path in sorted((FROZEN / "_internal").glob(pattern)):
            if not path.is_symlink():
                subprocess.run(["strip", "--strip-unneeded", str(path)], check=True)


def name_the_parts() -> None:
    """Write the list of everything in the folder, with its licences."""
    subprocess.run(
        [sys.executable, str(ROOT / "packaging" / "bill.py"), "frozen", str(FROZEN)], cwd=ROOT, check=True
    )


def starts() -> str:
    """What the frozen program says of itself, asked with nothing of this environment."""
    program = FROZEN / ("ctdild.exe" if os.name == "nt" else "ctdild")
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "CTDILD_"))}
    asked = subprocess.run(
        [str(program), "--version"], env=clean, capture_output=True, text=True, check=False
    )
    if asked.returncode != 0:
        sys.exit(f"package: the frozen program does not start:\n{asked.stderr[-4000:]}")
    return asked.stdout.strip()


def main() -> None:
    """Make the folder anew."""
    shutil.rmtree(FROZEN, ignore_errors=True)
    say("making the wheel")
    unpack_wheel()
    say("freezing (about two minutes)")
    freeze()
    if sys.platform == "linux":
        strip_symbols()
    name_the_parts()
    say(f"{FROZEN.relative_to(ROOT)} is {starts()}")


if __name__ == "__main__":
    main()
