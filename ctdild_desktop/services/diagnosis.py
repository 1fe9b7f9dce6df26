"""The diagnostic bundle: what support needs to know of a program and its registry, and of nobody in it.

Every line is made from a list of what may be told: versions, settings with allowed values, orders of
magnitude, names of the program's own tables and modules. What a person typed (a path, a login, a name, a
text in the log) is never copied, it is left out or told as its kind. The parts are shown before they are
written; the file is written whole or not at all.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ctdild_desktop import config
from ctdild_desktop.config import Settings, SettingsError
from ctdild_desktop.place import Place
from ctdild_desktop.services.desk import utc_now

if TYPE_CHECKING:
    from ctdild_desktop.services.desk import Desk

NOTE = "note.txt"
LONGEST_NOTE = 4000
FULL_CHECK_UP_TO = 64_000_000
"""Bytes of a registry that is checked from end to end for the bundle; a larger one tells its last check."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the bundle, with the very text that is written."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Around:
    """What the window or the command knows beside the registry.

    ``facts`` are of the screen and the toolkit, ``trouble`` is the kind of the error for which the registry
    does not open, ``place`` the registry that is meant, where it is not the one of the settings.
    """

    facts: tuple[tuple[str, str], ...] = ()
    trouble: str = ""
    place: Place | None = None


def suggested_name(clock: Callable[[], dt.datetime] = utc_now) -> str:
    """The name under which a bundle is offered; it names nobody."""
    return f"ctdild-diagnosis-{clock().astimezone():%Y-%m-%d}.zip"


def collect(
    around: Around,
    desk: Desk | None = None,
    *,
    clock: Callable[[], dt.datetime] = utc_now,
    full_check: bool | None = None,
) -> tuple[Part, ...]:
    """Everything that a bundle could hold, in the order in which it is read. Nothing is written.

    Works without a registry, and with one that is locked, damaged, on a server or not to be reached: what
    cannot be found out is told as such.

    Args:
        desk: the open registry, if one is open.
        full_check: check it from end to end; None does that where it is small.
    """
    from ctdild_desktop.services import diagnosis_facts as facts
    from ctdild_desktop.services.diagnosis_log import log_lines
    from ctdild_desktop.services.diagnosis_registry import of_desk, of_place

    settings, problem = _settings()
    place = around.place or (settings.place if settings is not None else None)
    if desk is not None:
        place = desk.registry.place
    made = clock().astimezone(dt.UTC)
    registry = of_place(place, opened=desk is not None, trouble=around.trouble)
    if desk is not None:
        registry += ["", *of_desk(desk, full_check=full_check)]
    return (
        Part("read-me.txt", _text(_read_me(made))),
        Part("program.txt", _text(facts.program())),
        Part("computer.txt", _text([*facts.computer(), *_told(around.facts)])),
        Part("settings.txt", _text(facts.settings(settings, problem))),
        Part("registry.txt", _text(registry)),
        Part("log.txt", _text(log_lines(config.log_files()))),
    )


def with_note(parts: Sequence[Part], note: str) -> tuple[Part, ...]:
    """The parts with what the person wrote to support; an empty note adds nothing."""
    words = note.strip()[:LONGEST_NOTE]
    return (*parts, Part(NOTE, words + "\n")) if words else tuple(parts)


def write(parts: Sequence[Part], target: Path) -> Path:
    """Write the chosen parts into one zip file, whole or not at all, and return its path.

    Raises:
        RegistryError: the place takes no file; what was there before is as it was.
    """
    from ctdild_desktop.registry.files import disk_error, put_in_place, temporary_beside

    place = target if target.suffix == ".zip" else target.with_name(target.name + ".zip")
    temporary = temporary_beside(place)
    try:
        with zipfile.ZipFile(temporary, "x", zipfile.ZIP_DEFLATED) as archive:
            for part in parts:
                # A fixed moment: the read-me says when it was made, and no clock of this computer goes along.
                archive.writestr(zipfile.ZipInfo(part.name), part.text, zipfile.ZIP_DEFLATED)
        put_in_place(temporary, place)
    except OSError as error:
        raise disk_error(error, place) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return place


def _settings() -> tuple[Settings | None, str]:
    try:
        return config.load(), ""
    except SettingsError:
        # its text names the file and what stands in it
        return None, "The settings file cannot be used."


def _read_me(made: dt.datetime) -> list[str]:
    return [
        "Diagnostic bundle of CTD-ILD Desktop",
        f"made {made:%Y-%m-%d %H:%M} UTC",
        "",
        "For whoever helps with this installation. It holds versions, the kind of computer, settings, the",
        "state of the registry in orders of magnitude, and the program's own log.",
        "It holds no patient: no name, no record number, no date or value of a record, no name of a person",
        "or of a file, no address of a server, no passphrase and no key. Folders are told by their kind; a",
        "text of the log that is not in the program's list of words is left out and shown as [...].",
        "Each file is plain text and was shown before it was written.",
    ]


def _told(facts: Sequence[tuple[str, str]]) -> list[str]:
    return [f"{name}: {value}" for name, value in facts]


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"
