"""Runs every rule in force over the facts of one patient.

Sources stand in the rule table and go with each line of the answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from ctdild_desktop.clinical.dates import PartialDate, add_months
from ctdild_desktop.clinical.due import cyclophosphamide, infection, prompts, rituximab
from ctdild_desktop.clinical.due.action_limits import action_items
from ctdild_desktop.clinical.due.facts import DrugCourse, DueFacts
from ctdild_desktop.clinical.due.item import DueItem, stated
from ctdild_desktop.clinical.due.mode import Mode, mode_of
from ctdild_desktop.clinical.due.schedules import (
    after_stop_item,
    checks_item,
    interval_items,
    once_items,
    phases_item,
    visit_item,
)
from ctdild_desktop.clinical.due.steroids import daily_dose, days_in_a_row, is_steroid
from ctdild_desktop.clinical.due.table import Rule, RuleTable, default_rules
from ctdild_desktop.clinical.due.timing import State
from ctdild_desktop.clinical.verdict import sentence

OfDrug = Callable[[Rule, DueFacts, DrugCourse], DueItem | None]
OfPatient = Callable[[Rule, DueFacts], DueItem | None]

_OF_DRUG: Mapping[str, OfDrug] = {
    "CYC-IV-PRE": cyclophosphamide.before_infusion,
    "CYC-IV-NADIR": cyclophosphamide.nadir,
    "CYC-IV-MESNA": cyclophosphamide.mesna,
    "CYC-SMEAR": cyclophosphamide.smear,
    "RTX-COURSE": rituximab.before_course,
    "RTX-RETREAT": rituximab.retreatment,
    "RTX-HBC": rituximab.hepatitis_b,
    "RTX-HBSAG": rituximab.hepatology,
    "MTX-PNEUMONITIS": prompts.methotrexate_pneumonitis,
    "TCZ-PERFORATION": prompts.perforation,
    "AZA-XO": prompts.xanthine_oxidase,
    "LEF-ILD": prompts.with_ild,
    "TNF-ILD": prompts.with_ild,
    "CTX-MTX": prompts.co_trimoxazole,
}
_OF_PATIENT: Mapping[str, OfPatient] = {
    "M5": prompts.hrct,
    "CYC-CYSTOSCOPY": prompts.cystoscopy,
    "RTX-PML": prompts.leukoencephalopathy,
    "GC-HOMEBP": prompts.home_blood_pressure,
    "GC-RENAL": prompts.renal_crisis,
    "PJP": infection.prophylaxis,
    "VAC-LIVE": infection.live_vaccine,
    "VACCINE-TIMING": infection.vaccine_timing,
}
_BY_KIND: Mapping[str, Callable[[Rule, DueFacts, DrugCourse], DueItem]] = {
    "phases": phases_item,
    "checks": checks_item,
    "visit": visit_item,
}
_LATER = ("CYC-SMEAR", "RTX-HBC", "RTX-RETREAT")
"""Rules that go on for a time after the drug was stopped."""
_REPLACED = {"S1": ("S1-LEF-MTX", "S1-MMF-MONTHLY")}
"""A rule that stands back where one of these applies to the same drug."""
_BY_EXTENT = {"M2": False, "M2-EXT": True}
"""Rows for the same diseases, one of which holds: whether it is the one for extensive fibrosis."""
_LONG_STEROID_MG, _LONG_STEROID_MONTHS = Decimal("7.5"), 3


def due_items(facts: DueFacts, rules: RuleTable | None = None) -> tuple[DueItem, ...]:
    """Every line of one patient's due list, the most urgent first.

    Lines that do not apply are left out. A patient who died or withdrew has none. Without a diagnosis the
    disease rules cannot be chosen, and one line says so.

    Args:
        rules: the rules in force; default: those that come with the program.
    """
    if facts.left:
        return ()
    table = default_rules() if rules is None else rules
    mode = mode_of(facts)
    items: list[DueItem] = []
    if not facts.group:
        items += _without_diagnosis(facts, table)
    asked: set[str] = set()
    for rule in table:
        items += _items_of(rule, facts, table, mode, asked)
    items += action_items(facts)
    flags = ("ANCHOR_ASSUMED",) if facts.anchor is not None and facts.anchor.assumed else ()
    marked = [
        replace(item, flags=(*item.flags, *flags)) if _of_disease(item, table) else item for item in items
    ]
    return tuple(
        sorted(
            (item for item in marked if item.state is not State.NOT_APPLICABLE), key=lambda item: item.urgency
        )
    )


def _of_disease(item: DueItem, table: RuleTable) -> bool:
    rule = table.get(item.rule)
    return rule is not None and rule.kind == "interval" and bool(rule.diseases)


def _without_diagnosis(facts: DueFacts, table: RuleTable) -> list[DueItem]:
    rule = table.get("M1") or table.get("M4")
    if rule is None:
        return []
    need = sentence("the diagnosis of the connective-tissue disease")
    if facts.diagnosed_later:
        text = "the diagnosis of the connective-tissue disease on or before {date}"
        need = sentence(text, date=facts.as_of)
    return [stated(rule, State.CANNOT_ASSESS, needs=(need,))]


def _items_of(rule: Rule, facts: DueFacts, table: RuleTable, mode: Mode, asked: set[str]) -> list[DueItem]:
    if rule.kind == "statement" or not _person_fits(rule, facts):
        return []
    if rule.diseases and not _disease_fits(rule, facts):
        return []
    if rule.id in _OF_PATIENT:
        found = _OF_PATIENT[rule.id](rule, facts)
        return [] if found is None else [found]
    if rule.diseases:
        if rule.id in _BY_EXTENT and _BY_EXTENT[rule.id] != _extensive(facts, table):
            return []
        anchor = facts.anchor.date if facts.anchor is not None else None
        return interval_items(rule, facts, anchor, mode)
    return _drug_items(rule, facts, table, mode, asked)


def _extensive(facts: DueFacts, table: RuleTable) -> bool:
    """Fibrosis extensive on HRCT, or FVC below 70 % predicted: shorter intervals by the registry.

    False when the row with the shorter intervals is switched off.
    """
    if table.get("M2-EXT") is None:
        return False
    return facts.extensive is True or (facts.fvc_percent is not None and facts.fvc_percent < 70)


def _person_fits(rule: Rule, facts: DueFacts) -> bool:
    """Sex and age; what is not recorded excludes nobody."""
    sex = facts.patient.sex
    if rule.sex and sex is not None and sex.value != rule.sex:
        return False
    if facts.age is None:
        return True
    return (rule.min_age or 0) <= facts.age and (rule.max_age is None or facts.age <= rule.max_age)


def _disease_fits(rule: Rule, facts: DueFacts) -> bool:
    return bool(facts.group) and ("*" in rule.diseases or facts.group in rule.diseases)


def _drug_items(rule: Rule, facts: DueFacts, table: RuleTable, mode: Mode, asked: set[str]) -> list[DueItem]:
    """One line of a drug rule: of several drugs that ask for the same, the one that is due first."""
    if rule.drugs == ("long_steroids",):
        courses = _long_steroids(facts)
    elif rule.drugs in {("on_therapy",), ("immunosuppressed",)}:
        return _on_therapy(rule, facts, mode, asked)
    else:
        courses = [
            course for course in _candidates(rule, facts) if not _stands_back(rule, course, facts, table)
        ]
    found: list[DueItem] = []
    for course in courses:
        found += _of_course(rule, facts, course, mode, asked)
    if rule.kind in {"phases", "checks", "visit"} and len(found) > 1:
        return [min(found, key=lambda item: item.urgency)]
    return found


def _candidates(rule: Rule, facts: DueFacts) -> list[DrugCourse]:
    """The courses that a rule is about: running ones, or for some rules any."""
    running = facts.running()
    later = rule.kind == "after_stop" or rule.id in _LATER
    courses = facts.courses if later else running
    drugs_running = {course.drug for course in running}
    found: dict[str, DrugCourse] = {}
    for word in rule.drugs:
        together = word.split("+")
        if len(together) > 1 and not set(together) <= drugs_running:
            continue
        for course in courses:
            if course.drug in together or word == f"class:{course.drug_class}":
                found[course.drug] = course
    return list(found.values())


def _stands_back(rule: Rule, course: DrugCourse, facts: DueFacts, table: RuleTable) -> bool:
    for other_id in _REPLACED.get(rule.id, ()):
        other = table.get(other_id)
        if other is not None and course.drug in {found.drug for found in _candidates(other, facts)}:
            return True
    return False


def _of_course(rule: Rule, facts: DueFacts, course: DrugCourse, mode: Mode, asked: set[str]) -> list[DueItem]:
    if rule.id in _OF_DRUG:
        found = _OF_DRUG[rule.id](rule, facts, course)
        return [] if found is None else [found]
    if rule.kind in _BY_KIND:
        return [_BY_KIND[rule.kind](rule, facts, course)]
    if rule.kind == "once":
        return once_items(rule, facts, course, asked)
    if rule.kind == "after_stop":
        ended = course.stop is not None and course.stop <= facts.as_of and not _again(course, facts)
        return [after_stop_item(rule, facts, course, course.stop)] if ended and course.stop else []
    anchor = course.start
    if rule.id == "HCQ-EYE":
        anchor = add_months(course.start, 12 if facts.retinal_risk else 60)
        if facts.as_of < anchor:
            return []
    return interval_items(rule, facts, anchor, mode, drug=course.drug)


def _again(course: DrugCourse, facts: DueFacts) -> bool:
    """Whether a drug of the same class is taken at present."""
    return any(other.drug_class == course.drug_class for other in facts.running())


def _on_therapy(rule: Rule, facts: DueFacts, mode: Mode, asked: set[str]) -> list[DueItem]:
    """Rules about treated patients: one line, counted from the earliest of the running drugs."""
    suppressed = rule.drugs == ("immunosuppressed",)
    courses = [
        course
        for course in facts.running()
        if course.drug_class not in {"outline_only", "ticks_only", ""}
        and (not suppressed or infection.suppressive(course) or course.drug_class == "glucocorticoid")
    ]
    if not courses:
        return []
    earliest = min(courses, key=lambda course: course.start)
    if rule.kind == "once":
        return once_items(rule, facts, earliest, asked)
    return interval_items(rule, facts, earliest.start, mode)


def _long_steroids(facts: DueFacts) -> list[DrugCourse]:
    """A steroid course of 7.5 mg prednisolone equivalent a day or more for 3 months or more.

    The course is dated from the first day of that dose.
    """
    days, first = days_in_a_row(facts.therapy, facts.as_of, lambda mg: mg >= _LONG_STEROID_MG)
    if not days or first is None or facts.as_of < add_months(first, _LONG_STEROID_MONTHS):
        return []
    for course in facts.running():
        if any(is_steroid(line) for line in course.lines) and daily_dose(course.lines, facts.as_of).mg > 0:
            return [_from(course, first)]
    return []


def _from(course: DrugCourse, first: dt.date) -> DrugCourse:
    line = replace(course.lines[0], start=PartialDate.of(first))
    return replace(course, lines=(line, *course.lines[1:]))
