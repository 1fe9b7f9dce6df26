"""The watched folder: real files, read when they are finished, kept once, moved away, nothing lost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ctdild_desktop.services import inbox, inbox_messages, watched_folder
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.watched_folder import FAILED, PROCESSED, Mark, WatchedFolder
from tests.support.desks import as_user, close_others, in_a_file
from tests.support.messages import DAY, WHO, gdt, value

MESSAGE = gdt(*WHO, *DAY, *value("FVC", "2310", "mL"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "devices"
    made.mkdir()
    return made


def sweep(desk: Desk, watched: WatchedFolder) -> list[str]:
    """One look with everything that follows it; what is to be said."""
    found = watched.look()
    received = inbox.receive(desk, found.sources, "folder").value if found.sources else None
    return [*found.said, *watched.put_away(watched_folder.destinations(found, received))]


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def count(desk: Desk) -> int:
    return len(inbox_messages.listing(desk))


A, B = Mark(10, 1), Mark(11, 2)


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        ({}, {"a": A}, ()),
        ({"a": A}, {"a": A}, ("a",)),
        ({"a": A}, {"a": B}, ()),
        ({"a": A}, {"a": Mark(10, 3)}, ()),
        ({"a": Mark(0, 1)}, {"a": Mark(0, 1)}, ()),
        ({"b": A, "a": B}, {"a": B, "b": A}, ("b", "a")),
        ({"a": A}, {}, ()),
    ],
)
def test_a_file_is_finished_when_two_looks_found_it_alike(
    before: dict[str, Mark], now: dict[str, Mark], found: tuple[str, ...]
) -> None:
    assert watched_folder.settled(before, now) == found


def test_a_file_is_read_when_it_is_finished_and_moved_when_it_is_kept(desk: Desk, folder: Path) -> None:
    watched = WatchedFolder(folder)
    path = folder / "a.gdt"
    path.write_bytes(MESSAGE[:40])
    assert (sweep(desk, watched), count(desk)) == ([], 0)
    path.write_bytes(MESSAGE)
    assert (sweep(desk, watched), count(desk)) == ([], 0)
    assert sweep(desk, watched) == []
    (message,) = inbox_messages.listing(desk)
    assert (message.said.name, message.received_from, message.size_bytes) == ("a.gdt", "folder", len(MESSAGE))
    assert names(folder) == [f"{PROCESSED}/a.gdt"]
    assert (folder / PROCESSED / "a.gdt").read_bytes() == MESSAGE


@in_a_file
@pytest.mark.skipif(os.name == "nt", reason="a name of raw bytes exists on POSIX systems alone")
def test_a_name_that_is_no_text_is_shown_as_text(desk: Desk, folder: Path) -> None:
    (folder / os.fsdecode(b"a\xff\xe2\x80\xaeb.gdt")).write_bytes(MESSAGE)
    (folder / os.fsdecode(b"c\xff.gdt")).symlink_to(folder)
    watched = WatchedFolder(folder)
    told = [sweep(desk, watched) for _look in range(2)]
    assert told == [["c.gdt is a link or no plain file; it is left where it is."], []]
    assert [message.said.name for message in inbox_messages.listing(desk)] == ["ab.gdt"]
    assert len(list((folder / PROCESSED).iterdir())) == 1


@in_a_file
def test_nothing_is_overwritten_and_what_cannot_be_read_goes_to_failed(desk: Desk, folder: Path) -> None:
    watched = WatchedFolder(folder)
    for content in (MESSAGE, gdt(*DAY, *value("FVC", "2000", "mL")), MESSAGE):
        (folder / "a.gdt").write_bytes(content)
        sweep(desk, watched)
        sweep(desk, watched)
    (folder / "b.txt").write_bytes(b"hello")
    sweep(desk, watched)
    sweep(desk, watched)
    assert names(folder) == [
        f"{FAILED}/b.txt",
        *(f"{PROCESSED}/a{number}.gdt" for number in (" (2)", " (3)", "")),
    ]
    assert count(desk) == 3
    assert (folder / PROCESSED / "a.gdt").read_bytes() == MESSAGE


@in_a_file
def test_a_crash_between_keeping_and_moving_is_harmless(desk: Desk, folder: Path) -> None:
    (folder / "a.gdt").write_bytes(MESSAGE)
    first = WatchedFolder(folder)
    first.look()
    inbox.receive(desk, first.look().sources, "folder")
    again = WatchedFolder(folder)
    sweep(desk, again)
    sweep(desk, again)
    assert (count(desk), names(folder)) == (1, [f"{PROCESSED}/a.gdt"])


def test_two_workstations_at_one_share_keep_a_message_once(server_desk: Desk, folder: Path) -> None:
    other = as_user(server_desk, "meise", "B. Meise", "recorder")
    (folder / "a.gdt").write_bytes(MESSAGE)
    one, two = WatchedFolder(folder), WatchedFolder(folder)
    found = []
    for watched in (one, two):
        watched.look()
        found.append(watched.look())
    received = [
        inbox.receive(desk, each.sources, "folder").value
        for desk, each in zip((server_desk, other), found, strict=True)
    ]
    said = [
        watched.put_away(watched_folder.destinations(each, answer))
        for watched, each, answer in zip((one, two), found, received, strict=True)
    ]
    assert [answer.new for answer in received] == [1, 0]
    assert said == [(), ()]
    assert (count(server_desk), names(folder)) == (1, [f"{PROCESSED}/a.gdt"])
    close_others()


@in_a_file
def test_a_file_that_changes_or_goes_after_it_was_read_is_not_moved(desk: Desk, folder: Path) -> None:
    watched = WatchedFolder(folder)
    for name in ("a.gdt", "b.gdt"):
        (folder / name).write_bytes(MESSAGE)
    watched.look()
    found = watched.look()
    received = inbox.receive(desk, found.sources, "folder").value
    (folder / "a.gdt").write_bytes(MESSAGE + b"more")
    (folder / "b.gdt").unlink()
    assert watched.put_away(watched_folder.destinations(found, received)) == ()
    assert names(folder) == ["a.gdt"]
    sweep(desk, watched)
    sweep(desk, watched)
    assert (count(desk), len(names(folder))) == (2, 1)


@in_a_file
def test_links_folders_and_files_that_are_none_of_a_device_are_left(
    desk: Desk, folder: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere.gdt"
    elsewhere.write_bytes(MESSAGE)
    (folder / "link.gdt").symlink_to(elsewhere)
    (folder / "more").mkdir()
    (folder / "more" / "c.gdt").write_bytes(MESSAGE)
    for name in ("a.tmp", ".hidden", "clinic.ctdild", "clinic.ctdild-wal", "empty.gdt"):
        (folder / name).write_bytes(b"" if name == "empty.gdt" else MESSAGE)
    watched = WatchedFolder(folder)
    before = names(folder)
    told = [sweep(desk, watched) for _look in range(3)]
    assert told == [["link.gdt is a link or no plain file; it is left where it is."], [], []]
    assert (count(desk), names(folder), elsewhere.read_bytes()) == (0, before, MESSAGE)


@in_a_file
def test_a_file_that_is_far_too_large_is_not_read(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched_folder, "MOST_BYTES", 1 << 20)
    (folder / "a.gdt").write_bytes(b"0" * ((1 << 20) + 1))
    watched = WatchedFolder(folder)
    assert sweep(desk, watched) == []
    assert sweep(desk, watched) == ["a.gdt is too large for a message (1 MB at most); it is moved to failed."]
    assert (count(desk), names(folder)) == (0, [f"{FAILED}/a.gdt"])


@in_a_file
def test_a_share_that_is_lost_is_told_once_and_tried_again(desk: Desk, folder: Path) -> None:
    watched = WatchedFolder(folder)
    (folder / "a.gdt").write_bytes(MESSAGE)
    sweep(desk, watched)
    away = folder.rename(folder.with_name("away"))
    told = [sweep(desk, watched) for _look in range(3)]
    assert told == [
        ["The watched folder cannot be reached (No such file or directory); it is tried again."],
        [],
        [],
    ]
    away.rename(folder)
    assert sweep(desk, watched) == ["The watched folder can be reached again."]
    assert sweep(desk, watched) == []
    assert count(desk) == 1


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Names of calls that the system refuses: whoever runs the tests may be allowed everything."""
    names_of: set[str] = set()
    real_open, real_replace = os.open, os.replace

    def opened(path: object, *args: object) -> int:
        if "open" in names_of and str(path).endswith(".gdt"):
            raise PermissionError(13, "Permission denied")
        return real_open(path, *args)  # type: ignore[arg-type]

    def replaced(source: object, target: object) -> None:
        if "replace" in names_of:
            raise PermissionError(13, "Permission denied")
        real_replace(source, target)  # type: ignore[arg-type]

    monkeypatch.setattr(watched_folder.os, "open", opened)
    monkeypatch.setattr(watched_folder.os, "replace", replaced)
    yield names_of
    names_of.clear()


@in_a_file
def test_a_folder_that_takes_nothing_keeps_its_files_and_none_is_received_twice(
    desk: Desk, folder: Path, refused: set[str]
) -> None:
    watched = WatchedFolder(folder)
    (folder / "a.gdt").write_bytes(MESSAGE)
    refused.add("replace")
    told = [sweep(desk, watched) for _look in range(4)]
    assert told == [
        [],
        ["The watched folder cannot be written: what was received stays there and is not received twice."],
        [],
        [],
    ]
    head = desk.registry.head()
    assert (count(desk), names(folder)) == (1, ["a.gdt"])
    refused.clear()
    sweep(desk, watched)
    assert (names(folder), desk.registry.head()) == ([f"{PROCESSED}/a.gdt"], head)


@in_a_file
def test_a_file_that_is_locked_is_tried_again(desk: Desk, folder: Path, refused: set[str]) -> None:
    watched = WatchedFolder(folder)
    (folder / "a.gdt").write_bytes(MESSAGE)
    refused.add("open")
    told = [sweep(desk, watched) for _look in range(3)]
    assert told == [[], ["a.gdt cannot be read (Permission denied); it is tried again."], []]
    refused.clear()
    sweep(desk, watched)
    assert (count(desk), names(folder)) == (1, [f"{PROCESSED}/a.gdt"])


@in_a_file
def test_the_folder_of_the_registry_is_not_watched(desk: Desk, folder: Path) -> None:
    path = desk.registry.place.path
    assert path is not None
    assert watched_folder.why_not(desk, folder) == ""
    assert watched_folder.why_not(desk, path.parent).startswith("This folder holds the registry")
    assert watched_folder.why_not(desk, path.parent / "backups").startswith("This folder holds the registry")
    assert watched_folder.why_not(desk, Path("devices")) == "Choose the folder by its whole path."
