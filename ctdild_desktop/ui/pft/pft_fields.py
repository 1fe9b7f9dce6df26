"""The fields of a test: which there are, what they are called, and how they become a record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.records import DlcoUnit, PatientRecord, Pft, SymptomChange, Visit
from ctdild_desktop.config import SiteSettings
from ctdild_desktop.interchange.report_records import ORDER
from ctdild_desktop.ui.dialogs.field_form import FormField
from ctdild_desktop.ui.dialogs.texts import as_bool, coded, yes_no
from ctdild_desktop.ui.pft.haemoglobin_field import HaemoglobinField
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import DateField, NumberField, TextField
from ctdild_desktop.ui.widgets.option_field import Option, OptionField

VISIT_FIELDS = ("weight_kg", "mmrc", "symptom_change", "alternative_explanation")
"""Fields of the sheet that belong to the visit of the same day."""


@dataclass(frozen=True, slots=True)
class TestDraft:
    """What the sheet says: the test, and the visit when anything of it was asked."""

    test: Pft
    visit: Visit | None


def _tr(text: str) -> str:
    return QCoreApplication.translate("PftSheet", text)


def usual_dlco_unit(record: PatientRecord, settings: SiteSettings) -> str:
    """The unit of a DLCO of which nothing is said: that of the patient's last one, else of this place."""
    used = [test.dlco_unit for test in record.tests if test.dlco_unit is not None]
    return used[-1].value if used else settings.dlco_unit


def main_fields(today: Callable[[], dt.date]) -> tuple[tuple[str, FormField, str], ...]:
    """Caption, field and unit in the order of the usual laboratory sheet."""
    return (
        (_tr("&Date"), DateField("date", _tr("Date of the test"), today), ""),
        (_tr("FV&C"), NumberField("fvc_l", _tr("FVC"), "L"), "L"),
        (_tr("FEV1"), NumberField("fev1_l", _tr("FEV1"), "L"), "L"),
        (_tr("D&LCO"), NumberField("dlco", _tr("DLCO")), ""),
        (_tr("H&b"), HaemoglobinField("hb_g_l", _tr("Haemoglobin")), wording.haemoglobin_unit()),
        (_tr("SpO₂ re&st"), NumberField("spo2_rest", _tr("SpO₂ at rest"), "%"), "%"),
        (_tr("SpO₂ &nadir"), NumberField("spo2_nadir", _tr("SpO₂ lowest on exertion"), "%"), "%"),
        (_tr("&Weight"), NumberField("weight_kg", _tr("Weight"), "kg"), "kg"),
    )


def visit_fields() -> tuple[tuple[str, FormField], ...]:
    """What is asked beside the measurement; one letter or digit each."""
    return (
        (
            _tr("mMRC"),
            OptionField(
                "mmrc", _tr("mMRC"), [Option(str(n), str(n), str(n)) for n in range(5)], advance=True
            ),
        ),
        (
            _tr("S&ymptoms"),
            OptionField(
                "symptom_change",
                _tr("Symptoms since the last visit"),
                (
                    Option("worse", _tr("Worse"), "w"),
                    Option("stable", _tr("Same"), "s"),
                    Option("better", _tr("Better"), "b"),
                ),
                advance=True,
            ),
        ),
        (
            _tr("E&xplained"),
            OptionField(
                "alternative_explanation",
                _tr("Another explanation for the change"),
                yes_no(_tr("yes"), _tr("no")),
                advance=True,
            ),
        ),
    )


def report_fields(today: Callable[[], dt.date]) -> tuple[tuple[str, FormField, str], ...]:
    """Caption, field and unit of everything that is confirmed of a report, in its order."""
    litres = tuple(
        (caption, NumberField(name, caption, "L"), "L")
        for name, caption in (
            ("fvc_l", _tr("FVC")),
            ("fvc_pred_l", _tr("FVC pred")),
            ("fev1_l", _tr("FEV1")),
            ("svc_l", _tr("SVC")),
            ("va_l", _tr("VA")),
            ("tlc_l", _tr("TLC")),
            ("rv_l", _tr("RV")),
            ("frc_l", _tr("FRC")),
        )
    )
    percents = tuple(
        (caption, NumberField(name, label, "%"), "%")
        for name, caption, label in (
            ("fvc_pct_pred", _tr("FVC %"), _tr("FVC, % predicted as printed")),
            ("fev1_pct_pred", _tr("FEV1 %"), _tr("FEV1, % predicted as printed")),
            ("dlco_pct_pred", _tr("DLCO %"), _tr("DLCO, % predicted as printed")),
            ("kco_pct_pred", _tr("KCO %"), _tr("KCO, % predicted as printed")),
            ("spo2_rest", _tr("SpO₂ rest"), _tr("SpO₂ at rest")),
        )
    )
    made = (
        (_tr("Height"), NumberField("height_cm", _tr("Height"), "cm"), "cm"),
        (_tr("Weight"), NumberField("weight_kg", _tr("Weight"), "kg"), "kg"),
        *litres,
        *percents,
        (_tr("DLCO"), NumberField("dlco", _tr("DLCO")), ""),
        (_tr("KCO"), NumberField("kco", _tr("KCO")), ""),
        (_tr("Hb"), HaemoglobinField("hb_g_l", _tr("Haemoglobin")), wording.haemoglobin_unit()),
    )
    by_name = {field.objectName(): (caption, field, unit) for caption, field, unit in made}
    date = (_tr("Date"), DateField("date", _tr("Date of the test"), today), "")
    return (date, *(by_name[name] for name in ORDER))


def not_done_field(name: str, measure: str) -> OptionField:
    """The reasons why a measure was not done, each with one letter."""
    keys = {
        "unwell": "u",
        "cannot_perform": "c",
        "infection_control": "i",
        "equipment": "e",
        "declined": "d",
        "did_not_attend": "a",
        "oxygen_dependent": "o",
        "other": "x",
    }
    options = [Option(code, words, keys.get(code, "")) for code, words in coded("not_done")]
    label = _tr("{measure} not done because").format(measure=measure)
    return OptionField(name, label, options, advance=True, columns=4)


def unit_field() -> OptionField:
    """The unit of DLCO; changed by the key U in the DLCO field."""
    return OptionField(
        "dlco_unit", _tr("Unit of DLCO"), [Option(unit.value, unit.value, "") for unit in DlcoUnit]
    )


def more_fields() -> tuple[tuple[str, FormField], ...]:
    """What the laboratory may also give."""
    return (
        (_tr("Height cm"), NumberField("height_cm", _tr("Height"), "cm")),
        (_tr("Grade FVC"), ChoiceField("fvc_grade", _tr("Quality grade of FVC"), coded("quality_fvc"))),
        (_tr("Grade DLCO"), ChoiceField("dlco_grade", _tr("Quality grade of DLCO"), coded("quality_dlco"))),
        (
            _tr("DLCO is"),
            OptionField(
                "dlco_hb_corrected",
                _tr("DLCO as given is"),
                (Option("no", _tr("raw"), "r"), Option("yes", _tr("Hb-corrected"), "h")),
                advance=True,
            ),
        ),
        (_tr("TLC L"), NumberField("tlc_l", _tr("TLC"), "L")),
        (_tr("VA L"), NumberField("va_l", _tr("VA"), "L")),
        (_tr("KCO"), NumberField("kco", _tr("KCO"))),
        (_tr("FVC % printed"), NumberField("fvc_pct_pred", _tr("FVC, % predicted as printed"), "%")),
        (_tr("FEV1 % printed"), NumberField("fev1_pct_pred", _tr("FEV1, % predicted as printed"), "%")),
        (_tr("DLCO % printed"), NumberField("dlco_pct_pred", _tr("DLCO, % predicted as printed"), "%")),
        (
            _tr("Reference set"),
            ChoiceField("reference_set", _tr("Reference set of the printed %"), coded("reference_set")),
        ),
        (
            _tr("After dilator"),
            OptionField("post_bd", _tr("After bronchodilator"), yes_no(_tr("yes"), _tr("no")), advance=True),
        ),
        (_tr("Laboratory"), TextField("laboratory", _tr("Laboratory or device"), max_length=120)),
        (
            _tr("Leave out"),
            OptionField(
                "excluded",
                _tr("Leave this test out of the rules"),
                yes_no(_tr("yes"), _tr("no")),
                advance=True,
            ),
        ),
        (
            _tr("because"),
            ChoiceField("exclusion_reason", _tr("Reason for leaving out"), _reasons()),
        ),
    )


def _reasons() -> tuple[tuple[str, str], ...]:
    """Reasons for leaving a test out, stored in words as printouts carry them."""
    return tuple((words, words) for _code, words in coded("exclusion"))


def carried(record: PatientRecord) -> dict[str, tuple[Decimal, str]]:
    """Height and weight of the last time by field name, each with the words that say from when."""
    found: dict[str, tuple[Decimal, str]] = {}
    since = _tr("carried from {date}")
    for test in record.tests:
        if test.height_cm is not None:
            found["height_cm"] = (test.height_cm, since.format(date=wording.day(test.date)))
    if "height_cm" not in found and record.patient.height_cm is not None:
        found["height_cm"] = (record.patient.height_cm, _tr("from the patient's details"))
    weighed = [(test.date, test.weight_kg) for test in record.tests if test.weight_kg is not None]
    weighed += [(visit.date, visit.weight_kg) for visit in record.visits if visit.weight_kg is not None]
    if weighed:
        date, weight = max(weighed, key=lambda pair: pair[0])
        found["weight_kg"] = (weight, since.format(date=wording.day(date)))
    return found


def make_draft(base: Pft, base_visit: Visit | None, read: Callable[[str], Any]) -> TestDraft:
    """The records that the fields say, keeping of ``base`` what the sheet does not show.

    ``read`` gives a field's value, None where it is empty, unreadable or only carried over.
    """
    unit = read("dlco_unit")
    mmrc, change = read("mmrc"), read("symptom_change")
    dlco_given = read("dlco") is not None
    test = replace(
        base,
        date=read("date"),
        height_cm=read("height_cm"),
        weight_kg=read("weight_kg"),
        fvc_l=read("fvc_l"),
        fev1_l=read("fev1_l"),
        dlco=read("dlco"),
        dlco_unit=DlcoUnit(unit) if unit and dlco_given else None,
        dlco_hb_corrected=as_bool(read("dlco_hb_corrected")),
        hb_g_l=read("hb_g_l"),
        spo2_rest=read("spo2_rest"),
        spo2_nadir=read("spo2_nadir"),
        fvc_grade=read("fvc_grade"),
        dlco_grade=read("dlco_grade"),
        tlc_l=read("tlc_l"),
        va_l=read("va_l"),
        kco=read("kco"),
        fvc_pct_pred=read("fvc_pct_pred"),
        fev1_pct_pred=read("fev1_pct_pred"),
        dlco_pct_pred=read("dlco_pct_pred"),
        reference_set=read("reference_set"),
        post_bd=as_bool(read("post_bd")),
        laboratory=read("laboratory") or "",
        not_done_fvc=read("not_done_fvc"),
        not_done_dlco=read("not_done_dlco"),
        excluded=as_bool(read("excluded")) is True,
        exclusion_reason=(read("exclusion_reason") or "") if as_bool(read("excluded")) else "",
        comment=read("comment") or "",
    )
    asked = {
        "weight_kg": read("weight_kg"),
        "mmrc": int(mmrc) if mmrc is not None else None,
        "symptom_change": SymptomChange(change) if change else None,
        "alternative_explanation": as_bool(read("alternative_explanation")),
    }
    if base_visit is None and all(value is None for value in asked.values()):
        return TestDraft(test, None)
    visit = base_visit or Visit(id="", date=test.date)
    return TestDraft(test, replace(visit, date=test.date, **asked))


def values_of(test: Pft, visit: Visit | None, names: Mapping[str, FormField]) -> dict[str, object]:
    """The values of a saved test and its visit by field name."""
    values: dict[str, object] = {}
    for name in names:
        if name in VISIT_FIELDS and visit is not None and getattr(visit, name) is not None:
            values[name] = getattr(visit, name)
        elif hasattr(test, name):
            values[name] = getattr(test, name)
        else:
            values[name] = None
    values["excluded"] = True if test.excluded else None
    values["dlco_unit"] = test.dlco_unit.value if test.dlco_unit is not None else None
    return values
