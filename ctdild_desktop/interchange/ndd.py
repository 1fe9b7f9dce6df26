"""ndd EasyOne and Easy on-PC: the XML export of EasyWarePro, best values of accepted trials.

Heights are metres, ratios fractions, and a value that the program does not have is ``NaN``. A calibration of
the device is exported in the same form and is no test of a person.
"""

from __future__ import annotations

import codecs
import datetime as dt
import re
from collections.abc import Iterator

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Sex
from ctdild_desktop.interchange.collected import Collected
from ctdild_desktop.interchange.drafts import TestDraft, Who, who_of
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.measures import Named, Role, bronchodilator_in
from ctdild_desktop.interchange.records import TestTable
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.interchange.xml_stream import Element, read_xml
from ctdild_desktop.language import say

_BEGINS = re.compile(r"\s*<(?:.*<)?(?:ndd[\s>]|!DOCTYPE\s+ndd\b)", re.DOTALL)
_CURVES = ("SamplingValues",)
_SEXES = {"male": Sex.MALE, "female": Sex.FEMALE}
_GRADES = frozenset("ABCDEFU")
_POST_STAGES = frozenset({"post", "postbd", "after"})
_PRE_STAGES = frozenset({"pre", "prebd", "before"})
_VALUES = {
    "FVC": "FVC",
    "FEV1": "FEV1",
    "FEV1_FVC": "RATIO",
    "SVC": "SVC",
    "VC": "SVC",
    "DLCO": "DLCO",
    "DLCOadj": "DLCO_HB",
    "KCO": "KCO",
    "VA": "VA",
    "TLC": "TLC",
    "RV": "RV",
    "FRC": "FRC",
}
"""The parameters that a field takes, as the program calls them."""


def is_ndd(data: bytes) -> bool:
    """Whether the bytes begin as an export does, in any encoding of XML."""
    head = data[:2000]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = head.decode("utf-16", "replace")
    elif head[1:2] == b"\0":
        text = head.decode("utf-16-le", "replace")
    else:
        text = head.removeprefix(codecs.BOM_UTF8).decode("latin-1")
    return _BEGINS.match(text) is not None


def read_ndd(source: Source) -> TestTable:
    """Read an export of one or several persons.

    Raises:
        FormatError: not well-formed, with a document type, or without any person.
    """
    root = read_xml(source, passed_over=_CURVES)
    people = list(root.within("Patients", "Patient"))
    if not people:
        raise FormatError(say("{name} holds no test of anybody.", name=source.name))
    found = Collected()
    for person in people:
        for test in person.within("Intervals", "Interval", "Tests", "Test"):
            found.take(*_draft(found.number + 1, person, test), _who(person, test))
    return found.table(source, "ndd")


def _draft(number: int, person: Element, test: Element) -> tuple[TestDraft, dt.date | None]:
    draft = TestDraft(number)
    if person.said("IsBioCal").casefold() == "true":
        draft.refuse("IsBioCal", "true", say("a check of the device, not a test of a patient"))
    day = _day(draft, test.said("TestDate"))
    draft.post_bd = _side(test)
    body = test.first("PatientDataAtTestTime") or person.first("PatientDataAtPresent")
    if body is not None:
        for name, quantity, unit in (("Height", "HEIGHT", "m"), ("Weight", "WEIGHT", "kg")):
            if body.said(name):
                draft.take(Named(quantity), name, body.said(name), unit, exact=True)
    _count_trials(draft, test)
    for found in test.within("BestValues", "ResultParameter"):
        _take(draft, found)
    _grade(draft, test)
    device = test.first("Device")
    if device is not None:
        words = " ".join(filter(None, ("ndd", device.said("DeviceType"), device.said("SerialNumber"))))
        draft.set("device", words[:100], "Device", words)
    return draft, day


def _take(draft: TestDraft, found: Element) -> None:
    label, unit = found.facts.get("ID", ""), found.said("Unit")
    quantity = _VALUES.get(label, "")
    if quantity == "RATIO" and not unit:
        unit = "1"
    draft.take(Named(quantity), label, found.said("DataValue"), unit, exact=True)
    predicted, limit = found.said("PredictedValue"), found.said("LLNormalValue")
    if quantity and _known(predicted):
        draft.take(Named(quantity, Role.PREDICTED), f"{label} predicted", predicted, unit, exact=True)
    elif _known(predicted):
        draft.keep(f"{label} predicted", predicted, unit)
    if _known(limit):
        draft.keep(f"{label} LLN", limit, unit)


def _known(text: str) -> bool:
    return bool(text) and text.casefold() != "nan"


def _count_trials(draft: TestDraft, test: Element) -> None:
    """The best values are of accepted trials; a test without any cannot be used."""
    trials = list(test.within("Trials", "Trial"))
    accepted = [trial for trial in trials if trial.said("Accepted").casefold() != "false"]
    if trials and not accepted:
        draft.refuse("Trials", str(len(trials)), say("every trial was rejected"))
    elif len(accepted) < len(trials):
        rejected = len(trials) - len(accepted)
        draft.keep("Trials", f"{len(accepted)} accepted, {rejected} rejected")
    changed = [trial for trial in trials if trial.said("Accepted") != trial.said("AcceptedOriginal")]
    if any(trial.said("AcceptedOriginal") for trial in changed):
        draft.warn("Trials", str(len(changed)), say("a person changed which trials are accepted"))


def _grade(draft: TestDraft, test: Element) -> None:
    grade, by_device = test.said("QualityGrade").upper(), test.said("QualityGradeOriginal").upper()
    if grade in _GRADES and test.facts.get("TypeOfTest", "").upper() in {"FVC", "FVL"}:
        draft.set("fvc_grade", grade, "QualityGrade", grade)
    if by_device and grade != by_device:
        draft.warn(
            "QualityGrade", grade, say("a person changed the grade; the device gave {grade}", grade=by_device)
        )


def _side(test: Element) -> bool | None:
    said = (test.facts.get("StageType", "") or test.said("StageType") or test.said("TestStage")).casefold()
    if said in _POST_STAGES:
        return True
    return False if said in _PRE_STAGES else bronchodilator_in(said)


def _day(draft: TestDraft, text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        draft.refuse("TestDate", text, say("not a date; write it as 2026-03-12 or 12.03.2026"))
        return None


def _who(person: Element, test: Element) -> Who:
    problems: list[tuple[str, str, str]] = []
    births, sexes = [], []
    for body in _bodies(person, test):
        if text := body.said("DateOfBirth"):
            births.append(_birth(text, body, problems))
        if text := body.said("Gender").casefold():
            sexes.append(_SEXES.get(text))
    if len(set(births)) > 1 or len(set(sexes)) > 1:
        reason = say("birth date or sex at the test differ from those of the person today")
        problems.append(("PatientDataAtTestTime", "", reason))
    return who_of(
        mrn=person.facts.get("ID", ""),
        family_name=person.said("LastName"),
        given_name=person.said("FirstName"),
        birth_date=next(iter(births), None),
        sex=next(iter(sexes), None),
        problems=tuple(problems),
    )


def _bodies(person: Element, test: Element) -> Iterator[Element]:
    yield from test.all("PatientDataAtTestTime")
    yield from person.all("PatientDataAtPresent")


def _birth(text: str, body: Element, problems: list[tuple[str, str, str]]) -> PartialDate | None:
    """The birth date; one that the program worked out from an age is not taken."""
    try:
        day = dt.date.fromisoformat(text[:10])
    except ValueError:
        problems.append(("DateOfBirth", text, say("not a day of the calendar")))
        return None
    if body.said("ComputedDateOfBirth").casefold() == "true":
        return None
    return PartialDate.of(day)
