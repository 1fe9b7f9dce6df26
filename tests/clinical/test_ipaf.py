"""IPAF domains from what is recorded, after the table of Fischer 2015."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.ipaf import IpafDomain, defined_disease, ipaf_domains
from ctdild_desktop.clinical.records import Diagnosis, Hrct, Patient, PatientRecord, Serology
from ctdild_desktop.clinical.verdict import Verdict

DAY = dt.date(2026, 3, 12)
NEGATIVE = (
    *("ANA", "RF", "ACPA", "DSDNA", "RO52", "SSA60", "SSB", "U1RNP", "SM", "SCL70", "JO1", "PL7", "PL12"),
    *("EJ", "OJ", "KS", "ZO", "HA", "PMSCL", "MDA5"),
)


def row(test: str, result: str = "positive", day: int = 1, **more: Any) -> Serology:
    return Serology(
        id=f"{test}{day}{result}", date=PartialDate(2026, 3, day), test=test, result=result, **more
    )


def domains(*rows: Serology, hrct: tuple[Hrct, ...] = ()) -> dict[str, IpafDomain]:
    record = PatientRecord(patient=Patient(id="p", mrn="1"), serology=rows, hrct=hrct)
    return {domain.name: domain for domain in ipaf_domains(record, DAY)}


def serological(*rows: Serology) -> Verdict:
    return domains(*rows)["serological"].verdict


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        ((row("JO1"),), Verdict.MET),
        ((row("RO52"),), Verdict.MET),
        ((row("ANA", titre=320, pattern="speckled"),), Verdict.MET),
        ((row("ANA", titre=160, pattern="speckled"),), Verdict.CANNOT_ASSESS),
        ((row("ANA", titre=80, pattern="nucleolar"),), Verdict.MET),
        ((row("ANA", titre=640),), Verdict.CANNOT_ASSESS),
        ((row("RF", value=Decimal(28), uln=Decimal(14)),), Verdict.MET),
        ((row("RF", value=Decimal("27.9"), uln=Decimal(14)),), Verdict.CANNOT_ASSESS),
        ((row("RF", value=Decimal(200), uln=Decimal(14), detection="above"),), Verdict.MET),
        ((row("RF"),), Verdict.CANNOT_ASSESS),
        ((row("MI2"),), Verdict.CANNOT_ASSESS),
        ((row("JO1", "borderline"),), Verdict.CANNOT_ASSESS),
        ((row("JO1"), row("JO1", "negative", 5)), Verdict.CANNOT_ASSESS),
        ((row("JO1", "negative"), row("JO1", day=5)), Verdict.MET),
        ((row("JO1"), row("JO1", "not_done", 5)), Verdict.MET),
        ((row("JO1", day=13),), Verdict.CANNOT_ASSESS),
        (tuple(row(test, "negative") for test in NEGATIVE), Verdict.NOT_MET),
        (tuple(row(test, "negative") for test in NEGATIVE if test != "EJ"), Verdict.CANNOT_ASSESS),
    ],
)
def test_the_serological_domain(rows: tuple[Serology, ...], verdict: Verdict) -> None:
    assert serological(*rows) is verdict


def test_what_is_missing_is_named() -> None:
    rows = tuple(row(test, "negative") for test in NEGATIVE if test not in {"EJ", "RF"})
    found = domains(*rows, row("RF"))["serological"]
    assert [str(need) for need in found.needs] == ["value and limit of RF, EJ"]


def test_the_other_domains_are_never_answered_not_met() -> None:
    found = domains()
    assert found["clinical"].verdict is Verdict.CANNOT_ASSESS
    assert found["morphological"].verdict is Verdict.CANNOT_ASSESS
    scan = Hrct(id="h", date=dt.date(2025, 5, 2), pattern="fNSIP")
    shown = domains(hrct=(scan,))["morphological"]
    assert shown.verdict is Verdict.MET
    assert [str(told) for told in shown.because] == ["Fibrotic NSIP on HRCT 2025-05-02"]
    uip = Hrct(id="h", date=dt.date(2025, 5, 2), pattern="UIP")
    assert domains(hrct=(uip,))["morphological"].verdict is Verdict.CANNOT_ASSESS


@pytest.mark.parametrize(("ctd", "named"), [("SSc", True), ("IPAF", False), ("UCTD", False)])
def test_a_defined_disease_is_named(ctd: str, named: bool) -> None:
    view = Diagnosis(id="d", date=PartialDate(2025), ctd=ctd)
    record = PatientRecord(patient=Patient(id="p", mrn="1"), diagnoses=(view,))
    assert bool(defined_disease(record, DAY)) == named
    assert defined_disease(record, dt.date(2024, 12, 31)) == ""
