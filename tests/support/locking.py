"""A program that is signed in, with a secret to look for, and the way to lock it and come back."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ctdild_desktop.app import Program
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.config import Settings, UpkeepSettings
from ctdild_desktop.services import patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.ask import WindowAsk
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.patients.patient_form import PatientForm
from ctdild_desktop.ui.start.unlock_card import UnlockCard
from tests.support.desks import LOGIN, PASSPHRASE, as_user, fill
from tests.support.holloway import record as holloway
from tests.support.programs import end
from tests.ui.test_idle import Seconds


class Secret:
    """A name and number that are nowhere in the source, so that finding them means that they leaked."""

    def __init__(self) -> None:
        token = secrets.token_hex(5)
        self.letters = [f"Q{token}", f"7{secrets.randbelow(10**9):09}"]

    def record(self) -> PatientRecord:
        known = holloway()
        name, mrn = self.letters
        return replace(known, patient=replace(known.patient, family_name=name, mrn=mrn))

    def within(self, text: str) -> bool:
        folded = text.casefold()
        return any(word.casefold() in folded for word in self.letters)


def signed_in(
    qapp: QApplication, desk: Desk, secret: Secret, seconds: Seconds, folder: Path
) -> Iterator[Program]:
    """The program with its window open on a registry that holds the secret; closed afterwards."""
    fill(desk, secret.record())
    as_user(desk, "brandt", "B. Brandt", "recorder")
    path = desk.registry.path
    desk.close()
    settings = Settings(
        registry=path,
        login=LOGIN,
        source=folder / "settings.toml",
        upkeep=UpkeepSettings(lock_minutes=5),
    )
    made = Program(qapp, settings, ImmediateRunner(), WindowAsk(), clock=seconds)
    made.begin(login=LOGIN, passphrase=PASSPHRASE)
    yield made
    end(made)


def patient_id(program: Program) -> str:
    """The one patient of the registry."""
    assert program.bench is not None
    return patients.list_patients(program.bench.desk)[0].id


def work(program: Program, secret: Secret, keyboard: Any) -> None:
    """Leave the secret wherever a working day leaves it."""
    bench = program.bench
    assert bench is not None
    bench.open_patient(patient_id(program))
    keyboard.ctrl(Qt.Key.Key_V, shift=True)
    keyboard.line("10.3")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert "Saved visit" in bench.window.said
    bench.window.show_room("patients")
    bench.act("log")
    assert any(secret.within(entry.about) for entry in bench.registry.log.acts.acts.entries)
    bench.open_patient(patient_id(program))
    bench.act("history")
    assert secret.within(bench.patient_room.history.acts.acts.entries[-1].text)
    bench.act("edit_patient")
    assert isinstance(bench.patient.sheet, PatientForm)
    bench.patient.sheet.fields["family_name"].selectAll()
    bench.patient.sheet.fields["family_name"].copy()
    keyboard.ctrl(Qt.Key.Key_K)
    keyboard.type(secret.letters[0][:4])
    assert bench.search.hits.rowCount() == 1
    bench.act("log_pft")
    keyboard.enter()
    keyboard.type("2.24")


def unlock(program: Program, login: str, passphrase: str, qtbot: QtBot) -> None:
    """Sign in at the lock screen."""
    start = program.start
    assert start is not None
    assert isinstance(start.card, UnlockCard)
    start.card.login.setText(login)
    start.card.passphrase.setText(passphrase)
    start.card.go.click()
    qtbot.waitUntil(lambda: program.bench is not None)
