"""What the evidence library says of the situation of the patient in sight, each statement with its place."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from ctdild_desktop.services.patient_evidence import LinkedClaim, Topic
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.section_header import SectionHeader


class _Text(QTextBrowser):
    """Text that is read and copied; Esc leaves it."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class EvidencePanel(QWidget):
    """Statements in two parts: the drugs that run, then disease and pattern. It never advises.

    ``left`` says that the reasons shall stand there again.
    """

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evidence_panel")
        self._claims: tuple[LinkedClaim, ...] = ()
        self._header = SectionHeader(self.tr("Evidence"))
        self._text = named(_Text(self), "evidence_text")
        self._text.setOpenLinks(False)
        self._text.setUndoRedoEnabled(False)
        self._text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self._text.setAccessibleName(self.tr("Evidence that concerns this patient"))
        self._text.left.connect(self.left)
        back = named(QPushButton(self.tr("Back to why  Esc"), self), "evidence_back")
        back.setProperty("link", True)
        back.clicked.connect(self.left)
        foot = QHBoxLayout()
        foot.setContentsMargins(10, 3, 10, 3)
        foot.addWidget(back)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._text, 1)
        column.addLayout(foot)
        theme.state().changed.connect(self._write)

    def show_claims(self, claims: Sequence[LinkedClaim]) -> None:
        """Replace all statements and begin at the first."""
        self._claims = tuple(claims)
        self._write()
        self._text.verticalScrollBar().setValue(0)

    def start(self) -> None:
        """Give the text the keyboard."""
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)

    def text(self) -> str:
        """Everything that is said, without its looks."""
        return self._text.toPlainText()

    def _write(self) -> None:
        count = len(self._claims)
        words = self.tr("1 statement") if count == 1 else self.tr("{count} statements").format(count=count)
        self._header.set_texts(self.tr("Evidence"), words, self.tr("what was found; no advice"))
        parts = [
            (self.tr("Drugs that run now"), [one for one in self._claims if one.topic is Topic.THERAPY]),
            (self.tr("Disease and pattern"), [one for one in self._claims if one.topic is Topic.DISEASE]),
        ]
        made = []
        for title, claims in parts:
            if claims:
                made.append(f'<p style="margin:8px 0 4px 0; font-weight:600">{html.escape(title)}</p>')
                made += [self._paragraph(one) for one in claims]
        if not made:
            none = self.tr(
                "The library has no statement for what is recorded: disease, pattern, running drugs."
            )
            made = [f"<p>{html.escape(none)}</p>"]
        quiet, source = theme.tokens().text2, theme.tokens().text3
        body = "".join(made).replace("@quiet", quiet).replace("@source", source)
        self._text.setHtml(f'<div style="color:{theme.tokens().text}">{body}</div>')

    def _paragraph(self, one: LinkedClaim) -> str:
        lines = [f'<p style="margin:0 0 1px 0">{html.escape(one.claim.statement)}</p>']
        told = [("@quiet", one.detail)]
        if one.later:
            later = self.tr("A later publication says: {statement}").format(statement=one.later)
            told.append(("@quiet", later))
        concerns = self.tr("Concerns: {links}").format(links=", ".join(one.links))
        told.append(("@quiet", concerns))
        told.append(("@source", f"{one.claim.id} · {one.place}"))
        small = theme.px(-1)
        lines += [
            f'<p style="margin:0; color:{ink}; font-size:{small}px">{html.escape(words)}</p>'
            for ink, words in told
            if words
        ]
        return "".join(lines) + '<p style="margin:0; font-size:6px">&nbsp;</p>'
