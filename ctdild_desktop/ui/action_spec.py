"""One act that a menu or a key can call, as it is declared."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QCoreApplication


class When(StrEnum):
    """What must be there for an action to make sense."""

    ALWAYS = "always"
    PATIENT = "patient"
    MEETING = "meeting"
    UNDO = "undo"
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action. ``keys`` are portable sequences, the first is shown; ``menu`` is an id of ``menus.MENUS``.

    ``rule_before`` draws a separator above it in its menu. ``acts`` names the acts of the services behind it
    (``patients.add_patient``): a role that may not do all of them is not offered the action.
    """

    id: str
    menu: str
    text: str
    keys: tuple[str, ...] = ()
    when: When = When.ALWAYS
    icon: str = ""
    rule_before: bool = False
    acts: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The text in the reader's language, with its mnemonic."""
        return QCoreApplication.translate("Actions", self.text)

    @property
    def plain(self) -> str:
        """The text without mnemonic and ellipsis, for the shortcut sheet."""
        return self.words.replace("&", "").rstrip("…")
