"""What a careful clinic writes down besides, of most patients and not of all, as a workbook may bring it.

The details are drawn by a generator of their own, so that the rest of a history does not depend on them. No
criterion and no due rule looks at them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.quality.conditions import CONDITIONS, has_ssc
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Diagnosis,
    Hrct,
    HrctResult,
    Infusion,
    Patient,
    PatientRecord,
    TherapyLine,
    Visit,
)

_CRITERIA = {
    "SSc": "acr_eular_2013_ssc",
    "RA": "acr_eular_2010_ra",
    "IIM": "eular_acr_2017_iim",
    "SjD": "acr_eular_2016_sjd",
    "SLE": "eular_acr_2019_sle",
}
_ON_OXYGEN = frozenset({"ambulatory", "nocturnal", "ltot"})
_ABSENT = ("consolidation", "cysts", "mosaic_attenuation", "nodules")
_FORGOTTEN = 9
"""In each patient whose number this divides, the outcome of a serious event is not known."""


def has_details(number: int) -> bool:
    """Whether the invented patient of this number has them: all but the worked-out one and the empty one."""
    return number > 2


def with_details(record: PatientRecord, number: int) -> PatientRecord:
    """The record with what is asked of most patients, and in some is missing."""
    rng = Random(f"details {record.patient.mrn}")
    return replace(
        record,
        patient=_patient(record, rng),
        diagnoses=tuple(_view(view, record, rng) for view in record.diagnoses),
        visits=_visits(record, rng),
        hrct=tuple(_scan(scan, record, rng) for scan in record.hrct),
        therapy=tuple(_line(line, record, rng) for line in record.therapy),
        adverse_events=_events(record.adverse_events, number),
    )


def _patient(record: PatientRecord, rng: Random) -> Patient:
    patient = record.patient
    if patient.death_date is not None:
        return replace(patient, vital_status="dead")
    since = None
    if patient.oxygen in _ON_OXYGEN and record.visits and rng.random() < 0.8:
        since = PartialDate(record.visits[-1].date.year)
    alive = "alive" if rng.random() < 0.92 else None
    return replace(patient, vital_status=patient.vital_status or alive, oxygen_since=since)


def _view(view: Diagnosis, record: PatientRecord, rng: Random) -> Diagnosis:
    entry = codes.diagnoses().get(view.ctd)
    asked = _CRITERIA.get(entry.group) if entry is not None else None
    met = True if asked is not None and rng.random() < 0.85 else None
    made = replace(
        view,
        criteria=asked if met else None,
        criteria_met=met,
        onset_order=rng.choices(["ctd_first", "together", "ild_first", None], [6, 2, 1, 1])[0],
        onset_mode=rng.choices(["insidious", "subacute", "incidental", "unknown", None], [6, 1, 1, 1, 1])[0],
        behaviour=rng.choices(["stable", "progressive_may_stabilise", "progressive", None], [3, 3, 1, 3])[0],
    )
    if not has_ssc(record):
        return made
    if rng.random() < 0.8:
        return replace(made, mrss=rng.randint(2, 24))
    return replace(made, absent=(("mrss", "not_done"),))


def _visits(record: PatientRecord, rng: Random) -> tuple[Visit, ...]:
    """The day of the next visit is kept to the month, and of the last one nowhere; the saturation is that of
    the test of the day.
    """
    saturation = {test.date: test.spo2_rest for test in record.tests}
    visits, made = record.visits, []
    for at, visit in enumerate(visits):
        following = visits[at + 1].date if at + 1 < len(visits) else None
        told = following is not None and rng.random() < 0.7
        made.append(
            replace(
                visit,
                spo2_rest=saturation.get(visit.date) if rng.random() < 0.8 else None,
                exacerbation_since=False if rng.random() < 0.8 else None,
                next_visit=PartialDate(following.year, following.month) if told and following else None,
            )
        )
    return tuple(made)


def _scan(scan: Hrct, record: PatientRecord, rng: Random) -> Hrct:
    if rng.random() < 0.25:
        return scan
    fibrotic = scan.fibrosis is True
    features: dict[str, Any] = dict.fromkeys(_ABSENT, "absent")
    features["ground_glass"] = rng.choice(["mild", "moderate"]) if not fibrotic else "mild"
    features["reticulation"] = "moderate" if fibrotic else "mild"
    features["traction_bronchiectasis"] = rng.choice(["mild", "moderate"]) if fibrotic else "absent"
    features["honeycombing"] = "mild" if scan.pattern in {"UIP", "probable_UIP"} else "absent"
    features["volume_loss"] = rng.choice(["mild", "unknown"]) if fibrotic else "absent"
    stable = scan.result is HrctResult.STABLE and not scan.signs and not scan.signs_not_seen
    seen = codes.choices("hrct_sign").codes if stable and rng.random() < 0.7 else scan.signs_not_seen
    return replace(
        scan,
        **features,
        reader="invented reader",
        read_date=scan.date + dt.timedelta(days=rng.choice([0, 0, 1])),
        read_type=rng.choice(["local", "local", "mdt"]),
        oesophagus_dilated=rng.random() < 0.5 if has_ssc(record) else None,
        signs_not_seen=tuple(seen),
    )


def _line(line: TherapyLine, record: PatientRecord, rng: Random) -> TherapyLine:
    unit = line.dose_unit or ""
    basis = "per_kg" if unit.endswith("/kg") else "per_m2" if unit.endswith("/m2") else "flat"
    asked = CONDITIONS["pjp_asked"](line, record)
    return replace(
        line,
        dose_basis=basis if line.dose is not None and rng.random() < 0.85 else None,
        pjp_prophylaxis=rng.choices(["yes", "no", None], [6, 2, 2])[0] if asked else None,
        infusions=tuple(_infusion(one, record.visits, rng) for one in line.infusions),
    )


def _infusion(given: Infusion, visits: Sequence[Visit], rng: Random) -> Infusion:
    weighed = [visit.weight_kg for visit in visits if visit.date <= given.date and visit.weight_kg]
    weight: Decimal | None = weighed[-1] if weighed and rng.random() < 0.9 else None
    return replace(given, weight_kg=weight, reaction_grade=0 if rng.random() < 0.85 else None)


def _events(events: Sequence[AdverseEvent], number: int) -> tuple[AdverseEvent, ...]:
    serious = [event.id for event in events if event.serious and event.outcome not in {None, "fatal"}]
    forgotten = serious[:1] if number % _FORGOTTEN == 0 else []
    return tuple(replace(event, outcome="unknown") if event.id in forgotten else event for event in events)
