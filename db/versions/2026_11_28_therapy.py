"""Everything else of therapy lines and adverse events, and what has no value and why.

Revision: 2026_11_28_therapy
After: 2026_11_28_new_records

Each column is held to the form of its values. A table of before becomes the new one with its rows, their ids
and versions as they were. SQLite cannot change the constraints of a table, so it is made anew there: foreign
keys must be off, and are checked at the end by who runs the revisions. Makes no trigger: a later revision
makes them for every table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_therapy"
down_revision = "2026_11_28_new_records"
branch_labels = None
depends_on = None

_FIRST = "2026_11_22_first"
_ELSEWHERE = ("patient", "decision")
"""Tables of another revision that these refer to."""


def upgrade() -> None:
    """Let each table become the new one."""
    bind = op.get_bind()
    metadata = _tables(bind.dialect.name)
    for table in metadata.sorted_tables:
        if table.name not in _ELSEWHERE:
            _become(bind, table)


def downgrade() -> None:
    """Let each table become that of the revision that made it; what it did not have is lost."""
    bind = op.get_bind()
    environment = op.get_context().environment_context
    assert environment is not None
    before = environment.script.get_revision(_FIRST).module._tables()
    names = _tables(bind.dialect.name).tables.keys()
    for table in reversed(before.sorted_tables):
        if table.name in names:
            _become(bind, table)


def _become(bind: sa.Connection, table: sa.Table) -> None:
    """Make the table of that name into this one, keeping what its rows hold in the columns of both."""
    if bind.dialect.name == "sqlite":
        _make_anew(bind, table)
    else:
        _alter(bind, table)


def _make_anew(bind: sa.Connection, table: sa.Table) -> None:
    name, kept = table.name, f"kept_{table.name}"
    there = {column["name"] for column in sa.inspect(bind).get_columns(name)}
    both = ", ".join(column.name for column in table.columns if column.name in there)
    bind.exec_driver_sql(f"CREATE TABLE {kept} AS SELECT * FROM {name}")
    bind.exec_driver_sql(f"DROP TABLE {name}")
    table.create(bind)
    bind.exec_driver_sql(f"INSERT INTO {name} ({both}) SELECT {both} FROM {kept}")
    bind.exec_driver_sql(f"DROP TABLE {kept}")


def _alter(bind: sa.Connection, table: sa.Table) -> None:
    name, found = table.name, sa.inspect(bind)
    there = {column["name"] for column in found.get_columns(name)}
    references = {key["name"] for key in found.get_foreign_keys(name)}
    for check in found.get_check_constraints(name):
        op.drop_constraint(str(check["name"]), name)
    for gone in sorted(there - set(table.columns.keys())):
        op.drop_column(name, gone)
    for column in table.columns:
        default = None if column.server_default is None else _EMPTY[column.info["kind"]]
        if column.name in there:
            op.alter_column(name, column.name, server_default=default)
        else:
            op.add_column(
                name, sa.Column(column.name, column.type, nullable=column.nullable, server_default=default)
            )
    flags = {f"ck_{name}_{column.name}" for column in table.columns if isinstance(column.type, sa.Boolean)}
    for constraint in table.constraints:
        added = isinstance(constraint, sa.CheckConstraint | sa.ForeignKeyConstraint)
        if added and constraint.name not in references | flags:
            bind.execute(sa.schema.AddConstraint(constraint))


_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
_SAME = {
    "lists": "{0} LIKE '[%]'",
    "instants": "{0} LIKE '____-__-__T__:__:__.______Z'",
    "integers": "{0} = CAST({0} AS INTEGER)",
}
_FORMS: dict[str, dict[str, str]] = {
    "sqlite": {
        "decimals": (
            "typeof({0}) IN ('text', 'null') AND ({0} GLOB '[0-9]*' OR {0} GLOB '-[0-9]*') "
            "AND {0} NOT GLOB '?*[^0-9.]*' AND {0} NOT GLOB '*.*.*' AND {0} NOT GLOB '*.'"
        ),
        "partial": (
            "length({0}) IN (4, 7, 10) AND {0} >= '0001' "
            "AND {0} IS substr(date({0} || substr('-01-01', length({0}) - 3)), 1, length({0}))"
        ),
        "days": "{0} LIKE '____-__-__' AND {0} IS date({0})",
        **_SAME,
    },
    "postgresql": {
        "decimals": "{0} ~ '^-?[0-9]+([.][0-9]+)?$'",
        "partial": (
            "{0} ~ '^[0-9][0-9][0-9][0-9](-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$' AND {0} >= '0001'"
        ),
        "days": "isfinite({0})",
        **_SAME,
    },
}
_TYPES: dict[str, Any] = {"days": sa.Date, "integers": sa.Integer}


def _table(
    metadata: sa.MetaData,
    name: str,
    *,
    one_of: Mapping[str, str] | None = None,
    checks: Mapping[str, str] | None = None,
    keys: Mapping[str, str] | None = None,
    sure_keys: Mapping[str, str] | None = None,
    indexes: tuple[sa.Index, ...] = (),
    **columns: str,
) -> None:
    """Describe a table of records.

    ``columns`` are names by kind of column; kinds that begin with ``sure_``, texts, free texts and lists are
    never NULL, and the last two are empty when nothing is written.
    """
    every = {
        **columns,
        "texts": f"{columns.get('texts', '')} source created_by updated_by",
        "words": f"{columns.get('words', '')} verified_by deleted_by deleted_reason",
        "lists": f"{columns.get('lists', '')} absent",
        "instants": f"{columns.get('instants', '')} verified_at deleted_at",
        "sure_instants": "created_at updated_at",
        "sure_integers": f"{columns.get('sure_integers', '')} version",
    }
    made: list[Any] = [sa.Column("id", sa.Text, primary_key=True)]
    for kind, names in every.items():
        for column in names.split():
            made += _column(metadata.info["dialect"], kind, column)
    for column, table in {**(keys or {}), **(sure_keys or {})}.items():
        reference = sa.ForeignKey(f"{table}.id", deferrable=True, initially="DEFERRED")
        made.append(sa.Column(column, sa.Text, reference, nullable=column in (keys or {})))
    for column, words in (one_of or {}).items():
        listed = ", ".join(f"'{word}'" for word in words.split())
        made.append(_check(column, f"{column} IN ({listed})"))
    made += [_check(*named) for named in {**(checks or {}), **_RECORDED}.items()]
    made += [sa.Index(f"ix_{name}_{column}", column) for column in sure_keys or {}]
    sa.Table(name, metadata, *made, *indexes)


_RECORDED = {
    "id": "length(id) = 32",
    "version": "version >= 1",
    "verified": "(verified_at IS NULL) = (verified_by IS NULL)",
    "deleted": "(deleted_at IS NULL) = (deleted_by IS NULL)",
}


def _check(name: str, condition: str) -> Any:
    return sa.CheckConstraint(condition, name=name)


_EMPTY = {"free": "", "lists": "[]"}


def _column(dialect: str, kind: str, name: str) -> Iterator[Any]:
    plain, empty = kind.removeprefix("sure_"), _EMPTY.get(kind)
    of_type = (
        sa.Boolean(create_constraint=True, name=name) if plain == "flags" else _TYPES.get(plain, sa.Text)
    )
    optional = plain == kind and kind not in {"texts", *_EMPTY}
    yield sa.Column(name, of_type, nullable=optional, server_default=empty, info={"kind": kind})
    if plain in _FORMS[dialect]:
        yield _check(f"form_{name}", _FORMS[dialect][plain].format(name))


def _tables(dialect: str) -> sa.MetaData:
    metadata = sa.MetaData(naming_convention=_NAMING, info={"dialect": dialect})
    for name in _ELSEWHERE:
        sa.Table(name, metadata, sa.Column("id", sa.Text, primary_key=True))
    _lines(metadata)
    _events(metadata)
    return metadata


def _lines(metadata: sa.MetaData) -> None:
    """Therapy lines with what belongs to them."""
    _table(
        metadata,
        "therapy_line",
        texts="drug",
        free="drug_name off_guideline_reason note",
        words=(
            "role indication route dose_unit dose_basis frequency stop_reason intent response pjp_prophylaxis"
        ),
        decimals="dose",
        partial="stop planned_stop response_date",
        sure_partial="start",
        integers="courses_planned",
        one_of={
            "dose_basis": "flat per_kg per_m2",
            "indication": "lung extrathoracic both",
            "intent": "stabilise improve",
            "pjp_prophylaxis": "yes no declined unknown",
            "response": "improved stable worse too_early not_judged",
            "role": "induction maintenance rescue antifibrotic bridge supportive prophylaxis",
            "route": "PO IV SC IM INH",
        },
        checks={
            "courses_planned": "courses_planned >= 0",
            "drug": "length(drug) > 0",
            "prior_line_id": "prior_line_id <> id",
            "stop_after_start": "substr(stop, 1, length(start)) >= substr(start, 1, length(stop))",
        },
        keys={"prior_line_id": "therapy_line", "mdt_decision_id": "decision"},
        sure_keys={"patient_id": "patient"},
    )
    _table(
        metadata,
        "dose_change",
        free="reason",
        sure_decimals="dose",
        sure_partial="date",
        sure_keys={"patient_id": "patient", "line_id": "therapy_line"},
    )
    _table(
        metadata,
        "interruption",
        free="reason",
        partial="stop",
        sure_partial="start",
        checks={
            "stop_after_start": "substr(stop, 1, length(start)) >= substr(start, 1, length(stop))",
        },
        sure_keys={"patient_id": "patient", "line_id": "therapy_line"},
    )
    _table(
        metadata,
        "infusion",
        free="product batch checked_by started stopped rate_note vitals reaction_symptoms note",
        words="status reason planned_unit",
        decimals="dose_mg planned_dose weight_kg height_cm bsa_m2 cd19_per_ul",
        partial="next_due cd19_date",
        sure_days="date",
        lists="checks premedication reaction_actions",
        integers="cycle reaction_grade reaction_minutes",
        one_of={
            "status": "given partial deferred cancelled",
        },
        checks={
            "cycle": "cycle >= 1",
            "dose_given": "status NOT IN ('deferred', 'cancelled') OR dose_mg IS NULL",
            "reaction_grade": "reaction_grade BETWEEN 0 AND 5",
            "reaction_minutes": "reaction_minutes >= 0",
            "started": "started = '' OR (started LIKE '__:__' AND started BETWEEN '00:00' AND '23:59')",
            "stopped": "stopped = '' OR (stopped LIKE '__:__' AND stopped BETWEEN '00:00' AND '23:59')",
        },
        keys={"adverse_event_id": "adverse_event"},
        sure_keys={"patient_id": "patient", "line_id": "therapy_line"},
    )


def _events(metadata: sa.MetaData) -> None:
    """Adverse events."""
    _table(
        metadata,
        "adverse_event",
        texts="term",
        free="organism site treatment report_reference meddra_code note",
        words="category causality action outcome",
        partial="end_date",
        sure_partial="onset",
        lists="seriousness suspected_lines",
        flags="ongoing serious reported",
        integers="grade",
        one_of={
            "action": "none dose_reduced interrupted withdrawn dose_increased unknown not_applicable",
            "causality": "certain probable possible unlikely conditional unassessable",
            "outcome": "recovered recovering not_recovered sequelae fatal unknown",
        },
        checks={
            "end_date_after_onset": (
                "substr(end_date, 1, length(onset)) >= substr(onset, 1, length(end_date))"
            ),
            "grade": "grade BETWEEN 1 AND 5",
            "term": "length(term) > 0",
        },
        sure_keys={"patient_id": "patient"},
    )
