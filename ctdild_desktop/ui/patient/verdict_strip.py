"""The row of chips: one criterion each, in an order that never changes; what does not apply shares a cell."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QWidget

from ctdild_desktop.clinical.verdict import Assessment
from ctdild_desktop.services.answers import Group, cells
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.patient.words import chip_words
from ctdild_desktop.ui.widgets.verdict_chip import VerdictChip


class VerdictStrip(QFrame):
    """Shows the assessments as chips; the chosen one leads plot, reasons and table. Arrow keys choose."""

    chosen = Signal(int)
    """Place of the chosen assessment."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("verdict_strip")
        self.setAccessibleName(self.tr("Criteria"))
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._on_clicked)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(10, 4, 10, 1)
        self._row.setSpacing(4)
        self._row.addStretch(1)
        self._chips: list[VerdictChip] = []
        self._cells: tuple[Group, ...] = ()
        self.setFixedHeight(theme.scaled(46) + 6)

    @property
    def chips(self) -> tuple[VerdictChip, ...]:
        """The chips in their order, one for each cell."""
        return tuple(self._chips)

    def show_assessments(self, assessments: Sequence[Assessment], choice: int | None) -> None:
        """Replace the chips; keeps the keyboard focus on the chosen one when the strip had it."""
        had_focus = any(chip.hasFocus() for chip in self._chips)
        for chip in self._chips:
            self._group.removeButton(chip)
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = []
        self._cells = cells(assessments)
        for index, cell in enumerate(self._cells):
            words = chip_words(cell)
            chip = VerdictChip(
                cell.first.verdict,
                words.caption,
                words.word,
                words.number,
                short=words.short,
                spoken=words.spoken,
                parent=self,
            )
            chip.setObjectName(f"chip_{cell.first.criterion}")
            chip.setMaximumWidth(theme.scaled(300))
            self._group.addButton(chip, index)
            self._row.insertWidget(index, chip, chip.sizeHint().width())
            self._chips.append(chip)
        self.choose(choice)
        if had_focus and choice is not None:
            self._chips[self._cell_of(choice)].setFocus()

    def choose(self, choice: int | None) -> None:
        """Mark a chip without emitting. Tab reaches the chosen chip; arrows reach the others."""
        at = None if choice is None else self._cell_of(choice)
        for index, chip in enumerate(self._chips):
            chip.setChecked(index == at)
            chosen = index == (at or 0)
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus if chosen else Qt.FocusPolicy.ClickFocus)

    def _cell_of(self, choice: int) -> int:
        """The cell that shows an assessment."""
        return next((index for index, cell in enumerate(self._cells) if choice in cell.places), 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right, Home and End choose the chip beside, the first and the last."""
        at = next((index for index, chip in enumerate(self._chips) if chip.hasFocus()), -1)
        last = len(self._chips) - 1
        targets = {
            Qt.Key.Key_Left: max(at - 1, 0),
            Qt.Key.Key_Right: min(at + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        target = targets.get(Qt.Key(event.key()))
        if at < 0 or target is None:
            super().keyPressEvent(event)
            return
        event.accept()
        if target != at:
            self._on_clicked(target)
            self._chips[target].setFocus(Qt.FocusReason.TabFocusReason)

    def _on_clicked(self, index: int) -> None:
        place = self._cells[index].places[0]
        self.choose(place)
        self.chosen.emit(place)
