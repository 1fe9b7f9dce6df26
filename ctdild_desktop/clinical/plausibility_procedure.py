"""Plausibility of a bronchoscopy, a lavage or a biopsy.

Limits are inclusive and are decisions of the registry, kept wide as in :mod:`ctdild_desktop.clinical.limits`;
that a differential count adds up to 98 to 102 % allows for rounding.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ctdild_desktop.clinical import lavage, wording
from ctdild_desktop.clinical.absence import absence_issues
from ctdild_desktop.clinical.code_fields import CULTURES, code_issues
from ctdild_desktop.clinical.codes import patterns
from ctdild_desktop.clinical.event_date import event_date
from ctdild_desktop.clinical.issues import Issue, refused, unlikely
from ctdild_desktop.clinical.limits import Limits, check_value
from ctdild_desktop.clinical.records import AdverseEvent, Patient, Procedure
from ctdild_desktop.language import say

_SUM = (Decimal(98), Decimal(102))
_LEAST_RECOVERED = Decimal(5)
"""Percent of the volume; what is less tells little (ATS 2012, as :mod:`ctdild_desktop.clinical.lavage`)."""


def _limits(name: str, unit: str, hard: tuple[str, str], soft: tuple[str | None, str | None]) -> Limits:
    low, high = (None if side is None else Decimal(side) for side in soft)
    return Limits(name=name, unit=unit, hard=(Decimal(hard[0]), Decimal(hard[1])), soft=(low, high))


LIMITS = {
    "volume_in_ml": _limits("Volume in", "mL", ("1", "1000"), ("60", "400")),
    "recovered_ml": _limits("Volume recovered", "mL", ("0", "1000"), (None, None)),
    "cells_million_l": _limits("Cells", "10⁶/L", ("0", "50000"), (None, "3000")),
    "macrophages_percent": _limits("Macrophages", "%", ("0", "100"), (None, None)),
    "lymphocytes_percent": _limits("Lymphocytes", "%", ("0", "100"), (None, None)),
    "neutrophils_percent": _limits("Neutrophils", "%", ("0", "100"), (None, None)),
    "eosinophils_percent": _limits("Eosinophils", "%", ("0", "100"), (None, None)),
    "mast_cells_percent": _limits("Mast cells", "%", ("0", "100"), (None, "20")),
    "cd4_cd8": _limits("CD4:CD8", "", ("0", "100"), (None, "20")),
    "samples": _limits("Samples", "", ("0", "50"), (None, "20")),
    "sample_mm": _limits("Largest sample", "mm", ("0.1", "200"), (None, "80")),
}
"""The limits by field name of the record."""

_OF_LAVAGE = ("volume_in_ml", "recovered_ml", "cells_million_l", *lavage.SHARES, "cd4_cd8")
_OF_BIOPSY = ("biopsy_pattern", "pathologist", "confidence", "samples", "sample_mm", "ancillary")
_FINDINGS = (*_OF_LAVAGE, *_OF_BIOPSY, *CULTURES, "organisms", "cytology", "lobe", "complication")
_NONE = frozenset({None, "none", "unknown"})


def check_procedure(
    draft: Procedure, patient: Patient, events: Sequence[AdverseEvent], today: dt.date
) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in a procedure; ``events`` are the patient's adverse events."""
    issues = event_date("date", draft.date, "The procedure", patient, today)
    issues += _limited(draft)
    issues += _done_or_not(draft)
    issues += _cells(draft)
    issues += _kind_and_findings(draft)
    issues += _complication(draft, patient)
    if draft.biopsy_pattern is not None and draft.biopsy_pattern not in patterns():
        issues.append(
            refused(
                "biopsy_pattern",
                "CODE",
                say("{biopsy_pattern} is not in the list.", biopsy_pattern=draft.biopsy_pattern),
            )
        )
    if draft.adverse_event_id is not None and draft.adverse_event_id not in {one.id for one in events}:
        text = "The adverse event of the complication is not among those of this patient."
        issues.append(unlikely("adverse_event_id", "CODE", text))
    return (*issues, *code_issues(draft), *absence_issues(draft))


def _limited(draft: Procedure) -> Iterator[Issue]:
    for field, limits in LIMITS.items():
        value = getattr(draft, field)
        found = check_value(field, None if value is None else Decimal(value), limits)
        if found is not None:
            yield found


def _done_or_not(draft: Procedure) -> Iterator[Issue]:
    if draft.kind != "none":
        if draft.not_done is not None:
            yield refused("not_done", "CONTRADICTION", "A reason for not doing it is given, but it was done.")
        return
    if any(getattr(draft, field) not in (None, "") for field in _FINDINGS):
        yield refused("kind", "CONTRADICTION", "Nothing was done, but findings are recorded.")
    if draft.not_done is None:
        yield unlikely("not_done", "MISSING", "Why was nothing done?")


def _cells(draft: Procedure) -> Iterator[Issue]:
    if (
        draft.volume_in_ml is not None
        and draft.recovered_ml is not None
        and draft.recovered_ml > draft.volume_in_ml
    ):
        yield refused("recovered_ml", "CONTRADICTION", "More came back than was put in.")
    share = lavage.recovery_percent(draft)
    if share is not None and share < _LEAST_RECOVERED:
        text = say("Only {share} % came back: the cells may tell little.", share=wording.number(share, 1))
        yield unlikely("recovered_ml", "UNUSUAL", text)
    total = lavage.sum_of_shares(draft)
    if (lavage.whole_count(draft) and not _SUM[0] <= total <= _SUM[1]) or total > _SUM[1]:
        text = say("The cells add up to {total} %, not to about 100 %.", total=wording.as_typed(total))
        last = [field for field in lavage.SHARES if getattr(draft, field) is not None][-1]
        yield unlikely(last, "SUM", text)


def _kind_and_findings(draft: Procedure) -> Iterator[Issue]:
    if draft.kind == "bal":
        found = next((field for field in _OF_BIOPSY if getattr(draft, field) not in (None, "")), None)
        if found is not None:
            yield unlikely(found, "CONTRADICTION", "A lavage takes no tissue: was a biopsy taken as well?")
    if draft.kind == "surgical_biopsy":
        found = next((field for field in _OF_LAVAGE if getattr(draft, field) is not None), None)
        if found is not None:
            yield unlikely(found, "CONTRADICTION", "A lavage is no part of a surgical biopsy.")


def _complication(draft: Procedure, patient: Patient) -> Iterator[Issue]:
    grade = draft.complication_grade
    if grade is not None and not 1 <= grade <= 5:
        yield refused("complication_grade", "RANGE", "CTCAE has the grades 1 to 5.")
    elif grade is not None and draft.complication in _NONE:
        text = "A grade is given without a complication."
        yield refused("complication_grade", "CONTRADICTION", text)
    elif grade not in (None, 5) and draft.complication == "death":
        yield refused("complication_grade", "CONTRADICTION", "Death is grade 5.")
    if draft.complication == "death" and patient.death_date is None:
        text = "The patient's date of death is not recorded."
        yield unlikely("complication", "MISSING", text)
    if draft.complication == "other" and not draft.complication_note.strip():
        yield unlikely("complication_note", "MISSING", "Which complication was it?")
    if draft.adverse_event_id is not None and draft.complication in _NONE:
        text = "An adverse event is linked, but there was no complication."
        yield unlikely("complication", "CONTRADICTION", text)
