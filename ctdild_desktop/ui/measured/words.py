"""Words of grades and limits, beside a result and in the tables."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.ctcae import LabGrade
from ctdild_desktop.clinical.records import AdverseEvent


def _tr(text: str) -> str:
    return QCoreApplication.translate("Measured", text)


def flag_words(flag: str) -> str:
    """``▲ above`` or ``▼ below`` the limits of normal; empty within them."""
    return {"above": _tr("▲ above"), "below": _tr("▼ below")}.get(flag, "")


def grade_words(grade: LabGrade) -> tuple[str, str]:
    """``grade 3``, and what it rests on for the tip."""
    if grade.grade is None:
        needs = "; ".join(wording.say(need) for need in grade.needs)
        return "", _tr("CTCAE grade needs {what}.").format(what=needs)
    told = [
        f"CTCAE: {codes.ae_terms().label(grade.term.ae_term)}.",
        *(wording.say(reason) for reason in grade.because),
        *(wording.say(caution.text) for caution in grade.cautions),
        _tr("No baseline is taken into account."),
    ]
    return _tr("grade {grade}").format(grade=grade.grade), " ".join(told)


def event_words(event: AdverseEvent) -> str:
    """``CTCAE grade 3: Neutrophil count decreased.``"""
    term = codes.ae_terms().label(event.term)
    return _tr("CTCAE grade {grade}: {term}.").format(term=term, grade=event.grade)


def range_words(scale: codes.Scale) -> str:
    """``0 to 100``, or ``about 0 to 100`` where versions differ."""
    ends = _tr("{low} to {high}").format(low=wording.as_typed(scale.low), high=wording.as_typed(scale.high))
    return ends if scale.exact else _tr("about {range}").format(range=ends)
