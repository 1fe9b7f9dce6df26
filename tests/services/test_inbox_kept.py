"""What is kept of a message: found when it was changed behind the program's back, gone with the person."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from sqlalchemy import text

from ctdild_desktop.registry.models import Base
from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.services import erasure, inbox, inbox_messages, upkeep
from ctdild_desktop.services.desk import Desk, RefusedError
from ctdild_desktop.services.inbox_messages import Said
from ctdild_desktop.services.inbox_waiting import State
from tests.support.behind import unwatched
from tests.support.desks import in_a_file
from tests.support.inbox import FVC, KNOWN, NOBODY, add, listed, put, said_of, state
from tests.support.messages import DAY, WHO, gdt


def test_u4_an_erased_person_leaves_no_message(desk: Desk) -> None:
    patient = add(desk, mrn="MRN-4711")
    add(desk, mrn="P9", family_name="Berg", given_name="Eva")
    named = tuple(("3000", "MRN-4711") if part[0] == "3000" else part for part in WHO)
    chosen, names, unreadable, other = put(
        desk, NOBODY, gdt(*named, *DAY, *FVC), b"Report of Ada Holm", gdt(("3000", "P9"), *DAY, *FVC)
    )
    look = inbox_messages.look(desk, chosen)
    inbox.take(desk, inbox_messages.look(desk, chosen, {(look.message.sha256, 1): "MRN-4711"}))
    plan = erasure.preview(desk, patient.id)
    assert "3 × message of a device or a laboratory" in [each.text for each in plan.rows]
    erasure.erase(desk, patient.id, basis="court order", reason="asked for", typed_mrn="MRN-4711")
    assert [message.id for message in inbox_messages.listing(desk)] == [other]
    with desk.registry.read() as session:
        kept = session.execute(text("SELECT id FROM inbox_content")).scalars().all()
        trail = (
            session.execute(text("SELECT coalesce(old, '') || coalesce(new, '') FROM audit")).scalars().all()
        )
    assert kept == [other]
    assert not [entry for entry in trail if "Holm" in entry or "MRN-4711" in entry]
    assert upkeep.verify(desk).ok
    assert {chosen, names, unreadable}.isdisjoint(kept)


def test_u4_of_what_the_message_of_an_erased_person_says_a_salted_hash_is_left(desk: Desk) -> None:
    patient = add(desk)
    (message_id,) = put(desk, KNOWN)
    said, sha256 = said_of(desk, message_id)
    assert Said.read(said).as_columns()["said_sha256"] != sha256, "each has a salt of its own"
    erasure.erase(desk, patient.id, basis="court order", reason="asked for", typed_mrn="P1")
    with desk.registry.read() as session:
        left = [
            repr(tuple(row))
            for table in Base.metadata.sorted_tables
            for row in session.execute(table.select())
        ]
    assert [row for row in left if sha256 in row]
    salt = json.loads(said)["salt"]
    assert len(bytes.fromhex(salt)) == 16
    assert not [row for row in left if salt in row or "Holm" in row or "0.gdt" in row]
    assert upkeep.verify(desk).ok


@in_a_file
@pytest.mark.parametrize("names", [("Müller", "Jörg"), ("MUELLER", "Joerg")])
def test_u4_a_name_in_an_old_code_page_or_another_spelling_goes_too(
    desk: Desk, names: tuple[str, str]
) -> None:
    patient = add(desk, mrn="MRN-4711", family_name="Müller", given_name="Jörg")
    said = (("9206", "2"), ("3101", names[0]), ("3102", names[1]))
    message, text_of_old = put(
        desk, gdt(*said, *DAY, *FVC, codec="cp437"), " Befund: Müller, Jörg".encode("cp437")
    )
    assert {state(desk, message), state(desk, text_of_old)} == {State.WAITING, State.UNREADABLE}
    erasure.erase(desk, patient.id, basis="court order", reason="asked for", typed_mrn="MRN-4711")
    assert inbox_messages.listing(desk) == ()


@in_a_file
def test_u4_a_message_that_comes_while_its_person_is_erased_goes_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = add(desk)
    write = Registry.write

    def late(registry: Registry, *said: Any, **how: Any) -> Any:
        monkeypatch.setattr(Registry, "write", write)
        put(desk, KNOWN)
        return write(registry, *said, **how)

    monkeypatch.setattr(Registry, "write", late)
    erasure.erase(desk, patient.id, basis="court order", reason="asked for", typed_mrn="P1")
    assert inbox_messages.listing(desk) == ()


def test_bytes_that_were_changed_are_found_and_not_shown(desk: Desk, request: pytest.FixtureRequest) -> None:
    (message_id,) = put(desk, KNOWN)
    owner: Desk = request.getfixturevalue("owner_desk") if desk.registry.place.is_server else desk
    with owner.registry.write(owner.login) as session:
        session.execute(text("UPDATE inbox_content SET content = :other"), {"other": b"x"})
    with pytest.raises(RefusedError, match="is not what was received"):
        inbox_messages.look(desk, message_id)
    checked = upkeep.verify(desk)
    assert not checked.ok
    assert f"1 message not what was kept (first: {message_id})" in str(checked.checks["content"])


def test_u3_what_a_message_says_is_found_when_it_was_changed(
    desk: Desk, request: pytest.FixtureRequest
) -> None:
    _fine, message_id = put(desk, NOBODY, KNOWN)
    said, sha256 = said_of(desk, message_id)
    assert sha256 == hashlib.sha256(said).hexdigest()
    owner: Desk = request.getfixturevalue("owner_desk") if desk.registry.place.is_server else desk
    with owner.registry.write(owner.login) as session:
        session.execute(
            text("UPDATE inbox_content SET said = :other WHERE id = :id"),
            {"other": said.replace(b"Holm", b"Berg"), "id": message_id},
        )
    checked = upkeep.verify(desk)
    assert not checked.ok
    assert checked.checks["content"] == f"1 message not what was kept (first: {message_id})"


@in_a_file
@pytest.mark.parametrize("covered", [False, True])
def test_u3_what_a_message_says_is_found_when_its_hash_was_changed_with_it(desk: Desk, covered: bool) -> None:
    (message_id,) = put(desk, KNOWN)
    said = said_of(desk, message_id)[0].replace(b"Holm", b"Berg")
    fits = hashlib.sha256(said).hexdigest() if covered else ""
    with unwatched(desk.registry) as connection:
        connection.exec_driver_sql("UPDATE inbox_content SET said = ?, said_sha256 = ?", (said, fits))
    content = str(upkeep.verify(desk).checks["content"])
    assert content == f"inbox_content: 1 not as the trail says (first: {message_id})"


@in_a_file
def test_what_an_earlier_program_wrote_of_a_message_is_covered_once_it_is_read_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without:
        without.setattr(inbox, "read_message", lambda _source: (None, "no"))
        (message_id,) = put(desk, KNOWN)
    earlier = b'{"name":"old.gdt","people":[],"dates":[],"tests":0}'
    with desk.registry.write(desk.login) as session:
        session.execute(text("UPDATE inbox_content SET said = :said, said_sha256 = ''"), {"said": earlier})
    assert listed(desk, message_id).said.name == "old.gdt"
    assert upkeep.verify(desk).ok
    inbox.try_again(desk, message_id)
    said, sha256 = said_of(desk, message_id)
    assert (listed(desk, message_id).said.name, sha256) == ("old.gdt", hashlib.sha256(said).hexdigest())
    assert upkeep.verify(desk).ok
