"""PPF 2022: domains, thresholds, applicability and what is needed."""

from __future__ import annotations

from typing import Any

import pytest

from ctdild_desktop.clinical.criteria import CriteriaSettings, assess, facts_from_record, latest_entry_date
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import AdverseEvent, Diagnosis, PatientRecord, Pft
from ctdild_desktop.clinical.verdict import Assessment, Verdict
from ctdild_desktop.clinical.wording import say
from tests.support import holloway
from tests.support.people import WOMAN, day, facts, percent, scan, symptom

AS_OF = day("2024-04-02")
FALL = (percent("2023-04-10", "80", "60"), percent("2024-04-02", "75", "60"))
STEADY = (percent("2023-04-10", "80", "60"), percent("2024-04-02", "80", "60"))
STABLE_CT = (scan("2024-03-15", "stable"),)
SIGN = "honeycombing_new_or_increased"


def ppf(*tests: Pft, settings: CriteriaSettings | None = None, **values: Any) -> Assessment:
    return assess(facts(*tests, **values), "PPF2022", AS_OF, settings)


def domain(made: Assessment, name: str) -> Verdict:
    return next(item.verdict for item in made.domains if item.name == name)


def codes(made: Assessment) -> set[str]:
    return {caution.code for caution in made.cautions}


def test_the_invented_patient_of_the_pictures() -> None:
    made = assess(facts_from_record(holloway.record(), holloway.TODAY), "PPF2022", holloway.TODAY)
    assert made.verdict is Verdict.CANNOT_ASSESS
    assert [say(need) for need in made.needs] == ["an HRCT read since 12.03.2025"]
    assert say(made.because[0]) == (
        "Physiology met: FVC −6.7 points from 17.03.2025 to 12.03.2026 (71.07 → 64.38; limit −5)."
    )
    assert made.evidence[0].baseline.date == day("2025-03-17")
    assert [item.measure for item in made.evidence] == ["fvc", "dlco"]


@pytest.mark.parametrize(
    ("fvc", "dlco", "met"),
    [("75.0", "60", True), ("75.01", "60", False), ("80", "50.0", True), ("80", "50.01", False)],
)
def test_physiology_counts_from_exactly_5_and_10_points(fvc: str, dlco: str, met: bool) -> None:
    made = ppf(percent("2023-04-10", "80", "60"), percent("2024-04-02", fvc, dlco))
    assert (domain(made, "physiology") is Verdict.MET) is met


def test_a_fall_that_would_round_to_the_limit_is_printed_with_more_decimals() -> None:
    made = ppf(percent("2023-04-10", "80", "60"), percent("2024-04-02", "75.04", "60"))
    assert "FVC −4.96 points" in say(made.because[0])


def test_dlco_alone_decides_first_and_asks_for_a_repeat() -> None:
    made = ppf(
        percent("2023-04-10", "80", "60"),
        percent("2024-04-02", "80", "49"),
        visits=(symptom("2024-04-02", "worse"),),
        hrct=STABLE_CT,
    )
    assert made.verdict is Verdict.MET
    assert made.evidence[0].measure == "dlco"
    assert "CONFIRM_ADVISED" in codes(made)


def test_an_uncorrected_latest_dlco_is_never_not_met() -> None:
    made = ppf(
        percent("2023-04-10", "80", "60"),
        percent("2024-04-02", "80", "60", dlco_hb_corrected=False),
        visits=(symptom("2024-04-02", "worse"),),
        hrct=STABLE_CT,
    )
    assert made.verdict is Verdict.CANNOT_ASSESS
    assert [say(need) for need in made.needs] == ["haemoglobin within 30 days of the DLCO of 02.04.2024"]
    assert "HB_MISSING" in codes(made)


def test_an_uncorrected_baseline_is_skipped_while_another_serves() -> None:
    made = ppf(
        percent("2023-04-10", "80", "75", dlco_hb_corrected=False),
        percent("2023-10-10", "80", "60"),
        percent("2024-04-02", "80", "55"),
    )
    assert domain(made, "physiology") is Verdict.NOT_MET
    assert "PAIR_SKIPPED" in codes(made)


@pytest.mark.parametrize(
    ("visits", "verdict"),
    [
        ((), Verdict.CANNOT_ASSESS),
        ((symptom("2024-01-01", "unknown"),), Verdict.CANNOT_ASSESS),
        ((symptom("2023-04-01", "worse"),), Verdict.CANNOT_ASSESS),
        ((symptom("2023-04-02", "worse"),), Verdict.MET),
        ((symptom("2024-01-01", "worse"), symptom("2024-02-01", "stable")), Verdict.MET),
        ((symptom("2024-01-01", "worse"), symptom("2024-02-01", "better")), Verdict.NOT_MET),
        ((symptom("2024-01-01", "worse"), symptom("2024-01-01", "better")), Verdict.MET),
        ((symptom("2024-01-01", "better"), symptom("2024-02-01", "worse")), Verdict.MET),
        ((symptom("2024-01-01", "worse", alternative_explanation=True),), Verdict.NOT_MET),
        ((symptom("2024-04-03", "worse"),), Verdict.CANNOT_ASSESS),
        ((symptom("2023-06-01", mmrc=1), symptom("2024-01-01", mmrc=2)), Verdict.MET),
        ((symptom("2023-06-01", mmrc=2), symptom("2024-01-01", mmrc=2)), Verdict.NOT_MET),
        (
            (symptom("2023-06-01", mmrc=1), symptom("2023-09-01", mmrc=3), symptom("2024-01-01", mmrc=1)),
            Verdict.NOT_MET,
        ),
        ((symptom("2024-01-01", mmrc=1), symptom("2024-01-01", mmrc=3)), Verdict.CANNOT_ASSESS),
        (
            (symptom("2023-06-01", mmrc=1), symptom("2024-01-01", mmrc=3, alternative_explanation=True)),
            Verdict.NOT_MET,
        ),
        (
            (
                symptom("2023-06-01", mmrc=1),
                symptom("2024-01-01", mmrc=3),
                symptom("2024-02-01", "stable"),
            ),
            Verdict.NOT_MET,
        ),
    ],
)
def test_symptoms(visits: tuple[Any, ...], verdict: Verdict) -> None:
    assert domain(ppf(*STEADY, visits=visits), "symptoms") is verdict


def test_an_unasked_explanation_counts_as_none_with_a_warning() -> None:
    visits = (symptom("2024-04-02", "worse", alternative_explanation=None),)
    made = ppf(*FALL, visits=visits, hrct=STABLE_CT)
    assert made.verdict is Verdict.MET
    assert "ALT_EXPLANATION_NOT_CONFIRMED" in codes(made)
    strict = ppf(
        *FALL, visits=visits, hrct=STABLE_CT, settings=CriteriaSettings(require_alternative_explanation=True)
    )
    assert strict.verdict is Verdict.CANNOT_ASSESS
    assert "another explanation" in say(strict.needs[0])


@pytest.mark.parametrize(
    ("scans", "verdict"),
    [
        ((), Verdict.CANNOT_ASSESS),
        ((scan("2024-01-01", "not_compared"),), Verdict.CANNOT_ASSESS),
        ((scan("2024-01-01", "stable"),), Verdict.NOT_MET),
        ((scan("2024-01-01", "progression", SIGN),), Verdict.MET),
        ((scan("2024-01-01", "progression"),), Verdict.CANNOT_ASSESS),
        ((scan("2024-01-01", "progression", "more_air"),), Verdict.CANNOT_ASSESS),
        ((scan("2024-01-01", "progression"), scan("2024-02-01", "stable")), Verdict.CANNOT_ASSESS),
        ((scan("2024-01-01", "progression", SIGN), scan("2024-02-01", "improved")), Verdict.NOT_MET),
        ((scan("2024-01-01", "progression", SIGN), scan("2024-02-01", "stable")), Verdict.MET),
        ((scan("2024-01-01", "progression"), scan("2024-02-01", "improved")), Verdict.NOT_MET),
        ((scan("2024-01-01", "progression", SIGN, alternative_explanation=True),), Verdict.NOT_MET),
        ((scan("2023-04-01", "progression", SIGN),), Verdict.CANNOT_ASSESS),
        ((scan("2023-04-02", "progression", SIGN),), Verdict.MET),
    ],
)
def test_radiology(scans: tuple[Any, ...], verdict: Verdict) -> None:
    assert domain(ppf(*STEADY, hrct=scans), "radiology") is verdict


def test_radiology_warnings() -> None:
    older = ppf(*STEADY, hrct=(scan("2024-01-01", "progression", SIGN, compared_with=day("2022-01-01")),))
    assert "COMPARATOR_OUTSIDE_WINDOW" in codes(older)
    unasked = ppf(*STEADY, hrct=(scan("2024-01-01", "progression", SIGN, alternative_explanation=None),))
    assert "ALT_EXPLANATION_NOT_CONFIRMED" in codes(unasked)
    unsigned = ppf(*STEADY, hrct=(scan("2024-01-01", "progression"),))
    assert "HRCT_SIGN_MISSING" in codes(unsigned)
    assert "the sign of progression on the HRCT of 01.01.2024" in [say(need) for need in unsigned.needs]


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({"fibrosis": True}, Verdict.MET),
        ({"fibrosis": False}, Verdict.NOT_APPLICABLE),
        ({"fibrosis": None}, Verdict.CANNOT_ASSESS),
        ({"diagnosis": "IPF"}, Verdict.NOT_APPLICABLE),
        ({"diagnosis": None}, Verdict.MET),
    ],
)
def test_applicability(values: dict[str, Any], verdict: Verdict) -> None:
    made = ppf(*FALL, visits=(symptom("2024-04-02", "worse"),), hrct=STABLE_CT, **values)
    assert made.verdict is verdict
    if values.get("fibrosis", True) is None:
        assert [say(need) for need in made.needs] == ["an HRCT reading that says whether there is fibrosis"]


def test_not_applicable_says_why_and_nothing_else() -> None:
    near = (percent("2023-04-01", "80", "60"), percent("2024-04-02", "60", "40"))
    made = ppf(*near, visits=(symptom("2024-04-02", "worse"),), fibrosis=False)
    assert [say(item) for item in made.because] == ["Defined for fibrosis on HRCT; the HRCT shows none."]
    assert (made.cautions, made.evidence, made.domains, made.needs) == ((), (), (), ())


def test_unknown_fibrosis_does_not_blur_not_met() -> None:
    made = ppf(*STEADY, visits=(symptom("2024-04-02", "stable"),), hrct=STABLE_CT, fibrosis=None)
    assert made.verdict is Verdict.NOT_MET


def test_facts_of_a_record() -> None:
    record = PatientRecord(
        patient=WOMAN,
        diagnoses=(
            Diagnosis(id="d1", date=PartialDate(2020), ctd="UCTD"),
            Diagnosis(id="d2", date=PartialDate(2024, 2), ctd="ASyS"),
        ),
        tests=STEADY,
        visits=(symptom("2024-04-20", "stable"), symptom("2024-05-20")),
        hrct=(
            scan("2022-01-01", "not_compared", fibrosis=True),
            scan("2024-03-01", "stable", fibrosis=False),
        ),
        adverse_events=(
            AdverseEvent(id="a", onset=PartialDate(2024, 3), term="lung_infection"),
            AdverseEvent(id="b", onset=PartialDate(2024, 3), term="nausea"),
        ),
    )
    made = facts_from_record(record, AS_OF)
    assert made.diagnosis == "ASyS"
    assert made.fibrosis is True, "fibrosis once read is there"
    assert made.infections == ((day("2024-03-01"), day("2024-03-31")),)
    early = facts_from_record(record, day("2021-06-01"))
    assert early.diagnosis == "UCTD"
    assert early.fibrosis is None
    assert latest_entry_date(record) == day("2024-04-20"), "a visit without a statement does not count"
    assert latest_entry_date(PatientRecord(patient=WOMAN)) is None


def test_what_was_recorded_later_is_ignored() -> None:
    late = ppf(
        *FALL,
        percent("2024-05-01", "60", "40"),
        visits=(symptom("2024-04-02", "worse"), symptom("2024-05-01", "better")),
        hrct=(*STABLE_CT, scan("2024-05-01", "progression", SIGN)),
    )
    assert late.verdict is Verdict.MET
    assert late.evidence[0].follow_up.date == AS_OF
    assert domain(late, "radiology") is Verdict.NOT_MET
