"""FHIR R4: a Bundle, lines of Bundles or of resources (NDJSON), or a single Observation of lung function.

Codes are LOINC, or SNOMED CT alone with components for the predicted value and the per cent of it. An
observation without a date or a person takes them from the one that it was derived from, else from the report
that lists it when nothing contradicts. ``issued`` is when a result was sent, never the date of the test.
What the program itself wrote comes back whole (``fhir_own``).

Source: HL7 FHIR R4, Observation, DiagnosticReport, Patient, Procedure; the MII profile of lung function.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ctdild_desktop.interchange.collected import Collected
from ctdild_desktop.interchange.drafts import TestDraft
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.fhir_own import read_own
from ctdild_desktop.interchange.fhir_people import who_of_patient, without_identity
from ctdild_desktop.interchange.fhir_resources import Resource, Resources
from ctdild_desktop.interchange.fhir_values import items_of, litres_of, quantity_of
from ctdild_desktop.interchange.grouping import Grouped, Item, grouped
from ctdild_desktop.interchange.json_stream import read_json, read_lines
from ctdild_desktop.interchange.records import Remark, TestTable
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.language import say

_MOST = 40_000
"""Resources in all lines together."""
_BEGINS = re.compile(rb"\s*\{")
_KNOWN = re.compile(rb'"resourceType"\s*:\s*"(?:Bundle|Observation|DiagnosticReport|Patient)"')


def is_fhir(data: bytes) -> bool:
    """Whether the bytes are JSON that says it is a resource of FHIR."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    return _BEGINS.match(data.removeprefix(b"\xef\xbb\xbf")) is not None and _KNOWN.search(data) is not None


def read_fhir(source: Source) -> TestTable:
    """Read a Bundle, an Observation or lines of them.

    Raises:
        FormatError: not JSON, not a resource of FHIR, without any observation, or an export of the program
            without identity, whose dates are not true.
    """
    found = Collected()
    anything, number = False, 0
    others: Counter[str] = Counter()
    for resources in _documents(source):
        number += len(resources)
        if number > _MOST:
            raise FormatError(
                say("{name} is refused: it is not built as a file of results is.", name=source.name)
            )
        if any(one.kind == "Patient" and without_identity(one) for one in resources.own):
            raise FormatError(
                say("{name} is an export without identity; it cannot be imported.", name=source.name)
            )
        anything = anything or bool(resources.observations or resources.own)
        others.update(resources.others)
        read_own(resources, found)
        _read_results(resources, found)
    if not anything:
        raise FormatError(say("{name} holds no observation.", name=source.name))
    for kind, count in sorted(others.items()):
        reason = say("resources of this kind are read of this program alone")
        found.warnings.append(Remark(None, kind, str(count), reason))
    return found.table(source, "fhir")


def _documents(source: Source) -> Iterator[Resources]:
    """The resources of each Bundle by itself; lines that are no Bundles belong together."""
    lines = read_lines(source)
    if lines is None:
        yield Resources.of(source.name, read_json(source))
        return
    single = []
    for content in lines:
        if isinstance(content, dict) and content.get("resourceType") == "Bundle":
            yield Resources.of(source.name, content)
        else:
            single.append({"resource": content})
    if single:
        yield Resources.of(source.name, {"resourceType": "Bundle", "entry": single})


def _read_results(resources: Resources, found: Collected) -> None:
    """Read what comes from elsewhere: the tests of each person by day."""
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
            value, unit = quantity_of(one.content)
            if len(sources) != 2 or None in sources or value is None or "change" not in one.words.casefold():
                continue
            pairs = [quantity_of(found.content) for found in sources if found is not None]
            first, last = (litres_of(*pair) for pair in pairs)
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
        return items_of(one, day)
