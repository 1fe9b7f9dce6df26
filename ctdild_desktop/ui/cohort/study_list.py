"""The studies of the evidence that can be run: found by drug, disease or name; Enter runs the one in hand."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.clinical import codes, evidence_search
from ctdild_desktop.clinical.evidence import CHECK_WORDS, Check
from ctdild_desktop.clinical.evidence_search import Asked
from ctdild_desktop.language import marked, say
from ctdild_desktop.services.cohort.studies import Study, studies
from ctdild_desktop.services.cohort.study_table import drug_words
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.line_view import LineView
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip
from ctdild_desktop.ui.widgets.search_field import SearchField
from ctdild_desktop.ui.widgets.section_header import SectionHeader
from ctdild_desktop.ui.widgets.segmented_control import SegmentedControl

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
OF_STUDY, OF_QUESTION = "study", "question"
_STUDY = Qt.ItemDataRole.UserRole
_EDGE, _LEAST_ROWS = 10, 4
_SHORT = {
    Check.VERIFIED: marked("verified"),
    Check.REVIEW_ONLY: marked("review only"),
    Check.DIFFERS: marked("differs"),
    Check.UNVERIFIED: marked("not checked"),
}


class _Model(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.studies: tuple[Study, ...] = studies()

    def find(self, text: str) -> None:
        """List those that have every word, in the order of the library."""
        found = {claim.id for claim in evidence_search.find(Asked(text=text))}
        self.beginResetModel()
        self.studies = tuple(one for one in studies() if one.id in found)
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.studies)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        study = self.studies[index.row()]
        if role == _STUDY:
            return study
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return ", ".join((study.id, study.name, self.about(study), say(CHECK_WORDS[study.claim.check])))
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(study.not_run or study.claim.statement)
        return None

    def about(self, study: Study) -> str:
        """Its drugs, and whom it was about."""
        if not study.is_run:
            return self.tr("not run")
        short = [entry.short for entry in codes.drugs() if entry.code in study.design.drugs]
        drugs = " ".join(short) if len(short) == 1 else drug_words(study.design.drugs)
        return " · ".join(filter(None, (drugs, study.claim.population or study.query)))


class _Cell(QStyledItemDelegate):
    """Number and name above, how far it was checked at their right; drugs and patients below."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(60, 2 * QFontMetrics(theme.font()).lineSpacing() + theme.scaled(6))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model, study, area = index.model(), index.data(_STUDY), QRect(option.rect)
        assert isinstance(model, _Model)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if selected:
            painter.fillRect(area, theme.color("sel"))
            painter.fillRect(area.left(), area.top(), 3, area.height(), theme.color("accent"))
        edge, high = theme.scaled(_EDGE), QFontMetrics(theme.font()).lineSpacing()
        first = QRect(area.left() + edge, area.top() + theme.scaled(3), area.width() - 2 * edge, high)
        second = first.translated(0, high)
        quiet = "text" if selected else "text2"
        _draw(painter, first, say(_SHORT[study.claim.check]), quiet, right=True)
        taken = QFontMetrics(theme.font()).horizontalAdvance(say(_SHORT[study.claim.check])) + edge
        first.setRight(first.right() - taken)
        _draw(
            painter, first, f"{study.id}  {study.name}", "text" if study.is_run else quiet, bold=study.is_run
        )
        _draw(painter, second, model.about(study), quiet)
        painter.restore()


def _draw(
    painter: QPainter, room: QRect, words: str, ink: str, *, bold: bool = False, right: bool = False
) -> None:
    painter.setFont(theme.font(bold=bold))
    painter.setPen(theme.color(ink))
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    told = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, told)


class StudyList(QWidget):
    """A study is run on its own patients, or on those of the question that stands above."""

    changed = Signal()
    """Another study or other patients are chosen."""
    run_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cohort_studies_pane")
        self._model = _Model(self)
        self._head = SectionHeader(self.tr("Studies"))
        self.search = named(SearchField(), "study_search")
        self.search.setAccessibleName(self.tr("Drug, disease or study"))
        self.search.setPlaceholderText(self.tr("Drug, disease or study"))
        self.list = LineView("study_list", self.tr("Studies"), self._model, _Cell())
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.list.setMinimumHeight(_LEAST_ROWS * self.list.sizeHintForRow(0))
        self.people = SegmentedControl(
            "study_people",
            self.tr("Patients"),
            ((OF_STUDY, self.tr("Of the study")), (OF_QUESTION, self.tr("Of the question"))),
        )
        self.people.set_current(OF_STUDY)
        self._lay_out()
        self.search.textChanged.connect(self._find)
        self.search.went_on.connect(self.focus_first)
        self.list.row_opened.connect(lambda _index: self.run_requested.emit())
        self.list.selectionModel().currentChanged.connect(lambda _now, _was: self.changed.emit())
        self.people.chosen.connect(lambda _code: self.changed.emit())
        self._find("")

    def _lay_out(self) -> None:
        edge = theme.scaled(8)
        around = QVBoxLayout()
        around.setContentsMargins(edge, edge, edge, edge)
        around.setSpacing(edge)
        around.addWidget(self.search)
        around.addWidget(self.people)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addLayout(around)
        column.addWidget(self.list, 1)

    def study(self) -> Study | None:
        """The study in hand; None where nothing is found."""
        study = self.list.currentIndex().data(_STUDY)
        return study if isinstance(study, Study) else None

    def own_people(self) -> bool:
        """Whether it shall be run on the patients of the study."""
        return self.people.current() == OF_STUDY

    def choose(self, claim_id: str) -> bool:
        """Take a study in hand; False where there is none of this id."""
        if all(one.id != claim_id for one in studies()):
            return False
        self.search.clear()
        row = next(at for at, one in enumerate(self._model.studies) if one.id == claim_id)
        self.list.setCurrentIndex(self._model.index(row, 0))
        return True

    def draft(self) -> dict[str, str]:
        """What is chosen here, as texts."""
        study = self.study()
        return {"study": study.id if study is not None else "", "study_people": self.people.current()}

    def restore(self, kept: Mapping[str, str]) -> None:
        """Put back what was chosen."""
        self.choose(kept.get("study", ""))
        if kept.get("study_people") in {OF_STUDY, OF_QUESTION}:
            self.people.set_current(kept["study_people"])
        self.changed.emit()

    def focus_first(self) -> None:
        """Put the keyboard on the list."""
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _find(self, text: str) -> None:
        kept = self.study()
        self._model.find(text)
        found = self._model.studies
        self._head.set_texts(self.tr("Studies"), str(len(found)), self.tr("Enter runs it"))
        if found:
            row = next((at for at, one in enumerate(found) if kept is not None and one.id == kept.id), 0)
            self.list.setCurrentIndex(self._model.index(row, 0))
        self.changed.emit()
