"""The side column of the patient screen: the reasons or the evidence, what is due, and the key facts."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.patient_evidence import evidence_for
from ctdild_desktop.ui.patient.due_panel import DuePanel
from ctdild_desktop.ui.patient.evidence_panel import EvidencePanel
from ctdild_desktop.ui.patient.key_facts import KeyFacts
from ctdild_desktop.ui.patient.why_panel import WhyPanel
from ctdild_desktop.ui.widgets.page_stack import PageStack


class Reasons(QWidget):
    """Shows the reasons until the evidence is asked for; another patient brings the reasons back."""

    left = Signal()
    """The reader went back from the evidence to the reasons."""
    library_requested = Signal(object, str)
    """What the library shall be asked for (``clinical.evidence_search.Asked``), and the claim to show."""
    renewed = Signal()
    """A patient is shown, or shown again."""

    def __init__(self, why: WhyPanel, facts: KeyFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.evidence: EvidencePanel | None = None
        """Made when it is first asked for."""
        self.due = DuePanel(self)
        """What is due; whoever reads it fills it in."""
        self._stack = PageStack(self)
        self._why = why
        self._stack.addWidget(why)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addWidget(self.due)
        column.addWidget(facts)

    def show_evidence(self, view: PatientView) -> None:
        """Show what the library says of this patient, and give it the keyboard."""
        if self.evidence is None:
            self.evidence = EvidencePanel(self)
            self.evidence.left.connect(self._on_left)
            self.evidence.library_requested.connect(self.library_requested)
            self._stack.addWidget(self.evidence)
        self.evidence.show_evidence(evidence_for(view))
        self._stack.bring(self.evidence)
        self.evidence.start()

    def show_why(self) -> None:
        """Show the reasons."""
        self._stack.bring(self._why)

    def renew(self, view: PatientView, *, same: bool) -> None:
        """The patient in sight is another one, or what is known of the same one has changed."""
        self.renewed.emit()
        if not same:
            self.due.wait()
            self.show_why()
        elif self.evidence is not None and self._stack.currentWidget() is self.evidence:
            self.evidence.show_evidence(evidence_for(view))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height anew."""
        super().resizeEvent(event)
        self.due.fit()

    def _on_left(self) -> None:
        self.show_why()
        self.left.emit()
