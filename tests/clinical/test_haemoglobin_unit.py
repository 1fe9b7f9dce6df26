"""Haemoglobin in the unit of the site: the same value, exactly, and the limits in the unit that is typed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.limits import check_value, field_limits
from ctdild_desktop.clinical.wording import Style


@pytest.fixture
def grams_per_decilitre() -> Iterator[None]:
    before = wording.style()
    wording.use_style(Style(haemoglobin="g/dL"))
    yield
    wording.use_style(before)


def test_g_per_l_is_what_is_kept_and_shown_at_first() -> None:
    assert (wording.haemoglobin_unit(), wording.haemoglobin(Decimal("128"))) == ("g/L", "128")
    assert wording.in_grams_per_litre(Decimal("128.5")) == Decimal("128.5")
    with pytest.raises(ValueError, match="mmol/L"):
        Style(haemoglobin="mmol/L")


@pytest.mark.parametrize(
    ("kept", "shown"), [("128", "12.8"), ("130", "13.0"), ("128.50", "12.850"), ("95", "9.5")]
)
@pytest.mark.usefixtures("grams_per_decilitre")
def test_the_digits_stay_both_ways(kept: str, shown: str) -> None:
    assert wording.haemoglobin(Decimal(kept)) == shown
    assert str(wording.in_grams_per_litre(Decimal(shown))) == kept
    assert str(wording.in_grams_per_litre(Decimal("13"))) == "130"


@pytest.mark.parametrize(
    ("grams", "words", "fix"),
    [
        ("128", "", ""),
        ("79", "Haemoglobin below 8.0 g/dL is unusual.", ""),
        ("191", "Haemoglobin above 19.0 g/dL is unusual.", ""),
        ("1280", "128 g/dL cannot be: was it in g/L?", "128"),
        ("29", "Haemoglobin must be between 3.0 and 25.0 g/dL.", ""),
        ("26000", "Haemoglobin must be between 3.0 and 25.0 g/dL.", ""),
    ],
)
@pytest.mark.usefixtures("grams_per_decilitre")
def test_limits_are_told_in_the_unit_that_is_typed(grams: str, words: str, fix: str) -> None:
    found = check_value("hb_g_l", Decimal(grams), field_limits()["hb_g_l"])
    assert (found.text if found is not None else "") == words
    assert (found.fix.text if found is not None and found.fix is not None else "") == fix
    if fix:
        assert found is not None
        assert found.fix is not None
        assert found.fix.label == "Use 12.8 g/dL"
    assert found is None or found.field == "hb_g_l"
