"""Whether the files of patients are the very bytes that were kept."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, func, select

from ctdild_desktop.registry.models import AttachmentContentRow, AttachmentRow


def check(connection: Connection) -> tuple[str, str]:
    """What is kept in words (``none``, ``3 files``), and what is wrong with it; empty when nothing is.

    One file at a time is in memory.
    """
    wrong = []
    kept = connection.execute(select(AttachmentRow.id, AttachmentRow.sha256).order_by(AttachmentRow.id)).all()
    for row_id, sha256 in kept:
        found = connection.execute(
            select(AttachmentContentRow.sha256, AttachmentContentRow.content).where(
                AttachmentContentRow.id == row_id
            )
        ).one_or_none()
        if found is None or not found.sha256 == sha256 == hashlib.sha256(found.content).hexdigest():
            wrong.append(row_id)
    contents = connection.execute(select(func.count()).select_from(AttachmentContentRow)).scalar_one()
    told = f"{len(kept)} file{'' if len(kept) == 1 else 's'}" if kept else "none"
    faults = f"{len(wrong)} files are not what was kept (first: {wrong[0]})" if wrong else ""
    if contents > len(kept):
        faults = faults or f"{contents - len(kept)} files belong to nothing"
    return told, faults
