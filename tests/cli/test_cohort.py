"""``ctdild cohort`` on the demonstration registry: the documented JSON, and wrong uses in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctdild_desktop.services import access
from ctdild_desktop.services.cohort import saved_questions

OF_VALUES = {"n", "mean", "sd", "ci95", "median", "q1", "q3", "min", "max", "n_negative"}

OF_TWO = ("--drug", "rituximab", "--drug", "mycophenolate", "--measure", "fvc_l")
NEXT = {"drug", "by", "late_entries", "n", "groups", "logrank", "cumulative_incidence", "next_drugs"}
SURVIVED = {"event", "by", "time_zero", "late_entries", "n", "groups", "logrank", "cumulative_incidence"}
COMPARED = {
    *("drugs", "measure", "months", "covariates", "n", "groups", "difference", "ancova", "ancova_adjusted"),
    *("propensity", "balance", "matched", "not_matched"),
}


def test_slopes_have_the_documented_fields(ctdild, demo):
    said = ctdild("cohort", "slopes", "--measure", "fvc_l", "--as-of", "2026-03-12", *demo, "--json")
    assert (said.status, said.err) == (0, "")
    told = said.document
    assert (told["analysis"], told["as_of"]) == ("slopes", "2026-03-12")
    assert told["n"]["cohort"] == told["n"]["analysed"] + sum(told["n"]["excluded"].values())
    assert set(told["result"]) == OF_VALUES
    assert set(told["pooled"]) == {"slope_per_year", "se", "ci95", "intercept", "converged", "n"}
    assert told["pooled"]["ci95"][0] < told["pooled"]["slope_per_year"] < told["pooled"]["ci95"][1]


def test_declines_have_the_documented_fields(ctdild, demo):
    said = ctdild("cohort", "decline", "--within", "200", "--at", "365,100", *demo, "--json").document
    assert set(said["result"]) == {"relative_10", "relative_5", "absolute_5", "absolute_10"}
    of_ten = said["result"]["relative_10"]
    assert set(of_ten) == {"any_time", "within_200_days", "confirmed", "at_last_visit"}
    assert of_ten["within_200_days"]["n"] <= of_ten["any_time"]["n"] <= said["n"]["analysed"]
    curve = said["kaplan_meier"]["relative_10"]
    assert [one["day"] for one in curve["at"]] == [100, 365]
    assert curve["at"][0]["survival"] >= curve["at"][1]["survival"]
    assert said["incidence"]["relative_10"]["events"] == of_ten["any_time"]["n"]


@pytest.mark.parametrize(
    ("analysis", "fields"),
    [
        (("summary",), {"n", "by", "result"}),
        (("change", "--months", "12"), {"measure", "n", "result", "relative", "responders"}),
        (("course", "--months", "6,12", "--by", "drug"), {"measure", "by", "n", "groups"}),
        (("survival", "--by", "diagnosis", "--time-zero", "ild-diagnosis"), SURVIVED),
        (("pre-post", "--drug", "rituximab"), {"drug", "n", "result", "responses"}),
        (("responders", "--drug", "rituximab"), {"drug", "n", "result"}),
        (("adverse-events",), {"n", "result"}),
        (("epochs",), {"measure", "n", "result"}),
        (("next-line", "--by", "drug"), NEXT),
        (("compare", *OF_TWO, "--covariates", "age,sex"), COMPARED),
    ],
)
def test_each_analysis_says_its_definition_and_its_numbers(ctdild, demo, analysis, fields):
    told = ctdild("cohort", *analysis, *demo, "--json").document
    assert set(told) == {"analysis", "definition", "as_of", "query", *fields}
    assert "{" not in told["definition"]
    plain = ctdild("cohort", *analysis, *demo)
    assert plain.out.startswith(f"analysis: {analysis[0]}\ndefinition: ")


def test_wrong_uses_get_a_sentence(ctdild, demo):
    assert ctdild("cohort", "pre-post", *demo).status == 2
    unknown = ctdild("cohort", "pre-post", "--drug", "aspirin", *demo)
    assert unknown.status == 1
    assert unknown.sentence.startswith("aspirin is no drug of the list; known are ")
    assert ctdild("cohort", "decline", "--at", "0", *demo).status == 2
    assert ctdild("cohort", "compare", "--drug", "rituximab", *demo).status == 2
    assert ctdild("cohort", "decline", "--time-zero", "drug-start", *demo).status == 2
    assert ctdild("cohort", "slopes", "--time-zero", "ild-diagnosis", *demo).status == 2
    same = ctdild("cohort", "compare", "--drug", "rituximab", "--drug", "rituximab", *demo)
    assert (same.status, same.sentence) == (1, "Choose two different drugs.")
    assert ctdild("cohort", "weather", *demo).status == 2
    assert ctdild("cohort", "change", "--months", "6,12", *demo).status == 2
    assert ctdild("cohort", "survival", "--event", "death,relapse", *demo).status == 2
    query = ctdild("cohort", "summary", "--query", "colour = red", *demo)
    assert query.status == 1
    assert query.sentence.startswith("colour is no field; known are diagnosis, ")


def test_a_saved_question_is_asked_by_its_name(ctdild, demo):
    desk = access.unlock(Path(demo[1]), login=demo[3], passphrase=Path(demo[5]).read_text().strip())
    saved_questions.save_query(desk, "Women", "sex = F")
    desk.close()
    told = ctdild("cohort", "queries", *demo, "--json").document
    assert [(one["name"], one["query"], one["problem"]) for one in told["queries"]] == [
        ("Women", "sex = F", None)
    ]
    named = ctdild("cohort", "summary", "--query", "women", *demo, "--json").document
    written = ctdild("cohort", "summary", "--query", "sex = F", *demo, "--json").document
    assert named["n"] == written["n"]
    assert named["n"]["cohort"] < named["n"]["registry"]
