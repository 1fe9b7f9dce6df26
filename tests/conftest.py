"""What every test gets: an offscreen Qt, private settings folders, and no dialog that blocks."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from tests.support.postgres import Cluster

# No example is timed: the machine may be busy. A checked change must not fail on an example that nobody has
# seen either; new ones are looked for at the desk.
settings.register_profile("desk", deadline=None)
settings.register_profile("long", deadline=None, max_examples=10_000)
settings.register_profile("checked", deadline=None, derandomize=True)
settings.load_profile("checked" if os.environ.get("CI") else "desk")

# Nearly all that a test makes dies with its last reference. Looking for circles after every 700 new objects
# took one part in twenty-five of the processor.
gc.set_threshold(20_000, 20, 20)

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault("QT_SCALE_FACTOR", "1")
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"
for variable in ("CTDILD_REGISTRY", "CTDILD_PASSPHRASE", "CTDILD_NEW_PASSPHRASE", "CTDILD_USER"):
    os.environ.pop(variable, None)

_LONG_MS = 30_000
_BLOCKING = {
    "QDialog": ("exec",),
    "QMessageBox": ("exec", "about", "critical", "information", "question", "warning"),
    "QFileDialog": ("exec", "getExistingDirectory", "getOpenFileName", "getOpenFileNames", "getSaveFileName"),
    "QInputDialog": ("exec", "getDouble", "getInt", "getItem", "getMultiLineText", "getText"),
    "QMenu": ("exec",),
}


def _share_compiled_statements() -> None:
    """Let every engine of one kind use what another one compiled: each test has engines of its own.

    A statement is kept by its dialect, which compares by identity; here two of one kind are equal.
    """
    from sqlalchemy import Engine
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
    from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
    from sqlalchemy.util import LRUCache

    shared: dict[type[Any], Any] = {}
    for kind in (PGDialect_psycopg, SQLiteDialect_pysqlite):
        shared[kind] = LRUCache(5000)
        kind.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
        kind.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]

    def kept(engine: Engine) -> Any:
        return shared.get(type(engine.dialect), engine.__dict__["_compiled_cache"])

    def keep(engine: Engine, cache: Any) -> None:
        engine.__dict__["_compiled_cache"] = cache

    Engine._compiled_cache = property(kept, keep)  # type: ignore[assignment]


_share_compiled_statements()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of the tests' own, started when the first test needs it."""
    from ctdild_desktop.registry import server_accounts
    from ctdild_desktop.registry.keystore import CHEAPEST
    from tests.support.postgres import Cluster

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(server_accounts, "SIGN_IN_COST", CHEAPEST)
        running = Cluster.start_new()
        yield running
        running.remove()


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """As pytest-qt's, but it waits long before it gives up: the machine may be busy."""
    from pytestqt.qtbot import QtBot

    class PatientBot(QtBot):
        """Waits for half a minute unless told otherwise."""

        def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = _LONG_MS) -> None:  # noqa: N802  Qt names it
            super().waitUntil(callback, timeout=timeout)

        def waitSignal(self, signal: Any, *, timeout: int = _LONG_MS, **wanted: Any) -> Any:  # noqa: N802  Qt names it
            return super().waitSignal(signal, timeout=timeout, **wanted)

    return PatientBot(request)


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the next test is at home. ``mktemp`` would list the homes of all tests before it each time."""
    beside = tmp_path_factory.mktemp("homes")
    return (beside / str(number) for number in count())


@pytest.fixture(autouse=True)
def private_folders(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point every per-user folder at a fresh one, so that no test reads or writes the developer's own."""
    home = next(homes)
    home.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(home))
    for variable in (
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_STATE_HOME",
        "XDG_CACHE_HOME",
        "XDG_DOCUMENTS_DIR",
    ):
        monkeypatch.setenv(variable, str(home / variable.lower()))
    return home


@pytest.fixture(autouse=True)
def modal_guard(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn a forgotten modal dialog into a failed test in place of a hang."""
    if "qtbot" not in request.fixturenames and "qapp" not in request.fixturenames:
        return
    from PySide6 import QtWidgets

    def refuse(name: str) -> object:
        def blocked(*_args: object, **_kwargs: object) -> None:
            pytest.fail(f"{name} would block: pass an answer through the dialogs' door")

        return blocked

    for owner, methods in _BLOCKING.items():
        for method in methods:
            monkeypatch.setattr(getattr(QtWidgets, owner), method, refuse(f"{owner}.{method}"))


@pytest.fixture(autouse=True)
def no_window_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the widgets of a GUI test go, and fail one that leaves a visible top-level window behind."""
    yield
    if "qapp" not in request.fixturenames:
        return
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication

    from ctdild_desktop.ui.all_windows import windows

    # What was closed is deleted now: each later change of the theme would polish all of it again.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    kept = {id(widget()) for widget, _ in getattr(request.node, "qt_widgets", [])}
    left = [type(widget).__name__ for widget in windows() if widget.isVisible() and id(widget) not in kept]
    assert left == [], f"windows left open: {left}"
