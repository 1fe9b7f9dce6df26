"""A clinic that reads haemoglobin in g/dL types and sees it so, and keeps g/L."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt

from ctdild_desktop.clinical import wording
from ctdild_desktop.config import SiteSettings
from ctdild_desktop.services import access, history, pages, patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.patient.pft_rows import pft_columns
from ctdild_desktop.ui.pft.pft_sheet import PftSheet
from ctdild_desktop.ui.workbench import Workbench
from tests.support import holloway
from tests.support.desks import fill

INGRID = holloway.record().patient.id


@pytest.fixture
def sheet(bench: Workbench, desk: Desk) -> Iterator[PftSheet]:
    before = wording.style()
    access.use_settings(SiteSettings(hb_unit="g/dL"))
    fill(desk, holloway.record())
    bench.open_patient(INGRID)
    bench.act("log_pft")
    made = bench.patient.sheet
    assert isinstance(made, PftSheet)
    yield made
    wording.use_style(before)


def test_haemoglobin_is_typed_and_shown_in_g_per_dl_and_kept_in_g_per_l(
    bench: Workbench, desk: Desk, sheet: PftSheet, keyboard: Any
) -> None:
    kept = {test.date: test.hb_g_l for test in holloway.record().tests}
    assert kept[dt.date(2025, 11, 10)] == Decimal(131)
    sheet.fields["date"].set_text("11.03.2026")
    sheet.refresh()
    assert sheet.measures.texts("hb_g_l")[0] == "13.1"
    sheet.fields["fvc_l"].setFocus()
    keyboard.type("2.31")
    sheet.fields["hb_g_l"].setFocus()
    keyboard.line("131")
    assert sheet.fields["hb_g_l"].message == "131 g/dL cannot be: was it in g/L?"
    keyboard.type("f")
    assert sheet.fields["hb_g_l"].text() == "13.1"
    sheet.fields["hb_g_l"].selectAll()
    keyboard.type("12,9")
    assert sheet.payload()["hb_g_l"] == "129"
    keyboard.ctrl(Qt.Key.Key_Return)
    if bench.patient.sheet is not None:
        keyboard.ctrl(Qt.Key.Key_Return)

    record = patients.load(desk, INGRID)
    saved = next(test for test in record.tests if test.date == dt.date(2026, 3, 11))
    assert saved.hb_g_l == Decimal(129)
    assert "Hb g/dL" in [column.title for column in pft_columns()]
    entry = history.of_patient(desk, INGRID).entries[0]
    assert "haemoglobin 12.9 g/dL" in entry.text
    page = pages.mdt_page(desk, INGRID)
    assert (page.tests[1].hb, page.hb_unit) == ("12.9", "g/dL")
