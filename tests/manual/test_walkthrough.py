"""The way of the README from nothing to a printed page works as it is written there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from ctdild_desktop.__main__ import main
from ctdild_desktop.registry import registry, users
from ctdild_desktop.registry.keystore import CHEAPEST
from tests.support import documents

README = documents.ROOT / "README.md"


def test_the_readme_leads_from_a_table_to_a_printed_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in (registry, users):
        monkeypatch.setattr(module, "calibrated_cost", lambda: CHEAPEST)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CTDILD_PASSPHRASE", "a quiet passphrase")
    section = README.read_text(encoding="utf-8").split("## From nothing to a printed MDT page")[1]
    rows, commands = re.findall(r"```(?:sh)?\n(.*?)```", section, flags=re.DOTALL)[:2]
    (tmp_path / "tests.csv").write_text(rows, encoding="utf-8")
    typed = [shlex.split(line)[1:] for line in commands.splitlines()]
    assert [words[0] for words in typed] == ["init", "import", "report"]
    for words in typed:
        assert main(words) == 0, capsys.readouterr().err
    assert "Imported 2 new tests, 1 new patient." in capsys.readouterr().err
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
