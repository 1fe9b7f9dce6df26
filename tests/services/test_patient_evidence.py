"""Which statements of the evidence library are told of a patient, and what is told of each."""

from __future__ import annotations

from dataclasses import replace

from ctdild_desktop.clinical import evidence
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.services.assessment import patient_view
from ctdild_desktop.services.patient_evidence import LinkedClaim, Topic, evidence_for, linked_claims
from tests.support import holloway

HOLLOWAY = holloway.record()


def told(record: PatientRecord = HOLLOWAY) -> dict[str, LinkedClaim]:
    return {one.claim.id: one for one in evidence_for(patient_view(record, holloway.TODAY))}


def of_disease(code: str) -> PatientRecord:
    return replace(HOLLOWAY, diagnoses=tuple(replace(one, ctd=code) for one in HOLLOWAY.diagnoses))


def test_the_disease_and_the_running_drugs_decide() -> None:
    found = told()
    assert {"R15", "R17", "AE03"} <= set(found)  # rituximab in antisynthetase syndrome; PML
    assert found["R15"].links == ("Rituximab", "Antisynthetase syndrome")
    assert found["R15"].topic is Topic.THERAPY
    assert "R02" not in found  # oral cyclophosphamide in systemic sclerosis
    assert {"R05", "MG02"} & set(told(of_disease("dcSSc"))) == {"R05", "MG02"}
    assert "R15" not in told(of_disease("dcSSc"))


def test_a_drug_that_was_stopped_is_not_told_of() -> None:
    stopped = replace(HOLLOWAY, therapy=tuple(one for one in HOLLOWAY.therapy if one.drug != "rituximab"))
    assert not any("rituximab" in one.claim.drugs and not one.links for one in told(stopped).values())
    assert "AE03" not in told(stopped)


def test_criteria_that_are_met_are_named_among_the_links() -> None:
    assert told()["MG07"].links == ("Antisynthetase syndrome", "FVC fall > 10 %")
    (plain,) = [one for one in linked_claims(HOLLOWAY, holloway.TODAY, {}) if one.claim.id == "MG07"]
    assert plain.links == ("Antisynthetase syndrome",)


def test_each_has_its_place_and_what_changed_it_later() -> None:
    found = told()
    assert found["R15"].place.startswith("source review, lines 307–316 · Rheumatology 2009;48:968 · doi 10.")
    assert found["P01"].place.startswith("published after the source review")
    assert found["R32"].later == evidence.claim("P01").statement
    assert all(one.place for one in found.values())


def test_drugs_come_first_then_what_is_closest() -> None:
    claims = evidence_for(patient_view(HOLLOWAY, holloway.TODAY))
    topics = [one.topic for one in claims]
    assert topics == sorted(topics, key=lambda topic: topic is Topic.DISEASE)
    counts = [len(one.links) for one in claims if one.topic is Topic.THERAPY]
    assert counts == sorted(counts, reverse=True)


def test_without_diagnosis_and_therapy_nothing_is_told() -> None:
    assert told(replace(HOLLOWAY, diagnoses=(), therapy=())) == {}


def test_without_a_diagnosis_only_what_is_about_no_disease_is_told() -> None:
    found = told(replace(HOLLOWAY, diagnoses=()))
    assert found
    assert all(not one.claim.diseases and not one.claim.patterns for one in found.values())
