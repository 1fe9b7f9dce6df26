"""News from other desks: what is refreshed, what is only marked, and what the role allows from then on."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from ctdild_desktop.language import say_in
from ctdild_desktop.services import permissions
from ctdild_desktop.services.desk import Change, ChangeSet, Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.ui.changes import ChangeBus
from ctdild_desktop.ui.elsewhere import Elsewhere, Watch
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.main_window import MainWindow
from ctdild_desktop.ui.permits import Permits


class News(QObject):
    """Listens for one desk, and tells its screens and permits."""

    heard = Signal(object)
    """What another desk changed; every screen was told."""

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        *,
        window: MainWindow,
        changes: ChangeBus,
        permits: Permits,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._runner = runner
        self._window = window
        self._changes = changes
        self._permits = permits
        self._elsewhere: Elsewhere | None = None

    def listen(self, watch: Watch) -> None:
        """Hear what other desks change, until :meth:`stop`."""
        self._elsewhere = Elsewhere(self._desk, self._runner, watch, self)
        self._elsewhere.changed.connect(self._on_changed)
        self._elsewhere.lost.connect(self._on_lost)
        self._elsewhere.back.connect(self._on_back)
        self._elsewhere.start()

    def stop(self) -> None:
        """Hear no more."""
        if self._elsewhere is not None:
            self._elsewhere.stop()

    def _on_changed(self, changes: ChangeSet) -> None:
        self._changes.announce(changes)
        self.heard.emit(changes)
        if Change.PEOPLE in changes.kinds:
            desk = self._desk
            self._runner.run(
                lambda: permissions.role_changed(desk),
                while_alive(self, self._on_role),
                while_alive(self, self._on_not_read),
            )

    def _on_role(self, other: bool) -> None:
        if other:
            self._permits.renew()
            words = self.tr("Your role is {role} from now on.").format(role=say_in("role", self._desk.role))
            self._window.inform(words)

    def _on_not_read(self, error: Exception) -> None:
        if sentence_of(error) is None:
            raise error

    def _on_lost(self) -> None:
        self._window.set_lost(lost=True)

    def _on_back(self) -> None:
        self._window.set_lost(lost=False)
        self._window.inform(self.tr("The server can be reached again; what is shown is up to date."))
