"""Growing from a file to a server by the command line."""

from __future__ import annotations

import pytest

from tests.support.postgres import OWNER_PASSWORD, Cluster


@pytest.fixture(autouse=True)
def owner_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", OWNER_PASSWORD)


def test_a_registry_is_copied_to_a_server_used_there_and_copied_back(
    ctdild, demo, cluster: Cluster, tmp_path
):
    owner = cluster.new_database()
    owned = f"postgresql+psycopg://{owner.user}@/{owner.database}?host={cluster.folder}"
    secret = demo[2:]
    copied = ctdild("copy-to", owned, *demo, "--json").document
    assert copied["rows"]["patient"] == 14
    assert copied["must_be_let_in"] == []
    assert owner.password not in copied["to"]
    there = ("--registry", copied["to"], *secret)
    assert ctdild("verify", *there, "--json").document["ok"] is True
    assert ctdild("assess", *there, "--json").document == ctdild("assess", *demo, "--json").document
    home = tmp_path / "home.ctdild"
    said = ctdild("copy-to", home, *there)
    assert said.status == 0
    assert f"to {home}." in said.out
    shown = ctdild("show", "DEMO-0002", "--registry", home, *secret, "--json").document
    assert shown == ctdild("show", "DEMO-0002", *demo, "--json").document
    upgraded = ctdild("upgrade", "--registry", owned)
    assert (upgraded.status, upgraded.out) == (0, f"{copied['to']} is up to date.\n")
    assert ctdild("copy-to", owned, *demo).sentence.endswith("holds a registry already.")


def test_upgrade_is_for_servers(ctdild, demo):
    assert ctdild("upgrade", "--registry", demo[1]).sentence == (
        "A registry in a file is brought up to date when it is opened."
    )


def test_a_registry_is_made_on_a_server(ctdild, clinic, cluster: Cluster):
    owner = cluster.new_database()
    owned = f"postgresql+psycopg://{owner.user}@/{owner.database}?host={cluster.folder}"
    made = ctdild("init", "--registry", owned, *clinic[2:], "--display-name", "R. Amsel", "--json").document
    assert owner.password not in made["registry"]
    assert ctdild("verify", "--registry", made["registry"], *clinic[2:]).status == 0
    again = ctdild("init", "--registry", owned, *clinic[2:])
    assert again.status == 1
    assert again.sentence.endswith("holds a registry already.")
