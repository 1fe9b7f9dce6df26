"""Patients who may be registered twice: the same name, and a birth date that may be the same.

As the form of a patient asks, and besides where family name and given name were exchanged; a sex that differs
is no reason to think of two people, for it is mistyped as easily. A decision of the registry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ctdild_desktop.clinical.dates import PartialDate


@dataclass(frozen=True, slots=True)
class Identity:
    """What a person is known by."""

    name: tuple[str, ...]
    """The parts of the name as they are compared, in an order that does not say which is which; empty when
    there is no name.
    """
    birth: PartialDate | None


def same_person(identities: Sequence[Identity]) -> dict[int, tuple[int, ...]]:
    """For each place with a name, the places of others who may be the same person."""
    called: dict[tuple[str, ...], list[int]] = {}
    for place, one in enumerate(identities):
        if one.name:
            called.setdefault(one.name, []).append(place)
    return {
        place: tuple(
            other
            for other in places
            if other != place and _may_be_same(identities[place].birth, identities[other].birth)
        )
        for places in called.values()
        for place in places
    }


def _may_be_same(one: PartialDate | None, other: PartialDate | None) -> bool:
    if one is None or other is None:
        return True
    return one.earliest <= other.latest and other.earliest <= one.latest
