"""F1 in a dialog that holds up its window: the window's own action does not hear the key there."""

from __future__ import annotations

from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog


def helps(dialog: QDialog) -> None:
    """Let F1 in a dialog call the manual of its window."""

    def call() -> None:
        parent = dialog.parentWidget()
        act = parent.window().findChild(QAction, "action_manual") if parent is not None else None
        if act is not None:
            act.trigger()

    QShortcut(QKeySequence("F1"), dialog).activated.connect(call)
