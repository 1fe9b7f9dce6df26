"""A picture on the clipboard, kept as its PNG file: in pixels it takes a hundred times the memory."""

from __future__ import annotations

import atexit
from functools import cache
from typing import Any

from PySide6.QtCore import QByteArray, QMetaType, QMimeData
from PySide6.QtGui import QGuiApplication, QImage

_PNG, _PIXELS = "image/png", "application/x-qt-image"
"""What programs ask for that take the file, and what Qt asks for to make what the others take."""


class CopiedPicture(QMimeData):
    """Gives the file as it is, and pixels made anew each time somebody pastes."""

    def __init__(self, png: bytes) -> None:
        super().__init__()
        self._png = png

    def formats(self) -> list[str]:
        """The file first: nothing is lost in it."""
        return [_PNG, _PIXELS]

    def hasFormat(self, mimetype: str) -> bool:
        """Whether it can be given so."""
        return mimetype in self.formats()

    def retrieveData(self, mimetype: str, preferred: QMetaType | QMetaType.Type) -> Any:
        """The picture as somebody wants it."""
        if mimetype == _PNG:
            return QByteArray(self._png)
        return QImage.fromData(self._png) if mimetype == _PIXELS else None


def copy_picture(png: bytes) -> None:
    """Put a picture on the clipboard."""
    _leave_pixels_at_the_end()
    QGuiApplication.clipboard().setMimeData(CopiedPicture(png))


@cache
def _leave_pixels_at_the_end() -> None:
    """Qt lets go of the clipboard when Python has ended, which an object of Python does not survive."""

    def leave() -> None:
        if QGuiApplication.instance() is None:
            return
        clipboard = QGuiApplication.clipboard()
        if isinstance(clipboard.mimeData(), CopiedPicture):
            clipboard.setImage(clipboard.image())

    atexit.register(leave)
