"""Bringing back a record that somebody removed while another person was changing it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from typing import Any

from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.plausibility_mdt import check_place
from ctdild_desktop.clinical.records import (
    Action,
    AdverseEvent,
    AgendaItem,
    Attachment,
    Consent,
    Decision,
    Diagnosis,
    HeartTest,
    Hrct,
    Lab,
    Patient,
    PatientRecord,
    Pft,
    Pro,
    Procedure,
    Serology,
    Snooze,
    TherapyLine,
    Visit,
)
from ctdild_desktop.language import say
from ctdild_desktop.services import (
    adverse_events,
    attachments,
    consents,
    decisions,
    heart_tests,
    hrct,
    labs,
    mdt_actions,
    patients,
    pft,
    procedures,
    pros,
    serology,
    snoozes,
    therapy,
    visits,
)
from ctdild_desktop.services.acts import (
    Clinical,
    Restore,
    find_in,
    patient_of,
    perform,
    refuse_issues,
    standing,
    verdicts_changed,
)
from ctdild_desktop.services.desk import RECORDING, Desk, Done, RefusedError, requires
from ctdild_desktop.services.field_words import noun
from ctdild_desktop.services.removed import REMOVING_PATIENTS

Check = Callable[[Any, PatientRecord, dt.date], tuple[Issue, ...]]

_CHECKS: Mapping[type[Any], Check] = {
    Diagnosis: patients.check_view,
    Visit: visits.check,
    Pft: pft.check,
    Hrct: hrct.check,
    TherapyLine: therapy.check,
    AdverseEvent: adverse_events.check,
    Procedure: procedures.check,
    Consent: consents.check,
    Lab: labs.check,
    Serology: serology.check,
    HeartTest: heart_tests.check,
    Pro: pros.check,
    Attachment: attachments.check,
    Snooze: snoozes.check,
    AgendaItem: lambda item, _record, _today: check_place(item),
    Decision: decisions.check,
    Action: mdt_actions.check,
}


@requires(*RECORDING)
def restore_record(desk: Desk, value: Any, *, confirmed: Collection[str] = ()) -> Done[Any]:
    """Bring a removed record of a patient back with the values that a person typed meanwhile.

    Args:
        value: the record as it shall be; its version does not matter.
        confirmed: fields or issue codes whose unlikely value was confirmed.

    Raises:
        RefusedError: the record is not removed any more, its patient is, or it carries the issues.
    """
    kind = type(value)
    patient_id, record = patient_of(desk, kind, value.id)
    known = value.confirmed_unusual if isinstance(value, Pft) else ()
    refuse_issues(_CHECKS[kind](value, record, desk.today()), (*known, *confirmed))
    return _bring_back(desk, patient_id, value)


@requires(*REMOVING_PATIENTS, doing="bringing a patient back")
def restore_patient(desk: Desk, value: Patient, *, confirmed: Collection[str] = ()) -> Done[Patient]:
    """Bring a removed patient back, with everything recorded and the details that a person typed meanwhile.

    Raises:
        RefusedError: the patient is not removed any more, or carries the issues.
    """
    refuse_issues(patients.check(desk, value), confirmed)
    return _bring_back(desk, value.id, value)


def _bring_back(desk: Desk, patient_id: str, value: Clinical) -> Done[Any]:
    kind = type(value)
    called = noun(kind)
    found = standing(desk, kind, value.id)
    if found is None:
        raise RefusedError("This record is no longer in the registry.")
    if found.value is not None:
        raise RefusedError(say("This {called} was brought back meanwhile; open it again.", called=called))
    return perform(
        desk,
        patient_id,
        (Restore(kind, value.id, value=value),),
        label=say("{called} brought back", called=called),
        value=lambda after: find_in(after, kind, value.id) or value,
        say=lambda before, after: say(
            "Brought back the {called}. {before}", called=called, before=verdicts_changed(before, after)
        ).rstrip(),
    )
