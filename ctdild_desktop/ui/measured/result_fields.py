"""Fields of a laboratory result: the result itself and the limits of normal beside it."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical.entry import EntryError
from ctdild_desktop.clinical.lab_entry import LabResult, parse_limits, parse_result
from ctdild_desktop.ui.widgets.fields import Field


class ResultField(Field):
    """``4,1``, ``<5``, ``neg``, or any words where the test is told in words; empty means not measured."""

    fix_key = Qt.Key.Key_F2

    def __init__(
        self, name: str, label: str, *, in_words: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(name, label, parent=parent)
        self.in_words = in_words
        self.setMaxLength(200)
        if not in_words:
            self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def value(self) -> LabResult | None:
        """The result, or None when empty; raises EntryError when it is none."""
        text = self.text_value()
        return parse_result(text, in_words=self.in_words) if text else None

    def problem(self) -> str:
        """Why the text is no result."""
        try:
            self.value()
        except EntryError as error:
            return str(error)
        return ""


class LimitsField(Field):
    """``135-175``, ``<40`` or ``>60``; empty means that the laboratory gave none."""

    def __init__(self, name: str, label: str, *, parent: QWidget | None = None) -> None:
        super().__init__(name, label, parent=parent)
        self.setMaxLength(40)

    def value(self) -> tuple[Decimal | None, Decimal | None]:
        """Lower and upper limit; raises EntryError when the text names none."""
        text = self.text_value()
        return parse_limits(text) if text else (None, None)

    def problem(self) -> str:
        """Why the text names no limits."""
        try:
            self.value()
        except EntryError as error:
            return str(error)
        return ""
