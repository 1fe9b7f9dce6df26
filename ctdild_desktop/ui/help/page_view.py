"""One page of the manual: its text, its pictures as wide as there is room, and its links."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import QImage, QImageReader, QResizeEvent, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QTextEdit, QWidget

from ctdild_desktop.manual.books import Manual, Page
from ctdild_desktop.manual.searching import fold
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.help.writing import pictures_of, written

_LEAST = 240
_SETTLED_MS = 120


class PageView(QTextBrowser):
    """Shows a page; ``anchorClicked`` carries the link that was followed, as the page says it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("manual_page")
        self.setAccessibleName(self.tr("The page in hand"))
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.document().setDocumentMargin(theme.scaled(16))
        self.document().setIndentWidth(theme.scaled(18))
        self._manual: Manual | None = None
        self._page: Page | None = None
        self._note = ""
        self._widths: dict[str, int] = {}
        self._width = 0
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self._on_settled)
        theme.state().changed.connect(self._write)

    def show_page(self, manual: Manual, page: Page, anchor: str = "", note: str = "") -> None:
        """Show a page from a heading on, or from its top."""
        self._manual, self._page, self._note = manual, page, note
        self.setDocumentTitle(page.title)
        self._write()
        self.verticalScrollBar().setValue(0)
        if anchor and anchor not in page.marks[0].anchors:
            self.scrollToAnchor(anchor)

    def mark_words(self, words: str) -> None:
        """Show where words that were looked for stand; none takes the marks away."""
        ink = QTextCharFormat()
        ink.setBackground(theme.color("sel"))
        ink.setForeground(theme.color("text"))
        text = fold(self.document().toRawText())
        marks = []
        for word in re.findall(r"\w+", fold(words)):
            for hit in re.finditer(rf"\b{re.escape(word)}", text):
                mark = QTextEdit.ExtraSelection()
                cursor = self.textCursor()
                cursor.setPosition(hit.start())
                cursor.setPosition(hit.end(), cursor.MoveMode.KeepAnchor)
                mark.cursor, mark.format = cursor, ink
                marks.append(mark)
        self.setExtraSelections(marks)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """A picture of the page, made as wide as it is shown."""
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return super().loadResource(kind, name)
        path = name if isinstance(name, str) else name.toString()
        image = QImage(str(self._file(path)))
        ratio = self.devicePixelRatioF()
        wide = round(self._widths.get(path, image.width()) * ratio)
        if 0 < wide < image.width():
            image = image.scaledToWidth(wide, Qt.TransformationMode.SmoothTransformation)
        return image

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pictures follow the width when it has come to rest."""
        super().resizeEvent(event)
        if abs(self.viewport().width() - self._width) > 8:
            self._settled.start()

    def _on_settled(self) -> None:
        if self._page is not None and pictures_of(self._page.blocks):
            bar = self.verticalScrollBar()
            first = self.cursorForPosition(QPoint(self._width // 2, 0)).position()
            self._write()
            cursor = self.textCursor()
            cursor.setPosition(first)
            bar.setValue(bar.value() + self.cursorRect(cursor).top())

    def _write(self) -> None:
        if self._page is None:
            return
        self._width = self.viewport().width()
        room = max(_LEAST, self._width - 2 * theme.scaled(16) - 4)
        pictures = pictures_of(self._page.blocks)
        self._widths = {one.path: min(room, self._natural(one.path)) for one in pictures}
        self.document().clear()
        self.setHtml(written(self._page.blocks, lambda path: self._widths[path], note=self._note))

    def _natural(self, path: str) -> int:
        """The width of a picture as it was taken."""
        size: QSize = QImageReader(str(self._file(path))).size()
        return size.width() if size.isValid() else _LEAST

    def _file(self, path: str) -> Path:
        assert self._manual is not None
        assert self._page is not None
        return self._manual.picture(self._page, path)
