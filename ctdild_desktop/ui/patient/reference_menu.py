"""Choosing which test the latest one is compared with on the patient screen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QPoint, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.reference_choice import Choice, Chosen
from ctdild_desktop.clinical.verdict import Evidence
from ctdild_desktop.ui.patient.words import reference_value, reference_words


def _tr(text: str) -> str:
    return QCoreApplication.translate("ReferenceMenu", text)


def choice_name(chosen: Chosen) -> str:
    """What a choice is called: ``highest in 24 months``."""
    names = {
        Choice.HIGHEST: _tr("highest in {months} months"),
        Choice.FIRST: _tr("first in {months} months"),
        Choice.BEFORE_THERAPY: _tr("last before {drug}") if chosen.drug else _tr("last before therapy"),
        Choice.THIS: _tr("the selected test"),
    }
    return names[chosen.choice].format(months=chosen.months, drug=chosen.drug.lower())


def chosen_words(pair: Evidence | None, chosen: Chosen | None) -> tuple[str, ...]:
    """Which test the changes are counted from and why that one, in full and in ever fewer words."""
    if pair is None or chosen is None:
        return reference_words(pair)
    name = choice_name(chosen)
    told = _tr("Reference: {name}, {value}").format(name=name, value=reference_value(pair))
    return (told, _tr("Reference: {name}").format(name=name), *reference_words(pair)[1:])


class ReferenceMenu(QMenu):
    """One entry for the criterion's own reference and one for each choice; what cannot be says why."""

    chosen = Signal(str)
    """A value of ``Choice``; empty for the criterion's own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reference_menu")
        self.setAccessibleName(self.tr("Reference test"))
        self.triggered.connect(lambda act: self.chosen.emit(str(act.data())))

    def offer(self, own: Evidence | None, choices: Sequence[Chosen], current: str, at: QPoint) -> None:
        """Open at a place of the screen; ``current`` is the value of the choice in force."""
        self.clear()
        group = QActionGroup(self)
        usual = self.tr("As the criterion: {value}").format(
            value=reference_value(own) if own is not None else self.tr("no reference")
        )
        entries = [("", usual, True)]
        for one in choices:
            value = reference_value(one.pair) if one.pair is not None else ""
            why = wording.say(one.why_not) if one.why_not is not None else ""
            name = choice_name(one)
            entries.append((one.choice.value, f"{name[:1].upper()}{name[1:]}: {value or why}", not why))
        for code, words, possible in entries:
            act = self.addAction(words.replace("&", "&&"))
            act.setObjectName(f"reference_{code or 'own'}")
            act.setData(code)
            act.setCheckable(True)
            act.setChecked(code == current)
            act.setEnabled(possible)
            group.addAction(act)
        self.setActiveAction(self.actions()[0])
        self.popup(at)
