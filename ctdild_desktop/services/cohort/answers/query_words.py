"""A query in words, as it is printed beside an answer."""

from __future__ import annotations

from ctdild_desktop.cohort import query_words
from ctdild_desktop.cohort.query import Query
from ctdild_desktop.language import say


def in_words(query: Query) -> str:
    """The query for a reader; who is meant when nothing is asked, too."""
    return query_words.in_words(query) or say("everybody in the registry")
