"""Questions about the registry that were given a name: the same for everybody who works in it.

A question is kept as its text. One that cannot be asked any more, because a code or a field is gone, is kept
and told; it is never dropped.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from ctdild_desktop.clinical.records import SavedQuery
from ctdild_desktop.clinical.typed_text import text_issues, tidy_line
from ctdild_desktop.cohort.query import MAX_LENGTH, Query, QueryError, parse, written
from ctdild_desktop.language import say
from ctdild_desktop.services.acts import Add, Amend, Remove, Step, perform, refuse_issues, with_id
from ctdild_desktop.services.desk import RECORDING, Desk, Done, RefusedError, for_everybody, requires

LONGEST_NAME = 80
"""Letters of a name."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A question as it is kept, who changed it last, and why it cannot be asked any more."""

    query: SavedQuery
    changed_by: str
    changed_at: dt.datetime
    problem: str = ""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.query.name

    @property
    def text(self) -> str:
        """Its text."""
        return self.query.text


@for_everybody
def saved(desk: Desk) -> tuple[Saved, ...]:
    """All saved questions, by name."""
    found = []
    with desk.registry.read() as session:
        for query in desk.store.many(session, SavedQuery):
            state = desk.store.current(session, SavedQuery, query.id)
            assert state.changed_at is not None
            who = desk.store.lists.person(session, state.changed_by)
            found.append(Saved(query, who, state.changed_at, _problem(query.text)))
    return tuple(found)


@for_everybody
def find(desk: Desk, name_or_expression: str) -> Query:
    """The question of a saved name, capitals aside, or the one that is written.

    Raises:
        RefusedError: there is no such name and it cannot be read as a question, or the saved one cannot be
            asked any more.
    """
    text = name_or_expression.strip()
    held = _named(desk, tidy_line(text)) if text else None
    try:
        return parse(held.text if held is not None else text)
    except QueryError as error:
        if held is not None:
            told = say("The saved question {name} cannot be asked any more: {why}", name=held.name, why=error)
            raise RefusedError(told) from None
        if any(mark in text for mark in "=<>()"):
            raise RefusedError(str(error)) from None
        told = say("No question is saved as {name}, and it is none itself: {why}", name=text[:60], why=error)
        raise RefusedError(told) from None


@requires(*RECORDING)
def save_query(desk: Desk, name: str, text: str) -> Done[SavedQuery]:
    """Save a question by name; one that is saved by this name is overwritten.

    Raises:
        RefusedError: the name is missing or too long, or the text is no question; nothing was saved.
    """
    called = _checked(name)
    try:
        plain = written(parse(text))
    except QueryError as error:
        raise RefusedError(str(error)) from None
    if not plain:
        raise RefusedError("Everybody is no question: there is nothing to save.")
    if len(plain) > MAX_LENGTH:
        raise RefusedError(say("A query has at most {most} characters.", most=MAX_LENGTH))
    now = _named(desk, called)
    held = now if now is not None else with_id(SavedQuery(id="", name=called, text=plain))
    value = replace(held, text=plain)
    refuse_issues(text_issues(value))
    step: Step = Amend(value) if now is not None else Add(value)
    message = say("Saved question {name}.", name=value.name)
    return _done(desk, value, step, label=_label(value.name), message=message)


@requires(*RECORDING)
def rename(desk: Desk, query_id: str, name: str) -> Done[SavedQuery]:
    """Call a saved question otherwise.

    Raises:
        RefusedError: the name is missing, too long or taken, or there is no such question.
    """
    called, now = _checked(name), _of_id(desk, query_id)
    value = replace(now, name=called)
    refuse_issues(text_issues(value))
    message = say("Renamed question {name}.", name=called)
    return _done(desk, value, Amend(value), label=_label(called), message=message)


@requires(*RECORDING)
def remove(desk: Desk, query_id: str) -> Done[SavedQuery]:
    """Remove a saved question.

    Raises:
        RefusedError: there is no such question.
    """
    now = _of_id(desk, query_id)
    step = Remove(SavedQuery, now.id, now.version)
    label = say("removal of {name}", name=_label(now.name))
    return _done(desk, now, step, label=label, message=say("Removed question {name}.", name=now.name))


def _checked(name: str) -> str:
    called = tidy_line(name)
    if not called:
        raise RefusedError("A saved question needs a name.")
    if len(called) > LONGEST_NAME:
        raise RefusedError(say("A name has at most {most} letters.", most=LONGEST_NAME))
    return called


def _label(name: str) -> str:
    return say("question {name}", name=name)


def _problem(text: str) -> str:
    try:
        parse(text)
    except QueryError as error:
        return str(error)
    return ""


def _all(desk: Desk) -> tuple[SavedQuery, ...]:
    with desk.registry.read() as session:
        found: tuple[SavedQuery, ...] = desk.store.many(session, SavedQuery)
    return found


def _named(desk: Desk, name: str) -> SavedQuery | None:
    """The question of a name; of names that differ in capitals alone the one that is written so."""
    found = [one for one in _all(desk) if one.name.casefold() == name.casefold()]
    return next((one for one in found if one.name == name), found[0] if found else None)


def _of_id(desk: Desk, query_id: str) -> SavedQuery:
    found = next((one for one in _all(desk) if one.id == query_id), None)
    if found is None:
        raise RefusedError("This saved question is no longer in the registry.")
    return found


def _done(desk: Desk, value: SavedQuery, step: Step, *, label: str, message: str) -> Done[SavedQuery]:
    def kept(_record: Any) -> SavedQuery:
        return next((one for one in _all(desk) if one.id == value.id), value)

    return perform(desk, None, (step,), label=label, value=kept, say=lambda _before, _after: message)
