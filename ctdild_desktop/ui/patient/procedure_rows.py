"""Bronchoscopies, lavages and biopsies as table rows, newest first."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.clinical import codes, lavage, wording
from ctdild_desktop.clinical.code_fields import CULTURES
from ctdild_desktop.clinical.records import PatientRecord, Procedure
from ctdild_desktop.ui.patient.record_model import Column, Row


def _tr(text: str) -> str:
    return QCoreApplication.translate("PatientPage", text)


def procedure_columns() -> tuple[Column, ...]:
    """Columns of the procedures."""
    cells = _tr(
        "cells of the lavage in percent; ▲ raised by ATS 2012 (lymphocytes 15, neutrophils 3, eosinophils 1)"
    )
    return (
        Column(_tr("Date")),
        Column(_tr("Procedure"), strong=True),
        Column(_tr("Lobe"), drop=2),
        Column(_tr("Cells %"), hint=cells),
        Column(_tr("Cultures"), drop=1),
        Column(_tr("Biopsy")),
        Column(_tr("Complication")),
        Column(_tr("Diagnosis"), drop=3, hint=_tr("what it did to the diagnosis")),
        Column(_tr("Note"), stretch=True, quiet=True),
    )


def procedure_rows(record: PatientRecord) -> tuple[Row, ...]:
    """Newest first."""
    newest = sorted(record.procedures, key=lambda one: one.date.earliest, reverse=True)
    return tuple(_procedure(one) for one in newest)


def _procedure(one: Procedure) -> Row:
    name = codes.label("procedure", one.kind)
    why = codes.label("not_done", one.not_done)
    high = bool(lavage.raised(one))
    cells = (
        wording.partial(one.date),
        f"{name}: {why}" if why else name,
        codes.label("lobe", one.lobe),
        cells_text(one),
        cultures_text(one),
        biopsy_text(one),
        complication_text(one),
        codes.label("contribution", one.contribution),
        "; ".join(filter(None, (one.organisms, one.cytology, one.ancillary, one.note))),
    )
    told = ". ".join(text for text in cells[1:] if text)
    return Row(
        "procedure",
        one.id,
        cells,
        quiet=one.kind == "none",
        tip=told,
        strong_cells=frozenset({3} if high else ()),
    )


def cells_text(one: Procedure) -> str:
    """``M 40, L ▲46, N ▲10``: each counted share by its letter, the raised ones marked."""
    letters = zip(lavage.SHARES, (_tr("M"), _tr("L"), _tr("N"), _tr("E"), _tr("mast")), strict=True)
    high = {raised.field for raised in lavage.raised(one)}
    told = []
    for field, letter in letters:
        percent = getattr(one, field)
        if percent is not None:
            told.append(f"{letter} {'▲' if field in high else ''}{wording.as_typed(percent)}")
    return ", ".join(told)


def cultures_text(one: Procedure) -> str:
    """``positive: fungi; pending: mycobacteria``; what was negative is said only when nothing else is."""
    names = {
        "bacteria": _tr("bacteria"),
        "mycobacteria": _tr("mycobacteria"),
        "fungi": _tr("fungi"),
        "pneumocystis": _tr("pneumocystis"),
        "viruses": _tr("viruses"),
    }
    by_answer: dict[str, list[str]] = {}
    for culture in CULTURES:
        answer = getattr(one, culture)
        if answer is not None:
            by_answer.setdefault(answer, []).append(names[culture])
    told = [
        f"{codes.label('culture', answer)}: {', '.join(by_answer[answer])}"
        for answer in ("positive", "pending")
        if answer in by_answer
    ]
    if not told and "negative" in by_answer:
        told = [codes.label("culture", "negative")]
    return "; ".join(told)


def biopsy_text(one: Procedure) -> str:
    """``UIP, high confidence``."""
    pattern = codes.patterns().label(one.biopsy_pattern)
    return ", ".join(filter(None, (pattern, codes.label("confidence", one.confidence))))


def complication_text(one: Procedure) -> str:
    """``pneumothorax, grade 2``."""
    said = codes.label("complication", one.complication)
    if one.complication == "other" and one.complication_note:
        said = one.complication_note
    if one.complication_grade is None:
        return said
    return _tr("{event}, grade {grade}").format(event=said, grade=one.complication_grade)
