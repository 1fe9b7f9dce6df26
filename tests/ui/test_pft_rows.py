"""Rows of the table of tests: what a row's tip tells beside its cells."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from PySide6.QtWidgets import QApplication

from ctdild_desktop.clinical.derived import derive
from ctdild_desktop.clinical.records import Patient, Pft
from ctdild_desktop.services import test_table
from ctdild_desktop.ui.patient.pft_rows import pft_rows


def test_a_test_of_a_file_tells_the_words_of_the_file(qapp: QApplication) -> None:
    test = Pft(
        id="t",
        date=dt.date(2024, 5, 6),
        fvc_l=Decimal("2.310"),
        source_format="gdt",
        as_given=(("fvc_l", "FVC 2310 mL"), ("PEF", "PEF 5.2 L/s")),
    )
    derived = derive(test, Patient(id="p", mrn="P1"))
    row = test_table.TestRow(
        test=test,
        derived=derived,
        visit=None,
        spo2_rest=None,
        spo2_nadir=None,
        mmrc=None,
        fvc_usable=True,
        dlco_usable=False,
    )
    (shown,) = pft_rows((row,), None)
    assert "Read from gdt: FVC 2310 mL" in shown.tip.splitlines()
