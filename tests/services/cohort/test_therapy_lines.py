"""Lines of therapy in a small registry: slopes while given, the time to the next, other time zeros."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.cohort.survival import Followed
from ctdild_desktop.services.cohort import lung_function, outcomes, therapy_lines
from ctdild_desktop.services.cohort.data import Chosen
from ctdild_desktop.services.desk import Desk, RefusedError
from ctdild_desktop.services.progress import CancelledError, Progress
from tests.support.cohort_patients import a_line, day, record
from tests.support.desks import fill, in_a_file

YEARLY = (("2018-01-01", "3.0"), ("2019-01-01", "2.9"), ("2020-01-01", "2.8"), ("2020-12-31", "2.9"))


def diagnosed(told: PatientRecord, on: str) -> PatientRecord:
    return replace(told, diagnoses=(replace(told.diagnoses[0], ild_diagnosed=day(on)),))


def days(first: str, last: str) -> int:
    return (dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days


@in_a_file
def test_a_slope_is_of_the_visits_while_the_line_was_given(desk: Desk) -> None:
    fill(
        desk,
        record("A", *YEARLY, therapy=(a_line("azathioprine", "2018-01-01", "2020-01-01"),)),
        record(
            "B",
            *YEARLY,
            therapy=(
                a_line("azathioprine", "2018-01-01", "2018-12-31"),
                a_line("azathioprine", "2019-01-01"),
                a_line("oxygen", "2018-01-01"),
                a_line("rituximab", "2019"),
            ),
        ),
        record("C", therapy=(a_line("azathioprine", "2018-01-01"),)),
        record("D", *YEARLY),
    )
    told = therapy_lines.epochs(desk, "fvc_l")
    assert (told.n.analysed, told.n.excluded) == (2, {"no line of therapy": 1, "no usable visit": 1})
    assert set(told.drugs) == {"azathioprine", "rituximab"}, "oxygen is no line"
    of_one = told.drugs["azathioprine"]
    assert (of_one.lines, of_one.patients, of_one.result.n, of_one.result.n_negative) == (2, 2, 2, 1)
    assert of_one.left_out == {"fewer than three usable visits during the line": 1, "no usable visit": 1}
    first = next(one for one in of_one.epochs if one.stop is not None)
    assert (first.visits, first.slope) == (3, pytest.approx(-0.1, rel=1e-3)), "both ends of the line count"
    assert of_one.pooled.slope_per_year is None, "two lines are too few"
    assert told.drugs["rituximab"].left_out == {"the days of the line are not known": 1}
    assert set(therapy_lines.epochs(desk, "fvc_l", drug="rituximab").drugs) == {"rituximab"}
    until = therapy_lines.epochs(desk, "fvc_l", chosen=Chosen(as_of=dt.date(2020, 6, 1)))
    assert until.drugs["azathioprine"].lines == 1, "the last visit of B lies after the day"


@in_a_file
def test_the_next_line_is_another_drug_begun_later(desk: Desk) -> None:
    def given(mrn: str, *lines: tuple[str, str], died: str = "") -> PatientRecord:
        return record(mrn, *YEARLY, therapy=tuple(a_line(*line) for line in lines), died=died)

    fill(
        desk,
        given(
            "A",
            ("mycophenolate", "2018-02-01"),
            ("azathioprine", "2018-02-01"),
            ("prednisolone", "2018-03-01"),
            ("oxygen", "2018-04-01"),
            ("mycophenolate", "2018-06-01"),
            ("rituximab", "2019-02-01"),
            ("nintedanib", "2020-02-01"),
        ),
        given("B", ("mycophenolate", "2018-02-01"), died="2019-12-01"),
        given("C", ("mycophenolate", "2018-02-01")),
        given("D", ("mycophenolate", "2018-02-01"), ("rituximab", "2019")),
        given("E", ("mycophenolate", "2018"), ("mycophenolate", "2019-01-01")),
        given("F", ("rituximab", "2018-02-01")),
    )
    told = therapy_lines.next_line(desk, drug="mycophenolate", days=(365, 700))
    assert told.n.excluded == {
        "a date is not known to the day": 1,
        "no line of therapy": 1,
        "no line of therapy begun on a known day": 1,
    }
    assert sorted(told.groups["all"].people, key=lambda one: one.time) == [
        Followed(days("2018-02-01", "2019-02-01"), 1),
        Followed(days("2018-02-01", "2019-12-01"), 2),
        Followed(days("2018-02-01", "2020-12-31"), 0),
    ]
    assert told.groups["all"].median is None
    assert told.groups["all"].at(700).survival == pytest.approx(2 / 3)
    assert told.incidence["all"] == {
        "next_line": pytest.approx((1 / 3, 1 / 3)),
        "death": pytest.approx((0, 1 / 3)),
    }
    assert told.next_drugs == {"all": {"rituximab": 1}}
    of_any = therapy_lines.next_line(desk, by="drug")
    assert {name: curve.n for name, curve in of_any.groups.items()} == {
        "azathioprine": 1,
        "mycophenolate": 2,
        "rituximab": 1,
    }
    with pytest.raises(RefusedError, match=r"^Nobody in the cohort was given nintedanib\.$"):
        therapy_lines.next_line(desk, drug="nintedanib", chosen=Chosen(as_of=dt.date(2019, 1, 1)))
    with pytest.raises(RefusedError, match=r"^aspirin is no drug of the list\.$"):
        therapy_lines.epochs(desk, "fvc_l", drug="aspirin")
    stopped = Progress()
    stopped.cancel()
    with pytest.raises(CancelledError):
        therapy_lines.next_line(desk, progress=stopped)


@in_a_file
@pytest.mark.parametrize(
    ("drug", "next_one"),
    [
        ("immunoglobulin", 1),
        ("plasma_exchange", 1),
        ("oxygen", 0),
        ("co_trimoxazole", 0),
        ("prednisolone", 0),
    ],
)
def test_what_is_a_next_line_is_what_the_definition_says(desk: Desk, drug: str, next_one: int) -> None:
    lines = (a_line("mycophenolate", "2018-02-01"), a_line(drug, "2019-02-01"))
    fill(desk, record("A", *YEARLY, therapy=lines))
    told = therapy_lines.next_line(desk, drug="mycophenolate")
    assert [one.event for one in told.groups["all"].people] == [next_one]


@in_a_file
def test_who_was_first_seen_after_time_zero_enters_then(desk: Desk) -> None:
    tests = (("2020-01-01", "3.0"), ("2021-01-01", "2.5"))
    failed = a_line("rituximab", "2019-01-01", "2019-06-01", "progression")
    fill(
        desk,
        diagnosed(record("A", *tests, died="2021-06-01"), "2018-01-01"),
        diagnosed(record("B", *tests), "2020-03-01"),
        diagnosed(record("C", *tests), "2018"),
        record("D", *tests),
        diagnosed(record("E", ("2020-01-01", "3.0")), "2018-01-01"),
        diagnosed(record("F", *tests, therapy=(failed,)), "2018-01-01"),
    )
    lived = outcomes.survival(desk, "death", time_zero="ild-diagnosis")
    assert (lived.late, len(lived.groups["all"].people)) == (2, 3), "F failed before, and lives"
    told = outcomes.survival(desk, "death,treatment_failure", time_zero="ild-diagnosis")
    assert (told.time_zero, told.late) == ("ild-diagnosis", 1)
    assert told.n.excluded == {
        "an event came before the first contact": 1,
        "not followed after time zero": 1,
        "the diagnosis of ILD is not known to the day": 1,
        "the diagnosis of ILD is not recorded": 1,
    }
    assert set(told.groups["all"].people) == {
        Followed(days("2018-01-01", "2021-06-01"), 1, days("2018-01-01", "2020-01-01")),
        Followed(days("2020-03-01", "2021-01-01"), 0),
    }
    changed = lung_function.changes(desk, "fvc_l", 12, time_zero="ild-diagnosis")
    assert changed.n.excluded["no visit at 12 months"] == 2, "B has one visit since, E has one at all"
    declined = lung_function.decline(desk, "fvc_l", time_zero="ild-diagnosis")
    assert (declined.n.analysed, declined.n.excluded["no later visit"]) == (2, 2)


@in_a_file
def test_a_drug_begun_is_a_time_zero_with_the_latest_visit_before_it(desk: Desk) -> None:
    tests = (("2019-01-01", "3.2"), ("2020-05-01", "3.0"), ("2020-08-01", "2.9"), ("2021-05-01", "2.4"))
    fill(
        desk,
        record("A", *tests, therapy=(a_line("rituximab", "2020-06-01"),)),
        record("B", *tests[:1], therapy=(a_line("rituximab", "2020-06-01"),)),
        record("C", *tests),
    )
    told = lung_function.changes(desk, "fvc_l", 12, time_zero="drug-start", drug="rituximab")
    assert told.absolute.summary.mean == pytest.approx(-0.6), "from May before the start"
    assert told.n.excluded == {
        "no visit in the 6 months up to the start": 1,
        "never given the drug": 1,
    }
    lost = lung_function.decline(desk, "fvc_l", time_zero="drug-start", drug="rituximab").losses[
        "relative_10"
    ]
    assert next(iter(lost.by_patient.values())) == Followed(days("2020-05-01", "2021-05-01"), 1)
    lived = outcomes.survival(desk, "death", time_zero="drug-start", drug="rituximab")
    assert lived.groups["all"].people == (Followed(days("2020-06-01", "2021-05-01"), 0),)
    with pytest.raises(RefusedError, match="Name the drug whose start is time zero"):
        lung_function.decline(desk, "fvc_l", time_zero="drug-start")
    with pytest.raises(RefusedError, match="noon is no time zero; choose one of first-pft, "):
        outcomes.survival(desk, "death", time_zero="noon")
