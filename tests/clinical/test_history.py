"""The date on which a criterion was first met, on the invented patient whose course is known."""

from __future__ import annotations

import datetime as dt

import pytest

from ctdild_desktop.clinical.criteria.history import first_met_on
from tests.support import holloway


def test_a_fall_that_recovered_is_still_dated() -> None:
    """From 76.6 % (20.06.2022) to 66.2 % (16.10.2023) is a relative fall of 13.6 %; it recovered in 2024."""
    record = holloway.record()
    assert first_met_on(record, "REVIEW_FVC_DECLINE", holloway.TODAY) == dt.date(2023, 10, 16)


def test_nothing_later_than_the_day_is_looked_at() -> None:
    record = holloway.record()
    assert first_met_on(record, "REVIEW_FVC_DECLINE", dt.date(2023, 10, 15)) is None
    assert first_met_on(record, "REVIEW_FVC_DECLINE", dt.date(2023, 10, 16)) == dt.date(2023, 10, 16)


def test_a_criterion_that_was_never_met_has_no_date() -> None:
    assert first_met_on(holloway.record(), "EUSTAR", holloway.TODAY) is None


def test_an_unknown_criterion_is_an_error() -> None:
    with pytest.raises(KeyError):
        first_met_on(holloway.record(), "NONSENSE", holloway.TODAY)
