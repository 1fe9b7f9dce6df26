"""Quality of lung-function tests: grades of a spirometry session and of the transfer factor.

Spirometry: Graham BL et al., ATS/ERS 2019, doi 10.1164/rccm.201908-1590ST (Table 10 for the grades).
Transfer factor: Graham BL et al., ERS/ATS 2017, doi 10.1183/13993003.00016-2016. Printed signs of the two
differ between copies; the limits themselves are taken as inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ctdild_desktop.clinical.inputs import exact, plain, told
from ctdild_desktop.clinical.records import DlcoUnit
from ctdild_desktop.clinical.verdict import Sentence, Verdict, any_of, sentence

SPIROMETRY_SOURCE = "ATS/ERS 2019, doi 10.1164/rccm.201908-1590ST"
DLCO_SOURCE = "ERS/ATS 2017, doi 10.1183/13993003.00016-2016"
_OLDER = (Fraction(150, 1000), Fraction(200, 1000), Fraction(250, 1000))
_YOUNG = (Fraction(100, 1000), Fraction(150, 1000), Fraction(200, 1000))


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityGrade:
    """A grade with its reasons."""

    grade: str
    """``A`` to ``F`` or ``U`` for spirometry; ``A`` to ``D`` or ``F`` for the transfer factor."""
    because: tuple[Sentence, ...]
    source: str


def grade(
    acceptable: Sequence[Decimal],
    usable: Sequence[Decimal] = (),
    age: Decimal | float | None = None,
) -> QualityGrade:
    """The grade of FVC or FEV1 from the litres of its acceptable and merely usable manoeuvres (ATS/ERS 2019).

    A and B within 0.150 L (A from three acceptable ones on), C within 0.200, D within 0.250, E beyond it or
    with one acceptable, U with usable ones alone, F with none. To the age of 6 years the limits are 0.100,
    0.150 and 0.200 L or 10 % of the largest, whichever is greater; an age not recorded is taken as older.

    Raises:
        InputError: a volume or the age is not a number, or is negative.
    """
    volumes = sorted((exact("A volume", litres) for litres in acceptable), reverse=True)
    others = [exact("A volume", litres) for litres in usable]
    years = None if age is None else exact("Age", age)
    if not volumes:
        text = "No acceptable manoeuvre, {count} usable." if others else "No acceptable or usable manoeuvre."
        made = sentence(text, count=len(others)) if others else sentence(text)
        return _graded("U" if others else "F", made)
    if len(volumes) == 1:
        return _graded("E", sentence("One acceptable manoeuvre."))
    difference = volumes[0] - volumes[1]
    limits = _OLDER
    if years is not None and years <= 6:
        a, c, d = (max(limit, volumes[0] / 10) for limit in _YOUNG)
        limits = (a, c, d)
    letters = ("A" if len(volumes) >= 3 else "B", "C", "D")
    found = next((letter for letter, limit in zip(letters, limits, strict=True) if difference <= limit), "E")
    nearest = min(limits, key=lambda limit: abs(limit - difference))
    return _graded(
        found,
        sentence(
            "{count} acceptable manoeuvres, the two largest {difference} L apart.",
            count=len(volumes),
            difference=told(difference, nearest, 3),
        ),
    )


def _graded(letter: str, because: Sentence) -> QualityGrade:
    return QualityGrade(grade=letter, because=(because,), source=SPIROMETRY_SOURCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blow:
    """One forced manoeuvre as the spirometer and the operator describe it; None when not recorded."""

    fvc_l: Decimal | None = None
    back_extrapolated_l: Decimal | None = None
    inspired_l: Decimal | None = None
    """FIVC: the inspired volume after or before the expiration, where it was measured."""
    cough_in_first_second: bool | None = None
    glottic_closure: bool | None = None
    leak_or_obstruction: bool | None = None
    plateau: bool | None = None
    expiration_s: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptability:
    """Whether a manoeuvre is acceptable, with its faults or with what was not recorded."""

    verdict: Verdict
    faults: tuple[Sentence, ...] = ()
    needs: tuple[Sentence, ...] = ()


def acceptability(blow: Blow) -> Acceptability:
    """Whether a manoeuvre can count for FVC, by the short list of ATS/ERS 2019.

    Back-extrapolated volume to 5 % of FVC or 0.100 L, whichever is greater; no cough in the first second, no
    glottic closure, no leak or obstruction; a plateau or at least 15 s; inspired volume not more than 0.100 L
    or 5 % of FVC, whichever is greater, above FVC. An inspired volume not measured is not asked for.

    Raises:
        InputError: a volume or a time is not a number, or is negative.
    """
    fvc = _maybe("FVC", blow.fvc_l)
    extrapolated = _maybe("The back-extrapolated volume", blow.back_extrapolated_l)
    inspired = _maybe("The inspired volume", blow.inspired_l)
    seconds = _maybe("The time of expiration", blow.expiration_s)
    margin = None if fvc is None else max(fvc / 20, Fraction(1, 10))
    long_enough = None if seconds is None else seconds >= 15
    ended = _either(blow.plateau, long_enough)
    late_start = None if margin is None or extrapolated is None else extrapolated > margin
    checks = [
        (late_start, "the back-extrapolated volume is too large", "FVC and the back-extrapolated volume"),
        (blow.cough_in_first_second, "cough in the first second", "cough in the first second"),
        (blow.glottic_closure, "glottic closure", "glottic closure"),
        (blow.leak_or_obstruction, "leak or obstruction of the mouthpiece", "leak or obstruction"),
        (None if ended is None else not ended, "no plateau and shorter than 15 s", "the end of expiration"),
    ]
    if inspired is not None:
        over = None if margin is None or fvc is None else inspired - fvc > margin
        checks.append((over, "the inspired volume is larger than FVC", "FVC"))
    faults = tuple(sentence(text) for fault, text, _need in checks if fault is True)
    needs = tuple(sentence(need) for fault, _text, need in checks if fault is None)
    answer = Verdict.NOT_MET if faults else Verdict.CANNOT_ASSESS if needs else Verdict.MET
    return Acceptability(verdict=answer, faults=faults, needs=() if faults else needs)


def _maybe(name: str, value: Decimal | None) -> Fraction | None:
    return None if value is None else exact(name, value)


def _either(*known: bool | None) -> bool | None:
    words = {True: Verdict.MET, False: Verdict.NOT_MET, None: Verdict.CANNOT_ASSESS}
    answer = any_of(*(words[one] for one in known))
    return None if answer is Verdict.CANNOT_ASSESS else answer is Verdict.MET


@dataclass(frozen=True, slots=True, kw_only=True)
class Breath:
    """One single-breath manoeuvre of the transfer factor."""

    vi_vc_pct: Decimal
    """Inspired volume as percent of the vital capacity."""
    breath_hold_s: Decimal
    collection_s: Decimal
    va_l: Decimal | None = None
    dlco: Decimal | None = None


def dlco_grade(breath: Breath, acceptable_va_l: Iterable[Decimal] = ()) -> QualityGrade:
    """The grade of a single-breath manoeuvre (ERS/ATS 2017).

    A: at least 90 % of VC inspired (or 85 % with VA within 0.2 L or 5 % of another acceptable manoeuvre,
    whose VA are ``acceptable_va_l``), breath held 8 to 12 s, collected within 4 s. B: 85 %, the same times.
    C: 80 %, 8 to 12 s, 5 s. F: all three outside the limits of C. D: anything between.

    Raises:
        InputError: a value is not a number, or is negative.
    """
    inspired = exact("VI/VC", breath.vi_vc_pct)
    held = exact("The breath hold", breath.breath_hold_s)
    collected = exact("The collection time", breath.collection_s)
    in_time = 8 <= held <= 12
    full = inspired >= 90 or (inspired >= 85 and _va_agrees(breath.va_l, acceptable_va_l))
    if in_time and collected <= 4 and full:
        letter = "A"
    elif in_time and collected <= 4 and inspired >= 85:
        letter = "B"
    elif in_time and collected <= 5 and inspired >= 80:
        letter = "C"
    else:
        letter = "D" if in_time or collected <= 5 or inspired >= 80 else "F"
    made = sentence(
        "VI/VC {inspired} %, breath held {held} s, collected in {collected} s.",
        inspired=plain(inspired),
        held=plain(held),
        collected=plain(collected),
    )
    return QualityGrade(grade=letter, because=(made,), source=DLCO_SOURCE)


def _va_agrees(va: Decimal | None, others: Iterable[Decimal]) -> bool:
    if va is None:
        return False
    mine = exact("VA", va)
    return any(
        abs(mine - other) <= max(Fraction(2, 10), other / 20)
        for other in (exact("VA", one) for one in others)
    )


def dlco_session(values: Sequence[Decimal], unit: DlcoUnit) -> Fraction | None:
    """The transfer factor to report from manoeuvres of grade A: the mean of two that agree (ERS/ATS 2017).

    Two agree within 2 mL/min/mmHg (0.67 mmol/min/kPa). Of several such pairs the closest one is taken, the
    earlier of equally close ones. None when no two agree.

    Raises:
        InputError: a value is not a number, or is negative.
    """
    made = [exact("DLCO", value) for value in values]
    limit = Fraction(2) if unit is DlcoUnit.TRADITIONAL else Fraction(67, 100)
    pairs = [(abs(a - b), a, b) for at, a in enumerate(made) for b in made[at + 1 :]]
    near = [pair for pair in pairs if pair[0] <= limit]
    if not near:
        return None
    _gap, a, b = min(near, key=lambda pair: pair[0])
    return (a + b) / 2
