"""Printouts against a bare document: the same number of texts, lines, paths and circles on as many sheets,
drawn with nothing around the PDF writer.
"""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ctdild_desktop.cli.benchmark.invented import TESTS
from ctdild_desktop.cli.benchmark.measure import Figure, against_floor
from ctdild_desktop.reports.paper import Paper
from ctdild_desktop.services.desk import Desk

if TYPE_CHECKING:
    from reportlab.lib.colors import Color
    from reportlab.pdfgen.canvas import Canvas

_CASES = 40
_FLOOR = "a bare reportlab document of the same texts and as many lines, paths and circles"


def report_one(desk: Desk, folder: Path, repeats: int = 15) -> Figure:
    """The MDT page of one patient: read, computed, drawn and written."""
    from ctdild_desktop.reports.mdt_page import write_mdt_page
    from ctdild_desktop.services import pages
    from ctdild_desktop.services import patients as people

    found = people.by_mrn(desk, "BENCH-000000")
    if found is None:
        raise LookupError("the benchmark's first patient is missing")
    target, patient_id = folder / "page.pdf", found.patient.id

    def work() -> Paper:
        return write_mdt_page(target, pages.mdt_page(desk, patient_id))

    return against_floor(
        "report_one",
        f"the MDT page of a patient with {TESTS} tests",
        work,
        floor=bare(work(), folder),
        floor_words=_FLOOR,
        repeats=repeats,
    )


def report_pack(desk: Desk, folder: Path, repeats: int = 3) -> Figure:
    """The pack of a meeting of forty cases: cover and pages."""
    from ctdild_desktop.reports.pack import write_pack
    from ctdild_desktop.services.pack import pack

    meeting_id, cases = _meeting(desk)
    target = folder / "pack.pdf"

    def work() -> Paper:
        return write_pack(target, pack(desk, meeting_id))

    return against_floor(
        "report_pack_40",
        f"the pack of a meeting of {cases} patients with {TESTS} tests each",
        work,
        floor=bare(work(), folder),
        floor_words=_FLOOR,
        repeats=repeats,
    )


def _meeting(desk: Desk) -> tuple[str, int]:
    """A meeting with forty of the invented patients, or with all there are."""
    from ctdild_desktop.clinical.records import AgendaItem, Meeting
    from ctdild_desktop.services import agenda, meetings
    from ctdild_desktop.services import patients as people

    planned = meetings.plan_meeting(desk, Meeting(id="", date=desk.today() + dt.timedelta(days=7))).value
    cases = 0
    for number in range(_CASES):
        found = people.by_mrn(desk, f"BENCH-{number:06d}")
        if found is not None:
            cases += 1
            item = AgendaItem(
                id="",
                meeting_id=planned.id,
                patient_id=found.patient.id,
                position=0,
                question="Has lung function fallen, and what follows from it?",
            )
            agenda.add_to_agenda(desk, item)
    return planned.id, cases


def bare(drawn: Paper, folder: Path) -> Callable[[], None]:
    """The floor of a document: as many operations, with the pen and the font set for each as there."""
    counts: Counter[str] = drawn.operations
    target = folder / "bare.pdf"

    def draw() -> None:
        from reportlab.lib.colors import HexColor
        from reportlab.pdfgen.canvas import Canvas

        from ctdild_desktop.reports.typesetting import Face, register_fonts

        register_fonts()
        made = io.BytesIO()
        canvas = Canvas(made, pagesize=(drawn.width, drawn.height), invariant=1, pageCompression=1)
        black = HexColor("#000000")
        sheets = counts["sheet"]
        for sheet in range(sheets):
            for placed in drawn.placed[sheet::sheets]:
                canvas.setFillColor(black)
                canvas.setFont(Face.REGULAR.value, placed.size)
                canvas.drawString(placed.box.x0, placed.box.y0, placed.text)
            for number in range(sheet, counts["line"], sheets):
                _pen(canvas, black)
                canvas.line(10, number % 700, 500, number % 700)
            for number in range(sheet, counts["path"], sheets):
                _pen(canvas, black)
                path = canvas.beginPath()
                path.moveTo(10, number % 700)
                for point in range(counts["point"] // counts["path"] - 1):
                    path.lineTo(20 + point, number % 700)
                path.close()
                canvas.drawPath(path, stroke=1, fill=0)
            for number in range(sheet, counts["circle"], sheets):
                _pen(canvas, black)
                canvas.circle(10 + number % 500, 100, 3, stroke=1, fill=0)
            canvas.showPage()
        canvas.save()
        target.write_bytes(made.getvalue())

    return draw


def _pen(canvas: Canvas, colour: Color) -> None:
    canvas.setLineWidth(0.75)
    canvas.setStrokeColor(colour)
    canvas.setDash([])
