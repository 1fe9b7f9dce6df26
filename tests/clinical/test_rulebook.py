"""The page of clinical rules is what the code says, leaves nothing out, and every rule names its source."""

from __future__ import annotations

import csv
import importlib
import re
from pathlib import Path

import pytest

from ctdild_desktop.bundled import resources
from ctdild_desktop.clinical import evidence, limits, reference, rulebook
from ctdild_desktop.clinical.criteria import CRITERIA
from ctdild_desktop.clinical.records import DlcoUnit

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "docs" / "clinical-rules.md"
CLINICAL = ROOT / "ctdild_desktop" / "clinical"

CITES = re.compile(
    r"10\.\d{4,}/"  # a doi
    r"|\b(?!PPF |November )[A-Z][\w’'-]+(?: et al\.?)?,? (?:18|19|20)\d{2}"  # an author or a body, and a year
    r"|[Ss]ource review"
    r"|CTCAE v5|ICH E2A|WHO-UMC"
    r"|[Dd]ecisions?\s+of\s+(?:the|this)\s+(?:registry|program)|[Dd]ecided\s+here"
    r"|choice\s+of\s+this\s+program|this\s+program's\s+choice"
    r"|source\s+in\s+each\s+row|[Ss]ources?\s+stand\s+in|names\s+its\s+(?:source|trial)"
)
"""What counts as a source: a publication, the source review, a table whose rows each name one (the tables
have a test of their own), or the open statement of a decision."""

WORDS_ONLY = {
    "case_fields",
    "case_inputs",
    "cases",
    "codes",
    "criteria.telling",
    "entry",
    "evidence",
    "evidence_gaps",
    "evidence_search",
    "evidence_words",
    "fast",
    "issues",
    "lab_entry",
    "records",
    "remembering",
    "rulebook",
    "rulebook_criteria",
    "verdict",
    "wording",
}
"""Modules without a formula or threshold of their own; every other one must cite."""


def ruling_modules() -> list[str]:
    """Every module of the clinical room but those that hold no rule."""
    names = rulebook.module_names()
    return [name for name in names if name not in WORDS_ONLY and not name.startswith("fast.")]


@pytest.fixture(scope="module")
def page() -> str:
    """The page as the code makes it now."""
    return rulebook.page()


def test_the_committed_page_is_what_the_code_says(page: str) -> None:
    assert COMMITTED.read_text(encoding="utf-8") == page, (
        "docs/clinical-rules.md is out of date: run .venv/bin/python packaging/generate_clinical_rules.py "
        "and commit the page together with the change of the rule"
    )


def test_every_module_is_told_or_holds_no_rule() -> None:
    told = [module for chapter in rulebook.CHAPTERS for module in chapter.modules]
    assert len(told) == len(set(told))
    assert set(rulebook.OUTSIDE) == WORDS_ONLY
    for name in rulebook.module_names():
        family = name.split(".")[0]
        assert (family in told) != (family in WORDS_ONLY), f"{name} is in no chapter and not left out"
    for name in told:
        assert list(rulebook.modules(name)), f"the page names {name}, which does not exist"


def test_every_table_of_rules_is_on_the_page(page: str) -> None:
    assert "| Dexamethasone | 0.75 |" in page
    assert "| UIP | Usual interstitial pneumonia | UIP | no |" in page
    for folder in ("dosing", "ctcae", "due", "quality"):
        tables = sorted((resources() / folder).glob("*.csv"))
        for path in tables:
            assert f"### Table `{folder}/{path.name}`" in page
    for row in (resources() / "due" / "rules.csv").read_text(encoding="utf-8").splitlines()[1:]:
        assert f"| {row.split(',')[0]} |" in page


@pytest.mark.parametrize("folder", ["dosing", "due", "quality"])
def test_every_row_of_a_table_of_rules_names_its_source(folder: str) -> None:
    """So that a module may say that the sources stand in its table."""
    seen = 0
    for path in sorted((resources() / folder).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
        if "source" in rows[0]:
            seen += 1
            assert [row for row in rows if not row["source"].strip()] == [], path.name
    assert seen


def test_every_criterion_set_limit_and_claim_is_on_the_page(page: str) -> None:
    for one in CRITERIA:
        assert f"| {one.id} | {one.title} |" in page
        assert f"Defines **{one.id}**" in page
    for name in reference.known_sets():
        assert reference.publication(name).doi in page
    for limit in [*limits.field_limits().values(), *map(limits.dlco_limits, DlcoUnit)]:
        assert f"| {limit.name} | {limit.unit} | {limit.hard[0]} to {limit.hard[1]} |" in page
    for claim in evidence.claims():
        assert f"| {claim.id} |" in page
        assert claim.statement in page
    for source in evidence.sources():
        assert f"| {source.key} | {source.citation} |" in page


@pytest.mark.parametrize(
    "formula",
    [
        "(K + Hb) / (1.7 · Hb)",
        "z = ((x / M)^L − 1) / (L·S)",
        "M·(1 − 1.645·L·S)^(1/L)",
        "days from birth date to test date divided by 365.25",
        "(b − f) / b · 100",
        "% predicted = 100·x / M",
        "NEAR_MISS_DAYS` = 45",
    ],
)
def test_the_formulas_stand_on_the_page(formula: str, page: str) -> None:
    assert formula in page


@pytest.mark.parametrize("name", ruling_modules())
def test_every_public_function_has_a_source(name: str) -> None:
    """In its own text or in that of its module."""
    module = importlib.import_module(f"ctdild_desktop.clinical.{name}")
    assert module.__doc__, f"{name} says nothing of itself"
    if CITES.search(module.__doc__):
        return
    silent = [
        one.__name__ for one in rulebook.public_functions(module) if not CITES.search(one.__doc__ or "")
    ]
    assert silent == []


def test_every_identifier_in_code_and_tables_is_among_the_citations() -> None:
    known = rulebook.known_dois()
    texts = [*CLINICAL.rglob("*.py")]
    texts += [path for folder in ("dosing", "ctcae", "due") for path in (resources() / folder).glob("*.csv")]
    missing = {
        f"{path.name}: {found}"
        for path in texts
        for found in rulebook.DOI.findall(path.read_text(encoding="utf-8"))
        if found.rstrip(".").casefold() not in known and path.name != "rulebook.py"
    }
    assert missing == set()


def test_a_docstring_becomes_plain_paragraphs() -> None:
    text = """First line of :func:`~a.b.limit`.

    Second ``block``
    goes on.

    Raises:
        ValueError: never told.
    """
    assert rulebook.paragraphs(text) == "First line of `a.b.limit`.\n\nSecond `block` goes on."
    assert rulebook.paragraphs(None) == ""


def test_a_bar_does_not_break_a_table() -> None:
    assert rulebook.table(("a",), [("x|y\nz",)]) == "| a |\n| --- |\n| x\\|y z |"


def test_a_doi_with_brackets_is_taken_whole() -> None:
    found = rulebook.DOI.findall("see doi 10.1016/S2213-2600(20)30554-3; and 10.1136/ard-2022-223335.")
    assert [one.rstrip(".") for one in found] == ["10.1016/S2213-2600(20)30554-3", "10.1136/ard-2022-223335"]
