"""Kills a working process at random moments and looks at what it leaves.

``python -m tests.support.kill --bursts 200 --cuts 300`` runs it whole: so many bursts of real acts through
the services, each ended by SIGKILL, and a write-ahead log cut at so many places, each time with nothing, with
noise and with zeros behind the cut. It prints what was found and ends with status 1 when anything was lost.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from select import select
from typing import Any

from ctdild_desktop.registry.key_holder import FileHolder
from ctdild_desktop.registry.keystore import Keystore
from ctdild_desktop.registry.local import LocalFile
from ctdild_desktop.registry.registry import Registry, utc_now
from ctdild_desktop.services import access, upkeep
from ctdild_desktop.services.desk import Desk
from tests.support.desks import LOGIN, NAME, PASSPHRASE, make_desk
from tests.support.kill_acts import facts, work_on

_ACTS_OF_LOG = 14
_TAILS = ("cut", "noise", "zeros")
"""What stands behind the place of the cut: nothing, noise, zeros. The three are opened in one child."""


@dataclass
class Found:
    """What was looked at and what was wrong with it."""

    bursts: int = 0
    acknowledged: int = 0
    finished_unheard: int = 0
    """Acts that were done whole although the process was killed before it could say so."""
    cuts: int = 0
    lengths: set[int] = field(default_factory=set)
    """How many acts the cut logs gave back."""
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0


def apart(work: Callable[[], Any]) -> Any:
    """Do something in a child process and hand back its answer as JSON; this process opens no registry."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.write(into, json.dumps(work()).encode())
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(into)
    with os.fdopen(out, "rb") as stream:
        answer = stream.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise RuntimeError(f"the child ended with status {status}")
    return json.loads(answer)


def _told(lines: Sequence[bytes]) -> tuple[list[tuple[set[str], set[str]]], int]:
    """The acts that were begun, in order, and how many of them were acknowledged."""
    begun, done = [], 0
    for line in lines:
        word = json.loads(line)
        if "begins" in word:
            begun.append((set(word["begins"][0]), set(word["begins"][1])))
        done += "done" in word
    return begun, done


def _killed(path: Path, chance: random.Random, run: str, acts: int | None = None) -> list[bytes]:
    """Let a process work and kill it at a random moment, or after it did so many acts; what it said."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(out)
            work_on(path, chance.getrandbits(32), run, into, acts)
            signal.pause()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(into)
    patience = chance.randint(1, 12) if acts is None else acts
    said = b""
    with os.fdopen(out, "rb", buffering=0) as stream:
        while said.count(b'"done"') < patience:
            part = stream.read(65536)
            if not part:
                break
            said += part
        if acts is None:
            select([], [], [], chance.random() * 0.03)
        os.kill(child, signal.SIGKILL)
        said += stream.read()
    os.waitpid(child, 0)
    return [line for line in said.splitlines(keepends=True) if line.endswith(b"\n")]


def _state(path: Path) -> dict[str, Any]:
    desk = access.unlock(path, login=LOGIN, passphrase=PASSPHRASE)
    try:
        report = upkeep.verify(desk)
        return {"facts": sorted(facts(desk)), "ok": report.ok, "checks": report.checks}
    finally:
        desk.close()


def _made(folder: Path) -> Path:
    path = folder / "killed.ctdild"
    apart(lambda: make_desk(folder, name=path.name, clock=utc_now).close())  # type: ignore[arg-type]
    return path


def what_is_wrong(now: set[str], held: set[str], unheard: Sequence[tuple[set[str], set[str]]]) -> str:
    """Why a registry is neither as after all acknowledged acts nor as after one more; empty when it is."""
    if now == held or any(now == (held - minus) | plus for plus, minus in unheard[:1]):
        return ""
    return f"lost {sorted(held - now)[:3]}, half done {sorted(now - held)[:3]}"


def bursts(folder: Path, number: int, found: Found, seed: int = 20261122) -> None:
    """Kill a working process so many times; after each, everything acknowledged is there and nothing half."""
    path, chance = _made(folder), random.Random(seed)
    held: set[str] = set()
    for burst in range(number):
        begun, done = _told(_killed(path, chance, str(burst)))
        for plus, minus in begun[:done]:
            held = (held - minus) | plus
        state = apart(lambda: _state(path))
        now = set(state["facts"])
        if fault := what_is_wrong(now, held, begun[done:]):
            found.faults.append(f"burst {burst}: {fault}")
        if not state["ok"]:
            found.faults.append(f"burst {burst}: {state['checks']}")
        found.bursts += 1
        found.acknowledged += done
        found.finished_unheard += now != held
        held = now


def _opened_raw(path: Path, key: bytes) -> dict[str, Any]:
    """What a registry holds, opened with its data key and without the slow way from a passphrase."""
    registry = Registry(LocalFile(path, key), bytearray(key), utc_now)
    registry.login, registry.role = LOGIN, "administrator"
    desk = Desk(registry, LOGIN, NAME, "administrator")
    try:
        return {"facts": sorted(facts(desk)), "ok": registry.verify()["ok"]}
    finally:
        desk.close()


def cuts(folder: Path, places: int, found: Found, seed: int = 7) -> None:
    """Cut the log of a killed process at so many places: it always opens, as after some whole number of
    acts.
    """
    path, chance = _made(folder), random.Random(seed)
    before = set(apart(lambda: _state(path))["facts"])
    begun, _ = _told(_killed(path, chance, "log", _ACTS_OF_LOG))
    states = [before]
    for plus, minus in begun:
        states.append((states[-1] - minus) | plus)
    key = bytes.fromhex(apart(lambda: _data_key(path).hex()))
    log = path.with_name(f"{path.name}-wal")
    database, written = path.read_bytes(), log.read_bytes()
    for place in range(places):
        length = chance.randrange(len(written) + 1)
        noise, zeros = chance.randbytes(chance.randint(1, 9000)), bytes(chance.randint(1, 9000))
        for kind, tail in zip(_TAILS, (b"", noise, zeros), strict=True):
            case = folder / kind
            case.mkdir()
            (case / path.name).write_bytes(database)
            (case / log.name).write_bytes(written[:length] + tail)
        left = apart(lambda: {kind: _opened_raw(folder / kind / path.name, key) for kind in _TAILS})
        for kind, state in left.items():
            now = set(state["facts"])
            if now not in states or not state["ok"]:
                found.faults.append(f"log cut at {length} of {len(written)}, {kind}: place {place}")
            else:
                found.lengths.add(states.index(now))
            found.cuts += 1
            shutil.rmtree(folder / kind)


def _data_key(path: Path) -> bytes:
    return bytes(Keystore.load(FileHolder.beside(path)).unlock(LOGIN, PASSPHRASE))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it and print what was found as one JSON document."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.kill")
    parser.add_argument("--bursts", type=int, default=0)
    parser.add_argument("--cuts", type=int, default=0)
    wanted = parser.parse_args(arguments)
    found, began = Found(), time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        for name, run, number in (("bursts", bursts, wanted.bursts), ("cuts", cuts, wanted.cuts)):
            if number:
                (Path(place) / name).mkdir()
                run(Path(place) / name, number, found)
    found.seconds = round(time.monotonic() - began, 1)
    print(json.dumps({**found.__dict__, "lengths": sorted(found.lengths)}))
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
