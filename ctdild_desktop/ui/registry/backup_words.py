"""Ages, states and occasions of backups in words."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.services.backups import Generation, State

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def _tr(text: str) -> str:
    return QCoreApplication.translate("BackupWords", text)


def age(then: dt.datetime, now: dt.datetime) -> str:
    """How long ago something was: ``12 minutes ago``."""
    seconds = (now - then).total_seconds()
    if seconds < -_MINUTE:
        return _tr("later than this computer's clock says")
    for size, one, many in (
        (_DAY, _tr("1 day ago"), _tr("{count} days ago")),
        (_HOUR, _tr("1 hour ago"), _tr("{count} hours ago")),
        (_MINUTE, _tr("1 minute ago"), _tr("{count} minutes ago")),
    ):
        count = int(seconds // size)
        if count >= 1:
            return one if count == 1 else many.format(count=count)
    return _tr("just now")


def state(one: Generation) -> str:
    """What is known of a backup."""
    return {
        State.WHOLE: _tr("verified now"),
        State.SIGNED: _tr("verified when made"),
        State.OTHER_KEYS: _tr("made with earlier keys"),
        State.DAMAGED: _tr("damaged"),
    }[one.state]


def why(one: Generation) -> str:
    """The occasion of a backup."""
    words = {
        "by hand": _tr("by hand"),
        "on close": _tr("on closing"),
        "at start": _tr("at start"),
        "regular": _tr("regular"),
        "before upgrade": _tr("before an upgrade"),
        "before import": _tr("before an import"),
        "before bulk change": _tr("before a bulk change"),
        "before erasure": _tr("before an erasure"),
        "before restore": _tr("before a restore"),
        "before new keys": _tr("before new keys"),
    }
    return words.get(one.why, _tr("named by a person"))
