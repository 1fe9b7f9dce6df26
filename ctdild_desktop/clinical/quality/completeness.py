"""What is known of the fields of the core set in the records of one patient.

That a test which was not done leaves no gap is a decision of the registry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ctdild_desktop.clinical.core_set import CoreField, State, answered
from ctdild_desktop.clinical.haemoglobin import Haemoglobin
from ctdild_desktop.clinical.records import Pft
from ctdild_desktop.clinical.series import lent_haemoglobin

_FVC, _FEV1, _DLCO = ("fvc_l", "fvc_pct_pred"), ("fev1_l", "fev1_pct_pred"), ("dlco", "dlco_pct_pred")


def _measured(test: Pft, fields: Sequence[str], reason: str | None) -> State:
    """A value; a test that was not done, or spirometry or transfer factor that was not, is no gap."""
    state = answered(test, fields)
    if state is State.LACKING and (test.performed == "not_done" or test.not_done or reason):
        return State.SAID
    return state


def fvc_state(test: Pft) -> State:
    """What is known of FVC, in litres or as printed."""
    return _measured(test, _FVC, test.not_done_fvc)


def fev1_state(test: Pft) -> State:
    """What is known of FEV1; whoever could not do the forced manoeuvre has none."""
    return _measured(test, _FEV1, test.not_done_fvc)


def dlco_state(test: Pft) -> State:
    """What is known of the transfer factor, in its unit or as printed."""
    return _measured(test, _DLCO, test.not_done_dlco)


def _hb_state(test: Pft, haemoglobins: Sequence[Haemoglobin]) -> State:
    state = answered(test, ("hb_g_l",))
    if state is not State.GOOD and lent_haemoglobin(test, haemoglobins) is not None:
        return State.GOOD
    return state


_OWN: Mapping[str, Callable[[Pft, Sequence[Haemoglobin]], State]] = MappingProxyType(
    {
        "test_fvc": lambda test, _haemoglobins: fvc_state(test),
        "test_fev1": lambda test, _haemoglobins: fev1_state(test),
        "test_dlco": lambda test, _haemoglobins: dlco_state(test),
        "test_hb": _hb_state,
    }
)
"""Fields whose answer may stand elsewhere than in themselves."""


def state_of(asked: CoreField, record: Any, haemoglobins: Sequence[Haemoglobin]) -> State:
    """What is known of one field in one record.

    Args:
        haemoglobins: results of blood tests, which stand in for a test that has none of its own.
    """
    own = _OWN.get(asked.id)
    return own(record, haemoglobins) if own is not None else answered(record, asked.fields)
