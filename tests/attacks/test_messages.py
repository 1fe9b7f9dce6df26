"""Messages of devices and laboratories that are damaged or made to do harm.

A hundred examples each; ``pytest tests/attacks/test_messages.py --hypothesis-profile long`` tries many more.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given

from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.fhir_out import bundle_line
from ctdild_desktop.interchange.reading import message_format, read_file
from ctdild_desktop.interchange.records import TestTable
from ctdild_desktop.interchange.source import read_source, source_of
from ctdild_desktop.services.desk import new_id
from ctdild_desktop.services.import_matching import People, attribute
from ctdild_desktop.services.import_plan import plan_import
from tests.attacks.test_fuzz import answered, spoilt
from tests.support import holloway
from tests.support.fhir_bundles import WRITING
from tests.support.measured import Measured, measure
from tests.support.messages import DAY, WHO, gdt, ndd, value

MOST_SECONDS, MOST_MEGABYTES = 5.0, 500.0
MEGABYTE = 1_000_000
TODAY = dt.date(2026, 3, 12)

GDT = gdt(*WHO, *DAY, *value("FVC", "2.31", "L", "Best Test", normal="3.10"), *value("FEV1", "1980", "mL"))
HL7 = (
    b"MSH|^~\\&|LAB|A|||20240601||ORU^R01|1|P|2.5\rPID|||P1^^^A^MR||Holm^Ada||19580312|F\r"
    b"OBR|1|||1^PreBD||20240506|20240506\rOBX|1|NM|19876-2^FVC^LN||2.31|L|> 2.1||||F\r"
    b"OBX|2|SN|20150-9^FEV1^LN||^1.98|L|||||F\rOBX|3|TX|1^Note^LN||a\\.br\\b||||||F\r"
)
NDD = ndd().encode()
WINSPIRO = b"SESSIONDATE\t25-08-2024\r\nFVC\tL\t2,31\t3,10\t74,52\r\nFEV1\tL\t0\t2,60\t0\r\n"
FHIR = json.dumps(
    {
        "resourceType": "Bundle",
        "entry": [
            {"resource": {"resourceType": "Patient", "id": "a", "identifier": [{"value": "P1"}]}},
            {
                "resource": {
                    "resourceType": "Observation",
                    "id": "f",
                    "status": "final",
                    "code": {"coding": [{"system": "http://loinc.org", "code": "19868-9", "display": "FVC"}]},
                    "subject": {"reference": "Patient/a"},
                    "effectiveDateTime": "2024-05-06",
                    "valueQuantity": {"value": 2.31, "code": "L"},
                    "component": [
                        {"code": {"text": "Expected"}, "valueQuantity": {"value": 3.1, "code": "L"}}
                    ],
                    "derivedFrom": [{"reference": "Observation/f"}],
                }
            },
        ],
    }
).encode()
SOUND = {"gdt": GDT, "hl7": HL7, "ndd": NDD, "winspiro": WINSPIRO, "fhir": FHIR}


def planned(data: bytes) -> None:
    """Read a file and plan its import; whatever is taken is finite, dated and somebody's."""
    table = read_file(source_of("message", data))
    assert isinstance(table, TestTable)
    left = attribute(table, People({}), choices={}, today=TODAY).table
    plan = plan_import(left, {}, today=TODAY, new_id=new_id)
    taken = {row.row for row in plan.rows}
    assert taken.isdisjoint(remark.row for remark in plan.rejected)
    for patient in plan.patients:
        assert patient.patient.mrn
        for test in patient.additions:
            fvc = getattr(test, "fvc_l", None)
            assert fvc is None or Decimal("0.3") <= fvc <= 9


@pytest.mark.parametrize("name", SOUND)
def test_each_sample_is_sound(name: str) -> None:
    assert message_format(source_of("message", SOUND[name])) == name
    assert len(read_file(source_of("message", SOUND[name])).rows) == 1
    planned(SOUND[name])


@given(spoilt(GDT, GDT.replace(b"\r\n", b"\n"), GDT.decode().encode("utf-16")))
def test_i2_any_gdt_file(data: bytes) -> None:
    answered(lambda: planned(data), FormatError)


@given(spoilt(HL7, HL7.replace(b"\r", b"\n"), b"\x0b" + HL7 + b"\x1c\r"))
def test_i2_any_hl7_message(data: bytes) -> None:
    answered(lambda: planned(data), FormatError)


def test_a_raised_digit_is_no_number_of_a_result() -> None:
    answered(lambda: planned(HL7.replace(b"OBX|2|", "OBX|²|".encode())), FormatError)


@given(spoilt(NDD, b'<?xml version="1.0"?>' + NDD, NDD.decode().encode("utf-16")))
def test_i2_any_ndd_export(data: bytes) -> None:
    answered(lambda: planned(data), FormatError)


@given(spoilt(WINSPIRO, WINSPIRO.replace(b",", b".")))
def test_i2_any_winspiro_result(data: bytes) -> None:
    answered(lambda: planned(data), FormatError)


@given(spoilt(FHIR))
def test_i2_any_fhir_bundle(data: bytes) -> None:
    answered(lambda: planned(data), FormatError)


def own_lines() -> bytes:
    """Two patients as the program itself writes them."""
    record = holloway.record()
    held = {name: getattr(record, name)[:1] for name in ("tests", "visits", "hrct", "adverse_events")}
    short = replace(record, therapy=record.therapy[1:2], **held)
    other = replace(short, patient=replace(short.patient, id="other", mrn="P2"))
    return bundle_line(short, WRITING) + bundle_line(other, WRITING)


@given(spoilt(own_lines()))
def test_i2_any_lines_of_the_program(data: bytes) -> None:
    answered(lambda: planned(data), FormatError)


def marked(number: int) -> bytes:
    """A Bundle of resources that say no more than that the program wrote them."""
    tag = {"system": "urn:ctdild-desktop:record", "code": "pft"}
    one = {"resource": {"resourceType": "DiagnosticReport", "meta": {"tag": [tag]}}}
    return json.dumps({"resourceType": "Bundle", "entry": [one] * number}).encode() + b"\n"


def crowd(number: int) -> bytes:
    """Many observations that say no date, each in one report and derived from one that refers to all."""
    every = [{"reference": f"Observation/{place}"} for place in range(number)]
    one = json.loads(FHIR)["entry"][1]["resource"]
    del one["effectiveDateTime"]
    found = [{**one, "id": str(place), "derivedFrom": [every[0]]} for place in range(number)]
    found[0]["derivedFrom"] = every
    report = {"resourceType": "DiagnosticReport", "effectiveDateTime": "2024-05", "result": every}
    return json.dumps(
        {"resourceType": "Bundle", "entry": [{"resource": r} for r in (*found, report)]}
    ).encode()


HARMFUL: dict[str, tuple[Callable[[], bytes], str]] = {
    "gdt, one endless line": (lambda: GDT + b"0178420" + b"9" * 8 * MEGABYTE, "not a sound GDT file"),
    "gdt, a million lines": (lambda: GDT + b"0108421L\r\n" * MEGABYTE, "too many lines"),
    "gdt, nothing but lines of tests": (lambda: GDT + b"0128410FVC\r\n" * 30_000, "rows"),
    "hl7, one endless field": (lambda: HL7 + b"OBX|9|TX|a||" + b"x" * 8 * MEGABYTE, "rows"),
    "hl7, escapes without end": (lambda: HL7 + b"OBX|9|TX|a||" + b"\\X41\\" * 2 * MEGABYTE, "rows"),
    "hl7, a million segments": (lambda: HL7 + b"OBX|9\r" * MEGABYTE, "too many segments"),
    "hl7, thousands of messages": (lambda: HL7 * 9_000, "too many segments"),
    "ndd, entities within entities": (
        lambda: (
            b'<!DOCTYPE ndd [<!ENTITY a "' + b"a" * 1000 + b'"><!ENTITY b "' + b"&a;" * 1000 + b'">]>' + NDD
        ),
        "is refused",
    ),
    "ndd, an endless curve": (
        lambda: NDD.replace(b"0.1 0.2 0.3", b"0.123456789 " * 3 * MEGABYTE),
        "1 rows",
    ),
    "ndd, an endless attribute": (
        lambda: NDD.replace(b'ID="P1"', b'ID="' + b"x" * 8 * MEGABYTE + b'"'),
        "is refused",
    ),
    "ndd, millions of elements": (lambda: b"<ndd >" + b"<a/>" * 2 * MEGABYTE, "is refused"),
    "winspiro, a million lines": (lambda: WINSPIRO + b"PEF\tL/s\t1\t1\t1\r\n" * MEGABYTE, "too many lines"),
    "fhir, a million lines": (lambda: b'{"resourceType":"Bundle"}\n' * MEGABYTE, "is refused"),
    "fhir, lines of empty reports": (lambda: marked(15_000) * 20, "is refused"),
    "fhir, lists within lists": (lambda: FHIR[:-1] + b',"x":' + b"[" * 9 * MEGABYTE, "is refused"),
    "fhir, millions of empty objects": (lambda: FHIR[:-1] + b',"x":[' + b"{}," * 3 * MEGABYTE, "is refused"),
    "fhir, one endless number": (lambda: FHIR[:-1] + b',"x":' + b"9" * 8 * MEGABYTE + b"}", "far too long"),
    "fhir, thousands without a date in one report": (lambda: crowd(4_000), "0 rows"),
    "fhir, references in a ring": (
        lambda: FHIR.replace(b'"effectiveDateTime": "2024-05-06",', b""),
        "0 rows",
    ),
}


def read(path: Path) -> str:
    """What importing would take from a file."""
    found = read_file(read_source(path))
    return f"{len(found.rows)} rows, {len(found.rejected)} rejected"


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Measured]]:
    """Every file read once, each in a process of its own."""
    folder = tmp_path_factory.mktemp("harmful")
    files = []
    for name, (make, _) in HARMFUL.items():
        files.append(folder / name)
        files[-1].write_bytes(make())
    yield measure(f"{__name__}:read", files)
    for file in files:
        file.unlink()


@pytest.mark.parametrize("name", HARMFUL)
def test_i1_a_harmful_message_is_answered_soon_and_in_little_memory(
    measured: dict[str, Measured], name: str
) -> None:
    found = measured[name]
    assert HARMFUL[name][1] in found.said, found
    assert found.seconds <= MOST_SECONDS, found
    assert found.megabytes <= MOST_MEGABYTES, found
