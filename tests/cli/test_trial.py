"""A published trial, imported as the three tables of a clinic, gives the numbers that others computed of it.

The numbers are those of ``scleroderma_lung_study_answers.json`` beside the trial's file, to four figures.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import pytest

from tests.support.messages import real
from tests.support.trial import ARMS, days, visits, write_tables

pytestmark = pytest.mark.real_files
ARM = {"CYC": ARMS["1"], "placebo": ARMS["0"]}
MONTHS = (6, 9, 12, 15, 18, 21)
AS_OF = ("--as-of", "2003-01-01")
FVC = ("--measure", "fvc_percent_predicted", "--months", ",".join(map(str, MONTHS)))


@pytest.fixture
def source() -> Path:
    return real("scleroderma_lung_study.csv")


@pytest.fixture
def answers() -> Any:
    return json.loads(real("scleroderma_lung_study_answers.json").read_text("utf-8"))


@pytest.fixture
def trial(ctdild, clinic, tmp_path, source) -> Sequence[str]:
    """The registry after three imports. The tests come first: see the test of all three at once."""
    tests, therapy, outcomes = write_tables(source, tmp_path)
    (read,) = ctdild("import", tests, *clinic, "--json").document
    assert (read["patients_added"], read["tests_added"], read["rejected"]) == (140, 140 + 715, [])
    (read,) = ctdild("import", therapy, *clinic, "--json").document
    assert (read["rows_read"], read["rejected"]) == (140, [])
    (read,) = ctdild("import", outcomes, *clinic, "--json").document
    assert (read["rows_read"], read["rejected"]) == (140, [])
    told = [one["reason"] for one in read["warnings"] if one["column"] == "date"]
    assert sum(int(reason.split()[0]) for reason in told) == 21, "visits after the month of a death"
    return clinic


def four(value: float | None, wanted: float) -> None:
    """The same to four significant figures."""
    assert value == pytest.approx(wanted, rel=5e-5, abs=5e-7)


def at(months: Sequence[Mapping[str, Any]], month: int) -> Mapping[str, Any]:
    return next(one for one in months if one["month"] == month)


def test_the_trial_is_reproduced(ctdild, trial, answers):
    _means(ctdild, trial, answers)
    _differences(ctdild, trial, answers)
    _curves(ctdild, trial, answers)
    _slopes(ctdild, trial)


def _means(ctdild, trial, answers) -> None:
    told = ctdild("cohort", "course", *FVC, "--by", "drug", *AS_OF, *trial, "--json").document
    assert (told["n"]["analysed"], set(told["groups"])) == (140, set(ARM.values()))
    changes = answers["change_12m_minus_baseline_centred"]
    for arm, drug in ARM.items():
        for month, wanted in answers["mean_pctFVC_by_arm_and_month"][arm].items():
            found = at(told["groups"][drug], int(month))
            assert found["n"] == wanted["n"]
            for name in ("mean", "sd", "median"):
                four(found[name], wanted[name])
        year = at(told["groups"][drug], 12)["change"]
        four(year["mean"] + 68, changes[f"mean_{arm}_plus_c"])
        four(year["sd"], changes[f"sd_{arm}"])


def _differences(ctdild, trial, answers) -> None:
    arms = [part for drug in ARM.values() for part in ("--drug", drug)]
    for month, wanted in answers["ancova_observed_by_month_FVC_on_CYC_FVC0"].items():
        said = ctdild(
            *("cohort", "compare", *arms, *FVC[:2], "--months", month, "--covariates", "none"),
            *(*AS_OF, *trial, "--json"),
        ).document
        told = said["ancova"]
        assert (told["n"], told["df"], told["terms"]) == (wanted["n"], wanted["df"], ["baseline"])
        four(told["estimate"], wanted["CYC_minus_placebo"])
        four(told["se"], wanted["se"])
        four(told["p"], wanted["p"])
        for end, limit in zip(told["ci95"], wanted["ci95"], strict=True):
            four(end, limit)
        if month == "12":
            changes = answers["change_12m_minus_baseline_centred"]
            four(said["difference"]["estimate"], changes["diff"])
            four(said["difference"]["t"], changes["welch_t"])
            four(said["difference"]["p"], changes["p_welch"])


def _curves(ctdild, trial, answers) -> None:
    def ask(event: str) -> Any:
        said = ctdild(
            *("cohort", "survival", "--event", event, "--by", "drug", "--at", days(6, 12, 18, 24)),
            *(*AS_OF, *trial, "--json"),
        )
        return said.document

    both, deaths = ask("death,treatment_failure"), ask("death")
    for found, curves, test in (
        (both, "KM_failure_or_death_months", "logrank_failure_or_death"),
        (deaths, "KM_death_only_months", "logrank_death"),
    ):
        for arm, drug in ARM.items():
            wanted, curve = answers[curves][arm], found["groups"][drug]
            assert (curve["n"], curve["events"]) == (wanted["n"], wanted["events"])
            assert curve["median_days"] is None
            by_month = dict(zip((6, 12, 18, 24), curve["at"], strict=True))
            for month, one in wanted["S"].items():
                told = by_month[int(month)]
                four(told["survival"], one["S"])
                assert told["at_risk"] == one["at_risk"]
                if "se_greenwood" in one:
                    four(told["se"], one["se_greenwood"])
                    for end, limit in zip(told["ci95"], one["ci95_loglog"], strict=True):
                        four(end, limit)
        four(found["logrank"]["chi2"], answers[test]["chi2"])
        four(found["logrank"]["p"], answers[test]["p"])
    for arm, drug in ARM.items():
        for event, wanted in answers["cumulative_incidence_Aalen_Johansen"][arm].items():
            told = both["cumulative_incidence"][drug][event]
            for one, share in zip(told, wanted.values(), strict=True):
                four(one["incidence"], share)


def _slopes(ctdild, trial) -> None:
    """The expected values are those of ``tests/data/cohort/trial.R``."""
    told = ctdild("cohort", "slopes", *FVC[:2], *AS_OF, *trial, "--json").document
    pooled, own = told["pooled"], told["result"]
    assert (pooled["n"], own["n"], own["n_negative"]) == (140, 134, 77)
    four(pooled["slope_per_year"], -0.8608798794)
    four(pooled["se"], 0.5635228757)
    four(pooled["intercept"], 67.14025868)
    for name, wanted in {"mean": -1.29089055, "sd": 7.46611617, "median": -0.63780988}.items():
        four(own[name], wanted)


def test_all_three_at_once_reject_the_visits_after_a_death_and_tell_of_the_others(
    ctdild, clinic, tmp_path, source
):
    """Of one import the deaths are known before the tests are judged, and a test after death is an error."""
    tables = write_tables(source, tmp_path)
    refused = ctdild("import", *tables, *clinic, "--json")
    assert refused.status == 1
    rejected = refused.document[0]["rejected"]
    assert len(rejected) == 21
    assert {one["reason"] for one in rejected} == {"The test lies after the date of death."}
    assert ctdild("import", *tables, *clinic, "--accept-valid-rows").status == 0
    told = ctdild("cohort", "course", *FVC, "--by", "drug", *AS_OF, *clinic, "--json").document
    gone = {row["id"] for row in visits(source) if row["event"] == "death"}
    for arm, drug in ARMS.items():
        for month in MONTHS:
            values = [
                float(row["fvc_pct"])
                for row in visits(source)
                if row["cyclophosphamide"] == arm
                and int(row["month"]) == month
                and not (row["id"] in gone and int(row["event_or_censor_month"]) < month)
            ]
            found = at(told["groups"][drug], month)
            assert found["n"] == len(values)
            four(found["mean"], fmean(values))
            four(found["sd"], stdev(values))
