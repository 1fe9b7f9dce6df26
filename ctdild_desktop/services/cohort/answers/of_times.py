"""What the answers about time to an event share: the log-rank test, competing events as table and picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ctdild_desktop.cohort.survival import Curve, Followed, LogRank, cumulative_incidence
from ctdild_desktop.figures import cohort_times
from ctdild_desktop.figures.chart import Chart
from ctdild_desktop.language import say
from ctdild_desktop.services.cohort.answer import Cell, Column, Result
from ctdild_desktop.services.cohort.answers.parts import count_cell, number_cell, p_cell

Shares = Mapping[str, Mapping[str, tuple[float | None, ...]]]
"""By group and event: the share to whom it has happened by each day."""


def log_rank_table(groups: int, test: LogRank) -> tuple[Result, ...]:
    """Whether several groups differ; nothing of one."""
    if groups < 2:
        return ()
    return (
        Result(
            title=say("Whether the groups differ"),
            columns=(
                Column(say("Test"), number=False),
                *(Column(head) for head in (say("groups"), say("chi²"), say("df"), say("p"))),
            ),
            rows=(
                (
                    Cell(say("Log-rank")),
                    count_cell(groups),
                    number_cell(test.chi2, 2),
                    count_cell(test.df),
                    p_cell(test.p),
                ),
            ),
            method=say("Without correction for continuity; no p value where nothing happened."),
        ),
    )


def incidence_table(
    shares: Shares, days: Sequence[int], groups: Mapping[str, str], events: Mapping[str, str]
) -> Result:
    """The share of each group to whom each event has happened by each day.

    Args:
        groups: by name: the words.
        events: likewise.
    """
    rows = tuple(
        (
            Cell(groups[name]),
            Cell(events[event]),
            *(number_cell(None if one is None else 100 * one, 1) for one in held),
        )
        for name, by_event in shares.items()
        for event, held in by_event.items()
    )
    return Result(
        title=say("To whom it has happened, the other events competing, %"),
        columns=(
            Column(say("Group"), number=False),
            Column(say("Event"), number=False),
            *(Column(say("day {day}", day=day)) for day in days),
        ),
        rows=rows,
        method=say("Cumulative incidence by Aalen-Johansen; a dash beyond the last observation."),
    )


def competing_chart(
    curves: Mapping[str, Curve], events: Sequence[str], *, zero: str, empty_text: str
) -> Chart:
    """Each event in everybody, whatever the group.

    Args:
        events: in words, in the order of their codes.
    """
    people = [one for curve in curves.values() for one in curve.people]
    return cohort_times.cumulative_incidence(
        say("To whom what has happened first"),
        [_event(words, people, code) for code, words in enumerate(events, start=1)] if people else (),
        label=say("% of patients"),
        zero=zero,
        empty_text=empty_text,
    )


def _event(name: str, people: Sequence[Followed], code: int) -> cohort_times.Incidence:
    days = sorted({one.time for one in people if one.event == code})
    shares = cumulative_incidence(people, code, days)
    return cohort_times.Incidence(
        name=name,
        points=[(day, share) for day, share in zip(days, shares, strict=True) if share is not None],
        last=max(one.time for one in people),
    )
