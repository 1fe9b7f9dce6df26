"""Which patients: conditions on what is recorded, joined by and, or and not; read from a line of text.

``diagnosis_group = SSc and drug = rituximab and (fvc_percent_predicted < 70 or met = PPF2022)``. A condition
is true, false or unknown: what is not recorded is never taken for a no, and not unknown is unknown
(three-valued logic, as the criteria have it). What is asked of one line of therapy, or of one adverse event,
stands in brackets behind its name, ``therapy(drug = rituximab and line = 2 and started >= 2015-01-01)``: it
is true when it is so of one and the same line. Values are compared as exact numbers and as dates; a date that
is not known to the day is unknown where its possible days disagree.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Protocol, TypeAlias

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.cohort.fields import FIELDS, NEVER, PARTS, Answers, Field, Kind, Value
from ctdild_desktop.cohort.part_facts import PartFacts
from ctdild_desktop.language import say

MAX_LENGTH = 2000
_DEEPEST = 40
_TOKEN = re.compile(r"""\s*(?:(<=|>=|!=|=|<|>)|([(),])|"((?:[^"\\]|\\.)*)"|([^\s"(),<>=!]+))""")
_UNKNOWN = "unknown"
"""The code that says that something is not known: it is neither this nor another one."""
_WORDS = frozenset({"and", "or", "not", "in"})


class QueryError(ValueError):
    """The text is no query; the message says what is wrong, for a person."""


class Comparison(StrEnum):
    """How a field is compared."""

    IS = "="
    IS_NOT = "!="
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Condition:
    """One field compared with a value; a field of many values (drugs) is compared with each of them."""

    field: str
    how: Comparison
    value: str


@dataclass(frozen=True, slots=True)
class Not:
    """What is not so."""

    inside: Query


@dataclass(frozen=True, slots=True)
class And:
    """Everything is so."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Something is so."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """There is one of a part of the record (a line of therapy, an adverse event) of which something is so."""

    part: str
    inside: Query


Query: TypeAlias = Condition | Not | And | Or | Some
EVERYBODY = And(())


class Asked(Protocol):
    """What a query is asked of: the fields of one patient, and of each line or event."""

    def get(self, name: str) -> Value:
        """The value of a field."""
        ...

    def parts(self, name: str) -> tuple[PartFacts, ...]:
        """What is known of each line of therapy, or of each adverse event."""
        ...


def holds(query: Query, facts: Asked) -> bool | None:
    """Whether the query is true of a patient; None where what is recorded cannot tell."""
    return _holds(query, facts.get, facts, FIELDS)


def _holds(
    query: Query, get: Callable[[str], Value], facts: Asked, fields: Mapping[str, Field]
) -> bool | None:
    if isinstance(query, Condition):
        return _compared(query, get(query.field), fields[query.field].kind)
    if isinstance(query, Not):
        inside = _holds(query.inside, get, facts, fields)
        return None if inside is None else not inside
    if isinstance(query, Some):
        of = PARTS[query.part].fields
        told = [_holds(query.inside, one.__getitem__, facts, of) for one in facts.parts(query.part)]
        return True if True in told else None if None in told else False
    wanted = isinstance(query, Or)
    unknown = False
    for part in query.parts:
        so = _holds(part, get, facts, fields)
        if so is wanted:
            return wanted
        unknown |= so is None
    return None if unknown else not wanted


def lacking(query: Query, facts: Asked) -> tuple[str, ...]:
    """The fields and parts because of which it cannot be told whether a query is true; none where it can."""
    if holds(query, facts) is not None:
        return ()
    if isinstance(query, Condition):
        return (query.field,)
    if isinstance(query, Some):
        return (query.part,)
    inside = (query.inside,) if isinstance(query, Not) else query.parts
    return tuple(dict.fromkeys(name for part in inside for name in lacking(part, facts)))


def _compared(condition: Condition, value: Value, kind: Kind) -> bool | None:
    if value is None:
        return None
    if value is NEVER:
        return condition.how is Comparison.IS_NOT
    if isinstance(value, Answers):
        told = value.of(condition.value)
        return None if told is None else told is (condition.how is Comparison.IS)
    if kind is Kind.CODE:
        if value == _UNKNOWN != condition.value:
            return None
        return (value == condition.value) is (condition.how is Comparison.IS)
    if isinstance(value, PartialDate):
        day = dt.date.fromisoformat(condition.value)
        first, last = (_ORDER[condition.how](one, day) for one in (value.earliest, value.latest))
        if condition.how in {Comparison.IS, Comparison.IS_NOT} and value.exact is None:
            inside = value.earliest <= day <= value.latest
            return None if inside else condition.how is Comparison.IS_NOT
        return first if first == last else None
    return _ORDER[condition.how](value, Decimal(condition.value))


_ORDER: Mapping[Comparison, Callable[..., bool]] = {
    Comparison.IS: lambda one, other: bool(one == other),
    Comparison.IS_NOT: lambda one, other: bool(one != other),
    Comparison.BELOW: lambda one, other: bool(one < other),
    Comparison.AT_MOST: lambda one, other: bool(one <= other),
    Comparison.ABOVE: lambda one, other: bool(one > other),
    Comparison.AT_LEAST: lambda one, other: bool(one >= other),
}


def written(query: Query) -> str:
    """The query as text that :func:`parse` reads back to the same query."""
    if isinstance(query, Condition):
        return f"{query.field} {query.how} {_quoted(query.value)}"
    if isinstance(query, Not):
        return f"not {_bracketed(query.inside)}"
    if isinstance(query, Some):
        return f"{query.part}({written(query.inside)})"
    word = " or " if isinstance(query, Or) else " and "
    return word.join(_bracketed(part) for part in query.parts)


def _bracketed(query: Query) -> str:
    return f"({written(query)})" if isinstance(query, And | Or) else written(query)


def _quoted(value: str) -> str:
    if value.casefold() not in _WORDS and re.fullmatch(r"[^\s\"(),<>=!\\]+", value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def parse(text: str) -> Query:
    """Read a query.

    Raises:
        QueryError: a field, a code or a value is unknown, or the text is not built as a query is.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(say("A query has at most {most} characters.", most=MAX_LENGTH))
    if not text.strip():
        return EVERYBODY
    reader = _Reader(list(_tokens(text)))
    query = reader.any(0)
    if reader.next is not None:
        raise QueryError(say("{text} is not expected there.", text=reader.next.text))
    return query


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    kind: str
    """``op``, ``mark``, ``quoted`` or ``word``."""

    def is_word(self, word: str) -> bool:
        return self.kind == "word" and self.text.casefold() == word


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None:
            raise QueryError(say("The query cannot be read at: {text}", text=text[at:].strip()[:30]))
        at = found.end()
        for kind, part in zip(("op", "mark", "quoted", "word"), found.groups(), strict=True):
            if part is not None:
                yield _Token(re.sub(r"\\(.)", r"\1", part) if kind == "quoted" else part, kind)


class _Reader:
    """Reads tokens by what may stand where."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._fields: Mapping[str, Field] = FIELDS

    @property
    def next(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, *, wanted: str = "") -> _Token:
        token = self.next
        if token is None:
            raise QueryError(say("The query ends where {wanted} is needed.", wanted=wanted or say("a field")))
        if wanted in {"(", ")"} and not (token.kind == "mark" and token.text == wanted):
            raise QueryError(say("{text} stands where {wanted} is needed.", text=token.text, wanted=wanted))
        self._at += 1
        return token

    def _word(self, word: str) -> bool:
        if self.next is not None and self.next.is_word(word):
            self._at += 1
            return True
        return False

    def any(self, depth: int) -> Query:
        parts = [self._all(depth)]
        while self._word("or"):
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self, depth: int) -> Query:
        parts = [self._one(depth)]
        while self._word("and"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _one(self, depth: int) -> Query:
        if depth > _DEEPEST:
            raise QueryError(say("The query has too many brackets."))
        if self._word("not"):
            return Not(self._one(depth + 1))
        if self.next is not None and self.next.kind == "mark" and self.next.text == "(":
            self._take()
            inside = self.any(depth + 1)
            self._take(wanted=")")
            return inside
        return self._condition(depth)

    def _some(self, part: str, depth: int) -> Query:
        """What is asked of one line of therapy or one adverse event, whose fields are its own."""
        self._take(wanted="(")
        outside, self._fields = self._fields, PARTS[part].fields
        at_once = self.next is not None and self.next.text == ")"
        inside = EVERYBODY if at_once else self.any(depth + 1)
        self._fields = outside
        self._take(wanted=")")
        return Some(part, inside)

    def _condition(self, depth: int) -> Query:
        name = self._take(wanted=say("a field"))
        if name.kind == "word" and name.text in PARTS and self._fields is FIELDS:
            return self._some(name.text, depth)
        if name.kind != "word" or name.text not in self._fields:
            known = ", ".join(self._fields)
            raise QueryError(say("{field} is no field; known are {known}.", field=name.text, known=known))
        if self._word("in"):
            self._take(wanted="(")
            found = [self._value(name.text, Comparison.IS)]
            while self.next is not None and self.next.text == ",":
                self._take()
                found.append(self._value(name.text, Comparison.IS))
            self._take(wanted=")")
            return found[0] if len(found) == 1 else Or(tuple(found))
        how = self._take(wanted=say("a comparison"))
        if how.kind != "op":
            raise QueryError(
                say(
                    "{text} stands where a comparison is needed: {known}.",
                    text=how.text,
                    known=" ".join(Comparison),
                )
            )
        return self._value(name.text, Comparison(how.text))

    def _value(self, field: str, how: Comparison) -> Condition:
        token = self._take(wanted=say("a value"))
        if token.kind not in {"word", "quoted"}:
            raise QueryError(
                say("{text} stands where a value of {field} is needed.", text=token.text, field=field)
            )
        return condition(field, how, token.text, self._fields)


def condition(field: str, how: Comparison, value: str, fields: Mapping[str, Field] = FIELDS) -> Condition:
    """A condition that can be asked, of a patient or of the fields of a part.

    Raises:
        QueryError: there is no such field, the value is none of it, or it has no order to compare by.
    """
    known = fields.get(field)
    if known is None:
        raise QueryError(say("{field} is no field; known are {known}.", field=field, known=", ".join(fields)))
    if known.kind in {Kind.CODE, Kind.CODES}:
        if how not in {Comparison.IS, Comparison.IS_NOT}:
            raise QueryError(
                say(
                    "{field} has no order; ask with {equal} or {different}.",
                    field=field,
                    equal="=",
                    different="!=",
                )
            )
        codes = known.codes()
        found = next((code for code in codes if code.casefold() == value.casefold()), None)
        if found is None:
            raise QueryError(
                say(
                    "{value} is no value of {field}; known are {known}.",
                    value=value,
                    field=field,
                    known=", ".join(codes),
                )
            )
        return Condition(field, how, found)
    try:
        plain = str(dt.date.fromisoformat(value)) if known.kind is Kind.DATE else _number(value)
    except (ValueError, InvalidOperation):
        what = (
            say("a date such as 2024-03-12")
            if known.kind is Kind.DATE
            else say("a number with a decimal point")
        )
        raise QueryError(
            say("{value} is not {what}, as {field} needs.", value=value, what=what, field=field)
        ) from None
    return Condition(field, how, plain)


def _number(text: str) -> str:
    value = Decimal(text)
    if not value.is_finite() or len(text) > 20:
        raise ValueError
    return str(value)
