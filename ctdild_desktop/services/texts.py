"""The words of the banner and of the page's boxes. What is not known reads "not recorded"."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.dates import PartialDate, completed_years
from ctdild_desktop.clinical.derived import DerivedTest
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Diagnosis,
    Hrct,
    HrctResult,
    Patient,
    PatientRecord,
    TherapyLine,
)
from ctdild_desktop.figures.events import is_ongoing
from ctdild_desktop.language import marked, say, say_in
from ctdild_desktop.services.therapy_text import short_name

NOT_RECORDED = marked("not recorded")
_DAYS_PER_YEAR = Decimal("365.25")
_CONFIDENCE = {
    "definite": marked("definite confidence"),
    "high": marked("high confidence"),
    "low": marked("low confidence"),
    "unclassifiable": marked("unclassifiable"),
}
_CONSENT = {
    "given": marked("yes"),
    "declined": marked("no"),
    "withdrawn": marked("withdrawn"),
    "not_asked": marked("not asked"),
}


def display_name(patient: Patient) -> str:
    """``HOLLOWAY, Ingrid``; empty when no name is recorded."""
    return name_of(patient.family_name, patient.given_name)


def name_of(family_name: str, given_name: str) -> str:
    """A name as every list and page shows it."""
    return ", ".join(part for part in (family_name.upper(), given_name) if part)


def age(patient: Patient, today: dt.date) -> str:
    """Age in completed years, at death for who has died: ``55 y``; a range when the birth date is partial."""
    birth = patient.birth_date
    if birth is None:
        return say("age {NOT_RECORDED}", NOT_RECORDED=NOT_RECORDED)
    end = min(today, patient.death_date.latest) if patient.death_date is not None else today
    least, most = (max(completed_years(day, end), 0) for day in (birth.latest, birth.earliest))
    return say("{age} y", age=least if least == most else f"{least}–{most}")


def birth_date(patient: Patient) -> str:
    """The birth date as exactly as it is known."""
    return wording.partial(patient.birth_date) if patient.birth_date is not None else say(NOT_RECORDED)


def sex(patient: Patient) -> str:
    """``F`` or ``M``."""
    return (
        say_in("sex", patient.sex.value)
        if patient.sex is not None
        else say("sex {NOT_RECORDED}", NOT_RECORDED=NOT_RECORDED)
    )


def identity(patient: Patient, today: dt.date) -> str:
    """The line under a name: ``F · 55 y · 18.09.1970 · DEMO-0417``."""
    birth = birth_date(patient)
    born = birth if patient.birth_date else say("born {birth}", birth=birth)
    return " · ".join((sex(patient), age(patient, today), born, patient.mrn))


def duration(since: PartialDate, until: dt.date) -> str:
    """``4.8 y`` from an exact date; ``about 4 y`` from a partial one."""
    if since.exact is not None:
        years = Decimal((until - since.exact).days) / _DAYS_PER_YEAR
        return say("{years} y", years=wording.number(years, 1))
    return say("about {latest} y", latest=max(completed_years(since.latest, until), 0))


def ild_since(view: Diagnosis | None, today: dt.date) -> str:
    """``10.06.2021 · 4.8 y``."""
    if view is None or view.ild_diagnosed is None:
        return say(NOT_RECORDED)
    return f"{wording.partial(view.ild_diagnosed)} · {duration(view.ild_diagnosed, today)}"


def ctd(view: Diagnosis | None) -> str:
    """``Antisynthetase syndrome``."""
    return codes.diagnoses().label(view.ctd) if view is not None else say(NOT_RECORDED)


def confidence(view: Diagnosis) -> str:
    """``high confidence``; empty when it is not recorded."""
    return say(_CONFIDENCE.get(view.confidence or "", ""))


def pattern(view: Diagnosis | None) -> str:
    """``Fibrotic NSIP, high confidence``."""
    if view is None or view.pattern is None:
        return say(NOT_RECORDED)
    return ", ".join(part for part in (codes.patterns().label(view.pattern), confidence(view)) if part)


def antibodies(view: Diagnosis | None, between: str = " ") -> str:
    """``Jo-1 + Ro52 +``."""
    if view is None or not view.antibodies:
        return say(NOT_RECORDED)
    names = []
    for code in view.antibodies:
        entry = codes.antibodies().get(code)
        names.append(f"{entry.short if entry is not None else code} +")
    return between.join(names)


def oxygen(patient: Patient) -> str:
    """``none``, ``ambulatory`` ..."""
    return codes.label("oxygen", patient.oxygen) or say(NOT_RECORDED)


def smoking(patient: Patient) -> str:
    """``never smoked``, ``ex-smoker, 8 pack-years`` ..."""
    if patient.smoking is None:
        return say("smoking {NOT_RECORDED}", NOT_RECORDED=NOT_RECORDED)
    words = codes.label("smoking", patient.smoking)
    if patient.smoking == "unknown":
        words = say("smoking unknown")
    if patient.pack_years is not None and patient.smoking in ("ex", "current"):
        words += say(", {pack_years} pack-years", pack_years=wording.as_typed(patient.pack_years))
    return words


def consent(patient: Patient) -> str:
    """``registry yes, research yes``."""
    registry, research = (
        _CONSENT.get(answer or "", answer or say(NOT_RECORDED))
        for answer in (patient.consent_registry, patient.consent_research)
    )
    return say("registry {registry}, research {research}", registry=registry, research=research)


def haemoglobin(test: DerivedTest) -> str:
    """The test's own value in the site's unit; in brackets that of a blood test which stands in for it."""
    if test.lent_hb is not None:
        return f"({lent_haemoglobin(test.lent_hb[1])})"
    own = test.test.hb_g_l
    return "" if own is None else wording.haemoglobin(own)


def lent_haemoglobin(grams_per_litre: Decimal) -> str:
    """The value of a blood test; one that was converted or is the mean of a day, to 0.1 g/L."""
    shown = wording.rounded(grams_per_litre, 1)
    return wording.haemoglobin(grams_per_litre if shown == grams_per_litre else shown)


def scan(reading: Hrct) -> str:
    """``18.11.2024: extent 22 %, fibrosis, no emphysema; stable against 18.10.2023``."""
    seen = []
    if reading.extent_percent is not None:
        seen.append(say("extent {extent_percent} %", extent_percent=wording.as_typed(reading.extent_percent)))
    elif reading.extent_reading is not None:
        seen.append(
            say("extent {extent_reading}", extent_reading=codes.label("hrct_extent", reading.extent_reading))
        )
    if reading.fibrosis is not None:
        seen.append(say("fibrosis") if reading.fibrosis else say("no fibrosis"))
    if reading.emphysema is not None:
        seen.append(say("emphysema") if reading.emphysema else say("no emphysema"))
    compared = ""
    if reading.result is not None:
        compared = codes.label("hrct_result", reading.result.value)
        if reading.compared_with is not None and reading.result is not HrctResult.NOT_COMPARED:
            compared += say(" against {compared_with}", compared_with=wording.day(reading.compared_with))
        if reading.signs:
            compared += ": " + ", ".join(codes.label("hrct_sign", sign) for sign in reading.signs)
    words = "; ".join(part for part in (", ".join(seen), compared) if part)
    return f"{wording.day(reading.date)}: {words or say('read, {result}', result=NOT_RECORDED)}"


def latest_scan(record: PatientRecord, today: dt.date) -> Hrct | None:
    """The latest reading up to a date."""
    return next((reading for reading in reversed(record.hrct) if reading.date <= today), None)


def event(found: AdverseEvent, lines: tuple[TherapyLine, ...], today: dt.date) -> str:
    """``lung infection G3 serious 02.2023 (MMF)``; a running one says since when."""
    grade = f" G{found.grade}" if found.grade is not None else ""
    serious = " " + say("serious") if found.serious else ""
    when = wording.partial(PartialDate(found.onset.year, found.onset.month))
    since = say("since ") if is_ongoing(found, today) else ""
    suspected = [short_name(line) for line in lines if line.id in found.suspected_lines]
    named = f" ({', '.join(dict.fromkeys(suspected))})" if suspected else ""
    term = wording.inside(codes.ae_terms().label(found.term))
    return f"{term}{grade}{serious} {since}{when}{named}"
