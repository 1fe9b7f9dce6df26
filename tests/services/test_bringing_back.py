from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Consent,
    Diagnosis,
    Hrct,
    Pft,
    Procedure,
    TherapyLine,
    Visit,
)
from ctdild_desktop.services import (
    adverse_events,
    consents,
    hrct,
    patients,
    pft,
    procedures,
    therapy,
    visits,
)
from ctdild_desktop.services.acts import find_in, standing
from ctdild_desktop.services.bringing_back import restore_patient, restore_record
from ctdild_desktop.services.desk import Desk, Done, RefusedError, StaleError
from tests.support.desks import as_user, fill
from tests.support.holloway import record as holloway

Amend = Callable[[Desk, Any], Done[Any]]
Removal = Callable[[Desk, str, str], Done[Any]]
PATIENT = holloway().patient.id

KINDS: tuple[tuple[type[Any], Amend, Removal, dict[str, Any]], ...] = (
    (Diagnosis, patients.amend_diagnosis, patients.remove_diagnosis, {"note": "seen again"}),
    (Visit, visits.amend_visit, visits.remove_visit, {"note": "seen again"}),
    (Pft, pft.amend_pft, pft.remove_pft, {"comment": "seen again"}),
    (Hrct, hrct.amend_hrct, hrct.remove_hrct, {"note": "seen again"}),
    (TherapyLine, therapy.amend_line, therapy.remove_line, {"note": "seen again"}),
    (
        AdverseEvent,
        adverse_events.amend_adverse_event,
        adverse_events.remove_adverse_event,
        {"note": "seen again"},
    ),
    (
        Procedure,
        procedures.amend_procedure,
        procedures.remove_procedure,
        {"note": "seen again"},
    ),
    (Consent, consents.amend_consent, consents.remove_consent, {"note": "seen again"}),
)

LAVAGE = Procedure(id="1" * 32, date=PartialDate(2021, 8), kind="bal")
AGREED = Consent(id="2" * 32, date=PartialDate(2021, 6, 10), kind="registry", answer="given")


@pytest.fixture
def second(desk: Desk) -> Desk:
    fill(desk, replace(holloway(), procedures=(LAVAGE,), consents=(AGREED,)))
    return as_user(desk, "brandt", "B. Brandt", "clinician")


def first_of(desk: Desk, kind: type[Any]) -> Any:
    record = patients.load(desk, PATIENT)
    held = (*record.diagnoses, *record.visits, *record.tests, *record.hrct, *record.therapy)
    others = (*record.adverse_events, *record.procedures, *record.consents)
    return next(item for item in (*held, *others) if isinstance(item, kind))


@pytest.mark.parametrize("case", KINDS, ids=lambda case: case[0].__name__)
def test_a_record_removed_meanwhile_is_told_and_brought_back_with_my_values(
    desk: Desk, second: Desk, case: tuple[type[Any], Amend, Removal, dict[str, Any]]
) -> None:
    kind, amend, remove, typed = case
    seen = first_of(desk, kind)
    remove(second, seen.id, "entered twice")
    mine = replace(seen, **typed)
    with pytest.raises(StaleError, match=r"removed by B\. Brandt on 12\.03\.2026 at") as caught:
        amend(desk, mine)
    assert caught.value.theirs is None
    assert caught.value.mine.id == seen.id
    done = restore_record(desk, mine)
    (name, value), *_ = typed.items()
    assert getattr(done.value, name) == value
    assert done.value.version > seen.version
    assert find_in(patients.load(desk, PATIENT), kind, seen.id) == done.value
    assert done.undo is not None
    done.undo()
    assert find_in(patients.load(desk, PATIENT), kind, seen.id) is None


def test_a_patient_removed_meanwhile_is_told_and_brought_back(desk: Desk, second: Desk) -> None:
    seen = patients.load(desk, PATIENT).patient
    patients.remove_patient(second, PATIENT, "registered twice")
    mine = replace(seen, height_cm=Decimal(171))
    with pytest.raises(StaleError, match="removed by") as caught:
        patients.edit_patient(desk, mine)
    assert caught.value.theirs is None
    done = restore_patient(desk, mine)
    assert done.value.height_cm == Decimal(171)
    assert len(patients.load(desk, PATIENT).tests) == len(holloway().tests)


def test_what_was_brought_back_meanwhile_is_not_overwritten(desk: Desk, second: Desk) -> None:
    seen = first_of(desk, Visit)
    done = visits.remove_visit(second, seen.id, "entered twice")
    assert done.undo is not None
    done.undo()
    with pytest.raises(RefusedError, match="brought back meanwhile"):
        restore_record(desk, replace(seen, note="mine"))
    assert first_of(desk, Visit).note == seen.note


def test_an_impossible_value_is_not_brought_back(desk: Desk, second: Desk) -> None:
    seen = first_of(desk, Pft)
    pft.remove_pft(second, seen.id, "entered twice")
    with pytest.raises(RefusedError) as caught:
        restore_record(desk, replace(seen, fvc_l=Decimal(99)))
    assert caught.value.issues
    assert find_in(patients.load(desk, PATIENT), Pft, seen.id) is None


def test_a_viewer_brings_nothing_back(desk: Desk, second: Desk) -> None:
    viewer = as_user(desk, "lindt", "L. Lindt", "viewer")
    seen = first_of(desk, Visit)
    with pytest.raises(RefusedError, match="viewer"):
        restore_record(viewer, seen)
    with pytest.raises(RefusedError, match="viewer"):
        restore_patient(viewer, patients.load(desk, PATIENT).patient)


def test_how_a_record_stands_and_who_changed_it_last(desk: Desk, second: Desk) -> None:
    seen = first_of(desk, Visit)
    changed = visits.amend_visit(second, replace(seen, note="theirs"), confirmed=("mmrc",)).value
    found = standing(desk, Visit, seen.id)
    assert found is not None
    assert (found.value, found.changed_by, found.changed_at) == (changed, "B. Brandt", desk.clock())
    visits.remove_visit(second, seen.id, "entered twice")
    removed = standing(desk, Visit, seen.id)
    assert removed is not None
    assert (removed.value, removed.changed_by) == (None, "B. Brandt")
    assert standing(desk, Visit, "f" * 32) is None
    with pytest.raises(RefusedError, match="no longer"):
        visits.amend_visit(desk, replace(seen, id="f" * 32))
