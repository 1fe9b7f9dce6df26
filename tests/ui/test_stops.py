"""What the read-out says at each record."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.figures.scene import Scale, Timeline
from ctdild_desktop.figures.timeline import build_timeline
from ctdild_desktop.services.assessment import patient_view
from ctdild_desktop.ui.charts.stops import Stop, nearest, stops_of
from tests.support import holloway


def timeline() -> Timeline:
    view = patient_view(holloway.record(), holloway.TODAY)
    return build_timeline(view.record, view.derived, scale=Scale.PERCENT, today=holloway.TODAY)


def on(day: str) -> Stop:
    date = dt.date.fromisoformat(day)
    return next(stop for stop in stops_of(timeline()) if stop.date == date)


def test_there_is_one_stop_per_day_with_something_on_it() -> None:
    stops = stops_of(timeline())
    dates = [stop.date for stop in stops]
    assert dates == sorted(set(dates))
    days = {test.date for test in holloway.pfts()} | {scan.date for scan in holloway.scans()}
    days |= {infusion.date for line in holloway.therapy() for infusion in line.infusions}
    assert days <= set(dates)


def test_a_test_is_read_with_the_therapy_of_its_day() -> None:
    stop = on("2025-11-10")
    assert stop.kind == "test"
    lines = dict(stop.lines)
    assert lines["FVC"] == "2.41 L · 67.0 % · z −2.07"
    assert lines["DLCO"].startswith("10.9 mL/min/mmHg · 49.3 %")
    assert lines["Mycophenolate"] == "1.5 g/d"
    assert lines["Prednisolone"] == "5 mg"
    assert lines["Rituximab"] == "84 d since last"
    assert stop.spoken.startswith("10.11.2025: FVC 2.41 L")


def test_an_unused_test_says_why() -> None:
    assert "lung infection" in dict(on("2023-02-20").lines)["FVC"]


def test_an_interrupted_drug_is_said_to_be_interrupted() -> None:
    assert dict(on("2023-02-06").lines)["Mycophenolate"] == "interrupted"


def test_an_infusion_is_given_on_its_day() -> None:
    stop = on("2024-09-02")
    assert (stop.kind, stop.record_id) == ("therapy", holloway.therapy()[3].id)
    assert dict(stop.lines)["Rituximab"] == "given"


@given(
    st.lists(st.dates(dt.date(2000, 1, 1), dt.date(2040, 1, 1)), unique=True), st.dates(dt.date(1990, 1, 1))
)
def test_the_nearest_stop_is_nearest(days: list[dt.date], date: dt.date) -> None:
    stops = [Stop(day, "test", "", ()) for day in sorted(days)]
    index = nearest(stops, date)
    if not stops:
        assert index == -1
    else:
        away = abs(stops[index].date - date)
        assert all(away <= abs(stop.date - date) for stop in stops)


def test_a_remark_on_a_test_stands_once_below_its_values() -> None:
    latest = holloway.pfts()[14]
    made = stops_of(timeline(), {latest.id: "quality A / A · FVC to reference −11.6 %"})
    (stop,) = [one for one in made if one.date == latest.date]
    assert [words for name, words in stop.lines if not name and words.startswith("quality")] == [
        "quality A / A · FVC to reference −11.6 %"
    ]
    assert "to reference −11.6 %" in stop.spoken
