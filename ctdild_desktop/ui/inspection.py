"""What is wrong with a window as it stands: text that is cut, parts that overlap, controls without a name.

The tour looks at every screen in every form with it, so that nobody has to find such a thing by eye.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMenuBar,
    QPlainTextEdit,
    QScrollArea,
    QScrollBar,
    QSizeGrip,
    QSplitterHandle,
    QTabBar,
    QTextEdit,
    QToolButton,
    QWidget,
)

from ctdild_desktop.ui.mnemonics import mark_of
from ctdild_desktop.ui.widgets.check_box import CheckBox
from ctdild_desktop.ui.widgets.fitting_label import FittingLabel

_INTERACTIVE = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
)
_FURNITURE = (QScrollBar, QSizeGrip, QSplitterHandle)
_SLACK = 1
"""Pixels by which a style may be wrong about its own size."""


def faults(window: QWidget) -> tuple[str, ...]:
    """One sentence for each thing that is wrong with what is seen of a window and the dialogs over it."""
    found = dict.fromkeys(_faults(window))
    return tuple(found)


def _faults(window: QWidget) -> Iterator[str]:
    shown = [widget for widget in window.findChildren(QWidget) if widget.isVisible()]
    for widget in shown:
        if isinstance(widget, _FURNITURE) or _is_private(widget):
            continue
        if _lacks_name(widget):
            yield f"{_called(widget)} has no accessible name"
        if _is_cut(widget):
            yield f"{_called(widget)} is cut: {_text(widget)!r}"
        if _sticks_out(widget):
            yield f"{_called(widget)} sticks out of {_called(widget.parentWidget())}"
    for parent in (window, *shown):
        yield from _overlaps(parent)
    yield from menu_clashes(window)


def menu_clashes(window: QWidget) -> Iterator[str]:
    """A sentence for each label and button that is seen, and reached by a letter that opens a menu."""
    letters = {mark_of(menu.text()) for bar in window.findChildren(QMenuBar) for menu in bar.actions()}
    for widget in window.findChildren(QWidget):
        reached = isinstance(widget, QAbstractButton) or (isinstance(widget, QLabel) and widget.buddy())
        letter = mark_of(_text(widget)) if reached and widget.isVisible() else ""
        if letter and letter in letters and widget.window() is window:
            yield f"{_called(widget)} is reached by Alt+{letter.upper()}, which opens a menu"


def _is_private(widget: QWidget) -> bool:
    """Whether a widget is a part that Qt itself makes inside another one."""
    owner = widget.parentWidget()
    inside_another = isinstance(owner, QAbstractSpinBox | QComboBox | QLineEdit)
    return widget.objectName().startswith("qt_") or inside_another


def _lacks_name(widget: QWidget) -> bool:
    if not isinstance(widget, _INTERACTIVE) or not widget.isEnabled():
        return False
    if widget.focusPolicy() == Qt.FocusPolicy.NoFocus and not isinstance(widget, QAbstractButton):
        return False
    spoken = QAccessible.queryAccessibleInterface(widget)
    return spoken is not None and not spoken.text(QAccessible.Text.Name).strip()


def _is_cut(widget: QWidget) -> bool:
    fits = isinstance(widget, FittingLabel) or (isinstance(widget, CheckBox) and widget.elides)
    if fits or not _text(widget):
        return False
    if isinstance(widget, QLabel) and widget.wordWrap():
        return widget.heightForWidth(widget.width()) > widget.height() + _SLACK
    if isinstance(widget, QToolButton) and widget.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly:
        return False
    if isinstance(widget, QLabel):
        needed = widget.sizeHint().width() - 2 * widget.margin() - _SLACK
        return needed > widget.width() or _line(widget) > widget.height() + _SLACK
    if isinstance(widget, QAbstractButton):
        needed = widget.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, widget.text()).width()
        return needed > widget.width() or _line(widget) > widget.height() + _SLACK
    return False


def _line(widget: QWidget) -> int:
    """The height that a line of text needs from the highest letter to the lowest."""
    metrics = widget.fontMetrics()
    return metrics.ascent() + metrics.descent() - metrics.ascent() // 4


def _sticks_out(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    if parent is None or widget.isWindow() or isinstance(widget, QDialog):
        return False
    if isinstance(parent.parentWidget(), QScrollArea | QAbstractScrollArea):
        return False  # what is scrolled is larger than what is seen
    inner = widget.geometry()
    return inner.isValid() and not parent.rect().adjusted(-2, -2, 2, 2).contains(inner)


def _overlaps(parent: QWidget) -> Iterator[str]:
    if isinstance(parent, QAbstractItemView | QTabBar | QComboBox | QLineEdit):
        return
    children = [
        child
        for child in parent.children()
        if isinstance(child, QWidget)
        and child.isVisible()
        and not child.isWindow()
        and not isinstance(child, QDialog | QSplitterHandle | QSizeGrip)
        and not child.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        and not child.objectName().startswith("qt_")
        and not child.property("overlay")
    ]
    for first, second in combinations(children, 2):
        common = first.geometry().intersected(second.geometry())
        if common.width() > 2 and common.height() > 2:
            yield f"{_called(first)} and {_called(second)} overlap by {common.width()} x {common.height()}"


def _text(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""


def _called(widget: QWidget | None) -> str:
    if widget is None:
        return "nothing"
    owner = widget.parentWidget()
    name = widget.objectName() or (owner.objectName() if owner is not None else "")
    return f"{type(widget).__name__} {name}".strip()
