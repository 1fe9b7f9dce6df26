"""What this program is, and what it is not; which build runs here, and on what."""

from __future__ import annotations

import platform
from collections.abc import Callable

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.build import Build, python_version, this_build
from ctdild_desktop.services.diagnosis_facts import database_versions
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.registry.registry_page import ABOUT
from ctdild_desktop.ui.widgets.naming import named


class AboutDialog(QDialog):
    """Product, version, build and purpose; Esc closes. Open it with ``open()``.

    ``show_licences`` is called by the button of that name.
    """

    def __init__(self, show_licences: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about_dialog")
        self.setWindowTitle(self.tr("About"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        build = this_build()
        column = QVBoxLayout(self)
        title = named(QLabel("CTD-ILD Desktop"), "about_title")
        title.setFont(theme.font(3, bold=True))
        words = named(QLabel(self.tr(ABOUT)), "about_text")
        words.setWordWrap(True)
        words.setMinimumWidth(theme.scaled(420))
        column.addWidget(title)
        column.addWidget(words)
        facts = QFormLayout()
        facts.setHorizontalSpacing(20)
        libraries = {"Python": python_version(), "Qt": qVersion(), **dict(database_versions(load=False))}
        self._told = (
            (self.tr("Version"), build.version),
            (self.tr("Build"), self._build_words(build)),
            *libraries.items(),
            (self.tr("System"), f"{platform.system()} {platform.release()}, {platform.machine()}"),
        )
        for caption, text in self._told:
            value = QLabel(text)
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            said = QLabel(caption)
            value.setProperty("verbatim", True)
            said.setProperty("verbatim", caption in libraries)
            said.setProperty("secondary", True)
            facts.addRow(said, value)
        column.addLayout(facts)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.licences = named(QPushButton(self.tr("&Licences…")), "about_licences")
        self.licences.clicked.connect(show_licences)
        self.copy = named(QPushButton(self.tr("&Copy")), "about_copy")
        self.copy.setAccessibleDescription(self.tr("Copies version and build, for whoever helps"))
        self.copy.clicked.connect(self._on_copy)
        for button in (self.licences, self.copy):
            button.setAutoDefault(False)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)

    def _build_words(self, build: Build) -> str:
        if build.from_source:
            return self.tr("from source {commit}").format(commit=build.commit).strip()
        words = self.tr("{commit} of {day}").format(commit=build.commit or "?", day=build.day)
        return self.tr("{build}, with changes").format(build=words) if build.changed else words

    def _on_copy(self) -> None:
        lines = [f"{caption}: {text}" for caption, text in self._told]
        QGuiApplication.clipboard().setText("\n".join(("CTD-ILD Desktop", *lines)))
