"""The saved questions: one is chosen, the present one is saved by name, renamed or removed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from ctdild_desktop.services import permissions
from ctdild_desktop.services.cohort import saved_questions
from ctdild_desktop.services.cohort.saved_questions import LONGEST_NAME, Saved
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import TextField
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip

_SAVE, _RENAME, _REMOVE = "save", "rename", "remove"


class SavedBar(QWidget):
    """``chosen`` carries the ``Saved`` that shall be asked, ``done`` what was done with one."""

    chosen = Signal(object)
    done = Signal(object)
    refused = Signal(str)
    renewed = Signal()
    """The list was read anew."""

    def __init__(
        self, desk: Desk, runner: Runner, text: Callable[[], str], parent: QWidget | None = None
    ) -> None:
        """``text`` tells the question that stands there now."""
        super().__init__(parent)
        self._desk, self._runner, self._text = desk, runner, text
        self._held: dict[str, Saved] = {}
        self._doing = _SAVE
        tr = self.tr
        self.which = ChoiceField("cohort_saved", tr("Saved questions"), empty=tr("saved questions"))
        self.which.setMinimumContentsLength(6)
        self.which.changed.connect(self._on_chosen)
        self.more = named(QPushButton(tr("Save")), "cohort_save")
        self.more.setMenu(self._menu())
        self.name = TextField("cohort_name", tr("Name of the question"), max_length=LONGEST_NAME)
        self.name.setPlaceholderText(tr("name"))
        self.ok = named(QPushButton(tr("Save")), "cohort_name_ok")
        self.ok.setProperty("primary", True)
        self.ok.clicked.connect(self._on_ok)
        self.name.accepted.connect(self._on_ok)
        self._naming = named(QWidget(), "cohort_naming")
        QShortcut(
            QKeySequence("Esc"),
            self._naming,
            self._leave_naming,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )
        row = QHBoxLayout()
        row.addWidget(self.which, 1)
        row.addWidget(self.more)
        below = QHBoxLayout(self._naming)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.name, 1)
        below.addWidget(self.ok)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._naming)
        self._naming.hide()

    def refresh(self, then: str = "") -> None:
        """Read the list anew; ``then`` is the id of the one that shall be marked."""
        desk = self._desk
        self._runner.run(
            lambda: saved_questions.saved(desk),
            while_alive(self, lambda found: self._show(found, then)),
            while_alive(self, self._refuse),
        )

    def name_of(self, text: str) -> str:
        """By which name a question is saved, which is marked then; empty when it is not."""
        marked = self._marked()
        if marked is None or marked.text != text:
            marked = next((one for one in self._held.values() if one.text == text), None)
        if marked is None:
            return ""
        self.which.setCurrentIndex(self.which.findData(marked.query.id))
        self._fit()
        return marked.name

    def clear(self) -> None:
        """Let go of what was read."""
        self._show((), "")

    def _show(self, found: tuple[Saved, ...], then: str) -> None:
        marked = then or self.which.text_value()
        self._held = {one.query.id: one for one in found}
        self.which.set_choices([(one.query.id, one.name) for one in found])
        if marked in self._held:
            self.which.setCurrentIndex(self.which.findData(marked))
        self._fit()
        self.renewed.emit()

    def _marked(self) -> Saved | None:
        return self._held.get(self.which.text_value())

    def _on_chosen(self) -> None:
        self._fit()
        marked = self._marked()
        if marked is not None:
            self.which.setToolTip(
                tip(
                    self.tr("Changed by {who} on {day}.").format(
                        who=marked.changed_by, day=f"{marked.changed_at.astimezone():%d.%m.%Y}"
                    )
                )
            )
            self.chosen.emit(marked)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        words = (
            (_SAVE, self.tr("Save by name…")),
            (_RENAME, self.tr("Rename…")),
            (_REMOVE, self.tr("Remove")),
        )
        for code, text in words:
            act = QAction(text, menu)
            act.setData(code)
            act.triggered.connect(partial(self._on_menu, code))
            menu.addAction(act)
        menu.aboutToShow.connect(self._fit)
        return menu

    def _fit(self) -> None:
        """Offer what the role allows, and renaming and removing when one is marked."""
        why = permissions.why_not(self._desk, saved_questions.save_query)
        self.more.setEnabled(not why)
        self.more.setToolTip(tip(why))
        for act in self.more.menu().actions():
            act.setEnabled(act.data() == _SAVE or self._marked() is not None)

    def _on_menu(self, code: str) -> None:
        marked = self._marked()
        if code == _REMOVE:
            if marked is not None:
                desk, query_id = self._desk, marked.query.id
                self._do(lambda: saved_questions.remove(desk, query_id))
            return
        self._doing = code
        self.ok.setText(self.tr("Save") if code == _SAVE else self.tr("Rename"))
        self.name.set_text(marked.name if marked is not None else "")
        self._naming.show()
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.name.selectAll()

    def _on_ok(self) -> None:
        desk, name, text, marked = self._desk, self.name.text_value(), self._text(), self._marked()
        if self._doing == _RENAME and marked is not None:
            query_id = marked.query.id
            self._do(lambda: saved_questions.rename(desk, query_id, name))
        else:
            self._do(lambda: saved_questions.save_query(desk, name, text))

    def _do(self, act: Callable[[], Done[Any]]) -> None:
        self._runner.run(act, while_alive(self, self._on_done), while_alive(self, self._refuse))

    def _on_done(self, done: Done[Any]) -> None:
        self._leave_naming()
        self.refresh(done.value.id)
        self.done.emit(done)

    def _leave_naming(self) -> None:
        if self._naming.isVisible():
            self.more.setFocus(Qt.FocusReason.OtherFocusReason)
        self._naming.hide()

    def _refuse(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self.refused.emit(words)
