"""The answer of an analysis on the screen: running, cancelling, out of date, copying, pictures as files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ctdild_desktop.registry.models import AuditRow
from ctdild_desktop.services.cohort.analyses import Options
from ctdild_desktop.services.cohort.answer import Answer
from ctdild_desktop.services.desk import Desk, RefusedError
from ctdild_desktop.services.progress import Progress
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.cohort.design_list import DesignList
from ctdild_desktop.ui.cohort.result_pane import ResultPane
from ctdild_desktop.ui.cohort.steps_view import StepsView
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.printing.sheets import Printout
from tests.support import answers
from tests.support.fake_ask import FakeAsk
from tests.support.late_runner import LateRunner


@pytest.fixture
def runner() -> LateRunner:
    return LateRunner(all_wait=True)


@pytest.fixture
def pane(qtbot: QtBot, qapp: QApplication, desk: Desk, runner: LateRunner, ask: FakeAsk) -> ResultPane:
    theme.apply(qapp, "light")
    made = ResultPane(desk, runner, ask)
    qtbot.addWidget(made)
    made.resize(1000, 640)
    made.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    return made


def text_of(pane: ResultPane, name: str) -> str:
    label = pane.findChild(QLabel, name)
    assert label is not None, name
    return label.text()


def test_the_last_that_was_asked_for_is_shown(pane: ResultPane, runner: LateRunner) -> None:
    assert pane.empty.isVisible()
    shown: list[Answer] = []
    pane.answered.connect(shown.append)

    def slow(progress: Progress) -> Answer:
        progress.step(1, 2)
        return answers.empty()

    pane.run(slow)
    assert pane.strip.isVisible()
    pane.run(lambda _progress: answers.typical())
    runner.go_on()  # the first was stopped, and nothing of it is shown
    assert (pane.answer, shown, pane.strip.isVisible()) == (None, [], True)
    runner.go_on()
    assert (shown, pane.strip.isVisible(), pane.empty.isVisible()) == ([answers.typical()], False, False)
    assert pane.head.title.text() == "What rituximab did"
    assert pane.head.facts.text().endswith("0.4 s · CTD antisynthetase syndrome")
    assert "Stable counts as a success." in text_of(pane, "answer_caveats")
    assert text_of(pane, "answer_command") == answers.MADE.command
    assert pane.head.evidence_button.text() == "Evi&dence R09, R10, R17…"


def test_cancelling_keeps_the_last_answer_pale_and_out_of_date(
    qtbot: QtBot, pane: ResultPane, runner: LateRunner
) -> None:
    pane.show_answer(answers.typical())
    pane.set_out_of_date()
    assert pane.head.outdated.text() == "out of date: run again (Ctrl+U)"
    table = pane.body.tables[0]
    assert table.answer_model.data(table.answer_model.index(0, 0), Qt.ItemDataRole.ForegroundRole) == QColor(
        theme.tokens().text3
    )

    def slow(progress: Progress) -> Answer:
        progress.step(1, 2)
        return answers.empty()

    pane.run(slow)
    qtbot.keyClick(pane, Qt.Key.Key_Escape)
    runner.go_on()
    assert (pane.answer, pane.outdated, pane.strip.isVisible()) == (answers.typical(), True, False)
    pane.run(lambda _progress: answers.typical())
    runner.go_on()
    assert (pane.outdated, pane.head.outdated.isVisible()) == (False, False)


def test_escape_stops_an_analysis_from_beside_its_answer(
    qtbot: QtBot, desk: Desk, runner: LateRunner, ask: FakeAsk, keyboard: Any
) -> None:
    window, beside, pane = QWidget(), QLineEdit(), ResultPane(desk, runner, ask)
    row = QHBoxLayout(window)
    row.addWidget(beside)
    row.addWidget(pane)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    beside.setFocus()

    def slow(progress: Progress) -> Answer:
        progress.step(1, 2)
        return answers.typical()

    pane.run(slow)
    keyboard.press(Qt.Key.Key_Escape)
    runner.go_on()
    assert (pane.answer, pane.strip.isVisible()) == (None, False)


def test_a_refusal_is_said_and_the_answer_stays(pane: ResultPane, runner: LateRunner) -> None:
    said: list[str] = []
    pane.said.connect(said.append)
    pane.show_answer(answers.typical())

    def refuse(_progress: Progress) -> Answer:
        raise RefusedError("Choose the drug.")

    pane.run(refuse)
    runner.go_on()
    assert (said, pane.answer, pane.strip.isVisible()) == (["Choose the drug."], answers.typical(), False)


def test_nobody_is_said_with_the_way_to_those_left_out(pane: ResultPane) -> None:
    pane.show_answer(answers.empty())
    assert text_of(pane, "answer_nobody_words") == "0 of 24 can be analysed: 17 have no test before."
    listed: list[Any] = []
    pane.patients_requested.connect(lambda why, ids: listed.append((why, ids)))
    pane.nobody_button.click()
    assert listed == [
        ("no visit in the 6 months up to the start; the drug was not begun on a known day", ("p1", "p2"))
    ]
    pane.show_answer(answers.typical())
    assert not pane.nobody_button.isVisible()


def test_rows_and_tables_are_copied_for_a_spreadsheet(qtbot: QtBot, pane: ResultPane, keyboard: Any) -> None:
    pane.show_answer(answers.typical())
    rates = pane.body.tables[1]
    rates.setFocus()
    rates.setCurrentIndex(rates.answer_model.index(0, 0))
    keyboard.ctrl(Qt.Key.Key_C)
    assert QGuiApplication.clipboard().text() == "'=infection\t3\t4.1\t0.8 to 12.0"
    pane.head.copy_button.click()  # the table in hand, whole
    assert QGuiApplication.clipboard().text().splitlines() == [
        "Event\tn\tper 100 patient-years\t95 % interval",
        "'=infection\t3\t4.1\t0.8 to 12.0",
        "any\t9\t12.3\t5.6 to 23.4",
    ]
    button = pane.findChild(QPushButton, "answer_copy_command")
    assert button is not None
    button.click()
    assert QGuiApplication.clipboard().text() == answers.MADE.command


@pytest.mark.parametrize("width", [620, 1000, 1500])
def test_tables_have_every_row_in_sight_and_numbers_whole(pane: ResultPane, width: int) -> None:
    pane.resize(width, 640)
    pane.show_answer(answers.typical())
    QApplication.processEvents()
    for table in pane.body.tables:
        assert (
            sum(table.columnWidth(at) for at in range(len(table.result.columns))) <= table.viewport().width()
        )
        assert table.verticalHeader().length() <= table.viewport().height()
        for at, column in enumerate(table.result.columns):
            widest = max(table.fontMetrics().horizontalAdvance(cells[at].text) for cells in table.result.rows)
            assert not column.number or table.columnWidth(at) >= widest + 10
    first, second = pane.body.charts
    beside = first.y() == second.y() and first.geometry().right() < second.geometry().left()
    assert beside == (width > 800)


def test_a_picture_is_noted_copied_and_written_whole(
    pane: ResultPane, runner: LateRunner, desk: Desk, ask: FakeAsk, tmp_path: Path
) -> None:
    pane.show_answer(answers.typical())
    said: list[str] = []
    pane.said.connect(said.append)
    pane.body.charts[0].picture_requested.emit("clipboard")
    runner.go_on_to_the_end()
    assert QGuiApplication.clipboard().image().width() > 1000
    assert said == ["The picture is copied; it names nobody."]
    for form in ("png", "svg"):
        ask.saves.append(tmp_path / f"picture.{form}")
        pane.body.charts[0].picture_requested.emit(form)
        runner.go_on_to_the_end()
    assert ask.suggested[0].name == "cohort-pre-post-2026-03-12.png"
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
    assert "registry 5f1c9ad20be84477" in (tmp_path / "picture.svg").read_text(encoding="utf-8")
    with desk.registry.read() as session:
        events = session.query(AuditRow).filter_by(op="event").order_by(AuditRow.seq)
        notes = [json.loads(one.new or "{}") for one in events if one.row_id == "export"]
    assert [(note["what"], note["form"]) for note in notes] == [
        ("cohort_chart", "clipboard"),
        ("cohort_chart", "png"),
        ("cohort_chart", "svg"),
    ]


def test_steps_list_their_patients_by_enter(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    view = StepsView()
    qtbot.addWidget(view)
    view.resize(300, 200)
    view.show_steps(answers.STEPS)
    listed: list[Any] = []
    view.patients_requested.connect(lambda why, ids: listed.append((why, ids)))
    model = view.list.model()
    assert [model.index(at, 0).data() for at in range(4)] == [
        "412 in the registry",
        "24 chosen",
        "7 left out: no visit 6 to 12 months before or after the start",
        "17 analysed",
    ]
    for at in range(4):
        view.list.setCurrentIndex(model.index(at, 0))
        qtbot.keyClick(view.list, Qt.Key.Key_Return)
    assert listed == [
        ("chosen", ("p1", "p2", "p3", "p4")),
        ("no visit 6 to 12 months before or after the start", ("p4",)),
        ("analysed", ("p1", "p2", "p3")),
    ]
    view.clear()
    assert view.list.isHidden()


def test_paper_and_file_have_the_answer_and_are_noted(
    pane: ResultPane, runner: LateRunner, desk: Desk, ask: FakeAsk, tmp_path: Path
) -> None:
    pane.show_answer(answers.typical())
    printed: list[Printout] = []
    pane.print_requested.connect(printed.append)
    pane.head.print_button.click()
    ask.saves.append(tmp_path / "tables.csv")
    pane.head.file_button.click()
    runner.go_on_to_the_end()
    assert printed[0].file_name == "cohort-pre-post-2026-03-12.pdf"
    with pypdfium2.PdfDocument(printed[0].make("A4", ())) as document:
        told = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    assert "What rituximab did" in told
    assert "ctdild cohort pre-post" in told
    assert ask.suggested[-1].name == "cohort-pre-post-2026-03-12.csv"
    content = (tmp_path / "tables.csv").read_text("utf-8-sig")
    assert "Andersson 2015" in content
    with desk.registry.read() as session:
        events = session.query(AuditRow).filter_by(op="event").order_by(AuditRow.seq)
        notes = [json.loads(one.new or "{}") for one in events if one.row_id == "export"]
    assert [(note["what"], note["form"]) for note in notes] == [
        ("cohort_answer", "pdf"),
        ("cohort_answer", "csv"),
    ]


def test_the_design_is_kept_as_far_as_it_was_chosen(qtbot: QtBot, desk: Desk) -> None:
    design = DesignList(desk, ImmediateRunner())
    qtbot.addWidget(design)
    design.options.show_drugs(("prednisolone", "rituximab", "mycophenolate"))
    assert design.draft() == {}
    design.choose("pre-post")
    chosen = design.chosen()
    assert chosen is not None
    assert (chosen[0], chosen[1].drug) == ("pre-post", "rituximab")  # nearly everybody has prednisolone
    assert design.options.drug.itemText(0) == "Prednisolone"
    design.options.drug.set_text("azathioprine")
    kept = design.draft()
    assert kept == {"analysis": "pre-post", "design_drug": "azathioprine"}
    design.options.show_drugs(("mycophenolate",))  # the registry has changed
    again = DesignList(desk, ImmediateRunner())
    qtbot.addWidget(again)
    again.restore(kept)
    assert again.chosen() == design.chosen() == ("pre-post", Options(drug="azathioprine"))


def test_an_analysis_asks_for_its_own_options_alone(qtbot: QtBot, desk: Desk) -> None:
    design = DesignList(desk, ImmediateRunner())
    qtbot.addWidget(design)
    options = design.options
    options.show_drugs(("rituximab", "mycophenolate"))
    options.zero.set_text("drug-start")
    design.choose("compare")
    assert design.chosen() == ("compare", Options(drugs=("rituximab", "mycophenolate")))
    assert options.covariates.text() == "all 8"
    options.covariates.menu().actions()[0].trigger()
    assert options.covariates.text() == "7 of 8"
    chosen = design.chosen()
    assert chosen is not None
    assert chosen[1].covariates is not None
    assert "age" not in chosen[1].covariates
    design.choose("epochs")  # of every drug, unless one is chosen
    assert design.chosen() == ("epochs", Options())
    options.some_drug.set_text("rituximab")
    assert design.chosen() == ("epochs", Options(drug="rituximab"))
    design.choose("course")
    options.course.set_text("3; 6,12,6")
    assert design.chosen() == ("course", Options(course_months=(3, 6, 12)))
    for wrong in ("", "6, x", "0", "-3", "99999"):
        options.course.set_text(wrong)
        assert design.chosen() is None
    options.say_problems()
    assert options.course.toolTip() == "months, parted by commas"
    design.choose("survival")
    options.ending.set_text("death,transplant")
    assert design.chosen() == (
        "survival",
        Options(event="death,transplant", time_zero="drug-start", drug="rituximab"),
    )
