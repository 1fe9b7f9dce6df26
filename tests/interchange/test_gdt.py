"""GDT: values with their units, what stated lengths prove, and what is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import DlcoUnit, Patient, Pft, Sex
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.reading import FORMATS, message_format, read_file
from ctdild_desktop.interchange.records import Remark, TestTable
from ctdild_desktop.interchange.source import read_source, source_of
from tests.support.messages import DAY, WHO, gdt, real, value

LETTERS = (("3000", "P1"), ("3101", "Müller"), *DAY, *value("FVC", "2.31", "L"))


def read(data: bytes) -> TestTable:
    return read_file(source_of("spirometer.txt", data))


def only_test(found: TestTable) -> Pft:
    (row,) = found.rows
    assert row.test is not None
    return row.test


def refusal(found: TestTable) -> str:
    assert found.rows == ()
    return "; ".join(remark.reason for remark in found.rejected)


def test_each_value_lands_in_its_field_with_its_own_words_beside_it() -> None:
    found = read(
        gdt(
            *WHO,
            ("3622", "165"),
            ("3623", "61,5"),
            *DAY,
            *value("FVC", "2310", "mL", normal="3100"),
            *value("FEV1", "1,98", "L"),
            *value("TLCO", "4,10", "mmol/min/kPa"),
            *value("FVC %pred", "74,5", "%"),
            *value("PEF", "5,2", "L/s"),
            ("6228", "seated"),
        )
    )
    assert (found.format, found.rows_read, found.rejected, found.warnings) == ("gdt", 1, (), ())
    (row,) = found.rows
    assert (row.row, row.date) == (1, dt.date(2024, 5, 6))
    assert row.patient == Patient(
        id="",
        mrn="P1",
        family_name="Holm",
        given_name="Ada",
        birth_date=PartialDate(1958, 3, 12),
        sex=Sex.FEMALE,
        height_cm=Decimal(165),
    )
    test = only_test(found)
    assert (test.fvc_l, test.fvc_pred_l, test.fev1_l) == (Decimal("2.31"), Decimal("3.1"), Decimal("1.98"))
    assert (test.dlco, test.dlco_unit) == (Decimal("4.10"), DlcoUnit.SI)
    assert (test.fvc_pct_pred, test.height_cm, test.weight_kg) == (
        Decimal("74.5"),
        Decimal(165),
        Decimal("61.5"),
    )
    assert test.comment == "seated"
    given = dict(test.as_given)
    assert (given["fvc_l"], given["PEF"]) == ("FVC 2310 mL", "PEF 5,2 L/s")


def test_tests_of_several_days_and_before_and_after_a_bronchodilator_are_apart() -> None:
    found = read(
        gdt(
            *WHO,
            *DAY,
            *value("FVC", "2.31", "L", "Pre Best Test"),
            *value("FVC", "2.52", "L", "Post Best Test"),
            *value("FVC", "2.40", "L"),
            ("8432", "07052024"),
        )
    )
    assert [
        (row.row, row.date.day, row.test.post_bd, row.test.fvc_l)
        for row in found.rows
        if row.test is not None
    ] == [
        (1, 6, False, Decimal("2.31")),
        (2, 6, True, Decimal("2.52")),
        (3, 7, None, Decimal("2.40")),
    ]


def test_the_best_trial_counts_and_a_rejected_one_does_not() -> None:
    found = read(
        gdt(
            *WHO,
            *DAY,
            *value("FVC", "2.20", "L", "Test 1"),
            *value("FVC", "2.31", "L", "Best Test"),
            *value("FEV1", "9.99", "L", "rejected"),
        )
    )
    test = only_test(found)
    assert (test.fvc_l, test.fev1_l) == (Decimal("2.31"), None)
    assert [remark.reason for remark in found.warnings] == ["a rejected trial; it is not used"]
    assert dict(test.as_given)["FEV1 rejected"] == "FEV1 rejected 9.99 L"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (value("FVC", "2.31", ""), "no unit is given; L is not assumed"),
        (value("FVC", "2.31", "L/s"), "the unit L/s is not one of this value"),
        (value("FVC", "2.31x", "L"), "not a number"),
        (value("FVC", "1,234", "L"), "may mean 1.234 or 1234; write it so that it can mean one thing only"),
        ((*value("FVC", "2.31", "L"), *value("FVC", "2.5", "L")), "contradicts FVC 2.31 L of the same test"),
        (value("DLCO", "12", "mL"), "not a unit of DLCO; use mL/min/mmHg or mmol/min/kPa"),
        (value("FVC", "NaN", "L"), "holds no value of lung function that is known here"),
        (value("FEV1%", "76", "%"), "holds no value of lung function that is known here"),
        (value("PEF", "5.2", "L/s"), "holds no value of lung function that is known here"),
    ],
)
def test_a_value_that_is_not_beyond_doubt_refuses_the_test(
    fields: tuple[tuple[str, str], ...], reason: str
) -> None:
    assert reason in refusal(read(gdt(*WHO, *DAY, *fields)))


def test_the_day_of_storing_is_not_the_day_of_the_test() -> None:
    found = read(gdt(*WHO, ("6200", "07052024"), *value("FVC", "2.31", "L")))
    assert found.rejected == (
        Remark(1, "8432", "07052024", "no date of the test; 6200 is the day on which it was stored"),
    )


def test_another_kind_of_test_and_another_kind_of_record_are_refused() -> None:
    assert "not a test of lung function" in refusal(
        read(gdt(*WHO, ("8402", "EKG01"), ("8432", "06052024"), *value("FVC", "2.31", "L")))
    )
    assert "only 6310 does" in refusal(read(gdt(*WHO, kind="6302")))


def test_a_record_of_two_persons_is_nobodys() -> None:
    fvc = value("FVC", "2.31", "L")
    assert "contradicts P1 of the same test" in refusal(read(gdt(*WHO, *DAY, *fvc, ("3000", "P2"))))
    assert len(read(gdt(*WHO, *DAY, *fvc, ("3000", "P1"))).rows) == 1


def test_two_records_of_one_file_are_two_tests() -> None:
    record = gdt(*WHO, *DAY, *value("FVC", "2.31", "L"))
    other = record.replace(b"3000P1", b"3000P2").replace(b"06052024", b"07052024")
    found = read(record + other)
    assert [(row.row, row.patient.mrn, row.date.day) for row in found.rows] == [(1, "P1", 6), (2, "P2", 7)]


def test_values_that_contradict_one_another_are_told() -> None:
    found = read(
        gdt(
            *WHO,
            *DAY,
            *value("FVC", "2.31", "L", normal="3.10"),
            *value("FVC %pred", "90", "%"),
            *value("FEV1", "1.98", "L"),
            *value("FEV1/FVC", "60", "%"),
            *value("PEF", "5.2", "L/s"),
            *value("PEF", "400", "L/min"),
        )
    )
    assert [(remark.column, remark.reason) for remark in found.warnings] == [
        ("FEV1/FVC", "contradicts FEV1 and FVC, which give 85.7 %"),
        ("FVC", "contradicts the predicted value, which gives 74.5 %"),
        ("PEF", "the file gives two values that do not agree"),
    ]


def test_changed_line_ends_are_told_and_lose_nothing() -> None:
    data = gdt(*LETTERS, codec="cp1252").replace(b"\xfc", b"u").replace(b"\r\n", b"\n")
    found = read(data)
    assert [remark.reason for remark in found.warnings] == [
        "the line ends are not those of GDT; the stated lengths are right for CRLF and nothing is missing"
    ]
    assert only_test(found).fvc_l == Decimal("2.31")


def test_a_file_that_was_cut_off_is_refused() -> None:
    data = gdt(*WHO, *DAY, *value("FVC", "2.31", "L"), *value("FEV1", "1.98", "L"))
    with pytest.raises(FormatError, match="was cut off: it says 195 bytes and holds 185"):
        read(data[: -len(b"0108421L\r\n")])


def test_a_value_line_that_is_shorter_than_it_says_refuses_the_test() -> None:
    data = gdt(*WHO, *DAY, *value("FVC", "12.31", "L"), *value("FEV1", "1.98", "L"), ("6228", "seated here"))
    damaged = data.replace(b"842012.31", b"84202.31").replace(b"seated here", b"seated there")
    assert "a part may be lost" in refusal(read(damaged))


def test_a_name_that_lost_the_word_for_after_a_bronchodilator_refuses_the_test() -> None:
    named = (("8410", "FVC"), ("8411", "FVC post"), *value("FVC", "2.31", "L")[1:])
    data = gdt(*WHO, *DAY, *named, *value("FEV1", "1.98", "L"))
    assert [row.test.post_bd for row in read(data).rows if row.test] == [True, None]
    damaged = data.replace(b"FVC post", b"FVC").replace(b"8100", b"8101")
    assert "a part may be lost" in "; ".join(remark.reason for remark in read(damaged).rejected)


@pytest.mark.parametrize(
    ("codec", "stated", "warned"),
    [
        ("cp1252", "3", ""),
        ("cp437", "2", ""),
        ("cp437", "", "the file does not say how its letters are written; cp437 was taken: check the name"),
        ("cp1252", "", "the file does not say how its letters are written; cp1252 was taken: check the name"),
        ("utf-8", "", "the letters were converted to UTF-8 on the way"),
    ],
)
def test_the_letters_of_a_name_are_read_as_they_were_written(codec: str, stated: str, warned: str) -> None:
    charset = (("9206", stated),) if stated else ()
    data = gdt(*charset, *LETTERS, codec="cp1252" if codec == "utf-8" else codec)
    if codec == "utf-8":
        data = data.decode("cp1252").encode("utf-8")
    found = read(data)
    assert found.rows[0].patient.family_name == "Müller"
    assert [remark.reason for remark in found.warnings] == ([warned] if warned else [])


def test_utf_16_is_read_and_told() -> None:
    found = read(gdt(*WHO, *DAY, *value("FVC", "2.31", "L")).decode("ascii").encode("utf-16"))
    assert only_test(found).fvc_l == Decimal("2.31")
    assert [remark.reason for remark in found.warnings] == ["the file was converted to UTF-16 on the way"]


def test_what_is_no_gdt_line_is_named() -> None:
    with pytest.raises(FormatError, match="line 3 does not begin with a length and a field"):
        read(gdt() + b"something else\r\n")
    with pytest.raises(FormatError, match="it looks like a table"):
        read_file(source_of("a.csv", b"mrn,test_date\n"), file_format="gdt")
    assert message_format(source_of("a.csv", b"mrn,test_date\n")) == ""
    assert FORMATS[:3] == ("auto", "csv", "xlsx")


@pytest.mark.real_files
def test_the_real_file_of_a_vitalograph() -> None:
    found = read_file(read_source(real("vitalograph.gdt")))
    assert found.rejected == ()
    (row,) = found.rows
    assert (row.date, row.patient.mrn) == (dt.date(2014, 11, 6), "CHARLY1")
    test = only_test(found)
    assert (test.fvc_l, test.fvc_pred_l, test.fev1_l) == (Decimal("3.61"), Decimal("4.81"), Decimal("3.10"))
    assert "Mild restriction" in test.comment
    assert dict(test.as_given)["PEF"] == "PEF 8.78 L/s; PEF 527 L/Min"
    assert [remark.reason for remark in found.warnings] == [
        "the line ends are not those of GDT; the stated lengths are right for CRLF and nothing is missing"
    ]
