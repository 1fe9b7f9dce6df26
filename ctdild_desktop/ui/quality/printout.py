"""The report of quality on its way to the preview; the name of its file names nobody."""

from __future__ import annotations

import datetime as dt
import io

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.services.printed import PrintedBy
from ctdild_desktop.ui.printing import sheets
from ctdild_desktop.ui.printing.sheets import Printout
from ctdild_desktop.ui.quality.quality_page import Printable


def _tr(text: str) -> str:
    return QCoreApplication.translate("QualityPage", text)


def printout_of(data: Printable, by: PrintedBy, day: dt.date) -> Printout:
    """The report with its definitions, and on demand the records in which something lacks."""

    def make(size: str, wanted: tuple[int, ...]) -> bytes:
        from ctdild_desktop.reports.quality import write_quality

        held = io.BytesIO()
        write_quality(held, data.found, data.report, by, names=data.names, page_size=size)
        return sheets.only(held.getvalue(), wanted) if wanted else held.getvalue()

    return Printout(
        title=_tr("Quality of the registry"),
        file_name=f"quality-{day:%Y-%m-%d}.pdf",
        make=make,
        note=_tr("Names and record numbers are printed.")
        if data.names
        else _tr("Counts alone: no name and no record number."),
    )
