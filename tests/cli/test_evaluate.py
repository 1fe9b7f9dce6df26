"""``ctdild evaluate``: the printed form, and what a file that is at fault does."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

CASES = Path(__file__).resolve().parents[1] / "data" / "criteria_cases.json"
KEYS = {"id", "criterion", "because", "needs", "domains", "detail"}


@pytest.fixture(scope="module")
def cases() -> list[dict[str, Any]]:
    return json.loads(CASES.read_text(encoding="utf-8"))["cases"]


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "cases.json"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_worked_case_in_the_order_of_the_file(ctdild, cases):
    done = ctdild("evaluate", CASES, "--json")
    assert (done.status, done.err) == (0, "")
    assert set(done.document) == {"results"}
    results = done.document["results"]
    assert [result["id"] for result in results] == [case["id"] for case in cases]
    for case, result in zip(cases, results, strict=True):
        assert {name: result.get(name) for name in case["expected"]} == case["expected"], case["id"]
        assert set(result) >= KEYS
        assert "error" not in result
    composite = next(result for result in results if result["id"] == "E06-ERICE")
    assert composite["domains"] == {"physiology": "MET", "symptoms": "NOT_MET", "radiology": "MET"}
    assert [item["measure"] for item in composite["detail"]["evidence"]] == ["fvc", "dlco"]
    assert composite["detail"]["on_ild_treatment"] is False
    gap = next(result for result in results if result["id"] == "I2")
    assert [Decimal(str(gap["detail"][name])) for name in ("m1", "m2", "m3")] == [
        Decimal(gap[name]) for name in ("m1", "m2", "m3")
    ]


def test_a_malformed_case_does_not_stop_the_others(ctdild, tmp_path, cases):
    good = cases[0]
    text = json.dumps(good)
    nan = text.replace('"80.0"', "NaN", 1)
    infinite = text.replace('"80.0"', "-Infinity", 1)
    month = text.replace(good["as_of"], "2024-13-06")
    unknown = text.replace('"PPF2022"', '"ASTROLOGY"')
    long_number = text.replace('"80.0"', "9" * 6000, 1)
    parts = [
        text,
        nan,
        infinite,
        month,
        unknown,
        long_number,
        "17",
        "null",
        "[]",
        '{"id": "bare"}',
        '{"id": {}}',
        text,
    ]
    done = ctdild(
        "evaluate", _file(tmp_path, f'{{"schema_version": 1, "cases": [{", ".join(parts)}]}}'), "--json"
    )
    assert done.status == 0
    results = done.document["results"]
    assert len(results) == len(parts)
    assert results[0] == results[-1]
    assert results[0]["verdict"] == good["expected"]["verdict"]
    for result in results[1:-1]:
        assert set(result) == {"id", "criterion", "error"}
        assert result["error"].endswith(".")
        assert "Traceback" not in result["error"]
    assert [result["id"] for result in results[1:6]] == [good["id"]] * 5
    assert done.sentence == "10 of 12 cases could not be read."


def test_numbers_are_read_as_they_are_written(ctdild, tmp_path, cases):
    """80 to 72 as JSON numbers is exactly 10 %; 72.000000000000001 is not, though a double cannot tell."""
    case = next(item for item in cases if item["id"] == "E01-OMERACT")
    made = []
    for latest in ("72.0", "72.000000000000001"):
        other = copy.deepcopy(case)
        text = json.dumps(other).replace('"72.0"', latest).replace('"80.0"', "80.0")
        made.append(text)
    done = ctdild("evaluate", _file(tmp_path, f'{{"cases": [{", ".join(made)}]}}'), "--json")
    assert [result["verdict"] for result in done.document["results"]] == ["MET", "NOT_MET"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mrn;date\n1;2", "is not JSON: line 1"),
        ("", "is empty"),
        ('{"cases": [}', "is not JSON"),
        ("[" * 200_000, "nested too deeply"),
        ("[]", 'holds no list named "cases"'),
        ("{}", 'holds no list named "cases"'),
        ('{"cases": {}}', 'holds no list named "cases"'),
        ('{"schema_version": 2, "cases": []}', "schema version 1"),
    ],
)
def test_a_file_of_no_cases_is_one_sentence(ctdild, tmp_path, text, words):
    done = ctdild("evaluate", _file(tmp_path, text), "--json")
    assert (done.status, done.out) == (1, "")
    assert words in done.sentence


def test_a_missing_file_and_one_that_is_no_text(ctdild, tmp_path):
    done = ctdild("evaluate", tmp_path / "none.json", "--json")
    assert (done.status, done.out) == (1, "")
    assert "none.json" in done.sentence
    path = tmp_path / "cases.json"
    path.write_bytes(b"\xff\xfe\x00\x80")
    assert ctdild("evaluate", path).sentence.endswith("is not UTF-8 text.")


def test_an_empty_list_is_answered(ctdild, tmp_path):
    done = ctdild("evaluate", _file(tmp_path, '{"schema_version": 1, "cases": []}'), "--json")
    assert (done.status, done.document) == (0, {"results": []})


def test_for_people(ctdild, tmp_path, cases):
    chosen = [case for case in cases if case["id"] in {"E06-EUSTAR", "I1", "C14"}]
    done = ctdild("evaluate", _file(tmp_path, json.dumps({"cases": [*chosen, {"id": "bad"}]})))
    assert done.status == 0
    lines = done.out.splitlines()
    assert lines[0] == "E06-EUSTAR EUSTAR: STABLE"
    assert "I1 ILD_GAP: 0" in lines
    assert "C14 CTCAE_LAB: CANNOT_ASSESS" in lines
    assert lines[-1] == "bad (no criterion): not read. criterion is missing."
