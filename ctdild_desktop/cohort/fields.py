"""What a question may ask: of a patient, of one line of therapy, of one adverse event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Final, Literal, TypeAlias

from ctdild_desktop.clinical import codes, criteria
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.language import marked, say


@dataclass(frozen=True, slots=True)
class Answers:
    """Which of several codes hold of a patient: drugs given, antibodies found, criteria met."""

    known: Mapping[str, bool | None]
    others: bool | None = False
    """Of the codes that are not named; None where that nothing is recorded tells nothing."""

    def of(self, code: str) -> bool | None:
        """Whether a code holds."""
        return self.known.get(code, self.others)


class _Absent(Enum):
    """The type of :data:`NEVER`."""

    NEVER = "never"


NEVER: Final = _Absent.NEVER
"""It is known that there is none: the stop of a line that goes on, the number of a line that is not counted.
It is different from every value, and neither before nor after one."""

Value: TypeAlias = Decimal | PartialDate | str | Answers | Literal[_Absent.NEVER] | None
"""None: not recorded, so that nothing can be said."""


class Kind(StrEnum):
    """What a field holds."""

    NUMBER = "number"
    DATE = "date"
    CODE = "code"
    CODES = "codes"
    """Several codes; a comparison asks whether one is among them."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a query."""

    name: str
    label: str
    kind: Kind
    codes: Callable[[], tuple[str, ...]] = tuple
    """The codes that may be asked for."""
    words: Callable[[str], str] = str
    """A code in words, in the language in use."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a patient may have several of, each asked about as a whole."""

    name: str
    label: str
    fields: Mapping[str, Field]


YES, NO = "yes", "no"
_GROUPS: Mapping[str, str] = {
    "SSc": marked("Systemic sclerosis, all forms"),
    "IIM": marked("Idiopathic inflammatory myopathy, all forms"),
}
_ANTIBODY_GROUPS: Mapping[str, str] = {
    "synthetase": marked("Any antisynthetase antibody"),
    "ssc": marked("Any antibody of systemic sclerosis"),
    "myositis": marked("Any other antibody of myositis"),
    "general": marked("Any general antibody"),
}
_DRUG_CLASSES: Mapping[str, str] = {
    "glucocorticoid": marked("glucocorticoid"),
    "conventional": marked("conventional immunosuppressant"),
    "cyclophosphamide": marked("cyclophosphamide"),
    "anti_cd20": marked("anti-CD20"),
    "other_biologic": marked("other biologic"),
    "jak": marked("JAK inhibitor"),
    "antifibrotic": marked("antifibrotic"),
    "ticks_only": marked("immunoglobulin or plasma exchange"),
    "outline_only": marked("oxygen, rehabilitation and other support"),
}
_STAGES: Mapping[str, str] = {"limited": marked("limited"), "extensive": marked("extensive")}
_YES_NO: Mapping[str, str] = {YES: marked("yes"), NO: marked("no")}


def _listed(name: str, label: str, words: Mapping[str, str], kind: Kind = Kind.CODE) -> Field:
    return Field(name, label, kind, lambda: tuple(words), lambda code: say(words.get(code, code)))


def _chosen(name: str, label: str, listed: str = "") -> Field:
    """A field of one code of a list of choices."""
    of = listed or name
    return Field(
        name, label, Kind.CODE, lambda: codes.choices(of).codes, lambda code: codes.choices(of).label(code)
    )


def _groups() -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.group for one in codes.diagnoses()))


def _group_words(code: str) -> str:
    return say(_GROUPS[code]) if code in _GROUPS else codes.diagnoses().label(code)


def _overlap_words(code: str) -> str:
    return codes.diagnoses().label("OVERLAP_OTHER") if code == "OVERLAP" else _group_words(code)


def criteria_asked() -> tuple[str, ...]:
    """The criteria that are met by a patient, and not by a line of therapy."""
    of_lines = {line.id for line in criteria.line_criteria()}
    return tuple(one.id for one in criteria.CRITERIA if one.id not in of_lines)


def _criterion_words(code: str) -> str:
    return next((say(one.title) for one in criteria.CRITERIA if one.id == code), code)


def _drug(name: str, label: str, kind: Kind = Kind.CODES) -> Field:
    return Field(name, label, kind, lambda: codes.drugs().codes, lambda code: codes.drugs().label(code))


def _event(name: str, label: str, kind: Kind) -> Field:
    return Field(name, label, kind, lambda: codes.ae_terms().codes, lambda code: codes.ae_terms().label(code))


def _by_name(*fields: Field) -> Mapping[str, Field]:
    return {one.name: one for one in fields}


FIELDS: Mapping[str, Field] = _by_name(
    Field(
        "diagnosis",
        marked("Diagnosis"),
        Kind.CODE,
        lambda: codes.diagnoses().codes,
        lambda code: codes.diagnoses().label(code),
    ),
    Field("diagnosis_group", marked("Group of diagnoses"), Kind.CODE, _groups, _overlap_words),
    Field(
        "pattern",
        marked("ILD pattern"),
        Kind.CODE,
        lambda: codes.patterns().codes,
        lambda code: codes.patterns().label(code),
    ),
    Field(
        "antibody",
        marked("Antibody found"),
        Kind.CODES,
        lambda: codes.antibodies().codes,
        lambda code: codes.antibodies().label(code),
    ),
    _listed("antibody_group", marked("Group of antibodies"), _ANTIBODY_GROUPS, Kind.CODES),
    _chosen("sex", marked("Sex")),
    Field("age", marked("Age, years"), Kind.NUMBER),
    _chosen("smoking", marked("Smoking")),
    _chosen("vital_status", marked("Vital status")),
    Field("died", marked("Died"), Kind.DATE),
    _chosen("transplant", marked("Lung transplant")),
    _chosen("consent_research", marked("Consent to research"), "consent"),
    _drug("drug", marked("Drug ever given")),
    _drug("drug_now", marked("Drug given now")),
    Field("lines", marked("Lines of therapy"), Kind.NUMBER),
    Field("ctd_diagnosed", marked("CTD diagnosed"), Kind.DATE),
    Field("ild_diagnosed", marked("ILD diagnosed"), Kind.DATE),
    Field("first_visit", marked("First visit"), Kind.DATE),
    Field("last_visit", marked("Latest visit"), Kind.DATE),
    Field("first_test", marked("First lung-function test"), Kind.DATE),
    Field("last_test", marked("Latest lung-function test"), Kind.DATE),
    Field("tests", marked("Lung-function tests"), Kind.NUMBER),
    Field("fvc_l", marked("Latest FVC, L"), Kind.NUMBER),
    Field("fvc_percent_predicted", marked("Latest FVC, % predicted"), Kind.NUMBER),
    Field("dlco_percent_predicted", marked("Latest DLCO, % predicted"), Kind.NUMBER),
    Field("extent_percent", marked("Extent on the latest HRCT, %"), Kind.NUMBER),
    _listed("goh", marked("Extent by Goh"), _STAGES),
    Field("met", marked("Criterion met"), Kind.CODES, criteria_asked, _criterion_words),
    _event("event", marked("Adverse event"), Kind.CODES),
)
"""Of a patient."""

_LINE: Mapping[str, Field] = _by_name(
    _drug("drug", marked("Drug"), Kind.CODE),
    _listed("drug_class", marked("Class of the drug"), _DRUG_CLASSES),
    Field("line", marked("Line, without glucocorticoids and support"), Kind.NUMBER),
    Field("course", marked("Course of the same drug"), Kind.NUMBER),
    Field("started", marked("Started"), Kind.DATE),
    Field("stopped", marked("Stopped"), Kind.DATE),
    _listed("ongoing", marked("Ongoing"), _YES_NO),
    _chosen("role", marked("Role")),
    _chosen("indication", marked("Indication")),
    _chosen("response", marked("Response judged")),
    _chosen("stop_reason", marked("Reason for stopping")),
)
_ADVERSE_EVENT: Mapping[str, Field] = _by_name(
    _event("term", marked("Adverse event"), Kind.CODE),
    _chosen("category", marked("Category"), "ae_category"),
    Field("grade", marked("Grade"), Kind.NUMBER),
    _listed("serious", marked("Serious"), _YES_NO),
    Field("onset", marked("Onset"), Kind.DATE),
    _drug("suspected", marked("Suspected drug")),
    _chosen("causality", marked("Causality")),
    _chosen("outcome", marked("Outcome"), "ae_outcome"),
)
PARTS: Mapping[str, Part] = {
    one.name: one
    for one in (
        Part("therapy", marked("A line of therapy"), _LINE),
        Part("adverse_event", marked("An adverse event"), _ADVERSE_EVENT),
    )
}
"""Of one line of therapy, of one adverse event: what is asked must be true of the same one."""


def day_of(value: dt.date | None) -> PartialDate | None:
    """A day as a value of a field."""
    return PartialDate.of(value) if value is not None else None
