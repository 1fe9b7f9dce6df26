"""Pages of which one is in sight, with the keyboard going straight from one into the other."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget


class PageStack(QStackedWidget):
    """A stack of pages.

    The toolkit hides the page that is left before it looks where the focus belongs, and gives it meanwhile to
    the next part of the window that takes it. The search would look up the last patients, and a screen reader
    read out its name, each time.
    """

    _leaving = False

    def bring(self, page: QWidget) -> None:
        """Show one of the pages; when the focus was in the page before, it is where it last was in this."""
        self._leaving = True
        try:
            self.setCurrentWidget(page)
        finally:
            self._leaving = False

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Where the focus goes from here: nowhere yet while a page is left."""
        return self._leaving or super().focusNextPrevChild(forwards)
