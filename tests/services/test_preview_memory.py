"""What is remembered of the other tests while one is typed changes nothing of what the sheet shows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ctdild_desktop.clinical.records import Pft
from ctdild_desktop.services.pft import Before, before_pft, preview_pft
from tests.support import holloway


def test_a_preview_is_the_same_with_what_was_remembered_before() -> None:
    record = holloway.record()
    known = before_pft(record)
    assert known.memory
    remembered = dict(known.memory)
    last = record.tests[-1]
    drafts = [
        Pft(id="", date=holloway.TODAY, fvc_l=Decimal(fvc), dlco=dlco, reference_set="GLI2022")
        for fvc in ("2.31", "2.05", "1.90")
        for dlco in (None, Decimal("9.8"))
    ]
    drafts.append(replace(last, id="", fvc_l=Decimal("2.20")))
    for draft in drafts:
        fresh = Before(known.record, known.answers, known.history)
        with_memory = preview_pft(record, draft, None, holloway.TODAY, known=known)
        assert with_memory == preview_pft(record, draft, None, holloway.TODAY, known=fresh)
        assert with_memory == preview_pft(record, draft, None, holloway.TODAY)
    assert known.memory == remembered, "nothing that was only typed is kept"
