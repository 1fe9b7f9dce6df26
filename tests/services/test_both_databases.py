"""The same people answer the same from a file and from a server."""

from __future__ import annotations

import datetime as dt

from ctdild_desktop.services import history, patients, today
from ctdild_desktop.services.assessment import assess
from ctdild_desktop.services.demo import fill, invent
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.verdicts import RegistryVerdicts, verdicts_of_all

DAY = dt.date(2026, 3, 12)
COUNT = 8
STRIP = ("REVIEW_FVC_DECLINE", "REVIEW_DLCO_DECLINE", "PPF2022", "INBUILD", "RELIEF", "EUSTAR", "MCID_SSC")


def test_p1_records_verdicts_work_list_and_history_are_equal_on_a_file_and_on_a_server(
    file_desk: Desk, server_desk: Desk, owner_desk: Desk
) -> None:
    people = tuple(invent(COUNT, 1))
    assert fill(file_desk, people) == fill(owner_desk, people) == sum(len(one.tests) for one in people)
    desks = (file_desk, server_desk)
    for one in people:
        in_file, on_server = (patients.load(desk, one.patient.id) for desk in desks)
        assert in_file == on_server
        assert assess(in_file) == assess(on_server)
        told, told_there = (history.of_patient(desk, one.patient.id).entries for desk in desks)
        assert _changes(told) == _changes(told_there)
        assert told
    answers = [verdicts_of_all(desk, DAY) for desk in desks]
    assert [_by_patient(each) for each in answers] == [_by_patient(answers[0])] * 2
    assert today.work_list(file_desk, DAY) == today.work_list(server_desk, DAY)
    assert patients.list_patients(file_desk) == patients.list_patients(server_desk)
    assert all(desk.registry.verify()["ok"] for desk in desks)


def _changes(entries: tuple[history.Entry, ...]) -> list[tuple[str, str, str, tuple[str, str]]]:
    """What is told of each change but the pseudonym, which each registry draws for itself."""
    return [
        (item.verb, item.name, change.label, (change.was, change.now))
        for entry in entries
        for item in entry.items
        for change in item.changes
        if change.label != "pseudonym"
    ]


def _by_patient(answers: RegistryVerdicts) -> dict[str, list[str]]:
    return {
        patient: [answers.verdict(place, criterion) for criterion in STRIP]
        for place, patient in enumerate(answers.ids)
    }
