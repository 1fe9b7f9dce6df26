"""Files that nobody here wrote, through the command: right values, or the right reason."""

from __future__ import annotations

import hashlib

import pytest

from tests.support.messages import real

pytestmark = pytest.mark.real_files
TAKEN = {
    "ndd_easyonpc.xml": ("12345678", "ndd", "2022-03-28", {"fvc_l": 4.9745, "fev1_l": 3.9307}),
    "vitalograph.gdt": ("CHARLY1", "gdt", "2014-11-06", {"fvc_l": 3.61, "fev1_l": 3.10}),
    "pftlab_oru_r01.hl7": (
        "0999995",
        "hl7",
        "2015-02-24",
        {"fvc_l": 2.2, "fvc_percent_predicted": 78, "fev1_l": 1.09, "fev1_percent_predicted": 56},
    ),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_message_that_says_its_patient_is_imported_with_its_values(ctdild, clinic, name):
    mrn, form, day, values = TAKEN[name]
    path = real(name)
    (report,) = ctdild("import", path, *clinic, "--json").document
    assert (report["format"], report["tests_added"], report["rejected"]) == (form, 1, [])
    (test,) = ctdild("show", mrn, *clinic, "--json").document["tests"]
    assert test["date"] == day
    assert {name: test[name] for name in values} == values
    assert test["source"]["file_sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("mir_winspiro.wsp", "does not say whose test it is"),
        ("fhir_r4_pft_bundle.json", "does not say whose test it is"),
    ],
)
def test_a_message_that_says_nobody_is_refused_until_somebody_is_named(ctdild, clinic, name, why):
    refused = ctdild("import", real(name), *clinic, "--json")
    assert refused.status == 1
    (report,) = refused.document
    assert report["tests_added"] == 0
    assert any(why in one["reason"] for one in report["rejected"]), report["rejected"]


def test_an_implausible_result_is_refused_for_the_patient_who_is_named_too(ctdild, clinic, tmp_path):
    person = tmp_path / "patients.csv"
    person.write_text("mrn,sex,birth_date,height_cm\nP1,M,1970-01-01,180\n", encoding="utf-8")
    assert ctdild("import", person, *clinic).status == 0
    (report,) = ctdild("import", real("mir_winspiro.wsp"), "--patient", "P1", *clinic, "--json").document
    assert report["tests_added"] == 0
    assert any("FVC must be between" in one["reason"] for one in report["rejected"])
    known = ctdild(
        "import", real("fhir_r4_pft_bundle.json"), "--patient", "P1", "--accept-valid-rows", *clinic, "--json"
    )
    (report,) = known.document
    assert (report["tests_added"], len(report["rejected"])) == (1, 1)
    assert "give different days" in report["rejected"][0]["reason"]
    (test,) = ctdild("show", "P1", *clinic, "--json").document["tests"]
    assert (test["date"], test["fvc_l"], test["fvc_percent_predicted"]) == ("2015-02-07", 3.9, 82)
