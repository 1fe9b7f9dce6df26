"""The library as a list of claims, and its table of what was studied where."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ctdild_desktop.clinical import codes, evidence_gaps, evidence_search
from ctdild_desktop.clinical.evidence import CHECK_WORDS, Claim
from ctdild_desktop.clinical.evidence_gaps import Coverage
from ctdild_desktop.language import say
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.plain import tip

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


class ClaimsModel(QAbstractTableModel):
    """Claims, one in a row, in the order in which they were found."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.claims: tuple[Claim, ...] = ()
        self._heads = (
            self.tr("No."),
            self.tr("Statement"),
            self.tr("Study"),
            self.tr("In the review"),
            self.tr("Checked"),
        )

    def show_claims(self, claims: tuple[Claim, ...]) -> None:
        """Replace what is listed."""
        self.beginResetModel()
        self.claims = claims
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """One for each claim."""
        return 0 if parent.isValid() else len(self.claims)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """One for each head."""
        return 0 if parent.isValid() else len(self._heads)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The heads."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell, and the whole row for a voice."""
        if not index.isValid():
            return None
        texts = self._texts(self.claims[index.row()])
        if role == Qt.ItemDataRole.DisplayRole:
            return texts[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(text for text in texts if text)
        return None

    def _texts(self, one: Claim) -> tuple[str, ...]:
        place = one.place or self.tr("published later")
        return (one.id, one.statement, one.study, place, say(CHECK_WORDS[one.check]))


class CoverageModel(QAbstractTableModel):
    """Diseases down, drugs across: how many studies, of how many statements."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = evidence_gaps.matrix()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """One for each disease."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """One for each drug."""
        return 0 if parent.isValid() else len(evidence_gaps.DRUGS)

    def at(self, index: Index) -> Coverage:
        """What a cell tells of."""
        return self._rows[index.row()][index.column()]

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Drugs and diseases by their short names; the whole name as a tip."""
        across = orientation == Qt.Orientation.Horizontal
        code = (evidence_gaps.DRUGS if across else evidence_gaps.DISEASES)[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._short(code, across=across)
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            return evidence_search.drug_words(code) if across else codes.diagnoses().label(code)
        return (_CENTRE if across else _LEFT) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _short(self, code: str, *, across: bool) -> str:
        if code == "@glucocorticoid":
            return self.tr("GC")
        if code == "@anti_tnf":
            return self.tr("Anti-TNF")
        entry = codes.drugs().get(code) if across else codes.diagnoses().get(code)
        return entry.short if entry is not None else code

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """``4 / 13``; a cell without a study is quieter and says so in words."""
        if not index.isValid():
            return None
        seen = self.at(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{len(seen.studies)} / {len(seen.claims)}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _CENTRE
        if role == Qt.ItemDataRole.FontRole:
            return theme.font(bold=bool(seen.studies))
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme.color("text" if seen.studies else "text2")
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            told = self._told(seen)
            return tip(told) if role == Qt.ItemDataRole.ToolTipRole else told
        return None

    def _told(self, seen: Coverage) -> str:
        return self.tr("{drug}, {disease}: studies {studies}, statements {statements}. {gap}").format(
            drug=evidence_search.drug_words(seen.drug),
            disease=codes.diagnoses().label(seen.disease),
            studies=len(seen.studies),
            statements=len(seen.claims),
            gap=evidence_gaps.gap_words(seen.disease, seen.drug),
        )
