"""Everybody's records of one moment, asked again and again."""

from __future__ import annotations

import pytest

from ctdild_desktop.cohort.query import parse
from ctdild_desktop.services.cohort import finding
from ctdild_desktop.services.cohort.data import Chosen
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.progress import CancelledError, Progress
from tests.support import quality_registry as small
from tests.support.desks import fill, in_a_file

pytestmark = in_a_file


def test_everybody_is_read_once_and_asked_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "_AT_ONCE", 3)
    fill(desk, *small.EVERYBODY)
    steps: list[tuple[int, int]] = []
    everybody = finding.read(desk, progress=Progress(lambda done, of, _what: steps.append((done, of))))
    assert steps == [(0, 4), (3, 4)]
    found = everybody.found(parse("sex = F"))
    assert (found.registry, found.count, len(found.cannot_tell)) == (4, 1, 3)
    assert found == finding.count_of(desk, Chosen(query=parse("sex = F")))
    (row,) = everybody.rows(found.ids, found.query)
    assert (row.mrn, row.sex, row.needs) == ("Q-1", "F", ())
    unknown = everybody.rows((*found.cannot_tell, "nobody"), found.query)
    assert [one.needs for one in unknown] == [("sex",)] * 3
    with pytest.raises(CancelledError):
        everybody.found(parse("sex = F"), lambda: True)
    stopped = Progress()
    stopped.cancel()
    with pytest.raises(CancelledError):
        finding.read(desk, progress=stopped)
