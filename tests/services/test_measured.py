"""Bloods, antibodies, heart tests and questionnaires: saved, changed, removed, undone, read by the rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from ctdild_desktop.cli.show import document
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    HeartTest,
    Lab,
    Patient,
    PatientRecord,
    Pro,
    Score,
    Serology,
    TherapyLine,
)
from ctdild_desktop.services import due, erasure, heart_tests, history, labs, patients, pros, serology
from ctdild_desktop.services.bringing_back import restore_record
from ctdild_desktop.services.desk import Change, Desk, Done, RefusedError, StaleError
from tests.support import holloway
from tests.support.desks import as_user, fill, in_a_file

ID = holloway.patient().id
DAY = PartialDate(2026, 3, 2)
PLAIN = Patient(id="1" * 32, mrn="S-1", family_name="Sample")


@pytest.fixture
def filled(desk: Desk) -> Desk:
    """A registry that holds one full history."""
    fill(desk, holloway.record())
    return desk


def lab(test: str, value: str | None, unit: str, **more: Any) -> Lab:
    number = Decimal(value) if value is not None else None
    return Lab(**{"id": "", "date": DAY, "test": test, "value": number, "unit": unit, **more})


BLOODS = (
    lab("hb", "128", "g/L", lln=Decimal(120), uln=Decimal(155)),
    lab("neutrophils", "0.9", "10^9/L"),
    lab("crp", "5", "mg/L", detection="below"),
    lab("hbsag", None, "", result="negative"),
)
ANTIBODIES = (
    Serology(id="", date=DAY, test="ANA", result="positive", titre=640, pattern="speckled"),
    Serology(id="", date=DAY, test="JO1", result="positive"),
)
ECHO = HeartTest(id="", date=DAY, kind="echo", rvsp_mmhg=Decimal(38))
SCORES = Pro(id="", date=DAY, instrument="kbild", scores=(Score(scale="total", value=Decimal("56.4")),))


@dataclass(frozen=True)
class Kind:
    """The three acts on a kind, and one record of it."""

    record: Callable[[Desk], Any]
    amend: Callable[..., Done[Any]]
    remove: Callable[[Desk, str, str], Done[Any]]
    held: str
    change: Change
    called: str

    def kept(self, desk: Desk) -> tuple[Any, ...]:
        return tuple(getattr(patients.load(desk, ID), self.held))


KINDS = (
    Kind(
        lambda desk: labs.record_labs(desk, ID, BLOODS[:1]).value[0],
        labs.amend_lab,
        labs.remove_lab,
        "labs",
        Change.LAB,
        "haemoglobin 02.03.2026",
    ),
    Kind(
        lambda desk: serology.record_serology(desk, ID, ANTIBODIES[1:]).value[0],
        serology.amend_serology,
        serology.remove_serology,
        "serology",
        Change.SEROLOGY,
        "Jo-1 02.03.2026",
    ),
    Kind(
        lambda desk: heart_tests.record_heart_test(desk, ID, ECHO).value,
        heart_tests.amend_heart_test,
        heart_tests.remove_heart_test,
        "heart_tests",
        Change.HEART_TEST,
        "echocardiogram 02.03.2026",
    ),
    Kind(
        lambda desk: pros.record_pro(desk, ID, SCORES).value,
        pros.amend_pro,
        pros.remove_pro,
        "pros",
        Change.PRO,
        "K-BILD 02.03.2026",
    ),
)


def test_each_kind_is_recorded_changed_removed_and_brought_back(filled: Desk) -> None:
    for kind in KINDS:
        _through_its_life(filled, kind)


def _through_its_life(filled: Desk, kind: Kind) -> None:
    kept = kind.record(filled)
    assert kind.kept(filled) == (kept,)
    changed = kind.amend(filled, replace(kept, note="seen again"))
    assert changed.message == f"Changed {kind.called}."
    assert changed.changes.kinds == {kind.change}
    with pytest.raises(StaleError):
        kind.amend(filled, replace(kept, note="from an old sheet"))
    removed = kind.remove(filled, kept.id, "entered twice")
    assert (removed.message, kind.kept(filled)) == (f"Removed {kind.called}.", ())
    back = restore_record(filled, replace(kept, note="mine"))
    assert kind.kept(filled)[0].note == "mine"
    assert back.undo is not None
    back.undo()
    assert removed.undo is not None
    assert removed.undo().message == f"Undone: removal of {kind.called}."
    assert [row.note for row in kind.kept(filled)] == ["mine"]
    told = [item.text for entry in history.of_patient(filled, ID).entries for item in entry.items]
    assert len([text for text in told if "02.03.2026" in text]) >= 5


def test_a_sample_is_one_act_and_undo_takes_all_of_it_back(filled: Desk) -> None:
    before = filled.registry.last_entry()
    done = labs.record_labs(filled, ID, BLOODS)
    assert done.message == "Saved 4 blood results 02.03.2026."
    assert [row.test for row in done.value] == ["hb", "neutrophils", "crp", "hbsag"]
    assert len(patients.load(filled, ID).labs) == 4
    assert filled.registry.last_entry() - before == 4, "one entry of the trail for each result"
    assert done.undo is not None
    assert done.undo().message == "Undone: 4 blood results 02.03.2026."
    assert patients.load(filled, ID).labs == ()


@in_a_file
def test_nothing_of_a_sample_is_kept_when_one_result_cannot_be(filled: Desk) -> None:
    with pytest.raises(RefusedError) as caught:
        labs.record_labs(filled, ID, (BLOODS[0], lab("alt", "20", "mg/dL"), lab("alt", "-1", "U/L")))
    assert {issue.field for issue in caught.value.issues} == {"alt_unit", "alt"}
    for nothing in (
        lambda: labs.record_labs(filled, ID, ()),
        lambda: serology.record_serology(filled, ID, ()),
    ):
        with pytest.raises(RefusedError, match=r"A result is needed\."):
            nothing()
    record = patients.load(filled, ID)
    assert (record.labs, record.serology) == ((), ())


@in_a_file
def test_an_unlikely_result_is_confirmed_by_the_name_of_its_test(filled: Desk) -> None:
    odd = (lab("alt", "1200", "U/L"), lab("ast", "1100", "U/L"))
    with pytest.raises(RefusedError):
        labs.record_labs(filled, ID, odd, confirmed=("alt",))
    assert len(labs.record_labs(filled, ID, odd, confirmed=("alt", "ast")).value) == 2


@in_a_file
def test_antibodies_of_one_sample_and_what_a_viewer_may(filled: Desk) -> None:
    done = serology.record_serology(filled, ID, ANTIBODIES)
    assert done.message == "Saved 2 antibodies 02.03.2026."
    viewer = as_user(filled, "gast", "G. Gast", "viewer")
    for act in (
        lambda: labs.record_labs(viewer, ID, BLOODS),
        lambda: serology.record_serology(viewer, ID, ANTIBODIES),
        lambda: heart_tests.record_heart_test(viewer, ID, ECHO),
        lambda: pros.record_pro(viewer, ID, SCORES),
    ):
        with pytest.raises(RefusedError, match="does not allow this"):
            act()


@in_a_file
def test_show_gives_everything_measured_as_recorded(filled: Desk) -> None:
    labs.record_labs(filled, ID, BLOODS)
    serology.record_serology(filled, ID, ANTIBODIES)
    heart_tests.record_heart_test(filled, ID, ECHO)
    pros.record_pro(filled, ID, SCORES)
    shown = document(patients.load(filled, ID))
    crp = next(row for row in shown["labs"] if row["test"] == "crp")
    assert (crp["value"], crp["unit"], crp["detection"]) == (Decimal(5), "mg/L", "below")
    assert {row["test"] for row in shown["labs"]} == {"hb", "neutrophils", "crp", "hbsag"}
    assert [(row["test"], row["titre"]) for row in shown["serology"]] == [("ANA", 640), ("JO1", None)] or [
        (row["test"], row["titre"]) for row in shown["serology"]
    ] == [("JO1", None), ("ANA", 640)]
    assert shown["heart_tests"][0]["rvsp_mmhg"] == Decimal(38)
    assert shown["pros"][0]["scores"] == [{"scale": "total", "value": Decimal("56.4")}]
    assert all("id" not in row for row in (*shown["labs"], *shown["pros"]))


@in_a_file
def test_an_erasure_takes_every_result_with_it(filled: Desk) -> None:
    labs.record_labs(filled, ID, BLOODS)
    serology.record_serology(filled, ID, ANTIBODIES)
    heart_tests.record_heart_test(filled, ID, ECHO)
    pros.record_pro(filled, ID, SCORES)
    erasure.erase(filled, ID, basis="GDPR 17(1)", reason="asked for", typed_mrn=holloway.patient().mrn)
    with filled.registry.read() as session:
        for table in ("lab", "serology", "heart_test", "pro"):
            assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table


def with_labs(*rows: Lab, **more: Any) -> PatientRecord:
    return PatientRecord(patient=PLAIN, labs=rows, **more)


@pytest.mark.parametrize(
    ("row", "grade"),
    [
        (lab("neutrophils", "0.9", "10^9/L"), 3),
        (lab("neutrophils", "900", "/µL"), 3),
        (lab("neutrophils", "0.5", "10^9/L", detection="below"), 3),
        (lab("hb", "9.9", "g/dL"), 2),
        (lab("alt", "130", "U/L", uln=Decimal(40)), 2),
        (lab("alt", "130", "U/L"), None),
        (lab("ck", "2000", "U/L", uln=Decimal(200)), 3),
        (lab("alt", "30", "U/L", uln=Decimal(40)), 0),
    ],
)
def test_a_result_is_graded_where_the_lists_know_its_term(row: Lab, grade: int | None) -> None:
    found = labs.grade_of(row, with_labs(row))
    assert found is not None
    assert found.grade == grade


@pytest.mark.parametrize(
    "row",
    [
        lab("crp", "90", "mg/L"),
        lab("neutrophils", "3", "10^9/L", detection="above"),
        lab("alt", "5", "U/L", detection="below"),
        lab("hb", None, "", text="clotted"),
        lab("hb", "90", "mg/dL"),
    ],
)
def test_what_has_no_term_or_no_comparable_value_is_not_graded(row: Lab) -> None:
    assert labs.grade_of(row, with_labs(row)) is None


def test_an_event_is_offered_from_grade_2_unless_it_is_recorded() -> None:
    low, mild = lab("neutrophils", "0.9", "10^9/L"), lab("platelets", "120", "10^9/L", lln=Decimal(150))
    offer = labs.worst_offer((mild, low, lab("hb", "95", "g/L")), with_labs())
    assert offer is not None
    assert (offer.term, offer.grade, offer.onset) == ("neutropenia", 3, DAY)
    assert labs.worst_offer((mild,), with_labs()) is None
    running = AdverseEvent(id="e", onset=PartialDate(2026, 2), term="neutropenia", grade=3, ongoing=True)
    assert labs.event_offered(low, with_labs(adverse_events=(running,))) is None
    milder = replace(running, grade=2)
    assert labs.event_offered(low, with_labs(adverse_events=(milder,))) is not None
    over = replace(running, ongoing=False, end=PartialDate(2026, 2, 20))
    assert labs.event_offered(low, with_labs(adverse_events=(over,))) is not None


LINE = TherapyLine(id="t", drug="mycophenolate", start=PartialDate(2025, 1, 6))
TODAY = dt.date(2026, 3, 12)


def limits_on(*rows: Lab) -> dict[str, str]:
    """The action limits that are due, with their state."""
    found = due.rows_of(with_labs(*rows, therapy=(LINE,)), TODAY)
    return {
        f"{row.item.tests[0]} {row.item.state.value}": str(row.item.because[0])
        for row in found
        if row.item.rule.startswith("LIMIT-")
    }


def test_the_work_list_reads_recorded_bloods() -> None:
    rows = tuple(
        lab(test, value, unit)
        for test, value, unit in (
            ("wbc", "6.1", "10^9/L"),
            ("creatinine", "70", "µmol/L"),
            ("alt", "20", "U/L"),
            ("albumin", "41", "g/L"),
        )
    )
    without = due.rows_of(with_labs(therapy=(LINE,)), TODAY)
    assert next(row.item.last for row in without if row.item.rule == "S1") is None
    with_them = due.rows_of(with_labs(*rows, therapy=(LINE,)), TODAY)
    assert next(row.item.last for row in with_them if row.item.rule == "S1") == dt.date(2026, 3, 2)
    unknown = (replace(rows[0], value=None, result="unknown"), *rows[1:])
    lacking = due.rows_of(with_labs(*unknown, therapy=(LINE,)), TODAY)
    assert next(row.item.last for row in lacking if row.item.rule == "S1") is None


def test_an_action_limit_is_stated_from_a_recorded_result() -> None:
    assert limits_on(lab("neutrophils", "3.1", "10^9/L")) == {}
    (told,) = limits_on(lab("neutrophils", "1500", "/µL")).items()
    assert told[0] == "neutrophils WARNING"
    assert told[1].startswith("Neutrophils 1500 /µL on 2026-03-02")
    (dense,) = limits_on(lab("albumin", "2.9", "g/dL")).items()
    assert dense[0] == "albumin WARNING"


def test_a_value_beyond_the_method_reaches_a_limit_only_where_that_is_certain() -> None:
    (below,) = limits_on(lab("neutrophils", "0.5", "10^9/L", detection="below")).items()
    assert below == ("neutrophils WARNING", below[1])
    assert "<0.5 10⁹/L" in below[1]
    assert list(limits_on(lab("neutrophils", "2.0", "10^9/L", detection="below"))) == [
        "neutrophils CANNOT_ASSESS"
    ]
    assert limits_on(lab("alt", "5", "U/L", detection="below")) == {}


def test_screens_and_echocardiograms_are_results_too() -> None:
    record = PatientRecord(
        patient=PLAIN,
        labs=(lab("hbsag", None, "", result="positive"), lab("igra", None, "", result="borderline")),
        heart_tests=(replace(ECHO, id="h"), replace(ECHO, id="r", kind="rhc")),
    )
    found = {result.test: result for result in due.due_facts(record, TODAY).results}
    assert set(found) == {"hbsag", "igra", "echo"}
    assert (found["hbsag"].positive, found["igra"].positive) == (True, None)
