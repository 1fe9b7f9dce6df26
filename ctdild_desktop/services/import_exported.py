"""Importing a set that this program exported: into an empty registry, whole, in one transaction.

The records come back with their ids, links and order; only who entered them, when and from what is new. In a
registry that holds anything, a set of which every record is there already changes nothing, and any other is
refused: a registry that was worked in meanwhile would be mixed with an older state of itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ctdild_desktop.clinical.absence import absence_issues
from ctdild_desktop.clinical.code_fields import code_issues
from ctdild_desktop.clinical.records import HELD_IN, AgendaItem, Meeting, Patient, PatientRecord
from ctdild_desktop.clinical.typed_text import text_issues
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.export_codebook import NAME
from ctdild_desktop.interchange.export_files import file_name
from ctdild_desktop.interchange.export_reading import ExportedSet, read_set
from ctdild_desktop.interchange.records import Remark
from ctdild_desktop.interchange.source import Source, read_source
from ctdild_desktop.language import marked, say, say_n
from ctdild_desktop.registry.generation import Why
from ctdild_desktop.services import backups, events
from ctdild_desktop.services.desk import Change, ChangeSet, Desk, Done, RefusedError, requires
from ctdild_desktop.services.import_batch import IMPORTING, Batch
from ctdild_desktop.services.import_report import FileReport, ImportReport
from ctdild_desktop.services.progress import Progress

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_AT_ONCE = 100
_EVERY = frozenset(Change) - {Change.DRAFT, Change.SETTINGS, Change.PEOPLE}
_NEEDED = frozenset({"meeting_id", "decision_id"})
_LINKS = _NEEDED | {"agenda_item_id", "adverse_event_id", "prior_line_id", "mdt_decision_id"}
_BY_STORE = frozenset({"version"})
"""Fields that the registry itself decides."""


def sources_of(paths: Sequence[Path]) -> list[Source] | None:
    """The files of an exported set, where paths name one: its folder, its workbook, or its CSV files.

    Raises:
        FormatError: a file of it cannot be read.
    """
    listed = list(chain.from_iterable(map(_inside, paths)))
    books = [path for path in listed if path.name == file_name(NAME)]
    if books:
        return [read_source(path) for path in listed if path.suffix == ".csv"]
    workbooks = [path for path in listed if path.suffix.casefold() == ".xlsx"]
    return [read_source(workbooks[0])] if len(listed) == len(workbooks) == 1 else None


def _inside(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    yield from sorted(each for each in path.iterdir() if each.suffix.casefold() in {".csv", ".xlsx"})


def set_of(paths: Sequence[Path]) -> ExportedSet | None:
    """The exported set that paths name; None when they name none.

    Raises:
        FormatError: they name one that cannot be read, or that has no identity.
    """
    sources = sources_of(paths)
    return None if sources is None else read_set(sources)


@requires(*IMPORTING, doing="importing")
def preview_set(desk: Desk, found: ExportedSet) -> ImportReport:
    """What importing a set would change; nothing is written.

    Raises:
        RefusedError: the registry holds something else, or a record is not one that it takes.
    """
    _check(found)
    settled, lost = _without_lost_links(found)
    with desk.registry.read() as session:
        there = _there_already(desk, session, settled)
    return _report(found, lost, there=there, imported=False)


@requires(*IMPORTING, doing="importing")
def import_set(desk: Desk, found: ExportedSet, progress: Progress | None = None) -> Done[ImportReport]:
    """Import a set into an empty registry, in one transaction; every record keeps its id.

    Raises:
        RefusedError: the registry holds something else, or a record is not one that it takes.
        CancelledError: the person stopped it; nothing was imported.
    """
    progress = progress or Progress()
    _check(found)
    found, lost = _without_lost_links(found)
    with desk.registry.read() as session:
        there = _there_already(desk, session, found)
    if there:
        return Done(
            _report(found, lost, there=True, imported=True),
            say("Nothing new: every record was there already."),
            ChangeSet(frozenset()),
        )
    progress.step(0, 0, "Making a backup")
    backups.before(desk, Why.BEFORE_IMPORT)
    with desk.registry.write(desk.login, f"Import of {found.name}") as session:
        if _there_already(desk, session, found):
            raise RefusedError("The registry was changed meanwhile; look at the preview again.")
        batch = _write(desk, session, found, progress)
        progress.step(0, 0, "Sealing the audit trail")
    report = _report(found, lost, there=False, imported=True)
    (told,) = report.files
    counts = {name: str(getattr(told, name)) for name in ("rows_read", "patients_added", "tests_added")}
    events.note_or_wait(desk, "import", format=f"exported {found.format}", sha256=found.sha256, **counts)
    what = say_n("{n} patient", "{n} patients", len(found.records))
    message = say("Imported the exported registry: {what}.", what=what)
    return Done(report, message, ChangeSet(_EVERY), batch.undo(desk, what))


def _write(desk: Desk, session: Session, found: ExportedSet, progress: Progress) -> Batch:
    batch = Batch(added=defaultdict(dict), kinds=_EVERY)
    source = f"import:{found.sha256}"
    for meeting in found.meetings:
        desk.store.insert(session, None, meeting, source=source)
        batch.added[Meeting][meeting.id] = 1
    agenda: dict[str, list[AgendaItem]] = defaultdict(list)
    for item in found.agenda:
        agenda[item.patient_id].append(item)
    for done, record in enumerate(found.records):
        if done % _AT_ONCE == 0:
            progress.step(done, len(found.records), marked("Writing the patients"))
            session.flush()
        patient_id = record.patient.id
        held = [*_held(record), *agenda[patient_id]]
        desk.store.insert_many(session, patient_id, [record.patient, *held], source=source)
        batch.added[Patient][patient_id] = 1
        for each in held:
            batch.added[type(each)][each.id] = 1
    session.flush()
    return batch


def _held(record: PatientRecord) -> Iterator[Any]:
    for name in HELD_IN:
        yield from getattr(record, name)


def _check(found: ExportedSet) -> None:
    """Raises FormatError where a record is not one that the registry takes."""
    seen: set[str] = set()
    for each in chain(found.meetings, found.agenda, _every(found.records)):
        issue = next(chain(code_issues(each), absence_issues(each), text_issues(each)), None)
        if issue is None and each.id in seen:
            raise FormatError(say("The id {id} occurs twice in {name}.", id=each.id, name=found.name))
        if issue is not None:
            raise FormatError(
                say(
                    "{name}, record {id}: {issue} Nothing was imported.",
                    name=found.name,
                    id=each.id,
                    issue=issue.text,
                )
            )
        seen.add(each.id)


def _without_lost_links(found: ExportedSet) -> tuple[ExportedSet, int]:
    """The set without links to records that had been removed and are not in it, and how many there were.

    Raises:
        FormatError: a record cannot be without the one that it belongs to.
    """
    meetings = {meeting.id for meeting in found.meetings}
    agenda = {item.id for item in found.agenda}
    lost = 0

    def settled(each: Any, own: frozenset[str]) -> Any:
        nonlocal lost
        for name in _LINKS & {one.name for one in fields(each)}:
            link = getattr(each, name)
            known = {"meeting_id": meetings, "agenda_item_id": agenda}.get(name, own)
            if link is None or link in known:
                continue
            if name in _NEEDED:
                raise FormatError(
                    say("{name} names a record {id} that is not in it.", name=found.name, id=link)
                )
            lost += 1
            each = replace(each, **{name: None})
        return each

    records = []
    for record in found.records:
        own = frozenset(each.id for each in _held(record))
        held: dict[str, Any] = {
            name: tuple(settled(each, own) for each in getattr(record, name)) for name in HELD_IN
        }
        held["therapy"] = tuple(
            replace(line, infusions=tuple(settled(each, own) for each in line.infusions))
            for line in held["therapy"]
        )
        records.append(replace(record, **held))
    items = tuple(settled(item, frozenset()) for item in found.agenda)
    return replace(found, records=tuple(records), agenda=items), lost


def _every(records: Sequence[PatientRecord]) -> Iterator[Any]:
    for record in records:
        yield record.patient
        yield from _held(record)


def _there_already(desk: Desk, session: Session, found: ExportedSet) -> bool:
    """Whether every record of the set is in the registry as it is; False when the registry is empty.

    Raises:
        RefusedError: the registry holds something, and a record of the set is not there or is another.
    """
    from sqlalchemy import func, select

    from ctdild_desktop.registry.models import MeetingRow, PatientRow

    if not any(
        session.execute(select(func.count()).select_from(row)).scalar_one()
        for row in (PatientRow, MeetingRow)
    ):
        return False
    different = 0
    for first in range(0, len(found.records), _AT_ONCE):
        chunk = found.records[first : first + _AT_ONCE]
        ids = [record.patient.id for record in chunk]
        known = {record.patient.id: record for record in desk.store.load_many(session, ids, whole=True)}
        different += sum(
            record.patient.id not in known or _said(known[record.patient.id]) != _said(record)
            for record in chunk
        )
    if different:
        raise RefusedError(
            say(
                "An exported set is imported into an empty registry. This one holds patients, and {n} of the "
                "set are not there or are different; nothing was imported.",
                n=different,
            )
        )
    return True


def _said(record: PatientRecord) -> tuple[Any, ...]:
    """What a record says, apart from what the registry decides of it and from files."""
    held = {name: tuple(map(_plain, getattr(record, name))) for name in HELD_IN if name != "attachments"}
    return (_plain(record.patient), held)


def _plain(record: Any) -> dict[str, Any]:
    """The fields of a record; an empty text says no more than none."""
    held = ((one.name, getattr(record, one.name)) for one in fields(record) if one.name not in _BY_STORE)
    return {name: None if value in ("", ()) else value for name, value in held}


def _report(found: ExportedSet, lost: int, *, there: bool, imported: bool) -> ImportReport:
    patients, tests = len(found.records), sum(len(record.tests) for record in found.records)
    report = FileReport(
        file=found.name,
        format=f"exported {found.format}",
        rows_read=found.rows,
        sha256=found.sha256,
        imported=imported,
    )
    if there:
        report = replace(report, patients_matched=patients, tests_unchanged=tests)
    else:
        report = replace(report, patients_added=patients, tests_added=tests)
    warnings = []
    if found.files:
        warnings.append(
            say_n(
                "{n} file of a patient is named in the set. Its content is not in it; it was left out.",
                "{n} files of patients are named in the set. Their content is not in it; they were left out.",
                found.files,
            )
        )
    if lost:
        warnings.append(
            say_n(
                "{n} link to a record that had been removed was left out.",
                "{n} links to records that had been removed were left out.",
                lost,
            )
        )
    told = tuple(Remark(None, "", "", text) for text in warnings)
    return ImportReport((replace(report, warnings=told),), exported=found)
