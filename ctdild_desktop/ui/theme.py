"""The look of the program: themes, palette, fonts and the short style sheet.

Widgets take colours from :func:`tokens` and sizes from :func:`px` while painting, so that a change of theme
or of the system's font size reaches everything with the next paint.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from typing import cast

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QFontMetrics, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from ctdild_desktop.bundled import resources
from ctdild_desktop.ui.sheet_style import off_colour, off_edge, off_style, scroll_rules, sheet_rules
from ctdild_desktop.ui.tokens import CONTRAST, DARK, LIGHT, Tokens

BUNDLED_FAMILY = "DejaVu Sans Condensed"


class ThemeName(StrEnum):
    """What the setting offers; ``SYSTEM`` follows the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


class ThemeState(QObject):
    """The theme in force; emits ``changed`` after the palette and style sheet have been replaced."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.wanted = ThemeName.SYSTEM
        self.tokens = LIGHT
        self.following = False

    def follow_system(self) -> None:
        """Take over the desktop's new colour scheme, unless the setting names a theme."""
        app = QApplication.instance()
        if self.wanted is ThemeName.SYSTEM and isinstance(app, QApplication):
            _put_on(app, _system_tokens())


@cache
def state() -> ThemeState:
    """The one state of the theme; connect to ``state().changed`` where a repaint is not enough."""
    return ThemeState()


def tokens() -> Tokens:
    """The colours in force."""
    return state().tokens


def color(name: str) -> QColor:
    """The colour in force of one token; raises AttributeError for an unknown name."""
    table = state().tokens
    if _inks.of is not table:
        _inks.of, _inks.known = table, {}
    known = _inks.known.get(name)
    if known is None:
        known = _inks.known[name] = QColor(cast("str", getattr(table, name))).rgba()
    return QColor.fromRgba(known)


class _Inks:
    """The colours of one table as numbers: to read a colour's text takes longer than to paint with it."""

    of: Tokens | None = None
    known: dict[str, int]


_inks = _Inks()


@contextmanager
def drawn_in(table: Tokens) -> Iterator[None]:
    """Let what is painted meanwhile take the colours of a table, whatever theme is in force.

    Nothing else of the program may run meanwhile; nobody is told of a change.
    """
    now = state()
    kept, now.tokens = now.tokens, table
    try:
        yield
    finally:
        now.tokens = kept


def apply(app: QApplication, name: str = ThemeName.SYSTEM) -> None:
    """Put the named theme on the application: ``system``, ``light``, ``dark`` or ``contrast``.

    Raises:
        ValueError: the name is none of these.
    """
    now = state()
    now.wanted = ThemeName(name)
    hints = app.styleHints()
    if not now.following:
        now.following = True
        hints.colorSchemeChanged.connect(now.follow_system)
    app.setStyle(QStyleFactory.create("Fusion"))
    if now.wanted is ThemeName.SYSTEM:
        hints.unsetColorScheme()
        _put_on(app, _system_tokens())
    else:
        dark = now.wanted is not ThemeName.LIGHT
        hints.setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)
        _put_on(app, {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}[now.wanted.value])


def ensure_font(app: QApplication) -> None:
    """Load the bundled font and use it when the system has none of its own."""
    had_fonts = bool(QFontDatabase.families())
    _load_bundled()
    if not had_fonts:
        use_bundled_font(app)


def use_bundled_font(app: QApplication) -> None:
    """Use the bundled font whatever the system has: pictures are then the same on every machine."""
    _load_bundled()
    app.setFont(QFont(BUNDLED_FAMILY, 9))


def px(delta: int = 0) -> int:
    """The application font's size in pixels plus ``delta``, never below 11 where the font allows it."""
    return _known().size(delta)


def scaled(pixels: int) -> int:
    """A length that is ``pixels`` at the usual 12 px font, in proportion to the font in use."""
    lengths = _known().lengths
    made = lengths.get(pixels)
    if made is None:
        made = lengths[pixels] = round(pixels * max(px(), 12) / 12)
    return made


def font(delta: int = 0, *, bold: bool = False, italic: bool = False) -> QFont:
    """The application font, ``delta`` pixels larger, with tabular figures."""
    fonts, wanted = _known().fonts, (delta, bold, italic)
    made = fonts.get(wanted)
    if made is None:
        made = QFont(QGuiApplication.font())
        made.setPixelSize(px(delta))
        made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        made.setItalic(italic)
        made.setFeature(QFont.Tag("tnum"), 1)
        fonts[wanted] = made
    return QFont(made)


def measured_font(*, bold: bool = False) -> tuple[QFont, QFontMetrics]:
    """As :func:`font`, with its metrics; for those who write many short texts one after the other."""
    known = _known().measured
    made = known.get(bold)
    if made is None:
        face = font(bold=bold)
        made = known[bold] = (face, QFontMetrics(face))
    return made


class _Fonts:
    """What follows from the application's font, which is asked for thousands of times in one painting."""

    def __init__(self, font: QFont) -> None:
        self.of = font
        self.pixels = QFontInfo(font).pixelSize()
        self.lengths: dict[int, int] = {}
        self.fonts: dict[tuple[int, bool, bool], QFont] = {}
        self.measured: dict[bool, tuple[QFont, QFontMetrics]] = {}

    def size(self, delta: int) -> int:
        """See :func:`px`."""
        return max(self.pixels + delta, min(self.pixels, 11))


_last: list[_Fonts] = []
"""Of the font that was in use last; none before the first."""


def _known() -> _Fonts:
    font = QGuiApplication.font()
    if not _last or _last[0].of != font:
        _last[:] = [_Fonts(font)]
    return _last[0]


def growth_of(widget: QWidget) -> float:
    """How many times as large the type of a widget is as that of the application."""
    return QFontInfo(widget.font()).pixelSize() / QFontInfo(QGuiApplication.font()).pixelSize()


def font_in(widget: QWidget, delta: int = 0, *, bold: bool = False) -> QFont:
    """As :func:`font`, as much larger as the type of a widget is."""
    return grown(font(delta, bold=bold), growth_of(widget))


def scaled_in(widget: QWidget, pixels: int) -> int:
    """As :func:`scaled`, as much longer as the type of a widget is larger."""
    return round(scaled(pixels) * growth_of(widget))


def grown(face: QFont, factor: float) -> QFont:
    """A font so many times as large."""
    made = QFont(face)
    made.setPixelSize(round(face.pixelSize() * factor))
    return made


@cache
def _load_bundled() -> None:
    for path in sorted((resources() / "fonts").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(path))


def _system_tokens() -> Tokens:
    hints = QGuiApplication.styleHints()
    accessibility = getattr(hints, "accessibility", None)  # from Qt 6.10 on
    if (
        accessibility is not None
        and accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
    ):
        return CONTRAST
    return DARK if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT


def _put_on(app: QApplication, table: Tokens) -> None:
    now = state()
    now.tokens = table
    app.setPalette(_palette(table))
    app.setStyleSheet(style_sheet(table))
    now.changed.emit()


def _palette(table: Tokens) -> QPalette:
    role = QPalette.ColorRole
    made = QPalette()
    for which, colour in {
        role.Window: table.window,
        role.Base: table.base,
        role.AlternateBase: table.alt,
        role.Text: table.text,
        role.WindowText: table.text,
        role.ButtonText: table.text,
        role.PlaceholderText: table.text3,
        role.Highlight: table.sel,
        role.HighlightedText: table.text,
        role.Accent: table.accent,
        role.Link: table.accent,
        role.LinkVisited: table.accent,
        role.Light: table.base,
        role.Midlight: table.header,
        role.Mid: table.line,
        role.Dark: table.ctrl,
        role.Shadow: table.ctrl,
        role.Button: table.base,
        role.BrightText: table.over,
        role.ToolTipBase: table.base,
        role.ToolTipText: table.text,
    }.items():
        made.setColor(which, QColor(colour))
    for which in (role.Text, role.WindowText, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(table.text3))
    made.setColor(QPalette.ColorGroup.Disabled, role.Base, QColor(table.window))
    made.setColor(QPalette.ColorGroup.Disabled, role.Button, QColor(table.window))
    return made


def style_sheet(table: Tokens) -> str:
    """What the palette cannot say: flat edges, field states, focus rings, section headers, tabs, the rail."""
    t = table
    small = f"font-size: {px(-1)}px;"
    off = off_edge(table)
    return f"""
QToolTip {{ color: {t.text}; background: {t.base}; border: 1px solid {t.ctrl}; padding: 3px; }}
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QDateEdit {{
  background: {t.base}; color: {t.text}; border: 1px solid {t.ctrl}; border-radius: 2px; padding: 3px 6px;
  selection-background-color: {t.accent}; selection-color: {t.onaccent};
  placeholder-text-color: {t.text3}; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus {{
  border: 2px solid {t.focus}; padding: 2px 5px; }}
QLineEdit:disabled, QComboBox:disabled {{ background: {t.window}; color: {t.text3};
  border-style: {off_style(table)}; }}
*[fieldState="refused"] {{ border: 2px solid {t.over}; padding: 2px 5px; }}
*[fieldState="unlikely"] {{ border: 2px dashed {t.unk}; padding: 2px 5px; }}
QLineEdit[fieldState="carried"] {{ color: {t.text2}; font-style: italic; }}
QComboBox::drop-down {{ border: none; width: 18px; }}
QComboBox QAbstractItemView {{ background: {t.base}; color: {t.text}; border: 1px solid {t.ctrl};
  selection-background-color: {t.sel}; selection-color: {t.text}; }}
QPushButton {{ background: {t.base}; color: {t.text}; border: 1px solid {t.ctrl}; border-radius: 2px;
  padding: 4px 11px; min-height: {scaled(16)}px; }}
QPushButton:hover {{ background: {t.alt}; border-color: {t.text2}; }}
QPushButton:pressed {{ background: {t.sel}; }}
QPushButton:disabled {{ background: {t.window}; color: {t.text3}; border: {off}; }}
QPushButton:focus {{ border: 2px solid {t.focus}; padding: 3px 10px; }}
QPushButton[primary="true"] {{ background: {t.accent}; color: {t.onaccent}; border-color: {t.accent};
  font-weight: 600; }}
QPushButton[primary="true"]:focus {{ border: 2px solid {t.text}; }}
QPushButton[primary="true"]:disabled {{ background: {t.window}; color: {t.text3}; border: {off}; }}
QPushButton[link="true"] {{ background: transparent; color: {t.accent}; border: 1px solid transparent;
  padding: 1px 4px; min-height: 0; text-align: left; text-decoration: underline; }}
QPushButton[link="true"]:disabled {{ color: {t.text3}; border: 1px solid transparent;
  text-decoration: none; }}
QPushButton[link="true"]:focus {{ border: 2px solid {t.focus}; padding: 0 3px; }}
QToolButton[segment="true"] {{ background: {t.base}; color: {t.text}; border: none; padding: 2px 8px; }}
QToolButton[segment="true"]:hover {{ background: {t.alt}; }}
QToolButton[segment="true"]:checked {{ background: {t.accent}; color: {t.onaccent}; font-weight: 600; }}
QToolButton[segment="true"]:disabled {{ background: {t.window}; color: {t.text3}; }}
QToolButton[segment="true"]:focus {{ border: 2px solid {t.focus}; padding: 0 6px; }}
QToolButton[segment="true"]:checked:focus {{ border: 2px solid {t.text}; }}
QFrame#segments {{ border: none; border-radius: 2px; background: {t.ctrl}; }}
QFrame#segments:disabled {{ background: {off_colour(table)}; }}
QToolBar {{ background: {t.window}; border: none; spacing: 0; }}
QToolBar#rail {{ border-right: 1px solid {t.line}; }}
QToolBar#rail QToolButton {{ background: transparent; color: {t.text2}; border: none;
  border-left: 3px solid transparent; padding: 5px 3px 4px 0; {small} }}
QToolBar#rail QToolButton:hover {{ background: {t.alt}; }}
QToolBar#rail QToolButton:checked {{ background: {t.sel}; color: {t.text}; border-left: 3px solid {t.accent};
  font-weight: 600; }}
QToolBar#rail QToolButton:focus {{ border: 2px solid {t.focus}; }}
QTabBar {{ background: {t.window}; }}
QTabBar::tab {{ background: {t.window}; color: {t.text2}; border: 1px solid transparent; border-bottom: none;
  padding: 5px 13px; min-height: {scaled(18)}px; }}
QTabBar::tab:selected {{ background: {t.base}; color: {t.text}; border-color: {t.line};
  border-top: 2px solid {t.accent}; font-weight: 600; }}
QTabBar::tab:hover:!selected {{ background: {t.alt}; }}
QTabBar::tab:focus {{ border: 2px solid {t.focus}; }}
QHeaderView {{ background: {t.base}; border: none; }}
QHeaderView::section {{ background: {t.base}; color: {t.text2}; border: none;
  border-bottom: 1px solid {t.line}; border-right: 1px solid {t.grid}; padding: 2px 6px; {small} }}
QTableCornerButton::section {{ background: {t.base}; border: none; border-bottom: 1px solid {t.line}; }}
QTableView, QTreeView, QListView {{ background: {t.base}; alternate-background-color: {t.alt};
  border: none; gridline-color: {t.grid}; selection-background-color: {t.sel}; selection-color: {t.text}; }}
QTableView:focus, QTreeView:focus, QListView:focus {{ outline: none; }}
QStatusBar {{ background: {t.window}; border-top: 1px solid {t.line}; }}
QStatusBar::item {{ border: none; }}
QMenuBar {{ background: {t.window}; color: {t.text}; }}
QMenuBar::item {{ background: transparent; padding: 4px 9px; }}
QMenuBar::item:selected {{ background: {t.sel}; }}
QMenu {{ background: {t.base}; color: {t.text}; border: 1px solid {t.ctrl}; }}
QMenu::item {{ padding: 4px 24px 4px 20px; }}
QMenu::item:selected {{ background: {t.sel}; color: {t.text}; }}
QMenu::item:disabled {{ color: {t.text3}; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: 3px 0; }}
QSplitter::handle {{ background: {t.line}; }}
QScrollArea {{ border: none; background: {t.base}; }}
{scroll_rules(table)}
{sheet_rules(table)}"""
