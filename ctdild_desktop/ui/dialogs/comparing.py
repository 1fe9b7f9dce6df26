"""A sheet whose record was changed or removed elsewhere: comparing, and going on from what is there now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from ctdild_desktop.clinical.records import Patient, TherapyLine
from ctdild_desktop.services import acts, bringing_back
from ctdild_desktop.services.acts import Standing
from ctdild_desktop.services.desk import Desk, Done, StaleError
from ctdild_desktop.services.merging import Merge, Side, in_words, merge
from ctdild_desktop.services.permissions import may
from ctdild_desktop.ui.dialogs.conflict_sheet import ConflictSheet, Meanwhile


class Compared(Protocol):
    """What comparing needs of a sheet."""

    desk: Desk

    def began_with(self, kind: type[Any]) -> Any:
        """The record that is being changed; None when there is none of this kind."""

    def mine(self, kind: type[Any]) -> Any:
        """The record with what was typed."""

    def go_on_from(self, record: Any) -> None:
        """Take this as the record that is being changed."""

    def show_record(self, record: Any) -> None:
        """Put the values of a record into the fields."""


class Comparing(QObject):
    """Makes the comparison and carries out what is decided; the sheet shows it in place of its fields."""

    opened = Signal(object)
    """The :class:`ConflictSheet` to show."""
    settled = Signal()
    """The fields have the chosen values: save them."""
    theirs_taken = Signal()
    left = Signal()
    restoring = Signal(object)
    """An act that brings the record back with my values; it is called on the registry's thread."""

    def __init__(
        self, sheet: Compared, lines: Callable[[], tuple[TherapyLine, ...]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._sheet = sheet
        self._lines = lines
        self._merge: Merge[Any] | None = None
        self._mine: Any = None

    def knows(self, error: StaleError) -> bool:
        """Whether the sheet has something to compare: a record of its own that was changed elsewhere."""
        return error.mine is not None and self._sheet.began_with(type(error.mine)) is not None

    def show_refusal(self, error: StaleError) -> None:
        """Compare after a save that was refused."""
        self._open(type(error.mine), Standing(error.theirs, error.changed_by, error.changed_at))

    def show_standing(self, kind: type[Any], found: Standing) -> None:
        """Compare with how the record stands now."""
        self._open(kind, found)

    def _open(self, kind: type[Any], found: Standing) -> None:
        desk = self._sheet.desk
        self._mine = self._sheet.mine(kind)
        self._merge = None
        rows: tuple[Any, ...] = ()
        if found.value is not None:
            self._merge = merge(self._sheet.began_with(kind), self._mine, found.value)
            rows = in_words(self._merge, self._lines())
        restores = bringing_back.restore_patient if kind is Patient else bringing_back.restore_record
        panel = ConflictSheet(
            Meanwhile(
                found.changed_by,
                found.changed_at,
                rows,
                removed=found.value is None,
                may_restore=may(desk, restores),
            )
        )
        panel.chosen.connect(self._on_chosen)
        panel.restore_chosen.connect(self._on_restore)
        panel.theirs_chosen.connect(self.theirs_taken)
        panel.left.connect(self.left)
        self.opened.emit(panel)

    def _on_chosen(self, picks: Mapping[str, Side]) -> None:
        assert self._merge is not None
        value = self._merge.chosen(picks)
        self._sheet.go_on_from(self._merge.theirs)
        self._sheet.show_record(value)
        self.settled.emit()

    def _on_restore(self) -> None:
        desk, mine = self._sheet.desk, self._mine

        def restore(confirmed: Collection[str]) -> Done[Any]:
            if isinstance(mine, Patient):
                return bringing_back.restore_patient(desk, mine, confirmed=confirmed)
            return bringing_back.restore_record(desk, mine, confirmed=confirmed)

        self.restoring.emit(restore)


def newer(desk: Desk, record: Any) -> Standing | None:
    """How a record stands now, when that is not any more what somebody is changing; runs off the main
    thread.
    """
    found = acts.standing(desk, type(record), record.id)
    if found is None or (found.value is not None and found.value.version == record.version):
        return None
    return found


def of_version(record: Any, version: int) -> Any:
    """The record as one of an earlier version."""
    return replace(record, version=version)
