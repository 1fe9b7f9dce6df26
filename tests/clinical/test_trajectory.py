"""Slopes with intervals, series on one scale, epochs, best and worst, and repeat-test noise."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Pft, TherapyLine
from ctdild_desktop.clinical.series import dlco_visits, fvc_visits
from ctdild_desktop.clinical.trajectory import (
    RepeatStatus,
    Trajectory,
    dlco_percent_series,
    percent_series,
    repeat_test,
    slope,
    trajectory,
)
from ctdild_desktop.clinical.wording import say
from tests.support import holloway
from tests.support.people import WOMAN, day, percent, pft

LATE = day("2030-01-01")


def _course(*tests: Pft, **values: object) -> Trajectory:
    return trajectory(tests, WOMAN, LATE, **values)  # type: ignore[arg-type]


def test_the_interval_of_three_points_by_hand() -> None:
    """x = 0, 4, 8 years; y = 10, 6, 8: b = −1/4, residuals 1, −2, 1, s² = 6, Σ(x − x̄)² = 32, t = 12.706."""
    origin = day("2010-01-01")
    made = slope([(origin + dt.timedelta(1461 * k), Decimal(y)) for k, y in enumerate((10, 6, 8))])
    assert made is not None
    assert made.per_year == Decimal("-0.25")
    assert made.low is not None
    assert made.high is not None
    half = 12.706 * (6 / 32) ** 0.5
    assert float(made.low) == pytest.approx(-0.25 - half, abs=1e-3)
    assert float(made.high) == pytest.approx(-0.25 + half, abs=1e-3)
    assert (made.at_first, made.at_last) == (9, 7)  # mean 8 at the middle of the eight years


def test_points_on_a_line_have_an_interval_without_width() -> None:
    made = slope([(day("2020-01-01") + dt.timedelta(100 * k), Decimal(80 - k)) for k in range(5)])
    assert made is not None
    assert made.low == made.high == made.per_year


@given(
    st.lists(
        st.tuples(st.dates(dt.date(2015, 1, 1), dt.date(2025, 1, 1)), st.decimals("30", "110", places=1)),
        min_size=4,
        max_size=20,
        unique_by=lambda point: point[0],
    )
)
def test_the_interval_agrees_with_numpy(points: list[tuple[dt.date, Decimal]]) -> None:
    made = slope(points)
    assert made is not None
    assert made.low is not None
    assert made.high is not None
    years = np.array([(on - dt.date(2015, 1, 1)).days / 365.25 for on, _value in points])
    values = np.array([float(value) for _on, value in points])
    design = np.column_stack([np.ones_like(years), years - years.mean()])
    fitted, *_rest = np.linalg.lstsq(design, values, rcond=None)
    residual = values - design @ fitted
    error = float(np.sqrt(residual @ residual / (len(points) - 2) / ((years - years.mean()) ** 2).sum()))
    table = {2: 4.3027, 3: 3.1824, 4: 2.7764, 5: 2.5706, 6: 2.4469, 7: 2.3646, 8: 2.3060, 9: 2.2622}
    table |= {10: 2.2281, 11: 2.2010, 12: 2.1788, 13: 2.1604, 14: 2.1448, 15: 2.1314, 16: 2.1199}
    table |= {17: 2.1098, 18: 2.1009}
    half = table[len(points) - 2] * error
    assert float(made.high - made.low) == pytest.approx(2 * half, rel=1e-4, abs=1e-6)


def test_best_worst_latest_and_changes() -> None:
    made = _course(
        percent("2023-01-10", "70.0", fvc_l="2.10"),
        percent("2023-07-10", "80.0", fvc_l="2.40"),
        percent("2024-01-10", "60.0", fvc_l="1.80"),
        percent("2024-07-10", "64.0", fvc_l="1.92"),
        percent("2024-03-10", "20.0", fvc_l="0.60", excluded=True, exclusion_reason="lung_infection"),
        reference=day("2023-07-10"),
    )
    course = made.percent
    assert course is not None
    assert (course.first.value, course.best.value, course.worst.value, course.latest.value) == (
        Decimal(70),
        Decimal(80),
        Decimal(60),
        Decimal(64),
    )
    assert course.since_first is not None
    assert course.since_reference is not None
    assert course.since_best == course.since_reference
    assert course.since_first.absolute == -6
    assert round(course.since_first.relative_percent or Decimal(0), 4) == Decimal("-8.5714")
    assert (course.since_reference.absolute, course.since_reference.relative_percent) == (-16, -20)
    assert made.ml is not None
    assert made.ml.since_reference is not None
    assert (made.ml.latest.value, made.ml.since_reference.absolute) == (1920, -480)
    assert course.slope is not None
    assert course.slope.n == 4


def test_equal_values_are_dated_by_the_latest() -> None:
    made = _course(percent("2023-01-10", "70.0"), percent("2024-01-10", "70.0"))
    assert made.percent is not None
    assert made.percent.best.date == made.percent.worst.date == day("2024-01-10")
    assert made.percent.since_best is None
    assert made.percent.since_reference is None
    assert made.percent.slope is None
    assert made.ml is None


def test_no_tests_no_course() -> None:
    made = _course()
    assert (made.ml, made.percent, made.epochs) == (None, None, ())
    assert made.repeat.status is RepeatStatus.CANNOT_TELL
    assert made.noise


def test_later_tests_and_the_order_of_records_do_not_matter() -> None:
    record = holloway.record()
    asked = day("2024-12-31")
    expected = trajectory(record.tests, record.patient, asked, therapy=record.therapy)
    shuffled = list(record.tests)
    random.Random(3).shuffle(shuffled)
    assert trajectory(shuffled, record.patient, asked, therapy=tuple(reversed(record.therapy))) == expected
    known = [test for test in record.tests if test.date <= asked]
    assert trajectory(known, record.patient, asked, therapy=record.therapy) == expected


def test_two_sets_are_computed_anew_under_the_later_one() -> None:
    tests = (
        percent("2022-01-10", "80.0", fvc_l="2.40", reference_set="ECSC93"),
        percent("2023-01-10", "78.0", fvc_l="2.40", reference_set="GLI2022"),
        percent("2024-01-10", "70.0", reference_set="ECSC93"),
    )
    made = percent_series(fvc_visits(tests[:2], WOMAN, LATE), WOMAN)
    assert made.recomputed
    assert made.reference_set == "GLI2022"
    assert len(made.readings) == 2
    assert made.readings[0].value != 80
    # The same litres a year later are a slightly higher share of a lower prediction.
    assert 0 < made.readings[1].value - made.readings[0].value < 2
    back = percent_series(fvc_visits(tests, WOMAN, LATE), WOMAN)
    assert back.reference_set == "ECSC93"
    assert [reading.date for reading in back.readings] == [day("2022-01-10"), day("2023-01-10")]
    assert [(left.date, say(left.why)) for left in back.left] == [
        (day("2024-01-10"), "% predicted cannot be computed under ECSC93")
    ]


def test_without_litres_only_the_tests_of_the_later_set_are_compared() -> None:
    tests = (
        percent("2022-01-10", "80.0", reference_set="ECSC93"),
        percent("2023-01-10", "78.0", reference_set="GLI2022"),
        percent("2023-06-10", "77.0", reference_set=None),
        percent("2024-01-10", "70.0", reference_set="GLI2022"),
        pft("2024-02-10", fvc_l="2.1"),
    )
    made = percent_series(fvc_visits(tests, WOMAN, LATE), WOMAN)
    assert [reading.value for reading in made.readings] == [78, 77, 70]
    assert not made.recomputed
    assert [(left.date, say(left.why)) for left in made.left] == [
        (day("2022-01-10"), "% predicted belongs to another reference set than GLI2022"),
        (day("2024-02-10"), "% predicted not recorded and not computable"),
    ]


def _line(drug: str, start: str, stop: str | None = None) -> TherapyLine:
    return TherapyLine(
        id=drug,
        drug=drug,
        start=PartialDate.parse(start),
        stop=None if stop is None else PartialDate.parse(stop),
    )


def test_epochs_lie_between_therapy_changes() -> None:
    origin = day("2020-01-01")
    tests = [
        pft(origin + dt.timedelta(90 * k), fvc_l=str(Decimal("3.00") - Decimal("0.05") * k))
        for k in range(12)
    ]
    first_change = tests[4].date
    lines = (
        _line("mycophenolate", first_change.isoformat()),
        _line("rituximab", "2021-11", "2022-03-01"),
    )
    made = trajectory(tests, WOMAN, day("2022-12-31"), therapy=lines).epochs
    assert [(epoch.start, epoch.end, epoch.drugs) for epoch in made] == [
        (None, first_change, ()),
        (first_change, day("2021-11-01"), ("mycophenolate",)),
        (day("2021-11-01"), day("2022-03-01"), ("mycophenolate", "rituximab")),
        (day("2022-03-01"), day("2022-12-31"), ("mycophenolate",)),
    ]
    # Day 360 carries the change: it ends the first epoch and is the baseline of the second.
    assert [epoch.n_ml for epoch in made] == [5, 4, 1, 3]
    for number in (0, 1, 3):
        fitted = made[number].ml
        assert fitted is not None
        assert fitted.per_year == Decimal(-50) / 90 * Decimal("365.25")
    assert made[2].ml is None
    assert made[0].percent is None


def test_without_therapy_there_is_one_epoch() -> None:
    made = _course(*(percent(f"202{k}-01-10", str(80 - k)) for k in range(4))).epochs
    assert [(epoch.start, epoch.end, epoch.n_percent) for epoch in made] == [(None, LATE, 4)]
    begun_before = _course(percent("2023-01-10", "80"), therapy=(_line("azathioprine", "2020-01-01"),))
    assert [(epoch.start, epoch.drugs) for epoch in begun_before.epochs] == [
        (day("2020-01-01"), ("azathioprine",))
    ]


def test_a_change_known_to_the_year_makes_no_epochs() -> None:
    tests = [percent(f"202{k}-01-10", str(80 - k)) for k in range(4)]
    for line in (_line("azathioprine", "2021"), _line("azathioprine", "2021-02", "2022")):
        assert _course(*tests, therapy=(line,)).epochs == ()
    later = _line("azathioprine", "2035")
    assert len(_course(*tests, therapy=(later,)).epochs) == 1


@pytest.mark.parametrize(
    ("days", "first", "last", "status"),
    [
        (84, "100.00", "89.01", RepeatStatus.REPEAT_TO_CONFIRM),
        (84, "100.00", "89.00", RepeatStatus.BEYOND_NOISE),
        (85, "100.00", "89.00", RepeatStatus.REPEAT_TO_CONFIRM),
        (85, "100.00", "85.01", RepeatStatus.REPEAT_TO_CONFIRM),
        (85, "100.00", "85.00", RepeatStatus.BEYOND_NOISE),
        (85, "100.00", "115.00", RepeatStatus.BEYOND_NOISE),
        (85, "100.00", "95.01", RepeatStatus.WITHIN_REPEATABILITY),
        (85, "100.00", "95.00", RepeatStatus.REPEAT_TO_CONFIRM),
    ],
)
def test_noise_limits_by_interval(days: int, first: str, last: str, status: RepeatStatus) -> None:
    start = day("2024-01-01")
    tests = (percent("2024-01-01", first), percent((start + dt.timedelta(days)).isoformat(), last))
    made = repeat_test(fvc_visits(tests, WOMAN, LATE), WOMAN)
    assert made.status is status
    assert made.limit_percent == (11 if days <= 84 else 15)
    assert made.relative_change_percent == Decimal(last) - 100
    assert made.because


@pytest.mark.parametrize(
    ("litres", "status"),
    [("0.85", RepeatStatus.WITHIN_REPEATABILITY), ("0.849", RepeatStatus.BEYOND_NOISE)],
)
def test_litres_within_a_session_s_repeatability(litres: str, status: RepeatStatus) -> None:
    tests = (pft("2024-01-01", fvc_l="1.00"), pft("2024-12-01", fvc_l=litres))
    assert repeat_test(fvc_visits(tests, WOMAN, LATE), WOMAN).status is status


def test_a_poor_test_is_to_be_repeated_however_large_the_change() -> None:
    tests = (percent("2024-01-01", "100"), percent("2024-02-01", "70", fvc_grade="D"))
    made = repeat_test(fvc_visits(tests, WOMAN, LATE), WOMAN)
    assert made.status is RepeatStatus.REPEAT_TO_CONFIRM
    assert say(made.because[-1]) == "The FVC of 01.02.2024 has quality grade D: repeat to confirm."


def test_tests_that_cannot_be_compared_cannot_be_set_beside_noise() -> None:
    tests = (
        percent("2024-01-01", "100", reference_set="ECSC93"),
        percent("2024-06-01", "70", reference_set="GLI2022"),
    )
    made = repeat_test(fvc_visits(tests, WOMAN, LATE), WOMAN)
    assert made.status is RepeatStatus.CANNOT_TELL
    assert say(made.because[0]) == "FVC of 01.01.2024 and 01.06.2024 cannot be compared."
    one = repeat_test(fvc_visits(tests[:1], WOMAN, LATE), WOMAN)
    assert one.status is RepeatStatus.CANNOT_TELL


def test_the_course_of_the_invented_patient() -> None:
    record = holloway.record()
    made = trajectory(
        record.tests,
        record.patient,
        holloway.TODAY,
        therapy=record.therapy,
        reference=holloway.REFERENCE_DAY,
    )
    assert made.percent is not None
    assert made.percent.since_reference is not None
    relative = made.percent.since_reference.relative_percent
    assert relative is not None
    assert round(relative, 1) == holloway.EXPECTED["fvc_relative_change"]
    assert round(made.percent.latest.value, 2) == holloway.EXPECTED["fvc_percent"]
    assert made.percent.series.reference_set == "GLI2022"
    assert made.ml is not None
    assert made.ml.best.date == day("2022-06-20")
    assert made.ml.best.value == 2830


def test_dlco_is_followed_in_one_state_of_correction() -> None:
    tests = (
        percent("2022-01-10", dlco="50", dlco_hb_corrected=True),
        percent("2022-07-10", dlco="48", dlco_hb_corrected=False, hb_g_l="134"),
        percent("2023-01-10", dlco="46", dlco_hb_corrected=None),
        percent("2024-01-10", dlco="44", dlco_hb_corrected=True),
    )
    made = dlco_percent_series(dlco_visits(tests, WOMAN, LATE), WOMAN)
    assert made.basis == "percent_predicted_hb_corrected"
    # Hb 13.4 g/dL is a woman's standard: its factor is 1.
    assert [reading.value for reading in made.readings] == [50, 48, 44]
    assert [(left.date, say(left.why)) for left in made.left] == [
        (day("2023-01-10"), "haemoglobin or sex not recorded")
    ]
    raw = tuple(replace(test, dlco_hb_corrected=False, hb_g_l=None) for test in tests[:3])
    made = dlco_percent_series(dlco_visits((*raw, tests[3]), WOMAN, LATE), WOMAN)
    assert made.basis == "percent_predicted"
    assert [reading.value for reading in made.readings] == [50, 48, 46]
    assert [say(left.why) for left in made.left] == ["recorded only as corrected for haemoglobin"]
    course = _course(*raw, tests[3]).dlco
    assert course is not None
    assert course.slope is not None
    assert (course.latest.value, course.slope.n) == (46, 3)


def test_dlco_of_two_sets_is_computed_anew() -> None:
    tests = (
        percent("2023-01-10", dlco="60", reference_set="LOCAL:old"),
        pft("2024-01-10", dlco="12.0", dlco_hb_corrected=True, reference_set="GLI2022"),
        pft("2024-07-10", dlco="12.0", dlco_hb_corrected=True, reference_set="GLI2012"),
    )
    made = dlco_percent_series(dlco_visits(tests, WOMAN, LATE), WOMAN)
    assert made.recomputed
    assert [reading.date for reading in made.readings] == [day("2024-01-10"), day("2024-07-10")]
    assert [left.date for left in made.left] == [day("2023-01-10")]
    record = holloway.record()
    course = trajectory(record.tests, record.patient, holloway.TODAY, reference=holloway.REFERENCE_DAY).dlco
    assert course is not None
    assert round(course.latest.value, 2) == holloway.EXPECTED["dlco_hb_latest"]
    assert course.since_reference is not None
    assert round(course.since_reference.relative_percent or Decimal(0), 1) == Decimal("-13.6")


def test_litres_that_cannot_be_are_left_out() -> None:
    made = _course(pft("2022-01-10", fvc_l="0"), pft("2023-01-10", fvc_l="2.0"), percent("2024-01-10", "60"))
    assert made.ml is not None
    assert [reading.value for reading in made.ml.series.readings] == [2000]
    assert [say(left.why) for left in made.ml.series.left] == ["litres not above zero", "litres not recorded"]
