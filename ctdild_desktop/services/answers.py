"""Answers in few words, and which of them are told together: for chips, reasons, forms and paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.verdict import Assessment, Domain, Evidence, Sentence, Verdict
from ctdild_desktop.language import marked, say

_RANK = (Verdict.MET, Verdict.CANNOT_ASSESS, Verdict.NOT_MET, Verdict.NOT_APPLICABLE)
_FALL = re.compile(r"^[^\W\d]+\.? (?=\S+ > \d)")
_DECIDED = (Verdict.MET, Verdict.NOT_MET)
_CATEGORIES = {
    "SIGNIFICANT_PROGRESSION": marked("SIGNIFICANT PROGRESSION"),
    "MODERATE_PROGRESSION": marked("MODERATE PROGRESSION"),
    "STABLE": marked("STABLE"),
    "IMPROVED": marked("IMPROVED"),
    "MAJOR": marked("MAJOR"),
    "WORSENED": marked("WORSENED"),
    "POSSIBLY_WORSENED": marked("POSSIBLY WORSENED"),
    "NO_IMPORTANT_CHANGE": marked("NO IMPORTANT CHANGE"),
    "POSSIBLY_IMPROVED": marked("POSSIBLY IMPROVED"),
    "MARKED_RESPONSE": marked("MARKED RESPONSE"),
    "FVC_AND_DLCO_RESPONSE": marked("FVC AND DLCO RESPONSE"),
    "FVC_RESPONSE": marked("FVC RESPONSE"),
    "DLCO_RESPONSE": marked("DLCO RESPONSE"),
    "NO_RESPONSE": marked("NO RESPONSE"),
    "MIXED": marked("MIXED"),
    "DETERIORATED": marked("DETERIORATED"),
}
_DOMAINS = {
    ("physiology", Verdict.MET): marked("physiology met"),
    ("physiology", Verdict.NOT_MET): marked("physiology not met"),
    ("physiology", Verdict.CANNOT_ASSESS): marked("physiology cannot tell"),
    ("symptoms", Verdict.MET): marked("symptoms met"),
    ("symptoms", Verdict.NOT_MET): marked("symptoms not met"),
    ("symptoms", Verdict.CANNOT_ASSESS): marked("symptoms cannot tell"),
    ("radiology", Verdict.MET): marked("radiology met"),
    ("radiology", Verdict.NOT_MET): marked("radiology not met"),
    ("radiology", Verdict.CANNOT_ASSESS): marked("radiology cannot tell"),
}
_SHORT_CATEGORIES = {
    "SIGNIFICANT_PROGRESSION": marked("SIGNIFICANT"),
    "MODERATE_PROGRESSION": marked("MODERATE"),
    "NO_IMPORTANT_CHANGE": marked("NO CHANGE"),
    "POSSIBLY_WORSENED": marked("POSS. WORSE"),
    "POSSIBLY_IMPROVED": marked("POSS. BETTER"),
}


def verdict_word(answer: Assessment) -> str:
    """The verdict as a chip says it, or a tool's category: ``CANNOT TELL``, ``MODERATE PROGRESSION``."""
    if answer.category and answer.verdict in _DECIDED:
        return say(_CATEGORIES[answer.category])
    return wording.verdict(answer.verdict)


def short_word(answer: Assessment) -> str:
    """The verdict's word where there is little room; the full one stands in the reasons."""
    if answer.category and answer.verdict in _DECIDED:
        short = _SHORT_CATEGORIES.get(answer.category)
        return say(short) if short else verdict_word(answer)
    return wording.verdict(answer.verdict)


def key_number(answer: Assessment) -> str:
    """The number that a chip shows beside the verdict; empty without a pair, and where it decided nothing.

    ``−11.6 %`` (relative change), ``−6.7 points`` where points are compared, ``−3.0 points/y`` for a slope. A
    definition that is met by symptoms and HRCT although FVC did not fall shows no number.
    """
    physiology = _physiology(answer)
    if answer.verdict is Verdict.MET and physiology is not None and physiology.verdict is not Verdict.MET:
        return ""
    return _number(answer)


def _number(answer: Assessment) -> str:
    return wording.say(answer.key) if answer.key is not None else ""


def _physiology(answer: Assessment) -> Domain | None:
    return next((part for part in answer.domains if part.name == "physiology"), None)


def short_title(answer: Assessment) -> str:
    """The name without the word for a fall, in any language: ``FVC > 10 %``."""
    return _FALL.sub("", answer.title.replace(" fall > ", " > "))


def short_number(words: str) -> str:
    """A key number where there is little room: ``−6.7 pt``, ``−3.0 pt/y``."""
    return words.replace(say(" points"), say(" pt"))


def one_line(answer: Assessment, *, both_dates: bool = False) -> str:
    """An answer in one line: what is needed, else the number and since when, with the domains that count.

    ``physiology met (−6.7 points since 17.03.2025), symptoms not met, radiology met`` for a definition that
    counts domains; ``−7.2 % since 17.03.2025, symptoms met`` for one that combines them with a fall;
    ``moderate progression, −7.2 points since 17.03.2025`` for a tool that answers a category. With
    ``both_dates`` the number stands with the days of both tests: ``−11.6 %, 09.12.2024 → 12.03.2026``.
    """
    if answer.verdict is Verdict.CANNOT_ASSESS and answer.needs:
        return say("needs {needs}", needs="; ".join(wording.say(need) for need in answer.needs))
    if answer.verdict is Verdict.NOT_APPLICABLE:
        return wording.say(answer.because[0]).rstrip(".") if answer.because else ""
    number = _number(answer)
    if number and answer.evidence:
        pair = answer.evidence[0]
        since = wording.day(pair.baseline.date)
        if both_dates:
            number = f"{number}, {since} → {wording.day(pair.follow_up.date)}"
        else:
            number = say("{number} since {date}", number=number, date=since)
    if _counts_domains(answer):
        measured = f" ({number})" if number else ""
        return ", ".join(
            f"{_domain_said(domain)}{measured if domain.name == 'physiology' else ''}"
            for domain in answer.domains
        )
    met = [
        _domain_said(domain)
        for domain in answer.domains
        if domain.name != "physiology" and domain.verdict is Verdict.MET
    ]
    category = verdict_word(answer).lower() if answer.category else ""
    parts = [part for part in (category, number, *met) if part]
    return ", ".join(parts) or (wording.say(answer.because[0]) if answer.because else "")


def _domain_said(domain: Domain) -> str:
    """``radiology not met``: whole, because the words agree with each other in some languages."""
    known = _DOMAINS.get((domain.name, domain.verdict))
    return say(known) if known else f"{say(domain.name)} {wording.verdict(domain.verdict).lower()}"


def _counts_domains(answer: Assessment) -> bool:
    """Whether a definition counts domains (their physiology is in points), or only adds them to a fall."""
    return bool(answer.domains) and (answer.key is None or "points" in answer.key.template)


@dataclass(frozen=True, slots=True)
class Group:
    """Answers that are told together, with their places in the strip."""

    places: tuple[int, ...]
    answers: tuple[Assessment, ...]

    @property
    def first(self) -> Assessment:
        """The answer that stands for the others."""
        return self.answers[0]

    @property
    def titles(self) -> str:
        """``INBUILD, OMERACT, Erice``."""
        return ", ".join(answer.title for answer in self.answers)

    @property
    def pair(self) -> Evidence | None:
        """The two tests that all of them rest on."""
        return next(iter(self.first.evidence), None)


def same_tests(one: Evidence | None, other: Evidence | None) -> bool:
    """Whether two reported pairs are the same two values of the same two visits."""
    return one is not None and other is not None and _tests(one) == _tests(other)


def _tests(pair: Evidence) -> tuple[object, ...]:
    return (pair.measure, pair.basis, pair.baseline.date, pair.follow_up.date)


def grouped(answers: Sequence[Assessment]) -> tuple[Group, ...]:
    """Answers by reason: those of one verdict that rest on the same two tests and the same first sentence.

    Those that cannot be told go together when they need the same, those that do not apply when it is for
    the same reason. Met ones come first, then those that cannot be told, not met, not applicable; within
    each, the order of the strip.
    """
    found: dict[tuple[object, ...], list[int]] = {}
    for place, answer in enumerate(answers):
        found.setdefault(_reason(place, answer), []).append(place)
    groups = [Group(tuple(places), tuple(answers[at] for at in places)) for places in found.values()]
    return tuple(sorted(groups, key=lambda group: (_RANK.index(group.first.verdict), group.places)))


def _reason(place: int, answer: Assessment) -> tuple[object, ...]:
    if answer.verdict is Verdict.NOT_APPLICABLE:
        return (answer.verdict, answer.because)
    if answer.verdict is Verdict.CANNOT_ASSESS:
        return (answer.verdict, answer.needs, answer.because[:1]) if answer.needs else (place,)
    pair = next(iter(answer.evidence), None)
    if pair is None or answer.category is not None or not answer.because:
        return (place,)
    return (answer.verdict, _tests(pair), answer.because[0])


def cells(answers: Sequence[Assessment]) -> tuple[Group, ...]:
    """The cells of the strip in its fixed order: neighbours that do not apply for one reason share one."""
    made: list[Group] = []
    for place, answer in enumerate(answers):
        last = made[-1] if made else None
        quiet = answer.verdict is Verdict.NOT_APPLICABLE
        if quiet and last is not None and _reason(0, last.first) == _reason(0, answer):
            made[-1] = Group((*last.places, place), (*last.answers, answer))
        else:
            made.append(Group((place,), (answer,)))
    return tuple(made)


def shared_sentences(group: Group) -> tuple[Sentence, ...]:
    """The reasons that every answer of a group gives, in their order."""
    return tuple(
        line for line in _lines(group.first) if all(line in _lines(answer) for answer in group.answers)
    )


def own_sentences(group: Group) -> tuple[tuple[str, tuple[Sentence, ...]], ...]:
    """What answers of a group say besides the shared reasons, with the titles of those that say the same."""
    shared = shared_sentences(group)
    own: dict[tuple[Sentence, ...], list[str]] = {}
    for answer in group.answers:
        own.setdefault(tuple(_without(_lines(answer), shared)), []).append(answer.title)
    return tuple((", ".join(titles), lines) for lines, titles in own.items() if lines)


def _lines(answer: Assessment) -> tuple[Sentence, ...]:
    return answer.because or tuple(line for part in answer.domains for line in part.because)


def _without(lines: Iterable[Sentence], left_out: Sequence[Sentence]) -> list[Sentence]:
    return [line for line in lines if line not in left_out]


def tells_pair(line: Sentence, pair: Evidence | None) -> bool:
    """Whether a sentence gives the values and dates of this pair, so that it need not be said twice."""
    values = dict(line.values)
    return (
        pair is not None
        and "base" in values
        and values.get("from_date") == pair.baseline.date
        and values.get("to_date") == pair.follow_up.date
    )
