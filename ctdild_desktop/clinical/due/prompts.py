"""What is said when something happened, and warnings about combinations. None of it is due by the calendar.

Each row of the rule table names its source. A prompt states what the rule connects with what was recorded; it
advises nothing.
"""

from __future__ import annotations

import datetime as dt

from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.due.facts import DrugCourse, DueFacts
from ctdild_desktop.clinical.due.infection import latest_rituximab
from ctdild_desktop.clinical.due.item import DueItem, stated, timed
from ctdild_desktop.clinical.due.steroids import daily_dose
from ctdild_desktop.clinical.due.table import Rule
from ctdild_desktop.clinical.due.timing import Span, State, never_done, window_after
from ctdild_desktop.clinical.verdict import sentence
from ctdild_desktop.language import joined, say

_EVENT_MONTHS = 6
"""An event that is older is no longer news."""


def hrct(rule: Rule, facts: DueFacts) -> DueItem:
    """``HRCT_SUGGESTED`` with a met lung-function arm, worse symptoms or acute deterioration, and no HRCT in
    the time that the row names. Never due by the calendar (ACR/CHEST 2023: no routine interval).
    """
    (lately,) = rule.lengths()
    last = facts.latest(("hrct",))
    because = []
    if facts.physiology_met:
        because.append(
            sentence("Lung-function arm met: {titles}.", titles=joined(map(say, facts.physiology_met)))
        )
    if facts.worse_on is not None:
        because.append(sentence("Symptoms worse on {date}.", date=facts.worse_on))
    if facts.acute_on is not None:
        because.append(sentence("Acute deterioration on {date}.", date=facts.acute_on))
    latest = (
        sentence("Last HRCT on {date}.", date=last) if last is not None else sentence("No HRCT is on record.")
    )
    if because and (last is None or last < lately.before(facts.as_of)):
        return stated(rule, State.PROMPT, *because, latest, last=last, flags=("HRCT_SUGGESTED",))
    told = sentence("No routine interval; only when clinically indicated.")
    return stated(rule, State.NOT_DUE, latest, *because, told, last=last)


def methotrexate_pneumonitis(rule: Rule, facts: DueFacts, course: DrugCourse) -> DueItem | None:
    """New respiratory symptoms on methotrexate, which are typical of its first year."""
    (typical,) = rule.lengths()
    day = facts.worse_on
    if day is None or not course.start <= day:
        return None
    first_year = day < typical.after(course.start)
    told = sentence("Symptoms worse on {date}; methotrexate since {start}.", date=day, start=course.start)
    when = (sentence("Pneumonitis by methotrexate is typical of the first year."),) if first_year else ()
    return stated(rule, State.PROMPT, told, *when, flags=("MTX_PNEUMONITIS",), drug=course.drug)


def cystoscopy(rule: Rule, facts: DueFacts) -> DueItem | None:
    """Blood in the urine on or at any time after cyclophosphamide."""
    exposed = [course for course in facts.courses if course.drug_class == "cyclophosphamide"]
    dipsticks = [result.date for result in facts.of(("urinalysis",)) if result.positive]
    days = [day for day in (*dipsticks, facts.haematuria_on) if day is not None and day <= facts.as_of]
    if not exposed or not days or max(days) < exposed[0].start or not _news(max(days), facts):
        return None
    told = sentence("Blood in the urine on {date}; the rule connects it with cystoscopy.", date=max(days))
    since = sentence("Cyclophosphamide from {date} on.", date=exposed[0].start)
    return stated(rule, State.PROMPT, told, since, flags=("CYC_CYSTOSCOPY",), drug=exposed[0].drug)


def leukoencephalopathy(rule: Rule, facts: DueFacts) -> DueItem | None:
    """A new neurological sign while B cells may be depleted."""
    (depleted,) = rule.lengths()
    day = facts.neurological_on
    infusion = latest_rituximab(facts, day) if day is not None else None
    if day is None or infusion is None or day > depleted.after(infusion) or not _news(day, facts):
        return None
    told = sentence("Neurological event on {date}, rituximab on {infusion}.", date=day, infusion=infusion)
    rule_says = sentence("The rule names MRI and JC virus PCR before any further dose; it is very rare.")
    return stated(rule, State.PROMPT, told, rule_says, flags=("PML",), drug="rituximab")


def perforation(rule: Rule, facts: DueFacts, course: DrugCourse) -> DueItem | None:
    """Abdominal pain on tocilizumab, under which a perforation may show little."""
    day = facts.abdominal_pain_on
    if day is None or day < course.start or not _news(day, facts):
        return None
    told = sentence("Abdominal event on {date} under tocilizumab: perforation is the concern.", date=day)
    return stated(rule, State.PROMPT, told, flags=("PERFORATION",), drug=course.drug)


def xanthine_oxidase(rule: Rule, facts: DueFacts, course: DrugCourse) -> DueItem | None:
    """Allopurinol or febuxostat beside azathioprine."""
    found = sorted(facts.other_drugs & {"allopurinol", "febuxostat"})
    if not found:
        return None
    told = sentence(
        "{drugs} beside azathioprine: known severe interaction.", drugs=", ".join(found).capitalize()
    )
    return stated(rule, State.WARNING, told, drug=course.drug)


def with_ild(rule: Rule, facts: DueFacts, course: DrugCourse) -> DueItem | None:
    """A drug that the source connects with harm when an ILD is there."""
    if facts.anchor is None:
        return None
    note = f" ({rule.note})" if rule.note else ""
    told = sentence("{drug} since {date}, with ILD{note}.", drug=course.name, date=course.start, note=note)
    return stated(rule, State.WARNING, told, drug=course.drug)


def co_trimoxazole(rule: Rule, facts: DueFacts, course: DrugCourse) -> DueItem | None:
    """Co-trimoxazole beside methotrexate."""
    if not any(other.drug == "co_trimoxazole" for other in facts.running()):
        return None
    told = sentence("Co-trimoxazole and methotrexate are recorded together: known interaction.")
    return stated(rule, State.WARNING, told, drug=course.drug)


def renal_crisis(rule: Rule, facts: DueFacts) -> DueItem | None:
    """Systemic sclerosis and prednisolone equivalent above 15 mg a day."""
    mg = daily_dose(facts.therapy, facts.as_of).mg
    if mg <= 15:
        return None
    told = sentence("Prednisolone equivalent {dose} mg a day in systemic sclerosis.", dose=mg.normalize())
    risk = sentence("By the rule the risk of a renal crisis is raised (evidence P05).")
    return stated(rule, State.WARNING, told, risk, flags=("RENAL_CRISIS",))


def home_blood_pressure(rule: Rule, facts: DueFacts) -> DueItem | None:
    """Weekly home blood pressure under the same dose."""
    if daily_dose(facts.therapy, facts.as_of).mg <= 15:
        return None
    (every,) = rule.lengths()
    last, _ = facts.latest_of_all(rule.parts)
    timing = never_done(facts.as_of) if last is None else window_after(last, Span(every, every), rule.grace)
    told = sentence("Prednisolone equivalent above 15 mg a day in systemic sclerosis.")
    return timed(rule, timing, facts.as_of, because=(told,))


def _news(day: dt.date, facts: DueFacts) -> bool:
    return add_months(facts.as_of, -_EVENT_MONTHS) <= day <= facts.as_of
