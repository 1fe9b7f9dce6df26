"""Files of a patient: attached by dialog and by dropping, opened as a copy, handed on, described, removed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QPushButton

from ctdild_desktop.clinical.records import Patient, PatientRecord
from ctdild_desktop.services import attachments, patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.private_copies import root
from ctdild_desktop.ui.workbench import Workbench
from tests.services.test_attachments import PDF, events, written
from tests.support.desks import fill
from tests.support.fake_ask import FakeAsk
from tests.support.holloway import record as holloway

PATIENT = holloway().patient.id
OTHER = PatientRecord(patient=Patient(id="b" * 32, mrn="55-2"))


@pytest.fixture
def opened(bench: Workbench, desk: Desk) -> Workbench:
    fill(desk, holloway(), OTHER)
    bench.open_patient(PATIENT)
    return bench


def now(bench: Workbench, patient_id: str = PATIENT) -> PatientRecord:
    return patients.load(bench.desk, patient_id)


def cells(bench: Workbench) -> list[str]:
    model = bench.patient_room.documents.files.table.records
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def button(bench: Workbench, name: str) -> QPushButton:
    found = bench.patient_room.documents.findChild(QPushButton, name)
    assert found is not None
    return found


def test_a_file_is_attached_opened_described_handed_on_and_removed(
    opened: Workbench, ask: FakeAsk, keyboard: Any, tmp_path: Path
) -> None:
    ask.files.append((written(tmp_path),))
    keyboard.ctrl(Qt.Key.Key_F, shift=True)
    assert opened.window.said == "Attached file Holloway, lung function.pdf."
    assert cells(opened) == ["Holloway, lung function.pdf"]
    assert button(opened, "open_file").isEnabled(), "what was attached is chosen"
    opened.patient_room.documents.files.table.setFocus()
    keyboard.enter()
    (copy,) = ask.shown
    assert (copy.name, copy.read_bytes()) == ("document.pdf", PDF)
    assert opened.window.said.startswith("Opened as a copy that goes at the lock")
    assert events(opened.desk)[-1] == "file_read"
    button(opened, "file_details").click()
    sheet = opened.patient.sheet
    sheet.fields["kind"].set_text("letter")
    sheet.fields["place"].set_text(f"hrct/{holloway().hrct[-1].id}")
    sheet.fields["date"].setFocus()
    keyboard.line("7.1.2026")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert opened.patient.sheet is None, sheet.problem.text()
    (file,) = now(opened).attachments
    assert (file.kind, file.record_kind, str(file.date)) == ("letter", "hrct", "2026-01-07")
    opened.patient.show_tab("documents")
    opened.patient_room.documents.files.table.selectRow(0)
    (tmp_path / "out").mkdir()
    ask.chosen_folders.append(tmp_path / "out")
    button(opened, "export_file").click()
    assert opened.window.said == "Written, not encrypted: letter 2026-01-07.pdf."
    assert (tmp_path / "out" / "letter 2026-01-07.pdf").read_bytes() == PDF
    assert events(opened.desk)[-1] == "export"
    opened.open_record("attachment", file.id)
    again = opened.patient.sheet
    assert again.build() == file, "opening and saving changes nothing"
    again.removal.ask()
    keyboard.line("another patient's")
    assert now(opened).attachments == ()
    opened.window.findChild(QPushButton, "undo_button").click()
    assert now(opened).attachments[0].id == file.id


def drop(bench: Workbench, *paths: Path) -> bool:
    """Drop files on the tab; whether it took them."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), copy, mime, Qt.MouseButton.LeftButton, none)
    enter.ignore()
    bench.patient_room.documents.dragEnterEvent(enter)
    if enter.isAccepted():
        event = QDropEvent(QPointF(5, 5), copy, mime, Qt.MouseButton.LeftButton, none)
        bench.patient_room.documents.dropEvent(event)
    return enter.isAccepted()


def test_dropped_files_are_attached_and_what_is_refused_is_told(
    opened: Workbench, ask: FakeAsk, tmp_path: Path
) -> None:
    opened.patient.show_tab("documents")
    assert drop(opened, written(tmp_path, "scan.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0"), written(tmp_path))
    assert opened.window.said == "Attached 2 files."
    assert sorted(cells(opened)) == ["Holloway, lung function.pdf", "scan.png"]
    drop(opened, written(tmp_path, "letter.pdf", b"MZ\x90 a program"))
    assert opened.window.said.startswith("letter.pdf is none of what can be attached")
    drop(opened, tmp_path)
    assert opened.window.said.endswith("is a folder, not a file.")
    assert len(now(opened).attachments) == 2
    opened.open_patient(OTHER.patient.id)
    assert cells(opened) == []
    ask.answers += ["", "attach"]
    drop(opened, written(tmp_path))
    assert opened.window.said == "Nothing was attached."
    drop(opened, written(tmp_path))
    assert [file.name for file in now(opened, OTHER.patient.id).attachments] == [
        "Holloway, lung function.pdf"
    ]
    assert "Another patient has the very same file" in ask.asked[0][0]


def test_a6_the_tab_holds_nothing_after_it_was_cleared(
    opened: Workbench, ask: FakeAsk, tmp_path: Path
) -> None:
    attachments.add_files(opened.desk, PATIENT, [written(tmp_path)])
    opened.open_patient(PATIENT)
    opened.patient.show_tab("documents")
    assert cells(opened)
    opened.forget()
    assert cells(opened) == []
    assert not root().exists(), "nothing was opened"


def test_a7_a_viewer_reads_and_attaches_nothing(
    opened: Workbench, desk: Desk, ask: FakeAsk, tmp_path: Path
) -> None:
    attachments.add_files(desk, PATIENT, [written(tmp_path)])
    desk.role = "viewer"
    opened.permits.renew()
    opened.open_patient(PATIENT)
    opened.patient.show_tab("documents")
    opened.patient_room.documents.files.table.selectRow(0)
    assert [button(opened, name).isEnabled() for name in ("add_attachment", "export_file", "open_file")] == [
        *(False, False, True)
    ]
    assert not drop(opened, written(tmp_path, "two.pdf"))
