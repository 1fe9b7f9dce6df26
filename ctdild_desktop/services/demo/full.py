"""The fullest record that a screen must bear: sixty visits, twelve lines of therapy, long names. Invented."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import PatientRecord, Pft, TherapyLine, Visit
from ctdild_desktop.services.demo.stored import holloway, stored_id

MRN = "DEMO-FULL-0000000001"
_VISITS, _DAYS_APART = 60, 60
_DRUGS = (
    "prednisolone",
    "methylprednisolone",
    "cyclophosphamide_iv",
    "mycophenolate",
    "azathioprine",
    "rituximab",
    "tacrolimus",
    "tocilizumab",
    "hydroxychloroquine",
    "nintedanib",
    "immunoglobulin",
    "co_trimoxazole",
)
_RUNNING = 6
"""The last so many lines are still running."""


def full() -> PatientRecord:
    """The record, the same every time; its last day is that of the other invented patients."""
    base = holloway()
    last = max(test.date for test in base.tests)
    days = [last - dt.timedelta(days=_DAYS_APART * back) for back in range(_VISITS)][::-1]
    patient = replace(
        base.patient,
        id=stored_id(MRN, "patient", 0),
        mrn=MRN,
        family_name="Wolkenstein-Ringelnatzhausen zu Hohenfelsenberg",
        given_name="Maximiliane Konstantina Theodora",
    )
    return PatientRecord(
        patient=patient,
        diagnoses=tuple(
            replace(view, id=stored_id(MRN, "diagnosis", at)) for at, view in enumerate(base.diagnoses)
        ),
        tests=tuple(_test(base.tests[-1], at, day) for at, day in enumerate(days)),
        visits=tuple(_visit(at, day) for at, day in enumerate(days)),
        hrct=tuple(replace(scan, id=stored_id(MRN, "hrct", at)) for at, scan in enumerate(base.hrct)),
        therapy=tuple(_line(base.therapy[0], at, days) for at in range(len(_DRUGS))),
        adverse_events=tuple(
            replace(event, id=stored_id(MRN, "adverse_event", at), suspected_lines=())
            for at, event in enumerate(base.adverse_events)
        ),
    )


def _test(like: Pft, at: int, day: dt.date) -> Pft:
    """A slow fall with some scatter."""
    return replace(
        like,
        id=stored_id(MRN, "pft", at),
        date=day,
        entered=at + 1,
        fvc_l=Decimal("3.10") - Decimal("0.01") * at + Decimal("0.04") * (at % 3),
        fev1_l=Decimal("2.50") - Decimal("0.01") * at,
        dlco=Decimal("15.0") - Decimal("0.1") * (at // 2) - Decimal("0.2") * (at % 4),
        comment="",
    )


def _visit(at: int, day: dt.date) -> Visit:
    return Visit(id=stored_id(MRN, "visit", at), date=day, mmrc=min(1 + at // 20, 4))


def _line(like: TherapyLine, at: int, days: list[dt.date]) -> TherapyLine:
    start = days[at * 4]
    stop = None if at >= len(_DRUGS) - _RUNNING else days[at * 4 + 9]
    return replace(
        like,
        id=stored_id(MRN, "therapy", at),
        drug=_DRUGS[at],
        dose=like.dose if _DRUGS[at] == like.drug else None,
        start=PartialDate.of(start),
        stop=None if stop is None else PartialDate.of(stop),
        stop_reason=None,
        dose_changes=(),
        interruptions=(),
        infusions=(),
    )
