"""Settings of this workstation: a small TOML file in the user's configuration folder, typed and validated.

Environment variables override the file (``CTDILD_REGISTRY``, ``CTDILD_THEME``). Nothing about a patient is
ever written here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from ctdild_desktop.language import marked
from ctdild_desktop.place import Place, PlaceError
from ctdild_desktop.settings_file import NoSettingsError, SettingsError, read_table, set_aside, write_table

__all__ = ["SettingsError"]

_APP = "ctdild-desktop"
Others = tuple[tuple[tuple[str, ...], Any], ...]
"""Settings that are not used, each by its section and name."""

_FORMS = {
    **{"registry": str, "server": str, "login": str, "recent": list, "plot": list},
    **{"site": dict, "upkeep": dict, "inbox": dict},
}
_MOST_RECENT = 8

PLOT_PARTS = ("lln", "band", "fev1", "tlc", "kco", "spo2", "mmrc", "epochs", "all_drugs")
"""Parts of a patient's time-line that can be switched on and off, in the order in which they are offered."""

PLOT_USUAL = ("lln", "band")
"""The parts that are shown at first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """How this clinic measures and writes."""

    reference_spirometry: str = "GLI2022"
    reference_dlco: str = "GLI2017_TLCO"
    dlco_unit: str = "mL/min/mmHg"
    hb_unit: str = "g/L"
    """In which haemoglobin is typed and shown; it is kept in g/L."""
    date_style: str = "system"
    """``system`` is as this computer writes dates; the command line writes ISO dates whatever it says."""
    decimal_mark: str = "system"
    language: str = "system"
    """Of the window and the printouts; files, logs and the command line are in English."""
    lung_names: str = "FVC"
    """How Spanish names lung function: ``FVC`` (FVC, FEV1, TLC, RV) or ``CVF`` (CVF, VEF1, CPT, VR)."""
    gas_name: str = "DLCO"
    """How the transfer factor is called: ``DLCO`` or, as in Europe, ``TLCO``."""
    theme: str = "system"


_CHOICES: dict[str, tuple[str, ...]] = {
    "reference_spirometry": ("GLI2022", "GLI2012", "ECSC93", "NHANES3"),
    "reference_dlco": ("GLI2017_TLCO",),
    "dlco_unit": ("mL/min/mmHg", "mmol/min/kPa"),
    "hb_unit": ("g/L", "g/dL"),
    "date_style": ("system", "dd.mm.yyyy", "dd/mm/yyyy", "mm/dd/yyyy", "yyyy-mm-dd"),
    "decimal_mark": ("system", ".", ","),
    "language": ("system", "en", "es", "es_ES", "es_MX"),
    "lung_names": ("FVC", "CVF"),
    "gas_name": ("DLCO", "TLCO"),
    "theme": ("system", "light", "dark", "high_contrast"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UpkeepSettings:
    """How the registry of this workstation is kept safe: backups, their copies, and the lock."""

    backup_folder: Path | None = None
    """Where backups go; None for the folder ``backups`` beside the registry."""
    copy_folder: Path | None = None
    """A place off this computer (a stick, a share) that gets a copy of each backup; None for none."""
    backup_minutes: int = 30
    """A backup is made after so many minutes when something changed since the last one."""
    lock_minutes: int = 5
    """The window locks after so many minutes without a key or a click."""


WHOLE_NUMBERS: dict[str, tuple[int, int]] = {"backup_minutes": (5, 240), "lock_minutes": (1, 30)}
_FOLDERS = ("backup_folder", "copy_folder")


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxSettings:
    """The folder into which devices write, as this workstation sees it."""

    folder: Path | None = None
    watching: bool = False
    """Whether the folder is looked at while somebody is signed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything remembered on this workstation between two runs."""

    registry: Path
    server: Place | None = None
    """The server that keeps the registry in place of the file ``registry``."""
    login: str = ""
    """The last login, offered again on the unlock screen."""
    recent: tuple[Place, ...] = ()
    """Registries that were opened here, the last one first; without anybody's name or password."""
    site: SiteSettings = field(default_factory=SiteSettings)
    upkeep: UpkeepSettings = field(default_factory=UpkeepSettings)
    inbox: InboxSettings = field(default_factory=InboxSettings)
    plot: tuple[str, ...] = PLOT_USUAL
    """The parts of the time-line that are shown, of :data:`PLOT_PARTS`."""
    source: Path | None = None
    """The file that these settings came from and go back to."""
    others: Others = ()
    """What the file says besides, by section and name: of a newer version, or not to be used. It is kept."""
    notes: tuple[str, ...] = ()
    """What is to be told of the file, in sentences; each in the language in use where it is made a text."""
    may_save: bool = True
    """The file may be replaced: what it said is here or is kept elsewhere."""

    @property
    def place(self) -> Place:
        """Where the registry is: the server, else the file."""
        return self.server or Place(path=self.registry)

    def at(self, place: Place) -> Settings:
        """The same settings with the registry elsewhere; the file of before stays known."""
        if place.path is None:
            return replace(self, server=place)
        return replace(self, registry=place.path, server=None)

    def opened(self, place: Place) -> Settings:
        """The same settings after a registry was opened: it is offered first from now on."""
        bare = Place.parse(str(place))
        others = (other for other in self.recent if str(other) != str(bare))
        return replace(self.at(bare), recent=(bare, *others)[:_MOST_RECENT])


_KNOWN: dict[str, frozenset[str]] = {
    "site": frozenset(item.name for item in fields(SiteSettings)),
    "upkeep": frozenset({*WHOLE_NUMBERS, *_FOLDERS}),
    "inbox": frozenset({"folder", "watching"}),
}
_ALWAYS_NOW = frozenset((name,) for name in _FORMS if name != "server")
"""What is written as it is now, whatever could not be read there."""
_NEAR = 0.75
"""How alike a name must be to one that is known to be taken for a slip of the hand."""


def choices_of(name: str) -> tuple[str, ...]:
    """What a setting of the site may be, the default first or among them; KeyError for another name."""
    return _CHOICES[name]


def default_settings_path() -> Path:
    """The settings file in the per-user configuration folder; it need not exist."""
    import platformdirs

    return Path(platformdirs.user_config_dir(_APP, appauthor=False)) / "settings.toml"


def default_registry_path() -> Path:
    """Where a registry is made when nobody says otherwise: the per-user data folder."""
    import platformdirs

    return Path(platformdirs.user_data_dir(_APP, appauthor=False)) / "registry.ctdild"


def log_files() -> tuple[Path, ...]:
    """The program's log in the per-user folder and the two older ones; none of them need exist."""
    import platformdirs

    newest = Path(platformdirs.user_log_dir(_APP, appauthor=False)) / "ctdild.log"
    return (newest, *(newest.with_name(f"{newest.name}.{number}") for number in (1, 2)))


def _site(table: Mapping[str, Any], source: Path) -> SiteSettings:
    known = {item.name for item in fields(SiteSettings)}
    chosen: dict[str, str] = {}
    for name, value in table.items():
        if name not in known:
            raise _unknown(name, known, source)
        if not isinstance(value, str) or value not in _CHOICES[name]:
            said = {"name": name, "file": source, "allowed": ", ".join(_CHOICES[name])}
            raise SettingsError("The setting {name} in {file} must be one of: {allowed}.", **said)
        chosen[name] = value
    return SiteSettings(**chosen)


def _upkeep(table: Mapping[str, Any], source: Path) -> UpkeepSettings:
    chosen: dict[str, Any] = {}
    for name, value in table.items():
        if name in WHOLE_NUMBERS:
            low, high = WHOLE_NUMBERS[name]
            # TOML's true is Python's True, which is a whole number too
            if type(value) is not int or not low <= value <= high:
                said = {"name": name, "file": source, "low": low, "high": high}
                raise SettingsError(
                    "The setting {name} in {file} must be a whole number from {low} to {high}.", **said
                )
            chosen[name] = value
        elif name in _FOLDERS:
            chosen[name] = _folder(name, value, source)
        else:
            raise _unknown(name, _KNOWN["upkeep"], source)
    return UpkeepSettings(**chosen)


def _inbox(table: Mapping[str, Any], source: Path) -> InboxSettings:
    for name, value in table.items():
        if name not in _KNOWN["inbox"]:
            raise _unknown(name, _KNOWN["inbox"], source)
        if name == "watching" and not isinstance(value, bool):
            raise SettingsError("The setting watching in {file} must be true or false.", file=source)
    folder = _folder("folder", table.get("folder", ""), source)
    return InboxSettings(folder=folder, watching=folder is not None and table.get("watching", False))


def _folder(name: str, value: Any, source: Path) -> Path | None:
    if value == "":
        return None
    folder = _at_home(value) if isinstance(value, str) else None
    if folder is None or not folder.is_absolute():
        raise SettingsError(
            "The setting {name} in {file} must be the whole path of a folder.", name=name, file=source
        )
    return folder


def _near(name: str, known: Iterable[str]) -> str:
    """The known name that this one may be a slip of; empty when there is none."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, list(known), 1, _NEAR)), "")


def _unknown(name: str, known: Iterable[str], source: Path) -> SettingsError:
    said = {"file": source, "name": name, "near": _near(name, known)}
    if not said["near"]:
        return SettingsError("The settings file {file} has an unknown setting: {name}.", **said)
    return SettingsError("The settings file {file} has an unknown setting: {name}; perhaps {near}.", **said)


def _at_home(text: str) -> Path | None:
    """The path that a setting names, ``~`` being somebody's own folder; None when there is no such path."""
    try:
        return None if "\0" in text else Path(text).expanduser()
    except RuntimeError:  # nobody of that name has a folder
        return None


def _server(address: str, source: Path) -> Place:
    try:
        place = Place.parse(address)
    except PlaceError as error:
        raise SettingsError(
            "{why} (the setting server in {file}, or CTDILD_REGISTRY)", why=error.args[0], file=source
        ) from error
    if not place.is_server:
        raise SettingsError("The setting server in {file} is no address of a server.", file=source)
    return place


def _recent(named: list[Any], source: Path) -> tuple[Place, ...]:
    if not all(isinstance(one, str) for one in named):
        raise SettingsError("The setting {name} in {file} has the wrong form.", name="recent", file=source)
    found = []
    for one in named[:_MOST_RECENT]:
        # What was opened once and cannot be read now is of no use, and no reason not to start.
        with suppress(PlaceError):
            found.append(Place.parse(one))
    return tuple(found)


def load(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; a file that does not exist gives the defaults.

    A setting of a newer version is not used, noted and kept.

    Raises:
        SettingsError: the file is not TOML, or a setting is mistyped or has a value that is not allowed.
    """
    source = path or default_settings_path()
    return from_table(read_table(source), source, environ)


def from_table(table: Mapping[str, Any], source: Path, environ: Mapping[str, str]) -> Settings:
    """The settings that a parsed file holds; raises as :func:`load`."""
    known, later = _without_later(table)
    return replace(_settings(known, source, environ), others=later, notes=_of_later(later))


def start(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings so that the window opens whatever they say: ``notes`` tell what was not used.

    A setting that cannot be used has its usual value and is kept in the file. A file that is none is set
    aside.
    """
    source = path or default_settings_path()
    notes: list[str] = []
    try:
        table, others = _without_later(read_table(source))
    except SettingsError as error:
        aside = set_aside(source) if isinstance(error, NoSettingsError) else None
        left = marked("It is left as it is.")
        said = marked("It is kept as {name}.", name=aside.name) if aside is not None else left
        notes.append(marked("{why} {said} The usual settings are in force.", why=error.args[0], said=said))
        read = _with_environment({}, source, environ, notes)
        return replace(read, notes=tuple(notes), may_save=aside is not None)
    notes += _of_later(others)
    sound: dict[str, Any] = {}
    for place, value in _leaves(table):
        try:
            _settings(_within({}, place, value), source, {})
        except SettingsError as error:
            notes.append(marked("{why} The usual value is in force.", why=error.args[0]))
            others = (*others, (place, value))
        else:
            _within(sound, place, value)
    read = _with_environment(sound, source, environ, notes)
    return replace(read, others=others, notes=tuple(notes))


def _with_environment(
    table: Mapping[str, Any], source: Path, environ: Mapping[str, str], notes: list[str]
) -> Settings:
    """The settings of a sound table; an environment that cannot be used is noted and left out."""
    try:
        return _settings(table, source, environ)
    except SettingsError as error:
        notes.append(error.args[0])
        return _settings(table, source, {})


def _leaves(table: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each setting with its section and name."""
    for name, value in table.items():
        if _FORMS.get(name) is dict and isinstance(value, dict):
            yield from (((name, inner), one) for inner, one in value.items())
        else:
            yield (name,), value


def _within(table: dict[str, Any], place: tuple[str, ...], value: Any) -> dict[str, Any]:
    inner = table
    for section in place[:-1]:
        inner = inner.setdefault(section, {})
    inner[place[-1]] = value
    return table


def _without_later(
    table: Mapping[str, Any],
) -> tuple[dict[str, Any], Others]:
    """The settings, and those apart that a newer version may have: unknown, and like none that is known."""
    kept: dict[str, Any] = {}
    later = []
    for place, value in _leaves(table):
        known = _KNOWN[place[0]] if len(place) > 1 else frozenset(_FORMS)
        if place[-1] in known or _near(place[-1], known):
            _within(kept, place, value)
        else:
            later.append((place, value))
    return kept, tuple(later)


def _of_later(later: Others) -> tuple[str, ...]:
    if not later:
        return ()
    names = ", ".join(".".join(place) for place, _value in later)
    return (marked("Settings that this version does not know are kept and not used: {names}.", names=names),)


def _settings(table: Mapping[str, Any], source: Path, environ: Mapping[str, str]) -> Settings:
    for name in table:
        if name not in _FORMS:
            raise _unknown(name, frozenset(_FORMS), source)
    for name, kind in _FORMS.items():
        if name in table and not isinstance(table[name], kind):
            raise SettingsError("The setting {name} in {file} has the wrong form.", name=name, file=source)
    site = _site(table.get("site", {}), source)
    if theme := environ.get("CTDILD_THEME"):
        if theme not in _CHOICES["theme"]:
            raise SettingsError(
                "CTDILD_THEME must be one of: {allowed}.", allowed=", ".join(_CHOICES["theme"])
            )
        site = replace(site, theme=theme)
    named, address = table.get("registry"), table.get("server")
    if meant := environ.get("CTDILD_REGISTRY"):
        named, address = (named, meant) if "://" in meant else (meant, None)
    registry = _at_home(named) if named else default_registry_path()
    if registry is None:
        raise SettingsError("The setting registry in {file} is not the path of a file.", file=source)
    return Settings(
        registry=registry,
        server=_server(address, source) if address else None,
        login=table.get("login", ""),
        recent=_recent(table.get("recent", []), source),
        site=site,
        upkeep=_upkeep(table.get("upkeep", {}), source),
        inbox=_inbox(table.get("inbox", {}), source),
        # What a later version showed and this one does not know is no reason not to start.
        plot=tuple(part for part in PLOT_PARTS if part in table.get("plot", PLOT_USUAL)),
        source=source,
    )


def _document(settings: Settings) -> dict[str, Any]:
    upkeep = {
        name: value if isinstance(value, int) else str(value or "")
        for name, value in asdict(settings.upkeep).items()
    }
    return {
        "registry": str(settings.registry),
        "server": str(settings.server or ""),
        "login": settings.login,
        "recent": [str(place) for place in settings.recent],
        "plot": list(settings.plot),
        "site": asdict(settings.site),
        "upkeep": upkeep,
        "inbox": {"folder": str(settings.inbox.folder or ""), "watching": settings.inbox.watching},
    }


def save(settings: Settings, path: Path | None = None) -> None:
    """Write the settings back by replacing the file in one step, with what it said besides.

    A value that could not be used is kept until somebody chooses another one.

    Raises:
        SettingsError: the folder does not take the file, or the file holds something that was not read.
    """
    target = path or settings.source or default_settings_path()
    if not settings.may_save:
        raise SettingsError(
            "The settings cannot be saved: {file} could not be read and is left as it is.", file=target
        )
    document = _document(settings)
    usual = dict(_leaves(_document(Settings(registry=default_registry_path()))))
    now = dict(_leaves(document))
    for place, value in settings.others:
        if place not in _ALWAYS_NOW and now.get(place) == usual.get(place):
            _within(document, place, value)
    write_table(target, document)
