"""Fields of an antibody: its answer by one letter, its titre, and a number that may lie beyond the method."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt

from ctdild_desktop.clinical.entry import EntryError, parse_number
from ctdild_desktop.clinical.plausibility_labs import LabValue, parse_lab_value
from ctdild_desktop.ui.widgets.fields import Field
from ctdild_desktop.ui.widgets.option_field import Option, OptionField


def answer_field(name: str, label: str, *, words: bool = False) -> OptionField:
    """Negative, borderline, positive or not done by N, B, P or -; as letters, or in words where room is."""

    def option(code: str, text: str, key: str) -> Option:
        return Option(code, text if words else _letter(text, key), key)

    def tr(text: str) -> str:
        return QCoreApplication.translate("AntibodyFields", text)

    options = [
        option("negative", tr("Negative"), "n"),
        option("borderline", tr("Borderline"), "b"),
        option("positive", tr("Positive"), "p"),
        option("not_done", tr("Not done"), "-"),
    ]
    if words:
        options.append(option("unknown", tr("Unknown"), "u"))
    return OptionField(name, label, options, advance=True)


def _letter(text: str, key: str) -> str:
    return text[:1].upper() if key.isalpha() else key


class TitreField(Field):
    """The reciprocal of a titre: ``320`` or ``1:320``; empty means that none was given."""

    def __init__(self, name: str, label: str) -> None:
        super().__init__(name, label)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setMaxLength(12)

    def value(self) -> int | None:
        """The reciprocal, or None when empty; raises EntryError when it is no whole number."""
        text = self.text_value().removeprefix("1:").removeprefix("1/")
        if not text:
            return None
        number = parse_number(text)
        if number != number.to_integral_value():
            raise EntryError("A titre is written as 320 for 1:320.")
        return int(number)

    def problem(self) -> str:
        """Why the text is no titre."""
        try:
            self.value()
        except EntryError as error:
            return str(error)
        return ""


class NumberSignField(Field):
    """A number, or ``<5`` and ``>200`` beyond the range of the method; empty means not measured."""

    def __init__(self, name: str, label: str) -> None:
        super().__init__(name, label)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setMaxLength(24)

    def value(self) -> LabValue | None:
        """The number with its sign, or None when empty; raises EntryError when it is none."""
        text = self.text_value()
        return parse_lab_value(text) if text else None

    def problem(self) -> str:
        """Why the text is no number."""
        try:
            self.value()
        except EntryError as error:
            return str(error)
        return ""
