"""A verdict is said by glyph, edge and words; colour repeats it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.verdict_chip import VerdictChip


def chip(qtbot: QtBot, verdict: Verdict, number: str = "−11.6 %") -> VerdictChip:
    made = VerdictChip(verdict, "FVC fall > 10 %, 24 mo", verdict.value, number)
    qtbot.addWidget(made)
    made.resize(220, 46)
    return made


@pytest.mark.parametrize("name", ["light", "dark", "contrast"])
@pytest.mark.parametrize("verdict", list(Verdict))
def test_verdicts_differ_without_colour(
    qtbot: QtBot, qapp: QApplication, name: str, verdict: Verdict
) -> None:
    theme.apply(qapp, name)
    others = [one for one in Verdict if one is not verdict]
    mine = chip(qtbot, verdict).grab().toImage()
    grey = mine.convertToFormat(mine.Format.Format_Grayscale8)
    for other in others:
        theirs = chip(qtbot, other).grab().toImage()
        assert grey != theirs.convertToFormat(theirs.Format.Format_Grayscale8)
    theme.apply(qapp, "light")


def test_met_has_a_solid_block_and_the_chosen_chip_a_bar(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    made = chip(qtbot, Verdict.MET)
    assert made.grab().toImage().pixelColor(8, 8) == QColor(theme.tokens().met)
    below = (100, theme.scaled(40) + 3)
    assert made.grab().toImage().pixelColor(*below) != QColor(theme.tokens().accent)
    made.setChecked(True)
    assert made.grab().toImage().pixelColor(*below) == QColor(theme.tokens().accent)


def test_a_chip_is_chosen_by_space_and_spoken_in_words(qtbot: QtBot) -> None:
    made = chip(qtbot, Verdict.MET)
    assert made.accessibleName() == "FVC fall > 10 %, 24 mo, MET, −11.6 %"
    with qtbot.waitSignal(made.clicked):
        qtbot.keyClick(made, Qt.Key.Key_Space)
    assert made.isChecked()


def test_where_room_is_short_number_and_word_get_shorter_and_only_the_number_goes(qtbot: QtBot) -> None:
    made = VerdictChip(
        Verdict.MET,
        "EUSTAR, 12 mo",
        "SIGNIFICANT PROGRESSION",
        "−12.3 points",
        short=("EUSTAR", "SIGNIFICANT", "−12.3 pt"),
    )
    qtbot.addWidget(made)
    seen = []
    for width in range(made.sizeHint().width(), made.minimumSizeHint().width() - 1, -1):
        made.resize(width, 46)
        if made.shown() not in seen:
            seen.append(made.shown())
    assert seen == [
        ("SIGNIFICANT PROGRESSION", "−12.3 points"),
        ("SIGNIFICANT PROGRESSION", "−12.3 pt"),
        ("SIGNIFICANT", "−12.3 pt"),
        ("SIGNIFICANT", ""),
    ]
    made.resize(made.short_width(), 46)
    assert made.shown() == ("SIGNIFICANT", "−12.3 pt")
    assert "SIGNIFICANT PROGRESSION, −12.3 points" in made.accessibleName()
