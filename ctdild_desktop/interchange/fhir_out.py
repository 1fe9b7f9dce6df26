"""Records as FHIR R4: one Bundle for each patient, one after the other, as lines of NDJSON.

A Bundle holds one patient whole and refers to nothing outside itself. A registry is a file of lines, each of
them such a Bundle: one Bundle of everybody would be too large for any reader, a file for each patient would
be ten thousand of them, and lines of single resources would part a patient from what is about them. A file
ends before it is larger than a reader takes, and never within a patient. There is no narrative, which would
be a second copy of every value, and nothing is ``contained``. MDT decisions and attachments stay in the
registry.

FHIR R4B differs from R4 in resources on medicines' regulation, evidence, nutrition and subscriptions; none of
those is used, so that a Bundle is of both.

Source: HL7 FHIR R4 (4.0.1), Bundle and Provenance; R4B (4.3.0), the list of changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from ctdild_desktop.clinical.derived import DerivedTest, derive
from ctdild_desktop.clinical.haemoglobin import haemoglobins_of
from ctdild_desktop.clinical.records import PatientRecord, Pft
from ctdild_desktop.interchange.fhir_json import fhir_json
from ctdild_desktop.interchange.fhir_making import Making, Writing
from ctdild_desktop.interchange.fhir_out_clinic import (
    write_adverse_event,
    write_consent,
    write_diagnosis,
    write_patient,
    write_therapy,
)
from ctdild_desktop.interchange.fhir_out_findings import (
    write_heart_test,
    write_hrct,
    write_lab,
    write_pro,
    write_procedure,
    write_serology,
    write_visit,
)
from ctdild_desktop.interchange.fhir_out_tests import write_test
from ctdild_desktop.interchange.fhir_terms import LOCAL

MOST_BYTES = 8 * 1024 * 1024
"""A file ends with the patient who reaches this size; the program reads it in seconds."""


def bundle_of(
    record: PatientRecord, writing: Writing, derived: Sequence[DerivedTest | None] | None = None
) -> dict[str, Any]:
    """Everything of one patient that FHIR carries, as a Bundle.

    Args:
        derived: what follows from each test, None for a test of which it is not told; computed here where
            nothing is given, from what the record says of the patient.
    """
    named = frozenset(line.id for line in record.therapy) | {event.id for event in record.adverse_events}
    making = Making(record.patient, writing, named)
    write_patient(making)
    latest = max(record.diagnoses, key=lambda view: (view.date.earliest, view.date.latest), default=None)
    for view in record.diagnoses:
        write_diagnosis(making, view, latest=view is latest)
    if derived is None:
        haemoglobins = haemoglobins_of(record.labs)
        derived = [derive(test, record.patient, haemoglobins) for test in record.tests]
    for test, following in zip(record.tests, derived, strict=True):
        write_test(making, test, following)
    kinds: tuple[tuple[Callable[[Making, Any], None], Sequence[Any]], ...] = (
        (write_visit, (*record.visits, *record.appointments)),
        (write_hrct, record.hrct),
        (write_therapy, record.therapy),
        (write_adverse_event, record.adverse_events),
        (write_lab, record.labs),
        (write_serology, record.serology),
        (write_heart_test, record.heart_tests),
        (write_procedure, record.procedures),
        (write_pro, record.pros),
        (write_consent, record.consents),
    )
    for write, records in kinds:
        for one in records:
            write(making, one)
    _write_sources(making, record.tests)
    return making.bundle()


def bundle_line(
    record: PatientRecord, writing: Writing, derived: Sequence[DerivedTest | None] | None = None
) -> bytes:
    """The Bundle of a patient as one line."""
    return fhir_json(bundle_of(record, writing, derived)) + b"\n"


def in_files(
    lines: Iterator[bytes], *, most_bytes: int = MOST_BYTES
) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Lines put to files, each by its name with the pieces that are written one after the other.

    A file is written to its end before the next one is asked for; one line at a time is in memory.
    """
    number = 0
    while (first := next(lines, None)) is not None:
        number += 1
        yield f"fhir-{number:04d}.ndjson", _until_full(first, lines, most_bytes)


def _until_full(first: bytes, lines: Iterator[bytes], most_bytes: int) -> Iterator[bytes]:
    size = 0
    for line in chain((first,), lines):
        yield line
        size += len(line)
        if size >= most_bytes:
            return


def _write_sources(making: Making, tests: Iterable[Pft]) -> None:
    """Write where tests came from: one Provenance for each file, and one for those that were typed."""
    of_source: dict[tuple[str, str], list[dict[str, str]]] = {}
    for test in tests:
        digest = test.source_sha256 or "" if making.writing.free_text else ""
        of_source.setdefault((test.source_format, digest), []).append(making.refer("pft", test.id))
    for (source_format, digest), targets in of_source.items():
        entity: dict[str, Any] = {"display": f"Source: {source_format}"}
        if digest:
            entity["identifier"] = {"system": f"{LOCAL}sha256", "value": digest}
        making.resource(
            "Provenance",
            "source",
            making.patient.id,
            source_format,
            digest,
            target=targets,
            recorded=making.writing.recorded.isoformat(timespec="seconds"),
            agent=[{"who": {"display": making.writing.program}}],
            entity=[{"role": "source", "what": entity}],
        )
