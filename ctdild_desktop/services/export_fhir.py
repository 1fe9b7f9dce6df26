"""Writing the registry as FHIR R4: one Bundle for each patient, as lines of NDJSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ctdild_desktop import __version__
from ctdild_desktop.interchange.export_tables import Case
from ctdild_desktop.interchange.fhir_making import Writing
from ctdild_desktop.interchange.fhir_out import bundle_line, in_files

if TYPE_CHECKING:
    from ctdild_desktop.services.exporting import Content


def write_fhir(content: Content[Case], folder: Path) -> Mapping[str, int]:
    """Write the patients into files of Bundles; there are no tables whose rows were to be counted.

    Without identity nothing that a person wrote is in them, and no source of a test has a fingerprint.
    """
    writing = Writing(
        content.at.astimezone(dt.UTC),
        f"CTD-ILD Desktop {__version__}",
        free_text=not content.settings.pseudonymised,
    )
    lines = (_line(case, writing) for case in content.cases)
    for name, pieces in in_files(lines):
        with (folder / name).open("xb") as file:
            for piece in pieces:
                file.write(piece)
    return {}


def _line(case: Case, writing: Writing) -> bytes:
    told = [None if untold else one for one, untold in zip(case.derived, case.untold, strict=True)]
    return bundle_line(case.record, writing, told)
