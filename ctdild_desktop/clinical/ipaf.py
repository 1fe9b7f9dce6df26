"""The domains of interstitial pneumonia with autoimmune features that follow from what is recorded.

Fischer et al., An official ERS/ATS research statement: interstitial pneumonia with autoimmune features,
Eur Respir J 2015;46:976-987. Derived for reading only and never written to a diagnosis; the statement speaks
of patients in whom no connective-tissue disease is defined. The clinical domain rests on signs that the
registry does not hold, and the morphological one also on histology and on other compartments, so that these
two are never answered "not met". Of each antibody the latest result counts, and anti-Ro52 counts as anti-Ro;
both are decisions of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.records import PatientRecord, Serology
from ctdild_desktop.clinical.verdict import Sentence, Verdict, sentence

SOURCE = "Fischer et al., Eur Respir J 2015;46:976-987"
ANA_TITRE = 320
"""Reciprocal of the titre from which an antinuclear antibody of a diffuse pattern counts."""
RF_TIMES = 2
"""Multiple of the upper limit of normal from which a rheumatoid factor counts."""
_POSITIVE = (
    *("ACPA", "DSDNA", "RO52", "SSA60", "SSB", "U1RNP", "SM", "SCL70"),
    *("JO1", "PL7", "PL12", "EJ", "OJ", "KS", "ZO", "HA", "PMSCL", "MDA5"),
)
"""Antibodies of the serological domain that count when they are positive."""
_ANY_TITRE = frozenset({"nucleolar", "centromere"})
_DIFFUSE = frozenset({"homogeneous", "speckled"})
_PATTERNS = frozenset({"NSIP", "cNSIP", "fNSIP", "OP", "NSIP_OP", "LIP"})
_UNDEFINED = frozenset({"", "IPAF", "UCTD", "IPF"})
_ANSWERED = frozenset({"negative", "borderline", "positive"})


@dataclass(frozen=True, slots=True, kw_only=True)
class IpafDomain:
    """One domain with what it rests on."""

    name: str
    """``clinical``, ``serological`` or ``morphological``."""
    verdict: Verdict
    because: tuple[Sentence, ...] = ()
    needs: tuple[Sentence, ...] = ()


def ipaf_domains(record: PatientRecord, as_of: dt.date) -> tuple[IpafDomain, ...]:
    """The three domains as far as the record says, in the order of the statement."""
    signs = sentence("signs such as mechanic's hands, Raynaud's phenomenon or arthritis")
    return (
        IpafDomain(name="clinical", verdict=Verdict.CANNOT_ASSESS, needs=(signs,)),
        _serological([row for row in record.serology if row.date.earliest <= as_of]),
        _morphological(record, as_of),
    )


def defined_disease(record: PatientRecord, as_of: dt.date) -> str:
    """The defined connective-tissue disease in force, in words; with one the statement does not apply.

    Undifferentiated disease and IPAF itself are no defined disease. Empty without one.
    """
    view = record.diagnosis_on(as_of)
    if view is None or view.ctd in _UNDEFINED:
        return ""
    return codes.diagnoses().label(view.ctd)


def _serological(rows: Iterable[Serology]) -> IpafDomain:
    latest: dict[str, Serology] = {}
    for row in sorted(rows, key=lambda row: (row.date.earliest, row.date.latest, row.id)):
        if row.result in _ANSWERED:
            latest[row.test] = row
    counted: list[Sentence] = []
    missing: list[str] = []
    for test, answer in (("ANA", _ana), ("RF", _rheumatoid_factor)):
        known = latest.get(test)
        met = answer(known) if known is not None else None
        if met is None:
            more = {"ANA": "titre and pattern of ANA", "RF": "value and limit of RF"}
            missing.append(_short(test) if known is None else more[test])
        elif met and known is not None:
            counted.append(_told(known))
    for test in _POSITIVE:
        known = latest.get(test)
        if known is None:
            missing.append(_short(test))
        elif known.result == "positive":
            counted.append(_told(known))
    needs = (sentence("{tests}", tests=", ".join(missing)),) if missing else ()
    if counted:
        return IpafDomain(name="serological", verdict=Verdict.MET, because=tuple(counted))
    verdict = Verdict.CANNOT_ASSESS if missing else Verdict.NOT_MET
    return IpafDomain(name="serological", verdict=verdict, needs=needs)


def _ana(row: Serology) -> bool | None:
    """A titre from 1:320 of a diffuse pattern, or nucleolar or centromere at any titre."""
    if row.result == "negative":
        return False
    if row.pattern in _ANY_TITRE:
        return True if row.result == "positive" else None
    if row.titre is None or row.pattern is None:
        return None
    return row.titre >= ANA_TITRE if row.pattern in _DIFFUSE else False


def _rheumatoid_factor(row: Serology) -> bool | None:
    if row.result == "negative":
        return False
    if row.value is None or not row.uln:
        return None
    if row.detection == "below":
        return None if row.value > RF_TIMES * row.uln else False
    return row.value >= RF_TIMES * row.uln or (None if row.detection == "above" else False)


def _morphological(record: PatientRecord, as_of: dt.date) -> IpafDomain:
    found = [scan for scan in record.hrct if scan.date <= as_of and scan.pattern in _PATTERNS]
    if found:
        latest = max(found, key=lambda scan: scan.date)
        told = sentence(
            "{pattern} on HRCT {date}", pattern=codes.patterns().label(latest.pattern), date=latest.date
        )
        return IpafDomain(name="morphological", verdict=Verdict.MET, because=(told,))
    needs = sentence("NSIP, OP or LIP on HRCT, histology, or disease of another compartment")
    return IpafDomain(name="morphological", verdict=Verdict.CANNOT_ASSESS, needs=(needs,))


def _told(row: Serology) -> Sentence:
    if row.test == "ANA" and row.titre is not None:
        return sentence("ANA 1:{titre}", titre=row.titre)
    return sentence("{test}", test=_short(row.test))


def _short(test: str) -> str:
    entry = codes.antibodies().get(test)
    return entry.short if entry is not None else test
