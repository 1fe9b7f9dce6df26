"""The one door through which the program asks: questions, files, errors. Nothing here blocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QStandardPaths, Qt, QUrl
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter
    from PySide6.QtWidgets import QMessageBox


def documents_folder() -> Path:
    """Where a new file is suggested: the documents of the person, else the home folder."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(place or Path.home())


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question. ``key`` is what the asker gets back; ``text`` is on the button."""

    key: str
    text: str
    default: bool = False


class Ask(Protocol):
    """What a screen may ask of the person. Each call returns at once; the answer comes by the callable.

    Leaving a question by Esc answers ``""``; leaving a file dialog calls nothing.
    """

    def question(
        self, title: str, text: str, choices: Sequence[Choice], on_answer: Callable[[str], None]
    ) -> None:
        """Ask one question with named answers."""
        ...

    def open_files(
        self,
        title: str,
        filters: str,
        on_paths: Callable[[tuple[Path, ...]], None],
        *,
        several: bool = True,
    ) -> None:
        """Let the person choose existing files. ``filters`` is in Qt's form: ``Tables (*.csv *.xlsx)``."""
        ...

    def open_folder(self, title: str, on_path: Callable[[Path], None]) -> None:
        """Let the person choose an existing folder."""
        ...

    def save_file(self, title: str, suggested: Path, filters: str, on_path: Callable[[Path], None]) -> None:
        """Let the person choose where to write; the system's own dialog asks before overwriting."""
        ...

    def choose_printer(self, printer: QPrinter, sheets: int, on_chosen: Callable[[], None]) -> None:
        """Let the person choose a printer and its settings; they are in ``printer`` then."""
        ...

    def error(self, text: str, detail: str = "", offer: tuple[str, Callable[[], None]] | None = None) -> None:
        """Show one clear sentence that needs to be read, with an optional second one.

        ``offer`` is a further button: its text, and what it does.
        """
        ...

    def show_folder(self, folder: Path) -> None:
        """Open a folder in the system's file manager."""
        ...

    def show_file(self, file: Path) -> bool:
        """Open a file with the desktop's own program; False when there is none."""
        ...


def _clicked(box: QMessageBox) -> QPushButton | None:
    button = box.clickedButton()
    return button if isinstance(button, QPushButton) else None


class WindowAsk:
    """Asks through native dialogs that belong to a window. Keeps each open dialog until it is answered."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._parent = parent

    def set_parent(self, parent: QWidget) -> None:
        """Make later dialogs belong to this window."""
        self._parent = parent

    def question(
        self, title: str, text: str, choices: Sequence[Choice], on_answer: Callable[[str], None]
    ) -> None:
        """See :meth:`Ask.question`."""
        from PySide6.QtWidgets import QMessageBox

        box = QMessageBox(self._parent)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(title)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(text)
        buttons: dict[QPushButton | None, str] = {}
        for choice in choices:
            button = box.addButton(choice.text, QMessageBox.ButtonRole.AcceptRole)
            buttons[button] = choice.key
            if choice.default:
                box.setDefaultButton(button)
        escape = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setEscapeButton(escape)
        box.finished.connect(lambda _code: on_answer(buttons.get(_clicked(box), "")))
        box.finished.connect(box.deleteLater)
        box.open()

    def open_files(
        self,
        title: str,
        filters: str,
        on_paths: Callable[[tuple[Path, ...]], None],
        *,
        several: bool = True,
    ) -> None:
        """See :meth:`Ask.open_files`."""
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self._parent, title, str(Path.home()), filters)
        dialog.setFileMode(
            QFileDialog.FileMode.ExistingFiles if several else QFileDialog.FileMode.ExistingFile
        )
        dialog.filesSelected.connect(lambda names: on_paths(tuple(Path(name) for name in names)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def open_folder(self, title: str, on_path: Callable[[Path], None]) -> None:
        """See :meth:`Ask.open_folder`."""
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self._parent, title, str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: on_path(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_file(self, title: str, suggested: Path, filters: str, on_path: Callable[[Path], None]) -> None:
        """See :meth:`Ask.save_file`."""
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self._parent, title, str(suggested.parent), filters)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suggested.suffix.lstrip("."))
        dialog.selectFile(suggested.name)
        dialog.fileSelected.connect(lambda name: on_path(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def choose_printer(self, printer: QPrinter, sheets: int, on_chosen: Callable[[], None]) -> None:
        """See :meth:`Ask.choose_printer`."""
        from PySide6.QtPrintSupport import QAbstractPrintDialog, QPrintDialog

        def answer(code: int) -> None:
            if code == QDialog.DialogCode.Accepted:
                on_chosen()

        dialog = QPrintDialog(printer, self._parent)
        dialog.setOption(QAbstractPrintDialog.PrintDialogOption.PrintPageRange)
        dialog.setOption(QAbstractPrintDialog.PrintDialogOption.PrintCurrentPage, sheets > 1)
        dialog.setMinMax(1, sheets)
        dialog.finished.connect(answer)
        dialog.finished.connect(dialog.deleteLater)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.show()

    def error(self, text: str, detail: str = "", offer: tuple[str, Callable[[], None]] | None = None) -> None:
        """See :meth:`Ask.error`."""
        from PySide6.QtWidgets import QMessageBox

        box = QMessageBox(self._parent)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(text)
        box.setInformativeText(detail)
        if offer is not None:
            box.addButton(QMessageBox.StandardButton.Ok)
            box.addButton(offer[0], QMessageBox.ButtonRole.ActionRole).clicked.connect(offer[1])
        box.finished.connect(box.deleteLater)
        box.open()

    def show_folder(self, folder: Path) -> None:
        """See :meth:`Ask.show_folder`."""
        from PySide6.QtGui import QDesktopServices

        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def show_file(self, file: Path) -> bool:
        """See :meth:`Ask.show_file`."""
        from PySide6.QtGui import QDesktopServices

        return QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))
