"""Leaving nothing behind on the screen: windows, dialogs, tool tips, and what was copied from them."""

from __future__ import annotations

import gc
import logging
import os

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QToolTip, QWidget

from ctdild_desktop.ui.all_windows import windows
from ctdild_desktop.ui.allocator import give_back

_WINDOWS = (QMainWindow, QDialog)
_log = logging.getLogger(__name__)


class ClipboardGuard(QObject):
    """Knows what was copied while this program had the keyboard, and takes just that away again.

    What another program put there since is not touched. Only a keyed digest of text and image is remembered.
    """

    def __init__(self, clipboard: QClipboard, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clipboard = clipboard
        self._key = os.urandom(16)
        self._copied: dict[QClipboard.Mode, bytes] = {}
        clipboard.changed.connect(self._on_changed)

    def clear(self) -> None:
        """Empty the clipboard, and the selection where the system has one, of what came from here."""
        for mode in (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection):
            if mode == QClipboard.Mode.Selection and not self._clipboard.supportsSelection():
                continue
            if self._owned(mode) or (mode in self._copied and self._copied[mode] == self._digest(mode)):
                self._clipboard.clear(mode)
        self._copied.clear()

    def _owned(self, mode: QClipboard.Mode) -> bool:
        if mode == QClipboard.Mode.Selection:
            return self._clipboard.ownsSelection()
        return self._clipboard.ownsClipboard()

    def _digest(self, mode: QClipboard.Mode) -> bytes:
        from hashlib import blake2b

        image = self._clipboard.image(mode)
        shown = bytes(image.constBits()) if not image.isNull() else b""
        return blake2b(self._clipboard.text(mode).encode() + shown, key=self._key).digest()

    def _on_changed(self, mode: QClipboard.Mode) -> None:
        if QGuiApplication.focusWindow() is not None:
            self._copied[mode] = self._digest(mode)


def hide_windows(but: QWidget | None = None) -> None:
    """Take every window, dialog, menu and tool tip out of sight at once, but one."""
    QToolTip.hideText()
    while (popup := QApplication.activePopupWidget()) is not None and popup is not but:
        popup.hide()
    for window in windows():
        if window is not but and window.isVisible():
            # A dialog that is hidden says to whoever asked that it was left; nobody shall act on that now.
            window.blockSignals(True)
            window.hide()


def destroy_windows(but: QWidget | None = None) -> None:
    """Destroy every window and dialog but one, and everything that only they still held.

    Those that belong to another one go with it. Loose parts of Qt and of the plot (menus, their panels)
    belong to an action and are left to it: destroyed twice, they take the program down.
    """
    for window in windows():
        if window is not but and window.parentWidget() is None and isinstance(window, _WINDOWS):
            window.deleteLater()
    QTimer.singleShot(0, _collect)


def _collect() -> None:
    left_out = gc.get_freeze_count()
    gc.unfreeze()  # somebody may have come in before everything was loaded
    found = gc.collect()
    if left_out:
        gc.freeze()
    give_back()
    _log.info("windows destroyed, %d objects collected", found)
