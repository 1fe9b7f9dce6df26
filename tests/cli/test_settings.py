"""``ctdild settings``: told, changed and refused without a window."""

from __future__ import annotations

import pytest

from ctdild_desktop import config, settings_by_name


@pytest.fixture(autouse=True)
def own_file(tmp_path, monkeypatch):
    monkeypatch.setattr(config, "default_settings_path", lambda: tmp_path / "settings.toml")
    return tmp_path / "settings.toml"


def test_every_setting_is_told_with_its_value_and_meaning(ctdild):
    said = ctdild("settings")
    assert said.status == 0
    for one in settings_by_name.known():
        assert f"\n{one.name} = " in said.out
    assert "locks after so many minutes" in said.out
    assert "A whole number from 1 to 30; usually 5." in said.out


def test_a_setting_is_changed_and_told_as_json(ctdild, own_file):
    said = ctdild("settings", "upkeep.lock_minutes=10", "site.theme", "--json")
    assert said.document == {
        "file": str(own_file),
        "settings": {"upkeep.lock_minutes": "10", "site.theme": "system"},
    }
    assert config.load(environ={}).upkeep.lock_minutes == 10


def test_what_the_environment_says_is_not_written(ctdild, monkeypatch):
    monkeypatch.setenv("CTDILD_THEME", "dark")
    assert ctdild("settings", "upkeep.lock_minutes=10").status == 0
    assert config.load(environ={}).site.theme == "system"


def test_a_wrong_value_is_refused_and_nothing_written(ctdild, own_file):
    said = ctdild("settings", "upkeep.lock_minutes=99")
    assert (said.status, said.out) == (1, "")
    assert "from 1 to 30" in said.sentence
    assert ctdild("settings", "lock_minutes=9").status == 2
    assert not own_file.exists()


def test_a_wrong_file_is_named_with_its_setting(ctdild, own_file):
    own_file.write_text('[site]\ntheme = "pink"\n', encoding="utf-8")
    said = ctdild("settings")
    assert said.status == 1
    assert "theme" in said.sentence
    assert ctdild("settings", "site.theme=dark").status == 0
    assert ctdild("settings", "site.theme").out.splitlines()[2] == "site.theme = dark"
