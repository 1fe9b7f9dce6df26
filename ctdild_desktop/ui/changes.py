"""The change bus: what was changed in the registry, told to every screen that shows it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from ctdild_desktop.services.desk import ChangeSet


class ChangeBus(QObject):
    """One signal. Screens decide for themselves whether a change concerns them."""

    changed = Signal(object)

    def announce(self, changes: ChangeSet) -> None:
        """Tell all listeners, on the thread of the caller (the main thread)."""
        self.changed.emit(changes)
