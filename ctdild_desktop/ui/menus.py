"""The menu bar: its menus, and the letters that open them with Alt.

A letter of the bar opens its menu wherever the keyboard is in the main window. No page and no sheet there may
use it for something else.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.ui.mnemonics import mark_of, marked_apart


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:
    """Mark a text for the translators; named as Qt's own macro, by which ``lupdate`` finds the texts."""
    del context
    return text


MENUS: tuple[tuple[str, str], ...] = (
    ("file", QT_TRANSLATE_NOOP("Actions", "&File")),
    ("edit", QT_TRANSLATE_NOOP("Actions", "&Edit")),
    ("patient", QT_TRANSLATE_NOOP("Actions", "&Patient")),
    ("record", QT_TRANSLATE_NOOP("Actions", "&Record")),
    ("meeting", QT_TRANSLATE_NOOP("Actions", "Mee&ting")),
    ("view", QT_TRANSLATE_NOOP("Actions", "&View")),
    ("help", QT_TRANSLATE_NOOP("Actions", "&Help")),
)


def _translated(text: str) -> str:
    return QCoreApplication.translate("Actions", text)


def menu_words(menu: str) -> str:
    """The title of a menu in the reader's language; raises KeyError for an unknown id."""
    return _translated(dict(MENUS)[menu])


def menu_titles(translated: Callable[[str], str] = _translated) -> dict[str, str]:
    """The titles by the id of the menu, each with a letter of its own."""
    words = {menu: translated(title) for menu, title in MENUS}
    apart = marked_apart(words.values())
    return {menu: apart[title] for menu, title in words.items()}


def menu_letters(translated: Callable[[str], str] = _translated) -> frozenset[str]:
    """The letters that open a menu with Alt."""
    return frozenset(map(mark_of, menu_titles(translated).values()))
