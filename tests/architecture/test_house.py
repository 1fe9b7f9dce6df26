"""The house rules that a tool can hold: who may import whom, how long a file may be, what must not be."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "ctdild_desktop"
SOURCES = sorted([*PACKAGE.rglob("*.py"), *(ROOT / "db").rglob("*.py"), *(ROOT / "packaging").rglob("*.py")])


def imported_names(path: Path) -> set[str]:
    """Top-level names of every module that a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def test_import_contracts_hold() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


def test_e7_no_second_sqlite_library() -> None:
    """A second SQLite library on one file can corrupt it, and the standard one would write in the clear."""
    offenders = [path for path in SOURCES if {"sqlite3", "QtSql"} & imported_names(path)]
    assert offenders == []


@pytest.mark.parametrize("folder", ["db", "resources", "packaging"])
def test_data_folders_are_not_packages(folder: str) -> None:
    """With an ``__init__.py`` the folder would shadow a library of the same name."""
    assert not (ROOT / folder / "__init__.py").exists()


def test_no_file_outgrows_its_purpose() -> None:
    too_long = {
        str(path.relative_to(ROOT)): lines
        for path in SOURCES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 450
    }
    assert too_long == {}


def test_colours_stand_in_the_theme_alone() -> None:
    """A colour written in a widget would not follow dark or high contrast."""
    hexadecimal = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((PACKAGE / "ui").rglob("*.py"))
        if path.name not in {"theme.py", "tokens.py"}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith("#")
        and len(node.value) in {4, 7, 9}
        and all(letter in "0123456789abcdefABCDEF" for letter in node.value[1:])
    ]
    assert hexadecimal == []


def test_bindings_keep_reference_counts() -> None:
    """Some versions of the Qt bindings lose references to True and False and abort the process later."""
    from PySide6.QtCore import QObject

    thing = QObject()
    before = sys.getrefcount(None), sys.getrefcount(True), sys.getrefcount(False)
    for _ in range(1000):
        thing.blockSignals(False)
        thing.setParent(None)
    after = sys.getrefcount(None), sys.getrefcount(True), sys.getrefcount(False)
    assert [late - early for early, late in zip(before, after, strict=True)] == pytest.approx(
        [0, 0, 0], abs=60
    )


def test_command_line_starts_without_the_heavy_modules() -> None:
    """Help must come at once: no Qt, no database, no PDF library behind it."""
    code = (
        "import sys, ctdild_desktop.cli;"
        "heavy = {'PySide6', 'pyqtgraph', 'sqlalchemy', 'alembic', 'reportlab', 'numpy', 'openpyxl'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
