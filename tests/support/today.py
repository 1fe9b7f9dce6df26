"""Invented rows and people for the work list, and a runner that does one job at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ctdild_desktop.clinical.records import Patient, PatientRecord
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.today import Person
from ctdild_desktop.ui.jobs import ImmediateRunner
from tests.support.desks import fill


def someone(number: int, name: str) -> Person:
    return Person(
        id=f"{number:032x}", mrn=f"M-{number}", name=name, birth_date=None, sex="F", age="", disease="RA"
    )


class Later:
    """A runner that does one job when it is told."""

    def __init__(self) -> None:
        self.jobs: list[Callable[[], None]] = []

    def run(self, work: Any, on_done: Any = None, on_error: Any = None, **_queue: bool) -> None:
        self.jobs.append(lambda: ImmediateRunner().run(work, on_done, on_error))

    def close(self) -> None:
        self.jobs.clear()

    def one(self) -> None:
        self.jobs.pop(0)()


def crowd(desk: Desk, count: int) -> list[str]:
    made = [Patient(id=f"{one:032x}", mrn=f"M-{one:04}", family_name=f"F{one:04}") for one in range(count)]
    fill(desk, *(PatientRecord(patient=one) for one in made))
    return [one.id for one in made]
