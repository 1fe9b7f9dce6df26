"""The box of the decision: empty before the meeting, filled after it, and the lines above it."""

from __future__ import annotations

import ast
import functools
import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from ctdild_desktop import language
from ctdild_desktop.bundled import resources
from ctdild_desktop.language import Catalogue
from ctdild_desktop.reports import mdt_page
from ctdild_desktop.reports.mdt_page import write_mdt_page
from ctdild_desktop.reports.mdt_tables import alike
from ctdild_desktop.reports.paper import Paper
from ctdild_desktop.services.page_words import page_words
from ctdild_desktop.services.pages import build_page
from tests.support import holloway
from tests.support.mdt_data import decided, holloway_page


@functools.cache
def texts(filled: bool) -> list[str]:
    page = decided(holloway_page()) if filled else holloway_page()
    return [placed.text for placed in drawn(page).placed]


def drawn(page: mdt_page.MdtPageData) -> Paper:
    return write_mdt_page(io.BytesIO(), page)


def test_before_the_meeting_the_box_is_empty() -> None:
    assert {"DECISION TODAY", "Recommendation", "Action, owner, due", "Signed", "Date"} <= set(texts(False))
    assert "LAST DECISION" in " ".join(texts(False))
    assert "none recorded" in texts(False)


def test_after_the_meeting_it_says_what_was_decided_and_who_signed() -> None:
    words = " ".join(" ".join(texts(True)).split())
    for text in (
        "DECISION OF 19.03.2026",
        "Antisynthetase syndrome, Fibrotic NSIP, progressive despite treatment",
        "Add nintedanib 150 mg bd; no course 4 for now; repeat PFT in 3 months.",
        "start nintedanib (Dr Croft, due 02.04.2026)",
        "Rheumatology would prefer a fourth course first.",
        "06.2026, or earlier if FVC falls",
        "R. Amsel 19.03.2026 Signed",
        "Addendum 02.04.2026 (R. Amsel): nintedanib declined.",
        "Changed since signing: tests, therapy",
        "LAST DECISION 18.12.2024 Rituximab course 3, stay on MMF 1.5 g, echocardiogram.",
        "Implemented: partly (echo open)",
        "Labs CRP 6 mg/L · CK 212 U/L (15.12.2025)",
        "MDT 19.03.2026 case 4 of 11",
        "SINCE LAST MDT, 18.12.2024",
    ):
        assert text in words


def test_of_several_addenda_the_last_is_printed_and_the_others_are_counted() -> None:
    page = decided(holloway_page())
    assert page.decision is not None
    first, last = "Addendum 02.04.2026 (R. Amsel): declined.", "Addendum 09.04.2026 (R. Amsel): accepted."
    added = replace(page, decision=replace(page.decision, addenda=(first, "Addendum two", last)))
    words = " ".join(" ".join(placed.text for placed in drawn(added).placed).split())
    assert f"+ 2 earlier {last}" in words
    assert first not in words
    assert "earlier Addendum" not in " ".join(texts(True))


@pytest.mark.parametrize(
    ("decision", "crosses"), [(False, 0), (True, 4)], ids=["empty", "confidence, verdict and two present"]
)
def test_ticks_are_filled_squares_with_a_cross(
    decision: bool, crosses: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = []
    plain = Paper.line

    def line(self: Paper, *args: float, **how: object) -> None:
        lines.append(how.get("ink"))
        plain(self, *args, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(Paper, "line", line)
    drawn(decided(holloway_page()) if decision else holloway_page())
    assert lines.count("#FFFFFF") == 2 * crosses


def test_a_long_last_decision_is_cut_before_what_became_of_it() -> None:
    page = decided(holloway_page(), 8)
    said = [placed.text for placed in drawn(page).placed if placed.frame == "last"]
    assert said[-1].endswith("partly (echo open)")
    assert any("…" in text for text in said)


@pytest.fixture
def spanish() -> Iterator[None]:
    folder = resources() / "i18n"
    language.use(Catalogue.read("es", folder / "es.po", folder / "es_contexts.po"))
    yield
    language.use(None)


@pytest.mark.usefixtures("spanish")
def test_the_spanish_page_cuts_nothing_and_leaves_no_fact_out() -> None:
    page = replace(build_page(holloway.record(), holloway.TODAY), printed_by="R. Amsel")
    paper = drawn(page)
    cut = [placed.text for placed in paper.placed if placed.text.endswith("…") or " más" in placed.text]
    assert cut == []
    assert page.language == "es"
    criteria = [placed.text for placed in paper.placed if placed.frame == "criteria"]
    assert "−11.6 % desde el 09.12.2024" in criteria


@pytest.mark.usefixtures("spanish")
def test_the_spanish_footer_says_all_that_it_has_to_say() -> None:
    page = build_page(holloway.record(), holloway.TODAY, pseudonym="P-7F3K")
    paper = drawn(replace(page, printed_by="R. Amsel 李", demo=True))
    footer = " ".join(placed.text for placed in paper.placed if placed.frame == "footer")
    assert "Seudonimizado: sin nombre, número, fecha de nacimiento ni texto libre." in footer
    assert "…" not in footer
    frames = list(paper.frames.values())
    assert not any(one.meets(other) for one, other in combinations(frames, 2))


def _asked(call: ast.Call) -> Iterator[str]:
    """The constant texts that a call of the page's words asks for; a text of a list is ``list|text``."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    told = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if name == "of" and len(told) == 2:
        yield "|".join(told)
    elif name in {"words", "_words"}:
        yield from told[:1]


def test_every_fixed_word_of_the_page_is_kept_with_it() -> None:
    kept = {text for text, _said in page_words()}
    folder = Path(mdt_page.__file__).parent
    names = ("mdt_boxes", "mdt_decision", "mdt_page", "mdt_tables", "events", "lanes", "timeline")
    asked = {
        text
        for name in names
        for node in ast.walk(ast.parse((folder / f"{name}.py").read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for text in _asked(node)
    }
    assert len(asked) > 40
    assert asked - kept == set()


def test_results_stand_beside_the_criteria_where_there_is_room() -> None:
    short = replace(decided(holloway_page()), therapy=holloway_page().therapy[:1], adverse_events=())
    criteria = tuple(
        replace(short.criteria[0], title=f"C{number}", detail=f"−{number} %") for number in range(12)
    )
    paper = drawn(replace(short, criteria=criteria))
    assert "labs" not in paper.frames
    assert "Labs" in " ".join(one.text for one in paper.placed if one.frame == "therapy")
    assert "labs" in drawn(decided(holloway_page())).frames


def test_criteria_that_say_the_same_are_told_together_where_there_is_little_room() -> None:
    row = holloway_page().criteria[0]
    rows = tuple(replace(row, title=title) for title in ("A", "B", "C"))
    assert [one.title for one in alike((*rows, replace(row, title="D", detail="−1 %")))] == ["A, B, C", "D"]


@pytest.mark.usefixtures("spanish")
@pytest.mark.parametrize("page_size", ["A4", "Letter"])
def test_a_spanish_page_with_a_decision_keeps_its_boxes(page_size: str) -> None:
    page = replace(
        decided(build_page(holloway.record(), holloway.TODAY), 3),
        figures=build_page(holloway.record(), holloway.TODAY).figures,
    )
    paper = write_mdt_page(io.BytesIO(), page, page_size=page_size)
    assert all(one.box.inside(paper.frames[one.frame], slack=0.3) for one in paper.placed)
    frames = list(paper.frames.values())
    assert not any(one.meets(other) for one, other in combinations(frames, 2))
    chart = paper.frames["chart"]
    assert chart.y1 - chart.y0 >= mdt_page.CHART_LEAST - 3.01
    assert "DECISIÓN DEL 19.03.2026" in [one.text for one in paper.placed]


def test_a_number_is_not_parted_from_its_unit() -> None:
    facts = tuple(f"Therapy: MMF {'x' * number} 7.5 mg/d → 5 mg/d" for number in range(30, 52, 3))
    paper = drawn(replace(holloway_page(), facts=facts))
    told = [one.text for one in paper.placed if one.frame == "facts"]
    assert not any(text.rstrip().endswith(("7.5", "→", "5")) for text in told)
