"""Reference values for a whole table of people, as ``ctdild predict`` prints them.

Every set is evaluated: Quanjer 2012, Bowerman 2023, Stanojevic 2017, Hall 2021, Hankinson 1999, Quanjer 1993.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from ctdild_desktop.clinical.entry import EntryError
from ctdild_desktop.clinical.reference.equations import Floats, People, evaluate

_PLAIN = re.compile(r"[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?\Z")

_OUTPUTS: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "gli2012",
        "GLI2012",
        (
            ("fev1", "FEV1", "measured_fev1_l"),
            ("fvc", "FVC", "measured_fvc_l"),
            ("fev1fvc", "FEV1FVC", "measured_fev1_fvc"),
        ),
    ),
    (
        "gliglobal2022",
        "GLI2022",
        (
            ("fev1", "FEV1", "measured_fev1_l"),
            ("fvc", "FVC", "measured_fvc_l"),
            ("fev1fvc", "FEV1FVC", "measured_fev1_fvc"),
        ),
    ),
    (
        "gli2017",
        "GLI2017_TLCO",
        (
            ("tlco", "TLCO", "measured_tlco_mmol_min_kpa"),
            ("kco_si", "KCO_SI", "measured_kco_mmol_min_kpa_l"),
            ("va", "VA", "measured_va_l"),
            ("dlco", "DLCO", "measured_dlco_ml_min_mmhg"),
            ("kco_trad", "KCO_TRAD", "measured_kco_ml_min_mmhg_l"),
        ),
    ),
    (
        "gli2021",
        "GLI2021_VOL",
        (
            ("tlc", "TLC", "measured_tlc_l"),
            ("frc", "FRC", "measured_frc_l"),
            ("rv", "RV", "measured_rv_l"),
            ("rv_tlc", "RV_TLC", "measured_rv_tlc_percent"),
            ("vc", "VC", "measured_vc_l"),
        ),
    ),
)
_REQUIRED = ("sex", "age_years", "height_cm")
_SEX_WORDS = {"m": True, "male": True, "f": False, "female": False}


def predict_table(columns: Mapping[str, Sequence[str]]) -> dict[str, Floats]:
    """Reference values of every equation for the people of a table.

    ``columns`` holds the cells of the input by column name: ``sex`` (male, female, M, F), ``age_years``,
    ``height_cm``, ``ethnic_group`` (1-5, read by GLI-2012 alone) and any ``measured_*`` columns. The result
    has ``<equation>_<measure>_predicted``, ``_lln``, ``_z`` and ``_percent_predicted`` in a fixed order, NaN
    where not available: age outside the published range, group or measurement missing.

    Raises:
        EntryError: a required column is missing, or a cell cannot be read; names column and row (the first
            row below the header is 2).
    """
    missing = [name for name in _REQUIRED if name not in columns]
    if missing:
        raise EntryError(f"The column {missing[0]} is missing.")
    count = len(columns["sex"])
    sex = _sexes(columns["sex"])
    known = ~np.isnan(sex)
    age = np.where(known, _numbers("age_years", columns["age_years"]), np.nan)
    height = _numbers("height_cm", columns["height_cm"])
    group = (
        _numbers("ethnic_group", columns["ethnic_group"])
        if "ethnic_group" in columns
        else np.full(count, np.nan)
    )
    people = People(male=sex == 1, age=age, height=height, group=group)
    measured: dict[str, Floats] = {}
    result: dict[str, Floats] = {}
    for prefix, reference_set, wanted in _OUTPUTS:
        for name, measure, column in wanted:
            if column not in measured:
                measured[column] = (
                    _numbers(column, columns[column]) if column in columns else np.full(count, np.nan)
                )
            made = evaluate(reference_set, measure, people)
            stem = f"{prefix}_{name}"
            value = np.where(measured[column] > 0, measured[column], np.nan)
            result[f"{stem}_predicted"] = made.predicted
            result[f"{stem}_lln"] = made.lln
            result[f"{stem}_z"] = made.z(value)
            result[f"{stem}_percent_predicted"] = made.percent(value)
    return result


def _sexes(cells: Sequence[str]) -> Floats:
    """1 for male, 0 for female, NaN where empty."""
    made = np.full(len(cells), np.nan)
    for index, cell in enumerate(cells):
        word = cell.strip().lower()
        if not word:
            continue
        if word not in _SEX_WORDS:
            raise EntryError(f"Row {index + 2}: sex is male or female, not {cell.strip()!r}.")
        made[index] = _SEX_WORDS[word]
    return made


def _numbers(name: str, cells: Sequence[str]) -> Floats:
    """The numbers of a column with decimal points, NaN where empty."""
    made = np.full(len(cells), np.nan)
    for index, cell in enumerate(cells):
        text = cell.strip()
        if not text:
            continue
        if not _PLAIN.match(text):
            raise EntryError(f"Row {index + 2}: {name} is not a number: {text!r}.")
        made[index] = float(text)
    return made
