"""The recovery code: 160 random bits as eight groups of four letters and digits, and a ninth as check."""

from __future__ import annotations

import base64
import hashlib
import secrets

from ctdild_desktop.language import say
from ctdild_desktop.registry.errors import RegistryError

_BYTES = 20
_CHECK = 4
_LENGTH = 36
_MISREAD = str.maketrans({"0": "O", "1": "I", "8": "B"})


def new_code() -> str:
    """A fresh code, ``XXXX-XXXX-...`` of 36 characters in groups of four."""
    body = base64.b32encode(secrets.token_bytes(_BYTES)).decode("ascii")
    whole = body + _check(body)
    return "-".join(whole[start : start + 4] for start in range(0, _LENGTH, 4))


def read_code(text: str) -> str:
    """The 36 characters of a typed code, without groups; case, blanks and 0 for O do not matter.

    Raises:
        RegistryError: characters are missing or one of them is wrong; says which of the two.
    """
    typed = "".join(character for character in text.upper() if character.isalnum()).translate(_MISREAD)
    if len(typed) != _LENGTH:
        raise RegistryError(
            say(
                "A recovery code has {LENGTH} letters and digits; this one has {typed}.",
                LENGTH=_LENGTH,
                typed=len(typed),
            ),
        )
    if _check(typed[:-_CHECK]) != typed[-_CHECK:]:
        raise RegistryError(
            "The recovery code has a wrong character; please compare it with the printed one."
        )
    return typed


def _check(body: str) -> str:
    digest = hashlib.sha256(b"ctdild recovery code|" + body.encode("utf-8")).digest()
    return base64.b32encode(digest[:5]).decode("ascii")[:_CHECK]
