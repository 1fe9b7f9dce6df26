"""Reports in text: what is read of each layout, and what is left unread because it is not certain."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Sex
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.report_records import ReportReading
from ctdild_desktop.interchange.report_text import read_report, tidied
from tests.support.reports import FRENCH, JAEGER, LIS, MGC, SAMPLES, Sample


def read(text: str, *, post_bd: bool = False, mark: str = "") -> dict[str, Decimal]:
    """The values by field of which there is one alone."""
    found = read_report(text, mark=mark).of_side(post_bd=post_bd)
    return {name: seen[0].value for name, seen in found.items() if len(seen) == 1}


def reasons(reading: ReportReading) -> list[str]:
    return [f"{one.field}: {one.reason}" for one in reading.unread]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_report_is_read_as_a_person_reads_it(name: str) -> None:
    sample: Sample = SAMPLES[name]
    assert read(sample.text) == {field: Decimal(value) for field, value in sample.values.items()}
    person = {"height_cm", "weight_kg", "hb_g_l", "spo2_rest"}
    after = {field: value for field, value in read(sample.text, post_bd=True).items() if field not in person}
    assert after == {field: Decimal(value) for field, value in (sample.after or {}).items()}
    assert [day for day, _spot in read_report(sample.text).dates] == [dt.date.fromisoformat(sample.day)]


def test_each_value_points_to_its_place() -> None:
    reading = read_report(JAEGER.text)
    for sighting in reading.sightings:
        spot = sighting.spot
        assert sighting.text in reading.lines[spot.line][spot.start : spot.end]
    fvc = next(one for one in reading.sightings if one.field == "fvc_l")
    assert (fvc.as_given, fvc.stored_unit) == ("FVC 2,31 l", "L")


def test_who_and_when_are_what_stands_beside_their_words() -> None:
    reading = read_report(MGC.text)
    who = reading.who.patient
    assert (who.family_name, who.given_name, who.mrn, who.sex) == (
        "HOLLOWAY",
        "Ingrid",
        "10047-11",
        Sex.FEMALE,
    )
    assert who.birth_date == PartialDate(1958, 8, 25)
    french = read_report(FRENCH.text).who.patient
    assert (french.family_name, french.given_name, french.mrn, french.sex) == (
        "MARCHAND",
        "Élise",
        "300417",
        Sex.FEMALE,
    )
    assert read_report("Name: Ingrid Holloway\nFVC: 2.31 L").name == "Ingrid Holloway"


@pytest.mark.parametrize(
    "text",
    [
        "Date of birth: 12.03.1958\nFVC: 2.31 L",
        "Printed: 12.03.2026\nFVC: 2.31 L",
        "Druckdatum: 12.03.2026\nGeburtsdatum: 01.02.1958\nFVC: 2,31 l",
        "Date: 03/04/2026\nFVC: 2.31 L",
        "Calibration date: 12.03.2026\nFVC: 2.31 L",
    ],
)
def test_another_day_is_not_the_day_of_the_test(text: str) -> None:
    assert read_report(text).dates == ()


def test_two_days_are_both_told() -> None:
    found = read_report("Test date: 12.03.2026\nTest date: 13.03.2026\nFVC: 2.31 L").dates
    assert [day for day, _ in found] == [dt.date(2026, 3, 12), dt.date(2026, 3, 13)]


def test_the_names_of_others_are_not_the_patient_s() -> None:
    reading = read_report("Physician name: Dr Brown\nHospital name: St Alban\nFVC: 2.31 L")
    assert (reading.name, reading.who.patient.family_name) == ("", "")


def test_a_spanish_m_says_no_sex() -> None:
    assert read_report("Sexo: M\nCVF: 2,31 L").who.patient.sex is None
    assert read_report("Sex: M\nFVC: 2.31 L").who.patient.sex is Sex.MALE


def test_two_values_for_one_field_are_both_shown() -> None:
    reading = read_report("FVC: 2.31 L\nFVC: 2.41 L\nFEV1: 1.98 L")
    assert [one.value for one in reading.of_side(post_bd=False)["fvc_l"]] == [
        Decimal("2.31"),
        Decimal("2.41"),
    ]
    assert read(reading.lines and "\n".join(reading.lines)) == {"fev1_l": Decimal("1.98")}


def test_two_actual_columns_without_a_word_of_the_bronchodilator_are_both_shown() -> None:
    text = "          Soll   Ist1   Ist1/Soll   Ist2\nFVC [l]   3,10   2,31   74,5   2,40\n"
    found = read_report(text).of_side(post_bd=False)
    assert [one.text for one in found["fvc_l"]] == ["2,31", "2,40"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("FVC 2.31 3.10 75", "no unit|several numbers"),
        ("FVC  L  2.31  3.10  75", "no value stands"),
        ("FVC: 2.31", "no unit is given"),
        ("FVC: 2.31 kg", "not one of this value"),
        ("FVC: 78 %", "not said to be of the predicted"),
        ("DLCO: 4.1 L", "not a unit of DLCO"),
        ("Previous FVC: 2.31 L", "another value"),
        ("FVC fell from 2.45 L to 2.31 L", "another value"),
        ("FVC 2.45 L in 2024", "another value"),
        ("Prev (Mar 2025): FVC 2.57 L", "another value"),
        ("FVC 2.31Lx", "no value stands"),
        ("          Pred   %Pred   Best\nFVC (L)   3.10   75      2.31Lx", ""),
        ("          Pred   %Pred   Best\nFVC (L)   3.10   75      2.31.4", ""),
        ("FVC > 2.31 L", "no value stands"),
        ("          Trial 1  Trial 2\nFVC (L)   2.31     2.20", "several trials"),
        ("          Pred   Best  %Pred\nFVC (L)   3.10   2.31  99", "do not agree"),
        ("          Pred   Best  %Pred\nFVC (L)   3.10   <2.31  75", "less or more"),
        ("          Pred   Best\nFVC (L)   3.10 L  2310 mL", "two units"),
        ("            Pre    Post\n    Pred   Actual\nFVC (L)   3.10   2.31", ""),
    ],
)
def test_what_is_not_certain_stays_unread_and_is_told(text: str, reason: str) -> None:
    reading = read_report(text)
    assert not any(one.field in ("fvc_l", "dlco") for one in reading.sightings)
    if reason:
        assert any(part in " ".join(reasons(reading)) for part in reason.split("|"))


def test_a_predicted_value_or_a_limit_is_no_measurement() -> None:
    for text in ("FVC 3.10 L predicted", "Predicted FVC: 3.10 L", "FVC LLN: 2.40 L", "FVC (Soll): 3,10 l"):
        assert read(text) == {}, text


def test_columns_of_earlier_days_are_not_read() -> None:
    text = "            12.03.2025   12.09.2025   12.03.2026\nFVC (L)     2.60         2.45         2.31\n"
    assert read(text) == {}


def test_heads_that_are_not_understood_do_not_pass_on_those_above() -> None:
    text = (
        "          Pred   Best   %Pred\nFVC (L)   3.10   2.31   75\n\n"
        "          Alpha  Beta   Gamma\nFEV1 (L)  2.60   1.98   76\n"
    )
    assert read(text) == {
        "fvc_pred_l": Decimal("3.10"),
        "fvc_l": Decimal("2.31"),
        "fvc_pct_pred": Decimal(75),
    }


def test_a_line_of_years_ends_a_table() -> None:
    text = "          Pred   Best\nFVC (L)   3.10   2.31\n\nTrend\n2024 2025\nFVC (L) 2.60 2.45\n"
    assert read(text)["fvc_l"] == Decimal("2.31")


def test_an_empty_cell_does_not_shift_the_others() -> None:
    text = (
        "               Pred    LLN     Best    %Pred\n"
        "FVC (L)        3.10    2.40    2.31    75\n"
        "TLC (L)        5.10            3.95    77\n"
        "RV (L)                         1.60\n"
        "SVC (L)        3.20    2.50\n"
    )
    assert {name: str(value) for name, value in read(text).items()} == {
        "fvc_l": "2.31",
        "fvc_pct_pred": "75",
        "fvc_pred_l": "3.10",
        "tlc_l": "3.95",
        "rv_l": "1.60",
    }


def test_a_chance_agreement_proves_no_column() -> None:
    text = "Parameter Actual Pred %Pred LLN\nFVC (L) 0.70 2 35 1.54\nFEV1 (L) 0.70 35 1.54\n"
    assert "fev1_l" not in read(text)


def test_a_fraction_of_one_digit_proves_no_column() -> None:
    """Without its % predicted the numbers may stand one column too far left: 1.54 is near 200 % of 0.70."""
    report = read_report("Parameter %Pred Pred Actual LLN\nFVC (L) 2 0.70 1.54")
    assert "fvc_l" not in report.of_side(post_bd=False)
    assert [one.reason for one in report.unread] == ["it cannot be told which value stands in which column"]


@pytest.mark.parametrize(
    "text",
    [
        "Parameter Actual Pred LLN %Pred Z-Score\nFVC (L) 2 1.54 35 0",
        "Parameter Pred %Pred Pre\nFEV1 (L) 2 35\nFVC (L) 35 0.70",
    ],
)
def test_lines_that_all_lack_a_value_prove_no_joined_heads(text: str) -> None:
    """``Pred LLN`` and ``%Pred Pre`` could each be one head, or two of which every line lacks one value."""
    assert read(text) == {}


def test_where_a_label_ends_proves_no_column() -> None:
    """Blanks were lost: the predicted 2 stands where 0.70 does above, as both labels are as long."""
    assert read("Parameter Actual  Pred \nRV (L) 0.70 2 \nVA (L) 2 \n") == {"rv_l": Decimal("0.70")}


def test_places_that_nothing_proves_are_not_used() -> None:
    text = "     Pred    LLN     Best    %Pred\nVital capacity, slow and long (L)  3.10   2.31\n"
    assert read(text) == {}


@pytest.mark.parametrize("absent", ["----", "NaN", "n/a", "-", "--", "–", "***"])
def test_a_mark_for_no_value_is_none(absent: str) -> None:
    text = (
        f"          Pred   Best   %Pred\nFVC (L)   3.10   {absent}   {absent}\nFEV1 (L)  2.60   1.98   76\n"
    )
    assert "fvc_l" not in read(text)
    assert read(text)["fev1_l"] == Decimal("1.98")


def test_decimals_are_decided_for_the_whole_text_or_asked() -> None:
    text = "FVC: 2,310 L\nFEV1: 1,980 L\n"
    reading = read_report(text)
    assert reading.asks_mark == "2,310"
    assert reading.sightings == ()
    assert read(text, mark=",") == {"fvc_l": Decimal("2.310"), "fev1_l": Decimal("1.980")}
    mixed = read_report("FVC: 2.31 L\nFEV1: 1,98 L\n")
    assert mixed.asks_mark
    assert mixed.sightings == ()
    assert read("FVC: 2.31 L\nFEV1: 1,98 L\n", mark=".") == {"fvc_l": Decimal("2.31")}


def test_a_ratio_that_contradicts_is_told() -> None:
    reading = read_report("FVC: 2.31 L\nFEV1: 1.98 L\nFEV1/FVC: 70 %")
    assert any("contradicts FEV1 and FVC, which give 85.7 %" in reason for reason in reasons(reading))


def test_a_corrected_dlco_is_taken_when_it_is_the_only_one() -> None:
    reading = read_report("DLCOc: 4.3 mmol/min/kPa\nFVC: 2.31 L")
    assert reading.corrected
    assert read("DLCOc: 4.3 mmol/min/kPa")["dlco"] == Decimal("4.3")
    assert not read_report("DLCOc: 4.3 mmol/min/kPa\nDLCO: 4.1 mmol/min/kPa").corrected


@pytest.mark.parametrize(
    "unit",
    ["mmol/min/kPa", "mmol/(min*kPa)", "mmol·min-1·kPa-1", "mmol/kPa/min", "mmol/min/kPa BTPS"],
)
def test_the_ways_to_write_a_unit(unit: str) -> None:
    assert read(f"TLCO: 4.1 {unit}") == {"dlco": Decimal("4.1")}


@pytest.mark.parametrize(
    "text",
    [
        "FVC: 2.31 L (2.86 - 4.32)",
        "FVC: 2.31 L [ref: 2.86-4.32 L]",
        "FVC: 2.31 L   75 %",
        "FVC (BTPS): 2.31 L",
        "FVC (L) 2.31L",
        "          Pred    Best    %Pred\nFVC       3.10L   2.31L   75%",
        "FVC 2.31 L (pred 3.10 L)",
        "FVC 2.31 L, predicted 3.10 L",
        "FVC: 2.31 L (LLN 2.40 L, z-score -1.9)",
        "FVC: 2.31 L (75 % pred, z -1.9)",
        "FVC pre 2.31 L, post 2.40 L",
        "FVC 2,31 l (Soll 3,10 l; 75 %)",
        "Parameter  UM  Pred  PRE #2  %Pred\nFVC        L   3.10  2.31    75",
        "         Pred   Base   %Pred   Post   Post % Chg\nFVC (L)  3.10   2.31   75      2.40   4",
        "Test     Ref   Pre Meas  Pre % Ref  Post Meas  Post % Ref\n"
        "FVC (L)  3.10  2.31      75         2.40       77",
    ],
)
def test_further_ways_to_print_a_value(text: str) -> None:
    assert read(text)["fvc_l"] == Decimal("2.31")
    assert set(read(text)) <= {"fvc_l", "fvc_pct_pred", "fvc_pred_l"}


def test_two_systems_of_units_are_not_mixed() -> None:
    found = read("DLCO: 12.3 mL/min/mmHg\nKCO: 1.17 mmol/min/kPa/L")
    assert found == {"dlco": Decimal("12.3")}


def test_a_text_that_is_no_report_gives_nothing() -> None:
    assert read("Dear colleague, thank you for seeing this lady with 2 children and 3 cats.") == {}


@pytest.mark.parametrize("text", ["", "  \n\t\n", "x" * 2000, "a\n" * 4000])
def test_an_empty_or_a_huge_text_is_refused(text: str) -> None:
    with pytest.raises(FormatError, match=r"no text|too long"):
        read_report(text)


def test_what_cannot_be_seen_is_taken_out() -> None:
    assert tidied("\ufeffFVC:\u00a02.31\u200b L\r\nx\x00") == "FVC: 2.31 L\nx"
    assert read(LIS.text.replace(" ", "\u00a0")) == {
        name: Decimal(value) for name, value in LIS.values.items()
    }
