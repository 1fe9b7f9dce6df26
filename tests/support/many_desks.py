"""Many people at desks of their own edit the same patients on one server at the same time.

``python -m tests.support.many_desks --processes 8 --patients 100 --edits 50`` runs it whole: so many
processes, each with a person of its own who reads a record, changes a field and saves, and who reads and
saves again when told that somebody else was first. Afterwards every save that was acknowledged must be in
the audit trail, on top of the one before it. It prints what was found and ends with status 1 when anything
was lost.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from ctdild_desktop.clinical.records import Patient, PatientRecord, Pft, Visit
from ctdild_desktop.place import Place
from ctdild_desktop.registry import server_accounts, users
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.models import AuditRow
from ctdild_desktop.services import access, patients, pft, rows, upkeep, visits
from ctdild_desktop.services.desk import Desk, Done, StaleError
from tests.support.desks import PASSPHRASE, fill, make_desk_at
from tests.support.postgres import Cluster

_LONGEST_S = 3600
_DAY = dt.date(2026, 1, 12)


@dataclass(frozen=True)
class _Kind:
    type: type[Any]
    text: str
    amend: Callable[[Desk, Any], Done[Any]]

    @property
    def table(self) -> str:
        return str(rows.ROW_OF[self.type].__tablename__)


_KINDS = (
    _Kind(Patient, "alert_note", patients.edit_patient),
    _Kind(Visit, "note", visits.amend_visit),
    _Kind(Pft, "comment", pft.amend_pft),
)


@dataclass(frozen=True)
class Saved:
    """One save that was acknowledged: what it was made on, and what it left."""

    who: str
    table: str
    record: str
    seen: str
    seen_version: int
    text: str
    version: int


@dataclass(frozen=True)
class Told:
    """One save that was refused because somebody else was first."""

    record: str
    seen_version: int
    text: str
    by: str
    theirs: str
    theirs_version: int


@dataclass
class Found:
    """What was done and what was wrong with it."""

    saved: int = 0
    told: int = 0
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0
    seconds_of_saves: float = 0.0
    """Of the longest of the desks, from its first reading to its last save."""


def _invented(number: int) -> PatientRecord:
    """A patient with a visit and a test, each with an empty note."""
    identity = f"{number:024x}"
    return PatientRecord(
        patient=Patient(id=f"{identity}00000001", mrn=f"N-{number}", family_name=f"Invented {number}"),
        visits=(Visit(id=f"{identity}00000002", date=_DAY),),
        tests=(Pft(id=f"{identity}00000003", date=_DAY, entered=1, fvc_l=Decimal("2.31")),),
    )


def _part(record: PatientRecord, kind: _Kind) -> Any:
    parts = (record.patient, *record.visits, *record.tests)
    return next(part for part in parts if isinstance(part, kind.type))


def at_one_desk(place: str, login: str, numbers: tuple[int, int], start: Any, answers: Any) -> None:
    """Edit ``numbers[1]`` times any of ``numbers[0]`` patients; runs in a process of its own."""
    server_accounts.SIGN_IN_COST = CHEAPEST
    try:
        desk = access.unlock(Place.parse(place), login=login, passphrase=PASSPHRASE)
        try:
            start.wait(120)
            answers.put((login, *_edit(desk, *numbers), ""))
        finally:
            desk.close()
    except BaseException as error:
        answers.put((login, [], [], 0.0, f"{login} stopped: {type(error).__name__} {error}"))
        raise


def _edit(desk: Desk, of: int, edits: int) -> tuple[list[Saved], list[Told], float]:
    chance, saved, told = random.Random(desk.login), [], []
    began = time.monotonic()
    for number in range(edits):
        patient_id = _invented(chance.randrange(of)).patient.id
        kind, text = chance.choice(_KINDS), f"edit {number} by {desk.login}"
        while True:
            seen = _part(patients.load(desk, patient_id), kind)
            before = getattr(seen, kind.text)
            try:
                kept = kind.amend(desk, replace(seen, **{kind.text: text})).value
            except StaleError as error:
                theirs = getattr(error.theirs, kind.text)
                by = error.changed_by
                told.append(Told(seen.id, seen.version, text, by, theirs, error.theirs.version))
                continue
            saved.append(Saved(desk.login, kind.table, seen.id, before, seen.version, text, kept.version))
            break
    return saved, told, time.monotonic() - began


def run(cluster: Cluster, processes: int, of: int, edits: int) -> Found:
    """Let the desks work in a database of their own, and look at what they left."""
    began = time.monotonic()
    place = cluster.new_database()
    desk = make_desk_at(place)
    try:
        fill(desk, *(_invented(number) for number in range(of)))
        logins = [f"desk{number}" for number in range(1, processes + 1)]
        for login in logins:
            users.add_user(desk.registry, login, login, "recorder", PASSPHRASE, cost=CHEAPEST)
        found = what_is_wrong(desk, _work(str(place), logins, (of, edits)), edits)
    finally:
        desk.close()
        cluster.drop(place)
    found.seconds = round(time.monotonic() - began, 1)
    return found


def _work(place: str, logins: Sequence[str], numbers: tuple[int, int]) -> list[Any]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "tests.support.warm"])
    start, answers = context.Barrier(len(logins)), context.Queue()
    desks = [
        context.Process(target=at_one_desk, args=(place, login, numbers, start, answers), daemon=True)
        for login in logins
    ]
    for one in desks:
        one.start()
    told = [answers.get(timeout=_LONGEST_S) for _ in desks]
    for one in desks:
        one.join(60)
    return told


def what_is_wrong(desk: Desk, answers: Sequence[Any], edits: int) -> Found:
    """Compare what the desks were told with what the registry and its trail hold."""
    saved = [one for answer in answers for one in answer[1]]
    told = [one for answer in answers for one in answer[2]]
    found = Found(len(saved), len(told), [answer[4] for answer in answers if answer[4]])
    found.seconds_of_saves = round(max(answer[3] for answer in answers), 1)
    if len(saved) != len(answers) * edits:
        found.faults.append(f"{len(saved)} saves were acknowledged, {len(answers) * edits} were asked for")
    by_record: dict[str, list[Saved]] = {}
    for one in sorted(saved, key=lambda one: one.version):
        by_record.setdefault(one.record, []).append(one)
    for kind in _KINDS:
        for record in patients.load_all(desk):
            part = _part(record, kind)
            found.faults += chain(part.version, getattr(part, kind.text), by_record.get(part.id, []))
    found.faults += _trail(desk, saved)
    found.faults += conflicts(by_record, told)
    report = upkeep.verify(desk)
    if not report.ok:
        found.faults.append(f"the registry does not verify: {report.checks}")
    return found


def chain(version: int, text: str, saves: Sequence[Saved]) -> list[str]:
    """Each save was made on what the one before it left, and the last one is what the registry holds."""
    faults = []
    for before, after in pairwise((Saved("", "", "", "", 0, "", 1), *saves)):
        if (after.seen_version, after.seen, after.version) != (
            before.version,
            before.text,
            before.version + 1,
        ):
            faults.append(f"{after.text} was saved over version {before.version}, which it did not see")
    last = saves[-1] if saves else None
    if (version, text) != ((last.version, last.text) if last else (1, "")):
        faults.append(f"version {version} holds {text!r}, the last acknowledged save was {last}")
    return faults


def _trail(desk: Desk, saved: Sequence[Saved]) -> list[str]:
    """The trail holds one update for each acknowledged save, by its person, and no other."""
    texts = {kind.table: kind.text for kind in _KINDS}
    with desk.registry.read() as session:
        query = select(AuditRow.user_id, AuditRow.table_name, AuditRow.row_id, AuditRow.old, AuditRow.new)
        entries = session.execute(query.where(AuditRow.op == "update", AuditRow.table_name.in_(texts))).all()
    held = Counter(
        Saved(
            who,
            table,
            row_id,
            str(json.loads(old).get(texts[table], "")),
            json.loads(old)["version"],
            str(json.loads(new).get(texts[table], "")),
            json.loads(new)["version"],
        )
        for who, table, row_id, old, new in entries
    )
    missing, more = Counter(saved) - held, held - Counter(saved)
    faults = [f"acknowledged, but not in the trail: {one}" for one in missing]
    return [*faults, *(f"in the trail, but not acknowledged: {one}" for one in more)]


def conflicts(by_record: dict[str, list[Saved]], told: Sequence[Told]) -> list[str]:
    """Each refused save was told a newer value, with its person, and left nothing behind."""
    faults = []
    for one in told:
        newer = [save for save in by_record.get(one.record, []) if save.version == one.theirs_version]
        if one.theirs_version <= one.seen_version or [(save.who, save.text) for save in newer] != [
            (one.by, one.theirs)
        ]:
            faults.append(f"a conflict was told wrongly: {one}")
    return faults


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it and print what was found as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--patients", type=int, default=100)
    parser.add_argument("--edits", type=int, default=50)
    asked = parser.parse_args(arguments)
    server_accounts.SIGN_IN_COST = CHEAPEST
    cluster = Cluster.start_new()
    try:
        found = run(cluster, asked.processes, asked.patients, asked.edits)
    finally:
        cluster.remove()
    print(json.dumps(asdict(found), ensure_ascii=False, indent=1))
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
