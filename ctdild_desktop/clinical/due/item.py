"""One line of the due list, and how it is made from a rule and a window.

Sources stand in the rule table and go with each line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from ctdild_desktop.clinical.due.table import Part, Rule, test_labels
from ctdild_desktop.clinical.due.timing import State, Timing, days_overdue, state_on
from ctdild_desktop.clinical.verdict import Sentence, sentence
from ctdild_desktop.language import joined, say

_ORDER = {state: place for place, state in enumerate(State)}


@dataclass(frozen=True, slots=True, kw_only=True)
class DueItem:
    """What one rule says of one patient on one day."""

    rule: str
    item: str
    """What it is about, in words."""
    state: State
    opens: dt.date | None = None
    due: dt.date | None = None
    overdue_days: int = 0
    last: dt.date | None = None
    tests: tuple[str, ...] = ()
    drug: str = ""
    """Code of the drug that the rule is about; empty for a disease."""
    gate: bool = False
    because: tuple[Sentence, ...] = ()
    needs: tuple[Sentence, ...] = ()
    flags: tuple[str, ...] = ()
    """``ANCHOR_ASSUMED``, ``BASELINE_MISSING``, ``HRCT_SUGGESTED`` ..."""
    source: str = ""
    check: str = ""
    note: str = ""
    """What the table adds to the rule."""

    @property
    def urgency(self) -> tuple[int, int, int, str]:
        """Sorts the most urgent first: hard gates, then by state, then the longest overdue."""
        hard = self.gate and self.state is State.NEVER_DONE
        day = self.due.toordinal() if self.due is not None else dt.date.max.toordinal()
        return (0 if hard else 1, _ORDER[self.state], day, self.rule)


def labels(parts: Iterable[Part]) -> str:
    """``full blood count, creatinine or eGFR``."""
    known = test_labels()
    return joined(joined((known[test] for test in _shown(part)), say(" or ")) for part in parts)


def _shown(part: Part) -> Part:
    """A blood count that also counts as done by one of its numbers is named as the blood count."""
    return ("fbc",) if "fbc" in part else part


def named(rule: Rule, parts: tuple[Part, ...]) -> str:
    """The words of an item, with its tests where the rule's own words do not name them."""
    words = labels(parts)
    if not words or words.lower() == rule.item.lower():
        return rule.item
    return say("{item}: {words}", item=rule.item, words=words)


def timed(
    rule: Rule,
    timing: Timing,
    as_of: dt.date,
    *,
    parts: tuple[Part, ...] | None = None,
    because: tuple[Sentence, ...] = (),
    needs: tuple[Sentence, ...] = (),
    flags: tuple[str, ...] = (),
    drug: str = "",
    done: str = "Last done on {date}.",
) -> DueItem:
    """An item with a window; the sentence on the last result stands first, in the words of ``done``."""
    asked = rule.parts if parts is None else parts
    state = state_on(timing, as_of)
    if timing.last is not None:
        first = sentence(done, date=timing.last)
    else:
        whole = len(asked) > 1 and not rule.apart
        first = sentence("No complete result is on record." if whole else "No result is on record.")
    return DueItem(
        rule=rule.id,
        item=named(rule, asked),
        state=state,
        opens=timing.opens,
        due=timing.due,
        overdue_days=days_overdue(timing, as_of),
        last=timing.last,
        tests=tuple(test for part in asked for test in part),
        drug=drug,
        gate=rule.gate,
        because=(first, *because),
        needs=needs,
        flags=flags,
        source=rule.source,
        check=rule.check,
        note=rule.note,
    )


def stated(
    rule: Rule,
    state: State,
    *because: Sentence,
    needs: tuple[Sentence, ...] = (),
    flags: tuple[str, ...] = (),
    drug: str = "",
    due: dt.date | None = None,
    last: dt.date | None = None,
) -> DueItem:
    """An item without a window: a prompt, a warning, a statement, or one that does not apply."""
    return DueItem(
        rule=rule.id,
        item=named(rule, rule.parts),
        state=state,
        due=due,
        last=last,
        tests=tuple(test for part in rule.parts for test in part),
        drug=drug,
        gate=rule.gate,
        because=because,
        needs=needs,
        flags=flags,
        source=rule.source,
        check=rule.check,
        note=rule.note,
    )


def merged(items: list[DueItem], rule: Rule) -> list[DueItem]:
    """Parts of one rule with the same window and the same history, as one line."""
    groups: dict[tuple[object, ...], list[DueItem]] = {}
    for item in items:
        groups.setdefault((item.state, item.opens, item.due, item.last, item.because), []).append(item)
    made = []
    for same in groups.values():
        tests = tuple(test for item in same for test in item.tests)
        parts = tuple(part for part in rule.parts if set(part) <= set(tests))
        first = same[0]
        made.append(
            DueItem(
                rule=first.rule,
                item=named(rule, parts),
                state=first.state,
                opens=first.opens,
                due=first.due,
                overdue_days=first.overdue_days,
                last=first.last,
                tests=tests,
                drug=first.drug,
                gate=first.gate,
                because=first.because,
                needs=tuple(need for item in same for need in item.needs),
                flags=first.flags,
                source=first.source,
                check=first.check,
                note=first.note,
            )
        )
    return made
