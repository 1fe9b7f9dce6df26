"""Confirming a lung-function report value by value: what it says, whose it is, and the one act that saves it.

A report in text is never imported by itself. The act reads the text again, so that what is saved is what the
text says there, and takes nothing that the person did not confirm, correct or leave out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.issues import unlikely
from ctdild_desktop.clinical.records import Attachment, DlcoUnit, PatientRecord, Pft
from ctdild_desktop.clinical.typed_text import file_name
from ctdild_desktop.interchange.documents import media_type
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.report_records import ORDER, ReportReading, Sighting
from ctdild_desktop.interchange.report_text import read_report
from ctdild_desktop.language import say
from ctdild_desktop.services import pft
from ctdild_desktop.services.acts import (
    Add,
    Restore,
    find_in,
    perform,
    record_of,
    refuse_issues,
    verdicts_changed,
)
from ctdild_desktop.services.attachments import ELSEWHERE
from ctdild_desktop.services.desk import (
    RECORDING,
    Desk,
    Done,
    RefusedError,
    new_id,
    requires,
)
from ctdild_desktop.services.field_words import field_label
from ctdild_desktop.services.report_sources import Report, against
from ctdild_desktop.services.site_sets import with_site_set


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said of one field; no value leaves it out."""

    value: Decimal | None
    corrected: bool = False
    """Whether the value is the person's own and not the one that was read."""


def pft_of(
    report: Report,
    reading: ReportReading,
    answers: Mapping[str, Answer],
    *,
    date: dt.date,
    post_bd: bool,
    dlco_unit: str = "",
    base: Pft | None = None,
) -> Pft:
    """The test that the answers make, with the report's own words beside each value; pure.

    Args:
        dlco_unit: the unit of a DLCO or KCO of which the report gives none.
        base: what else is known of the test.
    """
    seen = reading.of_side(post_bd=post_bd)
    values: dict[str, Any] = {}
    given: list[tuple[str, str]] = []
    sides: set[bool | None] = set()
    for name in ORDER:
        answer = answers.get(name)
        if answer is None or answer.value is None:
            continue
        values[name] = answer.value
        sightings = seen.get(name, ())
        if sightings:
            words = "; ".join(sighting.as_given for sighting in sightings)
            given.append((name, f"{words} (corrected)" if answer.corrected else words))
            sides.update(sighting.post_bd for sighting in sightings)
    if "dlco" in values or "kco" in values:
        values["dlco_unit"] = DlcoUnit(_system(seen) or dlco_unit)
    if "dlco" in values and reading.corrected:
        values["dlco_hb_corrected"] = True
    side = True if post_bd else False if False in sides else None
    return replace(
        base or Pft(id="", date=date),
        date=date,
        post_bd=side,
        source_format=report.format,
        source_sha256=report.sha256,
        as_given=tuple(given),
        **values,
    )


def _system(seen: Mapping[str, tuple[Sighting, ...]]) -> str:
    return next((one.stored_unit for name in ("dlco", "kco") for one in seen.get(name, ())), "")


def dlco_unit_of(reading: ReportReading, *, post_bd: bool) -> str:
    """The unit in which the report gives DLCO and KCO; empty when it gives none."""
    return _system(reading.of_side(post_bd=post_bd))


@requires(*RECORDING)
def confirm_report(
    desk: Desk,
    patient_id: str,
    report: Report,
    answers: Mapping[str, Answer],
    *,
    date: dt.date,
    post_bd: bool = False,
    mark: str = "",
    dlco_unit: str = "",
    confirmed: Collection[str] = (),
) -> Done[Pft]:
    """Save a test of which every value was confirmed, and the report itself, in one transaction.

    Args:
        answers: what the person said of each field.
        post_bd: the values after the bronchodilator are meant.
        mark: what the person said of the decimals of the text.
        dlco_unit: the unit of a DLCO that the person typed and the report gives none of.
        confirmed: fields or issue codes that were confirmed although unlikely.

    Raises:
        RefusedError: the report is another patient's, a value has no answer, an answer is not what was read,
            the report is saved already, or the test carries an issue. Nothing was saved.
    """
    record = record_of(desk, patient_id)
    reading = read_report(report.text, mark=mark)
    if wrong := against(reading, record.patient):
        raise RefusedError(say("{reason} Nothing was saved.", reason=wrong[0].text))
    _refuse_unanswered(reading, answers, post_bd=post_bd)
    _refuse_again(record, report, post_bd=post_bd)
    test = pft_of(report, reading, answers, date=date, post_bd=post_bd, dlco_unit=dlco_unit)
    test = with_site_set(replace(test, id=new_id(), confirmed_unusual=_unusual(confirmed)), desk.settings)
    if not any(getattr(test, name) is not None for name in _MEASURED):
        raise RefusedError("Every value is left out; there is nothing to save.")
    refuse_issues(pft.check(test, record, desk.today()), (*test.confirmed_unusual, *confirmed))
    file = _file_step(desk, patient_id, report, test, confirmed)
    name = pft.told(test)
    return perform(
        desk,
        patient_id,
        (
            Add(test, source=report.source),
            *file,
        ),
        label=name,
        value=lambda after: find_in(after, Pft, test.id),
        say=lambda before, after: (
            say("Saved {name}, with its report.", name=name) + f" {verdicts_changed(before, after)}"
        ).rstrip(),
    )


_MEASURED = (
    *("fvc_l", "fvc_pct_pred", "fev1_l", "fev1_pct_pred", "svc_l", "dlco", "dlco_pct_pred"),
    *("tlc_l", "rv_l", "frc_l", "va_l", "kco"),
)


def _unusual(confirmed: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted(set(ORDER) & set(confirmed)))


def _refuse_unanswered(reading: ReportReading, answers: Mapping[str, Answer], *, post_bd: bool) -> None:
    seen = reading.of_side(post_bd=post_bd)
    open_ones = [field_label(Pft, name) for name in seen if name not in answers]
    if open_ones:
        raise RefusedError(
            say("Confirm, correct or leave out each value first: {names}.", names=", ".join(open_ones))
        )
    for name, answer in answers.items():
        read = [sighting.value for sighting in seen.get(name, ())]
        if answer.value is not None and not answer.corrected and read != [answer.value]:
            raise RefusedError(
                say("{name} is not what the report says; look at it again.", name=field_label(Pft, name))
            )


def _refuse_again(record: PatientRecord, report: Report, *, post_bd: bool) -> None:
    for test in record.tests:
        if test.source_sha256 == report.sha256 and (test.post_bd is True) == post_bd:
            raise RefusedError(say("This report is saved already: {test}.", test=pft.told(test)))


def _file_step(
    desk: Desk, patient_id: str, report: Report, test: Pft, confirmed: Collection[str]
) -> tuple[Add | Restore, ...]:
    """The step that keeps the report as a file of the patient; none when it is one already."""
    with desk.registry.read() as session:
        same = desk.store.same_files(session, report.sha256)
    own = [(file_id, gone) for file_id, owner, gone in same if owner == patient_id]
    if any(not gone for _file_id, gone in own):
        return ()
    if any(not gone for _file_id, _owner, gone in same):
        words = say("Another patient has the very same report. Does it belong to this patient?")
        refuse_issues((unlikely("date", ELSEWHERE, words),), confirmed)
    file = Attachment(
        id=new_id(),
        name=file_name(report.name or f"Lung function report {test.date}.txt"),
        media_type=_kind(report),
        size_bytes=len(report.content),
        sha256=report.sha256,
        kind="lung_function",
        date=PartialDate.of(test.date),
        record_kind="pft",
        record_id=test.id,
    )
    if own:
        return (Restore(Attachment, own[-1][0], value=replace(file, id=own[-1][0])),)
    return (Add(file, report.content),)


def _kind(report: Report) -> str:
    kind = "application/pdf" if report.pdf is not None else media_type(report.content)
    if not kind:
        raise FormatError("The text is of a kind that is not kept; paste it as plain text.")
    return kind
