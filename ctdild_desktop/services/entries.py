"""The plain acts that dated records share: record, amend and remove one of them, or record several of one
sample together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Generic

from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.language import say
from ctdild_desktop.services.acts import (
    Add,
    Amend,
    R,
    Remove,
    find_in,
    new_issues,
    patient_of,
    perform,
    record_of,
    refuse_issues,
    saved_in,
    verdicts_changed,
    with_id,
)
from ctdild_desktop.services.desk import RECORDING, Desk, Done, RefusedError, requires


@dataclass(frozen=True, slots=True)
class Noun(Generic[R]):
    """What differs between kinds of records: how one is named in a message and what makes it refused."""

    kind: type[R]
    name: Callable[[R], str]
    """``visit 12.03.2026``."""
    check: Callable[[R, PatientRecord, dt.date], tuple[Issue, ...]]
    follows: Callable[[R], str] = field(default=lambda _record: "")
    """A sentence on what follows from keeping it; empty when nothing does."""


@dataclass(frozen=True, slots=True)
class Panel(Generic[R]):
    """What differs between kinds of records of which several are kept at once."""

    kind: type[R]
    name: Callable[[Sequence[R]], str]
    """``12 blood results 12.03.2026``; of at least one record."""
    check: Callable[[Sequence[R], PatientRecord, dt.date], tuple[Issue, ...]]


def message(
    text: str, name: str, before: PatientRecord | None, after: PatientRecord | None, follows: str = ""
) -> str:
    """What is said of an act on one record: what was done, what follows, which verdicts changed."""
    sentences = (say(text, name=name), follows, verdicts_changed(before, after))
    return " ".join(sentence for sentence in sentences if sentence)


@requires(*RECORDING)
def keep(desk: Desk, noun: Noun[R], patient_id: str, draft: R, confirmed: Collection[str]) -> Done[R]:
    """Record a new one after checking it."""
    value = with_id(draft)
    refuse_issues(noun.check(value, record_of(desk, patient_id), desk.today()), confirmed)
    name = noun.name(value)
    return perform(
        desk,
        patient_id,
        (Add(value),),
        label=name,
        value=lambda record: find_in(record, noun.kind, value.id),
        say=lambda before, after: message("Saved {name}.", name, before, after, noun.follows(value)),
    )


@requires(*RECORDING)
def keep_all(
    desk: Desk, panel: Panel[R], patient_id: str, drafts: Sequence[R], confirmed: Collection[str]
) -> Done[tuple[R, ...]]:
    """Record several new ones in one transaction after checking them together."""
    values = tuple(with_id(draft) for draft in drafts)
    refuse_issues(panel.check(values, record_of(desk, patient_id), desk.today()), confirmed)
    if not values:
        raise RefusedError("There is nothing to save.")
    name = panel.name(values)

    def kept(record: PatientRecord | None) -> tuple[R, ...]:
        found = (find_in(record, panel.kind, value.id) for value in values)
        return tuple(value for value in found if value is not None)

    return perform(
        desk,
        patient_id,
        tuple(Add(value) for value in values),
        label=name,
        value=kept,
        say=lambda before, after: message("Saved {name}.", name, before, after),
    )


@requires(*RECORDING)
def amend(desk: Desk, noun: Noun[R], value: R, confirmed: Collection[str], reason: str = "") -> Done[R]:
    """Replace one, if it is still the version that was seen, after checking what changed."""
    patient_id, record = patient_of(desk, noun.kind, value.id)
    saved = saved_in(desk, record, value)
    today = desk.today()
    issues = new_issues(noun.check(value, record, today), noun.check(saved, record, today))
    refuse_issues(issues, confirmed)
    name = noun.name(value)
    return perform(
        desk,
        patient_id,
        (Amend(value),),
        label=say("change of {name}", name=name),
        value=lambda after: find_in(after, noun.kind, value.id),
        say=lambda before, after: message("Changed {name}.", name, before, after, noun.follows(value)),
        reason=reason,
    )


@requires(*RECORDING)
def remove(desk: Desk, noun: Noun[R], record_id: str, reason: str) -> Done[R]:
    """Void one with the reason; it stays in the registry and can be brought back by undo."""
    if not reason.strip():
        raise RefusedError("Say why this is removed.")
    patient_id, record = patient_of(desk, noun.kind, record_id)
    saved = find_in(record, noun.kind, record_id)
    if saved is None:
        raise RefusedError("This record is no longer in the registry.")
    name = noun.name(saved)
    return perform(
        desk,
        patient_id,
        (Remove(noun.kind, record_id),),
        label=say("removal of {name}", name=name),
        value=lambda _after: saved,
        say=lambda before, after: message("Removed {name}.", name, before, after),
        reason=reason.strip(),
    )
