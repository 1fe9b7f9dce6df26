"""Documents that belong to a patient: what a file is by its content, and a name that any system takes.

The ending of a file's name says nothing here: a program that is called ``letter.pdf`` is refused.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.source import read_source
from ctdild_desktop.language import say

ENDINGS = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "application/dicom": ".dcm",
    "text/plain": ".txt",
}
"""What is taken, and how the name of such a file ends."""

_MARKUP = re.compile(rb"\s*(?:<\?xml|<!doctype|<html|<script|<svg|\{\\rtf|%!PS|#!)", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_ENDS_PDF = 2048


@dataclass(frozen=True, slots=True)
class Document:
    """One file as it was read: its name, what it is by its content, and its bytes."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    sha256: str


def read_document(path: Path, *, max_bytes: int) -> Document:
    """Read a file once, within a limit, and tell what it is.

    Raises:
        FormatError: it is missing, empty, too large or unreadable, or of no kind that is taken.
    """
    source = read_source(path, max_bytes=max_bytes)
    kind = media_type(source.data)
    if not kind:
        raise FormatError(
            say(
                "{name} is none of what can be attached: PDF, PNG, JPEG, DICOM or plain text. "
                "Save or scan it as PDF.",
                name=source.name,
            )
        )
    return Document(source.name, kind, source.data, source.sha256)


def media_type(content: bytes) -> str:
    """What these bytes are; empty when they are nothing that is taken."""
    if content.startswith(b"%PDF-"):
        return "application/pdf" if b"%%EOF" in content[-_ENDS_PDF:] else ""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png" if content[12:16] == b"IHDR" else ""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content[128:132] == b"DICM":
        return "application/dicom"
    return "text/plain" if _is_text(content) else ""


def _is_text(content: bytes) -> bool:
    """Letters, blanks and line ends in UTF-8 or as Windows writes them; no markup and no program."""
    if _MARKUP.match(content.removeprefix(b"\xef\xbb\xbf")):
        return False
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return bool(text.strip()) and not _CONTROLS.search(text)
    return False


_UNSAFE = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9¹²³]|lpt[0-9¹²³])\Z", re.IGNORECASE
)
_LONGEST = 100
_LONGEST_BYTES = 200


def safe_name(text: str, kind: str, *, otherwise: str = "document") -> str:
    """A file name that every system takes, with the ending of what the file is.

    Parts of a path, characters that a system does not take or that nobody sees, names that Windows keeps
    for itself, and beginnings and ends that hide a file or an ending are taken out.

    Args:
        text: what it shall be called.
        kind: a media type of :data:`ENDINGS`.
        otherwise: what it is called when nothing of the text is left.
    """
    ending = ENDINGS[kind]
    words = "".join(
        " " if unicodedata.category(letter)[0] in "CZ" else letter
        for letter in unicodedata.normalize("NFC", text)
    )
    words = _UNSAFE.sub(" ", words)
    if words.casefold().rstrip(" .").endswith(ending):
        words = words.rstrip(" .")[: -len(ending)]
    words = " ".join(words.split()).strip(" .-")[:_LONGEST]
    while len(words.encode("utf-8")) > _LONGEST_BYTES:
        words = words[:-1]
    words = words.rstrip(" .") or otherwise
    if _RESERVED.match(words.partition(".")[0].rstrip()):
        words = f"file {words}"
    return f"{words}{ending}"
