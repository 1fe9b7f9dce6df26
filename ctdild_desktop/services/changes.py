"""Relative changes between two tests for tables and the log sheet, by the same comparison as the
criteria's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.comparability import differences
from ctdild_desktop.clinical.criteria.pairs import Pair, dlco_relative, fev1_relative, fvc_relative
from ctdild_desktop.clinical.derived import DerivedTest, decimal
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
    return None if pair is None else decimal(-pair.relative_fall)


@dataclass(frozen=True, slots=True)
class History:
    """The usable visits of one patient, to look up the one before a test or the one of a date."""

    patient: Patient
    fvc: tuple[FvcVisit, ...]
    dlco: tuple[DlcoVisit, ...]
    haemoglobins: tuple[Haemoglobin, ...] = ()

    @classmethod
    def of(cls, record: PatientRecord) -> History:
        """All usable visits."""
        tests, patient = record.tests, record.patient
        last = max((test.date for test in tests), default=dt.date.min)
        lent = haemoglobins_of(record.labs)
        return cls(patient, fvc_visits(tests, patient, last), dlco_visits(tests, patient, last, lent), lent)

    def before(self, test: Pft) -> Changes:
        """The change of a test against the latest usable visit before its day, each measure with its own."""
        fvc = max((seen for seen in self.fvc if seen.date < test.date), key=_date, default=None)
        gas = max((seen for seen in self.dlco if seen.date < test.date), key=_date, default=None)
        return self._changes(test, fvc, gas)

    def since(self, test: Pft, day: dt.date) -> Changes:
        """The change of a test against the visit of an earlier day; empty when the day is not earlier."""
        if day >= test.date:
            return Changes()
        fvc = next((seen for seen in self.fvc if seen.date == day), None)
        gas = next((seen for seen in self.dlco if seen.date == day), None)
        return self._changes(test, fvc, gas)

    def _changes(self, test: Pft, fvc: FvcVisit | None, gas: DlcoVisit | None) -> Changes:
        own_fvc = next((seen for seen in self.fvc if seen.ids == (test.id,)), None)
        own_gas = next((seen for seen in self.dlco if seen.ids == (test.id,)), None)
        if own_fvc is None:  # one of several of that day
            own_fvc = next(iter(fvc_visits((test,), self.patient, test.date)), None)
        if own_gas is None:
            own_gas = next(iter(dlco_visits((test,), self.patient, test.date, self.haemoglobins)), None)
        compared_fvc = compared_fev1 = compared_gas = None
        if fvc is not None and own_fvc is not None:
            compared_fvc = fvc_relative(self.patient)(fvc, own_fvc)
            compared_fev1 = fev1_relative(self.patient)(fvc, own_fvc)
        if gas is not None and own_gas is not None:
            compared_gas = dlco_relative(self.patient)(gas, own_gas)
        return Changes(_relative(compared_fvc), _relative(compared_fev1), _relative(compared_gas))


def _date(visit: FvcVisit | DlcoVisit) -> dt.date:
    return visit.date


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
