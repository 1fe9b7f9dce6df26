"""Therapy as lanes: doses, interruptions, infusions, B-cell depletion, folding."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import DoseChange, Infusion, Interruption, TherapyLine
from ctdild_desktop.figures.lanes import build_lane, build_lanes, courses, dose_text
from ctdild_desktop.figures.scene import Lane, LaneStyle
from tests.support.holloway import TODAY, therapy

LANES, FOLDED = build_lanes(therapy(), TODAY, limit=6)
BY_NAME = {lane.name: lane for lane in LANES}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def line(drug: str, start: str, **changes: object) -> TherapyLine:
    made = TherapyLine(
        id=drug + start,
        drug=drug,
        start=PartialDate.parse(start),
        dose=Decimal(100),
        dose_unit="mg",
        frequency="daily",
    )
    return replace(made, **changes)


def spans(lane: Lane) -> list[tuple[dt.date, dt.date, bool]]:
    return [(block.start, block.end, block.possible) for block in lane.blocks]


def test_the_latest_begun_drug_is_on_top_and_the_steroid_at_the_bottom() -> None:
    assert [lane.name for lane in LANES] == ["Rituximab", "Mycophenolate", "Cyclophosph. IV", "Prednisolone"]
    assert FOLDED == 0


def test_depletion_lasts_six_and_perhaps_nine_months_after_the_last_infusion_of_a_course() -> None:
    assert spans(BY_NAME["Rituximab"])[-2:] == [
        (day("2025-08-18"), day("2026-02-18"), False),
        (day("2026-02-18"), day("2026-05-18"), True),
    ]


def test_the_next_course_cuts_the_depletion_of_the_one_before() -> None:
    infusions = tuple(Infusion(date=day(text)) for text in ("2024-01-01", "2024-01-15", "2024-09-01"))
    cut = build_lane([line("rituximab", "2024-01-01", infusions=infusions)], TODAY)
    assert spans(cut)[:2] == [
        (day("2024-01-15"), day("2024-07-15"), False),
        (day("2024-07-15"), day("2024-09-01"), True),
    ]
    early = tuple(Infusion(date=day(text)) for text in ("2024-01-01", "2024-05-01"))
    assert spans(build_lane([line("rituximab", "2024-01-01", infusions=early)], TODAY))[0] == (
        day("2024-01-01"),
        day("2024-05-01"),
        False,
    )


@pytest.mark.parametrize(("gap", "count"), [(28, 1), (29, 2)])
def test_infusions_within_28_days_of_the_first_are_one_course(gap: int, count: int) -> None:
    first = day("2024-01-01")
    given = [Infusion(date=first), Infusion(date=first + dt.timedelta(days=gap))]
    assert len(courses(given)) == count


def test_rituximab_without_recorded_infusions_is_shown_as_possible_only() -> None:
    lane = build_lane([line("rituximab", "2025-01-01")], TODAY)
    assert [(block.possible, block.text) for block in lane.blocks] == [(True, "infusions not recorded")]


def test_the_now_texts_say_dose_total_and_time_since() -> None:
    assert {name: lane.now_text for name, lane in BY_NAME.items()} == {
        "Rituximab": "6.8 mo since",
        "Mycophenolate": "1.5 g/d",
        "Cyclophosph. IV": "6.6 g total",
        "Prednisolone": "5 mg/d",
    }
    assert BY_NAME["Cyclophosph. IV"].side_text == "6 × 1.1 g, completed"
    assert (BY_NAME["Rituximab"].side_text, BY_NAME["Rituximab"].side_before) == ("2 × 1 g", True)


def test_a_total_with_an_unknown_dose_is_at_least_so_much() -> None:
    infusions = (Infusion(date=day("2024-01-01"), dose_mg=Decimal(900)), Infusion(date=day("2024-02-01")))
    lane = build_lane([line("cyclophosphamide_iv", "2024-01-01", infusions=infusions)], TODAY)
    assert lane.now_text == "≥ 900 mg total"
    assert lane.side_text == "2 ×"


def test_an_interruption_is_a_gap_and_the_dose_is_said_again_after_it() -> None:
    mmf = BY_NAME["Mycophenolate"]
    assert [(block.text, block.height) for block in mmf.blocks] == [
        ("2 g/d", 1.0),
        ("2 g/d", 1.0),
        ("1.5 g/d", 0.75),
    ]
    assert mmf.gaps == ((day("2023-02-06"), day("2023-03-06")),)
    assert mmf.blocks[0].end == day("2023-02-06")
    assert mmf.blocks[1].start == day("2023-03-06")


def test_an_interruption_that_lasts_is_paused_not_stopped() -> None:
    pause = Interruption(start=PartialDate(2026, 1))
    lane = build_lane([line("azathioprine", "2025-01-01", interruptions=(pause,))], TODAY)
    assert lane.running
    assert lane.now_text == "paused 01.2026"
    assert lane.blocks[-1].end == day("2026-01-01")
    assert lane.blocks[-1].end_uncertain == (day("2026-01-01"), day("2026-01-31"))


@pytest.mark.parametrize(("dose", "share"), [("0", 0.0), ("10", 0.25), ("40", 1.0), ("80", 1.0)])
def test_the_steroid_fills_the_lane_at_40_mg_of_prednisolone(dose: str, share: float) -> None:
    lane = build_lane([line("prednisolone", "2025-01-01", dose=Decimal(dose))], TODAY)
    assert lane.blocks[0].height == pytest.approx((2.5 + 13 * share) / 15.5)


def test_another_steroid_is_drawn_by_its_prednisolone_equivalent() -> None:
    lane = build_lane([line("dexamethasone", "2025-01-01", dose=Decimal(6))], TODAY)
    assert lane.blocks[0].height == pytest.approx(1.0)


def test_dates_known_to_the_month_or_year_have_uncertain_edges() -> None:
    lane = build_lane([line("azathioprine", "2019", stop=PartialDate(2021, 5))], TODAY)
    block = lane.blocks[0]
    assert (block.start, block.start_uncertain) == (
        day("2019-01-01"),
        (day("2019-01-01"), day("2019-12-31")),
    )
    assert (block.end, block.end_uncertain) == (day("2021-05-31"), (day("2021-05-01"), day("2021-05-31")))
    assert lane.now_text == "stopped 05.2021"
    assert not lane.running


def test_lines_of_one_drug_share_a_lane() -> None:
    lines = [line("azathioprine", "2020-01-01", stop=PartialDate(2021)), line("azathioprine", "2023-01-01")]
    lanes, _ = build_lanes(lines, TODAY, limit=6)
    assert len(lanes) == 1
    assert lanes[0].record_ids == ("azathioprine2020-01-01", "azathioprine2023-01-01")


def test_a_dose_change_on_the_first_day_leaves_no_empty_block() -> None:
    change = DoseChange(date=PartialDate(2025, 1, 1), dose=Decimal(50))
    lane = build_lane([line("azathioprine", "2025-01-01", dose_changes=(change,))], TODAY)
    assert [(block.text, block.end) for block in lane.blocks] == [("50 mg/d", TODAY)]


def test_stopped_drugs_fold_first_and_running_ones_never() -> None:
    names = ("azathioprine", "methotrexate", "tacrolimus", "ciclosporin", "leflunomide", "nintedanib")
    running = [line(drug, f"202{number}-01-01") for number, drug in enumerate(names)]
    stopped = [
        line(drug, "2019-01-01", stop=PartialDate(2019, month))
        for drug, month in (("tocilizumab", 3), ("abatacept", 9))
    ]
    lanes, folded = build_lanes([*running, *stopped], TODAY, limit=7)
    assert folded == 1
    assert "Abatacept" in [lane.name for lane in lanes]
    lanes, folded = build_lanes([*running, *stopped], TODAY, limit=3)
    assert (len(lanes), folded) == (6, 2)
    lanes, folded = build_lanes(stopped, TODAY, limit=6, start=day("2024-01-01"))
    assert (lanes, folded) == ((), 2)


def test_a_drug_of_a_newer_list_is_shown_by_its_code() -> None:
    lane = build_lane([line("newdrug", "2025-01-01", dose=None)], TODAY)
    assert (lane.name, lane.style) == ("newdrug", LaneStyle.CONVENTIONAL)
    assert lane.now_text == "dose not rec."


@pytest.mark.parametrize(
    ("dose", "unit", "frequency", "text"),
    [
        ("1.50", "g", "daily", "1.5 g/d"),
        ("1000", "mg", "course", "1 g"),
        ("150", "mg", "bd", "150 mg bd"),
        ("10", "mg", "weekly", "10 mg/wk"),
        ("600", "mg/m2", "4-weekly", "600 mg/m²/4 wk"),
        ("7.5", "mg", "daily", "7.5 mg/d"),
    ],
)
def test_a_dose_is_written_as_it_is_said(dose: str, unit: str, frequency: str, text: str) -> None:
    assert dose_text(Decimal(dose), unit, frequency) == text
