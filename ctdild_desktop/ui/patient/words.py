"""Assessments in the words of the strip and the Why panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.criteria import is_diagnosis
from ctdild_desktop.clinical.derived import DerivedTest
from ctdild_desktop.clinical.probability import Probability, shown
from ctdild_desktop.clinical.verdict import Assessment, Evidence, Verdict
from ctdild_desktop.figures.scene import Scale
from ctdild_desktop.language import say
from ctdild_desktop.services.answers import (
    Group,
    key_number,
    own_sentences,
    same_tests,
    shared_sentences,
    short_number,
    short_word,
    tells_pair,
    verdict_word,
)
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.test_table import TestRow
from ctdild_desktop.services.texts import NOT_RECORDED


@dataclass(frozen=True, slots=True)
class ChipWords:
    """The texts of a chip, shorter ones for where there is little room, and how a screen reader says it."""

    caption: str
    word: str
    number: str
    spoken: str
    short: tuple[str, str, str]
    """The same in as few letters as can be understood."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("PatientPage", text)


def chip_words(cell: Group) -> ChipWords:
    """Name with window or need, the verdict's word, and the number that it rests on.

    Criteria that do not apply for one reason share a cell, which names them all.
    """
    assessment = cell.first
    caption = cell.titles
    word = verdict_word(assessment)
    if assessment.verdict is Verdict.NOT_APPLICABLE:
        return ChipWords(caption, word, "", f"{caption}, {word.lower()}", (caption, word, ""))
    if assessment.verdict is Verdict.CANNOT_ASSESS and assessment.needs:
        need = wording.say(assessment.needs[0])
        for before_date in (_tr(" since "), _tr(" on or before ")):  # the date stands in the reasons
            need = need.partition(before_date)[0]
        caption = _tr("{title}, needs {need}").format(title=assessment.title, need=need)
    elif assessment.window_months is not None:
        caption = _tr("{title}, {months} mo").format(title=assessment.title, months=assessment.window_months)
    number = "" if assessment.verdict is Verdict.CANNOT_ASSESS else key_number(assessment)
    spoken = ", ".join(
        part for part in (caption, word.lower(), number.replace("−", _tr("minus") + " ")) if part
    )
    short = (assessment.title, short_word(assessment), short_number(number))
    return ChipWords(caption, word, number, spoken, short)


@dataclass(frozen=True, slots=True)
class Remark:
    """A quiet line below a verdict's reasons, with where it comes from."""

    words: str
    source: str


def probability_remarks(found: Probability) -> tuple[Remark, ...]:
    """The probability of a true fall of FVC in a line, with model, priors and source; none if unknown."""
    if not found.known:
        return ()
    limit, chance = "10 %", found.fall_10_percent or 0.0
    if found.fall_5_points is not None:
        limit, chance = _tr("5 points"), found.fall_5_points
    words = _tr("Probability that the true fall over 12 months is at least {limit}: {chance}, from {n} tests")
    details = (*found.because, *found.priors)
    source = "\n".join([f"{found.model}.", *(wording.say(line) for line in details), found.source])
    return (Remark(words.format(limit=limit, chance=shown(chance), n=found.n), source),)


def why_words(group: Group, told: Sequence[Evidence] = (), *, rich: bool = False) -> tuple[str, ...]:
    """The reasons of a group: what is needed, what all its criteria say, and what each says besides.

    Two tests that an earlier paragraph already compared (``told``) are named, not computed again.
    """
    first = group.first
    made = []
    if first.needs:
        needs = "; ".join(wording.say(need).rstrip(".") for need in first.needs)
        made.append(f"{_heading(_tr('Needs:'), rich)} {_escaped(needs, rich)}.")
    shared = list(shared_sentences(group))
    if any(same_tests(group.pair, pair) for pair in told) and shared and tells_pair(shared[0], group.pair):
        shared = shared[1:]
        made.append(_escaped(_tr("Same two tests: {number}.").format(number=_pair_number(group)), rich))
    if shared:
        made.append(_escaped(" ".join(wording.say(line) for line in shared), rich))
    for titles, lines in own_sentences(group):
        body = _escaped(" ".join(wording.say(line) for line in lines), rich)
        alone = len(group.answers) == 1
        made.append(body if alone else f"{_heading(titles + ':', rich)} {body}")
    return tuple(made)


def _pair_number(group: Group) -> str:
    pair = group.pair
    name = wording.measure(pair.measure) if pair is not None else ""
    return f"{name} {key_number(group.first)}".strip()


def _heading(text: str, rich: bool) -> str:
    return f"<b>{_escaped(text, rich)}</b>" if rich else text


def _escaped(text: str, rich: bool) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") if rich else text


def possible_scales(derived: Sequence[DerivedTest]) -> dict[Scale, str]:
    """Why each scale cannot be shown: sex, height or birth date missing, say; empty where it can.

    Without any test every scale can.
    """
    values = [value for test in derived for value in (test.fvc, test.dlco)]
    why = next((value.why_not for value in values if value.why_not), _tr("no test has it"))
    shown = {
        Scale.LITRES: any(test.fvc.value is not None for test in derived),
        Scale.PERCENT: any(value.percent is not None for value in values),
        Scale.Z: any(value.z is not None for value in values),
    }
    return {scale: "" if can or not derived else why for scale, can in shown.items()}


def missing_kinds(assessment: Assessment) -> tuple[str, ...]:
    """Kinds of records that a criterion lacks: of the domains it cannot tell, else a test; and the diagnosis,
    where it asks for that.
    """
    if assessment.verdict is not Verdict.CANNOT_ASSESS or not assessment.needs:
        return ()
    diagnosis = [need for need in assessment.needs if is_diagnosis(need)]
    kinds = {"physiology": "test", "symptoms": "visit", "radiology": "hrct"}
    open_domains = [part.name for part in assessment.domains if part.verdict is Verdict.CANNOT_ASSESS]
    found = [kinds[name] for name in open_domains if name in kinds]
    if not assessment.domains and len(assessment.needs) > len(diagnosis):
        found = ["test"]
    return (*found, "diagnosis") if diagnosis else tuple(found)


def pair_change(earlier: TestRow, later: TestRow) -> str:
    """What changed between two tests: litres, points and relative, each measure that both have.

    Uncorrected values are compared as recorded; nothing is compared across different reference sets.
    """
    parts = []
    first, last = earlier.derived, later.derived
    for name, before, after, unit, places in (
        ("fvc", first.fvc, last.fvc, "L", 2),
        ("dlco", first.dlco, last.dlco, first.dlco.unit, 1),
    ):
        words = []
        if before.value is not None and after.value is not None and before.unit == after.unit:
            words.append(f"{wording.signed(after.value - before.value, places)} {unit}")
        same = before.reference_set == after.reference_set
        if same and before.percent and after.percent is not None:
            change = after.percent - before.percent
            words.append(_tr("{points} points").format(points=wording.signed(change, 1)))
            words.append(f"{wording.signed(100 * change / before.percent, 1)} %")
        elif before.percent is not None and after.percent is not None:
            words.append(_tr("% predicted not comparable: different reference sets"))
        if words:
            parts.append(f"{wording.measure(name)} {', '.join(words)}")
    span = f"{wording.day(earlier.test.date)} → {wording.day(later.test.date)}"
    return f"{span}: {'; '.join(parts)}" if parts else _tr("{span}: nothing to compare").format(span=span)


def reference_words(pair: Evidence | None) -> tuple[str, ...]:
    """Which test the changes are counted from, in full and in fewer words."""
    if pair is None:
        return (_tr("No reference test"),)
    day = wording.day(pair.baseline.date)
    return (
        _tr("Reference: {value}").format(value=reference_value(pair)),
        _tr("Reference {day}").format(day=day),
        _tr("Ref. {day}").format(day=day),
    )


def reference_value(pair: Evidence) -> str:
    """The reference test of a pair: ``FVC 72.8 %, 09.12.2024``."""
    litres = pair.basis == "litres"
    unit = "L" if litres else "%" if pair.basis.startswith("percent") else ""
    shown = f"{wording.number(pair.baseline.value, 2 if litres else 1)} {unit}".strip()
    return f"{wording.measure(pair.measure)} {shown}, {wording.day(pair.baseline.date)}"


def smoking_fact(view: PatientView) -> str:
    """What is known of smoking, beside a caption that names it."""
    answer = view.record.patient.smoking
    if answer is None:
        return say(NOT_RECORDED)
    return codes.label("smoking", answer) if answer == "unknown" else view.header.smoking


def facts(view: PatientView) -> tuple[tuple[str, str], ...]:
    """Captions and values of the key facts."""
    header = view.header
    scans = [scan.date for scan in view.record.hrct]
    detail = header.ild_gap_detail
    return (
        (_tr("ILD-GAP"), f"{header.ild_gap} ({detail})" if detail else header.ild_gap),
        (_tr("Last HRCT"), wording.day(max(scans)) if scans else _tr("not recorded")),
        (_tr("Smoking"), smoking_fact(view)),
        (_tr("Consent"), header.consent),
        (_tr("Evidence"), _tr("on disease and drugs")),
    )


def remarks_on_tests(rows: Sequence[TestRow], measure: str) -> dict[str, str]:
    """What the read-out says of each test besides its values: grades, laboratory, change to the reference."""
    made = {}
    for row in rows:
        test = row.test
        parts = []
        if test.fvc_grade or test.dlco_grade:
            grades = f"{test.fvc_grade or '–'} / {test.dlco_grade or '–'}"
            parts.append(_tr("quality {grades}").format(grades=grades))
        if test.laboratory:
            parts.append(_tr("lab {name}").format(name=test.laboratory))
        change = row.fvc_to_reference if measure == "fvc" else row.dlco_to_reference
        if row.is_reference:
            parts.append(_tr("the reference"))
        elif change is not None:
            told = _tr("{measure} to reference {change} %")
            parts.append(told.format(measure=wording.measure(measure), change=wording.signed(change, 1)))
        if parts:
            made[test.id] = " · ".join(parts)
    return made
