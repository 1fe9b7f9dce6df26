"""The pack of a meeting: cover, a page for each patient, full histories; what a pseudonymised one hides."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pypdfium2
import pytest

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.records import Meeting
from ctdild_desktop.figures.layout import Box
from ctdild_desktop.registry.models import AuditRow
from ctdild_desktop.reports.flow import Block, Heading, NewSheet, Table, Text, lay
from ctdild_desktop.reports.pack import sheet_count, write_pack
from ctdild_desktop.reports.paper import Paper
from ctdild_desktop.services import agenda, decisions, snapshots
from ctdild_desktop.services.acts import record_of
from ctdild_desktop.services.assessment import patient_view
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.pack import PackData, case_page, pack
from ctdild_desktop.services.pft import record_pft
from tests.support import holloway, mdt
from tests.support.desks import make_desk
from tests.support.people import pft

SECRET = "Sister of the mayor"


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Meeting]]:
    """A meeting with three cases, of which the first is signed."""
    desk = make_desk(tmp_path_factory.mktemp("pack"))
    meeting, items = mdt.planned(desk, mdt.ID, mdt.SECOND, mdt.THIRD)
    mdt.treated(desk)
    asked = replace(items[1], question=SECRET, requested_by=SECRET, urgency="urgent", hrct_ready=False)
    agenda.amend_agenda_item(desk, asked)
    kept = mdt.written(desk, items[0], mdt.ACTION, recommendation=SECRET, dissent=SECRET, presenter=SECRET)
    decisions.sign_decision(desk, kept.id)
    yield desk, meeting
    desk.close()


@pytest.fixture(scope="module")
def whole(held: tuple[Desk, Meeting]) -> PackData:
    """The pack with full histories."""
    return pack(held[0], held[1].id, appendix=True)


def drawn(data: PackData, **how: object) -> tuple[bytes, Paper]:
    out = io.BytesIO()
    paper = write_pack(out, data, **how)  # type: ignore[arg-type]
    return out.getvalue(), paper


def sheets(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    words = [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    document.close()
    return words


def outline(pdf: bytes) -> list[tuple[str, int]]:
    document = pypdfium2.PdfDocument(pdf)
    found = []
    for entry in document.get_toc():
        place = entry.get_dest()
        assert place is not None
        found.append((entry.get_title(), place.get_index()))
    document.close()
    return found


def test_it_has_a_cover_a_page_for_each_and_bookmarks(whole: PackData) -> None:
    pdf, _paper = drawn(replace(whole, appendix=False))
    told = sheets(pdf)
    assert len(told) == 4
    assert outline(pdf) == [("Cases", 0), ("HOLLOWAY, Ingrid", 1), ("BERG, Nora", 2), ("N-3", 3)]
    for text in (
        "MDT 12.03.2026",
        "ILD MDT, 14:00",
        "3 cases",
        "R. Amsel (respiratory medicine); T. Specht (radiology, remote)",
        "1 HOLLOWAY, Ingrid F · 55 y · 18.09.1970 · DEMO-0417 Has the lung got worse?",
        SECRET,
        "urgent",
        "HRCT",
        "Not a medical device, not a diagnosis.",
    ):
        assert text in told[0]
    for number, words in enumerate(told, start=1):
        assert f"CONFIDENTIAL {number}/4" in words
        assert words.count("Not a medical device") == 1
    assert "case 2 of 3" in told[2]


def test_a_signed_case_is_printed_as_it_was_signed(held: tuple[Desk, Meeting], whole: PackData) -> None:
    desk, _meeting = held
    decision = whole.cases[0].page.decision
    assert decision is not None
    assert decision.recommendation == SECRET
    assert whole.cases[1].page.decision is None
    (kept,) = record_of(desk, mdt.ID).decisions
    assert whole.cases[0].page == snapshots.signed_page(desk, kept.id)
    assert case_page(desk, str(kept.agenda_item_id)) == whole.cases[0].page


def test_sheets_are_chosen_by_their_numbers(whole: PackData) -> None:
    short = replace(whole, appendix=False)
    pdf, _paper = drawn(short, pages={2, 4})
    told = sheets(pdf)
    assert ["CONFIDENTIAL 2/4" in told[0], "CONFIDENTIAL 4/4" in told[1]] == [True, True]
    assert outline(pdf) == [("HOLLOWAY, Ingrid", 0), ("N-3", 1)]
    assert sheet_count(short) == 4
    with pytest.raises(ValueError, match="no sheet"):
        drawn(short, pages={9})


def test_the_same_pack_gives_the_same_bytes(whole: PackData) -> None:
    assert drawn(whole)[0] == drawn(whole)[0]


@pytest.mark.parametrize("page_size", ["A4", "Letter"])
def test_the_full_history_has_every_number_of_the_screen_and_nothing_overlaps(
    whole: PackData, page_size: str
) -> None:
    pdf, paper = drawn(whole, page_size=page_size)
    told = sheets(pdf)
    assert ("Full history: HOLLOWAY, Ingrid", 4) in outline(pdf)
    history = " ".join(told[4:])
    view = patient_view(holloway.record(), holloway.TODAY)
    for row in view.rows:
        fvc, gas = row.derived.fvc, row.derived.dlco
        cells = [wording.day(row.test.date)]
        cells += [wording.as_typed(fvc.value)] if fvc.value is not None else []
        cells += [wording.number(fvc.z, 1), wording.number(fvc.percent or 0, 1)] if fvc.z is not None else []
        assert " ".join(cells) in history
        if gas.value is not None and gas.z is not None:
            assert f"{wording.as_typed(gas.value)} {wording.number(gas.z, 1)}" in history
    for text in (
        "06.11.2023",
        "Lung infection 3, serious 06.02.2023",
        "progression against 13.06.2022",
        SECRET,
    ):
        assert text in history
    documents = [placed for placed in paper.placed if placed.frame.startswith(("text", "head", "foot"))]
    assert all(placed.box.inside(paper.frames[placed.frame], slack=0.4) for placed in documents)
    for frame in {placed.frame for placed in documents}:
        boxes = [_shrunk(placed.box) for placed in documents if placed.frame == frame]
        assert not any(one.meets(other) for one, other in combinations(boxes, 2))


def _shrunk(box: Box) -> Box:
    return Box(box.x0 + 0.3, box.y0 + 0.5, box.x1 - 0.3, box.y1 - 0.5)


def test_a_pseudonymised_pack_names_nobody(held: tuple[Desk, Meeting]) -> None:
    desk, meeting = held
    pdf, paper = drawn(pack(desk, meeting.id, pseudonymised=True, appendix=True))
    everything = " ".join((*sheets(pdf), *(one.text for one in paper.placed), *dict(outline(pdf))))
    hidden = ("HOLLOWAY", "Ingrid", "BERG", "Nora", "DEMO-0417", "N-2", "N-3", "18.09.1970", "1970-09-18")
    for secret in (*hidden, "T. Specht", SECRET, "mayor", "Repeat FVC"):
        assert secret not in everything
        if len(secret) > 5:  # a shorter one may stand in compressed bytes by chance
            assert secret.encode() not in pdf
            assert secret.encode("utf-16-be") not in pdf
    assert "born 1970" in everything
    assert "Pseudonymised" in everything
    assert "said in words, which are left out" in everything


def test_a_pseudonymised_signed_case_holds_what_was_known_then(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    meeting, items = mdt.planned(desk, mdt.ID)
    decisions.sign_decision(desk, mdt.written(desk, items[0]).id)
    (then,) = pack(desk, meeting.id, pseudonymised=True).cases
    signed, later = desk.today(), desk.clock() + dt.timedelta(days=40)
    desk.clock = lambda: later
    record_pft(desk, mdt.ID, pft(signed + dt.timedelta(days=30), fvc_l="1.50", id=""), confirmed=("fvc_l",))
    (now,) = pack(desk, meeting.id, pseudonymised=True).cases
    assert now.page.tests == then.page.tests
    assert now.page.criteria == then.page.criteria
    assert now.page.identity == then.page.identity
    assert now.page.printed_on != then.page.printed_on
    desk.close()


def test_each_patient_of_a_pack_is_noted_in_the_trail(held: tuple[Desk, Meeting]) -> None:
    desk, meeting = held

    def noted() -> list[str | None]:
        with desk.registry.read() as session:
            rows = session.query(AuditRow).filter(AuditRow.op == "event", AuditRow.row_id == "mdt_page")
            return [row.subject_id for row in rows]

    before = len(noted())
    pack(desk, meeting.id)
    assert noted()[before:] == [mdt.ID, mdt.SECOND, mdt.THIRD]


def test_a_meeting_without_cases_has_a_cover(whole: PackData, tmp_path: Path) -> None:
    target = tmp_path / "pack.pdf"
    write_pack(target, replace(whole, cases=()))
    (cover,) = sheets(target.read_bytes())
    assert "No case is on the agenda." in cover
    assert "0 cases" in cover


def test_the_question_keeps_a_third_of_the_cover_beside_a_very_long_name(whole: PackData) -> None:
    name = "WOLFESCHLEGELSTEINHAUSENBERGERDORFF-FEATHERSTONEHAUGH-CHOLMONDELEY, Maria Magdalena"
    first = whole.cases[0]
    asked = "FVC falling on MMF 1.5 g: a switch, or an antifibrotic? " * 3
    line = replace(first.line, name=name, question=asked, asked_by="Dr Featherstonehaugh-Cholmondeley")
    short = replace(whole, appendix=False, cases=(replace(first, line=line), *whole.cases[1:]))
    _pdf, paper = drawn(short)
    cover = [placed for placed in paper.placed if placed.frame == "text 1"]
    left = {placed.text: placed.box.x0 for placed in cover}
    width = paper.frames["text 1"].x1 - paper.frames["text 1"].x0
    assert left["Asked by"] - left["Question"] >= width / 3 - 0.1
    lines = " ".join(placed.text for placed in cover if abs(placed.box.x0 - left["Question"]) < 0.1)
    assert asked.strip() in lines
    told = "".join(placed.text for placed in cover if abs(placed.box.x0 - left["Patient"]) < 0.1)
    assert name.replace(" ", "") in told.replace(" ", "")
    assert all(placed.box.inside(paper.frames["text 1"], slack=0.4) for placed in cover)
    boxes = [_shrunk(placed.box) for placed in cover]
    assert not any(one.meets(other) for one, other in combinations(boxes, 2))


def test_long_tables_repeat_their_heads_and_lose_no_line() -> None:
    rows = tuple(
        (dt.date(2026, 1, 1).isoformat(), f"row {number} " + "word " * (number % 9)) for number in range(90)
    )
    blocks = [Text("first"), NewSheet(), Table(("Day", "What"), (*rows, ("x", "long " * 2000)))]
    laid = lay(blocks, 300, 600)
    assert len(laid) > 3
    assert all(sum(piece.height for piece in sheet) <= 600 for sheet in laid)
    heads = [sheet[0] for sheet in laid[1:]]
    assert len({id(head) for head in heads}) == 1
    out = io.BytesIO()
    paper = Paper(out, page_size="A4", title="", author="", subject="", language="en")
    for sheet in laid:
        for piece in sheet:
            piece.draw(paper, 0, 0)
    words = " ".join(placed.text for placed in paper.placed).split()
    assert words.count("long") == 2000
    assert [word for word in words if word == "row"] == ["row"] * 90


def test_a_surname_is_not_broken_for_the_question(whole: PackData) -> None:
    first = whole.cases[0]
    asked = "FVC falling on MMF 1.5 g: a switch, or an antifibrotic? " * 3
    line = replace(
        first.line, name="SUMMERFALLOW, Bernadette", question=asked, asked_by="Dr Wetherby-Carmichael"
    )
    short = replace(whole, appendix=False, cases=(replace(first, line=line), *whole.cases[1:]))
    _pdf, paper = drawn(short)
    cover = [placed.text for placed in paper.placed if placed.frame == "text 1"]
    for word in ("SUMMERFALLOW,", "Bernadette", "Wetherby-Carmichael"):
        assert any(word in text.split() for text in cover), word


def test_what_stays_is_on_the_sheet_of_what_follows() -> None:
    """The name of a case and its question do not end a sheet of which the answer begins the next."""
    blocks: list[Block] = [Text("a line")] * 9
    blocks += [Heading("Case"), Text("who", stays=True), Text("asked", stays=True), Text("said")]
    step = sum(piece.height for piece in lay([Text("a line")], 300, 600)[0])
    head = sum(piece.height for piece in lay([Heading("Case")], 300, 600)[0])
    first, second = lay(blocks, 300, 9 * step + head + 2 * step + 1)
    assert sum(piece.height for piece in first) == pytest.approx(9 * step)
    assert sum(piece.height for piece in second) == pytest.approx(head + 3 * step)
