"""How long reading a file takes and how much memory: each file in a child of its own, forked from a warm one.

``python -m tests.support.measured MODULE:FUNCTION FILE...`` prints one JSON line for each file. The function
takes a path and answers in a few words; what it raises is told by its type and text.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE_S = 60
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Measured:
    """What became of one file."""

    file: str
    said: str
    """The answer, or ``Type: text`` of what was raised."""
    seconds: float
    """Of the processor; how busy the machine is otherwise does not matter."""
    megabytes: float


def measure(reader: str, files: Sequence[Path]) -> dict[str, Measured]:
    """Read every file with ``module:function``, each in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.measured", reader, *map(str, files)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    found = [Measured(**json.loads(line)) for line in done.stdout.splitlines()]
    return {measured.file: measured for measured in found}


def _read(read: Callable[[Path], object], path: Path, into: int) -> None:
    signal.alarm(_PATIENCE_S)
    try:
        said = str(read(path))
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
    os.write(into, json.dumps(said[:500]).encode())


def _in_child(read: Callable[[Path], object], path: Path) -> Measured:
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        _read(read, path, into)
        os._exit(0)
    os.close(into)
    with os.fdopen(out, "rb") as stream:
        answer = stream.read()
    _, status, used = os.wait4(child, 0)
    said = json.loads(answer) if answer else f"ended with status {status}"
    return Measured(path.name, said, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def main(arguments: Sequence[str]) -> None:
    """Measure the files that are named."""
    module, _, name = arguments[0].partition(":")
    read = getattr(importlib.import_module(module), name)
    resource.setrlimit(resource.RLIMIT_AS, (4096 * _MEGABYTE, 4096 * _MEGABYTE))
    for path in arguments[1:]:
        print(json.dumps(asdict(_in_child(read, Path(path)))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
