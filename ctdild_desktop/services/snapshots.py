"""The page that the team saw, kept with the signed decision, so that it can be printed again for ever.

Kept are the final texts and the picture, in the language of signing, and for each part of the record a
digest of what was recorded by that day. So it can be said later what of the record has changed, in any
language and by any later version of the program, without keeping the record twice.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.records import Action, Decision, PatientRecord
from ctdild_desktop.language import say
from ctdild_desktop.services.acts import record_of
from ctdild_desktop.services.case_page import Printing, built_page, case_of_decision, printing
from ctdild_desktop.services.desk import Desk, RefusedError, for_everybody
from ctdild_desktop.services.exact_json import NotThisTypeError, plain, typed
from ctdild_desktop.services.page_words import PARTS, Words
from ctdild_desktop.services.pages import MdtPageData
from ctdild_desktop.services.redaction import until

_FORMAT = 1
_NOT_CONTENT = frozenset({"version", "snapshot", "signed_at", "letter_to", "letter_sent", "addenda"})
"""Fields that change without a change of what the page rests on."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is kept: the page, its day, and the digest of each part of the record."""

    format: int
    page: MdtPageData
    day: dt.date
    digests: tuple[tuple[str, str], ...] = ()


def frozen(page: MdtPageData, day: dt.date, digests: Mapping[str, str] | None = None) -> str:
    """A page as JSON: the same page always gives the same text."""
    kept = Snapshot(_FORMAT, page, day, tuple(sorted((digests or {}).items())))
    return json.dumps(plain(kept), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def snapshot_of(text: str) -> Snapshot:
    """What a kept text holds.

    Raises:
        RefusedError: it holds no page, or one that this version of the program does not know.
    """
    try:
        return typed(Snapshot, json.loads(text))
    except (NotThisTypeError, json.JSONDecodeError) as error:
        raise RefusedError("The page that was kept with this decision cannot be read.") from error


def page_of(text: str) -> MdtPageData:
    """The page of a kept text; raises RefusedError as :func:`snapshot_of` does."""
    return snapshot_of(text).page


@for_everybody
def freeze(desk: Desk, decision: Decision, actions: tuple[Action, ...]) -> str:
    """The page of a decision that is being signed, to be kept with it.

    Raises:
        RefusedError: the patient or the meeting is no longer in the registry.
    """
    record = record_of(desk, decision.patient_id)
    day = (decision.signed_at or desk.clock()).astimezone().date()
    case = replace(case_of_decision(desk, decision), decision=decision, actions=actions)
    page = built_page(record, case, replace(printing(desk), day=day))
    return frozen(page, day, digests(record, day, decision))


@for_everybody
def signed_page(desk: Desk, decision_id: str) -> MdtPageData:
    """The page as it was signed, with who prints it now, what was added and what has changed since.

    Raises:
        RefusedError: the decision is not signed, or its page cannot be read.
    """
    decision = decision_of(desk, decision_id)
    if not decision.signed:
        raise RefusedError("This decision is not signed.")
    return kept_page(record_of(desk, decision.patient_id), decision, printing(desk))


def kept_page(record: PatientRecord, decision: Decision, common: Printing) -> MdtPageData:
    """The page of a signed decision beside the record as it is now; raises as :func:`signed_page` does."""
    kept = snapshot_of(decision.snapshot)
    words = Words(kept.page.words)
    box = kept.page.decision
    if box is not None:
        added = tuple(
            words(
                "Addendum {date} ({by}): {text}",
                date=wording.day(one.date),
                by=common.names.get(one.by, one.by),
                text=one.text,
            )
            for one in decision.addenda
        )
        box = replace(box, addenda=added)
    changed = _changed(kept, record, decision)
    return replace(
        kept.page,
        decision=box,
        changed=", ".join(words(PARTS[part]) for part in changed),
        printed_by=common.by,
        printed_on=wording.day(common.day),
    )


@for_everybody
def changed_since(desk: Desk, decision_id: str) -> tuple[str, ...]:
    """What of the record, up to the day of signing, differs now from what it was then, in words.

    Raises:
        RefusedError: there is no such decision, or its page cannot be read.
    """
    decision = decision_of(desk, decision_id)
    if not decision.signed:
        return ()
    changed = _changed(snapshot_of(decision.snapshot), record_of(desk, decision.patient_id), decision)
    return tuple(say(PARTS[part]) for part in changed)


@for_everybody
def decision_of(desk: Desk, decision_id: str) -> Decision:
    """One decision with the page that was kept; raises RefusedError when it is not there any more."""
    with desk.registry.read() as session:
        found: Decision | None = desk.store.current(session, Decision, decision_id).value
    if found is None:
        raise RefusedError("This decision is no longer in the registry.")
    return found


# what changed


def digests(record: PatientRecord, day: dt.date, decision: Decision) -> dict[str, str]:
    """A digest of each part of a record as it was known on a day, before a decision of that day."""
    known = _known(until(record, day), decision)
    return {name: _digest(getattr(known, name)) for name in PARTS}


def _changed(kept: Snapshot, record: PatientRecord, decision: Decision) -> tuple[str, ...]:
    now = digests(record, kept.day, decision)
    return tuple(name for name, digest in kept.digests if name in now and now[name] != digest)


def _known(record: PatientRecord, decision: Decision) -> PatientRecord:
    """The earlier decisions and actions alone."""
    earlier = {one.id for one in record.decisions if one.date < decision.date}
    return replace(
        record,
        decisions=tuple(one for one in record.decisions if one.id in earlier),
        actions=tuple(one for one in record.actions if one.decision_id in earlier),
    )


def _digest(value: Any) -> str:
    text = json.dumps(_content(value), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _content(value: Any) -> Any:
    """What is recorded, without what has its default, so that a field of a later version changes nothing."""
    if isinstance(value, tuple):
        return [_content(item) for item in value]
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return plain(value)
    told = {
        item.name: _content(getattr(value, item.name))
        for item in dataclasses.fields(value)
        if item.name not in _NOT_CONTENT and getattr(value, item.name) != item.default
    }
    return {name: content for name, content in told.items() if content not in ([], {})}
