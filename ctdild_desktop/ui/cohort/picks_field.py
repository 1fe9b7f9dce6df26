"""Several of a few names on one line: a button that says how many are chosen, and opens their list."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from ctdild_desktop.ui.widgets.plain import tip


class PicksField(QToolButton):
    """Space opens the list, Enter or a click in it turns one on or off. Same methods as the typed fields."""

    changed = Signal(str)
    accepted = Signal()

    def __init__(
        self, name: str, label: str, choices: Iterable[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._label = label
        self.setProperty("pick", True)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        menu = QMenu(self)
        self._acts: dict[str, QAction] = {}
        for code, words in choices:
            act = menu.addAction(words)
            act.setCheckable(True)
            act.triggered.connect(self._on_triggered)
            self._acts[code] = act
        self.setMenu(menu)
        self._tell()

    def value(self) -> tuple[str, ...]:
        """The codes that are on, in their order."""
        return tuple(code for code, act in self._acts.items() if act.isChecked())

    def text_value(self) -> str:
        """The codes that are on, joined by blanks, for drafts."""
        return " ".join(self.value())

    def set_text(self, text: str) -> None:
        """Turn these codes (joined by blanks) on and no other."""
        wanted = set(text.split())
        for code, act in self._acts.items():
            act.setChecked(code in wanted)
        self._tell()
        self.changed.emit(self.text_value())

    def _on_triggered(self) -> None:
        self._tell()
        self.changed.emit(self.text_value())

    def _tell(self) -> None:
        on = [act.text() for act in self._acts.values() if act.isChecked()]
        words = self.tr("{n} of {all}").format(n=len(on), all=len(self._acts))
        if len(on) == len(self._acts):
            words = self.tr("all {n}").format(n=len(on))
        self.setText(words if on else self.tr("nothing"))
        self.setAccessibleName(f"{self._label}: {self.text()}")
        self.setToolTip(tip(", ".join(on)))
