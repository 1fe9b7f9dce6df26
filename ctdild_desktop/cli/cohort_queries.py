"""``ctdild cohort queries``, and the question that ``--query`` names or writes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ctdild_desktop.services.cohort.data import Chosen
    from ctdild_desktop.services.desk import Desk

DEFINITIONS = {"queries": "The saved questions, which --query takes by name."}


def chosen(desk: Desk, text: str, as_of: dt.date | None) -> Chosen:
    """Those of a saved name, or of an expression.

    Raises:
        RefusedError: it is neither.
    """
    from ctdild_desktop.services.cohort.data import Chosen
    from ctdild_desktop.services.cohort.saved_questions import find

    return Chosen(query=find(desk, text), as_of=as_of)


def listed(desk: Desk) -> dict[str, Any]:
    """All saved questions."""
    from ctdild_desktop.services.cohort.saved_questions import saved

    found = saved(desk)
    return {
        "n": len(found),
        "queries": [
            {
                "name": one.name,
                "query": one.text,
                "changed_by": one.changed_by,
                "changed_at": one.changed_at.isoformat(),
                "problem": one.problem or None,
            }
            for one in found
        ],
    }
