"""Processes that are killed, forked from a warm one: a kill meets what is tested, and no import."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from ctdild_desktop.registry import rotation
from ctdild_desktop.registry.backup import restore
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.registry import Registry
from tests.support.registries import LOGIN, PASSPHRASE

PATIENCE_S = 120
Say = Callable[[str], None]


@dataclass(frozen=True)
class Child:
    """A process that works on its own and says where it is."""

    process: BaseProcess
    words: Connection

    def says(self, word: str) -> bool:
        """Whether this is the next word that it says."""
        return bool(self.words.poll(PATIENCE_S)) and self.words.recv() == word

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.process.kill()
        self.process.join()

    def works_for(self, seconds: float) -> None:
        """Let it work so long, unless it ends before."""
        self.process.join(seconds)

    def status(self) -> int | None:
        """How it ended by itself: its exit status, or minus the signal that ended it."""
        self.process.join(PATIENCE_S)
        return self.process.exitcode


@contextmanager
def child(work: Callable[..., None], *given: Any) -> Iterator[Child]:
    """A process in which ``work(say, *given)`` runs; it is killed at the end if it is still there."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.support.many_desks", __name__])
    out, into = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(into.send, *given), daemon=True)
    process.start()
    into.close()
    made = Child(process, out)
    try:
        yield made
    finally:
        made.kill()
        out.close()


def renews_keys(say: Say, path: Path, step: int) -> None:
    """Renew the keys of a registry; it kills itself before (even step) or after the rename ``step // 2``."""
    registry = Registry.open(path, LOGIN, PASSPHRASE)
    real, done = os.replace, 0

    def replace(*names: Any) -> None:
        nonlocal done
        if done * 2 == step:
            os.kill(os.getpid(), signal.SIGKILL)
        real(*names)
        if done * 2 + 1 == step:
            os.kill(os.getpid(), signal.SIGKILL)
        done += 1

    os.replace = replace  # type: ignore[assignment]
    say("begin")
    rotation.renew_keys(registry, by=LOGIN, cost=CHEAPEST)
    say("end")
    registry.close()


def restores(say: Say, kept: Path, path: Path) -> None:
    """Put a backup in the place of a registry, again and again."""
    while True:
        say("begin")
        restore(kept, path, LOGIN, PASSPHRASE, replace=True).close()
        for aside in path.parent.glob("*.replaced-*"):
            aside.unlink()


def backs_up(say: Say, path: Path, target: Path) -> None:
    """Back a registry up, again and again."""
    registry = Registry.open(path, LOGIN, PASSPHRASE)
    while True:
        say("begin")
        registry.backup(target)


def opens(say: Say, path: Path) -> None:
    """Open a registry, which brings older tables up to date."""
    say("begin")
    Registry.open(path, LOGIN, PASSPHRASE).close()
    say("end")
