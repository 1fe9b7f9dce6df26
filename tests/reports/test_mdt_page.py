"""The MDT page: one sheet, nothing overlaps, nothing is cut, and every number is the given one."""

from __future__ import annotations

import functools
import io
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, pairwise
from pathlib import Path

import pypdfium2
import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import DoseChange
from ctdild_desktop.figures.layout import Box
from ctdild_desktop.reports.mdt_page import CHART_LEAST, MARGIN, write_mdt_page
from ctdild_desktop.reports.paper import Paper
from ctdild_desktop.reports.typesetting import LEAST_POINTS
from ctdild_desktop.services.pages import MdtPageData
from tests.support import holloway
from tests.support.mdt_data import decided, empty_page, figures_of, holloway_page, with_lines, with_tests

DRUGS = (
    "azathioprine",
    "methotrexate",
    "tacrolimus",
    "ciclosporin",
    "leflunomide",
    "mycophenolate",
    "nintedanib",
    "pirfenidone",
    "tocilizumab",
    "tofacitinib",
    "prednisolone",
    "hydroxychloroquine",
)
HOLLOWAY = holloway_page()
RECORD = holloway.record()
LONG = replace(
    HOLLOWAY,
    name="WOLFESCHLEGELSTEINHAUSENBERGERDORFF-FEATHERSTONEHAUGH-CHOLMONDELEY, Maria Magdalena Wilhelmina",
    asked_by="Dr Maximiliana Featherstonehaugh-Cholmondeley (rheumatology and general medicine)",
    question=("Is this progression despite treatment, and what does the team make of it? " * 3)[:200],
    diagnosis=("Systemic sclerosis, limited, with overlap of myositis and more words " * 3,) * 6,
    facts=tuple(f"Fact {number}, with words that do not fit on one line at all" * 2 for number in range(9)),
    hrct="18.11.2024: " + "reticulation increased or coarser, traction bronchiectasis increased; " * 6,
    printed_by="Dr Maximiliana Featherstonehaugh-Cholmondeley, respiratory physician",
    pseudonymised=True,
)
CASES: dict[str, MdtPageData] = {
    "holloway": HOLLOWAY,
    "empty": empty_page(),
    "one_test": with_tests(HOLLOWAY, 1),
    "six_tests": with_tests(HOLLOWAY, 6),
    "sixty_tests": with_tests(HOLLOWAY, 60),
    "twelve_stopped": with_lines(HOLLOWAY, DRUGS, running=False),
    "twelve_running": with_lines(HOLLOWAY, DRUGS, running=True),
    "long": LONG,
    "decided": decided(HOLLOWAY),
    "long_and_decided": decided(LONG, 6),
    "crowded_and_decided": decided(with_lines(with_tests(HOLLOWAY, 60), DRUGS, running=True)),
    "long_and_crowded": with_lines(with_tests(LONG, 60), DRUGS, running=True),
}
SIZES = ("A4", "Letter")


@functools.cache
def made(data: MdtPageData, page_size: str = "A4") -> tuple[bytes, Paper]:
    buffer = io.BytesIO()
    paper = write_mdt_page(buffer, data, page_size=page_size)
    return buffer.getvalue(), paper


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        words = document[0].get_textpage().get_text_bounded()
    finally:
        document.close()
    return " ".join(words.split())


@pytest.mark.parametrize("page_size", SIZES)
@pytest.mark.parametrize("case", CASES)
def test_it_is_one_sheet_of_the_asked_size(case: str, page_size: str) -> None:
    pdf, paper = made(CASES[case], page_size)
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    assert document[0].get_size() == pytest.approx((paper.width, paper.height), abs=0.1)
    document.close()


@pytest.mark.parametrize("page_size", SIZES)
@pytest.mark.parametrize("case", CASES)
def test_no_text_touches_another_or_leaves_its_box(case: str, page_size: str) -> None:
    _, paper = made(CASES[case], page_size)
    overlapping = [
        (first.text, second.text)
        for first, second in combinations(paper.placed, 2)
        if _shrunk(first.box).meets(_shrunk(second.box))
    ]
    assert overlapping == []
    outside = [
        placed.text for placed in paper.placed if not placed.box.inside(paper.frames[placed.frame], slack=0.3)
    ]
    assert outside == []


def _shrunk(box: Box) -> Box:
    return Box(box.x0 + 0.25, box.y0 + 0.25, box.x1 - 0.25, box.y1 - 0.25)


@pytest.mark.parametrize("page_size", SIZES)
@pytest.mark.parametrize("case", CASES)
def test_the_boxes_stand_below_one_another_within_the_margins(case: str, page_size: str) -> None:
    _, paper = made(CASES[case], page_size)
    frames = list(paper.frames.values())
    assert all(not first.meets(second) for first, second in combinations(frames, 2))
    page = Box(MARGIN, MARGIN, paper.width - MARGIN, paper.height - MARGIN)
    assert all(frame.inside(page, slack=0.01) for frame in frames)


@pytest.mark.parametrize("page_size", SIZES)
@pytest.mark.parametrize("case", CASES)
def test_no_letter_is_smaller_than_it_may_be(case: str, page_size: str) -> None:
    _, paper = made(CASES[case], page_size)
    assert min(placed.size for placed in paper.placed) >= LEAST_POINTS


@pytest.mark.parametrize("page_size", SIZES)
@pytest.mark.parametrize("case", CASES)
def test_the_chart_keeps_its_least_height(case: str, page_size: str) -> None:
    _, paper = made(CASES[case], page_size)
    chart = paper.frames["chart"]
    assert chart.y1 - chart.y0 >= CHART_LEAST - 3.01


def test_every_given_number_is_on_the_page() -> None:
    words = text_of(made(HOLLOWAY)[0])
    for test in HOLLOWAY.tests:
        cells = [getattr(test, name) for name in test.__dataclass_fields__ if name != "note"]
        row = [cell for cell in cells if cell]
        assert " ".join(row) in words
    for criterion in HOLLOWAY.criteria:
        assert criterion.title in words
        assert criterion.detail in words
    for therapy in HOLLOWAY.therapy:
        assert therapy.name in words
        assert f"{therapy.before} {therapy.on}" in words
    for text in (*HOLLOWAY.diagnosis, *HOLLOWAY.facts, HOLLOWAY.hrct, HOLLOWAY.identity, HOLLOWAY.question):
        assert text in words
    assert "DLCO, mL/min/mmHg" in words
    assert "+ 9 older" in words


def test_the_chart_says_the_latest_values_and_the_reference() -> None:
    words = text_of(made(HOLLOWAY)[0])
    for text in (
        "FVC 64 %",
        "2.31 L · z −2.2",
        "DLCO 47 %",
        "Reference 72.8 %",
        "−10 %: 65.6 %",
        "LLN FVC 74",
    ):
        assert text in words
    for text in ("excluded: lung infection", "6.8 mo since", "6 × 1.1 g, completed", "1.5 g/d", "1 ongoing"):
        assert text in words


def test_the_footer_says_what_the_page_is_and_is_not() -> None:
    words = text_of(made(HOLLOWAY)[0])
    assert "States which published definitions the recorded numbers meet." in words
    assert "Not a medical device, not a diagnosis." in words
    assert "Demonstration data, invented." in words
    assert "data as of 12.03.2026" in words
    assert "printed by R. Amsel 18.03.2026" in words
    assert "CONFIDENTIAL" in words
    assert "invented" not in text_of(made(replace(HOLLOWAY, demo=False))[0])


def test_what_is_unknown_is_said() -> None:
    words = text_of(made(empty_page())[0])
    for text in (
        "No lung-function test recorded.",
        "No therapy recorded.",
        "AE none recorded",
        "HRCT not recorded",
    ):
        assert text in words
    assert "Ctrl+" not in words


def test_why_a_measure_is_missing_stands_in_the_place_of_its_numbers() -> None:
    row = replace(
        HOLLOWAY.tests[0],
        dlco="",
        dlco_z="",
        dlco_percent="",
        dlco_hb_percent="",
        dlco_to_previous="",
        note="reference; pair of FVC fall > 10 %; pair of PPF 2022; DLCO not done: cannot perform",
    )
    _, paper = made(replace(HOLLOWAY, tests=(row, *HOLLOWAY.tests[1:])))
    texts = [placed.text for placed in paper.placed if placed.frame == "tests"]
    assert "not done: cannot perform" in texts
    assert "reference; pair: FVC, PPF" in texts


def test_a_dose_never_stands_on_the_block_of_another_dose() -> None:
    short = replace(
        next(line for line in RECORD.therapy if line.drug == "mycophenolate"),
        drug="nintedanib",
        start=PartialDate(2025, 3, 1),
        dose=Decimal(150),
        dose_unit="mg",
        frequency="bd",
        dose_changes=(DoseChange(date=PartialDate(2025, 6, 1), dose=Decimal(100)),),
        interruptions=(),
    )
    record = replace(RECORD, therapy=(short,))
    _, paper = made(replace(HOLLOWAY, figures=figures_of(record)))
    doses = {
        placed.text: placed.box
        for placed in paper.placed
        if placed.frame == "chart" and placed.text.endswith(" bd") and placed.box.x1 < paper.width - 120
    }
    assert set(doses) <= {"150 mg bd", "100 mg bd"}
    assert "100 mg bd" in doses
    if "150 mg bd" in doses:
        assert doses["150 mg bd"].x1 < doses["100 mg bd"].x0


def test_an_excluded_test_is_named_in_the_table() -> None:
    row = replace(HOLLOWAY.tests[0], note="excluded: lung infection")
    _, paper = made(replace(HOLLOWAY, tests=(row, *HOLLOWAY.tests[1:])))
    assert "excl.: lung infection" in [placed.text for placed in paper.placed]


def test_the_names_of_both_reference_sets_stand_at_their_change() -> None:
    record = RECORD
    tests = tuple(
        replace(test, reference_set="GLI2012" if number < 7 else "GLI2022")
        for number, test in enumerate(record.tests)
    )
    grouped = replace(record, patient=replace(record.patient, ethnic_group=1), tests=tests)
    _, paper = made(replace(HOLLOWAY, figures=figures_of(grouped)))
    assert "GLI 2012 | GLI 2022" in [placed.text for placed in paper.placed]


def test_what_does_not_fit_is_counted() -> None:
    words = text_of(made(CASES["twelve_stopped"])[0])
    assert "more)" in words
    assert "earlier" in words
    assert "+ 54 older" in text_of(made(CASES["sixty_tests"])[0])


@pytest.mark.parametrize(
    "name",
    ["<b>&\"' O’NEILL</b>, Zoë", "ΠΑΠΑΔΟΠΟΥΛΟΥ, Ελένη", "ŁĄCZYŃSKA, Đorđe", "ИВАНОВА, Ольга", "{name}, %s"],
)
def test_names_are_printed_as_written(name: str) -> None:
    pdf, paper = made(replace(HOLLOWAY, name=name))
    assert name in text_of(pdf)
    assert name in [placed.text for placed in paper.placed]


def test_a_hebrew_name_is_drawn_in_reading_order() -> None:
    _, paper = made(replace(HOLLOWAY, name="כהן, דוד"))
    assert "כהן, דוד" in [placed.text for placed in paper.placed]


def test_the_same_data_gives_the_same_bytes() -> None:
    assert made(HOLLOWAY)[0] == made.__wrapped__(holloway_page())[0]
    assert made(HOLLOWAY)[0] != made(replace(HOLLOWAY, name="OTHER, Name"))[0]


def test_only_embedded_fonts_are_used_and_the_document_is_named() -> None:
    pdf, _ = made(HOLLOWAY)
    assert b"Helvetica" not in pdf
    assert pdf.count(b"/FontFile2") == pdf.count(b"/Type /FontDescriptor") > 0
    document = pypdfium2.PdfDocument(pdf)
    facts = document.get_metadata_dict()
    assert (facts["Title"], facts["Author"]) == ("MDT summary", "CTD-ILD Desktop 1.0.0")
    assert facts["Subject"]
    assert [entry.get_title() for entry in document.get_toc()] == ["HOLLOWAY, Ingrid"]
    document.close()
    assert b"/Lang (en)" in pdf


def test_the_page_is_black_and_grey() -> None:
    document = pypdfium2.PdfDocument(made(HOLLOWAY)[0])
    pixels = document[0].render(scale=1, rev_byteorder=True).to_numpy()
    document.close()
    assert (pixels[..., 0] == pixels[..., 1]).all()
    assert (pixels[..., 1] == pixels[..., 2]).all()


def test_without_any_percentage_the_chart_is_in_litres() -> None:
    patient = replace(RECORD.patient, sex=None)
    record = replace(RECORD, patient=patient)
    timeline = figures_of(record)
    assert timeline.panel.axis_text == "litres"


def test_a_long_history_is_shown_for_its_last_five_years() -> None:
    record = RECORD
    old = replace(record.tests[0], id="f" * 32, date=record.tests[0].date.replace(year=2010))
    timeline = figures_of(replace(record, tests=(old, *record.tests)))
    assert timeline.start.year == 2021


def test_it_is_written_to_a_file(tmp_path: Path) -> None:
    target = tmp_path / "page.pdf"
    write_mdt_page(target, HOLLOWAY)
    assert target.read_bytes() == made(HOLLOWAY)[0]


def test_a_page_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "page.pdf"
    target.mkdir()
    with pytest.raises(IsADirectoryError):
        write_mdt_page(target, HOLLOWAY)
    assert list(tmp_path.iterdir()) == [target]


def test_another_paper_size_is_refused() -> None:
    with pytest.raises(KeyError):
        write_mdt_page(io.BytesIO(), HOLLOWAY, page_size="A3")


def test_the_lists_give_way_only_as_far_as_needed() -> None:
    crowded = made(CASES["twelve_running"], "Letter")[1]
    rows = [placed.text for placed in crowded.placed if placed.frame == "therapy"]
    shown = [text for text in rows if "1500 mg/d" in text]
    assert len(shown) >= 4
    assert all(before != after for before, after in pairwise(shown))
