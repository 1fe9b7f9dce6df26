"""How this workstation shows things: language, dates and numbers, names, units, colours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from ctdild_desktop.config import SiteSettings, choices_of
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.choice_field import ChoiceField

_SAME_IN_ALL = frozenset({"language", "lung_names", "gas_name", "dlco_unit", "hb_unit"})
"""Settings whose choices are the same words in every language."""


class SettingsPanel(QWidget):
    """One choice for each setting, applied at once.

    ``chosen`` carries all of them and the name of the one that was changed.
    """

    chosen = Signal(object, str)

    def __init__(self, site: SiteSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings_panel")
        self._site = site
        self._fields: dict[str, ChoiceField] = {}
        form = QFormLayout(self)
        form.setContentsMargins(14, 8, 14, 14)
        form.setHorizontalSpacing(20)
        for name, caption in (
            ("language", self.tr("Language")),
            ("date_style", self.tr("Dates")),
            ("decimal_mark", self.tr("Decimal mark")),
            ("lung_names", self.tr("Names of lung function in Spanish")),
            ("gas_name", self.tr("Name of the transfer factor")),
            ("dlco_unit", self.tr("Unit of DLCO in new tests")),
            ("hb_unit", self.tr("Unit of haemoglobin")),
            ("theme", self.tr("Colours")),
        ):
            field = ChoiceField(
                f"setting_{name}", caption, [(c, self._words(name, c)) for c in choices_of(name)], empty=None
            )
            field.setProperty("verbatim", name in _SAME_IN_ALL)
            field.set_text(getattr(site, name))
            field.setFixedWidth(theme.scaled(280))
            field.changed.connect(self._choosing(name))
            label = QLabel(caption)
            label.setBuddy(field)
            label.setProperty("secondary", True)
            form.addRow(label, field)
            self._fields[name] = field

    def focus_on(self, name: str = "language") -> None:
        """Put the focus on one setting; KeyError for another name."""
        self._fields[name].setFocus(Qt.FocusReason.OtherFocusReason)

    def _choosing(self, name: str) -> Callable[[str], None]:
        def choose(code: str) -> None:
            if getattr(self._site, name) != code and code in choices_of(name):
                self._site = replace(self._site, **{name: code})
                self.chosen.emit(self._site, name)

        return choose

    def _words(self, name: str, code: str) -> str:
        """A choice in words. A language is called what its speakers call it."""
        told = {
            ("language", "en"): "English",
            ("language", "es"): "Español",
            ("language", "es_ES"): "Español (España)",
            ("language", "es_MX"): "Español (México)",
            ("date_style", "dd.mm.yyyy"): "31.12.2026",
            ("date_style", "dd/mm/yyyy"): "31/12/2026",
            ("date_style", "mm/dd/yyyy"): "12/31/2026",
            ("date_style", "yyyy-mm-dd"): "2026-12-31",
            ("decimal_mark", "."): self.tr("point: {example}").format(example="2.31"),
            ("decimal_mark", ","): self.tr("comma: {example}").format(example="2,31"),
            ("lung_names", "FVC"): "FVC, FEV1, TLC, RV",
            ("lung_names", "CVF"): "CVF, VEF1, CPT, VR",
            ("theme", "light"): self.tr("light"),
            ("theme", "dark"): self.tr("dark"),
            ("theme", "high_contrast"): self.tr("high contrast"),
        }
        return told.get((name, code), self.tr("as this computer") if code == "system" else code)
