"""The report of quality of a real registry: what is read, at which moment, and how it is stopped."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ctdild_desktop.clinical.core_set import State
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.quality.periods import Asked
from ctdild_desktop.clinical.quality.report import report_of
from ctdild_desktop.clinical.quality.tally import Tally
from ctdild_desktop.clinical.records import Diagnosis, Patient
from ctdild_desktop.services import patients, quality
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.progress import CancelledError, Progress
from tests.support import quality_registry as small
from tests.support.desks import as_user, fill, in_a_file
from tests.support.people import pft

_ADDED_HERE = {"same_person", "follow_up_gap"}
"""Lines that need everybody, or the rules of the work list."""


def test_what_the_registry_holds_is_counted_as_the_records_are(desk: Desk) -> None:
    fill(desk, *small.EVERYBODY)
    found = quality.read(as_user(desk, "viewer", "V. Ewer", "viewer"))
    tally = Tally(small.AS_OF)
    for record in small.EVERYBODY:
        tally.add(record, record.patient.family_name)
    here = {row.line.id: row.whole for row in found.report(Asked(by="year")).rows}
    pure = {row.line.id: row.whole for row in report_of(tally).rows}
    assert {name: here[name] for name in pure if name not in _ADDED_HERE} == {
        name: counts for name, counts in pure.items() if name not in _ADDED_HERE
    }
    assert (found.patients, found.tally.counted, found.as_of) == (4, 3, small.AS_OF)
    with desk.registry.read() as session:
        from ctdild_desktop.registry import audit

        assert found.head == audit.head(session.connection())


@in_a_file
def test_the_same_name_and_a_birth_date_that_may_be_the_same_are_suspected(desk: Desk) -> None:
    fill(desk, *small.EVERYBODY)
    report = quality.read(desk).report()
    found = report.behind("same_person", (State.LACKING,))
    assert [(one.person.mrn, one.detail) for one in found] == [
        ("Q-1", "Also MRN Q-3."),
        ("Q-3", "Also MRN Q-1."),
    ]
    assert report.row("same_person").whole.expected == 3  # Delta withdrew


@in_a_file
def test_lung_function_is_late_by_the_rules_of_the_work_list(desk: Desk) -> None:
    # systemic sclerosis, ILD of 2018, stable: the longer interval, 6 to 12 months after 01.01.2025
    view = Diagnosis(
        id=small.VIEW, date=PartialDate(2018, 1, 5), ctd="lcSSc", ild_diagnosed=PartialDate(2018, 1, 5)
    )
    late = replace(
        small.gamma,
        diagnoses=(view,),
        tests=(pft("2025-01-01", id=small.FIRST, entered=1, fvc_l="2.4"),),
    )
    lost = replace(
        late,
        patient=replace(small.gamma.patient, id=small.BETA, mrn="Q-2", vital_status="lost"),
        diagnoses=(replace(view, id=small.key("4b")),),
        tests=(replace(late.tests[0], id=small.SECOND),),
    )
    fill(desk, late, lost, small.delta)
    report = quality.read(desk).report()
    found = report.behind("follow_up_gap")
    assert [(one.person.mrn, one.state, one.detail) for one in found] == [
        ("Q-3", State.LACKING, "Due 01.01.2026.")
    ]


def test_everything_is_of_one_moment_though_others_write_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(desk, *small.EVERYBODY)
    monkeypatch.setattr(quality, "AT_ONCE", 1)
    told: list[tuple[int, int]] = []

    def meanwhile(done: int, of: int, _what: str) -> None:
        told.append((done, of))
        if done == 1:
            patients.add_patient(desk, Patient(id="", mrn="Q-9", family_name="Late"))
            gamma = patients.by_mrn(desk, "Q-3")
            assert gamma is not None
            patients.edit_patient(desk, replace(gamma.patient, smoking="never"), confirmed=("TWIN",))

    found = quality.read(desk, Progress(meanwhile))
    assert told == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    assert found.patients == 4
    assert found.report().row("patient_smoking").whole.good == 1
    again = quality.read(desk)
    assert again.patients == 5
    assert again.report().row("patient_smoking").whole.good == 2


@in_a_file
def test_it_is_stopped_between_two_groups_of_patients(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(desk, *small.EVERYBODY)
    monkeypatch.setattr(quality, "AT_ONCE", 1)
    progress = Progress(lambda done, _of, _what: progress.cancel() if done == 2 else None)
    with pytest.raises(CancelledError):
        quality.read(desk, progress)


@in_a_file
def test_an_empty_registry_expects_nothing(desk: Desk) -> None:
    found = quality.read(desk)
    assert found.patients == 0
    assert all(row.whole.expected == 0 and row.whole.percent(0) is None for row in found.report().rows)
