"""Properties that hold for any course: exact thresholds, order, windows, and missing data."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ctdild_desktop.clinical.criteria import Facts, assess, strip_criteria
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.records import Hrct, HrctResult, Pft, SymptomChange, Visit
from ctdild_desktop.clinical.verdict import Verdict, all_of, any_of
from ctdild_desktop.clinical.wording import say
from tests.support.people import facts, percent

AS_OF = dt.date(2024, 4, 2)
PERCENTS = st.decimals("20", "130", places=2)
DAYS = st.dates(dt.date(2021, 6, 1), dt.date(2024, 8, 1))


@st.composite
def pfts(draw: st.DrawFn) -> Pft:
    on = draw(DAYS)
    fvc, dlco = draw(st.none() | PERCENTS), draw(st.none() | PERCENTS)
    number = draw(st.integers(0, 10**9))
    return Pft(
        id=f"t{number}",
        date=on,
        entered=number,
        fvc_pct_pred=fvc,
        fvc_l=draw(st.none() | st.decimals("0.8", "5", places=2)),
        dlco_pct_pred=dlco,
        dlco_hb_corrected=draw(st.sampled_from([True, False, None])),
        hb_g_l=draw(st.none() | st.decimals("80", "170", places=0)),
        fvc_grade=draw(st.sampled_from([None, "A", "B", "C", "D", "E", "F"])),
        reference_set=draw(st.sampled_from([None, "GLI2012", "GLI2022", "LOCAL:x"])),
        excluded=draw(st.booleans()),
    )


@st.composite
def courses(draw: st.DrawFn) -> Facts:
    visits = draw(
        st.lists(
            st.tuples(DAYS, st.none() | st.sampled_from(SymptomChange), st.none() | st.integers(0, 4)),
            max_size=4,
        )
    )
    scans = draw(
        st.lists(
            st.tuples(DAYS, st.sampled_from(HrctResult), st.sampled_from([(), ("new_fine_reticulation",)])),
            max_size=3,
        )
    )
    return facts(
        *draw(st.lists(pfts(), max_size=6, unique_by=lambda test: test.id)),
        visits=tuple(
            Visit(id=f"v{i}", date=on, symptom_change=change, mmrc=mmrc)
            for i, (on, change, mmrc) in enumerate(visits)
        ),
        hrct=tuple(
            Hrct(id=f"h{i}", date=on, result=result, signs=signs)
            for i, (on, result, signs) in enumerate(scans)
        ),
        fibrosis=draw(st.sampled_from([True, False, None])),
    )


@given(baseline=PERCENTS, latest=PERCENTS)
def test_fvc_alarm_is_the_exact_inequality(baseline: Decimal, latest: Decimal) -> None:
    made = assess(
        facts(percent("2023-06-01", str(baseline)), percent("2024-04-02", str(latest))),
        "REVIEW_FVC_DECLINE",
        AS_OF,
    )
    met = (Fraction(baseline) - Fraction(latest)) * 100 > 10 * Fraction(baseline)
    assert made.verdict is (Verdict.MET if met else Verdict.NOT_MET)


@given(tenth=st.integers(200, 1300), step=st.sampled_from([-1, 0, 1]))
def test_around_exactly_ten_and_fifteen_percent(tenth: int, step: int) -> None:
    """Ten percent of a value with one decimal has two decimals; a hundredth of it decides."""
    baseline = Decimal(tenth) / 10
    for name, factor, limit in (("REVIEW_FVC_DECLINE", "0.90", 10), ("REVIEW_DLCO_DECLINE", "0.85", 15)):
        latest = baseline * Decimal(factor) + Decimal(step) / 1000
        tests = (
            percent("2023-06-01", str(baseline), str(baseline)),
            percent("2024-04-02", str(latest), str(latest)),
        )
        made = assess(facts(*tests), name, AS_OF)
        assert made.verdict is (Verdict.MET if step < 0 else Verdict.NOT_MET)
        assert f"= {limit}.0 % " not in say(made.because[0]) or step == 0


@given(tenth=st.integers(300, 1300), step=st.sampled_from([-1, 0, 1]))
def test_around_exactly_five_and_ten_points(tenth: int, step: int) -> None:
    baseline = Decimal(tenth) / 10
    for measure, points in (("fvc", 5), ("dlco", 10)):
        latest = baseline - points + Decimal(step) / 1000
        steady = str(baseline)
        first = percent("2023-06-01", steady, steady)
        last = percent(
            "2024-04-02",
            str(latest) if measure == "fvc" else steady,
            str(latest) if measure == "dlco" else steady,
        )
        made = assess(facts(first, last), "PPF2022", AS_OF)
        physiology = next(item for item in made.domains if item.name == "physiology")
        assert physiology.verdict is (Verdict.MET if step <= 0 else Verdict.NOT_MET)


@given(as_of=st.dates(dt.date(2019, 1, 1), dt.date(2030, 12, 31)), offset=st.sampled_from([-1, 0, 1]))
def test_both_ends_of_the_window_are_inside(as_of: dt.date, offset: int) -> None:
    for name, months in (("REVIEW_FVC_DECLINE", 24), ("PPF2022", 12)):
        start = add_months(as_of, -months)
        tests = (percent(start + dt.timedelta(days=offset), "80", "60"), percent(as_of, "60", "60"))
        made = assess(facts(*tests), name, as_of)
        assert bool(made.evidence) is (offset >= 0)


@given(course=courses(), seed=st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_the_order_of_records_does_not_matter(course: Facts, seed: random.Random) -> None:
    def shuffled(records: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(seed.sample(records, len(records)))

    # Two statements on one day are in order of entry, which a visit does not carry.
    assume(len({visit.date for visit in course.visits}) == len(course.visits))
    assume(len({scan.date for scan in course.hrct}) == len(course.hrct))
    other = replace(
        course,
        tests=shuffled(course.tests),
        visits=shuffled(course.visits),
        hrct=shuffled(course.hrct),
    )
    for known in strip_criteria():
        assert assess(course, known.id, AS_OF) == assess(other, known.id, AS_OF)


@given(course=courses())
@settings(max_examples=150, deadline=None)
def test_every_answer_is_complete_and_can_be_said(course: Facts) -> None:
    for known in strip_criteria():
        made = assess(course, known.id, AS_OF)
        assert made.because
        assert bool(made.needs) == (made.verdict is Verdict.CANNOT_ASSESS)
        texts = [say(item) for item in (*made.because, *made.needs)]
        texts += [say(caution.text) for caution in made.cautions]
        assert all(text and "{" not in text and "None" not in text for text in texts)
        for evidence in made.evidence:
            assert evidence.baseline.date < evidence.follow_up.date <= AS_OF
            assert evidence.absolute_change == evidence.follow_up.value - evidence.baseline.value or (
                abs(evidence.absolute_change - (evidence.follow_up.value - evidence.baseline.value))
                < Decimal("1e-20")
            )


@given(course=courses())
@settings(max_examples=150, deadline=None)
def test_later_entries_change_nothing(course: Facts) -> None:
    known_then = replace(
        course,
        tests=tuple(test for test in course.tests if test.date <= AS_OF),
        visits=tuple(visit for visit in course.visits if visit.date <= AS_OF),
        hrct=tuple(scan for scan in course.hrct if scan.date <= AS_OF),
    )
    for known in strip_criteria():
        assert assess(course, known.id, AS_OF) == assess(known_then, known.id, AS_OF)


@given(
    drop_baseline=st.booleans(),
    drop_symptoms=st.booleans(),
    drop_scan=st.booleans(),
    drop_hb=st.booleans(),
    drop_fibrosis=st.booleans(),
)
def test_missing_data_never_turns_met_into_not_met(
    drop_baseline: bool, drop_symptoms: bool, drop_scan: bool, drop_hb: bool, drop_fibrosis: bool
) -> None:
    """A course that meets everything; whatever is taken away, the answer is MET or unknown."""
    first = percent("2023-06-01", "80", "60", dlco_hb_corrected=False, hb_g_l="134")
    last = percent("2024-04-02", "60", "40", dlco_hb_corrected=False, hb_g_l="134")
    if drop_hb:
        first, last = replace(first, hb_g_l=None), replace(last, hb_g_l=None)
    worse = Visit(id="v", date=AS_OF, symptom_change=SymptomChange.WORSE, alternative_explanation=False)
    ct = Hrct(
        id="h",
        date=AS_OF,
        result=HrctResult.PROGRESSION,
        signs=("new_fine_reticulation",),
        alternative_explanation=False,
    )
    course = facts(
        *((last,) if drop_baseline else (first, last)),
        visits=() if drop_symptoms else (worse,),
        hrct=() if drop_scan else (ct,),
        fibrosis=None if drop_fibrosis else True,
    )
    for known in strip_criteria():
        assert assess(course, known.id, AS_OF).verdict in {Verdict.MET, Verdict.CANNOT_ASSESS}


@given(
    st.lists(st.sampled_from([Verdict.MET, Verdict.NOT_MET, Verdict.CANNOT_ASSESS]), min_size=1, max_size=5)
)
def test_three_valued_logic_is_de_morgan(answers: list[Verdict]) -> None:
    def opposite(answer: Verdict) -> Verdict:
        return {Verdict.MET: Verdict.NOT_MET, Verdict.NOT_MET: Verdict.MET}.get(answer, answer)

    assert any_of(*answers) is opposite(all_of(*(opposite(answer) for answer in answers)))
    assert (any_of(*answers) is Verdict.MET) == (Verdict.MET in answers)
