"""Which backups are kept, tried over more than a year with gaps and a clock that jumps."""

from __future__ import annotations

import datetime as dt
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.registry.retention import Kept, obsolete

HERE = ZoneInfo("Europe/Berlin")
DAY = dt.timedelta(days=1)
START = dt.datetime(2026, 1, 5, 8, 0, tzinfo=HERE)


def at(now: dt.datetime, days: float) -> Kept:
    return Kept(f"{days:g}", now - days * DAY)


def simulated(days: list[int], seed: int, *, shift: dict[int, dt.timedelta] | None = None) -> list[Kept]:
    """What is left after a clinic worked on these days, with some backups on each, pruned after each one."""
    chance, kept, number = Random(seed), list[Kept](), 0
    for day in days:
        for hour in sorted(chance.sample(range(10), chance.randint(1, 6))):
            number += 1
            now = START + day * DAY + dt.timedelta(hours=hour) + (shift or {}).get(day, dt.timedelta())
            kept.append(Kept(f"{number:05}", now))
            gone = obsolete(kept, now)
            assert kept[-1].name not in gone or max(one.made_at for one in kept) > now
            kept = [one for one in kept if one.name not in gone]
            assert kept
    return kept


def test_d7_after_400_days_there_are_two_days_whole_then_12_daily_10_weekly_9_monthly() -> None:
    kept = simulated(list(range(400)), 1)
    now = kept[-1].made_at
    ages = sorted((now.date() - one.made_at.date()).days for one in kept)
    older = [one.made_at for one in kept if now - one.made_at >= 2 * DAY]
    assert len(older) == 12 + 10 + 9
    assert len({moment.date() for moment in older}) == len(older)
    # every one of the last 14 days is there, then every week, then every month
    assert set(range(14)) <= set(ages)
    weeks = {one.made_at.isocalendar()[:2] for one in kept}
    months = {one.made_at.year * 12 + one.made_at.month for one in kept}
    assert {(now - week * 7 * DAY).isocalendar()[:2] for week in range(12)} <= weeks
    assert set(range(now.year * 12 + now.month - 11, now.year * 12 + now.month + 1)) <= months
    assert max(ages) < 400 - 30


def test_d7_what_is_kept_of_a_period_is_its_newest() -> None:
    everything: list[Kept] = []
    kept: list[Kept] = []
    for day in range(60):
        for hour in (0, 3, 9):
            now = START + day * DAY + dt.timedelta(hours=hour)
            everything.append(Kept(f"{day}-{hour}", now))
            kept.append(everything[-1])
            gone = obsolete(kept, now)
            kept = [one for one in kept if one.name not in gone]
    last = kept[-1].made_at
    for one in kept:
        same_day = [other for other in everything if other.made_at.date() == one.made_at.date()]
        assert last - one.made_at < 2 * DAY or one == same_day[-1]


def test_d7_a_closed_clinic_keeps_what_it_had() -> None:
    worked = [*range(60), *range(150, 155)]
    kept = simulated(worked, 3)
    before_the_gap = [one for one in kept if one.made_at < START + 100 * DAY]
    # three older days of the new term take three of the twelve daily places; nine remain before the gap
    assert len({one.made_at.date() for one in before_the_gap}) >= 9
    assert max(one.made_at for one in before_the_gap) > START + 59 * DAY


def test_d7_a_clock_that_jumps_costs_no_day() -> None:
    ahead = {day: 3650 * DAY for day in (40, 41)}
    back = {day: -200 * DAY for day in (70,)}
    kept = simulated(list(range(100)), 5, shift={**ahead, **back})
    now = START + 99 * DAY
    days = {(one.made_at - START).days for one in kept}
    assert set(range(99 - 10, 100)) <= days
    assert any(one.made_at > now + 3000 * DAY for one in kept)
    # pruned while the clock was ten years ahead: the days before are thinned as if they were old, not lost
    ten_years_on = obsolete([at(now, age) for age in range(12)], now + 3650 * DAY)
    assert ten_years_on == ()


def test_d7_the_last_good_one_stays_whatever_comes_after_it() -> None:
    good = Kept("good", START)
    later = [Kept(f"bad {day}", START + day * DAY, good=False) for day in range(1, 300)]
    assert obsolete([good, *later], START + 300 * DAY) == ()
    assert obsolete([good], START + 4000 * DAY) == ()
    assert obsolete([], START) == ()


def test_two_days_are_kept_whole_to_the_second() -> None:
    now = START + 50 * DAY
    kept = [at(now, 0), at(now, 1.9), at(now, 1.95), Kept("edge", now - 2 * DAY), at(now, 2.01)]
    assert obsolete(kept, now) == ("edge", "2.01")
    younger = [*kept[:3], Kept("inside", now - 2 * DAY + dt.timedelta(seconds=1))]
    assert obsolete(younger, now) == ()


def test_days_begin_at_local_midnight() -> None:
    """23:30 and 00:30 in Berlin are two days, though one day in UTC."""
    now = dt.datetime(2026, 3, 20, 12, 0, tzinfo=HERE)
    evening = Kept("evening", dt.datetime(2026, 3, 10, 23, 30, tzinfo=HERE))
    night = Kept("night", dt.datetime(2026, 3, 11, 0, 30, tzinfo=HERE))
    morning = Kept("morning", dt.datetime(2026, 3, 11, 1, 30, tzinfo=HERE))
    assert obsolete([evening, night, morning], now) == ("night",)
    assert obsolete([evening, night, morning], now.astimezone(dt.UTC)) == ("evening",)


moments = st.integers(min_value=-500, max_value=20_000).map(lambda hours: dt.timedelta(hours=hours))


@given(st.lists(st.tuples(moments, st.booleans()), max_size=80))
def test_d7_whatever_there_is_the_rules_hold(ages: list[tuple[dt.timedelta, bool]]) -> None:
    now = START + 900 * DAY
    backups = [Kept(str(number), now - age, good) for number, (age, good) in enumerate(ages)]
    gone = obsolete(backups, now)
    kept = [one for one in backups if one.name not in gone]
    assert all(one.good for one in backups if one.name in gone)
    assert all(now - one.made_at >= 2 * DAY for one in backups if one.name in gone)
    good = [one for one in backups if one.good]
    if good:
        assert max(good, key=lambda one: one.made_at).made_at == max(one.made_at for one in kept if one.good)
    assert len([one for one in kept if one.good and now - one.made_at >= 2 * DAY]) <= 31
    # a second look takes nothing more
    assert obsolete(kept, now) == ()
