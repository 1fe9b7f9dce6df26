"""Pages of which one is in sight, with the keyboard going straight from one into the other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget


class PageStack(QStackedWidget):
    """A stack of pages.

    The toolkit hides the page that is left before it looks where the focus belongs, and gives it meanwhile to
    the next part of the window that takes it. The search would look up the last patients, and a screen reader
    read out its name, each time.
    """

    def bring(self, page: QWidget) -> None:
        """Show one of the pages; when the focus was in the page before, it is where it last was in this."""
        before, at = self.currentWidget(), self.window().focusWidget()
        inside = before is not None and before is not page and at is not None and before.isAncestorOf(at)
        if inside:
            self.setFocus()
        self.setCurrentWidget(page)
        if inside:
            (page.focusWidget() or _first_within(page)).setFocus()


def _first_within(page: QWidget) -> QWidget:
    """The first part of a page to which Tab leads; the page itself when there is none."""
    part = page.nextInFocusChain()
    while part is not None and part is not page:
        takes = part.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
        if takes and page.isAncestorOf(part) and part.isVisibleTo(page) and part.isEnabled():
            return part
        part = part.nextInFocusChain()
    return page
