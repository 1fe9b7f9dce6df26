"""What is looked for in the library: words, and what a claim is about."""

from __future__ import annotations

from dataclasses import fields

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ctdild_desktop.clinical import evidence_search
from ctdild_desktop.clinical.evidence_search import Asked
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.search_field import SearchField


class LibraryHead(QFrame):
    """``changed`` says that something else is looked for; :meth:`asked` tells what."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("agenda_head")
        tr = self.tr
        self.search = named(SearchField(), "evidence_search")
        self.search.setAccessibleName(tr("Words of a statement"))
        self.search.setPlaceholderText(tr("Words of a statement, a study, a drug …  Ctrl+F"))
        self._choices = {
            name: ChoiceField(f"evidence_{name}", label, choices, empty=empty)
            for name, label, empty, choices in (
                ("disease", tr("Disease"), tr("any disease"), evidence_search.disease_choices()),
                ("pattern", tr("Pattern"), tr("any pattern"), evidence_search.pattern_choices()),
                ("drug", tr("Drug"), tr("any drug"), evidence_search.drug_choices()),
                ("outcome", tr("Outcome"), tr("any outcome"), evidence_search.outcome_choices()),
                ("harm", tr("Harm"), tr("any harm"), evidence_search.harm_choices()),
                ("kind", tr("Kind of statement"), tr("any kind"), evidence_search.kind_choices()),
                (
                    "check",
                    tr("How far it was checked"),
                    tr("checked or not"),
                    evidence_search.check_choices(),
                ),
            )
        }
        self._criterion = ""
        self.facts = plain_label(name="evidence_facts", secondary=True)
        self.clear_button = named(QPushButton(tr("Everything")), "evidence_clear")
        self.back_button = named(QPushButton(tr("Back to the patient  Esc")), "evidence_back_to_patient")
        self.back_button.hide()
        self._telling = False
        self._lay_out()
        self.search.textChanged.connect(self._on_changed)
        for field in self._choices.values():
            field.changed.connect(self._on_changed)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.scaled(12), theme.scaled(7), theme.scaled(12), theme.scaled(7))
        column.setSpacing(theme.scaled(6))
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(plain_label(self.tr("Evidence"), name="evidence_title", bold=4))
        first.addWidget(self.search, 1)
        for part in (self.clear_button, self.back_button):
            first.addWidget(part)
        for field in self._choices.values():
            field.setMinimumContentsLength(8)
            second.addWidget(field, 1)
        for row in (first, second):
            row.setSpacing(theme.scaled(8))
            column.addLayout(row)
        column.addWidget(self.facts)

    def asked(self) -> Asked:
        """What is looked for now."""
        chosen = {name: field.value() or "" for name, field in self._choices.items()}
        return Asked(text=self.search.text(), criterion=self._criterion, **chosen)

    def ask(self, asked: Asked) -> None:
        """Look for this and for nothing else."""
        self._telling = True
        told = {field.name: getattr(asked, field.name) for field in fields(asked)}
        self.search.setText(told.pop("text"))
        self._criterion = told.pop("criterion")
        for name, code in told.items():
            self._choices[name].set_text(code)
        self._telling = False
        self.changed.emit()

    def _on_changed(self, _text: str) -> None:
        if not self._telling:
            self._criterion = ""
            self.changed.emit()
