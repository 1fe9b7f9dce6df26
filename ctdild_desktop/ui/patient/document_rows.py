"""Files of a patient and answers of consent as table rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.services.attachments import Shelved
from ctdild_desktop.services.consents import Answered
from ctdild_desktop.ui.dialogs.texts import size_words, type_words
from ctdild_desktop.ui.patient.record_model import Column, Row


def _tr(text: str) -> str:
    return QCoreApplication.translate("PatientPage", text)


def file_columns() -> tuple[Column, ...]:
    """Columns of the files."""
    return (
        Column(_tr("File"), strong=True),
        Column(_tr("Kind")),
        Column(_tr("Date"), hint=_tr("date of the document")),
        Column(_tr("Belongs to")),
        Column(_tr("Type"), drop=2),
        Column(_tr("Size"), number=True, drop=3),
        Column(_tr("Attached")),
        Column(_tr("By"), drop=1),
        Column(_tr("Note"), stretch=True, quiet=True),
    )


def file_rows(shelf: Sequence[Shelved]) -> tuple[Row, ...]:
    """In the order given: the latest attached first."""
    return tuple(_file(one) for one in shelf)


def _file(one: Shelved) -> Row:
    file = one.file
    cells = (
        file.name,
        codes.label("attachment_kind", file.kind),
        wording.partial(file.date) if file.date is not None else "",
        one.place,
        type_words(file.media_type),
        size_words(file.size_bytes),
        wording.day(one.added_at.astimezone().date()),
        one.added_by,
        file.note,
    )
    return Row("attachment", file.id, cells)


def consent_columns() -> tuple[Column, ...]:
    """Columns of the answers of consent."""
    return (
        Column(_tr("Date")),
        Column(_tr("Consent to"), strong=True),
        Column(_tr("Answer"), strong=True),
        Column(_tr("In force")),
        Column(_tr("Taken by")),
        Column(_tr("Form"), drop=2),
        Column(_tr("Entered by"), drop=1),
        Column(_tr("Note"), stretch=True, quiet=True),
    )


def consent_rows(answers: Sequence[Answered]) -> tuple[Row, ...]:
    """In the order given: the latest answer first; those that count no more are quiet."""
    return tuple(_consent(one) for one in answers)


def _consent(one: Answered) -> Row:
    answer = one.answer
    cells = (
        wording.partial(answer.date),
        answer.title if answer.kind == "other" else codes.label("consent_kind", answer.kind),
        codes.label("consent", answer.answer),
        _tr("yes") if one.in_force else _tr("no"),
        answer.taken_by,
        answer.form_version,
        one.entered_by,
        answer.note,
    )
    return Row("consent", answer.id, cells, quiet=not one.in_force)
