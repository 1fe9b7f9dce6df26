"""Segments, headers, empty states and labels that give way."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from ctdild_desktop.ui.widgets.empty_state import EmptyState
from ctdild_desktop.ui.widgets.fitting_label import FittingLabel
from ctdild_desktop.ui.widgets.section_header import SectionHeader
from ctdild_desktop.ui.widgets.segmented_control import SegmentedControl


def button(parent: SegmentedControl | EmptyState, name: str) -> QAbstractButton:
    found = parent.findChild(QAbstractButton, name)
    assert isinstance(found, QAbstractButton)
    return found


def test_exactly_one_segment_is_on_and_only_the_person_emits(qtbot: QtBot) -> None:
    control = SegmentedControl("scale", "Scale", [("l", "L"), ("p", "% predicted"), ("z", "z")])
    qtbot.addWidget(control)
    with qtbot.assertNotEmitted(control.chosen):
        control.set_current("p")
    with qtbot.waitSignal(control.chosen) as chosen:
        qtbot.mouseClick(button(control, "scale_z"), Qt.MouseButton.LeftButton)
    assert chosen.args == ["z"]
    assert control.current() == "z"
    assert not button(control, "scale_p").isChecked()
    assert button(control, "scale_p").accessibleName() == "Scale: % predicted"
    with pytest.raises(KeyError):
        control.set_current("?")


def test_an_impossible_segment_says_why(qtbot: QtBot) -> None:
    control = SegmentedControl("scale", "Scale", [("l", "L"), ("z", "z")])
    qtbot.addWidget(control)
    control.set_possible("z", possible=False, reason="height is missing")
    assert not button(control, "scale_z").isEnabled()
    assert button(control, "scale_z").toolTip() == "height is missing"


def test_an_empty_state_offers_the_first_steps(qtbot: QtBot) -> None:
    empty = EmptyState("No tests yet", "Log the first PFT.", [("log", "Log PFT"), ("import", "Import")])
    qtbot.addWidget(empty)
    assert empty.accessibleName() == "No tests yet. Log the first PFT."
    with qtbot.waitSignal(empty.chosen) as chosen:
        qtbot.mouseClick(button(empty, "empty_import"), Qt.MouseButton.LeftButton)
    assert chosen.args == ["import"]


def test_a_header_is_spoken_whole(qtbot: QtBot) -> None:
    header = SectionHeader("Latest tests", "5 of 15", "FVC litres")
    qtbot.addWidget(header)
    assert header.accessibleName() == "Latest tests, 5 of 15, FVC litres"


def test_a_label_says_less_and_never_half(qtbot: QtBot) -> None:
    label = FittingLabel()
    qtbot.addWidget(label)
    wordings = ("Reference: FVC 72.8 %, 09.12.2024", "Ref. 09.12.2024")
    label.set_wordings(wordings)
    label.resize(label.sizeHint().width(), 20)
    assert label.shown() == wordings[0]
    label.resize(label.sizeHint().width() - 10, 20)
    assert label.shown() == wordings[1]
    label.resize(12, 20)
    assert label.shown() == ""
    assert label.accessibleName() == wordings[0]
