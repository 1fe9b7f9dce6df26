"""Taking an answer out of the program: to paper, to a file of tables, as a picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from ctdild_desktop.figures.chart import Chart
from ctdild_desktop.services import printouts
from ctdild_desktop.services.cohort import answer_files, answer_pictures
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.pictures import Form
from ctdild_desktop.ui.charts import chart_picture
from ctdild_desktop.ui.charts.chart_picture import ChartPicture
from ctdild_desktop.ui.charts.copied import copy_picture
from ctdild_desktop.ui.cohort.printout import printout_of
from ctdild_desktop.ui.dialogs.ask import Ask, documents_folder
from ctdild_desktop.ui.jobs import Runner, while_alive

if TYPE_CHECKING:
    from ctdild_desktop.ui.cohort.result_pane import ResultPane


class AnswerActs(QObject):
    """Works on the answer that the pane shows. The names of files name the analysis and nobody."""

    said = Signal(str)
    written = Signal(object)
    print_requested = Signal(object)
    """The ``Printout`` to be shown."""

    def __init__(self, desk: Desk, runner: Runner, ask: Ask, pane: ResultPane) -> None:
        super().__init__(pane)
        self._desk, self._runner, self._ask = desk, runner, ask
        self._pane = pane

    def print(self) -> None:
        """Make the pages to be printed."""
        answer, desk = self._pane.answer, self._desk
        if answer is None:
            return
        self._run(
            lambda: answer_files.for_paper(desk, answer),
            lambda by: self.print_requested.emit(printout_of(answer, by)),
        )

    def save_tables(self) -> None:
        """Ask for a place and write the tables there as CSV."""
        answer, desk = self._pane.answer, self._desk
        if answer is None:
            return
        self._ask.save_file(
            self.tr("Tables of the analysis"),
            documents_folder() / f"cohort-{answer.analysis}-{answer.made.as_of:%Y-%m-%d}.csv",
            self.tr("Table (*.csv)"),
            lambda path: self._run(
                lambda: answer_files.answer_into_csv(desk, answer, path), self.written.emit
            ),
        )

    def take_picture(self, chart: Chart, form: str) -> None:
        """Copy a picture, or ask for a place and write it there."""
        answer, kind = self._pane.answer, Form(form)
        if answer is None:
            return
        if kind is Form.CLIPBOARD:
            self._collect(chart, kind, self._copy)
            return
        self._ask.save_file(
            self.tr("Save the picture"),
            documents_folder() / f"cohort-{answer.analysis}-{answer.made.as_of:%Y-%m-%d}.{form}",
            f"{form.upper()} (*.{form})",
            lambda path: self._collect(chart, kind, lambda made: self._write(kind, made, path)),
        )

    def _collect(self, chart: Chart, form: Form, then: Callable[[ChartPicture], None]) -> None:
        answer, desk = self._pane.answer, self._desk
        if answer is None:
            return
        whom = answer.made.query_text or self.tr("everybody in the registry")

        def made(foot: str) -> None:
            above = " · ".join((answer.title, whom))
            then(ChartPicture(chart=chart, above=above, below=foot))

        self._run(lambda: answer_pictures.chart_picture(desk, answer, form), made)

    def _copy(self, made: ChartPicture) -> None:
        copy_picture(chart_picture.png(made))
        self.said.emit(self.tr("The picture is copied; it names nobody."))

    def _write(self, form: Form, made: ChartPicture, path: Path) -> None:
        desk = self._desk
        content = chart_picture.png(made) if form is Form.PNG else chart_picture.svg(made)
        self._run(lambda: printouts.into_file(desk, path, content), self.written.emit)

    def _run(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        self._runner.run(work, while_alive(self, then), while_alive(self, self._on_refused))

    def _on_refused(self, error: Exception) -> None:
        told = sentence_of(error)
        if told is None:
            raise error
        self.said.emit(told)
