"""Somebody else changed the record meanwhile: what it was, mine and theirs side by side, and what is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.clinical import wording
from ctdild_desktop.services.merging import Compared, Side
from ctdild_desktop.ui.dialogs.pick_tile import PickTile
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What became of a record while somebody was changing it."""

    who: str
    when: dt.datetime
    rows: tuple[Compared, ...] = field(default=(), repr=False)
    removed: bool = False
    """It was removed; there is nothing to compare with."""
    may_restore: bool = True

    @property
    def day_and_time(self) -> tuple[str, str]:
        """``12.03.2026`` and ``11:05``, at this workstation."""
        local = self.when.astimezone()
        return wording.day(local.date()), f"{local:%H:%M}"


class ConflictSheet(QFrame):
    """Stands in place of a sheet's fields until it is settled. Nothing is saved from here itself."""

    chosen = Signal(object)
    """A :class:`Side` by the key of each part: these values shall be saved."""
    restore_chosen = Signal()
    """The removed record shall come back with my values."""
    theirs_chosen = Signal()
    """My changes shall not be saved; the text stays as a draft."""
    left = Signal()

    def __init__(self, meanwhile: Meanwhile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("conflict_sheet")
        self._meanwhile = meanwhile
        self._pairs: list[tuple[Compared, PickTile, PickTile]] = []
        self.problem = plain_label(name="conflict_problem", bold=0)
        self.problem.setWordWrap(True)
        self.problem.setContentsMargins(12, 4, 12, 4)
        self.problem.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_head())
        column.addWidget(self._make_rows(), 1)
        column.addWidget(self.problem)
        column.addWidget(self._make_foot())

    def start(self) -> None:
        """Put the focus where something is to be chosen, else on saving."""
        waiting = next((mine for row, mine, _theirs in self._pairs if row.side is None), None)
        (waiting or self.save_button).setFocus(Qt.FocusReason.OtherFocusReason)

    def picks(self) -> dict[str, Side]:
        """What is chosen by now, by the key of each part."""
        return {
            row.key: Side.MINE if mine.isChecked() else Side.THEIRS
            for row, mine, theirs in self._pairs
            if mine.isChecked() or theirs.isChecked()
        }

    def accept(self) -> None:
        """Save what is chosen; a part that still has to be chosen gets the focus instead."""
        if self._meanwhile.removed:
            if self._meanwhile.may_restore:
                self.restore_chosen.emit()
            return
        picks = self.picks()
        for row, mine, _theirs in self._pairs:
            if row.key not in picks:
                words = self.tr("{field}: choose which value is kept.").format(
                    field=row.label.replace("\n", ", ")
                )
                self.problem.setText(words)
                self.problem.setAccessibleName(words)
                self.problem.show()
                mine.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        self.chosen.emit(picks)

    # parts

    def _make_head(self) -> QWidget:
        head = named(QFrame(), "conflict_head")
        head.setProperty("notice", True)
        day, time = self._meanwhile.day_and_time
        who = self._meanwhile.who
        if self._meanwhile.removed:
            said = self.tr("Removed by {who} on {day} at {time}, while you were changing it.")
        else:
            said = self.tr("Changed by {who} on {day} at {time}, while you were changing it.")
        words = plain_label(said.format(who=who, day=day, time=time), name="conflict_words", bold=0)
        more = plain_label(self._explanation(), name="conflict_explanation")
        column = QVBoxLayout(head)
        column.setContentsMargins(12, 6, 12, 6)
        column.setSpacing(2)
        for label in (words, more):
            label.setWordWrap(True)
            column.addWidget(label)
        head.setAccessibleName(words.text())
        return head

    def _explanation(self) -> str:
        if self._meanwhile.removed and self._meanwhile.may_restore:
            return self.tr("Your text is kept as a draft. The record can come back with your values.")
        if self._meanwhile.removed:
            return self.tr("Your text is kept as a draft. Your role may not bring the record back.")
        if any(row.side is None for row in self._meanwhile.rows):
            return self.tr("Choose where both of you changed something. Nothing is saved yet.")
        if not self._meanwhile.rows:
            return self.tr("Both of you made the same change; there is nothing to choose.")
        return self.tr("You changed different things; both can be kept. Nothing is saved yet.")

    def _make_rows(self) -> QScrollArea:
        body = named(QWidget(), "sheet_body")
        grid = QGridLayout(body)
        grid.setContentsMargins(12, 8, 12, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        for column, stretch in enumerate((3, 3, 4, 4)):
            grid.setColumnStretch(column, stretch)
        if self._meanwhile.rows:
            heads = ("", self.tr("Was"), self.tr("Mine"), self._meanwhile.who)
            for column, text in enumerate(heads):
                label = plain_label(text, secondary=True)
                label.setWordWrap(True)
                grid.addWidget(label, 0, column, Qt.AlignmentFlag.AlignBottom)
        asked = [row for row in self._meanwhile.rows if row.side is None]
        agreed = [row for row in self._meanwhile.rows if row.side is not None]
        self._add_group(grid, self.tr("Changed by both: choose"), asked)
        self._add_group(grid, self.tr("Changed by one: kept"), agreed)
        grid.setRowStretch(grid.rowCount(), 1)
        area = QScrollArea()
        area.setWidget(body)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area = area
        return area

    def _add_group(self, grid: QGridLayout, title: str, rows: Sequence[Compared]) -> None:
        if not rows:
            return
        head = plain_label(title, bold=0)
        head.setContentsMargins(0, 6, 0, 0)
        grid.addWidget(head, grid.rowCount(), 0, 1, 4)
        for row in rows:
            at = grid.rowCount()
            label = plain_label(row.label, name=f"conflict_{row.key}")
            was = plain_label(row.was, name=f"conflict_{row.key}_was", secondary=True)
            for text in (label, was):
                text.setWordWrap(True)
                text.setContentsMargins(0, 5, 0, 0)
            mine = self._tile(row, Side.MINE, row.mine, self.tr("mine"))
            theirs = self._tile(row, Side.THEIRS, row.theirs, self._meanwhile.who)
            grid.addWidget(label, at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(was, at, 1, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(mine, at, 2)
            grid.addWidget(theirs, at, 3)
            self._pair(row, mine, theirs)

    def _tile(self, row: Compared, side: Side, text: str, whose: str) -> PickTile:
        said = f"{row.label}, {whose}: {text}".replace("\n", ", ")
        tile = PickTile(f"pick_{row.key}_{side.value}", text, said)
        tile.setChecked(row.side is side)
        return tile

    def _pair(self, row: Compared, mine: PickTile, theirs: PickTile) -> None:
        group = QButtonGroup(self)
        group.addButton(mine)
        group.addButton(theirs)
        self._pairs.append((row, mine, theirs))
        number = len(self._pairs) - 1
        for tile, other in ((mine, theirs), (theirs, mine)):
            tile.other_asked.connect(lambda other=other: self._choose(other))
            tile.going_on.connect(lambda tile=tile: self._go_on(number, tile))
            tile.toggled.connect(self._tell)
        self._tell()

    def _choose(self, tile: PickTile) -> None:
        tile.setChecked(True)
        tile.setFocus(Qt.FocusReason.TabFocusReason)

    def _go_on(self, number: int, tile: PickTile) -> None:
        tile.setChecked(True)
        following = self._pairs[number + 1 :]
        if not following:
            self.save_button.setFocus(Qt.FocusReason.TabFocusReason)
            return
        _row, mine, theirs = following[0]
        following_tile = theirs if theirs.isChecked() else mine
        following_tile.setFocus(Qt.FocusReason.TabFocusReason)
        self._area.ensureWidgetVisible(following_tile)

    def _tell(self) -> None:
        self.problem.hide()
        for _row, mine, theirs in self._pairs:
            # One stop for Tab in each pair: the chosen one, else mine.
            stop = theirs if theirs.isChecked() else mine
            for tile in (mine, theirs):
                focus = Qt.FocusPolicy.StrongFocus if tile is stop else Qt.FocusPolicy.ClickFocus
                tile.setFocusPolicy(focus)

    def _make_foot(self) -> QWidget:
        foot = named(QFrame(), "sheet_foot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(12, 7, 12, 7)
        row.setSpacing(8)
        row.addStretch(1)
        close = named(QPushButton(self.tr("Keep as draft  Esc")), "conflict_close")
        close.clicked.connect(self.left)
        row.addWidget(close)
        if self._meanwhile.removed:
            self.save_button = named(
                QPushButton(self.tr("Restore with my values  Ctrl+Enter")), "conflict_restore"
            )
            self.save_button.setEnabled(self._meanwhile.may_restore)
        else:
            theirs = named(QPushButton(self.tr("Take theirs")), "conflict_theirs")
            theirs.setToolTip(tip(self.tr("Your text stays as a draft until it is discarded.")))
            theirs.clicked.connect(self.theirs_chosen)
            row.addWidget(theirs)
            self.save_button = named(
                QPushButton(self.tr("Save the chosen values  Ctrl+Enter")), "conflict_save"
            )
        self.save_button.setProperty("primary", True)
        self.save_button.clicked.connect(self.accept)
        row.addWidget(self.save_button)
        return foot
