"""What a criterion answers: a verdict with the tests, numbers, sentences and source that produced it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from ctdild_desktop.language import english_of


class Verdict(StrEnum):
    """The four answers of every criterion. Missing data is CANNOT_ASSESS, never NOT_MET."""

    MET = "MET"
    NOT_MET = "NOT_MET"
    CANNOT_ASSESS = "CANNOT_ASSESS"
    NOT_APPLICABLE = "NOT_APPLICABLE"


def any_of(*answers: Verdict) -> Verdict:
    """Three-valued OR: MET if any is met, else unknown if any is unknown, else NOT_MET."""
    if Verdict.MET in answers:
        return Verdict.MET
    return Verdict.CANNOT_ASSESS if Verdict.CANNOT_ASSESS in answers else Verdict.NOT_MET


def all_of(*answers: Verdict) -> Verdict:
    """Three-valued AND: NOT_MET if any is not met, else unknown if any is unknown, else MET."""
    if Verdict.NOT_MET in answers:
        return Verdict.NOT_MET
    return Verdict.CANNOT_ASSESS if Verdict.CANNOT_ASSESS in answers else Verdict.MET


SentenceValue: TypeAlias = "Decimal | dt.date | int | str | Sentence | tuple[Sentence, ...]"
"""Several sentences are listed with semicolons."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as a template with named values, so that it can be shown in any locale and language.

    ``template`` uses ``{name}`` for a value. A Decimal is already rounded to the places to be shown.
    """

    template: str
    values: tuple[tuple[str, SentenceValue], ...] = ()
    inner: bool = False
    """Part of a larger sentence: without its capital and its full stop."""

    def __str__(self) -> str:
        """The sentence in English with ISO dates and points, as the command line prints it."""
        return self.placed(self.template).format(**{name: _plain(value) for name, value in self.values})

    def placed(self, template: str) -> str:
        """This template, or its translation, as it stands alone or within a larger sentence."""
        if not self.inner:
            return template
        bare = template.rstrip(".")
        return bare[:1].lower() + bare[1:]


def _plain(value: SentenceValue) -> str:
    if isinstance(value, tuple):
        return "; ".join(str(part) for part in value)
    if isinstance(value, str):
        return english_of(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def sentence(template: str, **values: SentenceValue) -> Sentence:
    """Make a sentence; raises KeyError at once when the template names a value that is not given."""
    made = Sentence(template, tuple(values.items()))
    str(made)
    return made


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one visit, with the records that it came from."""

    date: dt.date
    value: Decimal
    record_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The two visits that an answer rests on. Changes are follow-up minus baseline: a fall is negative."""

    measure: str
    """``fvc`` or ``dlco``."""
    basis: str
    """``percent_predicted``, ``percent_predicted_hb_corrected``, ``litres`` or ``absolute``."""
    baseline: Reading
    follow_up: Reading
    absolute_change: Decimal
    """In points of % predicted, or in the unit of the basis."""
    relative_change_percent: Decimal


@dataclass(frozen=True, slots=True)
class Caution:
    """A warning that goes with a verdict and does not change it: ``LOW_QUALITY``, ``NEAR_MISS`` ..."""

    code: str
    text: Sentence
    stated: bool = False
    """True when ``because`` says the same already, so that it need not be printed again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """One part of a composite criterion and its own answer."""

    name: str
    """``symptoms``, ``physiology`` or ``radiology``."""
    verdict: Verdict
    because: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The answer of one criterion for one patient on one date."""

    criterion: str
    title: str
    """Short name as a chip shows it: ``PPF 2022``, ``FVC fall > 10 %``."""
    as_of: dt.date
    verdict: Verdict
    category: str | None = None
    """For tools that answer a category in place of MET / NOT_MET."""
    window_months: int | None = None
    domains: tuple[Domain, ...] = ()
    because: tuple[Sentence, ...] = ()
    needs: tuple[Sentence, ...] = ()
    cautions: tuple[Caution, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    """The reported pair first."""
    source: str = ""
    key: Sentence | None = None
    """The one number that the answer rests on, in the criterion's measure: ``−10.0 %``, ``−5.3 points``."""
    on_ild_treatment: bool | None = None
    """For definitions "despite treatment": whether such a line ran in the window. It changes no verdict."""

    @property
    def further_cautions(self) -> tuple[Caution, ...]:
        """The cautions that ``because`` does not state already: what remains to be printed."""
        return tuple(caution for caution in self.cautions if not caution.stated)
