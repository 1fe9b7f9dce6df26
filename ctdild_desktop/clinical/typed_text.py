"""Which characters a text may hold, so that what is kept is what was seen.

Characters that draw nothing (NUL and other control characters, halves of letters) and marks that turn the
order of the letters around them are refused: nobody can see or remove them. A record number also holds no
invisible character at all, because two numbers that look alike would be two patients. Which characters these
are is a decision of the registry.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from ctdild_desktop.clinical.issues import Issue, refused

LONGEST_NUMBER = 64
LONGEST_NAME = 200
LONGEST_COMMENT = 2000
"""Letters of a record number, a name and the comment on a test, the same in a file and in a form: a form that
took fewer would cut what was imported.
"""

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069\u2028\u2029]"
)
_BLANK = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NUMBERS = frozenset({"mrn"})
"""Fields that name a person or a thing by a number."""


def has_unseen(text: str, *, number: bool = False) -> bool:
    """Whether a text holds a character that nobody sees and that must not be kept.

    Args:
        number: the text is a record number, which holds no invisible character of any kind.
    """
    if text.isascii() and text.isprintable():
        return False
    if _UNSEEN.search(text):
        return True
    return number and any(unicodedata.category(letter) == "Cf" for letter in text)


def tidy_line(text: str) -> str:
    """A line as it is kept: composed letters, single blanks, none at the ends."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


def as_shown(text: str) -> str:
    """A line as a field shows it: control characters and line ends are the blanks that they look like."""
    return text if text.isprintable() else _BLANK.sub(" ", text)


def file_name(name: str) -> str:
    """A file's name as people see it: one line, nothing that cannot be seen, not too long."""
    seen = "".join(letter for letter in as_shown(name) if not has_unseen(letter, number=True))
    return tidy_line(seen)[:LONGEST_NAME] or "file"


def text_issues(record: Any) -> tuple[Issue, ...]:
    """Every field of a record that holds an unseen character, the fields of its parts included."""
    return tuple(
        refused(name, "CHARACTERS", "This holds a character that cannot be seen; type it anew.")
        for name in dict.fromkeys(_fields_with_unseen(record))
    )


def _fields_with_unseen(record: Any) -> Iterator[str]:
    for item in dataclasses.fields(record):
        value = getattr(record, item.name)
        parts = value if isinstance(value, tuple) else (value,)
        for part in parts:
            if isinstance(part, str):
                if has_unseen(part, number=item.name in _NUMBERS):
                    yield item.name
            elif isinstance(value, tuple) and dataclasses.is_dataclass(part):
                yield from (item.name for _ in _fields_with_unseen(part))
