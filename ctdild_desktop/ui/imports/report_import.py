"""The import page for reports in text too: each is handed on to be confirmed beside its patient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QWidget

from ctdild_desktop.interchange.records import Reading
from ctdild_desktop.interchange.report_files import REPORTS
from ctdild_desktop.interchange.report_text import read_report
from ctdild_desktop.services import patients, report_sources
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.imports import FileLook
from ctdild_desktop.services.report_sources import Owner, Report
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.imports.kept_import import KeptImport
from ctdild_desktop.ui.imports.row_panel import RowDetail
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.widgets.naming import named


@dataclass(frozen=True, slots=True)
class _Taken:
    """A report with whose it is and its values as far as they can be read."""

    report: Report
    owner: Owner
    readings: tuple[Reading, ...]


class ImportWithReports(KeptImport):
    """``report_wanted`` carries the id of the patient and the report."""

    report_wanted = Signal(str, object)

    def __init__(self, desk: Desk, runner: Runner, ask: Ask, parent: QWidget | None = None) -> None:
        self._report: Report | None = None
        super().__init__(desk, runner, ask, parent)
        self._show_state(
            self.tr(
                "Choose a table (CSV or xlsx: one row per test), the file of a spirometer, or a PDF report."
            )
        )
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.paste)

    def paste(self) -> None:
        """Read the text of the clipboard as a report; not while an import is written, which it would stop."""
        if not self._paste.isEnabled():
            return
        self._pasted, self._over = QApplication.clipboard().text(), False
        self._read_pasted()

    def _read_pasted(self) -> None:
        text = self._pasted
        self._take_report(lambda: report_sources.pasted(text))

    def choose_files(self, paths: tuple[Path, ...]) -> None:
        """See :meth:`KeptImport.choose_files`; a text that was pasted is left."""
        self._pasted = ""
        super().choose_files(paths)

    def _make_choices(self) -> QHBoxLayout:
        row = super()._make_choices()
        self._paste = named(QPushButton(self.tr("Paste report  Ctrl+V")), "import_paste")
        self._paste.clicked.connect(self.paste)
        row.insertWidget(1, self._paste)
        return row

    def _hold(self, *, importing: bool) -> None:
        super()._hold(importing=importing)
        self._paste.setEnabled(not importing)

    def _on_looked(self, looks: list[FileLook]) -> None:
        self._report = None
        if len(looks) == 1 and looks[0].message in REPORTS:
            path = self._paths[0]
            self._compare(looks)
            self._take_report(lambda: report_sources.opened(path))
        else:
            super()._on_looked(looks)

    def _take_report(self, make: Callable[[], Report]) -> None:
        """Ask whose a report is, and hand it on when that is beyond doubt."""
        self.keep_drafts()
        self._forget()
        self._show_state(self.tr("Reading…"))
        desk = self._desk

        def work() -> _Taken:
            report = make()
            seen = read_report(report.text).sightings
            readings = tuple(
                Reading(
                    label=one.label,
                    text=one.text,
                    unit=one.unit,
                    field=one.field,
                    value=one.value,
                    stored_unit=one.stored_unit,
                )
                for one in seen
            )
            return _Taken(report, report_sources.owner_of(desk, report), readings)

        self._runner.run(work, while_alive(self, self._on_taken), while_alive(self, self._on_refused))

    def _on_taken(self, taken: _Taken) -> None:
        self._report = taken.report
        if taken.owner.patient_id:
            self._hand_on(taken.owner.patient_id)
            return
        self._show_state(
            self.tr("A report is confirmed value by value beside its patient: say whose it is.")
            if taken.readings
            else self.tr("No value of lung function can be read in this text.")
        )
        if taken.readings:
            owner = taken.owner
            self._panel.show_row(
                RowDetail(
                    sha256=taken.report.sha256,
                    row=1,
                    readings=taken.readings,
                    asks=True,
                    said=owner.said,
                    reason=owner.reason,
                    sought=owner.sought,
                )
            )
            self._panel.start()

    def _on_patient_chosen(self, detail: RowDetail, mrn: str) -> None:
        report, desk = self._report, self._desk
        if report is None or detail.sha256 != report.sha256:
            super()._on_patient_chosen(detail, mrn)
            return
        self._runner.run(
            lambda: patients.by_mrn(desk, mrn),
            while_alive(self, lambda found: self._hand_on(found.patient.id if found is not None else "")),
            while_alive(self, self._on_refused),
        )

    def _hand_on(self, patient_id: str) -> None:
        report, self._report = self._report, None
        if report is None or not patient_id:
            return
        self._forget()
        self._pasted = ""
        self._finish()
        self._show_state(self.tr("The report is opened beside its patient, to be confirmed there."))
        self.report_wanted.emit(patient_id, report)
