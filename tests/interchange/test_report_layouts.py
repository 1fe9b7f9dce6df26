"""Generated reports in every layout: no value is taken from another column than the one that was measured."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.interchange.report_text import read_report

MEASURED = ("Actual", "Best", "Meas", "Ist", "Mesuré", "Medido", "Pre")
PREDICTED = ("Pred", "Ref", "Soll", "Teórico", "Théo")
PERCENT = ("%Pred", "% Soll", "%Ref", "% Teor")
LIMIT, Z = ("LLN", "LIN"), ("Z-Score", "z")
NAMES = (
    ("FVC", "L", "fvc_l"),
    ("FEV1", "L", "fev1_l"),
    ("TLC", "L", "tlc_l"),
    ("RV", "L", "rv_l"),
    ("VA", "L", "va_l"),
    ("DLCO", "mmol/min/kPa", "dlco"),
)
FIELD = {name: field for name, _unit, field in NAMES}
SHARES = {"fvc_pct_pred": "fvc_l", "fev1_pct_pred": "fev1_l", "dlco_pct_pred": "dlco", "kco_pct_pred": "kco"}


@dataclass(frozen=True)
class Layout:
    heads: tuple[str, ...]
    roles: tuple[str, ...]
    style: str
    comma: bool
    unit: str
    """Where the unit stands: in brackets, in a column, behind each number."""


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    words = {"m": MEASURED, "p": PREDICTED, "%": PERCENT, "l": LIMIT, "z": Z}
    others = draw(st.lists(st.sampled_from("p%lz"), unique=True, min_size=1, max_size=4))
    roles = tuple(draw(st.permutations(["m", *others])))
    return Layout(
        tuple(draw(st.sampled_from(words[role])) for role in roles),
        roles,
        draw(st.sampled_from(("left", "right", "tabs", "bars", "single"))),
        draw(st.booleans()),
        draw(st.sampled_from(("brackets", "column", "behind"))),
    )


@dataclass(frozen=True)
class Line:
    name: str
    unit: str
    cells: dict[str, str]
    measured: Decimal


@st.composite
def tables(draw: st.DrawFn) -> list[Line]:
    found = []
    for name, unit, _field in draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=6)):
        predicted = Decimal(draw(st.integers(200, 799))) / 100
        share = draw(st.integers(35, 139))
        measured = (predicted * share / 100).quantize(Decimal("0.01"))
        limit = (predicted * Decimal("0.77")).quantize(Decimal("0.01"))
        z = Decimal(draw(st.integers(-400, 200))) / 100
        cells = {"m": str(measured), "p": str(predicted), "%": str(share), "l": str(limit), "z": str(z)}
        for role in draw(st.lists(st.sampled_from("mp%lz"), max_size=2)):
            cells[role] = draw(st.sampled_from(("", "----", "NaN", "n/a")))
        found.append(Line(name, unit, cells, measured))
    return found


def written(layout: Layout, table: list[Line]) -> str:
    """The report as that layout prints it."""
    head = ["Parameter", *(["Unit"] if layout.unit == "column" else []), *layout.heads]
    if layout.style == "single":
        head = [word.replace("% ", "%") for word in head]
    rows = [head]
    for line in table:
        label = f"{line.name} ({line.unit})" if layout.unit == "brackets" else line.name
        cells = [line.cells[role].replace(".", "," if layout.comma else ".") for role in layout.roles]
        if layout.unit == "behind":
            cells = [
                f"{cell} {line.unit}" if role in "mpl" and cell[:1].isdigit() else cell
                for role, cell in zip(layout.roles, cells, strict=True)
            ]
        rows.append([label, *([line.unit] if layout.unit == "column" else []), *cells])
    if layout.style == "tabs":
        return "\n".join("\t".join(row) for row in rows)
    if layout.style == "bars":
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)
    if layout.style == "single":
        return "\n".join(" ".join(filter(None, row)) for row in rows)
    widths = [max(len(row[at]) for row in rows) + 3 for at in range(len(head))]
    fit = str.rjust if layout.style == "right" else str.ljust
    return "\n".join(
        row[0].ljust(widths[0])
        + "".join(fit(cell, width) for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in rows
    )


def check(layout: Layout, table: list[Line], text: str) -> int:
    """Compare what is read with what was written; answers how many measured values were read."""
    printed = {FIELD[line.name]: line for line in table}
    count = 0
    for field, seen in read_report(text).of_side(post_bd=False).items():
        for sighting in seen:
            if field == "fvc_pred_l":
                assert str(sighting.value) == printed["fvc_l"].cells["p"]
            elif field in SHARES:
                assert str(sighting.value) == printed[SHARES[field]].cells["%"]
            else:
                assert str(sighting.value) == printed[field].cells["m"], (field, text)
                count += 1
    return count


@given(layouts(), tables())
def test_no_value_is_taken_from_another_column_and_every_value_of_a_full_line_is_read(
    layout: Layout, table: list[Line]
) -> None:
    check(layout, table, written(layout, table))
    full = [line for line in table if not {"", "----", "NaN", "n/a"} & set(line.cells.values())]
    assert check(layout, full, written(layout, full)) == len(full)


@given(layouts(), tables(), st.randoms(use_true_random=False))
def test_blanks_that_were_lost_or_added_mislead_nobody(
    layout: Layout, table: list[Line], chance: object
) -> None:
    """A table that was copied through a window that changes blanks is read rightly or not at all."""
    import random
    import re

    assert isinstance(chance, random.Random)
    text = written(layout, table)
    if layout.style in ("tabs", "bars"):
        return
    changed = re.sub(r" {2,}", lambda m: " " * chance.choice((1, 2, len(m[0]), len(m[0]))), text)
    check(layout, table, changed)


OTHERS = (
    "pred 3.10 L",
    "(predicted 3.10 L)",
    "predicted FVC 3.10 L",
    "FVC predicted: 3.10 L",
    "LLN 2.40 L",
    "FVC LLN 2.40 L",
    "LLN of FVC: 2.40 L",
    "previous FVC 2.60 L",
    "FVC was 2.60 L in 2024",
    "FVC 2.60 L on 12.03.2025",
    "last FVC: 2.60 L",
    "FVC fell by 0.29 L",
    "change in FVC 0.29 L",
    "FVC from 2.60 L",
    "z-score -1.90",
    "FVC z-score: -1.90",
    "2.40 - 4.10 L",
    "(2.40-4.10)",
    "3.10 L",
    "75 % pred",
    "FVC 3.10 L predicted",
    "expected FVC of 3.10 L",
    "baseline FVC 2.60 L",
    "FVC 2.60 L last year",
    "FVC 2.60 L (2024)",
    "normal FVC 3.10 L",
    "FVC 2.60 L -> 2.31 L",
    "FVC 3.10 L is normal",
    "Vorwert FVC 2,60 l",
    "CVF previa 2.60 L",
)


@given(
    st.lists(st.sampled_from(OTHERS), max_size=4),
    st.lists(st.sampled_from(OTHERS), max_size=4),
    st.lists(st.sampled_from((", ", "; ", ". ", " ", "\n", "   ", " - ")), min_size=9, max_size=9),
    st.sampled_from(("FVC 2.31 L", "FVC: 2.31 L", "FVC (L): 2.31", "FVC was 2.31 L")),
)
def test_no_value_of_running_words_is_another_one(
    before: list[str], after: list[str], signs: list[str], said: str
) -> None:
    parts = [*before, said, *after]
    text = "".join(part + sign for part, sign in zip(parts, signs, strict=False))
    for sighting in read_report(text).sightings:
        if sighting.field == "fvc_l":
            assert sighting.text == "2.31", text
