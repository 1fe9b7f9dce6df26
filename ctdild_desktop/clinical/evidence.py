"""The evidence library: what the source review says, with its place and how far each claim was checked.

The library is data (``resources/evidence/*.csv``), read once when first asked for: ``studies.csv`` has one
row for each study of the review (R..) and for each later publication that changes its picture (P..),
``statements.csv`` its other statements, ``outcomes.csv`` what was measured, ``sources.csv`` the publications
that the program's rules cite.
Statements are put in the registry's own words; figures and line numbers are those of the source review.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from ctdild_desktop.bundled import resources
from ctdild_desktop.clinical import codes
from ctdild_desktop.language import marked, remembered, say


class Kind(StrEnum):
    """What a claim is about."""

    STUDY = "study"
    BACKGROUND = "background"
    PATTERN = "pattern"
    MANAGEMENT = "management"
    ROLE = "role"
    DOSE = "dose"
    SAFETY = "safety"


KIND_WORDS = {
    Kind.STUDY: marked("study"),
    Kind.BACKGROUND: marked("background"),
    Kind.PATTERN: marked("pattern"),
    Kind.MANAGEMENT: marked("management"),
    Kind.ROLE: marked("place of a drug"),
    Kind.DOSE: marked("dose"),
    Kind.SAFETY: marked("safety"),
}
"""How a kind is shown."""


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
    outcomes: tuple[str, ...] = ()
    """Codes of what was measured."""
    rules: tuple[str, ...] = ()
    """Rules of the due list and regimens of the program that rest on it."""
    gap: bool = False
    """Whether it says that something is not known."""
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
    def of_every_disease(self) -> bool:
        """Whether it is about CTD-ILD as a whole, and so about no connective-tissue disease of its own."""
        return set(_diseases("CTD")) <= set(self.diseases)

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


def table_rows(name: str) -> list[dict[str, str]]:
    """The rows of a table of ``resources/evidence``, by the heads of its columns."""
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


def line_spans(text: str) -> tuple[tuple[int, int], ...]:
    """First and last line of each place in the source review, of words as ``12`` or ``12-15``."""
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
        reference=say(row.get("reference", "")),
        n=say(row.get("n", "")),
        population=say(row.get("population", "")),
        diseases=_expanded(row["diseases"], codes.diagnoses().codes, _diseases),
        patterns=_expanded(row["patterns"], codes.patterns().codes, _no_group),
        drugs=_expanded(row["drugs"], codes.drugs().codes, _drugs),
        criteria=tuple(row["criteria"].split()),
        events=_expanded(row["events"], codes.ae_terms().codes, _no_group),
        outcomes=_expanded(row["outcomes"], outcomes(), _no_group),
        rules=tuple(row["rules"].split()),
        gap=row["gap"] == "yes",
        dose=say(row.get("dose", "")),
        comparator=say(row.get("comparator", "")),
        outcome=say(row.get("outcome", "")),
        effect=say(row.get("effect", "")),
        p=say(row.get("p", "")),
        lines=line_spans(row["lines"]),
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
    made = tuple(_claim(row) for name in ("studies", "statements") for row in table_rows(name))
    if len({one.id for one in made}) != len(made):
        raise ValueError("a claim id occurs twice")
    return made


def claim(claim_id: str) -> Claim:
    """The claim of an id; raises KeyError for one that the library does not have."""
    for one in claims():
        if one.id == claim_id:
            return one
    raise KeyError(claim_id)


@remembered
def outcomes() -> Mapping[str, str]:
    """What was measured, in words by code, in shown order."""
    return {row["code"]: say(row["label"]) for row in table_rows("outcomes")}


@cache
def sources() -> tuple[Source, ...]:
    """The publications that rules cite, in the order of their file."""
    return tuple(Source(**row) for row in table_rows("sources"))


def source(key: str) -> Source:
    """The publication of a key; raises KeyError for an unknown one."""
    for one in sources():
        if one.key == key:
            return one
    raise KeyError(key)
