"""Tests as table rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.derived import DerivedTest, DerivedValue
from ctdild_desktop.clinical.records import Pft
from ctdild_desktop.clinical.verdict import Evidence
from ctdild_desktop.services import texts
from ctdild_desktop.services.page_parts import dlco_unit
from ctdild_desktop.services.test_table import TestRow
from ctdild_desktop.ui.patient.record_model import Column, Row

KIND = "test"
_NONE = "–"
_FIELDS = frozenset(item.name for item in fields(Pft))


def _tr(text: str) -> str:
    return QCoreApplication.translate("PatientPage", text)


def pft_columns() -> tuple[Column, ...]:
    """Columns of the table of tests, in the order of a laboratory's sheet."""
    return (
        Column(_tr("Date")),
        Column(_tr("FVC L"), number=True, strong=True),
        Column(
            _tr("LLN"), number=True, quiet=True, drop=4, hint=_tr("Lower limit of normal of the FVC, litres")
        ),
        Column(_tr("z"), number=True, hint=_tr("z-score of the FVC")),
        Column(_tr("%"), number=True, strong=True, hint=_tr("FVC, % predicted")),
        Column(_tr("to prev"), number=True, hint=_tr("FVC, relative change to the test before")),
        Column(
            _tr("to ref"), number=True, hint=_tr("Relative change to the reference of the chosen criterion")
        ),
        Column(_tr("FEV1 L"), number=True, drop=2),
        Column(_tr("DLCO"), number=True, strong=True),
        Column(_tr("z"), number=True, hint=_tr("z-score of the DLCO, not corrected for haemoglobin")),
        Column(_tr("%"), number=True, strong=True, hint=_tr("DLCO, % predicted")),
        Column(
            _tr("Hb-corr %"), number=True, hint=_tr("DLCO corrected for haemoglobin, % predicted"), drop=6
        ),
        Column(_tr("Hb {unit}").format(unit=wording.haemoglobin_unit()), number=True, drop=3),
        Column(_tr("SpO₂"), number=True, hint=_tr("At rest / lowest"), drop=5),
        Column(_tr("mMRC"), number=True, drop=1),
        Column(_tr("Quality"), hint=_tr("Grade of FVC / DLCO"), drop=7),
        Column(_tr("Note"), stretch=True, quiet=True),
    )


def pft_rows(rows: Sequence[TestRow], pair: Evidence | None) -> tuple[Row, ...]:
    """Rows as given, newest first; "to ref" follows the measure of the chosen pair."""
    measure = pair.measure if pair is not None else "fvc"
    return tuple(_row(row, measure) for row in rows)


def unit_remark(rows: Sequence[TestRow]) -> str:
    """The units of the table in words."""
    dlco = dlco_unit([row.derived for row in rows]) or "mL/min/mmHg"
    return _tr("FVC litres · DLCO {unit} · changes relative, in % predicted").format(unit=dlco)


def _row(row: TestRow, measure: str) -> Row:
    derived, test = row.derived, row.test
    fvc, dlco = derived.fvc, derived.dlco
    to_reference = row.fvc_to_reference if measure == "fvc" else row.dlco_to_reference
    missing_dlco = _tr("not done") if test.not_done_dlco else ""
    cells = (
        wording.day(test.date),
        _typed(fvc.value) or (_tr("not done") if test.not_done_fvc else ""),
        _float(fvc.lln, 2),
        _float(fvc.z, 1),
        _percent(fvc),
        _change(row.fvc_to_previous),
        _tr("ref") if row.is_reference else _change(to_reference),
        _typed(derived.fev1.value),
        _typed(dlco.value) or missing_dlco,
        _float(dlco.z, 1),
        _percent(dlco),
        _percent(derived.dlco_hb),
        texts.haemoglobin(derived),
        _pair(_typed(row.spo2_rest), _typed(row.spo2_nadir)),
        "" if row.mmrc is None else str(row.mmrc),
        _pair(test.fvc_grade or "", test.dlco_grade or ""),
        row.note,
    )
    told = (row.note, fvc.why_not, dlco.why_not, _lent_words(derived), test.comment, _given_words(test))
    tip = "\n".join(part for part in told if part)
    return Row(KIND, test.id, cells, quiet=not row.fvc_usable and not row.dlco_usable, tip=tip)


def _lent_words(derived: DerivedTest) -> str:
    if derived.lent_hb is None:
        return ""
    day, value = derived.lent_hb
    return _tr("DLCO corrected with the Hb of a blood test: {value} {unit} on {day}").format(
        value=texts.lent_haemoglobin(value), unit=wording.haemoglobin_unit(), day=wording.day(day)
    )


def _given_words(test: Pft) -> str:
    """The words of the file that a test was read from, of the values that it records."""
    given = "; ".join(words for name, words in test.as_given if name in _FIELDS)
    if not given:
        return ""
    return _tr("Read from {source}: {given}").format(source=test.source_format, given=given)


def _typed(value: Decimal | None) -> str:
    return "" if value is None else wording.as_typed(value)


def _float(value: float | None, places: int) -> str:
    return "" if value is None else wording.number(value, places)


def _percent(value: DerivedValue) -> str:
    return "" if value.percent is None else wording.number(value.percent, 1)


def _change(value: Decimal | None) -> str:
    return "" if value is None else f"{wording.signed(value, 1)} %"


def _pair(first: str, second: str) -> str:
    return f"{first or _NONE} / {second or _NONE}" if first or second else ""
