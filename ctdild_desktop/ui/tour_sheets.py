"""The part of the tour that shows sheets with something typed, and a file with what is said of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ctdild_desktop import bundled
from ctdild_desktop.services import report_sources
from ctdild_desktop.ui.dialogs.form_sheet import FormSheet
from ctdild_desktop.ui.pft.report_rows import enter_in
from ctdild_desktop.ui.pft.report_sheet import ReportSheet
from ctdild_desktop.ui.workbench import Workbench

Take = Callable[[QWidget, str], None]


def draw_reports(bench: Workbench, take: Take, leave: Callable[[], None]) -> None:
    """A report before it is pasted, half confirmed, and one of another person."""
    view = bench.patient.view
    if view is None:
        return
    day, height = view.today, view.record.patient.height_cm or 170
    text = (bundled.resources() / "demo" / "sample_report.txt").read_text(encoding="utf-8")
    text = text.format(date=f"{day:%d.%m.%Y}", height=height)
    for name, said, confirmed in (
        ("report-empty", "", 0),
        ("report-half", text, 5),
        ("report-other", f"MRN: 0\n{text}", 0),
    ):
        bench.sheets.confirm_report(view)
        sheet = bench.patient.sheet
        if isinstance(sheet, ReportSheet):
            if said:
                sheet.take(report_sources.pasted(said))
            for _ in range(confirmed):
                enter_in(sheet.fields[sheet.answers.open_names()[0]])
            take(bench.window, name)
            sheet.discard_draft()
        leave()


def draw_papers(bench: Workbench, take: Take, leave: Callable[[], None]) -> None:
    """A lavage that is being typed, a withdrawal of consent, and a file with what is said of it."""
    lavage = {"volume_in_ml": "200", "recovered_ml": "96", "lymphocytes_percent": "46"}
    for act, typed in (
        ("add_procedure", {"kind": "bal", **lavage}),
        ("add_consent", {"kind": "registry", "answer": "withdrawn"}),
    ):
        bench.act(act)
        sheet = bench.patient.sheet
        if isinstance(sheet, FormSheet):
            for field, text in typed.items():
                sheet.fields[field].set_text(text)
            sheet.refresh()
            take(bench.window, f"{act.replace('_', '-')}-typed")
            sheet.discard_draft()
        leave()
    view = bench.patient.view
    if view is not None and view.record.attachments:
        bench.open_record("attachment", view.record.attachments[0].id)
        take(bench.window, "file")
        leave()
