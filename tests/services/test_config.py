"""Settings are read, checked and written back whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop import config


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
    settings = config.Settings(registry=tmp_path / "Ward 7.ctdild", login="nurse", site=site, source=file)
    config.save(settings)
    assert config.load(file, environ={}) == settings
    assert [path.name for path in file.parent.iterdir()] == ["settings.toml"]


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
        ("[site]\ncolour = 'red'", "colour"),
        ("[site]\ntheme = 'pink'", "theme"),
        ("[site]\ndecimal_mark = ';'", "decimal_mark"),
        ("site = 1", "site"),
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
