"""The sheet of one file of a patient: its name, kind and date, and the entry that it belongs to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.records import Attachment
from ctdild_desktop.services import attachments
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.record_sheet import RecordActs, RecordSheet
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.dialogs.texts import as_text, coded, size_words, type_words
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import PartialDateField, TextField

_PLACE = "place"
_BETWEEN = "/"


class FileSheet(RecordSheet):
    """What is said of a file can be changed; what it is and what it holds cannot."""

    acts = RecordActs(keep=attachments.amend_file, remove=attachments.remove_file)
    old: Attachment

    def __init__(
        self, desk: Desk, runner: Runner, view: PatientView, saved: Attachment, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            desk,
            runner,
            view,
            title=QCoreApplication.translate("FileSheet", "File"),
            draft_kind="attachment",
            saved=saved,
            parent=parent,
        )
        tr = self.tr
        kind = type_words(saved.media_type)
        fixed = plain_label(f"{kind}, {size_words(saved.size_bytes)}", name="file_words", secondary=True)
        self.grid.addWidget(fixed, self.grid.rowCount(), 1, 1, 2)
        self.add_field(tr("Na&me"), TextField("name", tr("Name of the file")), wide=True, required=True)
        self.add_field(tr("&Kind"), ChoiceField("kind", tr("Kind of document"), coded("attachment_kind")))
        self.add_field(tr("&Date"), PartialDateField("date", tr("Date of the document"), desk.today))
        places = [
            (f"{where}{_BETWEEN}{entry_id}", words)
            for where, entry_id, words in attachments.places(self.record)
        ]
        self.add_field(
            tr("&Belongs to"),
            ChoiceField(_PLACE, tr("Entry that it belongs to"), places, empty=tr("the patient")),
        )
        self.add_field(tr("N&ote"), TextField("note", tr("Note")), wide=True)
        self.fill(self.values_from(saved))

    # values

    def values_from(self, record: Any) -> dict[str, object]:
        """See :meth:`SavedSheet.values_from`; the entry is one field."""
        held = {name: getattr(record, name) for name in self.fields if name != _PLACE}
        where = f"{record.record_kind}{_BETWEEN}{record.record_id}" if record.record_kind else ""
        return {**held, _PLACE: where}

    def fill(self, values: dict[str, object]) -> None:
        """See :meth:`RecordSheet.fill`; an entry that is gone is still named."""
        where = as_text(values[_PLACE])
        field = self.fields[_PLACE]
        if isinstance(field, ChoiceField) and where and field.findData(where) < 0:
            field.addItem(attachments.place_words(self.old, self.record), where)
        super().fill(values)

    def build(self) -> Attachment:
        """See :meth:`FieldForm.build`."""
        where, _between, entry_id = self.text(_PLACE).partition(_BETWEEN)
        return replace(
            self.old,
            name=self.text("name"),
            kind=self.read("kind"),
            date=self.read("date"),
            record_kind=where or None,
            record_id=entry_id or None,
            note=self.text("note"),
        )

    def issues_of(self, value: Any) -> tuple[Issue, ...]:
        """See :meth:`FieldForm.issues_of`."""
        found = attachments.check(value, self.record, self.desk.today())
        return tuple(replace(one, field=_PLACE) if one.field == "record_id" else one for one in found)
