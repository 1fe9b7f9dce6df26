"""FHIR R4: a Bundle or a single Observation of lung function.

Codes are LOINC, or SNOMED CT alone with components for the predicted value and the per cent of it. An
observation without a date or a person takes them from the one that it was derived from, else from the report
that lists it when nothing contradicts. ``issued`` is when a result was sent, never the date of the test.

Source: HL7 FHIR R4, Observation, DiagnosticReport, Patient, Procedure; the MII profile of lung function.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ctdild_desktop.interchange.collected import Collected
from ctdild_desktop.interchange.drafts import TestDraft
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.fhir_people import same_text, who_of_patient
from ctdild_desktop.interchange.fhir_resources import Resource, Resources, codings_of, text_of
from ctdild_desktop.interchange.grouping import Grouped, Item, grouped
from ctdild_desktop.interchange.json_stream import read_json
from ctdild_desktop.interchange.loinc import meaning
from ctdild_desktop.interchange.measures import Named, Role, bronchodilator_in, mentioned
from ctdild_desktop.interchange.records import Remark, TestTable
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.interchange.values import CellError
from ctdild_desktop.language import say

_BEGINS = re.compile(rb"\s*\{")
_KNOWN = re.compile(rb'"resourceType"\s*:\s*"(?:Bundle|Observation|DiagnosticReport|Patient)"')
_LOINC = "http://loinc.org"
_FINAL = frozenset({"final", "amended", "corrected"})
_SNOMED = {
    "50834005": Named("FVC"),
    "59328004": Named("FEV1"),
    "310520004": Named("FEV1", Role.PREDICTED),
    "313223002": Named("FEV1", Role.PERCENT),
    "251944000": Named("RATIO"),
    "251914003": Named("SVC"),
    "83411002": Named("SVC"),
    "65825000": Named("FRC"),
    "42457008": Named("RV"),
    "57566009": Named("TLC"),
    "1366665001": Named("DLCO"),
    "251952002": Named("KCO"),
    "251953007": Named("VA"),
}


def is_fhir(data: bytes) -> bool:
    """Whether the bytes are JSON that says it is a resource of FHIR."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    return _BEGINS.match(data.removeprefix(b"\xef\xbb\xbf")) is not None and _KNOWN.search(data) is not None


def read_fhir(source: Source) -> TestTable:
    """Read a Bundle or an Observation.

    Raises:
        FormatError: not JSON, not a resource of FHIR, or without any observation.
    """
    resources = Resources.of(source.name, read_json(source))
    if not resources.observations:
        raise FormatError(say("{name} holds no observation.", name=source.name))
    found = Collected()
    for subject, observations in resources.by_subject():
        reading = _Reading(resources, observations, found.number)
        tests = reading.tests()
        found.warnings += tests.remarks()
        if not tests.tests:
            found.refuse("Observation", "", say("holds no value of lung function that is known here"))
        for day, draft in tests.tests:
            if day is None:
                draft.refuse("effectiveDateTime", draft.summary, reading.why_no_day)
            found.take(draft, day, who_of_patient(resources.get(subject)))
        found.warnings += reading.contradictions()
    return found.table(source, "fhir")


class _Reading:
    """The tests of one person."""

    def __init__(self, resources: Resources, observations: Sequence[Resource], before: int) -> None:
        self._resources = resources
        self._observations = observations
        self._number = before
        self.why_no_day = say("no date of the test; when a result was sent is not taken for it")

    def tests(self) -> Grouped:
        """Each test with its day."""
        items = [item for one in self._observations for item in self._items(one)]
        return grouped(items, self._draft, exact=True)

    def contradictions(self) -> Iterator[Remark]:
        """Stated changes after a bronchodilator that the values themselves do not give."""
        for one in self._observations:
            sources = [self._resources.get(reference) for reference in one.references("derivedFrom")]
            value, unit = _quantity(one.content)
            if len(sources) != 2 or None in sources or value is None or "change" not in one.words.casefold():
                continue
            pairs = [_quantity(found.content) for found in sources if found is not None]
            first, last = (_litres(*pair) for pair in pairs)
            if first is None or last is None or not first:
                continue
            change = last - first
            given = (
                change * 100 / first if unit == "%" else change * 1000 if unit.casefold() == "ml" else change
            )
            if abs(given - value) > (1 if unit == "%" else Decimal("0.02") * abs(given)):
                reason = say(
                    "contradicts the values, which give {given} {unit}",
                    given=f"{given:.1f}".removesuffix(".0"),
                    unit=unit,
                )
                yield Remark(None, one.words, f"{value} {unit}", reason)

    def _draft(self) -> TestDraft:
        self._number += 1
        return TestDraft(self._number)

    def _items(self, one: Resource) -> Iterator[Item]:
        day, doubt = self._resources.day_of(one)
        if doubt:
            self.why_no_day = doubt
        value, unit = _quantity(one.content)
        words = one.words
        base = Item(
            day=day, meant=Named(""), label=words, text="" if value is None else str(value), unit=unit
        )
        status = str(one.content.get("status", ""))
        if status in {"cancelled", "entered-in-error"}:
            return
        try:
            meant = _meant(one.content.get("code"))
        except CellError as error:
            yield replace(base, fault=str(error))
            return
        side = meant.post_bd
        base = replace(base, meant=meant, post_bd=side, limits=_limits(one.content))
        not_final = say("the result is not final (status {status})", status=status or "-")
        if status not in _FINAL and meant.quantity:
            yield replace(base, fault=not_final)
            return
        if not base.text and isinstance(one.content.get("valueString"), str):
            if status not in _FINAL:
                yield replace(base, comment=True, notice=not_final)
            else:
                yield replace(base, text=one.content["valueString"], comment=True)
        elif base.text:
            yield base
        elif meant.quantity and "dataAbsentReason" not in one.content and not one.content.get("component"):
            yield replace(base, fault=say("holds no quantity"))
        yield from self._components(one, meant, base)

    @staticmethod
    def _components(one: Resource, meant: Named, base: Item) -> Iterator[Item]:
        """The parts of an observation: the predicted value, the per cent of it, or another quantity."""
        for part in one.parts("component"):
            value, unit = _quantity(part)
            if value is None and ("valueQuantity" not in part or "dataAbsentReason" in part):
                continue
            words = text_of(part.get("code"))
            item = replace(base, label=words, text="" if value is None else str(value), unit=unit, limits="")
            try:
                found = _meant(part.get("code"))
            except CellError as error:
                yield replace(item, fault=str(error))
                continue
            if not found.quantity and meant.quantity:
                role = _role_in(words)
                about = mentioned(words)
                if role is not Role.MEASURED and about in {"", meant.quantity}:
                    found = Named(meant.quantity, role, found.post_bd)
            if value is None:
                if found.quantity:
                    yield replace(item, fault=say("holds no quantity"))
                continue
            side = found.post_bd if found.post_bd is not None else meant.post_bd
            yield replace(item, meant=found, post_bd=side)


def _meant(code: Any) -> Named:
    """What a coded concept means; raises CellError when its codes and words contradict one another."""
    words = text_of(code)
    found: list[Named] = []
    for coding in codings_of(code):
        system, value = str(coding.get("system", "")), str(coding.get("code", ""))
        display = coding.get("display")
        said = display if isinstance(display, str) and display else words
        if system == _LOINC:
            meant = meaning(value, said)
        elif "snomed" in system and value in _SNOMED:
            meant = _SNOMED[value]
            about = mentioned(said)
            if about and about != meant.quantity:
                raise CellError(
                    say(
                        "the code {code} means {quantity} and the words beside it {said}",
                        code=value,
                        quantity=meant.quantity,
                        said=about,
                    )
                )
        else:
            continue
        if meant.quantity:
            found.append(meant)
    sides = {each.post_bd for each in found} | {bronchodilator_in(words)}
    sides.discard(None)
    if len({(each.quantity, each.role) for each in found}) > 1 or (found and len(sides) > 1):
        raise CellError("its codes mean different things")
    side = next(iter(sides), None)
    return Named(found[0].quantity, found[0].role, side) if found else Named("", Role.MEASURED, side)


def _role_in(words: str) -> Role:
    lower = words.casefold()
    if "z-score" in lower or "z score" in lower:
        return Role.Z
    if "percent" in lower or "%" in lower or "measured/predicted" in lower:
        return Role.PERCENT
    if "expected" in lower or "predicted" in lower:
        return Role.PREDICTED
    return Role.MEASURED


def _quantity(content: dict[str, Any]) -> tuple[Decimal | None, str]:
    """The value and the unit: the code of UCUM where there is one, which is exact, else the word."""
    found = content.get("valueQuantity")
    if not isinstance(found, dict) or found.get("comparator"):
        return None, ""
    value = found.get("value")
    if not isinstance(value, Decimal):
        return None, ""
    code, word = (found.get(name) for name in ("code", "unit"))
    return value, code if isinstance(code, str) and code else word if isinstance(word, str) else ""


def _litres(value: Decimal | None, unit: str) -> Decimal | None:
    if value is None or not same_text(unit, "L", "mL"):
        return None
    return value / 1000 if same_text(unit, "mL") else value


def _limits(content: dict[str, Any]) -> str:
    found = []
    for each in content.get("referenceRange", ()) if isinstance(content.get("referenceRange"), list) else ():
        if isinstance(each, dict):
            for name, sign in (("low", ">"), ("high", "<")):
                limit = each.get(name)
                if isinstance(limit, dict) and isinstance(limit.get("value"), Decimal):
                    found.append(f"{sign} {limit['value']}")
    return ", ".join(found)
