"""Setting a clinic's own threshold in the registry's room, seeing it in the strip, and retiring it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.services import site_criteria
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.registry.own_thresholds import OwnThresholds
from ctdild_desktop.ui.widgets.fields import Field
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import as_user, fill
from tests.support.holloway import record as holloway


@pytest.fixture
def opened(bench: Workbench, desk: Desk) -> Workbench:
    fill(desk, holloway())
    bench.patients.refresh()
    bench.window.show_room("registry")
    return bench


def part(page: QWidget, name: str) -> QWidget:
    found = page.findChild(QWidget, name)
    assert isinstance(found, QWidget), name
    return found


def enter(page: QWidget, **texts: str) -> None:
    for name, text in texts.items():
        field = part(page, f"threshold_{name}")
        assert isinstance(field, Field)
        field.set_text(text)


def press(page: QWidget, name: str) -> None:
    button = part(page, name)
    assert isinstance(button, QPushButton)
    button.click()


def words(page: QWidget, name: str = "threshold_words") -> str:
    label = part(page, name)
    assert isinstance(label, QLabel)
    return label.text()


def test_a_threshold_is_set_seen_and_retired(opened: Workbench, desk: Desk) -> None:
    page = opened.registry.thresholds
    assert words(page).startswith("None set.")
    enter(page, name="Ward fall", amount="11,5", window="24")
    press(page, "threshold_set")
    assert words(page, "threshold_0_0") == "Ward fall"
    assert words(page, "threshold_0_1") == "FVC fall of more than 11.5 % within 24 months"
    assert words(page, "threshold_0_2").startswith("set by R. Amsel on ")
    opened.open_patient(holloway().patient.id)
    chip = opened.patient.strip.chips[-1]
    assert (chip.caption, chip.verdict, chip.number) == ("Ward fall, 24 mo", Verdict.MET, "−11.6 %")
    assert any("set by R. Amsel" in label.text() for label in opened.patient.why.findChildren(QLabel))
    opened.window.show_room("registry")
    press(page, "threshold_retire_0")
    assert site_criteria.thresholds(desk) == ()
    opened.open_patient(holloway().patient.id)
    assert all(chip.caption != "Ward fall, 24 mo" for chip in opened.patient.strip.chips)


def test_what_cannot_be_is_said_and_stays_typed(opened: Workbench, desk: Desk) -> None:
    page = opened.registry.thresholds
    enter(page, name="Ward fall")
    press(page, "threshold_set")
    assert words(page) == "Give the amount and the window."
    enter(page, amount="abc")
    press(page, "threshold_set")
    assert "number" in words(page)
    enter(page, amount="101")
    press(page, "threshold_set")
    assert "at most 100" in words(page)
    name = part(page, "threshold_name")
    assert isinstance(name, Field)
    assert name.text() == "Ward fall"
    assert site_criteria.thresholds(desk) == ()


def test_whoever_may_not_set_one_is_told_who_may(opened: Workbench, desk: Desk, qtbot: QtBot) -> None:
    page = OwnThresholds(as_user(desk, "specht", "T. Specht", "clinician"), opened.runner)
    qtbot.addWidget(page)
    page.make()
    assert not part(page, "threshold_set").isEnabled()
    assert words(page) == "Administrators may set thresholds."
