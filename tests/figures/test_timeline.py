"""The time-line scene: points, lines, threshold, limits, the Now column, and what is missing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.derived import DerivedTest, derive
from ctdild_desktop.clinical.records import PatientRecord, Pft
from ctdild_desktop.clinical.verdict import Evidence, Reading
from ctdild_desktop.figures.scene import LungPanel, Scale, Timeline
from ctdild_desktop.figures.timeline import build_timeline
from tests.support.holloway import EXPECTED, REFERENCE_DAY, TODAY, record

HOLLOWAY = record()


def derived_of(patient: PatientRecord) -> tuple[DerivedTest, ...]:
    return tuple(derive(test, patient.patient) for test in reversed(patient.tests))


def pair(measure: str = "fvc") -> Evidence:
    days = {made.date: made for made in derived_of(HOLLOWAY)}
    values = {
        "fvc": [days[day].fvc.percent for day in (REFERENCE_DAY, TODAY)],
        "dlco": [days[day].dlco_hb.percent for day in (REFERENCE_DAY, TODAY)],
    }[measure]
    before, after = values
    assert before is not None
    assert after is not None
    return Evidence(
        measure=measure,
        basis="percent_predicted" if measure == "fvc" else "percent_predicted_hb_corrected",
        baseline=Reading(REFERENCE_DAY, before, (days[REFERENCE_DAY].test.id,)),
        follow_up=Reading(TODAY, after, (days[TODAY].test.id,)),
        absolute_change=after - before,
        relative_change_percent=(after - before) * 100 / before,
    )


def timeline(patient: PatientRecord = HOLLOWAY, scale: Scale = Scale.PERCENT, **options: object) -> Timeline:
    return build_timeline(patient, derived_of(patient), scale=scale, today=TODAY, **options)


def with_tests(*tests: Pft) -> PatientRecord:
    return replace(HOLLOWAY, tests=tests)


def later(test: Pft, days: int, **changes: object) -> Pft:
    moved = replace(test, id=f"{days:032x}", date=test.date + dt.timedelta(days=days))
    return replace(moved, **changes)


FIRST = HOLLOWAY.tests[0]
SEEN = ("tests", "visits", "hrct")


def shown(panel: LungPanel, measure: str = "fvc") -> list[float]:
    series = next(series for series in panel.series if series.measure == measure)
    return [point.value for point in series.points]


def test_the_latest_values_are_those_computed_apart_from_the_program() -> None:
    panel = timeline(reference=pair()).panel
    assert Decimal(shown(panel)[-1]).quantize(Decimal("0.01")) == EXPECTED["fvc_percent"]
    assert [(now.headline, now.detail) for now in panel.now] == [
        ("FVC 64 %", "2.31 L · z −2.2"),
        ("DLCO 47 %", "10.3 · z −4.6"),
    ]
    assert [limit.now_text for limit in panel.limits] == ["LLN FVC 74"]


def test_the_threshold_runs_from_the_reference_to_ten_percent_less() -> None:
    band = timeline(reference=pair()).panel.band
    assert band is not None
    assert Decimal(band.top).quantize(Decimal("0.01")) == EXPECTED["reference_fvc_percent"]
    assert band.bottom == pytest.approx(band.top * 0.9)
    assert (band.start, band.end, band.label) == (REFERENCE_DAY, TODAY, "−10 % of reference: 65.6 %")


def test_a_percentage_threshold_on_the_litre_axis_names_its_litres() -> None:
    panel = timeline(scale=Scale.LITRES, reference=pair()).panel
    assert panel.band is not None
    assert panel.band.label == "−10 % of 2.64 L: 2.38 L"
    assert panel.band.bottom == pytest.approx(2.376)
    assert [series.measure for series in panel.series] == ["fvc"]


def test_the_z_axis_has_its_limit_at_minus_1645_and_no_threshold() -> None:
    panel = timeline(scale=Scale.Z, reference=pair()).panel
    assert panel.band is None
    assert {value for limit in panel.limits for _, value in limit.points} == {-1.645}
    assert panel.limits[0].now_text == "LLN −1.645"
    assert panel.low <= -4.6


def test_the_limit_in_litres_falls_with_age() -> None:
    limit = timeline(scale=Scale.LITRES).panel.limits[0]
    values = [value for _, value in limit.points]
    assert values == sorted(values, reverse=True)
    assert limit.now_text == f"LLN FVC {EXPECTED['fvc_lln']} L"


def test_both_tests_of_the_pair_are_ringed_and_the_first_is_named() -> None:
    rings = timeline(reference=pair()).panel.rings
    assert [(ring.date, ring.label) for ring in rings] == [(REFERENCE_DAY, "Reference 72.8 %"), (TODAY, "")]


def test_a_dlco_pair_is_ringed_on_the_dlco_line_without_a_threshold() -> None:
    panel = timeline(reference=pair("dlco")).panel
    assert panel.band is None
    assert panel.rings[0].label == "Reference 55.0 % (Hb-corrected)"
    assert panel.rings[1].value == pytest.approx(shown(panel, "dlco")[-1])


def test_an_excluded_test_is_hollow_says_why_and_is_not_joined() -> None:
    series = timeline().panel.series[0]
    hollow = [(index, point.note) for index, point in enumerate(series.points) if not point.used]
    assert hollow == [(5, "excluded: lung infection")]
    assert series.runs == (tuple(index for index in range(15) if index != 5),)


def test_of_two_tests_of_one_day_the_unused_one_is_hollow() -> None:
    smaller = later(FIRST, 0, fvc_l=Decimal("2.30"), dlco=None, entered=2)
    points = timeline(with_tests(FIRST, smaller)).panel.series[0].points
    assert [(point.used, point.note) for point in points] == [
        (True, ""),
        (False, "another test of that day is used"),
    ]


def test_the_line_breaks_where_the_reference_set_changes() -> None:
    tests = [later(FIRST, 0, reference_set="GLI2012"), later(FIRST, 100), later(FIRST, 200)]
    patient = with_tests(*tests)
    grouped = replace(patient, patient=replace(patient.patient, ethnic_group=1))
    panel = timeline(grouped).panel
    assert panel.series[0].runs == ((0,), (1, 2))
    assert [change.label for change in panel.set_changes] == ["GLI 2012 | GLI 2022"]
    assert len(panel.limits) == 2


@pytest.mark.parametrize(("day", "runs"), [("2023-06-14", 1), ("2023-06-15", 2)])
def test_the_line_breaks_at_a_gap_of_more_than_24_months(day: str, runs: int) -> None:
    second = replace(FIRST, id="f" * 32, date=dt.date.fromisoformat(day))
    assert len(timeline(with_tests(FIRST, second)).panel.series[0].runs) == runs


def test_a_corrected_dlco_is_not_joined_to_an_uncorrected_one() -> None:
    patient = with_tests(FIRST, later(FIRST, 100, dlco_hb_corrected=True))
    dlco = next(series for series in timeline(patient).panel.series if series.measure == "dlco")
    assert dlco.runs == ((0,), (1,))


def test_no_test_says_how_to_begin_and_still_shows_the_lanes() -> None:
    scene = timeline(with_tests())
    assert "Log the first PFT" in scene.panel.empty_text
    assert len(scene.lanes) == 4
    assert scene.panel.series == ()


def test_one_test_is_a_point_without_threshold() -> None:
    panel = timeline(with_tests(FIRST)).panel
    assert panel.series[0].runs == ((0,),)
    assert panel.band is None
    assert panel.rings == ()


def test_without_sex_or_height_only_litres_can_be_drawn_and_the_reason_is_said() -> None:
    unknown = replace(
        with_tests(replace(FIRST, height_cm=None)),
        patient=replace(HOLLOWAY.patient, sex=None, height_cm=None),
    )
    assert timeline(unknown).panel.empty_text == "No % predicted: sex and height not recorded."
    assert timeline(unknown, Scale.Z).panel.empty_text == "No z-score: sex and height not recorded."
    assert shown(timeline(unknown, Scale.LITRES).panel) == [2.48]


def test_recorded_percentages_are_drawn_when_nothing_can_be_computed() -> None:
    bare = Pft(id="a" * 32, date=TODAY, fvc_pct_pred=Decimal("61.5"))
    unknown = replace(with_tests(bare), patient=replace(HOLLOWAY.patient, sex=None))
    panel = timeline(unknown).panel
    assert shown(panel) == [61.5]
    assert panel.now[0].headline == "FVC 62 %"
    assert panel.limits == ()
    assert timeline(unknown, Scale.LITRES).panel.empty_text == "No FVC in litres is recorded."


def test_a_test_being_typed_is_hollow_and_joined_to_the_last_one() -> None:
    typed = derive(later(HOLLOWAY.tests[-1], 0), HOLLOWAY.patient)
    earlier = replace(HOLLOWAY, tests=HOLLOWAY.tests[:-1])
    panel = timeline(earlier, preview=typed).panel
    points = panel.series[0].points
    assert [point.preview for point in points] == [False] * 14 + [True]
    assert not points[-1].used
    assert panel.series[0].runs[-1][-2:] == (13, 14)
    now = panel.now[0]
    assert (now.headline, now.detail, now.preview) == ("FVC 64 %", "not saved", True)


def test_amending_a_test_shows_the_typed_value_in_its_place() -> None:
    changed = replace(HOLLOWAY.tests[-1], fvc_l=Decimal("2.40"))
    panel = timeline(scale=Scale.LITRES, preview=derive(changed, HOLLOWAY.patient)).panel
    assert shown(panel)[-1] == 2.40
    assert len(shown(panel)) == 15


def test_a_measure_that_is_older_than_the_latest_test_is_dated() -> None:
    last = replace(HOLLOWAY.tests[-1], dlco=None)
    now = timeline(with_tests(*HOLLOWAY.tests[:-1], last)).panel.now
    assert now[1].detail == "on 10.11.2025"


def test_a_span_of_years_begins_that_long_before_today() -> None:
    scene = timeline(span=2)
    assert scene.start == dt.date(2024, 3, 12)
    assert scene.end > TODAY
    assert "Cyclophosph. IV" not in [lane.name for lane in scene.lanes]
    assert scene.folded_lanes == 1


def test_the_whole_history_has_a_margin_at_both_ends() -> None:
    scene = timeline()
    assert scene.start < dt.date(2021, 6, 8)
    assert scene.end > dt.date(2026, 5, 18)
    assert scene.today_text == "Today 12.03."


def test_the_picture_of_a_dead_patient_ends_at_the_death() -> None:
    dead = replace(HOLLOWAY, patient=replace(HOLLOWAY.patient, death_date=PartialDate(2025, 9)))
    scene = timeline(dead)
    assert scene.today == dt.date(2025, 9, 30)
    assert scene.today_text == "Died 09.2025"
    assert all(point.date <= scene.today for series in scene.panel.series for point in series.points)
    mmf = next(lane for lane in scene.lanes if lane.name == "Mycophenolate")
    assert mmf.blocks[-1].end == scene.today


@pytest.mark.parametrize(("status", "words"), [("moved", "Moved 03.2025"), ("lost", "Lost 03.2025")])
def test_the_picture_of_somebody_who_left_ends_there_unless_seen_again(status: str, words: str) -> None:
    gone = replace(HOLLOWAY.patient, vital_status=status, vital_status_date=PartialDate(2025, 3))
    before = dt.date(2025, 3, 18)
    held = {name: tuple(one for one in getattr(HOLLOWAY, name) if one.date < before) for name in SEEN}
    scene = timeline(replace(HOLLOWAY, patient=gone, **held))
    assert (scene.today, scene.today_text) == (dt.date(2025, 3, 31), words)
    assert timeline(replace(HOLLOWAY, patient=gone)).today == TODAY


def test_a_patient_with_nothing_recorded_has_a_picture_that_says_so() -> None:
    bare = PatientRecord(patient=replace(HOLLOWAY.patient, sex=None, height_cm=None, birth_date=None))
    scene = build_timeline(bare, (), scale=Scale.PERCENT, today=TODAY)
    assert scene.empty_lanes_text.startswith("No therapy recorded")
    assert scene.events == ()
    assert scene.start < scene.today < scene.end


def test_the_picture_is_told_in_words() -> None:
    words = timeline().description
    assert "FVC over 14 tests: from 2.48 L · 66.6 % · z −2.16 on 14.06.2021 to 2.31 L · 64.4 %" in words
    assert "Mycophenolate 1.5 g/d" in words


def test_the_same_records_make_the_same_scene_in_any_order() -> None:
    forward = build_timeline(
        HOLLOWAY, tuple(reversed(derived_of(HOLLOWAY))), scale=Scale.PERCENT, today=TODAY, reference=pair()
    )
    assert forward == timeline(reference=pair())


def test_a_course_that_ended_years_ago_is_shown_at_its_latest_entry() -> None:
    over = replace(HOLLOWAY, therapy=())
    late = dt.date(2031, 1, 1)
    scene = build_timeline(over, derived_of(over), scale=Scale.PERCENT, today=late)
    assert (scene.today, scene.today_text) == (TODAY, "At 12.03.2026")
    running = build_timeline(HOLLOWAY, derived_of(HOLLOWAY), scale=Scale.PERCENT, today=late)
    assert (running.today, running.today_text) == (late, "Today 01.01.")


@pytest.mark.parametrize(
    ("day", "detail"), [("2027-03-12", "2.31 L · z −2.2"), ("2027-03-13", "on 12.03.2026")]
)
def test_a_value_of_more_than_a_year_ago_is_dated(day: str, detail: str) -> None:
    when = dt.date.fromisoformat(day)
    scene = build_timeline(HOLLOWAY, derived_of(HOLLOWAY), scale=Scale.PERCENT, today=when)
    assert scene.panel.now[0].detail == detail
