"""The import page with a draft: files, mapping and choices are there again after a lock or a crash.

The draft names the files, with their fingerprints; their content stays where it is and is read again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.services import import_mappings, interrupted
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.drafts import Draft
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.imports import FileLook, ImportReport
from ctdild_desktop.services.leaving import Typed
from ctdild_desktop.services.progress import Progress
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.dialogs.draft_keeper import DraftKeeper
from ctdild_desktop.ui.imports.import_page import EDITED, ImportPage
from ctdild_desktop.ui.imports.mapping_editor import MappingEditor
from ctdild_desktop.ui.imports.row_panel import RowDetail
from ctdild_desktop.ui.jobs import Runner, while_alive


class KeptImport(ImportPage):
    """What is chosen and typed is kept until it was imported."""

    def __init__(self, desk: Desk, runner: Runner, ask: Ask, parent: QWidget | None = None) -> None:
        self._note = ""
        self._pasted = ""
        self._over = False
        """What was chosen is imported, or was handed on."""
        self._importing = False
        self._position = 0
        """The last entry of the trail when the preview was made."""
        self._fingerprints: dict[str, str] = {}
        self._waiting: dict[str, Any] = {}
        """The mapping of a draft, until the files are read whose columns it names."""
        self._unread = False
        """The files of a draft could not be read yet."""
        super().__init__(desk, runner, ask, parent)
        self._drafts = DraftKeeper(desk, runner, "import", None, self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(1500)
        self._timer.timeout.connect(self.keep_drafts)

    @cached_property
    def editor(self) -> MappingEditor:
        """The mapping, of which nothing typed is lost."""
        editor = super().editor
        editor.changed.connect(self._timer.start)
        editor.left.connect(self.keep_drafts)
        return editor

    # the draft

    def come_back(self) -> None:
        """Show what was chosen and typed before, and say what became of an import that was under way."""
        self._drafts.load(lambda draft, _at: self._on_draft_found(draft))

    def payload(self) -> dict[str, str]:
        """What is chosen and typed, as texts; nothing once it was dealt with."""
        if self._over:
            return {}
        held: dict[str, str] = {}
        if self._paths:
            names = [str(path) for path in self._paths]
            held["files"] = json.dumps({name: self._fingerprints.get(name, "") for name in names})
        if self._choices:
            held["choices"] = json.dumps([[*place, mrn] for place, mrn in self._choices.items()])
        if self._pasted:
            held["pasted"] = self._pasted
        if self._waiting:
            held["mapping"] = json.dumps(self._waiting)
        elif self._mappings.value():
            held["mapping"] = json.dumps({"name": self._mappings.value(), **self.editor.typed()})
        if self._importing:
            held["importing"] = str(self._position)
        return held

    def keep_drafts(self) -> None:
        """Keep what is chosen and typed."""
        self._timer.stop()
        self._drafts.keep(self.payload())

    def leave(self) -> tuple[Typed, ...]:
        """What is chosen and typed, for whoever takes the window away."""
        self._timer.stop()
        return (self._drafts.leave(self.payload(), lambda: False),)

    def _finish(self) -> None:
        self._over = True
        self._drafts.discard()

    def _on_draft_found(self, draft: Draft) -> None:
        held = draft.payload
        if "importing" not in held:
            self._restore(held)
            return
        desk, position = self._desk, int(held["importing"])
        sha256s = {sha256 for sha256 in json.loads(held.get("files", "{}")).values() if sha256}
        self._runner.run(
            lambda: interrupted.imported_since(desk, position, sha256s),
            while_alive(self, lambda what: self._on_became(what, held)),
            while_alive(self, lambda error: self._on_unknown(error, held)),
        )

    def _on_unknown(self, error: Exception, held: dict[str, str]) -> None:
        self._restore(held)
        self._on_refused(error, keep=True)

    def _on_became(self, what: str | None, held: dict[str, str]) -> None:
        if what is None:
            self._note = self.tr("The import that was under way was given up; nothing of it was written.")
            self._restore(held)
            return
        self._finish()
        self._show_state(
            self.tr("The import that was under way was finished: {what}.").format(what=what)
            if what
            else self.tr("The import that was under way was finished.")
        )

    def _restore(self, held: dict[str, str]) -> None:
        """Read again what a draft names; a report that was pasted meanwhile comes first."""
        if self._paths:
            return
        self._fingerprints = json.loads(held.get("files", "{}"))
        self._choices = {(sha256, row): mrn for sha256, row, mrn in json.loads(held.get("choices", "[]"))}
        self._waiting = json.loads(held.get("mapping", "{}"))
        self._paths = tuple(Path(name) for name in self._fingerprints)
        self._unread = bool(self._paths)
        self._edit.setEnabled(not self._unread)
        if self._pasted:
            return
        self._pasted = held.get("pasted", "")
        if self._pasted:
            self._read_pasted()
        elif self._paths:
            self._read_files(self._paths)
        else:
            self._restore_mapping()

    def _read_pasted(self) -> None:
        """Read the text that was pasted."""

    def _restore_mapping(self) -> None:
        """Show the mapping as it was typed, beside the columns of the files that are read now."""
        held, self._waiting = self._waiting, {}
        if not held:
            return
        try:
            self.editor.restore(held)
        except FormatError as error:
            self._add_note(sentence_of(error) or "")
            self._show_state("")
            return
        saved = import_mappings.saved_mappings(self._desk)
        self._list_mappings(held["name"] if held["name"] in saved else EDITED)
        self._edit.setChecked(self._edit.isChecked() or held["name"] not in saved)

    # what is done on the page

    def choose_files(self, paths: tuple[Path, ...]) -> None:
        """See :meth:`ImportPage.choose_files`; what a draft says of the files waits until they are read."""
        self._note = ""
        if not self._unread:
            self._choices, self._fingerprints = {}, {}
        self._read_files(paths)

    def _read_files(self, paths: tuple[Path, ...]) -> None:
        self._over = False
        super().choose_files(paths)

    def _compare(self, looks: list[FileLook]) -> None:
        """Name the files that have changed since they were chosen."""
        read = {str(path): look.sha256 for path, look in zip(self._paths, looks, strict=True)}
        kept = self._fingerprints
        other = [Path(name).name for name in read if kept.get(name) not in (None, "", read[name])]
        if other:
            self._add_note(self.tr("Changed since they were chosen: {names}.").format(names=", ".join(other)))
        self._fingerprints, self._unread = read, False

    def _on_looked(self, looks: list[FileLook]) -> None:
        self._compare(looks)
        super()._on_looked(looks)

    def _on_preview(self) -> None:
        if self._unread:
            self._read_files(self._paths)
            return
        self._restore_mapping()
        super()._on_preview()
        self.keep_drafts()

    def _take(self, load: Any) -> None:
        self._waiting, self._choices = {}, {}
        self._edit.setEnabled(True)
        super()._take(load)

    def use_mapping_file(self, path: Path) -> None:
        """See :meth:`ImportPage.use_mapping_file`."""
        super().use_mapping_file(path)
        self.keep_drafts()

    def _on_mapping_edited(self) -> None:
        self._over, self._note, self._choices = False, "", {}
        super()._on_mapping_edited()

    def _on_patient_chosen(self, detail: RowDetail, mrn: str) -> None:
        super()._on_patient_chosen(detail, mrn)
        self.keep_drafts()

    def _read(self, work: Callable[[Progress], ImportReport], refused: Callable[[Exception], None]) -> None:
        desk = self._desk
        self._over = False

        def read(progress: Progress) -> ImportReport:
            self._position = interrupted.trail_position(desk)
            return work(progress)

        super()._read(read, refused)

    def _run(self, *, valid_only: bool) -> None:
        if self._preview is not None:
            self._note, self._importing = "", True
            self.keep_drafts()
        super()._run(valid_only=valid_only)

    def _on_not_imported(self, preview: ImportReport, error: Exception) -> None:
        self._importing = False
        self.keep_drafts()
        super()._on_not_imported(preview, error)

    def _on_imported(self, done: Done[ImportReport]) -> None:
        self._importing = False
        self._finish()
        super()._on_imported(done)

    def _add_note(self, words: str) -> None:
        self._note = "\n".join(filter(None, (self._note, words)))

    def _show_state(self, words: str) -> None:
        super()._show_state("\n".join(filter(None, (self._note, words))))
