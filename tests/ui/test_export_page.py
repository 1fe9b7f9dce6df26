"""The export page: what is removed is said, and who may not name patients is not offered it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.exporting import export_registry
from ctdild_desktop.ui.workbench import Workbench
from tests.support import holloway
from tests.support.desks import fill
from tests.support.exports import IDENTIFIED
from tests.support.fake_ask import FakeAsk

FOLDER = "ctdild-export 2026-03-12"


@pytest.fixture
def opened(desk: Desk, bench: Workbench) -> Workbench:
    fill(desk, holloway.record())
    return bench


def part(bench: Workbench, name: str) -> QWidget:
    found = bench.window.findChild(QWidget, name)
    assert found is not None, name
    return found


def words(bench: Workbench, name: str) -> str:
    label = part(bench, name)
    assert isinstance(label, QLabel)
    return label.text()


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_set_without_identity_is_exported_by_keys_alone(
    opened: Workbench, qtbot: QtBot, keyboard, ask: FakeAsk, tmp_path: Path
) -> None:
    ask.chosen_folders += [tmp_path, tmp_path]
    keyboard.ctrl(Qt.Key.Key_J, shift=True)
    assert "Left out: names, MRNs" in words(opened, "export_told")
    assert not part(opened, "export_reason").isEnabled()
    keyboard.press(Qt.Key.Key_X, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: words(opened, "export_state") != "")
    assert words(opened, "export_state") == f"Exported 1 patient to {FOLDER}, not encrypted."
    (row,) = read(tmp_path / FOLDER / "patients.csv")
    assert row["mrn"].startswith("P-")
    assert keyboard.focus() == "export_open"
    keyboard.press(Qt.Key.Key_Space)
    assert ask.folders == [tmp_path / FOLDER]
    keyboard.press(Qt.Key.Key_X, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil((tmp_path / f"{FOLDER} (2)" / "patients.csv").is_file)


def test_identity_needs_a_reason_and_chosen_patients_their_numbers(
    opened: Workbench, keyboard, ask: FakeAsk, tmp_path: Path
) -> None:
    opened.act("export")
    named = part(opened, "export_identity_named")
    assert isinstance(named, QToolButton)
    named.click()
    assert "The files name the patients" in words(opened, "export_told")
    part(opened, "export_run").click()
    assert words(opened, "export_state").startswith("Say why")
    assert keyboard.focus() == "export_reason"
    keyboard.type("audit")
    part(opened, "export_who_chosen").click()
    part(opened, "export_run").click()
    assert words(opened, "export_state") == "Type the MRNs of the patients."
    assert keyboard.focus() == "export_mrns"
    keyboard.type(f"{holloway.patient().mrn}, NOBODY")
    ask.chosen_folders += [tmp_path, tmp_path]
    part(opened, "export_run").click()
    assert words(opened, "export_state") == "No patient has the MRN NOBODY."
    mrns = part(opened, "export_mrns")
    mrns.set_text(holloway.patient().mrn)
    part(opened, "export_run").click()
    (row,) = read(tmp_path / FOLDER / "patients.csv")
    assert row["family_name"] == holloway.patient().family_name


@pytest.mark.parametrize("role", ["clinician", "coordinator"])
def test_a7_who_may_not_name_patients_is_not_offered_it(desk: Desk, opened: Workbench, role: str) -> None:
    desk.role = role
    opened.act("export")
    for code in ("named", "true_dates"):
        button = part(opened, f"export_identity_{code}")
        assert button.isEnabled() == (role == "coordinator")
        assert ("coordinator or administrator" in button.toolTip()) == (role == "clinician")


def test_an_exported_set_is_imported_by_the_import_page(
    desk: Desk, opened: Workbench, ask: FakeAsk, tmp_path: Path
) -> None:
    folder = export_registry(desk, tmp_path / "set", "xlsx", IDENTIFIED).value.folder
    ask.files.append((folder / "registry.xlsx",))
    opened.act("import")
    part(opened, "import_choose").click()
    assert "1 already there" in words(opened, "import_summary") or "15 already" in words(
        opened, "import_summary"
    )
    part(opened, "import_run").click()
    assert words(opened, "import_summary") == "Nothing new: every record was there already."
