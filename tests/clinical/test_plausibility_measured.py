"""Bloods, antibodies, heart tests and scores: what is refused, what is asked about, what is usual."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.entry import EntryError
from ctdild_desktop.clinical.issues import Issue
from ctdild_desktop.clinical.lab_entry import LabResult, limits_text, parse_limits, parse_result, result_text
from ctdild_desktop.clinical.plausibility_measured import (
    check_heart_test,
    check_lab_record,
    check_labs,
    check_pro,
    check_serologies,
    check_serology,
    units_of,
)
from ctdild_desktop.clinical.records import HeartTest, Lab, Patient, Pro, Score, Serology

TODAY = dt.date(2026, 3, 12)
DAY = PartialDate(2026, 3, 2)
WOMAN = Patient(id="p", mrn="1", birth_date=PartialDate(1961, 4, 2), death_date=None)


def lab(test: str = "hb", value: str | None = "132", unit: str = "g/L", **more: Any) -> Lab:
    number = Decimal(value) if value is not None else None
    return Lab(
        id=more.pop("id", "new"), date=more.pop("date", DAY), test=test, value=number, unit=unit, **more
    )


def of(*drafts: Lab, others: tuple[Lab, ...] = ()) -> tuple[Issue, ...]:
    if len(drafts) == 1:
        return check_lab_record(drafts[0], WOMAN, others, TODAY)
    return check_labs(drafts, WOMAN, others, TODAY)


def told(issues: tuple[Issue, ...]) -> list[tuple[str, str, bool]]:
    return [(issue.field, issue.code, issue.hard) for issue in issues]


@pytest.mark.parametrize(
    "draft",
    [
        lab(),
        lab("hb", "13.2", "g/dL"),
        lab("ferritin", "180", "ng/mL"),
        lab("neutrophils", "3100", "/µL"),
        lab("crp", "5", "mg/L", detection="below"),
        lab("urinalysis", None, "", text="protein 1+"),
        lab("hbsag", None, "", result="negative"),
        lab("other", "4", "IU/x", test_name="KL-12"),
        lab("wbc", None, "", absent=(("value", "unknown"),)),
        lab(date=PartialDate(2026, 3)),
    ],
)
def test_usual_results_are_taken(draft: Lab) -> None:
    assert of(draft) == ()


@pytest.mark.parametrize(
    ("draft", "field", "code"),
    [
        (lab(date=PartialDate(2026, 3, 13)), "date", "DATE"),
        (lab(date=PartialDate(1950, 1, 1)), "date", "DATE"),
        (lab("haem"), "test", "CODE"),
        (lab("other"), "test_name", "MISSING"),
        (lab(value=None), "value", "MISSING"),
        (lab(value="-4"), "value", "RANGE"),
        (lab(unit="mg/dL"), "unit", "UNIT"),
        (lab(unit=""), "unit", "UNIT"),
        (lab("esr", "20", "cm/h"), "unit", "UNIT"),
        (lab(lln=Decimal(150), uln=Decimal(120)), "uln", "CONTRADICTION"),
        (lab(lln=Decimal(-1)), "lln", "RANGE"),
        (lab(value="13.2"), "value", "UNIT"),
        (lab("creatinine", "0.9", "µmol/L"), "value", "UNIT"),
        (lab("hb", "1320", "g/L"), "value", "RANGE"),
    ],
)
def test_what_cannot_be_is_refused(draft: Lab, field: str, code: str) -> None:
    issue = next(issue for issue in of(draft) if issue.hard)
    assert (issue.field, issue.code) == (field, code)


def test_haemoglobin_in_the_other_unit_is_offered_and_never_beside_another_unit() -> None:
    (issue,) = of(lab(value="13.2"))
    assert issue.text == "13.2 g/L cannot be: was it in g/dL?"
    assert issue.fix is not None
    assert issue.fix.text == "132"
    (beside,) = of(lab("creatinine", "0.005", "mg/dL"))
    assert beside.fix is None


def test_a_value_several_times_the_last_one_is_asked_about() -> None:
    before = (
        lab("creatinine", "80", "µmol/L", id="a", date=PartialDate(2026, 1, 5)),
        lab("alt", "30", "U/L", id="b", date=PartialDate(2026, 1, 5)),
    )
    assert of(lab("creatinine", "239", "µmol/L"), others=before) == ()
    (issue,) = of(lab("creatinine", "240", "µmol/L"), others=before)
    assert (issue.field, issue.code, issue.hard) == ("value", "CHANGE", False)
    assert issue.text == (
        "Creatinine 240 µmol/L is more than 3 times the last value, 80 µmol/L on 05.01.2026."
    )
    assert of(lab("alt", "299", "U/L"), others=before) == ()
    assert told(of(lab("alt", "300", "U/L"), others=before)) == [("value", "CHANGE", False)]
    (low,) = of(lab("alt", "3", "U/L"), others=before)
    assert "less than 1/10 of the last value" in low.text
    above = lab("alt", "300", "U/L", detection="above")
    assert of(above, others=before) == (), "what lies beyond the method is not compared"


def test_the_unit_that_explains_the_change_is_asked_about() -> None:
    before = (lab("bilirubin", "14", "µmol/L", id="a", date=PartialDate(2026, 1, 5)),)
    (issue,) = of(lab("bilirubin", "0.8", "µmol/L"), others=before)
    assert issue.text == "Bilirubin was 14 µmol/L on 05.01.2026: is this in mg/dL?"
    assert issue.fix is not None
    assert (issue.fix.field, issue.fix.text) == ("unit", "mg/dL")
    (panel,) = check_labs((lab("bilirubin", "0.8", "µmol/L"),), WOMAN, before, TODAY)
    assert panel.field == "bilirubin"
    assert panel.fix is not None
    assert panel.fix.field == "bilirubin_unit"


def test_a_later_result_is_not_the_last_one_and_its_own_row_neither() -> None:
    others = (
        lab("creatinine", "20", "µmol/L", id="new", date=PartialDate(2026, 1, 5)),
        lab("creatinine", "20", "µmol/L", id="later", date=PartialDate(2026, 3, 10)),
    )
    assert of(lab("creatinine", "95", "µmol/L"), others=others) == ()


def test_the_same_test_of_the_same_day_is_asked_about() -> None:
    (issue,) = of(lab(), others=(lab(id="a"),))
    assert (issue.code, issue.hard) == ("DUPLICATE", False)
    assert of(lab(date=PartialDate(2026, 2)), others=(lab(id="a", date=PartialDate(2026, 2)),)) == ()


def test_a_panel_is_checked_as_one_sample() -> None:
    issues = of(
        lab("wbc", "4.1", "10^9/L", id="a"),
        lab("neutrophils", "5000", "/µL", id="b"),
        lab("hb", "132", "mmol/l", id="c"),
    )
    assert told(issues) == [("hb_unit", "UNIT", True), ("neutrophils", "CONTRADICTION", True)]
    twice = of(lab(id="a"), lab(id="b"))
    assert told(twice) == [("hb", "TWICE", True)]
    future = PartialDate(2026, 4, 1)
    assert told(of(lab(id="a", date=future), lab("alt", "20", "U/L", id="b", date=future))) == [
        ("date", "DATE", True)
    ]
    assert check_labs((), WOMAN, (), TODAY)[0].hard


def antibody(test: str = "JO1", result: str = "positive", **more: Any) -> Serology:
    return Serology(id=more.pop("id", "new"), date=more.pop("date", DAY), test=test, result=result, **more)


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (antibody(), []),
        (antibody("ANA", titre=640, pattern="speckled"), []),
        (antibody("XX"), [("test", "CODE", True)]),
        (antibody("other"), [("test_name", "MISSING", True)]),
        (antibody(result=""), [("result", "MISSING", True)]),
        (antibody(value=Decimal(-1)), [("value", "RANGE", True)]),
        (antibody(titre=0), [("titre", "RANGE", True)]),
        (antibody(result="not_done", value=Decimal(3)), [("result", "CONTRADICTION", True)]),
        (antibody(pattern="speckled"), [("pattern", "CONTRADICTION", True)]),
        (antibody(detection="below"), [("value", "MISSING", True)]),
        (antibody(value=Decimal(3), uln=Decimal(7)), [("result", "CONTRADICTION", False)]),
        (
            antibody("RF", "negative", value=Decimal(30), uln=Decimal(14)),
            [("result", "CONTRADICTION", False)],
        ),
        (antibody("ANA", "negative", titre=320), [("result", "CONTRADICTION", False)]),
        (antibody(date=PartialDate(2027)), [("date", "DATE", True)]),
    ],
)
def test_antibodies(draft: Serology, expected: list[tuple[str, str, bool]]) -> None:
    assert told(check_serology(draft, WOMAN, (), TODAY)) == expected


def test_an_antibody_panel_names_its_fields() -> None:
    issues = check_serologies(
        (antibody("RF", value=Decimal(-2), id="a"), antibody(id="b"), antibody(id="c")), WOMAN, (), TODAY
    )
    assert told(issues) == [("RF_value", "RANGE", True), ("JO1", "TWICE", True)]
    assert told(check_serologies((antibody(id="a"),), WOMAN, (antibody(id="z"),), TODAY)) == [
        ("JO1", "DUPLICATE", False)
    ]


ECHO = HeartTest(id="new", date=DAY, kind="echo", rvsp_mmhg=Decimal(38), tapse_mm=Decimal(21))
CATHETER = HeartTest(id="new", date=DAY, kind="rhc", mpap_mmhg=Decimal(24), pawp_mmhg=Decimal(9))


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (ECHO, []),
        (CATHETER, []),
        (replace(ECHO, rvsp_mmhg=Decimal(4)), [("rvsp_mmhg", "RANGE", True)]),
        (replace(ECHO, rvsp_mmhg=Decimal(131)), [("rvsp_mmhg", "UNUSUAL", False)]),
        (replace(ECHO, tapse_mm=Decimal("2.1")), [("tapse_mm", "UNIT", True)]),
        (replace(ECHO, lvef_percent=Decimal("0.6")), [("lvef_percent", "UNIT", True)]),
        (replace(ECHO, mpap_mmhg=Decimal(20)), [("mpap_mmhg", "UNUSUAL", False)]),
        (replace(CATHETER, pvr_wu=Decimal(240)), [("pvr_wu", "UNIT", True)]),
        (replace(CATHETER, pawp_mmhg=Decimal(25)), [("pawp_mmhg", "CONTRADICTION", False)]),
        (replace(CATHETER, lvef_percent=Decimal(60)), [("lvef_percent", "UNUSUAL", False)]),
        (HeartTest(id="new", date=DAY, kind="echo"), [("values", "MISSING", True)]),
        (HeartTest(id="new", date=DAY, kind="echo", note="not seen well"), []),
        (replace(ECHO, date=PartialDate(2026, 4)), [("date", "DATE", True)]),
        (replace(ECHO, kind="mri"), [("kind", "CODE", True)]),
    ],
)
def test_heart_tests(draft: HeartTest, expected: list[tuple[str, str, bool]]) -> None:
    assert told(check_heart_test(draft, WOMAN, (), TODAY)) == expected


def test_the_unit_of_resistance_is_offered_in_wood_units() -> None:
    (issue,) = check_heart_test(replace(CATHETER, pvr_wu=Decimal(240)), WOMAN, (), TODAY)
    assert issue.fix is not None
    assert issue.fix.text == "3"  # 240 dyn·s/cm⁵ / 80


def score(instrument: str, **scores: str) -> Pro:
    made = tuple(Score(scale=scale, value=Decimal(value)) for scale, value in scores.items())
    return Pro(id="new", date=DAY, instrument=instrument, scores=made)


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (score("kbild", total="56.4", chest="0"), []),
        (score("lcq", lcq="2.9"), [("score_lcq", "RANGE", True)]),
        (score("lcq", lcq="21"), []),
        (score("sf36", pcs="101"), [("score_pcs", "RANGE", False)]),
        (score("eq5d", index="-0.594"), []),
        (score("eq5d", vas="101"), [("score_vas", "RANGE", True)]),
        (score("kbild", impacts="3"), [("scores", "CODE", True)]),
        (score("xx", total="3"), [("instrument", "CODE", True)]),
        (score("kbild"), [("scores", "MISSING", True)]),
        (replace(score("mmrc", mmrc="2"), items_missing=-1), [("items_missing", "RANGE", True)]),
        (
            replace(score("mmrc", mmrc="2"), items_missing=1, complete=True),
            [("complete", "CONTRADICTION", False)],
        ),
        (replace(score("mmrc", mmrc="2"), mode="dream"), [("mode", "CODE", True)]),
    ],
)
def test_scores(draft: Pro, expected: list[tuple[str, str, bool]]) -> None:
    assert told(check_pro(draft, WOMAN, (), TODAY)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4,1", LabResult(value=Decimal("4.1"))),
        ("4.10", LabResult(value=Decimal("4.10"))),
        ("<5", LabResult(value=Decimal(5), detection="below")),
        ("> 600", LabResult(value=Decimal(600), detection="above")),
        ("n", LabResult(result="negative")),
        ("Pos", LabResult(result="positive")),
        ("+/-", LabResult(result="borderline")),
    ],
)
def test_results_are_read_as_typed(text: str, expected: LabResult) -> None:
    assert parse_result(text, in_words=False) == expected


def test_words_are_taken_only_where_a_test_is_told_in_words() -> None:
    assert parse_result("protein 2+", in_words=True) == LabResult(text="protein 2+")
    for text in ("protein 2+", "1.234,5", "<", "4,1,2"):
        with pytest.raises(EntryError):
            parse_result(text, in_words=False)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("135-175", "135", "175"), ("0,3–1,2", "0.3", "1.2"), ("<40", None, "40"), (">60", "60", None)],
)
def test_limits_are_read_and_written_alike(text: str, low: str | None, high: str | None) -> None:
    expected = tuple(Decimal(end) if end else None for end in (low, high))
    assert parse_limits(text) == expected
    assert parse_limits(limits_text(*expected)) == expected


@pytest.mark.parametrize("text", ["40", "-", "4-", "a-b"])
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(EntryError):
        parse_limits(text)


def test_a_result_is_shown_as_it_is_read_again() -> None:
    for row in (lab(value="4.10"), lab("crp", "5", detection="below"), lab("hiv", None, result="negative")):
        again = parse_result(result_text(row), in_words=True)
        assert (again.value, again.detection, again.result) == (row.value, row.detection, row.result)
    assert result_text(lab("urinalysis", None, text="clear")) == "clear"


def test_the_known_units_begin_with_the_usual_one() -> None:
    assert units_of("hb") == ("g/L", "g/dL", "mmol/L")
    assert units_of("mcv") == ("fL",)
    assert units_of("hbsag") == ()
