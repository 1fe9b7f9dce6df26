"""JSON as FHIR wants it: the exact decimals of the record, letters as they are, the same bytes each time."""

from __future__ import annotations

from collections.abc import Iterator
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
    return "".join(_pieces(value)).encode()


def _pieces(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield encode_basestring(value)
    elif isinstance(value, dict):
        before = "{"
        for name, held in value.items():
            yield before
            yield encode_basestring(name)
            yield ":"
            yield from _pieces(held)
            before = ","
        yield "}" if value else "{}"
    elif isinstance(value, list):
        before = "["
        for held in value:
            yield before
            yield from _pieces(held)
            before = ","
        yield "]" if value else "[]"
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, int):
        yield str(value)
    elif isinstance(value, Decimal) and value.is_finite():
        yield f"{value:f}"
    else:
        raise TypeError(f"{type(value).__name__} is not written into a resource")
