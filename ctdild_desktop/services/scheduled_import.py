"""An import that nobody watches: what is beyond doubt goes in, everything else waits in the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ctdild_desktop.interchange.source import Source
from ctdild_desktop.services import inbox, inbox_messages
from ctdild_desktop.services.desk import Desk, requires
from ctdild_desktop.services.import_batch import IMPORTING
from ctdild_desktop.services.import_report import FileReport, nothing_done
from ctdild_desktop.services.inbox_waiting import State


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one message."""

    report: FileReport
    state: State
    why: str
    """Why it waits; empty when it does not."""

    def as_json(self) -> dict[str, Any]:
        """The fields of an import, with where the message is now and why."""
        return {**self.report.as_json(), "inbox": self.state.value, "inbox_why": self.why}


@requires(*IMPORTING, doing="importing")
def import_or_keep(desk: Desk, sources: Sequence[Source]) -> tuple[Kept, ...]:
    """Put messages into the inbox, and take those that are beyond doubt, each in an act of its own.

    A message that was decided before stays as it was decided. Nothing is rejected: what waits says why.

    Raises:
        RefusedError: a message is empty or too large, or too many wait already; nothing was kept.
    """
    ids = inbox.receive(desk, sources, "command").value.ids
    return tuple(_kept(desk, source, message_id) for source, message_id in zip(sources, ids, strict=True))


def _kept(desk: Desk, source: Source, message_id: str) -> Kept:
    look = inbox_messages.look(desk, message_id)
    if look.message.ready and look.message.state is State.WAITING:
        (report,) = inbox.take_ready(desk, [message_id]).value
        return Kept(replace(report, file=source.name), State.TAKEN, "")
    report = look.file or FileReport(file=source.name, format=look.message.format, sha256=source.sha256)
    taken = look.message.state is State.TAKEN
    report = replace(report, file=source.name, imported=taken)
    if not taken:
        report = replace(nothing_done(report), rejected=())
    return Kept(report, look.message.state, look.message.why)
