"""Somebody at the real window: keys, menus, and waiting for what was asked for, as a person waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMainWindow, QMessageBox, QWidget

from ctdild_desktop.ui.all_windows import windows
from ctdild_desktop.ui.dialogs.form_sheet import FormSheet
from ctdild_desktop.ui.jobs import JobRunner
from ctdild_desktop.ui.main_window import MainWindow
from ctdild_desktop.ui.patient.patient_page import PatientPage

_LONGEST_S = 900
_BEAT_MS = 20
_STIR_S = 60
"""So often somebody who waits touches a key: the window locks when nobody is there."""
_W = TypeVar("_W", bound=QObject)
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


class Person:
    """One who works at the window that is open. ``blocked`` tells how long an act held up the window."""

    def __init__(self, app: QApplication, passphrase: str) -> None:
        self.app = app
        self._passphrase = passphrase
        runner = app.findChild(JobRunner)
        assert runner is not None
        self._runner = runner
        self.blocked: dict[str, float] = {}
        """Seconds, by act: the longest time between two events."""
        self._act = ""
        self._beat_at = time.perf_counter()
        self._beat = QTimer()
        self._beat.setInterval(_BEAT_MS)
        self._beat.timeout.connect(self._on_beat)
        self._beat.start()

    def do(self, name: str, act: Callable[[], None]) -> None:
        """Do something, and wait until everything that was asked for is there."""
        self._act, self._beat_at = name, time.perf_counter()
        act()
        self.settle()
        self._act = ""
        box = next((one for one in windows() if isinstance(one, QMessageBox)), None)
        if box is not None and box.isVisible():
            raise AssertionError(f"{name}: {box.text()}")

    def _on_beat(self) -> None:
        now = time.perf_counter()
        if self._act:
            self.blocked[self._act] = max(self.blocked.get(self._act, 0.0), now - self._beat_at)
        self._beat_at = now

    # what is in sight

    @property
    def window(self) -> MainWindow:
        """The window of the registry; StopIteration when it is locked."""
        shown = (one for one in windows() if isinstance(one, MainWindow))
        return next(one for one in shown if one.isVisible())

    @property
    def signed_in(self) -> bool:
        """Whether a window of a registry is in sight."""
        return any(isinstance(one, QMainWindow) and one.isVisible() for one in windows())

    @property
    def patient(self) -> PatientPage:
        """The page of the patient."""
        return self.part(PatientPage, "patient_page")

    @property
    def sheet(self) -> FormSheet | None:
        """The sheet that is open beside the patient."""
        sheet = self.patient.sheet
        return sheet if isinstance(sheet, FormSheet) else None

    @property
    def dialog(self) -> QDialog | None:
        """The dialog that stands over the window."""
        found = (one for one in windows() if isinstance(one, QDialog))
        return next((one for one in found if one.isVisible()), None)

    def part(self, kind: type[_W], name: str) -> _W:
        """A part of the window.

        Raises:
            LookupError: there is none.
        """
        found = self.window.findChild(kind, name)
        if found is None:
            raise LookupError(name)
        return found

    # acts

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE, times: int = 1) -> None:
        """A key to what has the keyboard."""
        for _ in range(times):
            QTest.keyClick(self._target(), key, modifiers)

    def type(self, text: str) -> None:
        """Some letters or digits."""
        for letter in text:
            QTest.keyClicks(self._target(), letter)

    def _target(self) -> QWidget:
        if self.app.activeWindow() is None:  # without a display nobody gives it back after a dialog
            self.window.activateWindow()
            QApplication.processEvents()
        return self.app.activePopupWidget() or self.app.focusWidget() or self.window

    def menu(self, action_id: str) -> bool:
        """Call an action of the menus; False when it cannot be called just now."""
        action = self.part(QAction, f"action_{action_id}")
        if action.isEnabled():
            action.trigger()
        return action.isEnabled()

    def put(self, name: str, text: str) -> None:
        """Write into a field of the open sheet, as whoever pastes it."""
        sheet = self.sheet
        if sheet is not None and name in sheet.fields:
            sheet.fields[name].set_text(text)
            sheet.refresh()

    def confirm(self) -> None:
        """Press the button of the open sheet once: what it opens stands over the window."""
        sheet = self.sheet
        if sheet is not None:
            sheet.save()

    def save(self) -> None:
        """Save the open sheet, and keep what is unlikely."""
        for _ in range(3):
            sheet = self.sheet
            if sheet is None:
                return
            sheet.save()
            self.settle()

    def leave_sheet(self) -> None:
        """Close the open sheet, with no draft left."""
        sheet = self.sheet
        if sheet is not None:
            sheet.discard_draft()
            self.settle()
            sheet.close_sheet()
            self.settle()

    def leave_dialog(self) -> None:
        """Close what stands over the window."""
        dialog = self.dialog
        if dialog is not None:
            dialog.reject()

    def unlock(self) -> None:
        """Type the passphrase at the start screen."""
        self.until(lambda: isinstance(self.app.focusWidget(), QLineEdit))
        self.settle()
        self.type(self._passphrase)
        self.key(Qt.Key.Key_Return)
        self.until(lambda: self.signed_in)

    # waiting

    def settle(self) -> None:
        """Wait until everything that was asked for is there; reading aside and upkeep are not waited for."""
        for _twice in range(2):
            self.until(lambda: self._runner.asked == 0)
            QApplication.processEvents()
            # what the loop of the program does by itself between two events
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def rest(self) -> None:
        """Wait until upkeep is done, too."""
        self.until(lambda: self._runner.pending == 0)

    def take(self, until_s: float) -> None:
        """Stay with an act until this moment of the monotonic clock."""
        self.until(lambda: time.monotonic() >= until_s)

    def until(self, condition: Callable[[], bool]) -> None:
        """Handle events until something is so.

        Raises:
            TimeoutError: it was not within a quarter of an hour.
        """
        begun = stirred = time.perf_counter()
        while not condition():
            now = time.perf_counter()
            if now > begun + _LONGEST_S:
                raise TimeoutError(f"{self._act}: the window did not answer")
            window = self.app.activeWindow()
            if now > stirred + _STIR_S and window is not None:
                stirred = now
                QTest.keyClick(window, Qt.Key.Key_Shift)
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
