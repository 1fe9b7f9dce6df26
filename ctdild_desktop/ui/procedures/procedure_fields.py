"""The fields of a procedure by their group: which of them a kind of procedure asks for."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.clinical import lavage
from ctdild_desktop.clinical.code_fields import CULTURES
from ctdild_desktop.ui.widgets.option_field import Option

LAVAGE = ("volume_in_ml", "recovered_ml", "cells_million_l", *lavage.SHARES, "cd4_cd8")
SAMPLE = (*CULTURES, "organisms", "cytology")
BIOPSY = ("biopsy_pattern", "pathologist", "confidence", "samples", "sample_mm", "ancillary")
COMPLICATION = ("complication", "complication_note", "complication_grade", "with_event")
_DONE = ("lobe", "contribution")
_GRADED = ("complication_note", "complication_grade")


def asked_of(kind: str | None, complication: str | None) -> frozenset[str]:
    """The fields that a kind of procedure asks for, beside date, kind and note, which are always asked.

    A lavage takes no tissue and a surgical biopsy no fluid; through a bronchoscope both may be taken. Until
    the kind is chosen nothing more is asked.
    """
    if kind is None:
        return frozenset()
    if kind == "none":
        return frozenset({"not_done"})
    asked = {*_DONE, *SAMPLE, "complication"}
    if kind != "surgical_biopsy":
        asked.update(LAVAGE)
    if kind != "bal":
        asked.update(BIOPSY)
    if complication not in (None, "none", "unknown"):
        asked.update((*_GRADED, "with_event"))
    return frozenset(asked)


def _tr(text: str) -> str:
    return QCoreApplication.translate("ProcedureSheet", text)


def kinds() -> tuple[Option, ...]:
    """The kinds of procedures, each by its letter."""
    return (
        Option("bal", _tr("Lavage"), "l"),
        Option("transbronchial_biopsy", _tr("Transbronchial biopsy"), "t"),
        Option("cryobiopsy", _tr("Cryobiopsy"), "c"),
        Option("ebus", _tr("EBUS"), "e"),
        Option("surgical_biopsy", _tr("Surgical biopsy"), "s"),
        Option("none", _tr("None done"), "n"),
    )


def culture_answers() -> tuple[Option, ...]:
    """What a culture may say, each by its letter."""
    return (
        Option("negative", _tr("Negative"), "n"),
        Option("positive", _tr("Positive"), "p"),
        Option("pending", _tr("Pending"), "g"),
        Option("not_done", _tr("Not done"), "-"),
        Option("unknown", _tr("Unknown"), "u"),
    )


def complications() -> tuple[Option, ...]:
    """What may go wrong, each by its letter."""
    return (
        Option("none", _tr("None"), "n"),
        Option("pneumothorax", _tr("Pneumothorax"), "p"),
        Option("bleeding", _tr("Bleeding"), "b"),
        Option("exacerbation", _tr("Acute exacerbation"), "e"),
        Option("death", _tr("Death"), "d"),
        Option("other", _tr("Other"), "o"),
        Option("unknown", _tr("Unknown"), "u"),
    )


def contributions() -> tuple[Option, ...]:
    """What it did to the diagnosis, each by its letter."""
    return (
        Option("changed", _tr("Changed it"), "c"),
        Option("confirmed", _tr("Confirmed it"), "f"),
        Option("no_help", _tr("No help"), "n"),
        Option("unknown", _tr("Unknown"), "u"),
    )
