"""A form for one dated record of a patient: new, or opened again to correct or remove it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.records import PatientRecord, TherapyLine
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.ui.dialogs.form_sheet import SheetActs
from ctdild_desktop.ui.dialogs.saved_sheet import SavedSheet
from ctdild_desktop.ui.dialogs.texts import as_text
from ctdild_desktop.ui.jobs import Runner


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordActs(SheetActs):
    """The acts on one kind of record; ``keep`` corrects it.

    A sheet that does more than call one of them overrides the method; one for saved records alone adds none.
    """

    check: Callable[..., tuple[Issue, ...]] | None = None
    add: Callable[..., Done[Any]] | None = None


class RecordSheet(SavedSheet):
    """Base of the sheets of visits, scans, therapy lines, adverse events and tests.

    ``saved`` is the record that is corrected; None makes a new one.
    """

    acts: RecordActs

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        view: PatientView,
        *,
        title: str,
        draft_kind: str,
        saved: Any = None,
        parent: QWidget | None = None,
    ) -> None:
        self.view = view
        self.old = saved
        super().__init__(
            desk,
            runner,
            title=f"{title}: {view.header.name}",
            identity=view.header.identity,
            draft_kind=f"{draft_kind}:{saved.id}" if saved is not None else draft_kind,
            patient_id=view.record.patient.id,
            parent=parent,
        )
        if saved is not None:
            self.allow_removal(self.remove)

    @property
    def record(self) -> PatientRecord:
        """What is known of the patient."""
        return self.view.record

    def known_lines(self) -> tuple[TherapyLine, ...]:
        """See :meth:`SavedSheet.known_lines`."""
        return self.record.therapy

    def fill(self, values: dict[str, object]) -> None:
        """Show these values; how the form stands then is where a draft begins."""
        for name, value in values.items():
            self.fields[name].set_text(as_text(value))
        self.drafts.set_start(self.payload())
        if self.old is not None:
            self.touch(self.fields)

    def act(self, value: Any, confirmed: Collection[str]) -> Done[Any]:
        """Save as new or as the next version."""
        if self.old is None:
            return self.add(value, confirmed)
        return self.amend(value, confirmed)

    def issues_of(self, value: Any) -> tuple[Issue, ...]:
        """See :meth:`FieldForm.issues_of`."""
        assert self.acts.check is not None, "this sheet answers by itself"
        return self.acts.check(value, self.record, self.desk.today())

    def add(self, value: Any, confirmed: Collection[str]) -> Done[Any]:
        """Keep a new record; runs on the registry's thread."""
        assert self.acts.add is not None, "this sheet is opened for saved records alone"
        return self.acts.add(self.desk, self.record.patient.id, value, confirmed=confirmed)

    def amend(self, value: Any, confirmed: Collection[str]) -> Done[Any]:
        """Keep a corrected record; runs on the registry's thread."""
        done: Done[Any] = self.acts.keep(self.desk, value, confirmed=confirmed)
        return done

    def remove(self, reason: str) -> Done[Any]:
        """Void the record that is open; runs on the registry's thread."""
        done: Done[Any] = self.acts.remove(self.desk, self.old.id, reason)
        return done
