"""``ctdild cohort studies`` and ``study``: the studies of the evidence beside the same design run here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ctdild_desktop.cohort.published import Published
    from ctdild_desktop.services.cohort.data import Chosen
    from ctdild_desktop.services.cohort.studies import Run, Study
    from ctdild_desktop.services.cohort.study_numbers import Own
    from ctdild_desktop.services.cohort.study_table import Row
    from ctdild_desktop.services.desk import Desk
    from ctdild_desktop.services.progress import Progress

DEFINITIONS = {
    "studies": "Each study of the evidence with its published numbers and the design it is run by.",
    "study": "One study, its published numbers beside the same design run on this registry.",
}


def listed() -> dict[str, Any]:
    """All studies; nothing of a registry is read."""
    from ctdild_desktop.services.cohort.studies import studies

    found = studies()
    return {"n": len(found), "studies": [_study(one) for one in found]}


def _study(told: Study) -> dict[str, Any]:
    claim, design = told.claim, told.design
    return {
        "id": told.id,
        "study": told.name,
        "statement": claim.statement,
        "place": claim.place or None,
        "lines": [list(span) for span in claim.lines],
        "check": claim.check,
        "diseases": list(claim.diseases),
        "drugs": list(told.drugs),
        "population": claim.population or None,
        "n": claim.n or None,
        "design": {
            "analysis": design.analysis,
            "query": design.query_text,
            "drugs": list(design.drugs),
            "against": None if design.against is None else list(design.against) or "none of these drugs",
            "options": design.options,
            "not_run": told.not_run or None,
        },
        "published": [published(one) for one in told.published],
        "not_same": list(reasons(told)),
    }


def reasons(told: Study) -> tuple[str, ...]:
    """Why own and published are not the same, in sentences."""
    from ctdild_desktop.services.cohort.study_table import caveats_of

    return tuple(caveats_of(told.claim, told.design))


def published(told: Published) -> dict[str, Any]:
    """A published number; what the source does not give is said so."""
    return {
        "measure": told.measure,
        "group": told.group or None,
        "kind": told.form,
        "value": told.value or told.words or "not given",
        "words": told.words or None,
        "plus_minus": told.spread or None,
        "n": told.n if told.n is not None else "not given",
        "of": told.of,
        "percent_printed": told.percent or None,
        "interval": "not given",
        "window": told.window or "not given",
        "lines": [list(span) for span in told.lines],
        "says": told.says,
    }


def answered(desk: Desk, claim_id: str, chosen: Chosen, progress: Progress) -> dict[str, Any]:
    """One study, run on the registry."""
    from ctdild_desktop.services.cohort.studies import compared

    told = compared(desk, claim_id, chosen, progress)
    return document(told)


def document(told: Run) -> dict[str, Any]:
    """A study that was run."""
    return {
        "id": told.study.id,
        "study": told.study.name,
        "definition": told.definition,
        "as_of": told.made.as_of,
        "query": told.made.query,
        "fingerprint": told.made.fingerprint,
        "command": told.made.command,
        "steps": [{"text": step.text, "n": step.count, "left_out": step.left_out} for step in told.steps],
        "rows": [_row(told, row) for row in told.rows],
        "caveats": list(told.caveats),
    }


def _row(told: Run, row: Row) -> dict[str, Any]:
    from ctdild_desktop.services.cohort.study_table import why

    computed = None if row.low is None or row.high is None else (row.low, row.high)
    return {
        "measure": row.published.measure,
        "label": row.label,
        "own": None if row.own is None else _own(row.own),
        "published": {
            **published(row.published),
            "percent": row.result if row.published.of else None,
            "interval_computed_here": computed,
        },
        "not_same": why(told.study.claim, told.study.design, row.published),
    }


def _own(own: Own) -> dict[str, Any]:
    return {
        "n": own.n,
        "count": own.count,
        "value": own.value,
        "interval": None if own.low is None or own.high is None else (own.low, own.high),
    }
