"""Looking after people at the desk: messages, undo, roles, and the first unlocking."""

from __future__ import annotations

import pytest

from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.place import Place
from ctdild_desktop.registry.errors import RegistryError, TemporaryPassphraseError, WrongPassphraseError
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.services import access, backups, patients, people, upkeep
from ctdild_desktop.services.desk import Change, Desk, Done, RefusedError
from ctdild_desktop.services.people import Person
from tests.support.desks import LOGIN, PASSPHRASE, as_user, in_a_file

GIVEN = "words for the first day"
OWN = "a passphrase of my own"


def add(desk: Desk, role: str = "recorder", login: str = "specht") -> Done[Person]:
    return people.add_person(
        desk, login=login, name="  T.  Specht ", role=role, passphrase=GIVEN, cost=CHEAPEST
    )


def person(desk: Desk, login: str = "specht") -> Person:
    return next(one for one in people.list_people(desk) if one.login == login)


def test_a_person_is_added_and_must_change_the_passphrase_first(desk: Desk) -> None:
    done = add(desk)
    assert done.message == "T. Specht may open the registry as recorder, with the login specht."
    assert done.changes.kinds == {Change.PEOPLE}
    path = desk.registry.place
    with pytest.raises(TemporaryPassphraseError, match="temporary"):
        access.unlock(path, login="specht", passphrase=GIVEN)
    with pytest.raises(RegistryError, match="at least 8"):
        access.unlock(path, login="specht", passphrase=GIVEN, new_passphrase="short")
    with pytest.raises(RegistryError, match="must differ"):
        access.unlock(path, login="specht", passphrase=GIVEN, new_passphrase=GIVEN)
    mine = access.unlock(path, login="specht", passphrase=GIVEN, new_passphrase=OWN, cost=CHEAPEST)
    assert (mine.login, mine.role) == ("specht", "recorder")
    mine.close()
    with pytest.raises(WrongPassphraseError):
        access.unlock(path, login="specht", passphrase=GIVEN)
    access.unlock(path, login="specht", passphrase=OWN, new_passphrase="is not used").close()
    access.unlock(path, login="specht", passphrase=OWN).close()
    assert not person(desk).must_change


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "T.\x07Specht"])
def test_a_name_that_cannot_be_printed_is_refused(desk: Desk, name: str) -> None:
    add(desk)
    with pytest.raises(RefusedError, match="name"):
        people.rename(desk, "specht", name)
    assert person(desk).name == "T. Specht"


def test_a_role_and_a_name_can_be_taken_back_and_done_again(desk: Desk) -> None:
    add(desk)
    done = people.set_role(desk, "specht", "clinician")
    assert done.message == "T. Specht: recorder is now clinician."
    assert done.undo is not None
    undone = done.undo()
    assert (undone.message, person(desk).role) == ("Undone: role of T. Specht.", "recorder")
    assert undone.undo is not None
    undone.undo()
    assert person(desk).role == "clinician"
    named = people.rename(desk, "specht", "Theo  Specht")
    assert named.message == "T. Specht is now called Theo Specht."
    assert named.undo is not None
    named.undo()
    assert person(desk).name == "T. Specht"


def test_one_s_own_name_is_new_at_once(desk: Desk) -> None:
    done = people.rename(desk, LOGIN, "Rita Amsel")
    assert desk.display_name == "Rita Amsel"
    assert done.undo is not None
    done.undo()
    assert desk.display_name == "R. Amsel"


@in_a_file
def test_an_undo_that_would_leave_no_administrator_is_refused(desk: Desk) -> None:
    add(desk)
    done = people.set_role(desk, "specht", "administrator")
    other = as_user(desk, "falke", "A. Falke", "administrator")
    people.set_role(other, LOGIN, "viewer")
    people.remove_person(other, "falke", "by mistake")
    assert done.undo is not None
    with pytest.raises(RefusedError):
        done.undo()
    assert person(as_user(desk, "eule", "E. Eule", "administrator")).role == "administrator"


def test_removing_needs_a_reason_and_says_what_old_backups_do(desk: Desk) -> None:
    add(desk)
    with pytest.raises(RefusedError, match="Say why"):
        people.remove_person(desk, "specht", "  ")
    done = people.remove_person(desk, "specht", "left the clinic")
    assert "Backups of before still open with the old slots." in done.message
    assert done.undo is None
    back = people.reactivate(desk, "specht", GIVEN, cost=CHEAPEST)
    assert back.message == "T. Specht may open the registry again as recorder, with a temporary passphrase."


def test_everybody_changes_their_own_passphrase_and_nobody_else_s(desk: Desk) -> None:
    add(desk, "viewer")
    path = desk.registry.place
    mine = access.unlock(path, login="specht", passphrase=GIVEN, new_passphrase=OWN, cost=CHEAPEST)
    people.change_passphrase(mine, OWN, "a third passphrase", cost=CHEAPEST)
    with pytest.raises(RefusedError, match="resetting a passphrase needs administrator"):
        people.reset_passphrase(mine, LOGIN, GIVEN)
    with pytest.raises(RefusedError, match="looking after people needs administrator"):
        people.list_people(mine)
    mine.close()
    access.unlock(path, login="specht", passphrase="a third passphrase").close()
    access.unlock(path, login=LOGIN, passphrase=PASSPHRASE).close()


def test_a_lost_passphrase_is_reset(desk: Desk) -> None:
    add(desk)
    done = people.reset_passphrase(desk, "specht", "other words for today", cost=CHEAPEST)
    assert done.message == "T. Specht has a temporary passphrase, to be changed at the next unlocking."
    with pytest.raises(TemporaryPassphraseError):
        access.unlock(desk.registry.place, login="specht", passphrase="other words for today")


def test_a_new_recovery_code_is_handed_out_once(desk: Desk, as_owner: Place) -> None:
    done = people.new_recovery_code(desk, cost=CHEAPEST)
    desk.close()
    again, renewed = access.recover(
        as_owner, recovery_code=done.value, login=LOGIN, passphrase=OWN, cost=CHEAPEST
    )
    again.close()
    assert renewed != done.value


@pytest.mark.parametrize(
    ("passphrase", "words"),
    [
        ("", "Too short: 0 of at least 8 characters."),
        ("x" * 7, "Too short: 7 of at least 8 characters."),
        ("x" * 8, "Short: each further character makes it much harder to guess."),
        ("x" * 12, "Good."),
        ("x" * 16, "Strong."),
        ("e\u0301" * 7, "Too short: 7 of at least 8 characters."),
    ],
)
def test_the_strength_of_a_passphrase_is_told_by_its_length(passphrase: str, words: str) -> None:
    assert people.strength_of(passphrase) == words


@in_a_file
def test_the_keys_are_renewed_after_a_backup_and_the_desk_goes_on_working(desk: Desk) -> None:
    add(desk)
    patients.add_patient(desk, Patient(id="", mrn="N-1"))
    old = bytes(desk.registry.data_key)
    done = people.rotate_keys(desk, cost=CHEAPEST)
    assert "Backups of before still open with the slots of before" in done.message
    assert bytes(desk.registry.data_key) != old
    (backup,) = backups.generations(desk)
    assert (backup.why, backup.state) == ("before new keys", backups.State.OTHER_KEYS)
    patients.add_patient(desk, Patient(id="", mrn="N-2"))
    assert upkeep.verify(desk).ok
    assert patients.count(desk) == 2
    path = desk.registry.path
    mine = access.unlock(path, login="specht", passphrase=GIVEN, new_passphrase=OWN, cost=CHEAPEST)
    assert patients.count(mine) == 2
    mine.close()
    recovered, _ = access.recover(
        path, recovery_code=done.value, login="specht", passphrase="found again words", cost=CHEAPEST
    )
    recovered.close()


@in_a_file
def test_the_keys_stay_when_no_backup_can_be_made(desk: Desk) -> None:
    patients.add_patient(desk, Patient(id="", mrn="N-1"))
    old = bytes(desk.registry.data_key)
    (desk.registry.path.parent / "backups").write_text("in the way")
    with pytest.raises(RefusedError, match="Nothing was changed, because the backup before new keys"):
        people.rotate_keys(desk, cost=CHEAPEST)
    assert bytes(desk.registry.data_key) == old
