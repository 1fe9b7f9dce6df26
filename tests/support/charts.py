"""Pictures of analyses as an answer has them: pairs around a drug, curves, differences, and none."""

from __future__ import annotations

from ctdild_desktop.figures.chart import (
    Area,
    Axis,
    BelowRow,
    Chart,
    Column,
    Dot,
    Guide,
    KeyEntry,
    Line,
    Mark,
    Meaning,
    Place,
    Sign,
    Span,
    Strokes,
    Tick,
)


def axis(
    low: float, high: float, step: float, label: str = "", *, downward: bool = False, sign: str = ""
) -> Axis:
    """An axis of round numbers."""
    count = round((high - low) / step)
    values = [low + step * at for at in range(count + 1)]
    ticks = tuple(Tick(value, f"{value:{sign}g}".replace("-", "\u2212")) for value in values)
    return Axis(label, low, high, ticks, downward)


def listed(*texts: str) -> Axis:
    """Categories down the side."""
    ticks = tuple(Tick(float(at), text) for at, text in enumerate(texts))
    return Axis("", -0.6, len(texts) - 0.4, ticks, downward=True)


BEFORE_AFTER = Axis(
    "", -0.75, 1.75, (Tick(0.0, "before first infusion"), Tick(1.0, "after first infusion")), False
)
CHANGES = (
    (-23.9, -11.1), (-19.6, -6.4), (-17.8, 2.2), (-16.1, 4.4), (-14.9, 6.1), (-13.8, 7.6), (-12.2, -3.1),
    (-11.6, 9.8), (-9.8, 18.9), (-8.9, 5.2), (-7.7, 12.1), (-5.9, 6.6), (-4.8, 15.0), (-3.9, -11.8),
    (-2.1, 10.9), (1.4, -10.2), (3.2, 8.1),
)  # fmt: skip


def pairs(title: str = "FVC, relative change in % predicted", measure: Meaning = Meaning.FVC) -> Chart:
    """Each patient before and after a drug, the medians with quartiles, and what was published."""
    own: tuple[Mark, ...] = (
        *(
            Line(
                ((0.0, before), (1.0, after)),
                Meaning.PATIENT,
                dots=True,
                patient_id=f"p{at}",
                read_out=f"before {before} %, after {after} %",
            )
            for at, (before, after) in enumerate(CHANGES)
        ),
        Line(((-0.09, -9.8), (1.09, 5.9)), measure),
        Span((-0.09, -14.0), (-0.09, -5.1), measure),
        Span((1.09, 1.8), (1.09, 9.7), measure),
        Dot((-0.09, -9.8), measure, "−9.8 %", read_out="median before: −9.8 %, quartiles −14.0 to −5.1"),
        Dot((1.09, 5.9), measure, "+5.9 %", read_out="median after: +5.9 %, quartiles 1.8 to 9.7"),
        Dot((-0.2, -13.3), Meaning.PUBLISHED, "−13.3 %", read_out="Keir 2014, before: −13.3 %"),
        Dot((1.2, 8.9), Meaning.PUBLISHED, "+8.9 %", read_out="Keir 2014, after: +8.9 %"),
    )
    return Chart(
        title=title,
        x=BEFORE_AFTER,
        y=axis(-30, 30, 10),
        marks=(*own, Guide(10, level=True), Guide(-10, level=True)),
        key=(
            KeyEntry(Meaning.PATIENT, "one patient"),
            KeyEntry(measure, "median, quartiles (n = 17)"),
            KeyEntry(Meaning.PUBLISHED, "published, Keir 2014 (33 CTD-ILD)"),
            KeyEntry(None, "± 10 %"),
        ),
        description="FVC fell by 9.8 % before the first infusion and rose by 5.9 % after it.",
        measure=measure,
    )


def curves(names: tuple[str, ...] = ("rituximab", "mycophenolate")) -> Chart:
    """Survival by group, with the patients at risk below."""
    shapes: tuple[tuple[Place, ...], ...] = (
        ((0, 1.0), (1, 0.96), (2.2, 0.91), (3.4, 0.85), (5, 0.85), (6, 0.8)),
        ((0, 1.0), (0.8, 0.93), (1.6, 0.86), (3.1, 0.77), (4.4, 0.7), (6, 0.66)),
        ((0, 1.0), (1.8, 0.8), (3.0, 0.6), (6, 0.55)),
        ((0, 1.0), (2.4, 0.5), (6, 0.5)),
    )
    meanings = (Meaning.FIRST, Meaning.SECOND, Meaning.THIRD, Meaning.FOURTH)
    marks: list[Mark] = []
    for points, meaning in zip(shapes[: len(names)], meanings, strict=False):
        marks.append(
            Area(tuple((x, y - 0.03 - x / 60, min(1.0, y + 0.02 + x / 80)) for x, y in points), meaning)
        )
    for points, meaning, name in zip(shapes, meanings, names, strict=False):
        marks.append(Line(points, meaning, step=True, read_out=f"{name}: {points[-1][1]:.0%} at 6 years"))
    marks.append(Strokes(((2.5, 0.91), (4.2, 0.85), (5.5, 0.85)), Meaning.FIRST))
    risk = (("24", "22", "19", "15", "11", "6", "2"), ("31", "28", "22", "18", "12", "7", "3"))
    return Chart(
        title="Survival without transplant",
        x=axis(0, 6, 1, "years since the first usable visit"),
        y=Axis(
            "share alive, 95 %", 0.0, 1.0, tuple(Tick(at / 100, f"{at} %") for at in (0, 25, 50, 75, 100))
        ),
        marks=tuple(marks),
        key=(
            *(KeyEntry(meaning, name) for meaning, name in zip(meanings, names, strict=False)),
            KeyEntry(Meaning.FIRST, "95 % interval", Sign.AREA),
            KeyEntry(Meaning.FIRST, "end of an observation", Sign.STROKE),
        ),
        below_title="Patients at risk",
        below=tuple(
            BelowRow(name, meaning, risk[at % 2])
            for at, (name, meaning) in enumerate(zip(names, meanings, strict=False))
        ),
        description="Survival by drug.",
    )


def balance() -> Chart:
    """Standardised differences before and after matching."""
    rows = ("age at time zero", "FVC % predicted", "DLCO % predicted, corrected for haemoglobin", "women")
    before, after = (0.41, -0.62, -0.3, 0.05), (0.08, -0.11, 0.04, 0.0)
    marks: list[Dot | Guide] = [Guide(0.0, level=False), Guide(0.1, level=False, text="0.1")]
    for at, (first, last) in enumerate(zip(before, after, strict=True)):
        marks += [
            Dot((first, at), Meaning.BEFORE_MATCHING, f"{first:.2f}"),
            Dot((last, at), Meaning.FIRST, f"{last:.2f}"),
        ]
    return Chart(
        title="Balance of the matched groups",
        x=axis(-0.8, 0.8, 0.2, "standardised difference"),
        y=listed(*rows),
        marks=tuple(marks),
        key=(
            KeyEntry(Meaning.BEFORE_MATCHING, "before matching"),
            KeyEntry(Meaning.FIRST, "after matching"),
            KeyEntry(None, "limit 0.1"),
        ),
    )


def rates() -> Chart:
    """Bars down the side with their intervals."""
    names = ("infection, serious", "infection, not serious", "cytopenia", "stopped for harm")
    values = (3.2, 11.4, 1.1, 2.4)
    marks: list[Column | Span] = []
    for at, value in enumerate(values):
        marks.append(Column(at, value, Meaning.FIRST, text=f"{value}"))
        marks.append(Column(at + 0.3, value * 1.4, Meaning.SECOND, text=f"{value * 1.4:.1f}"))
    return Chart(
        title="Adverse events per 100 patient-years",
        x=axis(0, 20, 5),
        y=listed(*names),
        marks=tuple(marks),
        key=(KeyEntry(Meaning.FIRST, "rituximab"), KeyEntry(Meaning.SECOND, "mycophenolate")),
    )


def nothing() -> Chart:
    """An analysis of nobody."""
    return Chart(
        title="FVC, relative change in % predicted",
        x=BEFORE_AFTER,
        y=axis(-30, 30, 10),
        marks=(),
        empty_text="0 of 24 can be analysed: 17 have no test before.",
    )
