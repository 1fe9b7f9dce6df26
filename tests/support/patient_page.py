"""The patient screen in a window of its own, with the invented patient."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.services.assessment import PatientView, patient_view
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.patient.patient_page import PatientPage
from tests.support import holloway


def view(record: PatientRecord | None = None) -> PatientView:
    """What the screen shows of a record."""
    return patient_view(record or holloway.record(), holloway.TODAY)


@contextmanager
def shown_page(qtbot: QtBot, qapp: QApplication) -> Iterator[PatientPage]:
    """The screen in the bundled face, as wide as on a small laptop."""
    before = qapp.font()
    theme.use_bundled_font(qapp)
    theme.apply(qapp, "light")
    made = PatientPage()
    qtbot.addWidget(made)
    made.resize(1298, 680)
    made.show_view(view())
    with qtbot.waitActive(made):
        made.show()
    yield made
    made.hide()
    qapp.setFont(before)


def child(page: QWidget, name: str) -> QWidget:
    """The part of this name."""
    found = page.findChild(QWidget, name)
    assert isinstance(found, QWidget), name
    return found


def column(page: PatientPage, title: str, occurrence: int = 0) -> list[str]:
    """What a column of the table of tests says, row by row."""
    model = page.overview.table.records
    at = [index for index, one in enumerate(model.columns) if one.title == title][occurrence]
    return [str(model.index(row, at).data()) for row in range(model.rowCount())]
