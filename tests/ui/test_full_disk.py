"""D3 at the screen: what was typed stays when the disk takes nothing, and saving again does it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.services import drafts, patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.pft.pft_sheet import PftSheet
from ctdild_desktop.ui.workbench import Workbench
from tests.support import holloway
from tests.support.desks import fill
from tests.support.disks import full_disk, read_only

TODAY = dt.date(2026, 3, 12)


@pytest.mark.parametrize(
    ("disk", "words"),
    [(full_disk, "The disk is full"), (read_only, "The registry is read-only here")],
    ids=["full", "read_only"],
)
def test_d3_a_form_keeps_what_was_typed_and_saves_when_there_is_room(
    bench: Workbench,
    desk: Desk,
    keyboard,
    disk: Callable[[Registry], AbstractContextManager[None]],
    words: str,
) -> None:
    record = holloway.record()
    tests = tuple(test for test in record.tests if test.date < TODAY)
    visits = tuple(visit for visit in record.visits if visit.date < TODAY)
    fill(desk, replace(record, tests=tests, visits=visits))
    bench.open_patient(record.patient.id)
    keyboard.ctrl(Qt.Key.Key_T)
    sheet = bench.patient.sheet
    assert isinstance(sheet, PftSheet)
    long = ("Repeated twice, good effort. " * 30).strip()
    with disk(desk.registry):
        keyboard.enter()
        for value in ("2.31", "1.94", "10.3"):
            keyboard.line(value)
        sheet.fields["comment"].set_text(long)
        keyboard.ctrl(Qt.Key.Key_Return)
        assert bench.patient.sheet is sheet
        assert words in sheet.problem.text()
        assert "nothing of this was saved" in sheet.problem.text()
        assert sheet.fields["fvc_l"].text_value() == "2.31"
        assert sheet.fields["comment"].text_value() == long
        # where a draft does not fit either, leaving would lose what was typed, so the sheet stays
        keyboard.press(Qt.Key.Key_Escape)
        draft = drafts.load_draft(desk, "pft", record.patient.id)
        if disk is read_only:
            assert draft is None
            assert bench.patient.sheet is sheet
            assert words in bench.window.said
        else:
            assert bench.patient.sheet is sheet or (draft is not None and draft.payload["comment"] == long)
    if bench.patient.sheet is not None:
        keyboard.press(Qt.Key.Key_Escape)
    assert bench.patient.sheet is None
    assert bench.window.said.startswith("Draft kept")
    keyboard.ctrl(Qt.Key.Key_T)
    assert bench.patient.sheet is not sheet
    keyboard.ctrl(Qt.Key.Key_Return)
    assert bench.patient.sheet is None
    saved = patients.load(desk, record.patient.id).tests
    assert len(saved) == len(tests) + 1
    assert (saved[-1].fvc_l, saved[-1].comment) == (Decimal("2.31"), long)
    assert drafts.load_draft(desk, "pft", record.patient.id) is None
