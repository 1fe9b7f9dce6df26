"""What the inbox holds: messages of devices and laboratories, what each says, and why it waits.

What a message says of a person is kept with its bytes and never in the audit trail. Why it waits is worked
out anew each time, on what is recorded now.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Patient, Sex
from ctdild_desktop.clinical.typed_text import file_name
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.reading import message_format, read_file
from ctdild_desktop.interchange.records import TestTable
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.language import say, say_n
from ctdild_desktop.services import imports
from ctdild_desktop.services.desk import RECORDING, Desk, RefusedError, requires
from ctdild_desktop.services.exact_json import NotThisTypeError, plain, typed
from ctdild_desktop.services.import_matching import Choices, said_of
from ctdild_desktop.services.import_report import FileReport, ImportReport
from ctdild_desktop.services.inbox_waiting import OPEN, State

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SHOWN_WAITING = 500
"""Messages that wait and are listed, the oldest first; the next come when these are decided."""
SHOWN_DECIDED = 200
"""Messages that were decided and are listed still, the latest first."""
_GONE = "This message is no longer in the inbox."
_SALT = "salt"


@dataclass(frozen=True, slots=True)
class Person:
    """Who a message says it is, as far as it says so."""

    mrn: str = ""
    family_name: str = ""
    given_name: str = ""
    birth_date: str = ""
    sex: str = ""

    @classmethod
    def of(cls, patient: Patient) -> Person:
        """The identity of a patient as a message gives it."""
        born = "" if patient.birth_date is None else str(patient.birth_date)
        sex = "" if patient.sex is None else patient.sex.value
        return cls(patient.mrn, patient.family_name, patient.given_name, born, sex)

    @property
    def patient(self) -> Patient:
        """The same as a patient without a record."""
        return Patient(
            id="",
            mrn=self.mrn,
            family_name=self.family_name,
            given_name=self.given_name,
            birth_date=PartialDate.parse(self.birth_date) if self.birth_date else None,
            sex=Sex(self.sex) if self.sex else None,
        )


@dataclass(frozen=True, slots=True)
class Said:
    """What was read in a message when it was received."""

    name: str
    """What the file was called; for people, never a path."""
    people: tuple[Person, ...] = ()
    dates: tuple[dt.date, ...] = ()
    tests: int = 0

    @classmethod
    def of(cls, source: Source, table: TestTable | None) -> Said:
        """What a message says; its name alone when it cannot be read."""
        name = file_name(source.name)
        if table is None:
            return cls(name)
        people = dict.fromkeys(Person.of(row.patient) for row in table.rows)
        dates = sorted({row.date for row in table.rows})
        return cls(name, tuple(people), tuple(dates), len(table.rows))

    def as_columns(self) -> dict[str, bytes | str]:
        """As it is kept: the bytes, and their hash, which stays in the trail."""
        # names and dates can be guessed: once the salt has gone with the row, no guess fits the hash
        salted = {**plain(self), _SALT: secrets.token_hex(16)}
        said = json.dumps(salted, separators=(",", ":")).encode("ascii")
        return {"said": said, "said_sha256": hashlib.sha256(said).hexdigest()}

    @classmethod
    def read(cls, kept: bytes) -> Said:
        """What was kept; nothing when it is not what this program writes."""
        try:
            said = json.loads(kept)
            if isinstance(said, dict):
                said.pop(_SALT, None)  # an earlier program wrote none
            return typed(cls, said)
        except (ValueError, NotThisTypeError):
            return cls("")

    @property
    def who(self) -> str:
        """The person in one line, or how many there are; empty when it says nobody."""
        named = [text for person in self.people if (text := said_of(person.patient))]
        if len(named) > 1:
            return say_n("{n} person", "{n} people", len(named))
        return named[0] if named else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of the inbox."""

    id: str
    sha256: str
    format: str
    size_bytes: int
    state: State
    received_at: dt.datetime
    received_by: str
    received_from: str
    decided_at: dt.datetime | None
    decided_by: str
    reason: str
    """Code of the reason why it was set aside."""
    patients: tuple[str, ...]
    """Ids of those for whom it was taken."""
    said: Said
    why: str = ""
    """Why it waits, in words; empty for one that was decided."""
    ready: bool = False
    """Whose it is and what it changes is beyond doubt: one key takes it."""
    goes_to: str = ""
    """Who gets its tests, when that is beyond doubt."""

    def as_json(self) -> dict[str, Any]:
        """The entry as ``ctdild inbox --json`` prints it."""
        return {
            "id": self.id,
            "file": self.said.name,
            "format": self.format,
            "file_sha256": self.sha256,
            "size_bytes": self.size_bytes,
            "state": self.state.value,
            "received": self.received_at.isoformat(),
            "received_by": self.received_by,
            "received_from": self.received_from,
            "says": self.said.who,
            "tests": self.said.tests,
            "dates": [date.isoformat() for date in self.said.dates],
            "why": self.why,
            "ready": self.ready,
            "decided": self.decided_at.isoformat() if self.decided_at is not None else None,
            "decided_by": self.decided_by or None,
            "reason": self.reason or None,
        }


@dataclass(frozen=True, slots=True)
class Look:
    """One message with everything it holds, and what taking it would change."""

    message: Message
    report: ImportReport | None = field(default=None, repr=False)
    """None for one that cannot be read."""

    @property
    def file(self) -> FileReport | None:
        """What would become of its tests."""
        return self.report.files[0] if self.report is not None else None

    @property
    def takeable(self) -> bool:
        """Whether every test has its patient and none is rejected."""
        return self.file is not None and not self.file.rejected and bool(self.file.rows)

    @property
    def partly(self) -> bool:
        """Whether some tests are of patients who are recorded and can be taken, and others are not: a
        laboratory sends many people in one message.
        """
        rows = self.file.rows if self.file is not None else ()
        return any(not row.new_patient for row in rows) and (
            any(row.new_patient for row in rows) or not self.takeable
        )


@requires(*RECORDING, doing="the inbox")
def listing(desk: Desk) -> tuple[Message, ...]:
    """The messages that wait, the oldest first, each with why; after them those decided last.

    Raises:
        RegistryError: the registry cannot be read.
    """
    with desk.registry.read() as session:
        read = [(message, *_read(*one(session, message.id))) for message in _open(session)]
        tables = [table for _message_of, table, _why in read if table is not None]
        reports = iter(imports.shown_each(desk, session, tables))
        decided = _decided(session)
    undecided = tuple(
        _told(message, why) if table is None else judged(message, next(reports).files[0])
        for message, table, why in read
    )
    return undecided + decided


@requires(*RECORDING, doing="the inbox")
def look(desk: Desk, message_id: str, choices: Choices | None = None) -> Look:
    """One message: each value as it has it and as it is read, whose it is, and what taking it would change.

    Args:
        desk: where the registry is open.
        message_id: which one.
        choices: whose tests a person decided them to be.

    Raises:
        RefusedError: it is no longer there, or its bytes are not what was received.
    """
    with desk.registry.read() as session:
        message, content = one(session, message_id)
    table, why = _read(message, content)
    if table is None:
        return Look(_told(message, why))
    report = imports.preview_again(desk, ImportReport((), (table,)), choices or {})
    if not message.state.open:
        return Look(message, report)
    return Look(judged(message, report.files[0]), report)


def judged(message: Message, report: FileReport) -> Message:
    """The message with why it waits, or that it need not, by what taking it would change."""
    reasons = [each.reason for each in report.undecided]
    reasons += [each.reason for each in report.rejected if each.column != "patient"]
    reasons += [each.reason for each in report.warnings]
    if any(row.new_patient for row in report.rows):
        reasons.append(say("nobody recorded has this MRN; taking it adds a patient"))
    if not report.rows and not reasons:
        reasons.append(say("it holds no test"))
    named = {f"{row.name} ({row.mrn})" if row.name else row.mrn: None for row in report.rows}
    return _told(message, _joined(reasons), "; ".join(named))


def _joined(reasons: Sequence[str]) -> str:
    different = list(dict.fromkeys(reasons))
    if len(different) > 1:
        return say("{text} (and {more} more)", text=different[0], more=len(different) - 1)
    return different[0] if different else ""


def _told(message: Message, why: str, goes_to: str = "") -> Message:
    return replace(message, why=why, ready=not why, goes_to=goes_to)


def one(session: Session, message_id: str) -> tuple[Message, bytes]:
    """A message with its bytes; raises RefusedError when it is gone or is not what was received."""
    from sqlalchemy import select

    from ctdild_desktop.registry.models import InboxContentRow, InboxMessageRow

    query = select(InboxMessageRow, InboxContentRow.said, InboxContentRow.content)
    query = query.join(InboxContentRow, InboxContentRow.id == InboxMessageRow.id)
    found = session.execute(query.where(InboxMessageRow.id == message_id)).one_or_none()
    if found is None:
        raise RefusedError(_GONE)
    row, said, content = found
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise RefusedError(
            "This message is not what was received: it is damaged and is not shown. Check the registry, and "
            "restore a backup."
        )
    return _message(row, said), content


def _open(session: Session) -> list[Message]:
    """Those that wait, the oldest first; the bytes of one at a time are in memory."""
    from ctdild_desktop.registry.models import InboxMessageRow as Row

    found = _listed(session, Row.state.in_(OPEN), Row.received_at, SHOWN_WAITING)
    return sorted(found, key=lambda message: (message.received_at, message.said.name, message.id))


def _decided(session: Session) -> tuple[Message, ...]:
    from ctdild_desktop.registry.models import InboxMessageRow as Row

    return tuple(_listed(session, Row.state.not_in(OPEN), Row.decided_at.desc(), SHOWN_DECIDED))


def _listed(session: Session, which: Any, order: Any, most: int) -> list[Message]:
    from sqlalchemy import select

    from ctdild_desktop.registry.models import InboxContentRow, InboxMessageRow

    query = select(InboxMessageRow, InboxContentRow.said)
    query = query.join(InboxContentRow, InboxContentRow.id == InboxMessageRow.id).where(which)
    rows = session.execute(query.order_by(order, InboxMessageRow.id).limit(most))
    return [_message(row, said) for row, said in rows]


def _message(row: Any, said: bytes) -> Message:
    return Message(
        id=row.id,
        sha256=row.sha256,
        format=row.format,
        size_bytes=row.size_bytes,
        state=State(row.state),
        received_at=row.received_at,
        received_by=row.received_by,
        received_from=row.received_from,
        decided_at=row.decided_at,
        decided_by=row.decided_by or "",
        reason=row.reason or "",
        patients=row.patients,
        said=Said.read(said),
    )


def _read(message: Message, content: bytes) -> tuple[TestTable | None, str]:
    return read_message(Source(message.said.name, content, message.sha256))


def read_message(source: Source) -> tuple[TestTable | None, str]:
    """The tests of a message; None with the reason when it cannot be read, or is none of a device."""
    try:
        if not message_format(source):
            return None, say(
                "This is no message of a device or a laboratory. A table is imported on the import page."
            )
        table = read_file(source)
        if table.clinic:
            return None, say("This holds more of a patient than tests; it is imported on the import page.")
        return table, ""
    except FormatError as error:
        return None, str(error)


def tests_in_words(said: Said) -> str:
    """``12.03.2026``, or ``3 tests, 12.03.2026 to 14.03.2026``."""
    if not said.dates:
        return ""
    first, last = wording.day(said.dates[0]), wording.day(said.dates[-1])
    if said.tests == 1:
        return first
    if first == last:
        return say("{n} tests, {first}", n=said.tests, first=first)
    return say("{n} tests, {first} to {last}", n=said.tests, first=first, last=last)
