"""Consent: typed by keyboard, listed with its days, and always the same in the list and in the key facts."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from ctdild_desktop.services import patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import fill
from tests.support.holloway import record as holloway

PATIENT = holloway().patient.id


def rows(bench: Workbench) -> list[tuple[str, ...]]:
    bench.patient.show_tab("documents")
    model = bench.patient_room.documents.consents.table.records
    return [tuple(str(model.index(row, at).data()) for at in range(4)) for row in range(model.rowCount())]


def said(bench: Workbench) -> str:
    assert bench.patient.view is not None
    return bench.patient.view.header.consent


def test_an_answer_is_typed_from_the_key_facts_and_the_banner_agrees(
    bench: Workbench, desk: Desk, keyboard: Any
) -> None:
    fill(desk, holloway())
    bench.open_patient(PATIENT)
    assert said(bench) == "registry yes, research yes"
    bench.patient.findChild(QPushButton, "consent_link").click()
    sheet = bench.patient.sheet
    keyboard.line("7.1.2026")
    keyboard.type("s")
    assert sheet.notes["kind"].words() == "Recorded without a day: given"
    assert not sheet.fields["title"].isVisible()
    assert keyboard.focus() == "answer"
    keyboard.type("w")
    follows = sheet.findChild(QLabel, "consent_follows")
    assert "it is not for research" in follows.text()
    keyboard.line("N. Nurse")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert bench.patient.sheet is None, sheet.problem.text()
    assert bench.window.said.startswith("Saved consent to research, withdrawn, 07.01.2026.")
    assert said(bench) == "registry yes, research withdrawn"
    keyboard.ctrl(Qt.Key.Key_N, shift=True)
    sheet = bench.patient.sheet
    keyboard.line("2.3.2026")
    keyboard.type("s")
    assert sheet.notes["kind"].words() == "In force: withdrawn, 07.01.2026"
    keyboard.type("g")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert said(bench) == "registry yes, research yes"
    assert rows(bench) == [
        ("02.03.2026", "research", "given", "yes"),
        ("07.01.2026", "research", "withdrawn", "no"),
    ]
    newest = patients.load(desk, PATIENT).consents[-1]
    bench.open_record("consent", newest.id)
    assert bench.patient.sheet.build() == newest
    bench.patient.sheet.removal.ask()
    keyboard.line("entered twice")
    assert said(bench) == "registry yes, research withdrawn"
    bench.window.findChild(QPushButton, "undo_button").click()
    assert said(bench) == "registry yes, research yes"


def test_another_question_is_asked_in_its_own_words(bench: Workbench, desk: Desk, keyboard: Any) -> None:
    fill(desk, holloway())
    bench.open_patient(PATIENT)
    bench.act("add_consent")
    sheet = bench.patient.sheet
    keyboard.line("2.3.2026")
    keyboard.type("o")
    assert keyboard.focus() == "title"
    keyboard.enter()
    keyboard.type("g")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert sheet.fields["title"].message == "Say what was asked."
    sheet.fields["title"].set_text("photographs of the hands")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert bench.window.said == "Saved consent: photographs of the hands, given, 02.03.2026."
    assert rows(bench) == [("02.03.2026", "photographs of the hands", "given", "yes")]
