"""A question in words, in the language in use, and the words of its parts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from ctdild_desktop.clinical import wording
from ctdild_desktop.cohort.fields import FIELDS, PARTS, Field, Kind
from ctdild_desktop.cohort.query import Comparison, Condition, Not, Or, Query, Some
from ctdild_desktop.language import marked, say

_CODES: Mapping[Comparison, str] = {Comparison.IS: marked("is"), Comparison.IS_NOT: marked("is not")}
_NUMBERS: Mapping[Comparison, str] = {
    Comparison.IS: "=",
    Comparison.IS_NOT: "≠",
    Comparison.BELOW: "<",
    Comparison.AT_MOST: "≤",
    Comparison.ABOVE: ">",
    Comparison.AT_LEAST: "≥",
}
_DATES: Mapping[Comparison, str] = {
    Comparison.IS: marked("on"),
    Comparison.IS_NOT: marked("not on"),
    Comparison.BELOW: marked("before"),
    Comparison.AT_MOST: marked("up to"),
    Comparison.ABOVE: marked("after"),
    Comparison.AT_LEAST: marked("from"),
}
_OF_KIND = {Kind.NUMBER: _NUMBERS, Kind.DATE: _DATES, Kind.CODE: _CODES, Kind.CODES: _CODES}


def comparisons(kind: Kind) -> tuple[tuple[Comparison, str], ...]:
    """The comparisons that a kind of field has, each in words."""
    return tuple((how, say(text)) for how, text in _OF_KIND[kind].items())


def value_words(field: Field, value: str) -> str:
    """A value as it is read: a code in words, a date and a number as the forms have them."""
    if field.kind is Kind.DATE:
        return wording.day(dt.date.fromisoformat(value))
    return wording.as_typed(Decimal(value)) if field.kind is Kind.NUMBER else field.words(value)


def in_words(query: Query, fields: Mapping[str, Field] = FIELDS) -> str:
    """The question in words; empty for everybody."""
    if isinstance(query, Condition):
        field = fields[query.field]
        return say(
            "{field} {comparison} {value}",
            field=say(field.label),
            comparison=dict(comparisons(field.kind))[query.how],
            value=value_words(field, query.value),
        )
    if isinstance(query, Not):
        return say("not ({query})", query=in_words(query.inside, fields))
    if isinstance(query, Some):
        part = PARTS[query.part]
        inside = in_words(query.inside, part.fields)
        named = say(part.label)
        return say("{part} ({query})", part=named, query=inside) if inside else named
    between = say(" or ") if isinstance(query, Or) else say(" and ")
    told = [(part, in_words(part, fields)) for part in query.parts]
    several = len(told) > 1
    return between.join(
        say("({query})", query=words) if several and not isinstance(part, Condition | Not | Some) else words
        for part, words in told
    )
