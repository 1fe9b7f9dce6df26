"""The desk a person works at: who they are, which registry is open, and what an act hands back.

A user act is one named function of a neighbouring module: one transaction, one audit batch, one message for
the status bar, one set of changes and, where possible, one undo that is itself a new act.
"""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

from ctdild_desktop.config import SiteSettings

if TYPE_CHECKING:
    from ctdild_desktop.clinical.plausibility import Issue
    from ctdild_desktop.registry.registry import Registry
    from ctdild_desktop.services.store import Store

T = TypeVar("T")
P = ParamSpec("P")


class Role(StrEnum):
    """What a signed-in person may do; checked here, not in the window."""

    VIEWER = "viewer"
    RECORDER = "recorder"
    CLINICIAN = "clinician"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """The role in words."""
        return self.value


class RefusedError(Exception):
    """An act that was not done, with the reason as one sentence; nothing was changed.

    ``issues`` carries every problem of a draft, so that a form can show each one beside its field. When all
    of them are soft, repeating the act with their codes confirmed does it.
    """

    def __init__(self, text: str, issues: tuple[Issue, ...] = ()) -> None:
        super().__init__(text)
        self.issues = issues


class StaleError(RefusedError):
    """Somebody else changed the record meanwhile; both values are kept for the person to choose."""

    def __init__(
        self, text: str, *, mine: Any, theirs: Any, changed_by: str, changed_at: dt.datetime
    ) -> None:
        super().__init__(text)
        self.mine = mine
        self.theirs = theirs
        """The record as it is now in the registry; None when it was removed."""
        self.changed_by = changed_by
        self.changed_at = changed_at


class Change(StrEnum):
    """Kinds of things that an act may touch; screens decide by these whether to refresh."""

    PATIENT = "patient"
    DIAGNOSIS = "diagnosis"
    VISIT = "visit"
    TEST = "test"
    THERAPY = "therapy"
    ADVERSE_EVENT = "adverse_event"
    HRCT = "hrct"
    DRAFT = "draft"
    SETTINGS = "settings"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What an act touched; ``patient_id`` is None when several patients or none are concerned."""

    kinds: frozenset[Change]
    patient_id: str | None = None


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """An act that was done: its result, the status-bar message, what it touched and how to take it back."""

    value: T
    message: str
    changes: ChangeSet
    undo: Callable[[], Done[Any]] | None = None
    """Takes the act back by a new, audited act; may raise :class:`RefusedError` like any act."""


def utc_now() -> dt.datetime:
    """The present moment; every act asks the desk's clock, which tests replace."""
    return dt.datetime.now(dt.UTC)


@dataclass(slots=True, weakref_slot=True)
class Desk:
    """One open registry and the person who works in it. Made by :mod:`ctdild_desktop.services.access`."""

    registry: Registry
    login: str
    display_name: str
    role: str
    clock: Callable[[], dt.datetime] = utc_now
    """Aware UTC time; tests pass their own."""
    settings: SiteSettings = field(default_factory=SiteSettings)
    demo: bool = False
    """The registry holds invented patients only; printouts say so."""
    recent: list[str] = field(default_factory=list)
    """Ids of the patients opened at this desk, the latest first."""
    _store: Store | None = field(default=None, init=False, repr=False)

    def today(self) -> dt.date:
        """The calendar day at this workstation."""
        return self.clock().astimezone().date()

    @property
    def store(self) -> Store:
        """How records are kept in the registry's tables; for services only."""
        if self._store is None:
            from ctdild_desktop.services.store import Store

            self._store = Store()
        return self._store

    def close(self) -> None:
        """Close the registry and forget its key; the desk is of no use afterwards."""
        self.registry.close()


def new_id() -> str:
    """A fresh random id for a record; it says nothing about the patient."""
    return uuid.uuid4().hex


RECORDING = (Role.RECORDER, Role.CLINICIAN, Role.COORDINATOR, Role.ADMINISTRATOR)
"""Who may record and amend what was measured, seen and given."""


def requires(
    *roles: Role,
) -> Callable[[Callable[Concatenate[Desk, P], T]], Callable[Concatenate[Desk, P], T]]:
    """Let only these roles do the act; anybody else gets a :class:`RefusedError` before anything is read."""

    def decorate(act: Callable[Concatenate[Desk, P], T]) -> Callable[Concatenate[Desk, P], T]:
        def checked(desk: Desk, /, *args: P.args, **kwargs: P.kwargs) -> T:
            if desk.role not in roles:
                raise RefusedError(f"Your role ({desk.role}) does not allow this.")
            return act(desk, *args, **kwargs)

        functools.update_wrapper(checked, act)
        return checked

    return decorate
