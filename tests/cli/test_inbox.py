"""``ctdild import --to-inbox`` and ``ctdild inbox``: what nobody can decide by a rule waits for a person."""

from __future__ import annotations

from tests.support.messages import DAY, WHO, gdt, value

FVC = value("FVC", "2310", "mL")
TABLE = "mrn,family_name,given_name,birth_date,sex,test_date,fvc_l\nP1,Holm,Ada,1958-03-12,F,2023-01-02,2.4\n"


def test_a_scheduled_import_takes_what_is_beyond_doubt_and_keeps_the_rest(ctdild, clinic, tmp_path):
    table, known, nobody, new = (tmp_path / name for name in ("t.csv", "a.gdt", "b.gdt", "c.gdt"))
    table.write_text(TABLE, encoding="utf-8")
    known.write_bytes(gdt(*WHO, *DAY, *FVC))
    nobody.write_bytes(gdt(*DAY, *FVC))
    new.write_bytes(gdt(("3000", "X9"), *WHO[1:], *DAY, *value("FVC", "2000", "mL")))
    ctdild("import", table, *clinic)
    answer = ctdild("import", "--to-inbox", nobody, known, table, *clinic, "--json")
    assert answer.status == 0
    waits, taken, rows = answer.document
    assert (waits["file"], waits["inbox"], waits["tests_added"], waits["rejected"]) == (
        "b.gdt",
        "waiting",
        0,
        [],
    )
    assert waits["inbox_why"] == "the file does not say whose test it is; choose the patient"
    assert (taken["file"], taken["inbox"], taken["tests_added"], taken["inbox_why"]) == (
        "a.gdt",
        "taken",
        1,
        "",
    )
    assert (rows["file"], rows["inbox"], rows["tests_unchanged"]) == ("t.csv", None, 1)
    assert "1 of 2 messages are in the registry; the others are in the inbox." in answer.err
    (again,) = ctdild("import", "--to-inbox", known, *clinic, "--json").document
    assert (again["inbox"], again["tests_added"], again["tests_unchanged"]) == ("taken", 0, 1)
    (other,) = ctdild("import", "--to-inbox", new, *clinic, "--json").document
    assert "the same person is, with MRN P1" in other["inbox_why"]

    listed = ctdild("inbox", *clinic, "--json").document
    assert [(one["file"], one["state"], one["received_from"]) for one in listed] == [
        ("b.gdt", "waiting", "command"),
        ("c.gdt", "waiting", "command"),
    ]
    assert (listed[1]["says"], listed[1]["tests"]) == ("Holm, Ada · F · 12.03.1958 · X9", 1)
    assert len(ctdild("inbox", "--all", *clinic, "--json").document) == 3
    lines = ctdild("inbox", *clinic).out.splitlines()
    assert lines[0].endswith(
        "waiting  b.gdt: says nobody; the file does not say whose test it is; choose the patient"
    )


def test_a_table_beside_messages_is_of_the_kind_that_was_said(ctdild, clinic, tmp_path):
    table = tmp_path / "old.csv"
    table.write_text("mrn,drug,start\nP1,MMF,2017-05\n", encoding="utf-8")
    answer = ctdild("import", "--to-inbox", table, "--table", "therapy", *clinic, "--json")
    assert answer.status == 0
    assert answer.document[0]["records_added"] == {"therapy": 1}


def test_options_that_decide_by_hand_do_not_go_with_it(ctdild, clinic, tmp_path):
    path = tmp_path / "a.gdt"
    path.write_bytes(gdt(*DAY, *FVC))
    answer = ctdild("import", "--to-inbox", path, "--patient", "P1", *clinic)
    assert answer.status == 2
    assert "--to-inbox goes with none of" in answer.err
    assert ctdild("inbox", *clinic).out == "No message waits.\n"
