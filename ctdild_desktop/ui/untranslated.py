"""Texts that are shown without having gone through the catalogue of the language.

The process speaks a language of signed letters (``language.pseudo``). What is then read in plain letters on a
window, drawn or said of it, and is no value of a patient, would stay English in every other language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QBuffer, QIODevice, QModelIndex, QPoint, Qt
from PySide6.QtGui import QAction, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QDialog,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

from ctdild_desktop.bundled import resources
from ctdild_desktop.clinical import codes, evidence, probability
from ctdild_desktop.clinical.criteria import CRITERIA
from ctdild_desktop.language import pseudo
from ctdild_desktop.services import meetings, patients, people, redaction
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui import speaking

_WORD = re.compile(r"[^\W\d_]+")
_MADE = re.compile(
    r"\S+ [\d-]{10} \d{6}(?: [a-z ]+)?(?:\.ctdild-backup)?|\b[a-z]+\.ctdild-backup"
    r"|\bP-[A-Z0-9]{8}\b|\bDEMO-(?:FULL-)?\d*|[A-FU] / [A-FU]\b"
    r"|\b\d+-[0-9a-f]{12}\b|\b[0-9a-f]{64}\b|\bctdild-export [\d-]*"
    r"|\bctdild cohort .*|.*--as-of [\d-]+"
)
"""Names of backups, whole or in two lines, of exports, pseudonyms and numbers of patients, grades, heads of
the trail and fingerprints, and commands, whole or in two lines.
"""
_MARKUP = re.compile(r"</?\w+[^<>]*>|&\w+;")
_EDGES = " .…–+−%0123456789"
_PIECES = re.compile(rf"[{pseudo.SIGNED}]+|[,;:·()=|+→\n]+")
_BROKEN = "\ufffe"
"""What the library reads in place of a hyphen at the end of a line."""
_UNITS = "mL min mmHg mmol kPa mg dL kg cm mm mo fL IU mEq WU ng kB MB"
_KEYS = "Ctrl Shift Alt Enter Return Space Esc Left Right Up Down Home End"
_STUDIES = "INBUILD OMERACT EUSTAR Erice"
_SAME_IN_ALL = frozenset(f"{_UNITS} {_KEYS} {_STUDIES} PDF CTD ILD Desktop English".split())
"""Words that are the same in each language: units, keys, names of studies, and the program's own."""
_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)


class _Translator(speaking.CatalogueTranslator):
    """Marks the letter of the Alt key where it stood: signed letters have none that could be pressed."""

    def translate(
        self,
        context: str,
        sourceText: str,  # noqa: N803  Qt names it
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str | None:
        """See :class:`CatalogueTranslator`."""
        found = super().translate(context, sourceText, disambiguation, n)
        at = sourceText.find("&")
        if found is None or at < 0 or len(found) != len(sourceText) - 1:
            return found
        return f"{found[:at]}{sourceText[at : at + 2]}{found[at + 1 :]}"


def speak_signed() -> None:
    """Speak in signed letters from now on, in the whole process, until another language is chosen.

    Raises:
        CatalogueError, OSError: a file of the installation is damaged or missing.
    """
    folder = resources() / "i18n"
    made = pseudo.catalogue(folder / "es.po", folder / "es_contexts.po")
    speaking.answer_by(made, _Translator(made))


def values_of(desk: Desk) -> frozenset[str]:
    """What may be read on the screens of a desk in plain letters: what people typed, names and citations."""
    found = {str(desk.registry.path), str(desk.registry.path.parent / "backups"), probability.SOURCE}
    found |= {one.name for one in (desk.registry.path.parent / "backups").glob("*")}
    found.add(desk.registry.path.with_suffix(".ctdild-backup").name)
    found |= {word for one in CRITERIA for word in (one.id, one.source)}
    for claim in evidence.claims():
        found |= {claim.id, claim.source, claim.doi} - {""}
    found |= {antibody.short for antibody in codes.antibodies()}
    for person in people.list_people(desk):
        found |= {person.login, person.name}
    for record in patients.load_all(desk):
        found |= {action.what for action in record.actions}
        found |= redaction.typed_texts(record) | {file.name for file in record.attachments}
        found |= {added.text for one in record.decisions for added in one.addenda}
        found.add(f"{record.patient.given_name} {record.patient.family_name}")
    for line in meetings.meetings(desk):
        held = line.meeting
        found |= {held.chair, held.coordinator, held.place, *(one.name for one in held.attendees)} - {""}
        for case in meetings.meeting_view(desk, held.id).cases:
            found |= {case.item.question, case.item.requested_by} - {""}
    return frozenset(found)


class Reader:
    """Reads windows while the process speaks signed letters, and tells what is in plain ones.

    Args:
        values: what was typed by somebody or is a name: these texts and parts of them may be shown.
    """

    def __init__(self, values: Iterable[str]) -> None:
        self._known = "\n".join(values)
        self._read: dict[str, tuple[str, ...]] = {}
        self._told: set[str] = set()

    def read(self, window: QWidget) -> tuple[str, ...]:
        """One sentence for each text that no message accounts for, unless it was told before."""
        here = "\n".join(_verbatim(window))
        found = dict.fromkeys(
            f"{where} shows what is not in the catalogue: {piece!r}"
            for where, text in dict.fromkeys(shown(window))
            for piece in self.pieces(text)
            if piece not in here
        )
        fresh = tuple(found.keys() - self._told)
        self._told.update(found)
        return fresh

    def pieces(self, text: str) -> tuple[str, ...]:
        """The pieces of a text whose words are neither signed nor among the values."""
        if text not in self._read:
            whole = text.isascii() and text in self._known
            self._read[text] = () if whole else tuple(_plain_pieces(text, self._known))
        return self._read[text]


def _plain_pieces(text: str, known: str) -> Iterator[str]:
    for piece in _PIECES.split(_MARKUP.sub(" ", _MADE.sub("\n", text))):
        bare = piece.strip(_EDGES)
        words = (word for word in _WORD.findall(bare) if word.isascii() and len(word) > 1)
        if bare not in known and any(word not in _SAME_IN_ALL for word in words):
            yield bare


def _verbatim(window: QWidget) -> Iterator[str]:
    """What is typed in the fields of a window, and choices and labels that are no words of the program."""
    for part in window.findChildren(QWidget):
        if not part.isVisible():
            continue
        if isinstance(part, QLineEdit):
            yield part.text()
        elif isinstance(part, QPlainTextEdit):
            yield part.toPlainText()
        elif isinstance(part, QComboBox) and part.property("verbatim"):
            yield from (part.itemText(at) for at in range(part.count()))
        elif isinstance(part, QLabel | QAbstractButton) and part.property("verbatim"):
            yield part.text()
        elif isinstance(part, QAbstractItemView) and part.property("verbatim"):
            yield from _cells_of_model(part.model(), QModelIndex())


def printed(file: Path) -> tuple[str, ...]:
    """The lines of a printed page; a hyphen at the end of a line is one."""
    from pypdfium2 import PdfDocument

    document = PdfDocument(file)
    try:
        pages = [page.get_textpage().get_text_range().replace(_BROKEN, "-") for page in document]
        return tuple(line for page in pages for line in page.splitlines())
    finally:
        document.close()


def shown(window: QWidget) -> Iterator[tuple[str, str]]:
    """What is read on a window and what is said of it: where, and the text; hidden parts are left out."""
    parts = [window, *(part for part in window.findChildren(QWidget) if part.isVisible())]
    for part in parts:
        name = part.objectName() or type(part).__name__
        told = [part.accessibleName(), part.accessibleDescription(), part.toolTip(), part.statusTip()]
        told += [part.windowTitle()] if part.isWindow() else []
        for text in (*told, *_own_texts(part)):
            yield name, text
        if isinstance(part, QAbstractItemView) and not isinstance(part, QHeaderView) and part.model():
            for text in _texts_of_model(part.model(), QModelIndex()):
                yield name, text
    for action in window.findChildren(QAction):
        if not isinstance(action.parent(), QWidget):
            continue  # made by a library for a menu that is never opened
        for text in (action.text(), action.toolTip(), action.statusTip()):
            yield "menu", text.replace("&", "")
    for part in (window, *(dialog for dialog in window.findChildren(QDialog) if dialog.isVisible())):
        for text in drawn(part):
            yield "drawn", text


def drawn(window: QWidget) -> tuple[str, ...]:
    """The texts that a window draws, as it draws them: wrapped and shortened."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    device = QSvgGenerator()
    device.setOutputDevice(buffer)
    device.setSize(window.size())
    painter = QPainter(device)
    window.render(painter, QPoint())
    painter.end()
    picture = ElementTree.fromstring(bytes(buffer.data().data()))
    return tuple(part.text or "" for part in picture.iter("{http://www.w3.org/2000/svg}text"))


def _own_texts(part: QWidget) -> Iterator[str]:
    if isinstance(part, QLabel | QAbstractButton):
        yield part.text().replace("&", "")
    elif isinstance(part, QLineEdit | QPlainTextEdit):
        yield part.placeholderText()
    elif isinstance(part, QGroupBox):
        yield part.title()
    elif isinstance(part, QComboBox):
        yield from (part.itemText(at) for at in range(part.count()))
    elif isinstance(part, QTabBar):
        for at in range(part.count()):
            yield part.tabText(at).replace("&", "")
            yield part.tabToolTip(at)


def _texts_of_model(model: QAbstractItemModel, above: QModelIndex) -> Iterator[str]:
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(above)
    if not above.isValid():
        yield from (str(model.headerData(at, Qt.Orientation.Horizontal) or "") for at in range(columns))
    yield from _cells_of_model(model, above)


def _cells_of_model(model: QAbstractItemModel, above: QModelIndex) -> Iterator[str]:
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(above)
    for row in range(model.rowCount(above)):
        for column in range(columns):
            index = model.index(row, column, above)
            yield from (str(found) for role in _ROLES if isinstance(found := index.data(role), str))
        yield from _texts_of_model(model, model.index(row, 0, above))
