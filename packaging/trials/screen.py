"""A screen that nobody sees, with a window manager, a keyboard, and eyes that wait for what is to be seen."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE = 120.0
"""How long a single thing may take, in seconds; the machine may be busy with other work."""
_LOOK = 0.15
_REST = 1.5
"""So long nothing may move before the screen counts as resting."""
_BLINK = 4000
"""So many bytes of a picture may differ although nothing happened: the cursor blinks."""


class Screen:
    """One Xvfb with openbox; use it in a ``with``."""

    def __init__(self, pictures: Path, size: str = "1366x768") -> None:
        self.pictures = pictures
        self._size = size
        self._processes: list[subprocess.Popen[bytes]] = []
        self.display = ""
        self._manager: subprocess.Popen[bytes] | None = None
        self.running: subprocess.Popen[Any] | None = None
        """The program that is looked at; nobody waits for what it can do no more."""
        self._number = 0

    def __enter__(self) -> Screen:
        self.pictures.mkdir(parents=True, exist_ok=True)
        for old in self.pictures.glob("*.png"):
            old.unlink()
        reading, writing = os.pipe()
        self._begin(
            "Xvfb",
            "-displayfd",
            str(writing),
            "-screen",
            "0",
            f"{self._size}x24",
            "-ac",
            "-nolisten",
            "tcp",
            pass_fds=(writing,),
        )
        os.close(writing)
        with os.fdopen(reading) as told:
            self.display = f":{told.readline().strip()}"
        self.wait(self._is_managed, "a window manager works")
        return self

    def _is_managed(self) -> bool:
        """Whether a window manager works; one that was started too early, and ended, is started again."""
        if self._manager is None or self._manager.poll() is not None:
            self._manager = self._begin("openbox", "--sm-disable")
        return "window id" in self._asked("xprop", "-root", "_NET_SUPPORTING_WM_CHECK")

    def __exit__(self, *_error: object) -> None:
        for process in reversed(self._processes):
            process.terminate()
            process.wait()

    def _begin(self, *command: str, pass_fds: tuple[int, ...] = ()) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command,
            env=self._environment(),
            pass_fds=pass_fds,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._processes.append(process)
        return process

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "DISPLAY": self.display}

    def _asked(self, *command: str) -> str:
        done = subprocess.run(command, env=self._environment(), capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else ""

    def wait(self, condition: Callable[[], object], what: str) -> None:
        """Wait until something is the case; names it when it does not become so, or cannot any more."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if self.running is not None and self.running.poll() is not None:
                raise AssertionError(f"the program ended ({self.running.returncode}); waited for: {what}")
            if time.monotonic() > end:
                seen = sorted(self.windows().values())
                raise AssertionError(f"after {PATIENCE:.0f} s still not so: {what} (windows: {seen})")
            time.sleep(_LOOK)

    # hands

    def key(self, *keys: str) -> None:
        """Keys by their names, one after another: ``ctrl+k``, ``Return``."""
        subprocess.run(["xdotool", "key", "--delay", "40", *keys], env=self._environment(), check=True)

    def type(self, text: str) -> None:
        """Letters and digits."""
        subprocess.run(["xdotool", "type", "--delay", "25", text], env=self._environment(), check=True)

    def enter(self, *texts: str) -> None:
        """Texts, each ended with Enter."""
        for text in texts:
            if text:
                self.type(text)
            self.key("Return")

    # eyes

    def windows(self) -> dict[str, str]:
        """The titles of the windows that are seen, by their numbers."""
        found = self._asked("xdotool", "search", "--onlyvisible", "--name", ".").split()
        return {number: self._asked("xdotool", "getwindowname", number) for number in found}

    def await_window(self, words: str) -> None:
        """Wait for a window with these words in its title, and until it has the keyboard."""
        self.wait(
            lambda: words in self._asked("xdotool", "getactivewindow", "getwindowname"),
            f"a window called {words} has the keyboard",
        )

    def _seen(self) -> bytes:
        done = subprocess.run(
            ["import", "-window", "root", "-depth", "8", "rgb:-"],
            env=self._environment(),
            capture_output=True,
            check=True,
        )
        return done.stdout

    @contextmanager
    def expecting(self, what: str) -> Iterator[None]:
        """Do something, then wait until the screen is another one than before and has come to rest."""
        before = self._seen()
        yield
        self.wait(lambda: differing(self._seen(), before) > _BLINK, what)
        self.await_rest(what)

    def await_rest(self, what: str) -> None:
        """Wait until nothing moves any more."""
        last, since = self._seen(), time.monotonic()

        def rests() -> bool:
            nonlocal last, since
            now = self._seen()
            if differing(now, last) >= _BLINK:
                last, since = now, time.monotonic()
            return time.monotonic() - since >= _REST

        self.wait(rests, f"the screen rests: {what}")

    def keep(self, name: str) -> Path:
        """Keep a picture of the whole screen."""
        self._number += 1
        path = self.pictures / f"{self._number:02}-{name}.png"
        subprocess.run(["import", "-window", "root", str(path)], env=self._environment(), check=True)
        return path


def differing(one: bytes, other: bytes) -> int:
    """How many bytes of two pictures differ."""
    if len(one) != len(other):
        return max(len(one), len(other))
    changed = int.from_bytes(one, "little") ^ int.from_bytes(other, "little")
    kept = changed.to_bytes(len(one), "little")
    return len(kept) - kept.count(0)
