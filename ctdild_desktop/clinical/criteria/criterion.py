"""What a criterion is: a name, a window, a source, and a function from facts to an answer.

The length of a window is the definition's; that both of its ends are inside, and the notice of a test up to
45 days too early, are decisions of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.codes import drugs
from ctdild_desktop.clinical.criteria.facts import Facts, running_lines
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.verdict import Assessment, Caution, Sentence, Verdict, sentence

NEAR_MISS_DAYS = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaSettings:
    """What a site may set; the defaults are the documented ones."""

    window_grace_days: int = 0
    """Days by which a window is opened earlier."""
    review_window_months: int = 24
    """Window of the review's alarms: 6, 12 or 24 months."""
    omeract_window_months: int = 24
    """Window of the OMERACT definition, which has none of its own: 12 or 24 months."""
    eustar_basis: str = "points"
    """``points`` of % predicted, or ``relative``: the publication does not say which."""
    require_alternative_explanation: bool = False
    """True: a statement of worse symptoms counts only when other explanations were asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One published definition; ``in_strip`` ones are asked of every patient, ``of_line`` ones of a therapy
    line.
    """

    id: str
    title: str
    """Short name, as a chip shows it."""
    window_months: int | None
    source: str
    judge: Callable[[Facts, dt.date, CriteriaSettings], Assessment]
    in_strip: bool = True
    of_line: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """A closed span of dates; ``tests_from`` may lie earlier than ``start`` to try a near miss."""

    start: dt.date
    end: dt.date
    tests_from: dt.date
    months: int


def window(as_of: dt.date, months: int, settings: CriteriaSettings) -> Window:
    """The window of so many months that ends on the as-of date; both ends are inside."""
    start = add_months(as_of, -months) - dt.timedelta(days=settings.window_grace_days)
    return Window(start, as_of, start, months)


def try_near_miss(
    judge: Callable[[Window], Assessment], asked: Window, dates: tuple[dt.date, ...]
) -> Assessment:
    """The answer in the window, with ``NEAR_MISS`` when a test up to 45 days earlier would change it.

    ``dates`` are the usable visits of the criterion's measures. The warning states the answer that the
    earlier test would have given; the answer itself stays. It is given too when the window holds no pair.
    """
    answer = judge(asked)
    missed = [day for day in dates if 0 < (asked.start - day).days <= NEAR_MISS_DAYS]
    if not missed or answer.verdict is Verdict.NOT_APPLICABLE:
        return answer
    earliest = min(missed)
    other = judge(replace(asked, tests_from=earliest))
    alone = sum(asked.start <= day <= asked.end for day in set(dates)) < 2
    if other.verdict is answer.verdict and other.category == answer.category and not alone:
        return answer
    used = other.evidence[0].baseline.date if other.evidence else max(missed)
    day = used if used in missed else max(missed)
    days = (asked.start - day).days
    told = wording.verdict(other.verdict) if other.category is None else category_words(other.category)
    text = sentence(
        "The test of {date} lies {days} before the window; with it the answer would be {verdict}.",
        date=day,
        days=f"{days} day" if days == 1 else f"{days} days",
        verdict=told,
    )
    return replace(answer, cautions=(*answer.cautions, Caution("NEAR_MISS", text)))


def category_words(category: str) -> str:
    """A category in words: ``FVC_RESPONSE`` is ``FVC response``."""
    known = {"FVC", "DLCO"}
    return " ".join(word if word in known else word.lower() for word in category.split("_"))


def therapy_sentence(facts: Facts, on: dt.date) -> tuple[Sentence, ...]:
    """``On mycophenolate, rituximab.`` for the lines running on a date; nothing when none is recorded."""
    names = dict.fromkeys(drugs().label(line.drug).split(" (")[0] for line in running_lines(facts, on))
    if not names:
        return ()
    text = ", ".join(name if name[:2].isupper() else name[:1].lower() + name[1:] for name in names)
    return (sentence("On {drugs}.", drugs=text),)
