"""A short list of captions and values below the reasons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.plain import tip
from ctdild_desktop.ui.widgets.section_header import SectionHeader

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class _Rows(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[tuple[str, str], ...] = ()
        self.links: dict[str, QPushButton] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, theme.scaled(8), 0)
        self._grid.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.scaled(300), theme.scaled(22) * len(self.rows))

    def place_links(self) -> None:
        """Put each link at the right end of its row."""
        captions = [caption for caption, _value in self.rows]
        for at in range(len(captions)):
            self._grid.setRowMinimumHeight(at, theme.scaled(22))
        for caption, link in self.links.items():
            link.setVisible(caption in captions)
            if caption in captions:
                self._grid.addWidget(link, captions.index(caption), 0, Qt.AlignmentFlag.AlignRight)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("base"))
        face, high = theme.font(), theme.scaled(22)
        painter.setFont(face)
        metrics = QFontMetricsF(face)
        captions = max((metrics.horizontalAdvance(caption) for caption, _ in self.rows), default=0.0) + 14
        for index, (caption, value) in enumerate(self.rows):
            row = QRectF(theme.scaled(10), index * high, self.width() - theme.scaled(20), high)
            painter.setPen(theme.color("text2"))
            painter.drawText(row, _LEFT, caption)
            painter.setPen(theme.color("text"))
            link = self.links.get(caption)
            taken = 0 if link is None else link.width()
            room = row.adjusted(captions, 0, -taken, 0)
            painter.drawText(
                room, _LEFT, metrics.elidedText(value, Qt.TextElideMode.ElideRight, room.width())
            )
            painter.setPen(theme.color("grid"))
            painter.drawLine(0, round(row.bottom()) - 1, self.width(), round(row.bottom()) - 1)


class KeyFacts(QWidget):
    """Captions and values under a header; full values are in the tool tip and the accessible description."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("key_facts")
        self._title = title
        self._header = SectionHeader(title)
        self._rows = _Rows(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._rows)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def add_link(self, caption: str, name: str, words: str) -> QPushButton:
        """A link at the right of the row with this caption, for what changes its value."""
        link = QPushButton(words, self._rows)
        link.setObjectName(name)
        link.setProperty("link", True)
        link.setMaximumHeight(theme.scaled(21))
        link.setAccessibleName(f"{caption}: {words}")
        self._rows.links[caption] = link
        return link

    def show_facts(self, rows: Sequence[tuple[str, str]], *, detail: str = "") -> None:
        """Replace the rows."""
        self._header.set_texts(self._title, detail)
        self._rows.rows = tuple(rows)
        self._rows.place_links()
        text = "\n".join(f"{caption}: {value}" for caption, value in rows)
        self.setToolTip(tip(text))
        self.setAccessibleName(self._title)
        self.setAccessibleDescription(text.replace("\n", "; "))
        self._rows.updateGeometry()
        self._rows.update()
