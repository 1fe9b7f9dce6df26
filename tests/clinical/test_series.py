"""Usable tests, one visit per day, and % predicted as the rules take it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.prediction import hb_factor, predict
from ctdild_desktop.clinical.records import DlcoUnit, Pft, Sex
from ctdild_desktop.clinical.series import (
    dlco_visits,
    fvc_percent,
    fvc_visits,
    unusable_dlco,
    unusable_fvc,
)
from tests.support.people import WOMAN, day, percent, pft

AS_OF = day("2024-04-02")


def fvc_of(*tests: Pft) -> list[str]:
    return [visit.test.id for visit in fvc_visits(tests, WOMAN, AS_OF)]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"fvc_pct_pred": "80"}, None),
        ({"fvc_l": "2.4", "fvc_grade": "D"}, None),
        ({"fvc_l": "2.4", "fvc_grade": "E"}, "grade E"),
        ({"fvc_l": "2.4", "fvc_grade": "U"}, "grade U"),
        ({"fvc_l": "2.4", "fvc_grade": "F"}, "grade F"),
        (
            {"fvc_l": "2.4", "excluded": True, "exclusion_reason": "lung_infection"},
            "excluded: lung infection",
        ),
        ({"fvc_l": "2.4", "excluded": True}, "excluded"),
        ({"dlco": "12"}, "FVC not recorded"),
    ],
)
def test_usable_fvc(values: dict[str, object], reason: str | None) -> None:
    assert unusable_fvc(pft("2024-01-01", **values)) == reason


@pytest.mark.parametrize(("grade", "reason"), [(None, None), ("C", None), ("D", None), ("F", "grade F")])
def test_usable_dlco(grade: str | None, reason: str | None) -> None:
    assert unusable_dlco(pft("2024-01-01", dlco="12", dlco_grade=grade)) == reason


def test_visits_are_in_date_order_and_stop_at_the_as_of_date() -> None:
    tests = [pft(date, fvc_l="2") for date in ("2024-04-03", "2024-04-02", "2023-01-01")]
    assert [visit.date for visit in fvc_visits(tests, WOMAN, AS_OF)] == [day("2023-01-01"), AS_OF]


def test_same_day_better_grade_then_before_bronchodilator_then_largest() -> None:
    def one(number: str, **values: object) -> Pft:
        return pft("2024-01-01", id=number, **values)

    assert fvc_of(one("a", fvc_l="2.0", fvc_grade="B"), one("b", fvc_l="2.5", fvc_grade="C")) == ["a"]
    assert fvc_of(one("a", fvc_l="2.0"), one("b", fvc_l="2.5", fvc_grade="D")) == ["a"], "none is above D"
    assert fvc_of(one("a", fvc_l="2.0", fvc_grade="C"), one("b", fvc_l="2.5")) == ["a"], "C is above none"
    assert fvc_of(one("a", fvc_l="2.5", post_bd=True), one("b", fvc_l="2.0")) == ["b"]
    assert fvc_of(one("a", fvc_l="2.0"), one("b", fvc_l="2.5")) == ["b"]
    assert fvc_of(one("a", fvc_l="2.9", fvc_pct_pred="70"), one("b", fvc_pct_pred="71")) == ["b"]
    assert fvc_of(one("a", fvc_l="2.5", entered=2), one("b", fvc_l="2.5", entered=1)) == ["b"], "entry order"


def test_visits_and_litres_are_the_same_without_predictions() -> None:
    tests = (
        pft("2024-01-01", fvc_l="2.4", fev1_l="1.9", reference_set="GLI2022"),
        pft("2024-02-01", fvc_l="2.1", fvc_pct_pred="70"),
        pft("2024-02-01", fvc_l="2.2", fvc_pct_pred="69"),
    )
    whole = fvc_visits(tests, WOMAN, AS_OF)
    bare = fvc_visits(tests, WOMAN, AS_OF, percents=())
    fvc_alone = fvc_visits(tests, WOMAN, AS_OF, percents=("fvc",))
    assert bare == tuple(replace(visit, percent=None, fev1_percent=None) for visit in whole)
    assert fvc_alone == tuple(replace(visit, fev1_percent=None) for visit in whole)
    assert whole[0].fev1_percent is not None


def test_dlco_of_one_day_is_the_mean() -> None:
    tests = [pft("2024-01-01", dlco=value, id=value, hb_g_l="134") for value in ("12", "13")]
    (visit,) = dlco_visits(tests, WOMAN, AS_OF)
    assert visit.value(at_standard_hb=False) == Fraction(25, 2)
    assert visit.value(at_standard_hb=True) == Fraction(25, 2), "13.4 g/dL is the standard of women"
    assert visit.ids == ("12", "13")


def test_dlco_of_one_day_in_two_states_takes_the_corrected_one() -> None:
    raw = percent("2024-01-01", dlco="50", dlco_hb_corrected=False, id="raw", entered=1)
    corrected = percent("2024-01-01", dlco="56", id="corrected", entered=2)
    (visit,) = dlco_visits([raw, corrected], WOMAN, AS_OF)
    assert visit.ids == ("corrected",)


def test_dlco_of_one_day_in_two_units_takes_the_first_entered() -> None:
    first = pft("2024-01-01", dlco="4.1", dlco_unit=DlcoUnit.SI, id="si", entered=1)
    second = pft("2024-01-01", dlco="12.4", id="trad", entered=2)
    (visit,) = dlco_visits([second, first], WOMAN, AS_OF)
    assert visit.ids == ("si",)
    assert visit.unit is DlcoUnit.SI


def test_haemoglobin_of_the_same_day_serves_every_record() -> None:
    tests = [
        percent("2024-01-01", dlco="50", dlco_hb_corrected=False, id="a", hb_g_l="94"),
        percent("2024-01-01", dlco="54", dlco_hb_corrected=False, id="b"),
    ]
    (visit,) = dlco_visits(tests, WOMAN, AS_OF)
    made = visit.percent(at_standard_hb=True)
    assert made is not None
    assert made.value == 52 * Fraction(1878, 1598)


def test_percent_predicted_recorded_then_from_predicted_then_computed() -> None:
    values = {"fvc_l": "2.31", "fvc_pred_l": "3.30", "reference_set": "GLI2022"}
    recorded = fvc_percent(pft("2024-01-01", fvc_pct_pred="71", **values), WOMAN)
    assert recorded is not None
    assert (recorded.value, recorded.recorded) == (71, True)
    from_predicted = fvc_percent(pft("2024-01-01", **values), WOMAN)
    assert from_predicted is not None
    assert from_predicted.value == 70
    computed = fvc_percent(pft("2024-01-01", fvc_l="2.31", reference_set="GLI2022"), WOMAN)
    assert computed is not None
    assert 65 < computed.value < 85
    assert not computed.recorded
    assert fvc_percent(pft("2024-01-01", fvc_l="2.31"), WOMAN) is None, "no set named, none assumed"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sex": None}, "sex not recorded"),
        ({"birth_date": None}, "birth date not recorded"),
        ({"birth_date": PartialDate(1962)}, "exact birth date not recorded"),
        ({"height_cm": None, "sex": None}, "sex and height not recorded"),
        ({"birth_date": PartialDate(1920, 1, 1)}, "outside the published range of GLI2022"),
    ],
)
def test_why_there_is_no_prediction(change: dict[str, object], words: str) -> None:
    found = predict("FVC", pft("2024-01-01", reference_set="GLI2022"), replace(WOMAN, **change))
    assert found.limits is None
    assert found.why_not == words


def test_gli2012_needs_the_group() -> None:
    test = pft("2024-01-01", reference_set="GLI2012")
    assert predict("FVC", test, WOMAN).why_not == "ethnic group not recorded"
    assert predict("FVC", test, replace(WOMAN, ethnic_group=1)).limits is not None
    assert predict("DLCO", test, WOMAN).limits is not None, "the transfer factor needs no group"


def test_the_height_of_the_test_comes_before_that_of_the_patient() -> None:
    small = predict("FVC", pft("2024-01-01", reference_set="GLI2022", height_cm="155"), WOMAN).limits
    usual = predict("FVC", pft("2024-01-01", reference_set="GLI2022"), WOMAN).limits
    assert small is not None
    assert usual is not None
    assert small.predicted < usual.predicted


@pytest.mark.parametrize(
    ("sex", "birth", "hb", "factor"),
    [
        (Sex.MALE, 1960, "146", "1.00000"),
        (Sex.MALE, 1960, "100", "1.18941"),
        (Sex.FEMALE, 1960, "134", "1.00000"),
        (Sex.FEMALE, 1960, "94", "1.17522"),
        (Sex.FEMALE, 1960, "160", "0.93309"),
        (Sex.MALE, 1960, "70", "1.44706"),
        (Sex.MALE, 2012, "134", "1.00000"),
        (Sex.MALE, None, "146", "1.00000"),
    ],
)
def test_haemoglobin_factor(sex: Sex, birth: int | None, hb: str, factor: str) -> None:
    patient = replace(WOMAN, sex=sex, birth_date=PartialDate(birth) if birth else None)
    made = hb_factor(Decimal(hb), pft("2024-01-01"), patient)
    assert made is not None
    assert f"{float(made):.5f}" == factor


def test_haemoglobin_factor_needs_haemoglobin_and_sex() -> None:
    assert hb_factor(None, pft("2024-01-01"), WOMAN) is None
    assert hb_factor(Decimal(134), pft("2024-01-01"), replace(WOMAN, sex=None)) is None


@pytest.mark.parametrize(
    ("results", "hb"),
    [
        ([("2024-01-31", "94")], "94"),
        ([("2024-02-01", "94")], None),
        ([("2023-12-02", "94"), ("2024-01-31", "134")], "94"),
        ([("2023-12-02", "94"), ("2024-01-30", "134")], "134"),
    ],
)
def test_laboratory_haemoglobin_within_30_days(results: list[tuple[str, str]], hb: str | None) -> None:
    test = percent("2024-01-01", dlco="50", dlco_hb_corrected=False)
    entries = [(day(date), Decimal(value)) for date, value in results]
    (visit,) = dlco_visits([test], WOMAN, AS_OF, entries)
    made = visit.percent(at_standard_hb=True)
    if hb is None:
        assert made is None
    else:
        factor = hb_factor(Decimal(hb), test, WOMAN)
        assert made is not None
        assert factor is not None
        assert made.value == 50 * factor
