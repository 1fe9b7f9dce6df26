"""Which reference set a test without one is computed with: the clinic's own."""

from __future__ import annotations

from dataclasses import replace

from ctdild_desktop.clinical.records import Pft
from ctdild_desktop.config import SiteSettings

_PERCENTAGES = ("fvc_pct_pred", "fvc_pred_l", "fev1_pct_pred", "dlco_pct_pred")


def with_site_set(test: Pft, settings: SiteSettings) -> Pft:
    """The test with the clinic's set to compute with, when it names none and has no recorded percentage.

    A recorded percentage belongs to the set of the laboratory that printed it. Naming another one for it
    would be a guess, so such a test stays as it is.
    """
    if test.reference_set is not None or any(getattr(test, name) is not None for name in _PERCENTAGES):
        return test
    if test.fvc_l is not None or test.fev1_l is not None:
        return replace(test, reference_set=settings.reference_spirometry)
    if test.dlco is not None:
        return replace(test, reference_set=settings.reference_dlco)
    return test


def without_assumed_set(recorded: Pft, filled: Pft) -> Pft:
    """A test that gained its first recorded percentage from a source that names no set: the set is unknown
    now.
    """
    had = any(getattr(recorded, name) is not None for name in _PERCENTAGES)
    has = any(getattr(filled, name) is not None for name in _PERCENTAGES)
    return replace(filled, reference_set=None) if has and not had else filled
