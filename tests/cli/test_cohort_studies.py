"""``ctdild cohort studies`` and ``study``: the evidence as data, and one study beside the demonstration."""

from __future__ import annotations


def test_studies_list_every_row_with_its_published_numbers(ctdild, demo):
    said = ctdild("cohort", "studies", *demo, "--json")
    assert (said.status, said.err) == (0, "")
    told = said.document
    by_id = {one["id"]: one for one in told["studies"]}
    assert told["n"] == len(by_id) == 43
    keir = by_id["R10"]
    assert (keir["place"], keir["design"]["analysis"]) == ("lines 12–13, 261–267", "pre-post")
    assert [one["value"] for one in keir["published"]][:3] == ["-13.3", "8.9", "<0.01"]
    assert {one["interval"] for one in keir["published"]} == {"not given"}
    assert by_id["R04"]["design"]["not_run"].startswith("A judgement of experts")
    assert by_id["R08"]["published"][0]["lines"] == [[249, 250]]


def test_a_study_stands_beside_the_registry(ctdild, demo):
    told = ctdild("cohort", "study", "R09", "--as-of", "2026-03-12", *demo, "--json").document
    first, second = told["rows"][:2]
    assert (first["measure"], first["published"]["value"]) == ("success", "85")
    assert first["own"]["count"] <= first["own"]["n"]
    assert (second["published"]["value"], second["published"]["of"]) == ("28", 33)
    assert [round(end, 1) for end in second["published"]["interval_computed_here"]] == [69.1, 93.3]
    assert told["command"] == "ctdild cohort study R09 --as-of 2026-03-12"
    assert told["steps"][0]["text"] == "in the registry"
    assert all(row["not_same"] for row in told["rows"])


def test_other_patients_can_be_asked_for_and_wrong_uses_get_a_sentence(ctdild, demo):
    told = ctdild("cohort", "study", "R09", "--query", "sex = F", *demo, "--json").document
    assert "--query 'sex = F'" in told["command"]
    assert any("chosen otherwise" in one for one in told["caveats"])
    unknown = ctdild("cohort", "study", "R99", *demo)
    assert unknown.status == 1
    assert unknown.sentence.startswith("R99 is no study; known are R01, ")
    assert ctdild("cohort", "study", *demo).status == 2
    assert ctdild("cohort", "summary", "R01", *demo).status == 2
