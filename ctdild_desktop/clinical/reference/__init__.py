"""Reference values of lung function: what is predicted for a person, and where a measurement lies.

The equations are evaluated in one place (:mod:`.equations`, on columns of people); the functions here are the
front door for one person and use that same code. numpy is imported with the first question.

Age is the exact decimal age: days from birth date to test date divided by 365.25. Sources: GLI-2012 (Quanjer
2012), GLI Global (Bowerman 2023), GLI-2017 transfer factor (Stanojevic 2017, corrected 2020), GLI-2021 lung
volumes (Hall 2021), NHANES III (Hankinson 1999), ECSC (Quanjer 1993); each with its doi in its table.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from ctdild_desktop.clinical.records import DlcoUnit, Sex
from ctdild_desktop.clinical.reference.tables import Publication, TableError, known_sets, publication

if TYPE_CHECKING:
    from ctdild_desktop.clinical.reference.equations import Floats

__all__ = [
    "Limits",
    "Publication",
    "TableError",
    "age_in_years",
    "dlco_measure",
    "known_sets",
    "limits",
    "limits_at",
    "percent",
    "predict_table",
    "publication",
    "set_for",
    "z_score",
]

_SPIROMETRY = {"FVC", "FEV1", "FEV1FVC"}
_TRANSFER = {"DLCO", "TLCO", "KCO_SI", "KCO_TRAD", "VA"}
_COMPANIONS = {"GLI2012", "GLI2022", "GLI2017_TLCO", "GLI2021_VOL"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What is predicted for one person: volumes in L, DLCO in its unit, FEV1/FVC as a fraction.

    ``skew`` and ``spread`` are L and S of the LMS method; ``lln`` and ``uln`` are the 5th and 95th percentile
    (z = ∓1.645). None where the set does not give it: ECSC 1993 has predicted values only, NHANES III no
    upper limit.
    """

    predicted: float
    lln: float | None
    uln: float | None
    skew: float | None
    spread: float | None
    reference_set: str


def age_in_years(birth: dt.date, on: dt.date) -> float:
    """Exact decimal age: days divided by 365.25; this is the age that the equations take."""
    return (on - birth).days / 365.25


def set_for(measure: str, reference_set: str | None) -> str | None:
    """The set that gives a measure for a record made under ``reference_set``; None when none does.

    The Global Lung Function Initiative published spirometry, transfer factor and volumes apart, so a record
    under any GLI spirometry set takes its transfer factor from GLI-2017 and its volumes from GLI-2021. Older
    sets stand for spirometry alone. A spirometry value is never computed under a set that was not named.
    """
    if reference_set not in known_sets():
        return None
    if measure in _SPIROMETRY:
        return reference_set if reference_set in {"GLI2012", "GLI2022", "NHANES3", "ECSC93"} else None
    if reference_set not in _COMPANIONS:
        return None
    return "GLI2017_TLCO" if measure in _TRANSFER else "GLI2021_VOL"


def dlco_measure(unit: DlcoUnit) -> str:
    """The name of the transfer factor's measure in a unit."""
    return "TLCO" if unit is DlcoUnit.SI else "DLCO"


@lru_cache(maxsize=1024)
def limits(
    measure: str,
    reference_set: str,
    sex: Sex,
    age_years: float,
    height_cm: Decimal,
    *,
    ethnic_group: int | None = None,
) -> Limits | None:
    """Predicted value and limits of normal for one person.

    ``measure`` is ``FVC``, ``FEV1``, ``FEV1FVC`` (fraction), ``DLCO`` (mL/min/mmHg), ``TLCO``
    (mmol/min/kPa), ``KCO_TRAD``, ``KCO_SI``, ``VA``, ``TLC``, ``FRC``, ``RV``, ``RV_TLC`` (percent), ``ERV``,
    ``IC`` or ``VC``.
    ``ethnic_group`` is needed by GLI2012 and NHANES3 and is never assumed.

    Returns:
        None where there is no published value: the set does not give the measure, the age or height is
        outside its range, or the ethnic group is missing where it is needed.
    """
    return limits_at(measure, reference_set, sex, [(age_years, height_cm)], ethnic_group=ethnic_group)[0]


def limits_at(
    measure: str,
    reference_set: str,
    sex: Sex,
    at: Sequence[tuple[float, Decimal]],
    *,
    ethnic_group: int | None = None,
) -> tuple[Limits | None, ...]:
    """As :func:`limits` for one person at several ages (years) and heights (cm), in one evaluation."""
    nothing = (None,) * len(at)
    if reference_set not in known_sets():
        return nothing
    import numpy as np

    from ctdild_desktop.clinical.reference.equations import People, evaluate, measures

    if measure not in measures(reference_set):
        return nothing
    made = evaluate(
        reference_set,
        measure,
        People(
            male=np.full(len(at), sex is Sex.MALE),
            age=np.array([age for age, _height in at]),
            height=np.array([float(height) for _age, height in at]),
            group=np.full(len(at), np.nan if ethnic_group is None else float(ethnic_group)),
        ),
    )

    def known(column: Floats) -> list[float | None]:
        return [None if math.isnan(value) else value for value in column.tolist()]

    columns = (made.predicted, made.lln, made.uln, made.skew, made.spread)
    return tuple(
        None if predicted is None else Limits(predicted, lln, uln, skew, spread, reference_set)
        for predicted, lln, uln, skew, spread in zip(*map(known, columns), strict=True)
    )


def z_score(value: Decimal, of: Limits) -> float | None:
    """The z-score of a measured value, or None where the set gives no spread (ECSC 1993).

    LMS sets: ((x/M)^L − 1) / (L·S). NHANES III: 1.645·(x − M) / (M − LLN). It is
    :meth:`.equations.Columns.z` for one number, which takes a tenth of the time of a column.
    """
    if of.lln is None or value <= 0:
        return None
    x = float(value)
    if of.spread is None or of.skew is None:
        return 1.645 * (x - of.predicted) / (of.predicted - of.lln)
    import numpy as np

    ratio = x / of.predicted  # logarithm and power are those of columns, to the last bit
    if abs(of.skew) < 1e-5:
        return float(np.log(ratio)) / of.spread
    return (float(np.power(ratio, of.skew)) - 1) / (of.skew * of.spread)


def percent(value: Decimal, of: Limits) -> Decimal:
    """A measured value in % predicted, 100·x / M, to 28 digits and unrounded."""
    return value * 100 / Decimal(of.predicted)


def predict_table(columns: Mapping[str, Sequence[str]]) -> dict[str, Floats]:
    """Reference values for a whole table; see :func:`.table.predict_table`, which says all of it."""
    from ctdild_desktop.clinical.reference.table import predict_table as made

    return made(columns)
