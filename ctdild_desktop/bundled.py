"""Where the program's own data files are: in a checkout, an installed wheel or a frozen build."""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path


def _folder(installed: str, checkout: str) -> Path:
    package = Path(str(files("ctdild_desktop")))
    inside = package / installed
    if inside.is_dir():
        return inside
    beside = package.parent / checkout
    if beside.is_dir() and (package.parent / "pyproject.toml").is_file():
        return beside
    raise FileNotFoundError(f"neither {inside} nor {beside} is there: the installation is incomplete")


def resources() -> Path:
    """The folder of tables, fonts, icons and translations.

    Raises:
        FileNotFoundError: the installation is incomplete; names both places that were tried.
    """
    return _folder("_resources", "resources")


def migrations() -> Path:
    """The Alembic folder (``env.py`` and ``versions``); raises as :func:`resources` does."""
    return _folder("_db", "db")


def documents() -> Path:
    """The folder of the manual (guide, administration, clinical rules); raises as :func:`resources` does."""
    return _folder("_docs", "docs")


def program_folder() -> Path | None:
    """The folder that an upgrade replaces and a removal takes away; None in a checkout or a system's Python.

    It is the one of a frozen program, with the folder of its uninstaller, or a virtual environment.
    """
    if getattr(sys, "frozen", False):
        folder = Path(sys.executable).resolve().parent
        return folder.parent if (folder.parent / "uninstall.exe").is_file() else folder
    return Path(sys.prefix).resolve() if sys.prefix != sys.base_prefix else None
