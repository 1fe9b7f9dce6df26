"""``ctdild erase``: says what would go, erases with the MRN typed twice, and records a refusal."""

from __future__ import annotations

from pathlib import Path

BASIS = ("--basis", "GDPR Art. 17(1)(b): consent withdrawn")
REASON = ("--reason", "letter of 2 March 2026")


def test_without_the_confirmation_it_only_says_what_would_go(ctdild, demo):
    seen = ctdild("erase", "DEMO-0001", *demo)
    assert seen.status == 0
    assert seen.out.startswith("Would be erased of DEMO-0001:\n")
    assert "  15 × PFT\n" in seen.out
    assert "Nothing was changed." in seen.out
    assert ctdild("show", "DEMO-0001", *demo).status == 0
    document = ctdild("erase", "DEMO-0001", *demo, "--json").document
    assert (document["erased"], document["rows"]["PFT"]) == (False, 15)
    assert document["audit_entries"] > 70


def test_a_person_is_erased_and_the_registry_stays_whole(ctdild, demo, tmp_path):
    backup = tmp_path / "before.ctdild-backup"
    assert ctdild("backup", backup, *demo).status == 0
    done = ctdild("erase", "DEMO-0001", *BASIS, *REASON, "--confirm", "DEMO-0001", *demo, "--json")
    assert done.status == 0
    assert done.document["erased"] is True
    assert done.document["file_written_anew"] is True
    assert [one["name"] for one in done.document["backups"]] == [backup.name]
    gone = ctdild("show", "DEMO-0001", *demo)
    assert gone.status == 1
    assert gone.sentence == "No patient has the MRN DEMO-0001."
    assert ctdild("verify", *demo).status == 0
    again = ctdild("erase", "DEMO-0001", *demo)
    assert (again.status, again.sentence) == (1, "No patient has the MRN DEMO-0001.")


def test_in_words_it_says_that_it_cannot_be_undone(ctdild, demo):
    done = ctdild("erase", "DEMO-0002", *BASIS, *REASON, "--confirm", "DEMO-0002", *demo)
    assert done.out.rstrip().endswith("This cannot be undone.")


def test_what_is_missing_is_one_sentence_and_erases_nothing(ctdild, demo):
    for given, words in (
        ((*BASIS, *REASON, "--confirm", "DEMO-0002"), "not the MRN"),
        ((*REASON, "--confirm", "DEMO-0001"), "legal basis"),
        ((*BASIS, "--confirm", "DEMO-0001"), "who asked"),
    ):
        refused = ctdild("erase", "DEMO-0001", *given, *demo)
        assert refused.status == 1
        assert words in refused.sentence
    assert ctdild("show", "DEMO-0001", *demo).status == 0
    assert ctdild("erase", "DEMO-0001", "--refused", "--confirm", "DEMO-0001", *demo).status == 2


def test_a_refusal_is_recorded(ctdild, demo):
    said = ctdild("erase", "DEMO-0001", "--refused", *REASON, *demo)
    assert (said.status, said.out) == (0, "Recorded that the erasure was refused.\n")
    assert ctdild("show", "DEMO-0001", *demo).status == 0
    assert Path(demo[1]).exists()
