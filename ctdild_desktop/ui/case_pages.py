"""The printed page of a case that was decided, from wherever it is asked for."""

from __future__ import annotations

import io

from PySide6.QtCore import QObject

from ctdild_desktop.services import pack, snapshots
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.pages import MdtPageData
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.main_window import MainWindow
from ctdild_desktop.ui.printing.printing import Printing
from ctdild_desktop.ui.printing.sheets import Printout


class CasePages(QObject):
    """Collects a page and shows its preview."""

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        printing: Printing,
        window: MainWindow,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._runner, self._printing, self._window = desk, runner, printing, window

    def show_case(self, item_id: str) -> None:
        """The page of a case of a meeting: as it was signed, else as the record is now."""
        desk = self._desk
        self._runner.run(
            lambda: pack.case_page(desk, item_id),
            while_alive(self, self._preview),
            while_alive(self, self._on_refused),
        )

    def show_signed(self, decision_id: str) -> None:
        """The page as it was signed."""
        desk = self._desk
        self._runner.run(
            lambda: snapshots.signed_page(desk, decision_id),
            while_alive(self, self._preview),
            while_alive(self, self._on_refused),
        )

    def _preview(self, page: MdtPageData) -> None:
        def make(size: str, _sheets: tuple[int, ...]) -> bytes:
            from ctdild_desktop.reports.mdt_page import write_mdt_page

            held = io.BytesIO()
            write_mdt_page(held, page, page_size=size)
            return held.getvalue()

        # The name of the file names nobody: it is seen in lists of recent files.
        printout = Printout(
            title=self.tr("MDT page"),
            file_name=f"mdt-page-{self._desk.today():%Y-%m-%d}.pdf",
            make=make,
            whose=page.name,
        )
        self._printing.show(printout)

    def _on_refused(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self._window.inform(words)
