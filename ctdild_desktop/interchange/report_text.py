"""A lung-function report that is text: what it says of the test, for a person to confirm value by value.

Nothing here decides for a person: a value that is not certain stays unread and is told with its line, and of
two values for one field none is taken. How far printed values may differ from one another is a decision of
the program.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from ctdild_desktop.clinical.records import DlcoUnit
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.measures import FIELDS, Role, converted, rounded, stored_unit, transfer_unit
from ctdild_desktop.interchange.report_records import Raw, ReportReading, Sighting, Spot, Unread
from ctdild_desktop.interchange.report_running import read_running
from ctdild_desktop.interchange.report_table import read_tables
from ctdild_desktop.interchange.report_who import read_about
from ctdild_desktop.interchange.report_words import Column, unit_words
from ctdild_desktop.interchange.values import CellError, Marks, marks_in, read_number
from ctdild_desktop.language import say

MOST_LETTERS = 200_000
MOST_LINES = 3_000
_LONGEST_LINE = 1_000
_ROLES = {Column.MEASURED: Role.MEASURED, Column.PERCENT: Role.PERCENT, Column.PREDICTED: Role.PREDICTED}
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3})+\Z")
_AGREES = Decimal(1)
"""Points of % predicted that may lie between a printed and a computed one beside what rounding makes."""
_COARSE = 3
"""Points that rounding may make at most in values that prove anything."""
_LEAST, _MOST = 10, 250
"""% predicted between which a value may prove in which column it stands."""


def tidied(text: str) -> str:
    """A text as it is kept and read: lines as lines, blanks as blanks, nothing that cannot be seen.

    Raises:
        FormatError: it is empty, or too long for a report.
    """
    if len(text) > MOST_LETTERS:
        raise FormatError("The text is too long for a report of lung function.")
    whole = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    whole = re.sub(r"[\u2028\u2029\x0b\x0c\x85]", "\n", whole)
    kept = "".join(_shown(letter) for letter in whole)
    lines = [line.rstrip() for line in kept.split("\n")]
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        raise FormatError("There is no text to read.")
    if len(lines) > MOST_LINES or max(map(len, lines)) > _LONGEST_LINE:
        raise FormatError("The text is too long for a report of lung function.")
    return "\n".join(lines)


def _shown(letter: str) -> str:
    if letter in "\n\t":
        return letter
    kind = unicodedata.category(letter)
    if kind == "Zs":
        return " "
    return "" if kind in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") else letter


def read_report(text: str, *, mark: str = "") -> ReportReading:
    """Read a report.

    Args:
        mark: what a person said of the text: its decimals are written with ``.`` or with ``,``.

    Raises:
        FormatError: it is empty, or too long for a report.
    """
    lines = tuple(tidied(text).split("\n"))
    tables = read_tables(lines)
    about = read_about(lines)
    running = read_running(lines, tables.taken, [day for day, _spot in about.dates])
    raws = [*tables.raws, *running.raws]
    unread = [*tables.unread, *running.unread]
    numbers = _Numbers([raw.text for raw in raws], mark)
    found = _Converted(numbers)
    found.take_all(raws)
    told = [
        replace(one, field=FIELDS.get((one.field, Role.MEASURED), one.field))
        for one in (*unread, *found.unread)
    ]
    read = {sighting.field for sighting in found.sightings}
    told = [one for one in told if not (one.aside and one.field in read)]
    return ReportReading(
        lines=lines,
        sightings=tuple(sorted(found.sightings, key=lambda one: one.spot)),
        unread=tuple(
            sorted({(one.spot, one.reason): one for one in (*told, *about.unread)}.values(), key=_place)
        ),
        dates=about.dates,
        who=about.who,
        name=about.name,
        says_mrn=about.says_mrn,
        who_spots=about.spots,
        corrected=found.corrected,
        asks_mark=numbers.asks,
    )


def _place(one: Unread) -> Spot:
    return one.spot


class _Numbers:
    """How the whole text writes its decimals: by what it shows beyond doubt, or by what a person said."""

    def __init__(self, texts: Sequence[str], mark: str) -> None:
        seen = marks_in(texts)
        self.asks = ""
        if mark:
            self._marks: Marks | None = Marks(point=mark == ".", comma=mark == ",")
        elif seen.point != seen.comma:
            self._marks = seen
        else:
            marked = next((text for text in texts if _marked(text)), "")
            self._marks = Marks(point=True) if not marked else None
            self.asks = marked

    def read(self, text: str) -> Decimal:
        """The number; raises CellError when it is not certain."""
        bare = text.replace("−", "-")
        if self._marks is None and _marked(bare):
            raise CellError("the text does not show whether the point or the comma marks its decimals")
        marks = self._marks or Marks(point=True)
        decimal = "." if marks.point else ","
        grouped = _GROUPED.match(bare)
        if grouped is not None and grouped[1] != decimal:
            return Decimal(bare.replace(grouped[1], ""))
        if ("," if decimal == "." else ".") in bare:
            raise CellError("written with another decimal mark than the rest of the text")
        return read_number(bare, marks, marks)


def _half_digit(value: Decimal) -> Decimal:
    """Half of the last digit that is written."""
    exponent = value.as_tuple().exponent
    return Decimal(5).scaleb(exponent - 1) if isinstance(exponent, int) else Decimal(0)


def _marked(text: str) -> bool:
    return "." in text or "," in text


class _Converted:
    """The values in the units of their fields, those of one line proven against one another."""

    def __init__(self, numbers: _Numbers) -> None:
        self._numbers = numbers
        self._system: DlcoUnit | None = None
        self.sightings: list[Sighting] = []
        self.unread: list[Unread] = []
        self.corrected = False

    def take_all(self, raws: Sequence[Raw]) -> None:
        """Take every number that is certain."""
        plain = any(raw.quantity == "DLCO" and raw.column is Column.MEASURED for raw in raws)
        rows: dict[tuple[int, str, bool | None, bool], list[Raw]] = {}
        self.corrected = not plain and any(raw.quantity == "DLCO_HB" for raw in raws)
        for given in raws:
            if given.quantity == "DLCO_HB" and plain:
                continue
            if given.quantity == "DLCO" and self.corrected:
                continue  # the share of another value than the one that is taken
            raw = replace(given, quantity="DLCO") if given.quantity == "DLCO_HB" else given
            key = (
                raw.spot.line,
                raw.quantity,
                raw.post_bd if raw.column is not Column.PREDICTED else None,
                raw.table,
            )
            rows.setdefault(key, []).append(raw)
        for (line, quantity, side, table), row in rows.items():
            predicted = [
                raw for raw in rows.get((line, quantity, None, table), []) if raw.column is Column.PREDICTED
            ]
            beside = row if side is None else [*row, *predicted]
            self._take_row(row, beside)
        for raw in raws:
            if raw.quantity == "RATIO" and raw.column is Column.MEASURED:
                self._compare_ratio(raw)

    def _compare_ratio(self, raw: Raw) -> None:
        """Tell when the printed ratio is not that of the values that were read."""
        held = {one.field: one.value for one in self.sightings if one.post_bd is raw.post_bd}
        fvc, fev1 = held.get("fvc_l"), held.get("fev1_l")
        try:
            printed = self._numbers.read(raw.text)
        except CellError:
            return
        if not fvc or fev1 is None or "vc" in raw.label.casefold().replace("fvc", ""):
            return
        worked = fev1 * 100 / fvc
        if abs((printed * 100 if printed <= 2 else printed) - worked) > 2 * _AGREES:
            reason = say("contradicts FEV1 and FVC, which give {worked} %", worked=f"{worked:.1f}")
            self.unread.append(Unread(raw.spot, reason))

    def _take_row(self, row: Sequence[Raw], beside: Sequence[Raw]) -> None:
        proof = self._proof(beside)
        for raw in row:
            fits = proof is None or proof in (1, 100)
            if raw.table and not fits:
                self._tell(raw, say("measured, predicted and % predicted of the line do not agree"))
                continue
            if raw.doubtful and proof is None:
                if raw.column is Column.MEASURED:
                    self._tell(raw, say("it cannot be told which value stands in which column"))
                continue
            self._take(
                raw,
                share=100 if raw.column is Column.PERCENT and proof == 100 else 1,
                proven=proof is not None,
            )

    def _proof(self, row: Sequence[Raw]) -> int | None:
        """1 or 100 when the percentage agrees with the others, as such or as a fraction; 0 when not.

        None when there is nothing to compare.
        """
        held: dict[Column, Decimal] = {}
        for raw in row:
            try:
                held.setdefault(raw.column, self._numbers.read(raw.text))
            except CellError:
                return None
        if (
            not {Column.MEASURED, Column.PREDICTED, Column.PERCENT} <= held.keys()
            or not held[Column.PREDICTED]
        ):
            return None
        measured, predicted, given = (
            held[column] for column in (Column.MEASURED, Column.PREDICTED, Column.PERCENT)
        )
        if not measured:
            return None
        share = measured * 100 / predicted
        rounding = abs(share) * (
            _half_digit(measured) / abs(measured) + _half_digit(predicted) / abs(predicted)
        )
        if rounding > _COARSE:
            return None
        slack = Decimal(0) if any(raw.doubtful for raw in row) else _AGREES
        for factor in (1, 100):
            printed = _half_digit(given) * factor
            if abs(given * factor - share) <= rounding + printed + slack:
                if printed > _COARSE:  # a fraction of one digit agrees with nearly everything
                    return None
                return factor if slack or _LEAST < share < _MOST else 0
        return 0

    def _take(self, raw: Raw, *, share: int, proven: bool) -> None:
        field = FIELDS.get((raw.quantity, _ROLES[raw.column]), "")
        if not field:
            return
        try:
            number = self._numbers.read(raw.text)
            if raw.column is Column.PERCENT:
                if number <= 2 and not proven:
                    raise CellError("may be a fraction or a percentage")
                number *= share
            value, unit = self._stored(field, number, raw.unit)
        except CellError as error:
            self._tell(raw, str(error))
            return
        self.sightings.append(
            Sighting(
                field=field,
                label=raw.label,
                text=raw.text,
                unit=raw.unit,
                value=value,
                stored_unit=unit,
                spot=raw.spot,
                post_bd=raw.post_bd,
            )
        )

    def _stored(self, field: str, number: Decimal, unit: str) -> tuple[Decimal, str]:
        bare = unit_words(unit)
        if field not in ("dlco", "kco"):
            return converted(field, number, bare), stored_unit(field)
        if not unit:
            raise CellError(say("no unit is given; {unit} is not assumed", unit="mmol/min/kPa"))
        system = transfer_unit(field, bare)
        if self._system is not None and self._system is not system:
            raise CellError("DLCO and KCO are given in two systems of units")
        self._system = system
        return rounded(number), system.value

    def _tell(self, raw: Raw, reason: str) -> None:
        if raw.column is Column.MEASURED and raw.quantity != "RATIO":
            self.unread.append(Unread(raw.spot, reason, raw.quantity))
