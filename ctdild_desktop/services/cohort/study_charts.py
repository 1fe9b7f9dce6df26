"""The pictures of a study: each patient before and after, and own values beside published ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ctdild_desktop.cohort.study_words import Unit
from ctdild_desktop.figures.chart import Chart, Meaning
from ctdild_desktop.figures.cohort_beside import BeforeAfter, Beside, Middle, before_after, forest
from ctdild_desktop.language import marked, say
from ctdild_desktop.services.cohort.study_table import Row, result_words, value_words

_AROUND = {
    "fvc": (marked("FVC, relative change"), Meaning.FVC, 10.0, marked("± 10 %")),
    "dlco": (marked("DLCO, relative change"), Meaning.DLCO, 15.0, marked("± 15 %")),
}
_FORESTS: Mapping[Unit, tuple[str, str, float, bool]] = {
    Unit.SHARE: (marked("Shares of patients"), marked("% of patients"), 50.0, False),
    Unit.CHANGE: (marked("Change"), marked("change, %"), 20.0, True),
    Unit.POINTS: (marked("Change in points"), marked("points of % predicted"), 10.0, True),
    Unit.ML: (marked("Change of FVC"), marked("mL"), 200.0, True),
    Unit.ML_PER_YEAR: (marked("FVC per year"), marked("mL per year"), 200.0, True),
    Unit.PERCENT: (marked("Lung function"), marked("% predicted"), 40.0, False),
    Unit.RATE: (marked("Rates"), marked("per patient-year"), 0.5, False),
}
_MOST = 3


def charts_of(study: str, rows: Sequence[Row], empty_text: str) -> tuple[Chart, ...]:
    """The pictures of the rows of one study."""
    made: list[Chart] = []
    drawn: set[str] = set()
    for name in _AROUND:
        both = [_named(rows, f"{name}_{when}") for when in ("before", "after")]
        if all(both):
            made.append(_around(study, name, both, empty_text))
            drawn |= {f"{name}_before", f"{name}_after"}
    left = [row for row in rows if row.published.measure not in drawn]
    for unit, (title, label, span, change) in _FORESTS.items():
        beside = [_beside(row) for row in left if row.unit is unit]
        beside = [one for one in beside if one.own is not None or one.published is not None]
        if beside:
            made.append(
                forest(
                    say(title),
                    beside,
                    label=say(label),
                    least_span=span,
                    change=change,
                    own_text=say("own"),
                    published_text=say("published, {study}", study=study),
                    empty_text=empty_text,
                )
            )
    return tuple(made[:_MOST])


def _named(rows: Sequence[Row], measure: str) -> list[Row]:
    return [row for row in rows if row.published.measure == measure and row.group != "b"]


def _around(study: str, name: str, both: Sequence[Sequence[Row]], empty_text: str) -> Chart:
    title, ink, limit, limit_text = _AROUND[name]
    before, after = (dict(held[0].own.points) if held and held[0].own is not None else {} for held in both)
    pairs = [(patient, before.get(patient), after.get(patient)) for patient in {**before, **after}]
    return before_after(
        BeforeAfter(
            title=say(title),
            measure=ink,
            label=say("change, %"),
            pairs=pairs,
            own=(_own(both[0]), _own(both[1])),
            published=(_published(both[0]), _published(both[1])),
            limit=limit,
            limit_text=say(limit_text),
            places=(say("before the start"), say("after the start")),
            patient_text=say("one patient"),
            own_text=say("median, quartiles"),
            published_text=say("published, {study}", study=study),
            empty_text=empty_text,
        )
    )


def _own(rows: Sequence[Row]) -> Middle | None:
    own = rows[0].own if rows else None
    if own is None or own.value is None:
        return None
    return Middle(value=own.value, text=value_words(own.value, rows[0].unit), low=own.low, high=own.high)


def _published(rows: Sequence[Row]) -> Middle | None:
    row = next((one for one in rows if one.result is not None), None)
    if row is None or row.result is None:
        return None
    return Middle(value=row.result, text=result_words(row), low=row.low, high=row.high)


def _beside(row: Row) -> Beside:
    return Beside(name=row.label, own=_own([row]), published=_published([row]))
