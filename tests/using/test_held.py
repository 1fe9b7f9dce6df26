"""Whether what a process holds grows: told from samples that are known."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

import pytest

from ctdild_desktop.using.held import Held, held, judged, rss_mb


def samples(mb: Callable[[int], float], acts: int = 1200) -> list[Held]:
    return [
        Held(acts=at, rss_mb=mb(at), pss_mb=None, blocks=1, widgets=1, windows=1, threads=1, files=None)
        for at in range(25, acts + 1, 25)
    ]


def noise(at: int) -> float:
    return 1.5 if at // 25 % 3 == 0 else -0.5


def test_what_is_made_once_does_not_count_as_growing() -> None:
    found = judged(samples(lambda at: min(200 + at / 4, 280) + noise(at)))
    assert not found.grows
    assert found.ok
    assert found.lower_mb < 0 < found.upper_mb
    assert found.most_mb == pytest.approx(281.5)


def test_a_little_with_each_act_is_told() -> None:
    found = judged(samples(lambda at: 200 + 0.05 * at + noise(at)))
    assert found.adds_mb == pytest.approx(60, abs=2)
    assert found.lower_mb < 60 < found.upper_mb
    assert found.grows
    assert not found.ok


def test_too_much_is_not_right_even_when_it_does_not_grow() -> None:
    found = judged(samples(lambda _at: 301.0))
    assert (found.grows, found.ok) == (False, False)


def test_a_line_needs_four_samples() -> None:
    with pytest.raises(ValueError, match="too few"):
        judged(samples(lambda _at: 1.0, acts=75))


def test_this_process_is_looked_at() -> None:
    now = held(7, widgets=3, windows=2)
    assert (now.acts, now.widgets, now.windows) == (7, 3, 2)
    assert now.blocks > 1000
    assert now.threads >= 1
    if (told := rss_mb()) is not None:
        assert 5 < told < 5000


def test_looking_does_not_disturb_what_another_thread_makes() -> None:
    failed: list[BaseException] = []
    over = threading.Event()

    def make() -> None:
        try:
            while not over.is_set():
                tuple(number for number in range(200))
        except SystemError as error:
            failed.append(error)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    making = threading.Thread(target=make)
    making.start()
    try:
        for look in range(300):
            held(look, widgets=1, windows=1)
    finally:
        over.set()
        making.join()
        sys.setswitchinterval(before)
    assert failed == []
