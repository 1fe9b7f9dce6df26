"""Backups: one file with the encrypted database, its key slots and a signed list of both; and the way back.

This is the door to what :mod:`archive` (the form of the file), :mod:`making`, :mod:`restoring` and
:mod:`generations` (the files in a folder) do.
"""

from __future__ import annotations

from ctdild_desktop.registry.archive import SUFFIX, Manifest, read_manifest
from ctdild_desktop.registry.making import make_backup
from ctdild_desktop.registry.restoring import Prepared, Rehearsed, prepare, rehearse, restore, restore_by_code

__all__ = [
    "SUFFIX",
    "Manifest",
    "Prepared",
    "Rehearsed",
    "make_backup",
    "prepare",
    "read_manifest",
    "rehearse",
    "restore",
    "restore_by_code",
]
