"""Make the folder of wheels by which the program is installed on Windows without internet; prove it complete.

``make windows-kit`` runs this. It needs the network once; whoever gets the folder needs none.

    python packaging/wheel_folder.py make [--out dist] [--python 3.13]
    python packaging/wheel_folder.py check FOLDER [--python 3.13]
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

from build_identity import build_wheel
from packaging.utils import canonicalize_name
from wheel_check import LOCK, PLATFORM, SUMS, Pin, Wheel, closure, holds, problems, read_lock, read_wheel

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "requirements.lock"
TEMPLATES = Path(__file__).resolve().parent / "windows" / "wheels"
PYTHON = "3.13"
"""Every locked package has a wheel for this Python on Windows, and python.org has an installer of its last
release (3.12 has long been corrected as source only). ``--python`` makes the folder for 3.12 or 3.14."""
_BEGIN = (1980, 1, 1, 0, 0, 0)


class KitError(Exception):
    """The folder could not be made, or is not complete; one line for each reason."""


def project() -> tuple[str, str]:
    """Name and version of the project."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return canonicalize_name(told["name"]), told["version"]


def pip_arguments(python: str) -> list[str]:
    """What makes pip take wheels for Windows here, and nothing but what was locked."""
    return [
        *(
            "--no-deps",
            "--require-hashes",
            "--only-binary=:all:",
            "--disable-pip-version-check",
            "--no-input",
        ),
        *("--platform", PLATFORM, "--python-version", python, "--implementation", "cp"),
        *("--abi", f"cp{python.replace('.', '')}"),
    ]


def lock_lines(pins: list[Pin]) -> str:
    """A locked file without markers, for whoever has answered them."""
    return "".join(
        f"{pin.name}=={pin.version} \\\n"
        + " \\\n".join(f"    --hash=sha256:{digest}" for digest in sorted(pin.hashes))
        + "\n"
        for pin in pins
    )


def make(out: Path, python: str) -> Path:
    """Make folder and zip below ``out`` and return the zip.

    Raises:
        KitError: a wheel cannot be had, or the finished folder does not pass the check.
    """
    name, version = project()
    out.mkdir(parents=True, exist_ok=True)
    folder = out / f"{name}-{version}-windows-wheels"
    with tempfile.TemporaryDirectory(dir=out, prefix=".windows-kit-") as made:
        kit = Path(made) / folder.name
        wheels = kit / "wheels"
        wheels.mkdir(parents=True)
        build_wheel(wheels)
        _download(wheels, python)
        _leave_out_what_nothing_needs(wheels, name, python)
        pins = [Pin(wheel.name, wheel.version, None, frozenset({wheel.digest})) for wheel in _read(wheels)]
        (kit / LOCK).write_text(lock_lines(pins), "utf-8")
        for template in sorted(TEMPLATES.iterdir()):
            text = template.read_text("ascii").replace("@VERSION@", version).replace("@PYTHON@", python)
            (kit / template.name).write_text(text, "ascii", newline="\r\n")
        _write_sums(kit)
        _check(kit, python)
        shutil.rmtree(folder, ignore_errors=True)
        kit.rename(folder)
    return _zip(folder)


def _pip(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode != 0:
        raise KitError(done.stderr.decode("utf-8", "replace").strip())


def _download(wheels: Path, python: str) -> None:
    meant = [pin for pin in read_lock(SOURCE.read_text("utf-8")) if holds(pin.marker, python)]
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Path(scratch) / "requirements.txt"
        wanted.write_text(lock_lines(meant), "utf-8")
        _pip("download", *pip_arguments(python), "--dest", str(wheels), "-r", str(wanted))


def _read(wheels: Path) -> list[Wheel]:
    return [read_wheel(path) for path in sorted(wheels.iterdir())]


def _leave_out_what_nothing_needs(wheels: Path, own: str, python: str) -> None:
    """The locked file also names the tools that build the project's wheel; installed, it needs none."""
    there = {wheel.name: wheel for wheel in _read(wheels)}
    needed, _lacking = closure(own, there, python)
    for name in there.keys() - needed.keys():
        there[name].path.unlink()


def _write_sums(kit: Path) -> None:
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(kit).as_posix()}\n"
        for path in sorted(kit.rglob("*"))
        if path.is_file() and path.name != SUMS
    ]
    (kit / SUMS).write_text("".join(lines), "utf-8", newline="\n")


def _check(folder: Path, python: str) -> None:
    """Raises KitError with every reason why the folder would not install."""
    name, _version = project()
    found = problems(folder, name, read_lock(SOURCE.read_text("utf-8")), python)
    if found:
        raise KitError("\n".join(found))
    with tempfile.TemporaryDirectory() as nowhere:
        _pip(
            # pip asks of its own Python whether a wheel runs on it, whatever --python-version says.
            *("install", "--dry-run", "--quiet", "--ignore-requires-python"),
            *("--no-index", "--find-links", str(folder / "wheels")),
            *(*pip_arguments(python), "--target", nowhere, "-r", str(folder / LOCK)),
        )


def _bill(folder: Path) -> None:
    """Everything in the folder with its licence, beside it; needs the tools of a release."""
    target = folder.with_name(f"{folder.name}.cdx.json")
    tool = Path(__file__).resolve().parent / "bill.py"
    subprocess.run(
        [sys.executable, str(tool), "wheels", str(folder / "wheels"), "--out", str(target)], check=True
    )


def _zip(folder: Path) -> Path:
    """The folder as one file, its wheels stored as they are; with a file of its sum beside it."""
    target = folder.with_name(folder.name + ".zip")
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}", _BEGIN)
                with path.open("rb") as source, archive.open(entry, "w") as copy:
                    shutil.copyfileobj(source, copy)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    target.with_name(target.name + ".sha256").write_text(f"{digest}  {target.name}\n", "utf-8", newline="\n")
    return target


def main() -> int:
    """Make or check; exit status 1 and the reasons when the folder is not complete."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--python", default=PYTHON, help=f"the Python on the computers (default {PYTHON})")
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make", help="download the locked wheels, build the project's, check, zip")
    making.add_argument("--out", type=Path, default=ROOT / "dist")
    making.add_argument("--without-bill", action="store_true", help="make no list of parts and licences")
    checking = commands.add_parser("check", help="prove a folder complete")
    checking.add_argument("folder", type=Path)
    chosen = parser.parse_args()
    try:
        if chosen.command == "make":
            made = make(chosen.out, chosen.python)
            print(made, file=sys.stderr)
            folder = made.parent / made.name.removesuffix(".zip")
            if not chosen.without_bill:
                _bill(folder)
        else:
            folder = chosen.folder
            _check(folder, chosen.python)
    except KitError as error:
        print(error, file=sys.stderr)
        return 1
    wheels = list((folder / "wheels").iterdir())
    size = sum(path.stat().st_size for path in wheels) / 1e6
    print(f"complete for Python {chosen.python} on 64-bit Windows: {len(wheels)} wheels, {size:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
