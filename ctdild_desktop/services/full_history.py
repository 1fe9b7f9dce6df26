"""Everything recorded of a patient that a meeting may ask for, as tables for the appendix of the pack."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.lab_entry import unit_text
from ctdild_desktop.clinical.plausibility_measured import lab_name
from ctdild_desktop.clinical.records import Decision, Hrct, Lab, PatientRecord, TherapyLine, Visit
from ctdild_desktop.figures.events import is_ongoing
from ctdild_desktop.figures.lanes import dose_text
from ctdild_desktop.language import joined, say, say_in
from ctdild_desktop.services import texts
from ctdild_desktop.services.assessment import LineEffect, PatientView
from ctdild_desktop.services.page_decision import (
    diagnosis_words,
    implemented_words,
    recommendation_words,
)
from ctdild_desktop.services.page_labs import lab_words
from ctdild_desktop.services.page_parts import dlco_unit
from ctdild_desktop.services.page_words import LENT_HB
from ctdild_desktop.services.pages import page_test, page_therapy
from ctdild_desktop.services.test_table import TestRow

GLUE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryTable:
    """One kind of records, newest first; every cell final text."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def full_history(view: PatientView, *, free_text: bool = True) -> tuple[HistoryTable, ...]:
    """All lung-function tests, therapy, adverse events, scans, visits, results and decisions; pure.

    Args:
        view: of the record up to the day of the meeting; of a pseudonymised pack one without free text.
        free_text: without it, no question and no words of the team are told of its decisions.
    """
    record, today = view.record, view.today
    signed = [one for one in reversed(record.decisions) if one.date <= today]
    return (
        HistoryTable(
            title=_tests_title(view),
            heads=(
                *(say("Date"), f"{wording.measure('fvc')} L", "z", "%"),
                *(f"{wording.measure('fev1')} L", wording.measure("dlco"), "z", "%"),
                *(
                    say("Hb-corr"),
                    f"Hb {wording.haemoglobin_unit()}",
                    f"{wording.measure('tlc')} L",
                    "SpO₂",
                    "mMRC",
                    say("Qual."),
                    say("Note"),
                ),
            ),
            rows=tuple(_test(row, free_text=free_text) for row in view.rows),
        ),
        HistoryTable(
            title=say("Therapy"),
            heads=(
                *(say("Drug"), say("Role"), say("Dates"), say("Doses"), say("Infusions"), say("Stopped")),
                *(say("FVC mL/y before"), say("FVC mL/y on")),
            ),
            rows=tuple(_line(effect, today) for effect in view.lines),
        ),
        HistoryTable(
            title=say("Adverse events"),
            heads=(say("Event"), say("Grade"), say("Onset"), say("End"), say("Suspected"), say("Outcome")),
            rows=tuple(
                _event(record, number, today) for number in reversed(range(len(record.adverse_events)))
            ),
        ),
        HistoryTable(
            title=say("HRCT"),
            heads=(say("Date"), say("Pattern"), say("Reading"), say("Report")),
            rows=tuple(_scan(scan) for scan in reversed(record.hrct)),
        ),
        HistoryTable(
            title=say("Visits"),
            heads=(say("Date"), say("Symptoms"), "mMRC", "SpO₂", say("Nights in hospital")),
            rows=tuple(_visit(visit) for visit in reversed(record.visits)),
        ),
        HistoryTable(
            title=say("Laboratory"),
            heads=(say("Date"), say("Test"), say("Result"), say("Limits")),
            rows=tuple(_lab(lab) for lab in reversed(record.labs)),
        ),
        HistoryTable(
            title=say("Decisions of the team"),
            heads=(
                *(say("Date"), say("Question"), say("Diagnosis"), say("Verdict")),
                *(say("Recommendation"), say("Implemented")),
            ),
            rows=tuple(_decision(one, free_text=free_text) for one in signed),
        ),
    )


def _tests_title(view: PatientView) -> str:
    """``Lung function; DLCO in mL/min/mmHg``, and what a haemoglobin in brackets is where there is one."""
    name, unit = say("Lung function"), dlco_unit(view.derived)
    title = say("{name}; DLCO in {unit}", name=name, unit=unit) if unit else name
    lent = any(test.lent_hb is not None for test in view.derived)
    return joined((title, say(LENT_HB)), "; ") if lent else title


def _or_dash(values: Sequence[str]) -> tuple[str, ...]:
    """A dash says that a value is not recorded."""
    return tuple(value or "–" for value in values)


def _test(row: TestRow, *, free_text: bool) -> tuple[str, ...]:
    test, printed = row.test, page_test(row)
    note = "; ".join(part for part in (row.note, test.comment if free_text else "") if part)
    return (
        *_or_dash(
            (
                *(printed.date, printed.fvc_l, printed.fvc_z, printed.fvc_percent),
                wording.as_typed(test.fev1_l) if test.fev1_l is not None else "",
                *(printed.dlco, printed.dlco_z, printed.dlco_percent, printed.dlco_hb_percent, printed.hb),
                wording.as_typed(test.tlc_l) if test.tlc_l is not None else "",
                *(printed.spo2.replace(" ", GLUE), printed.mmrc, printed.quality.replace(" ", GLUE)),
            )
        ),
        note,
    )


def _line(effect: LineEffect, today: dt.date) -> tuple[str, ...]:
    line, printed = effect.line, page_therapy(effect)
    return _or_dash(
        (
            line.drug_name or effect.drug,
            effect.role,
            printed.dates,
            _doses(line, today),
            ", ".join(wording.day(one.date) for one in line.given_infusions if one.date <= today),
            effect.stop_reason,
            printed.before,
            printed.on,
        )
    )


def _doses(line: TherapyLine, today: dt.date) -> str:
    first = dose_text(line.dose, line.dose_unit, line.frequency)
    steps = [
        f"{dose_text(step.dose, line.dose_unit, line.frequency)} {wording.partial(step.date)}".replace(
            " ", GLUE
        )
        for step in line.dose_changes
        if step.date.earliest <= today
    ]
    return "; ".join(part for part in (first, *steps) if part)


def _event(record: PatientRecord, number: int, today: dt.date) -> tuple[str, ...]:
    event = record.adverse_events[number]
    suspected = [
        codes.drugs().label(line.drug) for line in record.therapy if line.id in event.suspected_lines
    ]
    grade = str(event.grade) if event.grade is not None else ""
    end = wording.partial(event.end) if event.end is not None else ""
    return _or_dash(
        (
            codes.ae_terms().label(event.term),
            ", ".join(part for part in (grade, say("serious") if event.serious else "") if part),
            wording.partial(event.onset),
            end or (say("ongoing") if is_ongoing(event, today) else ""),
            ", ".join(dict.fromkeys(suspected)),
            codes.label("ae_outcome", event.outcome),
        )
    )


def _scan(scan: Hrct) -> tuple[str, ...]:
    day, _, words = texts.scan(scan).partition(": ")
    return _or_dash((day, codes.label("hrct_pattern", scan.pattern), words, scan.report))


def _visit(visit: Visit) -> tuple[str, ...]:
    change = visit.symptom_change
    spo2 = (visit.spo2_rest, visit.spo2_nadir)
    return _or_dash(
        (
            wording.day(visit.date),
            codes.label("symptom_change", change.value) if change is not None else "",
            str(visit.mmrc) if visit.mmrc is not None else "",
            " / ".join(wording.as_typed(one) if one is not None else "–" for one in spo2)
            if any(spo2)
            else "",
            str(visit.admitted_nights) if visit.admitted_nights is not None else "",
        )
    )


def _lab(lab: Lab) -> tuple[str, ...]:
    low, high = (wording.as_typed(one) if one is not None else "" for one in (lab.lln, lab.uln))
    limits = f"{low} – {high} {unit_text(lab.unit)}".strip() if low or high else ""
    return _or_dash((wording.partial(lab.date), lab_name(lab), lab_words(lab), limits))


def _decision(decision: Decision, *, free_text: bool) -> tuple[str, ...]:
    verdict = decision.team_verdict
    return _or_dash(
        (
            wording.day(decision.date),
            decision.question if free_text else "",
            diagnosis_words(decision, free_text=free_text),
            say_in("team_verdict", codes.label("team_verdict", verdict)) if verdict else "",
            recommendation_words(decision, free_text=free_text),
            implemented_words(decision, free_text=free_text),
        )
    )
