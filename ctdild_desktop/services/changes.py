"""Relative changes between two tests for tables and the log sheet, by the same comparison as the
criteria's.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.comparability import differences
from ctdild_desktop.clinical.criteria.pairs import Pair, dlco_relative, fev1_relative, fvc_relative
from ctdild_desktop.clinical.derived import DerivedTest
from ctdild_desktop.clinical.haemoglobin import Haemoglobin, haemoglobins_of
from ctdild_desktop.clinical.records import Patient, PatientRecord, Pft
from ctdild_desktop.clinical.series import (
    DlcoVisit,
    FvcVisit,
    dlco_visits,
    fvc_visits,
    unusable_dlco,
    unusable_fvc,
)
from ctdild_desktop.language import say


@dataclass(frozen=True, slots=True)
class Changes:
    """Relative changes in percent of the earlier value: a fall is negative; None where it cannot be said."""

    fvc: Decimal | None = None
    fev1: Decimal | None = None
    dlco: Decimal | None = None


def _relative(pair: Pair | None) -> Decimal | None:
    return None if pair is None else pair.relative_change


class History:
    """The usable visits of one patient, to look up the one before a test or the one of a date."""

    __slots__ = ("_days_of_dlco", "_days_of_fvc", "_haemoglobins", "_patient", "dlco", "fvc")

    def __init__(self, record: PatientRecord) -> None:
        tests, self._patient = record.tests, record.patient
        last = max((test.date for test in tests), default=dt.date.min)
        self._haemoglobins = haemoglobins_of(record.labs)
        self.fvc = fvc_visits(tests, self._patient, last)
        """All usable visits, oldest first."""
        self.dlco = dlco_visits(tests, self._patient, last, self._haemoglobins)
        self._days_of_fvc = [visit.date for visit in self.fvc]
        self._days_of_dlco = [visit.date for visit in self.dlco]

    def before(self, test: Pft) -> Changes:
        """The change of a test against the latest usable visit before its day, each measure with its own."""
        fvc, gas = bisect_left(self._days_of_fvc, test.date), bisect_left(self._days_of_dlco, test.date)
        return self._changes(test, self.fvc[fvc - 1] if fvc else None, self.dlco[gas - 1] if gas else None)

    def since(self, test: Pft, day: dt.date) -> Changes:
        """The change of a test against the visit of an earlier day; empty when the day is not earlier."""
        if day >= test.date:
            return Changes()
        return self._changes(test, self._fvc_of(day), self._dlco_of(day))

    def _fvc_of(self, day: dt.date) -> FvcVisit | None:
        at = bisect_left(self._days_of_fvc, day)
        return self.fvc[at] if self._days_of_fvc[at : at + 1] == [day] else None

    def _dlco_of(self, day: dt.date) -> DlcoVisit | None:
        at = bisect_left(self._days_of_dlco, day)
        return self.dlco[at] if self._days_of_dlco[at : at + 1] == [day] else None

    def _changes(self, test: Pft, fvc: FvcVisit | None, gas: DlcoVisit | None) -> Changes:
        own_fvc, own_gas = self._fvc_of(test.date), self._dlco_of(test.date)
        if own_fvc is not None and own_fvc.ids != (test.id,):
            own_fvc = None
        if own_gas is not None and own_gas.ids != (test.id,):
            own_gas = None
        if own_fvc is None:  # one of several of that day
            own_fvc = next(iter(fvc_visits((test,), self._patient, test.date)), None)
        if own_gas is None:
            own_gas = next(iter(dlco_visits((test,), self._patient, test.date, self._haemoglobins)), None)
        compared_fvc = compared_fev1 = compared_gas = None
        if fvc is not None and own_fvc is not None:
            compared_fvc = fvc_relative(self._patient)(fvc, own_fvc)
            compared_fev1 = fev1_relative(self._patient)(fvc, own_fvc)
        if gas is not None and own_gas is not None:
            compared_gas = dlco_relative(self._patient)(gas, own_gas)
        return Changes(_relative(compared_fvc), _relative(compared_fev1), _relative(compared_gas))


def latest_usable(tests: Sequence[Pft]) -> Pft | None:
    """The latest test of which the rules use anything."""
    used = [test for test in tests if unusable_fvc(test) is None or unusable_dlco(test) is None]
    return max(used, key=lambda test: (test.date, test.entered), default=None)


def comparability(
    earlier: DerivedTest | None,
    later: DerivedTest,
    patient: Patient,
    haemoglobins: Sequence[Haemoglobin] = (),
) -> tuple[str, ...]:
    """What is alike between two tests (laboratory, equation, height), then every reason that keeps them from
    being simply compared.
    """
    if earlier is None:
        return ()
    guard = differences(earlier.test, later.test, patient, haemoglobins)
    found = {caution.code for caution in guard}
    alike = []
    if earlier.test.laboratory and later.test.laboratory and "LABORATORY" not in found:
        alike.append(say("same lab"))
    sets = [_sets(test) for test in (earlier, later)]
    if all(sets) and sets[0] == sets[1]:
        alike.append(say("same equation ({sets})", sets=", ".join(sets[1])))
    if earlier.height_cm is not None and later.height_cm is not None and "HEIGHT" not in found:
        height = say("height {height_cm} cm", height_cm=wording.as_typed(later.height_cm))
        before = say(", was {height_cm} cm", height_cm=wording.as_typed(earlier.height_cm))
        alike.append(height if earlier.height_cm == later.height_cm else height + before)
    return (*alike, *(wording.say(caution.text).rstrip(".") for caution in guard))


def _sets(test: DerivedTest) -> tuple[str, ...]:
    """Names of the reference sets of FVC and DLCO."""
    return reference_names(test.fvc.reference_set, test.dlco.reference_set)


def reference_names(*sets: str | None) -> tuple[str, ...]:
    """``GLI Global 2022``, ``GLI TLCO 2017``, each once."""
    return tuple(dict.fromkeys(codes.label("reference_set", name) for name in sets if name))
