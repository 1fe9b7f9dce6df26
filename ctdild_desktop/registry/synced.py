"""Folders that a synchronisation service copies: by their names, by the service's own files, by Windows'
variables. Such a service may copy a database in the middle of a change, or put an older copy back.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePath

_NAMES: tuple[tuple[str, str], ...] = (
    (r"onedrive( - .+)?|skydrive", "OneDrive"),
    (r"dropbox( \(.+\))?", "Dropbox"),
    (r"google ?drive|googledrivestreaming|my drive|mein google ?drive|drivefs", "Google Drive"),
    (r"icloud ?drive|mobile documents|com~apple~clouddocs|icloud", "iCloud"),
    (r"nextcloud\d*", "Nextcloud"),
    (r"owncloud\d*", "ownCloud"),
    (r"seafile", "Seafile"),
    (r"syncthing", "Syncthing"),
    (r"onedrive-.+", "OneDrive"),
    (r"dropbox-.+", "Dropbox"),
    (r"googledrive-.+", "Google Drive"),
)
"""Whole names of folders, in small letters; the last three are those of macOS below ``CloudStorage``."""
_MARKS: tuple[tuple[str, str], ...] = (
    (".dropbox", "Dropbox"),
    (".dropbox.cache", "Dropbox"),
    (".tmp.drivedownload", "Google Drive"),
    (".tmp.driveupload", "Google Drive"),
    (".nextcloudsync.log", "Nextcloud"),
    (".owncloudsync.log", "ownCloud"),
    (".stfolder", "Syncthing"),
    ("._sync_*.db", "Nextcloud"),
    (".sync_*.db", "Nextcloud"),
)
"""Files and folders that a client keeps in the root of what it copies."""
_VARIABLES = ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")


def synced_by(path: Path, environ: Mapping[str, str] = os.environ) -> str:
    """The service that copies the folder of a file, which need not exist yet; empty when none is known to."""
    try:
        folder = path.expanduser().resolve().parent
    except (OSError, RuntimeError):
        folder = path.absolute().parent
    return (
        next((service for part in folder.parts if (service := by_name(part))), "")
        or ("OneDrive" if _in_onedrive(folder, environ) else "")
        or next((service for above in (folder, *folder.parents) if (service := _by_mark(above))), "")
    )


def by_name(folder: str) -> str:
    """The service that makes folders of this name; empty when none is known to."""
    return next((service for name, service in _NAMES if re.fullmatch(name, folder.casefold())), "")


def _in_onedrive(folder: PurePath, environ: Mapping[str, str]) -> bool:
    roots = [Path(environ[name]) for name in _VARIABLES if environ.get(name)]
    return any(root == folder or root in folder.parents for root in roots)


def _by_mark(folder: Path) -> str:
    try:
        return next((service for mark, service in _MARKS if next(folder.glob(mark), None) is not None), "")
    except OSError:
        return ""
