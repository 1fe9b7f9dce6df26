"""What is asked most: disease, pattern, antibody, a drug with its line and dates, FVC. Empty is any."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from ctdild_desktop.cohort.fields import FIELDS, NO, PARTS, YES
from ctdild_desktop.cohort.query import Comparison
from ctdild_desktop.cohort.question_rows import Group, Item, Row
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.cohort.condition_row import ValueField, listed_field, show_value, value_of
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import DateField, NumberField

_LINE = PARTS["therapy"].fields
_WITH_GROUPS = {"diagnosis": ("SSc", "IIM"), "antibody": ("synthetase", "ssc", "myositis", "general")}
"""Fields whose list begins with groups of codes, and which groups."""


class QuickRows(QWidget):
    """``changed`` says that something else is asked here."""

    changed = Signal()

    def __init__(self, today: Callable[[], dt.date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tr = self.tr
        self._any = tr("any")
        self.fields: dict[str, ValueField] = {
            "diagnosis": self._listed("diagnosis", tr("CTD")),
            "pattern": self._listed("pattern", tr("Pattern")),
            "antibody": self._listed("antibody", tr("Antibody")),
            "drug": self._listed("drug", tr("Drug")),
            "line": self._chosen(
                "line",
                tr("Line or course of the drug"),
                tr("any line"),
                (
                    ("course = 1", tr("first course")),
                    ("course >= 2", tr("later course")),
                    ("line = 1", tr("first line")),
                    ("line = 2", tr("second line")),
                    ("line >= 3", tr("later line")),
                ),
            ),
            "ongoing": self._chosen(
                "ongoing",
                tr("Whether the drug goes on"),
                tr("ever"),
                ((YES, tr("ongoing")), (NO, tr("stopped"))),
            ),
            "started_from": DateField("cohort_started_from", tr("Drug started from"), today),
            "started_to": DateField("cohort_started_to", tr("Drug started up to"), today),
            "fvc_from": NumberField("cohort_fvc_from", tr("Latest FVC, % predicted, at least")),
            "fvc_to": NumberField("cohort_fvc_to", tr("Latest FVC, % predicted, at most")),
            "met": self._listed("met", tr("Criterion met")),
        }
        for field in self.fields.values():
            field.changed.connect(lambda _text: self.changed.emit())
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for at, (words, names) in enumerate(
            (
                (tr("CTD"), ("diagnosis",)),
                (tr("Pattern"), ("pattern",)),
                (tr("Antibody"), ("antibody",)),
                (tr("Drug"), ("drug",)),
                ("", ("line", "ongoing")),
                (tr("From, to"), ("started_from", "started_to")),
                (tr("FVC %"), ("fvc_from", "fvc_to")),
                (tr("Criterion"), ("met",)),
            )
        ):
            label = QLabel(words)
            label.setBuddy(self.fields[names[0]])
            row = QHBoxLayout()
            row.setSpacing(4)
            for name in names:
                self.fields[name].setMinimumWidth(theme.scaled(40))
                row.addWidget(self.fields[name], 1)
            grid.addWidget(label, at, 0)
            grid.addLayout(row, at, 1)

    def _listed(self, name: str, label: str) -> ChoiceField:
        group = f"{name}_group"
        groups = [(f"{group}:{code}", FIELDS[group].words(code)) for code in _WITH_GROUPS.get(name, ())]
        codes = [(code, FIELDS[name].words(code)) for code in FIELDS[name].codes()]
        return listed_field(f"cohort_{name}", label, [*groups, *codes], self._any)

    def _chosen(self, name: str, label: str, empty: str, choices: Sequence[tuple[str, str]]) -> ChoiceField:
        made = ChoiceField(f"cohort_{name}", label, choices, empty=empty)
        made.setMinimumContentsLength(4)
        return made

    # to rows and back

    def items(self) -> tuple[Item, ...]:
        """What is asked here."""
        told = {name: value_of(field) for name, field in self.fields.items()}
        found: list[Item] = []
        for name in ("diagnosis", "pattern", "antibody"):
            if told[name]:
                group, _, code = told[name].partition(":")
                found.append(Row(group, value=code) if code else Row(name, value=told[name]))
        found += _drug_items(told)
        for name, how in (("fvc_from", Comparison.AT_LEAST), ("fvc_to", Comparison.AT_MOST)):
            if told[name]:
                found.append(Row("fvc_percent_predicted", how, told[name]))
        if told["met"]:
            found.append(Row("met", value=told["met"]))
        return tuple(found)

    def take(self, items: Sequence[Item]) -> tuple[Item, ...]:
        """Show what has a place here, and hand back the rest."""
        shown: dict[str, str] = {}
        rest = []
        for item in items:
            places = _places(item)
            if places and not places.keys() & shown.keys() and not (_of_drug(places) and _of_drug(shown)):
                shown |= places
            else:
                rest.append(item)
        for name, field in self.fields.items():
            number = name in ("fvc_from", "fvc_to")
            asked = FIELDS["fvc_percent_predicted"] if number else _LINE["started"]
            show_value(field, asked, shown.get(name, ""))
        return tuple(rest)


_DRUG = frozenset({"drug", "line", "ongoing", "started_from", "started_to"})


def _of_drug(places: dict[str, str]) -> bool:
    return bool(_DRUG & places.keys())


def _drug_items(told: dict[str, str]) -> tuple[Item, ...]:
    asked = [Row("drug", value=told["drug"])] if told["drug"] else []
    more = []
    if told["line"]:
        name, how, number = told["line"].split()
        more.append(Row(name, Comparison(how), number))
    if told["ongoing"]:
        more.append(Row("ongoing", value=told["ongoing"]))
    for name, how in (("started_from", Comparison.AT_LEAST), ("started_to", Comparison.AT_MOST)):
        if told[name]:
            more.append(Row("started", how, told[name]))
    if more:
        return (Group("therapy", (*asked, *more)),)
    return tuple(asked)


def _places(item: Item) -> dict[str, str]:
    """The fields that show an item, by name; empty when it has no place here."""
    if isinstance(item, Row):
        return _place(item)
    if item.kind != "therapy" or not item.rows:
        return {}
    found: dict[str, str] = {}
    for row in item.rows:
        place = _line_place(row)
        if not place or place.keys() & found.keys():
            return {}
        found |= place
    return found if found.keys() - {"drug"} else {}


def _place(row: Row) -> dict[str, str]:
    if row.how is Comparison.IS:
        if row.field in ("diagnosis", "pattern", "antibody", "drug", "met"):
            return {row.field: row.value}
        name = row.field.removesuffix("_group")
        if row.value in _WITH_GROUPS.get(name, ()) and name != row.field:
            return {name: f"{row.field}:{row.value}"}
    if row.field == "fvc_percent_predicted":
        name = {Comparison.AT_LEAST: "fvc_from", Comparison.AT_MOST: "fvc_to"}.get(row.how, "")
        return {name: row.value} if name else {}
    return {}


def _line_place(row: Row) -> dict[str, str]:
    if row.field in ("drug", "ongoing") and row.how is Comparison.IS:
        return {row.field: row.value}
    if row.field in ("line", "course"):
        written = f"{row.field} {row.how} {row.value}"
        known = ("course = 1", "course >= 2", "line = 1", "line = 2", "line >= 3")
        return {"line": written} if written in known else {}
    if row.field == "started":
        name = {Comparison.AT_LEAST: "started_from", Comparison.AT_MOST: "started_to"}.get(row.how, "")
        return {name: row.value} if name else {}
    return {}
