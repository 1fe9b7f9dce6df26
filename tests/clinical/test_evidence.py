"""The evidence library holds every study of the review with its figures, its place and honest links."""

from __future__ import annotations

import re

import pytest

from ctdild_desktop.clinical import codes, evidence
from ctdild_desktop.clinical.criteria import CRITERIA
from ctdild_desktop.clinical.dosing.presets import presets
from ctdild_desktop.clinical.evidence import Check, Claim, Kind
from ctdild_desktop.clinical.evidence_words import rule_words

LAST_LINE = 526
"""The review has this many lines."""
TOOLS = {"GOH"}
"""Tools besides the criteria that a claim may be linked to."""

FIGURES: dict[str, tuple[str, str, str, str]] = {
    "R01": ("45", "", "0.08", "154-159 166-173"),
    "R02": ("", "", "", "162-166"),
    "R03": ("", "", "", "176-180"),
    "R04": ("", "", "", "173-175"),
    "R05": ("", "", "", "188-198"),
    "R06": ("", "6 9 80", "", "224-228"),
    "R07": ("8", "", "", "242-247"),
    "R08": ("8 5", "22 18", "0.04 0.03", "247-254"),
    "R09": ("50 33 10 8 9", "85", "", "254-261"),
    "R10": ("33", "-13.3 8.9 -18.8", "0.01", "12-13 261-267"),
    "R11": ("20", "", "", "267-271"),
    "R12": ("9", "", "0.011", "271-273"),
    "R13": ("63 9", "41.1 2.8 44.8 2.7", "0.03", "273-283"),
    "R14": ("9", "0.4 4.4 -7.7 3.6 0.8 2.2 -4.8 1.7", "0.02 0.01", "283-290"),
    "R15": ("11", "6 3 4 7", "", "307-316"),
    "R16": ("195", "", "", "316-324"),
    "R17": ("24 34 112", "24 22 17", "", "324-335"),
    "R18": ("7", "7", "", "335-340"),
    "R19": ("34 78", "7 34 21 25 78 32", "", "340-346"),
    "R20": ("10 4 6", "", "", "348-352"),
    "R21": ("188 65 57", "", "", "353-358"),
    "R22": ("30 27", "15 4", "0.04", "358-361"),
    "R23": ("", "31 8", "0.03", "361-364"),
    "R24": ("500 000", "50", "", "366-379"),
    "R25": ("121", "121 65 6", "", "386-393"),
    "R26": ("197", "14 17", "", "397-403 414-419"),
    "R27": ("197", "5 23 12 11", "", "419-426"),
    "R28": ("44", "42 36", "", "403-413 428-431"),
    "R29": ("44", "0.66 0.60 18", "", "431-436"),
    "R30": ("", "", "", "459-470"),
    "R31": ("", "", "", "480-496"),
    "R32": ("", "", "", "516-525"),
    "P01": ("", "97 99", "", ""),
    "P02": ("", "2.19 2.88", "0.24", ""),
    "P03": ("", "", "", ""),
    "P04": ("", "", "", ""),
    "P05": ("", "", "", ""),
}
"""Numbers of patients, figures of the effect, p values and lines, taken down from the review itself."""

DOIS = {
    "R01": "10.1002/art.22204",
    "R02": "10.1056/NEJMoa055120",
    "R07": "10.1093/rheumatology/kep093",
    "R13": "10.1136/annrheumdis-2013-204522",
    "R14": "10.1136/annrheumdis-2013-204522",
    "R15": "10.1093/rheumatology/kep157",
    "R16": "10.1002/art.37754",
    "R17": "10.1093/rheumatology/kev004",
    "R18": "10.1093/rheumatology/kev004",
    "R19": "10.1093/rheumatology/kev004",
    "R20": "10.4236/ojra.2012.23011",
    "R25": "10.1093/rheumatology/ker290",
    "R31": "10.1056/NEJMoa1402584",
    "P01": "10.1016/S2213-2600(22)00359-9",
    "P03": "10.1056/NEJMoa1908681",
    "P05": "10.1002/acr.25348",
}


def numbers(text: str) -> list[str]:
    """The figures in a text, with a minus sign that stands directly before one."""
    return re.findall(r"-?\d+(?:\.\d+)?", text.replace("−", "-").replace("DLCO", ""))


def spans(one: Claim) -> str:
    return " ".join(f"{first}-{last}" for first, last in one.lines)


def by_id() -> dict[str, Claim]:
    return {one.id: one for one in evidence.claims()}


@pytest.mark.parametrize("claim_id", FIGURES)
def test_figures_are_those_of_the_review(claim_id: str) -> None:
    one = evidence.claim(claim_id)
    n, effect, p, lines = FIGURES[claim_id]
    assert numbers(one.n) == n.split()
    assert [found for found in numbers(one.effect) if found != "02"] == effect.split()
    assert numbers(one.p) == p.split()
    assert spans(one) == lines
    assert one.doi == DOIS.get(claim_id, "")
    assert one.after_review is claim_id.startswith("P")


def test_every_study_is_there_and_no_other() -> None:
    studies = [one.id for one in evidence.claims() if one.kind is Kind.STUDY]
    assert studies == list(FIGURES)
    assert all(one.study and one.outcome and one.effect for one in evidence.claims() if one.id in FIGURES)


def test_places_lie_inside_the_review() -> None:
    for one in evidence.claims():
        assert bool(one.lines) is not one.after_review
        for first, last in one.lines:
            assert 1 <= first <= last <= LAST_LINE, one.id
    assert evidence.claim("R01").place == "lines 154–159, 166–173"
    assert evidence.claim("P01").place == ""


def test_the_whole_text_of_the_review_is_covered() -> None:
    """What no claim points at are its title and empty lines."""
    covered = {line for one in evidence.claims() for a, b in one.lines for line in range(a, b + 1)}
    body = set(range(2, LAST_LINE))
    empty = {28, 38, 52, 59, 69, 87, 111, 129, 138, 146, 181, 199, 216, 241, 295, 304, 347, 365, 385, 394}
    empty |= {427, 440, 456, 471, 477, 497, 511}
    assert body - covered == empty


def test_links_lead_to_codes_and_criteria_that_exist() -> None:
    known = {one.id for one in CRITERIA} | TOOLS
    claims = by_id()
    for one in evidence.claims():
        assert set(one.diseases) <= set(codes.diagnoses().codes)
        assert set(one.patterns) <= set(codes.patterns().codes)
        assert set(one.drugs) <= set(codes.drugs().codes)
        assert set(one.events) <= set(codes.ae_terms().codes)
        assert set(one.criteria) <= known, one.id
        if one.superseded_by:
            assert claims[one.superseded_by].after_review, one.id


def test_claims_that_the_publication_contradicts_say_how() -> None:
    differing = {one.id for one in evidence.claims() if one.check is Check.DIFFERS}
    assert differing == {"R07", "R10", "R15", "R18", "R20", "R25"}
    assert all(evidence.claim(one).note and evidence.claim(one).source for one in differing)
    assert "fatal" in evidence.claim("R15").note
    assert "not the whole cohort" in evidence.claim("R19").note


def test_unidentified_studies_are_shown_as_review_only() -> None:
    for claim_id in ("R11", "R12", "R21", "R22", "R23"):
        one = evidence.claim(claim_id)
        assert one.check is Check.REVIEW_ONLY
        assert not one.source
    later = [one for one in evidence.claims() if one.after_review]
    assert {one.id for one in later if one.check is Check.UNVERIFIED} == {"P01", "P02", "P03", "P04"}


def test_outdated_claims_name_what_replaced_them() -> None:
    replaced = {one.id: one.superseded_by for one in evidence.claims() if one.superseded_by}
    assert replaced["R32"] == "P01"
    assert replaced["R05"] == "P02"
    assert replaced["R31"] == "P03"
    assert replaced["R30"] == "P04"
    assert replaced["RO01"] == "P05", "glucocorticoids first is no longer advised in SSc-ILD"


def test_the_review_s_epidemiology_and_regimens() -> None:
    stated = {one.id: numbers(one.statement) for one in evidence.claims()}
    assert stated["BG01"] == ["15"]
    assert stated["BG03"] == ["40", "90"]
    assert stated["BG04"] == ["30", "70"]
    assert stated["BG05"] == ["90", "100"]
    assert stated["BG06"] == ["40", "75"]
    assert stated["BG07"] == ["55", "85"]
    assert stated["DO01"][0] == "2.5"
    assert stated["DO04"][0] == "2.0"
    assert stated["DO05"][:3] == ["15", "2", "3"]
    assert stated["DO07"][0] == "375"


def test_what_rests_on_a_claim_is_a_rule_or_a_regimen_of_the_program() -> None:
    for one in evidence.claims():
        for rule in one.rules:
            assert rule_words(rule), one.id
        for code in one.outcomes:
            assert evidence.outcomes()[code], one.id
    with pytest.raises(KeyError):
        rule_words("NO-SUCH-RULE")


def test_each_regimen_of_the_review_is_named_where_the_review_states_it() -> None:
    for preset in presets().values():
        for place in preset.review.split(", ") if preset.review else ():
            first, _, last = place.partition("-")
            stating = [
                one
                for one in evidence.claims()
                if preset.id in one.rules and any(a <= int(first) and int(last) <= b for a, b in one.lines)
            ]
            assert stating, f"no claim at lines {place} names {preset.id}"


def test_every_study_with_a_result_says_what_was_measured() -> None:
    without = {one.id for one in evidence.claims() if one.kind is Kind.STUDY and not one.outcomes}
    assert without == {"R04", "P05"}, "a statement of experts and a recommendation measure nothing"


def test_the_review_s_own_uncertainties_are_marked_as_gaps() -> None:
    lines = {one.id: spans(one) for one in evidence.claims() if one.gap}
    assert lines["BG10"] == "2-6 88-102 153-154"
    assert lines["BG15"] == "102-110"
    assert lines["MG11"] == "112-115"
    assert lines["RO03"] == "8-10 134-137"
    assert lines["RO19"] == "15-16 446-447"
    assert lines["RO20"] == "485-488"
    assert {"MG10", "MG13", "MG14", "RO15", "RO21", "R32"} <= set(lines)
    assert "R15" not in lines


def test_sources_have_keys_and_well_formed_dois() -> None:
    keys = [one.key for one in evidence.sources()]
    assert len(set(keys)) == len(keys)
    assert evidence.source("RAGHU22").doi == "10.1164/rccm.202202-0399ST"
    for doi in [one.doi for one in evidence.sources()] + [one.doi for one in evidence.claims()]:
        assert doi == "" or re.fullmatch(r"10\.\d{4,}/\S+", doi), doi
    with pytest.raises(KeyError):
        evidence.source("NOBODY99")
    with pytest.raises(KeyError):
        evidence.claim("R99")


def test_every_claim_is_a_sentence() -> None:
    for one in evidence.claims():
        assert one.statement.endswith("."), one.id
        assert one.statement == one.statement.strip()
        assert one.check in evidence.CHECK_WORDS
