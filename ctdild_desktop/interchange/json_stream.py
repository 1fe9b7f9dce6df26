"""JSON from elsewhere, exact and bounded: decimals stay decimals, and nothing is taken twice or by halves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, NoReturn

from ctdild_desktop.interchange.encoding import detect
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.language import say

_MOST_BYTES = 20 * 1024 * 1024
_MOST_MARKS = 1_000_000
"""Braces and brackets that open, and commas; each costs far more memory than it takes in the file."""
_DEEPEST = 60
_MOST_LINES = 20_000
_MOST_IN_LINES = 4_000_000
"""Marks in all lines together; one line after the other is held in memory."""
_LONGEST_NUMBER = 60
_BOM = b"\xef\xbb\xbf"
_WHOLE = re.compile(rb"\s*\{.*\}\s*\Z", re.DOTALL)


class _UnfitError(ValueError):
    pass


def read_json(source: Source) -> Any:
    """The value of a document.

    Raises:
        FormatError: not JSON, with a name given twice or a number that is none, or beyond every limit.
    """
    data = source.data
    if len(data) > _MOST_BYTES or _opened(data) > _MOST_MARKS or _depth(data) > _DEEPEST:
        raise FormatError(
            say("{name} is refused: it is not built as a file of results is.", name=source.name)
        )
    text = data.decode(detect(source).codec)
    try:
        return json.loads(
            text,
            parse_float=_number,
            parse_int=_number,
            parse_constant=_no_number,
            object_pairs_hook=_object,
        )
    except _UnfitError as error:
        raise FormatError(
            say("{name} cannot be used: {reason}.", name=source.name, reason=str(error))
        ) from None
    except (ValueError, RecursionError):
        raise FormatError(say("{name} is damaged: it is not well-formed JSON.", name=source.name)) from None


def read_lines(source: Source) -> Iterator[Any] | None:
    """The value of each line where every line is a document of its own (NDJSON); None for one document.

    A line is read when it is asked for, within the same bounds as a whole document.

    Raises:
        FormatError: as :func:`read_json`, while the lines are taken.
    """
    first, _, rest = source.data.lstrip().partition(b"\n")
    if not rest.strip() or not _WHOLE.match(first.removeprefix(_BOM)) or not rest.lstrip().startswith(b"{"):
        return None
    if source.data.count(b"\n") > _MOST_LINES or _opened(source.data) > _MOST_IN_LINES:
        raise FormatError(
            say("{name} is refused: it is not built as a file of results is.", name=source.name)
        )
    lines = source.data.split(b"\n")
    return (read_json(replace(source, data=line)) for line in lines if line.strip())


def _opened(data: bytes) -> int:
    return data.count(b"{") + data.count(b"[") + data.count(b",")


def _depth(data: bytes) -> int:
    """How deeply it is nested, brackets inside texts too; what those hide the parser refuses."""
    deepest = depth = 0
    for mark in data.translate(None, delete=_OTHERS):
        depth += 1 if mark in b"{[" else -1
        deepest = max(deepest, depth)
    return deepest


_OTHERS = bytes(byte for byte in range(256) if byte not in b"{}[]")


def _number(text: str) -> Decimal:
    if len(text) > _LONGEST_NUMBER:
        raise _UnfitError(say("a number is far too long"))
    try:
        value = Decimal(text)
    except ArithmeticError:  # an exponent of many digits
        raise _UnfitError(say("a number is no measurement")) from None
    if not value.is_finite() or value.adjusted() > 30 or value.adjusted() < -60:
        raise _UnfitError(say("a number is no measurement"))
    return value


def _no_number(_text: str) -> NoReturn:
    raise _UnfitError(say("a number is no measurement"))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _UnfitError(say("a name is given twice in one object"))
    return made
