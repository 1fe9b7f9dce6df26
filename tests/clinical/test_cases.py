"""What a worked case may hold, and the words for whatever it may not."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctdild_desktop.clinical.cases import CaseError, answer_case, record_case
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import SymptomChange
from ctdild_desktop.clinical.verdict import Assessment, Verdict
from tests.support.cases import cases

CASE: dict[str, Any] = {
    "id": "one",
    "criterion": "INBUILD",
    "patient": {"sex": "F", "birth_date": "1962-04-10", "diagnosis": "dcSSc", "fibrosis_on_hrct": True},
    "tests": [
        {"id": "a", "date": "2023-04-10", "fvc_pct_pred": "80.0", "reference_set": "GLI2012"},
        {"id": "b", "date": "2024-04-02", "fvc_pct_pred": "72.0", "reference_set": "GLI2012"},
    ],
    "symptoms": [{"date": "2024-04-02", "change": "worse"}],
    "hrct": [{"date": "2024-03-15", "result": "stable", "signs": []}],
    "labs_hb": [{"date": "2024-04-01", "hb_g_dl": "12.5"}],
    "treatment": {"drug": "rituximab", "start": "2023-05-01"},
    "as_of": "2024-04-02",
}


def changed(*path: object, to: object) -> dict[str, Any]:
    """The case with one field set."""
    made = copy.deepcopy(CASE)
    place: Any = made
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return made


def without(*path: object) -> dict[str, Any]:
    made = copy.deepcopy(CASE)
    place: Any = made
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return made


def test_a_whole_case() -> None:
    made = record_case(CASE)
    assert made.facts.patient.birth_date == PartialDate(1962, 4, 10)
    assert [test.entered for test in made.facts.tests] == [0, 1]
    assert made.facts.tests[0].fvc_pct_pred == Decimal("80.0")
    assert (made.facts.tests[0].excluded, made.facts.tests[0].post_bd) == (False, False)
    assert made.facts.visits[0].symptom_change is SymptomChange.WORSE
    assert made.facts.visits[0].alternative_explanation is False, "absent is no"
    assert made.facts.haemoglobins[0][1] == Decimal(125)
    answer = answer_case(CASE)
    assert isinstance(answer, Assessment)
    assert answer.verdict is Verdict.MET


def test_null_is_not_recorded() -> None:
    assert record_case(changed("patient", "sex", to=None)).facts.patient.sex is None
    assert record_case(changed("patient", "fibrosis_on_hrct", to=None)).facts.fibrosis is None
    assert record_case(changed("tests", 0, "fvc_pct_pred", to=None)).facts.tests[0].fvc_pct_pred is None
    assert record_case(changed("tests", 0, "excluded", to=None)).facts.tests[0].excluded is False
    asked = record_case(changed("symptoms", 0, "alternative_explanation", to=None))
    assert asked.facts.visits[0].alternative_explanation is None
    assert record_case(without("symptoms")).facts.visits == ()
    assert record_case(changed("labs_hb", 0, "hb_g_dl", to=None)).facts.haemoglobins == ()
    assert record_case(changed("treatment", "start", to=None)).facts.treatment is not None


def test_numbers_may_be_numbers_or_texts_and_stay_exact() -> None:
    for written in ("72.10", Decimal("72.10"), "7.210e1"):
        made = record_case(changed("tests", 1, "fvc_pct_pred", to=written))
        assert made.facts.tests[1].fvc_pct_pred == Decimal("72.1")
    assert record_case(changed("tests", 1, "fvc_pct_pred", to=72)).facts.tests[1].fvc_pct_pred == 72
    assert record_case(changed("symptoms", 0, "mmrc", to="2")).facts.visits[0].mmrc == 2


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (None, "an object is expected"),
        ([], "an object is expected"),
        ("x", "an object is expected"),
        (without("criterion"), "criterion is missing"),
        (changed("criterion", to="HOROSCOPE"), "no criterion “HOROSCOPE”; known are REVIEW_FVC_DECLINE"),
        (changed("criterion", to=5), "no criterion “5”"),
        (changed("criterion", to=["INBUILD"]), "no criterion"),
        (without("patient"), "patient is missing"),
        (without("tests"), "tests is missing"),
        (without("as_of"), "as_of is missing"),
        (changed("patient", to=[]), "patient: an object is expected"),
        (changed("tests", to={}), "not a list"),
        (changed("tests", to="none"), "not a list"),
        (changed("tests", 1, to="72"), "tests, entry 2: an object is expected"),
        (changed("as_of", to="2024-13-02"), "as_of is 2024-13-02, a day that does not exist"),
        (changed("as_of", to="2023-02-29"), "a day that does not exist"),
        (changed("as_of", to="02.04.2024"), "not a date like 2024-03-31"),
        (changed("as_of", to="20240402"), "not a date"),
        (changed("as_of", to="2024-04"), "not a whole date"),
        (changed("as_of", to=20240402), "not a date"),
        (changed("as_of", to="0001-01-01"), "the year must lie from"),
        (changed("as_of", to="9999-12-31"), "the year must lie from"),
        (changed("as_of", to="1961-01-01"), "before the birth date 1962-04-10: the age would be negative"),
        (changed("patient", "birth_date", to="2023-06-01"), "the age would be negative"),
        (changed("patient", "birth_date", to="1962-13-10"), "patient: birth_date is 1962-13-10"),
        (changed("patient", "sex", to="female"), "sex is “female”; known are F, M"),
        (changed("patient", "sex", to=1), "not a text"),
        (changed("patient", "diagnosis", to="flu"), "diagnosis is “flu”"),
        (changed("patient", "fibrosis_on_hrct", to="yes"), "not true or false"),
        (changed("patient", "height_cm", to="-160"), "which must be more than 0"),
        (without("tests", 0, "date"), "tests, entry 1: date is missing"),
        (changed("tests", 0, "date", to=None), "tests, entry 1: date is missing"),
        (changed("tests", 0, "fvc_pct_pred", to="NaN"), "not a number"),
        (changed("tests", 0, "fvc_pct_pred", to=Decimal("NaN")), "not a finite number"),
        (changed("tests", 0, "fvc_pct_pred", to=Decimal("Infinity")), "not a finite number"),
        (changed("tests", 0, "fvc_pct_pred", to="Infinity"), "not a number"),
        (changed("tests", 0, "fvc_pct_pred", to="80,0"), "not a number with a decimal point"),
        (changed("tests", 0, "fvc_pct_pred", to=" 80"), "not a number"),
        (changed("tests", 0, "fvc_pct_pred", to="８０"), "not a number"),
        (changed("tests", 0, "fvc_pct_pred", to=""), "not a number"),
        (changed("tests", 0, "fvc_pct_pred", to=True), "not a number"),
        (changed("tests", 0, "fvc_pct_pred", to=["80"]), "not a number"),
        (changed("tests", 0, "fvc_pct_pred", to="-80"), "which must be more than 0"),
        (changed("tests", 0, "fvc_pct_pred", to="0"), "which must be more than 0"),
        (changed("tests", 0, "fvc_pct_pred", to="1e99"), "out of any range"),
        (changed("tests", 0, "fvc_pct_pred", to="1e-99"), "out of any range"),
        (changed("tests", 0, "fvc_pct_pred", to="80." + "1" * 50), "out of any range"),
        (changed("tests", 0, "dlco_unit", to="mL"), "dlco_unit is “mL”"),
        (changed("tests", 0, "fvc_grade", to="Z"), "fvc_grade is “Z”"),
        (changed("tests", 0, "excluded", to="no"), "not true or false"),
        (changed("tests", 0, "reference_set", to=2012), "not a text"),
        (changed("symptoms", 0, "change", to="awful"), "change is “awful”"),
        (changed("symptoms", 0, "mmrc", to=5), "must be a whole number 0 to 4"),
        (changed("symptoms", 0, "mmrc", to="1.5"), "must be a whole number 0 to 4"),
        (changed("hrct", 0, "result", to="bad"), "result is “bad”"),
        (changed("hrct", 0, "signs", to="honeycombing"), "not a list"),
        (changed("hrct", 0, "signs", to=[1]), "signs must be a list of words"),
        (changed("hrct", 0, "compared_with", to="2023"), "not a whole date"),
        (changed("labs_hb", 0, "hb_g_dl", to="-1"), "which must be more than 0"),
        (changed("treatment", to="rituximab"), "treatment: an object is expected"),
        (changed("treatment", "start", to="2023-13"), "a day that does not exist"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(case: object, words: str) -> None:
    with pytest.raises(CaseError) as told:
        answer_case(case)
    text = str(told.value)
    assert words in text
    assert text.endswith(".")
    assert "\n" not in text


def tool(criterion: str, **inputs: object) -> dict[str, object]:
    return {"id": "t", "criterion": criterion, "inputs": inputs}


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ({"id": "t", "criterion": "GOH"}, "inputs is missing"),
        (tool("GOH", extent_reading="a lot"), "extent_reading is “a lot”"),
        (tool("GOH", extent_pct="-1"), "at least 0"),
        (tool("GOH", extent_pct="101"), "above 100"),
        (tool("SEVERITY_Z", z="NaN"), "not a number"),
        (tool("SEVERITY_Z", z=Decimal("-Infinity")), "not a finite number"),
        (tool("SPIRO_GRADE"), "are missing"),
        (tool("SPIRO_GRADE", acceptable="2.1"), "not a list"),
        (tool("SPIRO_GRADE", acceptable=["2.1", "-2"]), "acceptable, entry 2,"),
        (tool("SPIRO_GRADE", acceptable=["2.1"], age="-4"), "age is -4"),
        (tool("ILD_GAP", ild_group="CTD-ILD", sex="F", age=-5, fvc_pct_pred="70"), "age is -5"),
        (tool("ILD_GAP", ild_group="CTD-ILD", sex="F", age=200, fvc_pct_pred="70"), "age is above 130"),
        (tool("ILD_GAP", ild_group="COPD"), "ild_group is “COPD”"),
        (
            tool(
                "ILD_GAP",
                ild_group="CTD-ILD",
                sex="F",
                age=60,
                fvc_pct_pred="70",
                dlco_pct_pred="40",
                dlco_cannot_perform=True,
            ),
            "impossible to perform",
        ),
        (tool("CTCAE_LAB", value="3"), "term is missing"),
        (tool("CTCAE_LAB", term="sodium", value="140", unit="mmol/L"), "term is “sodium”"),
        (tool("CTCAE_LAB", term="WBC", value="3", unit="pints"), "pints"),
        (tool("CTCAE_LAB", term="WBC", value="3", unit="10^9/L", lln="0"), "more than 0"),
    ],
)
def test_a_calculator_refuses_in_words(case: object, words: str) -> None:
    with pytest.raises(CaseError, match=words):
        answer_case(case)


@pytest.mark.parametrize(
    ("case", "need"),
    [
        (tool("SEVERITY_Z"), "the z-score"),
        (tool("ILD_GAP", sex="F", age=60, fvc_pct_pred="70", dlco_pct_pred="50"), "the disease group"),
        (tool("CTCAE_LAB", term="WBC", unit="10^9/L"), "the value"),
        (tool("CTCAE_LAB", term="WBC", value="3.4"), "the unit"),
    ],
)
def test_a_calculator_without_an_input_says_what_it_needs(case: object, need: str) -> None:
    made = answer_case(case)
    assert not isinstance(made, Assessment)
    assert "CANNOT_ASSESS" in made.outcome.values()
    assert need in [str(line) for line in made.needs]


PLACE = re.compile(r"\{[a-z_]+\}")
"""An unfilled place of a sentence."""
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([Decimal("NaN"), Decimal("-Infinity"), Decimal("1e300"), "NaN", "-3", "2024-13-01"])
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)
POOL = cases()


def places(value: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """The path of every field and entry of a case."""
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for step, inner in entries:
        yield (*path, step)
        yield from places(inner, (*path, step))


@given(choice=st.data())
@settings(max_examples=300, deadline=None)
def test_whatever_stands_in_a_case_it_is_answered_or_refused_in_words(choice: st.DataObject) -> None:
    case = copy.deepcopy(choice.draw(st.sampled_from(POOL)))
    path = choice.draw(st.sampled_from(list(places(case))))
    place: Any = case
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = choice.draw(JUNK)
    try:
        made = answer_case(case)
        told = [str(line) for line in (*made.because, *made.needs)]
    except CaseError as error:
        told = [str(error)]
    assert told
    assert all(0 < len(line) < 500 for line in told)
    # What is refused is quoted, so a brace may come from the case itself; no other may be left.
    assert {found for line in told for found in PLACE.findall(line)} <= set(PLACE.findall(str(case)))
