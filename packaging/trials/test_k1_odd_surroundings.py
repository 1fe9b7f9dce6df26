"""K1: what machines of a hospital do to a program: no home, no locale, no display, another folder to be in.

Needs what ``test_k1_frozen_program.py`` needs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from bare_root import BUILD, HOME, BareRoot, install_package, lacking, package
from screen import PATIENCE, Screen

PROGRAM = "/usr/bin/ctdild"
WHERE = ("--registry", "probe/demo.ctdild", "--user", "demo", "--passphrase-file", "probe/passphrase.txt")
STRANGER = 4711
"""A number that is in no list of people, as on a machine whose directory service is away."""


@pytest.fixture(scope="module")
def root() -> Iterator[BareRoot]:
    if missing := lacking():
        pytest.fail(f"this trial needs {', '.join(missing)}")
    made = BareRoot("k1-odd")
    install_package(made, package("ctdild-desktop_*_amd64.deb"))
    demo = made.run(PROGRAM, "demo", "--out", "probe", "--patients", "6")
    assert demo.returncode == 0, demo.stderr
    yield made
    made.remove()


@pytest.mark.parametrize(
    "variables",
    [
        {"LC_ALL": "C"},
        {"LANG": "de_DE.ISO-8859-1"},
        {"LC_ALL": "xx_XX.UTF-8", "TZ": "Nowhere/Land"},
        {"PYTHONHOME": "/nowhere", "PYTHONPATH": "/nowhere", "PYTHONIOENCODING": "ascii"},
        {"LD_LIBRARY_PATH": "/nowhere"},
        {"XDG_RUNTIME_DIR": "/nowhere", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"},
    ],
    ids="-".join,
)
def test_k1_works_whatever_the_session_sets(root: BareRoot, variables: dict[str, str]) -> None:
    done = root.run(
        PROGRAM, "report", "patient", "DEMO-0002", "--out", "Blatt ß.pdf", *WHERE, variables=variables
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    (root.home / "Blatt ß.pdf").unlink()


def test_k1_works_from_a_folder_that_takes_no_file(root: BareRoot) -> None:
    registry = f"{HOME}/probe/demo.ctdild"
    where = ("--registry", registry, "--user", "demo", "--passphrase-file", f"{HOME}/probe/passphrase.txt")
    done = root.run(PROGRAM, "show", "DEMO-0002", *where, cwd="/")
    assert done.returncode == 0, done.stderr
    refused = root.run(PROGRAM, "report", "patient", "DEMO-0002", "--out", "/blatt.pdf", *where, cwd="/")
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr


def test_k1_leaves_the_installed_folder_as_it_was(root: BareRoot) -> None:
    """Nothing of a person is written beside the program, and nothing that Python compiled."""
    told = root.as_root("find /opt/ctdild-desktop -newer /home -type f | head").stdout
    assert told == ""


@pytest.fixture(scope="module")
def shared(root: BareRoot) -> Path:
    """A registry in a folder of the clinic, for somebody who has no home folder."""
    shared = root.path / "srv" / "klinik"
    shutil.rmtree(shared, ignore_errors=True)
    shutil.copytree(root.home / "probe", shared)
    for path in (shared, *shared.iterdir()):
        os.chown(path, STRANGER, STRANGER)
    return shared


UNLOCKED = (
    *("--registry", "/srv/klinik/demo.ctdild", "--user", "demo"),
    *("--passphrase-file", "/srv/klinik/passphrase.txt"),
)


def test_k1_works_with_a_home_that_is_not_there(root: BareRoot, shared: Path) -> None:
    gone = {"HOME": "/nonexistent"}
    done = root.run(PROGRAM, "show", "DEMO-0002", *UNLOCKED, cwd="/", variables=gone, person=STRANGER)
    assert done.returncode == 0, done.stderr


def test_k1_says_so_when_there_is_no_home_at_all(root: BareRoot, shared: Path) -> None:
    none = {"HOME": None}
    done = root.run(
        PROGRAM, "show", "DEMO-0002", *UNLOCKED, cwd="/srv/klinik", variables=none, person=STRANGER
    )
    assert done.returncode == 1
    assert done.stderr.startswith("There is no home folder")
    assert done.stderr.count("\n") == 1
    assert not (shared / "~").exists(), "a folder called ~ was made"


def test_k1_the_window_opens_with_a_home_that_is_not_there(root: BareRoot, shared: Path) -> None:
    with Screen(BUILD / "pictures" / "no-home") as screen:
        command = root.command(
            PROGRAM,
            "/srv/klinik/demo.ctdild",
            cwd="/srv/klinik",
            person=STRANGER,
            variables={"HOME": "/nonexistent", "DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"},
        )
        window = screen.running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        try:
            screen.await_window("CTD-ILD Desktop")
            screen.await_rest("the start screen")
            screen.enter("demo", (shared / "passphrase.txt").read_text().splitlines()[0])
            screen.await_window("Demonstration")
            screen.await_rest("the window of the registry")
            screen.key("ctrl+q")
            window.wait(PATIENCE)
        finally:
            screen.keep("last")
            window.kill()
            said = window.communicate()[1]
    assert window.returncode == 0, said
    assert "Traceback" not in said


def test_k1_without_a_display_the_window_says_so(root: BareRoot) -> None:
    done = root.run(PROGRAM)
    assert done.returncode == 1, done.stderr
    assert done.stderr.count("\n") == 1
    assert "display" in done.stderr
