"""The evidence library: what the source review says, with its place and how far each claim was checked.

The library is data (``resources/evidence/*.csv``), read once when first asked for: ``studies.csv`` has one
row for each study of the review (R..) and for each later publication that changes its picture (P..),
``statements.csv`` its other statements, ``sources.csv`` the publications that the program's rules cite.
Statements are put in the registry's own words; figures and line numbers are those of the source review.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from ctdild_desktop.bundled import resources
from ctdild_desktop.clinical import codes
from ctdild_desktop.language import remembered, say


class Kind(StrEnum):
    """What a claim is about."""

    STUDY = "study"
    BACKGROUND = "background"
    PATTERN = "pattern"
    MANAGEMENT = "management"
    ROLE = "role"
    DOSE = "dose"
    SAFETY = "safety"


class Check(StrEnum):
    """Whether the publication behind a claim was found, and whether it says the same."""

    VERIFIED = "verified"
    """The publication was found and agrees."""
    REVIEW_ONLY = "review_only"
    """The claim rests on the review alone."""
    DIFFERS = "differs"
    """The publication was found and says something else; the note tells what."""
    UNVERIFIED = "unverified"
    """Published after the review; the publication's results were not seen."""


CHECK_WORDS = {
    Check.VERIFIED: "agrees with the publication",
    Check.REVIEW_ONLY: "review only",
    Check.DIFFERS: "publication differs",
    Check.UNVERIFIED: "publication not checked",
}
"""How a check is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim of the library; empty text and empty tuples where nothing is stated."""

    id: str
    kind: Kind
    statement: str
    study: str = ""
    reference: str = ""
    """Number in the review's reference list, as printed."""
    n: str = ""
    """Patients as the review gives them."""
    population: str = ""
    diseases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    """Criteria and tools of the program that the claim bears on."""
    events: tuple[str, ...] = ()
    """Adverse-event terms."""
    dose: str = ""
    comparator: str = ""
    outcome: str = ""
    effect: str = ""
    """As the review states it; for a later publication, as that states it."""
    p: str = ""
    lines: tuple[tuple[int, int], ...] = ()
    """First and last line of each place in the review."""
    source: str = ""
    doi: str = ""
    check: Check = Check.REVIEW_ONLY
    superseded_by: str = ""
    """Id of the later publication that changes this claim."""
    note: str = ""

    @property
    def after_review(self) -> bool:
        """Whether the claim was published after the review, which then does not contain it."""
        return not self.lines

    @property
    def place(self) -> str:
        """Where the review says it: ``lines 154–159, 166–173``; empty for a later publication."""
        spans = ", ".join(f"{first}–{last}" for first, last in self.lines)
        return say("lines {spans}", spans=spans) if spans else ""


@dataclass(frozen=True, slots=True)
class Source:
    """A publication that a rule of the program cites, by its short key."""

    key: str
    citation: str
    doi: str


def _rows(name: str) -> list[dict[str, str]]:
    with (resources() / "evidence" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def _expanded(text: str, known: Iterable[str], groups: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    """Codes in the order of their list; ``@name`` stands for all codes of a group."""
    wanted: set[str] = set()
    for word in text.split():
        found = set(groups(word[1:])) if word.startswith("@") else {word}
        if not found:
            raise ValueError(f"{word} names no group")
        wanted |= found
    ordered = tuple(code for code in known if code in wanted)
    if len(ordered) != len(wanted):
        raise ValueError(f"unknown code in {text!r}")
    return ordered


def _diseases(group: str) -> Iterable[str]:
    """``CTD`` is every diagnosis of the list but idiopathic fibrosis, which is none."""
    return [
        entry.code
        for entry in codes.diagnoses()
        if entry.group == group or (group == "CTD" and entry.group != "IPF")
    ]


def _drugs(group: str) -> Iterable[str]:
    return [entry.code for entry in codes.drugs() if entry.drug_class == group]


def _no_group(_group: str) -> Iterable[str]:
    return ()


def _spans(text: str) -> tuple[tuple[int, int], ...]:
    spans = []
    for word in text.split():
        first, _, last = word.partition("-")
        spans.append((int(first), int(last or first)))
    return tuple(spans)


def _claim(row: dict[str, str]) -> Claim:
    return Claim(
        id=row["id"],
        kind=Kind(row.get("kind", Kind.STUDY)),
        statement=say(row["statement"]),
        study=say(row.get("study", "")),
        reference=row.get("reference", ""),
        n=say(row.get("n", "")),
        population=say(row.get("population", "")),
        diseases=_expanded(row["diseases"], codes.diagnoses().codes, _diseases),
        patterns=_expanded(row["patterns"], codes.patterns().codes, _no_group),
        drugs=_expanded(row["drugs"], codes.drugs().codes, _drugs),
        criteria=tuple(row["criteria"].split()),
        events=_expanded(row["events"], codes.ae_terms().codes, _no_group),
        dose=say(row.get("dose", "")),
        comparator=say(row.get("comparator", "")),
        outcome=say(row.get("outcome", "")),
        effect=say(row.get("effect", "")),
        p=say(row.get("p", "")),
        lines=_spans(row["lines"]),
        source=row.get("source", ""),
        doi=row.get("doi", ""),
        check=Check(row.get("check", Check.REVIEW_ONLY)),
        superseded_by=row["superseded_by"],
        note=say(row["note"]),
    )


@remembered
def claims() -> tuple[Claim, ...]:
    """All claims: studies of the review, later publications, then the review's other statements.

    Raises:
        ValueError: a row names a code that no list has, or two rows have one id.
    """
    made = tuple(_claim(row) for name in ("studies", "statements") for row in _rows(name))
    if len({one.id for one in made}) != len(made):
        raise ValueError("a claim id occurs twice")
    return made


def claim(claim_id: str) -> Claim:
    """The claim of an id; raises KeyError for one that the library does not have."""
    for one in claims():
        if one.id == claim_id:
            return one
    raise KeyError(claim_id)


def find(
    *,
    disease: str | None = None,
    pattern: str | None = None,
    drug: str | None = None,
    criterion: str | None = None,
    event: str | None = None,
) -> tuple[Claim, ...]:
    """The claims linked to every code that is given, those about the fewest diseases first.

    A claim about CTD-ILD as a whole is linked to each connective-tissue disease. With nothing given, all
    claims.
    """
    found = [
        one
        for one in claims()
        if (disease is None or disease in one.diseases)
        and (pattern is None or pattern in one.patterns)
        and (drug is None or drug in one.drugs)
        and (criterion is None or criterion in one.criteria)
        and (event is None or event in one.events)
    ]
    return tuple(sorted(found, key=lambda one: len(one.diseases) or len(codes.diagnoses())))


def search(text: str) -> tuple[Claim, ...]:
    """The claims that contain every word of a text, in any field or label and in either case."""
    words = re.findall(r"\S+", text.casefold())
    return tuple(one for one in claims() if all(word in _searched(one) for word in words))


@remembered
def _searched(one: Claim) -> str:
    labels = [
        *(codes.diagnoses().label(code) for code in one.diseases),
        *(codes.patterns().label(code) for code in one.patterns),
        *(codes.drugs().label(code) for code in one.drugs),
        *(codes.ae_terms().label(code) for code in one.events),
    ]
    written = [one.id, one.kind, one.statement, one.study, one.population, one.dose, one.comparator]
    written += [one.outcome, one.effect, one.source, one.doi, one.note, *one.criteria, *one.drugs]
    return "\n".join([*written, *one.diseases, *one.patterns, *labels]).casefold()


@cache
def sources() -> tuple[Source, ...]:
    """The publications that rules cite, in the order of their file."""
    return tuple(Source(**row) for row in _rows("sources"))


def source(key: str) -> Source:
    """The publication of a key; raises KeyError for an unknown one."""
    for one in sources():
        if one.key == key:
            return one
    raise KeyError(key)
