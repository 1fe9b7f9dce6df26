"""The import page: files, mapping, a preview of every row, and then one import that can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.interchange.mapping import Mapping, write_mapping
from ctdild_desktop.services import import_mappings, imports
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.import_matching import Choices
from ctdild_desktop.services.imports import FileLook, ImportReport
from ctdild_desktop.services.progress import CancelledError, Progress
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.imports.import_rows import ASKS, COLUMNS, REJECTED, WARNING, ImportRows, counted
from ctdild_desktop.ui.imports.mapping_editor import MappingEditor
from ctdild_desktop.ui.imports.mapping_file import save_mapping_text
from ctdild_desktop.ui.imports.row_panel import RowDetail, RowPanel
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fitting_label import FittingLabel
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.progress_strip import ProgressStrip
from ctdild_desktop.ui.widgets.section_header import SectionHeader
from ctdild_desktop.ui.widgets.segmented_control import SegmentedControl
from ctdild_desktop.ui.widgets.table_view import TableView, row_table

_OWN, _FROM_FILE, EDITED = "", "\0file", "\0edited"
_WIDTHS = {"file": 130, "table": 110, "row": 52, "what": 150, "patient": 190, "content": 300}


class ImportPage(QWidget):
    """Nothing is written before Import is pressed: the preview is the dry run.

    ``imported`` carries the Done of an import, and of its undo.
    """

    imported = Signal(object)

    def __init__(self, desk: Desk, runner: Runner, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._runner = runner
        self._ask = ask
        self._paths: tuple[Path, ...] = ()
        self._preview: ImportReport | None = None
        self._choices: Choices = {}
        self._done: Done[Any] | None = None
        self._asked = 0
        self.setObjectName("import_page")
        self.rows = ImportRows(self)
        self._filtered = QSortFilterProxyModel(self)
        self._filtered.setSourceModel(self.rows)
        self._filtered.setFilterRole(ImportRows.KIND)
        self._panel = RowPanel(desk, runner)
        self._panel.chosen.connect(self._on_patient_chosen)
        self._table = self._make_table()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(
            SectionHeader(self.tr("Import tests"), "", self.tr("nothing is written before Import"))
        )
        column.addLayout(self._make_choices())
        self._middle = QSplitter(Qt.Orientation.Horizontal)
        self._middle.addWidget(self._make_preview())
        self._middle.setChildrenCollapsible(False)
        column.addWidget(self._middle, 1)
        self._strip = ProgressStrip("import_progress", self)
        column.addWidget(self._strip)
        column.addLayout(self._make_acts())
        self.setFocusProxy(self._choose)
        self._list_mappings(_OWN)
        self._show_state(
            self.tr("Choose a table (CSV or xlsx: one row per test) or the file of a spirometer.")
        )

    def choose_files(self, paths: tuple[Path, ...]) -> None:
        """Take these files and preview them with the mapping that is chosen."""
        self._paths = paths
        names = ", ".join(path.name for path in paths)
        count = self.tr("1 file") if len(paths) == 1 else self.tr("{n} files").format(n=len(paths))
        self._files.set_wordings((names, count))
        self._forget()
        self._runner.run(
            lambda: [imports.look_at(path) for path in paths],
            while_alive(self, self._on_looked),
            while_alive(self, self._on_refused),
            files=True,
        )

    # parts

    @cached_property
    def editor(self) -> MappingEditor:
        """The mapping; its hundred fields are made with the first file that is read, or when asked for."""
        editor = MappingEditor(self._desk.today)
        editor.hide()
        editor.changed.connect(self._on_mapping_edited)
        self._middle.insertWidget(0, editor)
        self._middle.setStretchFactor(1, 1)
        return editor

    def _make_choices(self) -> QHBoxLayout:
        self._choose = named(QPushButton(self.tr("&Choose files…")), "import_choose")
        self._choose.clicked.connect(
            lambda: self._ask.open_files(self.tr("Import tests"), self.tr("All files (*)"), self.choose_files)
        )
        self._files = named(FittingLabel(), "import_files")
        self._files.set_wordings((self.tr("no file chosen"),))
        self._mappings = ChoiceField("import_mapping", self.tr("Mapping"), empty=None)
        self._mappings.setMinimumContentsLength(24)
        self._mappings.changed.connect(self._on_mapping_chosen)
        label = QLabel(self.tr("&Mapping"))
        label.setBuddy(self._mappings)
        self._edit = named(QPushButton(self.tr("E&dit mapping")), "import_edit_mapping")
        self._edit.setCheckable(True)
        self._edit.toggled.connect(self._on_edit_toggled)
        self._save = named(QPushButton(self.tr("&Save mapping")), "import_save_mapping")
        self._save.clicked.connect(self._on_save)
        self._export = named(QPushButton(self.tr("Write to fi&le…")), "import_write_mapping")
        self._export.clicked.connect(self._on_export)
        row = QHBoxLayout()
        row.setContentsMargins(10, 8, 10, 8)
        row.setSpacing(8)
        row.addWidget(self._choose)
        row.addWidget(self._files, 1)
        for widget in (label, self._mappings, self._edit, self._save, self._export):
            row.addWidget(widget)
        return row

    def _make_table(self) -> TableView:
        table = row_table("import_preview", self._filtered, [_WIDTHS[name] for name in COLUMNS[:-1]], 24)
        table.setAccessibleName(self.tr("Rows of the file and what happens to each"))
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.selectionModel().currentRowChanged.connect(lambda now, _before: self._show_row(now))
        table.activated.connect(lambda _index: self._panel.start())
        return table

    def _make_preview(self) -> QWidget:
        self._filter = SegmentedControl(
            "import_filter",
            self.tr("Show"),
            (
                ("", self.tr("All")),
                (ASKS, self.tr("Whose?")),
                (REJECTED, self.tr("Rejected")),
                (WARNING, self.tr("Notices")),
            ),
        )
        self._filter.set_current("")
        self._filter.chosen.connect(self._filtered.setFilterFixedString)
        self._summary = named(QLabel(), "import_summary")
        self._summary.setTextFormat(Qt.TextFormat.PlainText)
        self._summary.setWordWrap(True)
        line = QHBoxLayout()
        line.setContentsMargins(10, 6, 10, 6)
        line.addWidget(self._summary, 1)
        line.addWidget(self._filter)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(line)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self._table)
        split.addWidget(self._panel)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setChildrenCollapsible(False)
        column.addWidget(split, 1)
        return side

    def _make_acts(self) -> QHBoxLayout:
        self._again = named(QPushButton(self.tr("Previe&w")), "import_preview_again")
        self._again.clicked.connect(self._on_preview)
        self._import = named(QPushButton(self.tr("&Import")), "import_run")
        self._import.setProperty("primary", True)
        self._import.clicked.connect(lambda: self._run(valid_only=False))
        self._valid = named(QPushButton(self.tr("Import valid rows &only")), "import_valid")
        self._valid.clicked.connect(lambda: self._run(valid_only=True))
        self._undo = named(QPushButton(self.tr("&Undo this import")), "import_undo")
        self._undo.clicked.connect(self._on_undo)
        row = QHBoxLayout()
        row.setContentsMargins(10, 8, 10, 10)
        row.setSpacing(8)
        row.addStretch(1)
        for button in (self._undo, self._again, self._valid, self._import):
            row.addWidget(button)
        return row

    # files and mappings

    def _on_looked(self, looks: list[FileLook]) -> None:
        self.editor.show_files(looks)
        messages = all(look.message for look in looks)
        self._edit.setEnabled(not messages)
        if messages or self.editor.tables.unsure:
            self._edit.setChecked(not messages)
        self._on_preview()

    def _on_edit_toggled(self, shown: bool) -> None:
        self.editor.setVisible(shown)
        self._edit.setText(self.tr("Hide mappin&g") if shown else self.tr("E&dit mapping"))

    def _list_mappings(self, chosen: str) -> None:
        names = [(name, name) for name in import_mappings.saved_mappings(self._desk)]
        listed = [(_OWN, self.tr("columns have our names")), *names, (_FROM_FILE, self.tr("from a file…"))]
        if chosen == EDITED:
            listed.insert(0, (EDITED, self.tr("as edited")))
        self._mappings.set_choices(listed)
        self._mappings.setCurrentIndex([code for code, _ in listed].index(chosen))

    def _on_mapping_chosen(self, code: str) -> None:
        if code == _FROM_FILE:
            self._list_mappings(_OWN)
            self._ask.open_files(
                self.tr("Open a mapping"),
                self.tr("Mappings (*.toml)"),
                lambda paths: self.use_mapping_file(paths[0]),
                several=False,
            )
            return
        if code == EDITED:
            return
        self._take(lambda: import_mappings.load_mapping(self._desk, code) if code else Mapping())

    def use_mapping_file(self, path: Path) -> None:
        """Read with the mapping of a TOML file; a malformed one is refused in words and changes nothing."""
        self._take(lambda: import_mappings.read_mapping(path))
        self._list_mappings(EDITED)

    def _take(self, load: Any) -> None:
        try:
            self.editor.set_mapping(load())
        except Exception as error:
            self._on_refused(error)
            return
        self._on_preview()

    def _on_mapping_edited(self) -> None:
        if self._mappings.value() != EDITED:
            self._list_mappings(EDITED)
        self._forget()
        self._show_state(self.tr("The mapping was changed: press Preview."))

    def _on_save(self) -> None:
        try:
            done = import_mappings.save_mapping(self._desk, self.editor.mapping())
        except Exception as error:
            self._edit.setChecked(True)
            self.editor.name.setFocus(Qt.FocusReason.OtherFocusReason)
            self._on_refused(error, keep=True)
            return
        self._list_mappings(done.value.name)
        self.imported.emit(done)

    def _on_export(self) -> None:
        try:
            text = write_mapping(self.editor.mapping())
        except Exception as error:
            self._on_refused(error, keep=True)
            return
        save_mapping_text(self._ask, text)

    # preview, import, undo

    def _on_preview(self) -> None:
        self._forget()
        if not self._paths:
            return
        desk, paths, choices = self._desk, self._paths, self._choices
        try:
            mapping, kinds = self.editor.mapping(), self.editor.kinds()
        except Exception as error:
            self._on_refused(error)
            return
        self._read(
            lambda progress: imports.preview_import(
                desk, paths, mapping, kinds=kinds, choices=choices, progress=progress
            ),
            self._on_unfit,
        )

    def _read(self, work: Callable[[Progress], ImportReport], refused: Callable[[Exception], None]) -> None:
        """Show the preview that a job makes, unless something else was asked for before it came."""
        self._strip.cancel()  # a preview that nobody waits for any more
        self._asked = asked = self._asked + 1
        self._preview = None
        self._show_state(self.tr("Reading…"))
        progress = self._strip.begin(self.tr("Reading…"))

        def show(report: ImportReport) -> None:
            if asked == self._asked:
                self._strip.end()
                self._on_previewed(report)

        def refuse(error: Exception) -> None:
            if asked == self._asked:
                self._strip.end()
                refused(error)

        self._runner.run(lambda: work(progress), while_alive(self, show), while_alive(self, refuse))

    def _on_unfit(self, error: Exception) -> None:
        """The file was readable, so what does not fit is the mapping: show it."""
        self._on_refused(error)
        if not isinstance(error, CancelledError):
            self._edit.setChecked(True)

    def _on_previewed(self, report: ImportReport) -> None:
        self._preview = report
        self.rows.show_report(report)
        self._table.setColumnHidden(0, len(report.files) == 1)
        self._table.setColumnHidden(1, not any(table.clinic for table in report.tables))
        self._show_state(counted(report))
        if any(file.undecided for file in report.files):
            self._ask_whose()
            return
        self._show_first_values()
        ready = self._import if report.clean else self._valid
        if ready.isEnabled():
            ready.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_whose(self) -> None:
        """Mark the first test that waits for its patient and let the person type."""
        for row in range(self._filtered.rowCount()):
            if self._filtered.index(row, 0).data(ImportRows.KIND) == ASKS:
                self._table.selectRow(row)
                self._panel.start()
                return

    def _show_first_values(self) -> None:
        """Mark the first row whose values can be compared with those of the file."""
        for row in range(self._filtered.rowCount()):
            detail = self._filtered.index(row, 0).data(ImportRows.DETAIL)
            if isinstance(detail, RowDetail) and detail.readings:
                self._table.selectRow(row)
                return

    def _show_row(self, index: QModelIndex) -> None:
        detail = index.data(ImportRows.DETAIL) if index.isValid() else None
        self._panel.show_row(detail if isinstance(detail, RowDetail) else None)

    def _on_patient_chosen(self, detail: RowDetail, mrn: str) -> None:
        preview, desk = self._preview, self._desk
        if preview is None:
            return
        choices = self._choices = {**preview.choices, (detail.sha256, detail.row): mrn}
        self._read(
            lambda progress: imports.preview_again(desk, preview, choices, progress=progress),
            self._on_refused,
        )

    def _run(self, *, valid_only: bool) -> None:
        preview, desk = self._preview, self._desk
        if preview is None:
            return
        self._preview = None
        self._show_state(self.tr("Importing…"))
        progress = self._strip.begin(self.tr("Importing…"))
        self._hold(importing=True)
        self._runner.run(
            lambda: imports.import_previewed(desk, preview, accept_valid_rows=valid_only, progress=progress),
            while_alive(self, self._on_imported),
            while_alive(self, lambda error: self._on_not_imported(preview, error)),
        )

    def _on_not_imported(self, preview: ImportReport, error: Exception) -> None:
        """A person who stopped the import has the preview as it was."""
        self._hold(importing=False)
        if isinstance(error, CancelledError):
            self._preview = preview
        self._on_refused(error, keep=isinstance(error, CancelledError))
        (self._import if self._import.isEnabled() else self._choose).setFocus(Qt.FocusReason.OtherFocusReason)

    def _hold(self, *, importing: bool) -> None:
        """Nothing else is begun while an import is written; it can be stopped."""
        for part in (self._choose, self._mappings, self._middle):
            part.setEnabled(not importing)
        if importing:
            self._again.setEnabled(False)
            self._strip.take_focus()
        else:
            self._strip.end()

    def _on_imported(self, done: Done[ImportReport]) -> None:
        self._hold(importing=False)
        self._done = done
        self._show_state(done.message)
        self.imported.emit(done)
        (self._undo if done.undo is not None else self._choose).setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_undo(self) -> None:
        if self._done is None or self._done.undo is None:
            return
        self._runner.run(
            self._done.undo,
            while_alive(self, self._on_undone),
            while_alive(self, lambda error: self._on_refused(error, keep=True)),
        )

    def _on_undone(self, done: Done[Any]) -> None:
        self.imported.emit(done)
        self._on_preview()

    def _on_refused(self, error: Exception, *, keep: bool = False) -> None:
        """Show the one sentence of an error that a person can act on; a bug goes on to the hook."""
        words = sentence_of(error)
        if words is None:
            raise error
        if not keep:
            self._forget()
        self._show_state(words)

    def _forget(self) -> None:
        self._strip.cancel()
        self._strip.end()
        self._asked += 1
        self._preview = None
        self._done = None
        self.rows.show_report(None)
        self._panel.show_row(None)

    def _show_state(self, words: str) -> None:
        self._summary.setText(words)
        self._summary.setAccessibleName(words)
        preview = self._preview
        whole = preview is not None and preview.exported is not None
        found = whole or (preview is not None and any(file.rows for file in preview.files))
        clean = preview is not None and preview.clean
        self._import.setEnabled(found and clean)
        self._valid.setVisible(preview is not None and not clean)
        self._valid.setEnabled(found)
        self._again.setEnabled(bool(self._paths))
        self._undo.setVisible(self._done is not None and self._done.undo is not None)
