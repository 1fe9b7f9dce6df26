"""The rule table of the due list: data with a source in each row, which a clinic may edit.

A row names what it asks for, of whom, how often and why. ``kind`` says how the row is read:

``interval``    each test again after ``schedule`` (first year, or not stable) or ``stable``: ``3m-6m``
``phases``      the interval depends on where the last test lies after the start: ``42d:14d 3m:1m *:84d``
``checks``      fixed days after the start, then an interval: ``1m 2m 3m then 3m``
``once``        before the start: any time when ``schedule`` is empty, else at most so long before
``visit``       at each visit
``after_stop``  again and again after the drug was stopped
``special``     its own function; ``schedule`` holds the lengths that it uses
``prompt``, ``warning``, ``statement``   never due by the calendar

``base:28d`` in a schedule asks for one result within that time before the start.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from ctdild_desktop.bundled import resources
from ctdild_desktop.clinical.codes import diagnoses, drugs
from ctdild_desktop.clinical.due.timing import Interval, Span
from ctdild_desktop.language import remembered, say, say_in

KINDS = (
    "interval",
    "phases",
    "checks",
    "once",
    "visit",
    "after_stop",
    "special",
    "prompt",
    "warning",
    "statement",
)
DEFAULT_SET = "DEFAULT"
GROUPS_OF_DRUGS = ("on_therapy", "long_steroids", "immunosuppressed")
"""Words of the ``drugs`` column that stand for a state of the patient and not for a drug."""
_COLUMNS = (
    "id",
    "rule_set",
    "enabled",
    "item",
    "kind",
    "tests",
    "parts",
    "diseases",
    "drugs",
    "sex",
    "min_age",
    "max_age",
    "schedule",
    "stable",
    "grace",
    "gate",
    "source",
    "check",
    "note",
)


class RuleError(ValueError):
    """The rule table cannot be used; the text is one sentence for the user that names row and column."""


Part = tuple[str, ...]
"""Tests of which any one will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the table."""

    id: str
    item: str
    """Words of the item."""
    kind: str
    parts: tuple[Part, ...] = ()
    apart: bool = False
    """Whether the parts are answered one by one; else the oldest part decides for all."""
    diseases: frozenset[str] = frozenset()
    """Disease groups (``SSc``, ``IIM`` ...) or ``*``; empty when the row is not about a disease."""
    drugs: tuple[str, ...] = ()
    """Drug codes, ``class:NAME``, ``a+b`` for both together, or one of :data:`GROUPS_OF_DRUGS`."""
    sex: str = ""
    min_age: int | None = None
    max_age: int | None = None
    schedule: str = ""
    stable: str = ""
    grace: int | None = None
    gate: bool = False
    """Without it the treatment is not to begin, by the source."""
    source: str = ""
    check: str = ""
    """How the source was checked: ``verified``, ``from knowledge`` or ``decided here``."""
    note: str = ""

    def span(self, stable: bool = False) -> Span:
        """The interval of an ``interval`` row."""
        return Span.parse(self.stable if stable and self.stable else self.schedule)

    def lengths(self) -> tuple[Interval, ...]:
        """The lengths that a ``special``, ``prompt`` or ``after_stop`` row is reckoned with."""
        return tuple(Interval.parse(word) for word in self.schedule.split())


@dataclass(frozen=True, slots=True)
class Phase:
    """While the last test lies before ``until`` (None: always), the next is due after ``step``."""

    until: Interval | None
    step: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The schedule of a ``phases`` or ``checks`` row."""

    base: Interval | None = None
    """One result is asked for within this time before the start."""
    phases: tuple[Phase, ...] = ()
    checks: tuple[tuple[Interval | None, Interval], ...] = ()
    """Days after the start: (earliest accepted, due); None: by the width of the window."""
    then: Interval | None = None


@cache
def plan_of(schedule: str) -> Plan:
    """Read the schedule of a ``phases`` or ``checks`` row; raises ValueError when it cannot be read."""
    base: Interval | None = None
    phases: list[Phase] = []
    checks: list[tuple[Interval | None, Interval]] = []
    front, _, later = schedule.partition(" then ")
    for word in front.split():
        name, colon, length = word.partition(":")
        if name == "base" and colon:
            base = Interval.parse(length)
        elif colon:
            until = None if name == "*" else Interval.parse(name)
            phases.append(Phase(until, Interval.parse(length)))
        elif "-" in word:
            span = Span.parse(word)
            checks.append((span.least, span.most))
        else:
            checks.append((None, Interval.parse(word)))
    if bool(phases) == bool(checks) or bool(checks) != bool(later):
        raise ValueError(f"neither phases nor checks: {schedule!r}")
    if phases and (phases[-1].until is not None or any(phase.until is None for phase in phases[:-1])):
        raise ValueError(f"the last phase, and only it, is *: {schedule!r}")
    then = Interval.parse(later) if later else None
    return Plan(base=base, phases=tuple(phases), checks=tuple(checks), then=then)


class RuleTable:
    """The rules in force, in their order, by id."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._rules: Mapping[str, Rule] = {rule.id: rule for rule in rules}

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def __len__(self) -> int:
        return len(self._rules)

    def get(self, rule_id: str) -> Rule | None:
        """The rule of an id; None when it is not in force."""
        return self._rules.get(rule_id)


@remembered
def test_labels() -> Mapping[str, str]:
    """The words of each test that a rule may ask for."""
    with (resources() / "due" / "tests.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: say_in("tests", row["label"]) for row in csv.DictReader(file, strict=True)}


@remembered
def rule_sets() -> Mapping[str, tuple[str, str]]:
    """The sets of rules: (title, note) by name. Some are empty on purpose, for the clinic to fill."""
    with (resources() / "due" / "rule_sets.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["set"]: (say(row["title"]), say(row["note"])) for row in csv.DictReader(file, strict=True)
        }


@cache
def default_table() -> str:
    """The text of the table that comes with the program."""
    return (resources() / "due" / "rules.csv").read_text(encoding="utf-8")


@remembered
def default_rules() -> RuleTable:
    """The rules that come with the program and are switched on."""
    return parse_rules(default_table())


def parse_rules(text: str, rule_set: str = DEFAULT_SET) -> RuleTable:
    """Read a rule table; rows that are switched off or of another set are left out.

    Raises:
        RuleError: a column is missing, an id occurs twice, or a value cannot be read.
    """
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    seen: set[str] = set()
    rules = []
    try:
        missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise RuleError(f"The rule table lacks the columns {', '.join(missing)}.")
        for row in reader:
            rule = _rule(row, reader.line_num)
            if rule.id in seen:
                raise RuleError(f"The rule table has {rule.id} twice (line {reader.line_num}).")
            seen.add(rule.id)
            if row["enabled"] == "yes" and row["rule_set"] == rule_set:
                rules.append(rule)
    except csv.Error:
        raise RuleError(f"The rule table cannot be read at line {reader.line_num}.") from None
    return RuleTable(tuple(rules))


def _rule(row: dict[str, str], line: int) -> Rule:
    if None in row or None in row.values():
        raise RuleError(f"The rule table has a row of the wrong length (line {line}).")
    where = f"rule {row['id']} (line {line})"
    parts = tuple(tuple(part.split("|")) for part in row["tests"].split())
    _check(row, parts, where)
    rule = Rule(
        id=row["id"],
        item=say(row["item"]),
        kind=row["kind"],
        parts=parts,
        apart=row["parts"] == "apart",
        diseases=frozenset(row["diseases"].split()),
        drugs=tuple(row["drugs"].split()),
        sex=row["sex"],
        min_age=int(row["min_age"]) if row["min_age"] else None,
        max_age=int(row["max_age"]) if row["max_age"] else None,
        schedule=row["schedule"],
        stable=row["stable"],
        grace=int(row["grace"]) if row["grace"] else None,
        gate=row["gate"] == "hard",
        source=row["source"],
        check=row["check"],
        note=row["note"],
    )
    try:
        _read_schedule(rule)
    except ValueError as error:
        raise RuleError(f"The schedule of {where} cannot be read: {error}.") from None
    return rule


def _check(row: dict[str, str], parts: tuple[Part, ...], where: str) -> None:
    """Every word of a row must be one that the program knows, so that a slip does not silence a rule."""
    wrong = [test for part in parts for test in part if test not in test_labels()]
    groups = {entry.group for entry in diagnoses()} | {"*"}
    wrong += [group for group in row["diseases"].split() if group not in groups]
    known = {*drugs().codes, *GROUPS_OF_DRUGS, *(f"class:{drug.drug_class}" for drug in drugs())}
    wrong += [word for word in row["drugs"].split() if not set(word.split("+")) <= known]
    for column, allowed in (
        ("kind", KINDS),
        ("enabled", ("yes", "no")),
        ("parts", ("apart", "together")),
        ("sex", ("", "F", "M")),
        ("gate", ("", "hard")),
        ("rule_set", tuple(rule_sets())),
    ):
        if row[column] not in allowed:
            wrong.append(row[column] or f"an empty {column}")
    numbers = ("min_age", "max_age", "grace")
    wrong += [row[column] for column in numbers if row[column] and not row[column].isdecimal()]
    wrong += [f"an empty {column}" for column in ("id", "item", "source") if not row[column].strip()]
    if wrong:
        raise RuleError(f"The rule table has something unknown in {where}: {', '.join(wrong)}.")


def _read_schedule(rule: Rule) -> None:
    if rule.kind == "interval":
        rule.span()
        rule.span(stable=True)
    elif rule.kind in {"phases", "checks"}:
        plan = plan_of(rule.schedule)
        if bool(plan.phases) != (rule.kind == "phases"):
            raise ValueError(f"not a schedule of kind {rule.kind}")
    else:
        rule.lengths()
