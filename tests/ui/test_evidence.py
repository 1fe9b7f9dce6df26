"""The evidence library by keyboard: words, facets, the table of what was studied, one claim whole."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTextBrowser
from pytestqt.qtbot import QtBot

from ctdild_desktop.clinical.evidence_search import Asked
from ctdild_desktop.ui.evidence.evidence_page import EvidencePage
from ctdild_desktop.ui.workbench import Workbench
from tests.ui.conftest import Keyboard


def listed(page: EvidencePage) -> list[str]:
    model = page.list.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_words_arrows_enter_and_copy(bench: Workbench, keyboard: Keyboard) -> None:
    keyboard.ctrl(Qt.Key.Key_5)
    page = bench.evidence.page
    assert bench.window.shown == "evidence"
    assert keyboard.focus() == "evidence_search"
    assert page.coverage.isVisible()
    keyboard.type("rituximab antisynth")
    assert listed(page)[:2] == ["R15", "R17"]
    assert not page.coverage.isVisible()
    keyboard.press(Qt.Key.Key_Down)
    keyboard.press(Qt.Key.Key_Down)
    assert keyboard.focus() == "evidence_list"
    assert page.pane.claim is not None
    assert page.pane.claim.id == "R17"
    keyboard.ctrl(Qt.Key.Key_C)
    assert QGuiApplication.clipboard().text().startswith("R17. Years after rituximab")
    assert bench.window.said == "Citation of R17 copied."
    keyboard.enter()
    assert keyboard.focus() == "evidence_claim"
    told = page.pane.text.toPlainText()
    for piece in ("Andersson", "24 (of 34", "lines 324–335", "10.1093/rheumatology/kev004", "34 %"):
        assert piece in told
    keyboard.ctrl(Qt.Key.Key_F)
    keyboard.ctrl(Qt.Key.Key_A)
    keyboard.type("xyzzy")
    assert listed(page) == []
    assert page._empty.text.text().startswith("No statement has: xyzzy.")
    assert page.pane.text.toPlainText() == "No statement is chosen."
    keyboard.press(Qt.Key.Key_Escape)
    assert len(listed(page)) > 100
    assert keyboard.focus() == "evidence_search"


def test_rows_are_as_high_as_their_words_at_each_width(qtbot: QtBot, bench: Workbench) -> None:
    bench.window.show_room("evidence")
    page = bench.evidence.page
    page.ask(Asked(check="differs"))
    heights = []
    for wide in (900, 620, 900):
        page._body.setSizes([wide, page._body.width() - wide])
        qtbot.waitUntil(lambda: not page.list._soon.isActive())
        heights.append([page.list.rowHeight(row) for row in range(6)])
        assert heights[-1] == [page.list.sizeHintForRow(row) for row in range(6)]
    assert sum(heights[1]) > sum(heights[0])
    assert heights[2] == heights[0]


def test_the_table_of_what_was_studied_says_what_the_review_lacks(
    bench: Workbench, keyboard: Keyboard
) -> None:
    keyboard.ctrl(Qt.Key.Key_5)
    page = bench.evidence.page
    page.coverage.setFocus()
    cell = page.coverage.currentIndex()
    assert cell.data() == "0 / 3"
    assert cell.data(Qt.ItemDataRole.AccessibleTextRole).startswith("Glucocorticoids, Rheumatoid arthritis")
    keyboard.press(Qt.Key.Key_Right)
    keyboard.enter()
    assert page.asked() == Asked(disease="RA", drug="azathioprine")
    assert page.gap.text() == "The review has no study of azathioprine in rheumatoid arthritis."
    assert listed(page) == ["MG02", "RO01", "RO05"]
    assert keyboard.focus() == "evidence_list"
    keyboard.press(Qt.Key.Key_Escape)
    page.gaps_button.setFocus()
    keyboard.press(Qt.Key.Key_Space)
    assert page.asked().kind == "gap"
    assert "RO03" in listed(page)
    assert "something is not known" in page.pane.text.toPlainText()


def test_links_lead_to_what_changed_a_statement_and_to_the_words_of_a_criterion(
    bench: Workbench, keyboard: Keyboard
) -> None:
    keyboard.ctrl(Qt.Key.Key_5)
    page = bench.evidence.page
    keyboard.type("r32")
    keyboard.press(Qt.Key.Key_Down)
    keyboard.enter()
    pane = page.pane.text
    keyboard.press(Qt.Key.Key_Tab)
    assert isinstance(keyboard.target(), QTextBrowser)
    keyboard.enter()
    assert page.pane.claim is not None
    assert page.pane.claim.id == "P01"
    assert "Changes earlier statements" in pane.toPlainText()
    assert "Dose: Rituximab, 1000 mg × 2" in pane.toPlainText()
    page.show_claim("R15")
    pane.setFocus()
    keyboard.press(Qt.Key.Key_Tab)
    keyboard.enter()
    told = pane.toPlainText()
    assert told.startswith("Response (review)")
    assert "Response thresholds of the source review" in told
    assert "R18" in told


def test_a_study_whose_design_the_program_knows_can_be_asked_for(
    bench: Workbench, keyboard: Keyboard
) -> None:
    asked: list[str] = []
    bench.evidence.study_requested.connect(asked.append)
    bench.window.show_room("evidence")
    page = bench.evidence.page
    page.set_designs({"R10"})
    page.show_claim("R11")
    assert not page.pane.run_button.isVisible()
    page.show_claim("R10")
    assert page.pane.run_button.isVisible()
    keyboard.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked == ["R10"]
    assert bench.window.said == "Asked for by R10 of the evidence."
    keyboard.ctrl(Qt.Key.Key_5)
    page.show_claim("R11")
    keyboard.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked == ["R10"]
