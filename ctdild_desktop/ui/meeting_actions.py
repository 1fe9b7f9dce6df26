"""The acts of the menu of meetings."""

from __future__ import annotations

from ctdild_desktop.ui.action_spec import ActionSpec, When
from ctdild_desktop.ui.menus import QT_TRANSLATE_NOOP

OF_MEETINGS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "new_meeting",
        "meeting",
        QT_TRANSLATE_NOOP("Actions", "&New meeting…"),
        ("Ctrl+M",),
        acts=("meetings.plan_meeting",),
    ),
    ActionSpec(
        "edit_meeting",
        "meeting",
        QT_TRANSLATE_NOOP("Actions", "&Edit meeting…"),
        ("Ctrl+Shift+W",),
        When.MEETING,
        acts=("meetings.meeting_of",),
    ),
    ActionSpec(
        "add_to_agenda",
        "meeting",
        QT_TRANSLATE_NOOP("Actions", "Put the patient on an &agenda…"),
        ("Ctrl+Shift+M",),
        When.PATIENT,
        acts=("agenda.add_to_agenda",),
    ),
    ActionSpec(
        "put_off_case",
        "meeting",
        QT_TRANSLATE_NOOP("Actions", "Put the case &off…"),
        ("Ctrl+O",),
        When.MEETING,
        acts=("agenda.put_off",),
    ),
    ActionSpec(
        "present",
        "meeting",
        QT_TRANSLATE_NOOP("Actions", "&Present the case"),
        ("F5",),
        When.MEETING,
        rule_before=True,
        acts=("meetings.meeting_view",),
    ),
    ActionSpec(
        "mdt_pack",
        "meeting",
        QT_TRANSLATE_NOOP("Actions", "Pac&k of the meeting…"),
        ("F6",),
        When.MEETING,
        acts=("pack.pack",),
    ),
    ActionSpec(
        "mdt_minutes",
        "meeting",
        QT_TRANSLATE_NOOP("Actions", "&Minutes…"),
        ("F7",),
        When.MEETING,
        acts=("minutes.minutes",),
    ),
    ActionSpec(
        "sign_minutes",
        "meeting",
        QT_TRANSLATE_NOOP("Actions", "&Sign the minutes, or open them again…"),
        ("Shift+F7",),
        When.MEETING,
        acts=("meetings.close_meeting",),
    ),
    ActionSpec(
        "mdt_letters",
        "meeting",
        QT_TRANSLATE_NOOP("Actions", "&Letters on the case…"),
        ("F8",),
        When.MEETING,
        acts=("letters.letter",),
    ),
    ActionSpec(
        "letter_texts",
        "meeting",
        QT_TRANSLATE_NOOP("Actions", "&Texts of the letters…"),
        ("Shift+F8",),
        rule_before=True,
        acts=("letter_templates.stored",),
    ),
    ActionSpec(
        "carried_out",
        "meeting",
        QT_TRANSLATE_NOOP("Actions", "What was &carried out"),
        ("F9",),
        acts=("carried_out.carried_out",),
    ),
)
