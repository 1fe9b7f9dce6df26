"""Files of patients: attached, described, removed, read, handed on. Their bytes lie in the registry itself.

What a file is is told by its content; its name is for people and is never a path. A file is read whole, once,
within a limit. Its bytes are compared with their checksum each time they are read.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.attached import check_attachment
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.issues import unlikely
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.records import Attachment, PatientRecord
from ctdild_desktop.clinical.typed_text import file_name, tidy_line
from ctdild_desktop.interchange.documents import Document, read_document, safe_name
from ctdild_desktop.language import marked, say
from ctdild_desktop.services import entries, events
from ctdild_desktop.services.acts import (
    Add,
    Restore,
    find_in,
    patient_of,
    perform,
    record_of,
    refuse_issues,
)
from ctdild_desktop.services.desk import (
    RECORDING,
    ChangeSet,
    Desk,
    Done,
    RefusedError,
    Role,
    for_everybody,
    new_id,
    requires,
)
from ctdild_desktop.services.private_copies import write_new

MOST_BYTES = 25 * 1024 * 1024
"""The largest file that is kept."""
MOST_AT_ONCE = 10
ELSEWHERE = "ELSEWHERE"
"""Code of the question whether a file that another patient has belongs to this one."""


def check(file: Attachment, record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything implausible about what is said of a file; pure, for the form's live feedback."""
    return check_attachment(file, record, today)


_FILE = entries.Noun(Attachment, lambda file: say("file {name}", name=file.name), check)


@requires(*RECORDING)
def add_files(
    desk: Desk, patient_id: str, paths: Sequence[Path], *, confirmed: Collection[str] = ()
) -> Done[tuple[Attachment, ...]]:
    """Attach files to a patient: all of them or none.

    A file that was attached before and removed comes back with what was said of it.

    Args:
        confirmed: ``ELSEWHERE`` when another patient has the very same file, and that is right.

    Raises:
        FormatError: a file cannot be read, is too large or of no kind that is taken; it is named.
        RefusedError: a file is attached already, or carries an issue. Nothing was saved.
    """
    if not 0 < len(paths) <= MOST_AT_ONCE:
        raise RefusedError(say("Choose 1 to {MOST_AT_ONCE} files at a time.", MOST_AT_ONCE=MOST_AT_ONCE))
    for path in paths:
        _refuse_live(desk, path)
    record_of(desk, patient_id)
    found = {}
    for path in paths:
        document = read_document(path, max_bytes=MOST_BYTES)
        found[document.sha256] = document
    steps = [_step(desk, patient_id, document, confirmed) for document in found.values()]
    ids = [step.value.id if isinstance(step, Add) else step.id for step in steps]
    one = say("file {name}", name=file_name(next(iter(found.values())).name))
    label = one if len(ids) == 1 else say("{ids} files", ids=len(ids))
    back = all(isinstance(step, Restore) for step in steps)
    return perform(
        desk,
        patient_id,
        steps,
        label=label,
        value=lambda after: tuple(filter(None, (find_in(after, Attachment, each) for each in ids))),
        say=lambda _before, _after: (
            say("Brought back the {label}.", label=label) if back else say("Attached {label}.", label=label)
        ),
    )


def _step(desk: Desk, patient_id: str, document: Document, confirmed: Collection[str]) -> Add | Restore:
    with desk.registry.read() as session:
        same = desk.store.same_files(session, document.sha256)
    own = [(file_id, gone) for file_id, owner, gone in same if owner == patient_id]
    name = file_name(document.name)
    if any(not gone for _file_id, gone in own):
        raise RefusedError(say("{name} is attached to this patient already; nothing was saved.", name=name))
    if own:
        return Restore(Attachment, own[-1][0])
    if any(not gone for _file_id, _owner, gone in same):
        text = say(
            "Another patient has the very same file as {name}. Does it belong to this patient?", name=name
        )
        refuse_issues((unlikely("name", ELSEWHERE, text),), confirmed)
    file = Attachment(
        id=new_id(),
        name=name,
        media_type=document.media_type,
        size_bytes=len(document.content),
        sha256=document.sha256,
    )
    return Add(file, document.content)


def _refuse_live(desk: Desk, path: Path) -> None:
    """The registry's own files are never opened by this process: the library would lose its locks."""
    if desk.registry.place.is_server:
        return
    own = desk.registry.path
    for ending in ("", "-wal", "-shm", ".keys"):
        live = own.with_name(own.name + ending)
        try:
            same = live.exists() and path.exists() and os.path.samefile(live, path)
        except OSError:
            same = False
        if same:
            raise RefusedError("This is a file of the registry itself; it cannot be attached.")


@requires(*RECORDING)
def amend_file(
    desk: Desk, file: Attachment, *, confirmed: Collection[str] = (), reason: str = ""
) -> Done[Attachment]:
    """Change what is said of a file: name, kind, date, the entry that it belongs to, note.

    What the file is and what it holds never changes. Raises StaleError when somebody changed it meanwhile.
    """
    _patient_id, record = patient_of(desk, Attachment, file.id)
    saved = find_in(record, Attachment, file.id)
    if saved is not None:
        file = replace(file, media_type=saved.media_type, size_bytes=saved.size_bytes, sha256=saved.sha256)
    return entries.amend(desk, _FILE, replace(file, name=tidy_line(file.name)), confirmed, reason)


@requires(*RECORDING)
def remove_file(desk: Desk, file_id: str, reason: str) -> Done[Attachment]:
    """Void a file with the reason; its bytes stay in the registry, and it can be restored."""
    return entries.remove(desk, _FILE, file_id, reason)


@for_everybody
def read(desk: Desk, file_id: str) -> Document:
    """The file with its bytes, as they were attached; that they were read is noted.

    Raises:
        RefusedError: there is no such file, or its bytes are not what was kept.
    """
    patient_id, file, content = _content(desk, file_id)
    events.note_or_wait(desk, "file_read", patient_id, file=file.name)
    return Document(file.name, file.media_type, content, file.sha256)


@for_everybody
def open_copy(desk: Desk, file_id: str) -> Path:
    """A copy for another program to show; it goes with the desk. That the file was read is noted.

    Raises:
        RefusedError: there is no such file, its bytes are not what was kept, or it could not be written.
    """
    patient_id, file, content = _content(desk, file_id)
    events.note_or_wait(desk, "file_read", patient_id, file=file.name)
    try:
        return desk.copies.keep(safe_name(neutral_name(file), file.media_type), content)
    except OSError as error:
        raise RefusedError(f"The file was not opened: {error.strerror or 'the system refused it'}.") from None


@dataclass(frozen=True, slots=True)
class Shelved:
    """One file in the list of a patient's documents."""

    file: Attachment
    place: str
    """The entry that it belongs to, in words; empty when it belongs to the patient."""
    added_by: str
    added_at: dt.datetime


@for_everybody
def shelf(desk: Desk, patient_id: str) -> tuple[Shelved, ...]:
    """The files of a patient, the latest attached first, with who attached each and when.

    Raises:
        RefusedError: the patient is not there.
    """
    record = record_of(desk, patient_id)
    with desk.registry.read() as session:
        entered = desk.store.entered(session, Attachment, patient_id)
    nobody = ("", desk.clock())
    listed = [
        Shelved(file, place_words(file, record), *entered.get(file.id, nobody)) for file in record.attachments
    ]
    return tuple(sorted(listed, key=lambda one: (one.added_at, one.file.name), reverse=True))


_EXPORTING = (Role.CLINICIAN, Role.COORDINATOR, Role.ADMINISTRATOR)


@requires(*_EXPORTING, doing="handing a file on")
def export_file(desk: Desk, file_id: str, folder: Path, *, as_named: bool = False) -> Done[Path]:
    """Write a file into a folder, in the clear, under a name that is free there; noted before.

    Args:
        as_named: name it as it is called in the registry. Otherwise its kind and its date are the name, which
            tell no patient.

    Raises:
        RefusedError: there is no such file, its bytes are not what was kept, or the folder takes no file.
        RegistryError: it could not be noted; nothing was written.
    """
    patient_id, file, content = _content(desk, file_id)
    name = safe_name(file.name if as_named else neutral_name(file), file.media_type)
    events.note(desk, "export", patient_id, what="file", file=name)
    try:
        written = write_new(folder, name, content)
    except OSError as error:
        raise RefusedError(
            say("The file was not written: {value}.", value=error.strerror or say("the system refused it"))
        ) from None
    return Done(written, say("Written, not encrypted: {name}.", name=written.name), ChangeSet(frozenset()))


def neutral_name(file: Attachment) -> str:
    """A name that tells no patient: ``lung function 2026-03-12``."""
    kind = codes.label("attachment_kind", file.kind) or "document"
    return f"{kind} {file.date}" if file.date is not None else kind


def _content(desk: Desk, file_id: str) -> tuple[str, Attachment, bytes]:
    with desk.registry.read() as session:
        patient_id = desk.store.owner(session, Attachment, file_id)
        file = desk.store.current(session, Attachment, file_id).value
        content = desk.store.content(session, file_id)
    if patient_id is None or file is None:
        raise RefusedError("This file is no longer in the registry.")
    if content is None or hashlib.sha256(content).hexdigest() != file.sha256:
        raise RefusedError(
            say(
                "{name} is not what was kept: its content is damaged and is not shown. Check the registry, "
                "and restore a backup.",
                name=file.name,
            )
        )
    return patient_id, file, content


_PLACES = (
    ("pft", "tests", "PFT"),
    ("hrct", "hrct", "HRCT"),
    ("procedure", "procedures", ""),
    ("visit", "visits", marked("visit")),
    ("adverse_event", "adverse_events", ""),
    ("therapy_line", "therapy", ""),
    ("diagnosis", "diagnoses", marked("diagnosis")),
    ("consent", "consents", marked("consent")),
    ("serology", "serology", marked("serology")),
    ("lab", "labs", marked("blood result")),
    ("heart_test", "heart_tests", marked("heart test")),
    ("pro", "pros", marked("questionnaire")),
)


def places(record: PatientRecord) -> Iterator[tuple[str, str, str]]:
    """The entries that a file of the patient may belong to: kind, id and words, of each kind the newest
    first.
    """
    for kind, held, called in _PLACES:
        for entry in reversed(getattr(record, held)):
            yield kind, entry.id, f"{say(called) or _called(kind, entry)} {_when(entry)}"


def _called(kind: str, entry: object) -> str:
    if kind == "procedure":
        return codes.label("procedure", getattr(entry, "kind", None))
    if kind == "therapy_line":
        return codes.drugs().label(getattr(entry, "drug", None))
    return codes.ae_terms().label(getattr(entry, "term", None))


def _when(entry: object) -> str:
    dates = (getattr(entry, name, None) for name in ("date", "start", "onset"))
    date = next((found for found in dates if found is not None), None)
    if isinstance(date, PartialDate):
        return wording.partial(date)
    return wording.day(date) if date is not None else ""


def place_words(file: Attachment, record: PatientRecord) -> str:
    """The entry that a file belongs to; empty when it belongs to the patient."""
    if file.record_kind is None:
        return ""
    key = (file.record_kind, file.record_id)
    named = (words for kind, entry_id, words in places(record) if (kind, entry_id) == key)
    return next(named, say("an entry that was removed"))
