"""HL7 v2: observations by code, unit and words, dates, sides of a bronchodilator, and what is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import DlcoUnit, Pft, Sex
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.reading import read_file
from ctdild_desktop.interchange.records import TestTable
from ctdild_desktop.interchange.source import read_source, source_of
from tests.support.messages import real

HEAD = r"MSH|^~\&|PFTLAB|CLINIC|||20240601120000||ORU^R01|1|P|2.5"
WHO = "PID|||P1^^^CLINIC^MR||Holm^Ada||19580312|F"
ORDER = "OBR|1|||PRSP^Spirometry|||20240506101500"
FVC = "OBX|1|NM|19868-9^FVC^LN||2.31|L|> 2.1||||F"


def read(*segments: str, end: str = "\r", codec: str = "ascii") -> TestTable:
    return read_file(source_of("message.txt", (end.join(segments) + end).encode(codec)))


def only_test(found: TestTable) -> Pft:
    (row,) = found.rows
    assert row.test is not None
    return row.test


def refusal(found: TestTable) -> str:
    assert found.rows == ()
    return "; ".join(remark.reason for remark in found.rejected)


def test_each_observation_lands_in_its_field_on_the_day_it_was_made() -> None:
    found = read(
        HEAD,
        WHO,
        ORDER,
        "OBX|1|NM|8302-2^Height^LN||1.65|m|||||F",
        FVC.replace("OBX|1", "OBX|2"),
        "OBX|3|NM|20150-9^FEV1^LN||1980|mL|||||F",
        "OBX|4|NM|19872-1^FVC measured/predicted^LN||0.745|1|||||F",
        "OBX|5|SN|19911-7^Diffusing capacity^LN||^4.1|mmol/min/kPa|||||F",
        "OBX|6|NM|33452-4^PEF^LN||5.2|L/s|||||F",
        r"OBX|7|TX|15427-8^Comment^LN||seated\.br\good \T\ calm||||||F",
        "NTE|1||repeat in a year",
    )
    assert (found.format, found.rows_read, found.rejected, found.warnings) == ("hl7", 1, (), ())
    (row,) = found.rows
    assert row.date == dt.date(2024, 5, 6)
    patient = row.patient
    assert (patient.mrn, patient.family_name, patient.given_name) == ("P1", "Holm", "Ada")
    assert (patient.birth_date, patient.sex) == (PartialDate(1958, 3, 12), Sex.FEMALE)
    test = only_test(found)
    assert (test.height_cm, test.fvc_l, test.fev1_l) == (Decimal(165), Decimal("2.31"), Decimal("1.98"))
    assert (test.fvc_pct_pred, test.dlco, test.dlco_unit) == (Decimal("74.5"), Decimal("4.1"), DlcoUnit.SI)
    assert (test.laboratory, test.comment) == ("PFTLAB CLINIC", "seated\ngood & calm\nrepeat in a year")
    given = dict(test.as_given)
    assert (given["fev1_l"], given["PEF"]) == ("FEV1 1980 mL", "PEF 5.2 L/s")
    assert given["FVC (range)"] == "FVC (range) > 2.1 L"


def test_before_and_after_a_bronchodilator_are_two_tests_and_the_body_belongs_to_both() -> None:
    found = read(
        HEAD,
        WHO,
        ORDER,
        "OBX|1|NM|8302-2^Height^LN||165|cm|||||F",
        "OBX|2|NM|19876-2^PreBD FVC^LN||2.31|L|||||F",
        "OBX|3|NM|19874-7^PostBD FVC^LN||2.52|L|||||F",
        "OBX|4|NM|19862-2^TLC^LN||3.9|L|||||F",
    )
    assert [
        (test.post_bd, test.fvc_l, test.tlc_l, test.height_cm)
        for row in found.rows
        if (test := row.test) is not None
    ] == [
        (False, Decimal("2.31"), Decimal("3.9"), Decimal(165)),
        (True, Decimal("2.52"), None, Decimal(165)),
    ]


def test_an_observation_may_have_a_day_of_its_own() -> None:
    found = read(HEAD, WHO, ORDER, FVC, "OBX|2|NM|20150-9^FEV1^LN||1.9|L|||||F|||20240507")
    assert [row.date.day for row in found.rows] == [6, 7]


@pytest.mark.parametrize(
    ("observation", "reason"),
    [
        ("OBX|1|NM|19868-9^FEV1^LN||2.31|L|||||F", "the code 19868-9 means FVC and the words beside it FEV1"),
        ("OBX|1|NM|19876-2^PostBD FVC^LN||2.31|L|||||F", "differ in before and after bronchodilator"),
        ("OBX|1|NM|19868-9^FVC^LN||2.31||||||F", "no unit is given; L is not assumed"),
        ("OBX|1|NM|19868-9^FVC^LN||2.31|L/s|||||F", "the unit L/s is not one of this value"),
        ("OBX|1|NM|19868-9^FVC^LN||2.31|L|||||P", "the result is not final (status P)"),
        ("OBX|1|NM|19868-9^FVC^LN||2.31|L|||||W", "the result is not final (status W)"),
        ("OBX|1|NM|19868-9^FVC^LN||> 2.31|L|||||F", "not a number"),
        ("OBX|1|SN|19868-9^FVC^LN||>^2.31|L|||||F", "a limit or a ratio, not a value"),
        ("OBX|1|NM|19868-9^FVC^LN||2.31~2.40|L|||||F", "several values in one result"),
        ("OBX|1|CE|19868-9^FVC^LN||2.31|L|||||F", "a value of type CE, not a number"),
        ("OBX|1|NM|718-7^Hb^LN||12.8|g/dL|||||F", "holds no value of lung function that is known here"),
    ],
)
def test_a_result_that_is_not_beyond_doubt_refuses_the_test(observation: str, reason: str) -> None:
    assert reason in refusal(read(HEAD, WHO, ORDER, observation))


def test_the_date_of_the_message_is_not_the_date_of_the_test() -> None:
    assert "the date of the message is not taken for it" in refusal(read(HEAD, WHO, "OBR|1", FVC))


def test_other_messages_and_those_of_a_training_system_are_refused() -> None:
    assert "the message is ADT^A01" in refusal(read(HEAD.replace("ORU^R01", "ADT^A01"), WHO, ORDER, FVC))
    assert "training or testing" in refusal(read(HEAD.replace("|P|", "|T|"), WHO, ORDER, FVC))


def test_a_result_that_was_not_obtained_is_left_out_and_a_corrected_one_is_told() -> None:
    found = read(
        HEAD,
        WHO,
        ORDER,
        FVC.replace("||||F", "||||C"),
        "OBX|2|NM|20150-9^FEV1^LN||9|L|||||X",
    )
    assert only_test(found).fev1_l is None
    assert [remark.reason for remark in found.warnings] == ["a corrected result"]


@pytest.mark.parametrize(
    ("numbers", "mrn"),
    [
        ("P1", "P1"),
        ("77^^^STATE^SS~P1^^^CLINIC^MR", "P1"),
        ("77^^^STATE^SS~P1^^^CLINIC^PI", ""),
        ("P1^^^A^MR~P2^^^B^MR", ""),
        ("", ""),
    ],
)
def test_the_mrn_is_the_number_marked_so_or_the_only_one(numbers: str, mrn: str) -> None:
    found = read(HEAD, WHO.replace("P1^^^CLINIC^MR", numbers), ORDER, FVC)
    assert found.rows[0].patient.mrn == mrn


def test_a_dlco_corrected_for_haemoglobin_says_so_and_stands_behind_the_measured_one() -> None:
    corrected = "OBX|2|NM|19913-3^DLCO adjusted for Hb^LN||12.9|mL/min/mm[Hg]|||||F"
    test = only_test(read(HEAD, WHO, ORDER, FVC, corrected))
    assert (test.dlco, test.dlco_hb_corrected) == (Decimal("12.9"), True)
    measured = "OBX|3|NM|19911-7^DLCO^LN||12.1|mL/min/mm[Hg]|||||F"
    test = only_test(read(HEAD, WHO, ORDER, FVC, corrected, measured))
    assert (test.dlco, test.dlco_hb_corrected) == (Decimal("12.1"), None)
    assert dict(test.as_given)["DLCO adjusted for Hb"] == "DLCO adjusted for Hb 12.9 mL/min/mm[Hg]"


def test_a_value_whose_name_cannot_be_shown_refuses_the_test() -> None:
    hidden = FVC.replace("^FVC^", r"^FVC \X01\^")
    assert "holds characters that cannot be seen" in refusal(read(HEAD, WHO, ORDER, hidden))


def test_two_corrected_dlco_that_differ_refuse_the_test() -> None:
    corrected = "OBX|{n}|NM|19913-3^DLCO Hb corrected^LN||{value}|mL/min/mmHg|||||F"
    found = read(HEAD, WHO, ORDER, corrected.format(n=1, value="14.2"), corrected.format(n=2, value="17.9"))
    assert "contradicts DLCO Hb corrected 14.2 mL/min/mmHg" in refusal(found)


def test_several_messages_of_a_file_are_read_and_only_sound_ones_taken() -> None:
    other = WHO.replace("P1", "P2")
    found = read("FHS|^~\\&", HEAD, WHO, ORDER, FVC, HEAD, other, ORDER, FVC.replace("L|", "|"))
    assert [(row.row, row.patient.mrn) for row in found.rows] == [(1, "P1")]
    assert [remark.row for remark in found.rejected] == [2]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_other_line_ends_are_told(end: str) -> None:
    found = read(HEAD, WHO, ORDER, FVC, end=end)
    assert only_test(found).fvc_l == Decimal("2.31")
    assert [remark.reason for remark in found.warnings] == ["the line ends are not those of HL7 (CR)"]


def test_frames_byte_order_marks_and_utf_16_are_read_through() -> None:
    data = "\r".join((HEAD, WHO, ORDER, FVC)).encode()
    for wrapped in (b"\x0b" + data + b"\x1c\r", b"\xef\xbb\xbf" + data, data.decode().encode("utf-16")):
        assert only_test(read_file(source_of("m", wrapped))).fvc_l == Decimal("2.31")


@pytest.mark.parametrize(
    ("codec", "stated", "warned"),
    [
        ("utf-8", "", False),
        ("utf-8", "UNICODE UTF-8", False),
        ("cp1252", "8859/1", False),
        ("cp1252", "", True),
    ],
)
def test_the_letters_of_a_name_are_read_as_they_were_written(codec: str, stated: str, warned: bool) -> None:
    head = f"{HEAD}||||||{stated}"
    found = read(head, WHO.replace("Holm", "Müller"), ORDER, FVC, codec=codec)
    assert found.rows[0].patient.family_name == "Müller"
    assert [remark.column for remark in found.warnings] == (["MSH-18"] if warned else [])


def test_a_name_of_central_europe_is_read_by_the_stated_letters_and_unknown_ones_are_told() -> None:
    who = WHO.replace("Holm", "Dvořák")
    found = read(f"{HEAD}||||||8859/2", who, ORDER, FVC, codec="iso8859-2")
    assert (found.rows[0].patient.family_name, found.warnings) == ("Dvořák", ())
    found = read(f"{HEAD}||||||GB 18030-2000", who, ORDER, FVC, codec="iso8859-2")
    assert [(remark.column, remark.value) for remark in found.warnings] == [("MSH-18", "GB 18030-2000")]


def test_a_text_that_was_sent_in_error_or_is_not_final_is_left_out_and_told() -> None:
    found = read(
        HEAD,
        WHO,
        ORDER,
        FVC,
        "OBX|2|TX|1^Comment^LN||of another patient||||||W",
        "OBX|3|NM|2345-7^Glucose^LN||5.2|mmol/L|||||D",
    )
    test = only_test(found)
    assert (test.comment, [name for name, _ in test.as_given]) == ("", ["laboratory", "fvc_l", "FVC (range)"])
    assert [(remark.column, remark.reason) for remark in found.warnings] == [
        ("Comment", "the result is not final (status W)"),
        ("Glucose", "the result is not final (status D)"),
    ]


def test_a_side_behind_an_underscore_is_read() -> None:
    found = read(HEAD, WHO, ORDER, FVC.replace("^FVC^", "^FVC_POST^"))
    assert (only_test(found).fvc_l, only_test(found).post_bd) == (Decimal("2.31"), True)


def test_a_missing_result_number_is_told_and_a_broken_file_refused() -> None:
    found = read(HEAD, WHO, ORDER, FVC, "OBX|3|NM|20150-9^FEV1^LN||1.9|L|||||F")
    assert [remark.reason for remark in found.warnings] == ["the results before number 3 are not all there"]
    with pytest.raises(FormatError, match="line 2 is no segment"):
        read(HEAD, "something else")
    with pytest.raises(FormatError, match="separators are not told apart"):
        read("MSH|^^^^|", WHO)


@pytest.mark.real_files
def test_the_real_message_of_a_laboratory() -> None:
    found = read_file(read_source(real("pftlab_oru_r01.hl7")))
    assert found.rejected == found.warnings == ()
    (row,) = found.rows
    assert (row.date, row.patient.mrn, row.patient.sex) == (dt.date(2015, 2, 24), "0999995", Sex.MALE)
    assert row.patient.birth_date == PartialDate(1933, 9, 26)
    test = only_test(found)
    assert (test.post_bd, test.height_cm, test.weight_kg) == (False, Decimal(159), Decimal("66.2"))
    assert (test.fev1_l, test.fev1_pct_pred) == (Decimal("1.09"), Decimal(56))
    assert (test.fvc_l, test.fvc_pct_pred) == (Decimal("2.2"), Decimal(78))
    given = dict(test.as_given)
    assert given["PreBD % Predicted PEF"] == "PreBD % Predicted PEF 67 %"
    assert given["PreBD FEV1 (range)"] == "PreBD FEV1 (range) > 1.30 L"
    assert test.comment == "Test performance was good."
