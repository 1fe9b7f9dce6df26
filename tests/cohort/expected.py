"""What R says: ``tests/data/cohort/*.txt``, each made by the script of that name beside it."""

from __future__ import annotations

import csv
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "data" / "cohort"


def expected(name: str = "expected.txt") -> dict[str, list[float]]:
    """The numbers of each line by its name."""
    told: dict[str, list[float]] = {}
    for line in (FOLDER / name).read_text("utf-8").splitlines():
        words = line.split()
        names = [word for word in words if not _is_number(word)]
        told[" ".join(names)] = [
            float("nan") if word in {"NA", "NaN"} else float(word) for word in words if _is_number(word)
        ]
    return told


def _is_number(word: str) -> bool:
    return word in {"NA", "NaN"} or word.lstrip("-")[:1].isdigit()


def table(name: str) -> list[dict[str, str]]:
    """The rows of a table that R read, too."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
