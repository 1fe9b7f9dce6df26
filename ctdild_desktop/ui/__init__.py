"""Screens: they take their services by constructor and ask the frame to open others."""

from __future__ import annotations

import linecache
import sys

import PySide6.QtCore


def _read_no_sources() -> None:
    """Let the Qt binding not look into the modules that are imported.

    It reads the source of every module after it, and keeps it, to see whether it uses the switches of
    ``__feature__``, which nothing here does: 36 MB, and a tenth of the time that imports take. What it has
    read of its own modules by now goes, too.
    """
    feature = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "feature_imported"):
        setattr(feature, "feature_imported", lambda _module: None)  # noqa: B010, the module has no types
    linecache.clearcache()


del PySide6
_read_no_sources()
