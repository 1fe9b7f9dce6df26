"""The clinic's own thresholds: those in force, and a line to set another one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.criteria import Comparator, ThresholdBasis, ThresholdMeasure, UserThreshold
from ctdild_desktop.clinical.entry import EntryError
from ctdild_desktop.services import site_criteria
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.permissions import may
from ctdild_desktop.services.site_criteria import ThresholdDraft
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import NumberField, TextField
from ctdild_desktop.ui.widgets.later import Later
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.whole_field import WholeField


class OwnThresholds(Later):
    """Shows, sets and retires thresholds; ``done`` carries the act, so that the frame can offer its undo."""

    done = Signal(object)

    def __init__(self, desk: Desk, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("own_thresholds")
        self._desk, self._runner = desk, runner
        self._may = may(desk, site_criteria.set_threshold)
        self._form: list[QWidget] = []

    def _make_inside(self) -> None:
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(14)
        self._rows.setColumnStretch(3, 1)
        self._words = named(QLabel(), "threshold_words")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 14)
        column.setSpacing(8)
        column.addLayout(self._rows)
        column.addLayout(self._make_form())
        column.addWidget(self._words)
        self.refresh()

    def refresh(self) -> None:
        """Read the thresholds in force anew."""
        if not self.made:
            return
        desk = self._desk
        self._runner.run(
            lambda: site_criteria.thresholds(desk),
            while_alive(self, self._show),
            while_alive(self, self._refused),
        )

    def fit_role(self) -> None:
        """Offer what the role may do, which may be another one than before."""
        may_now = may(self._desk, site_criteria.set_threshold)
        if may_now != self._may:
            self._may = may_now
            for part in self._form:
                part.setEnabled(may_now)
            self.refresh()

    def _make_form(self) -> QHBoxLayout:
        tr = self.tr
        self._name = TextField("threshold_name", tr("Name"), max_length=site_criteria.MOST_NAME)
        self._name.setPlaceholderText(tr("Name"))
        self._measure = ChoiceField(
            "threshold_measure",
            tr("Measure"),
            (("fvc", tr("FVC fall")), ("dlco", tr("DLCO fall"))),
            empty=None,
        )
        self._comparator = ChoiceField(
            "threshold_comparator",
            tr("Comparison"),
            (("more_than", tr("of more than")), ("at_least", tr("of at least"))),
            empty=None,
        )
        self._amount = NumberField("threshold_amount", tr("Amount"))
        self._basis = ChoiceField(
            "threshold_basis",
            tr("Counted in"),
            (("relative", tr("% relative")), ("points", tr("points of % predicted"))),
            empty=None,
        )
        self._window = WholeField("threshold_window", tr("Window in months"))
        self._window.set_text("24")
        for field, width in ((self._name, 190), (self._amount, 60), (self._window, 50)):
            field.setFixedWidth(theme.scaled(width))
        self._set = named(QPushButton(tr("Set threshold")), "threshold_set")
        self._set.clicked.connect(self._on_set)
        row = QHBoxLayout()
        row.setSpacing(8)
        parts = (self._name, self._measure, self._comparator, self._amount, self._basis)
        for part in (*parts, QLabel(tr("within")), self._window, QLabel(tr("months")), self._set):
            part.setEnabled(self._may)
            row.addWidget(part)
            self._form.append(part)
        row.addStretch(1)
        return row

    def _show(self, found: tuple[UserThreshold, ...]) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for at, one in enumerate(found):
            set_by = self.tr("set by {name} on {day}").format(name=one.set_by, day=wording.day(one.set_on))
            for column, text in enumerate((one.name, wording.say(one.rule), set_by)):
                label = named(QLabel(), f"threshold_{at}_{column}")
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setText(text)
                label.setFont(theme.font(bold=column == 0))
                self._rows.addWidget(label, at, column)
            retire = named(QPushButton(self.tr("Retire")), f"threshold_retire_{at}")
            retire.setAccessibleName(self.tr("Retire {name}").format(name=one.name))
            retire.setEnabled(self._may)
            retire.clicked.connect(self._retiring(one.id))
            self._rows.addWidget(retire, at, 3, Qt.AlignmentFlag.AlignLeft)
        shown = self.tr("Shown after the published definitions, with who set it. It is retired, not changed.")
        words = shown if self._may else self.tr("Administrators may set thresholds.")
        self._words.setText(
            words if found or not self._may else self.tr("None set. {words}").format(words=shown)
        )

    def _retiring(self, threshold_id: str) -> Callable[[], None]:
        return lambda: self._act(lambda: site_criteria.retire_threshold(self._desk, threshold_id))

    def _on_set(self) -> None:
        try:
            amount, window = self._amount.value(), self._window.count()
        except EntryError as error:
            self._words.setText(str(error))
            return
        if amount is None or window is None:
            self._words.setText(self.tr("Give the amount and the window."))
            return
        draft = ThresholdDraft(
            name=self._name.value(),
            measure=ThresholdMeasure(self._measure.text_value()),
            basis=ThresholdBasis(self._basis.text_value()),
            comparator=Comparator(self._comparator.text_value()),
            amount=amount,
            window_months=window,
        )
        self._act(lambda: site_criteria.set_threshold(self._desk, draft), clear=True)

    def _act(self, act: Callable[[], Done[Any]], *, clear: bool = False) -> None:
        def kept(done: Done[Any]) -> None:
            if clear:
                self._name.set_text("")
                self._amount.set_text("")
            self.done.emit(done)

        self._runner.run(act, while_alive(self, kept), while_alive(self, self._refused))

    def _refused(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self._words.setText(words)
