"""The part of the tour that shows the inbox: empty, with messages of every kind, and what was decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from ctdild_desktop.interchange.source import Source, source_of
from ctdild_desktop.services import inbox, patients
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.ui.inbox.inbox_page import InboxPage
from ctdild_desktop.ui.workbench import Workbench

Take = Callable[[QWidget, str], None]
_NAMES = ("by-mrn.gdt", "other-name.gdt", "nobody.gdt", "report.txt")
SHOWN_AS_THEY_ARE = frozenset({*_NAMES, "demo"})
"""What the tour calls its messages, and who is signed in."""


def draw_inbox(bench: Workbench, take: Take) -> None:
    """Messages that wait, each with another reason; then what was decided, which is taken back at the end."""
    desk = bench.desk
    bench.act("inbox")
    take(bench.window, "inbox-empty")
    received = inbox.receive(desk, tuple(_messages(desk)), "folder")
    bench.changes.announce(received.changes)
    bench.window.show_room("today")
    take(bench.window, "today-messages")
    bench.act("inbox")
    page = bench.inbox.page
    if page is None:
        return
    for row, message in enumerate(page.rows.messages):
        page.table.selectRow(row)
        if message.said.name == "nobody.gdt":
            page.pane.panel.start()
            QTest.keyClicks(QApplication.focusWidget() or page, "ho")
        take(bench.window, f"inbox-{message.said.name.partition('.')[0]}")
    _decide(bench, page, take)
    if received.undo is not None:
        bench.changes.announce(received.undo().changes)


def _decide(bench: Workbench, page: InboxPage, take: Take) -> None:
    desk, acts = bench.desk, list[Done[Any]]()
    ready = [message.id for message in page.rows.messages if message.ready]
    other = [message.id for message in page.rows.messages if not message.ready][:1]
    if other:
        acts.append(inbox.set_aside(desk, other, "other_patient"))
    if ready:
        acts.append(inbox.take_ready(desk, ready))
    page.refresh()
    decided = page.findChild(QToolButton, "inbox_filter_decided")
    if decided is not None:
        decided.click()
    take(bench.window, "inbox-decided")
    for act in reversed(acts):
        if act.undo is not None:
            act.undo()
    waiting = page.findChild(QToolButton, "inbox_filter_waiting")
    if waiting is not None:
        waiting.click()
    page.refresh()


def _messages(desk: Desk) -> Iterator[Source]:
    """One that fits who is recorded, one that contradicts it, one of nobody, and a file that is none."""
    patient = next(iter(patients.list_patients(desk)), None)
    mrn = (patient.mrn if patient is not None else "DEMO-0001").encode("ascii")
    yield source_of("by-mrn.gdt", _gdt(b"3000" + mrn, b"8432" + b"06052024", *_FVC))
    born, sex = b"310301011970", b"31101"
    yield source_of("other-name.gdt", _gdt(b"3000" + mrn, b"3101Sample", born, sex, b"843207052024", *_FVC))
    yield source_of(
        "nobody.gdt", _gdt(b"3622165", b"843206052024", *_FVC, b"8410PEF", b"84205.20", b"8421L/s")
    )
    yield source_of("report.txt", b"A report of lung function that is no message.\r\n")


_FVC = (b"8410FVC", b"84202310", b"8421mL")


def _gdt(*fields: bytes) -> bytes:
    return b"".join(
        b"%03d%s\r\n" % (len(field) + 5, field) for field in (b"80006310", b"8402LUFU01", *fields)
    )
