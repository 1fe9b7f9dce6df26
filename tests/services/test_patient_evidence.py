"""Which statements of the evidence library are told of a patient, where, and why."""

from __future__ import annotations

from dataclasses import replace

from ctdild_desktop.clinical import evidence
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.evidence_search import GAP, Asked
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.services.assessment import patient_view
from ctdild_desktop.services.patient_evidence import (
    LinkedClaim,
    PatientEvidence,
    Topic,
    evidence_for,
    linked_evidence,
)
from tests.support import holloway

HOLLOWAY = holloway.record()
MYOSITIS = "Antisynthetase syndrome"


def all_of(record: PatientRecord = HOLLOWAY) -> PatientEvidence:
    return evidence_for(patient_view(record, holloway.TODAY))


def told(record: PatientRecord = HOLLOWAY) -> dict[str, LinkedClaim]:
    return {one.claim.id: one for one in all_of(record).claims}


def of_disease(code: str, pattern: str | None = None) -> PatientRecord:
    changed = (replace(one, ctd=code, pattern=pattern or one.pattern) for one in HOLLOWAY.diagnoses)
    return replace(HOLLOWAY, diagnoses=tuple(changed))


def without(drug: str) -> PatientRecord:
    return replace(HOLLOWAY, therapy=tuple(one for one in HOLLOWAY.therapy if one.drug != drug))


def test_the_disease_and_the_drugs_decide_and_say_why() -> None:
    found = told()
    assert found["R15"].topic is Topic.THERAPY
    assert found["R15"].links == (MYOSITIS, "Rituximab", "Lung infection, recorded")
    assert found["BG08"].topic is Topic.DISEASE
    assert found["BG08"].links == (MYOSITIS, "Fibrotic NSIP")
    assert "R02" not in found  # oral cyclophosphamide in systemic sclerosis
    assert "R20" not in found  # rheumatoid arthritis
    scleroderma = told(of_disease("dcSSc"))
    assert {"R05", "MG02"} <= set(scleroderma)
    assert "R15" not in scleroderma


def test_topics_follow_one_another_as_a_clinic_asks() -> None:
    claims = all_of().claims
    topics = [list(Topic).index(one.topic) for one in claims]
    assert topics == sorted(topics)
    for topic in (Topic.DISEASE, Topic.THERAPY, Topic.HARM):
        counts = [len(one.links) for one in claims if one.topic is topic]
        assert counts == sorted(counts, reverse=True), topic


def test_a_drug_is_told_of_as_running_as_given_before_or_as_not_given() -> None:
    assert told()["R09"].links == (MYOSITIS, "Rituximab")
    (line,) = (one for one in HOLLOWAY.therapy if one.drug == "rituximab")
    stopped = replace(without("rituximab"), therapy=(replace(line, stop=PartialDate(2025, 1, 10)),))
    assert told(stopped)["R09"].topic is Topic.EARLIER
    assert told(stopped)["R09"].links == (MYOSITIS, "Rituximab, given before")
    never = told(without("rituximab"))
    assert never["R09"].topic is Topic.NOT_GIVEN
    assert never["R09"].links == (MYOSITIS,)
    planned = replace(without("rituximab"), therapy=(replace(line, start=PartialDate(2026, 9)),))
    assert told(planned)["R09"].topic is Topic.NOT_GIVEN
    assert told(planned)["R09"].links == (MYOSITIS, "Rituximab, planned")


def test_harms_are_told_of_drugs_that_were_given_and_name_what_is_recorded() -> None:
    found = told()
    assert found["AE03"].topic is Topic.HARM
    assert found["AE02"].links == ("Rituximab", "Lung infection, recorded", "Shingles, recorded")
    assert found["R19"].topic is Topic.HARM  # deaths, most of them of infection
    assert "AE03" not in told(without("rituximab"))
    tocilizumab = told(of_disease("RA"))["AE05"]
    assert tocilizumab.topic is Topic.NOT_GIVEN


def test_what_the_review_does_not_know_stands_last_with_its_lines() -> None:
    found = told()
    assert found["RO03"].topic is Topic.GAP
    assert found["RO03"].place.startswith("source review, lines 8–10, 134–137")
    assert found["RO20"].topic is Topic.NOT_GIVEN  # nintedanib
    assert [one.words for one in all_of().missing] == [
        "The review has no study of glucocorticoids in antisynthetase syndrome.",
        "The review has no study of mycophenolate mofetil in antisynthetase syndrome.",
    ]
    assert all_of().missing[1].asked == Asked(disease="ASyS", drug="mycophenolate")
    assert all_of(of_disease("SSc")).missing[0].words.endswith("Published after the review: P05.")


def test_a_study_of_nsip_is_told_of_its_fibrotic_form() -> None:
    assert "R20" in told(of_disease("RA", "fNSIP"))
    assert "R20" in told(of_disease("RA", "UIP"))
    assert "R20" not in told(of_disease("RA", "OP"))


def test_criteria_that_are_met_are_named_among_the_links() -> None:
    assert told()["MG07"].links == (MYOSITIS, "FVC fall > 10 %")
    plain = linked_evidence(HOLLOWAY, holloway.TODAY, {}).claims
    assert [one.links for one in plain if one.claim.id == "MG07"] == [(MYOSITIS,)]


def test_each_has_its_place_and_what_changed_it_later() -> None:
    found = told()
    assert found["R15"].place.startswith("source review, lines 307–316 · Rheumatology 2009;48:968 · doi 10.")
    assert found["P01"].place.startswith("published after the source review")
    assert found["R32"].later == evidence.claim("P01").statement
    assert all(one.place for one in found.values())


def test_the_library_is_asked_further_for_each_topic() -> None:
    seen = all_of()
    assert [way.asked for way in seen.ways_of(Topic.DISEASE)] == [Asked(disease="ASyS")]
    asked = [way.asked.drug for way in seen.ways_of(Topic.THERAPY)]
    assert set(asked) == {"@glucocorticoid", "mycophenolate", "rituximab"}
    assert Asked(harm="shingles") in [way.asked for way in seen.ways_of(Topic.HARM)]
    assert [way.asked for way in seen.ways_of(Topic.GAP)] == [Asked(disease="ASyS", kind=GAP)]


def test_without_diagnosis_therapy_and_harm_nothing_is_told() -> None:
    nothing = all_of(replace(HOLLOWAY, diagnoses=(), therapy=(), adverse_events=()))
    assert nothing == PatientEvidence((), (), ())


def test_without_a_diagnosis_only_what_is_about_no_disease_is_told() -> None:
    found = told(replace(HOLLOWAY, diagnoses=()))
    assert found
    assert all(not one.claim.diseases and not one.claim.patterns for one in found.values())
