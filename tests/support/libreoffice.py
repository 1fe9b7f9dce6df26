"""Open exported tables in LibreOffice, without a display, and look at what it makes of them.

``python -m tests.support.libreoffice`` exports an invented registry with hostile names, opens the workbook
and the CSV files (commas and points; semicolons and decimal commas), and checks that texts are texts, numbers
are numbers with their decimals, dates are dates, and no cell is a formula. It needs ``soffice`` (Debian:
``apt-get install --no-install-recommends libreoffice-calc``) and takes about two minutes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

from ctdild_desktop.services.exporting import export_registry
from tests.support import holloway
from tests.support.desks import fill, make_desk
from tests.support.exports import IDENTIFIED, NAMES, named_patients

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_UTF8, _ENGLISH, _GERMAN = 76, 1033, 1031
_MOST_REPEATED = 200


@dataclass(frozen=True)
class Cell:
    """What LibreOffice takes a cell for."""

    kind: str
    """``float``, ``string``, ``date``, ``boolean``; empty for an empty cell."""
    value: str
    formula: bool


def main() -> int:
    """Export, open, check; 0 when everything is what it should be."""
    office = shutil.which("soffice")
    if office is None:
        print("soffice is missing: install libreoffice-calc.")
        return 2
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        desk = make_desk(folder)
        fill(desk, *named_patients(), holloway.record())
        for form, csv_form, language in (
            ("xlsx", "comma", _ENGLISH),
            ("csv", "comma", _ENGLISH),
            ("csv", "semicolon_comma", _GERMAN),
        ):
            settings = replace(IDENTIFIED, csv_form=csv_form)
            made = export_registry(desk, folder / f"{form}-{csv_form}", form, settings).value.folder
            sheets = {}
            for path in sorted(made.glob("*.xlsx" if form == "xlsx" else "*.csv")):
                sheets |= opened(office, path, ";" if csv_form != "comma" else ",", language)
            found = list(faults(sheets, guarded=form == "csv"))
            cells = sum(len(row) for rows in sheets.values() for row in rows)
            print(f"{form}, {csv_form}: {len(sheets)} tables, {cells} cells, {len(found)} faults")
            wrong += found
        desk.close()
    for fault in wrong:
        print(" ", fault)
    return 1 if wrong else 0


def opened(office: str, path: Path, delimiter: str, language: int) -> dict[str, list[list[Cell]]]:
    """The sheets of a file as LibreOffice reads them."""
    out = path.parent / "opened"
    command = [office, "--headless", "--norestore", f"-env:UserInstallation=file://{path.parent / 'profile'}"]
    if path.suffix == ".csv":
        tokens = f"{ord(delimiter)},34,{_UTF8},1,,{language},true,true,false"
        command.append(f"--infilter=Text - txt - csv (StarCalc):{tokens}")
    command += ["--convert-to", "fods", "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    document = ElementTree.parse(out / f"{path.stem}.fods")
    return {
        str(table.get(f"{_TABLE}name")): [list(_cells(row)) for row in table.iter(f"{_TABLE}table-row")]
        for table in document.iter(f"{_TABLE}table")
    }


def _cells(row: ElementTree.Element) -> Iterator[Cell]:
    for cell in row.iter(f"{_TABLE}table-cell"):
        kind = cell.get(f"{_OFFICE}value-type", "")
        told = (
            cell.get(f"{_OFFICE}value")
            or cell.get(f"{_OFFICE}date-value")
            or cell.get(f"{_OFFICE}boolean-value")
        )
        words = "\n".join("".join(part.itertext()) for part in cell.iter(f"{_TEXT}p"))
        times = min(int(cell.get(f"{_TABLE}number-columns-repeated", "1")), _MOST_REPEATED)
        for _ in range(times):
            yield Cell(kind, told if told is not None else words, cell.get(f"{_TABLE}formula") is not None)


def faults(sheets: dict[str, list[list[Cell]]], *, guarded: bool) -> Iterator[str]:
    """Everything that a spreadsheet makes something else of."""
    for name, rows in sheets.items():
        yield from (f"{name}: a formula: {cell.value}" for row in rows for cell in row if cell.formula)
    names = {cell.value for cell in _column(sheets["patients"], "family_name")}
    wanted = {f"'{name}" if guarded and name.startswith("=") else name for name in NAMES}
    if not wanted <= names:
        yield f"patients: names are not what they were: {sorted(wanted - names)}"
    for table, column, kind, value in (
        ("patients", "mrn", "string", "003-MRN"),
        ("patients", "height_cm", "float", "171.5"),
        ("pft", "fvc_l", "float", "2.3"),
        ("pft", "date", "date", "2024-11-05"),
        ("pft", "excluded", "float", "0"),
        ("labs", "value", "float", "-0.5"),
        ("labs", "date", "string", "2024-10"),
        ("labs", "date_latest", "date", "2024-10-31"),
    ):
        cells = [cell for cell in _column(sheets[table], column) if cell.kind]
        if not any((cell.kind, cell.value) == (kind, value) for cell in cells):
            yield f"{table}, {column}: no {kind} {value}, but {cells[:2]}"
        if {cell.kind for cell in cells} != {kind}:
            yield f"{table}, {column}: { ({cell.kind for cell in cells}) } and not {kind} alone"


def _column(rows: list[list[Cell]], name: str) -> list[Cell]:
    place = [cell.value for cell in rows[0]].index(name)
    return [row[place] for row in rows[1:] if place < len(row)]


if __name__ == "__main__":
    sys.exit(main())
