"""What the program itself wrote as FHIR, read back: every record whole, with its links to the others.

A report of a test is a test, so that two of one day stay two. Values are read as those of any laboratory are,
with code, words and unit held against one another; fields without a measure come from where ``fhir_slots``
puts them. What was computed, and what says once more what stands elsewhere, is not read. A record that
cannot be read whole is refused whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Consent,
    Diagnosis,
    HeartTest,
    Hrct,
    Infusion,
    Lab,
    Patient,
    Pft,
    Pro,
    Procedure,
    Serology,
    TherapyLine,
    Visit,
)
from ctdild_desktop.interchange.collected import Collected
from ctdild_desktop.interchange.drafts import TestDraft, Who
from ctdild_desktop.interchange.fhir_fields import coded, held, read_fields
from ctdild_desktop.interchange.fhir_making import COMPUTED, RESTATED
from ctdild_desktop.interchange.fhir_people import who_of_patient
from ctdild_desktop.interchange.fhir_resources import Resource, Resources, codings_of, stated_day
from ctdild_desktop.interchange.fhir_slots import SLOTS
from ctdild_desktop.interchange.fhir_terms import LOCAL, MEASURE, VISIT_VALUES
from ctdild_desktop.interchange.fhir_values import items_of
from ctdild_desktop.interchange.grouping import put_into
from ctdild_desktop.language import say

Problems = list[tuple[str, str, str]]
_KINDS: Mapping[str, tuple[str, type[Any]]] = MappingProxyType(
    {
        "patient": ("patients", Patient),
        "diagnosis": ("diagnoses", Diagnosis),
        "visit": ("visits", Visit),
        "hrct": ("hrct", Hrct),
        "therapy": ("therapy", TherapyLine),
        "adverse-event": ("adverse_events", AdverseEvent),
        "lab": ("labs", Lab),
        "serology": ("serology", Serology),
        "heart-test": ("heart_tests", HeartTest),
        "procedure": ("procedures", Procedure),
        "pro": ("pros", Pro),
        "consent": ("consents", Consent),
    }
)
"""The kinds of neutral records by what the program writes them as."""
_PARTS = frozenset({"infusion", "visit-value", "pft-value", "source", COMPUTED, RESTATED})
"""What belongs to another resource, or says nothing of its own."""
_NOT_OF_A_FILE = frozenset({"date", "entered", "source_format", "source_sha256", "as_given", "version"})
_LINKS: Mapping[type[Any], tuple[str, str]] = MappingProxyType(
    {
        TherapyLine: ("prior_line_id", "therapy"),
        Infusion: ("adverse_event_id", "adverse-event"),
        Procedure: ("adverse_event_id", "adverse-event"),
    }
)
"""The field by which a record of a kind names another one, and what that one is written as."""
_DETECTION = {"<": "below", ">": "above"}


def read_own(resources: Resources, found: Collected) -> None:
    """Read every record that the program wrote; a resource of a kind that is not known here is refused."""
    reading = _Own(resources)
    for one in resources.own:
        if one.mark == "pft":
            reading.take_test(one, found)
        elif one.mark in _KINDS:
            reading.take(one, found)
        elif one.mark not in _PARTS:
            found.refuse(one.kind, one.mark, say("not a record that is known here"))


class _Own:
    """The program's own resources of one Bundle."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._infusions: dict[int, list[Resource]] = defaultdict(list)
        self._values: dict[int, list[Resource]] = defaultdict(list)
        self._people: dict[int, Who] = {}
        for one in resources.own:
            if one.mark == "infusion":
                self._belongs(one, "supportingInformation", self._infusions)
            elif one.mark == "visit-value":
                self._belongs(one, "encounter", self._values)

    def _belongs(self, one: Resource, name: str, to: dict[int, list[Resource]]) -> None:
        for reference in one.references(name)[:1]:
            if (whole := self._resources.get(reference)) is not None:
                to[id(whole)].append(one)

    def who(self, one: Resource) -> Who:
        """Whose a resource is."""
        person = one if one.mark == "patient" else None
        whose = "patient" if one.kind == "Consent" else "subject"
        for reference in one.references(whose)[:1] if person is None else ():
            person = self._resources.get(reference)
        if person is None or person.kind != "Patient":
            return who_of_patient(None)
        known = self._people.get(id(person))
        if known is None:
            known = who_of_patient(person)
            values, _ = read_fields(Patient, person.content)
            patient = replace(known.patient, height_cm=values.get("height_cm"))
            known = self._people[id(person)] = replace(known, patient=patient)
        return known

    def take_test(self, report: Resource, found: Collected) -> None:
        """Take one test of lung function."""
        draft = TestDraft(found.number + 1, whole=True)
        fields, problems = read_fields(Pft, report.content)
        for problem in problems:
            draft.refuse(*problem)
        draft.post_bd = fields.pop("post_bd", None)
        for reference in report.references("result"):
            one = self._resources.get(reference)
            if one is None:
                draft.refuse("result", reference, say("names a result that is not in the file"))
            elif one.mark != COMPUTED:
                self._take_values(draft, one)
        for name, value in fields.items():
            if name in _NOT_OF_A_FILE:
                draft.refuse(name, str(value), say("not a field that is known here"))
            elif draft.value(name) is not None and draft.value(name) != value:
                draft.refuse(name, str(value), say("contradicts a value of the same test"))
            elif draft.value(name) is None:
                draft.set(name, value, name, _shown(value))
        day = stated_day(report)
        if day is None:
            draft.refuse("effectiveDateTime", "", say("not a day of the calendar"))
        found.take(draft, day, self.who(report))

    @staticmethod
    def _take_values(draft: TestDraft, one: Resource) -> None:
        for item in items_of(one, None):
            if item.post_bd is not None and item.post_bd is not draft.post_bd:
                reason = say("its code and its report differ in before and after bronchodilator")
                draft.refuse(item.label, item.text, reason)
            elif not item.meant.quantity and not item.comment and not item.fault:
                draft.refuse(item.label, item.text, say("holds no value of lung function that is known here"))
            else:
                put_into(draft, replace(item, limits=""), exact=True)

    def take(self, one: Resource, found: Collected) -> None:
        """Take one record of another kind."""
        name, kind = _KINDS[one.mark]
        who = self.who(one)
        values, problems = read_fields(kind, one.content, SLOTS[kind])
        self._complete(one, kind, who, values, problems)
        self._link(one, kind, values, problems)
        record = None
        if not problems:
            try:
                record = kind(id=one.id, **values)
            except TypeError:
                problems.append((one.kind, one.words, say("not complete")))
        if record is None:
            found.number += 1
            found.reject(problems)
        else:
            found.keep(name, who, record)

    def _link(self, one: Resource, kind: type[Any], values: dict[str, Any], problems: Problems) -> None:
        """The record that this one names, by its id in the file."""
        name, mark = _LINKS.get(kind, ("", ""))
        listed = one.content.get("extension")
        for extension in listed if name and isinstance(listed, list) else ():
            if isinstance(extension, dict) and extension.get("url") == LOCAL + name:
                values[name] = self._named(
                    one, held(extension, ("valueReference", "reference")), mark, problems
                )

    def _named(self, one: Resource, reference: Any, mark: str, problems: Problems) -> str:
        """The id of a record of the same patient that a reference leads to."""
        named = self._resources.get(reference) if isinstance(reference, str) else None
        subject = one.references("subject")[:1]
        if named is None or named.mark != mark or named.references("subject")[:1] != subject:
            reason = say("names a record that this patient has not in the file")
            problems.append((one.kind, str(reference)[:200], reason))
            return ""
        return named.id

    def _complete(
        self, one: Resource, kind: type[Any], who: Who, values: dict[str, Any], problems: Problems
    ) -> None:
        """Read what no table of places tells."""
        special: dict[type[Any], Callable[..., None]] = {
            Patient: _complete_patient,
            TherapyLine: self._complete_line,
            AdverseEvent: self._complete_event,
            Visit: self._complete_visit,
            Lab: _complete_lab,
            Serology: _complete_serology,
        }
        if (complete := special.get(kind)) is not None:
            complete(one, who, values, problems)

    def _complete_line(self, one: Resource, _who: Who, values: dict[str, Any], problems: Problems) -> None:
        given = []
        for part in self._infusions[id(one)]:
            fields, wrong = read_fields(Infusion, part.content, SLOTS[Infusion])
            self._link(part, Infusion, fields, wrong)
            problems += wrong
            if "date" not in fields and not wrong:
                problems.append(("infusions", "", say("not complete")))
            elif not wrong:
                given.append(Infusion(**fields))
        values["infusions"] = tuple(given)

    def _complete_event(self, one: Resource, _who: Who, values: dict[str, Any], problems: Problems) -> None:
        text = held(one.content, ("event", "text"))
        if "term" not in values and isinstance(text, str):
            values["term"] = text
        values["suspected_lines"] = tuple(
            self._named(one, held(suspect, ("instance", "reference")), "therapy", problems)
            for suspect in one.parts("suspectEntity")
        )

    def _complete_visit(self, one: Resource, _who: Who, values: dict[str, Any], problems: Problems) -> None:
        for part in self._values[id(one)]:
            name = next(
                (
                    str(coding.get("code"))
                    for coding in codings_of(part.content.get("code"))
                    if coding.get("system") == MEASURE
                ),
                "",
            )
            unit = held(part.content, ("valueQuantity", "code"))
            if name not in VISIT_VALUES or unit != VISIT_VALUES[name].unit:
                problems.append((part.words, str(unit or ""), say("the unit is not that of this value")))
                continue
            number = {"url": LOCAL + name, "valueDecimal": held(part.content, ("valueQuantity", "value"))}
            taken, wrong = read_fields(Visit, {"extension": [number]})
            values |= taken
            problems += wrong


def _complete_patient(one: Resource, who: Who, values: dict[str, Any], problems: Problems) -> None:
    patient = who.patient
    if not patient.mrn and not who.problems:
        problems.append(("identifier", "", say("no MRN")))
    values |= {
        "mrn": patient.mrn,
        "family_name": patient.family_name,
        "given_name": patient.given_name,
        "sex": patient.sex,
    }


def _complete_lab(one: Resource, _who: Who, values: dict[str, Any], problems: Problems) -> None:
    _complete_result(one.content, values, problems)
    if (result := coded(one.content.get("valueCodeableConcept"), "lab_result")) is not None:
        values["result"] = result
    if isinstance(one.content.get("valueString"), str):
        values["text"] = one.content["valueString"]


def _complete_serology(one: Resource, _who: Who, values: dict[str, Any], problems: Problems) -> None:
    _complete_result(held(one.content, ("component", 0)), values, problems)


def _complete_result(place: Any, values: dict[str, Any], problems: Problems) -> None:
    """What the sign before a value says: that the true one lies beyond it."""
    sign = held(place, ("valueQuantity", "comparator"))
    if sign is None:
        return
    if isinstance(sign, str) and sign in _DETECTION:
        values["detection"] = _DETECTION[sign]
    else:
        problems.append(("comparator", str(sign), say("not a sign that is known here")))


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
