"""An analysis of a day in the past answers as it would have done on that day: nothing later leaks in."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from ctdild_desktop.clinical.records import AdverseEvent, Lab, PatientRecord, Pft
from ctdild_desktop.cohort.query import parse
from ctdild_desktop.services.cohort import finding, lung_function, outcomes
from ctdild_desktop.services.cohort.data import Chosen
from ctdild_desktop.services.cohort.studies import compared
from ctdild_desktop.services.desk import Desk, RefusedError, new_id
from tests.support.cohort_patients import a_line, day, record
from tests.support.desks import fill, in_a_file

THEN = Chosen(as_of=dt.date(2020, 12, 31))
TESTS = (("2020-01-01", "3.0"), ("2020-06-01", "2.9"))


@in_a_file
def test_a_death_after_the_day_is_in_no_number_of_it(desk: Desk) -> None:
    """Pneumonia in November, dead of it in February: on the last day of the year the patient lives."""
    pneumonia = AdverseEvent(
        id=new_id(), onset=day("2020-11-01"), term="lung_infection", grade=5, outcome="fatal"
    )
    line = a_line("cyclophosphamide_iv", "2020-10-01")
    fill(desk, record("A", *TESTS, therapy=(line,), events=(pneumonia,), died="2021-02-01"))
    given = outcomes.adverse_events(desk, THEN).drugs["cyclophosphamide_iv"]
    assert (given.events.events, given.deaths, dict(given.by_grade)) == (1, 0, {"not recorded": 1})
    assert lung_function.describe(desk, THEN).by["vital_status"] == {"alive": 1}
    alive = replace(THEN, query=parse("vital_status = alive"))
    assert lung_function.describe(desk, alive).n.cohort == finding.count_of(desk, alive).count == 1
    exposed = {row.published.measure: row.own for row in compared(desk, "R29", THEN).rows if row.group == "b"}
    assert exposed["deaths_exposed"] is not None
    assert (exposed["deaths_exposed"].n, exposed["deaths_exposed"].count) == (1, 0)
    now = outcomes.adverse_events(desk).drugs["cyclophosphamide_iv"]
    assert (now.deaths, dict(now.by_grade)) == (1, {"5": 1})


@in_a_file
def test_a_stop_after_the_day_takes_no_line_out_of_the_exposure(desk: Desk) -> None:
    fill(desk, record("A", *TESTS, therapy=(a_line("azathioprine", "2020-10-01", "2021"),)))
    given = outcomes.adverse_events(desk, THEN).drugs["azathioprine"]
    assert (given.lines_left_out, given.years) == (0, Fraction(9100, 36525))
    assert outcomes.adverse_events(desk).drugs["azathioprine"].lines_left_out == 1


@in_a_file
def test_a_response_judged_after_the_day_is_not_known_yet(desk: Desk) -> None:
    judged = replace(a_line("azathioprine", "2020-03-01"), response="worse", response_date=day("2021-03-01"))
    later = replace(a_line("nintedanib", "2021-02-01"), response="worse")
    fill(desk, record("A", *TESTS, therapy=(judged,)), record("B", *TESTS, therapy=(later,)))
    worse = replace(THEN, query=parse("therapy(response = worse)"))
    assert lung_function.describe(desk, worse).n.cohort == 0
    told = outcomes.survival(desk, "treatment_failure", chosen=THEN)
    assert (told.n.analysed, told.n.excluded) == (2, {}), "the line of B was not begun"


def with_dlco(mrn: str, *labs: Lab) -> PatientRecord:
    made = record(mrn)
    tests = tuple(
        Pft(
            id=new_id(),
            date=on,
            entered=place,
            dlco_pct_pred=Decimal(60),
            dlco_hb_corrected=False,
            hb_g_l=Decimal(134) if place == 1 else None,
        )
        for place, on in enumerate((dt.date(2020, 1, 1), dt.date(2020, 12, 28)), start=1)
    )
    return replace(made, tests=tests, labs=labs)


@in_a_file
def test_a_haemoglobin_after_the_day_corrects_no_test_before_it(desk: Desk) -> None:
    """Hb 9.4 g/dL has the factor 1.17522: the fall of nothing would become a gain."""
    lab = Lab(id=new_id(), date=day("2021-01-05"), test="hb", value=Decimal(94), unit="g/L")
    fill(desk, with_dlco("A", lab))
    then = lung_function.changes(desk, "dlco_percent_predicted", 12, THEN)
    assert then.absolute.summary.mean == 0
    now = lung_function.changes(desk, "dlco_percent_predicted", 12)
    assert now.absolute.summary.mean == pytest.approx(60 * 0.17522, abs=0.01)


@in_a_file
def test_a_day_after_today_is_refused(desk: Desk) -> None:
    """A line that goes on would be exposed for years that nobody has lived."""
    fill(desk, record("A", *TESTS, therapy=(a_line("azathioprine", "2020-10-01"),)))
    tomorrow = Chosen(as_of=desk.today() + dt.timedelta(days=1))
    with pytest.raises(RefusedError, match="is after today"):
        outcomes.adverse_events(desk, tomorrow)
