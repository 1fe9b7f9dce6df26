"""The desk a person works at: who they are, which registry is open, and what an act hands back.

A user act is one named function of a neighbouring module: one transaction, one audit batch, one message for
the status bar, one set of changes and, where possible, one undo that is itself a new act.
"""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

from ctdild_desktop.config import InboxSettings, SiteSettings, UpkeepSettings
from ctdild_desktop.language import marked, say, say_in

if TYPE_CHECKING:
    from ctdild_desktop.clinical.plausibility import Issue
    from ctdild_desktop.registry.registry import Registry
    from ctdild_desktop.services.events import Event
    from ctdild_desktop.services.private_copies import PrivateCopies
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
        super().__init__(say(text))
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
    SEROLOGY = "serology"
    PROCEDURE = "procedure"
    LAB = "lab"
    HEART_TEST = "heart_test"
    PRO = "pro"
    CONSENT = "consent"
    ATTACHMENT = "attachment"
    MEETING = "meeting"
    DECISION = "decision"
    ACTION = "action"
    SNOOZE = "snooze"
    DRAFT = "draft"
    SETTINGS = "settings"
    IMPORT = "import"
    INBOX = "inbox"
    PEOPLE = "people"


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
    practice: bool = False
    """It is the practice registry: window and printouts say so, and nothing of it mixes with a clinic's."""
    recent: list[str] = field(default_factory=list)
    """Ids of the patients opened at this desk, the latest first."""
    viewed: dict[str, dt.datetime] = field(default_factory=dict)
    """When a view of each patient was noted last at this desk."""
    unnoted: list[Event] = field(default_factory=list)
    """Events that could not be written to the audit trail yet."""
    uncertain: list[str] = field(default_factory=list)
    """Batches of acts of which it is not known whether the server kept them before it was lost."""
    upkeep: UpkeepSettings = field(default_factory=UpkeepSettings)
    """Where this workstation keeps backups, and how often."""
    inbox: InboxSettings = field(default_factory=InboxSettings)
    """Which folder of devices this workstation watches."""
    _store: Store | None = field(default=None, init=False, repr=False)
    _copies: PrivateCopies | None = field(default=None, init=False, repr=False)

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

    @property
    def copies(self) -> PrivateCopies:
        """The files that other programs show for this desk; they go when it is closed."""
        if self._copies is None:
            from ctdild_desktop.services.private_copies import PrivateCopies

            self._copies = PrivateCopies()
        return self._copies

    def close(self) -> None:
        """Close the registry, forget its key and every name, and remove the files that were opened; the
        desk is of no use afterwards.
        """
        try:
            self.registry.close()
        finally:
            if self._copies is not None:
                self._copies.clear()
            if self._store is not None:
                self._store.forget()


def new_id() -> str:
    """A fresh random id for a record; it says nothing about the patient."""
    return uuid.uuid4().hex


EVERYBODY = frozenset(Role)
RECORDING = (Role.RECORDER, Role.CLINICIAN, Role.COORDINATOR, Role.ADMINISTRATOR)
"""Who may record and amend what was measured, seen and given."""
LEADING = (Role.CLINICIAN, Role.COORDINATOR, Role.ADMINISTRATOR)
"""Who may plan the meetings of the team and sign what it decided."""

_ACTING: ContextVar[tuple[Desk, frozenset[Role], str] | None] = ContextVar("acting", default=None)
"""Who does an act just now, for which roles it is, and what a refusal calls it."""


def for_everybody(act: Callable[Concatenate[Desk, P], T]) -> Callable[Concatenate[Desk, P], T]:
    """Say that every role may do this: it reads, or writes nothing but that somebody read."""
    vars(act)["__roles__"] = EVERYBODY
    return act


def requires(
    *roles: Role, doing: str = ""
) -> Callable[[Callable[Concatenate[Desk, P], T]], Callable[Concatenate[Desk, P], T]]:
    """Let only these roles do the act; anybody else gets a :class:`RefusedError` before anything is read.

    The role is asked for again when the act writes (:func:`admit`) and when it is taken back, so that a
    role that was changed meanwhile counts at once.

    Args:
        doing: what the refusal calls the act: ``recording``, ``importing``.
    """
    allowed = frozenset(roles)
    words = doing or (marked("recording") if roles == RECORDING else marked("it"))

    def decorate(act: Callable[Concatenate[Desk, P], T]) -> Callable[Concatenate[Desk, P], T]:
        def checked(desk: Desk, /, *args: P.args, **kwargs: P.kwargs) -> T:
            return _do(desk, allowed, words, lambda: act(desk, *args, **kwargs))

        functools.update_wrapper(checked, act)
        vars(checked).update(__roles__=allowed, __doing__=words)
        return checked

    return decorate


def admit(login: str, role: str) -> None:
    """Check the act that is being done against the role that its person has at the moment of writing.

    Raises:
        RefusedError: the role was changed since the person signed in and does not allow the act any more.
    """
    acting = _ACTING.get()
    if acting is not None and acting[0].login == login:
        desk, allowed, words = acting
        desk.role = role
        if role not in allowed:
            raise RefusedError(refusal(role, allowed, words))


def _do(desk: Desk, allowed: frozenset[Role], words: str, act: Callable[[], T]) -> T:
    if desk.role not in allowed:
        desk.role = desk.registry.role_of(desk.login) or desk.role
    if desk.role not in allowed:
        raise RefusedError(refusal(desk.role, allowed, words))
    outer = _ACTING.get()
    token = _ACTING.set((desk, allowed & outer[1], outer[2]) if outer else (desk, allowed, words))
    try:
        outcome = act()
    finally:
        _ACTING.reset(token)
    if outer is None and isinstance(outcome, Done) and outcome.undo is not None:
        take_back = outcome.undo
        return replace(outcome, undo=lambda: _do(desk, allowed, words, take_back))
    return outcome


def refusal(role: str, allowed: frozenset[Role], words: str) -> str:
    """What is said to a person whose role does not allow an act, which is called ``words``."""
    needed = [say_in("role", one.label) for one in Role if one in allowed]
    listed = say(" or ").join(filter(None, (", ".join(needed[:-1]), needed[-1])))
    return say(
        "Your role ({role}) does not allow this: {words} needs {listed}.",
        role=say_in("role", role),
        words=say(words),
        listed=listed,
    )
