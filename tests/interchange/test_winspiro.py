"""MIR WinspiroPRO: decimal commas, values that were not measured, and a file that names nobody."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.reading import read_file
from ctdild_desktop.interchange.records import TestTable
from ctdild_desktop.interchange.source import read_source, source_of
from tests.support.messages import real

HEAD = "SESSIONDATE\t25-08-2024\r\nSESSIONTIME\t13:27:45\r\n"
FVC = "FVC\tL\t2,31\t3,10\t74,52\r\n"


def read(text: str, encoding: str = "cp1252") -> TestTable:
    return read_file(source_of("mir.wsp", text.encode(encoding)))


def refusal(found: TestTable) -> str:
    assert found.rows == ()
    return "; ".join(remark.reason for remark in found.rejected)


def test_the_values_land_in_their_fields_and_name_nobody() -> None:
    found = read(
        HEAD
        + FVC
        + "FEV1\tL\t1,98\t2,60\t76,15\r\nFEV1/FVC\t%\t85,71\t83\t103\r\nPEF\tL/s\t4,65\t7,36\t63,22\r\n"
    )
    assert (found.format, found.rows_read, found.rejected, found.warnings) == ("winspiro", 1, (), ())
    (row,) = found.rows
    assert (row.date, row.patient.mrn, row.patient.family_name) == (dt.date(2024, 8, 25), "", "")
    test = row.test
    assert test is not None
    assert (test.fvc_l, test.fvc_pred_l, test.fvc_pct_pred) == (
        Decimal("2.31"),
        Decimal("3.10"),
        Decimal("74.52"),
    )
    assert (test.fev1_l, test.fev1_pct_pred) == (Decimal("1.98"), Decimal("76.15"))
    given = dict(test.as_given)
    assert (given["fvc_l"], given["PEF"]) == ("FVC 2,31 L", "PEF 4,65 L/s")


def test_a_doubtful_number_is_read_with_the_comma_of_the_format() -> None:
    (row,) = read(HEAD + FVC.replace("2,31", "2,310")).rows
    assert row.test is not None
    assert row.test.fvc_l == Decimal("2.310")


def test_decimal_points_are_read_where_the_file_shows_them() -> None:
    (row,) = read(HEAD + FVC.replace(",", ".")).rows
    assert row.test is not None
    assert row.test.fvc_l == Decimal("2.31")


def test_a_zero_was_not_measured() -> None:
    found = read(HEAD + FVC + "FEV1\tL\t0\t2,60\t0\r\nFIVC\tL\t0\t3,1\t0\r\n")
    (row,) = found.rows
    assert row.test is not None
    assert (row.test.fev1_l, row.test.fev1_pct_pred) == (None, None)
    assert [(remark.column, remark.reason) for remark in found.warnings] == [
        ("FEV1", "not a value; taken as not recorded")
    ]


def test_contradictions_are_told_and_what_is_not_beyond_doubt_is_refused() -> None:
    found = read(HEAD + FVC.replace("74,52", "90"))
    assert [remark.reason for remark in found.warnings] == [
        "contradicts the predicted value, which gives 74.5 %"
    ]
    assert "the unit mL/s is not one of this value" in refusal(read(HEAD + FVC.replace("\tL\t", "\tmL/s\t")))
    assert "not a date" in refusal(read(HEAD.replace("25-08", "25-18") + FVC))
    with pytest.raises(FormatError, match="line 3"):
        read(HEAD + "FVC\r\n")


def test_a_column_more_than_usual_is_kept() -> None:
    (row,) = read(HEAD + FVC.replace("74,52", "74,52\t2,40")).rows
    assert row.test is not None
    assert dict(row.test.as_given)["FVC (6)"] == "FVC (6) 2,40"


def test_two_sessions_are_two_tests() -> None:
    found = read(HEAD + FVC + HEAD.replace("25-08", "26-08") + FVC)
    assert [row.date.day for row in found.rows] == [25, 26]


def test_utf_16_is_read() -> None:
    assert len(read(HEAD + FVC, "utf-16").rows) == 1


@pytest.mark.real_files
def test_the_real_result_of_a_winspiro() -> None:
    found = read_file(read_source(real("mir_winspiro.wsp")))
    assert found.rejected == found.warnings == ()
    (row,) = found.rows
    assert (row.date, row.patient.mrn) == (dt.date(2008, 8, 25), "")
    assert row.test is not None
    assert (row.test.fvc_l, row.test.fvc_pct_pred) == (Decimal("10.94"), Decimal("250.91"))
