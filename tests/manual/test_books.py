from __future__ import annotations

from pathlib import Path

import pytest

from ctdild_desktop.manual.blocks import Heading
from ctdild_desktop.manual.books import ADMINISTRATION, GUIDE, RULES, Manual, ManualError, Target
from ctdild_desktop.manual.searching import Search, fold


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small manual: two English chapters, one of them also in Spanish."""
    files = {
        "guide/en/01-start.md": '# Start\n\n<a id="lock"></a>\n## To lock\n\nCtrl+L. [On](02-day.md#log)\n',
        "guide/en/02-day.md": '# A day\n\n<a id="log"></a>\n## To log\n\nBlow.\n',
        "guide/es/01-start.md": '# Inicio\n\n<a id="lock"></a>\n## Bloqueo\n\nTécnica de análisis.\n',
        "administration.md": "# IT\n\nIntro.\n\n## A\n\nAaa\n\n```\n# no heading\n```\n\n## B\n\nBbb\n",
        "administration/01-backup.md": "# Backup\n\n[Up](../administration.md#b)\n",
        "clinical-rules.md": "# Rules\n\n## One\n\n"
        + "".join(f"### part {n}\n\n" + "line\n\n" * 35 for n in range(6)),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_chapters_are_pages_and_long_documents_are_cut(folder: Path) -> None:
    manual = Manual(folder=folder)
    assert [page.title for page in manual.book(GUIDE).pages] == ["Start", "A day"]
    assert [page.title for page in manual.book(ADMINISTRATION).pages] == ["IT", "Backup"]
    rules = manual.book(RULES).pages
    assert [page.title for page in rules] == ["Rules", "One", "One (2)", "One (3)"]
    assert all(page.text.count("\n") <= 160 for page in rules)
    whole = "".join(page.text for page in rules)
    assert whole.count("line") == 210
    assert [mark.title for page in rules for mark in page.marks][2:] == [f"part {n}" for n in range(6)]


def test_links_lead_to_pages_and_headings(folder: Path) -> None:
    manual = Manual(folder=folder)
    start, day = manual.book(GUIDE).pages
    assert manual.follow(start, "02-day.md#log") == Target(day, "log")
    assert manual.follow(start, "#lock") == Target(start, "lock")
    assert manual.follow(day, "../../administration.md#b") == Target(
        manual.book(ADMINISTRATION).pages[0], "b"
    )
    backup = manual.book(ADMINISTRATION).pages[1]
    assert manual.follow(backup, "../administration.md#b") == Target(
        manual.book(ADMINISTRATION).pages[0], "b"
    )
    assert manual.follow(day, "../../clinical-rules.md#part-5") == Target(
        manual.book(RULES).pages[3], "part-5"
    )
    assert manual.follow(day, "https://doi.org/10.1") == "https://doi.org/10.1"
    assert manual.follow(day, "03-none.md") is None
    assert manual.follow(day, "#nowhere") is None


def test_a_chapter_that_is_not_translated_is_the_english_one(folder: Path) -> None:
    manual = Manual("es_MX", folder=folder)
    start, day = manual.book(GUIDE).pages
    assert (start.title, start.language) == ("Inicio", "es")
    assert (day.title, day.language) == ("A day", "en")
    assert manual.find("guide/01-start.md#lock") == Target(start, "lock")
    assert manual.follow(start, "02-day.md") == Target(day)


def test_what_the_program_makes_stands_for_a_document(folder: Path) -> None:
    manual = Manual("es", folder=folder, made={"guide/es/13-keys.md": "# Teclas\n"})
    assert [page.title for page in manual.book(GUIDE).pages] == ["Inicio", "A day", "Teclas"]


def test_headings_of_a_page_have_the_anchors_of_its_document(folder: Path) -> None:
    (folder / "administration.md").write_text(
        "# T\n\n## Same\n\nx\n\n## Same\n" + "\n" * 200, encoding="utf-8"
    )
    pages = Manual(folder=folder).book(ADMINISTRATION).pages
    assert len(pages) == 4
    heads = [block for page in pages for block in page.blocks if isinstance(block, Heading)]
    assert [head.anchors for head in heads] == [("t",), ("same",), ("same-1",), ("backup",)]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("administration.md", None, "administration.md"),
        ("guide/en/01-start.md", b"\xff\xfe\x00", "guide/en/01-start.md is no text"),
        ("clinical-rules.md", b"words alone\n", "clinical-rules.md has no title"),
    ],
)
def test_a_missing_or_damaged_document_is_named(
    folder: Path, name: str, content: bytes | None, told: str
) -> None:
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    with pytest.raises(ManualError, match=told):
        Manual(folder=folder)


def test_a_manual_without_a_guide_says_so(folder: Path) -> None:
    for path in (folder / "guide" / "en").iterdir():
        path.unlink()
    with pytest.raises(ManualError, match="guide/en"):
        Manual(folder=folder)


def test_search_wants_all_words_by_their_beginnings_without_accents_and_capitals(folder: Path) -> None:
    search = Search(Manual("es", folder=folder))
    (found,) = search.find("TECNICA anal")
    assert (found.page.title, found.anchor) == ("Inicio", "lock")
    assert [found.snippet[start:end] for start, end in found.hits] == ["Técnica"[:7], "anál"]
    assert search.find("tecnica blow") == ()
    assert search.find("écnica") == ()
    assert search.find(" ?! ") == ()


def test_what_is_called_after_the_words_comes_first(folder: Path) -> None:
    (folder / "guide/en/03-more.md").write_text("# More\n\nlog log log\n", encoding="utf-8")
    found = Search(Manual(folder=folder)).find("log")
    assert [one.title for one in found] == ["A day › To log", "More"]


def test_folding_keeps_every_letter_in_its_place() -> None:
    text = "Ñandú ﬁne ½ straße ΆΣ"
    assert len(fold(text)) == len(text)
    assert fold("ÁÉÑü") == "aenu"
