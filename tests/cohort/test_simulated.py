"""Intervals of simulated registries hold the planted truth; many more: ``tests.support.simulate``."""

from __future__ import annotations

import pytest

from tests.support.simulate import PLANTED, covered


@pytest.mark.parametrize("name", [name for name in PLANTED if "model" not in name])
def test_intervals_hold_the_planted_truth(name: str) -> None:
    told = covered(name, 40, 2)
    assert (told.runs, told.none) == (40, 0)
    assert told.held >= 33, "fewer have a chance below 1 in 1,000"


def test_the_mixed_model_finds_the_planted_slope() -> None:
    told = covered("mixed-model slope", 5, 2)
    assert (told.runs, told.none) == (5, 0)
    assert told.held >= 4
