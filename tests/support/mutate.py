"""Imports damaged files of every format into a real registry and looks at what each leaves.

``python -m tests.support.mutate --files 100000 --processes 2`` runs it whole: bytes flipped, cut off,
repeated, exchanged and put in, in sound files of every format that can be imported. Each must be imported
whole or leave the registry as it was, be refused in one sentence, take less than 5 seconds of the processor,
and the process stay below 500 MB. It prints what was found and ends with status 1 when anything was wrong.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import pytest
from sqlalchemy import func, select

from ctdild_desktop.registry.models import Base
from ctdild_desktop.services import backups, imports
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.errors import sentence_of
from tests.support.desks import fill, make_desk
from tests.support.exports import IDENTIFIED, named_patients
from tests.support.old_workbook import TABLES, write_workbook
from tests.support.pdfs import text_pdf
from tests.support.reports import SAMPLES

MOST_SECONDS, MOST_MEGABYTES = 5.0, 500.0
_DATA = sorted(name for name in Base.metadata.tables if not name.startswith(("audit", "sqlite")))
_TOLD = 20
_PUT_IN = (b"\0", b"\xff", b"9" * 40, b"\n", b"<", b'"', b"NaN", b"1e999", b",")

Rows: TypeAlias = dict[str, int]


@dataclass
class Found:
    """What became of the files, and what was wrong."""

    files: int = 0
    became: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    megabytes: float = 0.0
    faults: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Take what another process found."""
        self.files += other.files
        self.became.update(other.became)
        self.slowest_s = max(self.slowest_s, other.slowest_s)
        self.megabytes = max(self.megabytes, other.megabytes)
        self.faults += other.faults


def sound_files(folder: Path) -> dict[str, list[tuple[str, bytes]]]:
    """For each format, sound files: name and content."""
    from ctdild_desktop.services.exporting import export_registry
    from tests.attacks.test_messages import SOUND, own_lines

    folder.mkdir(parents=True, exist_ok=True)
    made: dict[str, list[tuple[str, bytes]]] = {
        name: [(f"message.{name}", data)] for name, data in SOUND.items()
    }
    made["fhir of the program"] = [("registry.ndjson", own_lines())]
    made["csv"] = [(f"{name}.csv", text.encode()) for name, text in TABLES.items()]
    made["xlsx"] = [("old.xlsx", write_workbook(folder / "old.xlsx").read_bytes())]
    texts = [sample.text for sample in SAMPLES.values()]
    made["text"] = [("report.txt", text.encode()) for text in texts]
    made["pdf"] = [("report.pdf", text_pdf(text)) for text in texts[:3]]
    desk = make_desk(folder, name="exported.ctdild")
    try:
        fill(desk, *named_patients()[:2])
        export_registry(desk, folder / "set", "xlsx", IDENTIFIED)
    finally:
        desk.close()
    (book,) = (folder / "set").glob("*.xlsx")
    made["exported set"] = [("set.xlsx", book.read_bytes())]
    return made


def damaged(chance: random.Random, whole: bytes) -> bytes:
    """A file with one to six pieces flipped, cut off, repeated, exchanged or put in."""
    data = bytearray(whole)
    for _ in range(chance.randint(1, 6)):
        if not data:
            break
        at = chance.randrange(len(data))
        end = min(len(data), at + chance.randint(1, 24))
        kind = chance.randrange(6)
        if kind == 0:
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del data[at if chance.random() < 0.2 else end :]
        elif kind == 2:
            data[at:end] = bytes(data[at:end]) * chance.randint(2, 50)
        elif kind == 3:
            other = chance.randrange(len(data))
            data[at], data[other] = data[other], data[at]
        elif kind == 4:
            data[at:end] = chance.randbytes(chance.randint(0, 12))
        else:
            data[at:at] = chance.choice(
                (b"\0", b"\xff", b"9" * 40, b"\n", b"<", b'"', b"NaN", b"1e999", b",")
            )
    return bytes(data)


def rows(desk: Desk) -> Rows:
    """How many rows each table has."""
    with desk.registry.read() as session:
        return {
            name: session.execute(select(func.count()).select_from(Base.metadata.tables[name])).scalar_one()
            for name in _DATA
        }


def run(folder: Path, files: int, seed: int) -> Found:
    """Import so many damaged files one after the other."""
    chance, found = random.Random(seed), Found()
    sound = sound_files(folder)
    desk = make_desk(folder, name="mutated.ctdild")
    before = rows(desk)
    try:
        with pytest.MonkeyPatch.context() as patched:
            # that a backup is made before each import is tried elsewhere
            patched.setattr(backups, "before", lambda _desk, _why: None)
            for number in range(files):
                kind = sorted(sound)[number % len(sound)]
                name, whole = chance.choice(sound[kind])
                path = folder / name
                path.write_bytes(damaged(chance, whole))
                before, fault = _one(desk, kind, path, before, found)
                if fault:
                    (folder / f"fault-{seed}-{number}-{name}").write_bytes(path.read_bytes())
                    found.faults.append(f"{kind}, seed {seed}, file {number}: {fault}")
    finally:
        desk.close()
    found.megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def _one(desk: Desk, kind: str, path: Path, before: Rows, found: Found) -> tuple[Rows, str]:
    """Import one file: the rows afterwards, and what was wrong."""
    began = time.process_time()
    became, fault = _import(desk, path)
    seconds = time.process_time() - began
    after = rows(desk)
    if became != "imported" and after != before:
        fault = f"{became}, yet the registry changed"
    if seconds > MOST_SECONDS:
        fault = f"took {seconds:.1f} s"
    found.files += 1
    found.became[f"{kind}: {became}"] += 1
    found.slowest_s = max(found.slowest_s, seconds)
    return after, fault


def _import(desk: Desk, path: Path) -> tuple[str, str]:
    """What became of a file, and what was wrong with that."""
    try:
        done = imports.run_import(desk, [path])
    except Exception as error:
        told = sentence_of(error)
        if told is None:
            return "refused", f"{type(error).__name__}: {error}"[:200]
        return "refused", "" if told.endswith(".") and "\n" not in told else f"no sentence: {told[:100]}"
    return ("imported" if done.value.ok else "rejected"), ""


def _shares(files: int, processes: int) -> Iterator[int]:
    for place in range(processes):
        yield files // processes + (place < files % processes)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it whole; see the module."""
    parser = argparse.ArgumentParser(prog="tests.support.mutate", description=__doc__)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where to work; files that were a fault stay there")
    parser.add_argument("--part", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args(arguments)
    folder = args.folder or Path(tempfile.mkdtemp(prefix="ctdild-mutate-"))
    folder.mkdir(parents=True, exist_ok=True)
    if args.part:
        print(json.dumps(vars(run(folder, args.files, args.seed))))
        return 0
    parts = []
    for place, share in enumerate(_shares(args.files, args.processes)):
        inside = folder / str(place)
        command = [sys.executable, "-m", "tests.support.mutate", "--part", "--folder", str(inside)]
        command += ["--files", str(share), "--seed", str(args.seed + place)]
        parts.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
    whole = Found()
    for part in parts:
        out, _ = part.communicate()
        if part.returncode:
            whole.faults.append(f"a process ended with {part.returncode}")
            continue
        told = json.loads(out.splitlines()[-1])
        if told["megabytes"] > MOST_MEGABYTES:
            whole.faults.append(f"a process needed {told['megabytes']:.0f} MB")
        whole.add(Found(**{**told, "became": Counter(told["became"])}))
    for became, count in sorted(whole.became.items()):
        print(f"{became}: {count}")
    print(f"{whole.files} files, the slowest {whole.slowest_s:.2f} s, at most {whole.megabytes:.0f} MB")
    for fault in whole.faults[:_TOLD]:
        print(f"FAULT {fault}")
    print(f"{len(whole.faults)} faults; files are in {folder}" if whole.faults else "no fault")
    return 1 if whole.faults else 0


if __name__ == "__main__":
    sys.exit(main())
