"""The input of the cohort's analyses as Parquet tables, for engines that take a national registry.

What needs the rules of the registry is worked out here, on the true dates and the exact age: which visits are
usable and comparable, % predicted, exposure to a drug, what ended the time of a patient. The definitions of
the analyses then run on plain tables (``docs/sql``). Without identity a row has the pseudonym, codes of the
program's lists and moved dates, and nothing else of the patient.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from pathlib import Path

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.exposure import count_patient, exposure_of
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.clinical.safety import is_serious
from ctdild_desktop.cohort.survival import Followed
from ctdild_desktop.interchange.export_analysed import TABLES
from ctdild_desktop.interchange.export_codebook import CODEBOOK, codebook_rows, notes
from ctdild_desktop.interchange.export_columns import Cell
from ctdild_desktop.interchange.export_files import NEUTRAL, TableFiles
from ctdild_desktop.interchange.export_tables import Row
from ctdild_desktop.interchange.pseudonyms import NO_WORDS, Key
from ctdild_desktop.services.cohort.data import MEASURES, course_of, first_start
from ctdild_desktop.services.cohort.outcomes import EVENTS, is_infection
from ctdild_desktop.services.cohort.times import group_of, observed
from ctdild_desktop.services.desk import RefusedError
from ctdild_desktop.services.export_words import named
from ctdild_desktop.services.exporting import Content

_NINE_PLACES = Decimal("0.000000001")
_CENSORED = "censored"


@dataclass(frozen=True, slots=True)
class Input:
    """The rows of one patient."""

    rows: tuple[Row, ...]


def input_of(record: PatientRecord, key: Key | None, as_of: dt.date) -> Input:
    """The rows of one patient, without identity where there is a key."""
    return Input(tuple(_Rows(record, key, as_of).all()))


class _Rows:
    def __init__(self, record: PatientRecord, key: Key | None, as_of: dt.date) -> None:
        patient = record.patient
        self._record, self._as_of = record, as_of
        self._bare = key is not None
        self._who = patient.mrn if key is None else key.names[patient.id]
        self._moved = dt.timedelta(days=0 if key is None else key.days(patient.id))

    def all(self) -> Iterator[Row]:
        yield self._patient()
        for measure in MEASURES:
            course = course_of(self._record, measure, self._as_of)
            for visit in course.visits:
                days = (visit.date - course.visits[0].date).days
                yield self._row("visits", measure, self._day(visit.date), days, _nine(visit.value))
        for line in self._record.therapy:
            stopped = line.stop is not None and line.stop.latest <= self._as_of
            first = first_start(self._record, line.drug, self._as_of)
            yield self._row(
                "therapy",
                self._code(line.drug, codes.drugs()),
                self._exact(line.start),
                self._exact(line.stop),
                first is not None and first.id == line.id,
                stopped,
                self._code(line.stop_reason, codes.choices("stop_reason")) if stopped else None,
            )
        for drug in sorted({line.drug for line in self._record.therapy}):
            yield from self._exposed(drug)

    def _patient(self) -> Row:
        record, as_of = self._record, self._as_of
        view = record.diagnosis_on(as_of)
        made, failed = (observed(record, as_of, failure=failure) for failure in (False, True))
        start = next((one[0] for one in (made, failed) if not isinstance(one, str)), dt.date.min)
        return self._row(
            "patients",
            self._day(as_of),
            self._code(record.patient.sex, codes.choices("sex")),
            self._code(view.ctd if view is not None else None, codes.diagnoses()),
            group_of(record, "diagnosis", start, as_of),
            self._code(view.pattern if view is not None else None, codes.patterns()),
            self._code(group_of(record, "drug", start, as_of), (*codes.drugs().codes, "none")),
            *_ended(made),
            *_ended(failed),
        )

    def _exposed(self, drug: str) -> Iterator[Row]:
        exposure = exposure_of(self._record.therapy, drug, self._as_of, death=self._record.patient.death_date)
        if not exposure.days:
            return
        told = self._code(drug, codes.drugs())
        for span in exposure.intervals:
            yield self._row("exposure", told, self._day(span.start), self._day(span.stop), span.days)
        counted = count_patient(exposure, self._record.adverse_events)
        for event in (*counted.events, *counted.undated):
            inside = event in counted.events
            yield self._row(
                "adverse_events",
                told,
                self._code(event.term, codes.ae_terms()),
                event.grade,
                is_serious(event),
                is_infection(event),
                inside,
                count_patient(exposure, (event,)).days_to_first if inside else None,
            )

    def _row(self, table: str, *cells: Cell) -> Row:
        return table, [self._who, *cells]

    def _day(self, day: dt.date) -> dt.date:
        return day - self._moved

    def _exact(self, date: PartialDate | None) -> dt.date | None:
        return None if date is None or date.exact is None else self._day(date.exact)

    def _code(self, code: str | None, listed: Container[str]) -> str | None:
        """A code; one that is in no list may be somebody's own words."""
        return NO_WORDS if self._bare and code is not None and code not in listed else code


def _ended(made: tuple[dt.date, Followed] | str) -> tuple[Cell, Cell, Cell]:
    """Days, what ended them, and why there are none."""
    if isinstance(made, str):
        return None, None, made
    _start, time = made
    return int(time.time), EVENTS[time.event - 1] if time.event else _CENSORED, None


def _nine(value: Decimal) -> Decimal:
    with localcontext(prec=40):
        return value.quantize(_NINE_PLACES, ROUND_HALF_EVEN)


def write_cohort_set(content: Content[Input], folder: Path) -> Mapping[str, int]:
    """A Parquet file for each table of the input and for its codebook."""
    import duckdb

    from ctdild_desktop.interchange.export_parquet import write_parquet

    beside = folder / "tables"
    beside.mkdir(mode=0o700)
    bare = content.settings.pseudonymised
    with TableFiles(beside, TABLES, NEUTRAL) as files:
        for case in content.cases:
            files.add(case.rows)
    said = notes(pseudonymised=bare, shifted=content.settings.date_shift)
    with TableFiles(beside, (CODEBOOK,), NEUTRAL) as codebook:
        codebook.add((CODEBOOK.name, row) for row in codebook_rows(TABLES, named, said))
    try:
        write_parquet(folder, (CODEBOOK, *TABLES), files.facts, beside, content.between)
    except duckdb.Error as error:
        # its text may tell a value of the registry
        raise RefusedError("The Parquet files could not be written; nothing is left of them.") from error
    shutil.rmtree(beside)
    return {table.name: files.facts[table.name].rows for table in TABLES}
