"""Further panels of the time-line: what they draw, in which unit, and what they say when they cannot."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from ctdild_desktop.clinical.derived import derive
from ctdild_desktop.clinical.records import DlcoUnit, PatientRecord, Visit
from ctdild_desktop.figures.scene import Scale, Strip, Timeline
from ctdild_desktop.figures.strips import STRIPS
from ctdild_desktop.figures.timeline import build_timeline
from tests.support.holloway import TODAY, record

HOLLOWAY = record()


def timeline(
    patient: PatientRecord, scale: Scale = Scale.PERCENT, *names: str, **options: object
) -> Timeline:
    derived = tuple(derive(test, patient.patient) for test in patient.tests)
    return build_timeline(patient, derived, scale=scale, today=TODAY, strips=names or STRIPS, **options)


def strip(patient: PatientRecord, name: str, scale: Scale = Scale.PERCENT) -> Strip:
    (found,) = timeline(patient, scale, name).strips
    return found


def with_gas(*values: tuple[str, DlcoUnit]) -> PatientRecord:
    tests = list(HOLLOWAY.tests)
    for place, (value, unit) in enumerate(values, len(tests) - len(values)):
        tests[place] = replace(tests[place], kco=Decimal(value), dlco_unit=unit, dlco=None)
    return replace(HOLLOWAY, tests=tuple(tests))


def test_none_is_there_unless_it_is_asked_for() -> None:
    derived = tuple(derive(test, HOLLOWAY.patient) for test in HOLLOWAY.tests)
    assert build_timeline(HOLLOWAY, derived, scale=Scale.PERCENT, today=TODAY).strips == ()
    assert [one.name for one in timeline(HOLLOWAY).strips] == ["FEV1", "TLC", "KCO", "SpO₂", "mMRC"]


def test_fev1_has_its_unit_its_scale_and_its_latest_value() -> None:
    litres = strip(HOLLOWAY, "fev1", Scale.LITRES)
    assert litres.unit == "L"
    assert litres.now is not None
    assert litres.now.headline == "FEV1 1.94 L"
    assert [point.value for point in litres.series[0].points][-2:] == [2.02, 1.94]
    assert (litres.low, litres.high) == (1.5, 2.5)
    percent = strip(HOLLOWAY, "fev1")
    assert percent.unit == "% predicted"
    assert percent.now is not None
    assert percent.now.detail.startswith("1.94 L · z")


def test_an_excluded_test_is_hollow_in_every_panel() -> None:
    points = strip(HOLLOWAY, "fev1").series[0].points
    assert [(point.used, point.note) for point in points if point.note] == [
        (False, "excluded: lung infection")
    ]
    assert 5 not in strip(HOLLOWAY, "fev1").series[0].runs[0]


def test_kco_counts_although_dlco_is_not_recorded() -> None:
    found = strip(with_gas(("3.9", DlcoUnit.TRADITIONAL)), "kco", Scale.LITRES)
    assert found.unit == "mL/min/mmHg/L"
    assert [(point.used, point.note) for point in found.series[0].points] == [(True, "")]
    assert found.now is not None
    assert found.now.headline == "KCO 3.9"


def test_values_of_two_units_never_share_an_axis() -> None:
    found = strip(with_gas(("1.3", DlcoUnit.SI), ("3.9", DlcoUnit.TRADITIONAL)), "kco", Scale.LITRES)
    assert [point.value for point in found.series[0].points] == [3.9]
    assert found.unit == "mL/min/mmHg/L; 1 in another unit not drawn"
    both = strip(with_gas(("1.3", DlcoUnit.SI), ("3.9", DlcoUnit.TRADITIONAL)), "kco")
    assert len(both.series[0].points) == 2
    assert both.series[0].runs == ((0,), (1,))


def test_saturation_at_rest_and_lowest_of_tests_and_visits() -> None:
    day = TODAY.replace(month=2)
    visit = Visit(id="v" * 32, date=day, spo2_rest=Decimal(93))
    found = strip(replace(HOLLOWAY, visits=(*HOLLOWAY.visits, visit)), "spo2")
    rest, lowest = found.series
    assert (rest.points[-2].value, rest.points[-2].kind, rest.points[-2].record_id) == (93, "visit", visit.id)
    assert (rest.points[-1].value, rest.points[-1].kind) == (95, "test")
    assert lowest.points[-1].value == 87
    assert found.now is not None
    assert (found.now.headline, found.now.detail) == ("95 / 87 %", "at rest / lowest")
    assert found.high == 100


def test_breathlessness_is_drawn_on_the_whole_scale() -> None:
    found = strip(HOLLOWAY, "mmrc")
    assert (found.low, found.high, [tick.text for tick in found.ticks]) == (0, 4, ["0", "2", "4"])
    assert found.now is not None
    assert found.now.headline == "mMRC 2"
    assert {point.kind for point in found.series[0].points} == {"visit"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tlc", "No TLC is recorded."),
        ("kco", "No KCO is recorded."),
        ("spo2", "No SpO₂ is recorded."),
        ("mmrc", "No mMRC is recorded."),
    ],
)
def test_what_is_not_recorded_is_said(name: str, text: str) -> None:
    bare = [replace(test, spo2_rest=None, spo2_nadir=None) for test in HOLLOWAY.tests]
    found = strip(replace(HOLLOWAY, tests=tuple(bare), visits=()), name)
    assert (found.empty_text, found.series, found.now) == (text, (), None)


def test_without_sex_the_reason_is_said_and_litres_are_drawn() -> None:
    unknown = replace(HOLLOWAY, patient=replace(HOLLOWAY.patient, sex=None))
    assert strip(unknown, "fev1").empty_text == "No FEV1 in % predicted: sex not recorded."
    assert strip(unknown, "fev1", Scale.LITRES).series


def test_the_panels_are_told_in_words() -> None:
    words = timeline(HOLLOWAY, Scale.PERCENT, "fev1", "tlc").description
    assert "FEV1 over 14 tests: from 2.06 L" in words
    assert "No TLC is recorded." in words
