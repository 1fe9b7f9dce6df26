"""Unfinished typing, kept in the encrypted registry so that nothing typed is lost. One draft per form and
patient.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ctdild_desktop.services.desk import RECORDING, Desk, for_everybody, requires

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement


_BASIS, _VERSION = "@was ", "@version"
"""Beside the texts, which go by the names of fields: what those fields said before, and in which version."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed into a form, by field name, and when it was kept last."""

    payload: dict[str, str]
    saved_at: dt.datetime
    was: dict[str, str] = field(default_factory=dict)
    """What the typed fields said in the record that was being corrected."""
    version: int | None = None
    """The version of that record; None for a new one."""


def with_basis(payload: Mapping[str, str], was: Mapping[str, str], version: int | None) -> dict[str, str]:
    """The texts of a draft together with what it began from, as they are kept."""
    basis = {f"{_BASIS}{name}": text for name, text in was.items() if name in payload}
    return {**payload, **basis, **({_VERSION: str(version)} if version is not None else {})}


def _draft(kept: Mapping[str, str], at: dt.datetime) -> Draft:
    typed = {name: text for name, text in kept.items() if not name.startswith("@")}
    was = {name.removeprefix(_BASIS): text for name, text in kept.items() if name.startswith(_BASIS)}
    version = kept.get(_VERSION)
    return Draft(typed, at, was, int(version) if version is not None else None)


def _place(desk: Desk, kind: str, patient_id: str | None) -> tuple[ColumnElement[bool], ...]:
    from ctdild_desktop.registry.models import DraftRow

    owner = DraftRow.patient_id.is_(None) if patient_id is None else DraftRow.patient_id == patient_id
    return (DraftRow.login == desk.login, DraftRow.kind == kind, owner)


@requires(*RECORDING)
def save_draft(desk: Desk, kind: str, patient_id: str | None, payload: Mapping[str, str]) -> dt.datetime:
    """Keep what is typed so far; it replaces the draft kept before.

    Args:
        payload: the typed texts by field, with :func:`with_basis` where a saved record is being corrected.

    Returns:
        The time to show.
    """
    from sqlalchemy import select

    from ctdild_desktop.registry.models import DraftRow

    now = desk.clock()
    with desk.registry.write(desk.login) as session:
        row = session.execute(select(DraftRow).where(*_place(desk, kind, patient_id))).scalar_one_or_none()
        if row is None:
            row = DraftRow(login=desk.login, kind=kind, patient_id=patient_id)
            session.add(row)
        row.payload, row.saved_at = dict(payload), now
    return now


@for_everybody
def load_draft(desk: Desk, kind: str, patient_id: str | None) -> Draft | None:
    """The draft of this person for a form and patient; None when nothing is kept."""
    from sqlalchemy import select

    from ctdild_desktop.registry.models import DraftRow

    with desk.registry.read() as session:
        row = session.execute(select(DraftRow).where(*_place(desk, kind, patient_id))).scalar_one_or_none()
        return None if row is None else _draft(row.payload, row.saved_at)


@requires(*RECORDING)
def discard_draft(desk: Desk, kind: str, patient_id: str | None) -> None:
    """Forget a draft, after saving or because the person said so; nothing happens when there is none."""
    from sqlalchemy import delete

    from ctdild_desktop.registry.models import DraftRow

    with desk.registry.write(desk.login) as session:
        session.execute(delete(DraftRow).where(*_place(desk, kind, patient_id)))
