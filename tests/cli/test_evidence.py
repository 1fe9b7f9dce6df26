"""``ctdild evidence``: the library searched from the command line, without a registry."""

from __future__ import annotations

import json


def test_words_and_facets_find_claims_with_their_lines(ctdild):
    done = ctdild("evidence", "--search", "Rituximab ANTISYNTH", "--disease", "ASyS", "--json")
    assert done.status == 0
    told = json.loads(done.out)
    assert [one["id"] for one in told["claims"]][:2] == ["R15", "R17"]
    first = told["claims"][0]
    assert first["lines"] == [[307, 316]]
    assert first["check"] == "differs"
    assert first["drugs"] == ["rituximab"]
    assert told["gap"] is None


def test_what_the_review_has_no_study_of_is_said(ctdild):
    done = ctdild("evidence", "--disease", "RA", "--drug", "prednisone")
    assert done.status == 0
    assert done.out.startswith("The review has no study of glucocorticoids in rheumatoid arthritis.\n")
    assert "RO04  Glucocorticoids are used very widely" in done.out
    table = json.loads(ctdild("evidence", "--coverage", "--json").out)["coverage"]
    (cell,) = (one for one in table if (one["disease"], one["drug"]) == ("RA", "@anti_tnf"))
    assert cell["studies"] == ["R21", "R22", "R23"]


def test_a_code_that_is_not_known_is_answered_with_those_that_are(ctdild):
    done = ctdild("evidence", "--drug", "aspirin")
    assert (done.status, done.out) == (1, "")
    assert "--drug aspirin is not known; known are glucocorticoid, anti_tnf, " in done.err
    assert json.loads(ctdild("evidence", "--drug", "anti_tnf", "--json").out)["asked"]["drug"] == "@anti_tnf"
