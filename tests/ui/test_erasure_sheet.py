"""Erasing a person at the window: said before, the MRN typed once more, nothing to undo afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from ctdild_desktop.services import erasure, history, patients, upkeep, visits
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.patients.erasure_sheet import ErasureSheet
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import fill
from tests.support.holloway import record as holloway

PATIENT, MRN = holloway().patient.id, "DEMO-0417"


@pytest.fixture
def sheet(bench: Workbench, desk: Desk, tmp_path: Path) -> ErasureSheet:
    fill(desk, holloway())
    upkeep.backup(desk, tmp_path / "elsewhere" / "by hand.ctdild-backup")
    bench.patients.refresh()
    bench.open_patient(PATIENT)
    bench.announce(visits.remove_visit(desk, patients.load(desk, PATIENT).visits[-1].id, "entered twice"))
    bench.act("erase_patient")
    assert isinstance(bench.patient.sheet, ErasureSheet)
    return bench.patient.sheet


def fill_in(sheet: ErasureSheet, **texts: str) -> None:
    for name, text in texts.items():
        sheet.fields[name].set_text(text)


def test_it_says_what_will_go_and_what_still_holds_the_person(sheet: ErasureSheet) -> None:
    told = sheet.told.text()
    for part in ("15 × PFT", "16 × visit", "cannot be undone", "by hand.ctdild-backup (12.03.2026"):
        assert part in told, part
    assert sheet.told.accessibleName() == told


def test_the_right_mrn_erases_and_leaves_nothing_to_undo(
    sheet: ErasureSheet, bench: Workbench, desk: Desk, keyboard
) -> None:
    assert bench.window.qaction("undo").isEnabled()
    fill_in(sheet, basis=erasure.BASES[1], reason="letter of 2 March 2026", mrn=MRN)
    keyboard.ctrl(Qt.Key.Key_Return)
    assert bench.window.said.endswith("This cannot be undone.")
    assert not bench.window.qaction("undo").isEnabled()
    assert bench.window.shown == "patients"
    assert patients.count(desk) == 0
    assert upkeep.verify(desk).ok


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"mrn": "DEMO-0418"}, "is not the MRN of this patient"),
        ({"mrn": ""}, "is not the MRN of this patient"),
        ({"reason": "Mrs Holloway asked", "mrn": MRN}, "would keep the name"),
    ],
)
def test_what_is_wrong_erases_nothing_and_stays_typed(
    sheet: ErasureSheet, desk: Desk, keyboard, texts: dict[str, str], words: str
) -> None:
    fill_in(sheet, **{"basis": erasure.BASES[1], "reason": "letter", **texts})
    keyboard.ctrl(Qt.Key.Key_Return)
    assert words in sheet.problem.text()
    assert sheet.text("reason") == texts.get("reason", "letter")
    assert patients.count(desk) == 1


def test_basis_and_request_are_needed(sheet: ErasureSheet, desk: Desk, keyboard) -> None:
    fill_in(sheet, mrn=MRN)
    keyboard.ctrl(Qt.Key.Key_Return)
    assert patients.count(desk) == 1
    assert keyboard.focus() == "basis"


def test_a_refusal_is_recorded_and_the_record_stays(
    sheet: ErasureSheet, bench: Workbench, desk: Desk
) -> None:
    fill_in(sheet, basis=erasure.REFUSAL, reason="letter of 2 March 2026")
    button = sheet.findChild(QPushButton, "erasure_refusal")
    assert isinstance(button, QPushButton)
    button.click()
    assert bench.window.said == "Recorded that the erasure was refused."
    assert bench.patient.sheet is None
    assert patients.count(desk) == 1
    assert history.of_patient(desk, PATIENT).entries[0].text.startswith("erasure refused: legal basis GDPR")
