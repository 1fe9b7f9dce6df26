"""Bundles of FHIR as they must be: checked by the R4B models and by what those do not look at."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Consent,
    Diagnosis,
    HeartTest,
    Hrct,
    Lab,
    Patient,
    PatientRecord,
    Pft,
    Pro,
    Procedure,
    Serology,
    Sex,
    TherapyLine,
    Visit,
)
from ctdild_desktop.interchange.fhir_json import fhir_json
from ctdild_desktop.interchange.fhir_making import Writing
from ctdild_desktop.interchange.fhir_out import bundle_of
from ctdild_desktop.interchange.fhir_terms import LOCAL
from tests.support.valid_record import valid_record

WRITING = Writing(dt.datetime(2026, 3, 12, 9, 30, tzinfo=dt.UTC), "CTD-ILD Desktop 1.0.0", free_text=True)
BARE = Writing(WRITING.recorded, WRITING.program, free_text=False)
DAY = dt.date(2024, 5, 6)

PATIENT = Patient(
    id="p",
    mrn="P1",
    family_name="Holm",
    given_name="Ada Eva",
    sex=Sex.FEMALE,
    birth_date=PartialDate(1958, 3),
)
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}\Z")
_URL = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_CODE = re.compile(r"[^\s]+(\s[^\s]+)*\Z")
_KINDS = {
    "diagnoses": Diagnosis,
    "tests": Pft,
    "hrct": Hrct,
    "therapy": TherapyLine,
    "adverse_events": AdverseEvent,
    "serology": Serology,
    "procedures": Procedure,
    "labs": Lab,
    "heart_tests": HeartTest,
    "pros": Pro,
    "consents": Consent,
}

OF_THE_IMPORT = frozenset({"id", "version", "entered", "source_format", "source_sha256", "as_given"})
LINKS = frozenset({"suspected_lines", "prior_line_id", "adverse_event_id"})


@st.composite
def whole_records(draw: Any) -> PatientRecord:
    """A patient with some records of some kinds, in any values that the registry's tables accept."""
    chosen = draw(st.lists(st.sampled_from(sorted(_KINDS)), max_size=4, unique=True))
    held = {
        name: tuple(draw(st.lists(valid_record(_KINDS[name]), min_size=1, max_size=2))) for name in chosen
    }
    visits = tuple(draw(st.lists(valid_record(Visit), max_size=2)))
    return PatientRecord(
        patient=draw(valid_record(Patient)),
        visits=tuple(visit for visit in visits if visit.took_place),
        appointments=tuple(visit for visit in visits if not visit.took_place),
        **held,
    )


def written(record: PatientRecord, writing: Writing = WRITING) -> dict[str, Any]:
    """The Bundle of a record, read back from its bytes with exact decimals."""
    found: dict[str, Any] = json.loads(fhir_json(bundle_of(record, writing)), parse_float=Decimal)
    return found


def resources(bundle: dict[str, Any], kind: str = "") -> list[dict[str, Any]]:
    """The resources of a Bundle, or those of one type."""
    found = [entry["resource"] for entry in bundle["entry"]]
    return [one for one in found if not kind or one["resourceType"] == kind]


def check_bundle(bundle: dict[str, Any]) -> None:
    """Fail when a Bundle is not as FHIR R4 wants it."""
    _model().model_validate_json(fhir_json(bundle))
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(urls)) == len(urls)
    assert all(_URL.match(url) for url in urls)
    for entry in bundle["entry"]:
        resource = entry["resource"]
        assert _ID.match(resource["id"])
        assert entry["fullUrl"] == f"urn:uuid:{resource['id']}"
        assert not {"contained", "text"} & set(resource)
        for name, value in _walk(resource):
            if name == "reference":
                assert value in urls, "a reference leads out of the Bundle"
            if name in {"code", "valueCode"} and isinstance(value, str):
                assert _CODE.match(value)
            assert value not in ("", [], {}), f"{name} is written and empty"


@cache
def _model() -> Any:
    from fhir.resources.R4B.bundle import Bundle

    return Bundle


def _walk(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    yield name, value
    if isinstance(value, dict):
        for inner, held in value.items():
            yield from _walk(held, inner)
    elif isinstance(value, list):
        for held in value:
            yield from _walk(held, name)


def said(value: Any, without: frozenset[str] = OF_THE_IMPORT | LINKS) -> Any:
    """All that a record says, decimals digit by digit; a part that says nothing is none."""
    if is_dataclass(value) and not isinstance(value, PartialDate):
        names = [item.name for item in fields(value) if item.name not in without]
        return type(value).__name__, *(said(getattr(value, name), without) for name in names)
    if isinstance(value, tuple):
        parts = (said(one, without) for one in value)
        return tuple(part for part in parts if part and any(part[1:] if isinstance(part, tuple) else part))
    return "" if value is None else str(value)


def record(**held: Any) -> PatientRecord:
    """What is held of the invented patient."""
    return PatientRecord(patient=PATIENT, **held)


def observation(bundle: dict[str, Any], name: str) -> dict[str, Any]:
    """The one observation with this code."""
    (found,) = [
        one
        for one in resources(bundle, "Observation")
        if any(coding.get("code") == name for coding in one["code"].get("coding", ()))
    ]
    return found


def extension(resource: dict[str, Any], name: str) -> Any:
    """The values of the program's own extension of this name."""
    found = [one for one in resource["extension"] if one["url"] == f"{LOCAL}{name}"]
    return [value for one in found for held, value in one.items() if held != "url"]
