"""Action limits of safety bloods: what the protocols say of a value, as data with a source in each row.

Inequalities are strict as printed. A result is stated together with what the rule says; the program does not
advise. A limit in multiples of the laboratory's own limit cannot be told without that limit.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from ctdild_desktop.bundled import resources
from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.due.facts import DrugCourse, DueFacts, Result
from ctdild_desktop.clinical.due.item import DueItem
from ctdild_desktop.clinical.due.table import test_labels
from ctdild_desktop.clinical.due.timing import State
from ctdild_desktop.clinical.lab_entry import unit_text
from ctdild_desktop.clinical.units import UnitError, stored_unit, to_stored
from ctdild_desktop.clinical.verdict import Sentence, sentence
from ctdild_desktop.language import joined, marked, remembered, say

_BOUND = re.compile(r"(<=|>=|<|>)([0-9.]+)(?:x(ULN|LLN))?\Z")
_RISE = re.compile(r"rise>([0-9.]+)%/([0-9]+)m\Z")
_QUANTITY = {
    "wbc": "blood_cells",
    "neutrophils": "blood_cells",
    "platelets": "blood_cells",
    "eosinophils": "blood_cells",
    "alt": "enzyme",
    "ast": "enzyme",
    "creatinine": "creatinine",
    "igg": "immunoglobulin",
    "albumin": "albumin",
}
_OWN_UNIT = {"mcv": "fL"}
_NADIR_DAYS = (7, 14)
_BEFORE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Bound:
    """One inequality; ``of`` is ``ULN`` or ``LLN`` when the limit is a multiple of it."""

    sign: str
    limit: Decimal
    of: str = ""

    def holds(
        self, value: Decimal, lln: Decimal | None, uln: Decimal | None, detection: str | None = None
    ) -> bool | None:
        """Whether the value fulfils it; None when the laboratory's limit is not recorded, or when the true
        value lies beyond ``value`` (``detection``) and may be on either side.
        """
        unit = {"": Decimal(1), "ULN": uln, "LLN": lln}[self.of]
        if unit is None:
            return None
        limit = self.limit * unit
        if detection == "below":
            return (self.sign in {"<", "<="}) if value <= limit else None
        if detection == "above":
            return (self.sign in {">", ">="}) if value >= limit else None
        return {
            "<": value < limit,
            "<=": value <= limit,
            ">": value > limit,
            ">=": value >= limit,
        }[self.sign]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionLimit:
    """One row: of which drugs and test, at which time, under which condition, and what the rule says."""

    id: str
    drugs: frozenset[str]
    test: str
    when: str
    """Empty for the latest value on the drug; ``before_start``, ``before_infusion``, ``infusion_day`` or
    ``nadir``."""
    condition: str
    words: str
    source: str
    check: str

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """The inequalities that must all hold; empty for a rise or falls in a row."""
        found = [_BOUND.match(word) for word in self.condition.split()]
        return tuple(Bound(m[1], Decimal(m[2]), m[3] or "") for m in found if m is not None)

    @property
    def trend(self) -> bool:
        """Whether it is about a course, which a value within normal can be part of, and about no bound."""
        return not self.bounds


@remembered
def action_limits() -> tuple[ActionLimit, ...]:
    """All rows of the table.

    Raises:
        ValueError: a condition cannot be read.
    """
    with (resources() / "due" / "action_limits.csv").open(encoding="utf-8", newline="") as file:
        rows = tuple(
            ActionLimit(
                id=row["id"],
                drugs=frozenset(row["drugs"].split()),
                test=row["test"],
                when=row["when"],
                condition=row["condition"],
                words=say(row["words"]),
                source=row["source"],
                check=row["check"],
            )
            for row in csv.DictReader(file, strict=True)
        )
    for row in rows:
        special = row.condition == "falls3" or _RISE.match(row.condition)
        if not special and len(row.bounds) != len(row.condition.split()):
            raise ValueError(f"action limit {row.id}: {row.condition!r} cannot be read")
    return rows


def action_items(facts: DueFacts) -> list[DueItem]:
    """Every action limit that a recorded value reaches, and those that cannot be told for want of a limit."""
    items: list[DueItem] = []
    seen: set[tuple[str, str, str]] = set()
    for row in action_limits():
        for course in facts.running():
            key = (row.id, row.test, row.condition)
            if course.drug not in row.drugs or key in seen:
                continue
            item = _item(row, facts, course)
            if item is not None:
                seen.add(key)
                items.append(item)
    return _once(items)


def _once(items: list[DueItem]) -> list[DueItem]:
    """A value whose limit is missing is asked about once for each rule, not for each of its steps."""
    made: list[DueItem] = []
    for item in items:
        if item.state is State.CANNOT_ASSESS and any(
            (other.rule, other.tests, other.state) == (item.rule, item.tests, item.state) for other in made
        ):
            continue
        made.append(item)
    return made


def _item(row: ActionLimit, facts: DueFacts, course: DrugCourse) -> DueItem | None:
    results = sorted(
        (result for result in facts.of((row.test,)) if result.value is not None),
        key=lambda result: result.date,
    )
    chosen = [
        result
        for result in results
        if result.until is None and _in_time(row.when, result.date, facts, course)
    ]
    after = chosen[-1].date if chosen else dt.date.min
    for result in reversed(results):
        if result.until is not None and _may_be_on(row.when, result, after, facts, course):
            need = sentence("the day of this value of {test}", test=test_labels()[row.test])
            return _made(row, course, State.CANNOT_ASSESS, result, needs=(need,))
    if not chosen:
        return None
    latest = chosen[-1]
    try:
        before = (one for one in results if one is not latest and one.date <= latest.date)
        values = [_stored(result) for result in (*before, latest)]
    except UnitError:
        need = sentence("a known unit for {test}", test=test_labels()[row.test])
        return _made(row, course, State.CANNOT_ASSESS, latest, needs=(need,))
    told = _reaches(row, values, course)
    if told is None and not row.bounds:
        need = sentence(
            "earlier values of {test} that are certain, with their days", test=test_labels()[row.test]
        )
        return _made(row, course, State.CANNOT_ASSESS, latest, needs=(need,))
    if told is None and latest.detection is not None:
        need = sentence("a value of {test} within the range of the method", test=test_labels()[row.test])
        return _made(row, course, State.CANNOT_ASSESS, latest, needs=(need,))
    if told is None:
        limit = "upper" if any(bound.of == "ULN" for bound in row.bounds) else "lower"
        need = sentence(
            "the laboratory's {limit} limit of normal for {test}", limit=limit, test=test_labels()[row.test]
        )
        return _made(row, course, State.CANNOT_ASSESS, latest, needs=(need,))
    return _made(row, course, State.WARNING, latest) if told else None


@dataclass(frozen=True, slots=True)
class _Value:
    date: dt.date
    value: Decimal
    lln: Decimal | None
    uln: Decimal | None
    detection: str | None
    until: dt.date | None

    @property
    def exact(self) -> bool:
        """Whether value and day are known and not only bounds of them."""
        return self.detection is None and self.until is None


def _stored(result: Result) -> _Value:
    """The value and its limits in the unit of the rules; an unnamed unit is never assumed."""
    quantity = _QUANTITY.get(result.test)
    if quantity is None:
        if result.unit != _OWN_UNIT.get(result.test):
            raise UnitError(say("{unit} is not the unit of {test}", unit=result.unit, test=result.test))
        value, lln, uln = result.value or Decimal(0), result.lln, result.uln
        return _Value(result.date, value, lln, uln, result.detection, result.until)

    def convert(value: Decimal | None) -> Decimal | None:
        return None if value is None else to_stored(quantity, value, result.unit)

    value, lln, uln = convert(result.value) or Decimal(0), convert(result.lln), convert(result.uln)
    return _Value(result.date, value, lln, uln, result.detection, result.until)


def _reaches(row: ActionLimit, values: Sequence[_Value], course: DrugCourse) -> bool | None:
    """Whether the latest value reaches the limit; None when it cannot be told: the laboratory's limit is not
    recorded, or a value that counts is not certain.
    """
    latest = values[-1]
    if row.condition == "falls3":
        return _fall([value for value in values if value.date >= course.start][-4:])
    rise = _RISE.match(row.condition)
    if rise is not None:
        since = add_months(latest.date, -int(rise[2]))
        earlier = [value for value in values[:-1] if (value.until or value.date) >= since]
        return _rise(latest, earlier, Decimal(rise[1]))
    answers = [bound.holds(latest.value, latest.lln, latest.uln, latest.detection) for bound in row.bounds]
    if False in answers:
        return False
    return None if None in answers else True


def _fall(last: Sequence[_Value]) -> bool | None:
    """Whether each of four values is lower than the one before, and the last not below the lower limit."""
    if len(last) < 4:
        return False
    pairs = [(one, two) for one, two in pairwise(last) if one.exact and two.exact]
    if any(later.value >= earlier.value for earlier, later in pairs):
        return False
    if not all(value.exact for value in last):
        return None
    return last[-1].lln is None or last[-1].value >= last[-1].lln


def _rise(latest: _Value, earlier: Sequence[_Value], percent: Decimal) -> bool | None:
    """Whether the latest value is by more than so much above any earlier one; None when it may be."""

    def risen_from(value: _Value) -> bool:
        return (latest.value - value.value) * 100 > percent * value.value

    known = [value for value in earlier if value.until is None and value.detection != "above"]
    risen = any(risen_from(value) for value in known)
    perhaps = any(value.detection == "below" or (not value.exact and risen_from(value)) for value in earlier)
    if latest.detection == "below":
        return None if risen or perhaps else False
    if risen:
        return True
    return None if perhaps or (latest.detection == "above" and earlier) else False


def _may_be_on(when: str, result: Result, after: dt.date, facts: DueFacts, course: DrugCourse) -> bool:
    """Whether a result of which only month or year is known may be the one that counts."""
    last = min(result.until or result.date, facts.as_of)
    days = (result.date + dt.timedelta(number) for number in range((last - result.date).days + 1))
    return any(day >= after and _in_time(when, day, facts, course) for day in days)


def _in_time(when: str, day: dt.date, facts: DueFacts, course: DrugCourse) -> bool:
    if when == "":
        return day >= course.start
    if when == "before_start":
        return course.start - dt.timedelta(days=28) <= day <= course.start
    given = course.given(facts.as_of)
    latest = given[-1] if given else course.start
    if when == "infusion_day":
        return bool(given) and day == latest
    if when == "nadir":
        return bool(given) and _NADIR_DAYS[0] <= (day - latest).days <= _NADIR_DAYS[1]
    return day > latest + dt.timedelta(days=_NADIR_DAYS[1]) or (
        not given and course.start - dt.timedelta(days=_BEFORE_DAYS) <= day
    )


def _made(
    row: ActionLimit,
    course: DrugCourse,
    state: State,
    result: Result,
    *,
    needs: tuple[Sentence, ...] = (),
) -> DueItem:
    label = test_labels()[row.test]
    quantity = _QUANTITY.get(row.test)
    unit = stored_unit(quantity) if quantity is not None else _OWN_UNIT[row.test]
    value = sentence(
        "{test} {sign}{value}{unit} on {date}, on {drug}."
        if result.until is None
        else "{test} {sign}{value}{unit} on a day from {date} to {until}, on {drug}.",
        test=wording.capital(label),
        sign={"below": "<", "above": ">"}.get(result.detection or "", ""),
        value=result.value or Decimal(0),
        unit=f" {unit_text(result.unit)}" if result.unit else "",
        date=result.date,
        until=result.until or result.date,
        drug=course.name.lower(),
    )
    says = sentence(
        "The limit is {limit}; the rule says: {words}.", limit=_words(row, unit_text(unit)), words=row.words
    )
    return DueItem(
        rule=f"LIMIT-{row.id}",
        item=say("Trend: {label}", label=label) if row.trend else say("Action limit: {label}", label=label),
        state=state,
        last=result.date,
        tests=(row.test,),
        drug=course.drug,
        because=(value, says) if state is State.WARNING else (value,),
        needs=needs,
        source=row.source,
        check=row.check,
    )


def _words(row: ActionLimit, unit: str) -> str:
    if row.condition == "falls3":
        return say("three falls in a row within normal")
    rise = _RISE.match(row.condition)
    if rise is not None:
        return say("a rise of more than {rise} % within {rise2} months", rise=rise[1], rise2=rise[2])
    signs = {
        "<": marked("below {limit}"),
        "<=": marked("at most {limit}"),
        ">": marked("above {limit}"),
        ">=": marked("at least {limit}"),
    }
    return joined(
        (
            say(signs[bound.sign], limit=f"{bound.limit} {f'× {bound.of}' if bound.of else unit}")
            for bound in row.bounds
        ),
        say(" and "),
    )
