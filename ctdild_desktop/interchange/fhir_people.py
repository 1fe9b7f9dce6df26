"""Whose a FHIR result is: the identifier marked as the MRN, names, birth date and sex of a Patient."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Sex
from ctdild_desktop.interchange.drafts import Who, who_of
from ctdild_desktop.interchange.fhir_resources import Resource, codings_of
from ctdild_desktop.language import say

_SEXES = {"male": Sex.MALE, "female": Sex.FEMALE}
_MRN = "MR"
PSEUDONYM = "ANON"
"""The type of a number that stands for somebody whose name is not told."""
_NAMES = ("official", "usual", "")


def who_of_patient(patient: Resource | None) -> Who:
    """Who a Patient is; the id of the resource is an address inside the file and nobody's number."""
    if patient is None or patient.kind != "Patient":
        return who_of()
    content = patient.content
    problems = []
    birth = None
    if isinstance(content.get("birthDate"), str):
        try:
            birth = PartialDate.parse(content["birthDate"][:10])
        except ValueError:
            problems.append(("birthDate", content["birthDate"][:40], say("not a day of the calendar")))
    family, given = _name(content.get("name"))
    return who_of(
        mrn=_mrn(patient),
        family_name=family,
        given_name=given,
        birth_date=birth,
        sex=_SEXES.get(str(content.get("gender", ""))),
        problems=tuple(problems),
    )


def same_text(text: str, *others: str) -> bool:
    """Whether a text is one of others, capital letters aside."""
    return text.casefold() in {other.casefold() for other in others}


def without_identity(patient: Resource) -> bool:
    """Whether a Patient has a pseudonym in place of a number."""
    return any(_is_typed(part, PSEUDONYM) for part in patient.parts("identifier"))


def _is_typed(identifier: dict[str, Any], code: str) -> bool:
    return any(coding.get("code") == code for coding in codings_of(identifier.get("type")))


def _mrn(patient: Resource) -> str:
    """The identifier marked MR, else the only one; a pseudonym is none."""
    numbers = [
        (part["value"], _is_typed(part, _MRN))
        for part in patient.parts("identifier")
        if isinstance(part.get("value"), str) and part.get("use") != "old" and not _is_typed(part, PSEUDONYM)
    ]
    chosen = {value for value, marked in numbers if marked} or {value for value, _ in numbers}
    return chosen.pop() if len(chosen) == 1 else ""


def _name(names: Any) -> tuple[str, str]:
    listed = [name for name in (names if isinstance(names, list) else ()) if isinstance(name, dict)]
    listed.sort(key=lambda name: _NAMES.index(name.get("use", "")) if name.get("use", "") in _NAMES else 9)
    for name in listed:
        family = name.get("family")
        given = " ".join(_texts(name.get("given")))
        if isinstance(family, str) and family.strip():
            return family, given
        if given.strip() and family is None:
            return "", given
    return "", ""


def _texts(given: Any) -> Iterator[str]:
    for part in given if isinstance(given, list) else ():
        if isinstance(part, str):
            yield part
