"""A card with a title, fields, one problem line and one main button: start screens and small dialogs."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.secrets import ShowSecrets, Strength


class Card(QFrame):
    """Enter in the last field does what the main button does."""

    def __init__(self, title: str, text: str, button: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("start_card")
        self.setAccessibleName(title)
        self.setFixedWidth(theme.scaled(520))
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 20, 24, 18)
        self.column.setSpacing(10)
        head = QLabel(title)
        head.setTextFormat(Qt.TextFormat.PlainText)
        head.setWordWrap(True)
        head.setFont(theme.font(4, bold=True))
        self.column.addWidget(head)
        self.text = QLabel(text)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        self.text.setProperty("secondary", True)
        self.column.addWidget(self.text)
        self.form = QFormLayout()
        self.form.setHorizontalSpacing(12)
        self.form.setVerticalSpacing(8)
        self.column.addLayout(self.form)
        self.problem = named(QLabel(), "start_problem")
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.problem.setFont(theme.font(bold=True))
        self.problem.hide()
        self.column.addWidget(self.problem)
        self.foot = QHBoxLayout()
        self.foot.addStretch(1)
        self.go = named(QPushButton(button), "start_go")
        self.go.setProperty("primary", True)
        self.go.setDefault(True)
        self.foot.addWidget(self.go)
        self.column.addLayout(self.foot)

    def add_line(self, caption: str, name: str, text: str = "", *, secret: bool = False) -> QLineEdit:
        """Add one line of text; ``secret`` hides what is typed."""
        line = named(QLineEdit(text), name)
        line.setAccessibleName(caption.replace("&", ""))
        if secret:
            line.setEchoMode(QLineEdit.EchoMode.Password)
        line.setMaxLength(1000)
        label = QLabel(caption)
        label.setBuddy(line)
        self.form.addRow(label, line)
        return line

    def add_help(self, *secrets: QLineEdit, told: QLineEdit | None = None) -> None:
        """Let hidden lines be shown, and say how good the passphrase in ``told`` is."""
        if told is not None:
            from ctdild_desktop.services.people import strength_of

            self.form.insertRow(self._row_of(told) + 1, "", Strength(told, strength_of))
        words = _tr("S&how the passphrase") if len(secrets) == 1 else _tr("S&how the passphrases")
        self.form.addRow("", ShowSecrets(words, f"{secrets[0].objectName()}_show", *secrets))

    def add_links(self, *links: QPushButton) -> None:
        """Put what else can be done into a row of its own above the main button."""
        row = QHBoxLayout()
        row.setSpacing(4)
        for link in links:
            link.setProperty("link", True)
            row.addWidget(link)
        row.addStretch(1)
        self.column.insertLayout(self.column.indexOf(self.foot), row)

    def _row_of(self, line: QLineEdit) -> int:
        role = QFormLayout.ItemRole.FieldRole
        rows = (self.form.itemAt(row, role) for row in range(self.form.rowCount()))
        return next(row for row, item in enumerate(rows) if item is not None and item.widget() is line)

    def chain(self, *lines: QLineEdit) -> None:
        """Let Enter go from line to line, with what stands there selected for typing over it."""
        for line, following in pairwise(lines):
            line.returnPressed.connect(following.setFocus)
            line.returnPressed.connect(following.selectAll)

    def refuse(self, words: str, field: QLineEdit | None = None) -> None:
        """Say why it did not go on; what was typed stays, selected for typing over it."""
        self.problem.setText(words)
        self.problem.setAccessibleName(words)
        self.problem.setVisible(bool(words))
        if field is not None and words:
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            field.selectAll()

    def set_busy(self, *, busy: bool) -> None:
        """Hold the card while the registry is being opened."""
        self.go.setEnabled(not busy)
        for line in self.findChildren(QLineEdit):
            line.setReadOnly(busy)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Card", text)
