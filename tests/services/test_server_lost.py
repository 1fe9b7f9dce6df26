"""What a person at the desk is told when the server is lost, and why doing it again makes no double."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ctdild_desktop.clinical.records import Patient, Visit
from ctdild_desktop.registry import sessions
from ctdild_desktop.registry.errors import UncertainError, UnreachableError
from ctdild_desktop.services import access, drafts, patients, upkeep, visits
from ctdild_desktop.services.desk import Desk, RefusedError
from ctdild_desktop.services.errors import sentence_of
from tests.support import holloway
from tests.support.cut_line import Cut, Line, line_to
from tests.support.desks import LOGIN, PASSPHRASE, fill
from tests.support.postgres import Cluster

PATIENT_ID = holloway.patient().id
VISIT = Visit(id="", date=dt.date(2026, 1, 5))
KEPT = "What you saved when the server was lost was kept; nothing was saved now"


@pytest.fixture
def lined(server_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Line, Desk]]:
    """A desk with one patient, over a line that can be cut; a lost server is asked again at once."""
    monkeypatch.setattr(sessions, "_ASK_AGAIN_S", (0, 0))
    fill(server_desk, holloway.record())
    with line_to(server_desk.registry.place, tmp_path) as (line, place):
        desk = access.unlock(place, login=LOGIN, passphrase=PASSPHRASE, clock=server_desk.clock)
        yield line, desk
        desk.close()


def count_of(desk: Desk) -> int:
    return sum(visit.date == VISIT.date for visit in patients.load(desk, PATIENT_ID).visits)


def test_p4_an_act_whose_answer_is_lost_is_done_and_can_be_taken_back(lined: tuple[Line, Desk]) -> None:
    line, desk = lined
    line.cut = Cut.AFTER
    done = visits.record_visit(desk, PATIENT_ID, VISIT)
    assert done.value.date == VISIT.date
    assert count_of(desk) == 1
    assert done.undo is not None
    done.undo()
    assert count_of(desk) == 0
    assert upkeep.verify(desk).ok


def test_p4_an_act_that_never_arrived_is_done_again_once(lined: tuple[Line, Desk]) -> None:
    line, desk = lined
    line.cut = Cut.BEFORE
    with pytest.raises(UnreachableError) as caught:
        visits.record_visit(desk, PATIENT_ID, VISIT)
    assert sentence_of(caught.value) == "The server was lost; nothing of this was saved."
    assert not isinstance(caught.value, UncertainError)
    visits.record_visit(desk, PATIENT_ID, VISIT)
    assert count_of(desk) == 1


def test_p4_an_act_that_may_have_been_kept_is_not_done_twice_unasked(lined: tuple[Line, Desk]) -> None:
    line, desk = lined
    line.cut = Cut.GONE
    with pytest.raises(UncertainError) as caught:
        visits.record_visit(desk, PATIENT_ID, VISIT)
    assert sentence_of(caught.value) == (
        "The server was lost while saving; it is not known whether this was saved. "
        "Look at the record when the server is back, before you enter it again."
    )
    with pytest.raises(UnreachableError):
        visits.record_visit(desk, PATIENT_ID, VISIT)
    line.mend()
    patients.note_opened(desk, PATIENT_ID, "search")
    drafts.save_draft(desk, "visit", PATIENT_ID, {"note": "typed"})
    with pytest.raises(RefusedError, match=KEPT):
        visits.record_visit(desk, PATIENT_ID, VISIT)
    assert count_of(desk) == 1
    visits.record_visit(desk, PATIENT_ID, replace(VISIT, date=dt.date(2026, 1, 6)))
    assert count_of(desk) == 1


def test_p4_an_act_that_was_not_kept_is_done_again_without_a_word(lined: tuple[Line, Desk]) -> None:
    line, desk = lined
    line.cut = Cut.DEAF
    with pytest.raises(UncertainError):
        visits.record_visit(desk, PATIENT_ID, VISIT)
    line.mend()
    visits.record_visit(desk, PATIENT_ID, VISIT)
    assert count_of(desk) == 1


def test_p4_a_desk_goes_on_when_the_server_is_back(cluster: Cluster, server_desk: Desk) -> None:
    desk = server_desk
    fill(desk, holloway.record())
    cluster.stop("immediate")
    for act in (
        lambda: visits.record_visit(desk, PATIENT_ID, VISIT),
        lambda: patients.load(desk, PATIENT_ID),
        lambda: patients.add_patient(desk, Patient(id="", mrn="N-1")),
    ):
        with pytest.raises(UnreachableError, match="cannot be reached"):
            act()
    cluster.start()
    assert count_of(desk) == 0
    visits.record_visit(desk, PATIENT_ID, VISIT)
    assert count_of(desk) == 1
    assert upkeep.verify(desk).ok
