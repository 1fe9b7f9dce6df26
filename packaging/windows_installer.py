"""Compile the installer for Windows from a frozen folder; `makensis` does it on Linux and on Windows.

    python packaging/windows_installer.py [--payload dist/ctdild-desktop] [--out dist] [--fast]
                                          [--sign COMMAND]

The list of every file and folder goes into the program's folder as ``installed.lst``: an upgrade and the
removal take away what it names and nothing else.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = Path(__file__).resolve().parent / "windows" / "ctdild.nsi"
ICON = ROOT / "resources" / "icons" / "program" / "ctdild-desktop.ico"
PROGRAMS = ("ctdild-desktop.exe", "ctdild.exe")
TARGET = "x86-unicode" if sys.platform == "win32" else "amd64-unicode"
"""What the installer itself runs as: NSIS for Windows comes without the 64-bit stub, which Debian has. Both
install the same 64-bit program."""
_RESERVE_KB = 50 * 1024


class InstallerError(Exception):
    """The installer cannot be made; one sentence."""


def version() -> str:
    """The version of the program."""
    text = (ROOT / "ctdild_desktop" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise InstallerError("ctdild_desktop/__init__.py names no version")
    return found[1]


def in_four(text: str) -> str:
    """A version as Windows has it in a file: four whole numbers."""
    numbers = re.findall(r"\d+", text.split("+", maxsplit=1)[0])[:4]
    return ".".join([*numbers, "0", "0", "0", "0"][:4])


def contents(payload: Path) -> tuple[list[PurePosixPath], list[PurePosixPath]]:
    """The files, and the folders with the deepest first, relative to the frozen folder.

    Raises:
        InstallerError: the programs are not there, or a name is not plain ASCII.
    """
    for name in PROGRAMS:
        if not (payload / name).is_file():
            raise InstallerError(f"{payload} has no {name}: it is not a frozen folder of Windows")
    files, folders = [], []
    for path in sorted(payload.rglob("*")):
        place = PurePosixPath(path.relative_to(payload).as_posix())
        if not place.as_posix().isascii() or set(place.as_posix()) & set('"$|<>:*?\\'):
            raise InstallerError(f"{place} has a name that the list of files cannot hold")
        (folders if path.is_dir() else files).append(place)
    folders.sort(key=lambda place: (-len(place.parts), place))
    return files, folders


def listed(files: list[PurePosixPath], folders: list[PurePosixPath]) -> str:
    """The list that is installed: ``F`` and each file, ``D`` and each folder."""

    def backslashed(place: PurePosixPath) -> str:
        return place.as_posix().replace("/", "\\")

    return "".join(
        [f"F {backslashed(place)}\r\n" for place in files]
        + [f"D {backslashed(place)}\r\n" for place in folders]
    )


def commands(payload: Path, files: list[PurePosixPath], folders: list[PurePosixPath]) -> str:
    """What lays every file into ``$INSTDIR\\new``."""
    made = {
        place: f'CreateDirectory "$INSTDIR\\new\\{place.as_posix()}"'.replace("/", "\\") for place in folders
    }
    lines = [made[place] for place in sorted(folders)]
    here = None
    for place in files:
        if place.parent != here:
            here = place.parent
            inside = "" if here == PurePosixPath(".") else "\\" + here.as_posix().replace("/", "\\")
            lines.append(f'SetOutPath "$INSTDIR\\new{inside}"')
        lines.append(f'File "{payload / place}"')
    return "\n".join(lines) + "\n"


def compile_installer(
    payload: Path, out: Path, *, fast: bool = False, sign: str = "", told: str = "", processor: str = TARGET
) -> Path:
    """Run ``makensis`` and return the installer, with a file of its sum beside it.

    Args:
        payload: the frozen folder.
        out: where the installer goes.
        fast: packs less, for a trial.
        sign: a command that signs one file, put before its name.
        told: another version than the program's, for a trial.
        processor: another one than :data:`TARGET`.

    Raises:
        InstallerError: it cannot be made.
    """
    program = shutil.which("makensis")
    if program is None:
        raise InstallerError("makensis is not installed (Debian: apt-get install nsis)")
    files, folders = contents(payload)
    number = told or version()
    size_kb = sum((payload / place).stat().st_size for place in files) // 1024 + 1
    longest = max(len(str(place)) for place in files)
    out.mkdir(parents=True, exist_ok=True)
    target = out.resolve() / f"ctdild-desktop-{number}-windows-x64.exe"
    with tempfile.TemporaryDirectory() as scratch:
        names = Path(scratch) / "installed.lst"
        names.write_text(listed(files, folders), "ascii", newline="")
        lines = Path(scratch) / "files.nsh"
        lines.write_text(commands(payload.resolve(), files, folders), "utf-8")
        values = {
            "TARGET": processor,
            "VERSION": number,
            "VERSION4": in_four(number),
            "OUT": target,
            "ICON": ICON,
            "FILES": lines,
            "LISTFILE": names,
            "LONGEST": len("\\program\\") + longest,
            "SIZE_KB": size_kb,
            "ROOM_KB": size_kb + _RESERVE_KB,
            "ROOM_MB": (size_kb + _RESERVE_KB) // 1024,
            **({"FAST": ""} if fast else {}),
            **({"SIGN": sign} if sign else {}),
        }
        done = subprocess.run(
            # A newer NSIS may warn of more than the one of Debian, with which the script has no warning.
            [program, "-V2", *([] if sys.platform == "win32" else ["-WX"]), "-INPUTCHARSET", "UTF8"]
            + [f"-D{name}={value}" for name, value in values.items()]
            + [str(SCRIPT)],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise InstallerError(f"makensis failed:\n{done.stdout[-3000:]}{done.stderr[-1000:]}")
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    target.with_name(target.name + ".sha256").write_text(f"{digest}  {target.name}\n", "utf-8", newline="\n")
    return target


def main() -> int:
    """Compile; exit status 1 with the reason when that fails."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--payload", type=Path, default=ROOT / "dist" / "ctdild-desktop")
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--fast", action="store_true", help="pack less, in a third of the time")
    parser.add_argument("--sign", default="", help="a command that signs the file whose name follows")
    chosen = parser.parse_args()
    try:
        print(compile_installer(chosen.payload, chosen.out, fast=chosen.fast, sign=chosen.sign))
    except InstallerError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
