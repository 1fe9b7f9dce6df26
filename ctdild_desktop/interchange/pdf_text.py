"""The text of a PDF, read in a process of its own that is ended when it takes too long."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.language import marked, say

MOST_BYTES = 10 * 1024 * 1024
"""The largest PDF of which the text is read; a report of a few pages is far below it."""
READ_PDF = "--read-pdf"
"""What a program in one file calls itself with to read a PDF; ``__main__`` knows it."""
_SECONDS = 20.0
_MOST_ANSWERED = 4 * 1024 * 1024
_REFUSALS = {
    "encrypted": marked(
        "{name} is protected by a passphrase; it cannot be read here. "
        "Save it again without one, or paste its text."
    ),
    "damaged": marked("{name} is not a sound PDF; it cannot be read."),
    "pages": marked("{name} has too many pages for a report of lung function."),
    "letters": marked("{name} has too much text for a report of lung function."),
    "scan": marked(
        "{name} holds no text: it is a scan, a picture of the page. Type the values in Log PFT, "
        "and attach the file to the patient."
    ),
    "late": marked("{name} takes too long to read; nothing of it is used."),
}


def is_pdf(data: bytes) -> bool:
    """Whether the bytes begin as a PDF does."""
    return data[:1024].lstrip().startswith(b"%PDF-")


def read_pdf(source: Source, *, seconds: float = _SECONDS) -> str:
    """The text of a PDF, its lines and columns as they stand on the pages.

    Args:
        seconds: how long it may take.

    Raises:
        FormatError: it is too large, protected, damaged, a scan, too long, or was not read in time.
    """
    if len(source.data) > MOST_BYTES:
        raise FormatError(
            say(
                "{name} is too large for a report of lung function: the limit is {limit} MB.",
                name=source.name,
                limit=MOST_BYTES // (1024 * 1024),
            )
        )
    answer = _asked(source.data, seconds)
    pages = answer.get("pages")
    if isinstance(pages, list) and all(isinstance(page, str) for page in pages):
        return "\n\n".join(pages)
    raise FormatError(say(_REFUSALS.get(str(answer.get("refused")), _REFUSALS["damaged"]), name=source.name))


def command() -> list[str]:
    """How the process that reads is started."""
    if getattr(sys, "frozen", False):
        return [sys.executable, READ_PDF]
    return [sys.executable, "-m", "ctdild_desktop.interchange.pdf_child"]


def _environment() -> dict[str, str]:
    """The process knows nothing of the registry, and finds the package."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("CTDILD_")}
    package = str(Path(__file__).resolve().parents[2])
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, (package, kept.get("PYTHONPATH", ""))))
    return kept


def _asked(data: bytes, seconds: float) -> dict[str, Any]:
    """What the process answers; a process that ends, or says anything else, has found a damaged file."""
    late = threading.Event()
    with subprocess.Popen(
        command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin = process.stdin

        def give() -> None:
            try:
                stdin.write(data)
                stdin.close()
            except OSError:
                pass  # the process has ended; what it answered tells why

        def end() -> None:
            late.set()
            process.kill()

        clock = threading.Timer(seconds, end)
        giving = threading.Thread(target=give, daemon=True)
        clock.start()
        giving.start()
        try:
            told = process.stdout.read(_MOST_ANSWERED + 1)
        finally:
            clock.cancel()
            process.kill()
            giving.join()
    if late.is_set():
        return {"refused": "late"}
    try:
        answer = json.loads(told) if len(told) <= _MOST_ANSWERED else None
    except ValueError:
        answer = None
    return answer if isinstance(answer, dict) else {"refused": "damaged"}
