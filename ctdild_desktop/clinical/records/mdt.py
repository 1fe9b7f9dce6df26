"""The multidisciplinary team: meetings, what is on their agenda, what they decided and who does it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records.patient import Differential


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """Who was at a meeting, as what, and how."""

    name: str
    role: str
    """Code of the ``attendee_role`` list (``respiratory``, ``radiology`` ...)."""
    presence: str = "present"
    """``present``, ``remote`` or ``apology``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One meeting of the team."""

    id: str
    date: dt.date
    version: int = 1
    starts: str = ""
    """Time of day, ``14:00``."""
    ends: str = ""
    kind: str | None = None
    """``ild_mdt``, ``joint_rheumatology``, ``transplant``, ``virtual`` or ``other``."""
    place: str = ""
    chair: str = ""
    coordinator: str = ""
    attendees: tuple[Attendee, ...] = ()
    quorum_rule: tuple[str, ...] = ("respiratory", "radiology", "rheumatology")
    """Roles of which at least one person must take part."""
    status: str = "planned"
    """``planned``, ``locked``, ``held`` or ``closed``."""
    minutes_signed_by: str = ""
    """Login of the person who signed the minutes."""
    minutes_signed_at: dt.datetime | None = None
    note: str = ""
    absent: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """One patient on the agenda of one meeting, with the question that is asked."""

    id: str
    meeting_id: str
    patient_id: str
    question: str
    version: int = 1
    position: int = 1
    """Place on the agenda, from 1."""
    requested_by: str = ""
    urgency: str | None = None
    """``routine`` or ``urgent``."""
    minutes: int | None = None
    """Length of the slot."""
    pft_ready: bool | None = None
    hrct_ready: bool | None = None
    serology_ready: bool | None = None
    pathology_ready: bool | None = None
    note: str = ""
    absent: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Addendum:
    """What was added to a decision after it was signed."""

    date: dt.date
    by: str
    """Login of the person who added it."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the team decided on one patient; frozen once it is signed."""

    id: str
    meeting_id: str
    patient_id: str
    date: dt.date
    """Day of the meeting."""
    question: str
    version: int = 1
    agenda_item_id: str | None = None
    presenter: str = ""
    reason: str | None = None
    """Code of the ``discussion_reason`` list."""
    snapshot: str = "{}"
    """The page that the team saw, as JSON, so that the paper can be made again."""
    material: tuple[str, ...] = ()
    """``hrct``, ``pft``, ``serology`` and ``pathology`` that were looked at."""
    diagnosis: str | None = None
    """Code of the ``ctd_dx`` list: the first choice."""
    diagnosis_note: str = ""
    confidence: str | None = None
    confidence_percent: Decimal | None = None
    differentials: tuple[Differential, ...] = ()
    pattern: str | None = None
    ctd_agreed: bool | None = None
    behaviour: str | None = None
    shown: tuple[tuple[str, str], ...] = ()
    """The criteria that were shown, each with its verdict."""
    team_verdict: str | None = None
    """``progressing``, ``stable``, ``improved`` or ``cannot_tell``."""
    verdict_reason: str = ""
    """Why the team differs from the computed result."""
    recommendations: tuple[str, ...] = ()
    """Codes of the ``recommendation`` list."""
    recommendation: str = ""
    preference_known: bool | None = None
    preference: str = ""
    """What the patient wishes."""
    dissent: str = ""
    next_date: PartialDate | None = None
    next_trigger: str = ""
    typed_live: bool | None = None
    signed_by: str = ""
    """Login of the person who signed; empty while the decision may still be changed."""
    signed_at: dt.datetime | None = None
    addenda: tuple[Addendum, ...] = ()
    letter_to: tuple[str, ...] = ()
    """``gp``, ``patient``, ``referrer`` or ``other``."""
    letter_sent: dt.date | None = None
    implemented: str | None = None
    """``yes``, ``partly``, ``no`` or ``pending``."""
    implemented_date: PartialDate | None = None
    not_implemented: str | None = None
    """Code of the ``not_implemented`` list."""
    implementation_note: str = ""
    note: str = ""
    absent: tuple[tuple[str, str], ...] = ()

    @property
    def signed(self) -> bool:
        """Whether the decision is signed and its content frozen."""
        return bool(self.signed_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterTemplate:
    """The text of a letter on a decision, with words in braces that are filled in."""

    id: str
    kind: str
    """``referrer`` or ``patient``: to whom the letter goes."""
    text: str
    version: int = 1
    absent: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What somebody has to do after a decision."""

    id: str
    decision_id: str
    what: str
    version: int = 1
    owner: str = ""
    due: dt.date | None = None
    status: str = "open"
    """``open``, ``done`` or ``cancelled``."""
    done_date: dt.date | None = None
    note: str = ""
    absent: tuple[tuple[str, str], ...] = ()
