"""What is printed or drawn, leaving the program as a file: not encrypted, where the person chose."""

from __future__ import annotations

from pathlib import Path

from ctdild_desktop.services.desk import Desk, for_everybody


@for_everybody
def into_file(desk: Desk, path: Path, content: bytes) -> Path:
    """Write it so that the file holds all of it or is as it was before.

    What it shows was noted in the audit trail when it was collected.

    Raises:
        RegistryError: the folder or the disk does not take it.
    """
    from ctdild_desktop.registry.files import write_whole

    del desk
    write_whole(path, content)
    return path
