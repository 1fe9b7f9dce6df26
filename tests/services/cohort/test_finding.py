"""Everybody's records of one moment, asked again and again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from ctdild_desktop.cohort.facts import Facts
from ctdild_desktop.cohort.query import holds, parse
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.services import patients
from ctdild_desktop.services.cohort import finding
from ctdild_desktop.services.cohort.data import Chosen
from ctdild_desktop.services.demo import REFERENCE_DAY, make_demo
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.progress import CancelledError, Progress
from tests.support import quality_registry as small
from tests.support.desks import fill, in_a_file


def clock() -> dt.datetime:
    return dt.datetime.combine(REFERENCE_DAY, dt.time(12), dt.UTC)


@in_a_file
def test_everybody_is_read_once_and_asked_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "AT_ONCE", 3)
    fill(desk, *small.EVERYBODY)
    steps: list[tuple[int, int]] = []
    everybody = finding.read(desk, progress=Progress(lambda done, of, _what: steps.append((done, of))))
    assert steps == [(0, 4), (3, 4)]
    found = everybody.found(parse("sex = F"))
    assert (found.registry, found.count, len(found.cannot_tell)) == (4, 1, 3)
    assert found == finding.count_of(desk, Chosen(query=parse("sex = F")))
    (row,) = everybody.rows(found.ids, found.query)
    assert (row.mrn, row.sex, row.needs) == ("Q-1", "F", ())
    unknown = everybody.rows((*found.cannot_tell, "nobody"), found.query)
    assert [one.needs for one in unknown] == [("sex",)] * 3
    with pytest.raises(CancelledError):
        everybody.found(parse("sex = F"), lambda: True)
    stopped = Progress()
    stopped.cancel()
    with pytest.raises(CancelledError):
        finding.read(desk, progress=stopped)


LONG = (
    "met = PPF2022",
    "fvc_percent_predicted < 75",
    "therapy(drug = rituximab)",
    "met = INBUILD",
)


@pytest.mark.parametrize("text", [*LONG, "age >= 50 and drug = nintedanib", "not (sex = F) or tests > 3"])
def test_what_is_read_again_for_a_question_is_what_everybody_says_at_once(demo: Desk, text: str) -> None:
    query = parse(text)
    day = demo.today()
    with demo.registry.read() as session:
        told = {one.patient.id: holds(query, Facts(one, day)) for one in demo.store.load_all(session)}
    everybody = finding.read(demo)
    for before in ("", *LONG, text):  # whatever was asked before
        if before:
            everybody.found(parse(before))
        found = everybody.found(query)
        assert list(found.ids) == [one for one, so in told.items() if so]
        assert list(found.cannot_tell) == [one for one, so in told.items() if so is None]


@in_a_file
def test_who_was_removed_after_the_reading_is_in_no_answer_that_needs_another(desk: Desk) -> None:
    fill(desk, *small.EVERYBODY)
    everybody = finding.read(desk)
    (gone,) = everybody.found(parse("sex = F")).ids
    patients.remove_patient(desk, gone, "entered twice")
    assert everybody.rows((gone,)) == ()
    again = everybody.found(parse("tests >= 0 and fvc_l > 0"))
    assert gone not in (*again.ids, *again.cannot_tell)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = make_demo(tmp_path_factory.mktemp("demo"), patients=14, cost=CHEAPEST, clock=clock).unlock()
    desk.clock = clock
    yield desk
    desk.close()
