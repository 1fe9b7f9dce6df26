"""What this program is, and what it is not."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.registry.registry_page import ABOUT
from ctdild_desktop.ui.widgets.naming import named


class AboutDialog(QDialog):
    """Product, version and purpose; Esc closes. Open it with ``open()``."""

    def __init__(self, version: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about_dialog")
        self.setWindowTitle(self.tr("About"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        title = named(QLabel(f"CTD-ILD Desktop {version}"), "about_title")
        title.setFont(theme.font(3, bold=True))
        words = named(QLabel(self.tr(ABOUT)), "about_text")
        words.setWordWrap(True)
        words.setMinimumWidth(theme.scaled(380))
        column.addWidget(title)
        column.addWidget(words)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
