"""A whole registry as columns of whole numbers.

Decimal texts become integers of one fixed scale (millionths), so that comparisons are exact and run on whole
columns. A value that does not fit (more decimals, not positive, or 1000 and more) is marked :data:`UNFIT`;
its patient is judged one by one instead. Dates are day ordinals.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ctdild_desktop.clinical.dates import PartialDate, add_months
from ctdild_desktop.clinical.haemoglobin import grams_per_litre

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SCALE = 10**6
MISSING = -1
"""Nothing was recorded."""
UNFIT = -2
"""Something was recorded that an integer of the fixed scale does not hold."""
BOUND = 1000 * SCALE

FIELDS: Mapping[str, tuple[str, ...]] = {
    "patient": ("id", "sex", "birth_date", "height_cm", "ethnic_group"),
    "diagnosis": ("patient_id", "date", "ctd"),
    "pft": (
        "patient_id",
        "date",
        "height_cm",
        "fvc_l",
        "fvc_pct_pred",
        "fvc_pred_l",
        "dlco",
        "dlco_unit",
        "dlco_pct_pred",
        "dlco_hb_corrected",
        "hb_g_l",
        "fvc_grade",
        "dlco_grade",
        "reference_set",
        "post_bd",
        "entered",
        "excluded",
    ),
    "visit": ("patient_id", "date", "symptom_change", "mmrc", "alternative_explanation", "status"),
    "hrct": ("patient_id", "date", "fibrosis", "result", "signs", "alternative_explanation"),
    "lab": ("patient_id", "date", "value", "unit", "detection"),
}
"""What is read of each table, by the names of the records' fields; ``id`` and ``patient_id`` join them.
Of the laboratory results only haemoglobin is read.
"""

_TEXTS = {
    *("ctd", "dlco_unit", "fvc_grade", "dlco_grade", "reference_set"),
    *("symptom_change", "status", "result", "signs"),
}
_NUMBERS = {
    "height_cm",
    "fvc_l",
    "fvc_pct_pred",
    "fvc_pred_l",
    "dlco",
    "dlco_pct_pred",
    "hb_g_l",
}


def fixed(text: str | None) -> int:
    """A decimal text in millionths, exactly; :data:`MISSING` for None, :data:`UNFIT` when it does not fit."""
    if text is None:
        return MISSING
    try:
        scaled = Decimal(text).scaleb(6)
    except InvalidOperation:
        return UNFIT
    if not scaled.is_finite() or scaled != scaled.to_integral_value() or not 0 < scaled < BOUND:
        return UNFIT
    return int(scaled)


def _day(text: str | dt.date | None) -> int:
    if text is None:
        return MISSING
    return (dt.date.fromisoformat(text) if isinstance(text, str) else text).toordinal()


class _Codes(dict[Any, int]):
    """Numbers the words in the order in which they are met; those that say nothing are MISSING."""

    def __init__(self, *nothing: str | None) -> None:
        super().__init__()
        self._nothing = nothing

    def __missing__(self, value: Any) -> int:
        made = self[value] = MISSING if value in self._nothing else len(self)
        return made


class _Remembered(dict[Any, int]):
    """Each different cell is read once: a registry repeats its dates and values many times."""

    def __init__(self, read: Callable[[Any], int]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: Any) -> int:
        made = self[cell] = self._read(cell)
        return made


class _Places(dict[Any, int]):
    """The place of a patient; :data:`MISSING` for one that is not among the patients."""

    def __missing__(self, _value: Any) -> int:
        return MISSING


@dataclass(frozen=True, slots=True)
class Table:
    """One table: a column per field, and ``words`` to number for the columns of codes."""

    columns: Mapping[str, Ints]
    words: Mapping[str, Mapping[str, int]]

    def __getitem__(self, name: str) -> Ints:
        return self.columns[name]

    def is_in(self, name: str, *values: str) -> Bools:
        """Where a column of codes has one of these."""
        known = self.words[name]
        return np.isin(self.columns[name], [known[value] for value in values if value in known])


@dataclass(frozen=True, slots=True)
class Columns:
    """The tables of :data:`FIELDS`; rows point to their patient by place in ``ids``."""

    ids: tuple[str, ...]
    patient: Table
    diagnosis: Table
    pft: Table
    visit: Table
    hrct: Table
    haemoglobin: Table
    """One for each patient and day, in that order; UNFIT where results of one day differ."""

    @property
    def count(self) -> int:
        """How many patients there are."""
        return len(self.ids)


Rows = Iterable[Sequence[Sequence[Any]]]
"""Rows of one table in chunks, each row with the values of its :data:`FIELDS` as the registry keeps them."""


def read_columns(tables: Callable[[str], Rows]) -> Columns:
    """Make columns of rows; rows of patients that are not among the patients are left out, and so are visits
    that did not take place.

    ``tables`` gives the rows of a table: decimals and dates as text (dates partial where the record's are),
    yes and no as 1 and 0, signs as the text of a list.
    """
    ids: list[str] = []
    patients = _patients(tables("patient"), ids)
    places = _Places({name: place for place, name in enumerate(ids)})
    held = {name: _table(name, tables(name), places) for name in ("diagnosis", "pft", "visit", "hrct")}
    haemoglobin = _haemoglobin(tables("lab"), places)
    return Columns(
        tuple(ids), patients, held["diagnosis"], held["pft"], held["visit"], held["hrct"], haemoglobin
    )


def _haemoglobin(chunks: Rows, places: _Places) -> Table:
    """Haemoglobin in g/L from blood tests of a known day."""
    grams: dict[tuple[str | None, str, str | None], int] = {}
    found: dict[tuple[int, int], int] = {}
    for chunk in chunks:
        for patient, day, *cell in chunk:
            place, date, told = places[patient], PartialDate.parse(day).exact, tuple(cell)
            if told not in grams:
                value, unit, detection = told
                number = grams_per_litre(None if value is None else Decimal(value), unit, detection)
                grams[told] = MISSING if number is None else fixed(str(number))
            if place < 0 or date is None or grams[told] == MISSING:
                continue
            there = (place, date.toordinal())
            found[there] = grams[told] if found.get(there, grams[told]) == grams[told] else UNFIT
    made = np.array([(*there, found[there]) for there in sorted(found)], np.int64).reshape(len(found), 3).T
    return Table(dict(zip(("patient_id", "date", "hb_g_l"), made, strict=True)), {})


def _table(name: str, chunks: Rows, places: _Places) -> Table:
    fields = FIELDS[name]
    readers: dict[str, dict[Any, int]] = {"patient_id": places}
    for field in fields[1:]:
        if field in _TEXTS:
            readers[field] = _Codes(None, "") if field == "reference_set" else _Codes(None)
        elif field in _NUMBERS:
            readers[field] = _Remembered(fixed)
        elif field == "date":
            readers[field] = _Remembered(_first_day if name == "diagnosis" else _day)
        else:
            readers[field] = _Remembered(lambda cell: MISSING if cell is None else int(cell))
    parts: dict[str, list[Ints]] = {field: [] for field in fields}
    for chunk in chunks:
        for field, cells in zip(fields, zip(*chunk, strict=True), strict=True):
            read = readers[field].__getitem__
            parts[field].append(np.fromiter(map(read, cells), np.int64, len(cells)))
    columns = {
        field: np.concatenate(made) if made else np.empty(0, np.int64) for field, made in parts.items()
    }
    known = columns["patient_id"] >= 0
    if not known.all():
        columns = {field: column[known] for field, column in columns.items()}
    words = {field: found for field, found in readers.items() if isinstance(found, _Codes)}
    made = Table(columns, words)
    if name != "visit":
        return made
    took_place = (made["status"] == MISSING) | made.is_in("status", "attended")
    return Table({field: column[took_place] for field, column in columns.items()}, words)


def _first_day(text: str) -> int:
    return PartialDate.parse(text).earliest.toordinal()


def _patients(chunks: Rows, ids: list[str]) -> Table:
    cells: list[list[int]] = []
    for chunk in chunks:
        for name, sex, birth, height, group in chunk:
            ids.append(name)
            cells.append(
                [{"M": 1, "F": 0}.get(sex, MISSING), *_birth(birth), fixed(height), group or MISSING]
            )
    made = np.array(cells, np.int64).reshape(len(cells), 6).T
    names = ("male", "birth", "birth_earliest", "adult_from", "height_cm", "ethnic_group")
    return Table(dict(zip(names, made, strict=True)), {})


def _birth(text: str | None) -> tuple[int, int, int]:
    """The exact birth date, its first possible day, and the 15th birthday counted from that day."""
    if text is None:
        return MISSING, MISSING, MISSING
    birth = PartialDate.parse(text)
    exact = MISSING if birth.exact is None else birth.exact.toordinal()
    return exact, birth.earliest.toordinal(), add_months(birth.earliest, 15 * 12).toordinal()


def months_from(days: Ints, months: int) -> Ints:
    """Each day so many calendar months later, by the rule that all criteria share; MISSING stays."""
    different, place = np.unique(days, return_inverse=True)
    moved = [
        day if day < 0 else add_months(dt.date.fromordinal(int(day)), months).toordinal() for day in different
    ]
    return np.array(moved, np.int64)[place]
