"""Records as the rows that the registry's tables hold, and random registries for comparisons."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from enum import Enum
from random import Random
from typing import Any

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.fast.columns import FIELDS, Columns, read_columns
from ctdild_desktop.clinical.records import (
    Diagnosis,
    DlcoUnit,
    Hrct,
    HrctResult,
    Lab,
    Patient,
    PatientRecord,
    Pft,
    Sex,
    SymptomChange,
    Visit,
)

_ATTRIBUTE = {"diagnosis": "diagnoses", "pft": "tests", "visit": "visits", "hrct": "hrct", "lab": "labs"}
AS_OF = dt.date(2024, 4, 2)


def _cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, PartialDate):
        return str(value)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, tuple):
        return json.dumps(list(value))
    return value


def rows_of(records: Iterable[PatientRecord], table: str) -> list[list[tuple[Any, ...]]]:
    """The rows of one table in chunks, as the registry keeps them."""
    made = []
    for item in records:
        if table == "patient":
            made.append(tuple(_cell(getattr(item.patient, name)) for name in FIELDS[table]))
            continue
        for part in getattr(item, _ATTRIBUTE[table]):
            if isinstance(part, Lab) and part.test != "hb":
                continue  # the registry gives haemoglobin alone
            cells = (_cell(getattr(part, name)) for name in FIELDS[table][1:])
            made.append((item.patient.id, *cells))
    middle = len(made) // 2
    return [part for part in (made[:middle], made[middle:]) if part]


def columns_of(records: Sequence[PatientRecord]) -> Columns:
    """The columns of some records."""
    return read_columns(lambda table: rows_of(records, table))


def record(*tests: Pft, number: int = 0, **values: Any) -> PatientRecord:
    """A record of an invented woman with dcSSc and fibrosis on HRCT, unless said otherwise."""
    patient = Patient(
        id=f"{number:032x}",
        mrn=f"T-{number}",
        sex=Sex.FEMALE,
        birth_date=PartialDate(1962, 4, 10),
        height_cm=Decimal(165),
    )
    values = {
        "patient": patient,
        "diagnoses": (Diagnosis(id="d", date=PartialDate(2020), ctd="dcSSc"),),
        "hrct": (Hrct(id="h", date=dt.date(2020, 1, 1), fibrosis=True),),
        **values,
    }
    return PatientRecord(tests=tests, **values)


class Inventor:
    """Makes random records that come near every rule: few decimals, few days, many gaps."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.blood = Random(13)

    def records(self, count: int) -> list[PatientRecord]:
        """So many records."""
        return [self._record(number) for number in range(count)]

    def _maybe(self, share: float, make: Callable[[], Any]) -> Any:
        return make() if self.rng.random() < share else None

    def _day(self) -> dt.date:
        return AS_OF - dt.timedelta(
            days=self.rng.choice((self.rng.randint(-60, 900), self.rng.randint(0, 60) * 30))
        )

    def _record(self, number: int) -> PatientRecord:
        rng = self.rng
        birth = self._maybe(
            0.9, lambda: PartialDate(rng.randint(1940, 2012), rng.randint(1, 12), rng.randint(1, 28))
        )
        if rng.random() < 0.05:
            birth = PartialDate(rng.randint(1940, 2012))
        patient = Patient(
            id=f"{rng.getrandbits(96):024x}{number:08x}",
            mrn=f"R-{number}",
            sex=self._maybe(0.9, lambda: rng.choice(list(Sex))),
            birth_date=birth,
            height_cm=self._maybe(0.8, lambda: Decimal(rng.randint(140, 195))),
            ethnic_group=self._maybe(0.5, lambda: rng.randint(1, 5)),
        )
        style = rng.choice(("recorded", "computed", "mixed"))
        named = rng.choice((None, "GLI2012", "GLI2022", "GLI2022", "NHANES3", "LOCAL:x"))
        return PatientRecord(
            patient=patient,
            diagnoses=tuple(
                Diagnosis(
                    id=f"d{i}",
                    date=rng.choice((PartialDate(2020), PartialDate(2021, 5), PartialDate.of(self._day()))),
                    ctd=rng.choice(("dcSSc", "lcSSc", "SSc", "SSc", "SSc", "RA", "IPF", "elsewhere")),
                )
                for i in range(rng.choice((0, 1, 1, 1, 2)))
            ),
            tests=tuple(self._test(i, style, named) for i in range(rng.choice((0, 2, 4, 6, 9, 12)))),
            visits=tuple(self._visit(i) for i in range(rng.randint(0, 4))),
            labs=tuple(self._haemoglobin(i) for i in range(self.blood.choice((0, 0, 0, 3, 12)))),
            hrct=tuple(self._scan(i) for i in range(rng.randint(0, 3))),
        )

    def _haemoglobin(self, order: int) -> Lab:
        rng = self.blood
        unit = rng.choice(("g/L", "g/L", "g/L", "g/dL", "mmol/L", "elsewhere"))
        size = {"g/dL": Decimal("0.1"), "mmol/L": Decimal("0.06")}.get(unit, Decimal(1))
        day = PartialDate.of(AS_OF - dt.timedelta(days=rng.randint(-60, 900)))
        value = rng.randint(70, 170) * size if rng.random() < 0.95 else None
        return Lab(
            id=f"l{order}",
            date=rng.choice((day, day, day, day, PartialDate(day.year, day.month))),
            test=rng.choice(("hb", "hb", "hb", "alt")),
            value=value,
            result="unknown" if value is None else None,
            unit=unit,
            detection="below" if value is not None and rng.random() < 0.03 else None,
        )

    def _test(self, order: int, style: str, named: str | None) -> Pft:
        rng = self.rng
        recorded = style == "recorded" or (style == "mixed" and rng.random() < 0.5)
        places = rng.choice((0, 0, 1, 2))

        def number(low: int, high: int) -> Decimal:
            return Decimal(rng.randint(low * 10**places, high * 10**places)).scaleb(-places)

        value = self._maybe(0.7, lambda: number(8, 25))
        return Pft(
            id=f"t{order}",
            date=self._day(),
            entered=order,
            height_cm=self._maybe(0.3, lambda: Decimal(rng.randint(1400, 1950)) / 10),
            fvc_l=self._maybe(0.9, lambda: Decimal(rng.randint(150, 420)) / 100),
            fvc_pct_pred=number(60, 80) if recorded and rng.random() < 0.9 else None,
            fvc_pred_l=self._maybe(0.1, lambda: Decimal(rng.randint(250, 420)) / 100),
            dlco=value,
            dlco_unit=None if value is None else rng.choice((DlcoUnit.TRADITIONAL,) * 4 + (DlcoUnit.SI,)),
            dlco_pct_pred=number(45, 70) if recorded and rng.random() < 0.9 else None,
            dlco_hb_corrected=rng.choice((None, False, False, True)),
            hb_g_l=self._maybe(
                0.6, lambda: rng.choice((Decimal(134), Decimal("101.5"), Decimal(rng.randint(80, 170))))
            ),
            fvc_grade=rng.choice((*(None,) * 9, *"AABBCDEFU")),
            dlco_grade=rng.choice((*(None,) * 7, *"AABBCDF")),
            reference_set=rng.choice((*(named,) * 16, "GLI2012", None)),
            post_bd=rng.choice((None, None, False, True)),
            excluded=rng.random() < 0.05,
        )

    def _visit(self, order: int) -> Visit:
        rng = self.rng
        return Visit(
            id=f"v{order}",
            date=self._day(),
            symptom_change=self._maybe(0.5, lambda: rng.choice(list(SymptomChange))),
            mmrc=self._maybe(0.6, lambda: rng.randint(0, 4)),
            alternative_explanation=rng.choice((None, False, False, True)),
        )

    def _scan(self, order: int) -> Hrct:
        rng = self.rng
        signs = rng.sample(
            ["new_fine_reticulation", "honeycombing_new_or_increased", "something_else"], rng.randint(0, 2)
        )
        return Hrct(
            id=f"h{order}",
            date=self._day(),
            fibrosis=rng.choice((None, True, True, True, False)),
            result=self._maybe(0.7, lambda: rng.choice(list(HrctResult))),
            signs=tuple(signs),
            alternative_explanation=rng.choice((None, False, False, True)),
        )
