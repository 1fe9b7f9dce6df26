"""What patients are found by: names without accents, MRN and birth date in the spellings people type."""

from __future__ import annotations

import re
import unicodedata

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Patient

_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ς": "σ"}
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_NOT_WORD = re.compile(r"[^\w]+")
_QUIET = re.compile(r"['’`´ʼ]")
_DATE_LIKE = re.compile(r"[./-]*\d[\d./-]*\Z")
_MOST_WORDS = 12
_LONGEST_QUERY = 2000
_LONGEST_WORD = 250
"""Longer than any name; a database refuses a pattern of tens of thousands of letters."""


def fold(text: str) -> str:
    """Lower case without accents: ``Müller`` and ``MULLER`` become ``muller``, ``Łódź`` becomes ``lodz``.

    Characters of no width, as between the letters of some scripts, are left out.
    """
    lowered = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    if lowered.isascii():
        return lowered
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", lowered)
        if not unicodedata.combining(letter) and unicodedata.category(letter) != "Cf"
    )
    return bare.translate(_LETTERS)


def _words(text: str) -> list[str]:
    return [word for word in _NOT_WORD.split(_QUIET.sub("", text)) if word]


def _dates(date: PartialDate | None) -> list[str]:
    if date is None:
        return []
    if date.exact is None:
        return [str(date), f"{date.month:02d}.{date.year}"] if date.month else [str(date.year)]
    y, m, d = date.year, date.exact.month, date.exact.day
    return [
        f"{y}-{m:02d}-{d:02d}",
        f"{d:02d}.{m:02d}.{y}",
        f"{d}.{m}.{y}",
        f"{d:02d}/{m:02d}/{y}",
        f"{d}/{m}/{y}",
        f"{d:02d}-{m:02d}-{y}",
        f"{d:02d}{m:02d}{y}",
        f"{y}{m:02d}{d:02d}",
    ]


def search_key(patient: Patient) -> str:
    """The words a patient is found by, each after a blank, so that the start of a word can be told from its
    middle.
    """
    written = f"{patient.family_name} {patient.given_name}"
    names = _words(fold(written))
    spelled_out = unicodedata.normalize("NFKC", written).casefold().translate(_UMLAUTS)
    names += [word for word in _words(fold(spelled_out)) if word not in names]
    joined = "".join(_words(fold(patient.family_name)))
    if joined and joined not in names:
        names.append(joined)
    mrn = fold(patient.mrn)
    mrns = [mrn] + [word for word in _words(mrn) if word != mrn]
    return " " + " ".join((*names, *mrns, *_dates(patient.birth_date))) + " "


def name_words(text: str) -> tuple[str, ...]:
    """The words of a name as :func:`search_key` has them; at most twelve, those of a usual length."""
    found = (word for word in _words(fold(text)) if len(word) <= _LONGEST_WORD)
    return tuple(dict.fromkeys(found))[:_MOST_WORDS]


def query_words(text: str) -> tuple[str, ...]:
    """The words of a typed search, in the form of :func:`search_key`; at most twelve."""
    found: list[str] = []
    for token in fold(text[:_LONGEST_QUERY]).replace(",", " ").replace(";", " ").split():
        bare = _QUIET.sub("", token)
        if _DATE_LIKE.match(bare):
            found.append(bare.strip("./-") or bare)
        else:
            found.extend(_words(bare))
    return tuple(dict.fromkeys(word[:_LONGEST_WORD] for word in found if word))[:_MOST_WORDS]


def rank(key: str, words: tuple[str, ...]) -> int | None:
    """How well a key answers the words: 0 best; None when a word is not in it at all."""
    misses = 0
    for word in words:
        if word not in key:
            return None
        misses += f" {word}" not in key
    return misses
