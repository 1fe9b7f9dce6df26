"""The input of the analyses as Parquet: the same numbers of untidy records, and nobody is named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.services.cohort import lung_function, outcomes
from ctdild_desktop.services.desk import Desk, new_id
from ctdild_desktop.services.exporting import ExportSettings, export_registry
from tests.support.desks import fill, in_a_file, make_desk
from tests.support.statements import run
from tests.support.untidy import untidy_patients

FAILURE = {"survival_days": "failure_days", "survival_event": "failure_event"}
"""Where a failure of treatment ends the time."""
TRUE = ExportSettings(date_shift=False, reason="a study")


@pytest.fixture(scope="module")
def untidy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = make_desk(tmp_path_factory.mktemp("untidy"))
    fill(desk, *untidy_patients(60))
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def exported(untidy: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_registry(untidy, tmp_path_factory.mktemp("sets") / "true", "cohort", TRUE).value.folder


@pytest.mark.parametrize("measure", ["fvc_l", "fvc_percent_predicted"])
@pytest.mark.parametrize("months", [3, 12])
def test_changes_of_untidy_records_are_the_same(
    untidy: Desk, exported: Path, measure: str, months: int
) -> None:
    told = lung_function.changes(untidy, measure, months)
    (found,) = run(exported, "change", **{"fvc_l": measure, "12 AS": f"{months} AS"})
    summary = told.absolute.summary
    assert found["n"] == summary.n > 10
    assert [found[name] for name in ("mean", "sd", "q1", "median", "q3")] == pytest.approx(
        [summary.mean, summary.sd, summary.q1, summary.median, summary.q3]
    )
    assert {name: found[name] for name in told.responders} == {
        name: share.n for name, share in told.responders.items()
    }


@pytest.mark.parametrize("percent", [5, 10])
def test_losses_of_exactly_a_limit_are_the_same(untidy: Desk, exported: Path, percent: int) -> None:
    told = lung_function.decline(untidy, "fvc_l", within_days=200).losses[f"relative_{percent}"]
    (found,) = run(exported, "decline", **{"10 AS": f"{percent} AS", "365 AS": "200 AS"})
    assert (found["n"], found["any_time"]) == (told.any_time.of, told.any_time.n)
    assert (found["within_window"], found["confirmed"]) == (told.within.n, told.confirmed.n)
    assert found["at_last_visit"] == told.at_last_visit.n
    assert found["rate_per_100_py"] == pytest.approx(float(told.incidence.per_100 or 0))


@pytest.mark.parametrize(
    ("by", "column"), [("drug", "drug"), ("diagnosis", "diagnosis_group"), ("pattern", "pattern")]
)
@pytest.mark.parametrize("events", ["death,transplant,treatment_failure"])
def test_curves_with_ties_are_the_same(
    untidy: Desk, exported: Path, by: str, column: str, events: str
) -> None:
    told = outcomes.survival(untidy, events, by=by)
    listed = ", ".join(f"'{one}'" for one in events.split(","))
    asked = {"drug AS": f"coalesce({column}, 'not recorded') AS"}
    found = run(exported, "survival", **asked, **{"'death'": listed, **FAILURE})
    steps = {
        (name, step.time): (step.at_risk, step.events, step.survival, step.ci95)
        for name, curve in told.groups.items()
        for step in curve.steps
    }
    assert len(steps) > 1
    assert {(one["grouped"], one["day"]) for one in found} == set(steps)
    for one in found:
        at_risk, happened, survival, ci95 = steps[one["grouped"], one["day"]]
        assert (one["at_risk"], one["events"]) == (at_risk, happened)
        assert one["survival"] == pytest.approx(survival)
        assert (one["low"], one["high"]) == (pytest.approx(ci95) if ci95 is not None else (None, None))
    shares = run(exported, "incidence", **asked)
    days = tuple(sorted({int(one["day"]) for one in shares}))
    wanted = outcomes.survival(untidy, "treatment_failure", by=by, days=days).incidence
    for one in shares:
        place, at = days.index(one["day"]), wanted[one["grouped"]]
        assert {name: one[name] for name in at} == pytest.approx({name: at[name][place] for name in at})


@pytest.mark.parametrize("drug", ["mycophenolate", "rituximab", "azathioprine"])
def test_what_became_of_fvc_and_dlco_around_a_drug_is_the_same(
    untidy: Desk, exported: Path, drug: str
) -> None:
    told = lung_function.pre_post(untidy, drug).measures
    assert told["fvc"].before.n + told["fvc"].after.n
    fvc = "['fvc_percent_predicted', 'fvc_l']"
    for name, measures in (("fvc", fvc), ("dlco", "['dlco_percent_predicted']")):
        (found,) = run(exported, "pre_post", **{"'mycophenolate'": f"'{drug}'", fvc: measures})
        wanted = told[name]
        assert (found["pre_n"], found["post_n"], found["both"]) == (
            wanted.before.n,
            wanted.after.n,
            wanted.both,
        )
        for side, summary in (("pre", wanted.before), ("post", wanted.after)):
            assert [found[f"{side}_{name}"] for name in ("q1", "median", "q3")] == pytest.approx(
                [summary.q1, summary.median, summary.q3]
            )


@pytest.mark.parametrize("measure", ["fvc_l", "dlco_percent_predicted"])
def test_slopes_are_the_same(untidy: Desk, exported: Path, measure: str) -> None:
    told = lung_function.slopes_of(untidy, measure).result
    (found,) = run(exported, "slopes", fvc_l=measure)
    assert found["n"] == told.n > 10
    assert [found[name] for name in ("mean", "sd", "q1", "median", "q3", "min", "max")] == pytest.approx(
        [told.mean, told.sd, told.q1, told.median, told.q3, told.low, told.high]
    )


def test_adverse_events_are_the_same(untidy: Desk, exported: Path) -> None:
    told = outcomes.adverse_events(untidy).drugs
    found = {row["drug"]: row for row in run(exported, "adverse_events")}
    assert set(found) == set(told) == {"mycophenolate", "rituximab", "azathioprine"}
    for drug, wanted in told.items():
        row = found[drug]
        assert (row["patients"], row["events"]) == (wanted.patients, wanted.events.events)
        assert (row["undated_events"], row["infections"]) == (
            wanted.undated_events,
            wanted.infections.events,
        )
        assert wanted.undated_events
        assert (row["serious"], row["grade_3_to_5"]) == (wanted.serious.events, wanted.grades["3-5"].events)
        assert row["person_years"] == pytest.approx(float(wanted.years))
        assert row["first_event_rate"] == pytest.approx(float(wanted.first.per_100 or 0))


@in_a_file
def test_nobody_is_named_and_a_word_of_no_list_stays_behind(desk: Desk, tmp_path: Path) -> None:
    (record,) = untidy_patients(4)[3:]
    odd = replace(
        record,
        patient=replace(record.patient, id=new_id(), mrn="NAMED-1", family_name="Holm"),
        therapy=tuple(replace(line, drug="holms own mixture") for line in record.therapy),
    )
    fill(desk, *untidy_patients(3), _anew(odd))
    folder = export_registry(desk, tmp_path / "set", "cohort").value.folder
    said = b"".join(path.read_bytes() for path in folder.iterdir())
    for word in (b"NAMED", b"Holm", b"holms"):
        assert word not in said
    with duckdb.connect(config={"file_search_path": str(folder)}) as there:
        rows = "SELECT count(*) FROM 'therapy.parquet' WHERE drug = 'other'"
        assert there.execute(rows).fetchall() == [(len(odd.therapy),)]
        named = there.execute("SELECT min(patient), max(as_of) FROM 'patients.parquet'").fetchone()
    assert named is not None
    assert named[0].startswith("P-")
    assert named[1] < dt.date(2026, 3, 12) - dt.timedelta(days=59), "the day is moved with the dates"


def _anew(record: PatientRecord) -> PatientRecord:
    """With ids of its own."""
    return replace(
        record,
        **{
            name: tuple(replace(one, id=new_id()) for one in getattr(record, name))
            for name in ("diagnoses", "tests", "therapy", "adverse_events")
        },
    )
