"""The values of a report put together to tests: one for each day, before and after a bronchodilator apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ctdild_desktop.interchange.drafts import MEASURED, TestDraft
from ctdild_desktop.interchange.measures import FIELDS, Named, Role
from ctdild_desktop.interchange.records import Remark
from ctdild_desktop.language import say

_OF_THE_DAY = frozenset({"HEIGHT", "WEIGHT", "HB", "SPO2"})
"""What belongs to every test of the day."""
_SIDES = (None, False, True)
_TOLD = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One value of a report with what it means; a text has no meaning and goes to the comment."""

    day: dt.date | None
    meant: Named
    label: str
    text: str
    unit: str = ""
    limits: str = ""
    """The range of normal as the report gives it."""
    post_bd: bool | None = None
    comment: bool = False
    fault: str = ""
    """Why the test that it belongs to cannot be taken."""
    notice: str = ""


@dataclass(slots=True)
class Grouped:
    """Tests with their days, and the values that belong to none of them."""

    tests: list[tuple[dt.date | None, TestDraft]]
    unread: list[Item]

    def remarks(self) -> Iterator[Remark]:
        """A notice for each value that belongs to no test of lung function, up to a number."""
        for item in self.unread[:_TOLD]:
            text = f"{item.text} {item.unit}".strip()
            yield Remark(None, item.label, text, say("not a value of lung function; it is not read"))
        if len(self.unread) > _TOLD:
            more = len(self.unread) - _TOLD
            yield Remark(
                None, "", str(more), say("more values that are not of lung function; they are not read")
            )


def grouped(items: Iterable[Item], make: Callable[[], TestDraft], *, exact: bool = False) -> Grouped:
    """The tests of a report.

    A value of lung function makes the test of its day and side; one that says no side belongs to the test
    before the bronchodilator. Whatever else there is of the day is kept with them.

    Args:
        make: gives an empty test.
        exact: numbers are in the machine's own form.
    """
    by_day: dict[dt.date | None, list[Item]] = {}
    for item in items:
        by_day.setdefault(item.day, []).append(item)
    tests: list[tuple[dt.date | None, TestDraft]] = []
    unread: list[Item] = []
    for day, of_day in by_day.items():
        sides = {item.post_bd for item in of_day if _makes_a_test(item)}
        if not sides:
            unread += of_day
            continue
        whole = False if False in sides else None if None in sides else True
        for side in sorted(sides - ({None} if whole is False else set()), key=_SIDES.index):
            draft = make()
            draft.post_bd = side
            for item in of_day:
                own = item.post_bd if item.post_bd in sides and item.post_bd is not None else whole
                if item.meant.quantity in _OF_THE_DAY or item.comment or own is side:
                    put_into(draft, item, exact=exact)
            tests.append((day, draft))
    return Grouped(tests, unread)


def _makes_a_test(item: Item) -> bool:
    meant = item.meant
    field = FIELDS.get((meant.quantity, meant.role), "")
    return bool(item.fault) or field in MEASURED or (meant.quantity, meant.role) == ("DLCO_HB", Role.MEASURED)


def put_into(draft: TestDraft, item: Item, *, exact: bool) -> None:
    """Give one value to the test that it belongs to."""
    if item.fault:
        draft.refuse(item.label, item.text, item.fault)
        return
    if item.notice:
        draft.warn(item.label, item.text, item.notice)
    if item.comment:
        draft.comment(item.text)
    else:
        draft.take(item.meant, item.label, item.text, item.unit, exact=exact)
        draft.keep(f"{item.label} (range)", item.limits, item.unit)
