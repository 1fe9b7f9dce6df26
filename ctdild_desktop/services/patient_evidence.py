"""What the evidence library says of a patient's situation: disease, pattern, drugs that run, criteria met.

It tells what was found in others and where that stands; it never says what to do.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from ctdild_desktop.clinical import codes, evidence
from ctdild_desktop.clinical.evidence import CHECK_WORDS, Claim
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.figures.lanes import is_running
from ctdild_desktop.language import say
from ctdild_desktop.services.assessment import PatientView


class Topic(StrEnum):
    """What links a claim to the patient first of all."""

    THERAPY = "therapy"
    DISEASE = "disease"


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


def evidence_for(view: PatientView) -> tuple[LinkedClaim, ...]:
    """The claims that concern a patient as seen in a view; pure. Those of running drugs come first.

    A claim is told when nothing that it is about differs from the patient, and when it names the disease, the
    pattern or a running drug. Of one topic, the claims with more links come first, then those about fewer
    diseases.
    """
    met = {answer.criterion: answer.title for answer in view.assessments if answer.verdict is Verdict.MET}
    return linked_claims(view.record, view.today, met)


def linked_claims(record: PatientRecord, today: dt.date, met: dict[str, str]) -> tuple[LinkedClaim, ...]:
    """As :func:`evidence_for`, from the record and the criteria that are met, by id with their titles."""
    seen = record.diagnosis_on(today)
    disease = seen.ctd if seen is not None else None
    pattern = seen.pattern if seen is not None else None
    drugs = {line.drug for line in record.therapy if is_running(line, today)}
    found = []
    for claim in evidence.claims():
        if claim.diseases and disease not in claim.diseases:
            continue
        if claim.patterns and pattern not in claim.patterns:
            continue
        running = tuple(code for code in claim.drugs if code in drugs)
        if claim.drugs and not running:
            continue
        if running or claim.diseases or claim.patterns:
            found.append(_linked(claim, disease, pattern, running, met))
    found.sort(key=lambda one: (one.topic is Topic.DISEASE, -len(one.links), len(one.claim.diseases) or 99))
    return tuple(found)


def _linked(
    claim: Claim, disease: str | None, pattern: str | None, running: tuple[str, ...], met: dict[str, str]
) -> LinkedClaim:
    links = [codes.drugs().label(code) for code in running]
    if claim.diseases and disease is not None:
        links.append(codes.diagnoses().label(disease))
    if claim.patterns and pattern is not None:
        links.append(codes.patterns().label(pattern))
    links += [met[name] for name in claim.criteria if name in met]
    people = f"n {claim.n}" if claim.n else ""
    effect = ": ".join(part for part in (claim.outcome, claim.effect) if part)
    detail = (claim.study, people, claim.population, claim.dose, effect, f"p {claim.p}" if claim.p else "")
    review = say("published after the source review")
    if claim.place:
        review = say("source review, {lines}", lines=claim.place)
    place = (review, claim.source, f"doi {claim.doi}" if claim.doi else "", say(CHECK_WORDS[claim.check]))
    later = evidence.claim(claim.superseded_by) if claim.superseded_by else None
    return LinkedClaim(
        claim=claim,
        topic=Topic.THERAPY if running else Topic.DISEASE,
        links=tuple(links),
        detail=" · ".join(part for part in detail if part),
        place=" · ".join(part for part in (*place, claim.note) if part),
        later=later.statement if later is not None else "",
    )
