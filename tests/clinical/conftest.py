"""What every clinical test gets: the default way of writing numbers, and no clock on generated examples."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from ctdild_desktop.clinical import wording

# The first example loads the reference tables, which takes longer than the usual deadline of one example.
settings.register_profile("clinical", deadline=None)
settings.load_profile("clinical")


@pytest.fixture(autouse=True)
def default_style() -> Iterator[None]:
    before = wording.style()
    wording.use_style(wording.Style())
    yield
    wording.use_style(before)
