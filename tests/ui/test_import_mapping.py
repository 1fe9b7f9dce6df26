"""Mappings on the import page: made, saved, used again, from a file and into one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QLineEdit,
)
from pytestqt.qtbot import QtBot

from ctdild_desktop.config import SiteSettings
from ctdild_desktop.interchange.mapping import DateOrigin, Mapping, OffsetUnit
from ctdild_desktop.services import access, import_mappings
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.imports.mapping_editor import MappingEditor
from ctdild_desktop.ui.speaking import speak
from tests.support.desks import copied_desk
from tests.support.import_page import MAPPING, SAMPLE, Shown, write


@pytest.fixture
def desk(empty_registry: Path, tmp_path: Path) -> Iterator[Desk]:
    made = copied_desk(empty_registry, tmp_path)
    yield made
    made.close()


@pytest.fixture
def shown(desk: Desk, qtbot: QtBot) -> Shown:
    return Shown(desk, qtbot)


def test_a_mapping_is_made_saved_and_used_again(desk: Desk, shown: Shown) -> None:
    shown.page.choose_files((SAMPLE,))
    assert shown.page.editor.isVisible()
    for target, column in {
        "mrn": "id",
        "birth_date": "born",
        "height_cm": "height",
        "fvc_l": "FVC (L)",
        "comment": "remark",
    }.items():
        shown.choose(f"map_{target}", column)
    shown.field("mapping_name").setText("Sample clinic")
    shown.field("mapping_prefix_mrn").setText("SAMPLE-")
    shown.field("constant_diagnosis").setText("SSc")
    shown.field("constant_dlco_unit").setText("mmol/min/kPa")
    shown.field("words_sex").setText("female = F; male = M")
    shown.choose("mapping_origin_column", "week")
    shown.choose("mapping_origin_unit", "weeks")
    shown.field("mapping_origin").setText("08.01.2024")
    assert shown.page.editor.mapping() == import_mappings.read_mapping(MAPPING)
    shown.button("import_save_mapping").click()
    assert import_mappings.saved_mappings(desk) == ("Sample clinic",)
    shown.button("import_preview_again").click()
    assert "8 new patients" in shown.summary
    assert "39 new tests" in shown.summary
    shown.choose("import_mapping", "")
    assert shown.page.editor.mapping() == Mapping()
    shown.choose("import_mapping", "Sample clinic")
    assert "39 new tests" in shown.summary


def test_a_mapping_comes_from_a_file_and_goes_to_one(shown: Shown, tmp_path: Path) -> None:
    shown.page.choose_files((SAMPLE,))
    shown.ask.files.append((MAPPING,))
    shown.choose("import_mapping", "\0file")
    assert "39 new tests" in shown.summary
    shown.ask.saves.append(tmp_path / "out.toml")
    shown.button("import_write_mapping").click()
    assert import_mappings.read_mapping(tmp_path / "out.toml") == import_mappings.read_mapping(MAPPING)
    shown.ask.saves.append(tmp_path / "no folder" / "out.toml")
    shown.button("import_write_mapping").click()
    assert len(shown.ask.errors) == 1


def test_an_edited_mapping_asks_for_a_new_preview(shown: Shown, qtbot: QtBot, tmp_path: Path) -> None:
    shown.page.choose_files((write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\n"),))
    shown.button("import_edit_mapping").click()
    qtbot.keyClicks(shown.field("mapping_prefix_mrn"), "X-")
    assert not shown.button("import_run").isEnabled()
    shown.button("import_preview_again").click()
    assert shown.lines[0][2] == "X-P1 (new)"


def test_a_nameless_mapping_is_not_saved(desk: Desk, shown: Shown) -> None:
    shown.button("import_save_mapping").click()
    assert shown.summary == "Give the mapping a name to save it under."
    assert import_mappings.saved_mappings(desk) == ()


def test_words_that_the_field_cannot_show_are_kept(shown: Shown) -> None:
    mapping = Mapping(
        name="odd",
        prefix={"comment": "old: "},
        values={"sex": {"a=b; c": "F"}},
        columns={"mrn": "not in this file"},
        date=DateOrigin("t", OffsetUnit.DAYS, dt.date(2024, 1, 8)),
    )
    shown.page.editor.set_mapping(mapping)
    assert shown.page.editor.mapping() == mapping


def test_the_columns_of_another_table_are_mapped_in_the_same_place(
    desk: Desk, shown: Shown, tmp_path: Path
) -> None:
    path = tmp_path / "therapy.csv"
    path.write_text("Pat,Arznei,von\nA1,MTX alt,2019-03\n", encoding="utf-8")
    shown.page.choose_files((path,))
    assert "therapy.csv has no column mrn" in shown.summary
    for target, column in (("mrn", "Pat"), ("drug", "Arznei"), ("start", "von")):
        shown.choose(f"map_{target}", column)
    shown.field("words_drug").setText("MTX alt = methotrexate")
    shown.button("import_preview_again").click()
    assert [line[1] for line in shown.lines] == ["new: line of therapy"]
    mapping = shown.page.editor.mapping()
    assert mapping.columns == {}
    assert mapping.tables["therapy"].values == {"drug": {"MTX alt": "methotrexate"}}
    shown.field("mapping_name").setText("ours")
    shown.button("import_save_mapping").click()
    assert import_mappings.load_mapping(desk, "ours").of("therapy").columns["start"] == "von"


def test_what_the_mapping_asks_for_is_in_the_language_and_its_dates(desk: Desk, qtbot: QtBot) -> None:
    site = SiteSettings(language="es", date_style="dd/mm/yyyy", decimal_mark=",")
    speak(site)
    access.use_settings(site)
    try:
        editor = MappingEditor(desk.today)
        qtbot.addWidget(editor)
        editor.set_mapping(Mapping(date=DateOrigin("week", OffsetUnit.WEEKS, dt.date(2024, 1, 8))))
        words = [label.text() for label in editor.findChildren(QLabel)]
        words += [combo.accessibleName() for combo in editor.findChildren(QComboBox)]
        origin = editor.findChild(QLineEdit, "mapping_origin")
        kept = editor.mapping().date
    finally:
        speak(SiteSettings(language="en"))
        access.use_settings(SiteSettings())
    assert not [text for text in words if "Test date" in text or "Height" in text]
    assert isinstance(origin, QLineEdit)
    assert origin.text() == "08/01/2024"
    assert kept is not None
    assert kept.origin == dt.date(2024, 1, 8)
