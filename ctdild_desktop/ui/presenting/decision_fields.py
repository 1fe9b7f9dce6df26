"""The fields of a decision in the order in which people talk, and the decision that they say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QCoreApplication

from ctdild_desktop import language
from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.records import Decision
from ctdild_desktop.ui.dialogs.field_form import FormField
from ctdild_desktop.ui.dialogs.texts import coded, pairs
from ctdild_desktop.ui.widgets.checks_field import ChecksField
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import PartialDateField, TextField
from ctdild_desktop.ui.widgets.long_text_field import LongTextField
from ctdild_desktop.ui.widgets.option_field import Option, OptionField

NAMES = (
    "presenter",
    "diagnosis",
    "pattern",
    "confidence",
    "behaviour",
    "team_verdict",
    "verdict_reason",
    "recommendations",
    "recommendation",
    "preference",
    "dissent",
    "next_date",
    "next_trigger",
)
BEFORE_ACTIONS = NAMES[:11]
"""Fields above the table of actions; the others stand below it."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("DecisionForm", text)


def fields_of(today: Callable[[], dt.date]) -> tuple[tuple[str, FormField], ...]:
    """Each field with its caption."""
    return (
        (_tr("&Presented by"), TextField("presenter", _tr("Presented by"), max_length=120)),
        (
            _tr("&Diagnosis"),
            ChoiceField("diagnosis", _tr("Diagnosis"), pairs(codes.diagnoses()), searchable=True),
        ),
        (
            _tr("Pa&ttern"),
            ChoiceField("pattern", _tr("ILD pattern"), pairs(codes.patterns()), searchable=True),
        ),
        (_tr("Con&fidence"), _confidence()),
        (_tr("&Behaviour"), _behaviour()),
        (_tr("Team &verdict"), _verdict()),
        (_tr("Differs, &why"), TextField("verdict_reason", _tr("Why the team differs from the criteria"))),
        (
            _tr("&Recommend"),
            ChecksField("recommendations", _tr("Recommended"), _recommended(), columns=3),
        ),
        (_tr("&In words"), LongTextField("recommendation", _tr("Recommendation in words"))),
        (_tr("Patient &wishes"), TextField("preference", _tr("What the patient wishes"))),
        (_tr("Di&ssent"), TextField("dissent", _tr("Dissent"))),
        (_tr("Discuss &again"), PartialDateField("next_date", _tr("Discuss again on"), today)),
        (_tr("&or when"), TextField("next_trigger", _tr("Discuss again when"), max_length=200)),
    )


def _confidence() -> OptionField:
    options = (
        Option("definite", "≥ 90", "9"),
        Option("high", "70–89", "7"),
        Option("low", "51–69", "5"),
        Option("unclassifiable", _tr("unclassifiable"), "u"),
    )
    return OptionField("confidence", _tr("Confidence in %"), options, keys_shown=False)


def _behaviour() -> OptionField:
    options = (
        Option("reversible", _tr("Reversible"), "r"),
        Option("reversible_risk", _tr("With risk"), "w"),
        Option("stable", _tr("Stable"), "s"),
        Option("progressive_may_stabilise", _tr("May stabilise"), "m"),
        Option("progressive", _tr("Progressive"), "p"),
    )
    return OptionField("behaviour", _tr("Behaviour"), options, columns=3, keys_shown=False)


def _verdict() -> OptionField:
    options = (
        Option("progressing", _tr("Progressing"), "p"),
        Option("stable", _tr("Stable"), "s"),
        Option("improved", _tr("Improved"), "i"),
        Option("cannot_tell", _tr("Cannot tell"), "c"),
    )
    columns = 0 if language.code() == "en" else 2  # the words of other languages are too long for one row
    return OptionField("team_verdict", _tr("Team verdict"), options, columns=columns, keys_shown=False)


def _recommended() -> tuple[tuple[str, str], ...]:
    """The categories, in shorter words where three must stand beside one another."""
    short = {
        "raise": _tr("Raise"),
        "transplant_referral": _tr("Transplant"),
        "trial": _tr("Trial"),
        "palliative": _tr("Palliative"),
        "rehabilitation": _tr("Rehab."),
        "oxygen": _tr("Oxygen"),
    }
    return tuple((code, short.get(code, wording.capital(words))) for code, words in coded("recommendation"))


def built(base: Decision, read: Callable[[str], Any], text: Callable[[str], str]) -> Decision:
    """The decision that the fields say, on top of what is recorded of the case."""
    wishes = text("preference")
    known = True if wishes else base.preference_known if not base.preference else None
    said: Mapping[str, Any] = {
        "presenter": text("presenter"),
        "diagnosis": read("diagnosis"),
        "pattern": read("pattern"),
        "confidence": read("confidence"),
        "behaviour": read("behaviour"),
        "team_verdict": read("team_verdict"),
        "verdict_reason": text("verdict_reason"),
        "recommendations": read("recommendations") or (),
        "recommendation": text("recommendation"),
        "preference": wishes,
        "preference_known": known,
        "dissent": text("dissent"),
        "next_date": read("next_date"),
        "next_trigger": text("next_trigger"),
        "typed_live": True,
    }
    return replace(base, **said)
