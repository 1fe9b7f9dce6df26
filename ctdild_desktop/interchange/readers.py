"""Reading one cell for one target column: text, numbers, dates and closed lists of words."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.records import DlcoUnit, Sex
from ctdild_desktop.clinical.typed_text import (
    LONGEST_COMMENT,
    LONGEST_NAME,
    LONGEST_NUMBER,
    has_unseen,
    tidy_line,
)
from ctdild_desktop.interchange.fields import Field, Kind
from ctdild_desktop.interchange.table import Cell
from ctdild_desktop.interchange.values import (
    CellError,
    DayOrder,
    Marks,
    read_day,
    read_number,
    read_partial_date,
    read_whole,
)
from ctdild_desktop.language import english_of, say

_LONGEST = {"mrn": LONGEST_NUMBER, "comment": LONGEST_COMMENT}
_GRADES = frozenset("ABCDEFU")
_SEXES = {"f": Sex.FEMALE, "female": Sex.FEMALE, "m": Sex.MALE, "male": Sex.MALE}
_UNITS = {"ml/min/mmhg": DlcoUnit.TRADITIONAL, "mmol/min/kpa": DlcoUnit.SI}


@dataclass(frozen=True, slots=True)
class Conventions:
    """What the cells of one column and of the whole file show about how numbers and dates are written."""

    column: Marks = field(default_factory=Marks)
    file: Marks = field(default_factory=Marks)
    order: DayOrder = field(default_factory=DayOrder)
    semicolons: bool = False


def read_cell(target: Field, cell: Cell, how: Conventions) -> Any:
    """The value of a filled cell, in the type and unit of the record's field.

    Raises:
        CellError: it cannot be read, or is not one of the words of its list.
    """
    match target.kind:
        case Kind.TEXT:
            return _text(target, cell)
        case Kind.NUMBER:
            return read_number(cell, how.column, how.file, semicolons=how.semicolons).scaleb(
                target.decimals_shift
            )
        case Kind.PERCENT:
            bare = cell.strip().removesuffix("%") if isinstance(cell, str) else cell
            return read_number(bare, how.column, how.file, semicolons=how.semicolons)
        case Kind.WHOLE:
            return _grade_of_breathlessness(cell)
        case Kind.DAY:
            return read_day(cell, how.order)
        case Kind.PARTIAL_DATE:
            return read_partial_date(cell, how.order)
        case _:
            return _word(target.kind, str(cell).strip())


def as_text(cell: Cell) -> str:
    """A cell as it is shown in a report: dates in ISO form, numbers plainly."""
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return format(cell, "f") if isinstance(cell, Decimal) else cell


def _text(target: Field, cell: Cell) -> str:
    written = as_text(cell)
    if has_unseen(written, number=target.name == "mrn"):
        raise CellError("holds characters that cannot be seen")
    text = unicodedata.normalize("NFC", written).strip() if target.name == "comment" else tidy_line(written)
    longest = _LONGEST.get(target.name, LONGEST_NAME)
    if len(text) > longest:
        raise CellError(say("longer than {longest} characters", longest=longest))
    return text


def _grade_of_breathlessness(cell: Cell) -> int:
    grade = read_whole(cell)
    if not 0 <= grade <= 4:
        raise CellError("the mMRC scale has the grades 0 to 4; the old MRC scale counts 1 to 5")
    return grade


def _word(kind: Kind, text: str) -> Any:
    if kind is Kind.SEX:
        if (sex := _SEXES.get(text.casefold())) is None:
            raise CellError("not F or M; say in the mapping what the file's word means")
        return sex
    if kind is Kind.GRADE:
        if text.upper() not in _GRADES:
            raise CellError("not a quality grade A to F or U")
        return text.upper()
    if kind is Kind.DLCO_UNIT:
        bare = re.sub(r"[\s\[\]()]", "", text).replace("*", "/").replace("·", "/").casefold()
        if (unit := _UNITS.get(bare)) is None:
            raise CellError("not a unit of DLCO; use mL/min/mmHg or mmol/min/kPa")
        return unit
    known = _diagnosis_words() if kind is Kind.DIAGNOSIS else _pattern_words()
    if (code := known.get(_folded(text))) is None:
        listed = codes.diagnoses() if kind is Kind.DIAGNOSIS else codes.patterns()
        raise CellError(
            say("not a code of the list ({join})", join=", ".join(entry.code for entry in listed))
        )
    return code


def _words(entries: Iterable[Any]) -> dict[str, str]:
    """Codes, short forms and full labels, each leading to its code; a word of two codes leads to neither."""
    found: dict[str, str | None] = {}
    for entry in entries:
        for word in {_folded(english_of(entry.label)), _folded(english_of(entry.short))}:
            found[word] = entry.code if found.get(word, entry.code) == entry.code else None
    found |= {_folded(entry.code): entry.code for entry in entries}
    return {word: code for word, code in found.items() if code is not None}


@cache
def _diagnosis_words() -> dict[str, str]:
    return _words(codes.diagnoses())


@cache
def _pattern_words() -> dict[str, str]:
    return _words(codes.patterns())


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
