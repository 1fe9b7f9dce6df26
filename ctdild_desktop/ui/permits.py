"""What the role of the person at the desk may do, for everything that offers it: menus, buttons, sheets."""

from __future__ import annotations

import weakref

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.permissions import why_not_offered
from ctdild_desktop.ui.actions import ACTIONS, action
from ctdild_desktop.ui.widgets.plain import tip


class Permits(QObject):
    """Knows which declared actions the role allows, and keeps the buttons that stand for them in step."""

    changed = Signal()
    """The role is another one; what is offered has changed."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._fitted: list[tuple[weakref.ref[QWidget], str, str]] = []

    def refusal(self, action_id: str) -> str:
        """Why the role may not do this action, in one sentence; empty when it may.

        Raises:
            KeyError: there is no such action.
        """
        reasons = (why_not_offered(self._desk.role, name) for name in action(action_id).acts)
        return next((reason for reason in reasons if reason), "")

    def refusals(self) -> dict[str, str]:
        """The sentences of all actions that the role does not allow."""
        told = {spec.id: self.refusal(spec.id) for spec in ACTIONS}
        return {action_id: reason for action_id, reason in told.items() if reason}

    def fit(self, button: QWidget, action_id: str) -> None:
        """Let a button stand for an action: disabled, with the reason as its tip, while it is refused."""
        self._fitted = [one for one in self._fitted if one[0]() is not None]
        self._fitted.append((weakref.ref(button), action_id, button.toolTip()))
        self._apply(button, action_id, button.toolTip())

    def renew(self) -> None:
        """The role may be another one: fit every button anew and say so."""
        for held, action_id, usual in self._fitted:
            button = held()
            if button is not None and isValid(button):
                self._apply(button, action_id, usual)
        self.changed.emit()

    def _apply(self, button: QWidget, action_id: str, usual: str) -> None:
        reason = self.refusal(action_id)
        button.setEnabled(not reason)
        button.setToolTip(tip(reason or usual))
        button.setAccessibleDescription(reason)
