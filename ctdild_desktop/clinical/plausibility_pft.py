"""Plausibility of the values of one lung-function test, alone and against the test before.

All limits are decisions of the registry. Those of a change since the last test allow for the variation of FVC
from year to year, up to 15 % (Pellegrino 2005, doi 10.1183/09031936.05.00035205).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.code_fields import code_issues
from ctdild_desktop.clinical.dates import add_months, completed_years
from ctdild_desktop.clinical.issues import Fix, Issue, Severity, refused, unlikely
from ctdild_desktop.clinical.limits import check_value, dlco_limits, field_limits, nadir_above_rest
from ctdild_desktop.clinical.prediction import predict
from ctdild_desktop.clinical.records import DlcoUnit, Patient, Pft
from ctdild_desktop.clinical.reference import known_sets
from ctdild_desktop.clinical.series import computed_percent, fvc_percent, unusable_dlco, unusable_fvc
from ctdild_desktop.clinical.units import dlco_in
from ctdild_desktop.language import say

_LIMITED = (
    "height_cm",
    "weight_kg",
    "fvc_l",
    "fvc_pct_pred",
    "fvc_pred_l",
    "fev1_l",
    "fev1_pct_pred",
    "dlco_pct_pred",
    "hb_g_l",
    "tlc_l",
    "va_l",
    "kco",
    "spo2_rest",
    "spo2_nadir",
)
_MEASURED = (
    "fvc_l",
    "fvc_pct_pred",
    "fev1_l",
    "fev1_pct_pred",
    "dlco",
    "dlco_pct_pred",
    "hb_g_l",
    "tlc_l",
    "va_l",
    "kco",
    "spo2_rest",
    "spo2_nadir",
    "kco_pct_pred",
)
_OTHER_UNIT = {DlcoUnit.TRADITIONAL: DlcoUnit.SI, DlcoUnit.SI: DlcoUnit.TRADITIONAL}


def pft_issues(draft: Pft, patient: Patient, others: Sequence[Pft]) -> list[Issue]:
    """Findings about everything in a test but its date; ``others`` are the patient's other tests."""
    limits = field_limits()
    issues = [
        found
        for field in _LIMITED
        if (found := check_value(field, getattr(draft, field), limits[field])) is not None
    ]
    issues += _completeness(draft)
    issues += _codes(draft)
    issues += _volumes(draft)
    issues += _transfer_factor(draft, others)
    issues += _percentages(draft, patient)
    # A value that is refused anyway, or asked about as another unit, is not compared as well.
    settled = {issue.field for issue in issues if issue.hard or issue.code == "UNIT"}
    issues += [issue for issue in _against_last(draft, patient, others) if issue.field not in settled]
    issues += nadir_above_rest(draft.spo2_rest, draft.spo2_nadir)
    return issues


def last_before(draft: Pft, others: Sequence[Pft], unusable: Callable[[Pft], str | None]) -> Pft | None:
    """The latest usable test before the draft's day."""
    earlier = [test for test in others if test.date < draft.date and unusable(test) is None]
    return max(earlier, key=lambda test: (test.date, test.entered), default=None)


def _completeness(draft: Pft) -> list[Issue]:
    issues = []
    reasons = (draft.not_done_fvc, draft.not_done_dlco)
    if all(getattr(draft, field) is None for field in _MEASURED) and not any(reasons):
        text = "Nothing is entered: a value is needed, or the reason why the test was not done."
        issues.append(refused("fvc_l", "MISSING", text))
    if draft.dlco is not None and draft.dlco_unit is None:
        issues.append(refused("dlco_unit", "MISSING", "DLCO needs its unit."))
    if draft.not_done_fvc and (draft.fvc_l is not None or draft.fvc_pct_pred is not None):
        text = "FVC has a value and a reason why it was not done."
        issues.append(refused("not_done_fvc", "CONTRADICTION", text))
    if draft.not_done_dlco and (draft.dlco is not None or draft.dlco_pct_pred is not None):
        text = "DLCO has a value and a reason why it was not done."
        issues.append(refused("not_done_dlco", "CONTRADICTION", text))
    if draft.excluded and not draft.exclusion_reason.strip():
        text = "A test that is left out of the criteria needs the reason."
        issues.append(refused("exclusion_reason", "MISSING", text))
    return issues


def _codes(draft: Pft) -> list[Issue]:
    issues = list(code_issues(draft))
    named = draft.reference_set
    if named is not None and named not in known_sets() and not named.startswith("LOCAL:"):
        issues.append(
            refused("reference_set", "CODE", say("{named} is not a known reference set.", named=named))
        )
    return issues


def _volumes(draft: Pft) -> list[Issue]:
    issues = []
    fvc, fev1, tlc = draft.fvc_l, draft.fev1_l, draft.tlc_l
    if fvc is not None and fev1 is not None and fvc > 0:
        if fev1 > fvc:
            text = say(
                "FEV1 {fev1} L is larger than FVC {fvc} L.",
                fev1=wording.as_typed(fev1),
                fvc=wording.as_typed(fvc),
            )
            issues.append(refused("fev1_l", "CONTRADICTION", text))
        elif fev1 * 100 < 15 * fvc:
            issues.append(refused("fev1_l", "RANGE", "FEV1/FVC must be at least 0.15."))
        elif fev1 * 100 < 40 * fvc:
            issues.append(unlikely("fev1_l", "UNUSUAL", "FEV1/FVC below 0.40 is unusual."))
    if fvc is not None and tlc is not None and tlc < fvc:
        text = say(
            "TLC {tlc} L is smaller than FVC {fvc} L.", tlc=wording.as_typed(tlc), fvc=wording.as_typed(fvc)
        )
        issues.append(refused("tlc_l", "CONTRADICTION", text))
    return issues


def _transfer_factor(draft: Pft, others: Sequence[Pft]) -> list[Issue]:
    """Range in its unit, and the suspicion that the value is in the other unit (factor 2.987)."""
    if draft.dlco is None or draft.dlco_unit is None:
        return []
    unit = draft.dlco_unit
    other = _OTHER_UNIT[unit]
    last = last_before(draft, others, unusable_dlco)
    if last is not None and last.dlco is not None and last.dlco_unit is not None:
        before = dlco_in(last.dlco, last.dlco_unit, unit)
        low, high = dlco_limits(other).hard
        higher, lower = (before, draft.dlco) if unit is DlcoUnit.TRADITIONAL else (draft.dlco, before)
        if low <= draft.dlco <= high and lower * 25 <= higher * 10 <= lower * 35:
            text = say(
                "DLCO {dlco} {unit} after {before} on {date}: was it in {other}?",
                dlco=wording.as_typed(draft.dlco),
                unit=unit.value,
                before=wording.number(before, 1),
                date=wording.day(last.date),
                other=other.value,
            )
            fix = Fix(say("Unit {other}", other=other.value), other.value, field="dlco_unit")
            return [Issue("dlco", Severity.SOFT, "UNIT", text, fix)]
    found = check_value("dlco", draft.dlco, dlco_limits(unit))
    return [] if found is None else [found]


def _percentages(draft: Pft, patient: Patient) -> list[Issue]:
    """A typed % predicted against the one that follows from the value: more than 5 points apart."""
    issues = []
    for field, name, equation, value in (
        ("fvc_pct_pred", "FVC", "FVC", draft.fvc_l),
        ("fev1_pct_pred", "FEV1", "FEV1", draft.fev1_l),
        ("dlco_pct_pred", "DLCO", "TLCO" if draft.dlco_unit is DlcoUnit.SI else "DLCO", draft.dlco),
    ):
        typed: Decimal | None = getattr(draft, field)
        if typed is None or value is None:
            continue
        if field == "fvc_pct_pred" and draft.fvc_pred_l:
            expected: Fraction | None = Fraction(value) * 100 / Fraction(draft.fvc_pred_l)
        else:
            expected = computed_percent(equation, value, draft, patient)
        if expected is not None and abs(Fraction(typed) - expected) > 5:
            found = predict(equation, draft, patient).limits
            source = (
                say(" by {reference_set}", reference_set=found.reference_set)
                if found is not None and not draft.fvc_pred_l
                else ""
            )
            text = say(
                "{name} {typed} % is typed, but the value is {expected} % predicted{source}: "
                "other reference set, or a typing error?",
                name=name,
                typed=wording.as_typed(typed),
                expected=wording.number(expected, 1),
                source=source,
            )
            issues.append(unlikely(field, "CONTRADICTION", text))
    return issues


def _against_last(draft: Pft, patient: Patient, others: Sequence[Pft]) -> list[Issue]:
    issues: list[Issue] = []
    last = last_before(draft, others, unusable_fvc)
    if last is not None:
        issues += _fvc_change(draft, last, patient)
    last_dlco = last_before(draft, others, unusable_dlco)
    if last_dlco is not None and last_dlco.date >= add_months(draft.date, -3):
        issues += _dlco_change(draft, last_dlco)
    issues += _height_change(draft, patient, others)
    if last is not None:
        same = [
            (getattr(draft, field), getattr(last, field))
            for field in ("fvc_l", "fev1_l", "dlco")
            if getattr(draft, field) is not None
        ]
        if len(same) >= 2 and all(new == old for new, old in same):
            text = say("All values equal those of {date}: copied?", date=wording.day(last.date))
            issues.append(unlikely("fvc_l", "UNUSUAL", text))
    return issues


def _fvc_change(draft: Pft, last: Pft, patient: Patient) -> list[Issue]:
    recent = last.date >= add_months(draft.date, -3)
    litres = draft.fvc_l is not None and last.fvc_l is not None
    if draft.fvc_l is not None and last.fvc_l is not None and recent:
        change = draft.fvc_l - last.fvc_l
        if abs(change) > Decimal("0.50") or abs(change) * 100 > 15 * last.fvc_l:
            text = _large("FVC", wording.signed(change, 2), "L", last)
            return [unlikely("fvc_l", "CHANGE", text)]
    now, before = fvc_percent(draft, patient), fvc_percent(last, patient)
    if now is None or before is None:
        return []
    points = now.value - before.value
    if litres and draft.fvc_l is not None and last.fvc_l is not None:
        moved = draft.fvc_l - last.fvc_l
        if abs(points) > 5 and moved * (1 if points > 0 else -1) < 0:
            text = say(
                "FVC moved by {moved} L but by {points} points of % predicted since {date}: "
                "other reference set or height?",
                moved=wording.signed(moved, 2),
                points=wording.signed(points, 1),
                date=wording.day(last.date),
            )
            return [unlikely("fvc_pct_pred" if draft.fvc_pct_pred is not None else "fvc_l", "CHANGE", text)]
    elif recent and before.value > 0 and abs(points) * 100 > 15 * before.value:
        text = _large("FVC", wording.signed(points, 1), "points of % predicted", last)
        return [unlikely("fvc_pct_pred" if draft.fvc_pct_pred is not None else "fvc_l", "CHANGE", text)]
    return []


def _dlco_change(draft: Pft, last: Pft) -> list[Issue]:
    if draft.dlco is not None and last.dlco is not None and draft.dlco_unit and last.dlco_unit:
        before = dlco_in(last.dlco, last.dlco_unit, draft.dlco_unit)
        change = draft.dlco - before
        if abs(change) * 100 > 25 * before:
            text = _large("DLCO", wording.signed(change, 1), draft.dlco_unit.value, last)
            return [unlikely("dlco", "CHANGE", text)]
    elif draft.dlco_pct_pred is not None and last.dlco_pct_pred is not None:
        change = draft.dlco_pct_pred - last.dlco_pct_pred
        if abs(change) * 100 > 25 * last.dlco_pct_pred:
            text = _large("DLCO", wording.signed(change, 1), "points of % predicted", last)
            return [unlikely("dlco_pct_pred", "CHANGE", text)]
    return []


def _height_change(draft: Pft, patient: Patient, others: Sequence[Pft]) -> list[Issue]:
    """An adult's height against the last one measured, else the patient's."""
    if draft.height_cm is None:
        return []
    birth = patient.birth_date.latest if patient.birth_date is not None else None
    if birth is not None and birth <= draft.date and completed_years(birth, draft.date) < 18:
        return []
    measured = [test for test in others if test.height_cm is not None and test.date < draft.date]
    latest = max(measured, key=lambda test: (test.date, test.entered), default=None)
    before = latest.height_cm if latest is not None else patient.height_cm
    if before is None or abs(draft.height_cm - before) <= 3:
        return []
    text = say("Height changed by {height_cm} cm.", height_cm=wording.signed(draft.height_cm - before, 1))
    return [unlikely("height_cm", "CHANGE", text)]


def _large(name: str, change: str, unit: str, last: Pft) -> str:
    return say(
        "{name} changed by {change} {unit} since {date}: large change, repeat or confirm.",
        name=name,
        change=change,
        unit=unit,
        date=wording.day(last.date),
    )
