"""The code lists of the field: diagnoses, patterns, antibodies, drugs, adverse-event terms, choices of forms.

The lists are data (``resources/codes/*.csv``), read once when first asked for. A code that is not in its list
(from a newer version of the program, or an import) is shown as it is, never dropped.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, Protocol, TypeVar

from ctdild_desktop.bundled import resources
from ctdild_desktop.language import remembered, say_in


class Coded(Protocol):
    """What every entry of a list has."""

    @property
    def code(self) -> str:
        """The stored code."""

    @property
    def label(self) -> str:
        """The words that are shown."""


Entry = TypeVar("Entry", bound=Coded)


class CodeList(Generic[Entry]):
    """One list in its shown order, looked up by code."""

    def __init__(self, entries: list[Entry]) -> None:
        self._entries: Mapping[str, Entry] = {entry.code: entry for entry in entries}
        if len(self._entries) != len(entries):
            raise ValueError("a code occurs twice in one list")

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, code: object) -> bool:
        return code in self._entries

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes in shown order."""
        return tuple(self._entries)

    def get(self, code: str | None) -> Entry | None:
        """The entry of a code, or None when the list does not have it."""
        return None if code is None else self._entries.get(code)

    def label(self, code: str | None) -> str:
        """The words of a code; the code itself when the list does not have it; empty for None."""
        entry = self.get(code)
        return entry.label if entry is not None else (code or "")


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a form field."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class DiagnosisCode:
    """A connective-tissue disease; ``group`` is ``SSc``, ``IIM``, ``RA`` ..."""

    code: str
    label: str
    short: str
    group: str


@dataclass(frozen=True, slots=True)
class PatternCode:
    """An ILD pattern with what the source review says of its course."""

    code: str
    label: str
    short: str
    can_regress: bool | None
    """None: the review makes no statement."""

    @property
    def expected_best(self) -> str:
        """The best outcome to be expected, as a label; never an advice on treatment."""
        return "improvement possible" if self.can_regress else "stabilisation is the goal"


@dataclass(frozen=True, slots=True)
class AntibodyCode:
    """An autoantibody; ``group`` is ``synthetase``, ``ssc``, ``myositis`` or ``general``."""

    code: str
    label: str
    short: str
    group: str
    meaning: str


@dataclass(frozen=True, slots=True)
class DrugCode:
    """A drug with its lane in the plot and the defaults of a new therapy line."""

    code: str
    label: str
    short: str
    """``MMF``: where room is short."""
    lane: str
    """Name left of its lane."""
    drug_class: str
    """``glucocorticoid``, ``conventional``, ``cyclophosphamide``, ``anti_cd20``, ``other_biologic``, ``jak``,
    ``antifibrotic``, ``ticks_only`` or ``outline_only``: the styles of a lane."""
    routes: tuple[str, ...]
    units: tuple[str, ...]
    dose: Decimal | None
    unit: str | None
    frequency: str | None
    route: str | None
    role: str | None
    indication: str | None
    atc: str
    old_atc: str
    prednisolone_5mg: Decimal | None
    """Milligrams that equal prednisolone 5 mg; None for anything but a glucocorticoid."""

    def prednisolone_mg(self, dose_mg: Decimal) -> Decimal | None:
        """A dose in mg of prednisolone: dose × 5 / equivalent; None when this is no glucocorticoid.

        Equivalents are those in customary use; betamethasone is taken as 0.75.
        """
        return None if self.prednisolone_5mg is None else dose_mg * 5 / self.prednisolone_5mg


@dataclass(frozen=True, slots=True)
class AeTerm:
    """An adverse-event term with the CTCAE v5 grades that exist for it and a short reminder of 1 to 3."""

    code: str
    label: str
    category: str
    grades: tuple[int, ...]
    respiratory_infection: bool
    reminders: tuple[str, str, str]

    def reminder(self, grade: int) -> str:
        """What the grade means, in a few words; empty when the term has no built-in text."""
        if grade not in self.grades:
            return ""
        if grade >= 4:
            return "death" if grade == 5 else "life-threatening"
        return self.reminders[grade - 1]


@dataclass(frozen=True, slots=True)
class LabCode:
    """A laboratory test with its usual unit; ``quantity`` names what its units convert within."""

    code: str
    label: str
    group: str
    unit: str
    """Empty for a result that is no number, or that has no usual unit."""
    quantity: str


@dataclass(frozen=True, slots=True)
class Scale:
    """One score of an instrument: its range, and which end is better."""

    code: str
    label: str
    low: Decimal
    high: Decimal
    exact: bool
    """False where the ends are only about those of some versions."""
    better: str
    """``low`` or ``high``."""
    change: str
    """A published change that patients notice, in words; empty when none is known."""
    note: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """A questionnaire with its scales."""

    code: str
    label: str
    scales: CodeList[Scale]


_SHOWN = ("label", "short", "lane", "meaning", "scale_label", "note", "g1", "g2", "g3")
"""The columns that are said in the language in use; codes are the same in every language."""


def _rows(name: str) -> list[dict[str, str]]:
    with (resources() / "codes" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    for row in rows:
        row.update(
            {column: say_in(row.get("list", name), row[column]) for column in _SHOWN if row.get(column)}
        )
    return rows


def _load(name: str, make: Callable[[dict[str, str]], Entry]) -> CodeList[Entry]:
    return CodeList([make(row) for row in _rows(name)])


@remembered
def diagnoses() -> CodeList[DiagnosisCode]:
    """Connective-tissue diseases (list ``ctd_dx``)."""
    return _load("diagnoses", lambda row: DiagnosisCode(**row))


@remembered
def patterns() -> CodeList[PatternCode]:
    """ILD patterns (list ``ild_pattern``)."""
    known = {"yes": True, "no": False, "unknown": None}
    return _load(
        "patterns",
        lambda row: PatternCode(row["code"], row["label"], row["short"], known[row["can_regress"]]),
    )


@remembered
def antibodies() -> CodeList[AntibodyCode]:
    """Autoantibodies with their meaning in CTD-ILD."""
    return _load("antibodies", lambda row: AntibodyCode(**row))


def _drug(row: dict[str, str]) -> DrugCode:
    def amount(text: str) -> Decimal | None:
        return Decimal(text) if text else None

    return DrugCode(
        code=row["code"],
        label=row["label"],
        short=row["short"],
        lane=row["lane"],
        drug_class=row["drug_class"],
        routes=tuple(row["routes"].split()),
        units=tuple(row["units"].split()),
        dose=amount(row["dose"]),
        unit=row["unit"] or None,
        frequency=row["frequency"] or None,
        route=row["route"] or None,
        role=row["role"] or None,
        indication=row["indication"] or None,
        atc=row["atc"],
        old_atc=row["old_atc"],
        prednisolone_5mg=amount(row["prednisolone_5mg"]),
    )


@remembered
def drugs() -> CodeList[DrugCode]:
    """Drugs and other treatments."""
    return _load("drugs", _drug)


def _term(row: dict[str, str]) -> AeTerm:
    first, _, last = row["grades"].partition("-")
    return AeTerm(
        code=row["code"],
        label=row["label"],
        category=row["category"],
        grades=tuple(range(int(first), int(last or first) + 1)),
        respiratory_infection=row["respiratory_infection"] == "yes",
        reminders=(row["g1"], row["g2"], row["g3"]),
    )


@remembered
def ae_terms() -> CodeList[AeTerm]:
    """Adverse-event terms."""
    return _load("ae_terms", _term)


@remembered
def labs() -> CodeList[LabCode]:
    """Laboratory tests; their codes are those of the due rules."""
    return _load("labs", lambda row: LabCode(**row))


def _scale(row: dict[str, str]) -> Scale:
    return Scale(
        code=row["scale"],
        label=row["scale_label"],
        low=Decimal(row["low"]),
        high=Decimal(row["high"]),
        exact=row["range"] == "exact",
        better=row["better"],
        change=row["change"],
        note=row["note"],
    )


@remembered
def instruments() -> CodeList[Instrument]:
    """Questionnaires of patients (PRO) with the ranges of their scores."""
    grouped: dict[tuple[str, str], list[Scale]] = {}
    for row in _rows("instruments"):
        grouped.setdefault((row["instrument"], row["label"]), []).append(_scale(row))
    return CodeList([Instrument(code, label, CodeList(scales)) for (code, label), scales in grouped.items()])


@remembered
def _choices() -> Mapping[str, CodeList[Choice]]:
    lists: dict[str, list[Choice]] = {}
    for row in _rows("choices"):
        lists.setdefault(row["list"], []).append(Choice(row["code"], row["label"]))
    return {name: CodeList(entries) for name, entries in lists.items()}


def choices(name: str) -> CodeList[Choice]:
    """One list of form choices: ``confidence``, ``hrct_sign``, ``stop_reason``, ``not_done`` ...

    Raises:
        KeyError: there is no such list.
    """
    return _choices()[name]


def choice_lists() -> tuple[str, ...]:
    """Names of all lists of form choices."""
    return tuple(_choices())


def label(name: str, code: str | None) -> str:
    """The words of a code of a form list; the code itself when unknown; empty for None."""
    return choices(name).label(code)
