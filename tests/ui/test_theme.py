"""Colours that can be read, sizes that follow the font, a theme that reaches palette and widgets."""

from __future__ import annotations

import dataclasses
import re

import pytest
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.sheet_style import off_edge
from ctdild_desktop.ui.tokens import CONTRAST, DARK, LIGHT, Tokens

THEMES = (LIGHT, DARK, CONTRAST)


@pytest.fixture(autouse=True)
def light_again(qapp: QApplication) -> object:
    yield None
    theme.apply(qapp, "light")


def luminance(colour: str) -> float:
    """WCAG 2 relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("table", THEMES, ids=lambda table: table.name)
def test_values_are_read_at_seven_to_one(table: Tokens) -> None:
    for ink in ("text", "text2", "fvct", "dlcot", "fev1t", "kcot", "met", "unkt", "good", "over"):
        for ground in ("base", "alt", "window"):
            assert contrast(getattr(table, ink), getattr(table, ground)) >= 6.8, (ink, ground)
    for ground in ("base", "alt", "window"):
        assert contrast(table.text, getattr(table, ground)) >= 9
    for ink, ground in (("text", "sel"), ("unkt", "unkbg"), ("met", "metbg"), ("onaccent", "accent")):
        assert contrast(getattr(table, ink), getattr(table, ground)) >= 7, (ink, ground)


@pytest.mark.parametrize("table", THEMES, ids=lambda table: table.name)
def test_lines_and_edges_are_found_at_three_to_one(table: Tokens) -> None:
    for ink in ("fvc", "dlco", "fev1", "kco", "ctrl", "lln", "gc", "csd", "cyc", "cd20", "bio", "af"):
        assert contrast(getattr(table, ink), table.base) >= 3, ink


@pytest.mark.parametrize("table", THEMES, ids=lambda table: table.name)
def test_grades_darken_or_lighten_in_one_direction(table: Tokens) -> None:
    steps = [luminance(getattr(table, f"g{grade}")) for grade in range(1, 6)]
    assert steps in (sorted(steps), sorted(steps, reverse=True))
    for grade in range(1, 6):
        digit = table.ong4 if grade >= 4 else table.text
        assert contrast(digit, getattr(table, f"g{grade}")) >= 7, grade


def test_every_token_is_a_colour() -> None:
    for table in THEMES:
        for field in dataclasses.fields(table):
            if field.name != "name":
                assert re.fullmatch(r"#[0-9A-F]{6}", getattr(table, field.name)), (table.name, field.name)


@pytest.mark.parametrize("table", THEMES, ids=lambda table: table.name)
def test_a_named_theme_fills_the_palette_and_tells(qtbot: QtBot, qapp: QApplication, table: Tokens) -> None:
    with qtbot.waitSignal(theme.state().changed):
        theme.apply(qapp, table.name)
    assert theme.tokens() is table
    palette = qapp.palette()
    assert palette.color(QPalette.ColorRole.Base) == QColor(table.base)
    assert palette.color(QPalette.ColorRole.HighlightedText) == QColor(table.text)
    assert palette.color(QPalette.ColorRole.PlaceholderText) == QColor(table.text3)
    assert table.focus in qapp.styleSheet()


@pytest.mark.parametrize("table", THEMES, ids=lambda table: table.name)
def test_hints_scroll_bars_and_what_is_disabled_can_be_told(table: Tokens) -> None:
    rules = theme.style_sheet(table)
    assert f"placeholder-text-color: {table.text3};" in rules
    assert f"QScrollBar::handle {{ background: {table.ctrl};" in rules
    assert contrast(table.text3, table.base) >= 4.5
    assert contrast(table.ctrl, table.window) >= 3
    assert off_edge(table) not in (f"1px solid {table.ctrl}", f"1px dashed {table.ctrl}")


def test_an_unknown_theme_is_refused(qapp: QApplication) -> None:
    with pytest.raises(ValueError, match="sepia"):
        theme.apply(qapp, "sepia")


def test_sizes_follow_the_application_font(qapp: QApplication) -> None:
    before = qapp.font()
    try:
        big = QFont(before)
        big.setPixelSize(18)
        qapp.setFont(big)
        assert (theme.px(), theme.px(-1), theme.px(4)) == (18, 17, 22)
        assert theme.scaled(22) == 33
        assert theme.font(4, bold=True).pixelSize() == 22
    finally:
        qapp.setFont(before)


def test_no_text_is_smaller_than_eleven_pixels_at_the_usual_size(qapp: QApplication) -> None:
    before = qapp.font()
    try:
        usual = QFont(before)
        usual.setPixelSize(12)
        qapp.setFont(usual)
        assert theme.px(-1) == 11
        assert theme.px(-4) == 11
    finally:
        qapp.setFont(before)


def test_the_bundled_font_can_be_used_for_pictures(qapp: QApplication) -> None:
    before = qapp.font()
    try:
        theme.use_bundled_font(qapp)
        assert theme.BUNDLED_FAMILY in QFontDatabase.families()
        assert qapp.font().family() == theme.BUNDLED_FAMILY
    finally:
        qapp.setFont(before)
