"""Curves, the log-rank test and cumulative incidence against R, on data with ties and late entry."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import pytest

from ctdild_desktop.cohort.survival import Followed, cumulative_incidence, kaplan_meier, log_rank
from tests.cohort.expected import expected, table
from tests.support.messages import real

DAYS = (100, 365, 700)
DIED = frozenset({1})


def people(group: str = "", column: str = "group", *, late: bool = False) -> list[Followed]:
    return [
        Followed(float(row["time"]), int(row["event"]), float(row["entry"]) if late else 0.0)
        for row in table("followed.csv")
        if not group or row[column] == group
    ]


@pytest.mark.parametrize("group", ["a", "b"])
def test_a_curve_is_that_of_r(group: str) -> None:
    curve = kaplan_meier(people(group), events=DIED)
    told, from_r = [curve.at(day) for day in DAYS], expected()[f"km {group}"]
    survival, se, low, high, at_risk = (from_r[place : place + 3] for place in range(0, 15, 3))
    assert [one.survival for one in told] == pytest.approx(survival)
    assert [one.se for one in told] == pytest.approx(se)
    assert [one.at_risk for one in told] == at_risk
    known = [place for place in range(3) if survival[place] < 1]
    assert [told[place].ci95 for place in known] == [
        pytest.approx((low[place], high[place])) for place in known
    ]
    assert curve.median == expected()[f"median {group}"][0]


def test_the_log_rank_test_is_that_of_r_for_two_and_for_three_groups() -> None:
    two = log_rank({name: people(name) for name in "ab"}, events=DIED)
    three = log_rank({name: people(name, "third") for name in "xyz"}, events=DIED)
    assert [two.chi2, two.p] == pytest.approx(expected()["logrank"])
    assert [three.chi2, three.p] == pytest.approx(expected()["logrank3"])
    assert (two.df, three.df) == (1, 2)


def test_competing_events_share_the_incidence_as_r_has_it() -> None:
    assert cumulative_incidence(people(), 1, DAYS) == pytest.approx(expected()["incidence1"])
    assert cumulative_incidence(people(), 2, DAYS) == pytest.approx(expected()["incidence2"])


def test_who_came_later_is_at_risk_from_then_on() -> None:
    curve = kaplan_meier(people(late=True), events=DIED)
    told = [curve.at(day) for day in DAYS[1:]]
    assert [*(one.survival for one in told), *(one.se for one in told)] == pytest.approx(expected()["late"])


def test_no_event_nobody_and_everybody_dead_are_told() -> None:
    alive = [Followed(10, 0), Followed(20, 0)]
    assert kaplan_meier(alive).at(15).survival == 1
    assert kaplan_meier(alive).median is None
    assert kaplan_meier([]).at(5).at_risk == 0
    dead = kaplan_meier([Followed(10, 1), Followed(20, 1)])
    assert (dead.at(20).survival, dead.at(20).ci95, dead.median) == (0, None, 10)
    assert log_rank({"a": alive}).p is None
    assert log_rank({"a": alive, "b": alive}).p is None
    assert log_rank({"a": alive, "b": []}).df == 0


def test_beyond_the_last_observation_nothing_is_told_unless_nobody_is_left() -> None:
    some = kaplan_meier([Followed(10, 1), Followed(20, 0)])
    assert [some.at(day).survival for day in (20, 20.5)] == [0.5, None]
    assert (some.at(21).se, some.at(21).ci95, some.at(21).at_risk) == (None, None, 0)
    assert kaplan_meier([Followed(10, 1)]).at(11).survival == 0
    assert kaplan_meier([]).at(5).survival is None
    assert cumulative_incidence([Followed(10, 1), Followed(20, 0)], 1, (5, 20, 21)) == (0, 0.5, None)
    assert cumulative_incidence([Followed(10, 1), Followed(20, 2)], 1, (21,)) == (0.5,)


def test_an_end_before_the_beginning_is_refused() -> None:
    with pytest.raises(ValueError, match="before"):
        kaplan_meier([replace(Followed(10, 1), entry=11)])


@pytest.mark.real_files
def test_the_published_trial_is_reproduced() -> None:
    answers = json.loads(real("scleroderma_lung_study_answers.json").read_text("utf-8"))
    with real("scleroderma_lung_study.csv").open(encoding="utf-8", newline="") as stream:
        patients = {row["id"]: row for row in csv.DictReader(stream)}.values()
    codes = {"censored": 0, "death": 1, "treatment failure": 2}
    arms: dict[str, list[Followed]] = {"CYC": [], "placebo": []}
    for row in patients:
        arm = "CYC" if row["cyclophosphamide"] == "1" else "placebo"
        arms[arm].append(Followed(float(row["event_or_censor_month"]), codes[row["event"]]))
    for arm, held in arms.items():
        curve = kaplan_meier(held)
        for month, wanted in answers["KM_failure_or_death_months"][arm]["S"].items():
            told = curve.at(float(month))
            assert (told.survival, told.at_risk) == pytest.approx((wanted["S"], wanted["at_risk"]), abs=5e-7)
            if "ci95_loglog" in wanted:
                assert told.ci95 == pytest.approx(wanted["ci95_loglog"], abs=5e-7)
                assert told.se == pytest.approx(wanted["se_greenwood"], abs=5e-7)
        shares = answers["cumulative_incidence_Aalen_Johansen"][arm]
        for event, name in enumerate(("death", "treatment_failure"), start=1):
            months = tuple(float(month) for month in shares[name])
            told = cumulative_incidence(held, event, months)
            assert told == pytest.approx(list(shares[name].values()), abs=5e-7)
    both, deaths = log_rank(arms), log_rank(arms, events=DIED)
    assert [both.chi2, both.p] == pytest.approx(
        [answers["logrank_failure_or_death"][name] for name in ("chi2", "p")], abs=5e-7
    )
    assert [deaths.chi2, deaths.p] == pytest.approx(
        [answers["logrank_death"][name] for name in ("chi2", "p")], abs=5e-7
    )
