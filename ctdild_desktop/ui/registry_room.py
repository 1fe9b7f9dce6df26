"""The room of the registry at one desk: its page, people, thresholds, log, removed patients and import."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QPushButton

from ctdild_desktop.services.desk import Change, ChangeSet, Desk, Done
from ctdild_desktop.services.leaving import Typed
from ctdild_desktop.ui import quality_room
from ctdild_desktop.ui.actions import When
from ctdild_desktop.ui.changes import ChangeBus
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.main_window import MainWindow
from ctdild_desktop.ui.patient_count import PatientCount
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.registry.log_page import LogPage
from ctdild_desktop.ui.registry.own_thresholds import OwnThresholds
from ctdild_desktop.ui.registry.people_acts import PeopleActs
from ctdild_desktop.ui.registry.people_panel import PeoplePanel
from ctdild_desktop.ui.registry.registry_page import RegistryPage
from ctdild_desktop.ui.registry.removed_patients_page import RemovedPatientsPage
from ctdild_desktop.ui.safekeeping import Safekeeping

if TYPE_CHECKING:
    from ctdild_desktop.ui.exports.export_page import ExportPage
    from ctdild_desktop.ui.imports.report_import import ImportWithReports


class Doors(quality_room.Doors, Protocol):
    """What the workbench opens."""

    def announce(self, done: Done[Any]) -> None:
        """Say what was done, and tell every screen."""


class RegistryRoom(QObject):
    """Answers what the page asks for, and has the pages that are shown within the room beside it."""

    report_wanted = Signal(str, object)
    """A report shall be confirmed beside the patient of this id."""

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        ask: Ask,
        doors: Doors,
        *,
        window: MainWindow,
        changes: ChangeBus,
        version: str,
        safekeeping: Safekeeping,
        count: PatientCount,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._runner, self._ask = desk, runner, ask
        self._doors, self._window = doors, window
        self._import_page: ImportWithReports | None = None
        self._export_page: ExportPage | None = None
        self.thresholds = OwnThresholds(desk, runner)
        self.people = PeoplePanel(desk, runner)
        self.people_acts = PeopleActs(desk, runner, window)
        self.safekeeping = safekeeping
        self.page = RegistryPage(
            desk,
            version,
            backup=self.safekeeping.panel,
            thresholds=self.thresholds,
            people=self.people,
        )
        self.log = LogPage(desk, runner)
        self.removed = RemovedPatientsPage(desk, runner)
        self.quality = quality_room.QualityRoom(
            desk, runner, ask, doors, window=window, changes=changes, parent=self
        )
        window.add_page("log", self.log)
        window.add_page("removed_patients", self.removed)
        self.page.action_requested.connect(doors.act)
        self.people.asked.connect(self.people_acts.start)
        for part in (self.thresholds, self.removed, self.people_acts):
            part.done.connect(doors.announce)
        for asking in (self.log, self.removed, self.people_acts):
            asking.refused.connect(window.inform)
        count.counted.connect(self.page.set_count)
        if count.number is not None:
            self.page.set_count(count.number)
        safekeeping.verified.connect(self.page.show_report)
        safekeeping.backed_up.connect(self.page.show_backup)
        if safekeeping.report is not None:
            self.page.show_report(safekeeping.report)
        changes.changed.connect(self._on_changed)

    def by_id(self) -> dict[str, Callable[[], None]]:
        """The acts that the menus call, by the id of their action."""
        return {
            "import": self._import,
            "export": self._export,
            "backup": self.safekeeping.back_up_to,
            "backup_now": self._backup_now,
            "restore": self.safekeeping.open_restore,
            "verify": self._verify,
            "settings": self._show_settings,
            "log": lambda: self._show_part("log", self.log),
            "about": self._show_about,
            "licences": self._show_licences,
            "diagnosis": self._show_bundle,
            "removed_patients": lambda: self._show_part("removed_patients", self.removed),
            **self.quality.by_id(),
            **self.people_acts.by_id(),
        }

    def _show_about(self) -> None:
        from ctdild_desktop.ui.registry.about_dialog import AboutDialog

        AboutDialog(self._show_licences, self._window).open()

    def _show_licences(self) -> None:
        from ctdild_desktop.ui.registry.licences_dialog import LicencesDialog

        LicencesDialog(self._runner, self._window).open()

    def _show_bundle(self) -> None:
        from ctdild_desktop.ui.support.bundle_sheet import BundleSheet

        BundleSheet(self._runner, self._ask, self._desk, parent=self._window).open()

    def focus_first(self) -> None:
        """Put the focus where work begins."""
        self.page.focus_first()

    def fit(self, permits: Permits) -> None:
        """Offer what the role allows, now and when it changes."""
        self.page.fit(permits)

    def fit_role(self) -> None:
        """The role may be another one."""
        self.people.fit_role()
        self.thresholds.fit_role()

    def clear(self) -> None:
        """Let go of everything that was read from the registry."""
        for part in (self.log, self.removed, self.people, self.quality):
            part.clear()

    def _on_changed(self, changes: ChangeSet) -> None:
        if Change.SETTINGS in changes.kinds:
            self.thresholds.refresh()
        if Change.PEOPLE in changes.kinds:
            self.people.refresh()
        if Change.PATIENT in changes.kinds and self._window.shown == "removed_patients":
            self.removed.refresh()

    def keep_drafts(self) -> None:
        """Keep what is typed and chosen for an import and an export."""
        for page in (self._import_page, self._export_page):
            if page is not None:
                page.keep_drafts()

    def leave(self) -> tuple[Typed, ...]:
        """What is typed and chosen there, for whoever takes the window away."""
        pages = (self._import_page, self._export_page)
        return tuple(typed for page in pages if page is not None for typed in page.leave())

    def _import(self) -> None:
        fresh = self._import_page is None
        if self._import_page is None:
            from ctdild_desktop.ui.imports.report_import import ImportWithReports

            page = ImportWithReports(self._desk, self._runner, self._ask)
            page.imported.connect(self._doors.announce)
            page.report_wanted.connect(self.report_wanted)
            self._import_page = page
            self._window.add_page("import", page)
        self._window.show_page("import", "registry")
        first = self._import_page.findChild(QPushButton)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)
        if fresh:
            self._import_page.come_back()

    def paste_report(self) -> None:
        """Read the text of the clipboard as a report, on the import page."""
        if self._import_page is not None:
            self._import_page.paste()

    def export_these(self, patients: tuple[str, ...]) -> None:
        """Show the page with these patients chosen."""
        self._doors.act("export")
        if self._export_page is not None and self._window.shown == "export":
            self._export_page.choose(patients)

    def _export(self) -> None:
        page = self._export_page
        fresh = page is None
        if page is None:
            from ctdild_desktop.ui.exports.export_page import ExportPage

            page = self._export_page = ExportPage(self._desk, self._runner, self._ask)
            page.exported.connect(self._doors.announce)
            self._window.add_page("export", page)
        self._window.show_page("export", "registry")
        page.focus_first()
        if fresh:
            page.come_back()

    def _show_part(self, name: str, part: LogPage | RemovedPatientsPage) -> None:
        """Show a page of the room, and let it read."""
        self._window.set_available(When.PATIENT, on=False)
        self._window.show_page(name, "registry")
        part.start()

    def _backup_now(self) -> None:
        self._window.show_room("registry")
        self.safekeeping.panel.back_up_now()

    def _show_settings(self) -> None:
        self._window.show_room("registry")
        self.page.show_settings("language")

    def _verify(self) -> None:
        self._window.show_room("registry")
        self.safekeeping.verify()
