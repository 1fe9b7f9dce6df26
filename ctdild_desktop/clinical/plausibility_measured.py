"""Plausibility of blood results, antibodies, tests of the heart and scores of questionnaires as records.

The limits of single blood results are those of :mod:`ctdild_desktop.clinical.plausibility_labs`. How far a
value may lie from the last one before it is asked about, and the limits of the heart, are decisions of the
registry, kept wide. A unit that the list of tests does not know for a test is refused: its value could not be
compared with any other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.absence import absence_issues
from ctdild_desktop.clinical.code_fields import code_issues
from ctdild_desktop.clinical.event_date import event_date
from ctdild_desktop.clinical.issues import Fix, Issue, Severity, refused, unlikely
from ctdild_desktop.clinical.limits import Limits, UnitGuess, check_value, plain
from ctdild_desktop.clinical.plausibility_labs import check_blood_count, check_lab
from ctdild_desktop.clinical.records import HeartTest, Lab, Patient, Pro, Serology
from ctdild_desktop.clinical.units import accepted, canonical, stored_unit, to_stored
from ctdild_desktop.language import remembered, say

STEADY_TIMES = 3
"""A test whose value is held steady by the body is asked about from this multiple of the last value."""
OTHER_TIMES = 10
"""Any other test is asked about from this multiple of the last value."""
ANA_TITRE = 320
"""A negative antinuclear antibody is asked about from this titre."""
_STEADY = frozenset(
    {"hb", "mcv", "creatinine", "egfr", "potassium", "albumin", "igg", "iga", "igm", "c3", "c4", "hba1c"}
)
_NEAR_PERCENT = 30
_COUNTED = frozenset({"wbc", "neutrophils", "lymphocytes"})
_OF_CATHETER = ("mpap_mmhg", "pvr_wu", "pawp_mmhg")
_OF_ECHO = ("tapse_mm", "lvef_percent")


def units_of(test: str) -> tuple[str, ...]:
    """The units that a laboratory test may be recorded in, the usual one first; empty where any will do."""
    listed = codes.labs().get(test)
    if listed is None or not listed.unit:
        return ()
    others = accepted(listed.quantity) if listed.quantity else ()
    return (listed.unit, *(unit for unit, _factor in others))


def lab_name(lab: Lab) -> str:
    """What a result is called: the name in the list, or the one that was typed where the list has none."""
    return lab.test_name.strip() or codes.labs().label(lab.test)


def comparable_value(lab: Lab) -> Decimal | None:
    """The value in the usual unit of the test; None without one, or where the true value lies beyond it."""
    known = units_of(lab.test)
    if lab.value is None or lab.detection is not None or canonical(lab.unit) not in known:
        return None
    listed = codes.labs().get(lab.test)
    assert listed is not None
    return to_stored(listed.quantity, lab.value, lab.unit) if listed.quantity else lab.value


def previous_lab(lab: Lab, others: Iterable[Lab]) -> Lab | None:
    """The latest earlier result of the same test that can be compared with this one."""
    found = [
        other
        for other in others
        if other.id != lab.id
        and other.test == lab.test
        and other.date.latest < lab.date.earliest
        and comparable_value(other) is not None
    ]
    return max(found, key=lambda other: other.date.earliest, default=None)


def check_lab_record(
    draft: Lab, patient: Patient, others: Sequence[Lab], today: dt.date
) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in one result; ``others`` are the patient's other results."""
    issues = [*event_date("date", draft.date, "The sample", patient, today)]
    name = wording.capital(lab_name(draft))
    if not draft.test.strip():
        issues.append(refused("test", "MISSING", "A test is needed."))
    elif draft.test not in codes.labs():
        issues.append(refused("test", "CODE", say("{test} is not in the list of tests.", test=draft.test)))
    elif draft.test == "other" and not draft.test_name.strip():
        issues.append(refused("test_name", "MISSING", "Name the test that the list lacks."))
    issues += _something(draft)
    if draft.value is None and draft.detection is not None:
        issues.append(refused("value", "MISSING", "A limit of the method needs its number."))
    issues += _never_negative(draft, name)
    if not any(issue.hard for issue in issues):
        issues += _number_issues(draft, name)
        issues += _against_last(draft, name, others)
        same = (other for other in others if _same_sample(draft, other))
        issues += [_twice("value", lab_name(draft), draft.date.earliest) for _other in [*same][:1]]
    return (*issues, *code_issues(draft), *absence_issues(draft))


def check_labs(
    drafts: Sequence[Lab], patient: Patient, others: Sequence[Lab], today: dt.date
) -> tuple[Issue, ...]:
    """Everything wrong or unlikely in the results of one sample that are kept together.

    The finding about a value is named by the code of its test (``hb``), that about another field by both
    (``hb_unit``); the date is one for all.
    """
    issues: list[Issue] = []
    if not drafts:
        issues.append(refused("date", "MISSING", "A result is needed."))
    for draft in drafts:
        for issue in check_lab_record(draft, patient, others, today):
            named = replace(issue, field=panel_field(draft.test, issue.field))
            if issue.fix is not None and issue.fix.field:
                field = panel_field(draft.test, issue.fix.field)
                named = replace(named, fix=replace(issue.fix, field=field))
            issues.append(named)
    seen: set[tuple[str, str]] = set()
    for draft in drafts:
        key = (draft.test, draft.test_name.strip().casefold())
        if key in seen:
            issues.append(
                refused(
                    draft.test,
                    "TWICE",
                    say("{draft} is given twice.", draft=wording.capital(lab_name(draft))),
                )
            )
        seen.add(key)
    counted = {
        draft.test: value
        for draft in drafts
        if draft.test in _COUNTED and (value := comparable_value(draft)) is not None
    }
    return tuple(dict.fromkeys((*issues, *check_blood_count(counted))))


def panel_field(test: str, field: str) -> str:
    """What a field of one record is called in a panel of several: ``hb`` for the result, ``hb_unit``."""
    if field in {"date", "laboratory"}:
        return field
    return test if field in {"value", "result", "text", "test", "detection"} else f"{test}_{field}"


def _something(draft: Lab) -> list[Issue]:
    given = draft.value is not None or draft.result is not None or draft.text.strip() or draft.absent
    return [] if given else [refused("value", "MISSING", "A result is needed.")]


def _never_negative(draft: Lab | Serology, name: str) -> Iterator[Issue]:
    if draft.value is not None and draft.value < 0:
        yield refused("value", "RANGE", say("{name} cannot be negative.", name=name))
    lower = draft.lln if isinstance(draft, Lab) else None
    for field, words, value in (("lln", "lower", lower), ("uln", "upper", draft.uln)):
        if value is not None and value < 0:
            yield refused(
                field, "RANGE", say("The {words} limit of {name} cannot be negative.", words=words, name=name)
            )
    if lower is not None and draft.uln is not None and lower > draft.uln:
        yield refused(
            "uln", "CONTRADICTION", say("The lower limit of {name} lies above the upper one.", name=name)
        )


def _number_issues(draft: Lab, name: str) -> list[Issue]:
    """Unit and size of a number."""
    known = units_of(draft.test)
    if draft.value is None or not known:
        return []
    if canonical(draft.unit) not in known:
        unit = draft.unit.strip()
        text = (
            "{unit} is not a unit of {name}; known are {known}."
            if unit
            else "{name} needs a unit; known are {known}."
        )
        return [refused("unit", "UNIT", say(text, unit=unit, name=name, known=", ".join(known)))]
    found = [replace(issue, field="value") for issue in check_lab(draft.test, draft.value, draft.unit)]
    if canonical(draft.unit) == known[0]:
        return found
    # a correction is offered in the usual unit, which is not the one beside the field
    return [replace(issue, fix=None) for issue in found]


def _against_last(draft: Lab, name: str, others: Sequence[Lab]) -> list[Issue]:
    """A value several times the last one or a fraction of it, and the unit that would explain it."""
    value, last = comparable_value(draft), previous_lab(draft, others)
    before = comparable_value(last) if last is not None else None
    if last is None or value is None or not value or not before:
        return []
    times = STEADY_TIMES if draft.test in _STEADY else OTHER_TIMES
    if before < value * times and value < before * times:
        return []
    usual = units_of(draft.test)[0]
    amount = f"{wording.as_typed(last.value or before)} {last.unit}"
    was = say("{amount} on {date}", amount=amount, date=wording.partial(last.date))
    for unit in units_of(draft.test):
        if unit == canonical(draft.unit) or draft.value is None:
            continue
        listed = codes.labs().get(draft.test)
        assert listed is not None
        meant = to_stored(listed.quantity, draft.value, unit)
        if abs(meant - before) * 100 <= _NEAR_PERCENT * before:
            text = say("{name} was {was}: is this in {unit}?", name=name, was=was, unit=unit)
            return [
                Issue("value", Severity.SOFT, "UNIT", text, Fix(say("Use {unit}", unit=unit), unit, "unit"))
            ]
    shown = f"{plain(wording.rounded(value, 2))} {usual}"
    text = (
        "{name} {shown} is more than {times} times the last value, {was}."
        if value > before
        else "{name} {shown} is less than 1/{times} of the last value, {was}."
    )
    return [unlikely("value", "CHANGE", say(text, name=name, shown=shown, times=times, was=was))]


def _same_sample(draft: Lab, other: Lab) -> bool:
    return (
        other.id != draft.id
        and (other.test, other.test_name.casefold()) == (draft.test, draft.test_name.casefold())
        and other.date == draft.date
        and other.date.exact is not None
    )


def _twice(field: str, name: str, day: dt.date) -> Issue:
    text = "{name} of {day} is recorded already; keep both?"
    return unlikely(field, "DUPLICATE", say(text, name=wording.capital(name), day=wording.day(day)))


def antibody_name(row: Serology) -> str:
    """What an antibody is called: its short name, or the one that was typed where the list has none."""
    listed = codes.antibodies().get(row.test)
    return row.test_name.strip() or (listed.short if listed is not None else row.test)


def check_serology(
    draft: Serology, patient: Patient, others: Sequence[Serology], today: dt.date
) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in one antibody test; ``others`` are the patient's other ones."""
    issues = [*event_date("date", draft.date, "The sample", patient, today)]
    name = antibody_name(draft) or say("an antibody")
    if draft.test != "other" and draft.test not in codes.antibodies():
        words = "{test} is not in the list of antibodies." if draft.test else "An antibody is needed."
        issues.append(refused("test", "CODE", say(words, test=draft.test)))
    elif draft.test == "other" and not draft.test_name.strip():
        issues.append(refused("test_name", "MISSING", "Name the antibody that the list lacks."))
    if not draft.result:
        return (*issues, refused("result", "MISSING", say("{name} needs a result.", name=name)))
    issues += _never_negative(draft, name)
    if draft.uln is not None and draft.uln == 0:
        issues.append(refused("uln", "RANGE", say("The upper limit of {name} cannot be 0.", name=name)))
    if draft.value is None and draft.detection is not None:
        issues.append(refused("value", "MISSING", "A limit of the method needs its number."))
    if draft.titre is not None and not 1 <= draft.titre <= 10_000_000:
        issues.append(refused("titre", "RANGE", "A titre is written as 320 for 1:320."))
    if draft.result == "not_done" and (draft.value is not None or draft.titre is not None):
        issues.append(
            refused("result", "CONTRADICTION", say("{name} has a value, so it was done.", name=name))
        )
    if draft.pattern is not None and draft.test != "ANA":
        issues.append(refused("pattern", "CONTRADICTION", "A pattern belongs to antinuclear antibodies."))
    if not any(issue.hard for issue in issues):
        issues += _result_against_value(draft, name)
        if any(
            other.id != draft.id
            and (other.test, other.test_name.casefold()) == (draft.test, draft.test_name.casefold())
            and other.date == draft.date
            and other.date.exact is not None
            for other in others
        ):
            issues.append(_twice("result", name, draft.date.earliest))
    return (*issues, *code_issues(draft), *absence_issues(draft))


def _result_against_value(draft: Serology, name: str) -> Iterator[Issue]:
    if draft.value is not None and draft.uln is not None and draft.detection is None:
        above = draft.value > draft.uln
        if above and draft.result == "negative":
            yield unlikely(
                "result", "CONTRADICTION", say("{name} is above its limit and called negative.", name=name)
            )
        if not above and draft.result == "positive":
            yield unlikely(
                "result", "CONTRADICTION", say("{name} is within its limit and called positive.", name=name)
            )
    if draft.test == "ANA" and draft.result == "negative" and (draft.titre or 0) >= ANA_TITRE:
        yield unlikely("result", "CONTRADICTION", say("ANA 1:{titre} is called negative.", titre=draft.titre))


def check_serologies(
    drafts: Sequence[Serology], patient: Patient, others: Sequence[Serology], today: dt.date
) -> tuple[Issue, ...]:
    """Everything wrong or unlikely in the antibodies of one sample; fields are named as in
    :func:`check_labs`.
    """
    issues: list[Issue] = []
    if not drafts:
        issues.append(refused("date", "MISSING", "A result is needed."))
    seen: set[tuple[str, str]] = set()
    for draft in drafts:
        issues += [
            replace(issue, field=_antibody_field(draft.test, issue.field))
            for issue in check_serology(draft, patient, others, today)
        ]
        key = (draft.test, draft.test_name.strip().casefold())
        if key in seen:
            issues.append(
                refused(draft.test, "TWICE", say("{draft} is given twice.", draft=antibody_name(draft)))
            )
        seen.add(key)
    return tuple(dict.fromkeys(issues))


def _antibody_field(test: str, field: str) -> str:
    if field in {"date", "laboratory", "assay"}:
        return field
    return test if field in {"result", "test"} else f"{test}_{field}"


@remembered
def heart_limits() -> Mapping[str, Limits]:
    """The limits of the measures of a heart test, by field."""

    def limits(
        name: str, unit: str, hard: tuple[str, str], soft: tuple[str, str], *guesses: UnitGuess
    ) -> Limits:
        low, high = (Decimal(text) if text else None for text in soft)
        span = (Decimal(hard[0]), Decimal(hard[1]))
        return Limits(name=name, unit=unit, hard=span, soft=(low, high), guesses=guesses)

    centimetres = UnitGuess(Decimal("0.4"), Decimal("3.9"), "cm", lambda value: value * 10)
    fraction = UnitGuess(Decimal("0.05"), Decimal("0.95"), "fractions", lambda value: value * 100)
    dynes = UnitGuess(Decimal(51), Decimal(4000), "dyn·s/cm⁵", lambda value: value / 80)
    return {
        "rvsp_mmhg": limits("RVSP", "mmHg", ("5", "200"), ("12", "130")),
        "tapse_mm": limits("TAPSE", "mm", ("4", "50"), ("8", "40"), centimetres),
        "lvef_percent": limits("LVEF", "%", ("5", "95"), ("20", "80"), fraction),
        "mpap_mmhg": limits("Mean PAP", "mmHg", ("2", "150"), ("7", "80")),
        "pvr_wu": limits("PVR", "WU", ("0", "50"), ("0.2", "20"), dynes),
        "pawp_mmhg": limits("PAWP", "mmHg", ("0", "60"), ("1", "35")),
    }


def check_heart_test(
    draft: HeartTest, patient: Patient, others: Sequence[HeartTest], today: dt.date
) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in a heart test; ``others`` are the patient's other ones."""
    issues = [*event_date("date", draft.date, "The test", patient, today)]
    if not draft.kind:
        return (*issues, refused("kind", "MISSING", "Echocardiogram or right-heart catheter?"))
    for field, limits in heart_limits().items():
        found = check_value(field, getattr(draft, field), limits)
        issues += [] if found is None else [found]
    measured = [field for field in heart_limits() if getattr(draft, field) is not None]
    if not measured and not draft.note.strip() and not draft.absent:
        issues.append(refused("values", "MISSING", "A value or a note is needed."))
    other_kind = {"echo": _OF_CATHETER, "rhc": _OF_ECHO}.get(draft.kind, ())
    for field in measured:
        if field in other_kind:
            name = heart_limits()[field].name
            kind = codes.label("heart_test", draft.kind)
            issues.append(
                unlikely(field, "UNUSUAL", say("{name} is not measured by {kind}.", name=name, kind=kind))
            )
    if draft.pawp_mmhg is not None and draft.mpap_mmhg is not None and draft.pawp_mmhg > draft.mpap_mmhg:
        issues.append(unlikely("pawp_mmhg", "CONTRADICTION", "The wedge pressure is above the mean PAP."))
    if any(
        other.id != draft.id and (other.kind, other.date) == (draft.kind, draft.date) and other.date.exact
        for other in others
    ):
        issues.append(_twice("date", codes.label("heart_test", draft.kind), draft.date.earliest))
    return (*issues, *code_issues(draft), *absence_issues(draft))


def check_pro(draft: Pro, patient: Patient, others: Sequence[Pro], today: dt.date) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in the scores of one questionnaire.

    The finding about a score is named by its scale (``score_total``). A score outside the range of the
    instrument is refused, and asked about where the range is only about that of some versions.
    """
    issues = [*event_date("date", draft.date, "The questionnaire", patient, today)]
    instrument = codes.instruments().get(draft.instrument)
    if instrument is None:
        words = "{instrument} is not in the list." if draft.instrument else "Which questionnaire?"
        issues.append(refused("instrument", "CODE", say(words, instrument=draft.instrument)))
    if not draft.scores and not draft.absent:
        issues.append(refused("scores", "MISSING", "A score is needed."))
    if len({score.scale for score in draft.scores}) < len(draft.scores):
        issues.append(refused("scores", "TWICE", "A score is given twice."))
    for score in draft.scores:
        scale = instrument.scales.get(score.scale) if instrument is not None else None
        if instrument is None:
            continue
        if scale is None:
            text = say(
                "{scale} is not a score of {instrument}.", scale=score.scale, instrument=instrument.label
            )
            issues.append(refused("scores", "CODE", text))
        elif not scale.low <= score.value <= scale.high:
            find = refused if scale.exact else unlikely
            ends = say("{low} to {high}", low=wording.as_typed(scale.low), high=wording.as_typed(scale.high))
            text = say(
                "{instrument} {scale} goes from {ends}."
                if scale.exact
                else "{instrument} {scale} goes from about {ends}.",
                instrument=instrument.label,
                scale=scale.label,
                ends=ends,
            )
            issues.append(find(f"score_{scale.code}", "RANGE", text))
    if draft.items_missing is not None and draft.items_missing < 0:
        issues.append(refused("items_missing", "RANGE", "A number of questions cannot be negative."))
    if draft.complete is True and (draft.items_missing or 0) > 0:
        text = "Questions were left out, but it is called complete."
        issues.append(unlikely("complete", "CONTRADICTION", text))
    if instrument is not None and any(
        other.id != draft.id and other.instrument == draft.instrument and other.date == draft.date
        for other in others
    ):
        issues.append(_twice("date", instrument.label, draft.date.earliest))
    return (*issues, *code_issues(draft), *absence_issues(draft))


def usual_unit(test: str) -> str:
    """The unit that a new result of a test begins with; empty where the test has none."""
    listed = codes.labs().get(test)
    if listed is None or not listed.unit:
        return ""
    return stored_unit(listed.quantity) if listed.quantity else listed.unit
