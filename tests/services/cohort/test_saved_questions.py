"""Questions by name: saved, overwritten, renamed, removed and taken back, on both databases."""

from __future__ import annotations

import pytest

from ctdild_desktop.cohort.query import EVERYBODY, parse
from ctdild_desktop.services import history, upkeep
from ctdild_desktop.services.cohort import saved_questions
from ctdild_desktop.services.desk import Desk, RefusedError
from tests.support.desks import as_user

TEXT = "diagnosis_group = SSc and therapy(drug = rituximab and course = 1)"


def names(desk: Desk) -> list[str]:
    return [one.name for one in saved_questions.saved(desk)]


def test_a_question_is_saved_overwritten_renamed_and_removed(desk: Desk) -> None:
    done = saved_questions.save_query(desk, "  RTX in  SSc ", TEXT)
    assert done.message == "Saved question RTX in SSc."
    (one,) = saved_questions.saved(desk)
    assert (one.name, one.text, one.problem) == ("RTX in SSc", TEXT, "")
    assert one.changed_by == desk.display_name
    assert saved_questions.find(desk, "rtx in ssc") == parse(TEXT)
    other = saved_questions.save_query(desk, "RTX in SSc", "drug = rituximab")
    assert saved_questions.find(desk, "RTX in SSc") == parse("drug = rituximab")
    assert other.undo is not None
    other.undo()
    assert saved_questions.find(desk, "RTX in SSc") == parse(TEXT)
    renamed = saved_questions.rename(desk, one.query.id, "Rituximab")
    assert names(desk) == ["Rituximab"]
    saved_questions.save_query(desk, "RTX in SSc", "age > 17")
    assert renamed.undo is not None
    with pytest.raises(RefusedError, match="Another question was saved by this name"):
        renamed.undo()
    gone = saved_questions.remove(desk, one.query.id)
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
            saved_questions.save_query(desk, name, text)
        assert why in " ".join((str(refused.value), *(issue.text for issue in refused.value.issues)))
    assert saved_questions.saved(desk) == ()
    assert saved_questions.find(desk, "  ") == EVERYBODY
    with pytest.raises(RefusedError, match="No question is saved as steroids, and it is none itself"):
        saved_questions.find(desk, "steroids")
    with pytest.raises(RefusedError, match="no longer in the registry"):
        saved_questions.remove(desk, "0" * 32)


def test_a_question_that_cannot_be_asked_any_more_is_kept_and_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved_questions.save_query(desk, "old", "drug = rituximab")
    monkeypatch.setattr("ctdild_desktop.cohort.query.FIELDS", {})
    (one,) = saved_questions.saved(desk)
    assert one.text == "drug = rituximab"
    assert one.problem.startswith("drug is no field")
    with pytest.raises(RefusedError, match="saved question old cannot be asked any more: drug is no field"):
        saved_questions.find(desk, "old")


def test_a7_questions_are_saved_by_those_who_record(desk: Desk) -> None:
    viewer = as_user(desk, "specht", "T. Specht", "viewer")
    with pytest.raises(RefusedError, match="needs recorder"):
        saved_questions.save_query(viewer, "mine", TEXT)
    assert saved_questions.find(viewer, TEXT) == parse(TEXT)
