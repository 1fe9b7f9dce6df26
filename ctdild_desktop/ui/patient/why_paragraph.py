"""One reason with every criterion that has it: its sentences, where what is missing is entered, its source.

Making and dressing the widgets of a paragraph takes far longer than telling them other words; a paragraph
is therefore used again for the next patient.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.verdict import Evidence, Verdict
from ctdild_desktop.services.answers import Group, verdict_word
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.patient.words import Remark, missing_kinds, why_words
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.widgets import glyphs
from ctdild_desktop.ui.widgets.plain import tip

_WORD_INK = {
    Verdict.MET: "met",
    Verdict.NOT_MET: "text",
    Verdict.CANNOT_ASSESS: "unkt",
    Verdict.NOT_APPLICABLE: "text2",
}
_ACTION_OF = {"test": "log_pft", "visit": "add_visit", "hrct": "add_hrct", "diagnosis": "add_diagnosis"}
"""The action behind the link to each kind of record."""


class _Mark(QWidget):
    """A glyph in the column left of the words."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._verdict: Verdict | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def set_verdict(self, verdict: Verdict | None) -> None:
        """Show the glyph of a verdict, or that of a caution."""
        self._verdict = verdict
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.scaled(18), theme.scaled(16))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = theme.scaled(12)
        box = QRectF(1, theme.scaled(3), size, size)
        if self._verdict is None:
            glyphs.again(painter, box.adjusted(-1, -1, 1, 1), theme.color("text2"))
        else:
            glyphs.verdict(painter, box, self._verdict)


class _Words(QLabel):
    """Words that can be selected with the pointer."""

    def __init__(
        self,
        parent: QWidget,
        *,
        bold: bool = False,
        small: bool = False,
        ink: str = "text",
        wrap: bool = True,
        rich: bool = False,
    ) -> None:
        super().__init__(parent)
        self._ink = ""
        self.setTextFormat(Qt.TextFormat.RichText if rich else Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setFont(theme.font(-1 if small else 0, bold=bold))
        self.set_ink(ink)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(
            QSizePolicy.Policy.Preferred if wrap else QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Minimum
        )

    def sizeHint(self) -> QSize:
        """A line where words are wrapped: they take the width that there is, and the height that it needs."""
        return self._line() if self.wordWrap() else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._line() if self.wordWrap() else super().minimumSizeHint()

    def _line(self) -> QSize:
        """Asked for its own wishes, a label writes its text anew at four widths."""
        return QSize(theme.scaled(60), theme.scaled(14))

    def set_ink(self, ink: str) -> None:
        """Write in the colour of this token."""
        if ink == self._ink:
            return
        self._ink = ink
        palette = self.palette()
        palette.setColor(palette.ColorRole.WindowText, theme.color(ink))
        self.setPalette(palette)


class _Lines:
    """Lines of one kind, one below the other; a line that has nothing to say takes no room.

    Args:
        make: a new line: its words, the layout that holds them, and everything that is seen of it.
    """

    def __init__(
        self, column: QVBoxLayout, make: Callable[[], tuple[_Words, QHBoxLayout, tuple[QWidget, ...]]]
    ) -> None:
        self._make = make
        self._column = QVBoxLayout()
        self._column.setSpacing(column.spacing())
        column.addLayout(self._column)
        self._lines: list[tuple[_Words, tuple[QWidget, ...]]] = []

    def say(self, texts: Sequence[str]) -> list[_Words]:
        """Say these, one in each line; answers the lines in use."""
        while len(self._lines) < len(texts):
            words, row, seen = self._make()
            self._column.addLayout(row)
            self._lines.append((words, seen))
        for at, (words, seen) in enumerate(self._lines):
            used = at < len(texts)
            words.setText(texts[at] if used else "")
            for part in seen:
                if part.isHidden() is used:
                    part.setVisible(used)
        return [words for words, _seen in self._lines[: len(texts)]]


class Paragraph(QFrame):
    """The criteria that have one reason, and where the missing part of it is entered."""

    record_requested = Signal(str)

    def __init__(self, permits: Permits | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._permits = permits
        self.places: tuple[int, ...] = ()
        """Places of the assessments that have this reason."""
        self._kinds: tuple[str, ...] = ()
        self.links: list[QPushButton] = []
        """Where what is missing is entered."""
        self._chosen = False
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.scaled(11), 7, theme.scaled(10), 7)
        column.setSpacing(2)
        self._mark = _Mark(self)
        self._titles = _Words(self, bold=True)
        self._word = _Words(self, bold=True, wrap=False)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._titles, 1)
        head.addWidget(self._word, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        self._reasons = _Lines(column, lambda: self._indented(_Words(self, rich=True)))
        self._link_row = QHBoxLayout()
        self._link_row.setSpacing(6)
        column.addLayout(self._link_row)
        self._cautions = _Lines(column, self._caution)
        self._remarks = _Lines(column, lambda: self._indented(_Words(self, ink="text2")))
        self._sources = _Lines(column, lambda: self._indented(_Words(self, small=True, ink="text3")))

    def tell(self, group: Group, told: Sequence[Evidence], remarks: Sequence[Remark]) -> None:
        """Say why.

        Args:
            group: the assessments that have one reason.
            told: the pairs of tests that were told above.
            remarks: what is said quietly below.
        """
        first = group.first
        word = verdict_word(first)
        self.places = group.places
        self.setObjectName(f"why_{first.criterion}")
        self._mark.set_verdict(first.verdict)
        self._titles.setText(group.titles)
        self._word.setText(word)
        self._word.set_ink(_WORD_INK[first.verdict])
        self._reasons.say(why_words(group, told, rich=True))
        self._offer(tuple(missing_kinds(first)))
        cautions = tuple(
            dict.fromkeys(
                wording.say(caution.text) for one in group.answers for caution in one.further_cautions
            )
        )
        self._cautions.say(cautions)
        for words, remark in zip(
            self._remarks.say([remark.words for remark in remarks]), remarks, strict=True
        ):
            words.setObjectName("why_remark")
            words.setToolTip(tip(remark.source))
        sources = "; ".join(dict.fromkeys(one.source for one in group.answers if one.source))
        self._sources.say((sources,) if sources else ())
        self.setAccessibleName(f"{group.titles}: {word}")
        said = [*why_words(group, told), *cautions, *(remark.words for remark in remarks)]
        self.setAccessibleDescription(" ".join(said))
        if self.isHidden():
            self.show()

    def fall_silent(self) -> None:
        """Say nothing and take no room; nothing of the patient before stays behind."""
        if self.isHidden() and not self.places:
            return
        self.hide()
        self.places = ()
        self.setObjectName("")
        self._titles.setText("")
        self._word.setText("")
        for lines in (self._reasons, self._cautions, self._remarks, self._sources):
            lines.say(())
        self._offer(())
        self.setAccessibleName("")
        self.setAccessibleDescription("")

    def set_chosen(self, chosen: bool) -> None:
        """Mark the paragraph that the plot shows."""
        self._chosen = chosen
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = "window" if self._chosen else "base"
        painter.fillRect(self.rect(), theme.color(ground))
        if self._chosen:
            painter.fillRect(0, 0, 3, self.height(), theme.color("accent"))
        painter.setPen(theme.color("line"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)

    def _offer(self, kinds: tuple[str, ...]) -> None:
        """Offer to enter these kinds of record."""
        if kinds == self._kinds:
            return
        self._kinds = kinds
        while (item := self._link_row.takeAt(0)) is not None:
            link = item.widget()
            if link is not None:
                link.hide()
                link.setObjectName("")  # it goes with the next turn of the event loop
                link.deleteLater()
        self.links = []
        words = {
            "test": (self.tr("Log PFT…"), "Ctrl+T"),
            "visit": (self.tr("Add visit…"), "Ctrl+Shift+V"),
            "hrct": (self.tr("Add HRCT…"), "Ctrl+Shift+H"),
            "diagnosis": (self.tr("Record diagnosis…"), "Ctrl+Shift+D"),
        }
        for kind in kinds:
            if not self.links:
                self._link_row.addSpacing(theme.scaled(18))
            text, key = words[kind]
            link = QPushButton(text, self)
            link.setToolTip(tip(key))
            link.setObjectName(f"why_add_{kind}")
            link.setProperty("link", True)
            link.setProperty("kind", kind)
            link.clicked.connect(self._on_link)
            if self._permits is not None:
                self._permits.fit(link, _ACTION_OF[kind])
            self.links.append(link)
            self._link_row.addWidget(link)
            link.show()
        if self.links:
            self._link_row.addStretch(1)

    def _on_link(self) -> None:
        self.record_requested.emit(str(self.sender().property("kind")))

    def _caution(self) -> tuple[_Words, QHBoxLayout, tuple[QWidget, ...]]:
        mark, words = _Mark(self), _Words(self)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        return words, row, (mark, words)

    def _indented(self, words: _Words) -> tuple[_Words, QHBoxLayout, tuple[QWidget, ...]]:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addSpacing(theme.scaled(18) + 6)
        row.addWidget(words, 1)
        return words, row, (words,)
