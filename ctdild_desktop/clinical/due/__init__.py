"""The due list: what a clinic's rules ask for in one patient on one day, with reason and source.

Rules are data (``resources/due/rules.csv``); :func:`due_items` is pure. It states what a rule says and never
advises a treatment. A patient with ILD always has lines; only the dead and those who withdrew have none.
"""

from __future__ import annotations

from ctdild_desktop.clinical.due.engine import due_items
from ctdild_desktop.clinical.due.facts import Anchor, DueFacts, Met, Result
from ctdild_desktop.clinical.due.item import DueItem
from ctdild_desktop.clinical.due.table import Rule, RuleError, RuleTable, default_rules, parse_rules
from ctdild_desktop.clinical.due.timing import State

__all__ = [
    "Anchor",
    "DueFacts",
    "DueItem",
    "Met",
    "Result",
    "Rule",
    "RuleError",
    "RuleTable",
    "State",
    "default_rules",
    "due_items",
    "parse_rules",
]
