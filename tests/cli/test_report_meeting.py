"""``ctdild report meeting`` and ``letter``: the pack and the letters, as the windows make them."""

from __future__ import annotations

import pypdfium2
import pytest

from ctdild_desktop.services import decisions, meetings
from tests.support import mdt
from tests.support.desks import LOGIN, PASSPHRASE, make_desk


@pytest.fixture(scope="module")
def met(tmp_path_factory):
    """A registry with a meeting of two cases, the first of them signed; and how to open it."""
    folder = tmp_path_factory.mktemp("met")
    desk = make_desk(folder)
    _meeting, items = mdt.planned(desk, mdt.ID, mdt.SECOND)
    decisions.sign_decision(desk, mdt.written(desk, items[0]).id)
    meetings.plan_meeting(desk, mdt.meeting(4, 9, starts="09:00"))
    meetings.plan_meeting(desk, mdt.meeting(4, 9, starts="14:00"), confirmed=("date", "DATE"))
    desk.close()
    secret = folder / "passphrase.txt"
    secret.write_text(PASSPHRASE)
    return ("--registry", folder / "test.ctdild", "--user", LOGIN, "--passphrase-file", secret)


def words(path) -> list[str]:
    with pypdfium2.PdfDocument(path) as document:
        return [document[number].get_textpage().get_text_bounded() for number in range(len(document))]


def test_the_pack_and_the_letters_are_written(ctdild, met, tmp_path):
    out = tmp_path / "pack.pdf"
    done = ctdild("report", "meeting", "2026-03-12", "--out", out, *met)
    assert (done.status, done.err) == (0, "")
    told = words(out)
    assert len(told) == 3
    assert "HOLLOWAY, Ingrid" in told[1]
    assert ctdild("report", "meeting", "2026-03-12", "--pseudonymised", "--out", out, *met).status == 0
    assert "HOLLOWAY" not in "".join(words(out))
    for to, text in (("referrer", "Dear colleague"), ("patient", "Dear Ingrid")):
        command = ("report", "letter", "DEMO-0417", "--meeting", "2026-03-12", "--to", to)
        assert ctdild(*command, "--out", out, *met).status == 0
        assert text in words(out)[0]


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("meeting", "2026-03-13"), "There is no meeting on 2026-03-13."),
        (("meeting", "2026-04-09"), "name one with --starts"),
        (("letter", "N-2", "--meeting", "2026-03-12"), "Nothing was decided on N-2"),
    ],
)
def test_what_is_not_there_is_said_and_nothing_is_written(ctdild, met, tmp_path, command, sentence):
    out = tmp_path / "none.pdf"
    said = ctdild("report", *command, "--out", out, *met)
    assert said.status == 1
    assert sentence in said.sentence
    assert list(tmp_path.iterdir()) == []
