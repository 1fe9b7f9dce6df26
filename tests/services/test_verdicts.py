"""The verdicts of a whole registry, read from the encrypted file, against those of one patient at a time."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.criteria import strip_criteria
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Lab, PatientRecord
from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.services.assessment import assess, default_as_of
from ctdild_desktop.services.desk import Desk, new_id
from ctdild_desktop.services.redaction import until
from ctdild_desktop.services.verdicts import verdicts_of_all
from tests.support.columns import AS_OF, Inventor, record
from tests.support.desks import fill
from tests.support.people import percent, scan, symptom


def stored(made: PatientRecord) -> PatientRecord:
    """The record with ids as the registry wants them."""

    def named(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(replace(item, id=new_id()) for item in items)

    return replace(
        made,
        diagnoses=named(made.diagnoses),
        visits=named(made.visits),
        tests=named(made.tests),
        hrct=named(made.hrct),
        labs=named(made.labs),
    )


@pytest.mark.parametrize("as_of", [None, AS_OF])
def test_every_patient_has_the_verdicts_of_the_own_record(desk: Desk, as_of: dt.date | None) -> None:
    fill(desk, *(stored(item) for item in Inventor(Random(42)).records(120)))
    found = verdicts_of_all(desk, as_of)
    assert 0 < found.one_by_one < 60
    with desk.registry.read() as session:
        records = {item.patient.id: item for item in desk.store.load_all(session)}
    assert set(found.ids) == set(records)
    for place, name in enumerate(found.ids):
        known = records[name] if as_of is None else until(records[name], as_of)
        day = as_of or default_as_of(known)
        assert found.as_of(place) == day
        for answer in assess(known, day):
            assert found.verdict(place, answer.criterion) is answer.verdict
            assert found.category(place, answer.criterion) == answer.category


def test_a_blood_test_after_the_last_test_corrects_its_dlco(desk: Desk) -> None:
    """The factors of the source's worked case: 1 at 13.4 g/dL, 1.1752 at 9.4 g/dL for a woman."""
    tests = (
        percent("2023-04-10", "80", dlco="60", dlco_hb_corrected=False, hb_g_l="134"),
        percent("2024-04-02", "77", dlco="48", dlco_hb_corrected=False),
    )
    visits, scans = (symptom("2024-04-02", "worse"),), (scan("2024-03-15", "stable", fibrosis=True),)
    anaemic = Lab(id="l", date=PartialDate(2024, 4, 9), test="hb", value=Decimal("9.4"), unit="g/dL")
    normal = replace(anaemic, value=Decimal("134"), unit="g/L")
    late = replace(normal, date=PartialDate(2024, 5, 3))
    for number, labs in enumerate(((), (anaemic,), (normal,), (late,))):
        fill(desk, stored(record(*tests, number=number, labs=labs, visits=visits, hrct=scans)))
    found = verdicts_of_all(desk)
    said = [found.verdict(place, "PPF2022") for place in range(4)]
    unknown, met = Verdict.CANNOT_ASSESS, Verdict.MET
    assert dict(zip(found.ids, said, strict=True)) == {
        f"{number:032x}": verdict for number, verdict in enumerate((unknown, Verdict.NOT_MET, met, unknown))
    }
    with desk.registry.read() as session:
        anaemia = desk.store.load(session, f"{1:032x}")
    assert anaemia is not None
    (answer,) = assess(anaemia, criteria=["PPF2022"])
    assert (
        "DLCO of 02.04.2024 is corrected with the haemoglobin of a blood test: 94.0 g/L on 09.04.2024."
        in {wording.say(caution.text) for caution in answer.cautions}
    )
    asked = verdicts_of_all(desk, AS_OF)  # whoever asks for a day gets what was known on it
    assert {asked.verdict(place, "PPF2022") for place in range(4)} == {unknown}


def test_counts_add_up_to_all_patients(desk: Desk) -> None:
    fallen = record(percent("2023-06-01", "80"), percent("2024-04-02", "60"))
    steady = record(percent("2023-06-01", "80"), percent("2024-04-02", "80"), number=1)
    unknown = record(number=2)
    fill(desk, *(stored(item) for item in (fallen, steady, unknown)))
    found = verdicts_of_all(desk)
    assert found.counts("REVIEW_FVC_DECLINE") == {
        Verdict.MET: 1,
        Verdict.NOT_MET: 1,
        Verdict.CANNOT_ASSESS: 1,
        Verdict.NOT_APPLICABLE: 0,
    }
    for known in strip_criteria():
        assert sum(found.counts(known.id).values()) == 3


def test_what_was_removed_does_not_count(desk: Desk) -> None:
    made = stored(record(percent("2023-06-01", "80"), percent("2024-04-02", "60")))
    fill(desk, made)
    now = desk.clock()
    with desk.registry.write(desk.login) as session:
        first = made.tests[0]
        desk.store.void(session, type(first), first.id, user=desk.login, at=now, reason="typed twice")
    assert verdicts_of_all(desk).counts("REVIEW_FVC_DECLINE")[Verdict.CANNOT_ASSESS] == 1
    with desk.registry.write(desk.login) as session:
        desk.store.void(session, type(made.patient), made.patient.id, user=desk.login, at=now, reason="test")
    assert verdicts_of_all(desk).ids == ()


def test_a_value_with_many_decimals_is_judged_exactly(desk: Desk) -> None:
    """Ten percent of 80 is 8: a fall to 72 is no alarm, to a ten-millionth less it is."""
    values = ("72.0000000", "71.9999999")
    fill(
        desk,
        *(
            stored(record(percent("2023-06-01", "80"), percent("2024-04-02", value), number=number))
            for number, value in enumerate(values)
        ),
    )
    found = verdicts_of_all(desk)
    assert found.one_by_one == 1
    assert found.counts("REVIEW_FVC_DECLINE")[Verdict.MET] == 1
    assert found.counts("REVIEW_FVC_DECLINE")[Verdict.NOT_MET] == 1
