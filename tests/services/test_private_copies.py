"""Copies that other programs show: only the person reads them, and none outlives the desk or its process."""

from __future__ import annotations

import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.services import attachments, private_copies
from ctdild_desktop.services.desk import Desk, RefusedError
from ctdild_desktop.services.private_copies import PrivateCopies, clear_left_overs, root
from tests.services.test_attachments import ID, PDF, attached, events, written
from tests.support import holloway
from tests.support.desks import fill, in_a_file

_KILLED = """
import os, signal, sys
from pathlib import Path
from ctdild_desktop.services.private_copies import PrivateCopies
PrivateCopies(Path(sys.argv[1])).keep("letter.pdf", b"a sentinel of a patient")
os.kill(os.getpid(), signal.SIGKILL)
"""


@in_a_file
def test_e2_an_opened_file_is_private_tells_no_name_and_goes_with_the_desk(
    desk: Desk, tmp_path: Path
) -> None:
    fill(desk, holloway.record())
    file = attached(desk, written(tmp_path))
    attachments.amend_file(desk, replace(file, kind="letter", date=PartialDate(2026, 1, 7)))
    copy = attachments.open_copy(desk, file.id)
    assert copy.read_bytes() == PDF
    assert copy.name == "letter 2026-01-07.pdf", "its own name may be a patient's"
    assert root() in copy.parents
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (copy.parent, root())] == [0o700, 0o700]
    assert events(desk)[-1] == "file_read"
    assert attachments.open_copy(desk, file.id).name == "letter 2026-01-07 (2).pdf"
    assert clear_left_overs() == 0, "another start leaves what is in use"
    assert copy.exists()
    desk.close()
    assert list(root().iterdir()) == []


def test_e2_what_a_killed_program_left_goes_at_the_next_start(tmp_path: Path) -> None:
    place = tmp_path / "opened"
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(place)], check=False)
    assert killed.returncode == -9
    assert [path.read_bytes() for path in place.rglob("letter.pdf")] == [b"a sentinel of a patient"]
    working = PrivateCopies(place)
    kept = working.keep("letter.pdf", b"of a desk that works")
    assert clear_left_overs(place) == 1
    assert [path.read_bytes() for path in place.rglob("*.pdf")] == [b"of a desk that works"]
    assert working.clear()
    assert not kept.exists()
    assert list(place.iterdir()) == []
    assert clear_left_overs(tmp_path / "never made") == 0


@in_a_file
def test_a_copy_that_cannot_be_written_is_refused_in_words(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(desk, holloway.record())
    file = attached(desk, written(tmp_path))
    (tmp_path / "full").touch()
    monkeypatch.setattr(private_copies, "root", lambda: tmp_path / "full" / "opened")
    with pytest.raises(RefusedError, match="The file was not opened: Not a directory"):
        attachments.open_copy(desk, file.id)


def test_the_shelf_says_who_attached_what_and_where_it_belongs(desk: Desk, tmp_path: Path) -> None:
    fill(desk, holloway.record())
    file = attached(desk, written(tmp_path))
    scan = holloway.record().hrct[-1]
    attachments.amend_file(desk, replace(file, record_kind="hrct", record_id=scan.id))
    (one,) = attachments.shelf(desk, ID)
    assert (one.file.name, one.place, one.added_by) == (
        "Holloway, lung function.pdf",
        "HRCT 18.11.2024",
        "R. Amsel",
    )
    assert one.added_at == desk.clock()


def test_a_file_that_another_program_holds_waits_for_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a system that keeps a file for as long as a program shows it."""
    copies = PrivateCopies(tmp_path)
    kept = copies.keep("letter.pdf", b"shown elsewhere")
    with monkeypatch.context() as held:
        held.setattr("shutil.rmtree", lambda *_args, **_named: None)
        assert not copies.clear()
    assert kept.exists()
    assert clear_left_overs(tmp_path) == 1
    assert list(tmp_path.iterdir()) == []
