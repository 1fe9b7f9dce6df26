"""Messages in the inbox of a desk, and what is shown of them."""

from __future__ import annotations

from sqlalchemy import text

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Patient, PatientRecord, Sex
from ctdild_desktop.interchange.source import source_of
from ctdild_desktop.services import inbox, inbox_messages
from ctdild_desktop.services.desk import Desk, new_id
from ctdild_desktop.services.inbox_messages import Message
from ctdild_desktop.services.inbox_waiting import State
from tests.support.desks import fill
from tests.support.messages import DAY, WHO, gdt, value

FVC = value("FVC", "2310", "mL")
HOLM = {"family_name": "Holm", "given_name": "Ada", "birth_date": PartialDate(1958, 3, 12), "sex": Sex.FEMALE}
KNOWN = gdt(*WHO, *DAY, *FVC)
NOBODY = gdt(*DAY, *FVC)


def add(desk: Desk, mrn: str = "P1", **facts: object) -> Patient:
    """A patient, Ada Holm where nothing else is said."""
    patient = Patient(id=new_id(), mrn=mrn, **{**HOLM, **facts})  # type: ignore[arg-type]
    fill(desk, PatientRecord(patient=patient))
    return patient


def put(desk: Desk, *contents: bytes) -> list[str]:
    """Messages come; their ids."""
    sources = [source_of(f"{place}.gdt", content) for place, content in enumerate(contents)]
    return list(inbox.receive(desk, sources, "window").value.ids)


def listed(desk: Desk, message_id: str) -> Message:
    """A message as the inbox lists it."""
    return next(each for each in inbox_messages.listing(desk) if each.id == message_id)


def state(desk: Desk, message_id: str) -> State:
    """What became of a message."""
    return listed(desk, message_id).state


def said_of(desk: Desk, message_id: str) -> tuple[bytes, str]:
    """What is kept of what a message says, and its hash."""
    query = text("SELECT said, said_sha256 FROM inbox_content WHERE id = :id")
    with desk.registry.read() as session:
        said, sha256 = session.execute(query, {"id": message_id}).one()
    return bytes(said), str(sha256)
