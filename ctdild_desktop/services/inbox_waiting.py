"""What became of the messages of the inbox, and how many wait; no reader of a format is needed for that."""

from __future__ import annotations

from enum import StrEnum

from ctdild_desktop.services.desk import Desk, for_everybody


class State(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    TAKEN = "taken"
    SET_ASIDE = "set_aside"
    UNREADABLE = "unreadable"

    @property
    def open(self) -> bool:
        """Whether somebody must still decide."""
        return self in (State.WAITING, State.UNREADABLE)


OPEN = (State.WAITING.value, State.UNREADABLE.value)
"""What stands in the column of those that wait."""


@for_everybody
def waiting(desk: Desk) -> int:
    """How many messages wait for somebody."""
    from sqlalchemy import func, select

    from ctdild_desktop.registry.models import InboxMessageRow as Row

    with desk.registry.read() as session:
        query = select(func.count()).select_from(Row).where(Row.state.in_(OPEN))
        return int(session.execute(query).scalar_one())
