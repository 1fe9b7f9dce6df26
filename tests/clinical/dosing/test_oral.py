"""Azathioprine by metaboliser status, and titrations by date."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ctdild_desktop.clinical.dosing.calculation import Measured
from ctdild_desktop.clinical.dosing.oral import (
    ChildPugh,
    Metaboliser,
    Step,
    azathioprine,
    mofetil_of_sodium,
    mycophenolate,
    nintedanib,
    pirfenidone,
    sodium_of_mofetil,
)
from ctdild_desktop.clinical.dosing.presets import presets
from ctdild_desktop.clinical.inputs import InputError
from tests.support.people import day

ON = day("2024-03-01")
WEIGHT = Measured(Decimal(64), day("2024-02-01"))
NORMAL, INTERMEDIATE, POOR = Metaboliser.NORMAL, Metaboliser.INTERMEDIATE, Metaboliser.POOR


@pytest.mark.parametrize(
    ("tpmt", "nudt15", "start", "suggestion", "warned"),
    [
        (INTERMEDIATE, NORMAL, ("48", "128"), (50, 125), 0),
        (NORMAL, INTERMEDIATE, ("48", "128"), (50, 125), 0),
        (INTERMEDIATE, INTERMEDIATE, ("32", "80"), (25, 75), 0),
        (NORMAL, NORMAL, ("160", "160"), (150, 150), 0),
        (INTERMEDIATE, None, ("48", "128"), (50, 125), 1),
        (None, None, ("160", "160"), (150, 150), 2),
    ],
)
def test_azathioprine(
    tpmt: Metaboliser | None,
    nudt15: Metaboliser | None,
    start: tuple[str, str],
    suggestion: tuple[int, int],
    warned: int,
) -> None:
    made = azathioprine(WEIGHT, ON, tpmt=tpmt, nudt15=nudt15, mg_per_kg=Decimal("2.5"))
    assert (made.target.result, made.target.formula) == (160, "2.5 mg/kg × weight")
    assert made.start == tuple(Decimal(one) for one in start)
    assert (made.target.suggestion, made.start_suggestion) == (150, suggestion)
    assert [caution.code for caution in made.target.warnings] == ["METABOLISER_UNKNOWN"] * warned


@pytest.mark.parametrize(("tpmt", "nudt15"), [(POOR, NORMAL), (NORMAL, POOR), (POOR, None), (POOR, POOR)])
def test_azathioprine_for_a_poor_metaboliser_is_blocked(
    tpmt: Metaboliser, nudt15: Metaboliser | None
) -> None:
    made = azathioprine(WEIGHT, ON, tpmt=tpmt, nudt15=nudt15)
    assert (made.target.result, made.start, len(made.target.blocked)) == (None, None, 1)


def test_azathioprine_targets() -> None:
    assert azathioprine(WEIGHT, ON).target.result == 128
    assert azathioprine(WEIGHT, ON, preset=presets()["AZA_FAST"]).target.result == 160
    assert azathioprine(None, ON).target.blocked != ()
    with pytest.raises(InputError, match=r"2\.6 mg/kg/d is not a dose"):
        azathioprine(WEIGHT, ON, mg_per_kg=Decimal("2.6"))


def test_mycophenolate_steps() -> None:
    steps = mycophenolate(day("2024-01-01"))
    assert [(step.start.isoformat(), step.mg, step.mg_a_day) for step in steps] == [
        ("2024-01-01", 500, 1000),
        ("2024-01-08", 750, 1500),
        ("2024-01-15", 1000, 2000),
        ("2024-01-22", 1250, 2500),
        ("2024-01-29", 1500, 3000),
    ]
    slow = mycophenolate(day("2024-01-01"), target_mg=Decimal(2000), every_days=14)
    assert [step.start.isoformat() for step in slow] == ["2024-01-01", "2024-01-15", "2024-01-29"]
    for values in ({"target_mg": Decimal(3500)}, {"target_mg": Decimal(2250)}, {"every_days": 6}):
        with pytest.raises(InputError):
            mycophenolate(day("2024-01-01"), **values)


def test_mycophenolate_salts() -> None:
    assert mofetil_of_sodium(Decimal(1440)) == 2000
    assert sodium_of_mofetil(Decimal(3000)) == 2160


@pytest.mark.parametrize(
    ("values", "mg", "blocked"),
    [
        ({}, 300, False),
        ({"lowered": True}, 200, False),
        ({"child_pugh": ChildPugh.A}, 200, False),
        ({"child_pugh": ChildPugh.B}, None, True),
        ({"child_pugh": ChildPugh.C, "lowered": True}, None, True),
    ],
)
def test_nintedanib(values: dict[str, Any], mg: int | None, blocked: bool) -> None:
    made = nintedanib(**values)
    assert (made.result, made.suggestion, bool(made.blocked)) == (mg, mg, blocked)


def spans(steps: tuple[Step, ...]) -> list[tuple[str, str | None, int]]:
    return [
        (step.start.isoformat(), None if step.stop is None else step.stop.isoformat(), int(step.mg))
        for step in steps
    ]


def test_pirfenidone_is_titrated_over_two_weeks() -> None:
    made = pirfenidone(day("2024-01-01"))
    assert spans(made.steps) == [
        ("2024-01-01", "2024-01-07", 267),
        ("2024-01-08", "2024-01-14", 534),
        ("2024-01-15", None, 801),
    ]
    assert made.steps[-1].mg_a_day == 2403
    assert made.warnings == ()


def test_pirfenidone_after_a_gap() -> None:
    start, stopped = day("2024-01-01"), day("2024-05-01")
    short = pirfenidone(start, gap=(stopped, day("2024-05-14")))
    assert (short.steps[0].start, short.warnings) == (start, ())
    long = pirfenidone(start, gap=(stopped, day("2024-05-15")))
    assert long.steps[0].start == day("2024-05-15")
    assert [caution.code for caution in long.warnings] == ["TITRATE_AGAIN"]
    with pytest.raises(ValueError, match="ends before"):
        pirfenidone(start, gap=(stopped, day("2024-04-30")))


@pytest.mark.parametrize(
    ("values", "doses"),
    [
        ({"fluvoxamine": True}, [267]),
        ({"ciprofloxacin_750_twice": True}, [267, 534]),
        ({"fluvoxamine": True, "ciprofloxacin_750_twice": True}, [267]),
    ],
)
def test_pirfenidone_with_other_drugs(values: dict[str, bool], doses: list[int]) -> None:
    made = pirfenidone(day("2024-01-01"), **values)
    assert [int(step.mg) for step in made.steps] == doses
    assert made.steps[-1].stop is None
    assert made.warnings
