"""Every page of a registry's files in the clear, also those that no table has any more.

SQLCipher 4 with a raw key: each page of 4096 bytes ends in 16 bytes of IV and 64 of HMAC; what is before is
AES-256-CBC, on the first page after 16 bytes of salt. The write-ahead log has the same pages behind heads of
24 bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_PAGE, _RESERVED, _IV, _SALT = 4096, 80, 16, 16
_LOG_HEAD, _FRAME_HEAD = 32, 24


def clear_pages(path: Path, key: bytes) -> Iterator[bytes]:
    """The pages of the database and of its log, decrypted; of the -shm, which is no page, as it is."""
    content = path.read_bytes()
    for at in range(0, len(content), _PAGE):
        yield _clear(content[at : at + _PAGE], key, first=at == 0)
    log = path.with_name(f"{path.name}-wal")
    if log.exists():
        frames = log.read_bytes()[_LOG_HEAD:]
        size = _FRAME_HEAD + _PAGE
        for at in range(0, len(frames) - size + 1, size):
            number = int.from_bytes(frames[at : at + 4], "big")
            yield _clear(frames[at + _FRAME_HEAD : at + size], key, first=number == 1)
    shared = path.with_name(f"{path.name}-shm")
    if shared.exists():
        yield shared.read_bytes()


def _clear(page: bytes, key: bytes, *, first: bool) -> bytes:
    body = page[_SALT if first else 0 : _PAGE - _RESERVED]
    iv = page[_PAGE - _RESERVED : _PAGE - _RESERVED + _IV]
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    return decryptor.update(body) + decryptor.finalize()


def found_in(path: Path, key: bytes, words: tuple[str, ...]) -> list[str]:
    """Which of these words stand somewhere in the pages, in UTF-8 or UTF-16."""
    wanted = [
        (word, written)
        for word in words
        for written in (word.encode("utf-8"), word.encode("utf-16-le"), word.encode("utf-16-be"))
    ]
    whole = b"".join(clear_pages(path, key))
    return sorted({word for word, written in wanted if written in whole})
