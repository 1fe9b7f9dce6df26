"""What the chosen row of an import holds, value by value, and whose test it is when a person must say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Consent,
    Diagnosis,
    HeartTest,
    Hrct,
    Infusion,
    Lab,
    Patient,
    Pft,
    Pro,
    Procedure,
    Serology,
    TherapyLine,
    Visit,
)
from ctdild_desktop.interchange.clinic_fields import TABLES, fields_of
from ctdild_desktop.interchange.records import Reading
from ctdild_desktop.language import say, say_in
from ctdild_desktop.services import patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.field_words import field_label
from ctdild_desktop.services.patients import PatientHit
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.models.line_model import LineModel
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip
from ctdild_desktop.ui.widgets.table_view import TableView, row_table

AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_LIMIT = 8
_COLUMNS = ("label", "text", "unit", "value", "field")
_WIDTHS = (170, 120, 105, 130)


_KINDS = (
    *(Pft, Patient, Visit, Diagnosis, TherapyLine, Infusion, AdverseEvent, Hrct, Lab),
    *(Serology, HeartTest, Procedure, Pro, Consent),
)


@dataclass(frozen=True, slots=True)
class RowDetail:
    """What the panel shows of a row."""

    sha256: str
    row: int
    readings: tuple[Reading, ...] = ()
    asks: bool = False
    """Whether a person must say, or has said, whose it is."""
    said: str = ""
    """Who the file says it is."""
    reason: str = ""
    sought: str = ""
    """What the search begins with: the MRN of a patient who may be meant, else the surname."""
    chosen: str = ""
    """The MRN that was chosen; empty while nobody is."""

    @property
    def question(self) -> tuple[object, ...]:
        """What tells one question from another."""
        return self.sha256, self.row, self.asks, self.said, self.reason, self.sought, self.chosen


class ReadingRows(QAbstractTableModel):
    """One line for each value: as the file has it, and as it is read."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._readings: tuple[Reading, ...] = ()

    def show_readings(self, readings: tuple[Reading, ...]) -> None:
        """Replace what is listed."""
        self.beginResetModel()
        self._readings = readings
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = _NOWHERE) -> int:
        """One for each value."""
        return 0 if parent.isValid() else len(self._readings)

    def columnCount(self, parent: AnyIndex = _NOWHERE) -> int:
        """Name, value and unit of the file; the value as read; where it goes."""
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The words above a column."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (
                self.tr("In the file"),
                self.tr("Value in the file"),
                self.tr("Unit in the file"),
                self.tr("Read as"),
                self.tr("Goes to"),
            )[section]
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text and tool tip."""
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        cell = self._cells(self._readings[index.row()])[index.column()]
        return tip(cell) if role == Qt.ItemDataRole.ToolTipRole else cell

    def _cells(self, reading: Reading) -> tuple[str, ...]:
        read = reading.read_as
        if reading.field and reading.value is not None:
            read = f"{wording.as_typed(reading.value)} {reading.stored_unit}".rstrip()
        elif reading.field and not read:
            read = reading.text
        goes = _called(reading.field) if reading.field else self.tr("kept as it is")
        return reading.label, reading.text, reading.unit, read, goes


def _called(field: str) -> str:
    """What a field is called, whichever record it is of."""
    for kind in _KINDS:
        try:
            return field_label(kind, field)
        except KeyError:
            continue
    listed = (target for table in TABLES for target in fields_of(table).values())
    return next((say(target.label) for target in listed if target.record_name == field), field)


class _Hits(LineModel[PatientHit]):
    """The patients that were found, each with who that is."""

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name, sex, birth date, MRN and diagnosis in one line."""
        if not index.isValid() or role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return None
        return described(self.lines[index.row()])


def described(hit: PatientHit) -> str:
    """``HOLM, Ada · F · 12.03.1958 · P1 · SSc``: enough to know one person from another."""
    parts = (
        hit.name,
        say_in("sex", str(hit.sex)) if hit.sex else "",
        wording.partial(hit.birth_date) if hit.birth_date else "",
        hit.mrn,
        hit.diagnosis,
    )
    return " · ".join(part for part in parts if part)


class RowPanel(QWidget):
    """The values of a row; below them the search for the patient, when a person must choose one.

    ``chosen`` carries the row and the MRN of the patient.
    """

    chosen = Signal(object, str)

    def __init__(self, desk: Desk, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._runner = runner
        self._detail: RowDetail | None = None
        self._asked = 0
        self.setObjectName("import_row_panel")
        self.readings = ReadingRows(self)
        self._table = self._make_table()
        self._whose = self._make_whose()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._table, 3)
        row.addWidget(self._whose, 2)
        self.show_row(None)

    def show_row(self, detail: RowDetail | None) -> None:
        """Show a row; nothing is shown for one that holds no values and asks nothing.

        Whom a person looks for stays, and so does what is marked, while it is the same question.
        """
        asked, self._detail = self._detail, detail
        self.setVisible(detail is not None and bool(detail.readings or detail.asks))
        self.readings.show_readings(detail.readings if detail is not None else ())
        self._whose.setVisible(detail is not None and detail.asks)
        if detail is None or not detail.asks:
            self._hits.show_lines(())
            self._field.clear()
            return
        if asked is not None and asked.question == detail.question and self._field.isModified():
            return
        said = detail.said or self.tr("nobody")
        self._said.setText(self.tr("The file says: {who}").format(who=said))
        self._reason.setText(
            self.tr("Chosen: {mrn}. Another patient may be chosen.").format(mrn=detail.chosen)
            if detail.chosen
            else detail.reason
        )
        self._field.setText("" if detail.chosen else detail.sought)
        self._look_up(self._field.text(), typed=False)

    def start(self) -> None:
        """Let the person type whom the test belongs to."""
        if self._whose.isVisible():
            self._field.setFocus(Qt.FocusReason.OtherFocusReason)
            self._field.selectAll()

    def _make_table(self) -> TableView:
        table = row_table("import_values", self.readings, _WIDTHS, 22)
        table.setAccessibleName(self.tr("Values of the row as the file has them and as they are read"))
        return table

    def _make_whose(self) -> QWidget:
        self._said = self._label("import_said", bold=True)
        self._reason = self._label("import_reason")
        self._field = named(QLineEdit(), "import_find")
        self._field.setPlaceholderText(self.tr("Find by name, MRN or birth date"))
        self._field.setAccessibleName(self.tr("Find the patient whose test this is"))
        self._field.textEdited.connect(self._look_up)
        self._field.installEventFilter(self)
        self._hits = _Hits(self)
        self._list = named(QListView(), "import_found")
        self._list.setModel(self._hits)
        self._list.setWordWrap(True)  # a long name must not take birth date and MRN out of sight
        self._list.setResizeMode(QListView.ResizeMode.Adjust)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self._list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._list.setAccessibleName(self.tr("Patients found"))
        self._list.activated.connect(lambda _index: self._choose())
        self._none = self._label("import_nobody")
        self._none.setText(self.tr("No patient found. Ctrl+N adds one."))
        self._none.hide()
        self._give = named(QPushButton(self.tr("It is this p&atient's test")), "import_give")
        self._give.clicked.connect(self._choose)
        self._list.selectionModel().currentChanged.connect(
            lambda now, _before: self._give.setEnabled(now.isValid())
        )
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(10, 6, 10, 6)
        column.setSpacing(6)
        column.addWidget(self._said)
        column.addWidget(self._reason)
        column.addWidget(self._field)
        column.addWidget(self._none)
        column.addWidget(self._list, 1)
        column.addWidget(self._give)
        return side

    def _label(self, name: str, *, bold: bool = False) -> QLabel:
        label = named(QLabel(), name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        if bold:
            label.setFont(theme.font(bold=True))
        return label

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down move among those found while typing; Enter takes the marked one."""
        if watched is self._field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._move(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose()
                return True
        return super().eventFilter(watched, event)

    def _move(self, step: int) -> None:
        rows = self._hits.rowCount()
        if rows:
            now = self._list.currentIndex()
            row = (now.row() + step) % rows if now.isValid() else 0
            self._list.setCurrentIndex(self._hits.index(row))

    def _look_up(self, text: str, *, typed: bool = True) -> None:
        """Find patients; none is marked of those that nobody has asked for, so that Enter takes nobody."""
        self._asked += 1
        asked, desk = self._asked, self._desk
        self._give.setEnabled(False)

        def show(hits: tuple[PatientHit, ...]) -> None:
            if asked == self._asked:
                self._show_hits(hits, mark=typed)

        self._runner.run(
            lambda: patients.find(desk, text, _LIMIT) if text.strip() else (),
            while_alive(self, show),
            while_alive(self, self._refuse),
        )

    def _show_hits(self, hits: tuple[PatientHit, ...], *, mark: bool) -> None:
        self._hits.show_lines(hits)
        self._none.setVisible(not hits and bool(self._field.text().strip()))
        self._list.setCurrentIndex(self._hits.index(0) if hits and mark else QModelIndex())
        self._give.setEnabled(self._list.currentIndex().isValid())  # the same again is no change

    def _refuse(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self._reason.setText(words)

    def _choose(self) -> None:
        index = self._list.currentIndex()
        if self._detail is None or not index.isValid() or not self._give.isEnabled():
            return
        self.chosen.emit(self._detail, self._hits.lines[index.row()].mrn)
