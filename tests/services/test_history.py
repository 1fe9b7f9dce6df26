"""A patient's history and the registry's log, as the acts of people made them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from time import perf_counter

import pytest
from sqlalchemy import insert

from ctdild_desktop.clinical.records import Pft
from ctdild_desktop.registry.models import PatientRow, VisitRow, new_id
from ctdild_desktop.services import history, pages, patients, pft, therapy, upkeep
from ctdild_desktop.services.desk import Desk, RefusedError, Role
from ctdild_desktop.services.history import LogFilter
from tests.support.desks import Clock, as_user, fill, in_a_file
from tests.support.holloway import record as holloway

PATIENT = holloway().patient.id


@pytest.fixture
def filled(desk: Desk, clock: Clock) -> Desk:
    fill(desk, holloway())
    clock.forward(minutes=5)
    return desk


def latest(desk: Desk) -> Pft:
    return patients.load(desk, PATIENT).tests[-1]


def test_an_entry_says_who_when_what_and_why(filled: Desk, clock: Clock) -> None:
    second = as_user(filled, "specht", "T. Specht", "clinician")
    clock.forward(minutes=5)
    test = latest(filled)
    done = pft.amend_pft(second, replace(test, fvc_l=Decimal("2.13")), confirmed=("fvc_l",), reason="misread")
    clock.forward(hours=1)
    assert done.undo is not None
    done.undo()
    undone, changed, made = history.of_patient(filled, PATIENT).entries
    assert (changed.who, changed.reason) == ("T. Specht", "misread")
    assert changed.at == dt.datetime(2026, 3, 12, 10, 10, tzinfo=dt.UTC)
    local = changed.at.astimezone()
    assert changed.when == f"12.03.2026 {local:%H:%M}"
    assert changed.text == "changed PFT 12.03.2026: FVC 2.31 L → 2.13 L"
    assert undone.text == "changed PFT 12.03.2026: FVC 2.13 L → 2.31 L"
    assert undone.reason.startswith("Undo: ")
    assert "Tests" in changed.groups
    assert made.who == "R. Amsel"
    assert len(made.items) > 60
    assert any(item.text.startswith("added PFT 12.03.2026: FVC 2.31 L") for item in made.items)
    assert not any(
        holloway().patient.id in item.text or "holloway ingrid" in item.text for item in made.items
    )


def test_a_removal_and_its_undo_are_told_with_the_reason(filled: Desk) -> None:
    done = pft.remove_pft(filled, latest(filled).id, "entered twice")
    assert done.undo is not None
    done.undo()
    restored, removed = history.of_patient(filled, PATIENT).entries[:2]
    assert (removed.text, removed.reason) == ("removed PFT 12.03.2026", "entered twice")
    assert restored.text == "restored PFT 12.03.2026"


def test_a_change_of_a_line_names_the_drug_and_not_the_row(filled: Desk) -> None:
    line = next(item for item in patients.load(filled, PATIENT).therapy if item.dose_changes)
    therapy.amend_line(filled, replace(line, dose_changes=line.dose_changes[:-1]))
    entry = history.of_patient(filled, PATIENT).entries[0]
    assert [item.verb for item in entry.items] == ["removed"]
    assert entry.items[0].name.startswith("dose of Prednisolone from ")


def test_views_and_prints_are_in_the_history_and_can_be_asked_for_alone(filled: Desk, clock: Clock) -> None:
    patients.note_opened(filled, PATIENT, "search")
    clock.forward(minutes=1)
    pages.mdt_page(filled, PATIENT, pseudonymised=True)
    printed, viewed = history.of_patient(filled, PATIENT, group="Views and prints").entries
    assert viewed.text == "record viewed: from search"
    assert printed.text == "MDT page made: data up to 12.03.2026; pseudonymised yes"
    assert len(history.of_patient(filled, PATIENT).entries) == 3
    (made,) = history.of_patient(filled, PATIENT, group="Imaging").entries
    assert {item.group for item in made.items} == {"Imaging"}
    assert history.of_patient(filled, PATIENT, group="Exports").entries == ()


def test_the_groups_of_a_patient_are_those_that_can_concern_one() -> None:
    groups = history.patient_groups()
    assert {"Details", "Tests", "Therapy", "Views and prints", "Exports"} <= set(groups)
    assert {"Sign-ins", "People and roles", "Settings", "Backups and checks"}.isdisjoint(groups)


def many_acts(desk: Desk, clock: Clock, acts: int, rows: int) -> str:
    """A patient whose record was added to in so many acts of so many rows each."""
    patient_id, now = new_id(), clock()
    stamps = {"created_at": now, "created_by": desk.login, "updated_at": now, "updated_by": desk.login}
    with desk.registry.write(desk.login, "patient") as session:
        session.add(PatientRow(id=patient_id, mrn="MANY"))
    for number in range(acts):
        clock.forward(minutes=1)
        with desk.registry.write(desk.login, f"act {number}") as session:
            visit = {"version": 1, "patient_id": patient_id, "source": "typed", "note": "", **stamps}
            day = dt.date(2000, 1, 1) + dt.timedelta(days=number)
            session.execute(insert(VisitRow), [{**visit, "id": new_id(), "date": day} for _ in range(rows)])
    return patient_id


def test_pages_follow_one_another_without_a_gap_or_a_repeat(desk: Desk, clock: Clock) -> None:
    patient_id = many_acts(desk, clock, 130, 7)
    seen: list[str] = []
    before = None
    while True:
        page = history.of_patient(desk, patient_id, before=before, limit=40)
        assert page.entries
        seen += [entry.reason for entry in page.entries]
        assert all(len(entry.items) == 7 for entry in page.entries if entry.reason != "patient")
        before = page.older
        if before is None:
            break
    assert seen == [*(f"act {number}" for number in reversed(range(130))), "patient"]


def test_a_large_act_is_one_entry_of_a_page_and_told_in_numbers(desk: Desk, clock: Clock) -> None:
    patient_id = many_acts(desk, clock, 3, 900)
    page = history.of_patient(desk, patient_id, limit=2)
    assert [entry.reason for entry in page.entries] == ["act 2"]
    assert page.entries[0].text == "added 900 × visit"
    rest = history.of_patient(desk, patient_id, before=page.older)
    assert [entry.reason for entry in rest.entries] == ["act 1"]


def test_a_page_of_a_long_history_comes_at_once(desk: Desk, clock: Clock) -> None:
    patient_id = many_acts(desk, clock, 20, 200)
    history.of_patient(desk, patient_id)
    spent = []
    for _ in range(5):
        began = perf_counter()
        history.of_patient(desk, patient_id)
        spent.append(perf_counter() - began)
    assert min(spent) < 0.25


def test_nobody_s_history_is_empty(desk: Desk) -> None:
    assert history.of_patient(desk, "f" * 32) == history.Page(())


def test_the_log_tells_everything_with_the_patient_it_is_about(filled: Desk, clock: Clock) -> None:
    pft.remove_pft(filled, latest(filled).id, "entered twice")
    clock.forward(minutes=1)
    upkeep.verify(filled)
    page = history.log(filled, LogFilter())
    checked, removed, made = page.entries[:3]
    assert (checked.text, checked.about) == ("registry verified: all in order yes", "")
    assert removed.about == "HOLLOWAY, Ingrid (DEMO-0417)"
    assert "added 15 × PFT" in made.text
    assert page.entries[-1].reason == "registry made"
    assert {"person amsel", "registry"} <= {item.name for item in page.entries[-1].items}


@in_a_file
def test_the_log_can_be_limited_to_a_person_a_group_and_a_period(filled: Desk, clock: Clock) -> None:
    second = as_user(filled, "specht", "T. Specht", "clinician")
    clock.forward(days=2)
    pft.remove_pft(second, latest(filled).id, "entered twice")
    (one,) = history.log(filled, LogFilter(login="specht")).entries
    assert one.text == "removed PFT 12.03.2026"
    (roles,) = history.log(filled, LogFilter(group="People and roles", first=dt.date(2026, 3, 12))).entries[
        :1
    ]
    assert roles.text.startswith("added person specht")
    day = dt.date(2026, 3, 14)
    assert [entry.who for entry in history.log(filled, LogFilter(first=day)).entries] == ["T. Specht"]
    assert "T. Specht" not in {
        entry.who for entry in history.log(filled, LogFilter(last=dt.date(2026, 3, 13))).entries
    }
    assert history.log(filled, LogFilter(first=dt.date(2026, 4, 1))).entries == ()
    assert history.people(filled) == (("amsel", "R. Amsel"), ("specht", "T. Specht"))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_read_the_log(filled: Desk, role: Role) -> None:
    other = as_user(filled, "specht", "T. Specht", role)
    with pytest.raises(RefusedError, match="log of the registry needs administrator"):
        history.log(other, LogFilter())
    assert history.of_patient(other, PATIENT).entries
