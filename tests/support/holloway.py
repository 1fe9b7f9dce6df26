"""One invented patient with a full history: fifteen tests, four drugs, seven adverse events, four scans.

Nobody of this name exists. The expected numbers beside the history were computed apart from the program,
with the published GLI Global 2022 and GLI 2017 transfer-factor tables.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Diagnosis,
    DlcoUnit,
    DoseChange,
    Hrct,
    HrctResult,
    Infusion,
    Interruption,
    Patient,
    PatientRecord,
    Pft,
    Sex,
    SymptomChange,
    TherapyLine,
    Visit,
)

TODAY = dt.date(2026, 3, 12)
"""The day of the latest test, and the day on which the history is looked at."""

REFERENCE_DAY = dt.date(2024, 12, 9)
"""The highest FVC % predicted of the last 24 months."""

EXPECTED = {
    "fvc_percent": Decimal("64.38"),
    "fvc_z": Decimal("-2.23"),
    "fvc_lln": Decimal("2.64"),
    "reference_fvc_percent": Decimal("72.85"),
    "fvc_relative_change": Decimal("-11.6"),
    "dlco_hb_reference": Decimal("55.03"),
    "dlco_hb_latest": Decimal("47.57"),
    "dlco_relative_change": Decimal("-13.6"),
    "ppf_baseline_percent": Decimal("71.07"),
    "ppf_points": Decimal("-6.7"),
}

# day, FVC L, FEV1 L, DLCO, Hb g/L, grades of FVC and DLCO, SpO2 at rest and lowest, mMRC, why excluded
_TESTS = (
    ("2021-06-14", "2.48", "2.06", "11.4", 126, "A", "B", 95, 88, 2, ""),
    ("2021-09-20", "2.57", "2.13", "11.9", 119, "A", "A", 96, 90, 2, ""),
    ("2021-12-13", "2.74", "2.26", "12.6", 121, "A", "A", 96, 91, 1, ""),
    ("2022-06-20", "2.83", "2.33", "13.0", 129, "A", "A", 97, 92, 1, ""),
    ("2022-12-12", "2.79", "2.29", "12.8", 131, "A", "A", 96, 92, 1, ""),
    ("2023-02-20", "2.24", "1.86", None, 117, "B", None, 94, None, 3, "lung_infection"),
    ("2023-06-19", "2.66", "2.20", "12.1", 127, "A", "B", 96, 90, 1, ""),
    ("2023-10-16", "2.42", "2.02", "11.2", 128, "A", "A", 95, 88, 2, ""),
    ("2024-03-18", "2.53", "2.10", "11.6", 130, "A", "A", 96, 90, 2, ""),
    ("2024-07-15", "2.61", "2.16", "11.9", 129, "A", "A", 96, 90, 1, ""),
    ("2024-12-09", "2.64", "2.18", "11.9", 126, "A", "A", 96, 91, 1, ""),
    ("2025-03-17", "2.57", "2.13", "11.5", 130, "A", "A", 96, 90, 2, ""),
    ("2025-07-14", "2.52", "2.09", "11.2", 129, "A", "A", 96, 89, 2, ""),
    ("2025-11-10", "2.41", "2.02", "10.9", 131, "B", "A", 95, 88, 2, ""),
    ("2026-03-12", "2.31", "1.94", "10.3", 128, "A", "A", 95, 87, 2, ""),
)
_PREDNISOLONE = (
    ("2021-07-26", "30"),
    ("2021-08-23", "20"),
    ("2021-10-18", "15"),
    ("2022-01-10", "10"),
    ("2022-07-11", "7.5"),
    ("2023-01-16", "5"),
    ("2023-10-30", "20"),
    ("2023-12-11", "15"),
    ("2024-02-05", "10"),
    ("2024-06-17", "7.5"),
    ("2025-01-13", "5"),
)
_CYCLOPHOSPHAMIDE = ("2021-07-05", "2021-08-02", "2021-08-30", "2021-09-27", "2021-10-25", "2021-11-22")
_RITUXIMAB = ("2023-11-06", "2023-11-20", "2024-09-02", "2024-09-16", "2025-08-04", "2025-08-18")


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _on(text: str) -> PartialDate:
    return PartialDate.parse(text)


def _id(kind: int, number: int) -> str:
    return f"{kind:016x}{number:016x}"


def patient() -> Patient:
    """Who she is."""
    return Patient(
        id=_id(1, 1),
        mrn="DEMO-0417",
        family_name="HOLLOWAY",
        given_name="Ingrid",
        birth_date=_on("1970-09-18"),
        sex=Sex.FEMALE,
        height_cm=Decimal(172),
        smoking="never",
        oxygen="none",
        consent_registry="given",
        consent_research="given",
    )


def pfts() -> tuple[Pft, ...]:
    """Her fifteen tests; the sixth was done during an infection and is excluded."""
    return tuple(
        Pft(
            id=_id(2, number),
            date=_day(day),
            entered=number,
            height_cm=Decimal(172),
            fvc_l=Decimal(fvc),
            fev1_l=Decimal(fev1),
            dlco=None if dlco is None else Decimal(dlco),
            dlco_unit=None if dlco is None else DlcoUnit.TRADITIONAL,
            dlco_hb_corrected=None if dlco is None else False,
            hb_g_l=Decimal(hb),
            spo2_rest=Decimal(rest),
            spo2_nadir=None if nadir is None else Decimal(nadir),
            fvc_grade=fvc_grade,
            dlco_grade=dlco_grade,
            reference_set="GLI2022",
            laboratory="A",
            not_done_dlco="unwell" if dlco is None else None,
            excluded=bool(why),
            exclusion_reason=why,
        )
        for number, (day, fvc, fev1, dlco, hb, fvc_grade, dlco_grade, rest, nadir, _mmrc, why) in enumerate(
            _TESTS, 1
        )
    )


def visits() -> tuple[Visit, ...]:
    """One visit per test, and the admission of February 2023."""
    made = [
        Visit(
            id=_id(3, number),
            date=_day(row[0]),
            kind="baseline" if number == 1 else "scheduled",
            mmrc=row[9],
            symptom_change=None if number == 1 else SymptomChange.STABLE,
        )
        for number, row in enumerate(_TESTS, 1)
    ]
    made.append(Visit(id=_id(3, 50), date=_day("2023-02-06"), kind="unscheduled", admitted_nights=6))
    return tuple(sorted(made, key=lambda visit: visit.date))


def therapy() -> tuple[TherapyLine, ...]:
    """Prednisolone, cyclophosphamide, mycophenolate and rituximab, oldest first."""
    return (
        TherapyLine(
            id=_id(4, 1),
            drug="prednisolone",
            start=_on("2021-06-24"),
            role="maintenance",
            indication="both",
            route="PO",
            dose=Decimal(40),
            dose_unit="mg",
            frequency="daily",
            dose_changes=tuple(DoseChange(date=_on(day), dose=Decimal(dose)) for day, dose in _PREDNISOLONE),
        ),
        TherapyLine(
            id=_id(4, 2),
            drug="cyclophosphamide_iv",
            start=_on("2021-07-05"),
            role="induction",
            indication="lung",
            route="IV",
            dose=Decimal("1.1"),
            dose_unit="g",
            frequency="4-weekly",
            stop=_on("2021-11-22"),
            stop_reason="completed",
            infusions=tuple(Infusion(date=_day(day), dose_mg=Decimal(1100)) for day in _CYCLOPHOSPHAMIDE),
        ),
        TherapyLine(
            id=_id(4, 3),
            drug="mycophenolate",
            start=_on("2022-01-10"),
            role="maintenance",
            indication="lung",
            route="PO",
            dose=Decimal(2),
            dose_unit="g",
            frequency="daily",
            dose_changes=(DoseChange(date=_on("2024-12-02"), dose=Decimal("1.5"), reason="adverse_event"),),
            interruptions=(
                Interruption(start=_on("2023-02-06"), stop=_on("2023-03-06"), reason="adverse_event"),
            ),
        ),
        TherapyLine(
            id=_id(4, 4),
            drug="rituximab",
            start=_on("2023-11-06"),
            role="rescue",
            indication="lung",
            route="IV",
            dose=Decimal(1),
            dose_unit="g",
            frequency="course",
            infusions=tuple(Infusion(date=_day(day), dose_mg=Decimal(1000)) for day in _RITUXIMAB),
        ),
    )


def adverse_events() -> tuple[AdverseEvent, ...]:
    """Seven events; the infection was serious, the low IgG goes on."""
    rows = (
        ("2021-07-26", "2021-07-30", "nausea", 1, _id(4, 2)),
        ("2021-09-13", "2021-10-04", "neutropenia", 2, _id(4, 2)),
        ("2023-02-06", "2023-02-27", "lung_infection", 3, _id(4, 3)),
        ("2023-11-06", "2023-11-06", "infusion_reaction", 2, _id(4, 4)),
        ("2024-10-14", "2024-11-04", "shingles", 2, None),
        ("2024-11-25", "2025-01-06", "leukopenia", 2, _id(4, 3)),
        ("2025-10-06", None, "hypogammaglobulinaemia", 1, _id(4, 4)),
    )
    return tuple(
        AdverseEvent(
            id=_id(5, number),
            onset=_on(onset),
            term=term,
            end=None if end is None else _on(end),
            ongoing=end is None,
            grade=grade,
            serious=term == "lung_infection",
            seriousness=("admission",) if term == "lung_infection" else (),
            suspected_lines=() if line is None else (line,),
            causality=None if line is None else "possible",
        )
        for number, (onset, end, term, grade, line) in enumerate(rows, 1)
    )


def scans() -> tuple[Hrct, ...]:
    """Four CT reads; none in the twelve months before the latest test."""
    return (
        Hrct(
            id=_id(6, 1),
            date=_day("2021-06-08"),
            pattern="fNSIP",
            extent_percent=Decimal(20),
            fibrosis=True,
            result=HrctResult.NOT_COMPARED,
            emphysema=False,
        ),
        Hrct(
            id=_id(6, 2),
            date=_day("2022-06-13"),
            pattern="fNSIP",
            extent_percent=Decimal(18),
            fibrosis=True,
            result=HrctResult.IMPROVED,
            compared_with=_day("2021-06-08"),
            emphysema=False,
        ),
        Hrct(
            id=_id(6, 3),
            date=_day("2023-10-18"),
            pattern="fNSIP",
            extent_percent=Decimal(22),
            fibrosis=True,
            result=HrctResult.PROGRESSION,
            signs=("traction_bronchiectasis_increased",),
            compared_with=_day("2022-06-13"),
            alternative_explanation=False,
            emphysema=False,
        ),
        Hrct(
            id=_id(6, 4),
            date=_day("2024-11-18"),
            pattern="fNSIP",
            extent_percent=Decimal(22),
            fibrosis=True,
            result=HrctResult.STABLE,
            compared_with=_day("2023-10-18"),
            emphysema=False,
        ),
    )


def diagnoses() -> tuple[Diagnosis, ...]:
    """Two views: the first clinic's, and that of the meeting of October 2023."""
    return (
        Diagnosis(
            id=_id(7, 1),
            date=_on("2021-06-10"),
            ctd="ASyS",
            ctd_diagnosed=_on("2021-04"),
            ild_diagnosed=_on("2021-06-10"),
            pattern="NSIP",
            confidence="low",
            antibodies=("JO1", "RO52"),
            basis="clinic",
        ),
        Diagnosis(
            id=_id(7, 2),
            date=_on("2023-10-25"),
            ctd="ASyS",
            ctd_diagnosed=_on("2021-04"),
            ild_diagnosed=_on("2021-06-10"),
            pattern="fNSIP",
            confidence="high",
            antibodies=("JO1", "RO52"),
            basis="MDT",
        ),
    )


def record() -> PatientRecord:
    """Everything above as one record."""
    return PatientRecord(
        patient=patient(),
        diagnoses=diagnoses(),
        visits=visits(),
        tests=pfts(),
        hrct=scans(),
        therapy=therapy(),
        adverse_events=adverse_events(),
    )
