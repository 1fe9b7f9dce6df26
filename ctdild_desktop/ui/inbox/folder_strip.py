"""The line below the inbox: which folder is watched, and whether."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from ctdild_desktop.config import InboxSettings
from ctdild_desktop.services import watched_folder
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.widgets.check_box import CheckBox
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip


class FolderStrip(QFrame):
    """Says by ``chosen`` what shall be watched from now on."""

    chosen = Signal(object)
    """An ``InboxSettings``."""
    refused = Signal(str)

    def __init__(self, desk: Desk, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._ask = desk, ask
        self.setObjectName("inbox_folder_strip")
        self._watch = named(CheckBox(self.tr("&Watch a folder into which devices write:")), "inbox_watch")
        self._watch.clicked.connect(self._on_watch)
        self._path = named(QLabel(), "inbox_folder")
        self._path.setProperty("verbatim", True)
        self._path.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._choose = named(QPushButton(self.tr("Choose fol&der…")), "inbox_choose_folder")
        self._choose.clicked.connect(self._on_choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 10, 6)
        row.setSpacing(8)
        row.addWidget(self._watch)
        row.addWidget(self._path, 1)
        row.addWidget(self._choose)
        self.show_settings(desk.inbox)

    def show_settings(self, settings: InboxSettings) -> None:
        """Show what is watched."""
        self._watch.setChecked(settings.watching)
        words = str(settings.folder) if settings.folder is not None else self.tr("no folder chosen")
        self._path.setText(words)
        self._path.setToolTip(tip(words))
        self._path.setAccessibleName(self.tr("Watched folder: {folder}").format(folder=words))

    def _on_watch(self, on: bool) -> None:
        folder = self._desk.inbox.folder
        if folder is None:
            self._watch.setChecked(False)
            self._on_choose()
        else:
            self._take(InboxSettings(folder=folder, watching=on))

    def _on_choose(self) -> None:
        self._ask.open_folder(self.tr("Folder into which devices write"), self._on_folder)

    def _on_folder(self, folder: Path) -> None:
        self._take(InboxSettings(folder=folder, watching=True))

    def _take(self, settings: InboxSettings) -> None:
        reason = watched_folder.why_not(self._desk, settings.folder) if settings.folder is not None else ""
        if settings.watching and reason:
            self.show_settings(self._desk.inbox)
            self.refused.emit(reason)
            return
        self._desk.inbox = settings
        self.show_settings(settings)
        self.chosen.emit(settings)
