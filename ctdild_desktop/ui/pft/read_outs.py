"""What follows from one value of a test, as the columns beside its field say it."""

from __future__ import annotations

from decimal import Decimal

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.derived import DerivedValue


def read_outs(value: DerivedValue | None, to_last: Decimal | None) -> dict[str, str]:
    """The texts by the name of their column; empty where nothing can be said."""
    percent = value.percent if value is not None else None
    z = value.z if value is not None else None
    return {
        "percent": wording.number(percent, 1) if percent is not None else "",
        "z": wording.number(z, 2) if z is not None else "",
        "to_last": change_words(to_last),
    }


def change_words(percent: Decimal | None) -> str:
    """A relative change, with its sign; empty where there is nothing to compare with."""
    return wording.signed(percent, 1) if percent is not None else ""
