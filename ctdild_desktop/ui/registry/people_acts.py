"""What can be done about people from the menus and the room of the registry; each act has its dialog."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from ctdild_desktop.services import people
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.people import Person
from ctdild_desktop.services.permissions import why_not
from ctdild_desktop.ui.dialogs.act_dialog import ActDialog
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.registry import people_dialogs as dialogs

_Opens = Callable[[Desk, Runner, QWidget], ActDialog]
_OpensOn = Callable[[Desk, Runner, Person, QWidget], ActDialog]
_BY_ID: dict[str, tuple[Callable[..., Any], _Opens]] = {
    "add_person": (people.add_person, dialogs.add_person),
    "change_passphrase": (people.change_passphrase, dialogs.change_passphrase),
    "new_recovery_code": (people.new_recovery_code, dialogs.new_recovery_code),
    "rotate_keys": (people.rotate_keys, dialogs.rotate_keys),
}
_ON_PERSON: dict[str, tuple[Callable[..., Any], _OpensOn]] = {
    "set_role": (people.set_role, dialogs.set_role),
    "rename": (people.rename, dialogs.rename),
    "reset_passphrase": (people.reset_passphrase, dialogs.reset_passphrase),
    "remove_person": (people.remove_person, dialogs.remove_person),
    "reactivate": (people.reactivate, dialogs.reactivate),
}


class PeopleActs(QObject):
    """Opens the dialogs; ``done`` carries the act, so that the frame can offer its undo."""

    done = Signal(object)
    refused = Signal(str)

    def __init__(self, desk: Desk, runner: Runner, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._runner, self._window = desk, runner, window

    def by_id(self) -> dict[str, Callable[[], None]]:
        """The acts that the menus call, by the id of their action."""
        return {name: self._starting(name) for name in _BY_ID}

    def start(self, name: str, person: Person | None = None) -> None:
        """Open the dialog of an act, on a person where it needs one."""
        act = (_BY_ID if person is None else _ON_PERSON)[name][0]
        refusal = why_not(self._desk, act)
        if refusal:
            self.refused.emit(refusal)
            return
        if person is None:
            dialog = _BY_ID[name][1](self._desk, self._runner, self._window)
        else:
            dialog = _ON_PERSON[name][1](self._desk, self._runner, person, self._window)
        dialog.acted.connect(self._on_acted)
        dialog.begin()

    def _starting(self, name: str) -> Callable[[], None]:
        return lambda: self.start(name)

    def _on_acted(self, done: Done[Any]) -> None:
        self.done.emit(done)
        if isinstance(done.value, str):
            dialogs.CodeDialog(done.value, self._window).begin()
