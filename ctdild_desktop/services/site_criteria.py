"""The clinic's own thresholds: setting one, retiring it, and the criteria that they make.

A threshold is never changed: it is retired and another one is set, so that an answer can always be traced to
who set it and when. Retired ones stay in the registry.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from ctdild_desktop.clinical.criteria import (
    Comparator,
    Criterion,
    ThresholdBasis,
    ThresholdMeasure,
    UserThreshold,
    user_threshold,
)
from ctdild_desktop.clinical.entry import EntryError
from ctdild_desktop.language import say
from ctdild_desktop.registry.models import SiteCriterionRow
from ctdild_desktop.services.desk import (
    Change,
    ChangeSet,
    Desk,
    Done,
    RefusedError,
    Role,
    for_everybody,
    new_id,
    requires,
)

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy.orm import Session

MOST_NAME = 30
"""Letters of a name: what fits into a chip and the printed page."""
MOST_SET = 4
"""Thresholds at one time: what fits beside the published definitions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdDraft:
    """A threshold before it is set; who sets it and when is the desk's to say."""

    name: str
    measure: ThresholdMeasure
    basis: ThresholdBasis
    comparator: Comparator
    amount: Decimal
    window_months: int


@for_everybody
def thresholds(desk: Desk) -> tuple[UserThreshold, ...]:
    """The thresholds in force, in the order in which they were set."""
    with desk.registry.read() as session:
        return tuple(_read(desk, session, row) for row in _in_force(session))


@for_everybody
def own_criteria(desk: Desk) -> tuple[Criterion, ...]:
    """The thresholds in force as criteria, to be shown after the published ones."""
    return tuple(user_threshold(found) for found in thresholds(desk))


@requires(Role.ADMINISTRATOR, doing="setting thresholds of the clinic")
def set_threshold(desk: Desk, draft: ThresholdDraft) -> Done[UserThreshold]:
    """Set a threshold; undo retires it.

    Raises:
        RefusedError: the name is missing, too long or in use, the amount or window cannot be, or there are
            as many as can be shown. Only administrators may set one.
    """
    name = " ".join(draft.name.split())
    if len(name) > MOST_NAME:
        raise RefusedError(
            say("The name has {name} letters; {MOST_NAME} fit.", name=len(name), MOST_NAME=MOST_NAME)
        )
    now = desk.clock()
    threshold_id = new_id()
    try:
        made = UserThreshold(
            id=threshold_id,
            name=name,
            measure=draft.measure,
            basis=draft.basis,
            comparator=draft.comparator,
            amount=draft.amount,
            window_months=draft.window_months,
            set_by=desk.display_name,
            set_on=_day(now),
        )
    except EntryError as error:
        raise RefusedError(str(error)) from error
    with desk.registry.write(desk.login, "own threshold set") as session:
        _refuse_full(session, name)
        session.add(
            SiteCriterionRow(
                id=threshold_id,
                name=name,
                measure=made.measure.value,
                basis=made.basis.value,
                comparator=made.comparator.value,
                amount=made.amount,
                window_months=made.window_months,
                set_by=desk.login,
                set_at=now,
            )
        )
    message = say("Set {name}. It stands after the published definitions.", name=name)
    return Done(made, message, _CHANGED, lambda: _undone(desk, made, retired=True))


@requires(Role.ADMINISTRATOR, doing="setting thresholds of the clinic")
def retire_threshold(desk: Desk, threshold_id: str) -> Done[UserThreshold]:
    """Retire a threshold: it is not asked any more and stays in the registry; undo brings it back.

    Raises:
        RefusedError: it is not in force. Only administrators may retire one.
    """
    retired = _retire(desk, threshold_id, "own threshold retired")
    return Done(
        retired,
        say("Retired {name}.", name=retired.name),
        _CHANGED,
        lambda: _undone(desk, retired, retired=False),
    )


_CHANGED = ChangeSet(frozenset({Change.SETTINGS}))


def _undone(desk: Desk, which: UserThreshold, *, retired: bool) -> Done[UserThreshold]:
    """Take setting or retiring back by a new act, which can be taken back itself."""
    reason = f"Undo: {which.name}"
    if retired:
        _retire(desk, which.id, reason)
    else:
        with desk.registry.write(desk.login, reason) as session:
            _refuse_full(session, which.name)
            session.get_one(SiteCriterionRow, which.id).retired_at = None
    return Done(
        which,
        say("Undone: {name}.", name=which.name),
        _CHANGED,
        lambda: _undone(desk, which, retired=not retired),
    )


def _retire(desk: Desk, threshold_id: str, reason: str) -> UserThreshold:
    with desk.registry.write(desk.login, reason) as session:
        row = session.get(SiteCriterionRow, threshold_id)
        if row is None or row.retired_at is not None:
            raise RefusedError("This threshold is no longer in force.")
        row.retired_at = desk.clock()
        return _read(desk, session, row)


def _refuse_full(session: Session, name: str) -> None:
    present = _in_force(session)
    if any(row.name.casefold() == name.casefold() for row in present):
        raise RefusedError(say("There is a threshold called {name} already.", name=name))
    if len(present) >= MOST_SET:
        raise RefusedError(
            say("There are {MOST_SET} thresholds already; retire one first.", MOST_SET=MOST_SET)
        )


def _in_force(session: Session) -> list[SiteCriterionRow]:
    query = select(SiteCriterionRow).where(SiteCriterionRow.retired_at.is_(None))
    return list(session.execute(query.order_by(SiteCriterionRow.set_at, SiteCriterionRow.id)).scalars())


def _read(desk: Desk, session: Session, row: SiteCriterionRow) -> UserThreshold:
    return UserThreshold(
        id=row.id,
        name=row.name,
        measure=ThresholdMeasure(row.measure),
        basis=ThresholdBasis(row.basis),
        comparator=Comparator(row.comparator),
        amount=row.amount,
        window_months=row.window_months,
        set_by=desk.store.lists.person(session, row.set_by),
        set_on=_day(row.set_at),
    )


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone().date()
