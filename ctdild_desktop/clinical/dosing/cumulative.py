"""Cyclophosphamide over a lifetime: pulses, tablets and what was given before, against published thresholds.

The thresholds are data (``resources/dosing/cyclophosphamide_thresholds.csv``) with their sources: RECITAL,
KDIGO and Travis LB et al., J Natl Cancer Inst 1995 (PubMed 7707439).
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from functools import cache

from ctdild_desktop.bundled import resources
from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.dosing.taken import infused, known_start, taken_daily
from ctdild_desktop.clinical.inputs import exact
from ctdild_desktop.clinical.records import TherapyLine
from ctdild_desktop.clinical.verdict import Sentence, sentence

IV, ORAL = "cyclophosphamide_iv", "cyclophosphamide_po"


class PriorKind(StrEnum):
    """How well exposure before this registry is known."""

    EXACT = "exact"
    ESTIMATE = "estimate"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Prior:
    """Cyclophosphamide before the recorded lines, in mg; nothing when it is unknown."""

    kind: PriorKind = PriorKind.UNKNOWN
    mg: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One published amount with what it means."""

    grams: Decimal
    meaning: str
    source: str
    check: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A threshold that is near (from 80 %) or reached (from 100 %)."""

    threshold: Threshold
    percent: Decimal
    """Of the threshold; unrounded."""
    reached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cumulative:
    """The amounts in mg and the alerts that they raise."""

    iv_mg: Decimal
    oral_mg: Decimal
    oral_days: int
    prior: Prior
    alerts: tuple[Alert, ...]
    gaps: tuple[Sentence, ...]
    """What is not in the sum; empty when it is complete."""

    @property
    def total_mg(self) -> Decimal:
        """All that is known."""
        return self.iv_mg + self.oral_mg + self.prior.mg

    @property
    def at_least(self) -> bool:
        """Whether the true amount may be higher."""
        return bool(self.gaps)

    @property
    def shown(self) -> str:
        """``23.8 g``, ``about 23.8 g`` with an estimate, or ``≥ 23.8 g`` when something is not known."""
        grams = self.total_mg / 1000
        if self.at_least:
            return f"≥ {wording.as_typed(grams.quantize(Decimal('0.1'), ROUND_FLOOR))} g"
        about = "about " if self.prior.kind is PriorKind.ESTIMATE else ""
        return f"{about}{wording.number(grams, 1)} g"


@cache
def thresholds() -> tuple[Threshold, ...]:
    """The published thresholds, lowest first; each row names its source."""
    path = resources() / "dosing" / "cyclophosphamide_thresholds.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Threshold(
                grams=Decimal(row["grams"]),
                meaning=row["meaning"],
                source=row["source"],
                check=row["check"],
            )
            for row in csv.DictReader(file, strict=True)
        )


def cumulative(lines: Iterable[TherapyLine], as_of: dt.date, prior: Prior | None = None) -> Cumulative:
    """Cyclophosphamide up to a day: given pulses + daily dose × days + what was given before.

    Thresholds and their sources: :func:`thresholds`. An alert is raised from 80 and from 100 % of each. The
    as-of day counts for pulses and not for tablets. Without ``prior`` earlier exposure is unknown.

    Raises:
        InputError: the earlier amount is not a finite number, or is negative.
    """
    before = prior or Prior()
    exact("The earlier amount", before.mg)
    iv, oral, days = Decimal(0), Decimal(0), 0
    gaps: list[Sentence] = []
    for line in lines:
        if line.drug not in {IV, ORAL} or line.start.earliest > as_of:
            continue
        pulses = infused(line, as_of)
        iv += pulses.mg
        gaps += pulses.gaps
        if line.drug == ORAL:
            tablets = taken_daily(line, as_of)
            oral += tablets.mg
            days += tablets.days
            gaps += tablets.gaps
        elif not line.infusions:
            text = "Pulses from {start}: none is recorded with its day and dose."
            gaps.append(sentence(text, start=known_start(line)))
    if before.kind is PriorKind.UNKNOWN:
        gaps.append(sentence("Exposure before the recorded lines is not known."))
    total = iv + oral + before.mg
    alerts = tuple(
        Alert(
            threshold=one,
            percent=total / (one.grams * 10),
            reached=total >= one.grams * 1000,
        )
        for one in thresholds()
        if total * 100 >= one.grams * 1000 * 80
    )
    return Cumulative(iv_mg=iv, oral_mg=oral, oral_days=days, prior=before, alerts=alerts, gaps=tuple(gaps))
