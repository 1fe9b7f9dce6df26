"""Writing a planned import, and taking a whole import back (or bringing it back) as one act."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ctdild_desktop.clinical.records import Patient, Pft
from ctdild_desktop.language import english_of, say
from ctdild_desktop.services import rows
from ctdild_desktop.services.desk import (
    RECORDING,
    Change,
    ChangeSet,
    Desk,
    Done,
    RefusedError,
    Role,
    requires,
)
from ctdild_desktop.services.import_plan import PatientPlan
from ctdild_desktop.services.progress import Progress
from ctdild_desktop.services.site_sets import with_site_set
from ctdild_desktop.services.steps import CHANGE_OF

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

IMPORTING = (Role.COORDINATOR, Role.ADMINISTRATOR)
"""Who may import files."""

_CHUNK = 5000
_PATIENTS_A_STEP = 100
"""Written at once; after that many the person may stop it."""
_CHANGED = "Some of what was imported has been changed since; take the changes back first."


@dataclass(slots=True)
class Batch:
    """What an import wrote: new records by kind with their version, and recorded ones before and after."""

    added: dict[type[Any], dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    filled: list[tuple[Any, Any]] = field(default_factory=list)
    beside: Callable[[Session, bool], None] | None = None
    """What goes with it in the same transaction when it is taken back (True) or brought back (False)."""
    kinds: frozenset[Change] = frozenset()
    """What changes besides the records."""

    @classmethod
    def joined(cls, batches: Iterable[Batch]) -> Batch:
        """Several files' batches as one, the later ones after the earlier ones."""
        whole = cls()
        filled: dict[str, tuple[Any, Any]] = {}
        for batch in batches:
            for kind, ids in batch.added.items():
                whole.added[kind] |= ids
            for before, after in batch.filled:
                if after.id in whole.added.get(type(after), {}):
                    whole.added[type(after)][after.id] = after.version
                else:
                    filled[after.id] = (filled.get(after.id, (before,))[0], after)
        whole.filled = list(filled.values())
        return whole

    @property
    def changes(self) -> ChangeSet:
        """What kinds of thing are changed by it, by its undo and by its return."""
        kinds = {*self.added, *(type(after) for _, after in self.filled)}
        told = {CHANGE_OF[kind] for kind in kinds}
        return ChangeSet(self.kinds | ({Change.IMPORT, *told} if kinds else frozenset()))

    def undo(self, desk: Desk, what: str) -> Callable[[], Done[Any]]:
        """The act that takes the import back, refused when any of it was changed or built upon since."""
        return lambda: self._take_back(desk, what)

    def _take_back(self, desk: Desk, what: str) -> Done[Any]:
        now = desk.clock()
        with desk.registry.write(desk.login, f"Undo: import of {english_of(what)}") as session:
            self._refuse_if_built_upon(session)
            written = self._rows(session, voided=False)
            for row in written:
                row.deleted_at, row.deleted_by, row.deleted_reason = now, desk.login, "import taken back"
            swapped = self._swapped(desk, session, now)
            versions = _versions(session, written)
            if self.beside is not None:
                self.beside(session, True)
        self._is_now(swapped, versions)

        def again() -> Done[Any]:
            return self._bring_back(desk, what)

        return Done(None, say("Undone: import of {what}.", what=what), self.changes, again)

    def _bring_back(self, desk: Desk, what: str) -> Done[Any]:
        with desk.registry.write(desk.login, f"Redo: import of {english_of(what)}") as session:
            written = self._rows(session, voided=True)
            for row in written:
                row.deleted_at = row.deleted_by = row.deleted_reason = None
            swapped = self._swapped(desk, session, desk.clock())
            versions = _versions(session, written)
            if self.beside is not None:
                self.beside(session, False)
        self._is_now(swapped, versions)
        again = self.undo(desk, what)
        return Done(None, say("Imported again: {what}.", what=what), self.changes, again)

    def _rows(self, session: Session, *, voided: bool) -> list[Any]:
        """The rows that were added, checked to be as the import (or its undo) left them."""
        from sqlalchemy import select

        held: list[Any] = []
        for kind, versions in self.added.items():
            row_type = rows.ROW_OF[kind]
            for ids in _chunks(list(versions)):
                found = session.execute(select(row_type).where(row_type.id.in_(ids))).scalars().all()
                if len(found) != len(ids) or any(
                    row.version != versions[row.id] or (row.deleted_at is not None) != voided for row in found
                ):
                    raise RefusedError(_CHANGED)
                held += found
        return held

    def _refuse_if_built_upon(self, session: Session) -> None:
        """Refuse when a patient whom the import added has got other records since."""
        from sqlalchemy import select

        for ids in _chunks(list(self.added.get(Patient, {}))):
            for kind in rows.OF_PATIENT:
                row_type = rows.ROW_OF[kind]
                query = select(row_type.id).where(row_type.patient_id.in_(ids), row_type.deleted_at.is_(None))
                ours = self.added.get(kind, {})
                if any(row_id not in ours for row_id in session.execute(query).scalars()):
                    raise RefusedError(
                        "A patient who came with this import has other records by now; remove those first."
                    )

    def _swapped(self, desk: Desk, session: Session, now: dt.datetime) -> list[tuple[Any, Any]]:
        """Put each filled record back to what it was; answers what it is now, for the way forward."""
        swapped = []
        for before, after in reversed(self.filled):
            current = desk.store.current(session, type(after), after.id).value
            if current is None or current.version != after.version:
                raise RefusedError(_CHANGED)
            kept = desk.store.update(session, before, user=desk.login, at=now)
            swapped.append((after, kept))
        return swapped

    def _is_now(self, filled: list[tuple[Any, Any]], now: Mapping[str, int]) -> None:
        """Remember what was written; only once it is kept, so that an act that failed can be tried again."""
        self.filled = filled
        for versions in self.added.values():
            versions.update((row_id, now[row_id]) for row_id in versions)


@requires(*RECORDING, doing="importing")
def write_plan(
    desk: Desk,
    session: Session,
    planned: Sequence[PatientPlan],
    *,
    sha256: str,
    name: str,
    progress: Progress,
) -> Batch:
    """Write what was planned, within the caller's transaction, which a stop takes back.

    Whoever records may take the message of a device, which holds what could be typed as well; who may import
    files is asked by the caller.

    Args:
        sha256: the file of what does not say its own.
        name: what the progress tells.

    Raises:
        CancelledError: the person stopped it.
    """
    batch = Batch()
    now = desk.clock()
    writing = say("Writing {name}", name=name)
    for done, one in enumerate(planned):
        if done % _PATIENTS_A_STEP == 0:
            progress.step(done, len(planned), writing)
            session.flush()
        _add(desk, session, one, sha256, batch)
    session.flush()
    fillings = list(_fillings(planned))
    for done, (before, after, source) in enumerate(fillings):
        if done % _PATIENTS_A_STEP == 0:
            progress.step(done, len(fillings), writing)
        kept = desk.store.update(session, after, user=desk.login, at=now, source=f"import:{source or sha256}")
        batch.filled.append((before, kept))
    return batch


def _add(desk: Desk, session: Session, planned: PatientPlan, sha256: str, batch: Batch) -> None:
    patient = planned.patient
    by_file: dict[str, list[Any]] = {}
    if planned.before is None:
        by_file[next(iter(planned.sources.values()), sha256)] = [patient]
    for record in planned.additions:
        by_file.setdefault(planned.sources.get(record.id, sha256), []).append(record)
    for file, records in by_file.items():
        kept = [with_site_set(one, desk.settings) if isinstance(one, Pft) else one for one in records]
        parts = {line: f"import:{sha}" for line, sha in planned.part_sources.items() if sha}
        desk.store.insert_many(session, patient.id, kept, source=f"import:{file}", part_sources=parts)
        for record in records:
            batch.added[type(record)][record.id] = 1


def _fillings(planned: Sequence[PatientPlan]) -> Iterator[tuple[Any, Any, str | None]]:
    """What is filled: the record before and after, and the file."""
    for one in planned:
        if one.before is not None and one.before != one.patient:
            yield one.before, one.patient, None
        for before, after in one.fillings:
            yield before, after, one.sources.get(after.id)


def _versions(session: Session, written: Iterable[Any]) -> dict[str, int]:
    session.flush()
    return {row.id: row.version for row in written}


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
