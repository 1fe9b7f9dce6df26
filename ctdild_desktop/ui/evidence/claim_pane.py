"""One claim whole: what was studied and found, where it stands, what changed it, and what rests on it."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from ctdild_desktop.clinical import codes, evidence, evidence_search, evidence_words
from ctdild_desktop.clinical.criteria import CRITERIA
from ctdild_desktop.clinical.evidence import CHECK_WORDS, KIND_WORDS, Claim
from ctdild_desktop.language import say
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.section_header import SectionHeader

_CLAIM, _CRITERION = "claim", "criterion"


class _Text(QTextBrowser):
    """Text that is read, walked by its links and copied; without a selection the citation is copied."""

    copied = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and not self.textCursor().hasSelection():
            self.copied.emit()
        else:
            super().keyPressEvent(event)


class ClaimPane(QWidget):
    """Shows a claim, or the words of a criterion with the claims that bear on it."""

    claim_requested = Signal(str)
    """Id of a claim whose link was followed."""
    study_requested = Signal(str)
    copy_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evidence_pane")
        self.claim: Claim | None = None
        self._criterion = ""
        self._designs: frozenset[str] = frozenset()
        self._header = SectionHeader(self.tr("Statement"))
        self.text = named(_Text(self), "evidence_claim")
        self.text.setAccessibleName(self.tr("The statement in hand"))
        self.text.setOpenLinks(False)
        self.text.setUndoRedoEnabled(False)
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.text.document().setDocumentMargin(theme.scaled(10))
        self.text.anchorClicked.connect(self._on_link)
        self.text.copied.connect(self.copy_requested)
        self.run_button = named(
            QPushButton(self.tr("Run this study on our patients  Ctrl+Enter")), "evidence_run"
        )
        self.run_button.setProperty("primary", True)
        self.run_button.clicked.connect(self._on_run)
        self.copy_button = named(QPushButton(self.tr("Copy citation  Ctrl+C")), "evidence_copy")
        self.copy_button.clicked.connect(self.copy_requested)
        foot = QHBoxLayout()
        foot.setContentsMargins(10, 6, 10, 6)
        foot.setSpacing(8)
        foot.addWidget(self.copy_button)
        foot.addStretch(1)
        foot.addWidget(self.run_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self.text, 1)
        column.addLayout(foot)
        theme.state().changed.connect(self._write)
        self.show_claim(None)

    def set_designs(self, ids: Iterable[str]) -> None:
        """Which claims are studies whose design can be run on the registry."""
        self._designs = frozenset(ids)
        self._write()

    def show_claim(self, claim: Claim | None) -> None:
        """Show a claim from its beginning, or nothing."""
        self.claim, self._criterion = claim, ""
        self._write()
        self.text.verticalScrollBar().setValue(0)

    def _on_run(self) -> None:
        if self.claim is not None and self.claim.id in self._designs:
            self.study_requested.emit(self.claim.id)

    def _on_link(self, link: QUrl) -> None:
        kind, _, code = link.toString().partition(":")
        if kind == _CLAIM:
            self.claim_requested.emit(code)
        elif kind == _CRITERION:
            self._criterion = code
            self._write()
            self.text.verticalScrollBar().setValue(0)

    # what is written

    def _write(self) -> None:
        one = self.claim
        self.copy_button.setEnabled(one is not None)
        self.run_button.setVisible(one is not None and one.id in self._designs)
        if one is None:
            self._header.set_texts(self.tr("Statement"))
            self.text.setHtml(self._line(self.tr("No statement is chosen.")))
            return
        if self._criterion:
            self._header.set_texts(self.tr("Definition"), self._criterion)
            body = self._definition(one)
        else:
            self._header.set_texts(one.id, say(KIND_WORDS[one.kind]), self.tr("what was found; no advice"))
            body = self._whole(one)
        ink = theme.tokens()
        style = f"<style>a {{ color: {ink.accent}; }}</style>"
        self.text.setHtml(f'{style}<div style="color:{ink.text}">{body}</div>')

    def _whole(self, one: Claim) -> str:
        tr = self.tr
        facts = (
            (tr("Study"), one.study),
            (tr("Population"), one.population),
            (tr("Patients (n)"), one.n),
            (tr("Dose"), one.dose),
            (tr("Compared with"), one.comparator),
            (tr("Outcome"), one.outcome),
            (tr("Effect"), one.effect),
            (tr("p"), evidence_words.p_of(one)),
            (tr("In the review"), one.place or tr("published after the review")),
            (tr("Reference of the review"), one.reference),
            (tr("Source"), one.source),
            (tr("DOI"), one.doi),
            (tr("Checked"), say(CHECK_WORDS[one.check])),
            (tr("Note"), one.note),
        )
        parts = [self._title(one.statement)]
        if one.gap:
            parts.append(self._line(tr("The review says here that something is not known.")))
        parts.append(self._table([(name, html.escape(words)) for name, words in facts if words]))
        parts += self._links(one)
        parts += self._about(one)
        return "".join(parts)

    def _links(self, one: Claim) -> Iterable[str]:
        tr = self.tr
        later = [evidence.claim(one.superseded_by)] if one.superseded_by else []
        for title, claims in (
            (tr("Changed by a later publication"), later),
            (tr("Changes earlier statements"), evidence_words.superseding(one)),
        ):
            if claims:
                yield self._head(title)
                yield "".join(self._linked(claim) for claim in claims)
        rows = [
            f'<a href="{_CRITERION}:{code}">{html.escape(evidence_words.criterion_words(code))}</a>'
            for code in one.criteria
        ]
        rows += [html.escape(evidence_words.rule_words(rule)) for rule in one.rules]
        if rows:
            yield self._head(tr("What of this program bears on it"))
            yield "".join(f'<p style="margin:0 0 2px 0">{row}</p>' for row in rows)

    def _about(self, one: Claim) -> Iterable[str]:
        tr = self.tr
        diseases = [codes.diagnoses().label(code) for code in one.diseases]
        if one.of_every_disease:
            diseases = [tr("CTD-ILD as a whole")]
        about = (
            (tr("Diseases"), diseases),
            (tr("Patterns"), [codes.patterns().label(code) for code in one.patterns]),
            (tr("Drugs"), self._drugs(one)),
            (tr("Harms"), [codes.ae_terms().label(code) for code in one.events]),
            (tr("Outcomes"), [evidence.outcomes()[code] for code in one.outcomes]),
        )
        rows = [(name, html.escape(", ".join(words))) for name, words in about if words]
        if rows:
            yield self._head(tr("Found under"))
            yield self._table(rows)

    def _drugs(self, one: Claim) -> list[str]:
        return list(
            dict.fromkeys(
                evidence_search.drug_words(evidence_search.choice_of_drug(code)) for code in one.drugs
            )
        )

    def _definition(self, one: Claim) -> str:
        tr = self.tr
        code = self._criterion
        parts = [self._title(evidence_words.criterion_words(code))]
        known = next((each for each in CRITERIA if each.id == code), None)
        if known is not None:
            months = known.window_months
            window = (
                tr("{months} months").format(months=months) if months else tr("around the start of a drug")
            )
            rows = [(tr("Source"), html.escape(say(known.source))), (tr("Window"), html.escape(window))]
            parts.append(self._table(rows))
        parts.append(self._head(tr("Statements that bear on it")))
        parts += [self._linked(each) for each in evidence.claims() if code in each.criteria]
        back = tr("Back to {id}").format(id=one.id)
        parts.append(f'<p style="margin:10px 0 0 0"><a href="{_CLAIM}:{one.id}">{html.escape(back)}</a></p>')
        return "".join(parts)

    def _title(self, words: str) -> str:
        return (
            f'<p style="margin:0; font-size:{theme.px(2)}px; font-weight:600">{html.escape(words)}</p>'
            '<p style="margin:0; font-size:6px">&nbsp;</p>'
        )

    def _head(self, words: str) -> str:
        return f'<p style="margin:10px 0 3px 0; font-weight:600">{html.escape(words)}</p>'

    def _line(self, words: str) -> str:
        return f'<p style="margin:0 0 6px 0; color:{theme.tokens().text2}">{html.escape(words)}</p>'

    def _linked(self, one: Claim) -> str:
        link = f'<a href="{_CLAIM}:{one.id}">{one.id}</a>'
        return f'<p style="margin:0 0 3px 0">{link}  {html.escape(one.statement)}</p>'

    def _table(self, rows: Sequence[tuple[str, str]]) -> str:
        quiet = theme.tokens().text2
        made = "".join(
            f'<tr><td style="color:{quiet}; padding:1px 12px 1px 0">{html.escape(name)}</td>'
            f'<td style="padding:1px 0">{words}</td></tr>'
            for name, words in rows
        )
        return f'<table cellspacing="0" cellpadding="0">{made}</table>'
