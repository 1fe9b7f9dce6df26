"""Blood results, antibodies, heart tests and scores as table rows, newest first."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.ipaf import IpafDomain, defined_disease, ipaf_domains
from ctdild_desktop.clinical.lab_entry import limits_text, unit_text
from ctdild_desktop.clinical.plausibility_measured import antibody_name, heart_limits, lab_name, units_of
from ctdild_desktop.clinical.records import HeartTest, Lab, PatientRecord, Pro, Serology
from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.language import say
from ctdild_desktop.services import labs
from ctdild_desktop.ui.dialogs.texts import instrument_words
from ctdild_desktop.ui.patient.record_model import Column, Row

_SIGN = {"below": "<", "above": ">"}


def _tr(text: str) -> str:
    return QCoreApplication.translate("PatientPage", text)


def lab_columns() -> tuple[Column, ...]:
    """Columns of the blood results."""
    change = _tr("to the latest earlier value of the same test, in its usual unit")
    return (
        Column(_tr("Date")),
        Column(_tr("Test"), strong=True),
        Column(_tr("Result"), number=True),
        Column(_tr("Unit")),
        Column(_tr("Limits")),
        Column(_tr("Flag"), strong=True),
        Column(_tr("To previous"), number=True, hint=change),
        Column(_tr("CTCAE"), hint=_tr("grade against the laboratory's limits, without a baseline")),
        Column(_tr("Laboratory"), drop=1),
        Column(_tr("Note"), stretch=True, quiet=True),
    )


def lab_rows(record: PatientRecord) -> tuple[Row, ...]:
    """Newest sample first, each in the order of the list of tests."""
    order = {code: at for at, code in enumerate(codes.labs().codes)}
    newest = sorted(
        record.labs,
        key=lambda lab: (-lab.date.earliest.toordinal(), order.get(lab.test, len(order)), lab.test_name),
    )
    return tuple(_lab(lab, record) for lab in newest)


def _lab(lab: Lab, record: PatientRecord) -> Row:
    grade = labs.grade_of(lab, record)
    flag = labs.flag_of(lab)
    cells = (
        wording.partial(lab.date),
        lab_name(lab),
        _result(lab),
        unit_text(lab.unit),
        limits_text(lab.lln, lab.uln).replace("-", "–"),
        {"above": _tr("▲ above"), "below": _tr("▼ below")}.get(flag, ""),
        _change(lab, record),
        _tr("grade {grade}").format(grade=grade.grade) if grade is not None and grade.grade else "",
        lab.laboratory,
        lab.note,
    )
    return Row("lab", lab.id, cells, strong_cells=frozenset({2} if flag else ()))


def _result(lab: Lab) -> str:
    number = "" if lab.value is None else f"{_SIGN.get(lab.detection or '', '')}{wording.as_typed(lab.value)}"
    words = codes.label("lab_result", lab.result) or lab.text
    return ", ".join(filter(None, (number, words)))


def _change(lab: Lab, record: PatientRecord) -> str:
    change = labs.change_of(lab, record)
    if change is None:
        return ""
    sign = "+" if change.difference > 0 else ""
    told = f"{sign}{wording.as_typed(change.difference)}"
    other_unit = next(iter(units_of(lab.test)), "")
    if lab.unit != other_unit:
        told = f"{sign}{wording.number(change.difference, 2)} {unit_text(other_unit)}"
    return told if change.percent is None else f"{told} ({wording.signed(change.percent, 0)} %)"


def serology_columns() -> tuple[Column, ...]:
    """Columns of the antibodies."""
    return (
        Column(_tr("Date")),
        Column(_tr("Antibody"), strong=True),
        Column(_tr("Result"), strong=True),
        Column(_tr("Titre"), number=True),
        Column(_tr("Pattern")),
        Column(_tr("Value"), number=True),
        Column(_tr("Unit")),
        Column(_tr("Limit"), number=True),
        Column(_tr("Before")),
        Column(_tr("Assay"), drop=2),
        Column(_tr("Laboratory"), drop=1),
        Column(_tr("Note"), stretch=True, quiet=True),
    )


def serology_rows(record: PatientRecord) -> tuple[Row, ...]:
    """Newest sample first, each in the order of the list of antibodies."""
    order = {code: at for at, code in enumerate(codes.antibodies().codes)}
    newest = sorted(
        record.serology,
        key=lambda row: (-row.date.earliest.toordinal(), order.get(row.test, len(order)), row.test_name),
    )
    return tuple(_serology(row, record) for row in newest)


def _serology(row: Serology, record: PatientRecord) -> Row:
    entry = codes.antibodies().get(row.test)
    earlier = [
        one
        for one in record.serology
        if (one.test, one.test_name) == (row.test, row.test_name) and one.date.latest < row.date.earliest
    ]
    positive = row.result == "positive"
    cells = (
        wording.partial(row.date),
        antibody_name(row),
        f"{'● ' if positive else ''}{codes.label('serology_result', row.result)}",
        "" if row.titre is None else f"1:{row.titre}",
        codes.label("ana_pattern", row.pattern),
        "" if row.value is None else f"{_SIGN.get(row.detection or '', '')}{wording.as_typed(row.value)}",
        row.unit,
        "" if row.uln is None else f"<{wording.as_typed(row.uln)}",
        codes.label("serology_result", earlier[-1].result) if earlier else "",
        row.assay,
        row.laboratory,
        row.note,
    )
    meaning = f"{entry.label}: {entry.meaning}" if entry is not None else ""
    return Row("serology", row.id, cells, quiet=not positive, tip=meaning)


def ipaf_words(record: PatientRecord, as_of: dt.date) -> str:
    """The IPAF domains in one sentence each, marked as derived."""
    told = " ".join(_domain(domain) for domain in ipaf_domains(record, as_of))
    head = _tr("IPAF domains, derived on {date} and not a diagnosis (Fischer 2015).")
    disease = defined_disease(record, as_of)
    stated = _tr("The statement does not apply: {disease} is recorded.").format(disease=disease)
    return " ".join(filter(None, (head.format(date=wording.day(as_of)), told, stated if disease else "")))


def _domain(domain: IpafDomain) -> str:
    names = {
        "clinical": _tr("Clinical"),
        "serological": _tr("Serological"),
        "morphological": _tr("Morphological"),
    }
    words = {
        Verdict.MET: _tr("{domain}: met ({why})."),
        Verdict.NOT_MET: _tr("{domain}: not met."),
        Verdict.CANNOT_ASSESS: _tr("{domain}: cannot tell, needs {why}."),
    }[domain.verdict]
    reasons = domain.because or domain.needs
    return words.format(domain=names[domain.name], why="; ".join(wording.say(reason) for reason in reasons))


def heart_columns() -> tuple[Column, ...]:
    """Columns of the heart tests and questionnaires."""
    return (
        Column(_tr("Date")),
        Column(_tr("Test"), strong=True),
        Column(_tr("Values"), stretch=True),
        Column(_tr("To previous"), stretch=True),
        Column(_tr("Note"), quiet=True, drop=1),
    )


def heart_rows(record: PatientRecord) -> tuple[Row, ...]:
    """Newest first."""
    dated = [(test.date, _heart(test, record)) for test in record.heart_tests]
    dated += [(pro.date, _pro(pro, record)) for pro in record.pros]
    return tuple(row for _date, row in sorted(dated, key=lambda one: one[0].earliest, reverse=True))


def _heart(test: HeartTest, record: PatientRecord) -> Row:
    earlier = [
        one for one in record.heart_tests if one.kind == test.kind and one.date.latest < test.date.earliest
    ]
    values, changes = [], []
    for field, limits in heart_limits().items():
        value: Decimal | None = getattr(test, field)
        if value is None:
            continue
        values.append(f"{say(limits.name)} {wording.as_typed(value)} {limits.unit}")
        before: Decimal | None = getattr(earlier[-1], field) if earlier else None
        if before is not None:
            changes.append(f"{say(limits.name)} {_signed(value - before)}")
    cells = (
        wording.partial(test.date),
        codes.label("heart_test", test.kind),
        ", ".join(values),
        ", ".join(changes),
        "; ".join(filter(None, (test.site, test.note))),
    )
    return Row("heart_test", test.id, cells)


def _pro(pro: Pro, record: PatientRecord) -> Row:
    instrument = codes.instruments().get(pro.instrument)
    earlier = [
        one for one in record.pros if one.instrument == pro.instrument and one.date.latest < pro.date.earliest
    ]
    before = {score.scale: score.value for score in earlier[-1].scores} if earlier else {}
    values, changes = [], []
    for score in pro.scores:
        scale = instrument.scales.get(score.scale) if instrument is not None else None
        name = scale_name(score.scale, scale.label if scale is not None else "")
        values.append(f"{name} {wording.as_typed(score.value)}")
        if score.scale in before:
            changes.append(f"{name} {_signed(score.value - before[score.scale])}")
    cells = (
        wording.partial(pro.date),
        codes.instruments().label(pro.instrument),
        ", ".join(values),
        ", ".join(changes),
        pro.note,
    )
    return Row("pro", pro.id, cells, tip=". ".join(filter(None, cells[1:])))


def scale_name(code: str, label: str) -> str:
    """A scale of a questionnaire where there is little room."""
    brief = {"breathlessness": _tr("breathlessness"), "pcs": _tr("physical"), "mcs": _tr("mental")}
    return brief.get(code, label) or code


def score_words(record: PatientRecord) -> str:
    """Which end of each recorded questionnaire is better, and the published changes with their source."""
    used = {pro.instrument for pro in record.pros}
    return " ".join(
        f"{one.label}: {instrument_words(one)}" for one in codes.instruments() if one.code in used
    )


def _signed(change: Decimal) -> str:
    sign = "+" if change > 0 else ""
    return f"{sign}{wording.as_typed(change)}"
