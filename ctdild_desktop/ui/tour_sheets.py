"""The part of the tour that shows sheets with something typed, and a file with what is said of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ctdild_desktop.ui.dialogs.form_sheet import FormSheet
from ctdild_desktop.ui.workbench import Workbench

Take = Callable[[QWidget, str], None]


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
