"""Hearing of what another window, desk or program changed in the registry, while it is open here."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache

from ctdild_desktop.services import rows
from ctdild_desktop.services.acts import CHANGE_OF
from ctdild_desktop.services.desk import Change, ChangeSet, Desk, for_everybody

_log = logging.getLogger(__name__)

_WAIT_S = 1.5
"""A change that falls between two waits is found at the end of the second: still within two seconds."""
_MANY = 20
"""Patients that are told one by one; more are told as one change of everything."""
_OTHER_TABLES = {
    "app_user": Change.PEOPLE,
    "site_criterion": Change.SETTINGS,
    "import_mapping": Change.IMPORT,
    "inbox_message": Change.INBOX,
}
EVERYTHING = ChangeSet(frozenset(Change))
"""What is said after the server was lost: it is not known what was missed."""


@for_everybody
def watch(
    desk: Desk,
    on_change: Callable[[ChangeSet], None],
    on_lost: Callable[[str], None] | None = None,
    on_back: Callable[[], None] | None = None,
) -> Callable[[], None]:
    """Tell of every change that was not made at this desk, until the returned function is called.

    Args:
        on_change: called on a thread of its own with what was touched; own acts are not told.
        on_lost: called once with a sentence when the registry cannot be reached any more.
        on_back: called when it can be reached again, just before everything is told as changed.

    Raises:
        RegistryError: the registry cannot be read.
    """
    watcher = _Watcher(desk, on_change, on_lost, on_back, desk.registry.last_entry())
    threading.Thread(target=watcher.run, name="watch", daemon=True).start()
    return watcher.stop.set


@dataclass(slots=True)
class _Watcher:
    desk: Desk
    on_change: Callable[[ChangeSet], None]
    on_lost: Callable[[str], None] | None
    on_back: Callable[[], None] | None
    seen: int
    """The last entry of the audit trail that was told or need not be."""
    lost: bool = False
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Wait and tell until stopped; what a registry that was closed meanwhile says does not matter."""
        try:
            while not self.stop.is_set():
                self._once()
        except Exception:
            if not self.stop.is_set():
                raise

    def _once(self) -> None:
        from ctdild_desktop.registry.errors import RegistryError

        try:
            self.desk.registry.backend.wait_for_change(0 if self.lost else _WAIT_S)
            self.seen, touched = self.desk.registry.changes_elsewhere(self.seen)
        except RegistryError as error:
            self._on_error(error)
            return
        if self.stop.is_set():
            return
        if self.lost:
            self.lost = False
            if self.on_back is not None:
                self.on_back()
            self.on_change(EVERYTHING)
            return
        for change in changes_of(touched):
            self.on_change(change)

    def _on_error(self, error: Exception) -> None:
        if not self.lost and not self.stop.is_set():
            self.lost = True
            _log.info("the registry cannot be reached: %s", type(error).__name__)
            if self.on_lost is not None:
                self.on_lost(str(error))
        self.stop.wait(_WAIT_S)


def changes_of(touched: Iterable[tuple[str, str | None]]) -> tuple[ChangeSet, ...]:
    """What was touched, as screens understand it: one for each patient, or one for all of many."""
    kinds: dict[str | None, set[Change]] = {}
    for table, patient_id in touched:
        kind = _kinds().get(table)
        if kind is not None:
            kinds.setdefault(patient_id, set()).add(kind)
    if len(kinds) > _MANY:
        return (ChangeSet(frozenset().union(*kinds.values())),)
    return tuple(ChangeSet(frozenset(found), patient_id) for patient_id, found in kinds.items())


@cache
def _kinds() -> dict[str, Change]:
    """The kind of change that each table stands for."""
    parts = frozenset(rows.PARTS.values())
    found = dict(_OTHER_TABLES)
    for record, row in rows.ROW_OF.items():
        kind = Change.THERAPY if record in parts else CHANGE_OF.get(record)
        if kind is not None:
            found[str(row.__tablename__)] = kind
    return found
