"""Each criterion as a section of the page of rules: what it says in words, what is missing, and an example.

The words stand in ``resources/manual/criteria.csv``; what an example answers is asked of the criterion.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from ctdild_desktop.bundled import resources
from ctdild_desktop.clinical.cases import record_case
from ctdild_desktop.clinical.criteria import CRITERIA, Criterion, assess
from ctdild_desktop.clinical.criteria.criterion import category_words
from ctdild_desktop.clinical.verdict import Assessment


@dataclass(frozen=True, slots=True)
class Told:
    """A criterion in words."""

    id: str
    name: str
    says: str
    numbers: str
    missing: str


@cache
def told_criteria() -> dict[str, Told]:
    """The words of each criterion by its id."""
    with (resources() / "manual" / "criteria.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: Told(**row) for row in csv.DictReader(file, strict=True)}


def sections() -> list[str]:
    """A heading and its paragraphs for each criterion, in their fixed order."""
    examples = _examples()
    parts = [_introduction(examples)]
    for one in CRITERIA:
        told = told_criteria()[one.id]
        parts += [
            f"### {one.id}",
            f"**{told.name}.** On the screen: {one.title}. {_asked(one)}",
            f"Defines **{one.id}** ({one.title}). Source: {one.source}.",
            f"- **It says:** {told.says}\n- **Numbers:** {told.numbers}.\n- **When something is missing:** "
            f"{told.missing}",
            _example(one, examples["line" if one.of_line else "course"]),
        ]
    return parts


def _asked(one: Criterion) -> str:
    window = f"Its window is {one.window_months} months." if one.window_months is not None else ""
    asked = "Asked of every patient." if one.in_strip else "Answered where it is asked for."
    return " ".join(filter(None, (window, "Asked of each line of therapy." if one.of_line else asked)))


def _introduction(examples: dict[str, dict[str, Any]]) -> str:
    shown = "; ".join(
        f"{test['date']}: FVC {test['fvc_pct_pred']} %, DLCO {test['dlco_pct_pred']} %"
        for test in examples["course"]["tests"]
    )
    line = "; ".join(
        f"{test['date']}: FVC {test['fvc_pct_pred']} %, DLCO {test['dlco_pct_pred']} %"
        for test in examples["line"]["tests"]
    )
    start = examples["line"]["treatment"]["start"]
    return (
        "The answers are MET, NOT_MET, CANNOT_ASSESS (something is missing that would decide it; it is "
        "never taken as no) and NOT_APPLICABLE (the definition is for other patients). Each criterion below "
        "is asked of the same invented woman with diffuse systemic sclerosis and fibrosis on HRCT, whose "
        f"symptoms became worse ({shown}, in % predicted, DLCO corrected for haemoglobin); those of a line "
        f"of therapy of a woman with antisynthetase syndrome who began rituximab on {start} ({line})."
    )


def _examples() -> dict[str, dict[str, Any]]:
    text = (resources() / "manual" / "examples.json").read_text(encoding="utf-8")
    examples: dict[str, dict[str, Any]] = json.loads(text)
    return examples


def _example(one: Criterion, case: dict[str, Any]) -> str:
    bare = {**case, "tests": case["tests"][-1:], "symptoms": []}
    return f"Example: {_answer(one, case)}\n\nWith the last test alone: {_answer(one, bare)}"


def _answer(one: Criterion, case: dict[str, Any]) -> str:
    made = record_case({**case, "id": one.id, "criterion": one.id})
    answer = assess(made.facts, one.id, made.as_of)
    return f"**{answer.verdict.value}**{_category(answer)}. {' '.join(map(str, _sentences(answer)))}"


def _category(answer: Assessment) -> str:
    return f" ({category_words(answer.category)})" if answer.category else ""


def _sentences(answer: Assessment) -> list[str]:
    needs = "; ".join(map(str, answer.needs))
    return [*map(str, answer.because), *([f"Needed: {needs}."] if needs else [])]
