"""The words that the tour itself types, and what of its printed pages is not in the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ctdild_desktop.ui import tour_evidence, tour_inbox, tour_mdt
from ctdild_desktop.ui.tour_people import PEOPLE
from ctdild_desktop.ui.untranslated import Reader, printed

SAMPLE_CODE = "-".join(["XXXX"] * 9)
"""Shown in place of a recovery code: the tour makes no registry of its own."""
SHOWN_AS_THEY_ARE = frozenset(
    {
        *(word for login, name, _role in PEOPLE for word in (login, name)),
        *("SAMPLE, Ada", "SSc, NSIP", "clinic.ctdild", "Waits for the meeting"),
        *("postgresql+psycopg://registry.hospital.example/ctdild", "Coughs less since the last visit."),
        *tour_mdt.TYPED,
        *tour_inbox.SHOWN_AS_THEY_ARE,
        *tour_evidence.TYPED,
        *tour_mdt.SAME_IN_ALL,
        *("SAMPLE-01", "Sample clinic", "sample_tests.csv", "female = F; male = M", "mrn", SAMPLE_CODE),
        *("sample_spirometer.gdt", "sample_report.txt", "Holloway · F", "Holloway", "invented sample"),
        *(f"sample_clinic_{name}.csv" for name in ("patients", "therapy", "infusions", "labs")),
        *("sample_clinic_patien", "sample_clinic_thera", "sample_clinic_infusi", "dose_mg"),
        *("SAMPLE-CLINIC-", "SAMPLE-CLINIC-1  SAMPLE", "SAMPLE-CLINIC-2  SAMPLE"),
        *("FVC normal", "FEV", "FEV1 normal", "PEF", "PEF normal", "TLCO", "Height"),
        *("mMRC SpO₂", "Hb TLC L SpO₂ mMRC", "Hb g/L", "ctdild tour", "/srv/clinic/backups"),
    }
)
"""What the tour itself types, and names in its sample files."""


def printed_faults(files: Sequence[Path], reader: Reader) -> Iterator[str]:
    """One sentence for each text of printed pages that no message of the catalogue accounts for."""
    for file in files:
        for piece in dict.fromkeys(part for line in printed(file) for part in reader.pieces(line)):
            if not _is_two_cells(piece, reader):
                yield f"{file.name}: {piece!r} is not in the catalogue"


def _is_two_cells(piece: str, reader: Reader) -> bool:
    """Whether a piece is two typed texts side by side in a table, which a printed page does not part."""
    words = piece.split(" ")
    return any(
        not reader.pieces(" ".join(words[:at])) and not reader.pieces(" ".join(words[at:]))
        for at in range(1, len(words))
    )
