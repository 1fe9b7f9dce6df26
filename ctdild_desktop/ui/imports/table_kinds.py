"""Which table each sheet or file holds: told by its name, or chosen here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from ctdild_desktop.interchange.clinic_fields import TABLES
from ctdild_desktop.services.imports import FileLook, Kinds, TableLook
from ctdild_desktop.ui.widgets.choice_field import ChoiceField

_NOT_READ = "not_read"
_MOST_IN_A_COLUMN = 4


def kind_words(kind: str) -> str:
    """What a table of this kind holds."""

    def _tr(text: str) -> str:
        return QCoreApplication.translate("TableKinds", text)

    return {
        "patients": _tr("Patients"),
        "pft": _tr("PFT"),
        "therapy": _tr("Therapy"),
        "infusions": _tr("Infusions"),
        "adverse_events": _tr("Adverse events"),
        "hrct": _tr("HRCT"),
        "labs": _tr("Blood results"),
        "visits": _tr("Visits"),
        "outcomes": _tr("Outcomes"),
    }[kind]


class TableKinds(QWidget):
    """One line for each sheet or file. ``changed`` says that a person chose another kind."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("table_kinds")
        self._tables: list[tuple[str, TableLook, ChoiceField]] = []
        self._labels: list[QLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(10, 4, 10, 4)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1)
        self.hide()

    @property
    def unsure(self) -> bool:
        """Whether a table of a set does not say by its name what it holds."""
        told = [look for _, look, _ in self._tables]
        return len(told) > 1 and not all(look.named for look in told)

    def show_files(self, looks: Sequence[FileLook]) -> None:
        """List the tables of these files, each with what it is read as."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()
        self._tables, self._labels = [], []
        for file in looks:
            for look in file.tables:
                self._add(file, look, several=len(looks) > 1)
        side_by_side = len(self._tables) > _MOST_IN_A_COLUMN
        for place, (_, _, choice) in enumerate(self._tables):
            row, column = divmod(place, 2) if side_by_side else (place, 0)
            self._grid.addWidget(self._labels[place], row, 2 * column)
            self._grid.addWidget(choice, row, 2 * column + 1)
        self.setVisible(bool(self._tables))

    def typed(self) -> list[list[str]]:
        """What each table was chosen to be: file, sheet and kind."""
        return [[file, look.sheet, choice.text_value()] for file, look, choice in self._tables]

    def restore(self, typed: Sequence[Sequence[str]]) -> None:
        """Show what :meth:`typed` said, of the tables that are listed."""
        said = {(file, sheet): kind for file, sheet, kind in typed}
        for file, look, choice in self._tables:
            if (kind := said.get((file, look.sheet))) is not None:
                choice.set_text(kind)

    def kinds(self) -> Kinds:
        """What was chosen; a file of which nothing was chosen is read as its name or the mapping says."""
        changed = {
            file for file, look, choice in self._tables if choice.text_value() != (look.kind or _NOT_READ)
        }
        return Kinds(
            sheets={
                (file, look.sheet): "" if (chosen := choice.text_value()) == _NOT_READ else chosen
                for file, look, choice in self._tables
                if file in changed
            }
        )

    def tables_of(self, kind: str) -> tuple[TableLook, ...]:
        """The tables that are read as this kind."""
        return tuple(look for _, look, choice in self._tables if choice.text_value() == kind)

    def present(self) -> tuple[str, ...]:
        """The kinds that are read, in the order of the tables."""
        chosen = {choice.text_value() for _, _, choice in self._tables}
        return tuple(kind for kind in TABLES if kind in chosen)

    def _add(self, file: FileLook, look: TableLook, *, several: bool) -> None:
        row = len(self._tables)
        name = look.sheet or file.name
        words = f"{file.name}: {look.sheet}" if look.sheet and several else name
        choice = ChoiceField(
            f"table_kind_{row}",
            self.tr("What {name} holds").format(name=words),
            ((_NOT_READ, self.tr("not read")), *((kind, kind_words(kind)) for kind in TABLES)),
            empty=None,
        )
        choice.set_text(look.kind or _NOT_READ)
        choice.changed.connect(lambda _text: self.changed.emit())
        label = QLabel(words)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("verbatim", True)
        label.setBuddy(choice)
        self._labels.append(label)
        self._tables.append((file.name, look, choice))
