"""Therapy lines: starting, changing, interrupting, resuming and stopping one drug.

Each act names what happened in the clinic and becomes one new version of the line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import replace
from decimal import Decimal

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.plausibility import Issue, check_therapy
from ctdild_desktop.clinical.records import DoseChange, Infusion, Interruption, PatientRecord, TherapyLine
from ctdild_desktop.language import say
from ctdild_desktop.services import entries
from ctdild_desktop.services.acts import Amend, find_in, patient_of, perform, refuse_issues
from ctdild_desktop.services.acts import new_issues as _new_issues
from ctdild_desktop.services.desk import RECORDING, Desk, Done, RefusedError, requires


def check(line: TherapyLine, record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything implausible about a line, hard and soft; pure, for the form's live feedback."""
    return check_therapy(line, record.patient, today)


def _name(line: TherapyLine) -> str:
    return say("{drug} from {start}", drug=codes.drugs().label(line.drug), start=wording.partial(line.start))


_LINE = entries.Noun(TherapyLine, _name, check)


@requires(*RECORDING)
def start_line(
    desk: Desk, patient_id: str, line: TherapyLine, *, confirmed: Collection[str] = ()
) -> Done[TherapyLine]:
    """Record a new line of therapy, running or long stopped.

    Args:
        confirmed: fields or issue codes whose unlikely value was confirmed.

    Raises:
        RefusedError: carries the issues; nothing was saved.
    """
    return entries.keep(desk, _LINE, patient_id, line, confirmed)


@requires(*RECORDING)
def amend_line(
    desk: Desk, line: TherapyLine, *, confirmed: Collection[str] = (), reason: str = ""
) -> Done[TherapyLine]:
    """Replace a line with everything in it; raises StaleError when somebody else changed it meanwhile."""
    return entries.amend(desk, _LINE, line, confirmed, reason)


@requires(*RECORDING)
def remove_line(desk: Desk, line_id: str, reason: str) -> Done[TherapyLine]:
    """Void a line with the reason: for one that was never given. A line that ended is stopped instead."""
    return entries.remove(desk, _LINE, line_id, reason)


def _step(
    desk: Desk,
    line_id: str,
    change: Callable[[TherapyLine], TherapyLine],
    said: Callable[[TherapyLine], str],
    confirmed: Collection[str],
) -> Done[TherapyLine]:
    patient_id, record = patient_of(desk, TherapyLine, line_id)
    saved = find_in(record, TherapyLine, line_id)
    if saved is None:
        raise RefusedError("This line of therapy is no longer in the registry.")
    line = change(saved)
    today = desk.today()
    refuse_issues(_new_issues(check(line, record, today), check(saved, record, today)), confirmed)
    message = said(line)
    return perform(
        desk,
        patient_id,
        (Amend(line),),
        label=message,
        value=lambda after: find_in(after, TherapyLine, line_id),
        say=lambda _before, _after: f"{message}.",
    )


@requires(*RECORDING)
def stop_line(
    desk: Desk, line_id: str, stop: PartialDate, stop_reason: str | None, *, confirmed: Collection[str] = ()
) -> Done[TherapyLine]:
    """Stop a line on a date for a coded reason; an interruption that is still open ends with it."""

    def change(line: TherapyLine) -> TherapyLine:
        if line.stop is not None:
            raise RefusedError(
                say("This line was already stopped on {stop}.", stop=wording.partial(line.stop))
            )
        closed = tuple(gap if gap.stop is not None else replace(gap, stop=stop) for gap in line.interruptions)
        return replace(line, stop=stop, stop_reason=stop_reason, interruptions=closed)

    return _step(
        desk,
        line_id,
        change,
        lambda line: say(
            "Stopped {drug}, {stop}", drug=codes.drugs().label(line.drug), stop=wording.partial(stop)
        ),
        confirmed,
    )


@requires(*RECORDING)
def change_dose(
    desk: Desk,
    line_id: str,
    date: PartialDate,
    dose: Decimal,
    reason: str = "",
    *,
    confirmed: Collection[str] = (),
) -> Done[TherapyLine]:
    """From a date on the line runs at another dose, in the unit of the line."""

    def change(line: TherapyLine) -> TherapyLine:
        if any(str(known.date) == str(date) for known in line.dose_changes):
            raise RefusedError(
                say("A dose change on {date} is already recorded.", date=wording.partial(date))
            )
        steps = (*line.dose_changes, DoseChange(date=date, dose=dose, reason=reason))
        return replace(line, dose_changes=tuple(sorted(steps, key=lambda step: step.date.earliest)))

    return _step(
        desk,
        line_id,
        change,
        lambda line: (
            f"{codes.drugs().label(line.drug)} {wording.as_typed(dose)} {line.dose_unit or ''}".rstrip()
            + say(" from {date}", date=wording.partial(date))
        ),
        confirmed,
    )


@requires(*RECORDING)
def interrupt(
    desk: Desk,
    line_id: str,
    start: PartialDate,
    reason: str = "",
    stop: PartialDate | None = None,
    *,
    confirmed: Collection[str] = (),
) -> Done[TherapyLine]:
    """Interrupt a line from a date (included) to ``stop`` (excluded), or until it is resumed."""

    def change(line: TherapyLine) -> TherapyLine:
        if any(gap.stop is None for gap in line.interruptions):
            raise RefusedError("This line is already interrupted.")
        gaps = (*line.interruptions, Interruption(start=start, stop=stop, reason=reason))
        return replace(line, interruptions=tuple(sorted(gaps, key=lambda gap: gap.start.earliest)))

    return _step(
        desk,
        line_id,
        change,
        lambda line: say(
            "Interrupted {drug}, {start}", drug=codes.drugs().label(line.drug), start=wording.partial(start)
        ),
        confirmed,
    )


@requires(*RECORDING)
def resume(
    desk: Desk, line_id: str, date: PartialDate, *, confirmed: Collection[str] = ()
) -> Done[TherapyLine]:
    """End the open interruption of a line; the drug is taken again from this date."""

    def change(line: TherapyLine) -> TherapyLine:
        if all(gap.stop is not None for gap in line.interruptions):
            raise RefusedError("This line is not interrupted.")
        return replace(
            line,
            interruptions=tuple(
                gap if gap.stop is not None else replace(gap, stop=date) for gap in line.interruptions
            ),
        )

    return _step(
        desk,
        line_id,
        change,
        lambda line: say(
            "Resumed {drug}, {date}", drug=codes.drugs().label(line.drug), date=wording.partial(date)
        ),
        confirmed,
    )


@requires(*RECORDING)
def add_infusion(
    desk: Desk, line_id: str, infusion: Infusion, *, confirmed: Collection[str] = ()
) -> Done[TherapyLine]:
    """Record a given infusion or pulse of a line."""

    def change(line: TherapyLine) -> TherapyLine:
        if any(given.date == infusion.date for given in line.infusions):
            raise RefusedError(
                say("An infusion on {date} is already recorded.", date=wording.day(infusion.date))
            )
        given = sorted((*line.infusions, infusion), key=lambda item: item.date)
        return replace(line, infusions=tuple(given))

    return _step(
        desk,
        line_id,
        change,
        lambda line: say(
            "{drug} infusion {date}", drug=codes.drugs().label(line.drug), date=wording.day(infusion.date)
        ),
        confirmed,
    )
