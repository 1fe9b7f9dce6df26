"""About, the licences and the diagnostic bundle by keyboard; the bundle before unlocking and after a bug."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from ctdild_desktop import __version__
from ctdild_desktop.app.telling import tell_bug
from ctdild_desktop.build import this_build
from ctdild_desktop.licences import Carried, Licences
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.registry import licences_dialog
from ctdild_desktop.ui.registry.about_dialog import AboutDialog
from ctdild_desktop.ui.registry.licences_dialog import LicencesDialog
from ctdild_desktop.ui.start.start_window import StartWindow
from ctdild_desktop.ui.support.bundle_sheet import BundleSheet
from ctdild_desktop.ui.widgets.check_box import CheckBox
from ctdild_desktop.ui.workbench import Workbench
from tests.support.fake_ask import FakeAsk
from tests.support.starting import show

FILES = ["read-me.txt", "program.txt", "computer.txt", "settings.txt", "registry.txt", "log.txt"]


def press(widget: QWidget, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(widget, key)


def opened(qtbot: QtBot, open_it: Callable[[], None], window: QWidget) -> BundleSheet:
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    open_it()
    sheet = window.findChild(BundleSheet)
    assert sheet is not None
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), CheckBox))
    return sheet


def test_the_bundle_is_read_thinned_out_and_written_by_keyboard(
    qtbot: QtBot, bench: Workbench, tmp_path: Path
) -> None:
    ask = bench.ask
    assert isinstance(ask, FakeAsk)
    ask.saves.append(tmp_path / "bundle.zip")
    sheet = opened(qtbot, lambda: bench.act("diagnosis"), bench.window)
    read = []
    for _file in FILES:
        box = QApplication.focusWidget()
        assert isinstance(box, CheckBox)
        read.append(box.text())
        assert sheet.shown.toPlainText() == next(p.text for p in sheet.chosen() if p.name == box.text())
        if box.text() == "log.txt":
            press(box, Qt.Key.Key_Space)
        press(box, Qt.Key.Key_Tab)
    assert read == FILES
    assert QApplication.focusWidget() is sheet.shown
    press(sheet.shown, Qt.Key.Key_Tab)
    QTest.keyClicks(QApplication.focusWidget(), "It does not print.")
    press(sheet.note, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is sheet.write
    expected = {part.name: part.text for part in sheet.chosen()}
    press(sheet.write, Qt.Key.Key_Space)
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        assert {name: archive.read(name).decode() for name in archive.namelist()} == expected
    assert list(expected) == [*FILES[:-1], "note.txt"]
    assert "state: open" in expected["registry.txt"]
    assert "screen 1: " in expected["computer.txt"]
    assert ask.suggested[0].name.startswith("ctdild-diagnosis-")
    assert "bundle.zip" in sheet.said.text()
    press(sheet.folder, Qt.Key.Key_Space)
    assert ask.folders == [tmp_path]


def test_nothing_is_written_when_the_dialog_is_left_or_the_place_takes_nothing(
    qtbot: QtBot, tmp_path: Path
) -> None:
    ask = FakeAsk(saves=[tmp_path / "nowhere" / "bundle.zip"])
    sheet = BundleSheet(ImmediateRunner(), ask)
    qtbot.addWidget(sheet)
    sheet.show()
    sheet.write.click()
    assert sheet.said.text()
    assert not sheet.folder.isVisible()
    for box in sheet.findChildren(CheckBox):
        box.setChecked(False)
    assert not sheet.write.isEnabled()
    assert list(tmp_path.iterdir()) == []


def test_the_bundle_can_be_had_before_unlocking(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "Novalis.ctdild"
    path.write_bytes(b"damaged " * 1024)
    path.with_name("Novalis.ctdild.keys").write_text("{}")
    window = show(qtbot, StartWindow(ImmediateRunner(), FakeAsk(), path, login="amsel"))
    window.card.findChild(QWidget, "unlock_passphrase").setText("a quiet passphrase")  # type: ignore[attr-defined]
    window.card.go.click()
    sheet = opened(qtbot, window.show_bundle, window)
    (registry,) = (part.text for part in sheet.chosen() if part.name == "registry.txt")
    assert "state: does not open: " in registry
    assert "Error" in registry
    assert "Novalis" not in "".join(part.text for part in sheet.chosen())
    sheet.close()


def test_after_a_bug_the_bundle_is_offered(qtbot: QtBot, bench: Workbench) -> None:
    ask = FakeAsk()
    tell_bug("Something went wrong.", bench, None, bench.runner, ask)
    assert ask.errors == ["Something went wrong. What you typed is kept as a draft."]
    ((words, offer),) = ask.offers
    assert "bundle" in words
    sheet = opened(qtbot, offer, bench.window)
    assert [part.name for part in sheet.chosen()] == FILES


def test_about_tells_the_build_and_copies_it(qtbot: QtBot, bench: Workbench) -> None:
    bench.window.show()
    bench.act("about")
    about = bench.window.findChild(AboutDialog)
    assert about is not None
    texts = [label.text() for label in about.findChildren(QLabel)]
    assert sum("not a medical device" in text for text in texts) == 1
    about.copy.click()
    copied = QApplication.clipboard().text()
    assert f"Version: {__version__}" in copied
    assert this_build().commit in copied
    for name in ("Build: ", "Python: ", "Qt: ", "SQLite: ", "SQLCipher: ", "System: "):
        assert name in copied
    about.close()


def test_the_licences_are_read_by_keyboard(
    qtbot: QtBot, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = (
        Carried("Qt", "6.11.3", "LGPL-3.0-only", "https://download.qt.io/", "PySide6", "A notice.", ("L",)),
        Carried("SQLite", "3.53.4", "blessing", "https://sqlite.org/", "sqlcipher3"),
    )
    monkeypatch.setattr(licences_dialog.licences, "carried", lambda: Licences(parts, {"L": "The licence."}))
    with qtbot.waitActive(bench.window):
        bench.window.show()
        bench.window.activateWindow()
    bench.act("about")
    about = bench.window.findChild(AboutDialog)
    assert about is not None
    about.licences.click()
    dialog = bench.window.findChild(LicencesDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: QApplication.focusWidget() is dialog.table)
    assert dialog.text.toPlainText() == "A notice.\n\nSource: https://download.qt.io/\n\nThe licence.\n"
    press(dialog.table, Qt.Key.Key_Down)
    assert "https://sqlite.org/" in dialog.text.toPlainText()
    press(dialog.table, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is dialog.text
    press(dialog.text, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
