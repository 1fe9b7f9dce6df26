"""The toolkit and the screens, as the diagnostic bundle and About tell them."""

from __future__ import annotations

import os

import PySide6
from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QFontInfo, QGuiApplication
from PySide6.QtWidgets import QApplication

from ctdild_desktop import language

_VARIABLES = ("QT_SCALE_FACTOR", "QT_QPA_PLATFORM", "QT_STYLE_OVERRIDE", "QT_FONT_DPI", "QT_IM_MODULE")


def screen_facts() -> tuple[tuple[str, str], ...]:
    """What decides how the window looks here; the name of a screen is left out, its size is not."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    font = QFontInfo(app.font())
    hints = QGuiApplication.styleHints()
    facts = [
        ("Qt", f"{qVersion()}, PySide6 {PySide6.__version__}"),
        ("platform of Qt", QGuiApplication.platformName()),
        ("style", app.style().name()),
        ("colours of the desktop", "dark" if hints.colorScheme() is Qt.ColorScheme.Dark else "light"),
        ("font", f"{font.family()}, {font.pixelSize()} pixels"),
        ("language of the window", language.code()),
        ("reading aloud", "in use" if _is_read_aloud() else "not in use"),
    ]
    for number, screen in enumerate(QGuiApplication.screens(), start=1):
        size = screen.size()
        facts.append(
            (
                f"screen {number}",
                f"{size.width()} x {size.height()}, scale {screen.devicePixelRatio():g}, "
                f"{screen.logicalDotsPerInch():.0f} dots per inch, {screen.refreshRate():.0f} Hz",
            )
        )
    facts.append(
        ("variables of Qt set", ", ".join(name for name in _VARIABLES if name in os.environ) or "none")
    )
    return tuple(facts)


def _is_read_aloud() -> bool:
    from PySide6.QtGui import QAccessible

    return QAccessible.isActive()
