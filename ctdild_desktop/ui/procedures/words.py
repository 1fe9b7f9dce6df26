"""What the cells of a lavage and a complication mean, beside the fields of the sheet."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.clinical import codes, lavage, wording
from ctdild_desktop.clinical.limits import plain
from ctdild_desktop.clinical.records import AdverseEvent, Procedure
from ctdild_desktop.language import say
from ctdild_desktop.services import procedures

_UNITS = {"volume_in_ml": "mL", "cells_million_l": "10⁶/L", "cd4_cd8": ""}
_LIMITS = {field: limit for field, _name, limit in lavage.LIMITS}


def _tr(text: str) -> str:
    return QCoreApplication.translate("ProcedureSheet", text)


def share_words(drawn: Procedure, field: str) -> str:
    """What stands beside a field of the lavage: its unit, and what follows from its value."""
    if field == "recovered_ml":
        share = lavage.recovery_percent(drawn)
        back = (
            "" if share is None else _tr("{percent} % of the volume").format(percent=wording.number(share, 0))
        )
        return "   ".join(filter(None, ("mL", back)))
    if field not in _LIMITS:
        return _UNITS.get(field, "%")
    words = _tr("raised above {limit} %")
    if getattr(drawn, field) is not None:
        high = any(one.field == field for one in lavage.raised(drawn))
        words = _tr("▲ raised: above {limit} %") if high else _tr("not above {limit} %")
    return f"%   {words.format(limit=plain(_LIMITS[field]))}"


def cells_words(drawn: Procedure) -> str:
    """Which shares of cells are raised, and what they add up to; empty while none is counted."""
    counted = [field for field in lavage.SHARES if getattr(drawn, field) is not None]
    if not counted:
        return ""
    told = []
    high = lavage.raised(drawn)
    if high:
        listed = ", ".join(f"{say(one.name)} {wording.as_typed(one.percent)} %" for one in high)
        told.append(_tr("Raised by ATS 2012: {cells}.").format(cells=listed))
    elif _LIMITS.keys() <= set(counted):
        told.append(_tr("No cell count is raised by ATS 2012."))
    missing = [say(name) for field, name, _limit in lavage.LIMITS if field not in counted]
    if missing:
        told.append(_tr("Not counted: {cells}.").format(cells=", ".join(missing)))
    total = wording.as_typed(lavage.sum_of_shares(drawn))
    told.append(_tr("Together {total} %.").format(total=total))
    return " ".join(told)


def event_words(drawn: Procedure, linked: AdverseEvent | None) -> str:
    """The adverse event that a complication is recorded as, or was recorded as."""
    event = linked or procedures.event_of(drawn)
    term = codes.ae_terms().label(event.term)
    known = term if event.grade is None else _tr("{term}, grade {grade}").format(term=term, grade=event.grade)
    if linked is not None:
        return _tr("Recorded: {event}.").format(event=known)
    return _tr("Would be: {event}.").format(event=known)
