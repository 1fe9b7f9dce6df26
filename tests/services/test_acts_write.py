"""Each act writes the tables that are listed for it, and on a server those who may do it are let."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    Consent,
    HeartTest,
    Hrct,
    HrctResult,
    Infusion,
    Lab,
    Patient,
    Pft,
    Pro,
    Procedure,
    Score,
    Serology,
    TherapyLine,
    Visit,
)
from ctdild_desktop.interchange.mapping import Mapping
from ctdild_desktop.interchange.source import source_of
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.models import AuditRow
from ctdild_desktop.services import (
    decisions,
    inbox_messages,
    patients,
    site_criteria,
    today,
    upkeep,
)
from ctdild_desktop.services.desk import Desk, Done
from tests.architecture.test_permissions import ACTS
from tests.support import holloway
from tests.support.act_tables import KEYS, WRITES
from tests.support.desks import PASSPHRASE, as_user, fill, in_a_file
from tests.support.importing import write
from tests.support.mdt import ACTION, SECOND, THIRD, agenda_item, meeting, people
from tests.support.messages import gdt, value

ID = holloway.patient().id

COMPLICATED = Procedure(
    id="",
    date=PartialDate(2026, 1, 7),
    kind="cryobiopsy",
    complication="pneumothorax",
    complication_grade=2,
)

ASKED: dict[str, Any] = {"id": "", "date": PartialDate(2026, 1, 8), "kind": "registry"}


class Observed:
    """Tables that acts wrote at a desk: by the trail, and of those without one by what they hold."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.seen: dict[str, set[str]] = {}

    def __call__(self, name: str, /, *given: Any, **named: Any) -> Any:
        """Do an act by its name."""
        entry, before = self.desk.registry.last_entry(), self._unaudited()
        outcome = ACTS[name](self.desk, *given, **named)
        with self.desk.registry.read() as session:
            query = select(AuditRow.table_name).where(AuditRow.seq > entry, AuditRow.op != "event")
            tables = set(session.execute(query).scalars())
        now = self._unaudited()
        tables |= {table for table in now if now[table] != before[table]}
        self.seen.setdefault(name, set()).update(tables)
        return outcome.value if isinstance(outcome, Done) else outcome

    def _unaudited(self) -> dict[str, Any]:
        with self.desk.registry.read() as session:
            drafts_now = [tuple(row) for row in session.execute(text("SELECT * FROM draft ORDER BY id"))]
        return {"draft": drafts_now, "registry_keys": self.desk.registry.keystore().content()}


def of_files(act: Observed, folder: Path) -> None:
    """One of each act on a file of the patient."""
    letter = folder / "letter.txt"
    letter.write_text("invented", encoding="utf-8")
    (file,) = act("attachments.add_files", ID, [letter])
    act("attachments.amend_file", replace(file, kind="letter"))
    act("attachments.export_file", file.id, folder)
    act("attachments.remove_file", file.id, "another patient's")


def of_messages(act: Observed) -> None:
    """One of each act on messages of a device that hold tests of the patient."""
    fvc, mrn = value("FVC", "2310", "mL"), ("3000", holloway.patient().mrn)
    sources = [
        source_of("a.gdt", gdt(mrn, ("8402", "LUFU01"), ("8432", day), *fvc))
        for day in ("05012026", "06012026")
    ]
    first, second = act("inbox.receive", sources, "window").ids
    act("inbox.set_aside", [first], "no_use")
    act("inbox.bring_back", [first])
    act("inbox.take", inbox_messages.look(act.desk, first))
    act("inbox.take_ready", [second])


def clinical(act: Observed) -> None:
    """One of each act on a patient."""
    day, reason = dt.date(2026, 1, 5), "entered twice"
    visit = act("visits.record_visit", ID, Visit(id="", date=day))
    act("visits.amend_visit", replace(visit, note="x"))
    act("visits.remove_visit", visit.id, reason)
    act("bringing_back.restore_record", replace(visit, note="y"))
    test = act(
        "pft.record_pft",
        ID,
        Pft(id="", date=dt.date(2026, 2, 3), fvc_l=Decimal("2.3")),
        Visit(id="", date=day, mmrc=1),
    )
    act("pft.amend_pft", replace(test, comment="x"), Visit(id="", date=test.date, mmrc=2))
    act("pft.remove_pft", test.id, reason)
    act("removed.restore_removed", Pft, test.id)
    scan = act("hrct.record_hrct", ID, Hrct(id="", date=day, result=HrctResult.STABLE))
    act("hrct.amend_hrct", replace(scan, note="x"))
    act("hrct.remove_hrct", scan.id, reason)
    measured(act, reason)
    event = act(
        "adverse_events.record_adverse_event", ID, replace(holloway.record().adverse_events[0], id="")
    )
    act("adverse_events.amend_adverse_event", replace(event, note="x"))
    act("adverse_events.remove_adverse_event", event.id, reason)
    view = act("patients.record_diagnosis", ID, replace(holloway.record().diagnoses[0], id=""))
    act("patients.amend_diagnosis", replace(view, note="x"))
    act("patients.remove_diagnosis", view.id, reason)
    whole = act("therapy.start_line", ID, _with_every_part())
    act("therapy.amend_line", replace(whole, dose_changes=(), interruptions=(), infusions=()))
    act("therapy.add_infusion", whole.id, Infusion(date=dt.date(2025, 8, 4)))
    act("therapy.change_dose", whole.id, PartialDate(2025, 9), Decimal(1))
    act("therapy.interrupt", whole.id, PartialDate(2025, 10))
    act("therapy.resume", whole.id, PartialDate(2025, 11))
    act("therapy.stop_line", whole.id, PartialDate(2025, 12), None)
    act("therapy.remove_line", whole.id, reason)
    done = act("procedures.record_procedure", ID, COMPLICATED, with_event=True)
    act("procedures.amend_procedure", replace(done, adverse_event_id=None), with_event=True)
    act("procedures.remove_procedure", done.id, reason)
    answer = act("consents.record_consent", ID, Consent(**ASKED, answer="declined"))
    act("consents.amend_consent", replace(answer, answer="given"))
    act("consents.remove_consent", answer.id, reason)
    (row, *_others) = today.work_list(act.desk).patients[ID].rows
    snooze = act("snoozes.put_off", row, act.desk.today() + dt.timedelta(days=9), "comes next week")
    act("snoozes.show_again", snooze.id)
    person = patients.load(act.desk, ID).patient
    act("patients.edit_patient", replace(person, alert_note="x", consent_research="declined"))
    act("patients.remove_patient", ID, reason)
    act("removed.restore_removed_patient", ID)
    act("patients.remove_patient", ID, reason)
    act("bringing_back.restore_patient", replace(holloway.patient(), alert_note="y"))
    act("patients.add_patient", Patient(id="", mrn="N-1", consent_registry="given"))
    act("drafts.save_draft", "pft", ID, {"fvc_l": "2"})
    act("drafts.discard_draft", "pft", ID)


def of_the_team(act: Observed) -> None:
    """One of each act on a meeting, its agenda and what is decided; the case comes from another agenda."""
    other = act("agenda.add_to_agenda", agenda_item(act("meetings.plan_meeting", meeting(4)), THIRD))
    held = act("meetings.plan_meeting", meeting(3))
    act("agenda.amend_agenda_item", replace(other, question="Is it stable?"))
    act("decisions.keep_decision", decisions.draft_decision(act.desk, other.id), [ACTION])
    act("agenda.put_off", other.id, held.id)
    act("agenda.remove_from_agenda", other.id, "entered twice")
    item = act("agenda.add_to_agenda", agenda_item(held, THIRD))
    last = act("agenda.add_to_agenda", agenda_item(held, SECOND))
    act("agenda.order_agenda", held.id, [last.id, item.id])
    act("agenda.remove_from_agenda", last.id, "not ready")
    draft = decisions.draft_decision(act.desk, item.id)
    kept = act("decisions.keep_decision", replace(draft, team_verdict="stable"), [ACTION])
    again = act("meetings.amend_meeting", replace(held, date=held.date + dt.timedelta(days=1)))
    assert decisions.draft_decision(act.desk, item.id) == replace(kept, date=again.date, version=2)
    act.desk.clock.forward(minutes=5)  # what was removed earlier does not come back with the meeting
    act("meetings.remove_meeting", held.id, "entered twice")
    act("removed_meetings.restore_meeting", held.id)
    act("meetings.remove_meeting", held.id, "entered twice")
    after_the_meeting(act)


def after_the_meeting(act: Observed) -> None:
    """One of each act on a decision that is signed, and on the minutes."""
    held = act("meetings.plan_meeting", meeting(3))
    item = act("agenda.add_to_agenda", agenda_item(held, THIRD))
    draft = decisions.draft_decision(act.desk, item.id)
    said = {"team_verdict": "cannot_tell", "recommendations": ("observe",)}
    kept = act("decisions.keep_decision", replace(draft, **said), [ACTION])
    act("decisions.sign_decision", kept.id)
    act("decisions.reopen_decision", kept.id, "wrong dose")
    act("decisions.sign_decision", kept.id)
    act("decisions.add_addendum", kept.id, "The echo was normal.")
    act("decisions.note_letter", kept.id, ("gp",), None)
    act("decisions.answer_carried_out", kept.id, implemented="yes")
    first, second = (
        act("mdt_actions.add_action", replace(ACTION, decision_id=kept.id)) for _time in range(2)
    )
    act("mdt_actions.amend_action", replace(first, owner="Nurse"))
    act("mdt_actions.finish_action", first.id, act.desk.today())
    act("mdt_actions.cancel_action", second.id, "moved away")
    act("meetings.close_meeting", held.id)
    act("meetings.reopen_meeting", held.id, "somebody was left out")
    act("letter_templates.save_template", "patient", "Dear {name}")
    act("letter_templates.reset_template", "patient")
    saved = act("cohort.saved_questions.save_query", "of the trial", "age > 17")
    act("cohort.saved_questions.rename", saved.id, "adults")
    act("cohort.saved_questions.remove", saved.id)
    open_case = act("agenda.add_to_agenda", agenda_item(held))
    act("decisions.keep_decision", decisions.draft_decision(act.desk, open_case.id), [ACTION])


def measured(act: Observed, reason: str) -> None:
    """One of each act on bloods, antibodies, a heart test and a questionnaire."""
    on = PartialDate(2026, 1, 5)
    bloods = (
        Lab(id="", date=on, test="hb", value=Decimal(132), unit="g/L"),
        Lab(id="", date=on, test="hbsag", result="negative"),
    )
    haemoglobin, _hbsag = act("labs.record_labs", ID, bloods)
    act("labs.amend_lab", replace(haemoglobin, note="x"))
    act("labs.remove_lab", haemoglobin.id, reason)
    rows = (Serology(id="", date=on, test="JO1", result="positive"),)
    (antibody,) = act("serology.record_serology", ID, rows)
    act("serology.amend_serology", replace(antibody, note="x"))
    act("serology.remove_serology", antibody.id, reason)
    echo = act(
        "heart_tests.record_heart_test", ID, HeartTest(id="", date=on, kind="echo", rvsp_mmhg=Decimal(35))
    )
    act("heart_tests.amend_heart_test", replace(echo, note="x"))
    act("heart_tests.remove_heart_test", echo.id, reason)
    scores = (Score(scale="lcq", value=Decimal("14.2")),)
    pro = act("pros.record_pro", ID, Pro(id="", date=on, instrument="lcq", scores=scores))
    act("pros.amend_pro", replace(pro, note="x"))
    act("pros.remove_pro", pro.id, reason)


def _with_every_part() -> TherapyLine:
    line = next(line for line in holloway.therapy() if line.interruptions)
    infusions = (Infusion(date=dt.date(2025, 3, 4)),)
    return replace(line, id="", stop=None, stop_reason=None, infusions=infusions)


def of_the_clinic(act: Observed, folder: Path) -> None:
    """One of each act on people, mappings and thresholds, and an import."""
    act(
        "people.add_person",
        login="meise",
        name="B. Meise",
        role="viewer",
        passphrase=PASSPHRASE,
        cost=CHEAPEST,
    )
    act("people.set_role", "meise", "recorder")
    act("people.rename", "meise", "Berta Meise")
    act("people.reset_passphrase", "meise", "words for today", cost=CHEAPEST)
    act("people.change_passphrase", PASSPHRASE, "words for tomorrow", cost=CHEAPEST)
    act("people.remove_person", "meise", "left")
    act("people.reactivate", "meise", PASSPHRASE, cost=CHEAPEST)
    act("people.new_recovery_code", cost=CHEAPEST)
    act("import_mappings.save_mapping", Mapping(name="ours"))
    columns = "mrn,family_name,sex,test_date,fvc_l,mmrc,diagnosis,ild_pattern\n"
    path = write(folder, f"{columns}P1,Holloway,F,2024-05-06,2.51,2,SSc,fNSIP\n")
    act("imports.run_import", [path])
    threshold = act(
        "site_criteria.set_threshold",
        site_criteria.ThresholdDraft(
            name="Ward fall",
            measure=site_criteria.ThresholdMeasure.FVC,
            basis=site_criteria.ThresholdBasis.RELATIVE,
            comparator=site_criteria.Comparator.AT_LEAST,
            amount=Decimal(8),
            window_months=12,
        ),
    )
    act("site_criteria.retire_threshold", threshold.id)
    act("drafts.save_draft", "visit", ID, {"note": "x"})
    why = {"basis": "GDPR 17(1)", "reason": "asked for"}
    act("erasure.record_refused_erasure", ID, **why)
    act("erasure.erase", ID, **why, typed_mrn=holloway.patient().mrn)


@in_a_file
def test_p5_acts_write_the_tables_that_are_listed(desk: Desk, tmp_path: Path) -> None:
    fill(desk, holloway.record(), *people()[1:])
    act = Observed(desk)
    of_the_team(act)
    clinical(act)
    of_messages(act)
    of_files(act, tmp_path)
    of_the_clinic(act, tmp_path)
    assert len(act.seen) > 35
    here = {
        "imports.run_import": {"patient", "diagnosis", "visit", "pft"},  # a table of tests
        "removed.restore_removed": {"pft"},
        "bringing_back.restore_record": {"visit"},
        "inbox.take": {"inbox_message", "pft"},
        "inbox.take_ready": {"inbox_message", "pft"},
        "people.reset_passphrase": KEYS,  # the mark was set already
    }
    for name, tables in act.seen.items():
        assert tables == here.get(name, WRITES[name]), name


def test_p5_on_the_server_a_clinician_and_an_administrator_do_these_acts(
    server_desk: Desk, tmp_path: Path
) -> None:
    fill(server_desk, holloway.record(), *people()[1:])
    clinician = as_user(server_desk, "specht", "T. Specht", "clinician")
    of_the_team(Observed(clinician))
    clinical(Observed(clinician))
    of_messages(Observed(clinician))
    of_files(Observed(clinician), tmp_path)
    of_the_clinic(Observed(server_desk), tmp_path)
    assert upkeep.verify(server_desk).ok
