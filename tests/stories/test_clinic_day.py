"""A clinic's first day through the real window, hands on the keyboard: nothing clicked, nothing called.

FVC falls from 3.00 L to 2.60 L, 13.3 % of the litres; in % predicted, which falls with age, it is less.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ctdild_desktop.app import Program, dress, log_to_file
from ctdild_desktop.config import Settings
from ctdild_desktop.services import assessment, patients
from ctdild_desktop.ui.all_windows import windows
from ctdild_desktop.ui.jobs import JobRunner
from ctdild_desktop.ui.printing.print_dialog import PrintDialog
from tests.support.fake_ask import FakeAsk

CTRL = Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT = CTRL | Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
PASSPHRASE = "quiet lungs 9"
TESTS = (
    # date, FVC, FEV1, DLCO, Hb
    ("12.03.2024", "3,00", "2.40", "15.0", "131"),
    ("11.06.2024", "2.98", "2.38", "14.9", "130"),
    ("10.09.2024", "2.95", "2.36", "14.6", "129"),
    ("10.12.2024", "2.80", "2.25", "14.0", "130"),
    ("11.03.2025", "2.60", "2.10", "13.4", "131"),
)


class Hands:
    """Two hands on the keyboard: every key goes to whatever has the focus."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until something is to be seen."""
        self._qtbot.waitUntil(condition)

    def look_at(self, window: QWidget) -> None:
        """Turn to a window that has just come up."""
        window.activateWindow()
        self.wait(lambda: QApplication.activeWindow() is window and QApplication.focusWidget() is not None)

    @property
    def focus(self) -> QWidget:
        """Where the next key goes.

        Without a display nobody hands the keyboard back to the window when a pop-up is gone: this does.
        """
        if QApplication.activeWindow() is None:
            shown = (one for one in windows() if one.isVisible())
            self.look_at(QApplication.activeModalWidget() or next(shown))
        widget = QApplication.focusWidget()
        assert widget is not None, "nothing has the focus"
        return widget

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """One key."""
        QTest.keyClick(self.focus, key, modifiers)

    def type(self, text: str) -> None:
        """Letters and digits; QTest knows only those of ASCII, so others come as a keyboard sends them."""
        for letter in text:
            if letter.isascii():
                QTest.keyClicks(self.focus, letter)
            else:
                for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                    QApplication.sendEvent(self.focus, QKeyEvent(kind, 0, NONE, letter))

    def enter(self, *texts: str) -> None:
        """Texts, each ended with Enter."""
        for text in texts:
            self.type(text)
            self.key(Qt.Key.Key_Return)

    def until_field(self, name: str) -> None:
        """Enter until a field of this name has the focus."""
        for _ in range(25):
            if self.field() == name:
                return
            self.key(Qt.Key.Key_Return)
        raise AssertionError(f"{name} is not reached by Enter; the focus is in {self.field()}")

    def field(self) -> str:
        """Name of the field that has the focus."""
        widget: QWidget | None = self.focus
        while widget is not None and not widget.objectName():
            widget = widget.parentWidget()
        return widget.objectName() if widget is not None else ""


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    return tmp_path / "clinic.ctdild"


@pytest.fixture
def hands(qtbot: QtBot) -> Hands:
    return Hands(qtbot)


@pytest.fixture
def programs(
    qapp: QApplication, registry: Path, tmp_path: Path, hands: Hands
) -> Iterator[Callable[[], Program]]:
    """Starts the program as a person does; whatever was started is ended."""
    started: list[Program] = []
    asks = FakeAsk(saves=[tmp_path / "mdt.pdf"])
    asks.set_parent = lambda _parent: None  # type: ignore[attr-defined]  # the door of the real window

    def start() -> Program:
        settings = Settings(registry=registry, login="")
        dress(qapp, settings.site)
        program = Program(qapp, settings, JobRunner(), asks)  # type: ignore[arg-type]
        started.append(program)
        program.begin()
        return program

    yield start
    for program in started:
        leave(program, hands)


@pytest.fixture
def log(private_folders: Path) -> Iterator[logging.Handler]:
    """The log file that the program writes; the root logger is left as it was."""
    before = logging.getLogger().level
    handler = log_to_file()
    yield handler
    logging.getLogger().removeHandler(handler)
    logging.getLogger().setLevel(before)
    handler.close()


def leave(program: Program, hands: Hands) -> None:
    """Close the window and end the program, as quitting does."""
    if program.start is not None:
        program.start.close()
    if program.bench is not None:
        window = program.bench.window
        window.close()
        # it stays until its backup is made
        hands.wait(lambda: not window.isVisible())
    program.end()
    program.bench = None
    program.start = None


def test_first_day(
    hands: Hands,
    programs: Callable[[], Program],
    *,
    registry: Path,
    tmp_path: Path,
    private_folders: Path,
    log: logging.Handler,
) -> None:
    logging.getLogger("ctdild_desktop").info("the day begins")
    program = programs()
    first_run(hands, program)
    new_patient(hands, program)
    for test in TESTS:
        log_test(hands, program, *test)
    add_therapy(hands, program)
    await_start_backup(hands, registry)
    add_adverse_event(hands, program)
    see_verdict(program)
    print_page(hands, program, tmp_path / "mdt.pdf")
    leave(program, hands)
    kept = [file.name for file in (registry.parent / "backups").iterdir()]
    assert sum(name.endswith(" on close.ctdild-backup") for name in kept) == 1
    again = programs()
    reopen(hands, again)
    leave(again, hands)
    log.flush()
    look_for_names(registry, private_folders)


def bench_window(program: Program) -> QWidget:
    assert program.bench is not None
    return program.bench.window


def first_run(hands: Hands, program: Program) -> None:
    start = program.start
    assert start is not None
    hands.look_at(start)
    hands.enter("Anna Example", "anna", PASSPHRASE, PASSPHRASE)
    hands.wait(lambda: hands.field() == "recovery_noted")
    code = next(
        label.text() for label in start.findChildren(QWidget) if label.accessibleName() == "Recovery code"
    )  # type: ignore[attr-defined]
    assert re.fullmatch(r"([A-Z2-7]{4}-){8}[A-Z2-7]{4}", code)
    hands.key(Qt.Key.Key_Space)
    while hands.field() != "start_go":
        hands.key(Qt.Key.Key_Tab)
    hands.key(Qt.Key.Key_Return)
    hands.wait(lambda: program.bench is not None)
    hands.look_at(bench_window(program))


def new_patient(hands: Hands, program: Program) -> None:
    assert program.bench is not None
    page = program.bench.patient
    hands.key(Qt.Key.Key_N, CTRL)
    hands.wait(lambda: hands.field() == "family_name")
    hands.enter("Ångström-Papadopoulou", "Ελένη", "MRN-4711", "05.04.1961")
    hands.type("f")
    assert hands.field() == "height_cm"
    hands.type("164")
    hands.key(Qt.Key.Key_Return, CTRL)
    hands.wait(lambda: page.view is not None and page.isVisible())


def log_test(hands: Hands, program: Program, *values: str) -> None:
    assert program.bench is not None
    page = program.bench.patient
    assert page.view is not None
    before = len(page.view.record.tests)
    hands.key(Qt.Key.Key_T, CTRL)
    hands.wait(lambda: page.sheet is not None and hands.field() == "date")
    date, fvc, fev1, dlco, hb = values
    hands.enter(date, fvc, fev1, dlco, hb)
    hands.until_field("mmrc")
    hands.type("2" if date.endswith("2025") else "1")
    hands.type("w" if date.endswith("2025") else "s")
    if date.endswith("2025"):
        hands.type("n")
    hands.key(Qt.Key.Key_Return, CTRL)
    hands.wait(lambda: page.view is not None and len(page.view.record.tests) == before + 1)
    hands.wait(lambda: page.sheet is None)


def add_therapy(hands: Hands, program: Program) -> None:
    assert program.bench is not None
    page = program.bench.patient
    hands.key(Qt.Key.Key_T, CTRL_SHIFT)
    hands.wait(lambda: hands.field() == "drug")
    hands.enter("mycophenolate mofetil", "04.2024")
    hands.key(Qt.Key.Key_Return, CTRL)
    hands.wait(lambda: page.view is not None and len(page.view.record.therapy) == 1)


def add_adverse_event(hands: Hands, program: Program) -> None:
    assert program.bench is not None
    page = program.bench.patient
    hands.key(Qt.Key.Key_E, CTRL_SHIFT)
    hands.wait(lambda: hands.field() == "term")
    hands.enter("shingles", "11.2024")
    hands.type("2")
    hands.type("n")
    hands.key(Qt.Key.Key_Return, CTRL)
    hands.wait(lambda: page.view is not None and len(page.view.record.adverse_events) == 1)


def see_verdict(program: Program) -> None:
    """The fall of 13.3 % is met, said with both tests, and stands in the strip and the panel."""
    assert program.bench is not None
    page = program.bench.patient
    assert page.view is not None
    answers = {answer.criterion: answer for answer in page.view.assessments}
    met = answers["REVIEW_FVC_DECLINE"]
    assert met.verdict == "MET"
    assert met.evidence[0].baseline.date.isoformat() == "2024-03-12"
    assert met.evidence[0].follow_up.date.isoformat() == "2025-03-11"
    shown = " ".join(chip.accessibleName() for chip in page.strip.findChildren(QWidget))
    assert "FVC fall > 10 %, 24 mo, met, minus 12.6 %" in shown
    assert answers["PPF2022"].verdict == "CANNOT_ASSESS"


def await_start_backup(hands: Hands, registry: Path) -> None:
    """The backup of the start is there: made later, it would leave nothing for one before or after an act."""
    hands.wait(lambda: any("at start" in file.name for file in (registry.parent / "backups").glob("*")))


def print_page(hands: Hands, program: Program, pdf: Path) -> None:
    hands.key(Qt.Key.Key_P, CTRL)
    hands.wait(lambda: hands.field() == "question")
    hands.type("FVC falling on mycophenolate. Second line?")
    assert program.bench is not None
    hands.key(Qt.Key.Key_Return, CTRL)
    hands.wait(lambda: hands.field() == "sheet_view")
    hands.wait(lambda: any(dialog.ready for dialog in program.bench.window.findChildren(PrintDialog)))
    hands.key(Qt.Key.Key_S, CTRL)
    hands.wait(pdf.is_file)
    assert program.bench is not None
    hands.wait(lambda: program.bench is not None and program.bench.patient.sheet is None)
    hands.look_at(bench_window(program))
    document = pypdfium2.PdfDocument(pdf)
    text = document[0].get_textpage().get_text_bounded()
    pages = len(document)
    document.close()
    assert pages == 1
    for words in (
        "ÅNGSTRÖM-PAPADOPOULOU, Ελένη",
        "MRN-4711",
        "FVC falling on mycophenolate. Second line?",
        "FVC > 10 %",
        "MET",
        "2.60",
        "shingles",
    ):
        assert words.casefold() in text.casefold(), words


def reopen(hands: Hands, program: Program) -> None:
    start = program.start
    assert start is not None
    hands.look_at(start)
    hands.wait(lambda: hands.field() in {"unlock_login", "unlock_passphrase"})
    if hands.field() == "unlock_login":
        hands.enter("anna")
    hands.enter(PASSPHRASE)
    hands.wait(lambda: program.bench is not None)
    hands.look_at(bench_window(program))
    assert program.bench is not None
    page = program.bench.patient
    hands.key(Qt.Key.Key_K, CTRL)
    hands.type("papadop")
    hands.wait(lambda: program.bench is not None and program.bench.search.hits.rowCount() == 1)
    hands.key(Qt.Key.Key_Return)
    hands.wait(lambda: page.view is not None)
    assert page.view is not None
    record = page.view.record
    assert [str(test.fvc_l) for test in record.tests] == ["3.00", "2.98", "2.95", "2.80", "2.60"]
    assert [str(test.hb_g_l) for test in record.tests] == ["131", "130", "129", "130", "131"]
    assert [(line.drug, str(line.start)) for line in record.therapy] == [("mycophenolate", "2024-04")]
    assert [(event.term, event.grade) for event in record.adverse_events] == [("shingles", 2)]
    saved = patients.by_mrn(program.bench.desk, "MRN-4711")
    assert saved is not None
    assert assessment.assess(saved)[0].verdict == "MET"


def look_for_names(registry: Path, home: Path) -> None:
    """No byte of who the patient is stands in any file that the day left, but for the page asked for."""
    kept = [file for folder in (registry.parent, home) for file in folder.rglob("*") if file.is_file()]
    assert registry in kept
    (log,) = [file for file in kept if file.name == "ctdild.log"]
    assert "the day begins" in log.read_text(encoding="utf-8")
    for file in kept:
        if file.suffix == ".pdf":
            continue
        held = file.read_bytes()
        for secret in ("Papadopoulou", "MRN-4711", "Ελένη"):
            assert secret.encode() not in held, file.name
            assert secret.encode("utf-16-le") not in held, file.name
