"""Own and published numbers of a study as rows of one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ctdild_desktop.clinical import evidence, evidence_search
from ctdild_desktop.clinical.codes import drugs
from ctdild_desktop.clinical.evidence import Claim
from ctdild_desktop.clinical.wording import as_typed, number, signed
from ctdild_desktop.cohort.describing import proportion
from ctdild_desktop.cohort.published import Design, Form, Published, Says
from ctdild_desktop.cohort.study_words import MEASURES, NOT_RUN, NOT_SAME, Unit
from ctdild_desktop.language import joined, marked, say, say_n
from ctdild_desktop.services.cohort.answer import Cell, Column, Result
from ctdild_desktop.services.cohort.answers.parts import p_cell
from ctdild_desktop.services.cohort.study_numbers import LEAST, Own

_PLACES: Mapping[Unit, int] = {
    Unit.CHANGE: 1,
    Unit.PERCENT: 1,
    Unit.POINTS: 1,
    Unit.ML: 0,
    Unit.ML_PER_YEAR: 0,
    Unit.SHARE: 0,
    Unit.RATE: 2,
    Unit.MONTHS: 0,
}
_SIGNED = frozenset({Unit.CHANGE, Unit.POINTS, Unit.ML, Unit.ML_PER_YEAR})
TESTED_ALONE = frozenset({"fvc_after_p", "dlco_after_p", "fvc_paired_p", "dlco_paired_p"})
"""Tests within one group."""
_IN_PER_CENT = frozenset({Unit.CHANGE, Unit.PERCENT, Unit.SHARE})
NOT_GIVEN = marked("not given")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One published value and the registry's own beside it."""

    label: str
    unit: Unit
    group: str
    own: Own | None
    """None where the registry has no such number."""
    published: Published
    low: float | None = None
    high: float | None = None
    """The interval computed here from the published counts."""

    @property
    def result(self) -> float | None:
        """The published value on the scale of the own one."""
        given = self.published
        if given.form is Form.COUNT and given.of and given.number is not None:
            return 100 * float(given.number) / given.of
        if self.unit in {Unit.P, Unit.CASES, Unit.WORDS} or given.form in {Form.CASES, Form.COUNT}:
            return None
        return float(given.number) if given.number is not None else None


def row_of(given: Published, own: Own | None, design: Design) -> Row:
    """The row of one published value."""
    measure = MEASURES[given.measure]
    low = high = None
    if given.form is Form.COUNT and given.of and given.number is not None:
        low, high = proportion(int(given.number), given.of).wilson95 or (None, None)
    label = say(measure.label)
    if given.group:
        label = say("{measure}: {group}", measure=label, group=group_words(design, given.group))
    return Row(
        label=label,
        unit=measure.unit,
        group=given.group,
        own=own,
        published=given,
        low=low,
        high=high,
    )


def group_words(design: Design, group: str) -> str:
    """What the patients of a group were given."""
    if design.options.get("split") == "extent":
        return say("extensive on HRCT") if group == "a" else say("limited on HRCT")
    if group == "b" and not design.against:
        return say("without it")
    return drug_words(design.drugs if group != "b" else design.against or ())


def drug_words(codes: tuple[str, ...]) -> str:
    """Drugs by name; several glucocorticoids, or the drugs against TNF, in one word."""
    classes = {one.drug_class for one in drugs() if one.code in codes}
    if len(codes) > 1 and classes == {"glucocorticoid"}:
        return say("any glucocorticoid")
    anti_tnf = frozenset(evidence_search.members("@anti_tnf"))
    others = [code for code in codes if code not in anti_tnf]
    if set(codes) >= anti_tnf:
        return joined((*(drugs().label(code) for code in others), say("anti-TNF drugs")), say(", "))
    return joined((drugs().label(code) for code in codes), say(", "))


def study_words(claim: Claim, design: Design) -> str:
    """The name of a study; of a statement what it is about."""
    if claim.study:
        return claim.study
    if not design.drugs:
        return say("statement {id}", id=claim.id)
    return say("statement on {drugs}", drugs=drug_words(design.drugs))


def table(claim: Claim, design: Design, rows: tuple[Row, ...]) -> Result:
    """All rows of a study."""
    return Result(
        title=say("Own and published"),
        columns=_columns(),
        rows=tuple(_cells(claim, design, row) for row in rows),
        method=""
        if design.not_run
        else say(
            "Own: medians with quartiles, means with the t interval, shares with Wilson's, rates with "
            "Garwood's 95 % interval; p by Wilcoxon's signed ranks, between groups by Mann and Whitney, of "
            "shares by Fisher. * computed here from the published counts (Wilson)."
        ),
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column(say("Measure"), number=False),
        Column(say("n")),
        Column(say("Own")),
        Column(say("Quartiles or 95 % interval")),
        Column(say("Published"), number=False),
        Column(say("Published n")),
        Column(say("Result")),
        Column(say("Interval")),
        Column(say("Not the same because"), number=False),
    )


def others_table(rows: tuple[Row, ...], others: Sequence[tuple[Claim, Design, Published]]) -> Result | None:
    """What other studies of the same drugs say of the same measures; None where none does."""
    own = {row.published.measure: row for row in rows if row.group != "b" and row.own is not None}
    told = [(claim, design, given) for claim, design, given in others if given.measure in own]
    if not told:
        return None
    order = {measure: at for at, measure in enumerate(own)}
    told.sort(key=lambda one: order[one[2].measure])
    return Result(
        title=say("Other studies of the same drugs"),
        columns=_columns(),
        rows=tuple(
            _other_cells(claim, design, given, own[given.measure].own) for claim, design, given in told
        ),
        method=say("Own: as above, by the design of the study above and not by that of the other one."),
    )


def _other_cells(claim: Claim, design: Design, given: Published, own: Own | None) -> tuple[Cell, ...]:
    """A row of another study, by its number, with whom it was about before the other reasons."""
    row = replace(row_of(given, own, design), label=say(MEASURES[given.measure].label))
    cells = _cells(claim, design, row)
    source = Cell(f"{claim.id} {cells[4].text}")
    return *cells[:4], source, *cells[5:-1], Cell(joined((population_words(claim), cells[-1].text), " "))


def _cells(claim: Claim, design: Design, row: Row) -> tuple[Cell, ...]:
    given = row.published
    return (
        Cell(row.label),
        *_own_cells(row),
        Cell(_source(claim, design, given)),
        _published_n(given),
        Cell(result_words(row), row.result),
        Cell(_interval(row), None if row.low is None or row.high is None else (row.low, row.high)),
        Cell(why(claim, design, given)),
    )


def _own_cells(row: Row) -> tuple[Cell, Cell, Cell]:
    own = row.own
    if own is None:
        return Cell(""), Cell(say("not measured here")), Cell("")
    share = row.unit is Unit.SHARE
    n = Cell(f"{own.count}/{own.n}" if share and own.n else str(own.n), own.n)
    if not own.n:
        return n, Cell("–"), Cell("")
    if row.unit is Unit.P:
        return n, p_cell(own.value), Cell("" if own.value is not None else _few_of(row, own.n))
    if own.value is None:
        return n, Cell("–"), Cell("")
    if own.low is None or own.high is None:
        return n, Cell(value_words(own.value, row.unit), own.value), Cell(_few(own.n))
    interval = Cell(_span(own.low, own.high, row.unit), (own.low, own.high))
    return n, Cell(value_words(own.value, row.unit), own.value), interval


def _few(n: int) -> str:
    return say("fewer than {least}: none", least=LEAST) if n < LEAST else "–"


def _few_of(row: Row, n: int) -> str:
    if row.published.group or row.published.measure in TESTED_ALONE:
        return _few(n)
    return say("a group has fewer than {least}: none", least=LEAST)


def value_words(value: float, unit: Unit, places: int | None = None) -> str:
    """A number in its unit."""
    told = (signed if unit in _SIGNED else number)(value, _PLACES.get(unit, 2) if places is None else places)
    return say("{value}\N{NO-BREAK SPACE}%", value=told) if unit in _IN_PER_CENT else told


def _span(low: float, high: float, unit: Unit) -> str:
    told = signed if unit in _SIGNED else number
    places = _PLACES.get(unit, 2)
    return say("{low} to {high}", low=told(low, places), high=told(high, places))


def _source(claim: Claim, design: Design, given: Published) -> str:
    if not given.given:
        return ""
    told = [study_words(claim, design)]
    if given.says is Says.PUBLICATION and claim.lines:
        told.append(say("publication"))
    if given.window:
        told.append(say(given.window))
    return joined(told, say(", "))


def _published_n(given: Published) -> Cell:
    if not given.given:
        return Cell("")
    if given.form is Form.COUNT and given.of and given.number is not None:
        return Cell(f"{given.value}/{given.of}", given.of)
    if given.n is None:
        return Cell(say(NOT_GIVEN))
    return Cell(str(given.n), given.n)


def result_words(row: Row) -> str:
    """What was published, with the digits that are printed."""
    given = row.published
    if not given.given:
        return say(NOT_GIVEN)
    if given.form is Form.WORDS:
        return say(given.words)
    if given.form is Form.P:
        below = given.value.startswith("<")
        return f"< {as_typed(Decimal(given.value[1:]))}" if below else _said(given)
    if given.form is Form.CASES:
        return say("{n} cases", n=given.value)
    exact = given.number
    if exact is None:
        return say(given.value)
    if given.form is Form.COUNT:
        if row.result is None:
            return say_n("{n} patient", "{n} patients", int(exact))
        return value_words(float(given.percent) if given.percent else row.result, row.unit)
    places = max(0, -int(exact.as_tuple().exponent))
    told = value_words(float(exact), row.unit, places)
    return say("{words} {value}", words=say(given.words), value=told) if given.words else told


def _said(given: Published) -> str:
    exact = given.number
    if exact is None:
        return say(given.value)
    return number(exact, max(0, -int(exact.as_tuple().exponent)))


def _interval(row: Row) -> str:
    given = row.published
    if not given.given or given.form in {Form.WORDS, Form.P, Form.CASES}:
        return ""
    if given.spread:
        return f"± {number(float(given.spread), 1)}"
    if row.low is None or row.high is None:
        return say(NOT_GIVEN)
    return say("{interval} *", interval=_span(row.low, row.high, row.unit))


def why(claim: Claim, design: Design, given: Published) -> str:
    """In sentences why the two numbers of a row are not the same."""
    told = [say(NOT_SAME[code]) for code in (*given.not_same, *design.not_same[:1])]
    if not told:
        told = [say(NOT_RUN[design.not_run])]
    return joined(told, " ")


def population_words(claim: Claim) -> str:
    """Whom a study was about, in a sentence."""
    return say("Theirs: {population}.", population=claim.population)


def caveats_of(claim: Claim, design: Design) -> list[str]:
    """All reasons why the study and this registry are not the same, in sentences."""
    told = [population_words(claim)] if claim.population else []
    told += [say(NOT_SAME[code]) for code in design.not_same]
    if claim.check is evidence.Check.DIFFERS:
        told.append(say("The publication differs from the review: {note}", note=claim.note))
    return told
