"""The page of all keys, made from the tables that the program itself uses."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.ui.dialogs.shortcut_sheet import native, shortcut_groups

KEYS: Final = "13-keys.md"
"""The name of the chapter."""


def keys_page() -> str:
    """The Markdown of the page, in the language in use."""
    parts = [
        f"# {_tr('Keys')}",
        _tr(
            "Every key of the program. Each act has also a place in a menu, and Ctrl+Shift+K finds it "
            "by a few letters of its name."
        ),
    ]
    for title, rows in shortcut_groups():
        lines = [f"| {native(keys)} | {words} |" for keys, words in rows]
        parts += [
            f"## {title}",
            "\n".join((f"| {_tr('Keys')} | {_tr('What they do')} |", "|---|---|", *lines)),
        ]
    return "\n\n".join(parts) + "\n"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Manual", text)
