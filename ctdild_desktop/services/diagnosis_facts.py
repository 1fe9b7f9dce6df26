"""Of the diagnostic bundle: the program, the computer, and the settings without names and paths."""

from __future__ import annotations

import getpass
import locale
import os
import platform
import re
import shutil
import socket
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from ctdild_desktop.build import python_version, this_build
from ctdild_desktop.config import Settings
from ctdild_desktop.place import Place

_KNOWN_FOLDERS = frozenset(
    {
        *("home", "users", "documents", "desktop", "downloads", "appdata", "local", "roaming", "locallow"),
        *(".local", ".config", ".cache", "share", "state", "log", "library", "application support"),
        *("ctdild-desktop", "logs", "backups", "demo", "registry", "programdata", "program files"),
        *("var", "opt", "srv", "mnt", "media", "run", "tmp", "temp", "root", "usr", "data", "private"),
        *("onedrive", "dropbox", "nextcloud", "google drive", "icloud drive"),
    }
)
"""Folders that every computer has; any other may be called after somebody."""
_KNOWN_FILES = frozenset({"registry.ctdild", "demo.ctdild", "settings.toml", "ctdild.log"})
_KNOWN_ENDINGS = frozenset({".ctdild", ".toml", ".log"})
_LEFT_OUT = "[...]"
_TLS = frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"})


def program() -> list[str]:
    """The build and the versions of what it stands on."""
    build = this_build()
    lines = [
        f"CTD-ILD Desktop {build.version}",
        f"build: {build.words}",
        f"installed as: {_installation()}",
        f"Python: {python_version()}",
    ]
    lines += [f"{name}: {version}" for name, version in database_versions()]
    return lines


def database_versions(*, load: bool = True) -> tuple[tuple[str, str], ...]:
    """SQLite, SQLCipher and libpq, with their versions.

    Args:
        load: tell of libpq also where no registry on a server has loaded it, which takes 6 MB.
    """
    import sqlcipher3.dbapi2 as driver

    from ctdild_desktop.registry import engine

    found = [("SQLite", driver.sqlite_version), ("SQLCipher", engine.cipher_version() or "not there")]
    if not load and "psycopg" not in sys.modules:
        return tuple(found)
    try:
        from psycopg import pq

        number = pq.version()
        found.append(("libpq", f"{number // 10_000}.{number % 10_000}"))
    except ImportError:
        found.append(("libpq", "not there"))
    return tuple(found)


def computer() -> list[str]:
    """The kind of computer; not its name."""
    lines = [
        f"system: {platform.system()} {platform.release()}",
        f"version of the system: {platform.version()}",
        f"machine: {platform.machine()}",
        f"processors: {os.cpu_count()}",
        f"memory: {_memory()}",
        f"language: {'.'.join(filter(None, locale.getlocale())) or 'not set'}",
        f"encoding of file names: {sys.getfilesystemencoding()}",
        f"zone: {time.strftime('UTC%z')}",
    ]
    return list(without_names(lines))


def without_names(lines: Iterable[str]) -> Iterable[str]:
    """Lines without the name of this computer and of whoever uses it, should the system tell one."""
    names = {Path.home().name, socket.gethostname(), socket.gethostname().partition(".")[0], _user()}
    wanted = [re.escape(name) for name in sorted(names, key=len, reverse=True) if len(name) > 2]
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(wanted)})(?!\w)", re.IGNORECASE) if wanted else None
    return (pattern.sub(_LEFT_OUT, line) if pattern else line for line in lines)


def settings(now: Settings | None, problem: str) -> list[str]:
    """Every setting with its value; a path by its kind, a login and an address by whether there is one."""
    if now is None:
        return [problem]
    upkeep, inbox = now.upkeep, now.inbox
    lines = [
        f"settings file: {of_path(now.source) if now.source is not None else 'none'}",
        f"registry: {of_path(now.registry)}",
        f"server: {of_server(now.server) if now.server is not None else 'none'}",
        f"login: {'remembered' if now.login else 'none'}",
        f"recent registries: {len(now.recent)}, of them on a server "
        f"{sum(place.is_server for place in now.recent)}",
        f"plot: {', '.join(now.plot) or 'nothing'}",
    ]
    lines += [f"site.{name}: {value}" for name, value in asdict(now.site).items()]
    lines += [
        f"upkeep.backup_folder: {_folder(upkeep.backup_folder)}",
        f"upkeep.copy_folder: {_folder(upkeep.copy_folder)}",
        f"upkeep.backup_minutes: {upkeep.backup_minutes}",
        f"upkeep.lock_minutes: {upkeep.lock_minutes}",
        f"inbox.folder: {_folder(inbox.folder)}",
        f"inbox.watching: {'yes' if inbox.watching else 'no'}",
    ]
    set_here = sorted(name for name in os.environ if name.startswith("CTDILD_"))
    known = [name for name in set_here if name in _VARIABLES]
    return [*lines, f"variables set: {', '.join(known) or 'none'}"]


_VARIABLES = frozenset(
    {
        *("CTDILD_REGISTRY", "CTDILD_USER", "CTDILD_PASSPHRASE", "CTDILD_NEW_PASSPHRASE", "CTDILD_THEME"),
        *("CTDILD_REAL_FILES",),
    }
)


def of_path(path: Path) -> str:
    """A path by the folders that every computer has: ``~/.local/share/ctdild-desktop/registry.ctdild``."""
    # A UNC path or a share is told as such: its parts name servers and people.
    if str(path).startswith(("\\\\", "//")):
        return f"a network share, {_LEFT_OUT}{_ending(path)}"
    try:
        shown = ["~", *map(_folder_name, path.relative_to(Path.home()).parts[:-1])]
    except ValueError:
        root = path.anchor if re.fullmatch(r"[A-Za-z]:\\|/", path.anchor) else ""
        parts = path.parts[1 if path.anchor else 0 : -1]
        shown = [root.rstrip("/\\"), *map(_folder_name, parts)] if root else list(map(_folder_name, parts))
    last = path.name if path.name.lower() in _KNOWN_FILES else _LEFT_OUT + _ending(path)
    return "/".join((*shown, last))


def of_server(place: Place) -> str:
    """A server by what matters of it: whether it is this computer, and how the connection is protected."""
    mode = next((value for name, value in place.options if name == "sslmode"), "")
    where = "this computer" if place.is_here else "another computer"
    return f"PostgreSQL on {where}, sslmode {mode if mode in _TLS else 'as usual'}"


def _folder(path: Path | None) -> str:
    return "none" if path is None else f"{of_path(path / 'x').removesuffix(_LEFT_OUT)} ({_state(path)})"


def _state(path: Path) -> str:
    try:
        if not path.is_dir():
            return "is not there"
        return f"there, {about_bytes(shutil.disk_usage(path).free)} free"
    except OSError as error:
        return f"cannot be read: {type(error).__name__}"


def _folder_name(name: str) -> str:
    return name if name.lower() in _KNOWN_FOLDERS else _LEFT_OUT


def _ending(path: Path) -> str:
    return path.suffix if path.suffix.lower() in _KNOWN_ENDINGS else ""


def about_bytes(size: int) -> str:
    """A size in two figures: ``12 MB``; it tells no file from another."""
    value, unit = float(size), "bytes"
    for following in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, following
    return f"{float(f'{value:.2g}'):g} {unit}"


def about_count(count: int) -> str:
    """How many, as an order of magnitude, so that no small number tells of a person."""
    if count <= 0:
        return "none"
    if count < 10:
        return "fewer than 10"
    low = 10 ** (len(str(count)) - 1)
    return f"{low} to {low * 10 - 1}"


def _installation() -> str:
    if getattr(sys, "frozen", False):
        return "a program of its own"
    return "a checkout" if this_build().from_source else "a Python package"


def _memory() -> str:
    try:
        return about_bytes(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return "not known"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # nobody of this number is known to the system
        return ""
