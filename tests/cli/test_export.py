"""``ctdild export``: a set in a folder, with and without identity."""

from __future__ import annotations

import csv
import json
from pathlib import Path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_registry_is_exported_with_and_without_identity(ctdild, demo, tmp_path):
    out = tmp_path / "set"
    made = ctdild("export", "--format", "csv", "--out", out, *demo, "--json").document
    assert (made["patients"], made["rows"]["patients"], made["pseudonymised"]) == (14, 14, False)
    assert {row["mrn"][:5] for row in read(out / "patients.csv")} == {"DEMO-"}
    bare = tmp_path / "bare"
    said = ctdild("export", "--format", "csv", "--out", bare, "--pseudonymised", *demo)
    assert (said.status, said.out) == (0, "Exported 14 patients to bare, not encrypted.\n")
    content = b"".join(path.read_bytes() for path in bare.iterdir())
    assert b"DEMO-" not in content
    assert b"HOLLOWAY" not in content
    assert json.loads((bare / "manifest.json").read_text())["dates"] == "moved"


def test_chosen_patients_decimal_commas_and_no_mark(ctdild, demo, tmp_path):
    out = tmp_path / "set"
    chosen = ("--patient", "DEMO-0002", "--patient", "DEMO-0001", "--csv", "semicolon_comma", "--no-bom")
    assert ctdild("export", "--format", "csv", "--out", out, *chosen, *demo).status == 0
    lines = (out / "patients.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(";")[0] for line in lines] == ['"mrn"', '"DEMO-0001"', '"DEMO-0002"']


def test_fhir_is_lines_of_bundles_that_another_registry_takes(ctdild, demo, clinic, tmp_path):
    out = tmp_path / "set"
    chosen = ("--patient", "DEMO-0003", "--patient", "DEMO-0001")
    made = ctdild("export", "--format", "fhir", "--out", out, *chosen, *demo, "--json").document
    assert (made["patients"], made["rows"]) == (2, {})
    lines = (out / "fhir-0001.ndjson").read_bytes().splitlines()
    assert [json.loads(line)["resourceType"] for line in lines] == ["Bundle", "Bundle"]
    (told,) = ctdild("import", out / "fhir-0001.ndjson", *clinic, "--json").document
    assert (told["format"], told["patients_added"], told["rejected"]) == ("fhir", 2, [])


def test_what_cannot_be_exported_is_said_in_one_line(ctdild, demo, tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "mine.txt").write_text("x")
    out = ("--format", "xlsx", "--out", tmp_path / "set", *demo)
    refused = ctdild("export", *out)
    assert (refused.status, refused.sentence) == (
        1,
        "set is already there and is not an empty folder; choose another name.",
    )
    unknown = ctdild("export", *out, "--patient", "NOBODY")
    assert (unknown.status, unknown.sentence) == (1, "No patient has the MRN NOBODY.")
    assert ctdild("export", *out, "--true-dates").status == 2


def test_i3_an_exported_folder_comes_back_into_an_empty_registry(ctdild, demo, clinic, tmp_path):
    out = tmp_path / "set"
    assert ctdild("export", "--format", "xlsx", "--out", out, *demo).status == 0
    (report,) = ctdild("import", out, *clinic, "--json").document
    assert (report["format"], report["patients_added"], report["rejected"]) == ("exported xlsx", 14, [])
    assert ctdild("assess", *clinic, "--json").document == ctdild("assess", *demo, "--json").document
    shown, before = (ctdild("show", "DEMO-0002", *where, "--json").document for where in (clinic, demo))
    assert shown == before
