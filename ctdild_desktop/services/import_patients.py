"""A row of a clinic's table of patients: who they are, and the view of the diagnosis."""

from __future__ import annotations

from dataclasses import fields, replace

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.absence import without_settled
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.plausibility import check_patient
from ctdild_desktop.clinical.records import Diagnosis, Patient
from ctdild_desktop.interchange.records import ClinicRow
from ctdild_desktop.language import say
from ctdild_desktop.services.field_words import field_label, field_value
from ctdild_desktop.services.import_chart import Chart, gaps, place_of
from ctdild_desktop.services.import_plan import shown_name
from ctdild_desktop.services.import_tests import Effect
from ctdild_desktop.services.patients import check_view

_OWN = ("height_cm", "smoking", "pack_years")
_NOT_FILLED = frozenset({"id", "mrn", "version", "absent"})
_ALL = tuple(item.name for item in fields(Patient) if item.name not in _NOT_FILLED)
_EMPTY = (None, "", ())
_VIEW = ("pattern", "ctd_diagnosed", "ild_diagnosed", "antibodies")


def take_patient(chart: Chart, row: ClinicRow) -> None:
    """Fill what is not recorded of the patient, and record the diagnosis of one who has none."""
    patient, told = _filled(chart, row)
    if patient is None:
        return
    issues = check_patient(patient, chart.shared.today)
    view = _view(chart, row, patient)
    seen = replace(chart.record, patient=patient)
    of_view = check_view(view, seen, chart.shared.today) if view is not None else ()
    if chart.refused(row, (*issues, *of_view)):
        return
    chart.ask(row, issues)
    for name, reason in told:
        chart.warn(row, name, reason)
    changed = patient != chart.before
    chart.patient = patient
    if view is not None:
        changed = _keep_view(chart, row, view) or changed
    effect = Effect.NEW if chart.new else Effect.FILLED if changed else Effect.KNOWN
    if chart.new:
        chart.shared.rows.setdefault(patient.id, place_of(row))
    chart.accept(row, effect, _told(patient, view))


def _filled(chart: Chart, row: ClinicRow) -> tuple[Patient | None, list[tuple[str, str]]]:
    """The patient with the empty fields filled; None when another row of the file says otherwise."""
    told = []
    changes = {}
    says = row.record if isinstance(row.record, Patient) else row.patient
    for name in _ALL if says is row.record else _OWN:
        said, stored = getattr(says, name), getattr(chart.patient, name)
        if said in _EMPTY or said == stored:
            continue
        if stored in _EMPTY:
            changes[name] = said
            continue
        value = field_value(chart.patient, name)
        if chart.before is None or getattr(chart.before, name) in _EMPTY:
            chart.reject(row, name, say("another row gives this patient {value}", value=value))
            return None, []
        label = field_label(Patient, name)
        told.append((name, say("{label} is recorded as {said}; it is not changed", label=label, said=value)))
    reasons = {**dict(says.absent), **dict(chart.patient.absent)} if says is row.record else {}
    absent = tuple(sorted(reasons.items())) or chart.patient.absent
    return without_settled(replace(chart.patient, **changes, absent=absent)), told


def _view(chart: Chart, row: ClinicRow, patient: Patient) -> Diagnosis | None:
    """The view of the diagnosis in a row, with its day."""
    view = row.record
    if not isinstance(view, Diagnosis):
        return None
    if not row.undated:
        return view
    today = PartialDate.of(chart.shared.today)
    first = chart.shared.first_dates.get(patient.mrn, today)
    return replace(view, date=first if first.earliest < today.earliest else today)


def _keep_view(chart: Chart, row: ClinicRow, view: Diagnosis) -> bool:
    """Record a view, or fill the latest one; whether anything changes."""
    views = chart.all(Diagnosis)
    if not views:
        if row.undated:
            day = wording.partial(view.date)
            chart.warn(
                row,
                "ctd",
                say("the diagnosis has no day here; it is noted from {day} on, the first day known", day=day),
            )
        chart.add(replace(view, id=chart.shared.new_id()), row)
        return True
    latest = max(views, key=lambda one: one.date.earliest)
    if latest.ctd != view.ctd:
        label = codes.diagnoses().label(latest.ctd)
        chart.warn(row, "ctd", say("the recorded diagnosis is {label}; it is not changed", label=label))
        return False
    for name in _VIEW:
        said, stored = getattr(view, name), getattr(latest, name)
        if said and stored and _other(said, stored):
            label, value = field_label(Diagnosis, name), field_value(latest, name)
            chart.warn(
                row, name, say("{label} is recorded as {said}; it is not changed", label=label, said=value)
            )
    names = [name for name in gaps(latest, view) if name in _VIEW]
    if names:
        chart.change(latest, replace(latest, **{name: getattr(view, name) for name in names}))
    return bool(names)


def _other(said: object, stored: object) -> bool:
    if isinstance(said, tuple) and isinstance(stored, tuple):
        return set(said) != set(stored)
    return not str(stored).startswith(str(said))


def _told(patient: Patient, view: Diagnosis | None) -> str:
    parts = [shown_name(patient)]
    if view is not None:
        parts.append(codes.diagnoses().label(view.ctd))
        parts.append(codes.patterns().label(view.pattern))
    return ", ".join(part for part in parts if part) or patient.mrn
