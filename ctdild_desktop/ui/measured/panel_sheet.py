"""What the sheets of one sample share: day, laboratory, a row for each test, and rows behind a button."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QToolButton, QWidget

from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.field_form import FormField
from ctdild_desktop.ui.dialogs.record_sheet import RecordSheet
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.measured.result_grid import ResultGrid
from ctdild_desktop.ui.widgets.fields import PartialDateField, TextField
from ctdild_desktop.ui.widgets.naming import named


class PanelSheet(RecordSheet):
    """Base of the sheets of bloods and of antibodies; they make new records only, several at once."""

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        view: PatientView,
        *,
        title: str,
        draft_kind: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(desk, runner, view, title=title, draft_kind=draft_kind, parent=parent)
        self.setMinimumWidth(theme.scaled(606))
        tr = self.tr
        self.add_field(
            tr("&Date"), PartialDateField("date", tr("Date of the sample"), desk.today), required=True
        )
        self.add_field(
            tr("La&boratory"), TextField("laboratory", tr("Laboratory"), max_length=200), wide=True
        )

    def show_grids(self, first: ResultGrid, more: ResultGrid, words: str, name: str) -> None:
        """Put both grids below the fields; ``more`` stands behind a button with these words, and Alt+M."""
        button = named(QToolButton(), name)
        button.setText(words)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setArrowType(Qt.ArrowType.RightArrow)
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.toggled.connect(self._on_more)
        self._more, self._more_button = more, button
        more.hide()
        for at, part in enumerate((first, button, more), start=1):
            self.body.insertWidget(at, part)
        self.add_key("Alt+M", button.toggle)

    def show_field(self, field: FormField) -> None:
        """See :meth:`FormSheet.show_field`."""
        if self._more.isAncestorOf(field) and not self._more_button.isChecked():
            self._more_button.setChecked(True)
            # the field has its place only when the layout has taken in what was folded
            QTimer.singleShot(0, self, lambda: self.area.ensureWidgetVisible(field))
        super().show_field(field)

    def restore(self, payload: dict[str, str]) -> None:
        """See :meth:`FieldForm.restore`; a draft with further tests shows them."""
        super().restore(payload)
        if any(self._more.isAncestorOf(self.fields[name]) for name in payload if name in self.fields):
            self._more_button.setChecked(True)

    def _on_more(self, shown: bool) -> None:
        self._more.setVisible(shown)
        self._more_button.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
