"""The gate of the audit: green only when all was looked up and a version known to be bad was found to be."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tests.support.tools import tool_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    return tool_of("audit")


def outcome(audit: ModuleType, *, known: str = "", skipped: int = 0, audited: int = 3, passed: bool = True):
    found = {known: ("CVE-2016-10745",)} if known else {}
    return audit.Outcome("a.lock", passed, audited, ("x",) * skipped, found)


def test_k4_nothing_is_green_without_advisory_data(audit: ModuleType) -> None:
    unseen = outcome(audit, audited=0, skipped=1, passed=False)
    clean = outcome(audit)
    assert audit.verdict_of(unseen, (clean,)) == "No advisory data could be had: not audited."
    seen = outcome(audit, known="jinja2 2.4.1", passed=False)
    assert audit.verdict_of(seen, (clean, clean)) == "Audited: nothing is known of 6 locked packages."


@pytest.mark.parametrize(
    ("how", "verdict"),
    [
        ({"skipped": 1}, "Not every package could be audited: not audited."),
        ({"passed": False}, "Not every package could be audited: not audited."),
        ({"audited": 0}, "Not every package could be audited: not audited."),
        ({"known": "duckdb 2.0.1", "passed": False}, "Vulnerabilities are known: duckdb 2.0.1."),
    ],
)
def test_k4_one_lock_that_is_not_in_order_is_red(audit: ModuleType, how, verdict: str) -> None:
    seen = outcome(audit, known="jinja2 2.4.1", passed=False)
    assert audit.verdict_of(seen, (outcome(audit), outcome(audit, **how))) == verdict
    assert audit.verdict_of(seen, ()) == "Not every package could be audited: not audited."


def test_k4_an_advisory_that_the_index_tells_counts_without_an_audit(audit: ModuleType) -> None:
    unseen = outcome(audit, audited=0, skipped=1, passed=False)
    told = audit.Newest(4, 3, (), {"duckdb 2.0.1": ("PYSEC-2026-1",)})
    assert audit.verdict_of(unseen, (unseen,), told) == "Vulnerabilities are known: duckdb 2.0.1."


def test_the_pins_of_the_lock_are_read(audit: ModuleType) -> None:
    pins = dict(audit.pins(ROOT / "requirements.lock"))
    assert pins["duckdb"].count(".") == 2
    assert {"sqlcipher3", "psycopg-binary", "sqlalchemy", "pyside6-essentials"} <= set(pins)
