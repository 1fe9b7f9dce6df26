"""Events of the audit trail that change no record: who signed in, looked, printed, exported, checked.

What hands data on (a printout, an export) is noted before it is handed on, and not done when it cannot be
noted. What a person needs in order to care for a patient (signing in, opening a record) is never held up by
a full disk or a busy file: such an event waits at the desk and is written with the next one.

An event without a patient carries no patient's data, because erasing a person blanks the events of that
person alone. What was typed into the search is therefore not kept.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from ctdild_desktop.services.desk import Desk, for_everybody

VIEW_AGAIN = dt.timedelta(minutes=10)
"""One view of a patient by a person is noted in this time."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, of which patient, with its details as texts."""

    kind: str
    patient_id: str | None = None
    detail: dict[str, str] = field(default_factory=dict)


@for_everybody
def note(desk: Desk, /, kind: str, patient_id: str | None = None, **detail: str) -> None:
    """Write an event now, with those that wait; raises RegistryError when it cannot be written."""
    note_all(desk, (Event(kind, patient_id, detail),))


@for_everybody
def note_all(desk: Desk, events: Sequence[Event]) -> None:
    """Write several events in one transaction; raises RegistryError as :func:`note` does."""
    from ctdild_desktop.registry import audit

    waiting = list(desk.unnoted)
    with desk.registry.write(desk.login) as session:
        for event in (*waiting, *events):
            audit.note_event(
                session.connection(), kind=event.kind, subject_id=event.patient_id, detail=event.detail
            )
    del desk.unnoted[: len(waiting)]


@for_everybody
def note_or_wait(desk: Desk, /, kind: str, patient_id: str | None = None, **detail: str) -> None:
    """Write an event; one that cannot be written now is written with the next, with the time it had."""
    from ctdild_desktop.registry.errors import RegistryError

    try:
        note(desk, kind, patient_id, **detail)
    except RegistryError as error:
        moment = desk.clock().astimezone(dt.UTC).isoformat(timespec="seconds")
        desk.unnoted.append(Event(kind, patient_id, {**detail, "at": moment}))
        _log.warning("an event of kind %s waits to be noted: %s", kind, type(error).__name__)


@for_everybody
def note_view(desk: Desk, patient_id: str, where: str) -> None:
    """Note that an identified record was opened, once in ten minutes.

    Args:
        where: what it was opened from: ``search``, ``list``, ``command line`` ...
    """
    now = desk.clock()
    last = desk.viewed.get(patient_id)
    if last is not None and dt.timedelta(0) <= now - last < VIEW_AGAIN:
        return
    desk.viewed[patient_id] = now
    note_or_wait(desk, "view", patient_id, where=where)
