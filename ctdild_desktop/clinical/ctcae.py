"""CTCAE v5 grades of laboratory values: a suggestion that a clinician confirms.

National Cancer Institute, Common Terminology Criteria for Adverse Events v5.0, 27 November 2017. The cut-offs
are data (``resources/ctcae/lab_terms.csv``). A value at a boundary belongs to the milder grade. Grade 5 is
never suggested, nor is grade 4 of anaemia, which is a clinical statement. Where a missing limit of normal
hides whether there is a grade, the answer is that it cannot be told.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from ctdild_desktop.bundled import resources
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.inputs import InputError, exact, plain, told
from ctdild_desktop.clinical.units import stored_unit, to_stored
from ctdild_desktop.clinical.verdict import Caution, Sentence, sentence
from ctdild_desktop.language import remembered, say

SOURCE = "CTCAE v5.0 (NCI, 27 November 2017)"
BASELINE_MONTHS = 6

Cuts = tuple[Fraction | None, Fraction | None, Fraction | None, Fraction | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabTerm:
    """One term with its cut-offs for grades 1 to 4; None where the grade has no number of its own."""

    term: str
    """``WBC``, ``neutrophils``, ``Hb``, ``ALT`` ..."""
    ae_term: str
    """The code of the adverse-event list that the grade belongs to."""
    label: str
    quantity: str
    """Name of the quantity in :mod:`ctdild_desktop.clinical.units`."""
    limit: str
    """``lln``: values below it are graded; ``uln``: multiples of it are."""
    cuts: Cuts
    """``lln``: values in the stored unit below which the grade begins; ``uln``: multiples above which."""
    baseline_rule: str
    """``none``; ``instead``: an abnormal baseline takes ULN's place; ``higher``: the worse of both counts."""
    baseline_cuts: Cuts
    """Multiples of the baseline."""
    baseline_at: bool
    """Whether grade 1 begins at its multiple of the baseline, not only above it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabGrade:
    """A suggested grade; None when it cannot be told, with what is missing."""

    term: LabTerm
    grade: int | None
    because: tuple[Sentence, ...] = ()
    needs: tuple[Sentence, ...] = ()
    cautions: tuple[Caution, ...] = ()
    source: str = SOURCE


@remembered
def lab_terms() -> dict[str, LabTerm]:
    """The terms that are graded from a laboratory value, by name, in the order of the table (CTCAE v5.0)."""
    path = resources() / "ctcae" / "lab_terms.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    return {
        row["term"]: LabTerm(
            term=row["term"],
            ae_term=row["ae_term"],
            label=say(row["label"]),
            quantity=row["quantity"],
            limit=row["limit"],
            cuts=_cuts(row, "g"),
            baseline_rule=row["baseline_rule"],
            baseline_cuts=_cuts(row, "b"),
            baseline_at=row["b1_from"] == "at",
        )
        for row in rows
    }


@remembered
def term_of_test(test: str) -> LabTerm | None:
    """The term that a test of the list of laboratory tests (``hb``, ``ck``) is graded by; None without."""
    wanted = {"ck": "CPK"}.get(test, test).casefold()
    return next((term for name, term in lab_terms().items() if name.casefold() == wanted), None)


def _cuts(row: dict[str, str], letter: str) -> Cuts:
    one, two, three, four = (
        Fraction(row[f"{letter}{grade}"]) if row[f"{letter}{grade}"] else None for grade in (1, 2, 3, 4)
    )
    return one, two, three, four


def lab_grade(
    term: str,
    value: Decimal,
    unit: str,
    *,
    lln: Decimal | None = None,
    uln: Decimal | None = None,
    baseline: Decimal | None = None,
    drugs: Collection[str] = (),
) -> LabGrade:
    """The CTCAE v5.0 grade of a laboratory value; limits and baseline are in the unit of the value.

    Grade 0: no column of the table applies. No baseline means that it was normal; it is abnormal above ULN.
    ``drugs`` are codes of what the patient was given: lymphocytes under rituximab are cautioned.

    Raises:
        KeyError: the term is not one of :func:`lab_terms`.
        UnitError: the unit is not one of the quantity.
        InputError: a number is not finite or is negative, or a limit or baseline is zero.
    """
    found = lab_terms()[term]
    measured = _stored(found, "The value", value, unit)
    if found.limit == "lln":
        return _cautioned(_low(found, measured, _limit(found, "The lower limit", lln, unit)), drugs)
    return _high(
        found,
        measured,
        _limit(found, "The upper limit", uln, unit),
        _limit(found, "The baseline", baseline, unit),
    )


def baseline_value(results: Iterable[tuple[dt.date, Decimal]], drug_start: dt.date) -> Decimal | None:
    """The baseline of a laboratory value: the last before a drug was started, at most 6 months before.

    Of several results of one day the last one given counts. A result of the starting day is not a baseline.
    CTCAE v5.0 speaks of the baseline without a span; six months are this program's choice.
    """
    earliest = add_months(drug_start, -BASELINE_MONTHS)
    known = [(date, at, value) for at, (date, value) in enumerate(results) if earliest <= date < drug_start]
    return max(known, key=lambda entry: entry[:2])[2] if known else None


def _stored(found: LabTerm, name: str, value: Decimal, unit: str) -> Fraction:
    exact(name, value)
    return Fraction(to_stored(found.quantity, value, unit))


def _limit(found: LabTerm, name: str, value: Decimal | None, unit: str) -> Fraction | None:
    if value is None:
        return None
    if value == 0:
        raise InputError(say("{name} cannot be 0.", name=name))
    return _stored(found, name, value, unit)


def _cautioned(made: LabGrade, drugs: Collection[str]) -> LabGrade:
    """Rituximab removes B cells, which are lymphocytes."""
    if made.term.term != "lymphocytes" or "rituximab" not in drugs or not made.grade:
        return made
    text = sentence("Fewer lymphocytes are expected pharmacology under rituximab.")
    return replace(made, cautions=(Caution("EXPECTED_PHARMACOLOGY", text),))


def _low(found: LabTerm, value: Fraction, lln: Fraction | None) -> LabGrade:
    unit = stored_unit(found.quantity).replace("10^9", "10⁹")
    below = [(grade, cut) for grade, cut in enumerate(found.cuts, start=1) if cut is not None and value < cut]
    if below:
        grade, limit = below[-1]
    elif lln is None:
        return LabGrade(term=found, grade=None, needs=(sentence("the lower limit of normal"),))
    else:
        grade, limit = (1 if value < lln else 0), lln
    text = "{value} {unit}, below {limit}." if grade else "{value} {unit}, not below the lower limit {limit}."
    made = sentence(text, value=told(value, limit), unit=unit, limit=plain(limit))
    return LabGrade(term=found, grade=grade, because=(made,))


def _high(found: LabTerm, value: Fraction, uln: Fraction | None, baseline: Fraction | None) -> LabGrade:
    replaced = (
        found.baseline_rule == "instead" and uln is not None and baseline is not None and baseline > uln
    )
    answers: list[tuple[int, Sentence]] = []
    if uln is not None and not replaced:
        answers.append(_multiple(found.cuts, value, uln, "ULN"))
    if baseline is not None and (replaced or found.baseline_rule == "higher"):
        answers.append(_multiple(found.baseline_cuts, value, baseline, "baseline", reached=found.baseline_at))
    worst = max((grade for grade, _text in answers), default=0)
    if uln is None and worst < 2:
        return LabGrade(term=found, grade=None, needs=(sentence("the upper limit of normal"),))
    return LabGrade(term=found, grade=worst, because=tuple(text for _grade, text in answers))


def _multiple(
    cuts: Cuts, value: Fraction, unit_value: Fraction, name: str, *, reached: bool = False
) -> tuple[int, Sentence]:
    """The grade by multiples of a limit or a baseline, with its sentence."""
    ratio = value / unit_value
    met = [
        grade
        for grade, cut in enumerate(cuts, start=1)
        if cut is not None and (ratio > cut or (reached and grade == 1 and ratio == cut))
    ]
    known = [cut for cut in cuts if cut is not None]
    nearest = min(known, key=lambda cut: abs(cut - ratio))
    grade = max(met, default=0)
    text = sentence(
        "{ratio} × {name} ({value} / {limit}): grade {grade}.",
        ratio=told(ratio, nearest, 2),
        name=name,
        value=plain(value),
        limit=plain(unit_value),
        grade=grade,
    )
    return grade, text
