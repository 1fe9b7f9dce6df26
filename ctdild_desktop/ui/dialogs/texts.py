"""Values of a record as the texts of a form's fields, and back where a field does not read them itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.ui.widgets.option_field import Option


def as_text(value: object) -> str:
    """A value as a field shows it: exact digits, the site's dates, ``yes`` and ``no``, codes."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return wording.as_typed(value)
    if isinstance(value, dt.date):
        return wording.day(value)
    if isinstance(value, PartialDate):
        return wording.partial(value)
    if isinstance(value, tuple):
        return " ".join(str(part) for part in value)
    return str(value)


def as_bool(code: str | None) -> bool | None:
    """``yes`` and ``no`` as truth; anything else is unknown."""
    return {"yes": True, "no": False}.get(code or "")


def yes_no(yes: str, no: str) -> tuple[Option, Option]:
    """The two answers, in the reader's language, chosen by their first letter."""
    return (Option("yes", yes, "y"), Option("no", no, "n"))


def coded(list_name: str) -> tuple[tuple[str, str], ...]:
    """A list of form choices as (code, words) pairs."""
    return pairs(codes.choices(list_name))


def pairs(entries: Iterable[codes.Coded]) -> tuple[tuple[str, str], ...]:
    """Entries of any code list as (code, words) pairs."""
    return tuple((entry.code, entry.label) for entry in entries)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Texts", text)


def type_words(media_type: str) -> str:
    """What a file is, as a person says it."""
    words = {
        "application/pdf": "PDF",
        "image/png": _tr("PNG image"),
        "image/jpeg": _tr("JPEG image"),
        "application/dicom": "DICOM",
        "text/plain": _tr("plain text"),
    }
    return words.get(media_type, media_type)


def size_words(count: int) -> str:
    """Bytes as a person reads them: ``1.2 MB``."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6)):
        if count >= factor:
            return f"{wording.number(count / factor, 1)} {unit}"
    return _tr("{count} kB").format(count=max(1, round(count / 1000)))


def instrument_words(instrument: codes.Instrument) -> str:
    """Which end is better, and the published changes with where they come from."""
    better = {scale.better for scale in instrument.scales}
    told = [{"high": _tr("Higher is better."), "low": _tr("Lower is better.")}[end] for end in better]
    for scale in instrument.scales:
        if scale.change:
            known = _tr("Reference change of {score}: {change} ({source}).")
            change = scale.change.replace(".", wording.style().decimal_mark)
            told.append(known.format(score=scale.label, change=change, source=scale.note))
        elif scale.note:
            told.append(f"{scale.note[:1].upper()}{scale.note[1:]}.")
    if any(scale.change for scale in instrument.scales):
        told.append(_tr("Such changes come from IPF cohorts."))
    return " ".join(dict.fromkeys(told))


def weekday(day: dt.date) -> str:
    """``Thursday 12.03.2026``."""

    names = (
        _tr("Monday"),
        _tr("Tuesday"),
        _tr("Wednesday"),
        _tr("Thursday"),
        _tr("Friday"),
        _tr("Saturday"),
        _tr("Sunday"),
    )
    return f"{names[day.weekday()]} {wording.day(day)}"
