"""Scores of questionnaires that patients fill in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.plausibility_measured import check_pro
from ctdild_desktop.clinical.records import PatientRecord, Pro
from ctdild_desktop.services import entries
from ctdild_desktop.services.desk import RECORDING, Desk, Done, requires


def check(pro: Pro, record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything implausible about a questionnaire, hard and soft; pure, for the form's live feedback."""
    return check_pro(pro, record.patient, record.pros, today)


def _name(pro: Pro) -> str:
    return f"{codes.instruments().label(pro.instrument)} {wording.partial(pro.date)}"


_NOUN = entries.Noun(Pro, _name, check)


@requires(*RECORDING)
def record_pro(desk: Desk, patient_id: str, pro: Pro, *, confirmed: Collection[str] = ()) -> Done[Pro]:
    """Record a questionnaire.

    Args:
        confirmed: fields or issue codes whose unlikely value was confirmed.

    Raises:
        RefusedError: carries the issues; nothing was saved.
    """
    return entries.keep(desk, _NOUN, patient_id, pro, confirmed)


@requires(*RECORDING)
def amend_pro(desk: Desk, pro: Pro, *, confirmed: Collection[str] = (), reason: str = "") -> Done[Pro]:
    """Replace a questionnaire; raises StaleError when somebody else changed it meanwhile."""
    return entries.amend(desk, _NOUN, pro, confirmed, reason)


@requires(*RECORDING)
def remove_pro(desk: Desk, pro_id: str, reason: str) -> Done[Pro]:
    """Void a questionnaire with the reason."""
    return entries.remove(desk, _NOUN, pro_id, reason)
