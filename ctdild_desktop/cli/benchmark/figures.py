"""The figures of the benchmark, each over the same functions that the windows and the commands call."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from ctdild_desktop.cli.benchmark.invented import TESTS, invented_desk, invented_record
from ctdild_desktop.cli.benchmark.measure import Figure, against_floor
from ctdild_desktop.services.desk import Desk

_PEOPLE = 100_000
_IMPORT_ROWS = 10_000
_SLOW, _QUICK = 5, 15


def predict(count: int = _PEOPLE) -> Figure:
    """FVC z-scores by GLI 2022 against the formula itself in bare numpy."""
    import numpy as np

    from ctdild_desktop.clinical.reference.equations import People, evaluate

    rng = np.random.default_rng(1)
    male, age = rng.random(count) < 0.5, rng.uniform(18, 90, count)
    height, measured = rng.uniform(145, 195, count), rng.uniform(1, 6, count)
    people = People(male=male, age=age, height=height, group=np.full(count, np.nan))
    return against_floor(
        "predict_100k",
        f"{count:,} FVC z-scores (GLI 2022)",
        lambda: evaluate("GLI2022", "FVC", people).z(measured),
        floor=_bare_z(male, age, height, measured),
        floor_words="the same formula in bare numpy",
        repeats=_QUICK,
        budget=2,
    )


def _bare_z(male: Any, age: Any, height: Any, measured: Any) -> Callable[[], Any]:
    """The LMS formula of the publication (Bowerman 2023) with nothing around it."""
    import numpy as np

    from ctdild_desktop.clinical.reference.tables import rows

    def of_sex(sex: str) -> tuple[dict[str, float], Any]:
        def wanted(row: dict[str, str]) -> bool:
            return row["measure"] == "FVC" and row["sex"] == sex

        terms = {
            row["term"]: float(row["value"]) for row in rows("GLI2022", "coefficients.csv") if wanted(row)
        }
        names = ("age", "l_spline", "m_spline", "s_spline")
        knots = [
            [float(row.get(name) or 0) for name in names]
            for row in rows("GLI2022", "splines.csv")
            if wanted(row)
        ]
        return terms, np.array(knots).T

    tables = [(male, *of_sex("male")), (~male, *of_sex("female"))]

    def bare() -> Any:
        z = np.empty(len(age))
        for chosen, term, (ages, l_spline, m_spline, s_spline) in tables:
            years, x = age[chosen], measured[chosen]
            log_age, log_height = np.log(years), np.log(height[chosen])
            m = np.exp(
                term["a0"] + term["a1"] * log_height + term["a2"] * log_age + np.interp(years, ages, m_spline)
            )
            s = np.exp(term["p0"] + term["p1"] * log_age + np.interp(years, ages, s_spline))
            skew = term["q0"] + term.get("q1", 0.0) * log_age + np.interp(years, ages, l_spline)
            z[chosen] = ((x / m) ** skew - 1) / (skew * s)
        return z

    return bare


def assess_all(desk: Desk, patients: int) -> Figure:
    """Every criterion of the strip for everybody against reading the same rows and columns."""
    from ctdild_desktop.services.verdicts import verdicts_of_all

    found = verdicts_of_all(desk)
    made = against_floor(
        "assess_all",
        f"every criterion, {patients:,} patients with {TESTS} tests each",
        lambda: verdicts_of_all(desk),
        floor=lambda: read_rows(desk),
        floor_words="reading the same rows with bare SQL from the encrypted file",
        repeats=3 if patients > 10_000 else _SLOW,
        budget=5,
    )
    detail = (("rows", read_rows(desk)), ("one_by_one", found.one_by_one))
    return replace(made, detail=detail)


def read_rows(desk: Desk) -> int:
    """Read the rows and columns of the criteria with bare SQL; answers how many there are."""
    from ctdild_desktop.clinical.fast.columns import FIELDS
    from ctdild_desktop.services.verdicts import KINDS

    with desk.registry.read() as session:
        return sum(
            len(chunk)
            for table, fields in FIELDS.items()
            for chunk in desk.store.cells(session, KINDS[table], fields)
        )


def find_key(desk: Desk, patients: int) -> Figure:
    """One key of search: each prefix of a name as it is typed, to the lines that the pop-up shows."""
    from ctdild_desktop.services import patients as people

    texts = itertools.cycle(("b", "ba", "bad", "bado", "bench-0001", "ne", "nek", "sati"))
    shown = [hit.id for hit in people.find(desk, "b")]
    return against_floor(
        "find_key",
        f"one key of search over {patients:,} patients",
        lambda: people.find(desk, next(texts)),
        floor=lambda: _read_by_id(desk, shown),
        floor_words="reading ten known patients with bare SQL from the encrypted file",
        repeats=_QUICK,
    )


def _read_by_id(desk: Desk, ids: list[str]) -> int:
    with desk.registry.read() as session:
        cursor = session.connection().connection.cursor()
        places = ", ".join("?" * len(ids))
        cursor.execute(f"SELECT * FROM patient WHERE id IN ({places})", ids)
        return len(cursor.fetchall())


def save_test(desk: Desk, folder: Path) -> Figure:
    """One test recorded: checked, written, audited, sealed, and every criterion judged before and after."""
    from ctdild_desktop.clinical.records import Pft
    from ctdild_desktop.services import patients as people
    from ctdild_desktop.services.pft import record_pft

    found = people.by_mrn(desk, "BENCH-000000")
    if found is None:
        raise LookupError("the benchmark's first patient is missing")
    last = found.tests[-1]
    codes = ("fvc_l", "dlco", "height_cm")
    days = itertools.count(1)

    def work() -> None:
        made = Pft(
            id="",
            date=last.date - dt.timedelta(days=next(days)),
            fvc_l=last.fvc_l,
            dlco=last.dlco,
            dlco_unit=last.dlco_unit,
            reference_set=last.reference_set,
        )
        record_pft(desk, found.patient.id, made, confirmed=(*codes, *_soft(desk, found.patient.id, made)))

    with _bare_insert(desk, folder) as insert:
        return against_floor(
            "save_test",
            "one test saved and judged",
            work,
            floor=insert,
            floor_words="the same row written with bare SQL into an encrypted file that holds nothing else",
            repeats=_SLOW,
        )


@contextmanager
def _bare_insert(desk: Desk, folder: Path, rows: int = 1) -> Iterator[Callable[[], None]]:
    """What commits rows of tests, without a trail, a seal or a check, as safely as the registry does."""
    from ctdild_desktop.registry.engine import connect

    with desk.registry.read() as session:
        cursor = session.connection().connection.cursor()
        made = cursor.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'pft'"
        ).fetchone()
        values = list(cursor.execute("SELECT * FROM pft LIMIT 1").fetchone())
        names = [column[0] for column in cursor.description]
    at, numbers = names.index("id"), itertools.count()
    bare = connect(folder / "bare.ctdild", bytes(range(32)), create=True)
    try:
        bare.execute("PRAGMA foreign_keys=OFF")
        bare.execute(made[0])
        statement = f"INSERT INTO pft VALUES ({', '.join('?' * len(values))})"

        def insert() -> None:
            bare.execute("BEGIN IMMEDIATE")
            for _ in range(rows):
                values[at] = f"{next(numbers):032x}"
                bare.execute(statement, values)
            bare.execute("COMMIT")

        yield insert
    finally:
        bare.close()


def _soft(desk: Desk, patient_id: str, test: Any) -> Iterator[str]:
    """The fields whose unlikely value a person would confirm."""
    from ctdild_desktop.services import patients as people
    from ctdild_desktop.services.pft import preview_pft

    for issue in preview_pft(people.load(desk, patient_id), test, None, desk.today()).issues:
        yield issue.field
        yield issue.code


def import_10k(folder: Path, rows: int = _IMPORT_ROWS) -> Figure:
    """A CSV file of so many tests into an empty registry, all in one transaction."""
    from ctdild_desktop.services import imports

    source = folder / "tests.csv"
    _write_csv(source, rows)
    names = itertools.count()

    def work() -> None:
        place = folder / f"import-{next(names)}"
        place.mkdir()
        desk = invented_desk(place, 0)
        try:
            done = imports.run_import(desk, [source], None)
        finally:
            desk.close()
        shutil.rmtree(place)
        if not done.value.ok:
            raise ValueError("the benchmark's own file was rejected")

    place = folder / "import-bare"
    place.mkdir()
    desk = invented_desk(place, 0)
    try:
        imports.run_import(desk, [source], None)
        with _bare_insert(desk, place, rows) as insert:
            return against_floor(
                "import_10k",
                f"{rows:,} tests from a CSV file into a new registry",
                work,
                floor=insert,
                floor_words="as many rows written with bare SQL into an encrypted file, in one transaction",
                repeats=3,
            )
    finally:
        desk.close()


def _write_csv(target: Path, rows: int) -> None:
    rng = Random(2)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("mrn", "sex", "birth_date", "test_date", "fvc_l", "dlco", "dlco_unit", "hb_g_l"))
        written = 0
        for number in itertools.count():
            record = invented_record(rng, 2 * number + 3)
            person = record.patient
            for test in record.tests:
                if written == rows:
                    return
                written += 1
                cells: tuple[Decimal | None, ...] = (test.fvc_l, test.dlco)
                unit = test.dlco_unit.value if test.dlco_unit is not None else ""
                writer.writerow(
                    (person.mrn, person.sex, person.birth_date, test.date, *cells, unit, test.hb_g_l)
                )
