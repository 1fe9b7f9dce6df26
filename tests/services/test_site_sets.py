"""A test that names no reference set is computed with the clinic's; a printed percentage keeps its unknown
one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from ctdild_desktop.clinical.records import DlcoUnit, PatientRecord, Pft
from ctdild_desktop.config import SiteSettings
from ctdild_desktop.services import patients, pft
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.site_sets import with_site_set, without_assumed_set
from tests.support import holloway
from tests.support.desks import fill

DAY = dt.date(2026, 3, 12)
SITE = SiteSettings(reference_spirometry="GLI2012")


def _test(**values: object) -> Pft:
    return Pft(id="x", date=DAY, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (_test(fvc_l=Decimal(2)), "GLI2012"),
        (_test(fev1_l=Decimal(2)), "GLI2012"),
        (_test(dlco=Decimal(10), dlco_unit=DlcoUnit.TRADITIONAL), "GLI2017_TLCO"),
        (_test(fvc_l=Decimal(2), reference_set="ECSC93"), "ECSC93"),
        (_test(fvc_l=Decimal(2), fvc_pct_pred=Decimal(60)), None),
        (_test(fvc_l=Decimal(2), fvc_pred_l=Decimal(3)), None),
        (_test(fvc_l=Decimal(2), dlco_pct_pred=Decimal(60)), None),
        (_test(), None),
    ],
)
def test_only_a_test_without_set_and_percentage_gets_the_clinic_s(test: Pft, expected: str | None) -> None:
    assert with_site_set(test, SITE).reference_set == expected


def test_a_percentage_that_comes_later_from_an_unnamed_source_makes_the_set_unknown() -> None:
    saved = with_site_set(_test(fvc_l=Decimal(2)), SITE)
    assert without_assumed_set(saved, replace(saved, fvc_pct_pred=Decimal(60))).reference_set is None
    assert without_assumed_set(saved, replace(saved, hb_g_l=Decimal(120))).reference_set == "GLI2012"
    named = _test(fvc_l=Decimal(2), fvc_pct_pred=Decimal(60), reference_set="ECSC93")
    assert without_assumed_set(named, replace(named, dlco_pct_pred=Decimal(50))).reference_set == "ECSC93"


def test_litres_typed_without_a_set_show_and_save_the_clinic_s_percentage(desk: Desk) -> None:
    fill(desk, PatientRecord(patient=holloway.patient()))
    draft = Pft(id="", date=DAY, fvc_l=Decimal("2.31"))
    shown = pft.preview_pft(patients.load(desk, holloway.patient().id), draft, None, DAY, desk.settings)
    assert round(shown.derived.fvc.percent or Decimal(0), 2) == holloway.EXPECTED["fvc_percent"]
    saved = pft.record_pft(desk, holloway.patient().id, draft).value
    assert saved.reference_set == "GLI2022"
    assert shown.derived.fvc.reference_set == "GLI2022"
