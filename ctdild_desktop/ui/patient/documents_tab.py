"""The tab of a patient's files and answers of consent: attached, opened as a copy, handed on, described."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ctdild_desktop.clinical.records import Attachment
from ctdild_desktop.services import attachments, consents
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk, Done, RefusedError
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.permissions import why_not
from ctdild_desktop.ui.dialogs.ask import Ask, Choice
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.patient import document_rows
from ctdild_desktop.ui.patient.record_tab import RecordTab
from ctdild_desktop.ui.permits import Permits
from ctdild_desktop.ui.widgets.later import Later
from ctdild_desktop.ui.widgets.plain import tip
from ctdild_desktop.ui.widgets.section_header import SectionHeader

_ATTACH = "attach"


class DocumentsTab(Later):
    """Reads when it is in sight. Files may be dropped on it; ``done`` carries each act for the frame."""

    done = Signal(object)
    exported = Signal(object)
    """Where a file was written in the clear."""
    said = Signal(str)
    record_requested = Signal(str, str)
    """Kind (``attachment``, ``consent``) and id."""
    add_requested = Signal(str)
    """The id of the action that adds something."""

    def __init__(
        self, desk: Desk, runner: Runner, ask: Ask, permits: Permits, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("documents_tab")
        self.setAcceptDrops(True)
        self._desk, self._runner, self._ask, self._permits = desk, runner, ask, permits
        self._patient_id = ""
        self._stale = False
        self._chosen = ""
        tr = self.tr
        self.files = RecordTab(
            "attachment",
            tr("Files of the patient"),
            document_rows.file_columns(),
            add_words=tr("Attach files… Ctrl+Shift+F"),
            empty=(
                tr("No file is attached"),
                tr("Attach PDF, PNG, JPEG, DICOM or plain text up to 25 MB (Ctrl+Shift+F), or drop it here."),
            ),
            hint=tr("Enter opens a copy"),
            parent=self,
        )
        for name, words, act in (
            ("open_file", tr("&Open"), self._open_current),
            ("export_file", tr("Save a &copy…"), self._export_current),
            ("file_details", tr("Detai&ls…"), self._show_details),
        ):
            self.files.add_button(name, words, act)
        self.consents = RecordTab(
            "consent",
            tr("Answers of consent"),
            document_rows.consent_columns(),
            add_words=tr("Record consent… Ctrl+Shift+N"),
            empty=(tr("No answer of consent is recorded"), tr("Record the first one (Ctrl+Shift+N).")),
            parent=self,
        )
        self.files.record_activated.connect(lambda _kind, _file_id: self._open_current())
        self.files.add_requested.connect(lambda: self.add_requested.emit("attach_files"))
        self.consents.record_activated.connect(self.record_requested)
        self.consents.add_requested.connect(lambda: self.add_requested.emit("add_consent"))
        self.files.fit(permits, "attach_files")
        self.consents.fit(permits, "add_consent")
        permits.changed.connect(self._fit_buttons)

    def _make_inside(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.files, 3)
        column.addWidget(SectionHeader(self.tr("Consent"), parent=self))
        column.addWidget(self.consents, 2)
        self.files.table.record_selected.connect(self._fit_buttons)
        self.consents.make()
        self._fit_buttons()

    # what the page asks

    @staticmethod
    def count(view: PatientView) -> int:
        """How many files a patient has, for the title of the tab."""
        return len(view.record.attachments)

    def widget(self) -> QWidget:
        """The tab itself."""
        return self

    def show_patient(self, patient_id: str) -> None:
        """Show this patient, as the registry has it now; read at once only when the tab is in sight."""
        if patient_id != self._patient_id:
            self._show((), ())
        self._patient_id = patient_id
        self._stale = True
        if self.isVisible():
            self._read()

    def clear(self) -> None:
        """Hold nothing of any patient any more."""
        self._patient_id = ""
        self._show((), ())

    def showEvent(self, event: QShowEvent) -> None:
        """Read what changed since it was last in sight."""
        super().showEvent(event)
        if self._stale:
            self._read()

    def _read(self) -> None:
        self._stale = False
        desk, patient_id = self._desk, self._patient_id
        if not patient_id:
            return

        def read() -> tuple[tuple[attachments.Shelved, ...], tuple[consents.Answered, ...]]:
            return attachments.shelf(desk, patient_id), consents.listed(desk, patient_id)

        def show(
            found: tuple[tuple[attachments.Shelved, ...], tuple[consents.Answered, ...]],
        ) -> None:
            if patient_id == self._patient_id:
                self._show(*found)

        self._do(read, show)

    def _show(self, shelf: Sequence[attachments.Shelved], answers: Sequence[consents.Answered]) -> None:
        self.files.show_rows(document_rows.file_rows(shelf))
        self.consents.show_rows(document_rows.consent_rows(answers))
        self._choose()
        self._fit_buttons()

    def _fit_buttons(self, *_selected: str) -> None:
        """Offer what can be done with the file that is chosen."""
        if not self.made:
            return
        chosen = bool(self._current())
        refusal = why_not(self._desk, attachments.export_file)
        for name, why in (("open_file", ""), ("export_file", refusal), ("file_details", "")):
            button = self.files.button(name)
            button.setEnabled(chosen and not why)
            button.setToolTip(tip(why))

    def _current(self) -> str:
        found = self.files.table.current_record()
        return found[1] if found is not None else ""

    # attaching

    def choose_files(self) -> None:
        """Let the person choose files, and attach them."""
        filters = self.tr("Documents (*.pdf *.png *.jpg *.jpeg *.dcm *.txt)")
        patient_id = self._patient_id
        self._ask.open_files(self.tr("Attach files"), filters, lambda paths: self.attach(patient_id, paths))

    def attach(self, patient_id: str, paths: Sequence[Path], confirmed: Collection[str] = ()) -> None:
        """Attach files to a patient; one that another patient has too is asked about."""
        desk = self._desk
        self.said.emit(self.tr("Attaching…"))

        def refused(error: Exception) -> None:
            issues = error.issues if isinstance(error, RefusedError) else ()
            if issues and all(issue.code == attachments.ELSEWHERE for issue in issues):
                self._ask_whose(patient_id, paths, str(error))
            else:
                self._on_refused(error)

        self._runner.run(
            lambda: attachments.add_files(desk, patient_id, paths, confirmed=confirmed),
            while_alive(self, self._on_attached),
            while_alive(self, refused),
        )

    def _on_attached(self, done: Done[tuple[Attachment, ...]]) -> None:
        """Choose what was attached, so that it can be described at once."""
        self.done.emit(done)
        if done.value:
            self._chosen = done.value[0].id
            self._choose()

    def _choose(self) -> None:
        """Choose the file that was attached last, as soon as it is listed."""
        if self._chosen and self.made and self.files.table.records.row_of(self._chosen) >= 0:
            self.files.table.select_record(self._chosen)
            self._chosen = ""
            self._fit_buttons()

    def _ask_whose(self, patient_id: str, paths: Sequence[Path], words: str) -> None:
        choice = Choice(_ATTACH, self.tr("Attach it here too"))

        def answered(key: str) -> None:
            if key == _ATTACH:
                self.attach(patient_id, paths, (attachments.ELSEWHERE,))
            else:
                self.said.emit(self.tr("Nothing was attached."))

        self._ask.question(self.tr("Attach files"), words, (choice,), answered)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files of this computer, from whoever may attach them."""
        if self._dropped(event) and not self._permits.refusal("attach_files"):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Attach what was dropped."""
        paths = self._dropped(event)
        if paths and self._patient_id:
            event.acceptProposedAction()
            self.attach(self._patient_id, paths)

    def _dropped(self, event: QDropEvent) -> tuple[Path, ...]:
        urls = event.mimeData().urls()
        local = all(url.isLocalFile() for url in urls)
        return tuple(Path(url.toLocalFile()) for url in urls) if local else ()

    # opening, handing on

    def _open_current(self) -> None:
        desk, file_id = self._desk, self._current()
        if file_id:
            self._do(lambda: attachments.open_copy(desk, file_id), self._show_copy)

    def _show_copy(self, path: Path) -> None:
        if self._ask.show_file(path):
            words = self.tr("Opened as a copy that goes at the lock and on closing; changes to it are lost.")
        else:
            words = self.tr("No program of this computer shows such a file.")
        self.said.emit(words)

    def _export_current(self) -> None:
        desk, file_id = self._desk, self._current()
        if not file_id:
            return

        def write(folder: Path) -> None:
            self._do(lambda: attachments.export_file(desk, file_id, folder), self._on_exported)

        self._ask.open_folder(self.tr("Save a copy, not encrypted, in this folder"), write)

    def _on_exported(self, done: Done[Path]) -> None:
        self.exported.emit(done.value)

    def _show_details(self) -> None:
        file_id = self._current()
        if file_id:
            self.record_requested.emit("attachment", file_id)

    def _do(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        self._runner.run(work, while_alive(self, then), while_alive(self, self._on_refused))

    def _on_refused(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self.said.emit(words)
