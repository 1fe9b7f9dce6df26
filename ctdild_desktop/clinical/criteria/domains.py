"""Symptoms and radiology as parts of a composite criterion, and whether fibrosis makes it applicable.

Operational rules of the registry on the items of the ATS/ERS/JRS/ALAT guideline (Raghu 2022, table 4).
"""

from __future__ import annotations

from dataclasses import dataclass

from ctdild_desktop.clinical.codes import label
from ctdild_desktop.clinical.criteria.criterion import CriteriaSettings, Window
from ctdild_desktop.clinical.criteria.facts import Facts
from ctdild_desktop.clinical.records import Hrct, HrctResult, SymptomChange, Visit
from ctdild_desktop.clinical.verdict import (
    Caution,
    Domain,
    Sentence,
    Verdict,
    all_of,
    sentence,
)
from ctdild_desktop.language import marked

FIBROSIS_SIGNS = (
    "traction_bronchiectasis_increased",
    "new_ggo_with_traction_bronchiectasis",
    "new_fine_reticulation",
    "reticulation_increased_or_coarser",
    "honeycombing_new_or_increased",
    "lobar_volume_loss_increased",
)
_HEADS = {
    ("symptoms", Verdict.MET): marked("Symptoms met: {parts}."),
    ("symptoms", Verdict.NOT_MET): marked("Symptoms not met: {parts}."),
    ("symptoms", Verdict.CANNOT_ASSESS): marked("Symptoms cannot tell: {parts}."),
    ("physiology", Verdict.MET): marked("Physiology met: {parts}."),
    ("physiology", Verdict.NOT_MET): marked("Physiology not met: {parts}."),
    ("physiology", Verdict.CANNOT_ASSESS): marked("Physiology cannot tell: {parts}."),
    ("radiology", Verdict.MET): marked("Radiology met: {parts}."),
    ("radiology", Verdict.NOT_MET): marked("Radiology not met: {parts}."),
    ("radiology", Verdict.CANNOT_ASSESS): marked("Radiology cannot tell: {parts}."),
}
_STATED = (SymptomChange.WORSE, SymptomChange.STABLE, SymptomChange.BETTER)
_COMPARED = (HrctResult.PROGRESSION, HrctResult.STABLE, HrctResult.IMPROVED)


@dataclass(frozen=True, slots=True)
class DomainAnswer:
    """A domain with what it still needs and the warnings that go with it."""

    domain: Domain
    needs: tuple[Sentence, ...] = ()
    cautions: tuple[Caution, ...] = ()


def symptoms(facts: Facts, span: Window, settings: CriteriaSettings) -> DomainAnswer:
    """Respiratory symptoms in the window.

    MET when some "worse" without another explanation has no later "better"; "stable" does not cancel it.
    Without such statements, MET when the latest mMRC is at least 1 above the lowest earlier one. Nothing
    recorded is unknown.
    """
    visits = [visit for visit in facts.visits if span.start <= visit.date <= span.end]
    stated = sorted(
        (visit for visit in visits if visit.symptom_change in _STATED), key=lambda visit: visit.date
    )
    if stated:
        return _stated_symptoms(stated, settings)
    return _dyspnoea(visits, span, settings)


def _stated_symptoms(stated: list[Visit], settings: CriteriaSettings) -> DomainAnswer:
    better = [visit.date for visit in stated if visit.symptom_change is SymptomChange.BETTER]
    worse = [
        visit
        for visit in stated
        if visit.symptom_change is SymptomChange.WORSE
        and visit.alternative_explanation is not True
        and not any(day > visit.date for day in better)
    ]
    if worse:
        # The latest statement that was asked about settles it; else the latest one, with the warning.
        asked = [visit for visit in worse if visit.alternative_explanation is False]
        chosen = (asked or worse)[-1]
        return _worse(chosen, sentence("worse on {date}", date=chosen.date), settings)
    latest = stated[-1]
    explained = latest.symptom_change is SymptomChange.WORSE and latest.alternative_explanation is True
    text = "worse on {date}, with another explanation" if explained else "{change} on {date}"
    because = sentence(text, date=latest.date, change=label("symptom_change", str(latest.symptom_change)))
    return DomainAnswer(Domain(name="symptoms", verdict=Verdict.NOT_MET, because=(because,)))


def _dyspnoea(visits: list[Visit], span: Window, settings: CriteriaSettings) -> DomainAnswer:
    days = sorted({visit.date for visit in visits if visit.mmrc is not None})
    graded = [
        max(
            (visit for visit in visits if visit.date == day and visit.mmrc is not None),
            key=lambda visit: (visit.mmrc or 0, visit.alternative_explanation is True),
        )
        for day in days
    ]
    if len(graded) < 2:
        because = sentence("no statement on symptoms since {start}", start=span.start)
        need = sentence("symptoms (worse, same or better) recorded since {start}", start=span.start)
        return DomainAnswer(
            Domain(name="symptoms", verdict=Verdict.CANNOT_ASSESS, because=(because,)), needs=(need,)
        )
    latest = graded[-1]
    lowest = min(graded[:-1], key=lambda visit: visit.mmrc or 0)
    because = sentence(
        "mMRC {first} on {from_date}, {last} on {to_date}",
        first=lowest.mmrc or 0,
        from_date=lowest.date,
        last=latest.mmrc or 0,
        to_date=latest.date,
    )
    if (latest.mmrc or 0) - (lowest.mmrc or 0) < 1 or latest.alternative_explanation is True:
        return DomainAnswer(Domain(name="symptoms", verdict=Verdict.NOT_MET, because=(because,)))
    return _worse(latest, because, settings)


def _worse(visit: Visit, because: Sentence, settings: CriteriaSettings) -> DomainAnswer:
    if visit.alternative_explanation is not None:
        return DomainAnswer(Domain(name="symptoms", verdict=Verdict.MET, because=(because,)))
    text = sentence(
        "Whether the worse symptoms of {date} have another explanation is not recorded.", date=visit.date
    )
    cautions = (Caution("ALT_EXPLANATION_NOT_CONFIRMED", text),)
    if not settings.require_alternative_explanation:
        return DomainAnswer(
            Domain(name="symptoms", verdict=Verdict.MET, because=(because,)), cautions=cautions
        )
    need = sentence("whether the worse symptoms of {date} have another explanation", date=visit.date)
    domain = Domain(name="symptoms", verdict=Verdict.CANNOT_ASSESS, because=(because,))
    return DomainAnswer(domain, needs=(need,), cautions=cautions)


def radiology(facts: Facts, span: Window) -> DomainAnswer:
    """Progression of fibrosis on HRCT in the window.

    MET when a scan read as progression with at least one of the six signs and no other explanation has no
    later improved scan; unknown when no sign was named or nothing was compared.
    """
    scans = sorted(
        (scan for scan in facts.hrct if span.start <= scan.date <= span.end and scan.result in _COMPARED),
        key=lambda scan: scan.date,
    )
    if not scans:
        because = sentence("no HRCT compared with an earlier one since {start}", start=span.start)
        need = sentence("an HRCT read since {start}", start=span.start)
        return DomainAnswer(
            Domain(name="radiology", verdict=Verdict.CANNOT_ASSESS, because=(because,)), needs=(need,)
        )
    improved = [scan.date for scan in scans if scan.result is HrctResult.IMPROVED]
    progressed = [
        scan
        for scan in scans
        if scan.result is HrctResult.PROGRESSION
        and scan.alternative_explanation is not True
        and not any(day > scan.date for day in improved)
    ]
    if not progressed:
        latest = scans[-1]
        explained = latest.result is HrctResult.PROGRESSION and latest.alternative_explanation is True
        text = "progression on {date}, with another explanation" if explained else "{result} on {date}"
        because = sentence(text, date=latest.date, result=label("hrct_result", str(latest.result)))
        return DomainAnswer(Domain(name="radiology", verdict=Verdict.NOT_MET, because=(because,)))
    named = [scan for scan in progressed if any(sign in FIBROSIS_SIGNS for sign in scan.signs)]
    if not named:
        return _sign_missing(progressed[-1])
    return _progression(named[-1], span)


def _sign_missing(scan: Hrct) -> DomainAnswer:
    because = sentence("progression on {date}, no sign named", date=scan.date)
    text = sentence("The HRCT of {date} is read as progression without naming a sign.", date=scan.date)
    return DomainAnswer(
        Domain(name="radiology", verdict=Verdict.CANNOT_ASSESS, because=(because,)),
        needs=(sentence("the sign of progression on the HRCT of {date}", date=scan.date),),
        cautions=(Caution("HRCT_SIGN_MISSING", text, stated=True),),
    )


def _progression(scan: Hrct, span: Window) -> DomainAnswer:
    signs = ", ".join(label("hrct_sign", sign) for sign in scan.signs if sign in FIBROSIS_SIGNS)
    because = sentence("progression on {date}: {signs}", date=scan.date, signs=signs)
    cautions = []
    if scan.compared_with is not None and scan.compared_with < span.start:
        text = sentence(
            "The HRCT of {date} is compared with one of {earlier}, before the window.",
            date=scan.date,
            earlier=scan.compared_with,
        )
        cautions.append(Caution("COMPARATOR_OUTSIDE_WINDOW", text))
    if scan.alternative_explanation is None:
        text = sentence(
            "Whether the progression on the HRCT of {date} has another explanation is not recorded.",
            date=scan.date,
        )
        cautions.append(Caution("ALT_EXPLANATION_NOT_CONFIRMED", text))
    return DomainAnswer(
        Domain(name="radiology", verdict=Verdict.MET, because=(because,)), cautions=tuple(cautions)
    )


def domain_sentence(domain: Domain) -> Sentence:
    """``Physiology met: FVC −6.7 points from ...``: a domain as one sentence."""
    return sentence(_HEADS[domain.name, domain.verdict], parts=domain.because)


@dataclass(frozen=True, slots=True)
class Applicability:
    """The verdict after the fibrosis prerequisite, with what that adds."""

    verdict: Verdict
    because: tuple[Sentence, ...] = ()
    needs: tuple[Sentence, ...] = ()


def with_fibrosis(verdict: Verdict, facts: Facts) -> Applicability:
    """Fibrosis on HRCT is a prerequisite: absent (or IPF) not applicable, unknown verdict AND unknown."""
    if facts.diagnosis == "IPF":
        return Applicability(
            Verdict.NOT_APPLICABLE, (sentence("Defined for ILD other than IPF; this patient has IPF."),)
        )
    if facts.fibrosis is False:
        return Applicability(
            Verdict.NOT_APPLICABLE, (sentence("Defined for fibrosis on HRCT; the HRCT shows none."),)
        )
    if facts.fibrosis is True:
        return Applicability(verdict)
    made = all_of(verdict, Verdict.CANNOT_ASSESS)
    if made is Verdict.NOT_MET:
        return Applicability(made)
    return Applicability(
        made,
        (sentence("Whether HRCT shows fibrosis is not recorded."),),
        (sentence("an HRCT reading that says whether there is fibrosis"),),
    )
