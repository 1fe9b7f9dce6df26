"""ndd EasyOne: best values of accepted trials, metres, fractions, NaN, and documents made to do harm."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Pft, Sex
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.reading import message_format, read_file
from ctdild_desktop.interchange.records import TestTable
from ctdild_desktop.interchange.source import read_source, source_of
from tests.support.messages import ndd, ndd_test, ndd_value, real


def read(text: str, encoding: str = "utf-8") -> TestTable:
    return read_file(source_of("easyone.xml", text.encode(encoding)))


def only_test(found: TestTable) -> Pft:
    (row,) = found.rows
    assert row.test is not None
    return row.test


def refusal(found: TestTable) -> str:
    assert found.rows == ()
    return "; ".join(remark.reason for remark in found.rejected)


def test_the_best_values_land_in_their_fields() -> None:
    found = read(
        ndd(
            ndd_test(
                ndd_value("FVC", "2.3144887948036194", "L", "3.0994998733215034", "2.4")
                + ndd_value("FEV1", "1.980659294128418", "L")
                + ndd_value("FEV1_FVC", "0.8557654632757456", "")
                + ndd_value("PEF", "5.1", "L/s")
            )
        )
    )
    assert (found.format, found.rows_read, found.rejected, found.warnings) == ("ndd", 1, (), ())
    (row,) = found.rows
    assert (row.date, row.patient.mrn, row.patient.family_name) == (dt.date(2024, 5, 6), "P1", "Holm")
    assert (row.patient.birth_date, row.patient.sex) == (PartialDate(1958, 3, 12), Sex.FEMALE)
    test = only_test(found)
    assert (test.fvc_l, test.fvc_pred_l, test.fev1_l) == (
        Decimal("2.3145"),
        Decimal("3.0995"),
        Decimal("1.9807"),
    )
    assert (test.height_cm, test.weight_kg, test.fvc_grade) == (Decimal(165), Decimal("61.5"), "B")
    assert test.device == "ndd SPIROSON_AS 1"
    given = dict(test.as_given)
    assert given["fvc_l"] == "FVC 2.3144887948036194 L"
    assert (given["PEF"], given["FVC LLN"]) == ("PEF 5.1 L/s", "FVC LLN 2.4 L")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_encoding_of_xml_is_read(encoding: str) -> None:
    declared = "utf-16" if encoding == "utf-16" else "utf-8"
    text = f'<?xml version="1.0" encoding="{declared}"?>\n' + ndd(family="Müller")
    assert read(text, encoding).rows[0].patient.family_name == "Müller"


def test_the_normal_of_a_corrected_dlco_is_not_taken_for_the_measured_one() -> None:
    found = read(ndd(ndd_test(ndd_value("DLCOadj", "14.2", "ml/min/mmHg", "24.6"))))
    test = only_test(found)
    assert (test.dlco, test.dlco_hb_corrected) == (Decimal("14.2"), True)
    assert dict(test.as_given)["DLCOadj predicted"] == "DLCOadj predicted 24.6 ml/min/mmHg"


def test_what_is_not_a_number_is_not_recorded_and_told() -> None:
    found = read(ndd(ndd_test(ndd_value("FVC", "2.3", "L", "NaN") + ndd_value("FEV1", "NaN", "L"))))
    test = only_test(found)
    assert (test.fvc_l, test.fvc_pred_l, test.fev1_l) == (Decimal("2.3"), None, None)
    assert [(remark.column, remark.reason) for remark in found.warnings] == [
        ("FEV1", "not a value; taken as not recorded")
    ]


def test_before_and_after_a_bronchodilator_are_two_tests() -> None:
    pre = ndd_test(ndd_value("FVC", "2.31", "L"), stage="Pre")
    post = ndd_test(ndd_value("FVC", "2.52", "L"), stage="Post")
    sides = [(row.row, row.test.post_bd) for row in read(ndd(pre + post)).rows if row.test is not None]
    assert sides == [(1, False), (2, True)]


def test_rejected_trials_and_changed_grades() -> None:
    value = ndd_value("FVC", "2.31", "L")
    found = read(ndd(ndd_test(value, accepted=("true", "false"))))
    assert dict(only_test(found).as_given)["Trials"] == "Trials 1 accepted, 1 rejected"
    assert "every trial was rejected" in refusal(read(ndd(ndd_test(value, accepted=("false", "false")))))
    changed = ndd_test(value).replace("<QualityGradeOriginal>B", "<QualityGradeOriginal>D")
    assert [remark.reason for remark in read(ndd(changed)).warnings] == [
        "a person changed the grade; the device gave D"
    ]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<IsBioCal>false", "<IsBioCal>true", "a check of the device, not a test of a patient"),
        ("<TestDate>2024-05-06", "<TestDate>05.06.2024", "not a date"),
        ("<Unit>L</Unit>", "<Unit/>", "no unit is given; L is not assumed"),
        ("<DataValue>2.31", "<DataValue>2,31", "not a number"),
        ("<Gender>Female", "<Gender>Male", "differ from those of the person today"),
        ("<DateOfBirth>1958-03-12", "<DateOfBirth>1958-02-30", "not a day of the calendar"),
    ],
)
def test_what_is_not_beyond_doubt_refuses_the_test(old: str, new: str, reason: str) -> None:
    text = ndd()
    assert old in text
    assert reason in refusal(read(text.replace(old, new, 1)))


def test_a_birth_date_worked_out_from_an_age_is_none() -> None:
    found = read(ndd().replace("<ComputedDateOfBirth>false", "<ComputedDateOfBirth>true"))
    assert found.rows[0].patient.birth_date is None


ENTITIES = '<!DOCTYPE ndd [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE ndd [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (ENTITIES + ndd(family="&b;"), "not built as a file of results is"),
        ('<?xml version="1.0"?>' + ENTITIES + ndd(family="&b;"), "not built as a file of results is"),
        (ndd().replace("<ndd ", OUTSIDE + "<ndd "), "not built as a file of results is"),
        (ndd(family="&b;"), "not well-formed"),
        (ndd().replace("</ndd>", ""), "not well-formed"),
        (ndd() + ENTITIES, "not well-formed"),
        ("<ndd >" + "<a>" * 100 + "</a>" * 100 + "</ndd>", "not built as a file of results is"),
        (ndd(family="x" * 20_001), "not built as a file of results is"),
        ("<ndd ></ndd>", "holds no test of anybody"),
    ],
    ids=[
        "entities",
        "entities declared",
        "outside",
        "unknown entity",
        "cut off",
        "late",
        "deep",
        "long",
        "nobody",
    ],
)
def test_a_document_made_to_do_harm_is_refused(text: str, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        read_file(source_of("easyone.xml", text.encode()), file_format="ndd")


def test_other_xml_is_not_taken_for_it() -> None:
    assert message_format(source_of("a.xml", b"<?xml version='1.0'?><other/>")) == ""


@pytest.mark.real_files
def test_the_real_export_of_an_easy_on_pc() -> None:
    found = read_file(read_source(real("ndd_easyonpc.xml")))
    assert found.rejected == found.warnings == ()
    (row,) = found.rows
    assert (row.date, row.patient.mrn) == (dt.date(2022, 3, 28), "12345678")
    assert (row.patient.birth_date, row.patient.sex) == (PartialDate(1994, 9, 25), Sex.MALE)
    test = only_test(found)
    assert (test.fvc_l, test.fvc_pred_l, test.fev1_l) == (
        Decimal("4.9745"),
        Decimal("5.6675"),
        Decimal("3.9307"),
    )
    assert (test.height_cm, test.weight_kg, test.fvc_grade) == (Decimal(180), Decimal(109), "A")
    given = dict(test.as_given)
    assert given["FVC LLN"].startswith("FVC LLN 4.71249")
    assert given["FEV1_FVC"].startswith("FEV1_FVC 0.79016")
