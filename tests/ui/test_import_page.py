"""The import page by keyboard and button: preview, refusal, import, undo."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QListView,
    QPushButton,
    QTableView,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ctdild_desktop.clinical.records import Patient, Sex
from ctdild_desktop.services import patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.imports.import_page import ImportPage
from ctdild_desktop.ui.imports.report_import import ImportWithReports
from ctdild_desktop.ui.jobs import JobRunner
from tests.support.desks import copied_desk
from tests.support.fake_ask import FakeAsk
from tests.support.import_page import MAPPING, SAMPLE, Shown, count, write
from tests.support.late_runner import LateRunner
from tests.support.messages import DAY, gdt, value
from tests.support.old_workbook import TABLES, write_workbook


@pytest.fixture
def desk(empty_registry: Path, tmp_path: Path) -> Iterator[Desk]:
    made = copied_desk(empty_registry, tmp_path)
    yield made
    made.close()


@pytest.fixture
def shown(desk: Desk, qtbot: QtBot) -> Shown:
    return Shown(desk, qtbot)


def test_a_file_is_previewed_imported_and_taken_back(desk: Desk, shown: Shown, tmp_path: Path) -> None:
    shown.ask.files.append((write(tmp_path, "mrn,test_date,fvc_l,arm\nP1,2024-05-06,2.51,x\n"),))
    shown.button("import_choose").click()
    assert shown.summary == "1 row   ·   1 new patient   ·   1 new test   ·   1 notice"
    assert shown.lines == [
        ["1", "notice", "", "arm", "this column is not one of the table's; it is not read"],
        ["2", "new test", "P1 (new)", "06.05.2024: FVC 2.51 L", ""],
    ]
    assert count(desk) == 0
    shown.button("import_run").click()
    assert shown.summary == "Imported 1 new test, 1 new patient."
    assert [done.message for done in shown.done] == [shown.summary]
    assert count(desk) == 1
    shown.button("import_undo").click()
    assert count(desk) == 0
    assert shown.done[-1].message == "Undone: import of 1 new test, 1 new patient."
    assert "1 new test" in shown.summary


def test_it_works_by_keyboard_alone(desk: Desk, shown: Shown, qtbot: QtBot, tmp_path: Path) -> None:
    shown.page.activateWindow()
    shown.page.setFocus()
    qtbot.waitUntil(lambda: shown.button("import_choose").hasFocus())
    shown.ask.files.append((write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\n"),))
    qtbot.keyClick(shown.button("import_choose"), Qt.Key.Key_Space)
    assert shown.button("import_run").hasFocus()
    qtbot.keyClick(shown.button("import_run"), Qt.Key.Key_Space)
    assert count(desk) == 1
    assert shown.button("import_undo").hasFocus()
    qtbot.keyClick(shown.button("import_undo"), Qt.Key.Key_Space)
    assert count(desk) == 0


def test_rejected_rows_stop_the_import_until_the_rest_is_chosen(
    desk: Desk, shown: Shown, tmp_path: Path
) -> None:
    shown.page.choose_files(
        (write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\nP2,2024-05-06,x\nP3,2024-05-06,2.4\n"),)
    )
    assert "1 rejected" in shown.summary
    assert not shown.button("import_run").isEnabled()
    only_rejected = shown.page.findChild(QToolButton, "import_filter_rejected")
    assert isinstance(only_rejected, QToolButton)
    only_rejected.click()
    assert shown.lines == [["3", "rejected", "", "fvc_l: x", "not a number"]]
    shown.button("import_valid").click()
    assert [row.mrn for row in patients.list_patients(desk)] == ["P1", "P3"]
    assert not shown.button("import_valid").isVisible()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "tests.csv is empty."),
        ("mrn,fvc_l\nP1,2\n", "tests.csv has no column test_date; name the column in a mapping."),
        ("mrn,mrn\n", "tests.csv has two columns named mrn."),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(
    desk: Desk, shown: Shown, tmp_path: Path, content: str, said: str
) -> None:
    shown.page.choose_files((write(tmp_path, content),))
    assert shown.summary == said
    assert shown.lines == []
    assert not shown.button("import_run").isEnabled()
    assert count(desk) == 0


def test_the_table_of_rows_is_a_sound_model(shown: Shown, tmp_path: Path) -> None:
    tester = QAbstractItemModelTester(shown.page.rows, QAbstractItemModelTester.FailureReportingMode.Fatal)
    shown.page.choose_files((write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\nP2,x,2.0\n"),))
    assert tester.model() is shown.page.rows
    assert shown.page.rows.rowCount() == 2


def test_it_works_with_real_threads(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    runner = JobRunner()
    page = ImportPage(desk, runner, FakeAsk())
    qtbot.addWidget(page)
    page.choose_files((write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\n"),))
    button = page.findChild(QPushButton, "import_run")
    assert isinstance(button, QPushButton)
    qtbot.waitUntil(button.isEnabled)
    with qtbot.waitSignal(page.imported):
        button.click()
    assert count(desk) == 1
    runner.close()


def test_everything_fits_a_small_screen_and_has_a_name_for_assistive_technology(shown: Shown) -> None:
    shown.page.choose_files((SAMPLE,))
    hint = shown.page.minimumSizeHint()
    assert hint.width() <= 1290
    assert hint.height() <= 640
    for kind in (QComboBox, QLineEdit):
        for field in shown.page.editor.findChildren(kind):
            if field.objectName() != "qt_spinbox_lineedit":
                assert field.accessibleName(), field.objectName()


def message(folder: Path, *fields: tuple[str, str]) -> Path:
    path = folder / "a.gdt"
    path.write_bytes(gdt(*fields, *DAY, *value("FVC", "2310", "mL")))
    return path


def values(shown: Shown) -> list[list[str]]:
    table = shown.page.findChild(QTableView, "import_values")
    assert isinstance(table, QTableView)
    model = table.model()
    return [
        [str(model.index(row, column).data() or "") for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_a_test_that_names_nobody_goes_to_the_patient_who_is_found_by_keyboard(
    desk: Desk, shown: Shown, qtbot: QtBot, tmp_path: Path
) -> None:
    for mrn, name in (("P1", "Holm"), ("P2", "Holmgren")):
        patients.add_patient(desk, Patient(id="", mrn=mrn, family_name=name, sex=Sex.FEMALE))
    shown.page.activateWindow()
    shown.page.choose_files((message(tmp_path, ("3101", "Holm")),))
    assert shown.summary == "1 row   ·   1 test waits for its patient"
    assert [line[1] for line in shown.lines] == ["whose test?"]
    assert values(shown) == [["FVC", "2310", "mL", "2.310 L", "FVC"]]
    assert not shown.button("import_run").isEnabled()
    field = shown.field("import_find")
    qtbot.waitUntil(field.hasFocus)
    assert field.text() == "Holm"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert [line[1] for line in shown.lines] == ["whose test?"]
    qtbot.keyClicks(field, "holmg")
    found = shown.page.findChild(QListView, "import_found")
    assert isinstance(found, QListView)
    assert [found.model().index(row, 0).data() for row in range(found.model().rowCount())] == [
        "HOLMGREN · F · P2"
    ]
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert [line[1:3] + line[4:] for line in shown.lines] == [
        ["new test", "P2  HOLMGREN", ""],
        ["notice", "", "the file gives another surname than the chosen patient has (Holmgren)"],
    ]
    assert shown.button("import_run").hasFocus()
    qtbot.keyClick(shown.button("import_run"), Qt.Key.Key_Space)
    (hit,) = patients.find(desk, "holmgren")
    (test,) = patients.load(desk, hit.id).tests
    assert (test.fvc_l, test.as_given) == (Decimal("2.310"), (("fvc_l", "FVC 2310 mL"),))


def test_nothing_can_be_imported_while_a_choice_or_a_changed_mapping_is_read(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    for mrn in ("P1", "P2"):
        patients.add_patient(desk, Patient(id="", mrn=mrn))
    runner = LateRunner(all_wait=True)
    shown = Shown(desk, qtbot, runner)
    path = tmp_path / "a.gdt"
    test = (*DAY, *value("FVC", "2310", "mL"))
    path.write_bytes(gdt(("3000", "P1"), *test) + gdt(*test))
    shown.page.choose_files((path,))
    runner.go_on_to_the_end()
    assert shown.button("import_valid").isEnabled()
    qtbot.keyClicks(shown.field("import_find"), "P2")
    runner.go_on_to_the_end()
    shown.button("import_give").click()
    assert shown.summary == "Reading…"
    assert not shown.button("import_valid").isEnabled()
    shown.page.editor.changed.emit()
    runner.go_on_to_the_end()
    assert shown.summary == "The mapping was changed: press Preview."
    assert shown.lines == []


def test_escape_stops_an_import_with_nothing_changed_and_keeps_the_preview(desk: Desk, qtbot: QtBot) -> None:
    runner = LateRunner(all_wait=True)
    shown = Shown(desk, qtbot, runner)
    strip = shown.page.findChild(QWidget, "import_progress")
    assert isinstance(strip, QWidget)
    shown.page.choose_files((SAMPLE,))
    shown.page.use_mapping_file(MAPPING)
    runner.go_on_to_the_end()
    assert not strip.isVisible()
    lines = shown.lines
    shown.button("import_run").click()
    assert strip.isVisible()
    assert not shown.button("import_choose").isEnabled()
    qtbot.keyClick(shown.button("import_progress_cancel"), Qt.Key.Key_Escape)
    assert not shown.button("import_progress_cancel").isEnabled()
    runner.go_on_to_the_end()
    assert shown.summary == "Stopped; nothing was changed."
    assert patients.count(desk) == 0
    assert shown.lines == lines
    assert not strip.isVisible()
    assert shown.button("import_choose").isEnabled()
    shown.button("import_run").click()
    runner.go_on_to_the_end()
    assert patients.count(desk) > 0


def test_a_workbook_of_a_clinic_is_shown_table_by_table_and_goes_in_as_one(
    desk: Desk, shown: Shown, tmp_path: Path
) -> None:
    tables = {**TABLES, "old sheet": TABLES["therapy"].replace("2017-05", "2014-05")}
    del tables["therapy"]
    shown.page.choose_files((write_workbook(tmp_path / "clinic.xlsx", tables),))
    assert shown.button("import_edit_mapping").isChecked()  # a sheet whose name says no table
    assert "no line of therapy" not in shown.summary
    assert [line[1] for line in shown.lines].count("new: infusion") == 3
    assert not any(line[1] == "new: line of therapy" for line in shown.lines)
    shown.choose(f"table_kind_{list(tables).index('old sheet')}", "therapy")
    shown.button("import_preview_again").click()
    assert [line[1] for line in shown.lines].count("new: line of therapy") == 3
    table = shown.page.findChild(QTableView, "import_preview")
    assert isinstance(table, QTableView)
    assert not table.isColumnHidden(1)
    rows = [row for row, line in enumerate(shown.lines) if line[1] == "new: line of therapy"]
    assert table.model().index(rows[0], 1).data() == "Old sheet"
    table.selectRow(rows[0])
    assert ["drug", "MMF", "", "Mycophenolate mofetil", "Drug"] in values(shown)
    shown.button("import_run").click()
    assert patients.count(desk) == 2
    assert shown.summary.startswith("Imported 3 new tests, 2 new patients, 3 new lines of therapy")
    shown.button("import_undo").click()
    assert patients.count(desk) == 0


def test_the_values_of_a_rejected_test_are_shown_as_well(desk: Desk, shown: Shown, tmp_path: Path) -> None:
    patients.add_patient(desk, Patient(id="", mrn="P1", family_name="Holm"))
    path = message(tmp_path, ("3000", "P1"))
    path.write_bytes(path.read_bytes().replace(b"84202310", b"84209999"))
    shown.page.choose_files((path,))
    assert [line[1] for line in shown.lines] == ["rejected"]
    table = shown.page.findChild(QTableView, "import_preview")
    assert isinstance(table, QTableView)
    table.selectRow(0)
    assert values(shown) == [["FVC", "9999", "mL", "9.999 L", "FVC"]]


def test_the_values_of_a_table_stand_beside_those_of_the_file(shown: Shown, tmp_path: Path) -> None:
    shown.page.choose_files((write(tmp_path, "mrn,test_date,fvc_ml,sex\nP1,06.05.2024,2510,F\n"),))
    assert values(shown) == [
        ["mrn", "P1", "", "P1", "MRN"],
        ["sex", "F", "", "F", "Sex at birth"],
        ["test_date", "06.05.2024", "", "06.05.2024", "Date"],
        ["fvc_ml", "2510", "", "2.510 L", "FVC"],
    ]


def test_pasting_does_not_stop_an_import_that_is_written(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    runner = LateRunner(all_wait=True)
    page = ImportWithReports(desk, runner, FakeAsk())
    qtbot.addWidget(page)
    page.show()
    page.choose_files((write(tmp_path, "mrn,test_date,fvc_l\nP1,2024-05-06,2.51\n"),))
    runner.go_on_to_the_end()
    run = page.findChild(QPushButton, "import_run")
    assert isinstance(run, QPushButton)
    run.click()
    page.paste()
    runner.go_on_to_the_end()
    assert count(desk) == 1
