"""``ctdild quality`` on the demonstration registry: numbers, periods, records behind them, and the file."""

from __future__ import annotations

import csv
import io


def test_every_line_adds_up_and_the_demonstration_is_not_perfect(ctdild, demo):
    said = ctdild("quality", *demo, "--by", "year", "--json")
    assert (said.status, said.err) == (0, "")
    made = said.document
    assert made["patients"] == made["patients_counted"] == len(ctdild("assess", *demo, "--json").document)
    for line in made["completeness"]:
        assert line["expected"] == line["recorded"] + line["not_known"] + line["missing"], line["id"]
        assert line["expected"] == sum(period["expected"] for period in line["periods"]), line["id"]
        assert (line["percent_recorded"] is None) == (line["expected"] == 0), line["id"]
    for line in made["plausibility"]:
        assert line["looked_at"] == line["in_order"] + line["cannot_tell"] + line["found"], line["id"]
    lacking = [line["id"] for line in made["completeness"] if line["missing"]]
    full = [line["id"] for line in made["completeness"] if line["expected"] and not line["missing"]]
    assert len(lacking) >= 10
    assert len(full) >= 10
    assert any(line["found"] for line in made["plausibility"])


def test_the_records_behind_a_number_are_named_by_record_number(ctdild, demo):
    made = ctdild("quality", *demo, "--lacking", "--records", "--json").document
    assert all(line["missing"] for line in made["completeness"])
    for line in made["completeness"]:
        missing = line["records"]["missing"]
        assert len(missing) == line["missing"], line["id"]
        assert all(one["patient"].startswith("DEMO-") and len(one["record"]) == 32 for one in missing)


def test_the_file_has_the_numbers_and_no_name(ctdild, demo, tmp_path):
    out = tmp_path / "quality.csv"
    said = ctdild(
        "quality", *demo, "--from", "2025-01-01", "--to", "2025-12-31", "--by", "quarter", "--out", out
    )
    assert (said.status, said.out) == (0, "")
    content = out.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"DEMO-" not in content
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    made = ctdild("quality", *demo, "--from", "2025-01-01", "--to", "2025-12-31", "--json").document
    whole = {row["id"]: row for row in rows if row["period"] == "whole"}
    for line in made["completeness"]:
        row = whole[line["id"]]
        assert int(row["missing"]) == line["missing"]
        assert row["percent_recorded"] == (
            "" if line["percent_recorded"] is None else f"{line['percent_recorded']:.1f}"
        )
        assert row["found"] == ""
    quarters = {row["period"] for row in rows if row["id"] == "test_fvc"}
    assert quarters <= {"whole", "2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"}
    assert sum(int(row["expected"]) for row in rows if row["id"] == "test_fvc") == 2 * int(
        whole["test_fvc"]["expected"]
    )


def test_wrong_words_are_refused_and_nothing_is_written(ctdild, demo, tmp_path):
    out = tmp_path / "quality.csv"
    said = ctdild("quality", *demo, "--from", "2025-02-01", "--to", "2025-01-01", "--out", out)
    assert (said.status, said.err) == (2, "ctdild quality: --to must not lie before --from\n")
    assert not out.exists()
    said = ctdild("quality", *demo, "--records")
    assert (said.status, said.err) == (2, "ctdild quality: --records needs --json\n")


def test_in_words(ctdild, demo):
    said = ctdild("quality", *demo, "--lacking")
    assert "Completeness\n" in said.out
    assert "  follow_up: " in said.out
    assert "\nPlausibility\n" in said.out
