"""Laying out once what is changed in many places at a time.

The toolkit lays the parents of a part out anew each time that the part comes or goes, and may paint before
the last of it: a page that is filled with another patient would be laid out five times and painted twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget

_LEVELS = 6
"""A part that needs another height tells its parent, which tells its own in the next turn."""


@contextmanager
def laid_out_once(*widgets: QWidget) -> Iterator[None]:
    """Change what stands in the layouts of these; each is laid out when all is changed.

    Args:
        widgets: what stands within another one comes after it.
    """
    layouts = [layout for widget in widgets if (layout := widget.layout()) is not None and layout.isEnabled()]
    for layout in layouts:
        layout.setEnabled(False)
    try:
        yield
    finally:
        for layout in layouts:
            layout.setEnabled(True)
        for layout in reversed(layouts):
            layout.activate()  # a layout that was passed over asks for it no more


def lay_out_now() -> None:
    """Lay out everything that waits for it, before anything is painted.

    Whatever was shown asks for its painting by an event of its own; one that came after the painting would
    have everything painted again.
    """
    for _ in range(_LEVELS):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.UpdateLater.value)
