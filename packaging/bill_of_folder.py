"""Read a folder that PyInstaller made: from which distribution each of its files and modules comes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path

PROGRAM = "ctdild_desktop"
OWN_FONTS = "fonts.conf"
"""Of the project, beside the package: what ``start.py`` gives a machine without a configuration of fonts."""
INTERPRETER, BOOTLOADER, RUNTIME = "CPython", "PyInstaller bootloader", "Microsoft Visual C++ runtime"
_OF_INTERPRETER = re.compile(
    r"(lib-dynload/|python3\.?\d*/lib-dynload/).+|base_library\.zip|libpython3.*|python3\d*\.dll|[a-z_A-Z0-9]+\.pyd"
    r"|(libffi|libcrypto|libssl|sqlite3|zlib1?|tcl86t|tk86t)[^/]*\.dll"
)
_OF_RUNTIME = re.compile(r"(?i)(vcruntime|msvcp|concrt|ucrtbase|api-ms-win)[^/]*\.dll")
_OF_STANDARD = re.compile(r"_sysconfigdata_.*|_?pyi_?.*|pyimod.*")
"""Modules that no list of the standard library names: facts of the machine, and the start of the program."""
_NATIVE = re.compile(r"\.(so|dll|pyd)(\.|$)")


@dataclass
class Found:
    """What a folder holds, by where it comes from."""

    folder: Path
    inner: Path
    """The folder of libraries and data, which PyInstaller calls ``_internal``."""
    site: Path
    distributions: set[str] = field(default_factory=set)
    natives: dict[str, set[Path]] = field(default_factory=dict)
    """Native files relative to :attr:`folder`, by canonical name."""
    relative: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    system: dict[str, set[Path]] = field(default_factory=dict)
    """Files of the system's packages."""
    has_interpreter: bool = False
    has_runtime: bool = False
    unknown: list[str] = field(default_factory=list)

    @property
    def package(self) -> Path:
        """Where the program's own files lie."""
        return self.inner / PROGRAM

    def carries(self, path: Path) -> bool:
        """Whether a file of an installed distribution is in the folder, as a file or as a module."""
        try:
            relative = path.relative_to(self.site).as_posix()
        except ValueError:
            return False
        if path.suffix == ".py":
            return module_of(relative) in self.modules or relative in self.relative
        return relative in self.relative

    def others(self) -> Iterator[tuple[object, dict[str, str]]]:
        """What comes from no distribution, as the list of licences has it, with its texts."""
        from ctdild_desktop import bundled
        from ctdild_desktop.licences import Carried

        texts = bundled.resources() / "licences"
        version = ".".join(map(str, sys.version_info[:3]))
        if self.has_interpreter:
            own = (texts / "Python.txt").read_text(encoding="utf-8")
            source = f"https://www.python.org/downloads/release/python-{version.replace('.', '')}/"
            yield (
                Carried(INTERPRETER, version, "Python-2.0", source, texts=("Python.txt",), kind="system"),
                {"Python.txt": own},
            )
        if self.has_runtime:
            source = "https://learn.microsoft.com/cpp/windows/redistributing-visual-cpp-files"
            licence = "LicenseRef-Microsoft-Visual-C-Runtime"
            notice = "A redistributable file of Microsoft Visual Studio, carried unchanged."
            yield Carried(RUNTIME, "", licence, source, notice=notice, kind="system"), {}
        tool = distribution("pyinstaller")
        key = "PyInstaller: COPYING.txt"
        yield (
            Carried(
                BOOTLOADER,
                tool.version,
                "GPL-2.0-or-later WITH Bootloader-exception AND Apache-2.0",
                f"https://pypi.org/project/pyinstaller/{tool.version}/#files",
                notice="It starts the program. Its exception lets programs of any licence be started by it.",
                texts=(key,),
                kind="system",
            ),
            {key: _text_within(tool, "COPYING.txt")},
        )
        for package, paths in sorted(self.system.items()):
            yield _system_part(package, sorted(paths))


def read_folder(folder: Path, installed: Mapping[str, Distribution]) -> Found:
    """Everything in a folder, and what belongs to nothing (:attr:`Found.unknown`)."""
    inner = folder / "_internal"
    site = Path(str(next(iter(installed.values())).locate_file("")))
    found = Found(folder, inner, site)
    files, modules, names = _owners(installed)
    paths = sorted(path for path in folder.rglob("*") if path.is_file() or path.is_symlink())
    found.relative = {path.relative_to(inner).as_posix() for path in paths if path.is_relative_to(inner)}
    for program in (path for path in paths if path.parent == folder and _is_program(path)):
        found.modules |= _modules_in(program)
    for path in paths:
        if not path.is_symlink():
            _place(path, found, files, names)
    for module in sorted(found.modules):
        top = module.partition(".")[0]
        if module in modules:
            found.distributions.add(modules[module])
        elif top != PROGRAM and not _OF_STANDARD.fullmatch(top) and top not in sys.stdlib_module_names:
            owner = _owner_of_top(top)
            if owner:
                found.distributions.add(owner)
            else:
                found.unknown.append(f"module {module}")
    found.distributions -= {"ctdild-desktop", "pyinstaller", "pyinstaller-hooks-contrib"}
    return found


def _place(path: Path, found: Found, files: Mapping[str, str], names: Mapping[str, str]) -> None:
    """Give one file to what it comes from."""
    if not path.is_relative_to(found.inner):
        return  # the program's own: its start files, its texts, what the package adds
    relative = path.relative_to(found.inner)
    inside = relative.as_posix()
    if inside.startswith((f"{PROGRAM}/", f"{PROGRAM}-")) or inside == OWN_FONTS:
        return
    owner = files.get(inside) or names.get(relative.parts[0])
    if owner is None and _OF_RUNTIME.fullmatch(inside):
        found.has_runtime = True
    elif owner is None and _OF_INTERPRETER.fullmatch(inside):
        found.has_interpreter = True
        if _NATIVE.search(path.name):
            found.natives.setdefault("cpython", set()).add(path.relative_to(found.folder))
    elif owner is not None:
        found.distributions.add(owner)
        if _NATIVE.search(path.name):
            found.natives.setdefault(owner, set()).add(path.relative_to(found.folder))
    elif package := _system_package(path.name):
        found.system.setdefault(package, set()).add(path.relative_to(found.folder))
        found.natives.setdefault(package, set()).add(path.relative_to(found.folder))
    else:
        found.unknown.append(f"file {inside}")


def _owners(
    installed: Mapping[str, Distribution],
) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Distributions by the path of a file, by the name of a module, and by their folder of metadata."""
    files: dict[str, str] = {}
    modules: dict[str, str] = {}
    names: dict[str, str] = {}
    for name, one in installed.items():
        for path in one.files or ():
            relative = path.as_posix()
            files.setdefault(relative, name)
            if path.parts[0].endswith(".dist-info"):
                names[path.parts[0]] = name
            elif path.suffix == ".py":
                modules.setdefault(module_of(relative), name)
    return files, modules, names


def module_of(relative: str) -> str:
    """The module of a file of Python."""
    return relative.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def _tops() -> Mapping[str, list[str]]:
    return packages_distributions()


def _owner_of_top(top: str) -> str | None:
    owners = {name.lower().replace("_", "-") for name in _tops().get(top, ())}
    return owners.pop() if len(owners) == 1 else None


def _is_program(path: Path) -> bool:
    return path.suffix in {"", ".exe"} and path.stat().st_size > 1_000_000


def _modules_in(program: Path) -> set[str]:
    """The names of the modules in the archive of a program file."""
    from PyInstaller.archive.readers import CArchiveReader

    archive = CArchiveReader(str(program))
    found: set[str] = set()
    for name in archive.toc:
        if name.upper().startswith("PYZ"):
            found |= set(archive.open_embedded_archive(name).toc)
    return found


@cache
def _libraries() -> Mapping[str, str]:
    """Where the dynamic linker finds each library."""
    program = shutil.which("ldconfig") or "/sbin/ldconfig"
    try:
        listed = subprocess.run([program, "-p"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return {}
    return dict(re.findall(r"^\s+(\S+) \(.*?\) => (\S+)$", listed, re.MULTILINE))


@cache
def _system_package(library: str) -> str:
    """The package of the system that a library comes from; empty when none does."""
    place = _libraries().get(library)
    if place is None or shutil.which("dpkg-query") is None:
        return ""
    # A library may lie in /lib, which is /usr/lib in truth: the package knows one of both names.
    for name in dict.fromkeys(
        (place, str(Path(place).resolve()), place.removeprefix("/usr"), f"/usr{place}")
    ):
        asked = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            return asked.stdout.partition(":")[0]
    return ""


def _system_part(package: str, paths: list[Path]) -> tuple[object, dict[str, str]]:
    from ctdild_desktop.licences import Carried

    shown = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}\t${source:Package}\t${source:Version}\n", package],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()[0]
    version, source, source_version = shown.split("\t")
    key = f"Debian {package}"
    copyright_file = Path("/usr/share/doc") / package / "copyright"
    text = copyright_file.read_text(encoding="utf-8", errors="replace")
    notice = (
        f"From Debian, carried unchanged: {', '.join(path.name for path in paths)}. Another may be put in "
        f"its place. The source is that of the Debian package {source} {source_version}."
    )
    licence = f"LicenseRef-Debian-{re.sub(r'[^A-Za-z0-9.-]', '-', package)}"
    where = f"https://snapshot.debian.org/package/{source}/{source_version}/"
    part = Carried(package, version, licence, where, notice=notice, texts=(key,), kind="system")
    return part, {key: text}


def _text_within(one: Distribution, name: str) -> str:
    path = next(path for path in one.files or () if path.name == name)
    return Path(str(one.locate_file(path))).read_text(encoding="utf-8")
