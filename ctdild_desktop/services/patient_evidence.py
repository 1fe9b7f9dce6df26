"""What the evidence library says of people like a patient: disease, drugs, harms, and what is not known.

It tells what was found in others, where that stands and why it is told here; it never says what to do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ctdild_desktop.clinical import codes, evidence, evidence_gaps, evidence_search, evidence_words
from ctdild_desktop.clinical.evidence import Claim, Kind
from ctdild_desktop.clinical.evidence_search import GAP, Asked
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.figures.lanes import is_running
from ctdild_desktop.language import say
from ctdild_desktop.services.assessment import PatientView

_HARMS = frozenset({"adverse_events", "infection", "blood_counts", "lung_toxicity", "discontinuation"})
_WIDER = {"cNSIP": "NSIP", "fNSIP": "NSIP"}
"""A pattern and the one that holds it."""


class Topic(StrEnum):
    """What a claim is about for the patient, in the order in which a clinic asks."""

    DISEASE = "disease"
    THERAPY = "therapy"
    """Drugs that run now."""
    EARLIER = "earlier"
    """Drugs that were given and stopped."""
    NOT_GIVEN = "not_given"
    HARM = "harm"
    """Harm of drugs that were given, and harm as it is recorded here."""
    GAP = "gap"
    """What the review says is not known."""


_TOPICS = tuple(Topic)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedClaim:
    """A claim of the library with why it is told here; texts are final."""

    claim: Claim
    topic: Topic
    links: tuple[str, ...]
    """What of the patient it is linked to: ``Antisynthetase syndrome``, ``Rituximab``."""
    detail: str
    """Study, patients, population, outcome and effect, as far as stated."""
    place: str
    """Where it stands: lines of the source review, publication, and how far it was checked."""
    later: str
    """The statement of the later publication that changes it; empty when there is none."""


@dataclass(frozen=True, slots=True)
class MissingStudy:
    """A drug of the patient of which the review has no study in their disease."""

    words: str
    asked: Asked
    """What the library is asked to show what there is."""


@dataclass(frozen=True, slots=True)
class Way:
    """A question about the patient's situation that the library answers further."""

    topic: Topic
    words: str
    asked: Asked


@dataclass(frozen=True, slots=True)
class PatientEvidence:
    """Everything that the library says of one patient's situation."""

    claims: tuple[LinkedClaim, ...]
    missing: tuple[MissingStudy, ...]
    ways: tuple[Way, ...]

    def about(self, topic: Topic) -> tuple[LinkedClaim, ...]:
        """The claims of one topic, in their order."""
        return tuple(one for one in self.claims if one.topic is topic)

    def ways_of(self, topic: Topic) -> tuple[Way, ...]:
        """The questions of one topic."""
        return tuple(one for one in self.ways if one.topic is topic)


@dataclass(frozen=True, slots=True)
class _Situation:
    """What of the patient a claim can be linked to, each with the words that say so."""

    disease: str
    pattern: str
    running: Mapping[str, str]
    earlier: Mapping[str, str]
    planned: Mapping[str, str]
    harms: Mapping[str, str]
    met: Mapping[str, str]

    def drug(self, code: str) -> str:
        return self.running.get(code) or self.earlier.get(code) or self.planned.get(code) or ""


def evidence_for(view: PatientView) -> PatientEvidence:
    """What concerns a patient as seen in a view; pure.

    A claim is told when its disease and pattern, where it names them, are those of the patient, and when it
    is about the disease, a drug that is or was given, or a recorded harm. Claims about drugs that were not
    given are told when they are about the patient's disease. Of one topic, the claims with more links come
    first, then those about fewer diseases; drugs that were not given stand in the order of the library.
    """
    met = {answer.criterion: answer.title for answer in view.assessments if answer.verdict is Verdict.MET}
    return linked_evidence(view.record, view.today, met)


def linked_evidence(record: PatientRecord, today: dt.date, met: Mapping[str, str]) -> PatientEvidence:
    """As :func:`evidence_for`, from the record and the criteria that are met, by id with their titles."""
    seen = _situation(record, today, met)
    found = [one for claim in evidence.claims() if (one := _linked(claim, seen)) is not None]
    found.sort(key=_order)
    return PatientEvidence(tuple(found), tuple(_missing(seen)), tuple(_ways(found, seen)))


def _situation(record: PatientRecord, today: dt.date, met: Mapping[str, str]) -> _Situation:
    diagnosis = record.diagnosis_on(today)
    label = codes.drugs().label
    running = {line.drug: label(line.drug) for line in record.therapy if is_running(line, today)}
    planned = {
        line.drug: say("{drug}, planned", drug=label(line.drug))
        for line in record.therapy
        if line.start.earliest > today
    }
    earlier = {
        line.drug: say("{drug}, given before", drug=label(line.drug))
        for line in record.therapy
        if line.drug not in running and line.start.earliest <= today
    }
    harms = {
        event.term: say("{event}, recorded", event=codes.ae_terms().label(event.term))
        for event in record.adverse_events
        if event.onset.earliest <= today
    }
    disease = (diagnosis.ctd or "") if diagnosis is not None else ""
    pattern = (diagnosis.pattern or "") if diagnosis is not None else ""
    return _Situation(disease, pattern, running, earlier, planned, harms, met)


def _fits(claim: Claim, seen: _Situation) -> bool:
    if claim.diseases and seen.disease not in claim.diseases:
        return False
    return not claim.patterns or bool({seen.pattern, _WIDER.get(seen.pattern, "")} & set(claim.patterns))


def _topic(claim: Claim, seen: _Situation) -> Topic | None:
    """None when the claim is not told of this patient."""
    given = any(code in seen.running or code in seen.earlier for code in claim.drugs)
    harmed = any(code in seen.harms for code in claim.events)
    if not (claim.diseases or claim.patterns or given or harmed):
        return None
    if claim.gap and (given or not claim.drugs or claim.kind is not Kind.ROLE):
        return Topic.GAP
    if harmed and claim.kind is Kind.SAFETY:
        return Topic.HARM
    if claim.drugs and not given:
        return Topic.NOT_GIVEN if claim.diseases else None
    if claim.kind is Kind.SAFETY or (
        _HARMS & set(claim.outcomes) and set(claim.outcomes) <= _HARMS | {"death"}
    ):
        return Topic.HARM
    if any(code in seen.running for code in claim.drugs):
        return Topic.THERAPY
    return Topic.EARLIER if claim.drugs else Topic.DISEASE


def _linked(claim: Claim, seen: _Situation) -> LinkedClaim | None:
    topic = _topic(claim, seen) if _fits(claim, seen) else None
    if topic is None:
        return None
    links = [codes.diagnoses().label(seen.disease)] if claim.diseases else []
    links += [codes.patterns().label(seen.pattern)] if claim.patterns else []
    links += [words for code in claim.drugs if (words := seen.drug(code))]
    links += [seen.harms[code] for code in claim.events if code in seen.harms]
    links += [seen.met[code] for code in claim.criteria if code in seen.met]
    later = evidence.claim(claim.superseded_by) if claim.superseded_by else None
    return LinkedClaim(
        claim=claim,
        topic=topic,
        links=tuple(links),
        detail=evidence_words.detail(claim),
        place=evidence_words.place(claim),
        later=later.statement if later is not None else "",
    )


def _order(one: LinkedClaim) -> tuple[int, int, int, int]:
    at = 0
    if one.topic is Topic.NOT_GIVEN:
        at = min(codes.drugs().codes.index(code) for code in one.claim.drugs)
    return _TOPICS.index(one.topic), at, -len(one.links), len(one.claim.diseases) or len(codes.diagnoses())


def _choices(drugs: Iterable[str]) -> tuple[str, ...]:
    """The drugs as the library is asked for them, each group once."""
    return tuple(dict.fromkeys(evidence_search.choice_of_drug(code) or code for code in drugs))


def _ways(found: Sequence[LinkedClaim], seen: _Situation) -> Iterator[Way]:
    told = {one.topic for one in found}
    others = [
        code
        for one in found
        if one.topic is Topic.NOT_GIVEN
        for code in one.claim.drugs
        if code not in seen.running and code not in seen.earlier
    ]
    if seen.disease:
        yield Way(Topic.DISEASE, codes.diagnoses().label(seen.disease), Asked(disease=seen.disease))
    for topic, drugs in (
        (Topic.THERAPY, seen.running),
        (Topic.EARLIER, seen.earlier),
        (Topic.NOT_GIVEN, others),
    ):
        for drug in _choices(drugs) if topic in told else ():
            if evidence_search.choice_of_drug(drug) or drug.startswith("@"):
                yield Way(topic, evidence_search.drug_words(drug), Asked(disease=seen.disease, drug=drug))
    for code, words in evidence_search.harm_choices():
        if code in seen.harms:
            yield Way(Topic.HARM, words, Asked(harm=code))
    if Topic.GAP in told:
        yield Way(Topic.GAP, say("what is not known"), Asked(disease=seen.disease, kind=GAP))


def _missing(seen: _Situation) -> Iterator[MissingStudy]:
    """One for each drug, or group of drugs, that runs or is planned."""
    if not seen.disease:
        return
    for drug in _choices((*seen.running, *seen.planned)):
        words = evidence_gaps.gap_words(seen.disease, drug)
        if words:
            yield MissingStudy(words, Asked(disease=seen.disease, drug=drug))
