"""``ctdild demo`` and the options that every command shares."""

from __future__ import annotations

import json

import pytest


def test_the_demonstration_opens_with_what_it_wrote(ctdild, tmp_path):
    made = ctdild("demo", "--out", tmp_path / "d", "--patients", "3", "--seed", "9", "--json")
    assert made.status == 0
    assert (made.document["user"], made.document["patients"]) == ("demo", 3)
    opened = ctdild(
        *("--registry", made.document["registry"], "--user", made.document["user"]),
        *("--passphrase-file", made.document["passphrase_file"], "assess", "--json"),
    )
    assert [answer["patient"] for answer in opened.document] == ["DEMO-0001", "DEMO-0002", "DEMO-0003"]


def test_a_file_in_the_way_is_named(ctdild, tmp_path):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    said = ctdild("demo", "--out", tmp_path / "taken", "--patients", "1")
    assert said.status == 1
    assert "taken" in said.sentence


def test_somebody_s_own_file_is_left_alone(ctdild, tmp_path):
    (tmp_path / "passphrase.txt").write_text("my own", encoding="utf-8")
    said = ctdild("demo", "--out", tmp_path, "--patients", "1")
    assert said.status == 1
    assert "choose another folder" in said.sentence
    assert (tmp_path / "passphrase.txt").read_text(encoding="utf-8") == "my own"


def test_registry_user_and_passphrase_may_come_from_the_environment(ctdild, demo, monkeypatch):
    with open(demo[5], encoding="utf-8") as secret:
        monkeypatch.setenv("CTDILD_PASSPHRASE", secret.readline().strip())
    monkeypatch.setenv("CTDILD_REGISTRY", demo[1])
    monkeypatch.setenv("CTDILD_USER", "demo")
    assert ctdild("show", "DEMO-0001").status == 0


@pytest.mark.parametrize("command", [("show", "DEMO-0001"), ("show", "DEMO-0001", "--json")])
def test_a_terminal_without_accents_is_no_reason_to_fail(process, demo, command):
    said = process(*command, *demo, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert said.status == 0, said.err
    if "--json" in command:
        assert json.loads(said.out)["patient"]["mrn"] == "DEMO-0001"


@pytest.mark.parametrize("faults", [[], ["light/unlock: QLabel who is cut: 'Who'"]])
def test_the_tour_is_given_what_opens_the_registry(demo, tmp_path, capsys, faults):
    from ctdild_desktop import cli

    asked = []
    status = cli.run(
        ["tour", "--out", str(tmp_path / "tour"), *demo],
        open_window=lambda *_given: 1,
        draw_tour=lambda *given: asked.append(given) or faults,
        time_window=print,
    )
    said = capsys.readouterr().out
    assert status == (4 if faults else 0)
    assert [line for line in said.splitlines() if ":" in line] == faults
    (registry, login, passphrase, folder) = asked[0]
    assert (str(registry), login, folder) == (demo[1], "demo", tmp_path / "tour")
    assert passphrase.startswith("demo-")


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        ([], (None, None, None)),
        (["--registry", "a.ctdild"], ("a.ctdild", None, None)),
        (["a.ctdild"], ("a.ctdild", None, None)),
        (["--registry", "a.ctdild", "--user", "amsel"], ("a.ctdild", "amsel", None)),
    ],
)
def test_no_command_opens_the_window(arguments, given):
    from ctdild_desktop import cli

    asked = []

    def open_window(registry, login, passphrase):
        asked.append((None if registry is None else str(registry), login, passphrase))
        return 0

    assert cli.run(arguments, open_window=open_window, draw_tour=print, time_window=print) == 0
    assert asked == [given]


def test_a_bug_is_not_hidden(ctdild, demo, monkeypatch):
    from ctdild_desktop.services import patients

    def broken(_desk, _mrn):
        raise KeyError("a mistake of the program")

    monkeypatch.setattr(patients, "by_mrn", broken)
    done = ctdild("show", "DEMO-0001", *demo)
    assert done.status == 3
    assert "KeyError at test_demo.py:" in done.sentence
