"""Decisions of the team and what is to be done after them, as table rows."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.records import Action, Decision, PatientRecord
from ctdild_desktop.services.decision_text import action_state, again, carried_out, recommended
from ctdild_desktop.ui.patient.record_model import Column, Row


def _tr(text: str) -> str:
    return QCoreApplication.translate("MdtTab", text)


def decision_columns() -> tuple[Column, ...]:
    """Columns of the decisions."""
    return (
        Column(_tr("Date")),
        Column(_tr("Question"), stretch=True),
        Column(_tr("Diagnosis"), drop=1),
        Column(_tr("Team verdict"), strong=True),
        Column(_tr("Recommendation"), stretch=True),
        Column(_tr("Again"), drop=3, hint=_tr("when it is discussed again")),
        Column(_tr("Actions"), hint=_tr("how many of them are still open")),
        Column(_tr("Carried out")),
        Column(_tr("Signed"), drop=2),
    )


def decision_rows(record: PatientRecord) -> tuple[Row, ...]:
    """Newest first."""
    newest = sorted(record.decisions, key=lambda one: (one.date, one.id), reverse=True)
    return tuple(_decision(one, record.actions) for one in newest)


def _decision(one: Decision, actions: tuple[Action, ...]) -> Row:
    mine = [action for action in actions if action.decision_id == one.id]
    waiting = sum(action.status == "open" for action in mine)
    counted = _tr("{open} of {count} open").format(open=waiting, count=len(mine)) if mine else ""
    known = (codes.diagnoses().get(one.diagnosis), codes.patterns().get(one.pattern))
    diagnosed = ", ".join(entry.short for entry in known if entry is not None)
    return Row(
        "decision",
        one.id,
        (
            wording.day(one.date),
            one.question,
            diagnosed,
            wording.capital(codes.label("team_verdict", one.team_verdict)),
            recommended(one).replace("\n", ": "),
            again(one),
            counted,
            carried_out(one),
            wording.day(one.signed_at.astimezone().date())
            if one.signed_at is not None
            else _tr("not signed"),
        ),
        quiet=not one.signed,
    )


def action_columns() -> tuple[Column, ...]:
    """Columns of the actions."""
    return (
        Column(_tr("Action"), stretch=True, strong=True),
        Column(_tr("Owner")),
        Column(_tr("Due")),
        Column(_tr("State")),
        Column(_tr("Meeting"), drop=1),
        Column(_tr("Note"), quiet=True, drop=2),
    )


def action_rows(record: PatientRecord) -> tuple[Row, ...]:
    """Open ones first, those that are due first; then what was done, the latest first."""
    days = {one.id: one.date for one in record.decisions}
    waiting = [one for one in record.actions if one.status == "open"]
    waiting.sort(key=lambda one: (one.due is None, one.due, one.what))
    closed = [one for one in record.actions if one.status != "open"]
    closed.sort(key=lambda one: (one.done_date is not None, one.done_date, one.what), reverse=True)
    return tuple(
        Row(
            "action",
            one.id,
            (
                one.what,
                one.owner,
                wording.day(one.due) if one.due is not None else "",
                action_state(one),
                wording.day(days[one.decision_id]) if one.decision_id in days else "",
                one.note,
            ),
            quiet=one.status != "open",
        )
        for one in (*waiting, *closed)
    )
