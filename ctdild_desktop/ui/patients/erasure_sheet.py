"""Erasing a person on a legal request: what will go is said first, and the MRN is typed once more.

The one sheet whose act cannot be taken back. Beside it a refusal can be recorded, which is often the answer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.language import say
from ctdild_desktop.services import erasure
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.erasure import Preview, StillHeld
from ctdild_desktop.ui.dialogs.act_sheet import ActSheet
from ctdild_desktop.ui.dialogs.form_sheet import SheetActs
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import TextField
from ctdild_desktop.ui.widgets.naming import named


@dataclass(frozen=True, slots=True)
class _Request:
    """What was typed."""

    basis: str
    reason: str
    mrn: str


class ErasureSheet(ActSheet):
    """Says what erasing would take, and erases when the MRN is typed."""

    acts = SheetActs(erasure.erase)

    def __init__(self, desk: Desk, runner: Runner, view: PatientView, parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("ErasureSheet", "Erase on legal request")
        super().__init__(
            desk,
            runner,
            title=f"{title}: {view.header.name}",
            identity=view.header.identity,
            draft_kind="erasure",
            patient_id=view.record.patient.id,
            parent=parent,
        )
        tr = self.tr
        self.told = named(QLabel(tr("Looking at what the registry holds…")), "erasure_told")
        self.told.setWordWrap(True)
        self.grid.addWidget(self.told, self.grid.rowCount(), 0, 1, 3)
        bases = ((one, say(one)) for one in (*erasure.BASES, erasure.REFUSAL))
        self.add_field(tr("&Legal basis"), ChoiceField("basis", tr("Legal basis"), bases), required=True)
        self.add_field(
            tr("&Request"),
            TextField("reason", tr("Who asked for it and when; without the name"), max_length=200),
            unit=tr("who asked and when; this stays, so no name"),
            wide=True,
            required=True,
        )
        self.add_field(
            tr("&MRN"),
            TextField("mrn", tr("The MRN once more"), max_length=60),
            unit=tr("type it once more to erase"),
        )
        self.save_button.setText(tr("Erase for good"))
        self.refusing = named(QPushButton(tr("Record refusal")), "erasure_refusal")
        self.refusing.clicked.connect(self._on_refusal)
        self.foot.insertWidget(1, self.refusing)
        self.drafts.set_start(self.payload())

    def start(self, first: Any = None) -> None:
        """See :meth:`FormSheet.start`; reads what would go."""
        super().start(first)
        if self.reading:
            return
        desk, patient_id = self.desk, self.patient_id
        assert patient_id is not None
        self.runner.run(
            lambda: erasure.preview(desk, patient_id),
            while_alive(self, self._show),
            while_alive(self, self._on_refused),
        )

    def build(self) -> _Request:
        """See :meth:`FieldForm.build`."""
        return _Request(self.text("basis"), self.text("reason"), self.text("mrn"))

    def issues_of(self, value: Any) -> tuple[Issue, ...]:
        """See :meth:`FieldForm.issues_of`; the service refuses in words."""
        del value
        return ()

    def act(self, value: Any, confirmed: Collection[str]) -> Done[Any]:
        """See :meth:`ActSheet.act`."""
        del confirmed
        assert self.patient_id is not None
        return erasure.erase(
            self.desk, self.patient_id, basis=value.basis, reason=value.reason, typed_mrn=value.mrn
        )

    def _on_refusal(self) -> None:
        if not self.complete():
            return
        desk, patient_id, asked = self.desk, self.patient_id, self.build()
        assert patient_id is not None
        self.run_act(
            lambda: erasure.record_refused_erasure(desk, patient_id, basis=asked.basis, reason=asked.reason)
        )

    def _show(self, seen: Preview) -> None:
        tr = self.tr
        rows = ", ".join(one.text for one in seen.rows)
        parts = [
            tr(
                "Erasing takes for good: {rows}, and the values of {count} entries of the audit trail."
            ).format(rows=rows, count=seen.entries),
            tr("It cannot be undone, and no backup is made. What stays: that somebody was erased, and why."),
        ]
        if seen.files:
            named_files = "; ".join(_place(one) for one in seen.files)
            parts.append(tr("Backups that still hold the person: {files}.").format(files=named_files))
        else:
            parts.append(tr("No backup that holds the person is known here."))
        if seen.mentions:
            places = ", ".join(one.text for one in seen.mentions)
            parts.append(tr("Name or MRN also occurs in: {places}.").format(places=places))
        parts.append(tr("For a patient registered by mistake use Remove, which can be undone."))
        words = "\n\n".join(parts)
        self.told.setText(words)
        self.told.setAccessibleName(words)


def _place(one: StillHeld) -> str:
    day = wording.day(one.made_at.astimezone().date())
    return f"{one.name} ({day}{', ' + one.folder if one.folder else ''})"
