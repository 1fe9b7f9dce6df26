"""Bands of severity that stand beside the z-score bands, and refusals of impossible inputs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ctdild_desktop.clinical.inputs import InputError
from ctdild_desktop.clinical.records import Sex
from ctdild_desktop.clinical.severity import (
    IldGroup,
    Restriction,
    SeverityZ,
    dlco_band,
    ild_gap,
    ild_gap_of,
    restriction,
    severity_z,
)
from tests.support.people import day, facts, percent


@pytest.mark.parametrize(
    ("z", "band"),
    [
        ("-1.64", "NORMAL"),
        ("-1.65", "MILD"),
        ("-2.499", "MILD"),
        ("-2.501", "MODERATE"),
        ("-4.001", "SEVERE"),
    ],
)
def test_worked_z_scores(z: str, band: str) -> None:
    assert severity_z(Decimal(z)).value == band


@pytest.mark.parametrize("bad", [Decimal("NaN"), Decimal("-Infinity"), float("nan"), float("inf")])
def test_a_z_score_must_be_a_number(bad: Decimal | float) -> None:
    with pytest.raises(InputError, match="The z-score is not a number"):
        severity_z(bad)


@pytest.mark.parametrize(
    ("percent_predicted", "below_lln", "band"),
    [
        ("60.01", True, SeverityZ.MILD),
        ("60.01", False, SeverityZ.NORMAL),
        ("60.01", None, SeverityZ.CANNOT_ASSESS),
        ("60", True, SeverityZ.MODERATE),
        ("40", None, SeverityZ.MODERATE),
        ("39.99", None, SeverityZ.SEVERE),
        (None, True, SeverityZ.CANNOT_ASSESS),
    ],
)
def test_older_bands_of_dlco(percent_predicted: str | None, below_lln: bool | None, band: SeverityZ) -> None:
    assert dlco_band(percent_predicted and Decimal(percent_predicted), below_lln=below_lln) is band


@pytest.mark.parametrize(
    ("known", "answer"),
    [
        ({"tlc_low": True, "fvc_low": False}, Restriction.PROVEN),
        ({"tlc_low": False, "fvc_low": True, "ratio_low": False}, Restriction.NOT_SHOWN),
        ({"fvc_low": True, "ratio_low": False}, Restriction.POSSIBLE),
        ({"fvc_low": True, "ratio_low": True}, Restriction.NOT_SHOWN),
        ({"fvc_low": True}, Restriction.CANNOT_ASSESS),
        ({"fvc_low": False}, Restriction.NOT_SHOWN),
        ({}, Restriction.CANNOT_ASSESS),
    ],
)
def test_restriction_is_proven_by_tlc_alone(known: dict[str, bool], answer: Restriction) -> None:
    assert restriction(**known) is answer


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"age": -1}, "Age cannot be below 0"),
        ({"fvc_percent": Decimal("NaN")}, "FVC in % predicted is not a number"),
        ({"dlco_percent": Decimal("-0.1")}, "DLCO in % predicted cannot be below 0"),
        ({"dlco_cannot_perform": True}, "recorded as impossible"),
    ],
)
def test_ild_gap_refuses_what_cannot_be(change: dict[str, Any], text: str) -> None:
    base: dict[str, Any] = {
        "group": IldGroup.CTD_ILD,
        "sex": Sex.FEMALE,
        "age": 58,
        "fvc_percent": Decimal(70),
        "dlco_percent": Decimal(45),
    }
    with pytest.raises(InputError, match=text):
        ild_gap(**(base | change))


@pytest.mark.parametrize(("diagnosis", "codes"), [("lcSSc", ["UNDERESTIMATES"]), ("ASyS", [])])
def test_ild_gap_says_that_it_foretells_too_few_deaths_in_sclerosis(diagnosis: str, codes: list[str]) -> None:
    made = ild_gap_of(facts(percent("2024-03-12", "70", "45"), diagnosis=diagnosis), day("2024-04-02"))
    assert made.known
    assert [caution.code for caution in made.cautions] == codes
