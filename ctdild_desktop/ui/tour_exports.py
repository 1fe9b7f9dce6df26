"""The part of the tour that exports: the choices, with identity and without, and a set that was made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtWidgets import QToolButton, QWidget

from ctdild_desktop.ui.exports.export_page import ExportPage
from ctdild_desktop.ui.workbench import Workbench

Take = Callable[[QWidget, str], None]


def draw_export(bench: Workbench, take: Take) -> None:
    """The page as it opens, for data with identity, and after an export into a folder that goes again."""
    bench.act("export")
    take(bench.window, "export")
    (page,) = bench.window.findChildren(ExportPage)
    for code, name in (("named", "export-identified"), ("bare", "export-done")):
        button = page.findChild(QToolButton, f"export_identity_{code}")
        if button is not None:
            button.click()
        if name == "export-done":
            with TemporaryDirectory() as folder:
                page.export_into(Path(folder))
        take(bench.window, name)
