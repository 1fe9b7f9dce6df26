"""The tabs of procedures, of bloods, of antibodies, and of heart tests with questionnaires."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.ui.patient import procedure_rows, result_rows
from ctdild_desktop.ui.patient.record_tab import RecordTab
from ctdild_desktop.ui.permits import Permits


class ResultTabs(QObject):
    """Four tabs of a patient's results; ``add_requested`` carries the action that adds one."""

    add_requested = Signal(str)
    names = ("procedures", "bloods", "serology", "heart")

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        tr = self.tr
        self._procedures = RecordTab(
            "procedure",
            tr("Bronchoscopies and biopsies"),
            procedure_rows.procedure_columns(),
            add_words=tr("Add procedure… Ctrl+Shift+Y"),
            empty=(
                tr("No bronchoscopy and no biopsy recorded"),
                tr("Record a lavage, a biopsy, or why none was done (Ctrl+Shift+Y)."),
            ),
        )
        self._bloods = RecordTab(
            "lab",
            tr("Blood results"),
            result_rows.lab_columns(),
            add_words=tr("Add bloods… Ctrl+Shift+O"),
            empty=(tr("No blood results recorded"), tr("Type the first sample (Ctrl+Shift+O).")),
        )
        self._serology = RecordTab(
            "serology",
            tr("Antibodies"),
            result_rows.serology_columns(),
            add_words=tr("Add serology… Ctrl+Shift+A"),
            empty=(tr("No antibodies recorded"), tr("Type the first sample (Ctrl+Shift+A).")),
        )
        self._heart = RecordTab(
            "heart_test",
            tr("Heart tests and questionnaires"),
            result_rows.heart_columns(),
            add_words=tr("Add echo or catheter… Ctrl+Shift+U"),
            empty=(
                tr("No heart test and no questionnaire recorded"),
                tr("Record an echo or catheter (Ctrl+Shift+U) or a questionnaire (Ctrl+Shift+Q)."),
            ),
        )
        self._heart.add_button(
            "add_pro",
            tr("Add questionnaire… Ctrl+Shift+Q"),
            lambda: self.add_requested.emit("add_pro"),
            "add_pro",
        )
        for tab, action_id in (
            (self._procedures, "add_procedure"),
            (self._bloods, "add_labs"),
            (self._serology, "add_serology"),
            (self._heart, "add_heart_test"),
        ):
            tab.add_requested.connect(lambda asked=action_id: self.add_requested.emit(asked))

    def titled(self) -> tuple[tuple[RecordTab, str], ...]:
        """Each tab with its title, in which ``{count}`` is how many records it has."""
        return (
            (self._procedures, self.tr("Procedures {count}")),
            (self._bloods, self.tr("Bloods {count}")),
            (self._serology, self.tr("Serology {count}")),
            (self._heart, self.tr("Heart, PRO {count}")),
        )

    def fit(self, permits: Permits) -> None:
        """Offer what the role may add."""
        self._procedures.fit(permits, "add_procedure")
        self._bloods.fit(permits, "add_labs")
        self._serology.fit(permits, "add_serology")
        self._heart.fit(permits, "add_heart_test")

    def show_view(self, view: PatientView) -> tuple[int, ...]:
        """Show a patient's results; returns how many each tab has."""
        record = view.record
        self._procedures.show_rows(lambda: procedure_rows.procedure_rows(record))
        self._bloods.show_rows(lambda: result_rows.lab_rows(record))
        self._serology.show_rows(lambda: result_rows.serology_rows(record))
        self._serology.set_remark(result_rows.ipaf_words(record, view.as_of) if record.serology else "")
        self._heart.show_rows(lambda: result_rows.heart_rows(record))
        self._heart.set_remark(result_rows.score_words(record))
        scored = len(record.heart_tests) + len(record.pros)
        return len(record.procedures), len(record.labs), len(record.serology), scored
