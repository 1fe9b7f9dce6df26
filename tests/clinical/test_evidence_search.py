"""The library asked in words and by facets: what is found, in which order, and what it has no study of."""

from __future__ import annotations

import re

import pytest

from ctdild_desktop.bundled import resources
from ctdild_desktop.clinical import codes, evidence, evidence_gaps, evidence_search
from ctdild_desktop.clinical.evidence import Kind
from ctdild_desktop.clinical.evidence_search import GAP, Asked
from ctdild_desktop.clinical.evidence_words import citation
from ctdild_desktop.language import use
from ctdild_desktop.language.catalogue import Catalogue


def ids(asked: Asked) -> list[str]:
    return [one.id for one in evidence_search.find(asked)]


def test_facets_find_what_is_linked_and_the_closest_first() -> None:
    rheumatoid = ids(Asked(disease="RA", drug="rituximab"))
    assert rheumatoid[:4] == ["R20", "R21", "R22", "R23"], "those about RA alone come first"
    assert "R08" in rheumatoid, "a claim about CTD-ILD as a whole holds for RA too"
    assert set(ids(Asked(disease="lcSSc", drug="mycophenolate"))) >= {"R05", "P02"}
    assert "R01" not in ids(Asked(disease="RA"))
    assert set(ids(Asked(pattern="OP"))) == {"BG08", "PT02"}
    assert set(ids(Asked(criterion="RESPONSE_REVIEW"))) == {"R15", "R18", "MG03"}
    assert ids(Asked(harm="pml")) == ["AE03"]
    assert set(ids(Asked(drug="@glucocorticoid", disease="dcSSc"))) >= {"P05", "RO01"}
    assert "P05" not in ids(Asked(drug="@glucocorticoid", disease="DM"))
    assert "R31" in ids(Asked(disease="IPF"))
    assert "BG01" not in ids(Asked(disease="IPF"))
    assert set(ids(Asked(drug="@anti_tnf"))) == {"R21", "R22", "R23"}
    assert set(ids(Asked(outcome="death"))) == {"R19", "R21", "R22", "R23", "R29"}
    assert set(ids(Asked(check="differs"))) == {"R07", "R10", "R15", "R18", "R20", "R25"}
    assert set(ids(Asked(kind=GAP))) == {one.id for one in evidence_gaps.gaps()}
    assert set(ids(Asked(kind=Kind.DOSE))) == {f"DO{n:02d}" for n in range(1, 8)}


def test_nothing_asked_gives_the_library_in_its_order() -> None:
    everything = [one.id for one in evidence.claims()]
    assert ids(Asked()) == ids(Asked(text="  ,;")) == everything
    assert Asked(text=" ").nothing
    assert not Asked(kind=GAP).nothing


def test_words_are_found_without_accents_capitals_and_in_any_field() -> None:
    assert set(ids(Asked(text="Tocilizumab PNEUMONITIS"))) == {"R30", "AE05"}
    assert "R27" in ids(Asked(text="leukopenia rave"))
    assert ids(Asked(text="no such words here")) == []
    assert evidence_search.unknown_words("rituximab xyzzy FVC Qwerty") == ("xyzzy", "qwerty")
    assert set(ids(Asked(text="sjogren", kind="background"))) >= {"BG02"}
    assert ids(Asked(text="sjogren")) == ids(Asked(text="SJÖGREN"))
    assert "DO07" in ids(Asked(text="375 mg/m²"))
    assert ids(Asked(text="RTX pml")) == ["AE03"]
    assert ids(Asked(text="10.1093/rheumatology/kep157")) == ["R15"]
    assert ids(Asked(text="r15"))[0] == "R15"


def test_a_word_of_the_statement_comes_before_one_found_elsewhere() -> None:
    found = ids(Asked(text="infection"))
    assert found.index("R27") < found.index("R15"), "R15 has it only in its note"
    begins, inside = ids(Asked(text="myositis")), ids(Asked(text="yositis"))
    assert begins[0] in {"R12", "R16", "BG05"}
    assert set(begins) <= set(inside)


@pytest.mark.parametrize("text", ["%", "\\", "(", "x" * 5000, "\u0000", "a " * 3000, "ﬁ", "–"])
def test_odd_texts_are_words_or_nothing(text: str) -> None:
    assert isinstance(evidence_search.find(Asked(text=text)), tuple)
    assert len(evidence_search.words_of(text)) <= 12


def test_every_choice_finds_something() -> None:
    for name, choices in (
        ("disease", evidence_search.disease_choices()),
        ("pattern", evidence_search.pattern_choices()),
        ("drug", evidence_search.drug_choices()),
        ("outcome", evidence_search.outcome_choices()),
        ("harm", evidence_search.harm_choices()),
        ("kind", evidence_search.kind_choices()),
        ("check", evidence_search.check_choices()),
    ):
        assert choices
        for code, words in choices:
            assert words
            assert ids(Asked(**{name: code})), (name, code)


def test_a_drug_of_a_group_is_asked_for_by_its_group() -> None:
    assert evidence_search.choice_of_drug("prednisone") == "@glucocorticoid"
    assert evidence_search.choice_of_drug("adalimumab") == "@anti_tnf"
    assert evidence_search.choice_of_drug("rituximab") == "rituximab"
    assert evidence_search.choice_of_drug("pirfenidone") == ""


def test_coverage_counts_studies_of_the_disease_apart_from_those_of_all() -> None:
    scleroderma = evidence_gaps.coverage("SSc", "rituximab")
    assert scleroderma.studies == ("R07", "R13", "R14")
    assert scleroderma.whole == ("R08", "R09", "R10", "R11")
    assert scleroderma.later == ("P01",)
    assert set(scleroderma.studies + scleroderma.whole + scleroderma.later) < set(scleroderma.claims)
    assert evidence_gaps.coverage("SSc", "cyclophosphamide_iv").studies == ("R01", "R04"), "R32 was under way"
    assert evidence_gaps.coverage("RA", "@anti_tnf").studies == ("R21", "R22", "R23")
    assert evidence_gaps.coverage("ASyS", "rituximab").studies == (
        *("R15", "R17", "R18", "R19", "R12", "R16"),
    )


def test_gaps_are_said_in_words() -> None:
    words = evidence_gaps.gap_words
    assert words("RA", "rituximab") == ""
    assert words("SjD", "azathioprine") == "The review has no study of azathioprine in Sjögren disease."
    assert words("RA", "nintedanib") == (
        "The review has no study of nintedanib in rheumatoid arthritis. Published after the review: P03."
    )
    assert words("UCTD", "rituximab").endswith("Studies of CTD-ILD as a whole: R08, R09, R10, R11.")
    assert "glucocorticoids in systemic sclerosis" in words("SSc", "@glucocorticoid")


def test_the_table_of_coverage_has_the_drugs_and_diseases_of_the_review() -> None:
    table = evidence_gaps.matrix()
    assert [row[0].disease for row in table] == list(evidence_gaps.DISEASES)
    assert all([cell.drug for cell in row] == list(evidence_gaps.DRUGS) for row in table)
    assert set(evidence_gaps.DISEASES) <= set(codes.diagnoses().codes)
    assert set(evidence_gaps.DRUGS) == {code for code, _words in evidence_search.drug_choices()}
    for row in table:
        for cell in row:
            assert bool(cell.studies) is (evidence_gaps.gap_words(cell.disease, cell.drug) == "")


def test_a_citation_says_where_it_stands_and_how_far_it_was_checked() -> None:
    told = citation(evidence.claim("R15"))
    assert told.startswith("R15. With rituximab as rescue in antisynthetase syndrome")
    assert "Sem. n 11. source review, lines 307–316. Rheumatology 2009;48:968. doi 10.1093/" in told
    assert told.endswith("[publication differs]")
    assert "published after the source review" in citation(evidence.claim("P01"))
    assert not re.search(r"\.\.|  ", told)


def test_the_library_is_searched_in_the_language_in_use() -> None:
    use(Catalogue.read("es", resources() / "i18n" / "es.po"))
    try:
        assert "RO05" in ids(Asked(text="linfocitos azatioprina"))
        told = evidence_gaps.gap_words("SjD", "azathioprine")
        assert told == "La revisión no tiene ningún estudio de azatioprina en enfermedad de Sjögren."
    finally:
        use(None)
    assert ids(Asked(text="linfocitos azatioprina")) == []
