"""Reading one cell for one target column: text, numbers, dates and closed lists of words."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
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
from ctdild_desktop.interchange.clinic_words import Known, folded_word, words_of, yes_or_no
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
from ctdild_desktop.language import say

_LONGEST = {"mrn": LONGEST_NUMBER, "comment": LONGEST_COMMENT, "cause": LONGEST_COMMENT}
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
    known: Known = field(default_factory=Known)


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
        case Kind.RESULT:
            return _result(cell, how)
        case _:
            return _word_of(target, as_text(cell), how.known)


def _word_of(target: Field, text: str, known: Known) -> Any:
    if target.kind is Kind.CODE:
        return known.code(target.listed, text)
    if target.kind is Kind.CODES:
        return known.codes(target.listed, text)
    return yes_or_no(text) if target.kind is Kind.YES_NO else _word(target.kind, text.strip())


@dataclass(frozen=True, slots=True)
class Result:
    """A result of a laboratory."""

    value: Decimal | None = None
    detection: str | None = None
    result: str | None = None
    text: str = ""


_RESULTS = {"negative": "negative", "neg": "negative", "positive": "positive", "pos": "positive"}
_BEYOND = {"<": "below", ">": "above"}


def _result(cell: Cell, how: Conventions) -> Result:
    """A number, a limit of the method, a verdict, or words that do not begin like a number."""
    if isinstance(cell, str):
        text = cell.strip()
        if (verdict := _RESULTS.get(text.casefold())) is not None:
            return Result(result=verdict)
        if text.casefold() == "borderline":
            return Result(result="borderline")
        if text[:1] in _BEYOND:
            rest = text[1:].strip()
            value = read_number(rest, how.column, how.file, semicolons=how.semicolons)
            return Result(value=value, detection=_BEYOND[text[0]])
        if not any(letter.isdigit() for letter in text[:2]):
            if has_unseen(text):
                raise CellError("holds characters that cannot be seen")
            if len(text) > LONGEST_NAME:
                raise CellError(say("longer than {longest} characters", longest=LONGEST_NAME))
            return Result(text=text)
    return Result(value=read_number(cell, how.column, how.file, semicolons=how.semicolons))


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
    if (code := known.get(folded_word(text))) is None:
        listed = codes.diagnoses() if kind is Kind.DIAGNOSIS else codes.patterns()
        raise CellError(
            say("not a code of the list ({join})", join=", ".join(entry.code for entry in listed))
        )
    return code


@cache
def _diagnosis_words() -> dict[str, str]:
    return words_of(codes.diagnoses())


@cache
def _pattern_words() -> dict[str, str]:
    return words_of(codes.patterns())
