"""The tables of a clinic's old workbook, each with its columns and what their cells may hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import PurePath
from types import MappingProxyType

from ctdild_desktop.interchange.fields import Field, Kind, fields
from ctdild_desktop.language import marked

TABLES = (
    "patients",
    "pft",
    "therapy",
    "infusions",
    "adverse_events",
    "hrct",
    "labs",
    "visits",
    "outcomes",
)
"""The kinds of tables; ``pft`` is the plain table of tests."""

DATED: Mapping[str, str] = MappingProxyType(
    {
        "pft": "test_date",
        "therapy": "start",
        "infusions": "date",
        "adverse_events": "onset",
        "hrct": "date",
        "labs": "date",
        "visits": "date",
        "outcomes": "date",
    }
)
"""The target of each table that an origin of dates may give."""

_NAMES: Mapping[str, str] = MappingProxyType(
    {
        **{table: table for table in TABLES},
        **{"patient": "patients", "demographics": "patients"},
        **{"pfts": "pft", "tests": "pft", "lung_function": "pft", "spirometry": "pft"},
        **{"therapies": "therapy", "treatment": "therapy", "treatments": "therapy", "drugs": "therapy"},
        **{"infusion": "infusions"},
        **{"adverse_event": "adverse_events", "ae": "adverse_events", "aes": "adverse_events"},
        **{"hrcts": "hrct", "ct": "hrct", "imaging": "hrct"},
        **{"lab": "labs", "laboratory": "labs", "bloods": "labs"},
        **{"visit": "visits", "outcome": "outcomes"},
    }
)
"""What sheets and files are called, in small letters with one low line between words."""


def table_named(name: str) -> str:
    """The kind of table that the name of a sheet or a file says; empty when it says none.

    The whole name counts, else its first or last words: ``Adverse events``, ``labs 2019``, ``sls_therapy``.
    A name that says two kinds says none.
    """
    words = [word for word in re.split(r"[\W_]+", name.casefold()) if word]
    whole = "_".join(words)
    if whole in _NAMES:
        return _NAMES[whole]
    found = set()
    for length in (1, 2):
        for part in (words[:length], words[-length:]):
            found.add(_NAMES.get("_".join(part), ""))
    found.discard("")
    return found.pop() if len(found) == 1 else ""


def table_of_file(name: str, header: Iterable[str]) -> str:
    """The kind of table in a file of one table, by its name; empty when the name says none.

    A table of patients with the day of a test in each row is a table of tests.
    """
    told = table_named(PurePath(name).stem)
    tested = "test_date" in {title.strip().casefold() for title in header}
    return "pft" if tested and told == "patients" else told


@cache
def fields_of(table: str) -> Mapping[str, Field]:
    """The columns of a table by name, in the order in which they are offered."""
    return fields() if table == "pft" else {field.name: field for field in _listed(table)}


def _listed(table: str) -> tuple[Field, ...]:
    text, number, day, partial = Kind.TEXT, Kind.NUMBER, Kind.DAY, Kind.PARTIAL_DATE
    tested = fields()
    comment = Field("comment", marked("Comment"), text, "note")
    drug = Field("drug", marked("Drug"), Kind.CODE, "drug", required=True, listed="drug")
    own: dict[str, tuple[Field, ...]] = {
        "patients": (
            tested["height_cm"],
            tested["weight_kg"],
            Field("smoking", marked("Smoking"), Kind.CODE, "smoking", listed="smoking"),
            Field("pack_years", marked("Pack-years"), number, "pack_years"),
            tested["diagnosis"],
            tested["ild_pattern"],
            Field("ctd_diagnosis_date", marked("CTD diagnosed"), partial, "ctd_diagnosed"),
            Field("ild_diagnosis_date", marked("ILD diagnosed"), partial, "ild_diagnosed"),
            Field("antibodies", marked("Antibodies (codes)"), Kind.CODES, "antibodies", listed="antibody"),
        ),
        "therapy": (
            drug,
            Field("drug_name", marked("Name of another drug"), text, "drug_name"),
            Field("dose", marked("Dose"), number, "dose"),
            Field("dose_unit", marked("Unit of the dose"), Kind.CODE, "dose_unit", listed="dose_unit"),
            Field("route", marked("Route"), Kind.CODE, "route", listed="route"),
            Field("frequency", marked("Frequency"), Kind.CODE, "frequency", listed="frequency"),
            Field("phase", marked("Phase"), Kind.CODE, "role", listed="role"),
            Field("indication", marked("Indication"), Kind.CODE, "indication", listed="indication"),
            Field("start", marked("Start"), partial, "start", required=True),
            Field("stop", marked("Stop"), partial, "stop"),
            Field(
                "stop_reason", marked("Reason for stopping"), Kind.CODE, "stop_reason", listed="stop_reason"
            ),
            comment,
        ),
        "infusions": (
            drug,
            Field("date", marked("Date"), day, "date", required=True),
            Field("dose_mg", marked("Dose, mg"), number, "dose_mg"),
            comment,
        ),
        "adverse_events": (
            Field("term", marked("Term"), Kind.CODE, "term", required=True, listed="ae_term"),
            Field("onset", marked("Onset"), partial, "onset", required=True),
            Field("end", marked("End"), partial, "end"),
            Field("grade", marked("CTCAE grade"), Kind.CODE, "grade", listed="ae_grade"),
            Field("serious", marked("Serious"), Kind.YES_NO, "serious"),
            Field(
                "seriousness", marked("Seriousness (codes)"), Kind.CODES, "seriousness", listed="seriousness"
            ),
            Field("suspected_drug", marked("Suspected drug"), Kind.CODES, "suspected", listed="drug"),
            Field("outcome", marked("Outcome"), Kind.CODE, "outcome", listed="ae_outcome"),
            comment,
        ),
        "hrct": (
            Field("date", marked("Date"), day, "date", required=True),
            Field("pattern", marked("Pattern (code)"), Kind.CODE, "pattern", listed="hrct_pattern"),
            Field("extent_percent", marked("Extent, %"), Kind.PERCENT, "extent_percent"),
            Field("fibrosis", marked("Fibrosis"), Kind.YES_NO, "fibrosis"),
            Field("fibrosis_percent", marked("Fibrosis, %"), Kind.PERCENT, "fibrosis_percent"),
            Field(
                "result", marked("Compared with the earlier one"), Kind.CODE, "result", listed="hrct_result"
            ),
            Field("signs", marked("Signs of progression (codes)"), Kind.CODES, "signs", listed="hrct_sign"),
            Field("compared_with", marked("Date of the earlier one"), day, "compared_with"),
            comment,
        ),
        "labs": (
            Field("date", marked("Date"), partial, "date", required=True),
            Field("test", marked("Test (code)"), Kind.CODE, "test", required=True, listed="lab"),
            Field("test_name", marked("Name of another test"), text, "test_name"),
            Field("value", marked("Result"), Kind.RESULT, "value", required=True),
            Field("unit", marked("Unit"), text, "unit"),
            Field("lln", marked("Lower limit of normal"), number, "lln"),
            Field("uln", marked("Upper limit of normal"), number, "uln"),
            comment,
        ),
        "visits": (
            Field("date", marked("Date"), day, "date", required=True),
            Field("symptoms", marked("Symptoms"), Kind.CODE, "symptom_change", listed="symptom_change"),
            tested["mmrc"],
            tested["spo2_rest"],
            tested["weight_kg"],
            comment,
        ),
        "outcomes": (
            Field("date", marked("Date"), partial, "date", required=True),
            Field("event", marked("Event"), Kind.CODE, "event", required=True, listed="outcome"),
            Field("cause", marked("Cause"), text, "cause"),
            Field("drug", marked("Drug that failed"), Kind.CODE, "drug", listed="drug"),
        ),
    }
    return *(tested[name] for name in _PERSON), *own[table]


_PERSON = ("mrn", "family_name", "given_name", "birth_date", "sex")
"""Who a row is about: in every table, so that a row of somebody else is recognised."""
