"""The published numbers are those of the evidence, stand where it says they stand, and lack nothing."""

from __future__ import annotations

import re

from ctdild_desktop.clinical import evidence
from ctdild_desktop.clinical.evidence import Claim, Kind
from ctdild_desktop.cohort.published import Form, Published, Says, designs, published, published_of
from ctdild_desktop.cohort.study_words import MEASURES, NOT_RUN, NOT_SAME

TNF = {"infliximab", "adalimumab", "etanercept"}
IN_THE_REVIEW_ALONE = {
    "decline in all": "Before RTX infusion, all patients had decline in FVC and DLCO (lines 251-252)",
    "early after treatment": "in the early post-treatment period (line 375)",
    "none reported": "has not reported non-infective pulmonary toxicity (lines 472-473)",
}
"""Words that the row of the evidence leaves out."""


def numbers(text: str) -> set[str]:
    """The figures of a text; what fell by so much is negative."""
    return set(re.findall(r"-?\d+(?:\.\d+)?", text.replace("−", "-").replace("HRCT fell by ", "-")))


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{4,}", text.casefold()))


def told(claim: Claim, says: Says) -> str:
    """What the row of the evidence has of the review, or of the publication."""
    if says is Says.REVIEW or not claim.lines:
        fields = (claim.n, claim.population, claim.comparator, claim.outcome, claim.effect, claim.p)
        return " ".join((*fields, claim.statement))
    return claim.note


def figures(given: Published) -> set[str]:
    """Every number of a published row."""
    held = (given.value, given.spread, given.percent, given.window, str(given.n or ""), str(given.of or ""))
    return {number for text in held for number in numbers(text)}


def test_every_number_is_in_the_row_of_the_evidence() -> None:
    for given in published():
        claim = evidence.claim(given.claim)
        known = numbers(told(claim, given.says)) | ({"1"} if given.words.startswith("one ") else set())
        assert figures(given) <= known, given
        if given.value and not numbers(given.value):
            assert given.value == claim.p, "a p value in words"


def test_every_word_is_in_the_row_of_the_evidence() -> None:
    for given in published():
        claim = evidence.claim(given.claim)
        known = words(" ".join((told(claim, Says.REVIEW), told(claim, Says.PUBLICATION)))) | {"about"}
        for text in (given.words, given.window):
            assert text in IN_THE_REVIEW_ALONE or words(text) <= known, given


def test_every_place_lies_in_the_lines_of_its_row() -> None:
    for given in published():
        spans = evidence.claim(given.claim).lines
        assert bool(given.lines) is (given.says is Says.REVIEW), given
        for first, last in given.lines:
            assert any(a <= first <= last <= b for a, b in spans), (given.claim, first, last)


def test_every_study_has_a_design_and_what_it_published() -> None:
    studies = [one.id for one in evidence.claims() if one.kind is Kind.STUDY]
    assert [one for one in designs() if not one.startswith(("RO", "BG"))] == studies
    assert {one.claim for one in published()} == set(designs())
    for claim_id, design in designs().items():
        assert bool(design.not_run) is (design.analysis == "none"), claim_id
        assert bool(design.drugs) is (design.analysis not in {"none", "describe"}), claim_id
        assert design.not_same or design.not_run, claim_id
    used = {code for design in designs().values() for code in design.not_same}
    used |= {code for given in published() for code in given.not_same}
    assert used == set(NOT_SAME)
    assert {design.not_run for design in designs().values()} - {""} == set(NOT_RUN)
    assert {given.measure for given in published()} == set(MEASURES)


def test_every_figure_of_a_row_is_among_its_published_numbers() -> None:
    """What the effect and the p of a row say in numbers is data, too."""
    for claim_id in designs():
        claim = evidence.claim(claim_id)
        held = {figure for one in published_of(claim_id) for figure in figures(one)}
        held |= {one.removeprefix("-") for one in held}
        limits = {"10", "15", "30"} if claim_id in {"R15", "R18"} else {"65"} if claim_id == "R25" else {"02"}
        wanted = numbers(re.sub(r"DLCO|\(R\d+\)", "", claim.effect)) | numbers(claim.p)
        assert wanted - held - limits == set(), claim_id


def test_every_drug_and_disease_of_the_review_is_named() -> None:
    drugs = {drug for design in designs().values() for drug in (*design.drugs, *(design.against or ()))}
    wanted = {"azathioprine", "cyclophosphamide_po", "cyclophosphamide_iv", "mycophenolate", "rituximab"}
    assert drugs >= wanted | {"tocilizumab", "anakinra", "nintedanib", "prednisolone"} | TNF
    queries = " ".join(design.query_text for design in designs().values())
    for disease in ("SSc", "RA", "IIM", "ASyS", "MCTD"):
        assert re.search(rf"\b{disease}\b", queries), disease
    named = {given.measure for given in published()}
    assert {"treated_uctd", "share_sjd", "share_mctd", "share_iim", "share_uctd"} <= named


def test_a_group_belongs_to_a_comparison() -> None:
    for given in published():
        if given.group == "b":
            assert designs()[given.claim].against is not None, given
        if given.form is Form.COUNT and given.of is not None:
            assert int(given.value) <= given.of
