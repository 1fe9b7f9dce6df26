"""Text on paper: it breaks, shrinks and is cut, and is never too small."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.reports.table import GAP, Column, column_widths
from ctdild_desktop.reports.typesetting import (
    GLUE,
    LEAST_POINTS,
    MISSING,
    Face,
    Line,
    Run,
    balanced,
    clean,
    drawn,
    elide,
    fit,
    lacks_letters,
    length,
    text_box,
    width_of,
    wrap,
    wrap_parts,
)

_TEXT = st.text(alphabet="abcdefgh MWi0123.,−%", max_size=120)


def words_of(lines: tuple[Line, ...]) -> str:
    return " ".join("".join(run.text for run in line.runs) for line in lines)


def test_all_signs_of_the_page_are_in_the_typeface() -> None:
    from reportlab.pdfbase import pdfmetrics

    width_of("x")
    for face in Face:
        glyphs = pdfmetrics.getFont(face.value).face.charToGlyph
        missing = [sign for sign in "−≥≤→₂²×·–—…°µéłĐőñΩλκЖאמם" if ord(sign) not in glyphs]
        assert missing == [], face


def test_a_typeface_that_is_held_small_is_written_as_it_is_in_the_file() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFontFile

    width_of("x")
    letters = list(map(ord, "FVC −12.5 % ≥ 3 µg Łódź ĐőñΩλκЖ אם"))
    for face in Face:
        held = pdfmetrics.getFont(face.value).face
        read = TTFontFile(held.filename, subfontIndex=0)
        assert held.makeSubset(letters) == read.makeSubset(letters)
        assert len(held.hmetrics) == len(read.hmetrics)


@given(_TEXT, st.floats(5, 400))
def test_an_elided_text_fits_and_begins_like_the_whole(text: str, width: float) -> None:
    shown = elide(text, width)
    assert shown == "" or width_of(shown) <= width
    if shown != text:
        assert text.startswith(shown.rstrip("…"))


@given(_TEXT, st.floats(20, 400))
def test_a_text_shrinks_before_it_is_cut_and_never_under_the_least(text: str, width: float) -> None:
    shown, size = fit(text, width, Face.BOLD, 14.0)
    assert LEAST_POINTS <= size <= 14.0
    assert width_of(shown, Face.BOLD, size) <= width + 0.01
    if shown != text:
        assert size == LEAST_POINTS


@given(st.lists(_TEXT, max_size=4), st.floats(30, 400))
def test_wrapped_lines_fit_and_keep_every_word(texts: list[str], width: float) -> None:
    faces = (Face.REGULAR, Face.BOLD)
    runs = [Run(text, faces[number % 2]) for number, text in enumerate(texts)]
    lines, fits = wrap(runs, width)
    assert fits
    assert all(length(line) <= width + 0.05 for line in lines)
    whole = "".join(texts).replace(" ", "")
    assert words_of(lines).replace(" ", "") == whole


@given(_TEXT, st.integers(1, 3))
def test_a_text_cut_to_some_lines_ends_with_an_ellipsis(text: str, most: int) -> None:
    lines, fits = wrap([Run(text)], 60, most=most)
    assert len(lines) <= most
    assert all(length(line) <= 60.05 for line in lines)
    if not fits:
        assert words_of(lines).endswith("…")


def test_facts_break_between_and_not_inside() -> None:
    lines = wrap_parts(("CTD-ILD Desktop 1.0.0", "data as of 12.03.2026", "printed by R. Amsel"), 200, most=3)
    shown = ["".join(run.text for run in line.runs).replace(GLUE, " ") for line in lines]
    assert shown == ["CTD-ILD Desktop 1.0.0 · data as of 12.03.2026 ·", "printed by R. Amsel"]


def test_balanced_lines_leave_no_single_word_behind() -> None:
    runs = [Run("Course four or a switch or an antifibrotic drug or nothing", Face.BOLD)]
    width = width_of(runs[0].text, Face.BOLD, 10) - 5
    first, second = balanced(runs, width, 10, 2)
    assert length(second, 10) > 0.6 * length(first, 10)


def test_line_ends_and_control_characters_become_spaces() -> None:
    assert clean("a\nb\tc\x00d" + GLUE + "e") == "a b c d" + GLUE + "e"


def test_marks_of_no_width_are_not_drawn_and_joiners_shape_the_letters_beside_them() -> None:
    assert clean("Zo\u200be Wei\u00adnert\ufeff") == "Zoe Weinert"
    joined, parted = drawn("\u0645\u06cc\u062e"), drawn("\u0645\u06cc\u200c\u062e")
    assert len(joined) == len(parted) == 3
    assert joined != parted
    assert drawn("⚕\ufe0f") == "⚕"


def test_a_letter_that_the_typeface_lacks_is_a_square_of_its_width() -> None:
    assert drawn("山田 Taro") == f"{MISSING}{MISSING} Taro"
    assert width_of("山田") == width_of(MISSING * 2)
    assert lacks_letters("山田")
    assert not lacks_letters("Łódź Ω Ж א")
    assert not lacks_letters(MISSING)


def test_letters_with_a_tail_need_room_below_the_line() -> None:
    assert text_box(0, 100, "12.3").y1 < text_box(0, 100, "page").y1
    assert text_box(50, 100, "12", align="right").x1 == 50


def test_numbers_keep_their_width_and_words_give_way() -> None:
    columns = (Column("FVC"), Column("Note", right=False, elastic=True))
    rows = [("12345678.9", "a long remark that cannot possibly stand in such a narrow table")]
    widths = column_widths(columns, rows, 120)
    assert widths[0] >= width_of("12345678.9")
    assert sum(widths) + 3 * GAP <= 120.01


def test_cells_are_not_cut_for_a_head_that_spans_them() -> None:
    columns = (
        Column("A head that is longer than all below it", right=False, spill=True),
        Column("", right=False, elastic=True),
        Column("", right=False, elastic=True),
        Column("on"),
    )
    rows = [("RTX", "", "10/19 – today", "−52")]
    natural = width_of(rows[0][0]) + width_of(rows[0][2]) + width_of(rows[0][3])
    widths = column_widths(columns, rows, natural + 5 * GAP + 8)
    assert widths[2] >= width_of(rows[0][2])
    assert sum(widths) + 5 * GAP <= natural + 5 * GAP + 8.01


def test_what_is_left_is_shared_out() -> None:
    widths = column_widths((Column("a"), Column("b")), [("1", "2")], 200)
    assert sum(widths) + 3 * GAP == 200
