"""Tabs that do not all fit leave out their counts, so that no word is cut."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QStyleOptionTab
from pytestqt.qtbot import QtBot

from ctdild_desktop.ui.widgets.fitting_tabs import FittingTabs


def drawn(tabs: FittingTabs) -> list[str]:
    texts = []
    for at in range(tabs.count()):
        option = QStyleOptionTab()
        tabs.initStyleOption(option, at)
        texts.append(option.text)
    return texts


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (2.0, ["Overview", "Tests 15", "Adverse events 7", "Bloods 55", "History"]),
        (0.9, ["Overview", "Tests", "Adverse events", "Bloods", "History"]),
    ],
)
def test_counts_give_way_before_words(qtbot: QtBot, part: float, expected: list[str]) -> None:
    tabs = FittingTabs()
    qtbot.addWidget(tabs)
    tabs.setUsesScrollButtons(False)
    for text in ("Overview", "Tests 15", "Adverse events 7", "Bloods 55", "History"):
        tabs.addTab(text)
    wide = sum(tabs._wanted_by_style(at).width() for at in range(tabs.count()))
    tabs.resize(round(wide * part), 30)
    tabs.show()
    assert drawn(tabs) == expected
    needed = sum(tabs.fontMetrics().horizontalAdvance(text) for text in expected)
    assert needed < tabs.width()
    assert [tabs.tabText(at) for at in (1, 3)] == ["Tests 15", "Bloods 55"]


def test_texts_given_together_stand_as_if_given_one_by_one(qtbot: QtBot) -> None:
    made = []
    for together in (False, True):
        tabs = FittingTabs()
        qtbot.addWidget(tabs)
        tabs.setUsesScrollButtons(False)
        for text in ("Overview", "Tests 1", "Adverse events 1", "Bloods 1", "History"):
            tabs.addTab(text)
        tabs.resize(330, 30)
        tabs.show()
        texts = {1: "Tests 1500", 2: "Adverse events 12", 3: "Bloods 1"}
        if together:
            tabs.set_texts(texts)
        else:
            for at, text in texts.items():
                tabs.setTabText(at, text)
        made.append(([tabs.tabRect(at) for at in range(tabs.count())], drawn(tabs)))
    assert made[0] == made[1]
    assert made[0][1][1] == "Tests"
