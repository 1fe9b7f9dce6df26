"""How severe: the z-score bands of lung function, and the ILD-GAP index with its risk of death."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from ctdild_desktop.clinical.codes import diagnoses
from ctdild_desktop.clinical.criteria.facts import Facts
from ctdild_desktop.clinical.dates import add_months, completed_years
from ctdild_desktop.clinical.inputs import InputError, exact
from ctdild_desktop.clinical.records import Pft, Sex
from ctdild_desktop.clinical.series import DlcoVisit, FvcVisit
from ctdild_desktop.clinical.verdict import Caution, Sentence, sentence


class SeverityZ(StrEnum):
    """Bands of a z-score (Stanojevic 2022), without the gaps of the printed table."""

    NORMAL = "NORMAL"
    MILD = "MILD"
    MODERATE = "MODERATE"
    SEVERE = "SEVERE"
    CANNOT_ASSESS = "CANNOT_ASSESS"


def severity_z(z: Decimal | float | None) -> SeverityZ:
    """The band of a z-score of FVC, FEV1, TLC or DLCO.

    Normal from −1.645 up, mild from −2.5, moderate from −4.0, severe below. Stanojevic 2022,
    doi 10.1183/13993003.01499-2021.

    Raises:
        InputError: the z-score is not a finite number.
    """
    if z is None:
        return SeverityZ.CANNOT_ASSESS
    value = exact("The z-score", z, low=None)
    if value >= Fraction(-1645, 1000):
        return SeverityZ.NORMAL
    if value >= Fraction(-25, 10):
        return SeverityZ.MILD
    return SeverityZ.MODERATE if value >= -4 else SeverityZ.SEVERE


def dlco_band(percent: Decimal | Fraction | None, *, below_lln: bool | None = None) -> SeverityZ:
    """The band of DLCO in % predicted as it was named before z-scores; for display only.

    Above 60 % and below the lower limit of normal mild, from 40 to 60 % moderate, below 40 % severe.
    Pellegrino 2005, doi 10.1183/09031936.05.00035205.

    Raises:
        InputError: the percentage is not a finite number, or is negative.
    """
    if percent is None:
        return SeverityZ.CANNOT_ASSESS
    value = exact("DLCO in % predicted", percent)
    if value <= 60:
        return SeverityZ.MODERATE if value >= 40 else SeverityZ.SEVERE
    if below_lln is None:
        return SeverityZ.CANNOT_ASSESS
    return SeverityZ.MILD if below_lln else SeverityZ.NORMAL


class Restriction(StrEnum):
    """What volumes say of restriction (Stanojevic 2022): it is proven by TLC alone."""

    PROVEN = "PROVEN"
    POSSIBLE = "POSSIBLE"
    NOT_SHOWN = "NOT_SHOWN"
    CANNOT_ASSESS = "CANNOT_ASSESS"


def restriction(
    *, tlc_low: bool | None = None, fvc_low: bool | None = None, ratio_low: bool | None = None
) -> Restriction:
    """Whether restriction is proven, possible or not shown; each argument: below its lower limit of normal.

    Proven by a low TLC and by nothing else, ruled out by a TLC that is not low. Without TLC a low FVC with a
    FEV1/FVC that is not low leaves it possible. Stanojevic 2022, doi 10.1183/13993003.01499-2021.
    """
    if tlc_low is not None:
        return Restriction.PROVEN if tlc_low else Restriction.NOT_SHOWN
    if fvc_low is False or ratio_low is True:
        return Restriction.NOT_SHOWN
    if fvc_low is None or ratio_low is None:
        return Restriction.CANNOT_ASSESS
    return Restriction.POSSIBLE


class IldGroup(StrEnum):
    """Disease group of the ILD-GAP index."""

    CTD_ILD = "CTD-ILD"
    INSIP = "iNSIP"
    CHP = "CHP"
    IPF = "IPF"
    UNCLASSIFIABLE = "unclassifiable"


@dataclass(frozen=True, slots=True, kw_only=True)
class IldGap:
    """The index with its risk of death in percent at 1, 2 and 3 years; ``needs`` when it cannot be told."""

    raw: int | None = None
    score: int | None = None
    """``raw`` with negative totals counted as 0."""
    band: str = ""
    """``0-1``, ``2-3``, ``4-5`` or ``>5``."""
    risk_1y: Decimal | None = None
    risk_2y: Decimal | None = None
    risk_3y: Decimal | None = None
    because: tuple[Sentence, ...] = ()
    needs: tuple[Sentence, ...] = ()
    cautions: tuple[Caution, ...] = ()

    @property
    def known(self) -> bool:
        """Whether the index could be told."""
        return self.score is not None


class ContradictionError(InputError):
    """A value is given together with the statement that the test could not be performed."""


_RISKS = (
    (1, "0-1", "3.1", "6.6", "10.2"),
    (3, "2-3", "8.8", "18.0", "26.9"),
    (5, "4-5", "18.2", "35.0", "49.2"),
)
_HIGHEST = (">5", "33.5", "58.9", "74.8")


def ild_gap(
    *,
    group: IldGroup,
    sex: Sex | None,
    age: int | None,
    fvc_percent: Decimal | Fraction | None,
    dlco_percent: Decimal | Fraction | None,
    dlco_cannot_perform: bool = False,
) -> IldGap:
    """The ILD-GAP index (Ryerson 2014, doi 10.1378/chest.13-1474).

    CTD-ILD, idiopathic NSIP and chronic HP −2; male 1; age to 60 / 61-65 / over 65: 0 / 1 / 2; FVC over 75 /
    50-75 / under 50 % predicted: 0 / 1 / 2; DLCO over 55 / over 35 / to 35 % / cannot perform: 0 / 1 / 2 / 3.
    Age is in completed years. A missing DLCO is not "cannot perform". Risk of death in percent at 1, 2 and 3
    years by the total: to 1: 3.1, 6.6, 10.2; 2 and 3: 8.8, 18.0, 26.9; 4 and 5: 18.2, 35.0, 49.2; above 5:
    33.5, 58.9, 74.8. It underestimates mortality in SSc-ILD.

    Raises:
        ContradictionError: DLCO has a value and could not be performed.
        InputError: the age or a percentage is not a finite number, or is negative.
    """
    if dlco_percent is not None and dlco_cannot_perform:
        raise ContradictionError("DLCO has a value and is recorded as impossible to perform.")
    needs = tuple(
        sentence(text)
        for text, missing in (
            ("sex", sex is None),
            ("the birth date", age is None),
            ("a usable FVC in % predicted", fvc_percent is None),
            (
                "a usable DLCO in % predicted within 3 months of it",
                not dlco_cannot_perform and dlco_percent is None,
            ),
        )
        if missing
    )
    if needs or age is None or fvc_percent is None:
        return IldGap(needs=needs)
    fvc = exact("FVC in % predicted", fvc_percent)
    dlco = None if dlco_percent is None else exact("DLCO in % predicted", dlco_percent)
    exact("Age", age)
    raw = -2 if group in {IldGroup.CTD_ILD, IldGroup.INSIP, IldGroup.CHP} else 0
    raw += 1 if sex is Sex.MALE else 0
    raw += 0 if age <= 60 else 1 if age <= 65 else 2
    raw += 0 if fvc > 75 else 1 if fvc >= 50 else 2
    if dlco is None:
        raw += 3
    else:
        raw += 0 if dlco > 55 else 1 if dlco > 35 else 2
    score = max(raw, 0)
    band, *risks = next((row[1:] for row in _RISKS if score <= row[0]), _HIGHEST)
    return IldGap(
        raw=raw,
        score=score,
        band=band,
        risk_1y=Decimal(risks[0]),
        risk_2y=Decimal(risks[1]),
        risk_3y=Decimal(risks[2]),
    )


def ild_gap_of(facts: Facts, as_of: dt.date) -> IldGap:
    """The ILD-GAP index of a patient on a date, from the latest FVC and the DLCO nearest to it.

    The two are usable visits within 3 months of each other. DLCO is taken in % predicted as recorded, not
    adjusted for haemoglobin by this program. Age is that on the as-of date. Index: Ryerson 2014; the 3 months
    are a decision of the registry.
    """
    if facts.diagnosis is None:
        return IldGap(needs=(facts.needed_diagnosis(as_of),))
    patient = facts.patient
    fvc = [visit for visit in facts.fvc_until(as_of) if visit.percent is not None]
    latest = fvc[-1] if fvc else None
    dlco = _nearest_dlco(facts, as_of, latest)
    value = dlco.percent(at_standard_hb=False) if isinstance(dlco, DlcoVisit) else None
    birth = patient.birth_date.exact if patient.birth_date is not None else None
    made = ild_gap(
        group=IldGroup.IPF if facts.diagnosis == "IPF" else IldGroup.CTD_ILD,
        sex=patient.sex,
        age=completed_years(birth, as_of) if birth is not None and birth <= as_of else None,
        fvc_percent=latest.percent.value if latest is not None and latest.percent is not None else None,
        dlco_percent=value.value if value is not None else None,
        dlco_cannot_perform=isinstance(dlco, Pft),
    )
    if not made.known or latest is None or dlco is None:
        return made
    text = (
        "FVC of {fvc}, DLCO of {dlco} could not be performed."
        if isinstance(dlco, Pft)
        else "FVC of {fvc}, DLCO of {dlco}."
    )
    because = (sentence(text, fvc=latest.date, dlco=dlco.date),)
    return replace(made, because=because, cautions=_sclerosis(facts.diagnosis))


def _sclerosis(diagnosis: str) -> tuple[Caution, ...]:
    """In systemic sclerosis more patients died than the index foretells (ratio 1.50; PubMed 29785507)."""
    entry = diagnoses().get(diagnosis)
    if entry is None or entry.group != "SSc":
        return ()
    text = "In systemic sclerosis the index foretells too few deaths (observed to expected {ratio})."
    return (Caution("UNDERESTIMATES", sentence(text, ratio=Decimal("1.50"))),)


def _nearest_dlco(facts: Facts, as_of: dt.date, fvc: FvcVisit | None) -> DlcoVisit | Pft | None:
    """The transfer factor nearest to an FVC within 3 months, or the record that it could not be performed."""
    if fvc is None:
        return None
    found: list[DlcoVisit | Pft] = [
        visit for visit in facts.dlco_until(as_of) if visit.percent(at_standard_hb=False) is not None
    ]
    found += [
        test
        for test in facts.tests
        if test.date <= as_of and not test.excluded and test.not_done_dlco == "cannot_perform"
    ]
    near = [entry for entry in found if add_months(fvc.date, -3) <= entry.date <= add_months(fvc.date, 3)]
    return min(
        near, key=lambda entry: (abs((entry.date - fvc.date).days), -entry.date.toordinal()), default=None
    )
