"""Which role may do which act, asked before an act is offered; the act itself checks again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ctdild_desktop.language import marked
from ctdild_desktop.services.desk import (
    EVERYBODY,
    LEADING,
    RECORDING,
    Desk,
    Role,
    for_everybody,
    refusal,
)

_KEEPING = (Role.COORDINATOR, Role.ADMINISTRATOR)
_MINDING = (Role.ADMINISTRATOR,)
_OFFERED: tuple[tuple[Iterable[Role], str, tuple[str, ...]], ...] = (
    (
        EVERYBODY,
        "",
        (
            *("carried_out.carried_out", "history.of_patient", "letter_templates.stored", "letters.letter"),
            *("meetings.meeting_of", "meetings.meeting_view", "minutes.minutes", "pack.pack"),
            *("pages.mdt_page", "patients.find", "people.change_passphrase", "quality.read"),
            *("removed.removed_patients", "upkeep.verify"),
        ),
    ),
    (
        RECORDING,
        marked("recording"),
        (
            *("adverse_events.record_adverse_event", "agenda.add_to_agenda", "attachments.add_files"),
            *("consents.record_consent", "heart_tests.record_heart_test", "hrct.record_hrct"),
            *("labs.record_labs", "patients.add_patient", "patients.edit_patient"),
            *("patients.record_diagnosis", "pft.record_pft", "procedures.record_procedure"),
            *("pros.record_pro", "report_confirming.confirm_report", "serology.record_serology"),
            *("therapy.start_line", "visits.record_visit"),
        ),
    ),
    (
        RECORDING,
        marked("taking a picture of a record"),
        ("pictures.timeline_picture", "pictures.write_picture"),
    ),
    (RECORDING, marked("the inbox"), ("inbox_messages.listing",)),
    (LEADING, marked("exporting"), ("exporting.export_into",)),
    (LEADING, marked("removing a patient"), ("patients.remove_patient",)),
    (LEADING, marked("planning meetings"), ("meetings.plan_meeting",)),
    (LEADING, marked("putting a case off"), ("agenda.put_off",)),
    (LEADING, marked("signing the minutes"), ("meetings.close_meeting",)),
    (_KEEPING, marked("importing"), ("imports.import_previewed",)),
    (_KEEPING, marked("a backup"), ("backups.back_up_now", "upkeep.backup")),
    (_MINDING, marked("a restore"), ("restoring.restore_over",)),
    (_MINDING, marked("adding a person"), ("people.add_person",)),
    (_MINDING, marked("a new recovery code"), ("people.new_recovery_code",)),
    (_MINDING, marked("renewing the keys"), ("people.rotate_keys",)),
    (_MINDING, marked("erasing a person"), ("erasure.erase",)),
    (_MINDING, marked("reading the log of the registry"), ("history.log",)),
)
"""The acts that menus offer as their services declare them, so that a menu need not load the services."""
_NEEDED = {name: (frozenset(roles), words) for roles, words, names in _OFFERED for name in names}


def roles_of(act: Callable[..., Any]) -> frozenset[Role]:
    """The roles that may do an act.

    Args:
        act: a function of a service, declared by ``requires`` or ``for_everybody``.

    Raises:
        TypeError: it is another function, which declares no roles.
    """
    roles: frozenset[Role] | None = getattr(act, "__roles__", None)
    if roles is None:
        raise TypeError(f"{getattr(act, '__qualname__', act)} declares no roles")
    return roles


def may(who: Desk | str, act: Callable[..., Any]) -> bool:
    """Whether the person at a desk, or a role, may do an act; raises TypeError as :func:`roles_of` does."""
    role = who.role if isinstance(who, Desk) else who
    return role in roles_of(act)


def why_not(who: Desk | str, act: Callable[..., Any]) -> str:
    """Why a person or a role may not do an act, as the act itself would say it; empty when they may."""
    role = who.role if isinstance(who, Desk) else who
    return "" if may(who, act) else refusal(role, roles_of(act), getattr(act, "__doing__", "it"))


def why_not_offered(role: str, name: str) -> str:
    """As :func:`why_not` of a role, of an act that a menu offers, by its name: ``patients.add_patient``.

    Raises:
        KeyError: no menu offers such an act.
    """
    roles, words = _NEEDED[name]
    return "" if role in roles else refusal(role, roles, words)


@for_everybody
def role_changed(desk: Desk) -> bool:
    """Take the role that the person has now; tells whether it is another one than before.

    Raises:
        RegistryError: the registry cannot be read.
    """
    before, now = desk.role, desk.registry.role_of(desk.login)
    desk.role = now or desk.role
    return desk.role != before
