"""Everything else of patients, diagnoses, visits, tests and scans, and what has no value and why.

Revision: 2026_11_29_entities
After: 2026_11_28_therapy

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

revision = "2026_11_29_entities"
down_revision = "2026_11_28_therapy"
branch_labels = None
depends_on = None

_FIRST = "2026_11_22_first"
_ELSEWHERE = ("decision",)
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
    _site_criterion(before, bind.dialect.name, held=False)
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


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _tables(dialect: str) -> sa.MetaData:
    metadata = sa.MetaData(naming_convention=_NAMING, info={"dialect": dialect})
    for name in _ELSEWHERE:
        sa.Table(name, metadata, sa.Column("id", sa.Text, primary_key=True))
    _patients(metadata)
    _clinic(metadata)
    _site_criterion(metadata, dialect, held=True)
    return metadata


def _site_criterion(metadata: sa.MetaData, dialect: str, *, held: bool) -> None:
    """Thresholds of the clinic: nothing new but the form of its columns."""
    texts = ("name", "measure", "basis", "comparator", "amount", "set_by", "set_at")
    forms = {
        "amount": "decimals",
        "window_months": "integers",
        "set_at": "instants",
        "retired_at": "instants",
    }
    sa.Table(
        "site_criterion",
        metadata,
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        sa.Column("window_months", sa.Integer, nullable=False),
        sa.Column("retired_at", sa.Text),
        _check("name", "length(name) > 0"),
        _check("measure", "measure IN ('fvc', 'dlco')"),
        _check("basis", "basis IN ('points', 'relative')"),
        _check("comparator", "comparator IN ('more_than', 'at_least')"),
        _check("window_months", "window_months BETWEEN 1 AND 120"),
        *(_check(f"form_{name}", _FORMS[dialect][form].format(name)) for name, form in forms.items() if held),
    )


def _patients(metadata: sa.MetaData) -> None:
    """Patients and diagnoses."""
    _table(
        metadata,
        "patient",
        texts="mrn pseudonym",
        free=(
            "search_key family_name given_name gender_note exposures_note comorbidities_note "
            "lead_respiratory lead_rheumatology cause_of_death_note alert_note"
        ),
        words="sex smoking transplant oxygen consent_registry consent_research vital_status cause_of_death",
        decimals="height_cm pack_years oxygen_l_min",
        partial="birth_date transplant_date oxygen_since vital_status_date death_date",
        lists="exposures comorbidities allergies",
        flags="family_ild no_known_allergies",
        integers="ethnic_group",
        one_of={
            "cause_of_death": "respiratory ild infection other unknown",
            "consent_registry": "given declined withdrawn not_asked",
            "consent_research": "given declined withdrawn not_asked",
            "oxygen": "none ambulatory nocturnal ltot unknown",
            "sex": "F M",
            "smoking": "never ex current unknown",
            "transplant": "not_referred referred listed transplanted unsuitable unknown",
            "vital_status": "alive dead lost moved unknown",
        },
        checks={
            "alive_or_dead": "death_date IS NULL OR vital_status = 'dead'",
            "allergies": "NOT no_known_allergies OR allergies = '[]'",
            "ethnic_group": "ethnic_group BETWEEN 1 AND 5",
            "mrn": "length(mrn) > 0",
        },
        indexes=(
            sa.Index("uq_patient_mrn_live", "mrn", unique=True, **_where("deleted_at IS NULL")),
            sa.Index("uq_patient_pseudonym", "pseudonym", unique=True),
        ),
    )
    _table(
        metadata,
        "diagnosis",
        texts="ctd",
        free="ctd_note pattern_note extent_reason extrapulmonary_note note",
        words="criteria onset_order onset_mode pattern pattern_basis confidence behaviour extent basis",
        partial="first_symptom raynaud_onset ctd_diagnosed ild_diagnosed",
        sure_partial="date",
        lists="differentials antibodies extrapulmonary",
        flags="criteria_met",
        integers="mrss",
        one_of={
            "basis": "MDT clinic referral",
            "behaviour": "reversible reversible_risk stable progressive_may_stabilise progressive",
            "confidence": "definite high low unclassifiable",
            "extent": "limited extensive indeterminate",
            "onset_mode": "insidious subacute acute incidental unknown",
            "onset_order": "ctd_first ild_first together unknown",
            "pattern_basis": "hrct biopsy both",
        },
        checks={
            "ctd": "length(ctd) > 0",
            "mrss": "mrss BETWEEN 0 AND 51",
        },
        keys={"mdt_decision_id": "decision"},
        sure_keys={"patient_id": "patient"},
    )


def _clinic(metadata: sa.MetaData) -> None:
    """Visits, lung-function tests and scans."""
    _table(
        metadata,
        "visit",
        free="site clinician plan_text note",
        words="kind status symptom_change admission_reason",
        decimals="weight_kg temperature_c spo2_rest spo2_nadir oxygen_l_min",
        partial="exacerbation_date next_visit",
        sure_days="date",
        lists="vaccinations",
        flags="alternative_explanation crackles clubbing exacerbation_since",
        integers=(
            "bp_systolic bp_diastolic heart_rate mmrc functional_class admitted_nights admissions_since"
        ),
        one_of={
            "admission_reason": "respiratory other unknown",
            "kind": "baseline scheduled unscheduled telephone mdt_only day_case remote",
            "status": "attended did_not_attend cancelled planned",
            "symptom_change": "worse stable better unknown",
        },
        checks={
            "admissions_since": "admissions_since >= 0",
            "admitted_nights": "admitted_nights >= 0",
            "bp_diastolic": "bp_diastolic BETWEEN 0 AND 300",
            "bp_systolic": "bp_systolic BETWEEN 0 AND 400",
            "functional_class": "functional_class BETWEEN 1 AND 4",
            "heart_rate": "heart_rate BETWEEN 0 AND 400",
            "mmrc": "mmrc BETWEEN 0 AND 4",
            "seen": (
                "status IS NULL OR status = 'attended' OR coalesce(CAST(symptom_change AS TEXT), "
                "CAST(mmrc AS TEXT), CAST(weight_kg AS TEXT), CAST(spo2_rest AS TEXT), CAST(spo2_nadir "
                "AS TEXT), CAST(admitted_nights AS TEXT)) IS NULL"
            ),
        },
        sure_keys={"patient_id": "patient"},
    )
    _table(
        metadata,
        "pft",
        texts="source_format",
        free="laboratory device exclusion_reason comment",
        words=(
            "performed not_done dlco_unit volumes_method fvc_grade dlco_grade reference_set position "
            "not_done_fvc not_done_dlco source_sha256"
        ),
        decimals=(
            "height_cm weight_kg fvc_l fvc_pct_pred fvc_pred_l fev1_l fev1_pct_pred svc_l dlco "
            "dlco_pct_pred hb_g_l tlc_l rv_l frc_l va_l kco kco_pct_pred spo2_rest spo2_nadir walk_m "
            "walk_spo2_nadir walk_borg"
        ),
        days="hb_date",
        sure_days="date",
        lists="confirmed_unusual",
        flags="dlco_hb_corrected post_bd",
        sure_flags="excluded",
        sure_integers="entered",
        one_of={
            "dlco_grade": "A B C D F",
            "dlco_unit": "mL/min/mmHg mmol/min/kPa",
            "fvc_grade": "A B C D E U F",
            "not_done": (
                "unwell cannot_perform infection_control equipment declined did_not_attend oxygen_dependent "
                "other"
            ),
            "not_done_dlco": (
                "unwell cannot_perform infection_control equipment declined did_not_attend oxygen_dependent "
                "other"
            ),
            "not_done_fvc": (
                "unwell cannot_perform infection_control equipment declined did_not_attend oxygen_dependent "
                "other"
            ),
            "performed": "done partly not_done",
            "position": "sitting standing supine unknown",
            "volumes_method": "body_box helium nitrogen other unknown",
        },
        checks={
            "dlco_has_unit": "dlco IS NULL OR dlco_unit IS NOT NULL",
            "performed_or_not": (
                "performed <> 'not_done' OR coalesce(fvc_l, fvc_pct_pred, fev1_l, dlco, dlco_pct_pred) "
                "IS NULL"
            ),
            "source_sha256": "length(source_sha256) = 64",
        },
        sure_keys={"patient_id": "patient"},
    )
    _table(
        metadata,
        "hrct",
        free="site reader finding_note quantification accession report radiation_note note",
        words=(
            "read_type pattern ground_glass reticulation traction_bronchiectasis honeycombing consolidation "
            "cysts mosaic_attenuation nodules volume_loss extent_reading emphysema_extent acute_change "
            "result"
        ),
        decimals=(
            "pattern_percent extent_percent fibrosis_percent ground_glass_percent pa_diameter_mm "
            "pa_aorta_ratio quantification_score"
        ),
        partial="next_due",
        days="read_date compared_with",
        sure_days="date",
        lists="distribution signs signs_not_seen",
        flags=(
            "contrast prone expiratory subpleural_sparing fibrosis emphysema oesophagus_dilated "
            "pleural_disease enlarged_nodes suspicious_finding mixed alternative_explanation"
        ),
        one_of={
            "acute_change": "none infection exacerbation embolism other unknown",
            "consolidation": "absent mild moderate severe unknown",
            "cysts": "absent mild moderate severe unknown",
            "emphysema_extent": "none below_15 from_15 unknown",
            "extent_reading": "below_20 above_20 indeterminate",
            "ground_glass": "absent mild moderate severe unknown",
            "honeycombing": "absent mild moderate severe unknown",
            "mosaic_attenuation": "absent mild moderate severe unknown",
            "nodules": "absent mild moderate severe unknown",
            "read_type": "local mdt",
            "result": "progression stable improved not_compared",
            "reticulation": "absent mild moderate severe unknown",
            "traction_bronchiectasis": "absent mild moderate severe unknown",
            "volume_loss": "absent mild moderate severe unknown",
        },
        sure_keys={"patient_id": "patient"},
    )
