"""Text that is shown as it is: Qt takes a tool tip that looks like HTML for HTML."""

from __future__ import annotations

import html
import re

_LIKE_MARKUP = re.compile(r"<[A-Za-z/!?]|&[A-Za-z#]")


def tip(text: str) -> str:
    """A text for a tool tip. One that looks like markup has its signs written out, so that nothing in it is
    obeyed and no picture is opened.
    """
    if not _LIKE_MARKUP.search(text):
        return text
    return f'<p style="white-space: pre-wrap">{html.escape(text, quote=False)}</p>'
