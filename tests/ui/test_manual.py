from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit
from pytestqt.qtbot import QtBot

import ctdild_desktop.ui
from ctdild_desktop.config import SiteSettings
from ctdild_desktop.manual.books import Manual
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.card import Card
from ctdild_desktop.ui.dialogs.form_sheet import FormSheet
from ctdild_desktop.ui.help.context import PAGES, PARTS, START
from ctdild_desktop.ui.help.help_window import HelpWindow
from ctdild_desktop.ui.help.keys_page import KEYS, keys_page
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.pft.pft_sheet import PftSheet
from ctdild_desktop.ui.speaking import speak
from ctdild_desktop.ui.start.start_window import StartWindow
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import fill
from tests.support.fake_ask import FakeAsk
from tests.support.holloway import record as holloway
from tests.ui.conftest import Keyboard

MODIFIER = Qt.KeyboardModifier
WITHOUT_OWN = {
    "ActSheet",
    "HelpWindow",
    "PanelSheet",
    "ProgressCard",
    "RecordSheet",
    "ReportForm",
    "SavedSheet",
    "WaitingCard",
}
"""Classes that are only made as one of those that the manual knows, and the manual itself."""


@pytest.fixture
def spanish() -> Iterator[None]:
    speak(SiteSettings(language="es"))
    yield
    speak(SiteSettings(language="en"))


def _manual(bench: Workbench) -> HelpWindow:
    manual = bench.window.findChild(HelpWindow)
    assert manual is not None
    return manual


def test_f1_opens_the_page_of_the_place_and_esc_gives_the_keyboard_back(
    qtbot: QtBot, bench: Workbench, desk: Desk, keyboard: Keyboard
) -> None:
    fill(desk, holloway())
    bench.open_patient(holloway().patient.id)
    bench.act("log_pft")
    sheet = bench.patient.sheet
    assert isinstance(sheet, PftSheet)
    field = keyboard.target()
    keyboard.type("31")
    keyboard.press(Qt.Key.Key_F1)
    manual = _manual(bench)
    qtbot.waitUntil(manual.isActiveWindow)
    assert manual.shown is not None
    assert (manual.shown.page.source, manual.shown.anchor) == ("guide/en/02-clinic-day.md", "log-pft")
    keyboard.press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: keyboard.target() is field)
    assert isinstance(field, QLineEdit)
    assert field.text().endswith("31"), "what was typed is still there"


def test_pages_are_walked_searched_and_left_by_keys_alone(
    qtbot: QtBot, bench: Workbench, keyboard: Keyboard
) -> None:
    keyboard.press(Qt.Key.Key_F1)
    manual = _manual(bench)
    qtbot.waitUntil(manual.isActiveWindow)
    assert manual.shown is not None
    assert manual.shown.page.source == "guide/en/04-today.md"
    keyboard.ctrl(Qt.Key.Key_F)
    keyboard.line("recovery code")
    assert manual.found.count > 1
    assert "recovery" in manual.page.toPlainText().lower()
    found = manual.shown
    assert manual.page.extraSelections(), "the words are marked"
    keyboard.press(Qt.Key.Key_Left, MODIFIER.AltModifier)
    assert manual.shown.page.source == "guide/en/04-today.md"
    keyboard.press(Qt.Key.Key_Right, MODIFIER.AltModifier)
    assert manual.shown == found
    keyboard.press(Qt.Key.Key_Escape)
    assert manual.isVisible(), "the first Esc leaves the search"
    keyboard.press(Qt.Key.Key_Escape)
    assert not manual.isVisible()


def test_links_lead_on_and_pictures_are_as_wide_as_the_page(bench: Workbench) -> None:
    bench.act("manual")
    manual = _manual(bench)
    manual.open_at(START)
    manual.page.anchorClicked.emit(QUrl("13-keys.md"))
    assert manual.shown is not None
    assert manual.shown.page.source == f"guide/en/{KEYS}"
    assert "Log PFT" in manual.page.toPlainText()
    manual.page.anchorClicked.emit(QUrl("../../administration/06-backup-and-restore.md"))
    assert manual.shown.page.title == "Backup and restore"
    manual.open_at(START)
    name = QUrl("../pictures/en/unlock.png")
    picture = manual.page.loadResource(QTextDocument.ResourceType.ImageResource.value, name)
    assert isinstance(picture, QImage)
    assert 0 < picture.width() <= manual.page.viewport().width()


def test_a_book_becomes_a_pdf_where_the_person_chooses(
    bench: Workbench, ask: FakeAsk, tmp_path: Path
) -> None:
    bench.act("manual")
    manual = _manual(bench)
    manual.open_at("administration.md")
    ask.saves.append(tmp_path / "it.pdf")
    QTest.mouseClick(manual.save_book, Qt.MouseButton.LeftButton)
    with pypdfium2.PdfDocument(tmp_path / "it.pdf") as pdf:
        assert len(pdf) > 3
    assert "it.pdf" in manual.note.text()


def test_before_unlocking_the_manual_opens_about_the_card(
    qtbot: QtBot, qapp: object, closed: Path, ask: FakeAsk
) -> None:
    from ctdild_desktop.ui.help.opening import open_manual

    start = StartWindow(ImmediateRunner(), ask, closed)
    qtbot.addWidget(start)
    start.show()
    with qtbot.waitActive(start):
        start.activateWindow()
    with qtbot.waitSignal(start.help_requested):
        QTest.keyClick(start, Qt.Key.Key_F1)
    manual = open_manual(start, ImmediateRunner(), ask)
    assert manual.shown is not None
    assert (manual.shown.page.source, manual.shown.anchor) == ("guide/en/01-first-start.md", "unlock")


def test_f1_works_in_a_dialog_that_holds_up_the_window(
    qtbot: QtBot, bench: Workbench, keyboard: Keyboard
) -> None:
    bench.act("change_passphrase")
    dialog = next(one for one in bench.window.findChildren(QDialog) if one.isVisible())
    qtbot.waitUntil(lambda: keyboard.target().window() is dialog)
    keyboard.press(Qt.Key.Key_F1)
    manual = dialog.findChild(HelpWindow)
    assert manual is not None
    assert manual.shown is not None
    assert manual.shown.anchor == "people"


@pytest.mark.usefixtures("spanish")
def test_a_page_that_is_not_there_in_the_language_says_so(bench: Workbench) -> None:
    bench.act("manual")
    manual = _manual(bench)
    manual.open_at("clinical-rules.md")
    assert manual.page.toPlainText().startswith("Esta página solo existe en inglés.")
    manual.open_at(f"guide/{KEYS}")
    assert manual.page.toPlainText().startswith("Teclas")


def test_every_room_page_sheet_card_and_dialog_has_its_place_in_the_manual(bench: Workbench) -> None:
    for module in pkgutil.walk_packages(ctdild_desktop.ui.__path__, "ctdild_desktop.ui."):
        importlib.import_module(module.name)

    def below(kind: type) -> Iterator[type]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    kinds = {
        one.__name__
        for kind in (QDialog, FormSheet, Card)
        for one in below(kind)
        if one.__module__.startswith("ctdild_desktop")
    }
    assert kinds - WITHOUT_OWN - set(PARTS) == set(), "say in ui/help/context.py where the guide explains it"
    for act in ("import", "export", "inbox"):
        bench.act(act)
    assert set(bench.window._pages) <= set(PAGES)
    manual = Manual(made={f"guide/en/{KEYS}": keys_page()})
    lost = [address for address in (*PAGES.values(), *PARTS.values()) if manual.find(address) is None]
    assert lost == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_chapter_of_the_keys_is_current(qapp: object, language: str) -> None:
    speak(SiteSettings(language=language))
    try:
        said = keys_page()
    finally:
        speak(SiteSettings(language="en"))
    kept = Manual(language).find(f"guide/{KEYS}")
    assert kept is not None
    assert kept.page.language == language
    assert kept.page.text.strip() == said.strip(), "run .venv/bin/python packaging/guide_keys.py"


def test_nothing_of_the_manual_is_loaded_before_somebody_asks_for_it() -> None:
    told = (
        "import sys, ctdild_desktop.app.program, ctdild_desktop.ui.workbench; "
        "print([one for one in sys.modules if one.startswith(('markdown_it', 'ctdild_desktop.manual', "
        "'ctdild_desktop.ui.help'))])"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
