"""JSON as FHIR wants it: the exact decimals of the record, letters as they are, the same bytes each time."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any


def fhir_json(value: Any) -> bytes:
    """A resource as compact JSON in UTF-8.

    Names keep the order in which they were put in. A decimal is written digit by digit as it is kept, with
    its zeros at the end, and never goes through a binary number.

    Raises:
        TypeError: the value holds something that JSON has no form for.
    """
    pieces: list[str] = []
    _write(value, pieces.append)
    return "".join(pieces).encode()


def _write(value: Any, put: Callable[[str], None]) -> None:
    if isinstance(value, str):
        put(encode_basestring(value))
    elif isinstance(value, dict):
        before = "{"
        for name, held in value.items():
            put(f'{before}"{name}":' if name.isalnum() else f"{before}{encode_basestring(name)}:")
            _write(held, put)
            before = ","
        put("}" if value else "{}")
    elif isinstance(value, list):
        before = "["
        for held in value:
            put(before)
            _write(held, put)
            before = ","
        put("]" if value else "[]")
    elif isinstance(value, bool):
        put("true" if value else "false")
    elif isinstance(value, int):
        put(str(value))
    elif isinstance(value, Decimal) and value.is_finite():
        put(f"{value:f}")
    else:
        raise TypeError(f"{type(value).__name__} is not written into a resource")
