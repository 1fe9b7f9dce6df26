"""Leaving the desk: what is typed in open forms is kept before the registry is closed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.services import access, drafts
from ctdild_desktop.services.desk import Desk, RefusedError, for_everybody
from ctdild_desktop.services.permissions import may

_log = logging.getLogger(__name__)


def _not_saved() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Typed:
    """What is typed in one form that is about to go."""

    kind: str
    patient_id: str | None
    payload: Mapping[str, str] | None = field(repr=False)
    """None when nothing was typed that is not kept already."""
    saved: Callable[[], bool] = _not_saved
    """Whether the form was saved after all, asked when everything given before was done: then the draft is
    of no use any more, and would be entered a second time.
    """


@dataclass(frozen=True, slots=True)
class Sealed:
    """A draft that the registry did not take, closed up with the registry's own key."""

    login: str
    content: bytes = field(repr=False)


@for_everybody
def leave(desk: Desk, typed: Sequence[Typed], *, locked: bool = False) -> tuple[Sealed, ...]:
    """Keep what is typed and close the registry; its keys are wiped whatever happens.

    Args:
        locked: the person left the desk open; the audit trail notes it.

    Returns:
        The drafts that could not be kept (the disk is full, the server is away), for :func:`come_back`.
    """
    try:
        kept = tuple(sealed for one in typed for sealed in _keep(desk, one))
        if locked:
            access.note_locked(desk)
        return kept
    finally:
        desk.close()


def _keep(desk: Desk, typed: Typed) -> tuple[Sealed, ...]:
    from ctdild_desktop.registry.sealed import seal

    saved = typed.saved()
    if not may(desk, drafts.save_draft):
        return ()
    try:
        if saved:
            drafts.discard_draft(desk, typed.kind, typed.patient_id)
        elif typed.payload is not None:
            drafts.save_draft(desk, typed.kind, typed.patient_id, typed.payload)
    except Exception as error:
        # Not even a bug may cost what a person typed.
        _log.error("a draft was not kept: %s", type(error).__name__)
        if saved or not typed.payload:
            return ()
        content = json.dumps([typed.kind, typed.patient_id, dict(typed.payload)]).encode()
        return (Sealed(desk.login, seal(desk.registry.data_key, content, desk.login)),)
    return ()


@for_everybody
def come_back(desk: Desk, kept: Sequence[Sealed]) -> tuple[Sealed, ...]:
    """Keep the person's drafts that the registry did not take before.

    Returns:
        Those that it does not take now either, and those of other people.
    """
    from ctdild_desktop.registry.sealed import unseal

    left = []
    for one in kept:
        if one.login != desk.login:
            left.append(one)
            continue
        try:
            kind, patient_id, payload = json.loads(unseal(desk.registry.data_key, one.content, desk.login))
            drafts.save_draft(desk, kind, patient_id, payload)
        except (RegistryError, RefusedError):
            left.append(one)
    return tuple(left)
