"""Of the diagnostic bundle: the program's log, word by word, without anything that is not the program's own.

The log is written without patient data. Here it is not believed: a library, the toolkit or an older version
may have written a path, a name or a typed text. What is not known to be harmless is shown as ``[...]``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from ctdild_desktop import bundled

LAST_LINES = 400
_LARGEST = 2_000_000
_LEFT_OUT = "[...]"
_LINE = re.compile(
    r"(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}),\d{3} (DEBUG|INFO|WARNING|ERROR|CRITICAL) (\S{1,200}) (.*)"
)
_MODULE = re.compile(r"ctdild_desktop(\.[a-z_][a-z0-9_]*)*")
_KIND = re.compile(r"[A-Z][A-Za-z0-9]*(Error|Exception|Warning|Interrupt|Exit|Iteration)|KeyboardInterrupt")
_BUG = re.compile(r"bug: (\S+) at ?(.*)")
_PLACE = re.compile(
    r"[a-z_][a-z0-9_]*\.py:\d{1,5} (?:[a-z_][A-Za-z0-9_]*|<(?:lambda|module|\w+comp|genexpr)>)"
)
_QT = re.compile(r"Q[A-Z][A-Za-z]+(::~?[A-Za-z]+)?(\(\))?")
_METHOD = re.compile(r"[a-z]+(?:[A-Z][a-z]+){2,}\(?\)?")
"""As the toolkit names what it does not support: ``propagateSizeHints``."""
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")


@cache
def _known() -> frozenset[str]:
    """The words that a line of the log may show."""
    file = bundled.resources() / "support" / "log_words.txt"
    return frozenset(file.read_text(encoding="utf-8").split())


def log_lines(files: Sequence[Path]) -> list[str]:
    """The last lines of the log, the oldest first; what is not the program's own is left out of each."""
    lines: list[str] = []
    for file in reversed(files):
        lines += _read(file)
    if not lines:
        return ["There is no log."]
    left = max(0, len(lines) - LAST_LINES)
    first = [f"{left} older lines are left out."] if left else []
    return first + [clean(line) for line in lines[-LAST_LINES:]]


def clean(line: str) -> str:
    """One line of the log with what may be told of it."""
    found = _LINE.fullmatch(line)
    if found is None:
        return f"{_LEFT_OUT} a line of another kind"
    moment, level, name, message = found.groups()
    told = name if _MODULE.fullmatch(name) else "another module"
    return f"{moment} {level} {told} {_clean_message(message)}".rstrip()


def _clean_message(message: str) -> str:
    bug = _BUG.fullmatch(message)
    if bug is None:
        return _clean_words(message)
    kind = bug[1] if _KIND.fullmatch(bug[1]) else _LEFT_OUT
    places = [place if _PLACE.fullmatch(place) else _LEFT_OUT for place in bug[2].split(" < ")]
    return f"bug: {kind} at {' < '.join(places)}"


def _clean_words(message: str) -> str:
    told: list[str] = []
    for word in message.split():
        bare = word.strip(".,:;()[]\"'!?")
        if _is_of_the_program(bare) or _is_known(bare, first=told in ([], ["Qt:"])):
            told.append(word)
        elif told[-1:] != [_LEFT_OUT]:
            told.append(_LEFT_OUT)
    return " ".join(told)


def _is_of_the_program(word: str) -> bool:
    return word == "Qt" or any(named.fullmatch(word) for named in (_QT, _METHOD, _KIND))


def _is_known(word: str, *, first: bool) -> bool:
    """Whether it is in the list; a capital letter makes it a name, but at the beginning of a sentence."""
    small = word.lower() if first else word
    return bool(_WORD.fullmatch(small)) and small in _known()


def _read(file: Path) -> list[str]:
    try:
        with file.open("rb") as stream:
            stream.seek(max(0, file.stat().st_size - _LARGEST))
            return stream.read(_LARGEST).decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        return [f"the file of the log cannot be read: {type(error).__name__}"]
