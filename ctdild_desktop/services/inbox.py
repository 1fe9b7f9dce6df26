"""The inbox: messages of devices and laboratories are received, and a person decides what becomes of each.

Nothing of a message is recorded before somebody takes it: what is written in a person's name was seen by that
person. What is beyond doubt waits for one key, for all such messages together; everything else is looked at.
Nothing is ever attached by guess. A test of somebody who is not in the registry waits too, because a
laboratory measures many who are not followed here. Only a scheduled import takes what is beyond doubt by
itself: whoever set it up asked for that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.typed_text import file_name
from ctdild_desktop.interchange.reading import message_format
from ctdild_desktop.interchange.records import TestTable
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.language import say, say_n
from ctdild_desktop.services import imports
from ctdild_desktop.services.desk import (
    RECORDING,
    Change,
    ChangeSet,
    Desk,
    Done,
    RefusedError,
    new_id,
    requires,
)
from ctdild_desktop.services.import_batch import Batch
from ctdild_desktop.services.import_report import FileReport, ImportReport, what_of
from ctdild_desktop.services.import_tests import Effect
from ctdild_desktop.services.inbox_messages import Look, Message, Said, judged, one, read_message
from ctdild_desktop.services.inbox_waiting import State

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_BYTES = 25 * 1024 * 1024
"""The largest message that is kept."""
MOST_OPEN = 2000
"""Messages that may wait at once: a device that goes on sending does not fill the registry."""
WITHDRAWN = "withdrawn"
REASONS = ("other_patient", "no_use", "device_check", "by_hand", WITHDRAWN)
"""Codes of why a message is set aside. None is typed, so that no name gets into the trail."""
_INBOX = frozenset({Change.INBOX})
_KINDS = _INBOX | {Change.IMPORT, Change.PATIENT, Change.DIAGNOSIS, Change.VISIT, Change.TEST}
_DOING = "the inbox"
_DECIDED = "Somebody else has decided this message meanwhile."


@dataclass(frozen=True, slots=True)
class Received:
    """What became of files that were put into the inbox."""

    ids: tuple[str, ...]
    """Of the messages, in the order of the files."""
    new: int
    """Those that were not there before, or were taken out by mistake."""
    unreadable: int = 0
    """Of the new ones, those that cannot be read."""
    failed: frozenset[str] = frozenset()
    """Fingerprints of all files that cannot be read, those that were there before too."""


@requires(*RECORDING, doing=_DOING)
def receive(desk: Desk, sources: Sequence[Source], received_from: str) -> Done[Received]:
    """Keep messages in the inbox, all of them or none.

    The same bytes are one message, however often they come.

    Args:
        desk: where the registry is open.
        sources: the messages.
        received_from: ``folder``, ``window`` or ``command``.

    Raises:
        RefusedError: one is empty or too large, or too many wait already; nothing was kept.
    """
    for source in sources:
        refuse_size(source.name, len(source.data))
    read = [(source, read_message(source)[0]) for source in sources]
    ids: list[str] = []
    new: list[str] = []
    unreadable = 0
    with desk.registry.write(desk.login, "message received") as session:
        for source, table in read:
            state = State.UNREADABLE if table is None else State.WAITING
            known = _by_sha256(session, source.sha256)
            if known is None:
                known = _new_row(desk, source, state, received_from)
                session.add_all((known, _content(known.id, source, Said.of(source, table))))
            elif known.state != State.SET_ASIDE or known.reason != WITHDRAWN:
                ids.append(known.id)
                continue
            else:
                _open_again(known, state)
            ids.append(known.id)
            new.append(known.id)
            unreadable += state is State.UNREADABLE
            session.flush()
        if new and _count_open(session) > MOST_OPEN:
            raise RefusedError(say("{n} messages wait already; decide some of them first.", n=MOST_OPEN))
    failed = frozenset(source.sha256 for source, table in read if table is None)
    received = Received(tuple(ids), len(new), unreadable, failed)
    undo = _undo_receipt(desk, tuple(new)) if new else None
    return Done(received, _received_words(received), ChangeSet(_INBOX), undo)


def refuse_size(name: str, size: int) -> None:
    """Refuse what is empty or larger than a message can be; raises RefusedError."""
    name = file_name(name)
    if size == 0:
        raise RefusedError(say("{name} is empty.", name=name))
    if size > MOST_BYTES:
        most = MOST_BYTES >> 20
        raise RefusedError(say("{name} is too large: a message has at most {most} MB.", name=name, most=most))


@requires(*RECORDING, doing=_DOING)
def take(desk: Desk, look: Look, *, recorded_only: bool = False) -> Done[FileReport]:
    """Record the tests of a message exactly as they were shown; its undo puts the message back.

    Args:
        desk: where the registry is open.
        look: what the person saw, with their choice of whose tests it holds.
        recorded_only: take those tests alone that can be taken for patients who are recorded.

    Raises:
        RefusedError: a test has no patient or is rejected, or the registry was changed meanwhile. Nothing
            was changed.
    """
    if look.report is None:
        raise RefusedError("This message cannot be read; nothing of it can be taken.")
    if not (look.partly if recorded_only else look.takeable):
        raise RefusedError(look.message.why or say("it holds no test"))
    shown = _of_recorded(look.report) if recorded_only else look.report
    with desk.registry.write(desk.login, "message taken") as session:
        report, batch = _take(desk, session, look.message.id, shown, valid=recorded_only)
    return Done(report, _taken_words((report,)), ChangeSet(_KINDS), batch.undo(desk, _what((report,))))


def _of_recorded(shown: ImportReport) -> ImportReport:
    """What was shown, without the tests of everybody who is not recorded and of nobody."""
    (table,), (file,) = shown.tables, shown.files
    rows = tuple(row for row in file.rows if not row.new_patient)
    kept = {row.row for row in rows}
    left = replace(table, rows=tuple(row for row in table.rows if row.row in kept))
    return ImportReport((replace(file, rows=rows),), (left,), shown.choices)


@requires(*RECORDING, doing=_DOING)
def take_ready(desk: Desk, message_ids: Sequence[str]) -> Done[tuple[FileReport, ...]]:
    """Record the tests of all these messages that are beyond doubt, in one act with one undo.

    Raises:
        RefusedError: none of them is beyond doubt any more; nothing was changed.
    """
    reports: list[FileReport] = []
    batches: list[Batch] = []
    touched: set[str] = set()
    with desk.registry.write(desk.login, "messages taken") as session:
        for message, table, shown in _readable(desk, session, message_ids):
            now = shown
            if any(row.mrn in touched for row in shown.files[0].rows):
                (now,) = imports.shown_each(desk, session, (table,))  # after what was taken before it
            if not judged(message, now.files[0]).ready:
                continue
            report, batch = _take(desk, session, message.id, now, valid=False)
            reports.append(report)
            batches.append(batch)
            touched |= {row.mrn for row in report.rows}
        if not batches:
            raise RefusedError("No message is beyond doubt; look at each.")
    whole = Batch.joined(batches)
    besides = [batch.beside for batch in batches if batch.beside is not None]

    def beside(session: Session, back: bool) -> None:
        for each in besides:
            each(session, back)

    whole.beside, whole.kinds = beside, _KINDS
    undo = whole.undo(desk, _what(reports))
    return Done(tuple(reports), _taken_words(reports), ChangeSet(_KINDS), undo)


def _readable(
    desk: Desk, session: Session, message_ids: Sequence[str]
) -> list[tuple[Message, TestTable, ImportReport]]:
    """Of these messages those that wait and can be read, each with what it would change by itself."""
    found = []
    for message_id in message_ids:
        message, content = one(session, message_id)
        table, _why = read_message(Source(message.said.name, content, message.sha256))
        if table is not None and message.state is State.WAITING:
            found.append((message, table))
    shown = imports.shown_each(desk, session, [table for _message, table in found])
    return [(message, table, each) for (message, table), each in zip(found, shown, strict=True)]


def _take(
    desk: Desk, session: Session, message_id: str, shown: ImportReport, *, valid: bool
) -> tuple[FileReport, Batch]:
    row = _row(session, message_id, State.WAITING)
    report, batch = imports.write_shown(desk, session, shown, valid_rows_only=valid)
    patients = _patients(session, {each.mrn for each in report.rows})
    _decide(desk, row, State.TAKEN, patients=patients)

    def beside(session: Session, back: bool) -> None:
        if back:
            _open_again(_row(session, message_id, State.TAKEN), State.WAITING)
        else:
            _decide(desk, _row(session, message_id, State.WAITING), State.TAKEN, patients=patients)

    batch.beside, batch.kinds = beside, _KINDS
    return report, batch


@requires(*RECORDING, doing=_DOING)
def set_aside(desk: Desk, message_ids: Sequence[str], reason: str) -> Done[None]:
    """Say that nothing of these messages is to be recorded, and why; they are kept and can come back.

    Raises:
        RefusedError: the reason is none of :data:`REASONS`, or one was decided meanwhile.
    """
    if reason not in REASONS:
        raise RefusedError("Say why it is set aside.")
    return _set_aside(desk, dict.fromkeys(message_ids, reason))


def _set_aside(desk: Desk, reasons: Mapping[str, str]) -> Done[None]:
    with desk.registry.write(desk.login, "message set aside") as session:
        for message_id, reason in reasons.items():
            row = _row(session, message_id, State.WAITING, State.UNREADABLE)
            _decide(desk, row, State.SET_ASIDE, reason=reason)
    count = say_n("{n} message", "{n} messages", len(reasons))
    why = "; ".join(codes.label("inbox_reason", reason) for reason in dict.fromkeys(reasons.values()))
    words = say("Set aside {count}: {why}.", count=count, why=why)
    return Done(None, words, ChangeSet(_INBOX), lambda: bring_back(desk, tuple(reasons)))


@requires(*RECORDING, doing=_DOING)
def bring_back(desk: Desk, message_ids: Sequence[str]) -> Done[None]:
    """Let messages that were set aside wait again.

    Raises:
        RefusedError: one is not set aside any more.
    """
    reasons: dict[str, str] = {}
    with desk.registry.write(desk.login, "message brought back") as session:
        for message_id in message_ids:
            row = _row(session, message_id, State.SET_ASIDE)
            reasons[message_id] = row.reason
            _open_again(row, _state_of(session, message_id))
    words = say_n("{n} message waits again.", "{n} messages wait again.", len(reasons))
    return Done(None, words, ChangeSet(_INBOX), lambda: _set_aside(desk, reasons))


@requires(*RECORDING, doing=_DOING)
def try_again(desk: Desk, message_id: str) -> Done[State]:
    """Read a message anew that could not be read: a later version of the program may know its format.

    Raises:
        RefusedError: it still cannot be read, with the reason.
    """
    from sqlalchemy import update

    from ctdild_desktop.registry.models import InboxContentRow as Content

    with desk.registry.write(desk.login, "message read again") as session:
        row = _row(session, message_id, State.UNREADABLE)
        message, content = one(session, message_id)
        source = Source(message.said.name, content, message.sha256)
        table, why = read_message(source)
        if table is None:
            raise RefusedError(why)
        row.state, row.format = State.WAITING.value, message_format(source)
        said = Said.of(source, table).as_columns()
        session.execute(update(Content).where(Content.id == message_id).values(said))
    return Done(State.WAITING, say("The message can be read now."), ChangeSet(_INBOX))


def _by_sha256(session: Session, sha256: str) -> Any:
    from sqlalchemy import select

    from ctdild_desktop.registry.models import InboxMessageRow as Row

    return session.execute(select(Row).where(Row.sha256 == sha256)).scalar_one_or_none()


def _new_row(desk: Desk, source: Source, state: State, received_from: str) -> Any:
    from ctdild_desktop.registry.models import InboxMessageRow

    return InboxMessageRow(
        id=new_id(),
        sha256=source.sha256,
        format=message_format(source),
        size_bytes=len(source.data),
        state=state.value,
        received_at=desk.clock(),
        received_by=desk.login,
        received_from=received_from,
    )


def _content(message_id: str, source: Source, said: Said) -> Any:
    from ctdild_desktop.registry.models import InboxContentRow

    return InboxContentRow(id=message_id, sha256=source.sha256, content=source.data, **said.as_columns())


def _count_open(session: Session) -> int:
    from sqlalchemy import func, select

    from ctdild_desktop.registry.models import InboxMessageRow as Row

    open_states = [state.value for state in State if state.open]
    query = select(func.count()).select_from(Row).where(Row.state.in_(open_states))
    return int(session.execute(query).scalar_one())


def _row(session: Session, message_id: str, *states: State) -> Any:
    """The row of a message that is in one of these states; raises RefusedError otherwise."""
    from ctdild_desktop.registry.models import InboxMessageRow

    row = session.get(InboxMessageRow, message_id, populate_existing=True)
    if row is None:
        raise RefusedError("This message is no longer in the inbox.")
    if State(row.state) not in states:
        raise RefusedError(_DECIDED)
    return row


def _decide(
    desk: Desk, row: Any, state: State, *, reason: str | None = None, patients: tuple[str, ...] = ()
) -> None:
    row.state, row.reason, row.patients = state.value, reason, patients
    row.decided_at, row.decided_by = desk.clock(), desk.login


def _open_again(row: Any, state: State) -> None:
    row.state, row.reason, row.patients = state.value, None, ()
    row.decided_at = row.decided_by = None


def _state_of(session: Session, message_id: str) -> State:
    message, content = one(session, message_id)
    table, _why = read_message(Source(message.said.name, content, message.sha256))
    return State.UNREADABLE if table is None else State.WAITING


def _undo_receipt(desk: Desk, ids: tuple[str, ...]) -> Callable[[], Done[Any]]:
    def take_back() -> Done[Any]:
        _set_aside(desk, dict.fromkeys(ids, WITHDRAWN))
        words = say_n("Undone: {n} message received.", "Undone: {n} messages received.", len(ids))
        return Done(None, words, ChangeSet(_INBOX), lambda: bring_back(desk, ids))

    return take_back


def _patients(session: Session, mrns: set[str]) -> tuple[str, ...]:
    from sqlalchemy import select

    from ctdild_desktop.registry.models import PatientRow

    query = select(PatientRow.id).where(PatientRow.mrn.in_(mrns), PatientRow.deleted_at.is_(None))
    return tuple(session.execute(query.order_by(PatientRow.mrn)).scalars())


def _received_words(received: Received) -> str:
    words = []
    if received.new:
        words.append(say_n("{n} message is in the inbox.", "{n} messages are in the inbox.", received.new))
    if received.unreadable:
        words.append(say("{n} of them cannot be read.", n=received.unreadable))
    if known := len(received.ids) - received.new:
        words.append(say_n("{n} was there already.", "{n} were there already.", known))
    return " ".join(words)


def _what(reports: Sequence[FileReport]) -> str:
    return what_of(ImportReport(tuple(replace(report, imported=True) for report in reports)))


def _taken_words(reports: Sequence[FileReport]) -> str:
    taken = say_n("Took {n} message", "Took {n} messages", len(reports))
    people = list(dict.fromkeys(row.name or row.mrn for report in reports for row in report.rows))
    who = people[0] if len(people) == 1 else say("{n} people", n=len(people))
    if all(row.effect is Effect.KNOWN for report in reports for row in report.rows):
        return say("{taken} of {who}: recorded already, nothing changed.", taken=taken, who=who)
    return say("{taken} of {who}: {what}.", taken=taken, who=who, what=_what(reports))
