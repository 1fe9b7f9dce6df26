"""Registries for tests: real ones, encrypted, with the cheapest legal passphrase and a clock that is told."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.place import Place
from ctdild_desktop.registry import users
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.models import UserRow
from ctdild_desktop.services import access
from ctdild_desktop.services.desk import Desk

in_a_file = pytest.mark.parametrize("desk", ["file"], indirect=True)
"""For a test that is about the file itself, or that does to it what a server does not let a person do."""
_OTHERS: list[Desk] = []
LOGIN, NAME, PASSPHRASE = "amsel", "R. Amsel", "a quiet passphrase"


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: dt.datetime = field(default_factory=lambda: dt.datetime(2026, 3, 12, 10, 0, tzinfo=dt.UTC))

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **by: float) -> None:
        """Move on: ``forward(minutes=5)``."""
        self.now += dt.timedelta(**by)


def make_desk(folder: Path, clock: Clock | None = None, name: str = "test.ctdild") -> Desk:
    """A new registry in a folder with an administrator at the desk."""
    return make_desk_at(folder / name, clock)


def make_desk_at(where: Path | Place, clock: Clock | None = None) -> Desk:
    """A new registry in a file or in an empty database, with an administrator at the desk."""
    desk, _code = access.create_registry(
        where,
        login=LOGIN,
        display_name=NAME,
        passphrase=PASSPHRASE,
        clock=clock or Clock(),
        cost=CHEAPEST,
    )
    return desk


def copied_desk(template: Path, folder: Path, clock: Clock | None = None) -> Desk:
    """A desk at a copy of a closed registry: quicker than making one."""
    path = folder / template.name
    for suffix in ("", ".keys"):
        shutil.copyfile(f"{template}{suffix}", f"{path}{suffix}")
    return access.unlock(path, login=LOGIN, passphrase=PASSPHRASE, clock=clock or Clock())


def reopen(desk: Desk, clock: Clock | None = None) -> Desk:
    """Close a desk and unlock its registry again."""
    place = desk.registry.place
    desk.close()
    opened = access.unlock(place, login=LOGIN, passphrase=PASSPHRASE, clock=clock or Clock())
    if place.is_server:
        _OTHERS.append(opened)
    return opened


def as_user(desk: Desk, login: str, display_name: str, role: str) -> Desk:
    """A second person with an account of that role: at the same open file, or at a desk of their own.

    A server takes nobody's word for who writes: there the person signs in. Close with :func:`close_others`.
    """
    if not desk.registry.place.is_server:
        with desk.registry.write(desk.login) as session:
            session.add(UserRow(login=login, display_name=display_name, role=role))
        return Desk(desk.registry, login, display_name, role, desk.clock, desk.settings)
    users.add_user(desk.registry, login, display_name, role, PASSPHRASE, cost=CHEAPEST)
    other = access.unlock(desk.registry.place, login=login, passphrase=PASSPHRASE, clock=desk.clock)
    _OTHERS.append(other)
    return other


def close_others() -> None:
    """Close the desks at a server that :func:`as_user` and :func:`reopen` opened."""
    while _OTHERS:
        _OTHERS.pop().close()


def fill(desk: Desk, *records: PatientRecord) -> None:
    """Put whole records into the registry as they are, in one transaction."""
    with desk.registry.write(desk.login, "test data") as session:
        for record in records:
            patient_id = record.patient.id
            parts = (
                record.patient,
                *record.diagnoses,
                *record.visits,
                *record.tests,
                *record.hrct,
                *record.therapy,
                *record.adverse_events,
                *record.appointments,
                *record.serology,
                *record.procedures,
                *record.labs,
                *record.heart_tests,
                *record.pros,
                *record.consents,
                *record.attachments,
            )
            desk.store.insert_many(session, patient_id, parts)
