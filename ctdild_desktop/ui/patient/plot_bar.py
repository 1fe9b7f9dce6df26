"""The bar above the time-line: scale, years, what is shown, and which test is the reference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QCoreApplication, QPoint, QSize, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from ctdild_desktop.config import PLOT_PARTS, PLOT_USUAL
from ctdild_desktop.figures.scene import Scale
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.widgets.check_box import CheckBox
from ctdild_desktop.ui.widgets.fitting_label import FittingLabel
from ctdild_desktop.ui.widgets.plain import tip
from ctdild_desktop.ui.widgets.segmented_control import SegmentedControl

_SCALES = (Scale.LITRES, Scale.PERCENT, Scale.Z)


def _tr(text: str) -> str:
    return QCoreApplication.translate("PlotBar", text)


def part_words() -> dict[str, str]:
    """What each part of the plot that can be switched is called."""
    return {
        "lln": _tr("Lower limit of normal (LLN)"),
        "band": _tr("−10 % band below the reference"),
        "fev1": _tr("FEV1"),
        "tlc": _tr("TLC"),
        "kco": _tr("KCO"),
        "spo2": _tr("SpO₂ at rest and lowest"),
        "mmrc": _tr("mMRC grade of breathlessness"),
        "epochs": _tr("Slope of FVC in each epoch of therapy"),
        "all_drugs": _tr("All drugs, also those stopped long ago"),
    }


_RULE_BEFORE = frozenset({"fev1", "epochs"})


class PlotBar(QWidget):
    """Asks by signals; what is chosen stays from patient to patient."""

    scale_chosen = Signal(str)
    span_chosen = Signal(str)
    reference_asked = Signal()
    shown_changed = Signal(object)
    """The parts that are shown now, as a tuple of names of ``PLOT_PARTS``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plot_bar")
        self.scales = SegmentedControl(
            "scale",
            self.tr("Scale"),
            [
                (Scale.LITRES.value, self.tr("L")),
                (Scale.PERCENT.value, self.tr("% predicted")),
                (Scale.Z.value, self.tr("z")),
            ],
        )
        self.scales.set_current(Scale.PERCENT.value)
        self.scales.chosen.connect(self.scale_chosen)
        spans = [("all", self.tr("All")), ("5", self.tr("5 y")), ("2", self.tr("2 y")), ("1", self.tr("1 y"))]
        self._spans = SegmentedControl("span", self.tr("Time shown"), spans)
        self._spans.set_current("all")
        self._spans.chosen.connect(self.span_chosen)
        self._lln = self._box("lln", self.tr("LLN"), self.tr("Lower limit of normal"))
        self._band = self._box("band", self.tr("−10 % band"), self.tr("From the reference to 10 % less"))
        self.menu = QMenu(self)
        self.menu.setObjectName("show_menu")
        self._parts = dict(self._switches())
        self.show_button = self._menu_button("show_button", self.tr("Show"), self.menu)
        self.show_button.setToolTip(tip(self.tr("Further curves, epochs and drugs; key S")))
        self.show_button.setAccessibleName(self.tr("Show: further curves, epochs and drugs"))
        self.pictures = QMenu(self)
        self.pictures.setObjectName("picture_menu")
        self._with_identity = QAction(self.tr("With name, MRN and birth date"), self)
        self._with_identity.setObjectName("with_identity")
        self._with_identity.setCheckable(True)
        self._with_identity.setChecked(True)
        self.picture_button = self._menu_button("picture_button", self.tr("Picture"), self.pictures)
        self.picture_button.setToolTip(tip(self.tr("Key to the signs, copy, save, print; key P")))
        self.picture_button.setAccessibleName(self.tr("Picture: key to the signs, copy, save, print"))
        self.words = FittingLabel(self)
        self.words.setObjectName("plot_statement")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(10, 3, 10, 3)
        self._row.setSpacing(theme.scaled(8))
        buttons = (self.show_button, self.picture_button)
        for widget in (self.scales, self._spans, self._lln, self._band, *buttons):
            self._row.addWidget(widget)
        self._row.addWidget(self.words, 1)
        self.reference_button = QPushButton(self.tr("Change…  R"), self)
        self.reference_button.setObjectName("reference_button")
        self.reference_button.setProperty("small", True)
        self.reference_button.setAccessibleName(self.tr("Change the reference test"))
        self.reference_button.setToolTip(tip(self.tr("Which test the latest one is compared with; key R")))
        self.reference_button.clicked.connect(self.reference_asked)
        self._row.addWidget(self.reference_button)
        self.setFixedHeight(theme.scaled(32))
        self.set_shown(PLOT_USUAL)

    @property
    def shown(self) -> tuple[str, ...]:
        """The parts that are switched on."""
        return tuple(name for name, act in self._parts.items() if act.isChecked())

    def set_shown(self, names: Iterable[str]) -> None:
        """Switch exactly these parts on; emits nothing."""
        wanted = set(names)
        for name, act in self._parts.items():
            act.blockSignals(True)
            act.setChecked(name in wanted)
            act.blockSignals(False)
        self._fit_boxes()

    def switch(self, name: str, *, on: bool) -> None:
        """Switch one part, as its entry in the menu does; KeyError for an unknown name."""
        self._parts[name].setChecked(on)

    def offer_scales(self, impossible: dict[Scale, str], current: Scale) -> None:
        """Disable the scales that these tests do not have, each with its reason."""
        for number, scale in enumerate(_SCALES, 1):
            reason = impossible.get(scale, "")
            self.scales.set_possible(scale.value, not reason, reason)
            if not reason:
                self.scales.set_hint(scale.value, self.tr("Key {key}").format(key=number))
        self.scales.set_current(current.value)

    @property
    def stops(self) -> Sequence[QWidget]:
        """The controls behind the scale and the years, in the order of the keyboard."""
        return (self._lln, self._band, self.show_button, self.picture_button, self.reference_button)

    def below(self, button: QWidget) -> QPoint:
        """Where on the screen the menu of a button opens."""
        return button.mapToGlobal(button.rect().bottomLeft())

    @property
    def identity(self) -> bool:
        """Whether name, MRN and birth date stand on a picture that leaves the program."""
        return self._with_identity.isChecked()

    def set_picture_actions(self, actions: Sequence[QAction]) -> None:
        """Offer these actions of the program for the picture."""
        self.pictures.addActions(list(actions))
        self.pictures.addSeparator()
        self.pictures.addAction(self._with_identity)

    def open_menu(self) -> None:
        """Open the menu of what is shown, at its button."""
        self._open(self.menu, self.show_button)

    def open_pictures(self) -> None:
        """Open the menu of what can be done with the picture, at its button."""
        self._open(self.pictures, self.picture_button)

    def _open(self, menu: QMenu, button: QToolButton) -> None:
        menu.setActiveAction(menu.actions()[0])
        menu.popup(self.below(button))

    def minimumSizeHint(self) -> QSize:
        """Without the boxes, whose switches are in the menu, too."""
        wide = self.scales.sizeHint().width() + self._spans.sizeHint().width()
        for button in (self.show_button, self.reference_button):
            wide += button.sizeHint().width()
        return QSize(wide + 60, theme.scaled(32))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room anew."""
        super().resizeEvent(event)
        self.make_room()

    def set_words(self, wordings: Sequence[str]) -> None:
        """Say which test is the reference, the fullest wording first."""
        self.words.set_wordings(wordings)
        self.make_room()

    def make_room(self) -> None:
        """Take away what has no room beside the words: boxes, then the pictures' button. Menus have both."""
        needed = 20 + self._row.spacing() * self._row.count() + self.words.least_width
        for widget in (self.scales, self._spans, *self.stops):
            needed += widget.sizeHint().width()
        for giving_way in ((self._lln, self._band), (self.picture_button,)):
            for widget in giving_way:
                widget.setVisible(self.width() >= needed)
            needed -= sum(widget.sizeHint().width() for widget in giving_way)
        self._row.activate()

    def _switches(self) -> Iterable[tuple[str, QAction]]:
        words = part_words()
        for name in PLOT_PARTS:
            if name in _RULE_BEFORE:
                self.menu.addSeparator()
            act = self.menu.addAction(words[name])
            act.setObjectName(f"part_{name}")
            act.setCheckable(True)
            act.toggled.connect(self._on_switched)
            yield name, act

    def _menu_button(self, name: str, words: str, menu: QMenu) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setText(words)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setProperty("pick", True)
        return button

    def _box(self, part: str, words: str, hint: str) -> CheckBox:
        box = CheckBox(words, self)
        box.setObjectName(f"show_{part}")
        box.setProperty("part", part)
        box.setToolTip(tip(hint))
        box.setAccessibleName(hint)
        box.toggled.connect(self._on_box)
        return box

    def _fit_boxes(self) -> None:
        for box in (self._lln, self._band):
            box.blockSignals(True)
            box.setChecked(self._parts[str(box.property("part"))].isChecked())
            box.blockSignals(False)

    def _on_box(self, on: bool) -> None:
        self._parts[str(self.sender().property("part"))].setChecked(on)

    def _on_switched(self) -> None:
        self._fit_boxes()
        self.shown_changed.emit(self.shown)
