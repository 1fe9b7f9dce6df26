"""A question about the registry that was given a name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedQuery:
    """The text of a question, by which the patients of an analysis are chosen."""

    id: str
    name: str
    text: str
    version: int = 1
    absent: tuple[tuple[str, str], ...] = ()
