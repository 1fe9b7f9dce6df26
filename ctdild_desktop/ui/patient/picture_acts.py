"""Taking the time-line out of the program as a picture: to the clipboard, to a file, to a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ctdild_desktop.services import pictures
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.pictures import Form, PictureData
from ctdild_desktop.ui.dialogs.ask import Ask, documents_folder
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.patient.overview import Overview
from ctdild_desktop.ui.printing.printing import Printing
from ctdild_desktop.ui.printing.sheets import Printout

if TYPE_CHECKING:
    from ctdild_desktop.ui.charts.picture import Picture


class PictureActs(QObject):
    """Draws what the overview shows, as the registry has it now: nothing that is still being typed.

    ``saved`` carries the file that was written.
    """

    saved = Signal(object)
    said = Signal(str)

    def __init__(self, desk: Desk, runner: Runner, ask: Ask, printing: Printing, overview: Overview) -> None:
        super().__init__(overview)
        self._printing = printing
        self._desk = desk
        self._runner = runner
        self._ask = ask
        self._overview = overview

    def by_id(self) -> dict[str, Callable[[], None]]:
        """What each declared action does."""
        return {
            "plot_key": self._overview.show_key,
            "copy_picture": self.copy,
            "save_picture_png": lambda: self.save(Form.PNG),
            "save_picture_svg": lambda: self.save(Form.SVG),
            "save_picture_pdf": self.print,
        }

    def copy(self) -> None:
        """Put the picture on the clipboard."""

        def put(data: PictureData) -> None:
            from ctdild_desktop.ui.charts import picture
            from ctdild_desktop.ui.charts.copied import copy_picture

            copy_picture(picture.png(self._picture(data)))
            self.said.emit(self._told(self.tr("Time-line copied, {whose}.")))

        self._collect(Form.CLIPBOARD, put)

    def print(self) -> None:
        """Show the picture as a page to be printed."""

        def show(data: PictureData) -> None:
            from ctdild_desktop.ui.charts import picture

            # Drawn here and not where printouts are made: colours of the light theme are set meanwhile.
            drawn = {size: picture.pdf(self._picture(data), size) for size in ("A4", "Letter")}
            self._printing.show(
                Printout(
                    title=self.tr("Time-line"),
                    file_name=f"time-line-{self._desk.today():%Y-%m-%d}.pdf",
                    make=lambda size, _sheets: drawn[size],
                    whose=data.title,
                    colour=True,
                )
            )

        self._collect(Form.PDF, show)

    def save(self, form: Form) -> None:
        """Ask for a place and write the picture there."""
        if self._overview.patient_id == "":
            return
        # The name of the file names nobody: it is seen in lists of recent files.
        name = f"time-line-{self._desk.today():%Y-%m-%d}.{form.value}"
        filters = f"{form.value.upper()} (*.{form.value})"
        self._ask.save_file(
            self.tr("Save time-line"),
            documents_folder() / name,
            filters,
            lambda path: self._collect(form, lambda data: self._write(form, data, path)),
        )

    def _write(self, form: Form, data: PictureData, path: Path) -> None:
        from ctdild_desktop.ui.charts import picture

        draw = {Form.PNG: picture.png, Form.SVG: picture.svg}
        content, desk = draw[form](self._picture(data)), self._desk
        self._runner.run(
            lambda: pictures.write_picture(desk, path, content),
            while_alive(self, self.saved.emit),
            while_alive(self, self._on_refused),
            files=True,
        )

    def _collect(self, form: Form, then: Callable[[PictureData], None]) -> None:
        desk, patient_id = self._desk, self._overview.patient_id
        identity = self._overview.bar.identity
        if not patient_id:
            return

        def still(data: PictureData) -> None:
            if self._overview.patient_id == patient_id:
                then(data)

        self._runner.run(
            lambda: pictures.timeline_picture(desk, patient_id, form, identity=identity),
            while_alive(self, still),
            while_alive(self, self._on_refused),
        )

    def _picture(self, data: PictureData) -> Picture:
        from ctdild_desktop.ui.charts.picture import Picture

        timeline = self._overview.timeline_of(data.view)
        return Picture(
            timeline=timeline,
            window=self._overview.chart.shown_dates or (timeline.start, timeline.end),
            title=data.title,
            subtitle=data.subtitle,
            foot=data.foot,
        )

    def _told(self, words: str) -> str:
        named = self.tr("with name, MRN and birth date")
        return words.format(whose=named if self._overview.bar.identity else self.tr("without identity"))

    def _on_refused(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self.said.emit(words)
