"""Two people changed one record: what each of them changed, what can be kept of both, what has to be chosen.

Fields that only make sense together (a value and its unit, an event and its grade) are one part: what two
people changed in one part is never mixed into a value that neither of them meant.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic

from ctdild_desktop.clinical.absence import reason_words, why_absent
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Consent,
    Decision,
    Diagnosis,
    Hrct,
    Lab,
    Patient,
    Pft,
    Pro,
    Procedure,
    Serology,
    TherapyLine,
    Visit,
)
from ctdild_desktop.services.acts import R
from ctdild_desktop.services.field_words import field_label, field_value, unit_fields

TOGETHER: Mapping[type[Any], tuple[tuple[str, ...], ...]] = {
    Patient: (
        ("smoking", "pack_years"),
        ("transplant", "transplant_date"),
        ("oxygen", "oxygen_since", "oxygen_l_min"),
        ("vital_status", "vital_status_date", "death_date", "cause_of_death", "cause_of_death_note"),
        ("no_known_allergies", "allergies"),
    ),
    Diagnosis: (
        ("ctd", "ctd_note"),
        ("criteria", "criteria_met"),
        ("pattern", "pattern_basis", "pattern_note", "confidence"),
        ("extent", "extent_reason"),
    ),
    Consent: (("kind", "title", "answer", "date"),),
    Visit: (
        ("symptom_change", "alternative_explanation"),
        ("bp_systolic", "bp_diastolic"),
        ("spo2_rest", "oxygen_l_min"),
        ("admissions_since", "admission_reason"),
        ("exacerbation_since", "exacerbation_date"),
    ),
    Pro: (("instrument", "form_version", "scores", "items_missing", "complete"),),
    Lab: (("test", "test_name", "value", "unit", "detection", "result", "text", "lln", "uln"),),
    Serology: (
        ("test", "test_name", "result", "value", "unit", "uln", "detection", "titre", "pattern", "assay"),
    ),
    Procedure: (
        ("kind", "not_done"),
        ("volume_in_ml", "recovered_ml"),
        ("macrophages_percent", "lymphocytes_percent", "neutrophils_percent", "eosinophils_percent"),
        ("complication", "complication_note", "complication_grade", "adverse_event_id"),
    ),
    Decision: (
        ("diagnosis", "diagnosis_note", "confidence", "confidence_percent"),
        ("team_verdict", "verdict_reason"),
        ("signed_by", "signed_at"),
        ("implemented", "implemented_date", "not_implemented", "implementation_note"),
    ),
    Pft: (
        ("performed", "not_done"),
        ("hb_g_l", "hb_date"),
        ("tlc_l", "rv_l", "frc_l", "volumes_method"),
        ("dlco", "dlco_unit", "dlco_hb_corrected", "not_done_dlco"),
        ("fvc_l", "not_done_fvc"),
        (
            *("reference_set", "fvc_pct_pred", "fvc_pred_l", "fev1_pct_pred", "dlco_pct_pred"),
            "kco_pct_pred",
        ),
        ("excluded", "exclusion_reason"),
    ),
    Hrct: (
        ("extent_percent", "extent_reading"),
        ("result", "mixed", "compared_with", "signs", "signs_not_seen", "alternative_explanation"),
        ("emphysema", "emphysema_extent"),
        ("quantification", "quantification_score"),
    ),
    TherapyLine: (
        ("drug", "drug_name", "route", "dose", "dose_unit", "dose_basis", "frequency", "dose_changes"),
        ("response", "response_date"),
        ("stop", "stop_reason"),
    ),
    AdverseEvent: (("term", "category", "grade"), ("serious", "seriousness"), ("ongoing", "end")),
}
"""Fields of each kind that are one part; every other field is a part of its own."""

_NOT_TYPED = frozenset(
    {
        *("id", "version", "entered", "source_format", "source_sha256", "as_given"),
        *("patient_id", "meeting_id", "decision_id"),
    }
)
"""Fields that nobody types; they stay as the registry has them."""
_KEPT_FOR_EACH = "confirmed_unusual"
"""Names of fields whose unlikely value was confirmed: it follows the value that is kept."""
_WITH_FIELD = frozenset({_KEPT_FOR_EACH, "absent"})
"""What follows each field: that its value was confirmed, or why it has none."""


class Side(StrEnum):
    """Whose value a part has."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Part:
    """Fields that belong together and differ from what both began with."""

    names: tuple[str, ...]
    side: Side | None
    """Whose value is kept without asking; None when each side changed it to something else."""

    @property
    def key(self) -> str:
        """The first of its fields, by which it is named."""
        return self.names[0]


@dataclass(frozen=True, slots=True)
class Merge(Generic[R]):
    """A record as both began with it, as I have it and as the registry has it, compared part by part."""

    base: R
    mine: R
    theirs: R
    parts: tuple[Part, ...]
    """Parts that somebody changed: those to choose first, each group in the order of the record."""

    @property
    def open(self) -> tuple[Part, ...]:
        """Parts that both changed, each to something else."""
        return tuple(part for part in self.parts if part.side is None)

    def chosen(self, picks: Mapping[str, Side]) -> R:
        """The record with what was chosen, to be saved as the successor of the one in the registry.

        Args:
            picks: the side of each part by its key; parts that nobody has to choose may be left out.

        Raises:
            KeyError: a part that has to be chosen is not.
        """
        values: dict[str, Any] = {}
        for part in self.parts:
            side = picks.get(part.key, part.side)
            if side is None:
                raise KeyError(part.key)
            if side is Side.MINE:
                values |= {name: getattr(self.mine, name) for name in part.names}
        absent = self._absent(values)
        if isinstance(self.mine, Pft):
            values[_KEPT_FOR_EACH] = self._confirmed(values)
        return replace(self.theirs, **values, absent=absent)

    def _absent(self, from_mine: Collection[str]) -> tuple[tuple[str, str], ...]:
        kept = [pair for pair in self.mine.absent if pair[0] in from_mine]
        return tuple(sorted([*kept, *(pair for pair in self.theirs.absent if pair[0] not in from_mine)]))

    def _confirmed(self, from_mine: Collection[str]) -> tuple[str, ...]:
        mine, theirs = (set(getattr(record, _KEPT_FOR_EACH)) for record in (self.mine, self.theirs))
        unchanged = {name for name in mine if getattr(self.mine, name) == getattr(self.theirs, name)}
        kept = {name for name in mine if name in from_mine} | (mine & unchanged)
        return tuple(sorted(kept | {name for name in theirs if name not in from_mine}))


def merge(base: R, mine: R, theirs: R) -> Merge[R]:
    """Compare what two people made of one record.

    Args:
        base: the record as I opened it.
        mine: as I have it now.
        theirs: as the registry has it now.
    """
    parts = []
    for names in _parts_of(type(mine)):
        part = _judge(names, base, mine, theirs)
        if part is not None:
            parts.append(part)
    return Merge(base, mine, theirs, tuple(sorted(parts, key=lambda part: part.side is not None)))


def _parts_of(kind: type[Any]) -> list[tuple[str, ...]]:
    member = {name: names for names in TOGETHER.get(kind, ()) for name in names}
    own = [item.name for item in fields(kind) if item.name not in _NOT_TYPED | _WITH_FIELD]
    return list(dict.fromkeys(member.get(name, (name,)) for name in own))


def _judge(names: tuple[str, ...], base: Any, mine: Any, theirs: Any) -> Part | None:
    by_me = [name for name in names if not _same(base, mine, name)]
    by_them = [name for name in names if not _same(base, theirs, name)]
    if not by_me and not by_them:
        return None
    touched = tuple(
        name for name in names if name in by_me or name in by_them or not _equal(mine, theirs, name)
    )
    if not by_them:
        return Part(touched, Side.MINE)
    if not by_me or all(_equal(mine, theirs, name) for name in names):
        return Part(touched, Side.THEIRS)
    return Part(touched, None)


def _equal(one: Any, other: Any, name: str) -> bool:
    """Whether two records have the same value in a field, or the same reason for having none."""
    return bool(getattr(one, name) == getattr(other, name)) and (
        why_absent(one, name) == why_absent(other, name)
    )


def _same(one: Any, other: Any, name: str) -> bool:
    """Equal, and for a measurement with the same digits: ``2.30`` says more than ``2.3``."""
    mine, theirs = getattr(one, name), getattr(other, name)
    digits = isinstance(mine, Decimal) and isinstance(theirs, Decimal) and str(mine) != str(theirs)
    return _equal(one, other, name) and not digits


def _said(record: Any, name: str, lines: Sequence[TherapyLine]) -> str:
    reason = why_absent(record, name)
    return reason_words(reason) if reason else field_value(record, name, lines)


@dataclass(frozen=True, slots=True)
class Compared:
    """One part in words: a line for each of its fields."""

    key: str
    side: Side | None
    label: str
    was: str
    mine: str
    theirs: str


def in_words(merged: Merge[R], lines: Sequence[TherapyLine] = ()) -> tuple[Compared, ...]:
    """What is to be compared, in the order of the parts; parts that both changed alike are left out.

    ``lines`` are those of the patient, for fields that name a line of therapy.
    """
    kind = type(merged.mine)
    told = []
    for part in merged.parts:
        if all(_equal(merged.mine, merged.theirs, name) for name in part.names):
            continue
        units = unit_fields(kind, part.names)
        names = [name for name in part.names if name not in units]
        was, mine, theirs = (
            "\n".join(_said(record, name, lines) for name in names)
            for record in (merged.base, merged.mine, merged.theirs)
        )
        label = "\n".join(field_label(kind, name) for name in names)
        told.append(Compared(part.key, part.side, label, was, mine, theirs))
    return tuple(told)
