"""The page of one patient is filled with the next: the same as a new page, and nothing of the one before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.patient.patient_page import PatientPage
from ctdild_desktop.ui.patient.record_model import Column, Row
from ctdild_desktop.ui.patient.record_table import RecordTable
from ctdild_desktop.ui.patient.why_paragraph import Paragraph
from tests.support import holloway
from tests.support.patient_page import shown_page, view


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication) -> Iterator[PatientPage]:
    with shown_page(qtbot, qapp) as made:
        yield made


def _others() -> list[PatientRecord]:
    """The same patient with less on record: other criteria, fewer reasons, other links."""
    full = holloway.record()
    person = replace(full.patient, id="f" * 32, mrn="DEMO-0999", family_name="QUILL")
    bare = replace(full, patient=person, tests=full.tests[-2:], visits=(), hrct=(), diagnoses=())
    return [bare, replace(bare, tests=()), full, bare]


def _settle() -> None:
    for _ in range(3):
        QApplication.sendPostedEvents()
        QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _paragraphs(page: PatientPage) -> list[Paragraph]:
    return [one for one in page.why.findChildren(Paragraph) if one.isVisibleTo(page.why)]


def _places(page: PatientPage) -> list[tuple[object, ...]]:
    return [(one.objectName(), one.geometry().getRect()) for one in _paragraphs(page)]


def test_reasons_told_to_the_same_paragraphs_are_those_of_a_new_page(qtbot: QtBot, page: PatientPage) -> None:
    for record in _others():
        page.show_view(view(record))
        _settle()
        fresh = PatientPage()
        qtbot.addWidget(fresh)
        fresh.resize(page.size())
        fresh.show_view(view(record))
        fresh.show()
        _settle()
        assert page.why.texts() == fresh.why.texts()
        assert sorted(_places(page)) == sorted(_places(fresh))
        assert [chip.accessibleName() for chip in page.strip.chips] == [
            chip.accessibleName() for chip in fresh.strip.chips
        ]
        assert [chip.geometry() for chip in page.strip.chips] == [
            chip.geometry() for chip in fresh.strip.chips
        ]
        fresh.hide()


def test_every_paragraph_has_the_height_of_its_words(page: PatientPage) -> None:
    for record in _others():
        page.show_view(view(record))
        _settle()
        for one in _paragraphs(page):
            assert one.height() == one.heightForWidth(one.width()), one.objectName()


def test_a_paragraph_that_is_not_needed_keeps_no_word(page: PatientPage) -> None:
    page.show_view(view(_others()[1]))  # without a test each criterion has a reason of its own
    most = len(_paragraphs(page))
    page.show_view(view())
    _settle()
    hidden = [one for one in page.why.findChildren(Paragraph) if not one.isVisibleTo(page.why)]
    assert len(hidden) == most - len(_paragraphs(page)) > 0
    for one in hidden:
        assert [label.text() for label in one.findChildren(QLabel) if label.text()] == []
        assert (one.objectName(), one.accessibleName(), one.accessibleDescription()) == ("", "", "")
        assert one.links == []


def test_the_page_is_laid_out_before_it_is_painted(page: PatientPage) -> None:
    _settle()
    page.show_view(view(_others()[0]))
    heights = [one.height() for one in _paragraphs(page)]
    tops = [one.y() for one in _paragraphs(page)]
    _settle()
    assert heights == [one.height() for one in _paragraphs(page)]
    assert tops == [one.y() for one in _paragraphs(page)]


def test_another_theme_dresses_the_reasons_anew(page: PatientPage, qapp: QApplication) -> None:
    told = page.why.texts()
    theme.apply(qapp, "dark")
    _settle()
    assert page.why.texts() == told
    label = _paragraphs(page)[0].findChildren(QLabel)[0]
    assert label.palette().windowText().color() == theme.color("text")
    theme.apply(qapp, "light")


def test_cells_are_painted_as_the_style_would_paint_them(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    del qapp
    columns = (
        Column("Date"),
        Column("FVC L", number=True, strong=True),
        Column("Note", stretch=True, quiet=True),
    )
    rows = (
        Row("test", "a", ("12.03.2026", "2.31", "excluded\nlung infection"), strong_cells=frozenset({0})),
        Row("test", "b", ("10.11.2025", "", "long " * 60), quiet=True),
        Row("test", "c", ("–", "12.345", "")),
    )
    table = RecordTable("cells", "Cells", columns)
    qtbot.addWidget(table)
    table.resize(420, 120)
    table.show_rows(rows)
    table.show()

    def drawn() -> QImage:
        return table.grab().toImage()

    written = drawn()
    delegate = type(table.itemDelegate())
    monkeypatch.setattr(delegate, "paint", delegate._paint_by_style)
    assert drawn() == written
    assert written != QImage(written.size(), written.format())
