"""Minutes, letters and the report of what was carried out: what they say, on as many sheets as it takes."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import pypdfium2
import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Decision, Meeting
from ctdild_desktop.figures.layout import Box
from ctdild_desktop.registry.models import AuditRow
from ctdild_desktop.reports.carried_out import write_carried_out
from ctdild_desktop.reports.letter import write_letter
from ctdild_desktop.reports.minutes import write_minutes
from ctdild_desktop.reports.paper import Paper
from ctdild_desktop.services import decisions, letter_templates, meetings
from ctdild_desktop.services.carried_out import Followed, report_of
from ctdild_desktop.services.desk import Desk, RefusedError
from ctdild_desktop.services.letter_words import DEFAULTS, PLACEHOLDERS
from ctdild_desktop.services.letters import LetterData, letter
from ctdild_desktop.services.minutes import minutes
from ctdild_desktop.services.printed import PrintedBy
from tests.support import mdt
from tests.support.desks import make_desk

BY = PrintedBy(program="CTD-ILD Desktop", name="R. Amsel", day="12.03.2026")


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Meeting, Decision]]:
    """A meeting with a signed, an open and an untouched case."""
    desk = make_desk(tmp_path_factory.mktemp("documents"))
    meeting, items = mdt.planned(desk, mdt.ID, mdt.SECOND, mdt.THIRD)
    kept = mdt.written(
        desk,
        items[0],
        mdt.ACTION,
        confidence="high",
        behaviour="progressive",
        recommendation="Add nintedanib {150 mg} <b>&\"'</b>; כהן",
        recommendations=("start", "more_tests"),
        dissent="Rituximab first.",
        preference="no infusions",
        next_date=PartialDate(2026, 6),
    )
    signed = decisions.sign_decision(desk, kept.id).value
    decisions.add_addendum(desk, signed.id, "Declined at the clinic.")
    mdt.written(desk, items[1], team_verdict="cannot_tell")
    yield desk, meeting, signed
    desk.close()


def drawn(write: Callable[..., Paper], data: Any, **how: Any) -> tuple[bytes, Paper]:
    out = io.BytesIO()
    paper = write(out, data, **how)
    return out.getvalue(), paper


def words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    told = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
    document.close()
    return told


def placed(paper: Paper) -> str:
    return " ".join(" ".join(one.text for one in paper.placed).split())


def proven(paper: Paper) -> None:
    """Nothing leaves its frame and nothing overlaps."""
    assert all(one.box.inside(paper.frames[one.frame], slack=0.4) for one in paper.placed)
    for frame in paper.frames:
        boxes = [
            Box(one.box.x0 + 0.3, one.box.y0 + 0.6, one.box.x1 - 0.3, one.box.y1 - 0.6)
            for one in paper.placed
            if one.frame == frame and one.text.strip()
        ]
        assert not any(one.meets(other) for one, other in combinations(boxes, 2))


def test_the_minutes_say_who_was_there_and_what_was_decided(held: tuple[Desk, Meeting, Decision]) -> None:
    desk, meeting, _signed = held
    _pdf, paper = drawn(write_minutes, minutes(desk, meeting.id))
    told = placed(paper)
    for text in (
        "Minutes, MDT 12.03.2026",
        "Present R. Amsel (respiratory medicine); T. Specht (radiology, remote)",
        "Apologies A. Falke (rheumatology)",
        "Quorum not reached: rheumatology missing",
        "1. HOLLOWAY, Ingrid F · 55 y · 18.09.1970 · DEMO-0417",
        "Antisynthetase syndrome, Fibrotic NSIP, progressive despite treatment, high confidence (70–89 %)",
        "Verdict progressing",
        "Recommendation Add nintedanib {150 mg} <b>&\"'</b>; כהן (start, more tests)",
        "Patient's wish no infusions",
        "Dissent Rituximab first.",
        "Actions Repeat FVC and DLCO (Clinic, due 01.06.2026)",
        "Next 06.2026",
        "Addendum 12.03.2026 (R. Amsel): Declined at the clinic.",
        "Signed R. Amsel, 12.03.2026",
        "Signed not signed",
        "3. N-3",
        "Decision none recorded",
        "These minutes are not signed.",
    ):
        assert text in told
    assert told.count("Not a medical device") == 1
    proven(paper)


def test_minutes_over_many_sheets_lose_nothing_and_number_them(held: tuple[Desk, Meeting, Decision]) -> None:
    data = minutes(held[0], held[1].id)
    long = replace(data, cases=data.cases * 30)
    pdf, paper = drawn(write_minutes, long, page_size="Letter")
    told = placed(paper)
    document = pypdfium2.PdfDocument(pdf)
    count = len(document)
    document.close()
    assert count > 3
    assert told.count("Verdict progressing") == 30
    assert f"CONFIDENTIAL {count}/{count}" in told
    proven(paper)
    assert drawn(write_minutes, long)[0] == drawn(write_minutes, long)[0]


def test_the_letter_to_the_referrer_says_what_was_decided(held: tuple[Desk, Meeting, Decision]) -> None:
    desk, _meeting, signed = held
    made = letter(desk, signed.id, "referrer")
    assert made.text.startswith("Dear colleague,\n\nThank you for asking")
    for text in (
        "Ingrid HOLLOWAY, born 18.09.1970 (record number DEMO-0417), whom we discussed on 12.03.2026",
        "Question: Has the lung got worse?",
        "Confidence: high confidence (70–89 %)",
        "Behaviour: progressive despite treatment",
        "Course: progressing",
        "Recommendation of the team: Add nintedanib {150 mg} <b>&\"'</b>; כהן",
        "The patient's wish: no infusions",
        "To be done: Repeat FVC and DLCO (Clinic, due 01.06.2026)",
        "Next discussion: 06.2026",
        "Present: R. Amsel (respiratory medicine), T. Specht (radiology, remote)",
        "R. Amsel, 12.03.2026",
    ):
        assert text in made.text
    pdf, paper = drawn(write_letter, made)
    assert "Thank you for asking" in words(pdf)
    assert "כהן" in placed(paper)
    proven(paper)


def test_the_letter_to_the_patient_is_in_plain_words(held: tuple[Desk, Meeting, Decision]) -> None:
    made = letter(held[0], held[2].id, "patient")
    assert "Your lungs: They have got worse." in made.text
    assert "How sure the team is of it: fairly sure" in made.text
    assert "Your illness: Antisynthetase syndrome" in made.text
    for word in ("progressing", "behaviour", "confidence", "dissent", "Rituximab first"):
        assert word not in made.text


def test_a_clinic_s_own_text_is_used_and_every_word_is_filled_in(
    held: tuple[Desk, Meeting, Decision],
) -> None:
    desk, _meeting, signed = held
    own = "{{braces}} " + " ".join(f"{name}={{{name}}}" for name in PLACEHOLDERS)
    letter_templates.save_template(desk, "patient", own)
    made = letter(desk, signed.id, "patient")
    assert made.text.startswith("{braces} name=Ingrid HOLLOWAY birth_date=18.09.1970 mrn=DEMO-0417")
    assert "today=12.03.2026" in made.text
    assert letter(desk, signed.id, "patient", text="Only {name}.").text == "Only Ingrid HOLLOWAY."
    with pytest.raises(RefusedError, match="not a word that is filled in"):
        letter(desk, signed.id, "patient", text="{dose}")
    letter_templates.reset_template(desk, "patient")
    assert set(DEFAULTS) == {"referrer", "patient"}


@pytest.mark.parametrize("title", ["Letter to the patient", "Featherstonehaugh-Cholmondeley, Maria " * 3])
def test_a_long_name_in_the_head_cuts_neither_birth_date_nor_number(title: str) -> None:
    whose = f"{'FEATHERSTONEHAUGH-CHOLMONDELEY, Maria Magdalena ' * 2}· 18.09.1970 · DEMO-0417"
    data = LetterData(
        title=title, whose=whose if len(title) < 30 else "18.09.1970 · DEMO-0417", text=".", by=BY
    )
    _pdf, paper = drawn(write_letter, data)
    told = " ".join(one.text for one in paper.placed if one.frame == "head 1")
    assert told.split() == f"{title} {data.whose}".split()
    proven(paper)


def test_an_unsigned_decision_has_no_letter(held: tuple[Desk, Meeting, Decision]) -> None:
    desk, meeting, _signed = held
    case = meetings.meeting_view(desk, meeting.id).cases[1]
    assert case.decision is not None
    with pytest.raises(RefusedError, match="not signed"):
        letter(desk, case.decision.id, "referrer")


def test_documents_are_noted_in_the_trail(held: tuple[Desk, Meeting, Decision]) -> None:
    desk, _meeting, signed = held
    letter(desk, signed.id, "referrer")
    with desk.registry.read() as session:
        rows = session.query(AuditRow).filter(AuditRow.op == "event", AuditRow.row_id == "mdt_print").all()
        assert rows[-1].subject_id == mdt.ID
        assert "letter_referrer" in (rows[-1].new or "")


def test_the_report_prints_the_counts_and_the_decisions_behind_them() -> None:
    def one(number: int, **values: Any) -> Followed:
        made = Decision(
            id=str(number),
            meeting_id="m",
            patient_id="p",
            date=dt.date(2026, 3, number),
            question="?",
            recommendation=f"advice {number}",
            recommendations=("start",),
            signed_by="amsel",
        )
        return Followed(replace(made, **values), f"BERG, Nora {number}", f"N-{number}")

    answers = ["yes", "yes", "no", "partly", "pending", None]
    followed = [one(number, implemented=answer) for number, answer in enumerate(answers, start=1)]
    followed[2] = one(3, implemented="no", not_implemented="access")
    data = report_of(followed, dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    pdf, paper = drawn(lambda out, what: write_carried_out(out, what, BY), data)
    told = words(pdf)
    assert "all decisions with a recommendation 6 2 1 1 1 1 50.0 (2/4)" in told
    assert "start 6 2 1 1 1 1 50.0 (2/4)" in told
    assert "access or funding 1" in told
    assert "03.03.2026 BERG, Nora 3 N-3 advice 3 no (access or funding)" in told
    assert "06.03.2026 BERG, Nora 6 N-6 advice 6 not recorded" in told
    proven(paper)
    empty = report_of([], dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert "No signed decision with a recommendation." in words(
        drawn(lambda out, what: write_carried_out(out, what, BY), empty)[0]
    )
