"""Use a frozen folder as a clinic would, with nothing of Python or of this checkout.

    python packaging/windows/smoke.py dist/ctdild-desktop

Start, make a registry, import, report, export, draw every screen. Runs on Windows and on Linux; the first
step that fails ends with its message and status 1.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PASSPHRASE = "a passphrase for the smoke test"
TABLE = """\
mrn,family_name,given_name,birth_date,sex,height_cm,diagnosis,test_date,fvc_l,dlco,dlco_unit
SMOKE-1,Müller,Änne,1958-04-02,F,164,SSc,2025-03-12,2.61,14.2,mL/min/mmHg
SMOKE-1,Müller,Änne,1958-04-02,F,164,SSc,2026-03-12,2.22,11.9,mL/min/mmHg
"""


class Program:
    """The frozen program of the command line, for a person whose folders are below ``home``."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.file = folder.resolve() / ("ctdild.exe" if os.name == "nt" else "ctdild")
        system = ("SYSTEMROOT", "WINDIR", "COMSPEC", "LANG", "FONTCONFIG_PATH")
        self.environment = {name: os.environ[name] for name in system if name in os.environ}
        self.environment |= {
            **{"HOME": str(home), "USERPROFILE": str(home), "APPDATA": str(home / "Roaming")},
            **{"LOCALAPPDATA": str(home / "Local"), "TEMP": str(home), "TMP": str(home)},
            **{"QT_QPA_PLATFORM": "offscreen"},
        }

    def run(self, *arguments: str | Path, also: int = 0) -> str:
        """What a command prints; ``also`` is another exit status that is no failure.

        Raises:
            SystemExit: it failed.
        """
        print("smoke:", *arguments[:2], file=sys.stderr, flush=True)
        done = subprocess.run(
            [self.file, *map(str, arguments)], env=self.environment, capture_output=True, check=False
        )
        told = done.stdout.decode("utf-8", "replace")
        if done.returncode not in {0, also}:
            sys.exit(f"exit status {done.returncode}\n{told}\n{done.stderr.decode('utf-8', 'replace')}")
        return told


def use(folder: Path, home: Path) -> None:
    """Every step; ends the program at the first that fails."""
    program = Program(folder, home)
    where = home / "clinic of Müller" / "clinic.ctdild"
    where.parent.mkdir()
    secret, table = home / "secret.txt", home / "tests.csv"
    secret.write_text(PASSPHRASE + "\n", "utf-8")
    table.write_text(TABLE, "utf-8")
    open_it = ("--registry", where, "--user", "anna", "--passphrase-file", secret)
    program.run("--version")
    program.run("init", *open_it)
    if where.read_bytes()[:15] == b"SQLite format 3":
        sys.exit("the registry is not encrypted")
    imported = json.loads(program.run("import", table, "--json", *open_it))
    if "tests_added" not in json.dumps(imported):
        sys.exit(f"the import says something else: {imported}")
    shown = json.loads(program.run("show", "SMOKE-1", "--json", *open_it))
    if [test["date"] for test in shown["tests"]] != ["2025-03-12", "2026-03-12"]:
        sys.exit("the tests are not those that were imported")
    program.run("report", "patient", "SMOKE-1", "--out", home / "page.pdf", *open_it)
    if not (home / "page.pdf").read_bytes().startswith(b"%PDF-"):
        sys.exit("the page is no PDF")
    program.run("export", "--format", "xlsx", "--out", home / "tables", "--pseudonymised", *open_it)
    (book,) = (home / "tables").glob("*.xlsx")
    if "xl/workbook.xml" not in zipfile.ZipFile(book).namelist():
        sys.exit("the export is no workbook")
    program.run("verify", "--json", *open_it)
    program.run("demo", "--out", home / "demo", "--patients", "6")
    demo = ("--user", "demo", "--passphrase-file", home / "demo" / "passphrase.txt")
    # 4: something is cut off with the fonts of this system, which is for a person to look at
    program.run("tour", "--registry", home / "demo" / "demo.ctdild", *demo, "--out", home / "tour", also=4)
    if not list((home / "tour").rglob("*.png")):
        sys.exit("no screen was drawn")


def main() -> int:
    """Use the folder that is named."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        use(Path(sys.argv[1]), Path(home))
    print("smoke: all done", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
