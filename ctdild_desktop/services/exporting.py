"""Handing the registry on: tables with a codebook, as CSV, xlsx, Parquet, or in another format.

A set is written whole or not at all: into a folder beside the wanted one, which gets its name at the end. It
is one moment of the registry. That it was made is noted in the trail before it has its name. Without
identity is the usual way; with identity needs a reason and somebody who may hand identified data on.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ctdild_desktop.clinical.records import AgendaItem, Meeting, PatientRecord
from ctdild_desktop.interchange.export_tables import Case, case_of
from ctdild_desktop.interchange.pseudonyms import Key
from ctdild_desktop.language import marked, say, say_n
from ctdild_desktop.services import events
from ctdild_desktop.services.desk import ChangeSet, Desk, Done, RefusedError, Role, requires
from ctdild_desktop.services.progress import Progress
from ctdild_desktop.services.reading import AT_ONCE

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

EXPORTING = (Role.CLINICIAN, Role.COORDINATOR, Role.ADMINISTRATOR)
"""Who may hand data on without identity."""
IDENTIFIED = (Role.COORDINATOR, Role.ADMINISTRATOR)
"""Who may hand data on that names patients, or whose dates are true."""
CSV_FORMS: Mapping[str, tuple[str, str]] = {
    "comma": (",", "."),
    "semicolon": (";", "."),
    "semicolon_comma": (";", ","),
}
"""What parts the cells of a CSV file, and the decimal mark."""
_PART = ".ctdild-export.part"
C = TypeVar("C")
"""What a format needs of one patient."""
_STALE_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSettings:
    """What is handed on, and how."""

    pseudonymised: bool = True
    date_shift: bool = True
    """Move the dates of each patient; without identity alone."""
    reason: str = ""
    """Why data with identity, or with true dates, are handed on."""
    patients: tuple[str, ...] | None = None
    """Ids of the patients; None for everybody."""
    csv_form: str = "comma"
    """One of :data:`CSV_FORMS`."""
    byte_order_mark: bool = True
    """Begin CSV files with the mark by which spreadsheets know UTF-8."""

    @property
    def tells_who(self) -> bool:
        """Whether the set names patients or has true dates: it needs a reason."""
        return not (self.pseudonymised and self.date_shift)


@dataclass(frozen=True, slots=True)
class Content(Generic[C]):
    """What a format writes: read once, patient by patient."""

    cases: Iterator[C]
    """Without identity where the settings say so; a step of the progress is told between them."""
    settings: ExportSettings
    at: dt.datetime
    """When it is handed on."""
    meetings: Callable[[], Iterable[Meeting]]
    """The meetings; none without identity."""
    between: Callable[[], None]
    """Called between two pieces of further work; raises where the work shall stop."""


Making = Callable[[PatientRecord, Key | None, tuple[AgendaItem, ...], dt.date], Any]
"""What makes of a patient what a format writes, without identity where there is a key; as of a day."""


def _whole(record: PatientRecord, key: Key | None, agenda: tuple[AgendaItem, ...], _as_of: dt.date) -> Case:
    return case_of(record, key, agenda)


def _analysed(record: PatientRecord, key: Key | None, _agenda: tuple[AgendaItem, ...], as_of: dt.date) -> Any:
    from ctdild_desktop.services.export_cohort import input_of

    return input_of(record, key, as_of)


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name for people, and what writes it into a folder; answers the rows by table."""

    label: str
    write: Callable[[Content[Any], Path], Mapping[str, int]] = field(repr=False)
    make: Making = field(default=_whole, repr=False)


def _csv(content: Content[Case], folder: Path) -> Mapping[str, int]:
    from ctdild_desktop.services.export_sets import write_csv_set

    return write_csv_set(content, folder)


def _xlsx(content: Content[Case], folder: Path) -> Mapping[str, int]:
    from ctdild_desktop.services.export_sets import write_xlsx_set

    return write_xlsx_set(content, folder)


def _parquet(content: Content[Case], folder: Path) -> Mapping[str, int]:
    from ctdild_desktop.services.export_sets import write_parquet_set

    return write_parquet_set(content, folder)


def _fhir(content: Content[Case], folder: Path) -> Mapping[str, int]:
    from ctdild_desktop.services.export_fhir import write_fhir

    return write_fhir(content, folder)


def _cohort(content: Content[Any], folder: Path) -> Mapping[str, int]:
    from ctdild_desktop.services.export_cohort import write_cohort_set

    return write_cohort_set(content, folder)


FORMATS: dict[str, Format] = {
    "csv": Format(marked("CSV tables, with R and SPSS syntax"), _csv),
    "xlsx": Format(marked("Excel workbook"), _xlsx),
    "parquet": Format(marked("Parquet tables"), _parquet),
    "fhir": Format(marked("FHIR R4, one Bundle for each patient"), _fhir),
    "cohort": Format(marked("Parquet tables for cohort analyses"), _cohort, _analysed),
}
"""The formats by the name that the command line has for them."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A finished set."""

    folder: Path
    patients: int
    rows: Mapping[str, int]
    """Rows by table; empty where the format has no tables."""


@requires(*EXPORTING, doing="exporting")
def export_registry(
    desk: Desk,
    folder: Path,
    form: str,
    settings: ExportSettings = ExportSettings(),
    progress: Progress | None = None,
) -> Done[Exported]:
    """Write a set into a new folder.

    Args:
        folder: the folder that the set becomes: one that does not exist yet, or is empty.
        form: one of :data:`FORMATS`.
        settings: what is handed on; without identity, if nothing else is said.

    Raises:
        RefusedError: the role does not allow it, the reason is missing, there is nobody to export, the
            format is not known, or the folder is taken. Nothing is left.
        CancelledError: the work was stopped; nothing is left.
        RegistryError: the disk or the folder does not take it, or it could not be noted; nothing is left.
    """
    if settings.tells_who:
        return export_identified(desk, folder, form, settings, progress or Progress())
    return _export(desk, folder, form, settings, progress or Progress())


@requires(*EXPORTING, doing="exporting")
def export_into(
    desk: Desk,
    parent: Path,
    form: str,
    settings: ExportSettings,
    *,
    mrns: str | None = None,
    progress: Progress | None = None,
) -> Done[Exported]:
    """As :func:`export_registry`, into a folder that is made within another, under a name that tells nobody.

    Args:
        parent: where the folder is made: ``ctdild-export 2026-03-12``, with a number when that is taken.
        mrns: the record numbers of the patients as typed, parted by commas or by blanks, in place of those of
            the settings.

    Raises:
        RefusedError: also when no patient has one of the numbers, or the blanks can be read in two ways.
    """
    if mrns is not None:
        settings = replace(settings, patients=_with_numbers(desk, mrns))
    name = f"ctdild-export {desk.today().isoformat()}"
    folder, number = parent / name, 1
    while folder.exists():
        number += 1
        folder = parent / f"{name} ({number})"
    return export_registry(desk, folder, form, settings, progress)


def _with_numbers(desk: Desk, typed: str) -> tuple[str, ...]:
    from sqlalchemy import select

    from ctdild_desktop.registry.models import PatientRow

    with desk.registry.read() as session:
        query = select(PatientRow.mrn, PatientRow.id).where(PatientRow.deleted_at.is_(None))
        known = {" ".join(row.mrn.split()): row.id for row in session.execute(query)}
    if re.search("[,;]", typed):
        mrns = [" ".join(part.split()) for part in re.split("[,;]", typed) if part.strip()]
    else:
        mrns = _parted(typed.split(), known)
    lacking = next((mrn for mrn in mrns if mrn not in known), None)
    if lacking is not None:
        raise RefusedError(say("No patient has the MRN {mrn}.", mrn=lacking))
    return tuple(known[mrn] for mrn in dict.fromkeys(mrns))


def _parted(words: list[str], known: Mapping[str, str]) -> list[str]:
    """The MRNs of a line without commas: one may have blanks within."""
    longest = max((mrn.count(" ") + 1 for mrn in known), default=1)
    mrns = []
    while words:
        runs = [" ".join(words[:number]) for number in range(1, min(longest, len(words)) + 1)]
        meant = [run for run in runs if run in known] or runs[:1]
        if len(meant) > 1:
            raise RefusedError(
                say("{mrn} may be one MRN or several; part the MRNs by commas.", mrn=meant[-1])
            )
        mrns += meant
        del words[: meant[0].count(" ") + 1]
    return mrns


@requires(*IDENTIFIED, doing="exporting data that tell who a patient is")
def export_identified(
    desk: Desk, folder: Path, form: str, settings: ExportSettings, progress: Progress
) -> Done[Exported]:
    """As :func:`export_registry`, of data that name patients or have true dates.

    Raises:
        RefusedError: also when no reason is given.
    """
    if not settings.reason.strip():
        raise RefusedError("Say why data that tell who a patient is are exported.")
    return _export(desk, folder, form, settings, progress)


def _export(
    desk: Desk, folder: Path, form: str, settings: ExportSettings, progress: Progress
) -> Done[Exported]:
    if form not in FORMATS:
        raise RefusedError(say("{form} is not a format of an export.", form=form))
    target = folder.absolute()
    _refuse_taken(target)
    building = target.with_name(f".{target.name}.{_token()}{_PART}")
    try:
        _remove_stale(target.parent)
        building.mkdir(mode=0o700)
        made = _build(desk, building, form, settings, progress)
        progress.step(made.patients, made.patients)
        _note(desk, form, settings, made.patients)
        _write_manifest(desk, building, form, settings, made)
        if target.exists():
            target.rmdir()
        building.rename(target)
    except OSError as error:
        from ctdild_desktop.registry.files import disk_error

        raise disk_error(error, target) from None
    finally:
        shutil.rmtree(building, ignore_errors=True)
    count = say_n("{n} patient", "{n} patients", made.patients)
    words = say("Exported {count} to {name}, not encrypted.", count=count, name=target.name)
    return Done(Exported(target, made.patients, made.rows), words, ChangeSet(frozenset()))


@dataclass(frozen=True, slots=True)
class _Made:
    patients: int
    rows: Mapping[str, int]


def _build(desk: Desk, building: Path, form: str, settings: ExportSettings, progress: Progress) -> _Made:
    with desk.registry.read() as session:
        names = _pseudonyms(session, settings.patients)
        if not names:
            raise RefusedError("There is nobody to export.")
        key = Key(_secret(desk), names, settings.date_shift) if settings.pseudonymised else None
        # the order of the record numbers would tell who is who
        ids = sorted(names, key=names.__getitem__) if settings.pseudonymised else list(names)
        done = 0

        def cases() -> Iterator[Any]:
            nonlocal done
            for case in _cases(desk, session, ids, key, FORMATS[form].make):
                progress.step(done, len(ids), marked("Writing the patients"))
                yield case
                done += 1

        def meetings() -> Iterable[Meeting]:
            return () if settings.pseudonymised else desk.store.many(session, Meeting)

        def between() -> None:
            progress.step(done, len(ids), marked("Writing the files"))

        rows = FORMATS[form].write(Content(cases(), settings, desk.clock(), meetings, between), building)
    return _Made(len(ids), rows)


def _secret(desk: Desk) -> bytes:
    """What moves dates and replaces ids: of this registry, and in no export.

    It is the same each time, so that a later set of the same patients fits an earlier one.
    """
    from ctdild_desktop.registry.subkeys import subkey

    return subkey(desk.registry.data_key, "export-pseudonyms")


def _pseudonyms(session: Session, only: Sequence[str] | None) -> dict[str, str]:
    """The pseudonym of each patient, by id, in the order of the record numbers.

    Raises:
        RefusedError: one of the chosen patients is not in the registry any more.
    """
    from sqlalchemy import select

    from ctdild_desktop.registry.models import PatientRow

    query = select(PatientRow.id, PatientRow.pseudonym).where(PatientRow.deleted_at.is_(None))
    found = {row.id: row.pseudonym for row in session.execute(query.order_by(PatientRow.mrn))}
    if only is None:
        return found
    wanted = frozenset(only)
    if not wanted <= found.keys():
        raise RefusedError("One of the chosen patients is no longer in the registry.")
    return {patient_id: name for patient_id, name in found.items() if patient_id in wanted}


def _cases(desk: Desk, session: Session, ids: Sequence[str], key: Key | None, make: Making) -> Iterator[Any]:
    from ctdild_desktop.registry.models import AgendaItemRow

    for first in range(0, len(ids), AT_ONCE):
        chunk = ids[first : first + AT_ONCE]
        found = {record.patient.id: record for record in desk.store.load_many(session, chunk, whole=True)}
        agenda: dict[str, list[AgendaItem]] = {}
        if key is None:
            for item in desk.store.many(session, AgendaItem, AgendaItemRow.patient_id.in_(chunk)):
                agenda.setdefault(item.patient_id, []).append(item)
        for patient_id in chunk:
            yield make(found[patient_id], key, tuple(agenda.get(patient_id, ())), desk.today())


def _note(desk: Desk, form: str, settings: ExportSettings, patients: int) -> None:
    """Note the export; where it names chosen patients, in the history of each of them as well.

    Why those were exported may name them: it stands in their own history alone, which goes when one of them
    is erased.
    """
    told = {True: "yes", False: "no"}
    detail = {"what": "registry", "form": form, "identity": told[not settings.pseudonymised]}
    if settings.pseudonymised and not settings.date_shift:
        detail["true_dates"] = "yes"
    reason = {"reason": settings.reason.strip()} if settings.reason.strip() else {}
    chosen = settings.patients if settings.tells_who and settings.patients is not None else ()
    whole = {**detail, "patients": str(patients), **({} if chosen else reason)}
    noted = [events.Event("export", None, whole)]
    noted += [events.Event("export", patient_id, {**detail, **reason}) for patient_id in chosen]
    events.note_all(desk, noted)


def _write_manifest(desk: Desk, building: Path, form: str, settings: ExportSettings, made: _Made) -> None:
    import hashlib
    import json

    from ctdild_desktop import __version__

    sums = {}
    for path in sorted(building.iterdir()):
        with path.open("rb") as file:
            sums[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
    dates = "moved" if settings.pseudonymised and settings.date_shift else "true"
    said = {
        "program": f"CTD-ILD Desktop {__version__}",
        "made_at": desk.clock().astimezone(dt.UTC).isoformat(timespec="seconds"),
        "format": form,
        "pseudonymised": settings.pseudonymised,
        "dates": dates,
        "patients": made.patients,
        "rows": dict(made.rows),
        "sha256": sums,
        "trail_head": desk.registry.head(),
    }
    text = json.dumps(said, ensure_ascii=False, indent=2)
    (building / "manifest.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _refuse_taken(target: Path) -> None:
    """Raises RefusedError where the folder cannot become the set: nothing is ever written over."""
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise RefusedError(
                say(
                    "{name} is already there and is not an empty folder; choose another name.",
                    name=target.name,
                )
            )
        if not target.parent.is_dir():
            raise RefusedError(say("There is no folder {parent}.", parent=target.parent))
    except OSError as error:
        from ctdild_desktop.registry.files import disk_error

        raise disk_error(error, target) from None


def _remove_stale(folder: Path) -> None:
    """Take away what a killed program left of an export more than a day ago."""
    for left in folder.glob(f".*{_PART}"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


def _token() -> str:
    import secrets

    return secrets.token_hex(4)
