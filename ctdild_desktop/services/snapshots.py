"""What the team saw when it signed, as JSON that never changes."""

from __future__ import annotations

import json

from ctdild_desktop.clinical.records import Action, Decision
from ctdild_desktop.services import rows
from ctdild_desktop.services.desk import Desk, for_everybody


@for_everybody
def freeze(desk: Desk, decision: Decision, actions: tuple[Action, ...]) -> str:
    """The decision and what is to be done, as they are when the decision is signed."""
    held = {
        "decision": {**rows.values_of(decision), "snapshot": ""},
        "actions": [rows.values_of(action) for action in actions],
        "demo": desk.demo,
    }
    return json.dumps(held, default=str, ensure_ascii=False, sort_keys=True)
