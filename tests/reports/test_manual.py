from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtGui import QImage

from ctdild_desktop.manual.books import Manual
from ctdild_desktop.reports.manual import book_pdf, page_pdf, write_book

WIDE = "| a | b | c | d | e |\n|---|---|---|---|---|\n" + "".join(
    f"| row{n} | {'Wort ' * 9}| {'x' * 40} | 10.1183/{n} | long words everywhere |\n" for n in range(60)
)


@pytest.fixture
def manual(tmp_path: Path) -> Manual:
    picture = QImage(1366, 768, QImage.Format.Format_RGB32)
    picture.fill(0)
    (tmp_path / "guide/en").mkdir(parents=True)
    picture.save(str(tmp_path / "guide/en/p.png"))
    texts = {
        "guide/en/01-a.md": "# First\n\n- item\n\n![alt](p.png 'caption')\n\n[on](02-b.md#s)\n\n" + WIDE,
        "guide/en/02-b.md": "# Second\n\n## Section\n\n```\n" + "ctdild " * 40 + "\n```\n\nEnd.\n",
        "administration.md": "# IT\n",
        "clinical-rules.md": "# Rules\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return Manual(folder=tmp_path)


def test_a_book_has_contents_bookmarks_numbers_and_nothing_cut(manual: Manual) -> None:
    with pypdfium2.PdfDocument(book_pdf(manual, "guide")) as pdf:
        texts = [page.get_textpage().get_text_range() for page in pdf]
        marks = [(mark.get_title(), mark.get_dest().get_index()) for mark in pdf.get_toc()]
        assert [title for title, _page in marks] == ["First", "Second", "Section"]
        count = len(pdf)
        for number, text in enumerate(texts, start=1):
            assert f"{number} / {count}" in text
            assert "Not a medical device, not a diagnosis." in text
        for title, page in marks:
            assert title in texts[page]
        second = dict(marks)["Second"]
        assert f"{second + 1}" in texts[0].partition("Second")[2].split("\r\n")[0]
        whole = "".join(texts)
        assert all(f"row{n}" in whole for n in range(60))
        assert whole.count("a b c d e") > 1, "the head of a table that goes on is repeated"
        assert whole.replace("\r\n", " ").count("ctdild") == 40
        for page in pdf:
            width, _height = page.get_size()
            for thing in page.get_objects():
                left, _bottom, right, _top = thing.get_bounds()
                assert left >= 50
                assert right <= width - 50


def test_a_page_alone_has_no_contents_and_the_same_bytes_each_time(manual: Manual) -> None:
    page = manual.book("guide").pages[1]
    made = page_pdf(manual, page, page_size="Letter")
    assert made == page_pdf(manual, page, page_size="Letter")
    with pypdfium2.PdfDocument(made) as pdf:
        assert pdf[0].get_size() == (612, 792)
        assert pdf[0].get_textpage().get_text_range().count("Second") == 2


def test_a_book_is_written_whole_or_not_at_all(manual: Manual, tmp_path: Path) -> None:
    target = tmp_path / "none" / "guide.pdf"
    with pytest.raises(OSError, match="none"):
        write_book(target, manual, "guide")
    with pytest.raises(KeyError):
        write_book(tmp_path / "x.pdf", manual, "cookery")
    write_book(tmp_path / "it.pdf", manual, "administration")
    assert (tmp_path / "it.pdf").read_bytes().startswith(b"%PDF")
    assert not list(tmp_path.glob("*.part"))
