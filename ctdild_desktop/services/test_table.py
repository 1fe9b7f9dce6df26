"""The table of tests: each test with what follows from it, and its changes against a pair of tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.derived import DerivedTest
from ctdild_desktop.clinical.records import PatientRecord, Pft, Visit
from ctdild_desktop.clinical.verdict import Assessment, Evidence
from ctdild_desktop.language import english_of, say
from ctdild_desktop.services.changes import Changes, History, reference_names


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRow:
    """One line of the table of tests. Changes are relative, in % of the earlier % predicted: a fall is
    negative.

    A change is None where the two tests cannot be compared, where there is no earlier test, and on a test
    that the rules do not use.
    """

    test: Pft
    derived: DerivedTest
    visit: Visit | None
    """The visit of the same day."""
    spo2_rest: Decimal | None
    spo2_nadir: Decimal | None
    mmrc: int | None
    fvc_usable: bool
    dlco_usable: bool
    fvc_to_previous: Decimal | None = None
    dlco_to_previous: Decimal | None = None
    fvc_to_reference: Decimal | None = None
    dlco_to_reference: Decimal | None = None
    is_reference: bool = False
    note: str = ""
    """``reference``, ``excluded: lung infection``, ``reference set changed`` ...; several joined by ``;
    ``.
    """


def test_rows(
    record: PatientRecord,
    derived: Sequence[DerivedTest],
    assessments: Sequence[Assessment],
    pair: Evidence | None,
) -> tuple[TestRow, ...]:
    """The table of tests, newest first, against a pair; the pairs of the assessments are named in notes."""
    history = History(record)
    reference = pair.baseline.date if pair is not None else None
    others: dict[dt.date, list[str]] = {}
    for answer in assessments:
        for found in answer.evidence[:1]:
            if found.baseline.date != reference:
                others.setdefault(found.baseline.date, []).append(answer.title)
    visits = {visit.date: visit for visit in record.visits}
    rows = []
    for number, item in enumerate(derived):
        earlier = derived[number + 1] if number + 1 < len(derived) else None
        to_previous = history.before(item.test)
        to_reference = Changes() if reference is None else history.since(item.test, reference)
        visit = visits.get(item.date)
        is_reference = item.date == reference and (item.fvc_used or item.dlco_used)
        rows.append(
            TestRow(
                test=item.test,
                derived=item,
                visit=visit,
                spo2_rest=_first(item.test.spo2_rest, visit.spo2_rest if visit else None),
                spo2_nadir=_first(item.test.spo2_nadir, visit.spo2_nadir if visit else None),
                mmrc=visit.mmrc if visit is not None else None,
                fvc_usable=item.fvc_used,
                dlco_usable=item.dlco_used,
                fvc_to_previous=to_previous.fvc,
                dlco_to_previous=to_previous.dlco,
                fvc_to_reference=to_reference.fvc,
                dlco_to_reference=to_reference.dlco,
                is_reference=is_reference,
                note="; ".join(_notes(item, earlier, is_reference, others.get(item.date, []))),
            )
        )
    return tuple(rows)


def _first(*values: Decimal | None) -> Decimal | None:
    return next((value for value in values if value is not None), None)


def _notes(
    item: DerivedTest, earlier: DerivedTest | None, is_reference: bool, pairs: Sequence[str]
) -> list[str]:
    notes = [say("reference")] if is_reference else []
    if pairs:
        notes.append(
            say("pair of {title} and {more} more", title=pairs[0], more=len(pairs) - 1)
            if len(pairs) > 1
            else say("pair of {title}", title=pairs[0])
        )
    test = item.test
    if test.post_bd:
        notes.append(say("after bronchodilator"))
    if test.excluded:
        why = codes.label("exclusion", test.exclusion_reason)
        notes.append(say("excluded: {why}", why=why) if why else say("excluded"))
    else:
        for name, reason, absent in (
            (wording.measure("fvc"), item.fvc_unused, test.not_done_fvc),
            (wording.measure("dlco"), item.dlco_unused, test.not_done_dlco),
        ):
            if absent is not None:
                notes.append(
                    say("{name} not done: {absent}", name=name, absent=codes.label("not_done", absent))
                )
            elif reason is not None and english_of(reason).startswith("grade"):
                notes.append(say("{name} {reason}, not used", name=name, reason=reason))
    before = earlier.test.reference_set if earlier is not None else None
    if before and test.reference_set and test.reference_set != before:
        notes.append(say("reference set {named}", named=", ".join(reference_names(test.reference_set))))
    return notes
