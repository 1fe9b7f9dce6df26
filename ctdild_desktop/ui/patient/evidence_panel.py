"""What the evidence library says of people like the patient in sight, each statement with its place."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from ctdild_desktop.clinical.evidence_search import Asked
from ctdild_desktop.services.patient_evidence import LinkedClaim, PatientEvidence, Topic
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.section_header import SectionHeader

_TOPIC, _CLAIM, _WAY, _MISSING = "topic", "claim", "way", "missing"


class _Text(QTextBrowser):
    """Text that is read, walked by its links and copied; Esc leaves it."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class EvidencePanel(QWidget):
    """Statements by topic: disease, drugs given and not given, harms, what is not known. It never advises.

    ``left`` says that the reasons shall stand there again.
    """

    left = Signal()
    library_requested = Signal(object, str)
    """What the library shall be asked for, and the claim to show; an empty id shows the first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evidence_panel")
        self._told = PatientEvidence((), (), ())
        self._header = SectionHeader(self.tr("Evidence"))
        self._text = named(_Text(self), "evidence_text")
        self._text.setOpenLinks(False)
        self._text.setUndoRedoEnabled(False)
        self._text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self._text.setAccessibleName(self.tr("Evidence that concerns this patient"))
        self._text.left.connect(self.left)
        self._text.anchorClicked.connect(self._on_link)
        back = named(QPushButton(self.tr("Back to why  Esc"), self), "evidence_back")
        library = named(QPushButton(self.tr("All of it in the library"), self), "evidence_library")
        for button in (back, library):
            button.setProperty("link", True)
        back.clicked.connect(self.left)
        library.clicked.connect(self._on_library)
        foot = QHBoxLayout()
        foot.setContentsMargins(10, 3, 10, 3)
        foot.addWidget(back)
        foot.addStretch(1)
        foot.addWidget(library)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._text, 1)
        column.addLayout(foot)
        theme.state().changed.connect(self._write)

    def show_evidence(self, told: PatientEvidence) -> None:
        """Replace all statements and begin at the first; the same again stay where they are."""
        if told == self._told and self.text():
            return
        self._told = told
        self._write()
        self._text.verticalScrollBar().setValue(0)

    def start(self) -> None:
        """Give the text the keyboard."""
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)

    def text(self) -> str:
        """Everything that is said, without its looks."""
        return self._text.toPlainText()

    # links

    def _on_link(self, link: QUrl) -> None:
        kind, _, code = link.toString().partition(":")
        if kind == _TOPIC:
            self._text.scrollToAnchor(code)
        elif kind == _CLAIM:
            self.library_requested.emit(self._widest(), code)
        elif kind == _WAY:
            self.library_requested.emit(self._told.ways[int(code)].asked, "")
        elif kind == _MISSING:
            self.library_requested.emit(self._told.missing[int(code)].asked, "")

    def _on_library(self) -> None:
        self.library_requested.emit(self._widest(), "")

    def _widest(self) -> Asked:
        """Everything on the patient's disease; everything at all while none is recorded."""
        return next((way.asked for way in self._told.ways_of(Topic.DISEASE)), Asked())

    # what is written

    def _titles(self) -> dict[Topic, str]:
        tr = self.tr
        return {
            Topic.DISEASE: tr("Disease and pattern"),
            Topic.THERAPY: tr("Drugs that run now"),
            Topic.EARLIER: tr("Drugs given before"),
            Topic.NOT_GIVEN: tr("Drugs not given"),
            Topic.HARM: tr("Harms"),
            Topic.GAP: tr("What is not known"),
        }

    def _write(self) -> None:
        told = self._told
        count = len(told.claims)
        words = self.tr("1 statement") if count == 1 else self.tr("{count} statements").format(count=count)
        self._header.set_texts(self.tr("Evidence"), words, self.tr("what was found; no advice"))
        titles = self._titles()
        shown = [topic for topic in Topic if told.about(topic) or (topic is Topic.GAP and told.missing)]
        made = []
        if shown:
            links = [self._link(_TOPIC, topic.value, titles[topic]) for topic in shown]
            made.append(f'<p style="margin:4px 0 4px 0">{" · ".join(links)}</p>')
        for topic in shown:
            made += self._part(topic, titles[topic])
        if not made:
            none = self.tr(
                "The library has no statement for what is recorded: disease, pattern, drugs, harms."
            )
            made = [f"<p>{html.escape(none)}</p>"]
        ink = theme.tokens()
        style = f"<style>a {{ color: {ink.accent}; }}</style>"
        self._text.setHtml(f'{style}<div style="color:{ink.text}">{"".join(made)}</div>')

    def _part(self, topic: Topic, title: str) -> Sequence[str]:
        told = self._told
        claims = told.about(topic)
        count = f" ({len(claims)})" if claims else ""
        head = f'<a name="{topic.value}"></a>{html.escape(title)}{count}'
        made = [f'<p style="margin:10px 0 4px 0; font-weight:600">{head}</p>']
        if topic is Topic.GAP:
            for number, one in enumerate(told.missing):
                link = self._link(_MISSING, str(number), self.tr("what there is"))
                made.append(f'<p style="margin:0 0 4px 0">{html.escape(one.words)} {link}</p>')
        ways = [self._link(_WAY, str(told.ways.index(way)), way.words) for way in told.ways_of(topic)]
        if ways:
            where = html.escape(self.tr("In the library: {questions}")).format(questions=" · ".join(ways))
            made.append(self._small(where, theme.tokens().text2, gap=4))
        made += [self._paragraph(one) for one in claims]
        return made

    def _paragraph(self, one: LinkedClaim) -> str:
        ink = theme.tokens()
        lines = [f'<p style="margin:0 0 1px 0">{html.escape(one.claim.statement)}</p>']
        told = [one.detail]
        if one.later:
            told.append(self.tr("A later publication says: {statement}").format(statement=one.later))
        told.append(self.tr("Because: {links}").format(links=", ".join(one.links)))
        lines += [self._small(html.escape(words), ink.text2) for words in told if words]
        place = f"{self._link(_CLAIM, one.claim.id, one.claim.id)} · {html.escape(one.place)}"
        lines.append(self._small(place, ink.text3))
        return "".join(lines) + '<p style="margin:0; font-size:6px">&nbsp;</p>'

    def _small(self, body: str, ink: str, *, gap: int = 0) -> str:
        return f'<p style="margin:0 0 {gap}px 0; color:{ink}; font-size:{theme.px(-1)}px">{body}</p>'

    def _link(self, kind: str, code: str, words: str) -> str:
        return f'<a href="{kind}:{code}">{html.escape(words)}</a>'
