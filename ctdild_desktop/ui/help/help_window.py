"""The manual beside the work: contents and search at the left, the page at the right; nothing waits."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop import language
from ctdild_desktop.language import marked, say
from ctdild_desktop.manual.books import GUIDE, Manual, ManualError, Target
from ctdild_desktop.manual.searching import Found, Search
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.ask import Ask, documents_folder
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.help.contents import Contents
from ctdild_desktop.ui.help.found_list import FoundList
from ctdild_desktop.ui.help.keys_page import KEYS, keys_page
from ctdild_desktop.ui.help.page_view import PageView
from ctdild_desktop.ui.help.paper import Paper
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip
from ctdild_desktop.ui.widgets.search_field import SearchField

NAMES = {"en": marked("English"), "es": marked("Spanish")}


class HelpWindow(QDialog):
    """Open it with :meth:`open_at`. Esc closes it and gives the keyboard back to where it was."""

    said = Signal(str)

    def __init__(self, runner: Runner, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("manual_window")
        self.setWindowTitle(self.tr("Manual"))
        self.setAccessibleName(self.windowTitle())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self._runner, self._ask = runner, ask
        self._before = QApplication.focusWidget()
        self._manual: Manual | None = None
        self._search: Search | None = None
        self._wanted = ""
        self._trail: list[Target] = []
        self._at = -1
        self.contents = Contents()
        self.found = FoundList()
        self.page = PageView()
        self._lay_out()
        self._connect()
        room = self.screen().availableSize()
        self.resize(min(theme.scaled(1080), room.width() - 24), min(theme.scaled(680), room.height() - 48))
        made = {f"{GUIDE}/{language.code().partition('_')[0]}/{KEYS}": keys_page()}
        spoken = language.code()
        runner.run(
            lambda: Manual(spoken, made=made),
            while_alive(self, self._on_read),
            while_alive(self, self._on_not_read),
            files=True,
        )

    # parts

    def _lay_out(self) -> None:
        self.words = named(SearchField(), "manual_search")
        self.words.setAccessibleName(self.tr("Search the manual"))
        self.words.setPlaceholderText(self.tr("Search the manual  Ctrl+F"))
        self.words.setClearButtonEnabled(True)
        self._left = QStackedWidget()
        self._left.addWidget(self.contents)
        self._left.addWidget(self.found)
        self.note = plain_label(name="manual_note", secondary=True)
        self.note.setWordWrap(True)
        self.note.setContentsMargins(8, 0, 8, 4)
        self.note.hide()
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        field = QHBoxLayout()
        field.setContentsMargins(8, 6, 8, 0)
        field.addWidget(self.words)
        column.addLayout(field)
        column.addWidget(self.note)
        column.addWidget(self._left, 1)
        split = named(QSplitter(), "manual_split")
        split.addWidget(left)
        split.addWidget(self.page)
        split.setStretchFactor(1, 1)
        split.setSizes([theme.scaled(290), theme.scaled(790)])
        split.setChildrenCollapsible(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._make_head())
        whole.addWidget(split, 1)

    def _make_head(self) -> QFrame:
        head = named(QFrame(), "sheet_head")
        row = QHBoxLayout(head)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(8)
        self.back = self._button("manual_back", self.tr("Back"), "Alt+Left")
        self.forward = self._button("manual_forward", self.tr("Forward"), "Alt+Right")
        self.keys = self._button("manual_keys", self.tr("Keys"), "Ctrl+?")
        self.print_page = self._button("manual_print", self.tr("Print page…"), "Ctrl+P")
        self.save_book = self._button("manual_save", self.tr("Save book as PDF…"), "Ctrl+S")
        self.leave = self._button("manual_close", self.tr("Close  Esc"), "")
        for button in (self.back, self.forward, self.keys):
            row.addWidget(button)
        row.addStretch(1)
        for button in (self.print_page, self.save_book, self.leave):
            row.addWidget(button)
        return head

    def _button(self, name: str, words: str, key: str) -> QPushButton:
        button = named(QPushButton(words), name)
        button.setAutoDefault(False)
        if key:
            shown = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
            button.setToolTip(tip(f"{words}  {shown}"))
            QShortcut(QKeySequence(key), self).activated.connect(button.click)
        return button

    def _connect(self) -> None:
        self.paper = Paper(self._runner, self._ask, self)
        self.paper.said.connect(self._tell)
        self.contents.chosen.connect(lambda page, anchor: self._go(Target(page, anchor)))
        self.found.chosen.connect(self._on_found)
        self.page.anchorClicked.connect(self._on_link)
        self.words.textChanged.connect(self._look)
        self.words.went_on.connect(self._on_went_on)
        self.back.clicked.connect(lambda: self._walk(-1))
        self.forward.clicked.connect(lambda: self._walk(1))
        self.keys.clicked.connect(lambda: self.open_at(f"{GUIDE}/{KEYS}"))
        self.print_page.clicked.connect(self._on_print)
        self.save_book.clicked.connect(self._on_save)
        self.leave.clicked.connect(self.reject)
        QShortcut(QKeySequence("Ctrl+F"), self).activated.connect(self.words.setFocus)
        QShortcut(QKeySequence("F1"), self).activated.connect(self.page.setFocus)
        self._offer()

    # use

    def open_at(self, address: str) -> None:
        """Show the page at an address as soon as the manual is read, and come to the front."""
        self._wanted = address
        self.show()
        self.raise_()
        self.activateWindow()
        self.page.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._manual is not None:
            target = self._manual.find(address) or Target(self._manual.pages[0])
            self._go(target)

    @property
    def shown(self) -> Target | None:
        """The page and heading in sight."""
        return self._trail[self._at] if self._trail else None

    def reject(self) -> None:
        """From what was found back to the contents; else close, and give the keyboard back."""
        if self.words.text():
            self.words.clear()
            self.contents.setFocus()
            return
        super().reject()
        before = self._before
        try:
            if before is not None and before.isVisible():
                before.window().activateWindow()
                before.setFocus(Qt.FocusReason.OtherFocusReason)
        except RuntimeError:
            return  # that field was taken away meanwhile

    def _on_read(self, manual: Manual) -> None:
        self._manual = manual
        self.contents.fill(manual)
        self.open_at(self._wanted)

    def _on_not_read(self, error: Exception) -> None:
        if not isinstance(error, ManualError):
            raise error
        self._tell(str(error))

    # going

    def _go(self, target: Target) -> None:
        if target != self.shown:
            del self._trail[self._at + 1 :]
            self._trail.append(target)
            self._at = len(self._trail) - 1
        self._show(target)

    def _walk(self, by: int) -> None:
        if 0 <= self._at + by < len(self._trail):
            self._at += by
            self._show(self._trail[self._at])

    def _show(self, target: Target) -> None:
        assert self._manual is not None
        page = target.page
        note = ""
        if page.language != self._manual.language:
            note = self.tr("This page is there in {language} only.").format(
                language=say(NAMES[page.language])
            )
        self.page.show_page(self._manual, page, target.anchor, note)
        self.page.mark_words(self.words.text())
        self.contents.mark(page, target.anchor)
        self._offer()

    def _offer(self) -> None:
        self.back.setEnabled(self._at > 0)
        self.forward.setEnabled(self._at + 1 < len(self._trail))
        for button in (self.keys, self.print_page, self.save_book):
            button.setEnabled(self.shown is not None)

    def _on_link(self, link: QUrl) -> None:
        shown = self.shown
        if self._manual is None or shown is None:
            return
        target = self._manual.follow(shown.page, link.toString())
        if isinstance(target, Target):
            self._go(target)
        elif target is not None:
            QDesktopServices.openUrl(QUrl(target))

    # looking

    def _look(self, words: str) -> None:
        if self._manual is None:
            return
        if not words.strip():
            self._left.setCurrentWidget(self.contents)
            self._tell("")
            self.page.mark_words("")
            return
        if self._search is None:
            self._search = Search(self._manual)
        found = self._search.find(words)
        self.found.fill(found)
        self._left.setCurrentWidget(self.found)
        if found:
            self._tell(self.tr("Places found: {n}").format(n=len(found)))
        else:
            self._tell(self.tr("Nothing found. Try fewer words, or their beginnings."))

    def _on_went_on(self) -> None:
        if self.words.text().strip() and self.found.count:
            self.found.start()

    def _on_found(self, found: Found) -> None:
        self._go(Target(found.page, found.anchor))

    def _tell(self, words: str) -> None:
        self.note.setText(words)
        self.note.setVisible(bool(words))

    # paper

    def _on_print(self) -> None:
        if self._manual is not None and self.shown is not None:
            self.paper.print_page(self._manual, self.shown.page)

    def _on_save(self) -> None:
        if self._manual is None or self.shown is None:
            return
        manual, book = self._manual, self.shown.page.book
        suggested = documents_folder() / f"ctd-ild-desktop-{book}.pdf"

        def save(path: Path) -> None:
            self.paper.save_book(manual, book, path)

        self._ask.save_file(self.tr("Save book as PDF"), suggested, self.tr("PDF (*.pdf)"), save)
