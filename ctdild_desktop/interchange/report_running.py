"""Names with a value beside them: ``FVC: 2.31 L (78 % pred)``, ``DLCO was 4.1 mmol/min/kPa``.

A number counts only when nothing but a few harmless words stands between the name and it, when nothing around
speaks of another value, and when no second number follows that nobody has named.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from ctdild_desktop.interchange.report_cells import NUMBER
from ctdild_desktop.interchange.report_heads import LONGEST_TITLE
from ctdild_desktop.interchange.report_records import Raw, Spot, Unread
from ctdild_desktop.interchange.report_words import (
    UNIT,
    Column,
    folded,
    heads_others,
    quantities_in,
    side_in,
    speaks_of_another,
)
from ctdild_desktop.language import marked, say

_BETWEEN = re.compile(
    rf"""\s*(?:[\[(]\s*(?P<unit>{UNIT})\s*[\])])?\s*
    (?:[\[(]?(?:btps|stpd)[\])]?\s*)?
    (?:(?:[\[(]?\s*(?:(?:pre|post)(?:[ -]?(?:bd|rx|bronch\w*|dil\w*))?)\s*[\])]?\s*)?)
    (?:(?:was|is|of|at|today|now|measured|actual|best|value|result|wert|betrug|betragt|war|ist|messwert|fue|es|de|era|del
       |etait|est|mesuree?|valor|medido|on|rest|ruhe|reposo|repos|room\sair|ra)\b\s*|[:=~≈.]+\s*){{0,4}}
    """,
    re.VERBOSE,
)
_VALUE = re.compile(rf"(?P<number>{NUMBER})(?P<percent>\s?%)?(?![\d]|[.,]\d|/\d)(?=\W|_?$|(?:{UNIT})(?!\w))")
"""A whole number: nothing of it is left behind, and no letters but a unit are written to it."""
_OWN_UNIT = re.compile(rf"\s?(?P<unit>{UNIT})(?![\w/])")
_PRED_WORD = (
    r"(?:of\s|del?\s|d[ue]\s|vom?\s)?(?:the\s)?(?:pred\w*|ref\w*|soll\w*|norm\w*|teor\w*|theo\w*|p\b)"
)
_SHARE = re.compile(
    rf"\s*(?:(?P<open>[\[(]\s*)|[,;]?\s*)(?P<number>{NUMBER})\s?%\s*(?P<word>{_PRED_WORD})?\.?\s*(?P<close>[\])])?"
)
_REFERENCE = r"(?:pred\w*|lln|uln|lin|soll\w*|teor\w*|theo\w*|norm\w*|expected|ref\w*)"
_AFTER = re.compile(rf"\s*[\[(]?\s*{_REFERENCE}\b")
_ASIDE = re.compile(
    rf"\s*[\[(,;]\s*(?:{_REFERENCE}|z(?:[ -]?score)?)\b\s*[:=]?\s*"
    rf"{NUMBER}(?:\s?{UNIT})?(?![\w.])\s*[\])]?"
)
"""A predicted value, a limit or a z-score that is named as such, behind the value itself."""
_NEXT_NUMBER = re.compile(rf"\s*[|/]?\s*[\[(]?{NUMBER}(?P<percent>\s?%)?(?![\w])")
_RANGE = re.compile(
    rf"\s*[\[(]\s*(?:(?:ref|norm|range|n|normal|vr|lln)\w*\.?\s*:?\s*)?{NUMBER}\s?(?:-|–|to|bis|a)\s?{NUMBER}[^\])\d]*[\])]"
)
_CLAUSE = re.compile(r"[;•]|\.\s|,\s(?!\d)|\t|\s{3,}|\|")
_ENDS = re.compile(r"[;,•]|\.\s|\.$|\t|\s{3,}|\|")
_SPIROMETRY = frozenset({"FVC", "FEV1", "SVC", "RATIO"})
"""What is measured on both sides of a bronchodilator; a side is carried on to these alone."""
_OF_PERSON = frozenset({"HEIGHT", "WEIGHT"})
_SIDED = re.compile(r"\b(?:pre|post?)(?:[ -]?(?:bd|rx|bronch\w*|dil\w*)\b|\W*$)")
_SENTENCE = re.compile(r"[;•]|\.\s|\t|\s{3,}|\|")
_JOINED = r"(?:[,/&]|->|to|bis|a|vs\.?|versus|and|then|now|today|was|is|und|jetzt|heute|y|ahora|et)"
_AGAIN = re.compile(rf"\s*(?:{_JOINED}\s*){{1,4}}{NUMBER}\s?(?P<unit>{UNIT})(?!\w)")
"""A second number with a unit of its own that is joined to the first."""
_YEAR = re.compile(r"(?<![\w.,/-])(?<!gli )(?:19|20)\d\d(?![\w/-]|[.,]\d)")
_SEVERAL = marked("several numbers, and nothing says which is which")
_OTHER = marked("the words beside it speak of another value")
_DAY = re.compile(r"(?<![\d.,])\d{1,4}[./-]\d{1,2}[./-]\d{2,4}(?![\d.,])|\b(?:19|20)\d\d\b")


@dataclass(slots=True)
class Running:
    """What the lines outside the tables say."""

    raws: list[Raw] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)


def read_running(lines: Sequence[str], taken: Collection[int], days: Collection[dt.date] = ()) -> Running:
    """Read the lines that belong to no table.

    Args:
        lines: of the text.
        taken: numbers of the lines of tables.
        days: on which the report says that the test was done; a value behind another day is another test's.
    """
    found = Running()
    title = _Title()
    for number, line in enumerate(lines):
        if not line.strip():
            title = _Title(side=title.side)
        elif not quantities_in(line):
            sided = len(line.split()) <= LONGEST_TITLE and _SIDED.search(folded(line))
            title = _Title(heads_others(line), side_in(line) if sided else None)
        elif number in taken:
            title = _Title()
        else:
            _read_line(line, number, found, title=title, days=days)
    return found


@dataclass(frozen=True, slots=True)
class _Title:
    """What the line above some values says of all of them."""

    others: bool = False
    side: bool | None = None


def _of_another_day(before: str, days: Collection[dt.date]) -> bool:
    """Whether the days that are named before a value are none of the test, in any order of their parts."""
    named = [sorted(map(int, re.split(r"[./-]", m[0]))) for m in _DAY.finditer(before) if len(m[0]) > 4]
    own = [sorted((day.day, day.month, year)) for day in days for year in (day.year, day.year % 100)]
    years = {int(m[0]) for m in _YEAR.finditer(before)} - {day.year for day in days}
    return bool(years) or bool(named and own and not any(one in own for one in named))


def _read_line(line: str, number: int, found: Running, *, title: _Title, days: Collection[dt.date]) -> None:
    low = folded(line)
    named = quantities_in(line)
    carried = title.side
    for at, (start, end, quantity) in enumerate(named):
        said = side_in(low[_clause_start(low, start) : start])
        carried = carried if said is None else said
        until = named[at + 1][0] if at + 1 < len(named) else len(line)
        between = _BETWEEN.match(low, end)
        assert between is not None  # every part of it may be empty
        value = _VALUE.match(low, between.end())
        sentence = max((m.end() for m in _SENTENCE.finditer(low, 0, start)), default=0)
        lead = low[sentence : min(begin for begin, _end, _quantity in named if begin >= sentence)]
        before = f"{lead} {low[_clause_start(low, start) : start]}"
        spot = Spot(number, start, min(until, len(line)))
        if value is None or value.start() > until:
            if any(map(str.isdigit, low[end:until])) and quantity != "RATIO":
                other = speaks_of_another(low[end:until])
                reason = say(_OTHER) if other else say("no value stands directly beside the name")
                found.unread.append(Unread(spot, reason, quantity, aside=True))
            continue
        between_them = low[end : value.start()]
        of_person = quantity in _OF_PERSON  # they stand beside the birth date
        elsewhere = title.others or (not of_person and _of_another_day(low[:start], days))
        if elsewhere or speaks_of_another(before) or speaks_of_another(between_them):
            found.unread.append(Unread(spot, say(_OTHER), quantity, aside=True))
            continue
        side = carried if quantity in _SPIROMETRY else None
        _take(_Found(line, low, number, quantity, start, end, until, between, value, side), found)


@dataclass(frozen=True, slots=True)
class _Found:
    """A name with the number behind it, in a line as written and as folded."""

    line: str
    low: str
    number: int
    quantity: str
    start: int
    end: int
    until: int
    between: re.Match[str]
    value: re.Match[str]
    carried: bool | None
    """The side of a bronchodilator that was said before the name, of it or of one that stands before it."""


def _take(one: _Found, found: Running) -> None:
    line, low, number, quantity = one.line, one.low, one.number, one.quantity
    start, end, until, between, value = one.start, one.end, one.until, one.between, one.value
    at = value.end()
    unit = line[slice(*between.span("unit"))] if between["unit"] else ""
    own = None if value["percent"] else _OWN_UNIT.match(low, at)
    if value["percent"]:
        unit = "%"
    elif own is not None:
        unit, at = line[slice(*own.span("unit"))], own.end()
    spot = Spot(number, start, at)
    if unit == "%" and quantity not in ("SPO2", "RATIO"):
        share = re.compile(rf"\s*{_PRED_WORD}").match(low, at)
        column = Column.PERCENT
        if share is None:
            found.unread.append(
                Unread(spot, say("a percentage that is not said to be of the predicted value"), quantity)
            )
            return
        at = share.end()
    else:
        column = Column.MEASURED
        if _AFTER.match(low, at) and not _ASIDE.match(low, at):
            found.unread.append(Unread(spot, say(_OTHER), quantity, aside=True))
            return
    percent = None
    if column is Column.MEASURED and quantity not in ("SPO2", "RATIO", "HB", "HEIGHT", "WEIGHT"):
        share = _SHARE.match(low, at)
        signed = share is not None and not share["number"][0].isdigit()  # a change
        if share is not None and not signed and (share["word"] or (share["open"] and share["close"])):
            percent, at = share, share.end()
    if refused := _against(low, at, until, unit):
        found.unread.append(Unread(spot, say(refused), quantity, aside=refused == _OTHER))
        return
    taken = [(column, value["number"], unit.strip(), Spot(number, start, value.end()))]
    if percent is not None:
        place = Spot(number, percent.start("number"), percent.end("number"))
        taken.append((Column.PERCENT, percent["number"], "%", place))
    side = _side(one, low[at : _clause_end(low, at)])
    for role, text, of_unit, place in taken:
        found.raws.append(
            Raw(
                quantity=quantity,
                column=role,
                post_bd=side,
                label=line[start:end].strip(),
                text=text.rstrip(".,"),
                unit=of_unit,
                spot=place,
            )
        )


def _against(low: str, at: int, until: int, unit: str) -> str:
    """Why what follows a number makes it uncertain; empty when nothing does."""
    while (named := _RANGE.match(low, at) or _ASIDE.match(low, at)) is not None:
        at = named.end()
    again = _AGAIN.match(low, at)
    if again is not None and folded(again["unit"]) == folded(unit.strip()) != "%":
        return _SEVERAL
    following = _NEXT_NUMBER.match(low, at)
    share = following is not None and following["percent"] and unit not in ("", "%")
    if following is not None and not share and any(map(str.isdigit, low[at:until])):
        return _SEVERAL
    tail = low[at : _clause_end(low, at)]
    return _OTHER if speaks_of_another(tail) or _DAY.search(tail) else ""


def _side(one: _Found, tail: str) -> bool | None:
    """The side of a bronchodilator that the words nearest to a number name."""
    before = one.line[_clause_start(one.low, one.start) : one.start]
    for words in (one.line[one.start : one.value.start()], tail, before):
        if (side := side_in(words)) is not None:
            return side
    return one.carried


def _clause_start(low: str, start: int) -> int:
    return max((m.end() for m in _CLAUSE.finditer(low, 0, start)), default=0)


def _clause_end(low: str, at: int) -> int:
    found = _ENDS.search(low, at)
    return found.start() if found is not None else len(low)
