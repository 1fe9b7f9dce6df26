"""Acts of a busy desk, each told before it begins and acknowledged when done, and what a registry holds.

What a registry holds is told as facts, one line for each record with everything in it. An act is told as the
facts that it adds and those that it takes away, so that a registry can be compared with all acknowledged acts
done, or with one more.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    DoseChange,
    Infusion,
    Interruption,
    Patient,
    Pft,
    TherapyLine,
    Visit,
)
from ctdild_desktop.registry.models import DraftRow
from ctdild_desktop.services import access, drafts, imports, patients, pft, therapy
from ctdild_desktop.services.desk import Desk, Done, new_id
from tests.support.desks import LOGIN, PASSPHRASE

FIRST_DAY = dt.date(2015, 1, 5)
IMPORTED = 4


def facts(desk: Desk) -> set[str]:
    """Everything that the registry holds, one line for each record."""
    found: set[str] = set()
    with desk.registry.read() as session:
        for record in desk.store.load_all(session):
            mrn = record.patient.mrn
            found.add(f"patient {mrn} {record.patient.family_name}")
            found.update(_test(mrn, test) for test in record.tests)
            found.update(_visit(mrn, visit) for visit in record.visits)
            found.update(_line(mrn, line) for line in record.therapy)
        for row in session.execute(select(DraftRow)).scalars():
            found.add(_draft(row.kind, row.payload))
    return found


def _test(mrn: str, test: Pft) -> str:
    return f"test {mrn} {test.date} {test.fvc_l} {test.comment}"


def _visit(mrn: str, visit: Visit) -> str:
    return f"visit {mrn} {visit.date} {visit.mmrc}"


def _line(mrn: str, line: TherapyLine) -> str:
    parts = (
        [f"{step.date}={step.dose}" for step in line.dose_changes],
        [f"{gap.start}-{gap.stop}" for gap in line.interruptions],
        [f"{given.date}={given.dose_mg}" for given in line.infusions],
    )
    return f"line {mrn} {line.start} {line.dose} {parts}"


def _draft(kind: str, payload: dict[str, str]) -> str:
    return f"draft {kind} {sorted(payload.items())}"


@dataclass
class Worker:
    """Does one act after the other and says so on a pipe."""

    desk: Desk
    chance: random.Random
    say: Callable[[dict[str, Any]], None]
    folder: Path
    run: str
    """Tells this run's patients from those of earlier runs."""
    known: list[tuple[str, str]] = field(default_factory=list)
    """Id and MRN of each patient of this run."""
    tests: list[tuple[str, Pft]] = field(default_factory=list)
    undo: tuple[Callable[[], Done[Any]], set[str], set[str]] | None = None
    days: int = 0
    drafted: dict[str, str] = field(default_factory=dict)

    def work(self, acts: int | None = None) -> None:
        """Do acts until the process is killed, or so many."""
        done = 0
        while acts is None or done < acts:
            done += 1
            kinds: list[Callable[[], None]] = [self.add_patient, self.import_file, self.keep_draft]
            if self.known:
                kinds += [self.record_test, self.record_test, self.start_line]
            if self.tests:
                kinds += [self.amend_test]
            if self.undo is not None:
                kinds += [self.take_back]
            self.chance.choice(kinds)()

    def _do(
        self, act: Callable[[], Done[Any] | None], plus: set[str], minus: set[str] | None = None
    ) -> Done[Any] | None:
        self.say({"begins": [sorted(plus), sorted(minus or ())]})
        done = act()
        self.say({"done": True})
        self.undo = None
        if done is not None and done.undo is not None:
            self.undo = done.undo, plus, minus or set()
        return done

    def _day(self) -> dt.date:
        self.days += 1
        return FIRST_DAY + dt.timedelta(days=self.days)

    def add_patient(self) -> None:
        number = len(self.known)
        patient = Patient(id=new_id(), mrn=f"K-{self.run}-{number}", family_name=f"Invented {number}")
        self._do(
            lambda: patients.add_patient(self.desk, patient, confirmed=("SAME_NAME", "TWIN")),
            {f"patient {patient.mrn} {patient.family_name}"},
        )
        self.known.append((patient.id, patient.mrn))

    def record_test(self) -> None:
        patient_id, mrn = self.chance.choice(self.known)
        day = self._day()
        test = Pft(id=new_id(), date=day, fvc_l=Decimal("2.50"))
        visit = Visit(id="", date=day, mmrc=self.days % 5)
        self._do(
            lambda: pft.record_pft(self.desk, patient_id, test, visit, confirmed=_ANYTHING),
            {_test(mrn, test), _visit(mrn, visit)},
        )
        self.tests.append((mrn, test))

    def amend_test(self) -> None:
        mrn, test = self.tests.pop()
        changed = replace(test, comment=f"changed {self.days}")
        done = self._do(
            lambda: pft.amend_pft(self.desk, changed, confirmed=_ANYTHING),
            {_test(mrn, changed)},
            {_test(mrn, test)},
        )
        assert done is not None
        self.tests.append((mrn, done.value))

    def start_line(self) -> None:
        patient_id, mrn = self.chance.choice(self.known)
        start = self._day()

        def day(number: int) -> PartialDate:
            return PartialDate.of(start + dt.timedelta(days=number))

        line = TherapyLine(
            id=new_id(),
            drug="mycophenolate",
            start=PartialDate.of(start),
            dose=Decimal(1000),
            dose_unit="mg",
            dose_changes=tuple(
                DoseChange(date=day(n), dose=Decimal(500 + n)) for n in range(1, 2 + self.days % 3)
            ),
            interruptions=(Interruption(start=day(30), stop=day(40)),),
            infusions=(Infusion(date=start + dt.timedelta(days=50), dose_mg=Decimal(500)),),
        )
        self._do(
            lambda: therapy.start_line(self.desk, patient_id, line, confirmed=_ANYTHING), {_line(mrn, line)}
        )

    def import_file(self) -> None:
        number = len(self.known)
        plus: set[str] = set()
        lines = ["mrn,family_name,test_date,fvc_l,comment"]
        for patient in range(IMPORTED):
            mrn = f"I-{self.run}-{number}-{self.days}-{patient}"
            plus.add(f"patient {mrn} Imported")
            for _ in range(3):
                test = Pft(id="", date=self._day(), fvc_l=Decimal("2.10"), comment="from a file")
                lines.append(f"{mrn},Imported,{test.date},{test.fvc_l},{test.comment}")
                plus.add(_test(mrn, test))
        path = self.folder / "incoming.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._do(lambda: imports.run_import(self.desk, [path]), plus)

    def keep_draft(self) -> None:
        kind = self.chance.choice(("pft", "patient"))
        text = f"half a word {self.days} {self.chance.random()}"
        before = {self.drafted[kind]} if kind in self.drafted else set()
        self.drafted[kind] = _draft(kind, {"run": self.run, "comment": text})

        def keep() -> None:
            drafts.save_draft(self.desk, kind, None, {"run": self.run, "comment": text})

        self._do(keep, {self.drafted[kind]}, before)

    def take_back(self) -> None:
        assert self.undo is not None
        undo, plus, minus = self.undo
        self._do(undo, minus, plus)
        gone = {line for line in plus if line.startswith("patient ")}
        self.known = [known for known in self.known if not any(f" {known[1]} " in line for line in gone)]
        self.tests = [item for item in self.tests if _test(*item) not in plus]
        self.undo = None


_ANYTHING = ("TWIN", "SAME_NAME", "UNUSUAL", "CHANGE", "DATE", "fvc_l", "dose", "drug", "start")


def work_on(path: Path, seed: int, run: str, into: int, acts: int | None = None) -> None:
    """Open the registry and work until killed; each word goes to a pipe as one JSON line."""

    def say(word: dict[str, Any]) -> None:
        os.write(into, (json.dumps(word) + "\n").encode())

    desk = access.unlock(path, login=LOGIN, passphrase=PASSPHRASE)
    worker = Worker(desk, random.Random(seed), say, path.parent, run)
    worker.drafted = {line.split()[1]: line for line in facts(desk) if line.startswith("draft ")}
    say({"ready": True})
    worker.work(acts)
