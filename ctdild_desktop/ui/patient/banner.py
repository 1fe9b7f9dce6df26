"""Who the patient is, in one line that stands on top of everything."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QToolTip, QWidget

from ctdild_desktop.services.assessment import Header
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.plain import tip

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_GAP = 18


@dataclass(frozen=True, slots=True)
class _Fact:
    """A caption with its value; ``keep`` ranks what stays when the banner is narrow, 0 first to go."""

    caption: str
    value: str
    detail: str = ""
    keep: int = 9
    least: int = 0
    """Width below which the value must not be elided, as a share of 100 of its full width."""


class Banner(QWidget):
    """Name and identity, then the facts that fit, then the button that logs a test.

    Name, birth date and MRN are never elided. What does not fit goes into the tool tip.
    """

    log_pft_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("patient_banner")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._header: Header | None = None
        self._facts: tuple[_Fact, ...] = ()
        self._placed: list[tuple[QRectF, _Fact]] = []
        self._button = QPushButton(self.tr("Log PFT  Ctrl+T"), self)
        self._button.setObjectName("log_pft_button")
        self._button.setProperty("primary", True)
        self._button.setAccessibleName(self.tr("Log a lung-function test, Ctrl+T"))
        self._button.clicked.connect(self.log_pft_requested)

    def show_header(self, header: Header) -> None:
        """Show another patient, or the same one changed."""
        self._header = header
        facts = [
            _Fact(self.tr("CTD"), header.ctd, least=55),
            _Fact(self.tr("ILD pattern"), header.pattern, least=55),
            _Fact(self.tr("Antibodies"), header.antibodies, keep=6, least=60),
            _Fact(self.tr("ILD since"), header.ild_since, keep=7, least=100),
            _Fact(self.tr("Therapy now"), header.therapy_now, least=45),
            _Fact(self.tr("ILD-GAP"), header.ild_gap, header.ild_gap_detail, keep=2, least=100),
            _Fact(self.tr("O₂"), header.oxygen, keep=1, least=100),
        ]
        if header.died:
            facts.insert(0, _Fact(self.tr("Died"), header.died, least=100))
        self._facts = tuple(facts)
        spoken = "; ".join(f"{fact.caption} {fact.value}" for fact in self._facts)
        self.setAccessibleName(f"{header.name}, {header.identity}")
        self.setAccessibleDescription(spoken)
        self._arrange()
        self.update()

    @property
    def button(self) -> QPushButton:
        """Logs a test; the first stop of the keyboard."""
        return self._button

    @property
    def shown_captions(self) -> tuple[str, ...]:
        """Captions of the facts that fit."""
        return tuple(fact.caption for _, fact in self._placed)

    def sizeHint(self) -> QSize:
        """54 px at the usual font."""
        return QSize(theme.scaled(1200), theme.scaled(54))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose anew what fits."""
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """Answer tool tips per fact, with the words that are elided."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), tip(self.tip_at(event.pos().x())), self)
            return True
        return super().event(event)

    def tip_at(self, x: int) -> str:
        """The full words of the fact at an x; of all that do not fit, elsewhere."""
        for box, fact in self._placed:
            if box.left() <= x <= box.right():
                return "\n".join(part for part in (f"{fact.caption}: {fact.value}", fact.detail) if part)
        hidden = [fact for fact in self._facts if fact.caption not in self.shown_captions]
        return "\n".join(f"{fact.caption}: {fact.value}" for fact in hidden)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw name, identity and facts."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("base"))
        painter.setPen(theme.color("line"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        if self._header is None:
            return
        name, small = theme.font(4, bold=True), theme.font()
        painter.setFont(name)
        painter.setPen(theme.color("text"))
        upper, lower = self._lines()
        painter.drawText(
            QRectF(14, upper.top() - 2, self._name_width(), upper.height() + 2), _LEFT, self._header.name
        )
        painter.setFont(small)
        painter.setPen(theme.color("text"))
        painter.drawText(
            QRectF(14, lower.top(), self._name_width(), lower.height()), _LEFT, self._header.identity
        )
        x = round(14 + self._name_width() + _GAP / 2)
        painter.setPen(theme.color("line"))
        painter.drawLine(x, 9, x, self.height() - 10)
        for box, fact in self._placed:
            painter.setFont(theme.font(-1))
            painter.setPen(theme.color("text2"))
            painter.drawText(
                QRectF(box.left(), upper.top(), box.width(), upper.height()), _LEFT, fact.caption
            )
            painter.setFont(small)
            painter.setPen(theme.color("text"))
            shown = painter.fontMetrics().elidedText(
                fact.value, Qt.TextElideMode.ElideRight, int(box.width()) + 1
            )
            painter.drawText(QRectF(box.left(), lower.top(), box.width() + 2, lower.height()), _LEFT, shown)

    def _lines(self) -> tuple[QRectF, QRectF]:
        middle, line = self.height() / 2, theme.scaled(19)
        return QRectF(0, middle - line + 1, 0, line), QRectF(0, middle + 1, 0, line - 2)

    def _name_width(self) -> float:
        if self._header is None:
            return 0.0
        name = QFontMetricsF(theme.font(4, bold=True)).horizontalAdvance(self._header.name)
        identity = QFontMetricsF(theme.font()).horizontalAdvance(self._header.identity)
        return max(name, identity) + 6

    def _arrange(self) -> None:
        hint = self._button.sizeHint()
        self._button.setGeometry(
            self.width() - hint.width() - 8, (self.height() - hint.height()) // 2, hint.width(), hint.height()
        )
        start = 14 + self._name_width() + _GAP
        room = self._button.x() - _GAP - start
        value, caption = QFontMetricsF(theme.font()), QFontMetricsF(theme.font(-1))
        full = {
            fact: max(value.horizontalAdvance(fact.value), caption.horizontalAdvance(fact.caption)) + 2
            for fact in self._facts
        }
        least = {
            fact: max(full[fact] * fact.least / 100, caption.horizontalAdvance(fact.caption) + 2)
            for fact in self._facts
        }
        chosen = list(self._facts)
        for fact in sorted((one for one in self._facts if one.keep <= 2), key=lambda one: one.keep):
            if sum(full[one] + _GAP for one in chosen) - _GAP > room:
                chosen.remove(fact)
        while chosen and sum(least[fact] + _GAP for fact in chosen) - _GAP > room:
            chosen.remove(min(chosen, key=lambda fact: fact.keep))
        need = sum(full[fact] + _GAP for fact in chosen) - _GAP
        over = max(need - room, 0.0)
        slack = sum(full[fact] - least[fact] for fact in chosen)
        self._placed = []
        x = start
        for fact in chosen:
            cut = over * (full[fact] - least[fact]) / slack if over and slack else 0.0
            width = full[fact] - cut
            self._placed.append((QRectF(x, 0, width, self.height()), fact))
            x += width + _GAP
