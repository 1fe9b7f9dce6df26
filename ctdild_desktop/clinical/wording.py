"""How dates, numbers and reasoned sentences are written for people.

One place for the whole program: screen, paper and status bar all write through these functions. The
command line prints ISO dates and plain numbers instead (``str(sentence)``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache

from ctdild_desktop import language
from ctdild_desktop.clinical.dates import PartialDate, months_between
from ctdild_desktop.clinical.verdict import Sentence, SentenceValue, Verdict

MINUS = "\u2212"

_DATE_STYLES = {
    "dd.mm.yyyy": ("{d:02d}.{m:02d}.{y:04d}", "{m:02d}.{y:04d}"),
    "dd/mm/yyyy": ("{d:02d}/{m:02d}/{y:04d}", "{m:02d}/{y:04d}"),
    "mm/dd/yyyy": ("{m:02d}/{d:02d}/{y:04d}", "{m:02d}/{y:04d}"),
    "yyyy-mm-dd": ("{y:04d}-{m:02d}-{d:02d}", "{y:04d}-{m:02d}"),
}
_DAY_AND_MONTH = {
    "dd.mm.yyyy": "{d:02d}.{m:02d}.",
    "dd/mm/yyyy": "{d:02d}/{m:02d}",
    "mm/dd/yyyy": "{m:02d}/{d:02d}",
    "yyyy-mm-dd": "{m:02d}-{d:02d}",
}
_VERDICT_WORDS = {
    Verdict.MET: language.marked("MET"),
    Verdict.NOT_MET: language.marked("NOT MET"),
    Verdict.CANNOT_ASSESS: language.marked("CANNOT TELL"),
    Verdict.NOT_APPLICABLE: language.marked("NOT APPLICABLE"),
}

_MEASURES = {
    "fvc": language.marked("FVC"),
    "dlco": language.marked("DLCO"),
    "fev1": language.marked("FEV1"),
    "tlc": language.marked("TLC"),
    "kco": language.marked("KCO"),
}


@dataclass(frozen=True, slots=True)
class Style:
    """How one site writes dates and decimals.

    Raises:
        ValueError: the date style or the decimal mark is not one of the known ones.
    """

    date: str = "dd.mm.yyyy"
    """``dd.mm.yyyy``, ``dd/mm/yyyy``, ``mm/dd/yyyy`` or ``yyyy-mm-dd``."""
    decimal_mark: str = "."
    haemoglobin: str = "g/L"
    """``g/L``, as it is kept, or ``g/dL``."""

    def __post_init__(self) -> None:
        if self.date not in _DATE_STYLES:
            raise ValueError(f"not a date style: {self.date!r}")
        if self.decimal_mark not in {".", ","}:
            raise ValueError(f"not a decimal mark: {self.decimal_mark!r}")
        if self.haemoglobin not in {"g/L", "g/dL"}:
            raise ValueError(f"not a unit of haemoglobin: {self.haemoglobin!r}")


class _Current:
    style = Style()


def use_style(style: Style) -> None:
    """Write in this style from now on, in the whole process; called once when a registry is opened."""
    _Current.style = style


def style() -> Style:
    """The style in use."""
    return _Current.style


def day(date: dt.date) -> str:
    """A date as the site writes it: ``12.03.2026``."""
    return _DATE_STYLES[_Current.style.date][0].format(d=date.day, m=date.month, y=date.year)


def day_and_month(date: dt.date) -> str:
    """A date where its year is plain: ``12.03.``."""
    return _DAY_AND_MONTH[_Current.style.date].format(d=date.day, m=date.month)


def partial(date: PartialDate) -> str:
    """A date as exactly as it is known: ``12.03.2026``, ``03.2026`` or ``2026``."""
    if date.month is None:
        return f"{date.year:04d}"
    if date.day is None:
        return _DATE_STYLES[_Current.style.date][1].format(m=date.month, y=date.year)
    return day(dt.date(date.year, date.month, date.day))


@cache
def _step(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def rounded(value: Decimal | Fraction | float, places: int) -> Decimal:
    """The value rounded half up (away from zero at a tie) to ``places`` decimals; never negative zero.

    A float is taken as the shortest decimal that names it, so that 2.675 rounds to 2.68.
    """
    if isinstance(value, float):
        result = Decimal(repr(float(value))).quantize(_step(places), ROUND_HALF_UP)
    elif isinstance(value, Decimal):
        result = value.quantize(_step(places), ROUND_HALF_UP)
    else:
        scaled = abs(value) * 10**places
        whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
        result = Decimal(-whole if value < 0 else whole).scaleb(-places)
    return result if result else abs(result)


def number(value: Decimal | Fraction | float, places: int) -> str:
    """A number with a fixed count of decimals, rounded half up, with U+2212 as minus sign."""
    return _written(rounded(value, places))


def signed(value: Decimal | Fraction | float, places: int) -> str:
    """A change with its sign: ``+0.3``, ``−11.6``; zero has none."""
    shown = rounded(value, places)
    return ("+" if shown > 0 else "") + _written(shown)


def as_typed(value: Decimal) -> str:
    """A measurement with the decimals that were typed."""
    return _written(value)


def haemoglobin_unit() -> str:
    """The unit in which the site types and reads haemoglobin."""
    return _Current.style.haemoglobin


def haemoglobin(grams_per_litre: Decimal) -> str:
    """Haemoglobin in the site's unit, with the digits that were typed: ``128`` g/L is ``12.8`` g/dL."""
    return _written(grams_per_litre if _Current.style.haemoglobin == "g/L" else grams_per_litre.scaleb(-1))


def in_grams_per_litre(value: Decimal) -> Decimal:
    """Haemoglobin in g/L of a value in the site's unit, exactly."""
    return value if _Current.style.haemoglobin == "g/L" else Decimal(f"{value.scaleb(1):f}")


def capital(text: str) -> str:
    """A text at the beginning of a line or a sentence; ``mMRC`` and ``eGFR`` stay as they are."""
    return language.changed(text, lambda one: one if one[1:2].isupper() else one[:1].upper() + one[1:])


def inside(text: str) -> str:
    """A text in the middle of a sentence: ``Mycophenolate`` with a small letter; ``FVC`` stays as it is."""
    return language.changed(text, lambda one: one if one[1:2].isupper() else one[:1].lower() + one[1:])


def verdict(answer: Verdict) -> str:
    """The words of a verdict as chips and the printed page show them: ``CANNOT TELL``."""
    return language.say(_VERDICT_WORDS[answer])


def measure(name: str) -> str:
    """What a measure of lung function is called in short: ``FVC``."""
    return language.say(_MEASURES[name]) if name in _MEASURES else name.upper()


def span(first: dt.date, last: dt.date) -> str:
    """The time between two dates in completed months, or in days when less than one month."""
    months = months_between(first, last)
    if months >= 1:
        return language.say_n("{n} month", "{n} months", months)
    days = (last - first).days
    return language.say_n("{n} day", "{n} days", days)


def say(sentence: Sentence) -> str:
    """A sentence in the language in use, with its dates and numbers in the site's style."""
    template = sentence.placed(language.say(sentence.template))
    return template.format(**{name: _value(value) for name, value in sentence.values})


def _value(value: SentenceValue) -> str:
    if isinstance(value, Sentence):
        return say(value)
    if isinstance(value, tuple):
        return "; ".join(say(part) for part in value)
    if isinstance(value, dt.date):
        return day(value)
    if isinstance(value, Decimal):
        return _written(value)
    if isinstance(value, int):
        return str(value).replace("-", MINUS)
    return language.say(value)


def _written(value: Decimal) -> str:
    return f"{value:f}".replace("-", MINUS).replace(".", _Current.style.decimal_mark)
