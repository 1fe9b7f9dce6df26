"""Settings are read, checked and written back whole."""

from __future__ import annotations

import os
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop import config
from ctdild_desktop.place import Place


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    settings = config.load(tmp_path / "none.toml", environ={})
    assert settings.site == config.SiteSettings()
    assert settings.registry == config.default_registry_path()
    assert settings.registry.suffix == ".ctdild"


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "settings.toml"
    site = config.SiteSettings(
        date_style="yyyy-mm-dd", decimal_mark=",", theme="dark", dlco_unit="mmol/min/kPa"
    )
    upkeep = config.UpkeepSettings(
        backup_folder=tmp_path / 'Back "ups"', copy_folder=None, backup_minutes=45, lock_minutes=10
    )
    settings = config.Settings(
        registry=tmp_path / "Ward 7.ctdild",
        login="nurse",
        site=site,
        upkeep=upkeep,
        source=file,
        inbox=config.InboxSettings(folder=tmp_path / "devices", watching=True),
    )
    settings = replace(settings, plot=("band", "kco", "epochs"))
    config.save(settings)
    assert config.load(file, environ={}) == settings
    file.write_text(file.read_text().replace("kco", "of a later version"))
    assert config.load(file, environ={}).plot == ("band", "epochs")
    assert [path.name for path in file.parent.iterdir()] == ["settings.toml"]


def test_the_last_registries_are_kept_in_order_and_few(tmp_path: Path) -> None:
    settings = config.Settings(registry=tmp_path / "a.ctdild", source=tmp_path / "settings.toml")
    for number in range(12):
        settings = settings.opened(Place(path=tmp_path / f"{number}.ctdild"))
    settings = settings.opened(Place(path=tmp_path / "7.ctdild"))
    assert [place.name for place in settings.recent][:3] == ["7.ctdild", "11.ctdild", "10.ctdild"]
    assert len(settings.recent) == 8
    config.save(settings)
    assert config.load(settings.source, environ={}) == settings


def test_a_recent_registry_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('recent = ["mysql://db/x", "clinic.ctdild"]\n', encoding="utf-8")
    assert [str(place) for place in config.load(file, environ={}).recent] == ["clinic.ctdild"]
    file.write_text("recent = [1]\n", encoding="utf-8")
    with pytest.raises(config.SettingsError, match="recent"):
        config.load(file, environ={})


def test_upkeep_has_defaults_and_takes_the_edges_of_its_ranges(tmp_path: Path) -> None:
    upkeep = config.load(tmp_path / "none.toml", environ={}).upkeep
    assert (upkeep.backup_folder, upkeep.copy_folder) == (None, None)
    assert (upkeep.backup_minutes, upkeep.lock_minutes) == (30, 5)
    file = tmp_path / "settings.toml"
    for lock, backup in ((1, 5), (30, 240)):
        file.write_text(f"[upkeep]\nlock_minutes = {lock}\nbackup_minutes = {backup}\ncopy_folder = ''\n")
        read = config.load(file, environ={}).upkeep
        assert (read.lock_minutes, read.backup_minutes, read.copy_folder) == (lock, backup, None)


def test_a_folder_of_upkeep_may_start_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    file = tmp_path / "settings.toml"
    file.write_text("[upkeep]\nbackup_folder = '~/safe'\n")
    assert config.load(file, environ={}).upkeep.backup_folder == tmp_path / "safe"


@given(login=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_login_survives_the_file(tmp_path_factory: pytest.TempPathFactory, login: str) -> None:
    file = tmp_path_factory.mktemp("settings") / "s.toml"
    config.save(config.Settings(registry=Path("r.ctdild"), login=login), file)
    assert config.load(file, environ={}).login == login


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    config.save(config.Settings(registry=tmp_path / "a.ctdild"), file)
    settings = config.load(file, environ={"CTDILD_REGISTRY": "/x/b.ctdild", "CTDILD_THEME": "high_contrast"})
    assert settings.registry == Path("/x/b.ctdild")
    assert settings.site.theme == "high_contrast"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("regsitry = 'x'", "regsitry"),
        ("registry = 3", "registry"),
        ("[site]\ntheem = 'dark'", "theem; perhaps theme"),
        ("[site]\ntheme = 'pink'", "theme"),
        ("[site]\ndecimal_mark = ';'", "decimal_mark"),
        ("site = 1", "site"),
        ("upkeep = 1", "upkeep"),
        ("[inbox]\nfolders = ''", "folders"),
        ("[inbox]\nfolder = 'devices'", "folder .* whole path"),
        ("[inbox]\nwatching = 1", "watching .* true or false"),
        ("[upkeep]\nlock_minute = 5", "lock_minute"),
        ("[upkeep]\nlock_minutes = 0", "lock_minutes .* from 1 to 30"),
        ("[upkeep]\nlock_minutes = 31", "lock_minutes .* from 1 to 30"),
        ("[upkeep]\nlock_minutes = 5.0", "lock_minutes"),
        ("[upkeep]\nlock_minutes = true", "lock_minutes"),
        ("[upkeep]\nlock_minutes = '5'", "lock_minutes"),
        ("[upkeep]\nbackup_minutes = 4", "backup_minutes .* from 5 to 240"),
        ("[upkeep]\nbackup_minutes = 241", "backup_minutes .* from 5 to 240"),
        ("[upkeep]\nbackup_folder = 'backups'", "backup_folder .* whole path"),
        ("[upkeep]\nbackup_folder = 7", "backup_folder .* whole path"),
        ('[upkeep]\ncopy_folder = "/a\\u0000b"', "copy_folder .* whole path"),
        ("not toml", "cannot be read"),
    ],
)
def test_a_bad_setting_is_named(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(config.SettingsError, match=named):
        config.load(file, environ={})


def test_a_bad_theme_in_the_environment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(config.SettingsError, match="CTDILD_THEME"):
        config.load(tmp_path / "none.toml", environ={"CTDILD_THEME": "pink"})


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    settings = config.Settings(registry=Path("r.ctdild"))
    with pytest.raises(config.SettingsError, match="cannot be saved"):
        config.save(settings, blocked / "settings.toml")
    saved = replace(settings, login="a")
    config.save(saved, tmp_path / "ok.toml")
    assert config.load(tmp_path / "ok.toml", environ={}).login == "a"


LATER = """
registry = "/srv/clinic.ctdild"
telemetry_never = true

[site]
theme = "dark"
colour = "red"
theem = "light"
decimal_mark = ";"

[upkeep]
lock_minutes = 600
offsite = { kind = "tape", days = [1, 2], since = 2027-01-02 }

[rooms]
order = ["today", "mdt"]
"""


def test_k_settings_of_a_newer_version_are_kept_not_used_and_told_once(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[site]\ncolour = "red"\n[rooms]\norder = ["mdt"]\n', encoding="utf-8")
    settings = config.load(file, environ={})
    assert settings.notes == (
        "Settings that this version does not know are kept and not used: site.colour, rooms.",
    )
    config.save(replace(settings, login="a"))
    again = tomllib.loads(file.read_text("utf-8"))
    assert (again["site"]["colour"], again["rooms"], again["login"]) == ("red", {"order": ["mdt"]}, "a")


def test_k_the_window_starts_with_any_settings_and_names_each_that_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(LATER, encoding="utf-8")
    written = tomllib.loads(LATER)
    settings = config.start(file, environ={})
    assert settings.registry == Path("/srv/clinic.ctdild")
    assert (settings.site.theme, settings.site.decimal_mark) == ("dark", "system")
    assert settings.upkeep.lock_minutes == 5
    later, *named = settings.notes
    assert later.endswith("not used: telemetry_never, site.colour, upkeep.offsite, rooms.")
    for note, word in zip(named, ("theem", "decimal_mark", "lock_minutes"), strict=True):
        assert word in note
    config.save(settings)
    again = tomllib.loads(file.read_text("utf-8"))
    assert {name: again[name] for name in ("registry", "telemetry_never", "rooms")} == {
        name: written[name] for name in ("registry", "telemetry_never", "rooms")
    }
    assert {name: again["site"][name] for name in written["site"]} == written["site"]
    assert {name: again["upkeep"][name] for name in written["upkeep"]} == written["upkeep"]
    chosen = replace(settings, upkeep=replace(settings.upkeep, lock_minutes=7))
    config.save(chosen)
    assert tomllib.loads(file.read_text("utf-8"))["upkeep"]["lock_minutes"] == 7


@pytest.mark.parametrize(
    "content", [b"not toml", b"\xff\xfe", b"a" * 100_001], ids=["words", "bytes", "large"]
)
def test_k_a_file_that_is_no_settings_file_is_kept_aside_and_never_written_over(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(content)
    (tmp_path / "settings.toml.unreadable").write_bytes(b"an earlier one")
    settings = config.start(file, environ={})
    (note,) = settings.notes
    assert "It is kept as settings.toml.unreadable-2." in note
    config.save(settings)
    assert (tmp_path / "settings.toml.unreadable-2").read_bytes() == content
    assert (tmp_path / "settings.toml.unreadable").read_bytes() == b"an earlier one"
    assert config.start(file, environ={}).notes == ()


def test_k_a_file_that_cannot_be_moved_aside_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("not toml", encoding="utf-8")

    def refused(*_paths: Path) -> None:
        raise PermissionError

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", refused)
        settings = config.start(file, environ={})
    assert "It is left as it is." in settings.notes[0]
    with pytest.raises(config.SettingsError, match="left as it is"):
        config.save(settings)
    assert file.read_text("utf-8") == "not toml"


def test_k_what_the_environment_says_wrongly_does_not_stop_the_window(tmp_path: Path) -> None:
    settings = config.start(tmp_path / "none.toml", environ={"CTDILD_THEME": "pink"})
    assert settings.site.theme == "system"
    assert "CTDILD_THEME" in settings.notes[0]


def test_k_nothing_that_the_program_keeps_lies_beside_the_program() -> None:
    """An uninstaller or an update may take the whole folder of the program away."""
    program = Path(config.__file__).resolve().parent
    for kept in (config.default_settings_path(), config.default_registry_path()):
        assert "ctdild-desktop" in kept.parts[-2]
        assert not kept.resolve().is_relative_to(program)
        assert not program.is_relative_to(kept.resolve().parent)
