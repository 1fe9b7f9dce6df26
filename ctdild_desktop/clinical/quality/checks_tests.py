"""Lung-function tests that are unlikely, contradict themselves, or stand apart from the test before.

Limits are those of ``clinical.plausibility_pft`` and ``clinical.comparability``. That KCO may differ from
DLCO/VA by 3 % is a decision of the registry: both are printed rounded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.comparability import differences
from ctdild_desktop.clinical.core_set import State
from ctdild_desktop.clinical.haemoglobin import Haemoglobin, haemoglobins_of
from ctdild_desktop.clinical.issues import Issue
from ctdild_desktop.clinical.plausibility import check_pft
from ctdild_desktop.clinical.quality.conditions import has_dlco, has_fvc
from ctdild_desktop.clinical.quality.finding import Finding
from ctdild_desktop.clinical.quality.lines import when
from ctdild_desktop.clinical.records import DlcoUnit, Patient, PatientRecord, Pft
from ctdild_desktop.clinical.series import computed_percent, lent_haemoglobin, unusable_dlco
from ctdild_desktop.language import say

_PERCENTS = ("fvc_pct_pred", "fev1_pct_pred", "dlco_pct_pred")
_LOW_FVC, _LOW_DLCO = frozenset("DEFU"), frozenset("DF")
_KCO_PERCENT = 3
_OTHER_CONDITIONS = frozenset({"HEIGHT", "DLCO_UNIT", "HB_CORRECTION", "BRONCHODILATOR"})
_Answer = tuple[State, str]
_GOOD: _Answer = (State.GOOD, "")
_CANNOT_TELL: _Answer = (State.SAID, "")


def test_findings(record: PatientRecord, as_of: dt.date) -> Iterator[Finding]:
    """What the checks of lung-function tests answer about one patient."""
    haemoglobins = haemoglobins_of(record.labs)
    before: Pft | None = None
    for test in record.tests:
        days = when(test.date)
        answers = (
            *_entered(test, record, as_of),
            *_values(test, record.patient, haemoglobins),
            *_twice(test, record.tests),
            *(() if before is None else _against(before, test, record.patient, haemoglobins)),
        )
        for check, (state, detail) in answers:
            yield Finding(check, "test", test.id, days, state, detail)
        if has_fvc(test) or has_dlco(test):
            before = test


def _entered(test: Pft, record: PatientRecord, as_of: dt.date) -> Iterator[tuple[str, _Answer]]:
    """What the form asks about, or refuses."""
    issues = [issue for issue in check_pft(test, record.patient, record.tests, as_of) if issue.code != "DATE"]
    unlikely = [
        issue for issue in issues if not issue.hard and issue.code not in {"CONTRADICTION", "MISSING"}
    ]
    confirmed = frozenset(test.confirmed_unusual)
    yield "confirmed", _told(issue for issue in unlikely if issue.field in confirmed)
    imported = test.source_format != "typed"
    nobody = _told(issue for issue in unlikely if issue.field not in confirmed)
    yield ("open_imported" if imported else "open_typed"), nobody
    against = [issue for issue in issues if issue.hard or issue.code == "CONTRADICTION"]
    if test.fev1_l is not None or test.fvc_l is not None:
        yield "fev1_above_fvc", _fev1(test)
    above = _fev1(test)[0] is State.LACKING
    rest = [
        issue for issue in against if issue.field not in _PERCENTS and not (above and issue.field == "fev1_l")
    ]
    yield "contradiction", _told(rest)
    if any(getattr(test, field) is not None for field in _PERCENTS):
        found = [issue for issue in against if issue.field in _PERCENTS and issue.code == "CONTRADICTION"]
        yield "printed_percent", _told(found) if found else _computable(test, record.patient)


def _told(issues: Iterable[Issue]) -> _Answer:
    texts = dict.fromkeys(issue.text for issue in issues)
    return (State.LACKING, " ".join(texts)) if texts else _GOOD


def _fev1(test: Pft) -> _Answer:
    if test.fev1_l is None or test.fvc_l is None:
        return _CANNOT_TELL
    if test.fev1_l <= test.fvc_l:
        return _GOOD
    return State.LACKING, say(
        "FEV1 {fev1} L is larger than FVC {fvc} L.",
        fev1=wording.as_typed(test.fev1_l),
        fvc=wording.as_typed(test.fvc_l),
    )


def _computable(test: Pft, patient: Patient) -> _Answer:
    """In order where each printed percentage could be computed, too."""
    for field, equation, value in (
        ("fvc_pct_pred", "FVC", test.fvc_l),
        ("fev1_pct_pred", "FEV1", test.fev1_l),
        ("dlco_pct_pred", "TLCO" if test.dlco_unit is DlcoUnit.SI else "DLCO", test.dlco),
    ):
        if getattr(test, field) is None:
            continue
        by_predicted = field == "fvc_pct_pred" and test.fvc_pred_l and test.fvc_l is not None
        if not by_predicted and computed_percent(equation, value, test, patient) is None:
            return _CANNOT_TELL
    return _GOOD


def _values(
    test: Pft, patient: Patient, haemoglobins: Sequence[Haemoglobin]
) -> Iterator[tuple[str, _Answer]]:
    if test.dlco is not None and test.kco is not None:
        yield "kco_ratio", _kco(test)
    if unusable_dlco(test) is None:
        known = test.dlco_hb_corrected is True or test.hb_g_l is not None
        known = known or lent_haemoglobin(test, haemoglobins) is not None
        yield "dlco_without_hb", _GOOD if known else (State.LACKING, "")
    for check, present, grade, low in (
        ("fvc_grade", has_fvc(test), test.fvc_grade, _LOW_FVC),
        ("dlco_grade", has_dlco(test), test.dlco_grade, _LOW_DLCO),
    ):
        if present:
            yield check, _graded(grade, low)


def _graded(grade: str | None, low: frozenset[str]) -> _Answer:
    if grade is None:
        return _CANNOT_TELL
    return (State.LACKING, say("grade {grade}", grade=grade)) if grade in low else _GOOD


def _kco(test: Pft) -> _Answer:
    """DLCO/VA in the unit of DLCO by litre, as KCO is recorded."""
    if test.dlco is None or test.kco is None or not test.va_l:
        return _CANNOT_TELL
    ratio, kco = Fraction(test.dlco) / Fraction(test.va_l), Fraction(test.kco)
    if abs(ratio - kco) * 100 <= _KCO_PERCENT * kco:
        return _GOOD
    return State.LACKING, say(
        "KCO {kco}, but DLCO/VA is {ratio}.", kco=wording.as_typed(test.kco), ratio=wording.number(ratio, 2)
    )


def _twice(test: Pft, tests: Sequence[Pft]) -> Iterator[tuple[str, _Answer]]:
    values = (test.fvc_l, test.fvc_pct_pred, test.fev1_l, test.dlco, test.dlco_pct_pred)
    if all(value is None for value in values):
        return
    same = any(
        other.id != test.id
        and other.date == test.date
        and (other.fvc_l, other.fvc_pct_pred, other.fev1_l, other.dlco, other.dlco_pct_pred) == values
        for other in tests
    )
    yield "same_test", (State.LACKING, "") if same else _GOOD


def _against(
    before: Pft, test: Pft, patient: Patient, haemoglobins: Sequence[Haemoglobin]
) -> Iterator[tuple[str, _Answer]]:
    if not has_fvc(test) and not has_dlco(test):
        return
    cautions = {one.code: wording.say(one.text) for one in differences(before, test, patient, haemoglobins)}
    both = (has_fvc(before) and has_fvc(test)) or (has_dlco(before) and has_dlco(test))
    if both:
        yield "other_reference", _reference(before, test, cautions)
    yield "other_device", _device(before, test)
    told = [text for code, text in cautions.items() if code in _OTHER_CONDITIONS]
    yield "other_conditions", (State.LACKING, " ".join(told)) if told else _GOOD


def _reference(before: Pft, test: Pft, cautions: dict[str, str]) -> _Answer:
    if before.reference_set is None or test.reference_set is None:
        return _CANNOT_TELL
    text = cautions.get("REFERENCE_SET")
    return (State.LACKING, text) if text else _GOOD


def _device(before: Pft, test: Pft) -> _Answer:
    """Compared is what both name; a laboratory against a device says nothing."""
    pairs = (
        (before.laboratory.strip(), test.laboratory.strip()),
        (before.device.strip(), test.device.strip()),
    )
    differing = [pair for pair in pairs if all(pair) and pair[0].casefold() != pair[1].casefold()]
    if differing:
        told = [say("{first}, then {last}.", first=first, last=last) for first, last in differing]
        return State.LACKING, " ".join(told)
    return (
        _GOOD
        if all(bool(one) == bool(other) for one, other in pairs) and any(map(any, pairs))
        else _CANNOT_TELL
    )
