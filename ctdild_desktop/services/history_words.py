"""One row of the audit trail in words: what was done to which record, and each value as it was and is.

Values come as the trail keeps them (JSON). A value that cannot be read is shown as it stands: a history never
fails on what it finds.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.absence import reason_words
from ctdild_desktop.clinical.criteria import strip_criteria
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.language import marked, retold, say, say_in
from ctdild_desktop.services import history_terms
from ctdild_desktop.services.history_terms import TECHNICAL, Noun, Term
from ctdild_desktop.services.texts import NOT_RECORDED

Values = Mapping[str, Any]
_OTHERS = {"draft": marked("draft")}
"""Tables of which no history tells."""
_LISTS: Mapping[str, Callable[[], codes.CodeList[Any]]] = {
    "antibodies": codes.antibodies,
    "ae_terms": codes.ae_terms,
    "diagnoses": codes.diagnoses,
    "drugs": codes.drugs,
    "instruments": codes.instruments,
    "labs": codes.labs,
    "patterns": codes.patterns,
}
"""Lists of codes with a file of their own; every other is one of ``codes.choices``."""


_OF_MEETINGS = frozenset({"meeting_id", "decision_id", "agenda_item_id", "mdt_decision_id"})


@dataclass(frozen=True, slots=True)
class Names:
    """What ids and logins stand for."""

    persons: Mapping[str, str] = field(default_factory=dict)
    """Display names by login."""
    lines: Mapping[str, str] = field(default_factory=dict)
    """Code of the drug, or words that tell more, by id of the line of therapy."""
    days: Mapping[str, str] = field(default_factory=dict)
    """The day of a meeting, of a decision and of a place on an agenda, by id."""


@dataclass(frozen=True, slots=True)
class Written:
    """One row of the trail, as far as the words need it."""

    op: str
    table: str
    row_id: str
    old: Values = field(default_factory=dict)
    new: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One value: what it was and what it is; empty where nothing was or is recorded."""

    label: str
    was: str
    now: str
    fresh: bool = False
    """The record is new: nothing was there to be changed."""

    @property
    def text(self) -> str:
        """``FVC 2.31 L → 2.13 L``; of a new record ``FVC 2.31 L``."""
        if self.fresh:
            return f"{self.label} {self.now}"
        return f"{self.label} {self.was or NOT_RECORDED} → {self.now or NOT_RECORDED}"


_HEADS = {
    "added": marked("added {name}"),
    "changed": marked("changed {name}"),
    "removed": marked("removed {name}"),
    "restored": marked("restored {name}"),
    "deleted": marked("deleted {name}"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One record that an act touched, or one event."""

    group: str
    verb: str
    """``added``, ``changed``, ``removed``, ``restored``, ``deleted``; empty for an event."""
    name: str
    """``PFT 12.03.2026``; of an event what happened."""
    changes: tuple[ValueChange, ...] = ()
    table: str = ""
    """Empty for an event."""
    row_id: str = ""
    """Id of the record, or the kind of the event."""

    @property
    def head(self) -> str:
        """``changed PFT 12.03.2026``."""
        return say(_HEADS[self.verb], name=self.name) if self.verb else self.name

    @property
    def short(self) -> str:
        """A change with its values, anything else by its name."""
        return self.text if self.verb == "changed" or not self.verb else self.head

    @property
    def text(self) -> str:
        """``changed PFT 12.03.2026: FVC 2.31 L → 2.13 L``."""
        said = "; ".join(change.text for change in self.changes)
        return f"{self.head}: {said}" if said else self.head


def event_item(kind: str, detail: Values, names: Names) -> Item:
    """An event in words, with its details."""
    noun = history_terms.events().get(kind) or Noun(kind.replace("_", " "), "")
    place = history_terms.of_event(kind)
    return Item(noun.group, "", noun.words, _fresh(place, detail, names), "", kind)


def row_item(row: Written, names: Names) -> Item:
    """A change of one row in words.

    A removal that keeps the row reads ``removed`` and its reversal ``restored``. Values that are not there
    any more (an erased person's) leave the plain sentence.
    """
    noun = history_terms.tables().get(row.table) or Noun(row.table.replace("_", " "), "")
    name = _named(noun, row.table, row.new or row.old, names)
    verb = {"insert": "added", "delete": "deleted"}.get(row.op, "changed")
    changes: tuple[ValueChange, ...] = ()
    if row.op == "insert":
        changes = _fresh(row.table, row.new, names, noun.columns)
    elif row.op == "update":
        changes = _changes(row.table, row.old, row.new, names)
        was_removed, is_removed = (bool(values.get("deleted_at")) for values in (row.old, row.new))
        if is_removed != was_removed:
            verb = "removed" if is_removed else "restored"
    return Item(noun.group, verb, name, changes, row.table, row.row_id)


def counted(items: Iterable[Item]) -> tuple[Item, ...]:
    """Many records as numbers: ``added 715 × PFT``; what happened once keeps its name."""
    grouped: dict[tuple[str, str, str], list[Item]] = {}
    for item in items:
        grouped.setdefault((item.verb, item.table, "" if item.table else item.row_id), []).append(item)
    told = []
    for (verb, table, _kind), members in grouped.items():
        first = members[0]
        if len(members) > 1:
            words = plain_name(table) if table else first.name
            first = Item(first.group, verb, f"{len(members)} × {words}", (), table)
        told.append(first)
    return tuple(told)


def plain_name(table: str) -> str:
    """What the rows of a table are called without saying which: ``PFT``."""
    noun = history_terms.tables().get(table) or Noun(say(_OTHERS.get(table, table.replace("_", " "))), "")
    return _named(noun, table, {}, Names())


def values_item(table: str, row_id: str, values: Values, names: Names) -> Item:
    """A record as it stands, with its values, for a list."""
    noun = history_terms.tables().get(table) or Noun(table.replace("_", " "), "")
    name = _named(noun, table, values, names)
    return Item(noun.group, "", name, _fresh(table, values, names, noun.columns), table, row_id)


def lines_in(table: str, values: Values) -> set[str]:
    """Ids of the lines of therapy that a row's values speak of."""
    found: set[str] = set()
    for column, value in values.items():
        form = history_terms.term(table, column).form
        if form == "line":
            found.add(str(value))
        elif form == "lines":
            found |= set(_listed(value))
    return found


def days_in(table: str, values: Values) -> set[str]:
    """Ids of the meetings, decisions and places on an agenda that a row's values speak of."""
    return {
        str(value)
        for column, value in values.items()
        if value and column in _OF_MEETINGS and history_terms.term(table, column).form == "link"
    }


def plain(values: str | None) -> Values:
    """The values of one side of an audit row; empty for none or for something that is no JSON object."""
    try:
        found = json.loads(values) if values else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _named(noun: Noun, table: str, values: Values, names: Names) -> str:
    if not values:
        return noun.plain or noun.words.split("{", 1)[0].rstrip(" ,(")
    said = {column: shown(table, column, values, names) or "–" for column in noun.columns}
    return noun.words.format(**said)


def _fresh(table: str, values: Values, names: Names, said: Collection[str] = ()) -> tuple[ValueChange, ...]:
    """Everything recorded, without what was said already and units, which stand with their values."""
    terms = [history_terms.term(table, column) for column in values]
    told = {*said, *(term.detail.strip("{}") for term in terms if term.detail.startswith("{"))}
    found = []
    for column in history_terms.in_order(table, values.keys() - told):
        now = shown(table, column, values, names)
        if now:
            found.append(ValueChange(history_terms.term(table, column).label, "", now, fresh=True))
    return tuple(found)


def _changes(table: str, old: Values, new: Values, names: Names) -> tuple[ValueChange, ...]:
    found = []
    for column in history_terms.in_order(table, {**old, **new}):
        if old.get(column) == new.get(column):
            continue
        was, now = (shown(table, column, values, names) for values in (old, new))
        if was != now:
            found.append(ValueChange(history_terms.term(table, column).label, was, now))
    return tuple(found)


def shown(table: str, column: str, values: Values, names: Names) -> str:
    """One value in words; empty when nothing is recorded, or when the column is not for people."""
    term, value = history_terms.term(table, column), values.get(column)
    if term.form == TECHNICAL or value is None or value == "":
        return ""
    try:
        said = _FORMS[term.form](value, term, names)
    except (ValueError, TypeError, InvalidOperation):
        return str(value)
    if term.form == "number" and term.detail and said:
        unit = term.detail
        if unit.startswith("{"):
            unit = shown(table, unit.strip("{}"), values, names)
        return f"{said} {unit}".rstrip()
    if term.form == "fields":
        return ", ".join(history_terms.term(table, name).label for name in _listed(value))
    if term.form == "absent":
        return ", ".join(f"{history_terms.term(table, name).label}: {why}" for name, why in _reasons(value))
    return said


def _reasons(value: Any) -> list[tuple[str, str]]:
    """Fields without a value, each with the reason in words."""
    return [(name, reason_words(reason)) for name, reason in _members(value)]


def _listed(value: Any) -> list[str]:
    """The members of a list as the trail keeps it; the value alone when it is no list."""
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    return [str(item) for item in found] if isinstance(found, list) else [str(value)]


def _members(value: Any) -> list[Any]:
    """What a list holds, as the trail keeps it or as a record has it."""
    found = json.loads(value) if isinstance(value, str) else value
    return list(found)


def _number(value: Any, _term: Term, _names: Names) -> str:
    return wording.as_typed(Decimal(str(value)))


def _haemoglobin(value: Any, _term: Term, _names: Names) -> str:
    return f"{wording.haemoglobin(Decimal(str(value)))} {wording.haemoglobin_unit()}"


def _date(value: Any, _term: Term, _names: Names) -> str:
    return wording.day(dt.date.fromisoformat(str(value)))


def _partial(value: Any, _term: Term, _names: Names) -> str:
    return wording.partial(PartialDate.parse(str(value)))


def _moment(value: Any, _term: Term, _names: Names) -> str:
    return moment(dt.datetime.fromisoformat(str(value)))


def _yes_no(value: Any, _term: Term, _names: Names) -> str:
    if value not in (0, 1, "yes", "no"):  # an event holds the word
        raise ValueError("neither yes nor no")
    return say("yes") if value in (1, "yes") else say("no")


def _code(value: Any, term: Term, _names: Names) -> str:
    return _list(term.detail).label(str(value))


def _codes(value: Any, term: Term, _names: Names) -> str:
    return ", ".join(_list(term.detail).label(code) for code in _listed(value))


def _list(name: str) -> codes.CodeList[Any]:
    return _LISTS[name]() if name in _LISTS else codes.choices(name)


def _pairs(value: Any, _term: Term, _names: Names) -> str:
    return ", ".join(f"{first} {second}" for first, second in _members(value))


def _given(value: Any, _term: Term, _names: Names) -> str:
    """The words of a file: ``FVC 2310 mL; FEV1 1.90 L``."""
    return "; ".join(str(words) for _field, words in _members(value))


def _items(value: Any, _term: Term, names: Names) -> str:
    """Small values, each by what it holds: ``penicillin, rash; latex``."""
    said = (
        ", ".join(
            _part(name, part, names) for name, part in item.items() if part not in (None, "", True, False)
        )
        for item in _members(value)
    )
    return "; ".join(said)


_CODED = {"role": "attendee_role", "presence": "presence", "diagnosis": "diagnoses"}
"""Parts of small values that are codes, with their lists."""


def _part(name: str, part: Any, names: Names) -> str:
    if name in _CODED:
        return _list(_CODED[name]).label(str(part))
    if name == "by":
        return names.persons.get(str(part), str(part))
    return wording.day(dt.date.fromisoformat(str(part))) if name == "date" else str(part)


def _verdicts(value: Any, _term: Term, _names: Names) -> str:
    """Criteria, each with its verdict: ``FVC fall > 10 % MET``; one that is unknown by its id."""
    titles = {known.id: known.title for known in strip_criteria()}
    return ", ".join(
        f"{titles.get(criterion, criterion)} {wording.verdict(Verdict(answer))}"
        for criterion, answer in _members(value)
    )


def _line(value: Any, _term: Term, names: Names) -> str:
    return codes.drugs().label(names.lines.get(str(value), "")) or say("a line of therapy")


def _lines(value: Any, term: Term, names: Names) -> str:
    return ", ".join(dict.fromkeys(_line(line, term, names) for line in _listed(value)))


def _link(value: Any, _term: Term, names: Names) -> str:
    """Another record, by its day where it has one, or by the beginning of its id."""
    return names.days.get(str(value)) or say("entry {start}", start=str(value)[:6])


def _person(value: Any, _term: Term, names: Names) -> str:
    return names.persons.get(str(value), str(value))


def _source(value: Any, _term: Term, _names: Names) -> str:
    kind = str(value).partition(":")[0]
    return "" if kind == "typed" else kind


def _user_role(value: Any, _term: Term, _names: Names) -> str:
    return say_in("role", str(value))


def _said(value: Any, _term: Term, _names: Names) -> str:
    """Words of the program, kept in English."""
    return retold(str(value))


def _text(value: Any, _term: Term, _names: Names) -> str:
    return str(value)


_FORMS: Mapping[str, Callable[[Any, Term, Names], str]] = {
    "number": _number,
    "haemoglobin": _haemoglobin,
    "date": _date,
    "partial": _partial,
    "moment": _moment,
    "yesno": _yes_no,
    "code": _code,
    "codes": _codes,
    "pairs": _pairs,
    "given": _given,
    "items": _items,
    "verdicts": _verdicts,
    "line": _line,
    "lines": _lines,
    "link": _link,
    "person": _person,
    "source": _source,
    "fields": _text,
    "absent": _text,
    "said": _said,
    "text": _text,
    "user_role": _user_role,
}
FORMS = frozenset({*_FORMS, TECHNICAL})
"""Every form that a column may be listed with."""


def moment(at: dt.datetime) -> str:
    """A moment at this workstation: ``12.03.2026 11:00``."""
    local = at.astimezone()
    return f"{wording.day(local.date())} {local:%H:%M}"
