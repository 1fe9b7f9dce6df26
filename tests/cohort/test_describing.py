"""Numbers, tests and intervals against R, and what too few values cannot tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.cohort.describing import Test, paired_t, proportion, summary, wilcoxon
from tests.cohort.expected import expected

CHANGES = [-12.5, -3.2, 4.1, -8.8, 0.6, -1.9, -15.0, 7.3, -4.4, -6.1, 2.2]
TIED = [-5, -5, 3, 0, -2, 8, -5, 1, 1, -9, 4, -7, 0, 6, -3, -3, 2, -1, -4, -10, 5, -6, -8, -2, 3, -4, -11, -2]


def test_a_summary_is_that_of_r() -> None:
    told, from_r = summary(CHANGES), expected()
    assert [told.q1, told.median, told.q3] == pytest.approx(from_r["quartiles"])
    assert told.ci95 == pytest.approx(from_r["t"][2:])
    assert (told.n, told.low, told.high, told.n_negative) == (11, -15.0, 7.3, 7)
    assert told.mean == pytest.approx(sum(CHANGES) / 11)


def test_the_paired_t_test_is_that_of_r() -> None:
    told = paired_t(CHANGES)
    assert [told.statistic, told.p] == pytest.approx(expected()["t"][:2])


def test_the_signed_rank_test_is_exact_for_few_and_corrected_for_ties_for_many() -> None:
    few, many = wilcoxon(CHANGES), wilcoxon(TIED)
    assert [few.statistic, few.p] == pytest.approx(expected()["wilcoxon_exact"])
    assert few.method.endswith("exact")
    assert [many.statistic, many.p] == pytest.approx(expected()["wilcoxon_ties"])
    assert many.method.endswith("normal approximation")


def test_a_share_has_wilsons_interval() -> None:
    told = proportion(7, 23)
    assert told.wilson95 == pytest.approx([100 * end for end in expected()["wilson"]])
    assert told.percent == pytest.approx(100 * 7 / 23)


def test_what_too_few_values_cannot_tell_is_none() -> None:
    assert summary([]).mean is None
    one = summary([2.5])
    assert (one.n, one.mean, one.median, one.sd, one.ci95) == (1, 2.5, 2.5, None, None)
    assert paired_t([1.0]) == Test(None, None, "paired t test, two-sided")
    assert paired_t([1.0, 1.0]).p is None
    assert wilcoxon([0.0, 0.0]).p is None
    assert proportion(0, 0).percent is None
    assert proportion(0, 9).wilson95 == pytest.approx((0, 29.914), abs=1e-3)


@given(st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_an_interval_holds_its_share(counts: tuple[int, int]) -> None:
    told = proportion(*counts)
    assert told.percent is not None
    assert told.wilson95 is not None
    assert 0 <= told.wilson95[0] <= told.percent + 1e-9
    assert told.percent - 1e-9 <= told.wilson95[1] <= 100


def test_equal_changes_have_no_t_statistic() -> None:
    assert paired_t([-0.1, -0.1, -0.1]).p is None
    assert paired_t([0.0, 0.0]).p is None
