"""The row of chips: one criterion each, in an order that never changes; what does not apply shares a cell."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QWidget

from ctdild_desktop.clinical.verdict import Assessment, Verdict
from ctdild_desktop.services.answers import Group, cells
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.patient.words import chip_words
from ctdild_desktop.ui.widgets.verdict_chip import VerdictChip

_MARGIN, _GAP = 10, 4
_MOST = 300
_NARROWEST = 1160
"""No window in use is narrower; before the first layout the width means nothing and must not ask for rows."""


def _widths(chips: Sequence[VerdictChip], room: int) -> list[int]:
    """What each chip gets: all that it says if possible, else each gives up the same part of what it can.

    Captions give way first; then numbers, one by one, those of criteria that are not met before the others.
    """
    room -= _GAP * (len(chips) - 1)
    least = [chip.short_width() for chip in chips]
    order = sorted(range(len(chips)), key=lambda at: (chips[at].verdict is Verdict.MET, -at))
    for at in order:
        if sum(least) > room:
            least[at] = chips[at].minimumSizeHint().width()
    full = [max(chip.sizeHint().width(), low) for chip, low in zip(chips, least, strict=True)]
    if sum(full) <= room:
        part = room / max(sum(full), 1)
        return [min(int(wide * part), max(theme.scaled(_MOST), wide)) for wide in full]
    part = max(room - sum(least), 0) / max(sum(full) - sum(least), 1)
    return [int(low + (wide - low) * part) for low, wide in zip(least, full, strict=True)]


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
        self._chips: list[VerdictChip] = []
        self._cells: tuple[Group, ...] = ()
        self.setFixedHeight(self._line())

    @property
    def chips(self) -> tuple[VerdictChip, ...]:
        """The chips in their order, one for each cell."""
        return tuple(self._chips)

    def show_assessments(self, assessments: Sequence[Assessment], choice: int | None) -> None:
        """Replace the chips; keeps the keyboard focus on the chosen one when the strip had it."""
        had_focus = any(chip.hasFocus() for chip in self._chips)
        self._cells = cells(assessments)
        for chip in self._chips[len(self._cells) :]:
            self._group.removeButton(chip)
            chip.hide()
            chip.deleteLater()
        del self._chips[len(self._cells) :]
        for index, cell in enumerate(self._cells):
            words = chip_words(cell)
            said = (cell.first.verdict, words.caption, words.word, words.number)
            if index < len(self._chips):
                chip = self._chips[index]
                chip.tell(*said, short=words.short, spoken=words.spoken)
            else:
                chip = VerdictChip(*said, short=words.short, spoken=words.spoken, parent=self)
                self._group.addButton(chip, index)
                self._chips.append(chip)
                chip.show()
            chip.setObjectName(f"chip_{cell.first.criterion}")
        self._arrange()
        self.choose(choice)
        if had_focus and choice is not None:
            self._chips[self._cell_of(choice)].setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        self._arrange()

    def _line(self) -> int:
        return theme.scaled(46) + 6

    def _arrange(self) -> None:
        """One row; a second one only when the clinic's own thresholds leave no room for the words."""
        room = max(self.width(), _NARROWEST) - 2 * _MARGIN
        rows: list[list[VerdictChip]] = [[]]
        for chip in self._chips:
            filled = sum(one.minimumSizeHint().width() + _GAP for one in rows[-1])
            if rows[-1] and filled + chip.minimumSizeHint().width() > room:
                rows.append([])
            rows[-1].append(chip)
        for number, row in enumerate(rows):
            x = _MARGIN
            for chip, width in zip(row, _widths(row, room), strict=True):
                chip.setGeometry(x, 4 + number * self._line(), width, chip.sizeHint().height())
                x += width + _GAP
        if self.height() != len(rows) * self._line():
            self.setFixedHeight(len(rows) * self._line())

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
