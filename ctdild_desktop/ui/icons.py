"""Icons by name: single-stroke SVG files drawn in the ink of the theme."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ctdild_desktop.bundled import resources
from ctdild_desktop.ui import theme

_SIZES = (18, 27, 36, 54)
_MODES = {
    QIcon.Mode.Normal: "text2",
    QIcon.Mode.Active: "text",
    QIcon.Mode.Selected: "text",
    QIcon.Mode.Disabled: "text3",
}


def icon(name: str, ink: str = "") -> QIcon:
    """The icon of this name in the colours in force; ``ink`` names a token that replaces them.

    Raises:
        FileNotFoundError: there is no such icon.
    """
    return _made(name, ink, theme.tokens().name)


@cache
def _made(name: str, ink: str, _theme_name: str) -> QIcon:
    drawing = _source(name)
    made = QIcon()
    for mode, token in _MODES.items():
        for size in _SIZES:
            for state in (QIcon.State.Off, QIcon.State.On):
                shown = ink or ("text" if state is QIcon.State.On and token == "text2" else token)
                made.addPixmap(_pixmap(drawing, theme.color(shown).name(), size), mode, state)
    return made


@cache
def _source(name: str) -> str:
    return (resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@cache
def _pixmap(drawing: str, colour: str, size: int) -> QPixmap:
    renderer = QSvgRenderer(QByteArray(drawing.replace("currentColor", colour).encode()))
    made = QPixmap(QSize(size, size))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return made
