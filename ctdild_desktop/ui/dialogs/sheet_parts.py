"""The fixed parts of a side sheet: whom it is about, a line of notice, the reason for removing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ctdild_desktop.services.acts import Standing
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.fields import TextField
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip


def plain_label(
    text: str = "", *, name: str = "", secondary: bool = False, bold: int | None = None
) -> QLabel:
    """A label that shows its text as it is; ``bold`` is the difference in size in px."""
    label = named(QLabel(), name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setProperty("secondary", secondary)
    if bold is not None:
        label.setFont(theme.font(bold, bold=True))
    return label


def elsewhere_words(found: Standing) -> str:
    """``Changed at another desk by B. Brandt at 10:41.``"""
    said = (
        QCoreApplication.translate("SheetNotice", "Removed at another desk by {who} at {time}.")
        if found.value is None
        else QCoreApplication.translate("SheetNotice", "Changed at another desk by {who} at {time}.")
    )
    return said.format(who=found.changed_by, time=f"{found.changed_at.astimezone():%H:%M}")


class SheetHead(QFrame):
    """Title and identity, on more lines where one is too short for them; ``right`` holds a remark."""

    def __init__(self, title: str, identity: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sheet_head")
        self.right = plain_label(name="sheet_remark", secondary=True)
        column = QVBoxLayout()
        column.setSpacing(1)
        for text, name, secondary, bold in (
            (title, "sheet_title", False, 2),
            (identity, "sheet_identity", True, None),
        ):
            label = plain_label(text, name=name, secondary=secondary, bold=bold)
            label.setWordWrap(True)
            wrapping = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
            wrapping.setHeightForWidth(True)
            label.setSizePolicy(wrapping)
            label.setToolTip(tip(text))
            column.addWidget(label)
            if not text:
                label.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 12, 7)
        row.addLayout(column, 1)
        row.addWidget(self.right)


class SheetNotice(QFrame):
    """A sentence above the fields with up to three buttons; hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sheet_notice")
        self.setProperty("notice", True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 3, 12, 3)
        self._text = plain_label(name="notice_text")
        self._text.setWordWrap(True)
        self._row.addWidget(self._text, 1)
        self._buttons: list[QPushButton] = []
        self.hide()

    @property
    def text(self) -> str:
        """What it says; empty while hidden."""
        return self._text.text() if not self.isHidden() else ""

    def say(self, text: str, *answers: tuple[str, Callable[[], None]]) -> None:
        """Show a sentence with its answers, in place of what was shown before."""
        self.clear()
        self._text.setText(text)
        self.setAccessibleName(text)
        for at, (words, act) in enumerate(answers):
            button = named(QPushButton(words), f"notice_button_{at}")
            button.setProperty("link", True)
            button.clicked.connect(act)
            self._row.addWidget(button)
            self._buttons.append(button)
        self.show()

    def focus_first(self) -> None:
        """Put the focus on the first answer."""
        if self._buttons:
            self._buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> None:
        """Take the line away."""
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons.clear()
        self.hide()


class RemovalRow(QFrame):
    """Asks why a record is removed; ``confirmed`` carries the reason."""

    confirmed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("removal")
        self.setProperty("notice", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        self._reason = TextField(
            "removal_reason", self.tr("Reason for removing"), required=True, max_length=200
        )
        self._reason.setPlaceholderText(self.tr("why, for example: entered twice"))
        self._reason.accepted.connect(self._confirm)
        button = named(QPushButton(self.tr("Remove")), "removal_confirm")
        button.clicked.connect(self._confirm)
        row.addWidget(QLabel(self.tr("Remove, because")))
        row.addWidget(self._reason, 1)
        row.addWidget(button)
        self.hide()

    def ask(self) -> None:
        """Show the row and wait for a reason."""
        self.show()
        self._reason.setFocus()

    def _confirm(self) -> None:
        self._reason.show_issue(None)
        if self._reason.value():
            self.confirmed.emit(self._reason.value())
        else:
            self._reason.setFocus()
