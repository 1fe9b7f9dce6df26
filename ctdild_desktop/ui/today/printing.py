"""The work list in the words of paper: what is in sight, no more."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from ctdild_desktop import __version__
from ctdild_desktop.reports.work_list import PrintedGroup, PrintedList, PrintedRow
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.pictures import LIMITS
from ctdild_desktop.services.printed import invented
from ctdild_desktop.services.today import State, TodayRow
from ctdild_desktop.ui.dialogs.texts import weekday
from ctdild_desktop.ui.due import words
from ctdild_desktop.ui.today.work_list import Shown


def printed(desk: Desk, shown: Sequence[Shown], note: str = "") -> PrintedList:
    """The groups and rows in sight, with who prints them and when."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Today", text)

    day = weekday(desk.today())
    by = tr("printed by {name}").format(name=desk.display_name)
    notes = invented(desk)
    return PrintedList(
        title=f"{tr('Today')}, {day}",
        groups=tuple(
            PrintedGroup(_title(one), tuple(_row(row) for row in one.rows)) for one in shown if one.rows
        ),
        foot=f"CTD-ILD Desktop {__version__} · {LIMITS} · {by}",
        note=" · ".join((*notes, note) if note else notes),
    )


def _title(shown: Shown) -> str:
    count = len(shown.rows)
    if count == shown.total:
        return f"{words.group_title(shown.group)}: {count}"
    text = QCoreApplication.translate("Today", "{title}: the first {shown} of {total}")
    return text.format(title=words.group_title(shown.group), shown=count, total=shown.total)


def _row(row: TodayRow) -> PrintedRow:
    who = words.who_full(row.person).removeprefix(f"{row.person.shown} · ")
    return PrintedRow(
        reason=row.reason,
        name=row.person.shown,
        identity="" if who == row.person.shown else who,
        due=words.due_words(row),
        state=words.state_words(row),
        pressing=row.state is State.OVERDUE,
    )
