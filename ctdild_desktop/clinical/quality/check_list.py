"""What is looked for in the records: the lines of ``resources/quality/checks.csv``; each names its source."""

from __future__ import annotations

import csv
from dataclasses import dataclass

from ctdild_desktop.bundled import resources
from ctdild_desktop.language import remembered, say_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of the table; texts are in the language in use."""

    id: str
    kind: str
    label: str
    definition: str
    source: str


@remembered
def check_list() -> tuple[Check, ...]:
    """The checks in their shown order."""
    with (resources() / "quality" / "checks.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(
            Check(
                id=row["id"],
                kind=row["kind"],
                label=say_in("checks", row["label"]),
                definition=say_in("checks", row["definition"]),
                source=say_in("checks", row["source"]),
            )
            for row in csv.DictReader(stream)
        )
