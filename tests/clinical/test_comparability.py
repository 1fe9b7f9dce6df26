"""What stands between two tests: each reason alone, at its limit, and none when there is none."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ctdild_desktop.clinical.comparability import differences
from ctdild_desktop.clinical.records import DlcoUnit, Pft
from ctdild_desktop.clinical.wording import say
from tests.support.people import WOMAN, day, pft

_FIRST = pft(
    "2023-06-01",
    fvc_l="2.40",
    dlco="12.4",
    dlco_hb_corrected=False,
    reference_set="GLI2022",
    height_cm="165",
    laboratory="North",
    fvc_grade="A",
    dlco_grade="B",
    post_bd=False,
)
_LAST = replace(_FIRST, id="t2", date=day("2024-06-01"))


def _told(first: Pft, last: Pft, **values: Any) -> list[tuple[str, str]]:
    return [(caution.code, say(caution.text)) for caution in differences(first, last, WOMAN, **values)]


def test_alike_tests_are_comparable() -> None:
    assert differences(_FIRST, _LAST, WOMAN) == ()
    bare = pft("2023-06-01", fvc_l="2.4"), pft("2024-06-01", fvc_l="2.3")
    assert differences(*bare, WOMAN) == ()


@pytest.mark.parametrize(
    ("change", "code", "text"),
    [
        (
            {"reference_set": "ECSC93", "dlco": None},
            "REFERENCE_SET",
            "Reference set of FVC: GLI Global 2022, then ECSC/ERS 1993; to compare, both are computed with "
            "ECSC/ERS 1993.",
        ),
        (
            {"reference_set": "LOCAL:north", "dlco": None},
            "REFERENCE_SET",
            "Reference set of FVC: GLI Global 2022, then LOCAL:north; % predicted cannot be compared.",
        ),
        (
            {"reference_set": None},
            "REFERENCE_SET_UNKNOWN",
            "The test of 01.06.2024 does not name its reference set.",
        ),
        (
            {"height_cm": Decimal("161.9")},
            "HEIGHT",
            "Height 165 cm, then 161.9 cm: % predicted follows the height.",
        ),
        (
            {"dlco": Decimal("4.1"), "dlco_unit": DlcoUnit.SI},
            "DLCO_UNIT",
            "DLCO in mL/min/mmHg, then in mmol/min/kPa.",
        ),
        (
            {"dlco_hb_corrected": True},
            "HB_CORRECTION",
            "DLCO of 01.06.2024 is corrected for haemoglobin, that of 01.06.2023 is not; they cannot be "
            "compared.",
        ),
        ({"laboratory": "South"}, "LABORATORY", "Laboratory North, then South."),
        ({"fvc_grade": "D"}, "LOW_QUALITY", "FVC of 01.06.2024 has quality grade D."),
        ({"fvc_grade": "E"}, "LOW_QUALITY", "FVC of 01.06.2024 has quality grade E and is not used."),
        ({"dlco_grade": "C"}, "LOW_QUALITY", "DLCO of 01.06.2024 has quality grade C."),
        ({"dlco_grade": "F"}, "LOW_QUALITY", "DLCO of 01.06.2024 has quality grade F and is not used."),
        (
            {"excluded": True, "exclusion_reason": "lung_infection"},
            "EXCLUDED",
            "The test of 01.06.2024 is excluded: lung infection.",
        ),
        (
            {"post_bd": True},
            "BRONCHODILATOR",
            "The test of 01.06.2024 was after bronchodilator, that of 01.06.2023 was not.",
        ),
    ],
)
def test_each_reason_alone(change: dict[str, Any], code: str, text: str) -> None:
    assert _told(_FIRST, replace(_LAST, **change)) == [(code, text)]


@pytest.mark.parametrize(
    ("height", "differs"), [("168", False), ("162", False), ("168.1", True), ("161.9", True)]
)
def test_height_differs_by_more_than_3_cm(height: str, differs: bool) -> None:
    assert bool(differences(_FIRST, replace(_LAST, height_cm=Decimal(height)), WOMAN)) is differs


def test_a_test_without_height_has_the_patient_s() -> None:
    tall = replace(_FIRST, height_cm=Decimal(169))
    assert [code for code, _text in _told(tall, replace(_LAST, height_cm=None))] == ["HEIGHT"]
    assert differences(_FIRST, replace(_LAST, height_cm=None), WOMAN) == ()
    unknown = replace(WOMAN, height_cm=None)
    assert differences(tall, replace(_LAST, height_cm=None), unknown) == ()


def test_two_names_of_one_transfer_factor_equation_are_no_difference() -> None:
    gas = {"fvc_l": None, "fvc_grade": None}
    first = replace(_FIRST, reference_set="GLI2012", **gas)  # type: ignore[arg-type]
    last = replace(_LAST, reference_set="GLI2022", **gas)  # type: ignore[arg-type]
    assert differences(first, last, WOMAN) == ()


def test_a_changed_set_speaks_of_the_measures_that_both_have() -> None:
    assert _told(replace(_FIRST, fvc_l=None), replace(_LAST, dlco=None, reference_set="ECSC93")) == []
    both = _told(_FIRST, replace(_LAST, reference_set="LOCAL:north"))
    assert [text.split(":")[0] for _code, text in both] == ["Reference set of FVC", "Reference set of DLCO"]


def test_a_known_haemoglobin_lets_the_other_be_corrected() -> None:
    last = replace(_LAST, dlco_hb_corrected=True)
    own = replace(_FIRST, hb_g_l=Decimal(120))
    assert _told(own, last)[0][1].endswith("it can be corrected with the haemoglobin on record.")
    near = ((day("2023-06-20"), Decimal(120)),)
    assert _told(_FIRST, last, haemoglobins=near)[0][1].endswith("with the haemoglobin on record.")
    unsaid = replace(_FIRST, dlco_hb_corrected=None)
    assert differences(unsaid, _LAST, WOMAN) == ()


def test_laboratories_are_the_same_whatever_the_case() -> None:
    assert differences(_FIRST, replace(_LAST, laboratory=" north "), WOMAN) == ()
    assert differences(_FIRST, replace(_LAST, laboratory=""), WOMAN) == ()


def test_a_bronchodilator_that_the_other_test_does_not_mention() -> None:
    told = _told(replace(_FIRST, post_bd=True), replace(_LAST, post_bd=None))
    assert told == [
        (
            "BRONCHODILATOR",
            "The test of 01.06.2023 was after bronchodilator, that of 01.06.2024 does not say.",
        )
    ]
    assert differences(replace(_FIRST, post_bd=None), _LAST, WOMAN) == ()


def test_several_reasons_are_all_told_and_the_direction_matters_only_for_the_words() -> None:
    last = replace(_LAST, laboratory="South", post_bd=True, height_cm=Decimal(160), fvc_grade="D")
    codes = [code for code, _text in _told(_FIRST, last)]
    assert codes == ["HEIGHT", "LABORATORY", "LOW_QUALITY", "BRONCHODILATOR"]
    assert sorted(code for code, _text in _told(last, _FIRST)) == sorted(codes)
