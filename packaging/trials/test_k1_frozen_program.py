"""K1: the frozen program does a clinic's work on a Debian 12 that has no Python and no development package.

Needs ``make package`` before, root, the network once (for the base and for the libraries), and the commands
named in ``bare_root.TOOLS``. Each test runs twice: with the package for Debian, and with the portable archive
in a folder with blanks and umlauts. Pictures of the real window are kept in ``build/trials/pictures``.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from bare_root import BUILD, HOME, PERSON, BareRoot, install_package, lacking, package
from screen import PATIENCE, Screen

PASSPHRASE = "quiet lungs 9"
MRN = "DEMO-0003"
QUESTION = "FVC steady: go on?"
LIBRARIES = ("libegl1", "libgl1", "libwayland-client0", "libwayland-cursor0", "libxcb1", "xkb-data")
"""What README.txt of the archive names; a test holds that it does."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A root with the program in it."""

    root: BareRoot
    program: str
    internal: str
    kind: str

    def run(self, *arguments: str, **options: Any) -> str:
        """Run the program and return what it said; ends the test with its words when it fails."""
        done = self.root.run(self.program, *arguments, **options)
        assert done.returncode == 0, f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def clinic(self, *arguments: str) -> str:
        """Run a command on the registry that the trial made."""
        where = ("--registry", "clinic.ctdild", "--user", "anna", "--passphrase-file", "passphrase.txt")
        return self.run(*arguments, *where)

    def sample(self, name: str) -> str:
        """A file that comes with the program."""
        return f"{self.internal}/ctdild_desktop/_resources/demo/{name}"


@pytest.fixture(scope="module", params=["deb", "tar"])
def installed(request: pytest.FixtureRequest) -> Iterator[Installed]:
    if missing := lacking():
        pytest.fail(f"this trial needs {', '.join(missing)}")
    root = BareRoot(f"k1-{request.param}")
    assert root.has_python() == []
    assert root.development_packages() == []
    if request.param == "deb":
        install_package(root, package("ctdild-desktop_*_amd64.deb"))
        made = Installed(root, "/usr/bin/ctdild", "/opt/ctdild-desktop/_internal", "deb")
    else:
        root.install(*LIBRARIES)
        where = root.home / "Eigene Programme äöü"
        where.mkdir()
        subprocess.run(
            ["tar", "-C", str(where), "-xJf", str(package("ctdild-desktop-*-linux-x86_64.tar.xz"))],
            check=True,
        )
        top = f"{HOME}/Eigene Programme äöü/ctdild-desktop"
        made = Installed(root, f"{top}/ctdild", f"{top}/_internal", "tar")
    assert root.has_python() == [], "what the program needs brought a Python"
    assert root.development_packages() == []
    passphrase = root.home / "passphrase.txt"
    passphrase.write_text(PASSPHRASE + "\n")
    os.chown(passphrase, PERSON, PERSON)
    yield made
    root.remove()


@pytest.fixture(scope="module")
def clinic(installed: Installed) -> Installed:
    """A registry with the patients and tests of the sample files in it."""
    installed.clinic("init", "--display-name", "Anna Example")
    for name in ("patients", "therapy", "labs"):
        installed.clinic("import", installed.sample(f"sample_clinic_{name}.csv"), "--table", name)
    return installed


def test_k1_there_is_no_network(installed: Installed) -> None:
    done = installed.root.run("getent", "hosts", "deb.debian.org")
    assert done.returncode != 0
    assert "\t" not in installed.root.run("cat", "/proc/net/route").stdout.partition("\n")[2]


def test_k1_says_its_version(installed: Installed) -> None:
    assert installed.run("--version").startswith("CTD-ILD Desktop ")


def test_k1_imports_a_table_and_reports(clinic: Installed) -> None:
    home = clinic.root.home
    shown = json.loads(clinic.clinic("show", "CLINIC-1", "--json"))
    assert shown["patient"]["family_name"] == "Sample"
    clinic.clinic("report", "patient", "CLINIC-1", "--out", "Seite für MDT.pdf")
    assert "CLINIC-1" in text_of(home / "Seite für MDT.pdf")
    clinic.clinic("export", "--format", "xlsx", "--reason", "trial", "--out", "ausgeführt")
    books = list((home / "ausgeführt").glob("*.xlsx"))
    assert len(books) == 1
    rows = openpyxl.load_workbook(books[0])["patients"].iter_rows(values_only=True)
    assert any("CLINIC-1" in row for row in rows)
    clinic.clinic("export", "--format", "parquet", "--pseudonymised", "--out", "spalten")
    assert list((home / "spalten").glob("*.parquet"))
    assert json.loads(clinic.clinic("verify", "--json"))
    (home / "gesichert").mkdir()
    os.chown(home / "gesichert", PERSON, PERSON)
    clinic.clinic("backup", "gesichert")
    kept = clinic.root.run("find", "gesichert", "-name", "*.ctdild-backup").stdout.splitlines()
    assert len(kept) == 1


def test_k1_reads_a_pdf_in_a_process_of_its_own(clinic: Installed) -> None:
    """The reader of PDF is the program itself, started a second time."""
    command = ("import", "Seite für MDT.pdf", "--dry-run", "--json")
    where = ("--registry", "clinic.ctdild", "--user", "anna", "--passphrase-file", "passphrase.txt")
    done = clinic.root.run(clinic.program, *command, *where)
    assert done.returncode == 1, done.stderr
    read = json.loads(done.stdout)
    assert read[0]["format"] == "pdf"
    assert read[0]["unread"], (
        "a page without a device's layout is read, and each line is refused with a reason"
    )


def test_k1_computes_with_the_scientific_libraries(installed: Installed) -> None:
    installed.run("demo", "--out", "probe", "--patients", "60")
    where = ("--registry", "probe/demo.ctdild", "--user", "demo", "--passphrase-file", "probe/passphrase.txt")
    for analysis in (("slopes",), ("survival", "--by", "diagnosis"), ("pre-post", "--drug", "mycophenolate")):
        assert json.loads(installed.run("cohort", *analysis, "--json", *where))
    matched = ("compare", "--drug", "rituximab", "--drug", "mycophenolate")
    assert json.loads(installed.run("cohort", *matched, "--pdf", "vergleich.pdf", "--json", *where))
    assert text_of(installed.root.home / "vergleich.pdf")


def test_k1_draws_the_tour(installed: Installed) -> None:
    """Every screen and printout is drawn; 4 would say that something in the pictures is cut."""
    installed.run("demo", "--out", "rundgang")
    where = ("--registry", "rundgang/demo.ctdild", "--user", "demo")
    unlocked = (*where, "--passphrase-file", "rundgang/passphrase.txt")
    done = installed.root.run(installed.program, "tour", "--out", "bilder", *unlocked)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    drawn = list((installed.root.home / "bilder").rglob("*.png"))
    assert len(drawn) > 100
    kept = BUILD / "pictures" / f"tour-{installed.kind}"
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(installed.root.home / "bilder", kept)


def test_k1_the_real_window_logs_a_test_and_prints_the_page(installed: Installed) -> None:
    """A nurse at a keyboard: unlock, find, log a test, print; then the registry is asked what it holds."""
    home = installed.root.home
    installed.run("demo", "--out", "praxis", "--patients", "12")
    passphrase = (home / "praxis" / "passphrase.txt").read_text().splitlines()[0]
    registry = "praxis/demo.ctdild"
    unlocked = ("--registry", registry, "--user", "demo", "--passphrase-file", "praxis/passphrase.txt")

    def tests() -> list[dict[str, Any]]:
        told = json.loads(installed.run("show", MRN, "--json", *unlocked))
        return sorted(told["tests"], key=lambda test: str(test["date"]))

    before = tests()
    last = before[-1]
    typed = Typed(
        day=dt.date.today().isoformat(),
        fvc=f"{last['fvc_l'] - 0.01:.2f}",
        fev1=f"{last['fev1_l'] - 0.01:.2f}",
        dlco=f"{last['dlco'] - 0.1:.1f}",
        hb="137",
    )
    display = {"QT_QPA_PLATFORM": "xcb"}
    with Screen(BUILD / "pictures" / f"window-{installed.kind}") as screen:
        command = installed.root.command(
            installed.program, f"{HOME}/{registry}", variables={**display, "DISPLAY": screen.display}
        )
        log = BUILD / f"window-{installed.kind}.log"
        with log.open("w") as said:
            window = screen.running = subprocess.Popen(command, stdout=said, stderr=said)
            try:
                use_the_window(screen, passphrase, typed, lambda: len(tests()) == len(before) + 1, home)
                assert window.wait(PATIENCE) == 0
            finally:
                screen.keep("last")
                window.kill()
                window.wait()
    assert log.read_text() == "", "the program said something on its terminal"
    logged = tests()[-1]
    assert logged["date"] == typed.day
    assert f"{logged['fvc_l']:.2f}" == typed.fvc
    assert f"{logged['fev1_l']:.2f}" == typed.fev1
    assert f"{logged['dlco']:.1f}" == typed.dlco
    assert str(logged["hb_g_l"]) == typed.hb
    page = text_of(printed(home))
    assert MRN in page
    assert QUESTION in page
    assert typed.fvc in page, "the value that was typed is not on the page"


@dataclass(frozen=True, slots=True)
class Typed:
    """What is typed into the sheet for a test."""

    day: str
    fvc: str
    fev1: str
    dlco: str
    hb: str


def use_the_window(
    screen: Screen, passphrase: str, typed: Typed, logged: Callable[[], bool], home: Path
) -> None:
    """From the start screen to the printed page, by keys alone."""
    screen.await_window("CTD-ILD Desktop")
    screen.await_rest("the start screen")
    screen.keep("start")
    screen.enter("demo", passphrase)
    screen.await_window("Demonstration")
    screen.await_rest("the window of the registry")
    screen.keep("unlocked")
    with screen.expecting("the search"):
        screen.key("ctrl+k")
    screen.type(MRN)
    screen.await_rest("what was found")
    screen.keep("found")
    with screen.expecting("the patient"):
        screen.key("Return")
    screen.keep("patient")
    with screen.expecting("the sheet for a test"):
        screen.key("ctrl+t")
    screen.enter(typed.day, typed.fvc, typed.fev1, typed.dlco, typed.hb)
    screen.await_rest("the typed values")
    screen.keep("typed")
    with screen.expecting("the answer to saving"):
        screen.key("ctrl+Return")
    screen.keep("saved")
    screen.wait(logged, "the registry has the test")
    screen.await_rest("the patient with the new test")
    with screen.expecting("the sheet for the MDT page"):
        screen.key("ctrl+p")
    screen.type(QUESTION)
    screen.await_rest("the question")
    screen.keep("question")
    screen.key("ctrl+Return")
    screen.await_window("Print: MDT page")
    screen.await_rest("the preview")
    screen.keep("preview")
    screen.key("ctrl+s")
    screen.await_window("Save PDF")
    screen.await_rest("the question for a file")
    screen.key("ctrl+a")
    screen.type("MDT-Seite.pdf")
    screen.keep("file")
    screen.key("Return")
    screen.wait(lambda: any(home.rglob("MDT-Seite.pdf")), "the page is printed into a file")
    screen.await_window("CTD-ILD Desktop")
    screen.await_rest("the patient after printing")
    screen.keep("printed")
    screen.key("ctrl+q")


def printed(home: Path) -> Path:
    """The page that the window wrote, wherever the person's documents are."""
    return next(home.rglob("MDT-Seite.pdf"))


def text_of(pdf: Path) -> str:
    """The text of a PDF, read on this machine."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()
