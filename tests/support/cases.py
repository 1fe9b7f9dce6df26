"""The worked cases of ``tests/data/criteria_cases.json``."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from ctdild_desktop.clinical.cases import record_case
from ctdild_desktop.clinical.criteria import Facts

CASES = Path(__file__).parents[1] / "data" / "criteria_cases.json"


def cases(*criteria: str) -> list[dict[str, Any]]:
    """The cases of some criteria, in file order; of none named, all cases."""
    everything: list[dict[str, Any]] = json.loads(CASES.read_text(encoding="utf-8"))["cases"]
    return [case for case in everything if not criteria or case["criterion"] in criteria]


def facts_of(case: dict[str, Any]) -> tuple[Facts, dt.date]:
    """The facts and the as-of date of a case; absent keys mean not recorded."""
    made = record_case(case)
    return made.facts, made.as_of
