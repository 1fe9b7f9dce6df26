"""From the record to the sheet: the numbers on paper are those computed apart from the program."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from decimal import Decimal

import pypdfium2
import pytest

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Decision, DlcoUnit, HeartTest, Lab, PatientRecord
from ctdild_desktop.reports.mdt_page import write_mdt_page
from ctdild_desktop.services.assessment import patient_view
from ctdild_desktop.services.full_history import full_history
from ctdild_desktop.services.pages import build_page
from tests.support.holloway import EXPECTED, TODAY, record

SECRET = "Sister of the mayor"


def with_free_text() -> PatientRecord:
    """The invented patient with free text in every place that takes it."""
    plain = record()
    return replace(
        plain,
        patient=replace(plain.patient, alert_note=SECRET),
        diagnoses=tuple(replace(view, note=SECRET) for view in plain.diagnoses),
        visits=tuple(replace(visit, note=SECRET) for visit in plain.visits),
        tests=tuple(
            replace(test, comment=SECRET, exclusion_reason=SECRET if test.excluded else "")
            for test in plain.tests
        ),
        hrct=tuple(replace(scan, note=SECRET) for scan in plain.hrct),
        therapy=tuple(replace(line, note=SECRET) for line in plain.therapy),
        adverse_events=tuple(replace(event, note=SECRET) for event in plain.adverse_events),
    )


def printed(patient: PatientRecord, pseudonym: str | None = None) -> str:
    buffer = io.BytesIO()
    write_mdt_page(buffer, build_page(patient, TODAY, pseudonym=pseudonym))
    document = pypdfium2.PdfDocument(buffer.getvalue())
    words = document[0].get_textpage().get_text_bounded()
    document.close()
    return " ".join(words.split())


@pytest.fixture(scope="module")
def page() -> str:
    return printed(record())


def test_the_latest_test_and_the_verdicts_are_the_expected_ones(page: str) -> None:
    percent = wording.number(EXPECTED["fvc_percent"], 1)
    z = wording.number(EXPECTED["fvc_z"], 1)
    assert f"12.03.2026 2.31 {EXPECTED['fvc_lln']} {z} {percent} −3.9 % 10.3 −4.6 46.7" in page
    assert f"{wording.number(EXPECTED['fvc_relative_change'], 1)} % since 09.12.2024" in page
    assert f"{wording.number(EXPECTED['dlco_relative_change'], 1)} % since 09.12.2024" in page
    assert "needs an HRCT read since 12.03.2025" in page


def test_the_slopes_before_and_on_rituximab_are_the_expected_ones(page: str) -> None:
    assert "−422 (3) −55 (8)" in page


def test_every_number_of_the_table_on_screen_is_on_paper(page: str) -> None:
    view = patient_view(record(), TODAY)
    for row in view.rows_for(view.first_choice)[:6]:
        fvc, gas = row.derived.fvc, row.derived.dlco
        assert fvc.value is not None
        assert fvc.percent is not None
        assert fvc.z is not None
        assert gas.percent is not None
        assert gas.z is not None
        assert row.fvc_to_previous is not None
        cells = (
            wording.day(row.test.date),
            wording.as_typed(fvc.value),
            wording.number(fvc.lln or 0.0, 2),
            wording.number(fvc.z, 1),
            wording.number(fvc.percent, 1),
            f"{wording.signed(row.fvc_to_previous, 1)} %",
            wording.as_typed(gas.value or fvc.value),
            wording.number(gas.z, 1),
            wording.number(gas.percent, 1),
        )
        assert " ".join(cells) in page


def test_a_pseudonymised_page_names_nobody_and_has_no_free_text() -> None:
    words = printed(with_free_text(), "P-7F3K")
    assert "P-7F3K" in words
    assert "born 1970" in words
    assert "Pseudonymised" in words
    for secret in ("HOLLOWAY", "Ingrid", "DEMO-0417", "18.09.1970", SECRET, "mayor"):
        assert secret not in words
    assert "64.4" in words


def test_a_patient_of_whom_only_the_number_is_known_has_a_page() -> None:
    from ctdild_desktop.clinical.records import Patient

    words = printed(PatientRecord(patient=Patient(id="0" * 32, mrn="SLS-0001")))
    assert "SLS-0001" in words
    assert "not recorded" in words
    assert words.count("CANNOT TELL") + words.count("NOT APPLICABLE") >= 3


def test_what_happened_since_the_last_meeting_and_the_results_are_the_recorded_ones() -> None:
    decision = Decision(
        id="d",
        meeting_id="m",
        patient_id="p",
        date=dt.date(2024, 12, 18),
        question="?",
        recommendation="Rituximab course 3",
        signed_by="amsel",
    )
    crp = Lab(id="c", date=PartialDate(2026, 3, 2), test="crp", value=Decimal("6.5"), unit="mg/L")
    echo = HeartTest(id="h", date=PartialDate(2026, 2, 1), kind="echo", rvsp_mmhg=Decimal(38))
    words = printed(replace(record(), decisions=(decision,), labs=(crp,), heart_tests=(echo,)))
    last = wording.number(EXPECTED["fvc_percent"], 1)
    assert (
        f"4 PFTs, 09.12.2024 → 12.03.2026: FVC 72.8 → {last} % predicted, DLCO 53.6 → 46.7 % predicted"
        in words
    )
    assert "Pred 7.5 mg/d → 5 mg/d 13.01.2025; RTX course 3, 04.08.2025, 18.08.2025" in words
    assert "CRP 6.5 mg/L (02.03.2026)" in words
    assert "RVSP 38 mmHg (01.02.2026)" in words
    assert "LAST DECISION 18.12.2024 Rituximab course 3. Implemented: not recorded" in words


def test_the_haemoglobin_of_a_blood_test_stands_in_brackets_which_are_explained() -> None:
    """Of three results of the day before, 127, 128 and 130 g/L, the mean corrects and is printed to 0.1."""
    plain = record()
    bled = [
        Lab(id=str(value), date=PartialDate(2026, 3, 11), test="hb", value=Decimal(value), unit="g/L")
        for value in (127, 128, 130)
    ]
    lent = replace(plain, tests=(*plain.tests[:-1], replace(plain.tests[-1], hb_g_l=None)), labs=tuple(bled))
    words, meaning = printed(lent), "Hb in brackets: of a blood test"
    assert "10.3 −4.6 46.7 47.5 −4.5 % (128.3)" in words
    assert "−3.2 % 131" in words
    assert meaning in words
    tests = full_history(patient_view(lent, TODAY))[0]
    at = tests.heads.index("Hb g/L")
    assert (tests.rows[0][at], tests.rows[1][at]) == ("(128.3)", "131")
    assert tests.title == f"Lung function; DLCO in mL/min/mmHg; {meaning}"
    assert meaning not in printed(plain)
    assert meaning not in full_history(patient_view(plain, TODAY))[0].title


def test_where_the_units_of_dlco_differ_the_head_names_both() -> None:
    """As the screen does: 3.45 mmol/min/kPa must not stand below the other unit alone."""
    plain = record()
    latest = replace(plain.tests[-1], dlco=Decimal("3.45"), dlco_unit=DlcoUnit.SI)
    mixed = replace(plain, tests=(*plain.tests[:-1], latest))
    both = "mL/min/mmHg / mmol/min/kPa"
    words = printed(mixed)
    assert f"DLCO, {both}" in words
    assert "3.45" in words
    assert full_history(patient_view(mixed, TODAY))[0].title == f"Lung function; DLCO in {both}"
    assert build_page(plain, TODAY).dlco_unit == "mL/min/mmHg"


def test_the_words_of_a_result_stand_beside_its_number_as_on_the_screen() -> None:
    drawn = Lab(
        id="c", date=PartialDate(2026, 3, 2), test="crp", value=Decimal("6.5"), unit="mg/L", text="haemolysed"
    )
    known = replace(record(), labs=(drawn,))
    assert "CRP 6.5 mg/L, haemolysed (02.03.2026)" in printed(known)
    (results,) = (table for table in full_history(patient_view(known, TODAY)) if table.title == "Laboratory")
    assert "6.5 mg/L, haemolysed" in results.rows[0]
