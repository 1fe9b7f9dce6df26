"""Papers of a meeting on their way to the preview; the names of their files name nobody."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.services.carried_out import CarriedOut
from ctdild_desktop.services.letters import LetterData
from ctdild_desktop.services.minutes import MinutesData
from ctdild_desktop.services.pack import PackData
from ctdild_desktop.services.printed import PrintedBy
from ctdild_desktop.ui.printing import sheets
from ctdild_desktop.ui.printing.sheets import Printout

if TYPE_CHECKING:
    from ctdild_desktop.reports.paper import Paper


def _tr(text: str) -> str:
    return QCoreApplication.translate("MdtPapers", text)


def _made(write: Callable[..., Paper], *data: Any) -> Callable[[str, tuple[int, ...]], bytes]:
    """Draws in memory; a range holds nothing of the other sheets."""

    def make(size: str, wanted: tuple[int, ...]) -> bytes:
        held = io.BytesIO()
        write(held, *data, page_size=size)
        return sheets.only(held.getvalue(), wanted) if wanted else held.getvalue()

    return make


def pack(data: PackData, day: dt.date) -> Printout:
    """The pack; a range of it keeps its numbers and bookmarks."""

    def make(size: str, wanted: tuple[int, ...]) -> bytes:
        from ctdild_desktop.reports.pack import write_pack

        held = io.BytesIO()
        write_pack(held, data, page_size=size, pages=wanted or None)
        return held.getvalue()

    note = (
        _tr("Pseudonymised: no name, record number, birth date or free text.")
        if data.by.pseudonymised
        else _tr("Names, record numbers and birth dates are printed.")
    )
    return Printout(
        title=_tr("Pack of the meeting"), file_name=f"mdt-pack-{day:%Y-%m-%d}.pdf", make=make, note=note
    )


def minutes(data: MinutesData, day: dt.date) -> Printout:
    """The minutes of a meeting."""
    from ctdild_desktop.reports.minutes import write_minutes

    return Printout(
        title=_tr("Minutes of the meeting"),
        file_name=f"mdt-minutes-{day:%Y-%m-%d}.pdf",
        make=_made(write_minutes, data),
    )


def letter(data: LetterData, day: dt.date) -> Printout:
    """A letter on a decision."""
    from ctdild_desktop.reports.letter import write_letter

    return Printout(
        title=_tr("Letter of the team"),
        file_name=f"mdt-letter-{day:%Y-%m-%d}.pdf",
        make=_made(write_letter, data),
        whose=data.whose,
    )


def carried_out(data: CarriedOut, by: PrintedBy, day: dt.date) -> Printout:
    """The report of what was carried out."""
    from ctdild_desktop.reports.carried_out import write_carried_out

    return Printout(
        title=_tr("What was carried out"),
        file_name=f"mdt-carried-out-{day:%Y-%m-%d}.pdf",
        make=_made(write_carried_out, data, by),
    )
