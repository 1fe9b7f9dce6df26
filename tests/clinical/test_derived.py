"""What follows from one test, against numbers computed apart from the program."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from ctdild_desktop import language
from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.derived import derive
from ctdild_desktop.clinical.records import DlcoUnit
from tests.support import holloway
from tests.support.people import WOMAN, pft


def test_the_invented_patient_of_the_pictures() -> None:
    record = holloway.record()
    made = derive(record.tests[-1], record.patient)
    expected = holloway.EXPECTED
    assert made.fvc.percent is not None
    assert made.fvc.z is not None
    assert made.fvc.lln is not None
    assert made.dlco_hb.percent is not None
    assert wording.rounded(made.fvc.percent, 2) == expected["fvc_percent"]
    assert wording.rounded(made.fvc.z, 2) == expected["fvc_z"]
    assert wording.rounded(made.fvc.lln, 2) == expected["fvc_lln"]
    assert wording.rounded(made.dlco_hb.percent, 2) == expected["dlco_hb_latest"]
    assert made.dlco.percent is not None
    assert made.dlco.z is not None
    assert wording.rounded(made.dlco.percent, 1) == Decimal("46.7")
    assert wording.rounded(made.dlco.z, 2) == Decimal("-4.59")
    assert made.fev1.percent is not None
    assert wording.rounded(made.fev1.percent, 1) == Decimal("68.0")
    assert made.fvc.reference_set == "GLI2022"
    assert made.dlco.reference_set == "GLI2017_TLCO"
    assert not made.fvc.recorded_percent
    assert made.fvc_used
    assert made.notes == ()


def test_a_recorded_percentage_is_kept_beside_the_computed_one() -> None:
    made = derive(pft("2024-01-01", fvc_l="2.31", fvc_pct_pred="77.5", reference_set="GLI2022"), WOMAN)
    assert made.fvc.percent == Decimal("77.5")
    assert made.fvc.recorded_percent
    assert made.fvc.percent_computed is not None
    assert made.fvc.percent_computed != made.fvc.percent
    assert made.fvc.z is not None
    assert made.fvc.lln_percent is not None
    assert 60 < made.fvc.lln_percent < 90


def test_a_percentage_alone_has_no_z() -> None:
    made = derive(pft("2024-01-01", fvc_pct_pred="77.5", reference_set="GLI2022"), WOMAN)
    assert made.fvc.percent == Decimal("77.5")
    assert made.fvc.z is None
    assert made.fvc.predicted is not None


def test_without_height_the_reason_is_said() -> None:
    made = derive(pft("2024-01-01", fvc_l="2.31", reference_set="GLI2022"), replace(WOMAN, height_cm=None))
    assert made.fvc.percent is None
    assert made.fvc.why_not == "height not recorded"
    assert made.notes == ("height not recorded",)
    assert made.dlco.why_not == "", "nothing was measured, so nothing is missing"


def test_z_belongs_to_the_uncorrected_transfer_factor() -> None:
    values = {"dlco": "12.4", "reference_set": "GLI2022", "hb_g_l": "110"}
    raw = derive(pft("2024-01-01", dlco_hb_corrected=False, **values), WOMAN)
    corrected = derive(pft("2024-01-01", dlco_hb_corrected=True, **values), WOMAN)
    assert raw.dlco.z is not None
    assert corrected.dlco.z is None
    assert "not corrected" in corrected.dlco.why_not
    assert corrected.dlco_hb.value == Decimal("12.4"), "corrected once, not twice"
    assert raw.dlco_hb.value is not None
    assert raw.dlco_hb.value > Decimal("12.4")


def test_both_units_of_the_transfer_factor_give_the_same_percentage() -> None:
    trad = derive(pft("2024-01-01", dlco="11.948", reference_set="GLI2022"), WOMAN)
    si = derive(pft("2024-01-01", dlco="4", dlco_unit=DlcoUnit.SI, reference_set="GLI2022"), WOMAN)
    assert trad.dlco.percent is not None
    assert si.dlco.percent is not None
    assert abs(trad.dlco.percent - si.dlco.percent) < Decimal("0.001")
    assert si.dlco.unit == "mmol/min/kPa"


def test_missing_haemoglobin_and_unit_are_named() -> None:
    made = derive(pft("2024-01-01", dlco="12", dlco_unit=None, reference_set="GLI2022"), WOMAN)
    assert made.dlco.why_not == "unit not recorded"
    assert made.dlco_hb.why_not == "haemoglobin not recorded"
    assert made.dlco_hb.value is None


def test_a_blood_test_corrects_nothing_of_a_patient_whose_sex_is_not_recorded() -> None:
    test = pft("2024-01-01", dlco="12", reference_set="GLI2022")
    blood = ((dt.date(2024, 1, 5), Decimal(100)),)
    assert derive(test, WOMAN, blood).lent_hb == blood[0]
    made = derive(test, replace(WOMAN, sex=None), blood)
    assert (made.dlco_hb.value, made.dlco_hb.why_not) == (None, "sex not recorded")
    assert made.lent_hb is None, "the table would say that it was corrected"


def test_what_is_missing_is_said_in_the_language(tmp_path: Path) -> None:
    file = tmp_path / "es.po"
    told = {
        "sex": "sexo",
        "haemoglobin": "hemoglobina",
        "{missing} not recorded": "no consta: {missing}",
        "excluded": "excluida",
        "z is for DLCO not corrected for haemoglobin": "z: DLCO sin corregir",
    }
    words = "".join(f'\nmsgid "{text}"\nmsgstr "{word}"\n' for text, word in told.items())
    file.write_text('msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n' + words)
    test = pft("2024-01-01", dlco="12", reference_set="GLI2022", excluded=True)
    language.use(language.Catalogue.read("es", file))
    try:
        made = derive(test, WOMAN)
        assert (made.dlco_hb.why_not, made.dlco_unused) == ("no consta: hemoglobina", "excluida")
        assert derive(test, replace(WOMAN, sex=None)).dlco_hb.why_not == "no consta: sexo"
        corrected = derive(replace(test, dlco_hb_corrected=True), WOMAN)
        assert corrected.dlco.why_not == "z: DLCO sin corregir"
    finally:
        language.use(None)


def test_volumes_and_ratio() -> None:
    made = derive(
        pft(
            "2024-01-01",
            fvc_l="2.40",
            fev1_l="1.80",
            tlc_l="3.9",
            va_l="3.7",
            kco="3.4",
            dlco="12.4",
            reference_set="GLI2022",
        ),
        WOMAN,
    )
    assert made.ratio.value == Decimal("0.75")
    for value in (made.ratio, made.tlc, made.va, made.kco):
        assert value.z is not None
    assert made.kco.unit == "mL/min/mmHg/L"
    assert made.tlc.reference_set == "GLI2021_VOL"


@pytest.mark.parametrize(
    ("values", "fvc", "dlco"),
    [
        ({"fvc_grade": "F", "dlco_grade": "A"}, "grade F", None),
        (
            {"excluded": True, "exclusion_reason": "exacerbation"},
            "excluded: acute exacerbation",
            "excluded: acute exacerbation",
        ),
    ],
)
def test_why_a_test_is_left_out(values: dict[str, object], fvc: str | None, dlco: str | None) -> None:
    made = derive(pft("2024-01-01", fvc_l="2.4", dlco="12", **values), WOMAN)
    assert made.fvc_unused == fvc
    assert made.dlco_unused == dlco
