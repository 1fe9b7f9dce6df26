"""Differences between two groups, against numbers counted by hand."""

from __future__ import annotations

import pytest

from ctdild_desktop.cohort.between import fisher_exact, mann_whitney


def test_of_five_and_five_that_do_not_overlap_two_orders_in_252_are_as_far_apart() -> None:
    assert mann_whitney([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]) == pytest.approx(2 / 252)


def test_equal_values_do_not_differ() -> None:
    assert mann_whitney([1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1]) == 1


def test_three_of_four_and_one_of_four_are_as_far_apart_in_34_of_70_tables() -> None:
    assert fisher_exact((3, 4), (1, 4)) == pytest.approx(34 / 70)
    assert fisher_exact((0, 5), (0, 9)) == 1
