"""What is refused and what is asked about in a procedure, an answer and what is said of a file."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ctdild_desktop.clinical import lavage
from ctdild_desktop.clinical.attached import ATTACHED_TO, check_attachment
from ctdild_desktop.clinical.consent import check_consent, in_force
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.plausibility_procedure import LIMITS, check_procedure
from ctdild_desktop.clinical.records import AdverseEvent, Attachment, Consent, PatientRecord, Procedure
from ctdild_desktop.registry.models import lists
from tests.support.people import WOMAN, day, scan

TODAY = day("2026-03-12")
EVENT = AdverseEvent(id="e" * 32, onset=PartialDate(2026, 1), term="pneumothorax")
COUNT = {"macrophages_percent": "52", "lymphocytes_percent": "40", "neutrophils_percent": "6"}


COUNTED = tuple(LIMITS.keys() - {"samples"})


def found(procedure: Procedure) -> dict[str, bool]:
    """The fields with a finding, and whether it is refused."""
    issues = check_procedure(procedure, WOMAN, (EVENT,), TODAY)
    return {issue.field: issue.hard for issue in issues}


def of(**values: Any) -> dict[str, bool]:
    made = {name: value for name, value in values.items() if name not in COUNTED}
    counted = {name: Decimal(values[name]) for name in COUNTED if name in values}
    base: dict[str, Any] = {"id": "p" * 32, "date": PartialDate(2026, 1, 7), "kind": "bal"}
    return found(Procedure(**{**base, **made, **counted}))


@pytest.mark.parametrize(
    ("field", "refused", "asked", "usual"),
    [
        ("volume_in_ml", ("0.9", "1000.1"), ("1", "59", "401"), ("60", "400")),
        ("cells_million_l", ("-1", "50001"), ("3001",), ("0", "3000")),
        ("lymphocytes_percent", ("-0.1", "100.1"), (), ("0", "100")),
        ("cd4_cd8", ("-0.1", "101"), ("20.1",), ("0", "20")),
    ],
)
def test_limits_of_single_values(
    field: str, refused: tuple[str, ...], asked: tuple[str, ...], usual: tuple[str, ...]
) -> None:
    assert [of(**{field: value}).get(field) for value in refused] == [True] * len(refused)
    assert [of(**{field: value}).get(field) for value in asked] == [False] * len(asked)
    assert [of(**{field: value}) for value in usual] == [{}] * len(usual)


@pytest.mark.parametrize(
    ("eosinophils", "expected"),
    [
        ("0", {}),  # 98
        ("4", {}),  # 102
        ("4.1", {"eosinophils_percent": False}),
    ],
)
def test_a_differential_count_adds_up_to_98_to_102(eosinophils: str, expected: dict[str, bool]) -> None:
    assert of(**COUNT, eosinophils_percent=eosinophils) == expected


def test_a_count_that_is_not_whole_is_asked_about_only_when_it_is_too_much() -> None:
    assert of(**COUNT) == {}
    less = {**COUNT, "lymphocytes_percent": "39.9"}
    assert of(**less, eosinophils_percent="0") == {"eosinophils_percent": False}
    assert of(macrophages_percent="60", lymphocytes_percent="43") == {"lymphocytes_percent": False}
    assert of(**less, eosinophils_percent="0", mast_cells_percent="0.1") == {}


def test_what_came_back_is_not_more_than_what_was_put_in() -> None:
    assert of(volume_in_ml="100", recovered_ml="101") == {"recovered_ml": True}
    assert of(volume_in_ml="100", recovered_ml="4.9") == {"recovered_ml": False}
    assert of(volume_in_ml="100", recovered_ml="5") == {}


def test_cells_above_the_limits_of_the_guideline_are_raised_and_at_them_are_not() -> None:
    at = Procedure(
        id="",
        date=PartialDate(2026),
        kind="bal",
        lymphocytes_percent=Decimal(15),
        neutrophils_percent=Decimal(3),
        eosinophils_percent=Decimal(1),
    )
    assert lavage.raised(at) == ()
    above = replace(at, lymphocytes_percent=Decimal("15.1"), eosinophils_percent=Decimal("1.1"))
    assert [one.name for one in lavage.raised(above)] == ["lymphocytes", "eosinophils"]
    assert lavage.recovery_percent(at) is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"kind": "none", "not_done": "unwell"}, {}),
        ({"kind": "none"}, {"not_done": False}),
        ({"kind": "none", "not_done": "unwell", "samples": 1}, {"kind": True}),
        ({"not_done": "unwell"}, {"not_done": True}),
        ({"biopsy_pattern": "UIP"}, {"biopsy_pattern": False}),
        ({"kind": "cryobiopsy", "biopsy_pattern": "UIP", "samples": 3}, {}),
        ({"kind": "cryobiopsy", "biopsy_pattern": "XX"}, {"biopsy_pattern": True}),
        ({"kind": "surgical_biopsy", "cd4_cd8": "2"}, {"cd4_cd8": False}),
        ({"kind": "bronchoscopy"}, {"kind": True}),
        ({"complication": "pneumothorax", "complication_grade": 2}, {}),
        ({"complication_grade": 2}, {"complication_grade": True}),
        ({"complication": "none", "complication_grade": 2}, {"complication_grade": True}),
        ({"complication": "pneumothorax", "complication_grade": 6}, {"complication_grade": True}),
        (
            {"complication": "death", "complication_grade": 4},
            {"complication_grade": True, "complication": False},
        ),
        ({"complication": "other"}, {"complication_note": False}),
        ({"complication": "pneumothorax", "adverse_event_id": "e" * 32}, {}),
        ({"complication": "pneumothorax", "adverse_event_id": "f" * 32}, {"adverse_event_id": False}),
        ({"complication": "none", "adverse_event_id": "e" * 32}, {"complication": False}),
        ({"date": PartialDate(2026, 3, 13)}, {"date": True}),
    ],
)
def test_what_does_not_go_together(values: dict[str, Any], expected: dict[str, bool]) -> None:
    assert of(**values) == expected


def answer(date: PartialDate, said: str, kind: str = "registry", **values: Any) -> Consent:
    return Consent(id=str(date), date=date, kind=kind, answer=said, **values)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ((), None),
        ((answer(PartialDate(2024, 1, 1), "given"), answer(PartialDate(2025), "withdrawn")), "withdrawn"),
        ((answer(PartialDate(2025, 1, 1), "given"), answer(PartialDate(2024), "declined")), "given"),
        # a year that may be before or after: the one that was entered last
        ((answer(PartialDate(2025, 6, 1), "given"), answer(PartialDate(2025), "withdrawn")), "withdrawn"),
        ((answer(PartialDate(2025), "withdrawn"), answer(PartialDate(2025, 6, 1), "given")), "given"),
    ],
)
def test_the_latest_answer_is_in_force(answers: tuple[Consent, ...], said: str | None) -> None:
    found = in_force(answers)
    assert (found.answer if found else None) == said


def test_what_cannot_be_an_answer() -> None:
    bare = PatientRecord(patient=WOMAN)

    def fields(draft: Consent, record: PatientRecord = bare) -> list[tuple[str, bool]]:
        return [(issue.field, issue.hard) for issue in check_consent(draft, record, TODAY)]

    assert fields(answer(PartialDate(2026, 3, 12), "given")) == []
    assert fields(answer(PartialDate(2026, 3, 13), "given")) == [("date", True)]
    assert fields(answer(PartialDate(2026), "given", "other")) == [("title", True)]
    assert fields(answer(PartialDate(2026), "given", "other", title="Biobank")) == []
    assert fields(answer(PartialDate(2026), "perhaps")) == [("answer", True)]
    withdrawn = answer(PartialDate(2026), "withdrawn")
    assert fields(withdrawn) == [("answer", False)]
    given = replace(bare, consents=(answer(PartialDate(2025), "given"),))
    assert fields(withdrawn, given) == []
    assert fields(withdrawn, replace(bare, patient=replace(WOMAN, consent_registry="given"))) == []


def test_what_cannot_be_said_of_a_file() -> None:
    read = scan("2024-01-05", "stable")
    record = PatientRecord(patient=replace(WOMAN, death_date=PartialDate(2025, 5)), hrct=(read,))
    file = Attachment(id="a", name="report.pdf", media_type="application/pdf", size_bytes=1, sha256="0" * 64)

    def fields(**values: Any) -> list[str]:
        return [issue.field for issue in check_attachment(replace(file, **values), record, TODAY)]

    assert fields() == fields(record_kind="hrct", record_id=read.id, kind="imaging") == []
    assert fields(date=PartialDate(2025, 9)) == []  # a letter written after a death
    assert fields(date=PartialDate(2027)) == fields(date=PartialDate(1900)) == ["date"]
    assert fields(name=" ") == fields(name="x" * 201) == ["name"]
    assert fields(kind="holiday") == ["kind"]
    assert fields(record_kind="hrct") == fields(record_kind="hrct", record_id="b") == ["record_id"]
    assert fields(record_kind="pft", record_id=read.id) == ["record_id"]


def test_the_kinds_that_a_file_may_belong_to_are_those_of_the_tables() -> None:
    assert tuple(ATTACHED_TO) == lists.ATTACHED_TO
