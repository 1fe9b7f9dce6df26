"""A page without identity holds no free text of any record, and one of an earlier day nothing of later."""

from __future__ import annotations

import dataclasses
import datetime as dt
import typing
from typing import Any

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    HELD_IN,
    Action,
    Allergy,
    Decision,
    Differential,
    DoseChange,
    Infusion,
    Interruption,
    Lab,
    Patient,
    PatientRecord,
    PreCheck,
    TherapyLine,
)
from ctdild_desktop.services.redaction import redacted, until

NAME = "Holunder"
DAY = dt.date(2026, 3, 1)


def told(kind: Any) -> Any:
    """A record of a kind whose every free text names the patient."""
    hints = typing.get_type_hints(kind)
    given: dict[str, Any] = {}
    for item in dataclasses.fields(kind):
        hint = hints[item.name]
        if item.default == "" and item.name != "unit":
            given[item.name] = NAME
        elif item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING:
            given[item.name] = {PartialDate: PartialDate(2025), dt.date: DAY, int: 1}.get(hint, "other")
    parts: dict[str, Any] = {
        "allergies": (Allergy(substance=NAME, reaction=NAME),),
        "differentials": (Differential(diagnosis=NAME),),
        "dose_changes": (DoseChange(date=PartialDate(2025), dose=typing.cast("Any", 1), reason=NAME),),
        "interruptions": (Interruption(start=PartialDate(2025), reason=NAME),),
        "infusions": (Infusion(date=DAY, product=NAME, checks=(PreCheck(item="igg", result=NAME),)),),
    }
    return kind(**given, **{name: value for name, value in parts.items() if name in hints})


def full() -> PatientRecord:
    held: dict[str, Any] = {name: (told(kind),) for name, kind in HELD_IN.items()}
    patient = dataclasses.replace(told(Patient), mrn=f"{NAME}-1")
    return PatientRecord(patient=patient, **held)


def test_no_free_text_of_any_record_is_left() -> None:
    record = full()
    assert repr(record).count(NAME) > 60
    bare = redacted(record, "P-ABCD")
    assert NAME not in repr(bare)
    assert (bare.patient.mrn, bare.attachments, bare.decisions, bare.actions) == ("P-ABCD", (), (), ())
    assert len(bare.labs) == len(bare.therapy) == len(bare.serology) == 1


def test_units_stay_with_their_values() -> None:
    lab = Lab(id="l", date=PartialDate(2025), test="alt", unit="U/L", note=NAME)
    (bare,) = redacted(PatientRecord(patient=Patient(id="p", mrn="1"), labs=(lab,)), "P").labs
    assert (bare.unit, bare.note) == ("U/L", "")


@pytest.mark.parametrize("name", [name for name in HELD_IN if name not in {"actions", "attachments"}])
def test_nothing_of_a_later_day_is_left(name: str) -> None:
    kind = HELD_IN[name]
    dated = "start" if kind is TherapyLine else "onset" if name == "adverse_events" else "date"
    exact = typing.get_type_hints(kind)[dated] is dt.date
    early, late = (
        dataclasses.replace(told(kind), id=text, **{dated: day if exact else PartialDate.of(day)})
        for text, day in (("early", DAY), ("late", DAY + dt.timedelta(days=1)))
    )
    record = PatientRecord(patient=Patient(id="p", mrn="1"), **{name: (early, late)})
    assert [item.id for item in getattr(until(record, DAY), name)] == ["early"]


def test_what_became_of_a_decision_later_is_not_known_yet() -> None:
    decision = dataclasses.replace(told(Decision), implemented="no", not_implemented="access")
    action = dataclasses.replace(told(Action), status="done")

    def left(day: dt.date) -> tuple[Any, ...]:
        decided = dataclasses.replace(decision, implemented_date=PartialDate.of(day))
        done = dataclasses.replace(action, done_date=day)
        patient = Patient(id="p", mrn="1")
        known = until(PatientRecord(patient=patient, decisions=(decided,), actions=(done,)), DAY)
        (one,), (task,) = known.decisions, known.actions
        return one.implemented, one.not_implemented, one.implementation_note, task.status, task.done_date

    assert left(DAY) == ("no", "access", NAME, "done", DAY)
    assert left(DAY + dt.timedelta(days=1)) == (None, None, "", "open", None)
