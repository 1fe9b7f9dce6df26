"""Student's t against published tables and closed forms."""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical.student import cdf, quantile


@pytest.mark.parametrize(
    ("df", "two_sided_95", "two_sided_99"),
    [
        (1, 12.706, 63.657),
        (2, 4.303, 9.925),
        (3, 3.182, 5.841),
        (4, 2.776, 4.604),
        (5, 2.571, 4.032),
        (10, 2.228, 3.169),
        (18, 2.101, 2.878),
        (30, 2.042, 2.750),
        (60, 2.000, 2.660),
        (120, 1.980, 2.617),
    ],
)
def test_quantiles_agree_with_the_printed_tables(df: int, two_sided_95: float, two_sided_99: float) -> None:
    """Fisher and Yates, Statistical Tables, table III."""
    assert round(quantile(0.975, df), 3) == two_sided_95
    assert round(quantile(0.995, df), 3) == two_sided_99


@given(st.floats(-500, 500))
def test_one_degree_of_freedom_is_cauchy(t: float) -> None:
    assert cdf(t, 1) == pytest.approx(0.5 + math.atan(t) / math.pi, abs=1e-12)


@given(st.floats(-500, 500))
def test_two_degrees_of_freedom_have_a_closed_form(t: float) -> None:
    assert cdf(t, 2) == pytest.approx(0.5 + t / (2 * math.sqrt(2 + t * t)), abs=1e-12)


@given(st.floats(-40, 40))
def test_four_degrees_of_freedom_have_a_closed_form(t: float) -> None:
    s = t / math.sqrt(4 + t * t)
    assert cdf(t, 4) == pytest.approx(0.5 + 0.75 * (s - s**3 / 3), abs=1e-12)


@pytest.mark.parametrize("t", [-3.0, -1.0, 0.0, 0.5, 2.0])
def test_many_degrees_of_freedom_approach_the_normal(t: float) -> None:
    assert cdf(t, 1e7) == pytest.approx(NormalDist().cdf(t), abs=1e-6)


@given(st.floats(0.001, 0.999), st.floats(0.5, 300))
def test_the_quantile_inverts_the_distribution(probability: float, df: float) -> None:
    assert cdf(quantile(probability, df), df) == pytest.approx(probability, abs=1e-12)
    assert quantile(probability, df) == pytest.approx(-quantile(1 - probability, df), rel=1e-9, abs=1e-9)


@given(st.floats(-60, 60), st.floats(0, 60), st.floats(0.5, 100))
def test_the_distribution_rises(t: float, step: float, df: float) -> None:
    assert 0 <= cdf(t, df) <= cdf(t + step, df) + 1e-15 <= 1 + 1e-15


def test_the_ends_and_what_is_refused() -> None:
    assert (cdf(-math.inf, 3), cdf(math.inf, 3), cdf(0, 3)) == (0, 1, 0.5)
    for wrong in (0.0, 1.0, -0.1):
        with pytest.raises(ValueError, match="between 0 and 1"):
            quantile(wrong, 3)
    with pytest.raises(ValueError, match="positive"):
        cdf(1, 0)
    with pytest.raises(ValueError, match="number"):
        cdf(math.nan, 3)
