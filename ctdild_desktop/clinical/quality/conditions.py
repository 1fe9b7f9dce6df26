"""Under which conditions a field of the core set is asked. Decisions of the registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.due.steroids import is_steroid, of_line
from ctdild_desktop.clinical.records import PatientRecord, Pft, SymptomChange, TherapyLine

_PJP_CLASSES = frozenset({"cyclophosphamide", "anti_cd20"})
_PJP_STEROID_MG = Decimal(20)
_UNSEEN = frozenset({"telephone", "remote", "mdt_only"})


def has_dlco(test: Pft) -> bool:
    """Whether the test has a transfer factor."""
    return test.dlco is not None or test.dlco_pct_pred is not None


def has_fvc(test: Pft) -> bool:
    """Whether the test has a forced vital capacity."""
    return test.fvc_l is not None or test.fvc_pct_pred is not None


def has_ssc(whole: PatientRecord) -> bool:
    """Whether the latest view of the diagnosis is systemic sclerosis."""
    found = codes.diagnoses().get(whole.diagnoses[-1].ctd) if whole.diagnoses else None
    return found is not None and found.group == "SSc"


def _pjp_asked(line: TherapyLine) -> bool:
    entry = codes.drugs().get(line.drug)
    if entry is None or line.drug_name:
        return False
    if entry.drug_class in _PJP_CLASSES:
        return True
    daily = of_line(line, line.dose) if is_steroid(line) else None
    return daily is not None and daily >= _PJP_STEROID_MG


def _compared(scan: Any, whole: PatientRecord) -> bool:
    return scan.compared_with is not None or any(other.date < scan.date for other in whole.hrct)


CONDITIONS: Mapping[str, Callable[[Any, PatientRecord], bool]] = MappingProxyType(
    {
        "": lambda _one, _whole: True,
        "smoked": lambda one, _whole: one.smoking in {"ex", "current"},
        "on_oxygen": lambda one, _whole: one.oxygen in {"ambulatory", "nocturnal", "ltot"},
        "dead": lambda one, _whole: one.vital_status == "dead" or one.death_date is not None,
        "ssc": lambda _one, whole: has_ssc(whole),
        "seen": lambda one, _whole: one.kind not in _UNSEEN,
        "not_mdt": lambda one, _whole: one.kind != "mdt_only",
        "worse": lambda one, _whole: one.symptom_change is SymptomChange.WORSE,
        "test_done": lambda one, _whole: one.performed != "not_done",
        "test_not_done": lambda one, _whole: one.performed == "not_done",
        "has_dlco": lambda one, _whole: has_dlco(one),
        "dlco_uncorrected": lambda one, _whole: has_dlco(one) and one.dlco_hb_corrected is not True,
        "printed_percent": lambda one, _whole: any(
            value is not None for value in (one.fvc_pct_pred, one.fev1_pct_pred, one.dlco_pct_pred)
        ),
        "compared": _compared,
        "stopped": lambda one, _whole: one.stop is not None,
        "pjp_asked": lambda one, _whole: _pjp_asked(one),
        "serious": lambda one, _whole: one.serious is True or bool(one.seriousness),
    }
)
"""Whether a field is asked in a record, by the name in the table."""
