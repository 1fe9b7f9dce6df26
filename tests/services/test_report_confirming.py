"""Reports in text: nothing is saved that a person did not confirm, and everything of it in one act."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Attachment, DlcoUnit, Pft
from ctdild_desktop.interchange.report_text import read_report
from ctdild_desktop.services import attachments, patients
from ctdild_desktop.services.desk import Change, Desk, RefusedError
from ctdild_desktop.services.report_confirming import Answer, confirm_report
from ctdild_desktop.services.report_sources import Report, against, opened, owner_of, pasted
from tests.support import holloway
from tests.support.desks import as_user, fill, in_a_file
from tests.support.pdfs import text_pdf

ID = holloway.patient().id
DAY = dt.date(2026, 3, 2)
TEXT = """\
Name: HOLLOWAY, Ingrid   MRN: {mrn}
Test date: 02.03.2026
            Pred   Pre    %Pred   Post   %Pred
FVC (L)     3.59   2.31   64      2.40   67
FEV1 (L)    2.80   1.94   69      2.00   71
DLCO: 10.3 mL/min/mmHg
Hb: 12.8 g/dL
"""


@pytest.fixture
def filled(desk: Desk) -> Desk:
    record = holloway.record()
    fill(desk, replace(record, tests=tuple(test for test in record.tests if test.date < DAY)))
    return desk


def report(**given: str) -> Report:
    return pasted(TEXT.format(mrn=given.get("mrn", holloway.patient().mrn)))


def confirmed(of: Report, *, post_bd: bool = False) -> dict[str, Answer]:
    """Every value as it was read."""
    seen = read_report(of.text).of_side(post_bd=post_bd)
    return {name: Answer(sightings[0].value) for name, sightings in seen.items()}


def recorded(desk: Desk) -> tuple[Pft, ...]:
    return patients.load(desk, ID).tests


def files_of(desk: Desk) -> tuple[Attachment, ...]:
    return patients.load(desk, ID).attachments


def test_a_confirmed_report_is_one_test_with_its_words_and_its_file(filled: Desk) -> None:
    before = files_of(filled)
    given = report()
    done = confirm_report(filled, ID, given, confirmed(given), date=DAY)
    test = done.value
    assert done.changes.kinds == {Change.TEST, Change.ATTACHMENT}
    assert done.message.startswith("Saved PFT 02.03.2026: FVC 2.31 L, DLCO 10.3, with its report.")
    assert (test.fvc_l, test.fev1_l, test.dlco, test.hb_g_l) == (
        Decimal("2.31"),
        Decimal("1.94"),
        Decimal("10.3"),
        Decimal("128.0"),
    )
    assert (test.fvc_pct_pred, test.fvc_pred_l, test.dlco_unit) == (
        Decimal(64),
        Decimal("3.59"),
        DlcoUnit.TRADITIONAL,
    )
    assert test.post_bd is False
    assert dict(test.as_given)["hb_g_l"] == "Hb 12.8 g/dL"
    assert (test.source_format, test.source_sha256) == ("text", given.sha256)
    (file,) = (one for one in files_of(filled) if one not in before)
    assert (file.kind, file.record_kind, file.record_id) == ("lung_function", "pft", test.id)
    assert file.date == PartialDate.of(DAY)
    assert attachments.read(filled, file.id).content == given.text.encode()
    assert done.undo is not None
    done.undo()
    assert test.id not in {one.id for one in recorded(filled)}
    assert files_of(filled) == before


@in_a_file
def test_it_can_be_confirmed_again_after_undo(filled: Desk) -> None:
    given = report()
    done = confirm_report(filled, ID, given, confirmed(given), date=DAY)
    assert done.undo is not None
    done.undo()
    again = confirm_report(filled, ID, given, confirmed(given), date=DAY).value
    (file,) = (one for one in files_of(filled) if one.sha256 == given.sha256)
    assert file.record_id == again.id


@in_a_file
def test_a_pdf_is_kept_byte_for_byte(filled: Desk, tmp_path: Path) -> None:
    path = tmp_path / "Lung function.pdf"
    path.write_bytes(text_pdf(TEXT.format(mrn=holloway.patient().mrn)))
    given = opened(path)
    test = confirm_report(filled, ID, given, confirmed(given), date=DAY).value
    assert test.source_format == "pdf"
    assert test.source_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    (file,) = (one for one in files_of(filled) if one.record_id == test.id)
    assert (file.name, file.media_type) == ("Lung function.pdf", "application/pdf")
    assert attachments.read(filled, file.id).content == path.read_bytes()


@in_a_file
def test_nothing_is_saved_while_a_value_has_no_answer(filled: Desk) -> None:
    given = report()
    answers = confirmed(given)
    del answers["fev1_l"]
    before = patients.load(filled, ID)
    with pytest.raises(RefusedError, match="Confirm, correct or leave out each value first: FEV1"):
        confirm_report(filled, ID, given, answers, date=DAY)
    assert patients.load(filled, ID) == before


@in_a_file
def test_a_confirmed_value_is_the_one_that_stands_there(filled: Desk) -> None:
    given = report()
    answers = {**confirmed(given), "fvc_l": Answer(Decimal("3.59"))}
    with pytest.raises(RefusedError, match="is not what the report says"):
        confirm_report(filled, ID, given, answers, date=DAY)


@in_a_file
def test_a_corrected_and_a_left_out_value(filled: Desk) -> None:
    given = report()
    answers = {
        **confirmed(given),
        "fvc_l": Answer(Decimal("2.33"), corrected=True),
        "dlco": Answer(None),
        "fvc_pred_l": Answer(None),
    }
    test = confirm_report(filled, ID, given, answers, date=DAY).value
    assert (test.fvc_l, test.dlco, test.dlco_unit) == (Decimal("2.33"), None, None)
    assert dict(test.as_given)["fvc_l"] == "FVC 2.31 L (corrected)"
    assert "dlco" not in dict(test.as_given)


@in_a_file
def test_the_values_after_the_bronchodilator_are_a_test_of_their_own(filled: Desk) -> None:
    given = report()
    first = confirm_report(filled, ID, given, confirmed(given), date=DAY).value
    with pytest.raises(RefusedError, match=r"saved already: PFT 02\.03\.2026"):
        confirm_report(filled, ID, given, confirmed(given), date=DAY)
    second = confirm_report(filled, ID, given, confirmed(given, post_bd=True), date=DAY, post_bd=True).value
    assert (second.post_bd, second.fvc_l, second.dlco) == (True, Decimal("2.40"), None)
    assert {first.id, second.id} <= {test.id for test in recorded(filled)}
    assert len([one for one in files_of(filled) if one.sha256 == given.sha256]) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("MRN: 99999\nFVC: 2.31 L", "another MRN: 99999"),
        ("Surname: Quist\nFVC: 2.31 L", "another surname: Quist"),
        ("Name: Morten Quist\nFVC: 2.31 L", "another name: Morten Quist"),
        ("Date of birth: 01.02.1970\nFVC: 2.31 L", "another birth date: 01.02.1970"),
        ("Sex: male\nFVC: 2.31 L", "another sex"),
        ("MRN: 1\nMRN: 2\nFVC: 2.31 L", "contradicts itself: MRN"),
    ],
)
@in_a_file
def test_a_report_of_somebody_else_is_refused(filled: Desk, text: str, words: str) -> None:
    given = pasted(text)
    assert words in against(read_report(text), patients.load(filled, ID).patient)[0].text
    with pytest.raises(RefusedError, match=words):
        confirm_report(filled, ID, given, confirmed(given), date=DAY)
    assert not any(test.date == DAY for test in recorded(filled))


@in_a_file
def test_an_unlikely_value_is_asked_about_and_an_impossible_one_refused(filled: Desk) -> None:
    given = pasted("FVC: 9.31 L")
    with pytest.raises(RefusedError) as refused:
        confirm_report(filled, ID, given, confirmed(given), date=DAY)
    assert any(issue.hard and issue.field == "fvc_l" for issue in refused.value.issues)
    small = pasted("FVC: 2.31 L\nHb: 7.0 g/dL")
    with pytest.raises(RefusedError) as asked:
        confirm_report(filled, ID, small, confirmed(small), date=DAY)
    codes = [issue.code for issue in asked.value.issues]
    assert codes
    assert not any(issue.hard for issue in asked.value.issues)
    assert confirm_report(
        filled, ID, small, confirmed(small), date=DAY, confirmed=codes
    ).value.hb_g_l == Decimal("70.0")


@in_a_file
def test_the_very_same_report_of_another_patient_is_asked_about(filled: Desk) -> None:
    other = patients.add_patient(
        filled, replace(holloway.patient(), id="", mrn="T-9", family_name="Holm", given_name="Vera")
    ).value
    given = pasted("FVC: 2.31 L")
    confirm_report(filled, ID, given, confirmed(given), date=DAY)
    with pytest.raises(RefusedError, match="Another patient has the very same report"):
        confirm_report(filled, other.id, given, confirmed(given), date=DAY)


@in_a_file
def test_whose_a_report_is_when_that_is_beyond_doubt(filled: Desk) -> None:
    assert owner_of(filled, report()).patient_id == ID
    known = holloway.patient()
    assert known.birth_date is not None
    named = f"Surname: {known.family_name}   First name: {known.given_name}\nSex: female\n"
    born = f"Date of birth: {known.birth_date}\nFVC: 2.31 L"
    assert owner_of(filled, pasted(named + born)).patient_id == ID
    for text in (
        "FVC: 2.31 L",
        named + "FVC: 2.31 L",
        "MRN: 99999\n" + named + born,
        "MRN: 99999\nFVC: 2.31 L",
    ):
        owner = owner_of(filled, pasted(text))
        assert owner.patient_id == ""
        assert owner.reason
    contradicting = owner_of(filled, pasted(f"MRN: {known.mrn}\nSurname: Quist\nFVC: 2.31 L"))
    assert (contradicting.patient_id, contradicting.sought) == ("", known.mrn)


def test_the_laboratory_s_own_number_is_no_contradiction_where_all_else_agrees() -> None:
    known = holloway.patient()
    head = f"Surname: {known.family_name}   First name: {known.given_name}   Sex: female\n"
    born = f"Date of birth: {known.birth_date}   "
    assert against(read_report(f"{head}{born}ID: LAB-77\nFVC: 2.31 L"), known) == ()
    assert against(read_report(f"{head}{born}MRN: LAB-77\nFVC: 2.31 L"), known)
    assert against(read_report(f"{head}ID: LAB-77\nFVC: 2.31 L"), known)


@in_a_file
def test_a_viewer_confirms_nothing(filled: Desk) -> None:
    viewer = as_user(filled, "vogel", "V. Vogel", "viewer")
    with pytest.raises(RefusedError, match="viewer"):
        confirm_report(viewer, ID, report(), {}, date=DAY)
