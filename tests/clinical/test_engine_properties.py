"""What holds of every definition for any course: monotone, indifferent to the unknown, consistent."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ctdild_desktop.clinical.criteria import CRITERIA, Facts, Treatment, assess, strip_criteria
from ctdild_desktop.clinical.dates import PartialDate, add_months
from ctdild_desktop.clinical.records import DlcoUnit, Pft
from ctdild_desktop.clinical.series import unusable_fvc
from ctdild_desktop.clinical.verdict import Assessment, Verdict
from ctdild_desktop.clinical.wording import Style, say, use_style
from tests.support.people import facts, percent, pft, scan, symptom

AS_OF = dt.date(2024, 4, 2)
PERCENTS = st.decimals("30", "120", places=2)
DAYS = st.dates(dt.date(2021, 12, 1), AS_OF)
WORSE, SAME = symptom("2024-04-02", "worse"), symptom("2024-04-02", "stable")
PROGRESSED = scan("2024-04-02", "progression", "new_fine_reticulation")
STABLE_CT = scan("2024-04-02", "stable")
DECIDED = (Verdict.MET, Verdict.NOT_MET)
RANKS = {
    "EUSTAR": ("IMPROVED", "STABLE", "MODERATE_PROGRESSION", "SIGNIFICANT_PROGRESSION"),
    "MCID_SSC": ("IMPROVED", "POSSIBLY_IMPROVED", "NO_IMPORTANT_CHANGE", "POSSIBLY_WORSENED", "WORSENED"),
}
ITEMS = ("PPF2022", "INBUILD", "OMERACT", "ERICE", "PFILD_COTTIN18")


@st.composite
def series(draw: st.DrawFn) -> tuple[Pft, ...]:
    """Two to six tests on different days, with FVC in % and litres and DLCO, any of them possibly missing."""
    days = draw(st.lists(DAYS, min_size=2, max_size=6, unique=True))
    return tuple(
        Pft(
            id=f"t{place}",
            date=on,
            entered=place,
            fvc_pct_pred=draw(st.none() | PERCENTS),
            fvc_l=draw(st.none() | st.decimals("1", "5", places=2)),
            dlco_pct_pred=draw(st.none() | PERCENTS),
            dlco_hb_corrected=draw(st.sampled_from([True, True, False])),
            hb_g_l=draw(st.none() | st.just(Decimal(120))),
            reference_set=draw(st.sampled_from(["GLI2022", "GLI2022", "GLI2012", None])),
            fvc_grade=draw(st.sampled_from([None, "A", "D", "F"])),
        )
        for place, on in enumerate(days)
    )


@st.composite
def patients(draw: st.DrawFn) -> Facts:
    return facts(
        *draw(series()),
        visits=draw(st.sampled_from([(), (WORSE,), (SAME,)])),
        hrct=draw(st.sampled_from([(), (PROGRESSED,), (STABLE_CT,)])),
        fibrosis=draw(st.sampled_from([True, True, None])),
    )


def everything(course: Facts) -> dict[str, Assessment]:
    return {known.id: assess(course, known.id, AS_OF) for known in CRITERIA if not known.of_line}


@given(course=patients(), factor=st.decimals("0.3", "0.999", places=3))
@settings(max_examples=100, deadline=None)
def test_a_lower_latest_fvc_never_makes_an_answer_better(course: Facts, factor: Decimal) -> None:
    usable = [test for test in course.tests if unusable_fvc(test) is None]
    assume(usable)
    latest = max(usable, key=lambda test: test.date)
    lower = replace(
        latest,
        fvc_pct_pred=None if latest.fvc_pct_pred is None else latest.fvc_pct_pred * factor,
        fvc_l=None if latest.fvc_l is None else latest.fvc_l * factor,
    )
    worse = replace(course, tests=tuple(lower if test is latest else test for test in course.tests))
    before, after = everything(course), everything(worse)
    for name, made in before.items():
        if made.verdict is Verdict.MET:
            assert after[name].verdict is Verdict.MET, name
        if name in RANKS and made.category is not None:
            then = after[name].category
            assert then is not None
            assert RANKS[name].index(then) >= RANKS[name].index(made.category)


@given(course=patients())
@settings(max_examples=100, deadline=None)
def test_a_verdict_given_without_symptoms_or_hrct_stays_with_either_answer(course: Facts) -> None:
    for name, made in everything(course).items():
        if made.verdict not in DECIDED:
            continue
        if not course.visits:
            for visit in (WORSE, SAME):
                assert assess(replace(course, visits=(visit,)), name, AS_OF).verdict is made.verdict
        if not course.hrct:
            for reading in (PROGRESSED, STABLE_CT):
                assert assess(replace(course, hrct=(reading,)), name, AS_OF).verdict is made.verdict


@given(course=patients())
@settings(max_examples=100, deadline=None)
def test_what_is_unknown_can_go_both_ways_or_is_not_settled(course: Facts) -> None:
    """Symptoms and HRCT, where they alone are named as needed, can really change the answer."""
    for name, made in everything(course).items():
        needed = " ".join(str(need) for need in made.needs)
        if made.verdict is not Verdict.CANNOT_ASSESS or name not in ITEMS or course.fibrosis is None:
            continue
        if "symptoms (worse" not in needed or course.visits or "FVC" in needed or "DLCO" in needed:
            continue
        answers = {
            assess(replace(course, visits=(visit,), hrct=(reading,)), name, AS_OF).verdict
            for visit in (WORSE, SAME)
            for reading in (PROGRESSED, STABLE_CT)
        }
        assert len(answers) > 1, name


@given(base=PERCENTS, latest=PERCENTS, name=st.sampled_from(ITEMS))
@settings(deadline=None)
def test_a_verdict_given_without_dlco_stays_with_either_dlco(
    base: Decimal, latest: Decimal, name: str
) -> None:
    first, last = percent("2023-06-01", str(base)), percent("2024-04-02", str(latest))
    values = {"visits": (SAME,), "hrct": (STABLE_CT,)}
    made = assess(facts(first, last, **values), name, AS_OF)
    if made.verdict in DECIDED:
        for gas in ("60", "30"):
            known = (replace(first, dlco_pct_pred=Decimal(60)), replace(last, dlco_pct_pred=Decimal(gas)))
            assert assess(facts(*known, **values), name, AS_OF).verdict is made.verdict
    else:
        answers = {
            assess(
                facts(
                    replace(first, dlco_pct_pred=Decimal(60)),
                    replace(last, dlco_pct_pred=Decimal(gas)),
                    **values,
                ),
                name,
                AS_OF,
            ).verdict
            for gas in ("60", "30")
        }
        # One domain of the guideline alone is not enough, so that DLCO only counts there with another.
        assert len(answers) == 2 or name == "PPF2022"


@given(visit=st.sampled_from([None, WORSE, SAME]), reading=st.sampled_from([None, PROGRESSED, STABLE_CT]))
def test_a_verdict_given_without_an_earlier_fvc_stays_with_any(visit: object, reading: object) -> None:
    last = percent("2024-04-02", "60", "60")
    values = {"visits": (visit,) if visit else (), "hrct": (reading,) if reading else ()}
    for name in ITEMS:
        made = assess(facts(last, **values), name, AS_OF)
        if made.verdict in DECIDED:
            for fvc in ("60", "65", "100"):
                course = facts(percent("2023-06-01", fvc, "60"), last, **values)
                assert assess(course, name, AS_OF).verdict is made.verdict


@given(first=st.integers(50, 300), last=st.integers(50, 300))
def test_the_unit_of_dlco_does_not_matter(first: int, last: int) -> None:
    def course(scale: str, unit: DlcoUnit) -> Facts:
        return facts(
            *(
                pft(
                    on,
                    fvc_pct_pred=fvc,
                    dlco=str(Decimal(value) / 10 * Decimal(scale)),
                    dlco_unit=unit,
                    dlco_hb_corrected=True,
                )
                for on, fvc, value in (("2023-06-01", "80", first), ("2024-04-02", "75", last))
            )
        )

    for name in ("REVIEW_DLCO_DECLINE", "OMERACT", "PFILD_COTTIN18"):
        made = assess(course("1", DlcoUnit.TRADITIONAL), name, AS_OF)
        other = assess(course("0.335", DlcoUnit.SI), name, AS_OF)
        assert made.verdict is other.verdict


@given(course=patients(), style=st.sampled_from([Style("mm/dd/yyyy", ","), Style("yyyy-mm-dd", ".")]))
@settings(max_examples=40, deadline=None)
def test_the_style_of_writing_does_not_matter(course: Facts, style: Style) -> None:
    made = everything(course)
    before = Style()
    try:
        use_style(style)
        assert everything(course) == made
    finally:
        use_style(before)


def printed(made: Assessment) -> Fraction:
    assert made.key is not None
    number = say(made.key).split(" ")[0]
    return Fraction(number.replace("−", "-").replace("+", ""))


@given(base=st.integers(40_000, 120_000), near=st.integers(-60, 60), half=st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_printed_number_never_contradicts_the_verdict(base: int, near: int, half: bool) -> None:
    """Falls around the limits, in steps of 0.001 points: the number on the chip decides as the exact one."""
    first = Decimal(base) / 1000
    for points in (half, not half):
        fall = Decimal(5) if points else first / 10
        latest = (first - fall).quantize(Decimal("0.001")) + Decimal(near) / 1000
        tests = (percent("2023-06-01", str(first), "60"), percent("2024-04-02", str(latest), "60"))
        made = everything(facts(*tests, visits=(SAME,), hrct=(STABLE_CT,)))
        review, omeract, inbuild = made["REVIEW_FVC_DECLINE"], made["OMERACT"], made["INBUILD"]
        assert (printed(review) < -10) is (review.verdict is Verdict.MET)
        assert (printed(omeract) <= -10) is (omeract.verdict is Verdict.MET)
        assert (printed(inbuild) <= -10) is (inbuild.verdict is Verdict.MET)
        physiology = next(item for item in made["PPF2022"].domains if item.name == "physiology")
        assert (printed(made["PPF2022"]) <= -5) is (physiology.verdict is Verdict.MET)
        eustar = made["EUSTAR"]
        assert (printed(eustar) <= -5) is (eustar.verdict is Verdict.MET)


@given(values=st.lists(PERCENTS, min_size=3, max_size=3), spare=st.integers(-400, 400))
@settings(deadline=None)
def test_the_printed_slope_never_contradicts_the_verdict(values: list[Decimal], spare: int) -> None:
    middle = (values[0] + values[1]) / 2
    last = values[0] - Decimal("7.6") + Decimal(spare) / 10000
    tests = [
        percent(on, str(value))
        for on, value in (("2022-09-25", values[0]), ("2023-06-29", middle), ("2024-04-02", last))
        if value > 0
    ]
    made = assess(facts(*tests), "RELIEF", AS_OF)
    assert (printed(made) <= -5) is (made.verdict is Verdict.MET)


@given(course=patients(), start=st.dates(dt.date(2022, 6, 1), dt.date(2023, 9, 1)))
@settings(max_examples=100, deadline=None)
def test_a_response_answers_whatever_the_course(course: Facts, start: dt.date) -> None:
    asked = replace(course, treatment=Treatment(drug="rituximab", start=PartialDate.of(start)))
    turned = replace(asked, tests=asked.tests[::-1])
    for name in ("RESPONSE_KEIR", "RESPONSE_REVIEW"):
        made = assess(asked, name, AS_OF)
        assert made.because
        assert bool(made.needs) is (made.verdict is Verdict.CANNOT_ASSESS)
        assert made == assess(turned, name, AS_OF)
        for item in made.evidence:
            assert item.baseline.date <= start < item.follow_up.date


@pytest.mark.parametrize("known", strip_criteria(), ids=lambda known: known.id)
def test_a_definition_says_its_source_and_its_window(known: object) -> None:
    made = next(item for item in CRITERIA if item is known)
    assert made.source
    assert made.window_months in {12, 24}
    course = facts(percent("2023-06-01", "80", "60"), percent("2024-04-02", "60", "40"))
    answer = assess(course, made.id, AS_OF)
    assert (answer.source, answer.title, answer.window_months) == (
        made.source,
        made.title,
        made.window_months,
    )
    for item in answer.evidence:
        assert item.baseline.date >= add_months(AS_OF, -made.window_months)
        assert item.baseline.record_ids
