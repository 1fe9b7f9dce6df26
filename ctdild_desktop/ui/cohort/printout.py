"""An answer on its way to the preview; the name of its file names nobody."""

from __future__ import annotations

import io

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.services.cohort.answer import Answer
from ctdild_desktop.services.printed import PrintedBy
from ctdild_desktop.ui.printing import sheets
from ctdild_desktop.ui.printing.sheets import Printout


def printout_of(answer: Answer, by: PrintedBy) -> Printout:
    """The answer with its pictures, tables, definition and caveats."""

    def make(size: str, wanted: tuple[int, ...]) -> bytes:
        from ctdild_desktop.reports.cohort import write_answer

        held = io.BytesIO()
        write_answer(held, answer, by, page_size=size)
        return sheets.only(held.getvalue(), wanted) if wanted else held.getvalue()

    return Printout(
        title=QCoreApplication.translate("ResultPane", "Analysis of the cohort"),
        file_name=f"cohort-{answer.analysis}-{answer.made.as_of:%Y-%m-%d}.pdf",
        make=make,
        note=QCoreApplication.translate(
            "ResultPane", "Nobody is named. Counts of 1 to 4 may identify a person; do not publish them."
        ),
    )
