"""The part of the tour that shows what the program is, what it carries, and the bundle for support."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QDialog, QWidget

from ctdild_desktop.ui.registry.licences_dialog import LicencesDialog
from ctdild_desktop.ui.support.bundle_sheet import BundleSheet
from ctdild_desktop.ui.widgets.check_box import CheckBox
from ctdild_desktop.ui.workbench import Workbench

Take = Callable[[QWidget, str], None]
Kind = TypeVar("Kind", bound=QDialog)
_SHOWN = "Qt"


def draw_support(bench: Workbench, take: Take, leave: Callable[[Workbench], None]) -> None:
    """About, the licences at the one of Qt, and the bundle at what it tells of the registry."""
    bench.act("about")
    take(bench.window, "about")
    leave(bench)
    bench.act("licences")
    listed = _dialog(bench, LicencesDialog)
    listed.table.selectRow(next(at for at, part in enumerate(listed.rows.rows) if part.name == _SHOWN))
    take(bench.window, "licences")
    leave(bench)
    bench.act("diagnosis")
    sheet = _dialog(bench, BundleSheet)
    boxes = {box.text(): box for box in sheet.findChildren(CheckBox)}
    boxes["log.txt"].setChecked(False)
    boxes["registry.txt"].setFocus()
    take(bench.window, "diagnostic-bundle")
    leave(bench)


def _dialog(bench: Workbench, kind: type[Kind]) -> Kind:
    found = bench.window.findChild(kind)
    assert found is not None
    return found
