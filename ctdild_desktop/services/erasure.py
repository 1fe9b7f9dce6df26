"""Erasing a person on a legal request: what will go, doing it, and recording that a request was refused.

This is the one act that cannot be taken back. It asks for the MRN, says what it will do before, makes no
backup of the person, and names the backups that still hold them. For everything else there is removal, which
keeps the record (:mod:`ctdild_desktop.services.removed`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ctdild_desktop.language import say
from ctdild_desktop.services import backups, history_words, inbox_naming
from ctdild_desktop.services.desk import Change, ChangeSet, Desk, Done, RefusedError, Role, requires

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

BASES = (
    "GDPR Art. 17(1)(a): no longer needed",
    "GDPR Art. 17(1)(b): consent withdrawn",
    "GDPR Art. 17(1)(c): objection",
    "GDPR Art. 17(1)(d): unlawful processing",
    "GDPR Art. 17(1)(e): legal obligation",
    "court order",
)
"""Reasons in law for erasing; another may be typed."""
REFUSAL = "GDPR Art. 17(3)(d): research in the public interest"
"""The usual reason in law for refusing; another may be typed."""

_ERASING = (Role.ADMINISTRATOR,)
_DOING = "erasing a person"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of something there are: ``15``, ``PFT``."""

    number: int
    what: str

    @property
    def text(self) -> str:
        """``15 × PFT``."""
        return f"{self.number} × {self.what}"


@dataclass(frozen=True, slots=True)
class StillHeld:
    """A file outside the registry that holds, or may hold, the person."""

    name: str
    folder: str
    """Empty when it is not known where the file is now."""
    made_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """What erasing a person would take, and what it cannot reach."""

    patient_id: str
    mrn: str
    name: str
    """``HOLLOWAY, Ingrid (DEMO-0417)``."""
    rows: tuple[Counted, ...]
    entries: int
    """Entries of the audit trail that would be emptied."""
    files: tuple[StillHeld, ...]
    """Backups and registries moved aside, the newest first."""
    mentions: tuple[Counted, ...]
    """Where else the name or the MRN occurs: in records of others, in the trail about others."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased, and what still holds the person."""

    rows: int
    entries: int
    files: tuple[StillHeld, ...]
    clean: bool
    """Nothing of it is left in the bytes of the registry's file."""


@requires(*_ERASING, doing=_DOING)
def person(desk: Desk, mrn: str) -> str:
    """The id of the patient with this MRN, who may have been removed.

    Raises:
        RefusedError: there is none, or several removed ones have it.
    """
    from sqlalchemy import select

    from ctdild_desktop.registry.models import PatientRow

    with desk.registry.read() as session:
        rows = session.execute(
            select(PatientRow.id, PatientRow.deleted_at).where(PatientRow.mrn == mrn.strip())
        ).all()
    living = [row.id for row in rows if row.deleted_at is None]
    if not rows:
        raise RefusedError(say("No patient has the MRN {mrn}.", mrn=mrn.strip()))
    if not living and len(rows) > 1:
        raise RefusedError("Several removed patients have this MRN; restore the one that is meant first.")
    return str((living or [rows[0].id])[0])


@requires(*_ERASING, doing=_DOING)
def preview(desk: Desk, patient_id: str) -> Preview:
    """What erasing this person would take; nothing is changed.

    Raises:
        RefusedError: there is no such person.
    """
    from ctdild_desktop.registry import erasure
    from ctdild_desktop.services.history import patient_name

    with desk.registry.read() as session:
        who = _who(session, patient_id)
        found = erasure.holding(session.connection(), patient_id)
        words = (who.mrn, who.family_name, f"{who.given_name} {who.family_name}".strip())
        elsewhere = erasure.mentions(session.connection(), patient_id, words)
        messages = len(inbox_naming.naming(session, patient_id))
        since = who.created_at
    return Preview(
        patient_id=patient_id,
        mrn=who.mrn,
        name=patient_name(who.mrn, who.family_name, who.given_name),
        rows=tuple(
            _counted(table, number)
            for table, number in {**found.rows, "inbox_message": messages}.items()
            if number
        ),
        entries=found.entries,
        files=_files(desk, since),
        mentions=tuple(_mentioned(table, number) for table, number in elsewhere.items()),
    )


@requires(*_ERASING, doing=_DOING)
def erase(desk: Desk, patient_id: str, *, basis: str, reason: str, typed_mrn: str) -> Done[Erased]:
    """Take a person out of the registry for good: every row, every value in the trail, every byte.

    Args:
        basis: the reason in law; one of :data:`BASES`, or another.
        reason: who asked for it, on what day; without the person's name or MRN, because it stays.
        typed_mrn: the MRN, typed once more.

    Raises:
        RefusedError: the MRN is another one, basis or reason is missing or would keep the name, or there is
            no such person. Nothing was changed.
    """
    from ctdild_desktop.registry import erasure
    from ctdild_desktop.registry.errors import RegistryError

    basis, reason = basis.strip(), reason.strip()
    with desk.registry.read() as session:
        who = _who(session, patient_id)
        since = who.created_at
    if typed_mrn.strip() != who.mrn:
        raise RefusedError("The typed MRN is not the MRN of this patient; nothing was changed.")
    _refuse_empty(basis, reason)
    _refuse_names(who, basis, reason)
    try:
        gone = erasure.erase(
            desk.registry, patient_id, basis=basis, reason=reason, messages=inbox_naming.naming
        )
    except LookupError as error:
        raise RefusedError("This patient is no longer in the registry.") from error
    _forget(desk, patient_id)
    try:
        clean = erasure.scrub(desk.registry)
    except RegistryError:
        clean = False
    done = Erased(sum(gone.rows.values()), gone.entries, _files(desk, since), clean)
    kinds = frozenset({Change.PATIENT, Change.DRAFT, Change.INBOX})
    return Done(done, _message(desk, done), ChangeSet(kinds, patient_id))


@requires(*_ERASING, doing=_DOING)
def record_refused_erasure(desk: Desk, patient_id: str, *, basis: str, reason: str) -> Done[None]:
    """Keep in the patient's history that a request to be erased was refused, and why.

    Raises:
        RefusedError: basis or reason is missing, or there is no such person.
    """
    from ctdild_desktop.services import events

    basis, reason = basis.strip(), reason.strip()
    _refuse_empty(basis, reason)
    with desk.registry.read() as session:
        _who(session, patient_id)
    events.note(desk, "erasure_refused", patient_id, basis=basis, reason=reason)
    return Done(None, say("Recorded that the erasure was refused."), ChangeSet(frozenset(), patient_id))


_NOT_CLEAN = "The last traces go from the file when the program is closed at every desk."
_ON_SERVER = "The owner of the server takes the last traces away with VACUUM FULL."


def _who(session: Session, patient_id: str) -> Any:
    from ctdild_desktop.registry.models import PatientRow

    row = session.get(PatientRow, patient_id)
    if row is None:
        raise RefusedError("This patient is no longer in the registry.")
    return row


def _refuse_empty(basis: str, reason: str) -> None:
    if not basis:
        raise RefusedError("Say the legal basis.")
    if not reason:
        raise RefusedError("Say who asked for it and when.")


def _refuse_names(who: Any, *texts: str) -> None:
    """Basis and reason stay for good: they must not keep what is being erased."""
    from ctdild_desktop.registry.erasure import LEAST_WORD

    for word in (who.mrn, who.family_name, who.given_name):
        if len(word) >= LEAST_WORD and any(word.casefold() in text.casefold() for text in texts):
            raise RefusedError("The reason names the patient and would keep the name; write it without.")


def _forget(desk: Desk, patient_id: str) -> None:
    if patient_id in desk.recent:
        desk.recent.remove(patient_id)
    desk.viewed.pop(patient_id, None)
    desk.unnoted[:] = [event for event in desk.unnoted if event.patient_id != patient_id]


def _counted(table: str, number: int) -> Counted:
    return Counted(number, history_words.plain_name(table))


def _mentioned(table: str, number: int) -> Counted:
    if table == "audit":
        return Counted(number, say("entry of the audit trail about others"))
    return Counted(number, say("{table} of others", table=history_words.plain_name(table)))


def _message(desk: Desk, done: Erased) -> str:
    words = [
        say(
            "Erased one person: {rows} rows; {entries} entries of the audit trail were emptied.",
            rows=done.rows,
            entries=done.entries,
        )
    ]
    if done.files:
        words.append(say("{files} backups made before still hold the person.", files=len(done.files)))
    if not done.clean:
        words.append(_ON_SERVER if backups.on_server(desk) else _NOT_CLEAN)
    words.append(say("This cannot be undone."))
    return " ".join(words)


def _files(desk: Desk, since: dt.datetime) -> tuple[StillHeld, ...]:
    """Backups made since the person was registered, wherever they are known to be, and files moved aside."""
    if backups.on_server(desk):
        return ()
    found = {
        one.path.resolve(): StillHeld(one.path.name, str(one.path.parent), one.made_at)
        for one in (*backups.generations(desk), *_copies(desk))
        if one.made_at >= since
    }
    found |= {path: one for path, one in _moved_aside(desk) if one.made_at >= since}
    names = {path.name for path in found}
    lost = [one for one in _noted(desk) if one.made_at >= since and one.name not in names]
    return tuple(sorted((*found.values(), *lost), key=lambda one: one.made_at, reverse=True))


def _copies(desk: Desk) -> tuple[backups.Generation, ...]:
    from ctdild_desktop.registry.generations import listed

    folder = desk.upkeep.copy_folder
    if folder is None:
        return ()
    registry = desk.registry
    return listed((folder,), registry.path, registry.keystore().db_id, registry.data_key)


def _moved_aside(desk: Desk) -> list[tuple[Path, StillHeld]]:
    """Registries that a restore moved aside; they are registries, and hold whom they held then."""
    from ctdild_desktop.registry.files import written_at

    path = desk.registry.path
    found = []
    for aside in path.parent.glob(f"{path.name}.replaced-*"):
        if not aside.name.endswith((".keys", "-wal", "-shm")):
            moment = written_at(aside.stat())
            found.append((aside.resolve(), StillHeld(aside.name, str(aside.parent), moment)))
    return found


def _noted(desk: Desk) -> list[StillHeld]:
    """Backups that the trail tells of: those made by hand elsewhere are nowhere else to be seen."""
    import json

    from sqlalchemy import select

    from ctdild_desktop.registry.models import AuditRow

    query = select(AuditRow.at, AuditRow.new).where(
        AuditRow.op == "event", AuditRow.row_id.in_(("backup", "backup_copy"))
    )
    with desk.registry.read() as session:
        rows = session.execute(query).all()
    told = [(at, json.loads(new or "{}").get("file", "")) for at, new in rows]
    return [StillHeld(str(name), "", at) for at, name in told if name]
