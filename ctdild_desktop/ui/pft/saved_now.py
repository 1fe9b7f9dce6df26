"""What saving would change: one line per reason, changed verdicts first, and how the test compares."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.services.answers import grouped, one_line, verdict_word
from ctdild_desktop.services.pft import PftPreview, VerdictChange
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets import glyphs
from ctdild_desktop.ui.widgets.plain import tip
from ctdild_desktop.ui.widgets.section_header import SectionHeader

_LINE = 22
_ABOVE = 600
"""Height of everything else in the window, so that the form needs no scrolling in the smallest one."""
_LEAST = 3
_WORD, _GAP, _EDGE = 168, 8, 12
"""Where the verdict begins, what parts it from its reason, and what stays free at the right."""
_WORDS = {Verdict.MET: "met", Verdict.CANNOT_ASSESS: "unkt"}


def becomes(change: VerdictChange) -> bool:
    """Whether saving makes the verdict another one than it is now."""
    return change.changes and change.before is not None


def together(changes: Sequence[VerdictChange]) -> tuple[tuple[VerdictChange, ...], ...]:
    """The lines: criteria that become the same for the same reason share one, changed verdicts come first.

    A definition that does not apply, before or after, has none.
    """
    by_id = {change.assessment.criterion: change for change in changes}
    lines: list[tuple[VerdictChange, ...]] = []
    for group in grouped([change.assessment for change in changes]):
        members = [by_id[answer.criterion] for answer in group.answers]
        for changed in (True, False):
            line = tuple(member for member in members if becomes(member) is changed)
            told = group.first.verdict is not Verdict.NOT_APPLICABLE or changed
            lines += [line] if line and told else []
    return tuple(sorted(lines, key=lambda line: not becomes(line[0])))


class VerdictLine(QWidget):
    """Glyph, names, verdict and its reason on one line, or on two; the reason gives way first."""

    def __init__(self, changes: Sequence[VerdictChange], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        first = changes[0]
        answer = first.assessment
        self._verdict = answer.verdict
        self.titles = tuple(change.assessment.title for change in changes)
        self.title = self.titles[0]
        if len(changes) > 1:
            self.title = self.tr("{title}, {count} more").format(title=self.title, count=len(changes) - 1)
        word = verdict_word(answer)
        self.word = self.tr("becomes {verdict}").format(verdict=word) if becomes(first) else word
        self.reason = one_line(answer)
        dlco = bool(answer.evidence) and answer.evidence[0].measure == "dlco"
        if dlco and any(caution.code == "DLCO_UNCORRECTED" for caution in answer.cautions):
            self.reason = self.tr("{reason}, not Hb-corrected").format(reason=self.reason)
        self._rows = 1
        names = ", ".join(self.titles)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(tip(f"{names}: {self.word}. {self.reason}"))
        self.setAccessibleName(f"{names}, {self.word}, {self.reason}")

    def sizeHint(self) -> QSize:
        """22 px at the usual font."""
        return QSize(theme.scaled(200), theme.scaled(_LINE) * self._rows)

    def is_cut_in(self, width: int) -> bool:
        """Whether the reason does not fit into one line of this width."""
        word = QFontMetrics(theme.font(bold=True)).horizontalAdvance(self.word)
        room = width - theme.scaled(_WORD) - word - _GAP - theme.scaled(_EDGE)
        return QFontMetrics(theme.font()).horizontalAdvance(self.reason) > room

    def take_two(self) -> None:
        """Let the reason go on in a second line."""
        self._rows = 2
        self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the line and the hairline below it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.color("base"))
        painter.setPen(theme.color("grid"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        size = theme.scaled(12)
        first = self.height() // self._rows
        glyphs.verdict(painter, QRectF(theme.scaled(14), (first - size) / 2, size, size), self._verdict)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(theme.font(bold=True))
        painter.setPen(theme.color("text"))
        name = self.rect().adjusted(theme.scaled(34), 0, 0, first - self.height())
        name.setWidth(theme.scaled(128))
        painter.drawText(
            name,
            middle,
            painter.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideRight, name.width()),
        )
        rest = self.rect().adjusted(theme.scaled(_WORD), 0, -theme.scaled(_EDGE), first - self.height())
        painter.setPen(theme.color(_WORDS.get(self._verdict, "text")))
        painter.drawText(rest, middle, self.word)
        rest.setLeft(rest.left() + painter.fontMetrics().horizontalAdvance(self.word) + _GAP)
        rest.setBottom(self.rect().bottom())
        painter.setFont(theme.font())
        painter.setPen(theme.color("text"))
        room = rest.width() * self._rows - (theme.scaled(60) if self._rows > 1 else 0)
        words = painter.fontMetrics().elidedText(self.reason, Qt.TextElideMode.ElideRight, room)
        wrap = Qt.TextFlag.TextWordWrap if self._rows > 1 else Qt.TextFlag.TextSingleLine
        painter.drawText(rest, int(middle) | int(wrap), words)


class _Rest(QLabel):
    """What did not get a line of its own, in short; the tool tip says it all."""

    def __init__(self, lines: Sequence[Sequence[VerdictChange]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = [
            self.tr("{titles} {verdict}").format(
                titles=", ".join(change.assessment.title for change in line),
                verdict=verdict_word(line[0].assessment),
            )
            for line in lines
        ]
        self.setObjectName("saved_now_rest")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(self.tr("And: {words}").format(words=" · ".join(words)))
        self.setToolTip(tip("\n".join(words)))
        self.setContentsMargins(theme.scaled(34), 0, theme.scaled(12), 0)
        self.setFixedHeight(theme.scaled(_LINE))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)


class SavedNow(QWidget):
    """The panel below the fields of a test."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("saved_now")
        self._header = SectionHeader(self.tr("If saved now"))
        self._told: tuple[tuple[VerdictChange, ...], ...] = ()
        self._filled_for = 0
        self._lines = QVBoxLayout()
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addLayout(self._lines)

    @property
    def lines(self) -> tuple[VerdictLine, ...]:
        """The lines in sight, in their order."""
        items = (self._lines.itemAt(at) for at in range(self._lines.count()))
        widgets = (item.widget() for item in items if item is not None)
        return tuple(widget for widget in widgets if isinstance(widget, VerdictLine))

    def show_preview(self, preview: PftPreview | None) -> None:
        """Show what saving would change; nothing while there is no date."""
        if preview is None:
            self._told = ()
            self._fill()
            self._header.set_texts(self.tr("If saved now"))
            return
        against = ""
        if preview.last is not None:
            against = self.tr("against {date}").format(date=wording.day(preview.last.date))
        compared = " · ".join(preview.comparable)
        remark = " · ".join(part for part in (compared, against) if part)
        self._header.set_texts(self.tr("If saved now"), "", remark)
        self._told = together(preview.verdicts)
        self._fill()

    def showEvent(self, event: QShowEvent) -> None:
        """Follow the height of the window from now on."""
        super().showEvent(event)
        self.window().installEventFilter(self)
        self._refill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A reason takes a second line where the panel is narrow."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width() and self._told:
            self._fill()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give what does not fit into a lower window one line together."""
        if event.type() == QEvent.Type.Resize and watched is self.window():
            self._refill()
        return super().eventFilter(watched, event)

    def _refill(self) -> None:
        if self._most() != self._filled_for:
            self._fill()

    def _most(self) -> int:
        return max((self.window().height() - theme.scaled(_ABOVE)) // theme.scaled(_LINE), _LEAST)

    def _fill(self) -> None:
        self._clear()
        self._filled_for = most = self._most()
        shown = self._told if len(self._told) <= most else self._told[: most - 1]
        spare = most - len(self._told)
        for line in map(VerdictLine, shown):
            if spare > 0 and line.is_cut_in(self.width()):
                line.take_two()
                spare -= 1
            self._lines.addWidget(line)
        if len(shown) < len(self._told):
            self._lines.addWidget(_Rest(self._told[len(shown) :]))

    def _clear(self) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
