"""The words of the code lists as they stand in somebody's table, and what an unknown word may have meant.

A word leads to a code when it is the code, its short form or its whole label; capital letters, spaces and low
lines make no difference. A word that may mean two things leads to neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from typing import Any

from ctdild_desktop.clinical import codes
from ctdild_desktop.interchange.values import CellError
from ctdild_desktop.language import english_of, marked, say

CYCLOPHOSPHAMIDE = "cyclophosphamide"
"""The drug without its route; the route of the row settles which of the two lines it is."""

_MOST_LOOKED_UP = 200
"""Different unknown words of one table of which the nearest known ones are sought."""
_LONGEST_LOOKED_UP = 40
_LISTED_WHOLE = 12
_OUTCOMES = {
    "death": "death",
    "died": "death",
    "dead": "death",
    "transplant": "transplant",
    "transplantation": "transplant",
    "transplanted": "transplant",
    "lost": "lost",
    "lost to follow up": "lost",
    "withdrawn": "withdrawn",
    "treatment failure": "treatment_failure",
}
_ALSO: Mapping[str, Mapping[str, str]] = {
    "drug": {
        CYCLOPHOSPHAMIDE: CYCLOPHOSPHAMIDE,
        "cyc": CYCLOPHOSPHAMIDE,
        "cyclosporine": "ciclosporin",
        "cyclosporin": "ciclosporin",
        "mycophenolate": "mycophenolate",
        "ivig": "immunoglobulin",
    },
    "frequency": {"once daily": "daily", "od": "daily", "qd": "daily", "bid": "bd", "tid": "tds"},
    "dose_unit": {"mg/m²": "mg/m2"},
    "route": {"oral": "PO"},
    "symptom_change": {"improved": "better", "unchanged": "stable", "worsened": "worse"},
    "hrct_result": {"progressed": "progression", "unchanged": "stable"},
    "cause_of_death": {"other cause": "other"},
}
_UNCLEAR = {
    "drug": {
        "ctx": marked("CTX may be co-trimoxazole or cyclophosphamide; say in the mapping what it means"),
    }
}
_YES = frozenset({"yes", "y", "true", "1"})
_NO = frozenset({"no", "n", "false", "0"})


@dataclass(slots=True)
class Known:
    """Looks up words for one table, and spends only so much on those that are not known."""

    _looked_up: dict[tuple[str, str], str] = field(default_factory=dict)

    def code(self, listed: str, text: str) -> str:
        """The code of a word.

        Raises:
            CellError: it is not a word of the list; names the nearest ones, or all of a short list.
        """
        folded = folded_word(text)
        if reason := _UNCLEAR.get(listed, {}).get(folded):
            raise CellError(reason)
        if (code := _words(listed).get(folded)) is not None:
            return code
        raise CellError(self._reason(listed, folded))

    def codes(self, listed: str, text: str) -> tuple[str, ...]:
        """The codes of words that are parted by semicolons, each once."""
        words = [part for part in text.split(";") if part.strip()]
        return tuple(dict.fromkeys(self.code(listed, word) for word in words))

    def _reason(self, listed: str, folded: str) -> str:
        labels = _labels(listed)
        if len(labels) <= _LISTED_WHOLE:
            return say("not a code of the list ({join})", join=", ".join(labels))
        near = self._looked_up.get((listed, folded))
        if near is None:
            near = ""
            if len(self._looked_up) < _MOST_LOOKED_UP:
                found = get_close_matches(folded[:_LONGEST_LOOKED_UP], list(_words(listed)), n=3, cutoff=0.6)
                near = ", ".join(dict.fromkeys(_words(listed)[word] for word in found))
                self._looked_up[listed, folded] = near
        if near:
            return say("not a word of the list; the nearest are {near}", near=near)
        return say("not a word of the list, and near to none; say in the mapping what it means")


def yes_or_no(text: str) -> bool:
    """A yes or a no; raises CellError for anything else."""
    folded = text.strip().casefold()
    if folded not in _YES | _NO:
        raise CellError("not yes or no")
    return folded in _YES


def words_of(entries: Iterable[Any]) -> dict[str, str]:
    """Codes, short forms and full labels, each leading to its code; a word of two codes leads to neither."""
    entries = list(entries)
    found: dict[str, str | None] = {}
    for entry in entries:
        shown = {entry.label, getattr(entry, "short", entry.label)}
        for word in {folded_word(english_of(text)) for text in shown}:
            found[word] = entry.code if found.get(word, entry.code) == entry.code else None
    found |= {folded_word(entry.code): entry.code for entry in entries}
    return {word: code for word, code in found.items() if code is not None}


def _entries(listed: str) -> Iterable[Any]:
    own: Mapping[str, Callable[[], Iterable[Any]]] = {
        "drug": codes.drugs,
        "antibody": codes.antibodies,
        "ae_term": codes.ae_terms,
        "lab": codes.labs,
    }
    return own[listed]() if listed in own else codes.choices(listed)


@cache
def _words(listed: str) -> Mapping[str, str]:
    if listed == "outcome":
        return _OUTCOMES
    known = words_of(_entries(listed))
    also = {folded_word(word): code for word, code in _ALSO.get(listed, {}).items()}
    return {**known, **also}


@cache
def _labels(listed: str) -> tuple[str, ...]:
    if listed == "outcome":
        return tuple(dict.fromkeys(_OUTCOMES.values()))
    return tuple(entry.code for entry in _entries(listed))


def folded_word(text: str) -> str:
    """A word without what makes no difference."""
    return " ".join(text.replace("_", " ").replace("-", " ").casefold().split())
