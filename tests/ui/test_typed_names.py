"""Names of every kind typed and pasted into the real window: kept, shown, found again and opened."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from ctdild_desktop.clinical.typed_text import tidy_line
from ctdild_desktop.services import drafts, patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.search_key import query_words
from ctdild_desktop.ui.search.patient_search import HitModel
from ctdild_desktop.ui.workbench import Workbench
from tests.support.hostile import NAMES
from tests.support.importing import run, write

TYPED = (
    "markup",
    "an image of a share",
    "quotation marks",
    "an apostrophe",
    "a formula",
    "a percent sign",
    "umlauts",
    "Japanese",
    "right to left",
    "no width",
    "many accents",
    "two hundred letters",
)
"""The others go through the services alone, in ``tests/attacks/test_names.py``."""


def paste(keyboard, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    keyboard.ctrl(Qt.Key.Key_V)


@pytest.mark.parametrize("kind", TYPED)
def test_i4_a_name_goes_through_the_form_the_search_and_the_page(
    bench: Workbench, desk: Desk, keyboard, kind: str
) -> None:
    name = NAMES[kind]
    keyboard.ctrl(Qt.Key.Key_N)
    assert keyboard.focus() == "family_name"
    paste(keyboard, name)
    keyboard.enter()
    paste(keyboard, name)
    keyboard.enter()
    keyboard.type("I4-1")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert bench.patient.view is not None
    kept = bench.patient.view.record.patient
    assert (kept.family_name, kept.given_name) == (tidy_line(name), tidy_line(name))
    assert tidy_line(name) in bench.patient.view.header.name
    assert tidy_line(name) not in bench.window.windowTitle()
    bench.window.show_room("patients")
    keyboard.ctrl(Qt.Key.Key_K)
    paste(keyboard, name if query_words(name) else "I4-1")
    assert bench.search.hits.rowCount() == 1
    assert bench.search.hits.index(0).data(HitModel.HIT).id == kept.id
    keyboard.enter()
    assert bench.window.shown == "patient"
    keyboard.ctrl(Qt.Key.Key_V, shift=True)
    for _ in range(20):
        if keyboard.focus() == "note":
            break
        keyboard.enter()
    paste(keyboard, name)
    keyboard.ctrl(Qt.Key.Key_Return)
    (visit,) = patients.load(desk, kept.id).visits
    assert visit.note == name.strip()


def test_what_is_pasted_is_kept_as_the_field_shows_it(bench: Workbench, desk: Desk, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_N)
    paste(keyboard, "Ber\0g\x0bman\nn\u2028son")
    assert keyboard.target().text() == "Ber g man n son"
    keyboard.target().setCursorPosition(5)
    paste(keyboard, "\x1b[")
    assert keyboard.target().text() == "Ber g [ man n son"
    assert keyboard.target().cursorPosition() == 7
    keyboard.press(Qt.Key.Key_Escape)
    kept = drafts.load_draft(desk, "new_patient", None)
    assert kept is not None
    assert kept.payload["family_name"] == "Ber g [ man n son"


def test_what_a_file_brought_is_not_cut_by_the_form_that_edits_it(
    bench: Workbench, desk: Desk, keyboard, tmp_path: Path
) -> None:
    row = {"mrn": "M" * 64, "family_name": "N" * 200, "given_name": "G" * 200, "comment": "c " * 999 + "cc"}
    path = write(
        tmp_path,
        f"{','.join(row)},test_date,fvc_l\n{','.join(row.values())},2024-05-06,2.51\n",
    )
    assert run(desk, path).imported
    found = patients.by_mrn(desk, "M" * 64)
    assert found is not None
    bench.open_patient(found.patient.id)
    keyboard.ctrl(Qt.Key.Key_E)
    bench.patient.sheet.fields["height_cm"].set_text("170")
    keyboard.ctrl(Qt.Key.Key_Return)
    bench.open_record("test", found.tests[0].id)
    bench.patient.sheet.fields["fev1_l"].set_text("2.01")
    keyboard.ctrl(Qt.Key.Key_Return)
    after = patients.load(desk, found.patient.id)
    assert (after.patient.height_cm, after.tests[0].fev1_l) == (Decimal(170), Decimal("2.01"))
    assert (after.patient.mrn, after.patient.family_name) == (row["mrn"], row["family_name"])
    assert (after.patient.given_name, after.tests[0].comment) == (row["given_name"], row["comment"])


def test_a_mark_that_turns_letters_is_refused_at_its_field(bench: Workbench, desk: Desk, keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_N)
    paste(keyboard, "Berg\u202egreB")
    keyboard.ctrl(Qt.Key.Key_Return)
    assert patients.count(desk) == 0
    assert keyboard.focus() == "family_name"
    assert "cannot be seen" in keyboard.target().message
    assert keyboard.target().text() == "Berg\u202egreB"
