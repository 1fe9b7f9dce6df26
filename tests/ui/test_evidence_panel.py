"""The evidence beside the verdicts: by key, with its places, for the patient in sight."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt

from ctdild_desktop.clinical.evidence_search import Asked
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.workbench import Workbench
from tests.support import holloway
from tests.support.desks import fill
from tests.ui.conftest import Keyboard

NOTHING = dict.fromkeys(("diagnoses", "visits", "tests", "hrct", "therapy", "adverse_events"), ())


def test_a_key_shows_the_evidence_beside_the_picture_and_escape_goes_back(
    desk: Desk, bench: Workbench, keyboard: Keyboard
) -> None:
    other = replace(holloway.patient(), id="f" * 32, mrn="DEMO-0002")
    fill(desk, holloway.record(), replace(holloway.record(), patient=other, **NOTHING))
    bench.open_patient(holloway.patient().id)
    page = bench.patient
    keyboard.ctrl(Qt.Key.Key_I, shift=True)
    assert keyboard.focus() == "evidence_text"
    panel = page.reasons.evidence
    assert panel is not None
    told = panel.text()
    assert "Drugs that run now" in told
    assert "Because: Antisynthetase syndrome, Rituximab" in told
    assert "Drugs not given" in told
    assert "The review has no study of mycophenolate mofetil in antisynthetase syndrome." in told
    assert "R15 · source review, lines 307–316" in told
    assert not page.why.isVisible()
    assert page.strip.isVisible()
    keyboard.press(Qt.Key.Key_Escape)
    assert page.why.isVisible()
    assert keyboard.focus() == "timeline_chart"
    bench.act("evidence")
    bench.open_patient(other.id)
    assert page.why.isVisible()
    bench.act("evidence")
    assert panel.text().startswith("The library has no statement")


def test_from_the_patient_to_the_library_and_back(bench: Workbench, desk: Desk, keyboard: Keyboard) -> None:
    fill(desk, holloway.record())
    bench.open_patient(holloway.patient().id)
    keyboard.ctrl(Qt.Key.Key_I, shift=True)
    panel = bench.patient.reasons.evidence
    assert panel is not None
    for _ in range(7):  # six topics, then the disease
        keyboard.press(Qt.Key.Key_Tab)
    keyboard.enter()
    library = bench.evidence.page
    assert bench.window.shown == "evidence"
    assert library.asked() == Asked(disease="ASyS")
    assert keyboard.focus() == "evidence_list"
    assert not bench.window.qaction("log_pft").isEnabled()
    keyboard.press(Qt.Key.Key_Escape)
    assert bench.window.shown == "patient"
    assert keyboard.focus() == "evidence_text"
    assert bench.window.qaction("log_pft").isEnabled()
    panel.library_requested.emit(Asked(disease="ASyS", drug="mycophenolate"), "RO06")
    assert library.pane.claim is not None
    assert library.pane.claim.id == "RO06"
    assert library.gap.text().startswith("The review has no study of mycophenolate mofetil")
    bench.window.show_room("evidence")
    assert not library.head.back_button.isVisible()
