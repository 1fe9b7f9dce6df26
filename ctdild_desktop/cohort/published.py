"""What the studies of the evidence published, as data, and the design by which each is run on a registry.

``resources/evidence/published.csv`` has one row for each published number or word: of which claim, which
measure, of which group, and where the source review says it. ``designs.csv`` has one row for each study: the
analysis, whom it is about as a query, the drugs, and why its numbers and a registry's own are not the same.
What the source does not give is empty here, and shown as not given.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cache

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.evidence import line_spans, table_rows
from ctdild_desktop.cohort.query import Query, parse
from ctdild_desktop.cohort.study_words import MEASURES, NOT_RUN, NOT_SAME


class Says(StrEnum):
    """Where a published number stands."""

    REVIEW = "review"
    """In the source review, at the lines that are named."""
    PUBLICATION = "publication"
    """In the publication itself, as the note of the claim has it."""


class Form(StrEnum):
    """What a published value is."""

    WORDS = "words"
    CHANGE = "change"
    """A change in per cent; whether relative and whether a median is not said."""
    MEDIAN_CHANGE = "median_change"
    MEAN_CHANGE = "mean_change"
    MEAN_POINTS = "mean_points"
    MEAN_ML = "mean_ml"
    LEVEL = "level"
    """In per cent of the predicted value."""
    PERCENT = "percent"
    COUNT = "count"
    """So many of a number of patients."""
    CASES = "cases"
    RATE = "rate"
    MONTHS = "months"
    P = "p"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One number or word of a publication; empty or None where the source does not give it."""

    claim: str
    measure: str
    group: str = ""
    """``a``: those on the drugs of the design; ``b``: those they are compared with."""
    form: Form
    value: str = ""
    """As printed: ``-13.3``, ``<0.01``, ``not significant``."""
    spread: str = ""
    """What is printed after ±."""
    n: int | None = None
    of: int | None = None
    """The patients that a count is of."""
    percent: str = ""
    """Of a count, as printed beside it."""
    window: str = ""
    lines: tuple[tuple[int, int], ...] = ()
    says: Says
    words: str = ""
    not_same: tuple[str, ...] = ()

    @property
    def number(self) -> Decimal | None:
        """The value as a number; None of words and of what is only below a limit."""
        try:
            return Decimal(self.value)
        except ArithmeticError:
            return None

    @property
    def given(self) -> bool:
        """Whether the source says anything of the measure."""
        return bool(self.value or self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """How a study is run on a registry."""

    claim: str
    analysis: str
    """``none`` where there is nothing to run."""
    query: Query
    query_text: str
    drugs: tuple[str, ...] = ()
    against: tuple[str, ...] | None = None
    """The drugs of the comparison; empty: none of ``drugs``; None: nothing is compared."""
    options: dict[str, str] = field(default_factory=dict)
    not_same: tuple[str, ...] = ()
    not_run: str = ""


def _drugs(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for word in text.split():
        named = word.removeprefix("@")
        found += [one.code for one in codes.drugs() if named in {one.code, one.drug_class}]
    if text and not found:
        raise ValueError(f"{text} names no drug")
    return tuple(found)


def _known(names: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    told = tuple(names)
    if unknown := set(told) - set(known):
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    return told


def _published(row: dict[str, str]) -> Published:
    return Published(
        claim=row["id"],
        measure=_known((row["measure"],), MEASURES)[0],
        group=row["group"],
        form=Form(row["kind"]),
        value=row["value"],
        spread=row["spread"],
        n=int(row["n"]) if row["n"] else None,
        of=int(row["of"]) if row["of"] else None,
        percent=row["percent"],
        window=row["window"],
        lines=line_spans(row["lines"]),
        says=Says(row["says"]),
        words=row["words"],
        not_same=_known(row["not_same"].split(), NOT_SAME),
    )


def _design(row: dict[str, str]) -> Design:
    against: tuple[str, ...] | None = None
    if row["against"]:
        against = () if row["against"] == "none" else _drugs(row["against"])
    return Design(
        claim=row["id"],
        analysis=row["analysis"],
        query=parse(row["query"]),
        query_text=row["query"],
        drugs=_drugs(row["drugs"]),
        against=against,
        options=dict(word.split("=") for word in row["options"].split()),
        not_same=_known(row["not_same"].split(), NOT_SAME),
        not_run=_known((row["not_run"],), NOT_RUN)[0] if row["not_run"] else "",
    )


@cache
def published() -> tuple[Published, ...]:
    """Every published number, in the order of the studies.

    Raises:
        ValueError: a row names a measure or a reason that is not known.
    """
    return tuple(_published(row) for row in table_rows("published"))


@cache
def designs() -> dict[str, Design]:
    """The design of each study, by the id of its claim."""
    return {row["id"]: _design(row) for row in table_rows("designs")}


def published_of(claim: str) -> tuple[Published, ...]:
    """What one study published."""
    return tuple(one for one in published() if one.claim == claim)
