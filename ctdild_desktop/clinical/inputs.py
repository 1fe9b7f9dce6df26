"""Checks of numbers that a calculator is given: finite, and inside what the quantity can be.

The calculators refuse what cannot be a measurement at all; what is merely unlikely is asked about where it is
entered (``clinical.plausibility``). The bounds are decisions of the registry.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from ctdild_desktop.clinical import wording
from ctdild_desktop.language import say


class InputError(ValueError):
    """A number that cannot be: not finite, out of range or contradictory; the text is for the user."""

    def __init__(self, text: str) -> None:
        super().__init__(say(text))


def exact(
    name: str,
    value: Decimal | Fraction | float,
    *,
    low: int | None = 0,
    high: int | None = None,
) -> Fraction:
    """The value as an exact fraction; ``name`` begins the sentence of a refusal, the limits are inclusive.

    Raises:
        InputError: the value is not a finite number, or lies outside the limits.
    """
    name = say(name)
    if isinstance(value, Decimal) and not value.is_finite():
        raise InputError(say("{name} is not a number.", name=name))
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError(say("{name} is not a number.", name=name))
    if low is not None and value < low:
        raise InputError(say("{name} cannot be below {low}.", name=name, low=low))
    if high is not None and value > high:
        raise InputError(say("{name} cannot be above {high}.", name=name, high=high))
    return Fraction(value)


def told(value: Fraction | Decimal, limit: Fraction | Decimal | int, places: int = 1) -> Decimal:
    """A value for print with so many decimals that it lies on the same side of a limit as it truly does."""
    made = wording.rounded(value, places)
    while value != limit and ((made < limit) != (value < limit) or made == limit) and places < 12:
        places += 1
        made = wording.rounded(value, places)
    return made


def plain(value: Fraction | Decimal) -> Decimal:
    """A value for print without trailing zeros, to four decimals at most."""
    made = wording.rounded(value, 4)
    return made.quantize(Decimal(1)) if made == made.to_integral_value() else made.normalize()
