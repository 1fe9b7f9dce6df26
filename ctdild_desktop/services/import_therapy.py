"""Rows of therapy and infusions: each line once, each infusion in the line that covers its day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.plausibility import check_therapy
from ctdild_desktop.clinical.records import Infusion, TherapyLine
from ctdild_desktop.interchange.records import ClinicRow
from ctdild_desktop.language import say
from ctdild_desktop.services.import_chart import Chart, Shared, compare, key_of
from ctdild_desktop.services.import_plan import PatientPlan
from ctdild_desktop.services.import_tests import Effect

_MOST_LINES = 300
"""Of one patient; more are another kind of table."""
_NOT_GIVEN = ("deferred", "cancelled")
_MADE = "Made from infusions at the import; the file names no line of this drug."


def take_line(chart: Chart, row: ClinicRow) -> None:
    """Take a line: new, filling a recorded one, or there already."""
    draft: TherapyLine = row.record
    lines = list(chart.like(TherapyLine, key_of(draft)))
    if len(lines) >= _MOST_LINES:
        chart.reject(row, "drug", say("far too many lines of this drug for one patient"))
        return
    found = compare(chart, row, draft, two_of_a_day=False)
    if found is None:
        return
    effect, line = found
    issues = check_therapy(line, chart.patient, chart.shared.today)
    if effect is not Effect.KNOWN and chart.refused(row, issues):
        return
    if effect is Effect.NEW:
        line = replace(line, prior_line_id=_prior(chart, draft))
        chart.ask(row, issues)
        _tell_running(chart, row, line, lines)
        chart.add(line, row)
    elif effect is Effect.FILLED:
        chart.ask(row, issues)
        old = next(one for one in lines if one.id == line.id)
        chart.change(old, line)
    if draft.id:
        chart.shared.ids[chart.sha256, draft.id] = line.id
    chart.accept(row, effect, told_line(line))


def _prior(chart: Chart, draft: TherapyLine) -> str | None:
    return chart.shared.ids.get((chart.sha256, draft.prior_line_id or ""))


def link_events(patient: PatientPlan, shared: Shared) -> None:
    """Let the infusions that come with files name events by their ids here; a file has ids of its own."""

    def linked(record: Any, known: Sequence[Infusion]) -> Any:
        if not isinstance(record, TherapyLine):
            return record
        sha256 = patient.sources.get(record.id, "")
        given = (
            one
            if one in known
            else replace(one, adverse_event_id=shared.ids.get((sha256, one.adverse_event_id or "")))
            for one in record.infusions
        )
        return replace(record, infusions=tuple(given))

    patient.additions = [linked(record, ()) for record in patient.additions]
    patient.fillings = [
        (before, linked(after, getattr(before, "infusions", ()))) for before, after in patient.fillings
    ]


def _tell_running(chart: Chart, row: ClinicRow, line: TherapyLine, others: Sequence[TherapyLine]) -> None:
    """Two lines of one drug at one time are seldom meant: the first was perhaps not stopped."""
    for other in others:
        first, second = sorted((other, line), key=lambda one: one.start.earliest)
        if first.stop is None or first.stop.earliest > second.start.latest:
            chart.warn(
                row,
                "start",
                say(
                    "another line of {drug}, from {start}, runs at the same time",
                    drug=drug_name(line),
                    start=wording.partial(other.start),
                ),
            )
            return


_ByDay = dict[dt.date, list[Infusion]]


def take_infusions(chart: Chart, rows: Sequence[ClinicRow]) -> None:
    """Take the infusions of a patient, the earliest first, and put them into their lines."""
    taken: dict[str, _ByDay] = {}
    for row in sorted(rows, key=lambda one: (one.record.date, one.row)):
        found = _line_for(chart, row)
        if found is None:
            continue
        line, made = found
        infusion: Infusion = row.record
        alone = replace(line, infusions=(infusion,), dose_changes=(), interruptions=())
        issues = check_therapy(alone, chart.patient, chart.shared.today)
        if chart.refused(row, issues):
            continue
        chart.ask(row, issues)
        if made:
            _tell_made(chart, row, line)
            chart.add(line, row)
        held = taken.setdefault(line.id, _by_day(line))
        _take_infusion(chart, row, held.setdefault(infusion.date, []), infusion, drug_name(line))
    for line_id, held in taken.items():
        line = next(one for one in chart.all(TherapyLine) if one.id == line_id)
        infusions = tuple(one for day in sorted(held) for one in held[day])
        if list(map(repr, infusions)) != list(map(repr, line.infusions)):
            chart.change(line, replace(line, infusions=infusions))


def _take_infusion(
    chart: Chart, row: ClinicRow, same_day: list[Infusion], infusion: Infusion, drug: str
) -> None:
    dose = "" if infusion.dose_mg is None else f" {wording.as_typed(infusion.dose_mg)} mg"
    told = f"{wording.day(infusion.date)}: {drug}{dose}"
    given = [place for place, one in enumerate(same_day) if one.status not in _NOT_GIVEN]
    if same_day and not given:
        what = codes.label("infusion_status", same_day[0].status)
        day = wording.day(infusion.date)
        chart.warn(row, "date", say("recorded is: {what}, {day}; it is not changed", what=what, day=day))
        chart.accept(row, Effect.KNOWN, told)
        return
    same = [place for place in given if infusion.dose_mg in (None, same_day[place].dose_mg)]
    same += [place for place in given if same_day[place].dose_mg is None]
    if same:
        known = same_day[same[0]]
        ran_in = infusion.dose_mg if known.dose_mg is None else known.dose_mg
        filled = replace(known, dose_mg=ran_in, note=known.note or infusion.note)
        same_day[same[0]] = filled
        chart.accept(row, Effect.KNOWN if filled == known else Effect.FILLED, told)
        return
    if same_day:
        chart.warn(row, "dose_mg", say("another infusion of the same day has another dose; both are kept"))
    same_day.append(infusion)
    chart.accept(row, Effect.NEW, told)


def _by_day(line: TherapyLine) -> _ByDay:
    found: _ByDay = {}
    for one in line.infusions:
        found.setdefault(one.date, []).append(one)
    return found


def _line_for(chart: Chart, row: ClinicRow) -> tuple[TherapyLine, bool] | None:
    """The line that an infusion belongs to, and whether it is made because the drug has none; None when the
    row is refused.
    """
    drug = row.drugs[0]
    day = PartialDate.of(row.record.date)
    lines: list[TherapyLine] = list(chart.like(TherapyLine, (drug, "")))
    covering = [line for line in lines if covers(line, day)]
    name = drug_label(drug)
    if len(covering) == 1:
        return covering[0], False
    starts = ", ".join(wording.partial(line.start) for line in sorted(lines, key=_start))
    if covering:
        chart.reject(
            row,
            "date",
            say(
                "several lines of {drug} cover this day (from {starts}); which one cannot be told",
                drug=name,
                starts=starts,
            ),
        )
        return None
    if lines:
        chart.reject(
            row,
            "date",
            say(
                "no line of {drug} covers this day (there are lines from {starts})", drug=name, starts=starts
            ),
        )
        return None
    listed = codes.drugs().get(drug)
    if listed is None or drug == "other":
        chart.reject(row, "drug", say("an infusion of a drug that the list lacks needs its line in therapy"))
        return None
    route = "IV" if "IV" in listed.routes else None
    line = TherapyLine(id=chart.shared.new_id(), drug=drug, start=day, route=route, note=_MADE)
    return replace(line, absent=(("stop", "unknown"),)), True


def _tell_made(chart: Chart, row: ClinicRow, line: TherapyLine) -> None:
    chart.warn(
        row,
        "drug",
        say(
            "there is no line of {drug}; one is made from this first infusion on, its stop unknown",
            drug=drug_name(line),
        ),
    )


def covers(line: TherapyLine, date: PartialDate) -> bool:
    """Whether a line may have run on a date."""
    return line.start.earliest <= date.latest and (line.stop is None or date.earliest <= line.stop.latest)


def drug_name(line: TherapyLine) -> str:
    """What the drug of a line is called."""
    return line.drug_name or drug_label(line.drug)


def drug_label(drug: str) -> str:
    """The words of a drug's code."""
    return codes.drugs().label(drug)


def told_line(line: TherapyLine) -> str:
    """``Rituximab 1000 mg, 12.03.2019 – 2020``: a line in the preview."""
    dose = "" if line.dose is None else f" {wording.as_typed(line.dose)} {line.dose_unit or ''}".rstrip()
    stop = "" if line.stop is None else f" – {wording.partial(line.stop)}"
    return f"{drug_name(line)}{dose}, {wording.partial(line.start)}{stop}"


def _start(line: TherapyLine) -> dt.date:
    return line.start.earliest
