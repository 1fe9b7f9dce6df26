"""Where a person is in the window, to come back to after unlocking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PRESENTING: Final = "presenting"
"""Id of the page on which a meeting is presented."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Which sheet is open: its kind, and the record that it shows; empty for a new one."""

    kind: str = ""
    record_id: str = ""


NOTHING: Final = Opened()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person was: the room or the patient, and the sheet that was open there."""

    room: str = ""
    patient_id: str = ""
    sheet: Opened = NOTHING
    tab: str = ""
    case: tuple[str, str] = ("", "")
    """The meeting and the case that were presented."""
