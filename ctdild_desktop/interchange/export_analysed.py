"""The tables of what the analyses of the cohort count, for engines that take a national registry."""

from __future__ import annotations

from ctdild_desktop.interchange.export_columns import Column, Type
from ctdild_desktop.interchange.export_tables import Table

_PATIENT = Column("patient", Type.TEXT, label="pseudonym, or the MRN where the set names patients")


def _table(name: str, *columns: tuple[str, Type, str]) -> Table:
    made = (
        Column(column, kind, derived_from="the registry's rules", label=label)
        for column, kind, label in columns
    )
    return Table(name, None, (), (_PATIENT,), (), tuple(made))


TABLES = (
    _table(
        "patients",
        ("as_of", Type.DATE, "the day up to which everything counts"),
        ("sex", Type.TEXT, "sex"),
        ("diagnosis", Type.TEXT, "diagnosis"),
        ("diagnosis_group", Type.TEXT, "group of the diagnosis"),
        ("pattern", Type.TEXT, "ILD pattern"),
        ("drug", Type.TEXT, "first drug after the first usable FVC or running on it; none without one"),
        ("survival_days", Type.WHOLE, "days from the first usable FVC to what ended the time"),
        ("survival_event", Type.TEXT, "what ended the time: death, transplant, or censored"),
        ("survival_left_out", Type.TEXT, "why the patient is in no curve"),
        ("failure_days", Type.WHOLE, "days from the first usable FVC where a failure of treatment ends it"),
        ("failure_event", Type.TEXT, "what ended it: death, transplant, treatment_failure, or censored"),
        ("failure_left_out", Type.TEXT, "why the patient is in no curve of failure"),
    ),
    _table(
        "visits",
        ("measure", Type.TEXT, "fvc_l, fvc_percent_predicted or dlco_percent_predicted"),
        ("date", Type.DATE, "day of the usable visit"),
        ("day", Type.WHOLE, "days since the first usable visit of the measure"),
        ("value", Type.NUMBER, "the value in litres or % predicted, to nine decimals"),
    ),
    _table(
        "therapy",
        ("drug", Type.TEXT, "drug"),
        ("start", Type.DATE, "start; empty when it is not known to the day"),
        ("stop", Type.DATE, "stop; empty when there is none or it is not known to the day"),
        ("is_first", Type.YES_NO, "whether it is the first line of the drug, begun on a known day"),
        ("stopped", Type.YES_NO, "whether the line was stopped by the day up to which everything counts"),
        ("stop_reason", Type.TEXT, "why it was stopped"),
    ),
    _table(
        "exposure",
        ("drug", Type.TEXT, "drug"),
        ("start", Type.DATE, "first day of the exposure"),
        ("stop", Type.DATE, "first day after it"),
        ("days", Type.WHOLE, "days of exposure"),
    ),
    _table(
        "adverse_events",
        ("drug", Type.TEXT, "drug in whose exposure the onset lies, or may lie"),
        ("term", Type.TEXT, "term"),
        ("grade", Type.WHOLE, "CTCAE grade"),
        ("serious", Type.YES_NO, "serious"),
        ("infection", Type.YES_NO, "infection"),
        (
            "counted",
            Type.YES_NO,
            "no when the onset may lie outside the exposure: such an event is in no rate",
        ),
        ("days_before", Type.WHOLE, "exposed days up to the onset, its day not counted"),
    ),
)
"""The tables of the input; each begins with the patient."""
