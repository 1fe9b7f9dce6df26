"""The house rules that a tool can hold: who may import whom, how long a file may be, what must not be."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.services import access
from tests.support.desks import LOGIN, PASSPHRASE

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "ctdild_desktop"
SOURCES = sorted([*PACKAGE.rglob("*.py"), *(ROOT / "db").rglob("*.py"), *(ROOT / "packaging").rglob("*.py")])


def names_one_of(words: set[str], path: Path) -> bool:
    """Whether one of these words stands in a file at all: only then is it worth taking apart."""
    text = path.read_text(encoding="utf-8")
    return any(word in text for word in words)


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
    second = {"sqlite3", "QtSql"}
    offenders = [path for path in SOURCES if names_one_of(second, path) and second & imported_names(path)]
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


def calls_and_bases(path: Path) -> set[str]:
    """Names that a file calls or derives a class from."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    bases = [base for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for base in node.bases]
    return {getattr(node, "id", getattr(node, "attr", "")) for node in (*called, *bases)}


def test_every_table_copies_nothing_that_a_spreadsheet_would_calculate() -> None:
    """Qt's own tables copy a cell as it is; ``widgets.table_view`` is the one that does not."""
    own = {"QTableView", "QTableWidget", "QTreeView", "QTreeWidget", "QListWidget"}
    offenders = [
        str(path.relative_to(PACKAGE))
        for path in sorted((PACKAGE / "ui").rglob("*.py"))
        if names_one_of(own, path) and own & calls_and_bases(path) and path.name != "table_view.py"
    ]
    assert offenders == []


def test_every_tool_tip_is_shown_as_it_is() -> None:
    """Qt takes a tip that looks like HTML for HTML; ``widgets.plain.tip`` writes its signs out."""
    offenders = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in sorted((PACKAGE / "ui").rglob("*.py"))
        if names_one_of({"setToolTip"}, path)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") == "setToolTip"
        and not isinstance(node.args[0], ast.Constant)
        and not (isinstance(node.args[0], ast.Call) and getattr(node.args[0].func, "id", "") == "tip")
    ]
    assert offenders == []


def test_every_tip_of_a_table_is_shown_as_it_is() -> None:
    """A model that answers tips hands each through ``widgets.plain.tip``."""
    offenders = [
        str(path.relative_to(PACKAGE))
        for path in sorted((PACKAGE / "ui").rglob("*.py"))
        if path.name != "untranslated.py"  # it reads them
        and "ToolTipRole" in (text := path.read_text(encoding="utf-8"))
        and "tip(" not in text
    ]
    assert offenders == []


def test_every_table_that_is_written_holds_nothing_that_a_spreadsheet_would_calculate() -> None:
    """``interchange.outgoing.harmless`` is for every text of a person in a file for a spreadsheet."""
    own_numbers = {"figures.py"}
    offenders = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if "import csv" in (source := path.read_text(encoding="utf-8"))
        and "harmless" not in source
        and {"writer", "DictWriter"} & calls_and_bases(path)
        and path.name not in own_numbers
    ]
    assert offenders == []


def test_no_page_is_made_of_markup() -> None:
    """reportlab's paragraphs obey marks in a text and open pictures; pages are drawn text by text."""
    offenders = [
        str(path.relative_to(PACKAGE)) for path in SOURCES if "platypus" in path.read_text(encoding="utf-8")
    ]
    assert offenders == []


def test_statistics_are_loaded_when_an_analysis_runs() -> None:
    """They take a second, which nobody shall wait for who unlocks a registry or opens a page."""
    heavy = {"scipy", "statsmodels", "duckdb"}
    offenders = []
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        for node in ast.parse(text).body if any(name in text for name in heavy) else ():
            told = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            told += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if heavy & {name.split(".")[0] for name in told}:
                offenders.append(str(path.relative_to(ROOT)))
    assert offenders == []


def test_no_widget_is_asked_for_another_one_that_it_then_holds() -> None:
    """The bindings make what such a call answers a child of who was asked: it, and the record that it shows,
    would outlive its page. ``QApplication.focusWidget`` holds nothing.
    """
    asked = {"childAt", "focusProxy", "focusWidget", "nextInFocusChain", "previousInFocusChain"}
    offenders = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in sorted((PACKAGE / "ui").rglob("*.py"))
        if names_one_of(asked, path)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") in asked
        and getattr(getattr(node.func, "value", None), "id", "") != "QApplication"
    ]
    assert offenders == []


def test_windows_are_listed_where_nothing_is_collected() -> None:
    """``ui.all_windows`` asks the toolkit; asked directly it may read a window that is just destroyed."""
    asked = {"allWidgets", "topLevelWidgets"}
    offenders = [
        str(path.relative_to(ROOT))
        for path in sorted([*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")])
        if path.name != "all_windows.py"
        and names_one_of(asked, path)
        and asked
        & {getattr(node, "attr", "") for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))}
    ]
    assert offenders == []


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
        "heavy = {'PySide6', 'pyqtgraph', 'sqlalchemy', 'alembic', 'reportlab', 'numpy', 'openpyxl',"
        "'scipy', 'statsmodels', 'duckdb'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_start_screen_is_painted_before_the_rest_is_loaded(tmp_path: Path) -> None:
    """Who starts the program types at once: no database, no plot, no clinical table is loaded before."""
    registry = tmp_path / "clinic.ctdild"
    registry.touch()
    code = """
import sys
from ctdild_desktop import timing
until_typing = timing._stay_until_typing

def stay(app):
    status = until_typing(app)
    print(*sorted(sys.modules))
    return status

timing._stay_until_typing = stay
sys.exit(timing.start_once(sys.argv[1]))
"""
    folders = {name: str(tmp_path) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    done = subprocess.run(
        [sys.executable, "-c", code, str(registry)],
        cwd=ROOT,
        env={**os.environ, **folders, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = done.stdout.split()
    heavy = {"sqlalchemy", "sqlcipher3", "alembic", "psycopg", "numpy", "pyqtgraph", "reportlab", "openpyxl"}
    heavy |= {"cryptography", "PySide6.QtNetwork", "PySide6.QtDBus", "PySide6.QtSvg"}
    heavy |= {"scipy", "statsmodels", "duckdb"}
    assert heavy & set(loaded) == set()
    own = [name for name in loaded if name.startswith("ctdild_desktop.")]
    rooms = {name.split(".")[1] for name in own}
    assert rooms == {"app", "bundled", "cli", "config", "language", "place", "settings_file", "timing", "ui"}
    assert "ctdild_desktop.ui.workbench" not in own
    assert len(own) < 50


def test_what_nobody_has_opened_is_not_loaded_with_the_window(tmp_path: Path) -> None:
    """It would be waited for by who types the passphrase quickly, and takes memory all day."""
    registry = tmp_path / "clinic.ctdild"
    desk, _code = access.create_registry(
        registry, login=LOGIN, display_name="R. Amsel", passphrase=PASSPHRASE, cost=CHEAPEST
    )
    desk.close()
    code = """
import sys
from ctdild_desktop import timing
assert timing.unlock_once(*sys.argv[1:], "0.2") > 0
print(*sorted(sys.modules))
"""
    folders = {name: str(tmp_path) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    done = subprocess.run(
        [sys.executable, "-c", code, str(registry), LOGIN, PASSPHRASE],
        cwd=ROOT,
        env={**os.environ, **folders, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
    )
    own = [name.removeprefix("ctdild_desktop.") for name in done.stdout.split() if name.startswith("ctdild_")]
    assert {"ui.workbench", "ui.today.today_page", "services.store"} <= set(own)
    rooms = {"cohort", "evidence", "exports", "imports", "inbox", "mdt", "presenting", "practice", "quality"}
    assert {name for name in own if name.startswith("ui.")} & {f"ui.{room}" for room in rooms} == set()
    assert {"services.cohort", "services.demo", "services.imports", "interchange.reading"} & set(own) == set()
    assert "ui.registry.registry_page" not in own
    assert len(own) < 480
