"""The report of quality by keyboard: what lacks, the records behind it, there and back, paper and file."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from ctdild_desktop.clinical.quality.report import Counts
from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.registry.models import AuditRow
from ctdild_desktop.services import patients, quality
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.progress import CancelledError
from ctdild_desktop.ui.patients.patient_form import PatientForm
from ctdild_desktop.ui.pft.pft_sheet import PftSheet
from ctdild_desktop.ui.quality.bar import widths
from ctdild_desktop.ui.quality.quality_page import QualityPage
from ctdild_desktop.ui.workbench import Workbench
from tests.support import quality_registry as small
from tests.support.desks import fill
from tests.support.fake_ask import FakeAsk

NAMES = ("Alpha", "ALPHA", "Ánna", "Beta", "Q-1", "Q-2", "Q-3", "Q-4")


@pytest.fixture
def page(bench: Workbench, desk: Desk, keyboard: Any) -> QualityPage:
    """The page of the small registry, opened by its key."""
    fill(desk, *small.EVERYBODY)
    keyboard.press(Qt.Key.Key_F4)
    assert bench.window.shown == "quality"
    return bench.registry.quality.page


def rows(page: QualityPage) -> dict[str, tuple[str, ...]]:
    """The lines in sight by their label, the first of each name."""
    model = page.lines.model()
    found: dict[str, tuple[str, ...]] = {}
    for row in range(model.rowCount()):
        texts = [str(model.index(row, column).data()) for column in range(model.columnCount())]
        found.setdefault(texts[1], tuple(texts[2:7]))
    return found


def part(page: QualityPage, name: str) -> None:
    button = page.head.part.findChild(QToolButton, f"quality_part_{name}")
    assert button is not None
    button.click()


def choose(page: QualityPage, keyboard: Any, label: str) -> None:
    """Go down to a line by the arrow key."""
    model = page.lines.model()
    keyboard.press(Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    while model.index(page.lines.currentIndex().row(), 1).data() != label:
        before = page.lines.currentIndex().row()
        keyboard.press(Qt.Key.Key_Down)
        assert page.lines.currentIndex().row() > before, f"no line {label}"


def told(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def test_from_a_number_to_the_record_and_back(bench: Workbench, page: QualityPage, keyboard: Any) -> None:
    assert rows(page)["sex at birth"] == ("3", "1", "0", "2", "33.3 %")
    assert page.head.facts.text().startswith("3 of 4 patients · read 12.03.2026")
    page.head.lacking.setChecked(True)
    assert "birth date" not in rows(page)  # nothing of it lacks
    page.lines.setFocus()
    choose(page, keyboard, "FEV1")
    assert "each test" in page.findChild(type(page.head.facts), "quality_definition").text()
    keyboard.enter()
    assert keyboard.focus() == "quality_records"
    assert page.records.model().index(0, 0).data() == "BETA · Q-2"
    keyboard.enter()
    assert bench.window.shown == "patient"
    assert bench.patient.patient_id == small.BETA
    sheet = bench.patient.sheet
    assert isinstance(sheet, PftSheet)
    assert sheet.shown_record().id == small.AFTER_DEATH
    assert bench.window.said == "Opened from the report of quality."
    keyboard.press(Qt.Key.Key_F4)
    assert bench.window.shown == "quality"
    assert keyboard.focus() == "quality_records"
    keyboard.press(Qt.Key.Key_Escape)
    assert keyboard.focus() == "quality_lines"
    assert page.lines.model().index(page.lines.currentIndex().row(), 1).data() == "FEV1"
    keyboard.press(Qt.Key.Key_Escape)
    assert bench.window.shown == "registry"


def test_what_a_patient_lacks_opens_the_details_and_what_was_found_says_why(
    bench: Workbench, page: QualityPage, keyboard: Any
) -> None:
    choose(page, keyboard, "smoking")
    keyboard.enter(2)
    assert bench.patient.patient_id == small.BETA
    assert isinstance(bench.patient.sheet, PatientForm)
    keyboard.press(Qt.Key.Key_F4)
    part(page, "plausibility")
    assert rows(page)["FEV1 larger than FVC"] == ("4", "2", "1", "1", "25.0 %")
    page.lines.setFocus()
    choose(page, keyboard, "FEV1 larger than FVC")
    model = page.records.model()
    assert [model.index(0, column).data() for column in range(4)] == [
        "ALPHA, Ánna · Q-1",
        "PFT",
        "10.07.2024",
        "FEV1 2.50 L is larger than FVC 2.30 L.",
    ]
    part(page, "left_out")
    assert page.lines.model().index(0, 1).data() == "1"
    assert page.records.model().index(0, 0).data() == "DELTA · Q-4"


def test_a_period_is_chosen_and_its_records_are_shown(page: QualityPage, keyboard: Any) -> None:
    choose(page, keyboard, "FVC")
    periods = page.periods.model()
    assert [periods.index(row, 0).data() for row in range(periods.rowCount())] == [
        "whole period",
        "2024",
        "2025",
        "2026",
    ]
    page.periods.setFocus()
    keyboard.press(Qt.Key.Key_Down)
    keyboard.press(Qt.Key.Key_Down)
    assert page.records.model().rowCount() == 1  # of 2025: one was not done, and B's has a value
    page.head.since.setFocus()
    keyboard.line("1.1.2026")
    assert rows(page)["FVC"][:4] == ("1", "1", "0", "0")
    page.head.until.setFocus()
    keyboard.line("1.1.2025")
    assert page.head.problem.text() == "Write a first day and a last day that is not before it."
    page.head.until.clear()
    keyboard.type("2.1.2026")
    keyboard.press(Qt.Key.Key_Tab)  # the numbers are those of the days in sight, without Enter too
    assert (page.head.problem.text(), rows(page)["FVC"][0]) == ("", "0")


def test_that_the_registry_has_changed_is_said_until_it_is_read_again(
    bench: Workbench, page: QualityPage, desk: Desk, keyboard: Any
) -> None:
    since = "The registry was changed since: read again (Ctrl+U)."
    assert since not in page.head.facts.text()
    bench.announce(patients.add_patient(desk, Patient(id="", mrn="Q-9", family_name="Omega")))
    assert page.head.facts.text().endswith(since)
    page.head.since.setFocus()
    keyboard.type("01.01.2020")
    keyboard.enter()
    assert page.head.facts.text().endswith(since)  # another span of what was read before
    keyboard.ctrl(Qt.Key.Key_U)
    assert since not in page.head.facts.text()
    assert "of 5 patients" in page.head.facts.text()


def test_paper_and_file_have_the_numbers_and_no_name_unless_asked(
    bench: Workbench, page: QualityPage, keyboard: Any, ask: FakeAsk, tmp_path: Path
) -> None:
    desk = bench.desk
    ask.saves.append(tmp_path / "numbers.csv")
    page.head.file_button.click()
    content = (tmp_path / "numbers.csv").read_text("utf-8-sig")
    assert bench.window.said == "Written, not encrypted: numbers.csv."
    whole = {
        row["id"]: row for row in csv.DictReader(io.StringIO(content, newline="")) if row["period"] == "whole"
    }
    assert (whole["test_fvc"]["expected"], whole["test_fvc"]["missing"]) == ("5", "0")
    assert not any(name in content for name in NAMES)
    printed = []
    bench.printing.show = lambda printout, then=None: printed.append(printout)  # type: ignore[method-assign]
    keyboard.ctrl(Qt.Key.Key_P)
    page.head.names.setChecked(True)
    keyboard.ctrl(Qt.Key.Key_P)
    pages = []
    for at, printout in enumerate(printed):
        path = tmp_path / f"{at}.pdf"
        path.write_bytes(printout.make("A4", ()))
        pages.append(told(path))
    assert not any(name in pages[0] for name in NAMES)
    assert printed[0].note == "Counts alone: no name and no record number."
    assert "BETA · Q-2" in pages[1]
    assert "Patient: sex at birth" in pages[0].replace("\r\n", " ")
    with desk.registry.read() as session:
        events = session.query(AuditRow).filter_by(op="event").order_by(AuditRow.seq)
        noted = [(one.row_id, json.loads(one.new or "{}").get("what")) for one in events]
    assert noted.count(("export", "quality_counts")) == 1
    assert noted.count(("listed", "quality")) == 1  # the page with names alone


def test_an_empty_registry_says_so_and_stopped_reading_shows_nothing(
    bench: Workbench, keyboard: Any, monkeypatch: pytest.MonkeyPatch, desk: Desk
) -> None:
    def stopped(*_given: object) -> None:
        raise CancelledError

    with monkeypatch.context() as patched:
        patched.setattr(quality, "read", stopped)
        keyboard.press(Qt.Key.Key_F4)
    page = bench.registry.quality.page
    assert bench.window.said == "Stopped; nothing was changed."
    assert page._empty.title.text() == "Nothing was read yet."
    keyboard.ctrl(Qt.Key.Key_U)
    assert page._empty.title.text() == "The registry has no patients yet: there is nothing to count."
    assert not page.head.print_button.isEnabled()
    fill(desk, small.gamma)
    keyboard.ctrl(Qt.Key.Key_U)
    assert not page._empty.isVisible()
    assert page.lines.isVisible()


@pytest.mark.parametrize(
    ("counts", "drawn"),
    [
        (Counts(1, 1, 2), (25.0, 25.0, 50.0)),
        (Counts(999, 0, 1), (98.0, 0.0, 2.0)),  # one of a thousand is still seen
        (Counts(0, 0, 3), (0.0, 0.0, 100.0)),
    ],
)
def test_each_part_of_a_bar_that_is_there_is_seen(counts: Counts, drawn: tuple[float, ...]) -> None:
    assert widths(counts, 100.0) == pytest.approx(drawn)
