"""Seriousness, relatedness, local flags, and grades of clinical signs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ctdild_desktop.clinical.codes import ae_terms, choices
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.inputs import InputError
from ctdild_desktop.clinical.records import AdverseEvent, TherapyLine
from ctdild_desktop.clinical.safety import (
    Flag,
    diarrhoea_grade,
    febrile_neutropenia,
    fever_grade,
    flags,
    is_related,
    is_serious,
    weight_loss_grade,
)


def event(term: str = "sepsis", **values: Any) -> AdverseEvent:
    return AdverseEvent(id="e", onset=PartialDate(2024, 3, 1), term=term, **values)


@pytest.mark.parametrize(
    ("values", "serious"),
    [
        ({}, False),
        ({"grade": 4}, False),
        ({"seriousness": ("admission",), "grade": 1}, True),
        ({"serious": True}, True),
        ({"serious": False}, False),
    ],
)
def test_serious_is_independent_of_the_grade(values: dict[str, Any], serious: bool) -> None:
    assert is_serious(event(**values)) is serious


def test_related_is_certain_probable_or_possible() -> None:
    related = {code for code in choices("causality").codes if is_related(event(causality=code))}
    assert related == {"certain", "probable", "possible"}
    assert not is_related(event())


@pytest.mark.parametrize(
    ("term", "drug", "flag"),
    [
        ("pml", "rituximab", (Flag.PML,)),
        ("pml", "mycophenolate", (Flag.PML,)),
        ("pneumonitis", "methotrexate", (Flag.DRUG_LUNG_TOXICITY,)),
        ("pneumonitis", "tocilizumab", (Flag.DRUG_LUNG_TOXICITY,)),
        ("pneumonitis", "rituximab", (Flag.DRUG_LUNG_TOXICITY,)),
        ("pneumonitis", "mycophenolate", ()),
        ("sepsis", "rituximab", ()),
    ],
)
def test_local_flags(term: str, drug: str, flag: tuple[Flag, ...]) -> None:
    line = TherapyLine(id="l", drug=drug, start=PartialDate(2024))
    assert flags(event(term), [line]) == flag


@pytest.mark.parametrize(
    ("first", "last", "terms"),
    [
        (1, 5, "infusion_reaction allergic_reaction shingles hepatitis_b_reactivation pneumonitis cystitis"),
        (1, 5, "haematuria diarrhoea vomiting fever"),
        (2, 5, "lung_infection upper_respiratory_infection urinary_tract_infection bronchial_infection"),
        (2, 5, "hypoxia"),
        (3, 5, "anaphylaxis sepsis malignancy pml febrile_neutropenia"),
        (1, 3, "nausea weight_loss"),
        (2, 2, "premature_menopause"),
        (1, 4, "leukopenia neutropenia lymphopenia thrombocytopenia alt_increased cpk_increased"),
    ],
)
def test_the_grades_that_ctcae_gives_each_term(first: int, last: int, terms: str) -> None:
    for code in terms.split():
        entry = ae_terms().get(code)
        assert entry is not None
        assert (entry.grades[0], entry.grades[-1]) == (first, last), code
        shown = [grade for grade in (1, 2, 3) if entry.reminder(grade)]
        assert not set(shown) - set(entry.grades), "no words for a grade that does not exist"


@pytest.mark.parametrize(
    ("celsius", "longer", "grade"),
    [
        ("37.9", None, 0),
        ("38.0", None, 1),
        ("39.0", None, 1),
        ("39.1", None, 2),
        ("40.0", None, 2),
        ("40.1", False, 3),
        ("40.1", True, 4),
        ("40.1", None, None),
    ],
)
def test_fever(celsius: str, longer: bool | None, grade: int | None) -> None:
    assert fever_grade(Decimal(celsius), longer_than_a_day=longer) == grade


@pytest.mark.parametrize(
    ("before", "now", "grade"),
    [
        ("80", "76.01", 0),
        ("80", "76", 1),
        ("80", "72", 2),
        ("80", "64.01", 2),
        ("80", "64", 3),
        ("80", "85", 0),
    ],
)
def test_weight_loss(before: str, now: str, grade: int) -> None:
    assert weight_loss_grade(Decimal(before), Decimal(now)) == grade


def test_diarrhoea() -> None:
    assert [diarrhoea_grade(more) for more in (0, 1, 3, 4, 6, 7)] == [0, 1, 1, 2, 2, 3]
    with pytest.raises(InputError, match="cannot be below 0"):
        diarrhoea_grade(-1)


@pytest.mark.parametrize(
    ("neutrophils", "highest", "sustained", "met"),
    [
        ("0.99", "38.31", None, True),
        ("0.99", "38.3", None, False),
        ("0.99", "38.3", "38.0", True),
        ("0.99", "38.3", "37.9", False),
        ("1.0", "39.5", "39.0", False),
    ],
)
def test_febrile_neutropenia(neutrophils: str, highest: str, sustained: str | None, met: bool) -> None:
    held = None if sustained is None else Decimal(sustained)
    assert febrile_neutropenia(Decimal(neutrophils), Decimal(highest), sustained_celsius=held) is met
