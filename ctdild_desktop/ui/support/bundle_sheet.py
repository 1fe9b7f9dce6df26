"""The diagnostic bundle: every file that would be written, in full, before it is written."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.services import diagnosis
from ctdild_desktop.services.diagnosis import Around, Part
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.ask import Ask, documents_folder
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.support.screen_facts import screen_facts
from ctdild_desktop.ui.widgets.check_box import CheckBox
from ctdild_desktop.ui.widgets.long_text_field import LongTextField
from ctdild_desktop.ui.widgets.naming import named

if TYPE_CHECKING:
    from ctdild_desktop.place import Place
    from ctdild_desktop.services.desk import Desk


class BundleSheet(QDialog):
    """Collects when it is opened; writes what is ticked where the person says. Open it with ``open()``.

    Args:
        desk: the open registry, if one is open.
        place: the registry that is meant, where none is open.
        trouble: the kind of the error for which it does not open.
    """

    def __init__(
        self,
        runner: Runner,
        ask: Ask,
        desk: Desk | None = None,
        *,
        place: Place | None = None,
        trouble: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("bundle_sheet")
        self.setWindowTitle(self.tr("Diagnostic bundle"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._runner, self._ask, self._desk = runner, ask, desk
        self._parts: dict[CheckBox, Part] = {}
        self._written: Path | None = None
        self._lay_out()
        self.resize(theme.scaled(860), theme.scaled(560))
        around = Around(screen_facts(), trouble, place)
        runner.run(
            lambda: diagnosis.collect(around, desk),
            while_alive(self, self._on_collected),
            while_alive(self, self._on_refused),
            files=desk is None,
        )

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        words = named(
            QLabel(
                self.tr(
                    "For whoever helps with this installation. Nothing is sent: one file is written where "
                    "you choose. It holds the files below and nothing else; they name no patient, no person, "
                    "no file and no address. Read them; what you do not want to give is left out."
                )
            ),
            "bundle_words",
        )
        words.setWordWrap(True)
        column.addWidget(words)
        middle = QHBoxLayout()
        self._boxes = QVBoxLayout()
        self._boxes.setSpacing(6)
        self._boxes.addStretch(1)
        middle.addLayout(self._boxes)
        self.shown = named(QPlainTextEdit(), "bundle_text")
        self.shown.setReadOnly(True)
        self.shown.setTabChangesFocus(True)
        self.shown.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.shown.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.shown.setPlainText(self.tr("Being collected…"))
        self.shown.setAccessibleName(self.tr("Text of the file"))
        middle.addWidget(self.shown, 1)
        column.addLayout(middle, 1)
        caption = QLabel(self.tr("&Note to whoever helps (name no patient: it goes along as you type it)"))
        self.note = LongTextField("bundle_note", self.tr("Note to whoever helps"), lines=2)
        caption.setBuddy(self.note)
        column.addWidget(caption)
        column.addWidget(self.note)
        self.said = named(QLabel(), "bundle_said")
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        column.addWidget(self.said)
        foot = QHBoxLayout()
        self.folder = named(QPushButton(self.tr("Open &folder")), "bundle_folder")
        self.folder.hide()
        self.folder.clicked.connect(self._on_folder)
        self.write = named(QPushButton(self.tr("&Write the bundle…")), "bundle_write")
        self.write.setProperty("primary", True)
        self.write.setEnabled(False)
        self.write.clicked.connect(self._on_write)
        close = named(QPushButton(self.tr("&Close")), "bundle_close")
        close.clicked.connect(self.reject)
        foot.addWidget(self.folder)
        foot.addStretch(1)
        foot.addWidget(self.write)
        foot.addWidget(close)
        column.addLayout(foot)

    def chosen(self) -> tuple[Part, ...]:
        """What would be written now."""
        ticked = tuple(part for box, part in self._parts.items() if box.isChecked())
        return diagnosis.with_note(ticked, self.note.text_value())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show the file whose box has the keyboard."""
        if event.type() is QEvent.Type.FocusIn and isinstance(watched, CheckBox) and watched in self._parts:
            self._show(self._parts[watched])
        return super().eventFilter(watched, event)

    def _on_collected(self, parts: tuple[Part, ...]) -> None:
        for at, part in enumerate(parts):
            box = named(CheckBox(part.name), f"bundle_{part.name.partition('.')[0]}")
            box.setAccessibleDescription(self.tr("Goes along when it is ticked; its text stands beside it."))
            box.setProperty("verbatim", True)  # the name of a file
            box.setChecked(True)
            box.toggled.connect(partial(self._on_ticked, part))
            box.installEventFilter(self)
            self._parts[box] = part
            self._boxes.insertWidget(at, box)
        self._show(parts[0])
        self.write.setEnabled(True)
        next(iter(self._parts)).setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_ticked(self, part: Part, _checked: bool) -> None:
        self._show(part)
        self.write.setEnabled(any(box.isChecked() for box in self._parts))

    def _show(self, part: Part) -> None:
        self.shown.setPlainText(part.text)
        self.shown.setAccessibleName(self.tr("Text of {name}").format(name=part.name))

    def _on_write(self) -> None:
        parts = self.chosen()

        def write(target: Path) -> None:
            self._runner.run(
                lambda: diagnosis.write(parts, target),
                while_alive(self, self._on_written),
                while_alive(self, self._on_refused),
                files=True,
            )

        suggested = documents_folder() / diagnosis.suggested_name()
        self._ask.save_file(self.tr("Write the bundle"), suggested, self.tr("Zip file (*.zip)"), write)

    def _on_written(self, file: Path) -> None:
        self._written = file
        self.said.setText(
            self.tr("Written: {name}. Send it to whoever helps, as an attachment.").format(name=file.name)
        )
        self.folder.show()
        self.folder.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_folder(self) -> None:
        if self._written is not None:
            self._ask.show_folder(self._written.parent)

    def _on_refused(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            self.said.setText(self.tr("Something went wrong in the program; nothing was written."))
            raise error
        self.said.setText(words)
