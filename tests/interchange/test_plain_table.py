"""The plain table: every column, every rejection with its place and reason, nothing dropped silently."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from ctdild_desktop import language
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import DlcoUnit, Patient, Pft, Sex, Visit
from ctdild_desktop.interchange.clinic_files import read_tables
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.mapping import DateOrigin, Mapping, OffsetUnit, parse_mapping
from ctdild_desktop.interchange.records import Remark, TestTable
from ctdild_desktop.interchange.source import source_of
from tests.support.packing import SHEET, packed, sheet


def read(text: str, mapping: Mapping | str | None = None) -> TestTable:
    mapping = parse_mapping(mapping) if isinstance(mapping, str) else mapping
    return read_tables(source_of("tests.csv", text.encode()), mapping)


def only_reason(found: TestTable) -> Remark:
    assert found.rows == ()
    (remark,) = found.rejected
    return remark


def test_every_column_lands_in_its_field() -> None:
    found = read(
        "mrn;family_name;given_name;birth_date;sex;height_cm;weight_kg;diagnosis;ild_pattern;test_date;fvc_l;"
        "fvc_percent_predicted;fev1_l;fev1_percent_predicted;dlco;dlco_unit;dlco_percent_predicted;hb_g_dl;tlc_l;va_l;"
        "kco;quality_fvc;quality_dlco;spo2_rest;mmrc;comment\n"
        "P1; Müller ;Ana;1958-03;female;165;61,5;ssc;uip;12.03.2026;2,31;74,5%;1,98;80;4,10;mmol/min/kPa;48;"
        "12,8;3,4;3,2;1,3;b;A;96;2;seated\n"
    )
    assert found.rejected == ()
    assert found.warnings == ()
    (row,) = found.rows
    assert row.patient == Patient(
        id="",
        mrn="P1",
        family_name="Müller",
        given_name="Ana",
        birth_date=PartialDate(1958, 3),
        sex=Sex.FEMALE,
        height_cm=Decimal(165),
    )
    assert row.test == Pft(
        id="",
        date=dt.date(2026, 3, 12),
        height_cm=Decimal(165),
        weight_kg=Decimal("61.5"),
        fvc_l=Decimal("2.31"),
        fvc_pct_pred=Decimal("74.5"),
        fev1_l=Decimal("1.98"),
        fev1_pct_pred=Decimal(80),
        dlco=Decimal("4.10"),
        dlco_unit=DlcoUnit.SI,
        dlco_pct_pred=Decimal(48),
        hb_g_l=Decimal(128),
        tlc_l=Decimal("3.4"),
        va_l=Decimal("3.2"),
        kco=Decimal("1.3"),
        fvc_grade="B",
        dlco_grade="A",
        spo2_rest=Decimal(96),
        comment="seated",
        as_given=(("hb_g_l", "hb_g_dl 12,8"),),
    )
    assert str(row.test.dlco) == "4.10"
    assert row.visit == Visit(id="", date=dt.date(2026, 3, 12), mmrc=2)
    assert (row.diagnosis, row.pattern) == ("SSc", "UIP")
    assert row.written["hb_g_l"] == ("hb_g_dl", "12,8")


def test_millilitres_become_litres_exactly() -> None:
    (row,) = read("mrn,test_date,fvc_ml\nP1,2026-03-12,2310\n").rows
    assert row.test is not None
    assert row.test.fvc_l == Decimal("2.31")


def test_litres_and_millilitres_of_one_row_must_agree() -> None:
    text = "mrn,test_date,fvc_l,fvc_ml\nP1,2026-03-12,2.31,{}\n"
    assert len(read(text.format("2310")).rows) == 1
    assert only_reason(read(text.format("2410"))) == Remark(
        2, "fvc_ml", "2410", "differs from fvc_l in the same row"
    )


@pytest.mark.parametrize(
    ("diagnosis", "pattern"), [("SSc_sine", "NSIP_OP"), ("OVERLAP_OTHER", "UIP"), ("SSc_overlap", "NSIP")]
)
def test_a_code_with_a_low_line_is_read(diagnosis: str, pattern: str) -> None:
    (row,) = read(
        f"mrn,test_date,fvc_l,diagnosis,ild_pattern\nP1,2026-03-12,2.31,{diagnosis},{pattern}\n"
    ).rows
    assert (row.diagnosis, row.pattern) == (diagnosis, pattern)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("fvc_l", "abc", "not a number"),
        ("fvc_l", "1.234,5", "thousands marks are not read"),
        ("birth_date", "58", "not a date"),
        ("sex", "X", "not F or M"),
        ("mmrc", "5", "grades 0 to 4"),
        ("mmrc", "2.5", "not a whole number"),
        ("quality_fvc", "G", "not a quality grade"),
        ("diagnosis", "flu", "not a code of the list (RA, SSc, "),
        ("dlco_unit", "mL", "not a unit of DLCO"),
        ("family_name", "x" * 201, "longer than 200"),
        ("family_name", "a\x07b", "cannot be seen"),
        ("ild_pattern", "UIP", "needs a diagnosis"),
        ("dlco", "12.1", "no unit"),
        ("kco", "1.1", "no unit"),
    ],
)
def test_a_cell_that_cannot_be_used_rejects_its_row_with_place_value_and_reason(
    column: str, value: str, reason: str
) -> None:
    found = read(f'mrn,test_date,fev1_l,{column}\nP1,2026-03-12,2.0,"{value}"\nP2,2026-03-12,1.9,\n')
    assert [row.patient.mrn for row in found.rows] == ["P2"]
    (remark,) = found.rejected
    assert (remark.row, remark.column, remark.value) == (2, column, value)
    assert reason in remark.reason


def test_a_row_without_mrn_or_date_is_rejected() -> None:
    found = read("mrn,test_date,fvc_l\n,2026-03-12,2.0\nNA,2026-03-12,2.0\nP1,,2.0\nP1,12/03/2026,2.0\n")
    assert [(r.row, r.column, r.value, r.reason.split(";")[0]) for r in found.rejected] == [
        (2, "mrn", "", "MRN is missing"),
        (3, "mrn", "NA", "MRN is missing"),
        (4, "test_date", "", "Test date is missing"),
        (5, "test_date", "12/03/2026", "may be day 12 of month 3 or the other way round"),
    ]


def test_a_surname_may_be_na() -> None:
    (row,) = read("mrn,family_name,test_date,fvc_l\nP1,Na,2026-03-12,2.0\n").rows
    assert row.patient.family_name == "Na"


def test_words_for_no_value_are_told_once_per_column() -> None:
    found = read("mrn,test_date,fvc_l,dlco_percent_predicted\nP1,2026-03-12,2.0,NA\nP2,2026-03-12,2.0,NA\n")
    assert len(found.rows) == 2
    assert found.warnings == (
        Remark(None, "dlco_percent_predicted", "NA", "taken as not recorded (2 cells)"),
    )


def test_columns_that_are_not_read_are_told() -> None:
    found = read("mrn,,test_date,fvc_l,arm\nP1,y,2026-03-12,2.0,x\n")
    assert [(remark.column, remark.row) for remark in found.warnings] == [("column 2", 1), ("arm", 1)]
    assert (
        read("mrn,test_date,fvc_l\nP1,2026-03-12,2.0,y\n")
        .rejected[0]
        .reason.startswith("the row has 4 cells")
    )


def test_mixed_decimal_marks_are_read_and_told() -> None:
    found = read('mrn,test_date,fvc_l\nP1,2026-03-12,2.0\nP2,2026-03-12,"2,1"\n')
    assert [row.test.fvc_l for row in found.rows if row.test] == [Decimal("2.0"), Decimal("2.1")]
    assert [remark.column for remark in found.warnings] == ["fvc_l"]


def test_a_row_with_no_lung_function_keeps_the_visit_and_says_so() -> None:
    found = read("mrn,test_date,fvc_l,spo2_rest,weight_kg,mmrc\nP1,2026-03-12,,96,61,2\nP2,2026-03-12,,,,\n")
    first, second = found.rows
    assert first.test is None
    assert first.visit == Visit(
        id="", date=dt.date(2026, 3, 12), weight_kg=Decimal(61), spo2_rest=Decimal(96), mmrc=2
    )
    assert second.visit is None
    assert [remark.row for remark in found.warnings] == [2, 3]


@pytest.mark.parametrize(
    ("unit", "count", "expected"),
    [
        (OffsetUnit.MONTHS, "6", dt.date(2001, 2, 28)),
        (OffsetUnit.MONTHS, "-1", dt.date(2000, 7, 31)),
        (OffsetUnit.WEEKS, "2", dt.date(2000, 9, 14)),
        (OffsetUnit.DAYS, "0", dt.date(2000, 8, 31)),
    ],
)
def test_dates_are_counted_from_the_origin(unit: OffsetUnit, count: str, expected: dt.date) -> None:
    mapping = Mapping(date=DateOrigin("t", unit, dt.date(2000, 8, 31)))
    (row,) = read(f"mrn,t,fvc_l\nP1,{count},2.0\n", mapping).rows
    assert row.date == expected


@pytest.mark.parametrize("count", ["6.5", "six", "99999999", ""])
def test_an_offset_that_is_no_whole_number_or_too_far_rejects_the_row(count: str) -> None:
    mapping = Mapping(date=DateOrigin("t", OffsetUnit.MONTHS, dt.date(2000, 8, 31)))
    remark = only_reason(read(f"mrn,t,fvc_l\nP1,{count},2.0\n", mapping))
    assert (remark.row, remark.column, remark.value) == (2, "t", count)


def test_a_mapping_renames_prefixes_sets_and_translates() -> None:
    found = read(
        "id,geschlecht,datum,fvk\n7,weiblich,12.03.2026,2.0\n",
        """
        prefix = { mrn = "ST-" }
        [columns]
        mrn = "id"
        sex = "Geschlecht"
        test_date = "datum"
        fvc_l = "fvk"
        [constants]
        diagnosis = "Systemic sclerosis"
        [values]
        sex = { weiblich = "F" }
        """,
    )
    (row,) = found.rows
    assert (row.patient.mrn, row.patient.sex, row.diagnosis) == ("ST-7", Sex.FEMALE, "SSc")
    assert row.written["mrn"] == ("id", "7")


@pytest.mark.parametrize(
    ("header", "mapping", "said"),
    [
        ("id,test_date,fvc_l", "", "has no column mrn"),
        ("mrn,date,fvc_l", "", "has no column test_date"),
        ("mrn,test_date", "[columns]\nfvc_l = 'FVK'", "has no column FVK"),
        ("mrn,test_date,diagnosis", "[constants]\ndiagnosis = 'SSc'", "has a column diagnosis"),
        ("mrn,test_date", "[constants]\ndiagnosis = 'flu'", "diagnosis = 'flu' is not a code"),
        ("mrn,t", "[date]\ncolumn = 'x'\nunit = 'days'\norigin = '2000-01-01'", "has no column x"),
        ("mrn,t,test_date", "[date]\ncolumn = 't'\nunit = 'days'\norigin = '2000-01-01'", "column test_date"),
    ],
)
def test_a_mapping_that_does_not_fit_the_file_is_one_sentence(header: str, mapping: str, said: str) -> None:
    with pytest.raises(FormatError) as refused:
        read(f"{header}\n{',1' * header.count(',')}\n", mapping)
    assert said in str(refused.value)


def test_a_header_alone_is_a_file_of_no_rows() -> None:
    found = read("mrn,test_date,fvc_l\n")
    assert (found.rows_read, found.rows, found.rejected) == (0, (), ())


def test_numbers_written_as_text_in_a_workbook_are_read_and_told() -> None:
    def text(place: str, words: str) -> str:
        return f'<c r="{place}" t="inlineStr"><is><t>{words}</t></is></c>'

    titles = "".join(
        text(f"{at}1", name) for at, name in zip("ABC", ("mrn", "test_date", "fvc_l"), strict=True)
    )
    rows = f'<row r="1">{titles}</row>'
    for number, value in ((2, text("C2", "2,31")), (3, text("C3", "NA")), (4, '<c r="C4"><v>2.4</v></c>')):
        place = text(f"A{number}", f"P{number}") + text(f"B{number}", "2026-03-12")
        rows += f'<row r="{number}">{place}{value}</row>'
    found = read_tables(source_of("tests.xlsx", packed({SHEET: sheet(rows)})))
    assert [row.test and row.test.fvc_l for row in found.rows] == [Decimal("2.31"), None, Decimal("2.4")]
    reason = "a number written as text was read as that number (1 cell); check the decimal mark"
    assert Remark(None, "fvc_l", "2,31", reason) in found.warnings
    assert not [remark for remark in read("mrn,test_date,fvc_l\nP1,2026-03-12,2.31\n").warnings]


def test_the_reasons_of_a_table_are_in_the_language_in_use(tmp_path: Path) -> None:
    words = {
        "no unit: give a column dlco_unit or set it in a mapping": "sin unidad",
        "the formula in this cell was never calculated": "sin calcular",
    }
    file = tmp_path / "es.po"
    file.write_text("\n".join(f'msgid "{one}"\nmsgstr "{other}"\n' for one, other in words.items()), "utf-8")
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>mrn</t></is></c><c r="B1" t="inlineStr"><is><t>test_date'
        '</t></is></c></row><row r="2"><c r="A2"><f>1+1</f></c><c r="B2" t="inlineStr"><is><t>2026-03-12</t>'
        "</is></c></row>"
    )
    language.use(language.Catalogue.read("es", file))
    try:
        unit = only_reason(read("mrn,test_date,dlco\nP1,2026-03-12,4.1\n"))
        formula = only_reason(read_tables(source_of("tests.xlsx", packed({SHEET: sheet(rows)}))))
    finally:
        language.use(None)
    assert (unit.reason, formula.reason) == ("sin unidad", "sin calcular")
