"""One of a few answers, chosen by its letter: the quick choice of a form that is filled by keyboard."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from ctdild_desktop import language
from ctdild_desktop.clinical.plausibility import Fix, Issue
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.fields import FieldState, state_of
from ctdild_desktop.ui.widgets.naming import named


@dataclass(frozen=True, slots=True)
class Option:
    """One answer: its code, the words on the button and the letter or digit that chooses it."""

    code: str
    words: str
    key: str


def _spoken(options: Iterable[Option]) -> tuple[Option, ...]:
    """The answers with the letters of their words in the language in use; digits and signs stay."""
    if language.code() == "en":
        return tuple(options)
    made: list[Option] = []
    taken: set[str] = set()
    for option in options:
        if option.key.isalpha():
            letters = [sign for sign in _folded(option.words) if sign.isascii() and sign.isalpha()]
            key = next((letter for letter in letters if letter not in taken), "")
            taken.add(key)
            made.append(replace(option, key=key))
        else:
            made.append(option)
    return tuple(made)


def _folded(text: str) -> str:
    """The text in small letters without accents."""
    return "".join(
        sign for sign in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(sign)
    )


class OptionField(QFrame):
    """Joined buttons of which one or none is on. A letter chooses, Backspace clears, Enter goes on.

    Same signals and methods as the typed fields. ``advance`` goes on as soon as a letter is typed;
    ``columns`` breaks a long list into rows; ``keys_shown`` names the letter of each on its button.
    """

    changed = Signal(str)
    left = Signal()
    accepted = Signal()
    note_changed = Signal()

    def __init__(
        self,
        name: str,
        label: str,
        options: Iterable[Option],
        *,
        advance: bool = False,
        required: bool = False,
        columns: int = 0,
        keys_shown: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.label = label
        self.state = FieldState.NORMAL
        self.message = ""
        self.fix: Fix | None = None
        self._options = _spoken(options)
        self._advance = advance
        self._required = required
        self._code = ""
        self._buttons: dict[str, QToolButton] = {}
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(0)
        frame = named(QFrame(), "segments")
        inner = QGridLayout(frame)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.setSpacing(1)
        for at, option in enumerate(self._options):
            button = named(QToolButton(), f"{name}_{option.code}")
            told = keys_shown and len(option.words) > 1
            button.setText(f"{option.words} {option.key.upper()}" if told else option.words)
            button.setCheckable(True)
            button.setProperty("segment", True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setAccessibleName(f"{label}: {option.words}")
            button.setMinimumHeight(theme.scaled(20))
            button.clicked.connect(self._on_clicked)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            line, place = divmod(at, columns) if columns else (0, at)
            last = bool(columns) and at == len(self._options) - 1
            inner.addWidget(button, line, place, 1, columns - place if last else 1)
            self._buttons[option.code] = button
        row.addWidget(frame)
        row.addStretch(1)
        self._describe()

    def value(self) -> str | None:
        """The code that is on, or None."""
        return self._code or None

    def text_value(self) -> str:
        """The code that is on as text for drafts; empty when none is."""
        return self._code

    def set_text(self, code: str) -> None:
        """Turn one on, or none for the empty code; a code that is not offered turns none on."""
        self._choose(code if code in self._buttons else "")

    def problem(self) -> str:
        """Says that a required answer is missing."""
        if self._required and not self._code:
            return self.tr("{label} is needed").format(label=self.label)
        return ""

    def show_issue(self, issue: Issue | None) -> None:
        """Show what is wrong with the answer, or nothing."""
        missing = self.problem()
        if missing:
            self._show(FieldState.REFUSED, missing)
        else:
            self._show(state_of(issue), issue.text if issue is not None else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by letter or arrow, clear by Backspace, go on by Enter."""
        key = event.key()
        plain = (
            event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
            == Qt.KeyboardModifier.NoModifier
        )
        meant = next((o.code for o in self._options if o.key.casefold() == event.text().casefold()), "")
        if plain and meant:
            self._choose(meant)
            if self._advance:
                self._go_on()
        elif plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go_on()
        elif plain and key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self._choose("")
        elif plain and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._step(1 if key == Qt.Key.Key_Right else -1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Report that the field was left."""
        super().focusOutEvent(event)
        self.update()
        self.left.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ring of focus, or the edge of a refused or unlikely answer."""
        super().paintEvent(event)
        painter = QPainter(self)
        pen = QPen(theme.color("focus"), 2)
        if self.state is FieldState.REFUSED:
            pen.setColor(theme.color("over"))
        elif self.state is FieldState.UNLIKELY:
            pen.setColor(theme.color("unk"))
            pen.setStyle(Qt.PenStyle.DashLine)
        elif not self.hasFocus():
            return
        painter.setPen(pen)
        buttons = self.childrenRect()
        painter.drawRect(buttons.adjusted(-1, -1, 1, 1))

    def _go_on(self) -> None:
        self.left.emit()
        self.accepted.emit()

    def _step(self, step: int) -> None:
        codes = [option.code for option in self._options]
        at = codes.index(self._code) + step if self._code in codes else (0 if step > 0 else len(codes) - 1)
        self._choose(codes[max(0, min(at, len(codes) - 1))])

    def _on_clicked(self) -> None:
        sender = self.sender()
        code = next(code for code, button in self._buttons.items() if button is sender)
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._choose("" if code == self._code else code)

    def _choose(self, code: str) -> None:
        self._code = code
        for name, button in self._buttons.items():
            button.setChecked(name == code)
        self._show(FieldState.NORMAL, "")
        self._describe()
        self.changed.emit(code)

    def _describe(self) -> None:
        words = next((o.words for o in self._options if o.code == self._code), self.tr("not answered"))
        self.setAccessibleName(f"{self.label}: {words}")

    def _show(self, state: FieldState, message: str) -> None:
        if (state, message) == (self.state, self.message):
            return
        self.state, self.message = state, message
        self.setAccessibleDescription(message)
        self.update()
        self.note_changed.emit()
