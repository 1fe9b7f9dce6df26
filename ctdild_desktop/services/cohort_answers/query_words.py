"""A query in words, as it is printed beside an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.codes import CodeList
from ctdild_desktop.clinical.wording import as_typed, day
from ctdild_desktop.cohort.facts import FIELDS, Kind
from ctdild_desktop.cohort.query import EVERYBODY, And, Comparison, Condition, Not, Or, Query
from ctdild_desktop.language import joined, marked, say

_HOW = {
    Comparison.IS: marked("is"),
    Comparison.IS_NOT: marked("is not"),
    Comparison.BELOW: marked("below"),
    Comparison.AT_MOST: marked("at most"),
    Comparison.ABOVE: marked("above"),
    Comparison.AT_LEAST: marked("at least"),
}
_LISTS: Mapping[str, Callable[[], CodeList[Any]]] = {
    "diagnosis": codes.diagnoses,
    "pattern": codes.patterns,
    "antibody": codes.antibodies,
    "drug": codes.drugs,
    "drug_now": codes.drugs,
    "event": codes.ae_terms,
}


def in_words(query: Query) -> str:
    """The query for a reader; who is meant when nothing is asked, too."""
    return say("everybody in the registry") if query == EVERYBODY else _told(query)


def _told(query: Query) -> str:
    if isinstance(query, Condition):
        return say(
            "{field} {how} {value}",
            field=say(FIELDS[query.field].label),
            how=say(_HOW[query.how]),
            value=_value(query),
        )
    if isinstance(query, Not):
        return say("not ({inside})", inside=_told(query.inside))
    between = say("; or ") if isinstance(query, Or) else say("; and ")
    return joined((_bracketed(part) for part in query.parts), between)


def _bracketed(query: Query) -> str:
    return say("({inside})", inside=_told(query)) if isinstance(query, And | Or) else _told(query)


def _value(condition: Condition) -> str:
    field, value = condition.field, condition.value
    kind = FIELDS[field].kind
    if kind is Kind.DATE:
        return day(dt.date.fromisoformat(value))
    if kind is Kind.NUMBER:
        return as_typed(Decimal(value))
    if field in _LISTS:
        return _LISTS[field]().label(value)
    return codes.label(field, value) if field in codes.choice_lists() else value
