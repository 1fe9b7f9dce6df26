"""Prove that a folder of wheels installs offline on Windows: run here, where there is no Windows.

pip's ``--platform`` chooses wheels by their tags but answers the markers of requirements
(``sys_platform == "win32"``) for the computer it runs on. So the markers are answered here, for CPython on
64-bit Windows, by the library that pip itself uses, and all that follows from them is followed to the end.
"""

from __future__ import annotations

import email.parser
import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

PLATFORM = "win_amd64"
LOCK = "requirements-windows.lock"
SUMS = "SHA256SUMS"
_ENTRY = re.compile(
    r"^(?P<requirement>[A-Za-z0-9][^\\\n]*?)\s*\\?\n(?P<hashes>(?:\s+--hash=\S+\s*\\?\n?)*)", re.M
)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Pin:
    """One entry of a locked file: exactly one version, and the sums of its files."""

    name: str
    version: Version
    marker: Marker | None
    hashes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wheel:
    """What a wheel says of itself."""

    path: Path
    name: str
    version: Version
    tags: frozenset[Tag]
    digest: str
    needs: tuple[Requirement, ...]
    python: SpecifierSet = field(default_factory=SpecifierSet)


def environments(python: str) -> tuple[dict[str, str], ...]:
    """What the markers are answered for: the first and the last release of a Python on 64-bit Windows.

    Args:
        python: ``3.13``.
    """
    same = {
        "implementation_name": "cpython",
        "os_name": "nt",
        "platform_machine": "AMD64",
        "platform_python_implementation": "CPython",
        "platform_release": "10",
        "platform_system": "Windows",
        "platform_version": "10.0.19045",
        "python_version": python,
        "sys_platform": "win32",
        "extra": "",
    }
    return tuple(
        {**same, "python_full_version": full, "implementation_version": full}
        for full in (f"{python}.0", f"{python}.99")
    )


def holds(marker: Marker | None, python: str, extras: Iterable[str] = ("",)) -> bool:
    """Whether a marker is true in any of :func:`environments`, with any of these extras."""
    if marker is None:
        return True
    return any(
        marker.evaluate({**environment, "extra": extra})
        for environment in environments(python)
        for extra in {*extras, ""}
    )


def windows_tags(python: str) -> frozenset[Tag]:
    """The tags of wheels that this Python takes on 64-bit Windows."""
    major, minor = (int(part) for part in python.split("."))
    interpreter = f"cp{major}{minor}"
    platforms = [PLATFORM]
    return frozenset(
        {
            *cpython_tags((major, minor), [interpreter], platforms),
            *compatible_tags((major, minor), interpreter, platforms),
        }
    )


def read_lock(text: str) -> tuple[Pin, ...]:
    """The entries of a locked file.

    Raises:
        ValueError: an entry is not pinned to one version, or has no sum.
    """
    pins = []
    for entry in _ENTRY.finditer(text):
        wanted = Requirement(entry["requirement"])
        exact = [one.version for one in wanted.specifier if one.operator == "=="]
        hashes = frozenset(_HASH.findall(entry["hashes"]))
        if len(exact) != 1 or len(wanted.specifier) != 1 or not hashes:
            raise ValueError(f"{wanted.name} is not locked to one version with its sums")
        pins.append(Pin(canonicalize_name(wanted.name), Version(exact[0]), wanted.marker, hashes))
    return tuple(pins)


def read_wheel(path: Path) -> Wheel:
    """Open a wheel and read its name, tags, sum and needs.

    Raises:
        ValueError: it is no wheel, or has no metadata.
    """
    name, version, _build, tags = parse_wheel_filename(path.name)
    try:
        with zipfile.ZipFile(path) as archive:
            (inside,) = (
                one
                for one in archive.namelist()
                if one.count("/") == 1 and one.endswith(".dist-info/METADATA")
            )
            about = email.parser.Parser().parsestr(archive.read(inside).decode("utf-8"))
    except (zipfile.BadZipFile, OSError) as error:
        raise ValueError(f"{path.name} is damaged") from error
    return Wheel(
        path=path,
        name=canonicalize_name(name),
        version=version,
        tags=tags,
        digest=hashlib.sha256(path.read_bytes()).hexdigest(),
        needs=tuple(Requirement(one) for one in about.get_all("Requires-Dist", [])),
        python=SpecifierSet(about.get("Requires-Python", "")),
    )


def closure(start: str, wheels: Mapping[str, Wheel], python: str) -> tuple[dict[str, set[str]], list[str]]:
    """Everything that a wheel needs on Windows, with the extras asked for, and what of it is lacking."""
    asked: dict[str, set[str]] = {start: set()}
    lacking: list[str] = []
    waiting = [start]
    while waiting:
        wheel = wheels[waiting.pop()]
        for need in wheel.needs:
            if not holds(need.marker, python, asked[wheel.name]):
                continue
            name = canonicalize_name(need.name)
            found = wheels.get(name)
            if found is None or not need.specifier.contains(found.version, prereleases=True):
                has = "nothing" if found is None else str(found.version)
                lacking.append(f"{wheel.name} needs {need.name}{need.specifier}; the folder has {has}")
                continue
            new = set(need.extras) - asked.get(name, set())
            if name not in asked or new:
                asked.setdefault(name, set()).update(need.extras)
                waiting.append(name)
    return asked, lacking


def problems(folder: Path, own: str, source: Sequence[Pin], python: str) -> list[str]:
    """What keeps the folder from installing completely, offline and unchanged; nothing when it does.

    Args:
        folder: what ``make windows-kit`` made.
        own: the name of the project, whose wheel is the start of everything.
        source: the project's own locked file, which every wheel of somebody else must agree with.
        python: the Python of the hospital, ``3.13``.
    """
    found = list(_wrong_sums(folder))
    wheels: dict[str, Wheel] = {}
    for path in sorted((folder / "wheels").iterdir()):
        try:
            wheel = read_wheel(path)
        except ValueError as error:
            found.append(str(error))
            continue
        if wheel.name in wheels:
            found.append(f"{wheel.name} is there twice")
        wheels[wheel.name] = wheel
    lock = {pin.name: pin for pin in read_lock((folder / LOCK).read_text("utf-8"))}
    found += [f"{name} is locked and its wheel is not there" for name in sorted(lock.keys() - wheels.keys())]
    for wheel in wheels.values():
        found += _unfit(wheel, lock.get(wheel.name), python)
        if wheel.name != own:
            found += _strange(wheel, source, python)
    if own not in wheels:
        return [*found, f"the wheel of {own} itself is not there"]
    needed, lacking = closure(own, wheels, python)
    found += lacking
    found += [f"{name} is there and nothing needs it" for name in sorted(wheels.keys() - needed.keys())]
    return found


def _unfit(wheel: Wheel, pin: Pin | None, python: str) -> Iterator[str]:
    if pin is None:
        yield f"{wheel.name} is not locked"
    elif wheel.version != pin.version or wheel.digest not in pin.hashes:
        yield f"{wheel.path.name} is not the file that was locked"
    if not wheel.tags & windows_tags(python):
        yield f"{wheel.path.name} is not for Python {python} on 64-bit Windows"
    if not all(wheel.python.contains(one["python_full_version"]) for one in environments(python)):
        yield f"{wheel.name} does not run on Python {python}"


def _strange(wheel: Wheel, source: Sequence[Pin], python: str) -> Iterator[str]:
    meant = [pin for pin in source if pin.name == wheel.name and holds(pin.marker, python)]
    if not any(pin.version == wheel.version and wheel.digest in pin.hashes for pin in meant):
        yield f"{wheel.path.name} is not what the project locked for Windows"


def _wrong_sums(folder: Path) -> Iterator[str]:
    told = {}
    for line in (folder / SUMS).read_text("utf-8").splitlines():
        digest, _, name = line.partition("  ")
        told[name] = digest
    there = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and path.name != SUMS
    }
    for name in sorted(told.keys() | there.keys()):
        if name not in there:
            yield f"{name} is in {SUMS} and not in the folder"
        elif name not in told:
            yield f"{name} is in the folder and not in {SUMS}"
        elif hashlib.sha256(there[name].read_bytes()).hexdigest() != told[name]:
            yield f"{name} has another sum than {SUMS} says"
