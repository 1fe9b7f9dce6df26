"""The code lists agree with the records, the criteria and the lanes of the plot."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.criteria.domains import FIBROSIS_SIGNS
from ctdild_desktop.clinical.records import HrctResult, SymptomChange
from ctdild_desktop.clinical.reference import known_sets
from ctdild_desktop.figures.scene import LaneStyle


def test_diagnoses_and_groups() -> None:
    listed = codes.diagnoses()
    assert listed.label("ASyS") == "Antisynthetase syndrome"
    groups = {group: [entry.code for entry in listed if entry.group == group] for group in ("SSc", "IIM")}
    assert groups["SSc"] == ["SSc", "dcSSc", "lcSSc", "SSc_sine", "SSc_overlap"]
    assert groups["IIM"] == ["PM", "DM", "CADM", "ASyS", "IMNM", "JDM"]
    assert len(listed) == 19


def test_no_short_name_of_a_drug_is_read_as_another_drug() -> None:
    shorts = [entry.short for entry in codes.drugs()]
    assert len(set(shorts)) == len(shorts)
    assert codes.drugs().get("co_trimoxazole").short == "TMP-SMX"
    assert "CTX" not in shorts  # many write it for cyclophosphamide


def test_patterns_say_whether_they_can_regress() -> None:
    regress = {entry.code: entry.can_regress for entry in codes.patterns()}
    assert regress["UIP"] is False
    assert regress["cNSIP"] is True
    assert regress["OP"] is True
    assert regress["fNSIP"] is None
    by_code = codes.patterns()
    assert [entry.expected_best for entry in by_code if entry.code in {"cNSIP", "fNSIP"}] == [
        "improvement possible",
        "stabilisation is the goal",
    ]


def test_eight_synthetase_antibodies() -> None:
    synthetase = [entry.code for entry in codes.antibodies() if entry.group == "synthetase"]
    assert synthetase == ["JO1", "PL7", "PL12", "EJ", "OJ", "KS", "ZO", "HA"]
    assert all(entry.meaning for entry in codes.antibodies())


def test_every_drug_has_a_lane_and_defaults_from_the_form_lists() -> None:
    for drug in codes.drugs():
        assert drug.drug_class in set(LaneStyle), drug.code
        assert drug.lane
        assert drug.short
        for field, code in (
            ("route", drug.route),
            ("frequency", drug.frequency),
            ("role", drug.role),
            ("indication", drug.indication),
            ("dose_unit", drug.unit),
        ):
            assert code is None or code in codes.choices(field), (drug.code, field)
        for unit in drug.units:
            assert unit in codes.choices("dose_unit"), drug.code
        assert drug.unit is None or drug.unit in drug.units
        assert drug.route is None or drug.route in drug.routes
        assert (drug.prednisolone_5mg is not None) == (drug.drug_class == "glucocorticoid")


@pytest.mark.parametrize(
    ("drug", "dose", "prednisolone"),
    [
        ("methylprednisolone", "500", "625"),
        ("dexamethasone", "6", "40"),
        ("hydrocortisone", "30", "7.5"),
        ("deflazacort", "9", "7.5"),
        ("prednisone", "10", "10"),
    ],
)
def test_prednisolone_equivalents(drug: str, dose: str, prednisolone: str) -> None:
    entry = codes.drugs().get(drug)
    assert entry is not None
    assert entry.prednisolone_mg(Decimal(dose)) == Decimal(prednisolone)


def test_other_drugs_have_no_steroid_equivalent() -> None:
    entry = codes.drugs().get("rituximab")
    assert entry is not None
    assert entry.atc == "L01FA01"
    assert entry.prednisolone_mg(Decimal(1000)) is None


def test_adverse_event_terms_and_their_grades() -> None:
    terms = codes.ae_terms()
    assert {entry.category for entry in terms} <= set(codes.choices("ae_category").codes)
    infection = terms.get("lung_infection")
    assert infection is not None
    assert infection.grades == (2, 3, 4, 5), "CTCAE has no grade 1"
    assert infection.respiratory_infection
    assert infection.reminder(1) == ""
    assert infection.reminder(5) == "death"
    nausea = terms.get("nausea")
    assert nausea is not None
    assert nausea.grades == (1, 2, 3)
    assert nausea.reminder(1)
    assert nausea.reminder(4) == ""


def test_lists_hold_the_codes_that_the_program_uses() -> None:
    assert set(codes.choices("hrct_sign").codes) == set(FIBROSIS_SIGNS)
    assert set(codes.choices("hrct_result").codes) == set(HrctResult)
    assert set(codes.choices("symptom_change").codes) == set(SymptomChange)
    assert set(codes.choices("reference_set").codes) == set(known_sets())
    assert codes.choices("mmrc").codes == ("0", "1", "2", "3", "4")
    assert "cannot_perform" in codes.choices("not_done")
    assert all(len(codes.choices(name)) > 1 for name in codes.choice_lists())


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert codes.label("stop_reason", "moon_phase") == "moon_phase"
    assert codes.label("stop_reason", None) == ""
    assert codes.diagnoses().get(None) is None
    with pytest.raises(KeyError):
        codes.choices("no such list")
    with pytest.raises(ValueError, match="twice"):
        codes.CodeList([codes.Choice("a", "x"), codes.Choice("a", "y")])
