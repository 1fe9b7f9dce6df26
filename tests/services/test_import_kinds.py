"""What the rows of a clinic's tables would change, without a registry: refusals, plausibility, words."""

from __future__ import annotations

import datetime as dt
import itertools
import time

import pytest

from ctdild_desktop.interchange.clinic_files import read_tables
from ctdild_desktop.interchange.source import source_of
from ctdild_desktop.services.import_clinic import SetPlan, plan_set

TODAY = dt.date(2026, 3, 12)


def planned(**tables: str) -> SetPlan:
    """What these tables would change in an empty registry."""
    numbers = itertools.count()
    read = [read_tables(source_of(f"{name}.csv", text.encode())) for name, text in tables.items()]
    return plan_set(read, {}, today=TODAY, new_id=lambda: f"id{next(numbers)}")


@pytest.mark.parametrize(
    ("table", "rows", "reason"),
    [
        (
            "therapy",
            "mrn,drug,start\nA1,rituxmab,2019\n",
            "not a word of the list; the nearest are rituximab",
        ),
        ("therapy", "mrn,drug,start\nA1,CTX,2019\n", "CTX may be co-trimoxazole or cyclophosphamide"),
        ("therapy", "mrn,drug,start\nA1,cyclophosphamide,2019\n", "by mouth or intravenous"),
        ("therapy", "mrn,drug,start\nA1,other,2019\n", "name the drug that the list lacks"),
        ("therapy", "mrn,drug,start,stop\nA1,MMF,2019-03,2018\n", "The stop lies before the start."),
        ("therapy", "mrn,drug,start,dose\nA1,MMF,2019-03,2\n", "The dose needs a unit."),
        ("therapy", "mrn,drug,start\nA1,MMF,2027\n", "The therapy line is in the future."),
        ("therapy", "mrn,drug,start,phase\nA1,MMF,2019,later\n", "not a code of the list (induction, "),
        ("infusions", "mrn,drug,date,dose_mg\nA1,RTX,2019-03,1000\n", "not a date"),
        ("infusions", "mrn,drug,date,dose_mg\nA1,RTX,2019-03-01,0\n", "must be more than 0"),
        ("adverse_events", "mrn,term,onset\nA1,pnuemothorax,2019\n", "the nearest are pneumothorax"),
        ("adverse_events", "mrn,term,onset,grade\nA1,alopecia,2019,4\n", "CTCAE has these grades"),
        (
            "adverse_events",
            "mrn,term,onset,outcome\nA1,rash,2019,fatal\n",
            "needs the patient's date of death",
        ),
        ("hrct", "mrn,date,extent_percent\nA1,2019-03-01,130\n", "must be between 0 and 100"),
        ("hrct", "mrn,date,fibrosis\nA1,2019-03-01,perhaps\n", "not yes or no"),
        ("hrct", "mrn,date,pattern\nA1,2019-03-01,UPI\n", "the nearest are UIP"),
        ("labs", "mrn,date,test,value,unit\nA1,2019,creatinin,80,µmol/L\n", "the nearest are creatinine"),
        ("labs", "mrn,date,test,value,unit\nA1,2019,hb,3,g/L\n", "3 g/L cannot be"),
        ("labs", "mrn,date,test,value,unit\nA1,2019,hb,12.9 g/dL,\n", "not a number"),
        ("visits", "mrn,date,mmrc\nA1,2019-03-01,5\n", "the mMRC scale has the grades 0 to 4"),
        ("visits", "mrn,date,spo2_rest\nA1,2019-03-01,12\n", "must be between 40 and 100"),
        ("outcomes", "mrn,date,event\nA1,2019,vanished\n", "not a code of the list (death, transplant"),
        ("outcomes", "mrn,date,event\nA1,1949,death\n", "before the birth date"),
        ("outcomes", "mrn,date,event\nA1,2019,treatment failure\n", "no line of therapy covers this day"),
        ("labs", "mrn,birth_date,date,test,value\nA1,1960,2019,hbsag,negative\n", "has another birth date"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_the_reason(table: str, rows: str, reason: str) -> None:
    found = planned(patients="mrn,birth_date\nA1,1958-03-12\n", **{table: rows})
    refused = [remark for plan in found.plans for remark in plan.rejected]
    assert [(remark.table, remark.row) for remark in refused][:1] == [(table, 2)]
    assert reason in refused[0].reason


@pytest.mark.parametrize(
    ("born", "reason"),
    [
        ("1820-03-12", "The birth date is more than 120 years ago."),
        ("2026-03-13", "The birth date is in the future."),
    ],
)
@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("labs", "date,test,value\nA1,{born},2026,hbsag,negative"),
        ("outcomes", "date,event\nA1,{born},2026,lost"),
    ],
)
def test_a_birth_date_that_cannot_be_is_refused_in_every_table(
    table: str, row: str, born: str, reason: str
) -> None:
    text = f"mrn,birth_date,{row.format(born=born)}\n"
    found = planned(**{table: text})
    assert found.patients == []
    assert [(it.row, it.column, it.value, it.reason) for it in found.plans[0].rejected] == [
        (2, "birth_date", born, reason)
    ]


def test_an_unlikely_birth_date_of_any_table_is_told_once() -> None:
    rows = "mrn,birth_date,drug,start\nA1,2015,MMF,2025\nA1,2015,RTX,2026-02\n"
    found = planned(therapy=rows, labs="mrn,birth_date,date,test,value\nA1,2015,2026,hbsag,negative\n")
    told = [remark.reason for plan in found.plans for remark in plan.warnings]
    assert told.count("The patient is younger than 16 years.") == 1
    assert len(found.patients) == 1


def test_an_infusion_that_cannot_be_makes_no_line() -> None:
    found = planned(infusions="mrn,drug,date,dose_mg\nA1,RTX,2019-03-01,0\n")
    assert found.patients == []
    assert found.plans[0].warnings == []


def test_five_thousand_infusions_of_one_patient_are_planned_in_seconds() -> None:
    days = (dt.date(1970, 1, 1) + dt.timedelta(days=number) for number in range(5_000))
    rows = "".join(f"A1,RTX,{day},1000\n" for day in days)
    started = time.process_time()
    found = planned(infusions=f"mrn,drug,date,dose_mg\n{rows}")
    assert time.process_time() - started < 5
    ((line,),) = [plan.additions for plan in found.patients]
    assert len(line.infusions) == 5_000
