"""The evidence library asked in words and by what a claim is about.

Every word that is typed must be found, accents and capitals aside. A word that begins a word of the
statement or of the study's name counts nothing, one that begins a word elsewhere one, one found inside a word
two: the lowest sum comes first, then the claims about the fewest diseases, then the order of the library.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from ctdild_desktop.clinical import codes, evidence
from ctdild_desktop.clinical.criteria import CRITERIA
from ctdild_desktop.clinical.evidence import Check, Claim, Kind
from ctdild_desktop.language import remembered, say

GAP = "gap"
"""Among the kinds: what the review says is not known."""
_GROUPS = {
    "@glucocorticoid": ("glucocorticoid",),
    "@anti_tnf": ("infliximab", "adalimumab", "etanercept"),
}
"""Groups of drugs, each by classes or codes."""
_MOST_WORDS, _LONGEST = 12, 400
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is looked for; an empty text asks for nothing."""

    text: str = ""
    disease: str = ""
    pattern: str = ""
    drug: str = ""
    """Code of a drug, or of a group of :func:`drug_choices`."""
    outcome: str = ""
    harm: str = ""
    """Adverse-event term."""
    kind: str = ""
    """A :class:`Kind`, or :data:`GAP`."""
    check: str = ""
    criterion: str = ""

    @property
    def nothing(self) -> bool:
        """Whether everything is asked for."""
        return self == Asked(text=self.text) and not words_of(self.text)


def folded(text: str) -> str:
    """Lower case without accents: ``Sjögren`` becomes ``sjogren``, ``m²`` becomes ``m2``."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words_of(text: str) -> tuple[str, ...]:
    """The words of a typed text, folded, each once; at most twelve."""
    return tuple(dict.fromkeys(_WORD.findall(folded(text[:_LONGEST]))))[:_MOST_WORDS]


def find(asked: Asked) -> tuple[Claim, ...]:
    """The claims that answer everything that is asked, best first as the module says.

    A claim about CTD-ILD as a whole answers for each connective-tissue disease. With nothing asked, all
    claims in the order of the library.
    """
    listed = tuple(one for one in evidence.claims() if _about(one, asked))
    if asked.nothing:
        return listed
    words = words_of(asked.text)
    ranked = [(rank, one) for one in listed if (rank := _rank(one, words)) is not None]
    everywhere = len(codes.diagnoses())
    ranked.sort(key=lambda found: (found[0], len(found[1].diseases) or everywhere))
    return tuple(one for _rank_of, one in ranked)


def unknown_words(text: str) -> tuple[str, ...]:
    """The words of a typed text that no claim has, as they were folded."""
    everything = [_searched(one)[1] for one in evidence.claims()]
    return tuple(word for word in words_of(text) if not any(word in found for found in everything))


def members(drug: str) -> tuple[str, ...]:
    """The drugs that a code stands for: those of a group, or the drug itself."""
    named = _GROUPS.get(drug)
    if named is None:
        return (drug,)
    return tuple(entry.code for entry in codes.drugs() if entry.code in named or entry.drug_class in named)


def drug_words(drug: str) -> str:
    """The name of a drug or group of drugs."""
    if drug == "@glucocorticoid":
        return say("Glucocorticoids")
    return say("Anti-TNF drugs") if drug == "@anti_tnf" else codes.drugs().label(drug)


def choice_of_drug(drug: str) -> str:
    """The choice of :func:`drug_choices` that a drug belongs to; empty when the library has none."""
    return next((choice for choice, _words in drug_choices() if drug in members(choice)), "")


@remembered
def drug_choices() -> tuple[tuple[str, str], ...]:
    """The drugs and groups that claims are about, with their names."""
    found = {drug for one in evidence.claims() for drug in one.drugs}
    grouped = {drug for group in _GROUPS for drug in members(group)}
    single = (drug for drug in codes.drugs().codes if drug in found - grouped)
    return tuple((code, drug_words(code)) for code in (*_GROUPS, *single))


@remembered
def disease_choices() -> tuple[tuple[str, str], ...]:
    """The diseases that claims are about, with their names."""
    found = {code for one in evidence.claims() for code in one.diseases}
    return tuple((one.code, one.label) for one in codes.diagnoses() if one.code in found)


@remembered
def pattern_choices() -> tuple[tuple[str, str], ...]:
    """The patterns that claims are about, with their names."""
    found = {code for one in evidence.claims() for code in one.patterns}
    return tuple((one.code, one.label) for one in codes.patterns() if one.code in found)


@remembered
def harm_choices() -> tuple[tuple[str, str], ...]:
    """The adverse events that claims are about, with their names."""
    found = {code for one in evidence.claims() for code in one.events}
    return tuple((one.code, one.label) for one in codes.ae_terms() if one.code in found)


@remembered
def outcome_choices() -> tuple[tuple[str, str], ...]:
    """What claims measured, in words."""
    found = {code for one in evidence.claims() for code in one.outcomes}
    return tuple((code, words) for code, words in evidence.outcomes().items() if code in found)


@remembered
def kind_choices() -> tuple[tuple[str, str], ...]:
    """The kinds of claim, and what is not known, in words."""
    kinds = ((kind.value, say(evidence.KIND_WORDS[kind])) for kind in Kind)
    return (*kinds, (GAP, say("what is not known")))


@remembered
def check_choices() -> tuple[tuple[str, str], ...]:
    """How far claims were checked, in words."""
    return tuple((check.value, say(evidence.CHECK_WORDS[check])) for check in Check)


def _about(one: Claim, asked: Asked) -> bool:
    return (
        (not asked.disease or asked.disease in one.diseases)
        and (not asked.pattern or asked.pattern in one.patterns)
        and (not asked.drug or any(drug in one.drugs for drug in members(asked.drug)))
        and (not asked.outcome or asked.outcome in one.outcomes)
        and (not asked.harm or asked.harm in one.events)
        and (not asked.check or asked.check == one.check)
        and (not asked.criterion or asked.criterion in one.criteria)
        and (not asked.kind or (one.gap if asked.kind == GAP else asked.kind == one.kind))
    )


def _rank(one: Claim, words: tuple[str, ...]) -> int | None:
    first, all_words = _searched(one)
    total = 0
    for word in words:
        if f" {word}" in first:
            continue
        if word not in all_words:
            return None
        total += 1 if f" {word}" in all_words else 2
    return total


def _run(texts: list[str]) -> str:
    return "".join(f" {word}" for text in texts for word in _WORD.findall(folded(text)))


@remembered
def _searched(one: Claim) -> tuple[str, str]:
    """The words of statement, study and id; and every word of the claim."""
    labels = [
        text
        for held, listed in ((one.diseases, codes.diagnoses()), (one.patterns, codes.patterns()))
        for entry in map(listed.get, held)
        if entry is not None
        for text in (entry.code, entry.label, entry.short)
    ]
    for drug in map(codes.drugs().get, one.drugs):
        labels += [drug.label, drug.short] if drug is not None else []
    for group in _GROUPS:
        labels += [drug_words(group)] if set(members(group)) <= set(one.drugs) else []
    labels += [codes.ae_terms().label(code) for code in one.events]
    labels += [evidence.outcomes()[code] for code in one.outcomes]
    labels += [word for known in CRITERIA if known.id in one.criteria for word in (known.id, known.title)]
    written = [one.population, one.dose, one.comparator, one.outcome, one.effect, one.source, one.doi]
    written += [one.note, one.place, say(evidence.KIND_WORDS[one.kind]), *one.criteria, *one.events]
    first = [one.id, one.statement, one.study]
    return _run(first), _run([*first, *written, *labels])
