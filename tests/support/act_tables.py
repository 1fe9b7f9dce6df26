"""The tables that each act writes, besides the trail."""

from __future__ import annotations

LINE = frozenset({"therapy_line", "dose_change", "interruption", "infusion"})

MEASURED = frozenset({"lab", "serology", "heart_test", "pro"})

RECORDS = (
    LINE
    | MEASURED
    | {"patient", "diagnosis", "visit", "pft", "hrct", "adverse_event", "procedure", "consent"}
    | {"attachment", "snooze", "agenda_item", "decision", "action"}
)

CASE = frozenset({"agenda_item", "decision", "action"})

KEYS = frozenset({"registry_keys"})

IMPORTED = LINE | {
    *("patient", "diagnosis", "visit", "pft", "hrct", "adverse_event", "lab", "consent"),
    *("serology", "pro", "heart_test", "procedure"),
}

WRITES: dict[str, frozenset[str]] = {
    **{f"acts.{name}": RECORDS | {"attachment_content"} for name in ("transact", "perform")},
    "steps.take": RECORDS | {"attachment_content"},
    **{f"entries.{name}": RECORDS for name in ("keep", "amend", "remove")},
    "entries.keep_all": frozenset({"lab", "serology"}),
    **{
        f"adverse_events.{name}_adverse_event": frozenset({"adverse_event"})
        for name in ("record", "amend", "remove")
    },
    "attachments.add_files": frozenset({"attachment", "attachment_content"}),
    **{f"attachments.{name}_file": frozenset({"attachment"}) for name in ("amend", "remove")},
    "attachments.export_file": frozenset(),
    "pictures.write_picture": frozenset(),
    "bringing_back.restore_record": RECORDS,
    "bringing_back.restore_patient": frozenset({"patient"}),
    "demo.fill": RECORDS,
    "demo.team.hold_meetings": CASE | {"meeting"},
    "meetings.plan_meeting": frozenset({"meeting"}),
    "meetings.amend_meeting": frozenset({"meeting", "decision"}),
    **dict.fromkeys(("meetings.remove_meeting", "removed_meetings.restore_meeting"), CASE | {"meeting"}),
    **{f"meetings.{name}_meeting": frozenset({"meeting"}) for name in ("close", "reopen")},
    **{f"agenda.{name}": frozenset({"agenda_item"}) for name in ("add_to_agenda", "amend_agenda_item")},
    "agenda.remove_from_agenda": CASE,
    "agenda.order_agenda": frozenset({"agenda_item"}),
    "agenda.put_off": frozenset({"agenda_item", "decision"}),
    "decisions.keep_decision": frozenset({"decision", "action"}),
    **{
        f"cohort.saved_questions.{name}": frozenset({"saved_query"})
        for name in ("save_query", "rename", "remove")
    },
    **{f"letter_templates.{name}_template": frozenset({"letter_template"}) for name in ("save", "reset")},
    **{
        f"decisions.{name}": frozenset({"decision"})
        for name in (
            *("sign_decision", "reopen_decision", "add_addendum", "answer_carried_out", "note_letter"),
        )
    },
    **{f"mdt_actions.{name}_action": frozenset({"action"}) for name in ("add", "amend", "finish", "cancel")},
    **{
        f"consents.{name}_consent": frozenset({"consent", "patient"})
        for name in ("record", "amend", "remove")
    },
    **{f"drafts.{name}_draft": frozenset({"draft"}) for name in ("save", "discard")},
    "erasure.erase": RECORDS | {"attachment_content", "draft", "erasure", "inbox_message", "inbox_content"},
    "erasure.record_refused_erasure": frozenset(),
    **{f"heart_tests.{name}_heart_test": frozenset({"heart_test"}) for name in ("record", "amend", "remove")},
    **{f"hrct.{name}_hrct": frozenset({"hrct"}) for name in ("record", "amend", "remove")},
    **{f"imports.{name}": IMPORTED for name in ("run_import", "import_previewed")},
    **{f"import{name}": IMPORTED for name in ("_batch.write_plan", "s.write_shown")},
    "exporting.export_registry": frozenset(),
    "exporting.export_into": frozenset(),
    "exporting.export_identified": frozenset(),
    "import_exported.import_set": RECORDS | {"meeting"},
    "scheduled_import.import_or_keep": IMPORTED | {"inbox_message", "inbox_content"},
    "inbox.receive": frozenset({"inbox_message", "inbox_content"}),
    **{f"inbox.{name}": IMPORTED | {"inbox_message"} for name in ("take", "take_ready")},
    **{f"inbox.{name}": frozenset({"inbox_message"}) for name in ("set_aside", "bring_back")},
    "inbox.try_again": frozenset({"inbox_message"}),  # and what it says, by a right to that column
    "import_mappings.save_mapping": frozenset({"import_mapping"}),
    **{f"snoozes.{name}": frozenset({"snooze"}) for name in ("put_off", "show_again")},
    **{f"labs.{name}": frozenset({"lab"}) for name in ("record_labs", "amend_lab", "remove_lab")},
    **{f"patients.{name}_patient": frozenset({"patient", "consent"}) for name in ("add", "edit")},
    "patients.remove_patient": frozenset({"patient"}),
    **{f"patients.{name}_diagnosis": frozenset({"diagnosis"}) for name in ("record", "amend", "remove")},
    **{f"people.{name}": KEYS | {"app_user"} for name in ("add_person", "remove_person", "reactivate")},
    "people.set_role": frozenset({"app_user"}),
    "people.rename": frozenset({"app_user"}),
    "people.reset_passphrase": KEYS | {"app_user"},
    "people.change_passphrase": KEYS,  # and the mark of one's own account, by a right to that column
    "people.new_recovery_code": KEYS,
    "people.rotate_keys": KEYS | {"audit_key"},
    **{f"pft.{name}_pft": frozenset({"pft", "visit"}) for name in ("record", "amend")},
    "pft.remove_pft": frozenset({"pft"}),
    **{
        f"procedures.{name}_procedure": frozenset({"procedure", "adverse_event"})
        for name in ("record", "amend")
    },
    "procedures.remove_procedure": frozenset({"procedure"}),
    **{f"pros.{name}_pro": frozenset({"pro"}) for name in ("record", "amend", "remove")},
    **{f"serology.{name}_serology": frozenset({"serology"}) for name in ("record", "amend", "remove")},
    "removed.restore_removed": RECORDS,
    "removed.restore_removed_patient": frozenset({"patient"}),
    **{
        f"site_criteria.{name}": frozenset({"site_criterion"})
        for name in ("set_threshold", "retire_threshold")
    },
    **{f"therapy.{name}": LINE for name in ("start_line", "amend_line")},
    "therapy.remove_line": frozenset({"therapy_line"}),
    "therapy.stop_line": frozenset({"therapy_line"}),
    "therapy.change_dose": frozenset({"therapy_line", "dose_change"}),
    "therapy.interrupt": frozenset({"therapy_line", "interruption"}),
    "therapy.resume": frozenset({"therapy_line", "interruption"}),
    "therapy.add_infusion": frozenset({"therapy_line", "infusion"}),
    **{f"visits.{name}_visit": frozenset({"visit"}) for name in ("record", "amend", "remove")},
}
"""The tables that each act writes, besides the trail. Run below where it is cheap."""
