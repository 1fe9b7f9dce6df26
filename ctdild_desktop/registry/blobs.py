"""Whether the files of patients, and the messages that were received, are the very bytes that were kept."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import InstrumentedAttribute

from ctdild_desktop.language import say, say_n
from ctdild_desktop.registry import triggers
from ctdild_desktop.registry.models import (
    AttachmentContentRow,
    AttachmentRow,
    InboxContentRow,
    InboxMessageRow,
)

_Content = type[AttachmentContentRow] | type[InboxContentRow]


def check(connection: Connection) -> tuple[str, str]:
    """What is kept in words (``none``, ``3 files``), and what is wrong with it; empty when nothing is.

    One file at a time is in memory. Bytes that belong to no file are a reference that leads nowhere, which
    another check tells.
    """
    known = connection.execute(select(AttachmentRow.id, AttachmentRow.sha256).order_by(AttachmentRow.id))
    kept = known.all()
    wrong = [
        row_id for row_id, sha256 in kept if not _whole(connection, AttachmentContentRow, row_id, sha256)
    ]
    faults = (
        say("{files} not what was kept (first: {first})", files=_files(len(wrong)), first=wrong[0])
        if wrong
        else ""
    )
    return _files(len(kept)) if kept else say("none"), faults


def check_inbox(connection: Connection) -> str:
    """What is wrong with the messages that are kept; empty when each is what was received, and what was read
    in it is what was written.
    """
    read: tuple[InstrumentedAttribute[Any], ...] = ()
    if "said_sha256" in triggers.columns_in(connection, "inbox_content"):  # else of an earlier revision
        read = (InboxContentRow.said, InboxContentRow.said_sha256)
    query = select(InboxMessageRow.id, InboxMessageRow.sha256).order_by(InboxMessageRow.id)
    kept = connection.execute(query).all()
    wrong = [
        row_id for row_id, sha256 in kept if not _whole(connection, InboxContentRow, row_id, sha256, *read)
    ]
    if not wrong:
        return ""
    messages = say_n("{n} message", "{n} messages", len(wrong))
    return say("{files} not what was kept (first: {first})", files=messages, first=wrong[0])


def _whole(
    connection: Connection, content: _Content, row_id: str, sha256: str, *beside: InstrumentedAttribute[Any]
) -> bool:
    """Whether the bytes fit the hash; so do others beside them, whose own hash may be empty."""
    query = select(content.sha256, content.content, *beside).where(content.id == row_id)
    found = connection.execute(query).one_or_none()
    if found is None or not found.sha256 == sha256 == hashlib.sha256(found.content).hexdigest():
        return False
    return not beside or found[3] in {"", hashlib.sha256(found[2]).hexdigest()}


def _files(number: int) -> str:
    return say_n("{n} file", "{n} files", number)
