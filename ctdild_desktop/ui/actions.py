"""Every act that a menu or a key can call, declared once: menus, the shortcut sheet and tests read this."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.ui.action_spec import QT_TRANSLATE_NOOP, ActionSpec, When
from ctdild_desktop.ui.meeting_actions import OF_MEETINGS

__all__ = ["ACTIONS", "MENUS", "QT_TRANSLATE_NOOP", "ActionSpec", "When", "action", "menu_words"]


MENUS: tuple[tuple[str, str], ...] = (
    ("file", QT_TRANSLATE_NOOP("Actions", "&File")),
    ("edit", QT_TRANSLATE_NOOP("Actions", "&Edit")),
    ("patient", QT_TRANSLATE_NOOP("Actions", "&Patient")),
    ("record", QT_TRANSLATE_NOOP("Actions", "&Record")),
    ("meeting", QT_TRANSLATE_NOOP("Actions", "Mee&ting")),
    ("view", QT_TRANSLATE_NOOP("Actions", "&View")),
    ("help", QT_TRANSLATE_NOOP("Actions", "&Help")),
)

_PICTURE = ("pictures.timeline_picture", "pictures.write_picture")

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "new_patient",
        "file",
        QT_TRANSLATE_NOOP("Actions", "&New patient…"),
        ("Ctrl+N",),
        acts=("patients.add_patient",),
    ),
    ActionSpec(
        "import",
        "file",
        QT_TRANSLATE_NOOP("Actions", "&Import…"),
        ("Ctrl+I",),
        acts=("imports.import_previewed",),
    ),
    ActionSpec(
        "export",
        "file",
        QT_TRANSLATE_NOOP("Actions", "E&xport…"),
        ("Ctrl+Shift+J",),
        acts=("exporting.export_into",),
    ),
    ActionSpec(
        "print_page",
        "file",
        QT_TRANSLATE_NOOP("Actions", "&Print MDT page…"),
        ("Ctrl+P",),
        When.PATIENT,
        rule_before=True,
        acts=("pages.mdt_page",),
    ),
    ActionSpec(
        "save_picture_png",
        "file",
        QT_TRANSLATE_NOOP("Actions", "Save &time-line as PNG…"),
        ("Ctrl+Shift+S",),
        When.PATIENT,
        acts=_PICTURE,
    ),
    ActionSpec(
        "save_picture_svg",
        "file",
        QT_TRANSLATE_NOOP("Actions", "Save time-line as SV&G…"),
        (),
        When.PATIENT,
        acts=_PICTURE,
    ),
    ActionSpec(
        "save_picture_pdf",
        "file",
        QT_TRANSLATE_NOOP("Actions", "Print ti&me-line as PDF page…"),
        ("Ctrl+Shift+P",),
        When.PATIENT,
        acts=_PICTURE,
    ),
    ActionSpec(
        "backup",
        "file",
        QT_TRANSLATE_NOOP("Actions", "&Back up registry…"),
        ("Ctrl+B",),
        rule_before=True,
        acts=("upkeep.backup",),
    ),
    ActionSpec(
        "verify",
        "file",
        QT_TRANSLATE_NOOP("Actions", "&Verify registry"),
        ("Ctrl+Shift+R",),
        acts=("upkeep.verify",),
    ),
    ActionSpec(
        "backup_now",
        "file",
        QT_TRANSLATE_NOOP("Actions", "Back up n&ow"),
        ("Ctrl+Shift+B",),
        acts=("backups.back_up_now",),
    ),
    ActionSpec(
        "restore",
        "file",
        QT_TRANSLATE_NOOP("Actions", "Re&store backup…"),
        acts=("restoring.restore_over",),
    ),
    ActionSpec(
        "change_passphrase",
        "file",
        QT_TRANSLATE_NOOP("Actions", "Change m&y passphrase…"),
        rule_before=True,
        acts=("people.change_passphrase",),
    ),
    ActionSpec(
        "add_person", "file", QT_TRANSLATE_NOOP("Actions", "&Add a person…"), acts=("people.add_person",)
    ),
    ActionSpec(
        "new_recovery_code",
        "file",
        QT_TRANSLATE_NOOP("Actions", "New recovery &code…"),
        acts=("people.new_recovery_code",),
    ),
    ActionSpec(
        "rotate_keys", "file", QT_TRANSLATE_NOOP("Actions", "Renew all &keys…"), acts=("people.rotate_keys",)
    ),
    ActionSpec("settings", "file", QT_TRANSLATE_NOOP("Actions", "S&ettings…"), ("Ctrl+,",), icon="settings"),
    ActionSpec(
        "lock", "file", QT_TRANSLATE_NOOP("Actions", "&Lock"), ("Ctrl+L",), icon="lock", rule_before=True
    ),
    ActionSpec("quit", "file", QT_TRANSLATE_NOOP("Actions", "&Quit"), ("Ctrl+Q",)),
    ActionSpec("undo", "edit", QT_TRANSLATE_NOOP("Actions", "&Undo"), ("Ctrl+Z",), When.UNDO),
    ActionSpec(
        "copy_picture",
        "edit",
        QT_TRANSLATE_NOOP("Actions", "&Copy time-line"),
        ("Ctrl+Shift+C",),
        When.PATIENT,
        acts=_PICTURE,
    ),
    ActionSpec(
        "find",
        "edit",
        QT_TRANSLATE_NOOP("Actions", "&Find patient"),
        ("Ctrl+K", "F3"),
        icon="search",
        acts=("patients.find",),
    ),
    ActionSpec(
        "edit_patient",
        "patient",
        QT_TRANSLATE_NOOP("Actions", "&Edit details…"),
        ("Ctrl+E",),
        When.PATIENT,
        acts=("patients.edit_patient",),
    ),
    ActionSpec(
        "add_diagnosis",
        "patient",
        QT_TRANSLATE_NOOP("Actions", "Record &diagnosis…"),
        ("Ctrl+Shift+D",),
        When.PATIENT,
        acts=("patients.record_diagnosis",),
    ),
    ActionSpec(
        "add_consent",
        "patient",
        QT_TRANSLATE_NOOP("Actions", "Record &consent…"),
        ("Ctrl+Shift+N",),
        When.PATIENT,
        acts=("consents.record_consent",),
    ),
    ActionSpec(
        "history",
        "patient",
        QT_TRANSLATE_NOOP("Actions", "&History"),
        ("Ctrl+H",),
        When.PATIENT,
        acts=("history.of_patient",),
    ),
    ActionSpec(
        "remove_patient",
        "patient",
        QT_TRANSLATE_NOOP("Actions", "&Remove patient…"),
        (),
        When.PATIENT,
        rule_before=True,
        acts=("patients.remove_patient",),
    ),
    ActionSpec(
        "erase_patient",
        "patient",
        QT_TRANSLATE_NOOP("Actions", "Erase on &legal request…"),
        (),
        When.PATIENT,
        acts=("erasure.erase",),
    ),
    ActionSpec(
        "log_pft",
        "record",
        QT_TRANSLATE_NOOP("Actions", "Log &PFT…"),
        ("Ctrl+T", "F2"),
        When.PATIENT,
        acts=("pft.record_pft",),
    ),
    ActionSpec(
        "paste_report",
        "record",
        QT_TRANSLATE_NOOP("Actions", "Paste rep&ort…"),
        ("Ctrl+R",),
        acts=("report_confirming.confirm_report",),
    ),
    ActionSpec(
        "add_therapy",
        "record",
        QT_TRANSLATE_NOOP("Actions", "&Therapy…"),
        ("Ctrl+Shift+T",),
        When.PATIENT,
        acts=("therapy.start_line",),
    ),
    ActionSpec(
        "add_adverse_event",
        "record",
        QT_TRANSLATE_NOOP("Actions", "&Adverse event…"),
        ("Ctrl+Shift+E",),
        When.PATIENT,
        acts=("adverse_events.record_adverse_event",),
    ),
    ActionSpec(
        "add_hrct",
        "record",
        QT_TRANSLATE_NOOP("Actions", "&HRCT…"),
        ("Ctrl+Shift+H",),
        When.PATIENT,
        acts=("hrct.record_hrct",),
    ),
    ActionSpec(
        "add_procedure",
        "record",
        QT_TRANSLATE_NOOP("Actions", "P&rocedure…"),
        ("Ctrl+Shift+Y",),
        When.PATIENT,
        acts=("procedures.record_procedure",),
    ),
    ActionSpec(
        "add_visit",
        "record",
        QT_TRANSLATE_NOOP("Actions", "&Visit…"),
        ("Ctrl+Shift+V",),
        When.PATIENT,
        acts=("visits.record_visit",),
    ),
    ActionSpec(
        "add_labs",
        "record",
        QT_TRANSLATE_NOOP("Actions", "&Bloods…"),
        ("Ctrl+Shift+O",),
        When.PATIENT,
        rule_before=True,
        acts=("labs.record_labs",),
    ),
    ActionSpec(
        "add_serology",
        "record",
        QT_TRANSLATE_NOOP("Actions", "&Serology…"),
        ("Ctrl+Shift+A",),
        When.PATIENT,
        acts=("serology.record_serology",),
    ),
    ActionSpec(
        "add_heart_test",
        "record",
        QT_TRANSLATE_NOOP("Actions", "&Echo or right-heart catheter…"),
        ("Ctrl+Shift+U",),
        When.PATIENT,
        acts=("heart_tests.record_heart_test",),
    ),
    ActionSpec(
        "add_pro",
        "record",
        QT_TRANSLATE_NOOP("Actions", "&Questionnaire…"),
        ("Ctrl+Shift+Q",),
        When.PATIENT,
        acts=("pros.record_pro",),
    ),
    ActionSpec(
        "attach_files",
        "record",
        QT_TRANSLATE_NOOP("Actions", "Attach &files…"),
        ("Ctrl+Shift+F",),
        When.PATIENT,
        rule_before=True,
        acts=("attachments.add_files",),
    ),
    *OF_MEETINGS,
    ActionSpec("room_today", "view", QT_TRANSLATE_NOOP("Actions", "&Today"), ("Ctrl+1",)),
    ActionSpec(
        "inbox",
        "view",
        QT_TRANSLATE_NOOP("Actions", "In&box of messages"),
        ("Ctrl+J",),
        acts=("inbox_messages.listing",),
    ),
    ActionSpec("room_patients", "view", QT_TRANSLATE_NOOP("Actions", "&Patients"), ("Ctrl+2",)),
    ActionSpec("room_mdt", "view", QT_TRANSLATE_NOOP("Actions", "M&DT"), ("Ctrl+3",)),
    ActionSpec("room_cohort", "view", QT_TRANSLATE_NOOP("Actions", "C&ohort"), ("Ctrl+4",)),
    ActionSpec("room_evidence", "view", QT_TRANSLATE_NOOP("Actions", "E&vidence library"), ("Ctrl+5",)),
    ActionSpec("room_registry", "view", QT_TRANSLATE_NOOP("Actions", "&Registry"), ("Ctrl+6",)),
    ActionSpec(
        "evidence",
        "view",
        QT_TRANSLATE_NOOP("Actions", "&Evidence that concerns the patient"),
        ("Ctrl+Shift+I",),
        When.PATIENT,
    ),
    ActionSpec(
        "plot_key",
        "view",
        QT_TRANSLATE_NOOP("Actions", "&Key to the time-line"),
        ("Ctrl+Shift+G",),
        When.PATIENT,
    ),
    ActionSpec(
        "removed_patients",
        "view",
        QT_TRANSLATE_NOOP("Actions", "Re&moved patients"),
        ("Ctrl+Shift+X",),
        rule_before=True,
        acts=("removed.removed_patients",),
    ),
    ActionSpec(
        "log",
        "view",
        QT_TRANSLATE_NOOP("Actions", "&Log of the registry"),
        ("Ctrl+Shift+L",),
        acts=("history.log",),
    ),
    ActionSpec(
        "quality",
        "view",
        QT_TRANSLATE_NOOP("Actions", "&Quality of the registry"),
        ("F4",),
        acts=("quality.read",),
    ),
    ActionSpec("commands", "help", QT_TRANSLATE_NOOP("Actions", "&Commands…"), ("Ctrl+Shift+K",)),
    ActionSpec("manual", "help", QT_TRANSLATE_NOOP("Actions", "&Manual"), ("F1",)),
    ActionSpec("shortcuts", "help", QT_TRANSLATE_NOOP("Actions", "&Keyboard shortcuts"), ("Ctrl+?",)),
    ActionSpec("open_demo", "help", QT_TRANSLATE_NOOP("Actions", "Learn with &invented patients")),
    ActionSpec(
        "practice_steps",
        "help",
        QT_TRANSLATE_NOOP("Actions", "&Steps of the lessons"),
        ("Ctrl+F1",),
        When.PRACTICE,
    ),
    ActionSpec(
        "leave_practice",
        "help",
        QT_TRANSLATE_NOOP("Actions", "Back to the clinic's &registry"),
        ("Ctrl+F2",),
        When.PRACTICE,
    ),
    ActionSpec("diagnosis", "help", QT_TRANSLATE_NOOP("Actions", "Diagnostic &bundle…"), rule_before=True),
    ActionSpec("licences", "help", QT_TRANSLATE_NOOP("Actions", "&Licences…")),
    ActionSpec("about", "help", QT_TRANSLATE_NOOP("Actions", "&About")),
)


def menu_words(menu: str) -> str:
    """The title of a menu in the reader's language; raises KeyError for an unknown id."""
    return QCoreApplication.translate("Actions", dict(MENUS)[menu])


def action(action_id: str) -> ActionSpec:
    """The declared action of this id; raises KeyError when there is none."""
    return {spec.id: spec for spec in ACTIONS}[action_id]
