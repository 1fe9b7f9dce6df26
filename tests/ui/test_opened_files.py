"""E2, A6: of the files that another program shows nothing is left after a lock, closing or a kill."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ctdild_desktop.app import Program
from ctdild_desktop.config import Settings
from ctdild_desktop.services import attachments
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.private_copies import root
from ctdild_desktop.ui.dialogs.ask import WindowAsk
from ctdild_desktop.ui.jobs import ImmediateRunner
from tests.services.test_attachments import PDF, written
from tests.support.desks import LOGIN, PASSPHRASE, fill
from tests.support.holloway import record as holloway
from tests.support.programs import end

_KILLED = """
import os, signal
from ctdild_desktop.services.private_copies import PrivateCopies
PrivateCopies().keep("letter.pdf", b"a sentinel of a patient")
os.kill(os.getpid(), signal.SIGKILL)
"""


class Asking(WindowAsk):
    """Asks as the program does, and keeps what another program would show."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Path] = []

    def show_file(self, file: Path) -> bool:
        self.shown.append(file)
        return True


@pytest.fixture
def program(qtbot: QtBot, qapp: QApplication, desk: Desk, tmp_path: Path) -> Iterator[Program]:
    fill(desk, holloway())
    attachments.add_files(desk, holloway().patient.id, [written(tmp_path)])
    path = desk.registry.path
    desk.close()
    settings = Settings(registry=path, login=LOGIN, source=tmp_path / "settings.toml")
    made = Program(qapp, settings, ImmediateRunner(), Asking())
    yield made
    end(made)


def opened(program: Program) -> Path:
    """Unlock, open the file of the patient, and say where its copy is."""
    program.begin(login=LOGIN, passphrase=PASSPHRASE)
    bench = program.bench
    assert bench is not None
    bench.open_patient(holloway().patient.id)
    bench.patient.show_tab("documents")
    table = bench.patient_room.documents.files.table
    table.selectRow(0)
    table.record_activated.emit("attachment", "")
    assert isinstance(program._ask, Asking)
    (copy,) = program._ask.shown
    assert copy.read_bytes() == PDF
    return copy


def left() -> list[str]:
    return [path.name for path in root().rglob("*")]


def test_a6_e2_no_file_of_a_patient_is_left_after_a_lock(program: Program) -> None:
    copy = opened(program)
    assert left()
    program.lock()
    assert not copy.exists()
    assert left() == []


def test_a6_e2_no_file_of_a_patient_is_left_after_closing(program: Program) -> None:
    copy = opened(program)
    end(program)
    assert not copy.exists()
    assert left() == []


def test_e2_no_file_of_a_patient_is_left_after_a_kill_and_a_new_start(program: Program, qtbot: QtBot) -> None:
    killed = subprocess.run([sys.executable, "-c", _KILLED], check=False)
    assert killed.returncode == -9
    assert "letter.pdf" in left()
    program.begin()
    qtbot.waitUntil(lambda: left() == [])
