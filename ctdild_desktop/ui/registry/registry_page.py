"""The room of the registry: where it is, backup, checks, people, own thresholds, and what this program is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QGridLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.language import marked, say_in
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.upkeep import VerifyReport, warning_of
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.registry.backup_panel import BackupPanel
from ctdild_desktop.ui.registry.settings_panel import SettingsPanel
from ctdild_desktop.ui.widgets.later import Later
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.scrolled_page import ScrolledPage
from ctdild_desktop.ui.widgets.section_header import SectionHeader

ABOUT = marked(
    "States which published definitions the recorded numbers meet, with the tests, the arithmetic and the "
    "source. It is not a medical device and not a diagnosis; decisions stay with people."
)


class RegistryPage(Later):
    """Facts and upkeep of the registry; ``action_requested`` names an action."""

    action_requested = Signal(str)
    setting_chosen = Signal(object, str)
    """All settings of this workstation, and the name of the one that was changed."""

    def __init__(
        self,
        desk: Desk,
        version: str,
        *,
        backup: BackupPanel,
        thresholds: Later,
        people: Later,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("registry_page")
        self._desk, self._version = desk, version
        self._backup_panel, self._thresholds, self._people = backup, thresholds, people
        self._permits: Permits | None = None
        self._facts: dict[str, QLabel] = {}
        self._count = ""

    def _make_inside(self) -> None:
        desk = self._desk
        self._settings = SettingsPanel(desk.settings)
        self._settings.chosen.connect(self.setting_chosen)
        inside = named(QWidget(), "registry_inside")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(SectionHeader(self.tr("Registry")))
        column.addLayout(self._make_facts(desk))
        column.addWidget(SectionHeader(self.tr("Backup")))
        column.addWidget(self._backup_panel)
        column.addWidget(SectionHeader(self.tr("Checks, import and export")))
        column.addLayout(self._make_upkeep())
        column.addWidget(SectionHeader(self.tr("People")))
        column.addWidget(self._people)
        column.addWidget(SectionHeader(self.tr("Clinic's own thresholds")))
        column.addWidget(self._thresholds)
        column.addWidget(SectionHeader(self.tr("Settings of this workstation")))
        column.addWidget(self._settings)
        column.addWidget(SectionHeader(self.tr("About")))
        column.addLayout(self._make_about(self._version))
        column.addStretch(1)
        self._area = ScrolledPage(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._area)
        for part in (self._backup_panel, self._thresholds, self._people):
            part.make()
        self._offer()

    def fit(self, permits: Permits) -> None:
        """Offer what a role may do."""
        self._permits = permits
        if self.made:
            self._offer()

    def _offer(self) -> None:
        if self._permits is None:
            return
        for button, action_id in (
            (self._backup, "backup"),
            (self._verify, "verify"),
            (self._import, "import"),
            (self._export, "export"),
            (self._removed, "removed_patients"),
            (self._log, "log"),
            (self._quality, "quality"),
        ):
            self._permits.fit(button, action_id)

    def focus_first(self) -> None:
        """Put the focus where work begins: on the backup, for who may not make one on the checks."""
        may = self._backup_panel.may_back_up
        (self._backup_panel if may else self._verify).setFocus(Qt.FocusReason.OtherFocusReason)

    def show_settings(self, name: str) -> None:
        """Bring the settings into sight, with the keyboard on one of them; KeyError for another name."""
        self.make()
        self._area.ensureWidgetVisible(self._settings)
        self._settings.focus_on(name)

    def set_count(self, patients: int) -> None:
        """Show how many patients are registered."""
        self._count = str(patients)
        if self.made:
            self._facts["patients"].setText(self._count)

    def show_backup(self, words: str) -> None:
        """Say what the last backup since unlocking was."""
        self.make()
        self._backup_words.setText(words)

    def show_report(self, report: VerifyReport) -> None:
        """Show the outcome of every check in words; a failed one is bold and says what is wrong."""
        self.make()
        while (item := self._checks.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        headline = self.tr("All checks passed.") if report.ok else self.tr("Not all checks passed.")
        self._verify_words.setText(" ".join((headline, *report.notes)))
        for row, (name, outcome) in enumerate(report.checks.items()):
            good = outcome is True
            words = self.tr("in order") if good else (str(outcome) or self.tr("not in order"))
            value = named(QLabel(words), f"check_{name}")
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setWordWrap(True)
            value.setMinimumHeight(value.fontMetrics().height() + 3)
            if outcome is False or (not good and not report.ok):
                value.setFont(theme.font(bold=True))
            self._checks.addWidget(QLabel(self._check_words(name)), row, 0)
            self._checks.addWidget(value, row, 1)
        self._checks.setColumnStretch(1, 1)

    def _check_words(self, name: str) -> str:
        words = {
            "integrity": self.tr("Tables of the file"),
            "cipher_integrity": self.tr("Encryption of every page"),
            "foreign_keys": self.tr("References between records"),
            "audit_chain": self.tr("Audit trail and its seal"),
            "content": self.tr("Every record as the trail says"),
            "triggers": self.tr("Guards that write the trail"),
            "schema": self.tr("Version of the tables"),
            "blobs": self.tr("Files of patients"),
        }
        return words.get(name, name.replace("_", " "))

    def _make_facts(self, desk: Desk) -> QFormLayout:
        on_server = desk.registry.place.is_server
        form = QFormLayout()
        form.setContentsMargins(14, 8, 14, 14)
        form.setHorizontalSpacing(20)
        for name, caption, text in (
            (
                "place",
                self.tr("Server") if on_server else self.tr("File"),
                str(desk.registry.place),
            ),
            (
                "cipher",
                self.tr("At rest"),
                self.tr("as the server keeps it: this program does not encrypt its tables")
                if on_server
                else self.tr("encrypted (SQLCipher); key slots beside it"),
            ),
            (
                "user",
                self.tr("Signed in"),
                f"{desk.display_name} ({desk.login}), {say_in('role', desk.role)}",
            ),
            ("patients", self.tr("Patients"), self._count),
            ("kind", self.tr("Kind"), self.tr("demonstration, invented people only") if desk.demo else ""),
            ("caution", self.tr("Caution"), warning_of(desk)),
        ):
            if name in {"kind", "caution"} and not text:
                continue
            label = named(QLabel(), f"registry_{name}")
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setText(text)
            label.setWordWrap(name == "caution")
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            caption_label = QLabel(caption)
            caption_label.setProperty("secondary", True)
            form.addRow(caption_label, label)
            self._facts[name] = label
        return form

    def _make_upkeep(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(14, 8, 14, 14)
        column.setSpacing(8)
        self._backup = named(QPushButton(self.tr("Back up to…  Ctrl+B")), "backup_button")
        self._backup.clicked.connect(lambda: self.action_requested.emit("backup"))
        self._verify = named(QPushButton(self.tr("Verify  Ctrl+Shift+R")), "verify_button")
        self._verify.clicked.connect(lambda: self.action_requested.emit("verify"))
        self._import = named(QPushButton(self.tr("Import…  Ctrl+I")), "import_button")
        self._import.clicked.connect(lambda: self.action_requested.emit("import"))
        self._export = named(QPushButton(self.tr("Export…  Ctrl+Shift+J")), "export_button")
        self._export.clicked.connect(lambda: self.action_requested.emit("export"))
        self._backup_words = QLabel(self.tr("One file with registry and key slots, where you want it."))
        self._backup_words.setTextFormat(Qt.TextFormat.PlainText)
        self._verify_words = QLabel(self.tr("File, cipher, references, audit trail and its seal."))
        self._verify_words.setTextFormat(Qt.TextFormat.PlainText)
        self._verify_words.setWordWrap(True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        self._removed = named(QPushButton(self.tr("Removed patients  Ctrl+Shift+X")), "removed_button")
        self._removed.clicked.connect(lambda: self.action_requested.emit("removed_patients"))
        self._log = named(QPushButton(self.tr("Log  Ctrl+Shift+L")), "log_button")
        self._log.clicked.connect(lambda: self.action_requested.emit("log"))
        self._quality = named(QPushButton(self.tr("Quality  F4")), "quality_button")
        self._quality.clicked.connect(lambda: self.action_requested.emit("quality"))
        import_words = QLabel(self.tr("A table of tests, with a preview before anything is saved."))
        for row, (button, words) in enumerate(
            (
                (self._backup, self._backup_words),
                (self._verify, self._verify_words),
                (self._import, import_words),
                (self._export, QLabel(self.tr("Tables with a codebook, usually without identity."))),
                (
                    self._quality,
                    QLabel(self.tr("How complete and plausible it is, with the records behind each number.")),
                ),
                (self._removed, QLabel(self.tr("Patients who were removed, and the way back."))),
                (self._log, QLabel(self.tr("Who did what, for administrators: by person, kind and period."))),
            )
        ):
            grid.addWidget(button, row, 0)
            grid.addWidget(words, row, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        self._checks = QGridLayout()
        self._checks.setHorizontalSpacing(20)
        column.addLayout(self._checks)
        return column

    def _make_about(self, version: str) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(14, 8, 14, 14)
        title = named(QLabel(f"CTD-ILD Desktop {version}"), "about_version")
        title.setFont(theme.font(bold=True))
        words = named(QLabel(self.tr(ABOUT)), "about_words")
        words.setWordWrap(True)
        words.setMaximumWidth(theme.scaled(640))
        column.addWidget(title)
        column.addWidget(words)
        return column
