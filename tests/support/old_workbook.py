"""A clinic's old workbook of invented patients: one CSV text for each table, and all of them as one xlsx."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

TABLES: Mapping[str, str] = {
    "patients": (
        "mrn,family_name,given_name,birth_date,sex,height_cm,smoking,diagnosis,ild_pattern,"
        "ctd_diagnosis_date,ild_diagnosis_date,antibodies\n"
        "A1,Holm,Ada,1958-03-12,F,165,never,SSc,fNSIP,2015,2017-04,SCL70;RO52\n"
        "A2,Berg,Otto,1949,M,,ex,RA,UIP,,,\n"
    ),
    "pft": (
        "mrn,test_date,fvc_l,dlco,dlco_unit,hb_g_dl,mmrc\n"
        "A1,2018-05-02,2.61,12.4,mL/min/mmHg,12.9,1\n"
        "A1,2019-05-06,2.43,11.2,mL/min/mmHg,12.7,2\n"
        "A2,2018-03-01,3.05,,,,\n"
    ),
    "therapy": (
        "mrn,drug,dose,dose_unit,route,frequency,phase,start,stop,stop_reason\n"
        "A1,MMF,2,g,PO,daily,maintenance,2017-05,,\n"
        "A1,rituximab,1000,mg,IV,course,induction,2019-06-03,2020-12,completed\n"
        "A2,cyclophosphamide,600,mg/m2,IV,4-weekly,induction,2018,2018-09,completed\n"
    ),
    "infusions": (
        "mrn,drug,date,dose_mg\nA1,RTX,2019-06-03,1000\nA1,RTX,2019-06-17,1000\nA2,cyclophosphamide,2018-04-10,1100\n"
    ),
    "adverse_events": (
        "mrn,term,onset,end,grade,serious,suspected_drug,outcome\n"
        "A1,lung infection,2019-09,2019-10-02,3,yes,rituximab,recovered\n"
    ),
    "hrct": (
        "mrn,date,pattern,extent_percent,fibrosis,result,signs,compared_with\n"
        "A1,2017-04-20,fNSIP,15,yes,,,\n"
        "A1,2019-05-08,fNSIP,25,yes,progression,reticulation_increased_or_coarser,2017-04-20\n"
    ),
    "labs": (
        "mrn,date,test,value,unit,lln,uln\n"
        "A1,2019-05-06,IgG,8.1,g/L,7,16\nA1,2019-05-06,CRP,<5,mg/L,,5\nA1,2019-05,HBsAg,negative,,,\n"
    ),
    "visits": "mrn,date,symptoms,mmrc,spo2_rest,weight_kg\nA1,2019-05-06,worse,2,94,61.5\n",
    "outcomes": "mrn,date,event,cause\nA2,2021-02,death,ILD\n",
}
ROWS = sum(text.count("\n") - 1 for text in TABLES.values())


def write_tables(folder: Path, tables: Mapping[str, str] = TABLES) -> list[Path]:
    """One CSV file for each table; that of the patients comes last, where it is needed first."""
    paths = []
    for name in sorted(tables, reverse=True):
        path = folder / f"{name}.csv"
        path.write_text(tables[name], encoding="utf-8")
        paths.append(path)
    return sorted(paths, key=lambda path: path.stem == "patients")


def write_workbook(path: Path, tables: Mapping[str, str] = TABLES) -> Path:
    """One workbook with a sheet for each table; every cell is text but for plain numbers."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, text in tables.items():
        sheet = book.create_sheet(name.replace("_", " ").capitalize())
        for line in text.splitlines():
            sheet.append([_cell(cell) for cell in line.split(",")])
    held = io.BytesIO()
    book.save(held)
    path.write_bytes(held.getvalue())
    return path


def _cell(text: str) -> str | float | None:
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text or None
