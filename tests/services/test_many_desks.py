"""Many desks at once on one server: every acknowledged save is kept, and every conflict is told."""

from __future__ import annotations

from dataclasses import replace

from tests.support.many_desks import Saved, Told, chain, conflicts, run
from tests.support.postgres import Cluster

FIRST = Saved("a", "visit", "r", "", 1, "one", 2)
SECOND = Saved("b", "visit", "r", "one", 2, "two", 3)


def test_p2_eight_desks_at_once_lose_no_acknowledged_save(cluster: Cluster) -> None:
    """Shortened; ``python -m tests.support.many_desks`` runs it whole."""
    found = run(cluster, processes=8, of=1, edits=3)
    assert found.faults == []
    assert found.saved == 24
    assert found.told > 0


def test_the_harness_tells_what_was_overwritten_and_what_was_lost() -> None:
    assert chain(3, "two", (FIRST, SECOND)) == []
    assert "did not see" in chain(3, "two", (FIRST, replace(SECOND, seen="", seen_version=1)))[0]
    assert "the last acknowledged save was" in chain(2, "one", (FIRST, SECOND))[0]
    assert "the last acknowledged save was" in chain(2, "unheard", ())[0]


def test_the_harness_tells_a_conflict_that_names_the_wrong_person_or_value() -> None:
    told = Told("r", 1, "mine", "b", "two", 3)
    held = {"r": [FIRST, SECOND]}
    assert conflicts(held, (told,)) == []
    for wrong in (replace(told, by="a"), replace(told, theirs="one"), replace(told, theirs_version=1)):
        assert len(conflicts(held, (wrong,))) == 1
