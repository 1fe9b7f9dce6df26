"""Reasons that the program itself wrote into the trail, in English as all that is kept, told for people."""

from __future__ import annotations

from ctdild_desktop.language import marked, retold, say

_OWN = frozenset(
    {
        marked("account switched on again"),
        marked("invented meetings for demonstration"),
        marked("invented patients for demonstration"),
        marked("import taken back"),
        marked("keys renewed"),
        marked("message brought back"),
        marked("message read again"),
        marked("message received"),
        marked("message set aside"),
        marked("message taken"),
        marked("messages taken"),
        marked("name changed"),
        marked("new recovery code"),
        marked("own passphrase changed"),
        marked("own threshold set"),
        marked("passphrase reset"),
        marked("recovery code used"),
        marked("registry copied"),
        marked("registry made"),
        marked("replaced with a change of the line"),
        marked("restored from a backup"),
        marked("role changed"),
    }
)
_WITH_MORE = {
    "Undo: import of ": marked("Undo: import of {what}"),
    "Redo: import of ": marked("Redo: import of {what}"),
    "Undo: role of ": marked("Undo: role of {what}"),
    "Undo: name of ": marked("Undo: name of {what}"),
    "Undo: ": marked("Undo: {what}"),
    "Import of ": marked("Import of {what}"),
    "import mapping ": marked("import mapping {what}"),
    "new recorder": marked("new person with the role recorder"),
    "new viewer": marked("new person with the role viewer"),
    "new clinician": marked("new person with the role clinician"),
    "new coordinator": marked("new person with the role coordinator"),
    "new administrator": marked("new person with the role administrator"),
}
"""By how a reason begins; what follows may be a sentence of the program, too."""


def reason_told(reason: str) -> str:
    """A reason of the trail in the language in use: the program's own are told, what was typed stays."""
    if reason in _OWN:
        return say(reason)
    for start, message in _WITH_MORE.items():
        if reason.startswith(start) and ("{what}" in message or reason == start):
            return (
                say(message, what=retold(reason.removeprefix(start))) if "{what}" in message else say(message)
            )
    return reason
