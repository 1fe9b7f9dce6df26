"""The library on the screen: what is looked for above, what was found at the left, one claim at the right."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QPushButton, QSplitter, QVBoxLayout, QWidget

from ctdild_desktop.clinical import evidence, evidence_gaps, evidence_search, evidence_words
from ctdild_desktop.clinical.evidence import Claim
from ctdild_desktop.clinical.evidence_search import GAP, Asked
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.evidence.claim_pane import ClaimPane
from ctdild_desktop.ui.evidence.coverage_table import CoverageTable
from ctdild_desktop.ui.evidence.library_head import LibraryHead
from ctdild_desktop.ui.evidence.library_models import ClaimsModel
from ctdild_desktop.ui.widgets.empty_state import EmptyState
from ctdild_desktop.ui.widgets.later import Later
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.section_header import SectionHeader
from ctdild_desktop.ui.widgets.wrapped_table import WrappedTable

_WIDTHS = {0: 46, 1: 0, 2: 128, 3: 104, 4: 112}


class _ClaimTable(WrappedTable):
    """A list whose Copy takes the citation of the claim in hand; it measures its rows once for each width."""

    copied = Signal()

    def __init__(self, name: str, label: str, model: ClaimsModel) -> None:
        super().__init__(name, label, model)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.set_widths(_WIDTHS)
        # The header tells of a new width before the column has it.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.resizeRowsToContents)
        model.modelReset.connect(self.resizeRowsToContents)
        self.horizontalHeader().sectionResized.connect(lambda *_sizes: self._soon.start())

    def copy_rows(self) -> None:
        """Ask for the citation."""
        self.copied.emit()


class EvidencePage(Later):
    """Nothing here is about a patient, but when one asked: then ``left`` leads back to them."""

    left = Signal()
    study_requested = Signal(str)
    """Id of a claim whose design shall be run on the registry."""
    said = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evidence_page")
        self._designs: frozenset[str] = frozenset()
        self._asked = Asked()
        self._back = False

    def _make_inside(self) -> None:
        self.head = LibraryHead()
        self._claims = ClaimsModel(self)
        self.list = _ClaimTable("evidence_list", self.tr("Statements of the library"), self._claims)
        self.pane = ClaimPane()
        self.pane.set_designs(self._designs)
        self.coverage = CoverageTable()
        self.gap = plain_label(name="evidence_gap", bold=0)
        self.gap.setWordWrap(True)
        self.gap.setContentsMargins(theme.scaled(12), theme.scaled(5), theme.scaled(12), theme.scaled(5))
        self.gaps_button = named(QPushButton(), "evidence_gaps")
        self.gaps_button.setProperty("link", True)
        count = len(evidence_gaps.gaps())
        self.gaps_button.setText(
            self.tr("What is not known: {count} statements with their lines").format(count=count)
        )
        self._found_head = SectionHeader(self.tr("Statements"))
        self._empty = EmptyState(self.tr("The library has no statement that answers this."))
        self._lay_out()
        self._connect()
        self.head.ask(self._asked)

    def _lay_out(self) -> None:
        self._studied = named(QWidget(), "evidence_studied")
        below = QVBoxLayout(self._studied)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(
            SectionHeader(
                self.tr("What was studied where"),
                self.tr("studies of the disease / all statements"),
                self.tr("0: the review has no study · Enter lists them"),
            )
        )
        below.addWidget(self.coverage)
        row = QHBoxLayout()
        row.setContentsMargins(theme.scaled(8), 2, theme.scaled(8), 2)
        row.addWidget(self.gaps_button)
        row.addStretch(1)
        below.addLayout(row)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget, share in (
            (self._studied, 0),
            (self._found_head, 0),
            (self.gap, 0),
            (self._empty, 1),
            (self.list, 1),
        ):
            column.addWidget(widget, share)
        self._body = QSplitter(Qt.Orientation.Horizontal)
        for part, share in ((left, 5), (self.pane, 3)):
            self._body.addWidget(part)
            self._body.setStretchFactor(self._body.count() - 1, share)
        self._body.setChildrenCollapsible(False)
        self._body.setSizes([theme.scaled(830), theme.scaled(468)])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.head)
        whole.addWidget(self._body, 1)

    def _connect(self) -> None:
        self.head.changed.connect(self._find)
        self.head.search.went_on.connect(self._go_on)
        self.head.clear_button.clicked.connect(lambda: self.ask(Asked()))
        self.head.back_button.clicked.connect(self.left)
        self.coverage.chosen.connect(lambda disease, drug: self._look_up(Asked(disease=disease, drug=drug)))
        self.gaps_button.clicked.connect(lambda: self._look_up(Asked(kind=GAP)))
        self.list.row_selected.connect(self._on_row)
        self.list.row_opened.connect(lambda _row: self.pane.text.setFocus(Qt.FocusReason.OtherFocusReason))
        self.list.copied.connect(self.copy_citation)
        self.pane.copy_requested.connect(self.copy_citation)
        self.pane.claim_requested.connect(self.show_claim)
        self.pane.study_requested.connect(self.study_requested)
        QShortcut(QKeySequence("Ctrl+Return"), self, self.pane.run_button.click)
        QShortcut(QKeySequence("Ctrl+F"), self, self.head.search.setFocus)
        QShortcut(QKeySequence("Esc"), self, self._on_escape)

    # what is asked

    def set_designs(self, ids: Iterable[str]) -> None:
        """Which claims are studies whose design can be run on the registry."""
        self._designs = frozenset(ids)
        if self.made:
            self.pane.set_designs(self._designs)

    def ask(self, asked: Asked, *, back: bool | None = None) -> None:
        """Look for this.

        Args:
            back: whether a patient asked, to whom the page leads back; None: as before.
        """
        self._asked = asked
        self._back = self._back if back is None else back
        self.make()
        self.head.back_button.setVisible(self._back)
        self.head.ask(asked)

    def asked(self) -> Asked:
        """What is looked for now."""
        return self.head.asked() if self.made else self._asked

    def focus_first(self) -> None:
        """The words have the keyboard; what was found has it when a patient asked."""
        self.make()
        place: QWidget = self.list if self._back and self._claims.claims else self.head.search
        place.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_claim(self, claim_id: str) -> None:
        """Show one claim; the list is widened to everything when it does not have it.

        Raises:
            KeyError: the library has no claim of this id.
        """
        wanted = evidence.claim(claim_id)
        if wanted not in self._claims.claims:
            self.ask(Asked())
        self.list.setCurrentIndex(self._claims.index(self._claims.claims.index(wanted), 0))
        self.pane.show_claim(wanted)

    def copy_citation(self) -> None:
        """Put the citation of the claim in hand on the clipboard."""
        if self.pane.claim is not None:
            QGuiApplication.clipboard().setText(evidence_words.citation(self.pane.claim))
            self.said.emit(self.tr("Citation of {id} copied.").format(id=self.pane.claim.id))

    def _look_up(self, asked: Asked) -> None:
        self.ask(asked)
        self._go_on()

    def _go_on(self) -> None:
        if self._claims.claims:
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_escape(self) -> None:
        if self._back:
            self.left.emit()
        elif self.asked() != Asked():
            self.ask(Asked())
            self.head.search.setFocus(Qt.FocusReason.OtherFocusReason)

    # what was found

    def _find(self) -> None:
        asked = self._asked = self.head.asked()
        found = evidence_search.find(asked)
        kept = self.pane.claim
        self._claims.show_claims(found)
        gap = evidence_gaps.gap_words(asked.disease, asked.drug) if asked.disease and asked.drug else ""
        self.gap.setText(gap)
        self.gap.setVisible(bool(gap))
        self._studied.setVisible(asked.nothing)
        self._empty.setVisible(not found)
        if not found:
            self._empty.set_text(self._why_nothing(asked))
        self.list.setVisible(bool(found))
        self._say_found(asked, found)
        if found:
            at = found.index(kept) if kept in found else 0
            self.list.setCurrentIndex(self._claims.index(at, 0))
        else:
            self.pane.show_claim(None)

    def _why_nothing(self, asked: Asked) -> str:
        unknown = evidence_search.unknown_words(asked.text)
        told = self.tr("No statement has: {words}.").format(words=", ".join(unknown)) if unknown else ""
        back = self.tr("Take a word or a choice away, or show everything (Esc).")
        return f"{told} {back}".strip()

    def _say_found(self, asked: Asked, found: tuple[Claim, ...]) -> None:
        count = len(found)
        words = self.tr("1 statement") if count == 1 else self.tr("{count} statements").format(count=count)
        order = self.tr("order of the library")
        if not asked.nothing:
            order = self.tr("closest first: words of the statement, then elsewhere; few diseases, then many")
        self._found_head.set_texts(self.tr("Statements"), words, order)
        whole = self.tr(
            "{count} statements of the source review of about 2016, and what was published since. Nothing "
            "here advises a treatment."
        )
        self.head.facts.setText(whole.format(count=len(evidence.claims())))

    def _on_row(self, row: int) -> None:
        if 0 <= row < len(self._claims.claims):
            self.pane.show_claim(self._claims.claims[row])
