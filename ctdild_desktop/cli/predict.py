"""``ctdild predict``: reference values for a table of people, without a registry."""

from __future__ import annotations

import argparse
import csv
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ctdild_desktop.cli import common
from ctdild_desktop.interchange.outgoing import harmless

if TYPE_CHECKING:
    from ctdild_desktop.clinical.reference.equations import Floats

_CHUNK = 5000
_LARGEST_FILE = 200 * 1024 * 1024
_MOST_COLUMNS = 500
_MEASURED = (
    "measured_fvc_l, measured_fev1_l, measured_fev1_fvc, measured_tlco_mmol_min_kpa, "
    "measured_dlco_ml_min_mmhg, measured_va_l, measured_kco_mmol_min_kpa_l, measured_kco_ml_min_mmhg_l, "
    "measured_tlc_l, measured_rv_l, measured_frc_l, measured_rv_tlc_percent, measured_vc_l"
)
_DESCRIPTION = (
    "The table is CSV with a header row: case_id, sex (F, M), age_years, height_cm, ethnic_group (1-5, read "
    f"by GLI-2012 alone) and any of {_MEASURED}. "
    "The answer has the columns of the table and, for each measure of GLI-2012, GLI Global 2022, GLI-2017 "
    "(transfer factor) and GLI-2021 (volumes), the predicted value, lower limit of normal, z-score and % "
    "predicted at full precision; empty where not available, as outside the published ages."
)


def add(commands: common.Commands) -> None:
    """Add the command."""
    parser = common.add_command(
        commands,
        "predict",
        _answer,
        summary="reference values for a table of people",
        description=_DESCRIPTION,
        examples=("ctdild predict people.csv --out predicted.csv",),
        unlocks=False,
    )
    parser.add_argument("table", metavar="IN.csv", type=Path, help="table of people")
    parser.add_argument("--out", metavar="OUT.csv", type=Path, required=True, help="file to write")


def _answer(args: argparse.Namespace) -> int:
    header, rows = _read(args.table)
    from ctdild_desktop.clinical.reference import predict_table

    columns = (
        dict(zip(header, zip(*rows, strict=True), strict=True)) if rows else {name: () for name in header}
    )
    predicted = predict_table(columns)
    kept = [name for name in header if name not in predicted]
    _write(args.out, kept, [columns[name] for name in kept], predicted)
    again = len(header) - len(kept)
    anew = f" Computed anew, columns of an earlier answer: {again}." if again else ""
    common.say(f"{len(rows)} rows written to {args.out}.{anew}")
    return 0


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the table; short rows are filled up with empty cells."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            if (size := os.fstat(file.fileno()).st_size) > _LARGEST_FILE:
                raise common.UserError(f"{path} is too large: {size >> 20} MB; split it into smaller files.")
            if "\0" in (start := file.read(65536)):
                raise common.UserError(f"{path} is not a text file.")
            first = start.splitlines()[0] if start.strip() else ""
            file.seek(0)
            lines = csv.reader(file, delimiter=max(",;\t", key=first.count), strict=True)
            header = [name.strip() for name in next(lines, [])]
            if not any(header):
                raise common.UserError(f"{path} is empty.")
            if len(header) > _MOST_COLUMNS:
                raise common.UserError(f"{path} has more than {_MOST_COLUMNS} columns.")
            twice = [name for name in header if header.count(name) > 1]
            if twice:
                raise common.UserError(f"{path} has the column {twice[0] or '(no name)'} twice.")
            rows = []
            for row in lines:
                if len(row) > len(header):
                    raise common.UserError(f"{path}, line {lines.line_num}: more cells than the header has.")
                if any("\0" in cell for cell in row):
                    raise common.UserError(f"{path}, line {lines.line_num}: a NUL character.")
                if row:
                    rows.append(row + [""] * (len(header) - len(row)))
            return header, rows
    except UnicodeDecodeError:
        raise common.UserError(f"{path} is not UTF-8 text.") from None
    except csv.Error as error:
        raise common.UserError(f"{path} is not a CSV table: {error}.") from None


def _texts(column: Floats) -> list[str]:
    """Numbers that read back as the same; empty where not available."""
    return ["" if text == "nan" else text for text in map(repr, column.tolist())]


def _write(
    path: Path, header: Sequence[str], given: Sequence[Sequence[str]], predicted: dict[str, Floats]
) -> None:
    """Write the answer beside its place and put it there in one step."""
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*map(harmless, header), *predicted])
            for start in range(0, len(given[0]), _CHUNK):
                part = slice(start, start + _CHUNK)
                made = [_texts(column[part]) for column in predicted.values()]
                kept = [map(harmless, column[part]) for column in given]
                writer.writerows(zip(*kept, *made, strict=True))
        os.replace(unfinished, path)
    except BaseException:
        os.unlink(unfinished)
        raise
