"""U6: what the command line shows or hands on is in the audit trail, by person, patient and kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctdild_desktop.services import access, history
from ctdild_desktop.services.history import LogFilter


def told(demo: tuple[str, ...]) -> list[tuple[str, str]]:
    """What the log of the registry says of events, newest first, with the patient."""
    passphrase = Path(demo[5]).read_text(encoding="utf-8").strip()
    desk = access.unlock(Path(demo[1]), login="demo", passphrase=passphrase)
    try:
        entries = history.log(desk, LogFilter()).entries
    finally:
        desk.close()
    return [(entry.text, entry.about) for entry in entries if not entry.items[0].table]


@pytest.mark.parametrize(
    ("command", "words", "about"),
    [
        (("show", "DEMO-0001"), "record viewed: from command line", "HOLLOWAY, Ingrid (DEMO-0001)"),
        (
            ("assess", "--patient", "DEMO-0001"),
            "record viewed: from command line",
            "HOLLOWAY, Ingrid (DEMO-0001)",
        ),
        (
            ("due", "--patient", "DEMO-0001"),
            "record viewed: from command line",
            "HOLLOWAY, Ingrid (DEMO-0001)",
        ),
        (("assess",), "patients listed: by ctdild assess; patients 14", ""),
        (("due",), "patients listed: by ctdild due; patients 14", ""),
        (("verify",), "registry verified: all in order yes", ""),
        (
            ("erase", "DEMO-0001", "--refused", "--reason", "a letter"),
            "erasure refused: ",
            "HOLLOWAY, Ingrid (DEMO-0001)",
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_u6_a_command_leaves_its_event(ctdild, demo, command, words: str, about: str) -> None:
    assert ctdild(*command, *demo).status == 0
    own, act, signed_in = told(demo)[:3]
    assert own[0].startswith("signed in")
    assert act[0].startswith(words)
    assert act[1] == about
    assert signed_in == ("signed in: as administrator", "")


def test_u6_a_printout_is_noted(ctdild, demo, tmp_path) -> None:
    assert ctdild("report", "patient", "DEMO-0001", "--out", tmp_path / "page.pdf", *demo).status == 0
    assert told(demo)[1][0].startswith("MDT page made: data up to ")


def test_u6_who_is_not_found_leaves_no_event(ctdild, demo) -> None:
    assert ctdild("show", "NOBODY", *demo).status == 1
    assert {words for words, _about in told(demo)[:2]} == {"signed in: as administrator"}
