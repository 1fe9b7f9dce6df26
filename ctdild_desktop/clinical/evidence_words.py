"""A claim of the evidence library in words: what was found, where it stands, and what rests on it."""

from __future__ import annotations

import re

from ctdild_desktop.clinical import codes, evidence, wording
from ctdild_desktop.clinical.criteria import CRITERIA
from ctdild_desktop.clinical.dosing.presets import presets
from ctdild_desktop.clinical.due.table import default_rules
from ctdild_desktop.clinical.evidence import CHECK_WORDS, Claim
from ctdild_desktop.language import remembered, say


def detail(one: Claim) -> str:
    """Study, patients, population, dose, outcome and effect, as far as stated."""
    people = f"n {one.n}" if one.n else ""
    effect = ": ".join(part for part in (one.outcome, one.effect) if part)
    parts = (one.study, people, one.population, one.dose, effect, f"p {p_of(one)}" if one.p else "")
    return " · ".join(part for part in parts if part)


def p_of(one: Claim) -> str:
    """The p value with the decimal mark of the site."""
    return re.sub(r"(?<=\d)\.(?=\d)", wording.style().decimal_mark, one.p)


def place(one: Claim) -> str:
    """Where it stands: lines of the source review, publication, how far it was checked, and the note."""
    parts = (where(one), one.source, f"doi {one.doi}" if one.doi else "", say(CHECK_WORDS[one.check]))
    return " · ".join(part for part in (*parts, one.note) if part)


def where(one: Claim) -> str:
    """``source review, lines 307–316``."""
    if not one.place:
        return say("published after the source review")
    return say("source review, {lines}", lines=one.place)


def citation(one: Claim) -> str:
    """One paragraph to be put into a letter: the statement and everything by which it is found again."""
    check = say(CHECK_WORDS[one.check])
    parts = (one.study, f"n {one.n}" if one.n else "", where(one), one.source)
    told = ". ".join(part.rstrip(".") for part in parts if part)
    doi = f" doi {one.doi}." if one.doi else ""
    return f"{one.id}. {one.statement} {told}.{doi} [{check}]"


def criterion_words(criterion: str) -> str:
    """The title of a criterion or tool of the program."""
    if criterion == "GOH":
        return say("Extent of disease after Goh")
    return next((say(known.title) for known in CRITERIA if known.id == criterion), criterion)


@remembered
def rule_words(rule: str) -> str:
    """A rule of the due list or a regimen in words; raises KeyError when the program has neither."""
    preset = presets().get(rule)
    if preset is not None:
        return say("Dose: {drug}, {dose}", drug=codes.drugs().label(preset.drug), dose=preset.label)
    known = default_rules().get(rule)
    if known is None:
        raise KeyError(rule)
    return say("Due list: {item}", item=known.item)


def superseding(one: Claim) -> tuple[Claim, ...]:
    """The earlier claims that this one changes."""
    return tuple(other for other in evidence.claims() if other.superseded_by == one.id)
