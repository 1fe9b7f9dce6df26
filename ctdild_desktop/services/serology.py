"""Antibodies: those of one sample are kept together, and each can be corrected or removed by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.plausibility_measured import (
    antibody_name,
    check_serologies,
)
from ctdild_desktop.clinical.plausibility_measured import check_serology as check_one
from ctdild_desktop.clinical.records import PatientRecord, Serology
from ctdild_desktop.language import say
from ctdild_desktop.services import entries
from ctdild_desktop.services.desk import RECORDING, Desk, Done, requires


def check(row: Serology, record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything implausible about an antibody, hard and soft; pure, for the form's live feedback."""
    return check_one(row, record.patient, record.serology, today)


def check_all(rows: Sequence[Serology], record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything implausible about the antibodies of one sample; the finding about a result is named by its
    antibody.
    """
    return check_serologies(rows, record.patient, record.serology, today)


def _name(row: Serology) -> str:
    return f"{antibody_name(row)} {wording.partial(row.date)}"


def _names(rows: Sequence[Serology]) -> str:
    if len(rows) == 1:
        return _name(rows[0])
    return say("{rows} antibodies {date}", rows=len(rows), date=wording.partial(rows[0].date))


_ROW = entries.Noun(Serology, _name, check)
_ROWS = entries.Panel(Serology, _names, check_all)


@requires(*RECORDING)
def record_serology(
    desk: Desk, patient_id: str, rows: Sequence[Serology], *, confirmed: Collection[str] = ()
) -> Done[tuple[Serology, ...]]:
    """Record the antibodies of one sample in one act; undo takes all of them back.

    Args:
        rows: the results; at least one.
        confirmed: fields or issue codes whose unlikely value was confirmed, as :func:`check_all` names them.

    Raises:
        RefusedError: carries the issues; nothing was saved.
    """
    return entries.keep_all(desk, _ROWS, patient_id, rows, confirmed)


@requires(*RECORDING)
def amend_serology(
    desk: Desk, row: Serology, *, confirmed: Collection[str] = (), reason: str = ""
) -> Done[Serology]:
    """Replace a result; raises StaleError when somebody else changed it meanwhile."""
    return entries.amend(desk, _ROW, row, confirmed, reason)


@requires(*RECORDING)
def remove_serology(desk: Desk, row_id: str, reason: str) -> Done[Serology]:
    """Void a result with the reason."""
    return entries.remove(desk, _ROW, row_id, reason)
