"""How quickly the real window answers, for ``ctdild bench``: acts of a person, until they are painted.

Nothing is shown: every window is drawn without a display. A figure comes with a bare floor, the least that
Qt itself needs for something of that kind. Nothing is loaded here that the start screen does not load.
"""

from __future__ import annotations

import gc
import itertools
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QLineEdit, QMainWindow, QWidget

from ctdild_desktop import app as program
from ctdild_desktop import cli
from ctdild_desktop.config import SiteSettings
from ctdild_desktop.ui.all_windows import windows
from ctdild_desktop.ui.idle import LONGEST_MINUTES, IdleWatch
from ctdild_desktop.ui.jobs import JobRunner
from ctdild_desktop.ui.opening import build_window, close_window, dress
from ctdild_desktop.ui.tidying import Tidying

if TYPE_CHECKING:
    from ctdild_desktop.cli.benchmark.measure import Timing
    from ctdild_desktop.place import Place
    from ctdild_desktop.services.desk import Desk
    from ctdild_desktop.ui.workbench import Workbench

_LONGEST_S = 60
_BEAT_MS = 50
"""How often it is asked whether something is so when nothing happens at the window."""
_FVC = ("2.31", "2.35", "2.28", "2.40")


@contextmanager
def window_timings(desk: Desk, crowded: Sequence[str]) -> Iterator[tuple[Timing, ...]]:
    """The acts at the desk of an open registry; the functions of each may be called as often as one likes.

    The work list is read beside them, and steps aside for a person as it does in the program.

    Args:
        desk: the open registry.
        crowded: ids of two or more patients with many tests.
    """
    from ctdild_desktop.cli.benchmark.measure import Timing
    from ctdild_desktop.ui.opening import load_ahead, load_soon

    load_ahead()
    load_soon()  # as the program does before somebody has unlocked
    app = _application()
    runner = JobRunner(app)
    present = IdleWatch(app, minutes=LONGEST_MINUTES)
    present.used.connect(runner.give_way)
    present.start()
    tidying = Tidying(app)
    tidying.begin()
    bench = build_window(desk, runner)
    bench.window.resize(1366, 768)
    bench.window.show()
    bare = _Bare()
    acts = _Acts(bench, runner, crowded)
    try:
        acts.come_to_today()
        yield (
            Timing(
                "open_patient",
                "a patient with many tests, never opened before, chosen while the work list is read, to the "
                "page painted",
                acts.open_next,
                bare.plot,
                "pyqtgraph drawing two bare curves of that length",
                acts.come_to_today,
            ),
            Timing(
                "search_key",
                "a key of search while the work list is read, to the lines of the list painted",
                acts.type_letter,
                bare.type_number,
                "some keys in a bare line of text",
                acts.come_to_search,
            ),
            Timing(
                "log_feedback",
                "FVC typed and left in the PFT sheet until everything derived is painted",
                acts.type_fvc,
                bare.type_number,
                "the same keys in a bare line of text",
            ),
        )
    finally:
        present.stop()
        tidying.end()
        bare.close()
        bench.today.page.reader.forget()
        close_window(bench)
        _until(lambda: not runner.pending)
        runner.close()
        gc.unfreeze()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def start_once(registry: str) -> int:
    """Start the program as ``ctdild`` does, and end it when its first screen is painted and takes typing."""
    return _run(("--registry", registry) if registry else (), _stay_until_typing)


def unlock_once(registry: str, login: str, passphrase: str, typing_s: str) -> float:
    """Start the program, unlock as a person does; the seconds from Enter to the first page painted.

    Args:
        typing_s: how many seconds the passphrase is typed.
    """
    from PySide6.QtTest import QTest

    took = 0.0

    def stay(app: QApplication) -> int:
        nonlocal took
        _stay_until_typing(app)
        end = time.perf_counter() + float(typing_s)
        while time.perf_counter() < end:
            app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        field = app.focusWidget()
        assert field is not None
        QTest.keyClicks(field, passphrase)
        started = time.perf_counter()
        QTest.keyClick(field, Qt.Key.Key_Return)
        _until(lambda: any(isinstance(window, QMainWindow) and _painted(window) for window in windows()))
        took = time.perf_counter() - started
        return 0

    _run(("--registry", registry, "--user", login), stay)
    return took


def _run(arguments: Sequence[str], stay: Callable[[QApplication], int]) -> int:
    _quietly()

    def open_window(registry: Place | None, login: str | None, passphrase: str | None) -> int:
        return program.run(registry=registry, login=login, passphrase=passphrase, stay=stay)

    return cli.run(arguments, open_window=open_window, draw_tour=_never, time_window=_never)


def _never(*_arguments: object) -> NoReturn:
    raise AssertionError("no command was given")


class _Acts:
    """What a person does at the window."""

    def __init__(self, bench: Workbench, runner: JobRunner, crowded: Sequence[str]) -> None:
        self._bench = bench
        self._runner = runner
        self._ids = itertools.cycle(crowded)
        self._texts = itertools.cycle(_FVC)
        self._letters = itertools.cycle("bdfgk")
        self._found = 0
        bench.search.hits.modelReset.connect(self._on_found)

    def come_to_today(self) -> None:
        """Look at the work list, which is read from the beginning: the first rows are there, others come."""
        reader, window = self._bench.today.page.reader, self._bench.window
        window.activateWindow()
        window.show_room("today")
        reader.refresh()
        _until(lambda: window.isActiveWindow() and (reader.read > 0 or reader.complete))

    def open_next(self) -> None:
        """Open another patient; what is only written to the trail afterwards does not count."""
        wanted = next(self._ids)
        page = self._bench.patient
        plot = page.overview.chart.findChild(QAbstractScrollArea)
        assert plot is not None
        paints = [_Paints(one, lambda: page.patient_id == wanted) for one in (page, plot.viewport())]
        self._bench.open_patient(wanted, where="search")
        _until(lambda: all(one.count for one in paints))
        for one in paints:
            one.stop()

    def come_to_search(self) -> None:
        """Look at the work list and go to the search; the last patients are shown below it."""
        self.come_to_today()
        self._bench.search.start()
        _until(lambda: self._bench.search.hits.rowCount() > 0 and not self._asked())

    def type_letter(self) -> None:
        """Type the first letter of a name."""
        from PySide6.QtTest import QTest

        before = self._found
        paints = _Paints(self._hits().viewport(), lambda: self._found > before)
        QTest.keyClicks(self._bench.search, next(self._letters))
        _until(lambda: paints.count > 0)
        paints.stop()

    def _hits(self) -> QAbstractScrollArea:
        found = self._bench.window.findChild(QAbstractScrollArea, "search_hits")
        assert found is not None
        return found

    def _on_found(self) -> None:
        self._found += 1

    def _asked(self) -> bool:
        """Whether an answer of the registry is still to come, besides what is read of the work list."""
        return self._runner.asked > 0

    def type_fvc(self) -> None:
        """Type an FVC and leave the field; the sheet is opened the first time."""
        from PySide6.QtTest import QTest

        sheet = self._bench.patient.sheet
        if sheet is None:
            self.open_next()
            self._bench.act("log_pft")
            _until(lambda: self._bench.patient.sheet is not None and not self._asked())
            sheet = self._bench.patient.sheet
            assert sheet is not None
        field = sheet.findChild(QLineEdit, "fvc_l")
        assert field is not None
        field.setFocus()
        field.selectAll()
        paints = _Paints(sheet)
        QTest.keyClicks(field, next(self._texts))
        QTest.keyClick(field, Qt.Key.Key_Return)
        sheet.update()
        _until(lambda: paints.count > 0)
        paints.stop()


class _Bare:
    """The least that Qt and pyqtgraph need."""

    def __init__(self) -> None:
        self._window = QMainWindow()
        self._window.resize(1366, 768)
        self._text = QLineEdit()
        self._texts = itertools.cycle(_FVC)
        self._window.setCentralWidget(self._text)
        self._window.show()

    def plot(self) -> None:
        """Two curves of sixty points in a new plot, painted."""
        import pyqtgraph as pg

        plot = pg.PlotWidget()
        for offset in (0, 20):
            plot.plot(list(range(60)), [60 - 0.1 * place + offset for place in range(60)], symbol="o")
        paints = _Paints(plot.viewport())
        plot.resize(900, 500)
        plot.show()
        _until(lambda: paints.count > 0)
        plot.close()

    def type_number(self) -> None:
        """Type a number into a line of text, painted."""
        from PySide6.QtTest import QTest

        self._text.selectAll()
        paints = _Paints(self._text)
        QTest.keyClicks(self._text, next(self._texts))
        QTest.keyClick(self._text, Qt.Key.Key_Return)
        self._text.update()
        _until(lambda: paints.count > 0)
        paints.stop()

    def close(self) -> None:
        """Take the window away."""
        self._window.close()


class _Paints(QObject):
    """Counts how often a widget was painted."""

    def __init__(self, watched: QWidget, when: Callable[[], bool] = lambda: True) -> None:
        super().__init__(watched)
        self.count = 0
        self._when = when
        self._watched = watched
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count and let pass."""
        if event.type() == QEvent.Type.Paint and self._when():
            self.count += 1
        return super().eventFilter(watched, event)

    def stop(self) -> None:
        """Count no more."""
        self._watched.removeEventFilter(self)
        self.deleteLater()


def _stay_until_typing(app: QApplication) -> int:
    _until(lambda: isinstance(app.focusWidget(), QLineEdit) and _painted(app.focusWidget()))
    return 0


def _painted(widget: QWidget | None) -> bool:
    """Whether a widget stands in a window that has been drawn at least once."""
    handle = widget.window().windowHandle() if widget is not None else None
    return handle is not None and handle.isExposed()


def _until(condition: Callable[[], bool]) -> None:
    """Handle events until something is so, asleep between them as the program itself is.

    Raises:
        TimeoutError: it was not within a minute.
    """
    end = time.perf_counter() + _LONGEST_S
    beat = QTimer()
    beat.start(_BEAT_MS)
    while not condition():
        if time.perf_counter() > end:
            raise TimeoutError("the window did not answer within a minute")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    beat.stop()
    QApplication.processEvents()


def _quietly() -> None:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"


def _application() -> QApplication:
    _quietly()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    dress(app, SiteSettings())
    return app
