"""Monitoring of the disease: intervals, first year, stability, and the HRCT without a calendar."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from ctdild_desktop.clinical.due import Anchor, Met, State, due_items
from tests.support.due import at, done, item, items, line
from tests.support.people import WOMAN, day

PFT = ("spirometry", "dlco", "lung_volumes")


def pfts(*dates: str):
    return tuple(result for test in PFT for result in done(test, *dates))


@pytest.mark.parametrize(
    ("as_of", "state", "overdue"),
    [
        ("2024-04-29", State.NOT_DUE, 0),
        ("2024-04-30", State.WINDOW_OPEN, 0),
        ("2024-07-30", State.WINDOW_OPEN, 0),
        ("2024-07-31", State.DUE, 0),
        ("2024-08-14", State.DUE, 14),
        ("2024-08-15", State.OVERDUE, 15),
    ],
)
def test_pft_in_the_first_year(as_of, state, overdue):
    found = item(at(as_of, *pfts("2024-01-31"), diagnosis="dcSSc", anchor="2024-01-10"), "M1")
    assert (found.state, found.overdue_days) == (state, overdue)
    assert (found.opens, found.due) == (day("2024-04-30"), day("2024-07-31"))
    assert found.item == "PFT: spirometry, lung volumes, DLCO"
    assert "10.1002/art.42860" in found.source


def test_a_patient_without_any_pft_is_due_since_the_diagnosis():
    found = item(at("2024-03-01", diagnosis="ASyS", anchor="2024-03-01"), "M1")
    assert (found.state, found.due) == (State.NEVER_DONE, day("2024-03-01"))
    assert [str(need) for need in found.needs] == ["spirometry", "lung volumes", "DLCO"]


def test_without_any_date_of_the_ild_the_check_is_still_listed():
    found = item(at("2024-03-01", diagnosis="ASyS"), "M1")
    assert (found.state, found.due) == (State.NEVER_DONE, None)
    assert "date of the ILD diagnosis" in str(found.needs[-1])


def test_a_pft_without_dlco_answers_spirometry_alone():
    facts = at(
        "2024-06-01",
        *pfts("2023-09-01"),
        *done("spirometry", "2024-05-01"),
        diagnosis="DM",
        anchor="2023-09-01",
    )
    by_item = {found.item: found for found in items(facts, "M1")}
    assert by_item["PFT: spirometry"].state is State.NOT_DUE
    assert by_item["PFT: lung volumes, DLCO"].state is State.OVERDUE
    assert by_item["PFT: lung volumes, DLCO"].due == day("2024-03-01")


@pytest.mark.parametrize(
    ("diagnosis", "rule", "first", "later"),
    [
        ("SSc", "M1", ("2024-04-10", "2024-07-10"), ("2024-07-10", "2025-01-10")),
        ("JDM", "M1", ("2024-04-10", "2024-07-10"), ("2024-07-10", "2025-01-10")),
        ("RA", "M2", ("2024-04-10", "2025-01-10"), ("2024-07-10", "2025-01-10")),
        ("MCTD", "M2", ("2024-04-10", "2025-01-10"), ("2024-07-10", "2025-01-10")),
        ("IPAF", "M3", ("2024-04-10", "2025-01-10"), ("2024-07-10", "2025-01-10")),
        ("OVERLAP_OTHER", "M3", ("2024-04-10", "2025-01-10"), ("2024-07-10", "2025-01-10")),
    ],
)
def test_the_interval_follows_the_disease_and_its_course(diagnosis, rule, first, later):
    for anchor, expected in (("2024-01-01", first), ("2020-01-01", later)):
        found = item(at("2024-03-01", *pfts("2024-01-10"), diagnosis=diagnosis, anchor=anchor), rule)
        assert (found.opens, found.due) == tuple(map(day, expected))
        assert {other.rule for other in due_items(at("2024-03-01", diagnosis=diagnosis))} & {
            "M1",
            "M2",
            "M3",
        } == {rule}


def test_extensive_fibrosis_or_a_low_fvc_shortens_the_interval_of_ra():
    base = at("2024-03-01", *pfts("2024-01-10"), diagnosis="RA", anchor="2024-01-01")
    assert item(base, "M2").due == day("2025-01-10")
    assert item(replace(base, fvc_percent=Decimal("70.0")), "M2").due == day("2025-01-10")
    for shorter in (replace(base, extensive=True), replace(base, fvc_percent=Decimal("69.99"))):
        assert item(shorter, "M2-EXT").due == day("2024-07-10")
        assert items(shorter, "M2") == []


def test_the_first_year_ends_after_twelve_calendar_months():
    facts = at("2025-02-28", *pfts("2025-01-10"), diagnosis="SSc", anchor="2024-02-29")
    assert item(facts, "M1").due == day("2026-01-10")
    assert item(replace(facts, as_of=day("2025-02-27")), "M1").due == day("2025-07-10")


@pytest.mark.parametrize(
    ("therapy", "due"),
    [
        (line("mycophenolate", "2024-06-15", dose="1000"), "2025-06-01"),
        (line("mycophenolate", "2020-01-01", dose="1000", steps=[("2024-06-15", "2000")]), "2025-06-01"),
        (line("mycophenolate", "2020-01-01", dose="2000", steps=[("2024-12-02", "1000")]), "2025-06-01"),
        (line("mycophenolate", "2020-01-01", dose="2000", steps=[("2024-06-02", "1000")]), "2025-12-01"),
        (line("mycophenolate", "2020-01-01", "2025-01-02", dose="2000"), "2025-06-01"),
        (line("methotrexate", "2024-06-15", dose="15", indication="extrathoracic"), "2025-12-01"),
        (line("co_trimoxazole", "2024-06-15", dose="480"), "2025-12-01"),
        (line("mycophenolate", "2020-01-01", dose="2000"), "2025-12-01"),
    ],
)
def test_a_change_of_ild_therapy_brings_the_short_interval_back(therapy, due):
    facts = at("2025-06-01", *pfts("2024-12-01"), diagnosis="SSc", anchor="2015-01-01", therapy=(therapy,))
    assert item(facts, "M1").due == day(due)


def test_a_met_criterion_is_not_stable_and_a_new_one_begins_a_first_year():
    facts = at("2025-06-01", *pfts("2024-12-01"), diagnosis="SSc", anchor="2015-01-01")
    old = Met(criterion="PPF2022", title="PPF 2022", date=day("2024-05-31"), newly=True)
    assert item(replace(facts, met=(old,)), "M1").due == day("2025-12-01")
    for criterion, newly in (("PPF2022", True), ("EUSTAR", False), ("REVIEW_FVC_DECLINE", True)):
        found = Met(criterion=criterion, title=criterion, date=day("2024-06-01"), newly=newly)
        assert item(replace(facts, met=(found,)), "M1").due == day("2025-06-01")
    new = replace(old, date=day("2024-06-02"))
    because = " ".join(map(str, item(replace(facts, met=(new,)), "M1").because))
    assert "First-year interval again: PPF 2022 met on 2024-06-02." in because


def test_an_assumed_anchor_is_flagged():
    assumed = Anchor(date=day("2024-01-05"), source="first PFT", assumed=True)
    facts = at("2024-03-01", *pfts("2024-01-05"), diagnosis="SSc", anchor=assumed)
    assert item(facts, "M1").flags == ("ANCHOR_ASSUMED",)
    assert "first PFT" in " ".join(map(str, item(facts, "M1").because))


def test_the_dead_and_those_who_withdrew_have_no_list_and_nobody_else():
    for left in ("died", "withdrawn"):
        assert due_items(at("2024-03-01", diagnosis="SSc", left=left)) == ()
    for diagnosis in ("IPF", "SLE", "RA", "dcSSc", "UCTD"):
        assert due_items(at("2024-03-01", diagnosis=diagnosis))


def test_without_a_diagnosis_the_list_says_what_it_needs():
    (found,) = due_items(at("2024-03-01"))
    assert found.state is State.CANNOT_ASSESS
    assert "diagnosis" in str(found.needs[0])


def test_hrct_is_never_due_by_the_calendar():
    facts = at("2026-01-01", *done("hrct", "2019-05-05"), diagnosis="SSc", anchor="2015-01-01")
    found = item(facts, "M5")
    assert (found.state, found.due) == (State.NOT_DUE, None)


@pytest.mark.parametrize(
    "reason",
    [{"physiology_met": ("PPF 2022",)}, {"worse_on": day("2025-12-20")}, {"acute_on": day("2025-12-20")}],
)
def test_hrct_is_suggested_by_what_happened_unless_there_is_a_recent_one(reason):
    facts = at("2026-01-15", *done("hrct", "2025-10-14"), diagnosis="SSc", anchor="2015-01-01", **reason)
    found = item(facts, "M5")
    assert (found.state, found.flags, found.due) == (State.PROMPT, ("HRCT_SUGGESTED",), None)
    recent = replace(facts, results=done("hrct", "2025-10-15"))
    assert item(recent, "M5").state is State.NOT_DUE
    assert item(replace(facts, results=()), "M5").state is State.PROMPT


def test_screening_for_pulmonary_hypertension_is_for_ssc_and_mctd():
    for diagnosis, asked in (("lcSSc", 1), ("MCTD", 1), ("DM", 0)):
        assert len(items(at("2024-03-01", diagnosis=diagnosis, anchor="2023-01-01"), "M7")) == asked
    done_once = done("echo", "2024-01-31")
    both = items(at("2025-01-16", *done_once, diagnosis="SSc", anchor="2023-01-01"), "M7")
    assert {(found.item.split(": ")[1], found.state) for found in both} == {
        ("echocardiogram", State.NOT_DUE),
        ("NT-proBNP", State.NEVER_DONE),
    }


def test_a_single_interval_opens_fourteen_days_before():
    facts = at("2024-07-16", *done("symptoms", "2024-01-31"), diagnosis="SSc", anchor="2020-01-01")
    assert item(facts, "M6").state is State.NOT_DUE
    assert item(replace(facts, as_of=day("2024-07-17")), "M6").state is State.WINDOW_OPEN
    assert item(facts, "M6").due == day("2024-07-31")


def test_what_lies_after_the_day_is_ignored():
    facts = at("2024-03-01", *pfts("2024-03-02"), diagnosis="SSc", anchor="2024-01-01", patient=WOMAN)
    assert item(facts, "M1").state is State.NEVER_DONE
