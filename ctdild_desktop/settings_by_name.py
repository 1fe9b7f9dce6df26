"""The settings of a workstation by their names, as they are told and changed at the command line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ctdild_desktop import config
from ctdild_desktop.settings_file import read_table


def change(values: Mapping[str, str], path: Path | None = None) -> config.Settings:
    """Write some settings, named as :func:`known` names them, and leave the others as the file has them.

    Args:
        values: what each is to be, as typed; nothing typed is the usual value.
        path: the settings file; the usual one when None.

    Raises:
        SettingsError: a name is unknown, a value is not allowed, or the file cannot be read or written;
            then nothing is changed.
    """
    source = path or config.default_settings_path()
    table = read_table(source)
    names = {one.name for one in known()}
    for name, text in values.items():
        if name not in names:
            raise config.SettingsError(f"There is no setting {name}; known are {', '.join(sorted(names))}.")
        group, _, own = name.rpartition(".")
        within = table.setdefault(group, {}) if group else table
        if not isinstance(within, dict):
            raise config.SettingsError(f"The setting {group} in {source} has the wrong form.")
        within.pop(own, None)
        if text:
            within[own] = _read(own, text)
    changed = config.from_table(table, source, {})
    config.save(changed)
    return changed


def _read(name: str, text: str) -> Any:
    """What a typed value is in the settings file; what it may be is checked there."""
    if name in {"recent", "plot"}:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if name == "plot" and not set(parts) <= set(config.PLOT_PARTS):
            raise config.SettingsError(f"The setting plot must be some of: {', '.join(config.PLOT_PARTS)}.")
        return parts
    if name in config.WHOLE_NUMBERS and re.fullmatch(r"[0-9]{1,9}", text):
        return int(text)
    return {"true": True, "false": False}.get(text, text) if name == "watching" else text


@dataclass(frozen=True, slots=True)
class Known:
    """One setting: its name with its table, what it may be in words, its usual value, and how to read it."""

    name: str
    allowed: str
    usual: str

    def value_in(self, settings: config.Settings) -> str:
        """The value as it would be typed; empty for none."""
        value: Any = settings
        for part in self.name.split("."):
            value = getattr(value, part)
        return _typed(value)


def _typed(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(str(part) for part in value)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def known() -> tuple[Known, ...]:
    """Every setting, in the order of the file."""
    found = [
        Known("registry", "the whole path of a file", "registry.ctdild in the per-user data folder"),
        Known("server", "the address of a server", ""),
        Known("login", "a login", ""),
        Known("recent", "files and addresses, the last eight", ""),
        Known("plot", f"any of {', '.join(config.PLOT_PARTS)}", _typed(config.PLOT_USUAL)),
    ]
    site, upkeep = config.SiteSettings(), config.UpkeepSettings()
    for name in (item.name for item in fields(site)):
        allowed = ", ".join(config.choices_of(name))
        found.append(Known(f"site.{name}", allowed, getattr(site, name)))
    for name in (item.name for item in fields(config.UpkeepSettings)):
        low, high = config.WHOLE_NUMBERS.get(name, (0, 0))
        allowed = f"a whole number from {low} to {high}" if high else "the whole path of a folder"
        found.append(Known(f"upkeep.{name}", allowed, _typed(getattr(upkeep, name))))
    found.append(Known("inbox.folder", "the whole path of a folder", ""))
    found.append(Known("inbox.watching", "true, false", "false"))
    return tuple(found)
