"""Records without identity: what goes, what stays, and that nothing goes out undecided."""

from __future__ import annotations

import dataclasses
import datetime as dt
import typing
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    HELD_IN,
    Action,
    AdverseEvent,
    Attachment,
    Decision,
    Diagnosis,
    Differential,
    Infusion,
    Lab,
    Patient,
    PatientRecord,
    Pft,
    PreCheck,
    Pro,
    Score,
    Sex,
    Snooze,
    TherapyLine,
    Visit,
)
from ctdild_desktop.interchange import pseudonyms
from ctdild_desktop.interchange.code_lists import list_of
from ctdild_desktop.interchange.pseudonym_fields import DECIDED, UNITS, Kept
from ctdild_desktop.interchange.pseudonyms import Key, age_told, without_identity
from tests.support.valid_record import valid_record

PATIENT = Patient(
    id="a" * 32,
    mrn="MRN-778123",
    family_name="Quillfeather",
    given_name="Ottoline",
    birth_date=PartialDate(1961, 3, 12),
    sex=Sex.FEMALE,
    height_cm=Decimal("164.5"),
    comorbidities=("ph", "Quillfeather syndrome"),
    alert_note="call Quillfeather",
)
KEY = Key(b"0" * 32, {PATIENT.id: "P-TESTNAME"})
LEFT_OUT_WHOLE = {Attachment, Snooze}


def parts_of(kind: type[Any]) -> set[type[Any]]:
    """A kind of record and the kinds of its parts, theirs too."""
    found = {kind}
    for hint in typing.get_type_hints(kind).values():
        inside = next(iter(typing.get_args(hint)), None)
        if isinstance(inside, type) and dataclasses.is_dataclass(inside) and inside is not PartialDate:
            found |= parts_of(inside)
    return found


KINDS = sorted(
    {part for kind in (Patient, *HELD_IN.values()) for part in parts_of(kind)} - LEFT_OUT_WHOLE,
    key=lambda kind: kind.__name__,
)
UNDECIDED_BY_PARENT = {"Allergy", "Addendum"}


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind.__name__ not in UNDECIDED_BY_PARENT], ids=lambda k: k.__name__
)
def test_every_field_of_every_kind_is_decided(kind: type[Any]) -> None:
    names = {item.name for item in dataclasses.fields(kind)}
    assert set(DECIDED[kind]) == names, "decide in pseudonym_fields.py what may stay of it"


@pytest.mark.parametrize("kind", list(DECIDED), ids=lambda kind: kind.__name__)
def test_no_text_stays_as_it_is_and_each_code_has_a_list(kind: type[Any]) -> None:
    hints = typing.get_type_hints(kind)
    for name, how in DECIDED[kind].items():
        inner = {part for part in (hints[name], *typing.get_args(hints[name])) if isinstance(part, type)}
        if how is Kept.AS_IT_IS:
            assert not any(issubclass(part, str) and not issubclass(part, Enum) for part in inner), name
            assert not any(issubclass(part, (dt.date, PartialDate)) for part in inner), name
        if how is Kept.CODE:
            assert list_of(kind, name) is not None, name


def test_a_field_that_nobody_decided_on_stays_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Newer:
        id: str
        nickname: str = ""
        code: str

    monkeypatch.setattr(pseudonyms, "DECIDED", {Newer: {"id": Kept.ID}})
    one = pseudonyms._Person(KEY, 100)
    made = one.of(Newer(id="b" * 32, nickname="Otto", code="secret"))
    assert (made.nickname, made.code) == ("", "")


def whole() -> PatientRecord:
    line = TherapyLine(
        id="c" * 32,
        drug="Quillfeather's own pills",
        drug_name="Quillfeather",
        start=PartialDate(2023, 5),
        note="told Ottoline",
        infusions=(
            Infusion(
                date=dt.date(2024, 2, 29),
                dose_mg=Decimal("500"),
                started="09:30",
                stopped="Quill",
                batch="LOT77812",
                checks=(PreCheck(item="igg", date=PartialDate(2024, 2, 20), result="Quillfeather"),),
            ),
        ),
    )
    return PatientRecord(
        patient=PATIENT,
        diagnoses=(
            Diagnosis(
                id="d" * 32,
                date=PartialDate(2022, 1, 4),
                ctd="SSc",
                pattern="Quillfeather",
                antibodies=("SCL70", "Quillfeather"),
                differentials=(Differential(diagnosis="RA"), Differential(diagnosis="Quillfeather")),
            ),
        ),
        visits=(
            Visit(
                id="e" * 32,
                date=dt.date(2023, 1, 1),
                clinician="Dr Quill",
                absent=(("mmrc", "unknown"), ("site", "unknown")),
            ),
        ),
        tests=(
            Pft(
                id="f" * 32,
                date=dt.date(2023, 1, 31),
                fvc_l=Decimal("2.30"),
                comment="Ottoline",
                as_given=(("fvc_l", "Quillfeather 2300"),),
                source_sha256="9" * 64,
            ),
            Pft(id="0" * 32, date=dt.date(2024, 2, 29), fvc_l=Decimal("2.1")),
        ),
        therapy=(line,),
        adverse_events=(
            AdverseEvent(
                id="1" * 32, onset=PartialDate(2024), term="Quillfeather rash", suspected_lines=(line.id,)
            ),
        ),
        labs=(
            Lab(id="2" * 32, date=PartialDate(2024, 1, 2), test="hb", value=Decimal(131), unit="g/L"),
            Lab(
                id="3" * 32,
                date=PartialDate(2024, 1, 2),
                test="other",
                test_name="Q",
                value=Decimal(1),
                unit="Quillfeather",
                uln=Decimal(2),
            ),
        ),
        pros=(
            Pro(
                id="4" * 32,
                date=PartialDate(2024, 1, 2),
                instrument="kbild",
                scores=(Score(scale="Quill", value=Decimal(1)), Score(scale="total", value=Decimal(54))),
            ),
        ),
        attachments=(
            Attachment(
                id="5" * 32,
                name="Quillfeather.pdf",
                media_type="application/pdf",
                size_bytes=1,
                sha256="8" * 64,
            ),
        ),
        decisions=(
            Decision(
                id="6" * 32,
                meeting_id="7" * 32,
                patient_id=PATIENT.id,
                date=dt.date(2024, 3, 1),
                question="Quillfeather worse?",
                signed_by="amsel",
                recommendations=("observe",),
                signed_at=dt.datetime(2024, 3, 1, 9, tzinfo=dt.UTC),
            ),
        ),
        actions=(Action(id="8" * 32, decision_id="6" * 32, what="call Quillfeather", owner="Dr Quill"),),
        snoozes=(
            Snooze(
                id="9" * 32,
                date=dt.date(2024, 3, 1),
                until=dt.date(2024, 4, 1),
                item="x",
                basis="y",
                reason="Quillfeather on holiday",
            ),
        ),
    )


def test_i4_names_numbers_texts_and_logins_are_gone() -> None:
    bare = without_identity(whole(), KEY)
    said = repr(bare)
    for word in ("Quill", "Ottoline", "778123", "amsel", "LOT", "LOT77812", "9" * 64, "8" * 64, PATIENT.id):
        assert word not in said
    assert bare.patient.mrn == "P-TESTNAME"
    assert bare.attachments == bare.snoozes == ()


def test_codes_and_numbers_of_the_lists_stay() -> None:
    bare = without_identity(whole(), KEY)
    (view,), (line,), (event,) = bare.diagnoses, bare.therapy, bare.adverse_events
    assert (view.ctd, view.pattern, view.antibodies) == ("SSc", None, ("SCL70",))
    assert [each.diagnosis for each in view.differentials] == ["RA"]
    assert (line.drug, event.term) == ("other", "other")
    assert (line.infusions[0].started, line.infusions[0].stopped) == ("09:30", "")
    assert bare.tests[0].fvc_l == Decimal("2.30")
    assert bare.patient.height_cm == Decimal("164.5")
    assert bare.decisions[0].recommendations == ("observe",)
    assert [score.scale for score in bare.pros[0].scores] == ["total"]
    assert bare.visits[0].absent == (("mmrc", "unknown"),), "a field that went needs no reason"
    hb, other = bare.labs
    assert (hb.value, hb.unit) == (Decimal(131), "g/L")
    assert (other.value, other.unit, other.uln) == (None, "", None), "a number without its unit says nothing"


def test_links_between_records_are_kept_with_fresh_ids() -> None:
    bare = without_identity(whole(), KEY)
    assert bare.adverse_events[0].suspected_lines == (bare.therapy[0].id,)
    assert bare.actions[0].decision_id == bare.decisions[0].id != "6" * 32
    assert bare.decisions[0].patient_id == bare.patient.id != PATIENT.id
    assert bare.decisions[0].meeting_id == "", "who was at one meeting tells the days apart"


def test_every_date_of_a_patient_moves_by_the_same_days() -> None:
    record, bare = whole(), without_identity(whole(), KEY)
    days = KEY.days(PATIENT.id)
    assert 60 <= days <= 790
    for before, after in ((record.tests, bare.tests), (record.visits, bare.visits)):
        assert [(one.date - two.date).days for one, two in zip(before, after, strict=True)] == [days] * len(
            before
        )
    assert (bare.tests[1].date - bare.tests[0].date).days == 394
    given = bare.therapy[0].infusions[0]
    assert given.date - given.checks[0].date.exact == dt.timedelta(9)


def test_a_partial_date_stays_partial_and_moves_with_its_middle() -> None:
    one = pseudonyms._Person(KEY, 100)
    assert str(one.moved(PartialDate(2023, 5))) == "2023-02", "16 May less 100 days is 5 February"
    assert str(one.moved(PartialDate(2023))) == "2023", "2 July less 100 days is 24 March"
    assert str(one.moved(PartialDate(1))) == "0001", "not before the calendar"


def test_patients_are_moved_by_days_of_their_own_and_the_secret_decides() -> None:
    ids = [f"{number:032x}" for number in range(300)]
    days = [KEY.days(each) for each in ids]
    assert len(set(days)) > 200
    assert days == [Key(b"0" * 32, {}).days(each) for each in ids]
    assert days != [Key(b"1" * 32, {}).days(each) for each in ids]
    assert Key(b"0" * 32, {}, shift_dates=False).days(ids[0]) == 0


def test_the_birth_date_becomes_a_year_and_none_of_the_very_old() -> None:
    bare = without_identity(whole(), KEY)
    moved = dt.date(1961, 3, 12) - dt.timedelta(KEY.days(PATIENT.id))
    assert bare.patient.birth_date == PartialDate(moved.year)
    old = replace(whole(), patient=replace(PATIENT, birth_date=PartialDate(1934, 2, 28)))
    assert without_identity(old, KEY).patient.birth_date is None


def test_a_day_within_a_record_and_a_recorded_prediction_tell_no_age_above_89() -> None:
    record = whole()
    (line,) = record.therapy
    late = replace(line, infusions=(Infusion(date=dt.date(2051, 3, 12)),))
    tests = tuple(replace(test, fvc_pred_l=Decimal("2.61")) for test in record.tests)
    young = replace(record, tests=tests)
    bare = without_identity(replace(young, therapy=(late,)), KEY)
    assert bare.patient.birth_date is None
    assert {test.fvc_pred_l for test in bare.tests} == {None}
    bare = without_identity(young, KEY)
    assert (bare.patient.birth_date is None, bare.tests[0].fvc_pred_l) == (False, Decimal("2.61"))


@pytest.mark.parametrize(
    ("birth", "on", "told"),
    [
        (PartialDate(1961, 3, 12), dt.date(2026, 3, 12), "65"),
        (PartialDate(1961, 3, 12), dt.date(2026, 3, 11), "64.9"),
        (PartialDate(1961, 3, 12), dt.date(2025, 9, 12), "64.5"),
        (PartialDate(1936, 3, 13), dt.date(2026, 3, 12), "89.9"),
        (PartialDate(1936, 3, 12), dt.date(2026, 3, 12), "90"),
        (PartialDate(1930, 3, 12), dt.date(2026, 3, 12), "90"),
        (PartialDate(1961), dt.date(2026, 3, 12), None),
        (PartialDate(1961, 3, 12), dt.date(1961, 3, 11), None),
        (None, dt.date(2026, 3, 12), None),
    ],
)
def test_ages_are_told_to_a_tenth_and_above_89_as_90(
    birth: PartialDate | None, on: dt.date, told: str | None
) -> None:
    assert age_told(birth, on) == (Decimal(told) if told else None)


@pytest.mark.parametrize(
    "unit", ["g/L", "10^9/L", "/µL", "mL/min/1.73m2", "mL/min/mmHg", "U/mL", "%", "", "10⁹/L"]
)
def test_units_of_measurement_are_told_from_words(unit: str) -> None:
    assert UNITS.fullmatch(unit)


@pytest.mark.parametrize("word", ["Smith", "L Smith", "mg per Müller", "O'Brien/L", "12.03.1961", "1961"])
def test_words_are_no_units(word: str) -> None:
    assert not UNITS.fullmatch(word)


@settings(max_examples=15)
@given(st.data())
def test_any_record_keeps_the_time_between_its_dates(data: Any) -> None:
    name = data.draw(st.sampled_from(["visits", "tests", "hrct", "therapy", "labs", "pros", "consents"]))
    kind = HELD_IN[name]
    held = tuple(data.draw(st.lists(valid_record(kind), min_size=2, max_size=3)))
    bare = without_identity(replace(whole(), **{name: held}), KEY)
    attribute = "start" if kind is TherapyLine else "date"
    for (one, two), (late, later) in zip(pairwise(held), pairwise(getattr(bare, name)), strict=True):
        first, second = (exact(getattr(item, attribute)) for item in (one, two))
        if first and second and first.year > 1000 and second.year > 1000:
            told = exact(getattr(later, attribute)) - exact(getattr(late, attribute))
            assert told == second - first


def exact(date: Any) -> Any:
    return date.exact if isinstance(date, PartialDate) else date
