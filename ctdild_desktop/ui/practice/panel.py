"""The step at hand in a strip below the pages, and all lessons in a window of their own."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.practice.lessons import LESSONS, Lesson, Step
from ctdild_desktop.ui.practice.lines import Lines, line_list
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip

_WIDTH = 420
_ROWS = 7
"""Of the longest lesson."""


class PracticePanel(QFrame):
    """Nothing is forced: any lesson, any step, in any order. A step ticks itself; no click does it."""

    show_requested = Signal(object)
    """The ``Step`` whose place shall be shown."""
    anew_requested = Signal()
    removal_requested = Signal()
    leave_requested = Signal()
    left = Signal()
    """The lessons were closed: the keyboard goes back to the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("practice_panel")
        self.setAccessibleName(self.tr("Lessons"))
        self._done: frozenset[str] = frozenset()
        self._of_lessons, self._of_steps = Lines(), Lines()
        self._lessons = line_list("practice_lessons", self.tr("For whom"), self._of_lessons, len(LESSONS))
        self._steps = line_list("practice_list", self.tr("Steps"), self._of_steps, _ROWS)
        self._title = named(QLabel(), "practice_title")
        self._words = named(QLabel(), "practice_words")
        for label in (self._title, self._words):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setFont(theme.font(bold=True))
        self._words.setWordWrap(True)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.lessons = self._make_lessons()
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 3, 8, 3)
        column.setSpacing(4)
        column.addLayout(self._make_line())
        self._lesson_at = self._step_at = 0
        self._tick()
        self._lessons.setCurrentIndex(self._of_lessons.index(0))
        self._lessons.selectionModel().currentChanged.connect(lambda now, _was: self._on_lesson(now.row()))
        self._steps.selectionModel().currentChanged.connect(lambda now, _was: self._on_step(now.row()))
        self._lessons.row_opened.connect(lambda _index: self._steps.setFocus())
        self._steps.row_opened.connect(lambda _index: self._on_show())
        self._on_lesson(0)

    def _make_line(self) -> QHBoxLayout:
        self._open = named(QPushButton(self.tr("Lessons  Ctrl+F1")), "practice_open")
        self._open.clicked.connect(self.take_keyboard)
        self.show_me = named(QPushButton(self.tr("Show me")), "practice_show")
        self.show_me.clicked.connect(self._on_show)
        self._more = named(QPushButton(self.tr("Practice data…")), "practice_more")
        menu = named(QMenu(self._more), "practice_menu")
        menu.addAction(self.tr("Begin anew")).triggered.connect(self.anew_requested)
        menu.addAction(self.tr("Remove practice data")).triggered.connect(self.removal_requested)
        above = QPoint(0, -menu.sizeHint().height())
        self._more.clicked.connect(lambda: menu.popup(self._more.mapToGlobal(above)))
        self._back = named(QPushButton(self.tr("To the clinic's registry")), "practice_leave")
        self._back.clicked.connect(self.leave_requested)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._open)
        row.addWidget(self._title)
        row.addWidget(self._words, 1)
        for button in (self.show_me, self._more, self._back):
            row.addWidget(button)
        return row

    def _make_lessons(self) -> QDialog:
        dialog = named(QDialog(self), "practice_dialog")
        dialog.setWindowTitle(self.tr("Lessons"))
        column = QVBoxLayout(dialog)
        column.setSpacing(6)
        for words, each in ((self.tr("For whom"), self._lessons), (self.tr("Steps"), self._steps)):
            head = QLabel(words)
            head.setFont(theme.font(bold=True))
            column.addWidget(head)
            column.addWidget(each)
        self._told = named(QLabel(), "practice_told")
        self._told.setTextFormat(Qt.TextFormat.PlainText)
        self._told.setWordWrap(True)
        hint = QLabel(self.tr("Enter shows the place, Esc closes this. A step ticks itself when it is done."))
        hint.setWordWrap(True)
        hint.setProperty("secondary", True)
        column.addWidget(self._told)
        column.addWidget(hint)
        dialog.setFixedWidth(theme.scaled(_WIDTH))
        dialog.finished.connect(lambda _how: self.left.emit())
        return dialog

    # what is shown

    @property
    def lesson(self) -> Lesson:
        """The lesson that is chosen."""
        return LESSONS[self._lesson_at]

    @property
    def step(self) -> Step:
        """The step that is told."""
        return self.lesson.steps[self._step_at]

    @property
    def is_open(self) -> bool:
        """Whether all lessons are in sight."""
        return self.lessons.isVisible()

    @property
    def told(self) -> str:
        """The words of the line."""
        return f"{self._title.text()} {self._words.text()}"

    def take_keyboard(self) -> None:
        """Open the lessons and give the steps the keyboard."""
        self.lessons.open()
        self._steps.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def choose(self, lesson_id: str, step_id: str) -> None:
        """Show a step."""
        at = next(place for place, lesson in enumerate(LESSONS) if lesson.id == lesson_id)
        self._lessons.setCurrentIndex(self._of_lessons.index(at))
        steps = LESSONS[at].steps
        self._go_to(next(place for place, step in enumerate(steps) if step.id == step_id))

    def set_done(self, done: Collection[str]) -> None:
        """Tick what is done; when that is the step at hand, go on to the next that is not."""
        was, self._done = self._done, frozenset(done)
        here = f"{self.lesson.id}.{self.step.id}"
        self._tick()
        if here in self._done and (here not in was or not was):
            self._go_on()
            if here not in was and was:
                QAccessible.updateAccessibility(QAccessibleEvent(self._words, QAccessible.Event.Alert))
        self._tell()

    def _go_on(self) -> None:
        steps, at = self.lesson.steps, self._step_at
        order = (*range(at, len(steps)), *range(at))
        waiting = (place for place in order if f"{self.lesson.id}.{steps[place].id}" not in self._done)
        self._go_to(next(waiting, at))

    def _go_to(self, at: int) -> None:
        self._steps.setCurrentIndex(self._of_steps.index(at))

    def _on_lesson(self, at: int) -> None:
        self._lesson_at, self._step_at = max(at, 0), 0
        self._tick()
        self._go_to(0)
        self._go_on()
        self._tell()

    def _on_step(self, at: int) -> None:
        if 0 <= at < len(self.lesson.steps):
            self._step_at = at
            self._tell()

    def _tick(self) -> None:
        words = self.tr("{lesson}: {done} of {all}")
        self._of_lessons.show(
            [
                (words.format(lesson=one.name, done=self._number_done(one), all=len(one.steps)), None)
                for one in LESSONS
            ]
        )
        here = self.lesson
        self._of_steps.show([(step.name, f"{here.id}.{step.id}" in self._done) for step in here.steps])

    def _number_done(self, lesson: Lesson) -> int:
        return sum(f"{lesson.id}.{step.id}" in self._done for step in lesson.steps)

    def _tell(self) -> None:
        lesson, step = self.lesson, self.step
        if self._number_done(lesson) == len(lesson.steps):
            title = self.tr("{lesson}: all {all} done.").format(lesson=lesson.name, all=len(lesson.steps))
            words = self.tr("Choose another lesson, or begin anew.")
        else:
            title, words = f"{step.name}.", step.words
        self._title.setText(title)
        self._words.setText(words)
        self._words.setToolTip(tip(words))
        self._told.setText(words)
        self._words.setAccessibleName(f"{title} {words}")

    def _on_show(self) -> None:
        """Show the place of the step at hand, with the keyboard there."""
        if self.is_open:
            self.lessons.accept()
        self.show_requested.emit(self.step)
