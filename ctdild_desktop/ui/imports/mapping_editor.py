"""Choosing how the columns of a file become the program's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.clinical import wording
from ctdild_desktop.interchange.clinic_fields import DATED, fields_of
from ctdild_desktop.interchange.fields import Field, Kind
from ctdild_desktop.interchange.mapping import (
    DateOrigin,
    Mapping,
    OffsetUnit,
    TableMapping,
    parse_mapping,
    write_mapping,
)
from ctdild_desktop.language import say
from ctdild_desktop.services.imports import FileLook, Kinds, TableLook
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.imports.table_kinds import TableKinds, kind_words
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import DateField, TextField
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.section_header import SectionHeader

_WORDY = frozenset(
    {
        *(Kind.SEX, Kind.GRADE, Kind.DLCO_UNIT, Kind.DIAGNOSIS, Kind.PATTERN),
        *(Kind.CODE, Kind.CODES, Kind.YES_NO),
    }
)
_CAPTION = 126
_CHANGING = frozenset({"mrn", "test_date"})


class MappingEditor(QWidget):
    """For each target its column or one value for all rows; the origin of dates; words to translate.

    Above them which table each sheet or file holds; one kind of table is mapped at a time. ``changed`` says
    that the person changed something; showing a file or a mapping does not emit it.
    """

    changed = Signal()
    left = Signal()
    """A field was left: its text is final for now."""

    def __init__(self, today: Callable[[], dt.date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mapping_editor")
        self._look: TableLook | None = None
        self._kind = "pft"
        self.tables = TableKinds()
        self.tables.changed.connect(self._on_tables)
        self._mapped = ChoiceField("mapping_table", self.tr("Table to map"), empty=None)
        self._mapped.changed.connect(self._on_mapped)
        self._one_of_several = self._make_one_of_several()
        self._kept = Mapping()
        self._filling = False
        self._columns: dict[str, ChoiceField] = {}
        self._constants: dict[str, TextField] = {}
        self._words: dict[str, TextField] = {}
        self._shown_words: dict[str, str] = {}
        self.name = TextField("mapping_name", self.tr("Name of the mapping"), max_length=80)
        self._prefix = TextField("mapping_prefix_mrn", self.tr("Text before each MRN"), max_length=20)
        self._origin_column = ChoiceField("mapping_origin_column", self.tr("Column that counts the time"))
        self._origin_column.setProperty("verbatim", True)
        self._origin_unit = ChoiceField(
            "mapping_origin_unit",
            self.tr("What it counts"),
            (
                (OffsetUnit.DAYS.value, self.tr("days")),
                (OffsetUnit.WEEKS.value, self.tr("weeks")),
                (OffsetUnit.MONTHS.value, self.tr("calendar months")),
            ),
            empty=None,
        )
        self._origin = DateField("mapping_origin", self.tr("Counted from"), today)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(SectionHeader(self.tr("Mapping"), self.tr("columns of the file to ours")))
        column.addWidget(self.tables)
        column.addWidget(self._one_of_several)
        self._scroll = self._make_scroll()
        column.addWidget(self._scroll, 1)
        for field in (self.name, self._prefix, self._origin):
            field.changed.connect(self._on_changed)
            field.left.connect(self.left)
        for choice in (self._origin_column, self._origin_unit):
            choice.changed.connect(self._on_changed)

    def show_files(self, looks: Sequence[FileLook]) -> None:
        """List the tables of these files and offer the columns of the first one."""
        self.tables.show_files(looks)
        self._list_mapped()

    def kinds(self) -> Kinds:
        """What the tables of the files were chosen to be."""
        return self.tables.kinds()

    def _list_mapped(self) -> None:
        """Offer the kinds of table that are read, and show one of them."""
        present = self.tables.present() or ("pft",)
        kind = self._kind if self._kind in present else present[0]
        with QSignalBlocker(self._mapped):
            self._mapped.set_choices([(each, kind_words(each)) for each in present])
            self._mapped.set_text(kind)
        self._one_of_several.setVisible(len(present) > 1)
        self._show_kind(kind)

    def _on_tables(self) -> None:
        self._list_mapped()
        self.changed.emit()

    def _on_mapped(self, kind: str) -> None:
        if kind and kind != self._kind:
            self._show_kind(kind)

    def _show_kind(self, kind: str) -> None:
        """Offer the targets of a kind of table, and the columns of the file that holds it."""
        mapping = self._kept if self._look is None else self._unchecked()
        if kind != self._kind:
            self._kind = kind
            fresh = self._make_scroll()
            layout = self.layout()
            assert layout is not None
            layout.replaceWidget(self._scroll, fresh)
            self._scroll.setParent(None)  # gone at once, so that nobody finds a field of it
            self._scroll.deleteLater()
            self._scroll = fresh
        look = next(iter(self.tables.tables_of(kind)), None)
        self._look = look
        titles = look.columns if look is not None else ()
        listed = [(title, self._described(place)) for place, title in enumerate(titles) if title]
        for target, choice in self._columns.items():
            choice.set_choices(listed)
            if self._own(target):
                choice.removeItem(0)  # a column of our own name is always read, so "none" would be untrue
        self._origin_column.set_choices(listed)
        self.set_mapping(mapping)

    def set_mapping(self, mapping: Mapping) -> None:
        """Show a mapping."""
        self._filling = True
        self._kept = mapping
        part = self._part(mapping)
        self.name.setText(mapping.name)
        self._prefix.setText(mapping.prefix.get("mrn", ""))
        for target, choice in self._columns.items():
            choice.set_text(part.columns.get(target) or self._own(target))
        for target, field in self._constants.items():
            field.setText(part.constants.get(target, ""))
        for target, field in self._words.items():
            words = part.values.get(target, {})
            self._shown_words[target] = "; ".join(f"{theirs} = {ours}" for theirs, ours in words.items())
            field.setText(self._shown_words[target])
            field.setCursorPosition(0)
        self._origin_column.set_text(part.date.column if part.date else "")
        self._origin_unit.set_text(part.date.unit.value if part.date else OffsetUnit.DAYS.value)
        self._origin.setText(wording.day(part.date.origin) if part.date else "")
        self._filling = False

    def mapping(self) -> Mapping:
        """The mapping as it is chosen now.

        Raises:
            FormatError: it gives one target twice, or cannot be used for another reason.
            EntryError: the origin is no date.
        """
        date = None
        column, origin = self._origin_column.value(), self._origin.value()
        if column and origin is not None:
            date = DateOrigin(column, OffsetUnit(self._origin_unit.text_value()), origin)
        prefix = {target: text for target, text in self._kept.prefix.items() if target != "mrn"}
        if self._prefix.text():
            prefix["mrn"] = self._prefix.text()
        chosen = {target: choice.value() for target, choice in self._columns.items()}
        said: dict[str, Any] = {
            "columns": {
                target: title for target, title in chosen.items() if title and title != self._own(target)
            },
            "constants": {
                target: text for target, field in self._constants.items() if (text := field.text_value())
            },
            "date": date,
            "values": {target: words for target in self._words if (words := self._translations(target))},
        }
        named = replace(self._kept, name=self.name.text_value(), prefix=prefix)
        if self._kind == "pft":
            return replace(named, **said)
        part = replace(self._part(self._kept), **said)
        others = {kind: other for kind, other in self._kept.tables.items() if kind != self._kind}
        return replace(named, tables={**others, self._kind: part} if part != TableMapping() else others)

    def typed(self) -> dict[str, Any]:
        """What is shown, field by field, whether it can be used or not; for :meth:`restore`."""
        return {
            "tables": self.tables.typed(),
            "table": self._kind,
            "toml": write_mapping(self._kept),
            "fields": {
                field.objectName(): field.text_value() if isinstance(field, ChoiceField) else field.text()
                for field in self._fields()
            },
        }

    def restore(self, typed: Dictionary[str, Any]) -> None:
        """Show again what :meth:`typed` said.

        Raises:
            FormatError: its mapping is none of this version.
        """
        mapping = parse_mapping(typed["toml"])
        self._filling = True
        with QSignalBlocker(self.tables):
            self.tables.restore(typed["tables"])
        self._kind_wanted(typed["table"])
        self.set_mapping(mapping)
        self._filling = True
        for field in self._fields():
            if (text := typed["fields"].get(field.objectName())) is not None:
                field.set_text(text)
        self._filling = False

    def _kind_wanted(self, kind: str) -> None:
        """Map the columns of this kind of table, if it is read."""
        self._list_mapped()
        if kind in self.tables.present():
            with QSignalBlocker(self._mapped):
                self._mapped.set_text(kind)
            self._show_kind(kind)

    def _fields(self) -> Iterator[TextField | DateField | ChoiceField]:
        yield from (self.name, self._prefix, self._origin_column, self._origin_unit, self._origin)
        for fields in (self._columns, self._constants, self._words):
            yield from fields.values()

    def _part(self, mapping: Mapping) -> TableMapping:
        """What a mapping says of the kind that is shown and of no other."""
        if self._kind != "pft":
            return mapping.tables.get(self._kind, TableMapping())
        return TableMapping(
            columns=mapping.columns, constants=mapping.constants, date=mapping.date, values=mapping.values
        )

    def _unchecked(self) -> Mapping:
        """What is chosen now, or the mapping shown last when that cannot be used as it stands."""
        try:
            return self.mapping()
        except Exception as error:
            from ctdild_desktop.services.errors import sentence_of

            if sentence_of(error) is None:
                raise
            return self._kept

    def _own(self, target: str) -> str:
        """The file's column that has the target's own name; empty when there is none."""
        titles = self._look.columns if self._look is not None else ()
        return next((title for title in titles if title.casefold() == target), "")

    def _described(self, place: int) -> str:
        assert self._look is not None
        samples = [row[place] for row in self._look.samples if place < len(row) and row[place].strip()]
        title = self._look.columns[place]
        return f"{title}   ({', '.join(text[:12] for text in samples)})" if samples else title

    def _translations(self, target: str) -> dict[str, str]:
        text = self._words[target].text_value()
        if text == self._shown_words.get(target, ""):
            return dict(self._part(self._kept).values.get(target, {}))
        pairs = (part.partition("=") for part in text.split(";") if "=" in part)
        return {theirs.strip(): ours.strip() for theirs, _, ours in pairs if theirs.strip()}

    def _make_one_of_several(self) -> QWidget:
        """The choice of the table that is mapped below, shown when there are several."""
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(10, 4, 10, 4)
        row.setSpacing(8)
        label = QLabel(self.tr("Columns of the ta&ble"))
        label.setBuddy(self._mapped)
        row.addWidget(label)
        row.addWidget(self._mapped, 1)
        line.hide()
        return line

    def _make_scroll(self) -> QScrollArea:
        """The fields of the kind that is shown; the name, the prefix and the origin are the same ones."""
        self._columns, self._constants, self._words, self._shown_words = {}, {}, {}, {}
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(10, 8, 10, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        self._add_line(grid, self.tr("Name"), self.name)
        self._add_line(grid, self.tr("Text before each MRN"), self._prefix)
        self._add_heading(grid)
        for field in fields_of(self._kind).values():
            self._add_target(grid, field)
        self._origin_column.setEnabled(self._kind in DATED)
        self._add_line(grid, self.tr("No dates? Time column"), self._origin_column)
        self._add_line(grid, self.tr("which counts"), self._origin_unit)
        self._add_line(grid, self.tr("from"), self._origin)
        grid.setColumnMinimumWidth(0, theme.scaled(_CAPTION))
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(2, 1)
        grid.setColumnStretch(3, 1)
        grid.setRowStretch(grid.rowCount(), 1)
        scroll = named(QScrollArea(), "mapping_scroll")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        return scroll

    def _add_heading(self, grid: QGridLayout) -> None:
        row = grid.rowCount()
        titles = (
            self.tr("Ours"),
            self.tr("Column of the file"),
            self.tr("or for all rows"),
            self.tr("Words"),
        )
        for place, text in enumerate(titles):
            label = _wrapped(text)
            label.setFont(theme.font(bold=True))
            grid.addWidget(label, row, place)

    def _add_line(self, grid: QGridLayout, text: str, field: QWidget) -> None:
        row = grid.rowCount()
        label = _wrapped(text)
        label.setBuddy(field)
        grid.addWidget(label, row, 0)
        grid.addWidget(field, row, 1)

    def _add_target(self, grid: QGridLayout, field: Field) -> None:
        ours = say(field.label)
        choice = ChoiceField(f"map_{field.name}", self.tr("Column for {label}").format(label=ours))
        choice.setProperty("verbatim", True)  # columns of a file
        choice.changed.connect(self._on_changed)
        self._columns[field.name] = choice
        self._add_line(grid, f"{ours} *" if field.required else ours, choice)
        row = grid.rowCount() - 1
        if field.name not in _CHANGING:
            label = self.tr("{label} for all rows").format(label=ours)
            self._constants[field.name] = TextField(f"constant_{field.name}", label, max_length=200)
            self._constants[field.name].changed.connect(self._on_changed)
            self._constants[field.name].left.connect(self.left)
            grid.addWidget(self._constants[field.name], row, 2)
        if field.kind in _WORDY:
            label = self.tr("Words of the file for {label}").format(label=ours)
            self._words[field.name] = TextField(f"words_{field.name}", label)
            self._words[field.name].setPlaceholderText(self.tr("theirs = ours; …"))
            self._words[field.name].changed.connect(self._on_changed)
            self._words[field.name].left.connect(self.left)
            grid.addWidget(self._words[field.name], row, 3)

    def _on_changed(self, _text: str) -> None:
        if not self._filling:
            self.changed.emit()


def _wrapped(text: str) -> QLabel:
    """Words that take a second line where their column is narrow, so that every column is in sight."""
    label = QLabel(text)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label
