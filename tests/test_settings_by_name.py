"""Settings are changed by name, all of them or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctdild_desktop import config, settings_by_name


def test_settings_are_changed_by_name_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('login = "nurse"\n[site]\ntheme = "dark"\n', encoding="utf-8")
    made = settings_by_name.change(
        {"upkeep.lock_minutes": "10", "plot": "lln, kco", "inbox.folder": str(tmp_path)}, file
    )
    assert (made.login, made.site.theme, made.upkeep.lock_minutes) == ("nurse", "dark", 10)
    assert made.plot == ("lln", "kco")
    assert config.load(file, environ={}) == made
    assert (
        settings_by_name.change({"upkeep.lock_minutes": "", "site.theme": ""}, file).upkeep.lock_minutes == 5
    )
    assert config.load(file, environ={}).site.theme == "system"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"upkeep.lock_minutes": "99"}, "from 1 to 30"),
        ({"upkeep.lock_minutes": "five"}, "whole number"),
        ({"site.theme": "pink"}, "must be one of"),
        ({"lock_minutes": "5"}, "There is no setting lock_minutes"),
        ({"plot": "lln,nothing"}, "must be some of"),
        ({"inbox.watching": "perhaps"}, "true or false"),
        ({"server": "clinic.ctdild"}, "no address of a server"),
        ({"site.theme": "dark", "upkeep.copy_folder": "here"}, "whole path"),
    ],
)
def test_a_setting_that_is_not_allowed_changes_nothing(
    tmp_path: Path, values: dict[str, str], told: str
) -> None:
    file = tmp_path / "settings.toml"
    settings_by_name.change({"site.gas_name": "TLCO"}, file)
    before = file.read_bytes()
    with pytest.raises(config.SettingsError, match=told):
        settings_by_name.change(values, file)
    assert file.read_bytes() == before
