"""What is due of the patient in sight: read a moment later, worked through by keyboard."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt

from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.patient_due import PatientDue
from ctdild_desktop.services.today import Place
from ctdild_desktop.ui.measured.labs_sheet import LabsSheet
from ctdild_desktop.ui.patient.due_panel import ROW, DuePanel
from ctdild_desktop.ui.workbench import Workbench
from tests.support import holloway
from tests.support.desks import fill

INGRID = holloway.record().patient.id


@pytest.fixture
def panel(bench: Workbench, desk: Desk) -> DuePanel:
    fill(desk, holloway.record())
    bench.open_patient(INGRID)
    return bench.patient.reasons.due


def test_due_rows_stand_under_the_reasons_and_enter_opens_where_the_work_is(
    bench: Workbench, panel: DuePanel, keyboard: Any
) -> None:
    bench.patient_room.due.read_now()
    model = panel.view.model()
    rows = [model.index(at, 0).data(ROW) for at in range(model.rowCount())]
    assert any(row.place is Place.BLOODS for row in rows)
    first = model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert first.startswith(rows[0].reason)
    assert "overdue" in panel.text or " due" in panel.text
    panel.view.setFocus()
    while panel.view.currentIndex().data(ROW).place is not Place.BLOODS:
        keyboard.press(Qt.Key.Key_Down)
    keyboard.enter()
    assert isinstance(bench.patient.sheet, LabsSheet)


def test_the_meeting_to_come_stands_in_the_column_of_now(bench: Workbench, panel: DuePanel) -> None:
    timeline = bench.patient.overview.timeline()
    assert timeline is not None
    assert "19.03.2026" not in timeline.other_now
    bench.patient.overview.set_meeting(dt.date(2026, 3, 19))
    timeline = bench.patient.overview.timeline()
    assert timeline is not None
    assert timeline.other_now == "MDT 19.03.2026"


def test_an_empty_list_says_why(panel: DuePanel) -> None:
    panel.wait()
    assert panel.text == "Due. Looking at what is due…"
    empty = PatientDue(patient_id=INGRID)
    for due, words in (
        (empty, "Nothing is due."),
        (
            replace(empty, following=(dt.date(2026, 4, 6), "PFT")),
            "Nothing is due. Next: PFT on 06.04.2026.",
        ),
        (replace(empty, left="died"), "Nothing is asked: the patient has died."),
        (replace(empty, left="withdrawn"), "Nothing is asked: consent to the registry was withdrawn."),
    ):
        panel.show_due(due)
        assert panel.text == f"Due. {words}"
