"""The inbox: each message once, whose it is, decided by a person in one act, taken back by one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import text

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Patient, PatientRecord, Sex
from ctdild_desktop.interchange.fhir_out import bundle_line
from ctdild_desktop.interchange.source import Source, read_source, source_of
from ctdild_desktop.services import inbox, inbox_messages, upkeep, watch
from ctdild_desktop.services.desk import Change, Desk, RefusedError, new_id
from ctdild_desktop.services.inbox_waiting import State, waiting
from tests.support import holloway
from tests.support.desks import as_user, close_others, fill, in_a_file, reopen
from tests.support.fhir_bundles import WRITING
from tests.support.importing import mrns, record
from tests.support.inbox import FVC, KNOWN, NOBODY, add, listed, put, said_of, state
from tests.support.messages import DAY, WHO, gdt, real, value


def test_the_same_bytes_are_one_message_that_is_kept_between_sessions(desk: Desk) -> None:
    source = source_of("holm.gdt", KNOWN)
    done = inbox.receive(desk, [source, source], "folder")
    assert (done.value.new, len(set(done.value.ids))) == (1, 1)
    assert done.message == "1 message is in the inbox. 1 was there already."
    again = reopen(desk)
    assert inbox.receive(again, [source_of("other name.gdt", KNOWN)], "window").value.new == 0
    (message,) = inbox_messages.listing(again)
    assert (message.said.name, message.said.who) == ("holm.gdt", "Holm, Ada · F · 12.03.1958 · P1")
    assert (message.format, message.size_bytes, message.received_from) == ("gdt", len(KNOWN), "folder")
    assert (message.said.tests, message.said.dates[0].isoformat()) == (1, "2024-05-06")
    if again is not desk and not again.registry.place.is_server:
        again.close()


def test_taking_and_its_undo_are_one_act_each(desk: Desk) -> None:
    patient = add(desk)
    (message_id,) = put(desk, KNOWN)
    look = inbox_messages.look(desk, message_id)
    assert (look.message.ready, look.message.goes_to) == (True, "HOLM, Ada (P1)")
    done = inbox.take(desk, look)
    assert done.message == "Took 1 message of HOLM, Ada: 1 new test."
    (test,) = record(desk, "P1").tests
    assert (test.fvc_l, test.source_sha256) == (Decimal("2.31"), look.message.sha256)
    taken = listed(desk, message_id)
    assert (taken.state, taken.patients, taken.decided_by) == (State.TAKEN, (patient.id,), desk.login)
    assert batches_of_last_test(desk) == 1
    assert done.undo is not None
    undone = done.undo()
    assert Change.INBOX in undone.changes.kinds
    assert (record(desk, "P1").tests, state(desk, message_id)) == ((), State.WAITING)
    assert undone.undo is not None
    undone.undo()
    assert (len(record(desk, "P1").tests), state(desk, message_id)) == (1, State.TAKEN)
    assert upkeep.verify(desk).ok


def batches_of_last_test(desk: Desk) -> int:
    """In how many transactions the last test was written and its message marked."""
    query = (
        "SELECT count(DISTINCT batch) FROM audit WHERE seq > (SELECT max(seq) FROM audit WHERE "
        "table_name = 'inbox_content') AND (table_name = 'pft' OR (table_name = 'inbox_message' "
        "AND op = 'update'))"
    )
    with desk.registry.read() as session:
        return int(session.execute(text(query)).scalar_one())


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (
            {"birth_date": PartialDate(1958, 3, 13)},
            "the patient with this MRN has another birth date in the registry (13.03.1958); "
            "choose the patient",
        ),
        (
            {"mrn": "OLD-1"},
            "this MRN is not recorded, but the same person is, with MRN OLD-1; choose the patient",
        ),
        ({"mrn": "X", "family_name": "Berg"}, "nobody recorded has this MRN; taking it adds a patient"),
    ],
)
@in_a_file
def test_what_is_not_beyond_doubt_waits_with_the_reason(
    desk: Desk, facts: dict[str, object], reason: str
) -> None:
    add(desk, **facts)  # type: ignore[arg-type]
    (message_id,) = put(desk, KNOWN)
    message = listed(desk, message_id)
    assert (message.ready, message.why) == (False, reason)
    with pytest.raises(RefusedError, match="No message is beyond doubt"):
        inbox.take_ready(desk, [message_id])


@in_a_file
def test_each_message_is_judged_as_if_there_were_no_other(desk: Desk) -> None:
    add(desk, birth_date=PartialDate(1958, 3, 13))
    doubtful = gdt(*WHO, *DAY, *value("FVC", "2310", "mL"), *value("FEV1", "2.9", "L"))
    fine = gdt(("3000", "P1"), *DAY, *value("FVC", "2310", "mL"))
    first, second = put(desk, doubtful, fine)
    assert (listed(desk, first).ready, listed(desk, second).ready) == (False, True)


@in_a_file
def test_a_message_without_identity_goes_to_whom_a_person_chooses(desk: Desk) -> None:
    add(desk)
    (message_id,) = put(desk, NOBODY)
    look = inbox_messages.look(desk, message_id)
    assert look.message.why == "the file does not say whose test it is; choose the patient"
    with pytest.raises(RefusedError, match="does not say whose test"):
        inbox.take(desk, look)
    chosen = inbox_messages.look(desk, message_id, {(look.message.sha256, 1): "P1"})
    inbox.take(desk, chosen)
    assert len(record(desk, "P1").tests) == 1
    with pytest.raises(RefusedError, match="decided this message meanwhile"):
        inbox.take(desk, chosen)


@in_a_file
def test_of_many_people_in_one_message_the_recorded_ones_can_be_taken_alone(desk: Desk) -> None:
    add(desk)
    other = gdt(("3000", "X9"), *DAY, *value("FVC", "2000", "mL"))
    impossible = gdt(("3000", "P1"), ("8402", "LUFU01"), ("8432", "07062024"), *value("FVC", "99", "L"))
    (message_id,) = put(desk, KNOWN + other + impossible)
    look = inbox_messages.look(desk, message_id)
    assert (look.takeable, look.partly, len(look.message.said.people)) == (False, True, 3)
    done = inbox.take(desk, look, recorded_only=True)
    assert done.message == "Took 1 message of HOLM, Ada: 1 new test."
    assert (mrns(desk), [test.fvc_l for test in record(desk, "P1").tests]) == (["P1"], [Decimal("2.31")])
    assert done.undo is not None
    done.undo()
    assert (record(desk, "P1").tests, state(desk, message_id)) == ((), State.WAITING)


@in_a_file
def test_what_changed_since_it_was_shown_is_looked_at_again(desk: Desk) -> None:
    (message_id,) = put(desk, KNOWN)
    look = inbox_messages.look(desk, message_id)
    add(desk)
    with pytest.raises(RefusedError, match="look at the message again"):
        inbox.take(desk, look)
    assert (record(desk, "P1").tests, state(desk, message_id)) == ((), State.WAITING)


def test_all_that_is_beyond_doubt_is_taken_by_one_act(desk: Desk) -> None:
    add(desk)
    other = gdt(*WHO, ("8402", "LUFU01"), ("8432", "07062024"), *FVC)
    ids = put(desk, KNOWN, NOBODY, other)
    done = inbox.take_ready(desk, ids)
    assert done.message == "Took 2 messages of HOLM, Ada: 2 new tests."
    assert [state(desk, each) for each in ids] == [State.TAKEN, State.WAITING, State.TAKEN]
    assert done.undo is not None
    done.undo()
    assert [state(desk, each) for each in ids] == [State.WAITING] * 3
    assert record(desk, "P1").tests == ()


@in_a_file
def test_a_second_message_of_somebody_new_waits_as_the_first_does(desk: Desk) -> None:
    other = gdt(*WHO, ("8402", "LUFU01"), ("8432", "07062024"), *FVC)
    ids = put(desk, KNOWN, other)
    assert [listed(desk, each).ready for each in ids] == [False, False]
    inbox.take(desk, inbox_messages.look(desk, ids[0]))
    assert mrns(desk) == ["P1"]
    assert listed(desk, ids[1]).ready


def test_a_message_is_set_aside_with_a_reason_and_comes_back(desk: Desk) -> None:
    (message_id,) = put(desk, KNOWN)
    with pytest.raises(RefusedError, match="Say why"):
        inbox.set_aside(desk, [message_id], "because")
    done = inbox.set_aside(desk, [message_id], "other_patient")
    assert done.message == "Set aside 1 message: not a patient of this registry."
    message = listed(desk, message_id)
    assert (message.state, message.reason, message.why) == (State.SET_ASIDE, "other_patient", "")
    assert inbox.receive(desk, [source_of("a.gdt", KNOWN)], "folder").value.new == 0
    assert done.undo is not None
    back = done.undo()
    assert state(desk, message_id) is State.WAITING
    assert back.undo is not None
    back.undo()
    assert listed(desk, message_id).reason == "other_patient"


@in_a_file
def test_what_was_received_by_mistake_waits_again_when_it_comes_again(desk: Desk) -> None:
    source = source_of("a.gdt", KNOWN)
    done = inbox.receive(desk, [source], "window")
    assert done.undo is not None
    done.undo()
    (message_id,) = done.value.ids
    assert listed(desk, message_id).reason == inbox.WITHDRAWN
    assert inbox.receive(desk, [source], "window").value.new == 1
    assert state(desk, message_id) is State.WAITING


def test_what_cannot_be_read_is_kept_and_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as without:
        without.setattr(inbox, "read_message", lambda _source: (None, "no"))
        done = inbox.receive(desk, [source_of("a.gdt", KNOWN), source_of("b.txt", b"hello")], "folder")
    assert done.message == "2 messages are in the inbox. 2 of them cannot be read."
    first, second = done.value.ids
    assert waiting(desk) == 2
    assert listed(desk, second).why == (
        "This is no message of a device or a laboratory. A table is imported on the import page."
    )
    unread = said_of(desk, first)
    inbox.try_again(desk, first)
    assert (state(desk, first), listed(desk, first).said.tests) == (State.WAITING, 1)
    assert said_of(desk, first)[1] != unread[1]
    assert upkeep.verify(desk).ok
    with pytest.raises(RefusedError, match="no message of a device"):
        inbox.try_again(desk, second)


@in_a_file
def test_a_whole_record_is_left_to_the_import_page(desk: Desk) -> None:
    (message_id,) = put(desk, bundle_line(holloway.record(), WRITING))
    assert listed(desk, message_id).why == (
        "This holds more of a patient than tests; it is imported on the import page."
    )


@in_a_file
def test_limits_of_size_and_of_number(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MOST_BYTES", 1 << 20)
    with pytest.raises(RefusedError, match="is too large: a message has at most 1 MB"):
        put(desk, b"0" * ((1 << 20) + 1))
    with pytest.raises(RefusedError, match="is empty"):
        put(desk, b"")
    monkeypatch.setattr(inbox, "MOST_OPEN", 1)
    with pytest.raises(RefusedError, match="1 messages wait already"):
        put(desk, KNOWN, NOBODY)
    assert inbox_messages.listing(desk) == ()


def test_a_chosen_mrn_that_is_another_person_s_by_now_gets_nothing(desk: Desk) -> None:
    holm = add(desk)
    (message_id,) = put(desk, NOBODY)
    sha256 = listed(desk, message_id).sha256
    look = inbox_messages.look(desk, message_id, {(sha256, 1): "P1"})
    with desk.registry.write(desk.login) as session:
        desk.store.update(session, replace(holm, mrn="P2"), user=desk.login, at=desk.clock())
    add(desk, mrn="P1", family_name="Berg", given_name="Eva")
    with pytest.raises(RefusedError, match="changed meanwhile"):
        inbox.take(desk, look)
    assert record(desk, "P1").tests == ()
    assert state(desk, message_id) is State.WAITING


def test_who_records_decides_and_who_only_reads_sees_the_number(desk: Desk) -> None:
    add(desk)
    (message_id,) = put(desk, KNOWN)
    recorder = as_user(desk, "meise", "B. Meise", "recorder")
    inbox.take(recorder, inbox_messages.look(recorder, message_id))
    assert listed(desk, message_id).decided_by == "meise"
    viewer = as_user(desk, "star", "C. Star", "viewer")
    assert waiting(viewer) == 0
    with pytest.raises(RefusedError, match="the inbox needs recorder"):
        inbox_messages.listing(viewer)
    close_others()


@in_a_file
def test_a_change_of_the_inbox_at_another_desk_is_told(desk: Desk) -> None:
    put(desk, KNOWN)
    (change,) = watch.changes_of([("inbox_message", None), ("inbox_content", None)])
    assert change.kinds == {Change.INBOX}


WHERE: dict[str, tuple[str, str]] = {
    "vitalograph.gdt": ("waiting", "the line ends are not those of GDT"),
    "pftlab_oru_r01.hl7": ("waiting", "nobody recorded has this MRN; taking it adds a patient"),
    "ndd_easyonpc.xml": ("waiting", "nobody recorded has this MRN; taking it adds a patient"),
    "mir_winspiro.wsp": ("waiting", "the file does not say whose test it is; choose the patient"),
    "fhir_r4_pft_bundle.json": ("waiting", "the file does not say whose test it is; choose the patient"),
    "scleroderma_lung_study.csv": ("unreadable", "A table is imported on the import page."),
}


@pytest.mark.real_files
@in_a_file
@pytest.mark.parametrize("name", WHERE)
def test_real_files_end_where_they_should(desk: Desk, name: str) -> None:
    source: Source = read_source(real(name))
    (message_id,) = inbox.receive(desk, [source], "folder").value.ids
    message = listed(desk, message_id)
    expected, why = WHERE[name]
    assert message.state == expected
    assert why in message.why
    assert not message.ready


@pytest.mark.real_files
@in_a_file
def test_real_files_are_taken_by_whom_they_name_or_by_whom_a_person_chooses(desk: Desk) -> None:
    for mrn, facts in RECORDED.items():
        fill(desk, PatientRecord(patient=Patient(id=new_id(), mrn=mrn, **facts)))  # type: ignore[arg-type]
    done = {}
    for name in [name for name in WHERE if not name.endswith(".csv")]:
        (message_id,) = inbox.receive(desk, [read_source(real(name))], "folder").value.ids
        look = inbox_messages.look(desk, message_id)
        if look.file is not None and look.file.undecided:
            choices = {(look.message.sha256, each.row): "W1" for each in look.file.undecided}
            look = inbox_messages.look(desk, message_id, choices)
        if look.takeable or look.partly:
            inbox.take(desk, look, recorded_only=look.partly)
        else:
            done[name] = look.message.why
    measured = {mrn: [(test.date, test.fvc_l) for test in record(desk, mrn).tests] for mrn in RECORDED}
    assert measured == {
        "0999995": [(dt.date(2015, 2, 24), Decimal("2.2"))],
        "12345678": [(dt.date(2022, 3, 28), Decimal("4.9745"))],
        "CHARLY1": [(dt.date(2014, 11, 6), Decimal("3.61"))],
        "W1": [(dt.date(2015, 2, 7), Decimal("3.9"))],
    }
    assert done == {"mir_winspiro.wsp": "FVC must be between 0.30 and 9.00 L. (and 1 more)"}


RECORDED: dict[str, dict[str, object]] = {
    "0999995": {
        "family_name": "Brown",
        "given_name": "Terence",
        "sex": Sex.MALE,
        "birth_date": PartialDate(1933, 9, 26),
    },
    "12345678": {"sex": Sex.MALE, "birth_date": PartialDate(1994, 9, 25)},
    "CHARLY1": {"sex": Sex.MALE},
    "W1": {"sex": Sex.FEMALE, "birth_date": PartialDate(1960, 1, 1)},
}
