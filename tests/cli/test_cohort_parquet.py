"""The statements of ``docs/sql`` on the Parquet tables give the numbers of ``ctdild cohort``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.statements import run

DAYS = (200, 400, 800, 1600)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the sets of this module lie."""
    return tmp_path_factory.mktemp("sets")


@pytest.fixture
def true_set(ctdild, demo, made) -> Path:
    """The input of the demonstration registry with true dates, made once."""
    folder = made / "true"
    if not folder.exists():
        assert ctdild("export", "--format", "cohort", "--out", folder, "--true-dates", *demo).status == 0
    return folder


def same(found: Mapping[str, Any], told: Mapping[str, Any], *names: str) -> None:
    assert {name: found[name] for name in names} == pytest.approx({name: told[name] for name in names})


@pytest.mark.parametrize("measure", ["fvc_l", "dlco_percent_predicted"])
def test_changes_and_losses_are_those_of_the_command(ctdild, demo, true_set, measure):
    told = ctdild("cohort", "change", "--measure", measure, "--months", "12", *demo, "--json").document
    (found,) = run(true_set, "change", fvc_l=measure)
    assert found["n"] > 5
    same(found, told["result"], "n", "mean", "sd", "q1", "median", "q3", "min", "max")
    assert found["relative_mean"] == pytest.approx(told["relative"]["mean"])
    same(found, {name: one["n"] for name, one in told["responders"].items()}, *told["responders"])
    told = ctdild("cohort", "decline", "--measure", measure, "--within", "500", *demo, "--json").document
    for percent in ("10", "5"):
        (found,) = run(
            true_set, "decline", **{"fvc_l": measure, "10 AS": f"{percent} AS", "365 AS": "500 AS"}
        )
        loss, rate = told["result"][f"relative_{percent}"], told["incidence"][f"relative_{percent}"]
        assert found["n"] == loss["any_time"]["of"] == told["n"]["analysed"]
        assert (
            found["any_time"],
            found["confirmed"],
            found["at_last_visit"],
            found["within_window"],
        ) == tuple(loss[name]["n"] for name in ("any_time", "confirmed", "at_last_visit", "within_500_days"))
        assert found["percent"] == pytest.approx(loss["any_time"]["percent"])
        assert [found["wilson_low"], found["wilson_high"]] == pytest.approx(loss["any_time"]["wilson95"])
        same(found, rate, "person_years", "rate_per_100_py")


@pytest.mark.parametrize("by", ["drug", "diagnosis"])
def test_curves_and_incidences_are_those_of_the_command(ctdild, demo, true_set, by):
    column = {"diagnosis": "diagnosis_group"}.get(by, by)
    told = ctdild(
        *("cohort", "survival", "--event", "death,treatment_failure", "--by", by),
        *("--at", ",".join(map(str, DAYS)), *demo, "--json"),
    ).document
    curve = run(
        true_set,
        "survival",
        **{"drug AS": f"coalesce({column}, 'not recorded') AS", "'death'": "'death', 'treatment_failure'"},
        **{"survival_days": "failure_days", "survival_event": "failure_event"},
    )
    assert curve
    for group, wanted in told["groups"].items():
        for one in wanted["at"]:
            if one["survival"] is None:
                continue
            steps = [step for step in curve if step["grouped"] == group and step["day"] <= one["day"]]
            if not steps:
                assert one["survival"] == 1
                continue
            last = steps[-1]
            assert last["survival"] == pytest.approx(one["survival"])
            if one["survival"] > 0:
                assert last["se"] == pytest.approx(one["se"])
                assert [last["low"], last["high"]] == pytest.approx(one["ci95"])
    shares = run(true_set, "incidence", **{"drug AS": f"coalesce({column}, 'not recorded') AS"})
    for group, events in told["cumulative_incidence"].items():
        for event, wanted in events.items():
            for one in wanted:
                steps = [step for step in shares if step["grouped"] == group and step["day"] <= one["day"]]
                if one["incidence"] is not None:
                    assert (steps[-1][event] if steps else 0) == pytest.approx(one["incidence"])


def test_adverse_events_are_those_of_the_command(ctdild, demo, true_set):
    told = ctdild("cohort", "adverse-events", *demo, "--json").document["result"]
    found = {row["drug"]: row for row in run(true_set, "adverse_events")}
    assert set(found) == set(told)
    assert sum(row["events"] for row in found.values()) > 5
    for drug, wanted in told.items():
        same(found[drug], wanted, "patients", "person_years", "events", "rate_per_100_py", "undated_events")
        same(
            {name: found[drug][name] for name in ("infections", "serious", "grade_3_to_5")},
            {
                "infections": wanted["infections"]["events"],
                "serious": wanted["serious"]["events"],
                "grade_3_to_5": wanted["grades"]["3-5"]["events"],
            },
            *("infections", "serious", "grade_3_to_5"),
        )
        assert found[drug]["first_event_rate"] == pytest.approx(wanted["first_event_rate"]["rate_per_100_py"])


def test_moved_dates_change_no_number_that_counts_days(ctdild, demo, true_set, made):
    moved = made / "moved"
    assert ctdild("export", "--format", "cohort", "--out", moved, *demo).status == 0
    manifest = json.loads((moved / "manifest.json").read_text("utf-8"))
    assert (manifest["pseudonymised"], manifest["dates"]) == (True, "moved")
    for name in ("decline", "survival", "incidence", "adverse_events"):
        assert run(moved, name) == run(true_set, name)
    days = "SELECT patient, measure, day, value FROM 'visits.parquet' ORDER BY ALL"
    dates = "SELECT patient, date FROM 'visits.parquet' ORDER BY ALL"
    with duckdb.connect(config={"file_search_path": str(moved)}) as there:
        with duckdb.connect(config={"file_search_path": str(true_set)}) as here:
            assert there.execute(days).fetchall() == here.execute(days).fetchall()
            assert there.execute(dates).fetchall() != here.execute(dates).fetchall()
        told = there.execute("SELECT DISTINCT patient FROM 'patients.parquet'").fetchall()
    assert all(not name.startswith("DEMO-") for (name,) in told)
