"""People and passphrases from the command line; no passphrase is ever an argument or printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

PASSPHRASE = "a quiet passphrase"
GIVEN, OWN = "words for the first day", "a passphrase of my own"


@pytest.fixture
def secret(tmp_path: Path) -> Callable[[str, str], Path]:
    """A file with a passphrase."""

    def write(name: str, passphrase: str) -> Path:
        path = tmp_path / f"{name}.txt"
        path.write_text(f"{passphrase}\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def specht(ctdild, clinic, secret) -> tuple[str, ...]:
    """The arguments that open the registry as a recorder with a temporary passphrase."""
    given = secret("given", GIVEN)
    done = ctdild(
        *("user", "add", "Specht", "--name", "T. Specht", "--role", "recorder"),
        *("--new-passphrase-file", given),
        *clinic,
    )
    assert done.out == "T. Specht may open the registry as recorder, with the login specht.\n"
    return ("--registry", clinic[1], "--user", "specht", "--passphrase-file", str(given))


def test_people_are_listed_in_words_and_as_json(ctdild, clinic, specht):
    (amsel, other) = ctdild("user", "list", *clinic, "--json").document
    assert amsel["last_unlocked"].endswith("+00:00")
    assert (amsel["login"], amsel["name"], amsel["role"]) == ("amsel", "R. Amsel", "administrator")
    assert other == {
        "login": "specht",
        "name": "T. Specht",
        "role": "recorder",
        "active": True,
        "temporary_passphrase": True,
        "last_unlocked": None,
    }
    lines = ctdild("user", "list", *clinic).out.splitlines()
    assert lines[0].startswith("amsel: R. Amsel, administrator, last unlocked 20")
    assert lines[1] == "specht: T. Specht, recorder, last unlocked never, temporary passphrase"


def test_a_temporary_passphrase_opens_nothing_until_it_is_replaced(ctdild, clinic, specht, secret):
    refused = ctdild("verify", *specht)
    assert refused.status == 1
    assert refused.sentence == (
        "This passphrase is a temporary one. Set a passphrase of your own to go on. Here: ctdild passphrase."
    )
    own = secret("own", OWN)
    done = ctdild("passphrase", *specht, "--new-passphrase-file", own)
    assert (done.status, done.out) == (
        0,
        "Your passphrase is set; the temporary one no longer opens the registry.\n",
    )
    assert ctdild("verify", *specht).status == 1
    mine = (*specht[:-1], str(own))
    assert ctdild("verify", *mine).status == 0
    third = secret("third", "a third passphrase")
    done = ctdild("passphrase", *mine, "--new-passphrase-file", third)
    assert done.out == "Your passphrase is changed; the old one opens old backups only.\n"
    assert ctdild("verify", *specht[:-1], str(third)).status == 0


def test_a_role_is_changed_and_a_person_removed(ctdild, clinic, specht, secret):
    own = secret("own", OWN)
    ctdild("passphrase", *specht, "--new-passphrase-file", own)
    mine = (*specht[:-1], str(own))
    refused = ctdild("user", "list", *mine)
    assert refused.sentence == (
        "Your role (recorder) does not allow this: looking after people needs administrator."
    )
    assert ctdild("user", "role", "specht", "administrator", *clinic).status == 0
    assert ctdild("user", "list", *mine).status == 0
    done = ctdild("user", "remove", "specht", "--reason", "left the clinic", *clinic)
    assert done.out.startswith("T. Specht can no longer open the registry.")
    assert ctdild("verify", *mine).sentence == "Nobody with the login “specht” may open this registry."
    assert ctdild("user", "list", *clinic).out.splitlines()[1].endswith("removed")


def test_a_lost_passphrase_is_reset(ctdild, clinic, specht, secret):
    again = secret("again", "other words for today")
    assert ctdild("user", "reset", "specht", *clinic, "--new-passphrase-file", again).status == 0
    assert "wrong" in ctdild("verify", *specht).sentence
    assert "temporary" in ctdild("verify", *specht[:-1], str(again)).sentence


def test_the_recovery_code_gives_a_login_a_new_passphrase_and_is_used_up(ctdild, tmp_path, secret):
    where = ("--registry", tmp_path / "other.ctdild", "--user", "amsel")
    made = ctdild("init", *where, "--passphrase-file", secret("first", "a first passphrase"), "--json")
    code, new = secret("code", made.document["recovery_code"]), secret("new", OWN)
    given = ("--recovery-code-file", code, "--new-passphrase-file", new)
    done = ctdild("passphrase", *where, *given)
    assert done.status == 0
    assert "Recovery code, shown only now: " in done.out
    assert made.document["recovery_code"] not in done.out
    assert ctdild("verify", *where, "--passphrase-file", new).status == 0
    assert ctdild("passphrase", *where, *given).sentence == (
        "This recovery code does not belong to this registry."
    )


def test_on_a_server_the_recovery_code_needs_the_owner(ctdild, secret):
    there = ("--registry", "postgresql+psycopg://localhost/clinic", "--user", "amsel")
    code, new = secret("code", "AAAA-BBBB"), secret("new", OWN)
    said = ctdild("passphrase", *there, "--recovery-code-file", code, "--new-passphrase-file", new)
    assert (said.status, said.out) == (1, "")
    assert "address of the owner" in said.sentence


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("user", "role", "nobody", "viewer"), "Nobody has the login “nobody”."),
        (("user", "role", "amsel", "viewer"), "The last administrator"),
        (("user", "remove", "amsel", "--reason", "left"), "The last administrator"),
        (("user", "remove", "amsel", "--reason", " "), "Say why this person is removed."),
    ],
)
def test_what_is_refused_is_one_sentence(ctdild, clinic, arguments, words):
    refused = ctdild(*arguments, *clinic)
    assert refused.status == 1
    assert refused.sentence.startswith(words)


@pytest.mark.parametrize(
    "arguments",
    [
        ("user",),
        ("user", "add", "specht"),
        ("user", "add", "specht", "--name", "T", "--role", "owner"),
        ("user", "remove", "specht"),
        ("user", "reset", "specht", "--passphrase", "secret"),
    ],
)
def test_wrong_usage_is_status_2(ctdild, clinic, arguments):
    assert ctdild(*arguments, *clinic).status == 2


def test_a_new_passphrase_is_given_by_file_or_environment_or_asked_for_twice(
    ctdild, clinic, monkeypatch, tmp_path
):
    adding = ("user", "add", "specht", "--name", "T. Specht", "--role", "viewer", *clinic)
    monkeypatch.setattr("sys.stdin", None)
    nobody = ctdild(*adding)
    assert (nobody.status, "--new-passphrase-file" in nobody.sentence) == (2, True)
    missing = ctdild(*adding, "--new-passphrase-file", tmp_path / "none.txt")
    assert missing.sentence.endswith("none.txt cannot be read.")

    class Terminal:
        def isatty(self) -> bool:
            return True

    answers = iter(["words for today", "other words", "words for today", "words for today"])
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda _question: next(answers))
    assert ctdild(*adding).sentence == "The two passphrases are not the same."
    assert ctdild(*adding).status == 0
    monkeypatch.setenv("CTDILD_NEW_PASSPHRASE", "from the environment")
    assert ctdild("user", "reset", "specht", *clinic).status == 0
