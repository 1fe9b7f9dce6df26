"""The published coefficient tables, read once and checked against the checksums that they came with.

Quanjer 2012, Bowerman 2023, Stanojevic 2017 (corrected 2020), Hall 2021, Hankinson 1999, Quanjer 1993; the
citation and doi of each stand in the file beside its table.
"""

from __future__ import annotations

import csv
import hashlib
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ctdild_desktop.bundled import resources

_SIDECARS = {
    "GLI2022": "gli2022",
    "GLI2012": "gli2012",
    "GLI2017_TLCO": "gli2017_tlco",
    "GLI2021_VOL": "gli2021_vol",
    "NHANES3": "nhanes3",
    "ECSC93": "ecsc93",
}
_KNOWN = tuple(_SIDECARS)


class TableError(RuntimeError):
    """A bundled table is not the published one: the installation is damaged."""


@dataclass(frozen=True, slots=True)
class Publication:
    """Where a reference set was published and the ages (years, inclusive) for which it holds."""

    id: str
    title: str
    citation: str
    doi: str
    version: str
    youngest: float
    oldest: float
    files: tuple[str, ...]


def known_sets() -> tuple[str, ...]:
    """Names of the reference sets that can be computed."""
    return _KNOWN


@cache
def _sidecar(reference_set: str) -> Mapping[str, Any]:
    path = resources() / "reference" / f"{_SIDECARS[reference_set]}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def publication(reference_set: str) -> Publication:
    """The publication of a set; raises KeyError for one that cannot be computed."""
    side = _sidecar(reference_set)
    return Publication(
        id=str(side["id"]),
        title=str(side["title"]),
        citation=str(side["citation"]),
        doi=str(side["doi"]),
        version=str(side["version"]),
        youngest=float(side["youngest"]),
        oldest=float(side["oldest"]),
        files=tuple(side["sha256"]),
    )


def rows(reference_set: str, ending: str) -> list[dict[str, str]]:
    """The rows of the set's table whose file name ends in ``ending``.

    Raises:
        TableError: the file is not byte for byte the one that was checked against the publication.
    """
    expected: Mapping[str, str] = _sidecar(reference_set)["sha256"]
    name = next(name for name in expected if name.endswith(ending))
    content = (resources() / "reference" / name).read_bytes()
    if hashlib.sha256(content).hexdigest() != expected[name]:
        raise TableError(f"The table {name} is damaged; the program must be installed again.")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))
