"""Four invented patients whose report of quality can be reckoned by hand, as of 12.03.2026.

Alpha has everything that the report looks at, and much that is wrong with it. Beta died on 01.05.2025 and has
one test, imported, dated after that. Gamma is an entry without records, perhaps of Alpha again. Delta
withdrew.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Diagnosis,
    Hrct,
    Patient,
    PatientRecord,
    Sex,
    SymptomChange,
    TherapyLine,
    Visit,
)
from tests.support.people import day, pft

AS_OF = day("2026-03-12")


def key(text: str) -> str:
    """An id as the registry has them, which a person can read in hexadecimal digits."""
    return text.ljust(32, "0")


ALPHA, BETA, GAMMA, DELTA = (key(one) for one in ("a1", "b2", "c3", "d4"))
FIRST, SECOND, NOT_DONE, LAST, AFTER_DEATH = (key(f"e{n}") for n in range(1, 6))
SEEN, CALLED = key("f1"), key("f2")
OLD_LINE, NEW_LINE = key("1a"), key("1b")
ADMITTED, MILD = key("2a"), key("2b")
SCAN, VIEW = key("3a"), key("4a")

alpha = PatientRecord(
    patient=Patient(
        id=ALPHA,
        mrn="Q-1",
        family_name="Alpha",
        given_name="Ánna",
        sex=Sex.FEMALE,
        birth_date=PartialDate(1962, 4, 10),
        height_cm=Decimal(165),
        smoking="ex",
        oxygen="unknown",
        consent_registry="given",
        consent_research="not_asked",
        vital_status="alive",
    ),
    diagnoses=(
        Diagnosis(
            id=VIEW,
            date=PartialDate(2024, 1, 5),
            ctd="dcSSc",
            ctd_diagnosed=PartialDate(2023, 6),
            ild_diagnosed=PartialDate(2024, 1, 5),
            pattern="NSIP",
            absent=(("mrss", "not_done"),),
        ),
    ),
    tests=(
        pft(
            "2024-01-10",
            id=FIRST,
            entered=1,
            fvc_l="2.40",
            fev1_l="1.90",
            dlco="12.4",
            hb_g_l="130",
            reference_set="GLI2022",
            laboratory="North",
            height_cm="165",
            weight_kg="60",
            fvc_grade="A",
            dlco_grade="B",
        ),
        pft(
            "2024-07-10",
            id=SECOND,
            entered=2,
            fvc_l="2.30",
            fev1_l="2.50",
            dlco="12.0",
            va_l="4.00",
            kco="3.50",
            reference_set="ECSC93",
            laboratory="South",
            height_cm="165",
            fvc_grade="D",
        ),
        pft("2025-07-10", id=NOT_DONE, entered=3, performed="not_done", not_done="unwell"),
        pft("2026-01-10", id=LAST, entered=4, fvc_l="2.28", fev1_l="1.80", not_done_dlco="equipment"),
    ),
    visits=(
        Visit(
            id=SEEN,
            date=day("2024-01-10"),
            kind="baseline",
            mmrc=2,
            symptom_change=SymptomChange.WORSE,
            weight_kg=Decimal(60),
        ),
        Visit(id=CALLED, date=day("2025-07-10"), kind="telephone", absent=(("mmrc", "unknown"),)),
    ),
    hrct=(Hrct(id=SCAN, date=day("2024-02-01"), pattern="NSIP", read_date=day("2024-01-30")),),
    therapy=(
        TherapyLine(id=OLD_LINE, drug="mycophenolate", start=PartialDate(2023, 1)),
        TherapyLine(id=NEW_LINE, drug="mycophenolate", start=PartialDate(2025, 2, 1)),
    ),
    adverse_events=(
        AdverseEvent(
            id=ADMITTED,
            onset=PartialDate(2024, 5, 1),
            term="lung_infection",
            grade=3,
            serious=True,
            seriousness=("admission",),
        ),
        AdverseEvent(id=MILD, onset=PartialDate(2024), term="nausea", grade=1),
    ),
)

beta = PatientRecord(
    patient=Patient(
        id=BETA,
        mrn="Q-2",
        family_name="Beta",
        birth_date=PartialDate(1950),
        consent_registry="given",
        consent_research="given",
        vital_status="dead",
        death_date=PartialDate(2025, 5, 1),
        cause_of_death="unknown",
    ),
    tests=(
        pft(
            "2025-06-01",
            id=AFTER_DEATH,
            entered=1,
            fvc_l="0.70",
            dlco_pct_pred="50",
            dlco_hb_corrected=True,
            source_format="csv",
        ),
    ),
)

gamma = PatientRecord(
    patient=Patient(id=GAMMA, mrn="Q-3", family_name="ANNA", given_name="alpha", birth_date=PartialDate(1962))
)

delta = PatientRecord(
    patient=Patient(id=DELTA, mrn="Q-4", family_name="Delta", consent_registry="withdrawn"),
    tests=(replace(beta.tests[0], id=key("e9")),),
)

EVERYBODY = (alpha, beta, gamma, delta)
