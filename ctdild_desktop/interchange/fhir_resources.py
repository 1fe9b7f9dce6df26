"""The resources of a FHIR file: who refers to whom, and which day an observation is of."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.fhir_terms import FORMAT, RECORD, VERSION
from ctdild_desktop.language import say

_MOST = 20_000
_MOST_SOURCES = 100
_CLINICAL = frozenset(
    {
        *("AdverseEvent", "AllergyIntolerance", "Condition", "Consent", "DocumentReference", "Immunization"),
        *("ImagingStudy", "MedicationAdministration", "MedicationRequest", "MedicationStatement"),
        "FamilyMemberHistory",
    }
)
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T\S*)?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource with its place in the file."""

    kind: str
    id: str
    address: str
    content: dict[str, Any] = field(repr=False)
    inside: bool = False
    """Whether it is contained in another resource, and known by its address alone."""

    @property
    def name(self) -> str:
        """What it is referred to by within the file."""
        return self.address if self.inside or not self.id else f"{self.kind}/{self.id}"

    @property
    def words(self) -> str:
        """What its code is called."""
        return text_of(self.content.get("code")) or self.id

    @property
    def mark(self) -> str:
        """What the program itself wrote it as; empty for a resource from elsewhere."""
        return _tag(self.content, RECORD)

    def parts(self, name: str) -> Iterator[dict[str, Any]]:
        """The objects of a list."""
        found = self.content.get(name)
        for part in found if isinstance(found, list) else (found,):
            if isinstance(part, dict):
                yield part

    def references(self, name: str) -> list[str]:
        """What a field refers to."""
        return [part["reference"] for part in self.parts(name) if isinstance(part.get("reference"), str)]


class Resources:
    """All resources of a file."""

    def __init__(self, name: str, found: list[Resource]) -> None:
        self._all = found
        self._by_address: dict[str, Resource] = {}
        for each in found:
            for address in {each.address, each.name}:
                if address and self._by_address.setdefault(address, each) is not each:
                    raise FormatError(
                        say(
                            "{name} holds two resources with one address; which is meant cannot be told.",
                            name=name,
                        )
                    )
        self._days: dict[int, tuple[dt.date | None, str]] = {}
        self._reports_of: dict[int, list[Resource]] = {}
        self._days_in: dict[int, set[dt.date]] = {}
        for report in (each for each in found if each.kind == "DiagnosticReport"):
            listed = [each for each in map(self.get, report.references("result")) if each is not None]
            for each in listed:
                self._reports_of.setdefault(id(each), []).append(report)
            self._days_in[id(report)] = {day for each in listed if (day := stated_day(each)) is not None}

    @classmethod
    def of(cls, name: str, content: Any) -> Resources:
        """The resources in a Bundle, or the single one.

        Raises:
            FormatError: not a resource, far too many of them, or written by the program in a way that is not
                known here.
        """
        if not isinstance(content, dict):
            raise FormatError(say("{name} is no resource of FHIR.", name=name))
        if content.get("resourceType") != "Bundle":
            return cls(name, list(_with_contained("", content, 0)))
        if _tag(content, FORMAT) not in {"", VERSION}:
            raise FormatError(
                say("{name} was written by a later version of the program; use that one.", name=name)
            )
        entries = content.get("entry", [])
        if not isinstance(entries, list) or len(entries) > _MOST:
            raise FormatError(say("{name} is refused: it is not built as a file of results is.", name=name))
        found: list[Resource] = []
        for number, entry in enumerate(entries):
            if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
                address = entry.get("fullUrl")
                address = address if isinstance(address, str) else ""
                found += _with_contained(address, entry["resource"], number)
        if len(found) > 2 * _MOST:
            raise FormatError(say("{name} is refused: it is not built as a file of results is.", name=name))
        return cls(name, found)

    def __len__(self) -> int:
        return len(self._all)

    @property
    def observations(self) -> list[Resource]:
        """Those from elsewhere that hold a measurement."""
        return [each for each in self._all if each.kind == "Observation" and not each.mark]

    @property
    def own(self) -> list[Resource]:
        """Those that the program itself wrote."""
        return [each for each in self._all if each.mark]

    @property
    def others(self) -> Iterator[str]:
        """The kind of each resource from elsewhere that tells something of a patient beside results."""
        return (each.kind for each in self._all if each.kind in _CLINICAL and not each.mark)

    def get(self, reference: str) -> Resource | None:
        """What a reference points at, when it is in the file.

        An address of a server leads to a resource of that server, or to one without a server in the file.
        """
        if (found := self._by_address.get(reference)) is not None:
            return found
        bare = reference.split("/_history/", maxsplit=1)[0]
        last = "/".join(bare.split("/")[-2:])
        found = self._by_address.get(last)
        if found is None or last == bare or found.address in {"", bare} or found.address.startswith("urn:"):
            return found
        return None

    def by_subject(self) -> Iterator[tuple[str, list[Resource]]]:
        """The observations of each person; those that name nobody belong to the only person of the file."""
        groups: dict[str, list[Resource]] = {}
        loose: list[Resource] = []
        for each in self.observations:
            subject = self._subject(each)
            (groups.setdefault(subject, []) if subject else loose).append(each)
        if loose:
            people = sum(each.kind == "Patient" for each in self._all)
            only = next(iter(groups)) if len(groups) == 1 and people < 2 else ""
            groups.setdefault(only, []).extend(loose)
        order = {id(each): place for place, each in enumerate(self.observations)}
        for subject, found in groups.items():
            yield subject, sorted(found, key=lambda each: order[id(each)])

    def day_of(self, one: Resource) -> tuple[dt.date | None, str]:
        """The day of an observation, or why it is not known."""
        day, doubt = self._stated_day(one)
        if day is not None or doubt:
            return day, doubt
        days = {self._stated_day(each)[0] for each in self._sources(one)} - {None}
        if len(days) == 1:
            return days.pop(), ""
        return self._day_of_report(one)

    def _sources(self, one: Resource) -> list[Resource]:
        """What an observation was derived from or is part of."""
        references = [*one.references("derivedFrom"), *one.references("partOf")][:_MOST_SOURCES]
        return [each for each in map(self.get, references) if each is not None and each is not one]

    def _stated_day(self, one: Resource) -> tuple[dt.date | None, str]:
        """The day that a resource states, else that of what it was derived from."""
        if (known := self._days.get(id(one))) is not None:
            return known
        day, doubt = stated_day(one), ""
        if day is None:
            days = {stated_day(each) for each in self._sources(one)} - {None}
            if len(days) > 1:
                doubt = say("it was derived from observations of different days")
            elif days:
                day = days.pop()
        self._days[id(one)] = day, doubt
        return day, doubt

    def _day_of_report(self, one: Resource) -> tuple[dt.date | None, str]:
        reports = self._reports_of.get(id(one), [])[:_MOST_SOURCES]
        days = {day for each in reports if (day := stated_day(each)) is not None}
        if not days:
            return None, ""
        every = days.union(*(self._days_in[id(each)] for each in reports))
        if len(every) > 1:
            return None, say(
                "no date of its own, and the report and its results give different days ({first}, {last})",
                first=min(every).isoformat(),
                last=max(every).isoformat(),
            )
        return days.pop(), ""

    def _subject(self, one: Resource) -> str:
        stated = one.references("subject")
        if stated:
            found = self.get(stated[0])
            return found.name if found is not None and found.name else stated[0]
        if named := one.content.get("subject"):
            return f"?{named}"  # somebody who is not in the file, and not the only person of it
        subjects = {
            reference
            for report in self._reports_of.get(id(one), [])[:_MOST_SOURCES]
            for reference in report.references("subject")[:1]
        }
        if len(subjects) == 1:
            return subjects.pop()
        return ""


def _with_contained(address: str, content: dict[str, Any], number: int) -> Iterator[Resource]:
    """A resource and those inside it, which it alone may refer to: ``#a`` of another one is another one."""
    yield _resource(address, content)
    inside = content.get("contained")
    if not isinstance(inside, list):
        return
    _tell_apart(content, f"#{number}")
    for each in inside[:_MOST]:
        if isinstance(each, dict):
            yield replace(_resource(f"#{number}#{each.get('id', '')}", each), inside=True)


def _tell_apart(content: dict[str, Any], mark: str) -> None:
    """Put a mark before every reference that leads to a contained resource."""
    waiting: list[Any] = [content]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            reference = value.get("reference")
            if isinstance(reference, str) and reference.startswith("#"):
                value["reference"] = mark + reference
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _resource(address: str, content: dict[str, Any]) -> Resource:
    kind, name = content.get("resourceType"), content.get("id")
    return Resource(
        kind if isinstance(kind, str) else "", name if isinstance(name, str) else "", address, content
    )


def _tag(content: dict[str, Any], system: str) -> str:
    """The code of a mark on a resource or a Bundle; empty when it has none of this system."""
    meta = content.get("meta")
    tags = meta.get("tag") if isinstance(meta, dict) else None
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, dict) and tag.get("system") == system and isinstance(tag.get("code"), str):
            return str(tag["code"])
    return ""


def stated_day(one: Resource) -> dt.date | None:
    """The day that a resource states of when it was done; of a period, its start when it ends that day."""
    for name in ("effectiveDateTime", "effectiveInstant", "performedDateTime"):
        if isinstance(one.content.get(name), str):
            return _day(one.content[name])
    for name in ("effectivePeriod", "performedPeriod"):
        period = one.content.get(name)
        if isinstance(period, dict):
            start, end = (_day(str(period.get(side, ""))) for side in ("start", "end"))
            return start if end in (None, start) else None
    return None


def _day(text: str) -> dt.date | None:
    found = _DAY.match(text.strip())
    try:
        return dt.date(*map(int, found.groups())) if found is not None else None
    except ValueError:
        return None


def text_of(code: Any) -> str:
    """What a coded concept is called: its text, else the first name of a code."""
    if not isinstance(code, dict):
        return ""
    if isinstance(code.get("text"), str) and code["text"].strip():
        return str(code["text"]).strip()
    for coding in codings_of(code):
        if isinstance(coding.get("display"), str):
            return str(coding["display"]).strip()
    return ""


def codings_of(code: Any) -> Iterator[dict[str, Any]]:
    """The codes of a coded concept."""
    found = code.get("coding") if isinstance(code, dict) else None
    return (each for each in (found if isinstance(found, list) else ()) if isinstance(each, dict))
