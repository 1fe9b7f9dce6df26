"""Questions by name: saved, overwritten, renamed, removed and taken back, on both databases."""

from __future__ import annotations

import pytest

from ctdild_desktop.cohort.query import EVERYBODY, parse
from ctdild_desktop.services import cohort_saved, history, upkeep
from ctdild_desktop.services.desk import Desk, RefusedError
from tests.support.desks import as_user

TEXT = "diagnosis_group = SSc and therapy(drug = rituximab and course = 1)"


def names(desk: Desk) -> list[str]:
    return [one.name for one in cohort_saved.saved(desk)]


def test_a_question_is_saved_overwritten_renamed_and_removed(desk: Desk) -> None:
    done = cohort_saved.save_query(desk, "  RTX in  SSc ", TEXT)
    assert done.message == "Saved question RTX in SSc."
    (one,) = cohort_saved.saved(desk)
    assert (one.name, one.text, one.problem) == ("RTX in SSc", TEXT, "")
    assert one.changed_by == desk.display_name
    assert cohort_saved.find(desk, "rtx in ssc") == parse(TEXT)
    other = cohort_saved.save_query(desk, "RTX in SSc", "drug = rituximab")
    assert cohort_saved.find(desk, "RTX in SSc") == parse("drug = rituximab")
    assert other.undo is not None
    other.undo()
    assert cohort_saved.find(desk, "RTX in SSc") == parse(TEXT)
    renamed = cohort_saved.rename(desk, one.query.id, "Rituximab")
    assert names(desk) == ["Rituximab"]
    cohort_saved.save_query(desk, "RTX in SSc", "age > 17")
    assert renamed.undo is not None
    with pytest.raises(RefusedError, match="Another question was saved by this name"):
        renamed.undo()
    gone = cohort_saved.remove(desk, one.query.id)
    assert names(desk) == ["RTX in SSc"]
    assert gone.undo is not None
    gone.undo()
    assert names(desk) == ["Rituximab", "RTX in SSc"]
    told = [entry.text for entry in history.log(desk, history.LogFilter(group="Cohort")).entries]
    assert told[-1].startswith("added saved question RTX in SSc: ")
    assert upkeep.verify(desk).ok


def test_what_is_no_name_and_no_question_is_refused(desk: Desk) -> None:
    for name, text, why in (
        (" ", TEXT, "needs a name"),
        ("x" * 81, TEXT, "at most 80 letters"),
        ("a", "weight = 3", "weight is no field"),
        ("a", " ", "Everybody is no question"),
        ("a\x07b", TEXT, "cannot be seen"),
    ):
        with pytest.raises(RefusedError) as refused:
            cohort_saved.save_query(desk, name, text)
        assert why in " ".join((str(refused.value), *(issue.text for issue in refused.value.issues)))
    assert cohort_saved.saved(desk) == ()
    assert cohort_saved.find(desk, "  ") == EVERYBODY
    with pytest.raises(RefusedError, match="No question is saved as steroids, and it is none itself"):
        cohort_saved.find(desk, "steroids")
    with pytest.raises(RefusedError, match="no longer in the registry"):
        cohort_saved.remove(desk, "0" * 32)


def test_a_question_that_cannot_be_asked_any_more_is_kept_and_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    cohort_saved.save_query(desk, "old", "drug = rituximab")
    monkeypatch.setattr("ctdild_desktop.cohort.query.FIELDS", {})
    (one,) = cohort_saved.saved(desk)
    assert one.text == "drug = rituximab"
    assert one.problem.startswith("drug is no field")
    with pytest.raises(RefusedError, match="saved question old cannot be asked any more: drug is no field"):
        cohort_saved.find(desk, "old")


def test_a7_questions_are_saved_by_those_who_record(desk: Desk) -> None:
    viewer = as_user(desk, "specht", "T. Specht", "viewer")
    with pytest.raises(RefusedError, match="needs recorder"):
        cohort_saved.save_query(viewer, "mine", TEXT)
    assert cohort_saved.find(viewer, TEXT) == parse(TEXT)
