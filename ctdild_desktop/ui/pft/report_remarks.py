"""What is said of a whole report: whose it may not be, and which of its lines were not read."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.interchange.report_records import ReportReading, Unread
from ctdild_desktop.services import report_sources
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label

_LINES = 4


class ReportRemarks:
    """Two labels that are hidden while there is nothing to say."""

    def __init__(self) -> None:
        self.against = plain_label(name="report_against", bold=0)
        self.against.setWordWrap(True)
        self.unread = plain_label(name="report_unread", secondary=True)
        self.unread.setWordWrap(True)
        self.refused = False
        """Whether the report is of another person."""
        self.clear()

    def clear(self) -> None:
        """Nothing is said."""
        self.refused = False
        self.against.hide()
        self.unread.hide()

    def say_whose(self, reading: ReportReading, patient: Patient) -> None:
        """Say what of the report contradicts the patient, or that it names nobody."""
        wrong = report_sources.against(reading, patient)
        words = [one.text for one in wrong]
        if words:
            words.append(_tr("Nothing of it can be saved for this patient."))
        elif not report_sources.says_who(reading):
            words = [_tr("The report does not say whose it is. Check that it is this patient's.")]
        self.refused = bool(wrong)
        self.against.setText(" ".join(words))
        self.against.setAccessibleName(self.against.text())
        self.against.setProperty("refused", self.refused)
        self.against.style().unpolish(self.against)
        self.against.style().polish(self.against)
        self.against.setVisible(bool(words))

    def say_unread(self, told: Sequence[Unread], *, corrected: bool) -> None:
        """Say which lines were not read, and that the DLCO is a corrected one."""
        line = _tr("Line {number}: {reason}.")
        lines = [
            line.format(number=one.spot.line + 1, reason=one.reason.rstrip(".")) for one in told[:_LINES]
        ]
        if len(told) > _LINES:
            lines.append(_tr("And {n} more.").format(n=len(told) - _LINES))
        if corrected:
            lines.append(_tr("DLCO is the one corrected for haemoglobin; the report gives no other."))
        self.unread.setText("\n".join(lines))
        self.unread.setVisible(bool(lines))


def _tr(text: str) -> str:
    return QCoreApplication.translate("ReportRemarks", text)
