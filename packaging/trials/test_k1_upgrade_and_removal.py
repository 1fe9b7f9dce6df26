"""K1: a newer package keeps registry and settings and waits until the program is closed; removal keeps both.

Needs what ``test_k1_frozen_program.py`` needs.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator

import pytest
from bare_root import BUILD, HOME, BareRoot, install_package, lacking, package
from screen import PATIENCE, Screen

PROGRAM = "/usr/bin/ctdild"
WHERE = ("--registry", "probe/demo.ctdild", "--user", "demo", "--passphrase-file", "probe/passphrase.txt")


@pytest.fixture(scope="module")
def root() -> Iterator[BareRoot]:
    if missing := lacking():
        pytest.fail(f"this trial needs {', '.join(missing)}")
    made = BareRoot("k1-upgrade")
    install_package(made, package("ctdild-desktop_*_amd64.deb"))
    yield made
    made.remove()


@pytest.fixture(scope="module")
def newer(root: BareRoot) -> str:
    """The same package with a higher version, laid into the root."""
    taken = BUILD / "newer"
    shutil.rmtree(taken, ignore_errors=True)
    subprocess.run(["dpkg-deb", "-R", str(package("ctdild-desktop_*_amd64.deb")), str(taken)], check=True)
    control = taken / "DEBIAN" / "control"
    lines = control.read_text().splitlines()
    control.write_text(
        "\n".join("Version: 99.0" if line.startswith("Version:") else line for line in lines) + "\n"
    )
    out = root.path / "srv" / "newer.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", str(taken), str(out)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    shutil.rmtree(taken)
    return "/srv/newer.deb"


def of_person(root: BareRoot) -> dict[str, str]:
    """Every file in the person's home folder, with its content's sum."""
    return {
        str(path.relative_to(root.home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.home.rglob("*"))
        if path.is_file()
    }


def version(root: BareRoot) -> str:
    return root.as_root("dpkg-query -W -f '${Version}' ctdild-desktop").stdout


def test_k1_upgrade_and_purge_keep_registry_and_settings(root: BareRoot, newer: str) -> None:
    assert root.run(PROGRAM, "demo", "--out", "probe", "--patients", "6").returncode == 0
    with Screen(BUILD / "pictures" / "upgrade") as screen:
        command = root.command(
            PROGRAM,
            f"{HOME}/probe/demo.ctdild",
            variables={"DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"},
        )
        window = screen.running = subprocess.Popen(command)
        try:
            screen.await_window("CTD-ILD Desktop")
            screen.await_rest("the start screen")
            refused = root.beside(window, f"dpkg --install {newer}")
            assert refused.returncode != 0
            assert "is open on this computer" in refused.stderr
            assert version(root) != "99.0"
            screen.key("alt+F4")
            assert window.wait(PATIENCE) == 0
        finally:
            window.kill()
            window.wait()
    settings = root.home / ".config" / "ctdild-desktop" / "settings.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text('[site]\nlanguage = "es"\n')
    subprocess.run(["chown", "-R", "1000:1000", str(root.home)], check=True)
    before = of_person(root)
    root.as_root(f"dpkg --install {newer}")
    assert version(root) == "99.0"
    assert of_person(root) == before
    shown = root.run(PROGRAM, "show", "DEMO-0002", "--json", *WHERE)
    assert json.loads(shown.stdout)["patient"]["mrn"] == "DEMO-0002"
    before = of_person(root)
    root.as_root("apt-get -qq purge -y ctdild-desktop")
    assert not (root.path / "opt" / "ctdild-desktop").exists()
    assert not (root.path / "usr" / "bin" / "ctdild").is_symlink()
    assert of_person(root) == before
