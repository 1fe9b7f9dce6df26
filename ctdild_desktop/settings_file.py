"""The file of settings itself: a small TOML document, read whole, written in one step, never lost."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ctdild_desktop.language import marked

_LARGEST = 100_000
UNREADABLE = ".unreadable"


class SettingsError(Exception):
    """The settings file cannot be used; the text is one sentence for the user and names the setting.

    It is in the language in use where it is shown.
    """

    def __init__(self, text: str, /, **values: object) -> None:
        super().__init__(marked(text, **values))


class NoSettingsError(SettingsError):
    """The file is there, and it is no settings file."""


def read_table(source: Path) -> dict[str, Any]:
    """Everything that the file says; nothing when there is none.

    Raises:
        SettingsError: its content is not TOML or far too large, or the system does not let it be read.
    """
    try:
        if not source.is_file():
            return {}
        with source.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise NoSettingsError("The settings file {file} is far too large to be one.", file=source)
        return tomllib.loads(content.decode("utf-8-sig"))
    except OSError as error:
        raise SettingsError("The settings file {file} cannot be read.", file=source) from error
    except (ValueError, RecursionError) as error:
        raise NoSettingsError("The settings file {file} cannot be read.", file=source) from error


def write_table(target: Path, document: Mapping[str, Any]) -> None:
    """Write the file by replacing it in one step, so that a crash leaves the old or the new one.

    Raises:
        SettingsError: the folder does not take it.
    """
    temporary = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=target.name, suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write("\n".join(_lines(document)) + "\n")
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, target)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise SettingsError("The settings cannot be saved in {folder}.", folder=target.parent) from error


def set_aside(source: Path) -> Path | None:
    """Keep an unreadable file under another name; returns that, None when the folder does not let it."""
    names = (f"{source.name}{UNREADABLE}", *(f"{source.name}{UNREADABLE}-{again}" for again in range(2, 100)))
    free = (source.with_name(name) for name in names if not source.with_name(name).exists())
    aside = next(free, None)
    try:
        if aside is not None:
            os.replace(source, aside)
    except OSError:
        return None
    return aside


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    sections = {name: value for name, value in document.items() if isinstance(value, dict)}
    for name, value in document.items():
        if name not in sections:
            yield f"{_key(name)} = {_value(value)}"
    for name, section in sections.items():
        yield ""
        yield f"[{_key(name)}]"
        yield from (f"{_key(inner)} = {_value(value)}" for inner, value in section.items())


def _key(name: str) -> str:
    return name if name.replace("_", "").replace("-", "").isalnum() and name.isascii() else _text(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(name)} = {_value(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(one) for one in value)}]"
    if isinstance(value, dt.date | dt.time):  # a date with a time is a date, too
        return value.isoformat()
    if isinstance(value, int | float):
        return str(value)
    return _text("" if value is None else str(value))


def _text(value: str) -> str:
    escaped = "".join(
        f"\\u{ord(letter):04x}" if ord(letter) < 32 or ord(letter) == 127 else letter
        for letter in value.replace("\\", "\\\\").replace('"', '\\"')
    )
    return f'"{escaped}"'
