"""A picture of a patient's time-line that leaves the program: what it shows, and writing it to a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from ctdild_desktop import __version__
from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.language import marked, say
from ctdild_desktop.services.assessment import PatientView, patient_view
from ctdild_desktop.services.desk import RECORDING, Desk, RefusedError, requires
from ctdild_desktop.services.printed import invented
from ctdild_desktop.services.redaction import redacted

LIMITS = marked("Not a medical device, not a diagnosis.")
"""What every printout says of itself."""


class Form(StrEnum):
    """How the picture leaves the program."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"
    CLIPBOARD = "clipboard"


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureData:
    """What a picture shows; texts are final."""

    view: PatientView
    """Of a picture without identity the record has no name, no number, no birth date and no free text."""
    title: str
    """``HOLLOWAY, Ingrid``, or ``F · 55 y``."""
    subtitle: str
    """Sex, age, birth date and MRN; empty without identity."""
    foot: str


@requires(*RECORDING, doing="taking a picture of a record")
def timeline_picture(desk: Desk, patient_id: str, form: Form, *, identity: bool = True) -> PictureData:
    """Collect what the picture of a patient's time-line shows, and note in the audit trail that it was taken.

    Args:
        desk: whose picture it is; named in the foot of one with identity.
        patient_id: the patient.
        form: noted in the trail.
        identity: whether name, MRN and birth date stand on it; without, sex and age alone.

    Raises:
        RefusedError: there is no such patient.
    """
    with desk.registry.read() as session:
        record = desk.store.load(session, patient_id)
    if record is None:
        raise RefusedError("This patient is no longer in the registry.")
    made = build_picture(record, desk, identity=identity)
    desk.registry.record_event(
        "export",
        user=desk.login,
        subject_id=patient_id,
        detail={"what": "time-line", "form": form.value, "identity": "yes" if identity else "no"},
    )
    return made


def build_picture(record: PatientRecord, desk: Desk, *, identity: bool) -> PictureData:
    """What a picture of a record shows today; notes nothing."""
    today = desk.today()
    shown = record
    if not identity:
        bare = redacted(record, "")
        # Age and % predicted need the exact birth date; no text of the picture holds it.
        shown = replace(bare, patient=replace(bare.patient, birth_date=record.patient.birth_date))
    view = patient_view(shown, today)
    head = view.header
    by = say(" by {display_name}", display_name=desk.display_name) if identity else ""
    foot = [
        say("CTD-ILD Desktop {version}", version=__version__),
        view.references,
        f"{wording.day(today)}{by}",
        say(LIMITS),
    ]
    foot += invented(desk)
    return PictureData(
        view=view,
        title=head.name if identity else f"{head.sex} · {head.age}",
        subtitle=head.identity if identity else "",
        foot=" · ".join(foot),
    )


@requires(*RECORDING, doing="taking a picture of a record")
def write_picture(desk: Desk, path: Path, content: bytes) -> Path:
    """Write a picture so that the file holds all of it or is as it was before.

    Raises:
        RegistryError: the folder or the disk does not take it.
    """
    from ctdild_desktop.registry.files import write_whole

    del desk
    write_whole(path, content)
    return path
