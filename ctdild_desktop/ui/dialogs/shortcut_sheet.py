"""All keys of the program on one sheet, read from the tables that the program itself uses."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from ctdild_desktop.ui import theme
from ctdild_desktop.ui.actions import ACTIONS, action
from ctdild_desktop.ui.keys import (
    AGENDA_KEYS,
    COHORT_KEYS,
    EVIDENCE_KEYS,
    FORM_KEYS,
    PLOT_KEYS,
    PRESENTING_KEYS,
    TODAY_KEYS,
)

Group = tuple[str, tuple[tuple[str, str], ...]]
"""A title and its keys, each as (keys, what they do)."""
_RIGHT = 3
"""The longest groups besides the first, which stand in a column of their own."""


def shortcut_groups() -> tuple[Group, ...]:
    """The keys in groups, each as (keys, what they do), in the reader's language."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Actions", text)

    actions = tuple((" / ".join(spec.keys), spec.plain) for spec in ACTIONS if spec.keys)
    forms = tuple((keys, tr(words)) for keys, words in FORM_KEYS)
    plot = tuple((keys, tr(words)) for keys, words in PLOT_KEYS)
    today = tuple((keys, tr(words)) for keys, words in TODAY_KEYS)
    agenda = tuple((keys, tr(words)) for keys, words in AGENDA_KEYS)
    presenting = tuple((keys, tr(words)) for keys, words in PRESENTING_KEYS)
    cohort = tuple((keys, tr(words)) for keys, words in COHORT_KEYS)
    library = tuple((keys, tr(words)) for keys, words in EVIDENCE_KEYS)
    return (
        (tr("Anywhere"), actions),
        (tr("In the work list"), today),
        (tr("In the agenda"), agenda),
        (tr("While presenting"), presenting),
        (tr("In the cohort"), cohort),
        (tr("In the evidence"), library),
        (tr("In a sheet"), forms),
        (tr("In the plot"), plot),
    )


_LONG, _LEAST = 40, 220
"""Letters from which the words of a key may take a second line, and the width that they have then."""


class ShortcutSheet(QDialog):
    """Shows the keys; Esc closes. Open it with ``open()``.

    ``refused`` are ids of actions that the role does not allow: they are shown as such.
    """

    def __init__(self, refused: Collection[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._refused = {action(action_id).plain for action_id in refused}
        self.setObjectName("shortcut_sheet")
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        row = QHBoxLayout()
        row.setSpacing(28)
        for groups in _columns(shortcut_groups()):
            below = QVBoxLayout()
            below.setSpacing(0)
            for at, group in enumerate(groups):
                below.addSpacing(10 if at else 0)
                below.addLayout(self._group(*group))
            below.addStretch(1)
            row.addLayout(below)
        column.addLayout(row)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        # Qt would give it the height of words that do not wrap, and two thirds of the screen at most.
        wide = column.totalMinimumSize().width()
        self.resize(wide, column.totalHeightForWidth(wide))

    def _group(self, title: str, rows: tuple[tuple[str, str], ...]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(1)
        head = QLabel(title)
        head.setFont(theme.font(bold=True))
        grid.addWidget(head, 0, 0, 1, 2)
        for at, (keys, words) in enumerate(rows, start=1):
            shown = QLabel(native(keys))
            shown.setFont(theme.font(bold=True))
            grid.addWidget(shown, at, 0)
            said = QLabel(words)
            if words in self._refused:
                said.setText(self.tr("{act} (not for your role)").format(act=words))
                shown.setEnabled(False)
                said.setEnabled(False)
            if len(words) > _LONG:
                said.setWordWrap(True)
                said.setMinimumWidth(theme.scaled(_LEAST))
            grid.addWidget(said, at, 1)
        grid.setColumnStretch(1, 1)
        return grid


def _columns(groups: Sequence[Group]) -> tuple[list[Group], ...]:
    """Three columns of about one height: the keys of everywhere over two of them with short groups below."""
    (title, anywhere), *others = groups
    by_height = sorted(others, key=_height, reverse=True)
    right = [group for group in others if group in by_height[:_RIGHT]]
    left, middle = list[Group](), list[Group]()
    for group in by_height[_RIGHT:]:
        shorter = min((left, middle), key=lambda column: sum(map(_height, column)))
        shorter.append(group)
    spare = sum(map(_height, middle)) - sum(map(_height, left))
    at = (len(anywhere) + spare + 1) // 2
    return [(title, anywhere[:at]), *left], [("", anywhere[at:]), *middle], right


def _height(group: Group) -> int:
    """About how many lines a group takes, with its title and the space around it."""
    return 3 + sum(2 if len(words) > _LONG else 1 for _keys, words in group[1])


def native(keys: str) -> str:
    """Keys as this platform writes them; words such as ``1, 2, 3`` stay."""

    def written(part: str) -> str:
        read = QKeySequence(part)
        whole = read.toString(QKeySequence.SequenceFormat.PortableText) == part
        return (
            read.toString(QKeySequence.SequenceFormat.NativeText)
            if whole
            else QCoreApplication.translate("Actions", part)
        )

    return " / ".join(written(part) for part in keys.split(" / "))
