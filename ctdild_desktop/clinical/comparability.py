"""What stands between two tests before their values may be compared. It warns; the criteria have own rules.

Sources: Stanojevic 2022, doi 10.1183/13993003.01499-2021 (one reference set through a series; serial values
need the same conditions); Graham 2017, doi 10.1183/13993003.00016-2016 (transfer factor with its haemoglobin
correction stated); Graham 2019, doi 10.1164/rccm.201908-1590ST (quality grades, bronchodilator). More than
3 cm of difference in height is this registry's own limit: no adult changes as much from one test to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ctdild_desktop.clinical.codes import label
from ctdild_desktop.clinical.haemoglobin import Haemoglobin
from ctdild_desktop.clinical.prediction import dlco_name, height_of
from ctdild_desktop.clinical.records import Patient, Pft
from ctdild_desktop.clinical.reference import set_for
from ctdild_desktop.clinical.series import (
    computed_percent,
    factor_of,
    unusable_dlco,
    unusable_fvc,
)
from ctdild_desktop.clinical.verdict import Caution, sentence

HEIGHT_CM = Decimal(3)
_LOW_FVC = {"D"}
_LOW_DLCO = {"C", "D"}


def differences(
    earlier: Pft, later: Pft, patient: Patient, haemoglobins: Sequence[Haemoglobin] = ()
) -> tuple[Caution, ...]:
    """Why two tests are not simply comparable, one caution for each reason; empty when they are.

    Looked at are the reference set (of the measures that both tests have), height, unit of DLCO, its
    correction for haemoglobin, laboratory, quality, and bronchodilator. What only one test records, and the
    other does not, makes a difference where values depend on it (reference set, bronchodilator), else none.

    Args:
        earlier: the test with which is compared.
        later: the test that is compared.
        patient: for the height, and for what can be computed anew.
        haemoglobins: laboratory results, for tests without an own one.
    """
    return (
        *_reference_sets(earlier, later, patient),
        *_height(earlier, later, patient),
        *_dlco(earlier, later, patient, haemoglobins),
        *_laboratory(earlier, later),
        *_quality(earlier),
        *_quality(later),
        *_bronchodilator(earlier, later),
    )


def _has_fvc(test: Pft) -> bool:
    return test.fvc_l is not None or test.fvc_pct_pred is not None


def _has_dlco(test: Pft) -> bool:
    return test.dlco is not None or test.dlco_pct_pred is not None


def _reference_sets(earlier: Pft, later: Pft, patient: Patient) -> tuple[Caution, ...]:
    """One caution for the measures whose equations differ, or are not recorded on one side."""
    first, last = earlier.reference_set, later.reference_set
    measures = [
        (name, equation, values)
        for name, equation, values, present in (
            ("FVC", "FVC", (earlier.fvc_l, later.fvc_l), _has_fvc(earlier) and _has_fvc(later)),
            (
                "DLCO",
                dlco_name(later.dlco_unit or earlier.dlco_unit) or "DLCO",
                (earlier.dlco, later.dlco),
                _has_dlco(earlier) and _has_dlco(later),
            ),
        )
        if present
    ]
    if not measures or first == last:
        return ()
    if first is None or last is None:
        unnamed = earlier if first is None else later
        text = sentence("The test of {date} does not name its reference set.", date=unnamed.date)
        return (Caution("REFERENCE_SET_UNKNOWN", text),)
    cautions = []
    for name, equation, values in measures:
        used = [set_for(equation, stated) or stated for stated in (first, last)]
        if used[0] == used[1]:
            continue
        anew = [
            computed_percent(equation, value, test, patient, last)
            for value, test in zip(values, (earlier, later), strict=True)
        ]
        same_unit = name == "FVC" or earlier.dlco_unit is later.dlco_unit
        outcome = (
            "Reference set of {measure}: {first}, then {last}; % predicted cannot be compared."
            if None in anew or not same_unit
            else "Reference set of {measure}: {first}, then {last}; to compare, both are computed "
            "with {last}."
        )
        told = [label("reference_set", stated) for stated in used]
        made = sentence(
            outcome,
            measure=name,
            first=told[0],
            last=told[1],
        )
        cautions.append(Caution("REFERENCE_SET", made))
    return tuple(cautions)


def _height(earlier: Pft, later: Pft, patient: Patient) -> tuple[Caution, ...]:
    first, last = height_of(earlier, patient), height_of(later, patient)
    if first is None or last is None or abs(first - last) <= HEIGHT_CM:
        return ()
    text = sentence(
        "Height {first} cm, then {last} cm: % predicted follows the height.", first=first, last=last
    )
    return (Caution("HEIGHT", text),)


def _dlco(
    earlier: Pft, later: Pft, patient: Patient, haemoglobins: Sequence[Haemoglobin]
) -> tuple[Caution, ...]:
    if not _has_dlco(earlier) or not _has_dlco(later):
        return ()
    cautions = []
    units = (earlier.dlco_unit, later.dlco_unit)
    if units[0] is not None and units[1] is not None and units[0] is not units[1]:
        text = sentence("DLCO in {first}, then in {last}.", first=units[0].value, last=units[1].value)
        cautions.append(Caution("DLCO_UNIT", text))
    states = [test.dlco_hb_corrected is True for test in (earlier, later)]
    if states[0] is not states[1]:
        corrected, other = (earlier, later) if states[0] else (later, earlier)
        text = sentence(
            "DLCO of {corrected} is corrected for haemoglobin, that of {other} is not; it can be corrected "
            "with the haemoglobin on record."
            if factor_of(other, patient, haemoglobins) is not None
            else "DLCO of {corrected} is corrected for haemoglobin, that of {other} is not; they cannot be "
            "compared.",
            corrected=corrected.date,
            other=other.date,
        )
        cautions.append(Caution("HB_CORRECTION", text))
    return tuple(cautions)


def _laboratory(earlier: Pft, later: Pft) -> tuple[Caution, ...]:
    first, last = earlier.laboratory.strip(), later.laboratory.strip()
    if not first or not last or first.casefold() == last.casefold():
        return ()
    return (Caution("LABORATORY", sentence("Laboratory {first}, then {last}.", first=first, last=last)),)


def _quality(test: Pft) -> tuple[Caution, ...]:
    """A test that the rules leave out, or use with a warning."""
    if test.excluded:
        why = unusable_fvc(test) if _has_fvc(test) else unusable_dlco(test)
        text = sentence("The test of {date} is {why}.", date=test.date, why=why or "excluded")
        return (Caution("EXCLUDED", text),)
    graded = (
        ("FVC", test.fvc_grade, _has_fvc(test), unusable_fvc(test), _LOW_FVC),
        ("DLCO", test.dlco_grade, _has_dlco(test), unusable_dlco(test), _LOW_DLCO),
    )
    return tuple(
        Caution(
            "LOW_QUALITY",
            sentence(
                "{name} of {date} has quality grade {grade} and is not used."
                if unused
                else "{name} of {date} has quality grade {grade}.",
                name=name,
                date=test.date,
                grade=grade,
            ),
        )
        for name, grade, present, unused, low in graded
        if present and grade is not None and (unused or grade in low)
    )


def _bronchodilator(earlier: Pft, later: Pft) -> tuple[Caution, ...]:
    if (earlier.post_bd is True) is (later.post_bd is True):
        return ()
    after, other = (earlier, later) if earlier.post_bd is True else (later, earlier)
    text = sentence(
        "The test of {after} was after bronchodilator, that of {other} does not say."
        if other.post_bd is None
        else "The test of {after} was after bronchodilator, that of {other} was not.",
        after=after.date,
        other=other.date,
    )
    return (Caution("BRONCHODILATOR", text),)
