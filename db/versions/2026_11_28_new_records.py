"""Tables for what was not kept so far: blood results, antibodies, procedures, scores, files, meetings.

Revision: 2026_11_28_new_records
After: 2026_11_23_site_criteria

Makes no trigger: a later revision makes them for every table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_new_records"
down_revision = "2026_11_23_site_criteria"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    bind = op.get_bind()
    metadata = _tables(bind.dialect.name)
    metadata.create_all(bind, tables=_new(metadata))


def downgrade() -> None:
    """Remove the tables."""
    bind = op.get_bind()
    metadata = _tables(bind.dialect.name)
    metadata.drop_all(bind, tables=_new(metadata))


def _new(metadata: sa.MetaData) -> list[sa.Table]:
    return [table for table in metadata.sorted_tables if table.name not in _THERE]


_THERE = ("patient", "adverse_event")
"""Tables of before that the new ones refer to."""

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
    for name in _THERE:
        sa.Table(name, metadata, sa.Column("id", sa.Text, primary_key=True))
    _measured(metadata)
    _asked(metadata)
    _team(metadata)
    return metadata


def _measured(metadata: sa.MetaData) -> None:
    """Blood, antibodies, the heart and what was taken from the lung."""
    _table(
        metadata,
        "lab",
        texts="test",
        free="test_name unit text laboratory note",
        words="detection result",
        decimals="value lln uln",
        sure_partial="date",
        flags="fasting",
        one_of={
            "detection": "below above",
            "result": "negative borderline positive unknown",
        },
        checks={
            "detection_of_value": "detection IS NULL OR value IS NOT NULL",
            "something": "value IS NOT NULL OR result IS NOT NULL OR text <> '' OR absent <> '[]'",
            "test": "length(test) > 0",
        },
        sure_keys={"patient_id": "patient"},
    )
    _table(
        metadata,
        "serology",
        texts="test result",
        free="test_name unit assay laboratory note",
        words="detection pattern",
        decimals="value uln",
        sure_partial="date",
        integers="titre",
        one_of={
            "detection": "below above",
            "result": "negative borderline positive not_done unknown",
        },
        checks={
            "detection_of_value": "detection IS NULL OR value IS NOT NULL",
            "done_or_not": "result <> 'not_done' OR (value IS NULL AND titre IS NULL)",
            "test": "length(test) > 0",
            "titre": "titre BETWEEN 1 AND 10000000",
        },
        sure_keys={"patient_id": "patient"},
    )
    _table(
        metadata,
        "heart_test",
        texts="kind",
        free="site note",
        decimals="rvsp_mmhg tapse_mm lvef_percent mpap_mmhg pvr_wu pawp_mmhg",
        sure_partial="date",
        one_of={
            "kind": "echo rhc",
        },
        sure_keys={"patient_id": "patient"},
    )
    _table(
        metadata,
        "procedure",
        texts="kind",
        free="organisms cytology pathologist ancillary complication_note note",
        words=(
            "not_done lobe bacteria mycobacteria fungi pneumocystis viruses biopsy_pattern confidence "
            "complication contribution"
        ),
        decimals=(
            "volume_in_ml recovered_ml cells_million_l macrophages_percent lymphocytes_percent "
            "neutrophils_percent eosinophils_percent mast_cells_percent cd4_cd8 sample_mm"
        ),
        sure_partial="date",
        integers="samples complication_grade",
        one_of={
            "bacteria": "negative positive pending not_done unknown",
            "complication": "none pneumothorax bleeding exacerbation death other unknown",
            "confidence": "definite high low unclassifiable",
            "contribution": "changed confirmed no_help unknown",
            "fungi": "negative positive pending not_done unknown",
            "kind": "bal transbronchial_biopsy cryobiopsy ebus surgical_biopsy none",
            "mycobacteria": "negative positive pending not_done unknown",
            "not_done": (
                "unwell cannot_perform infection_control equipment declined did_not_attend oxygen_dependent "
                "other"
            ),
            "pneumocystis": "negative positive pending not_done unknown",
            "viruses": "negative positive pending not_done unknown",
        },
        checks={
            "complication_grade": "complication_grade BETWEEN 1 AND 5",
            "done_or_not": "kind = 'none' OR not_done IS NULL",
            "samples": "samples >= 0",
        },
        keys={"adverse_event_id": "adverse_event"},
        sure_keys={"patient_id": "patient"},
    )


def _asked(metadata: sa.MetaData) -> None:
    """Questionnaires, consent and files."""
    _table(
        metadata,
        "pro",
        texts="instrument",
        free="form_version language scored_by note",
        words="mode",
        sure_partial="date",
        lists="scores",
        flags="complete",
        integers="items_missing",
        one_of={
            "mode": "self helped phone",
        },
        checks={
            "instrument": "length(instrument) > 0",
            "items_missing": "items_missing >= 0",
        },
        sure_keys={"patient_id": "patient"},
    )
    _table(
        metadata,
        "consent",
        texts="kind answer",
        free="title taken_by form_version note",
        sure_partial="date",
        one_of={
            "answer": "given declined withdrawn not_asked",
            "kind": "registry research other",
        },
        checks={
            "title": "kind <> 'other' OR length(title) > 0",
        },
        sure_keys={"patient_id": "patient"},
    )
    _table(
        metadata,
        "attachment",
        texts="name media_type sha256",
        free="note",
        words="kind record_kind record_id",
        partial="date",
        sure_integers="size_bytes",
        one_of={
            "media_type": "application/pdf image/png image/jpeg application/dicom text/plain",
            "record_kind": (
                "diagnosis visit pft hrct therapy_line adverse_event serology procedure lab heart_test pro "
                "consent decision"
            ),
        },
        checks={
            "belongs_to": "(record_kind IS NULL) = (record_id IS NULL)",
            "name": "length(name) > 0",
            "sha256": "length(sha256) = 64",
            "size_bytes": "size_bytes BETWEEN 1 AND 26214400",
        },
        sure_keys={"patient_id": "patient"},
    )
    sa.Table(
        "attachment_content",
        metadata,
        sa.Column(
            "id",
            sa.Text,
            sa.ForeignKey("attachment.id", deferrable=True, initially="DEFERRED"),
            primary_key=True,
        ),
        sa.Column(
            "patient_id",
            sa.Text,
            sa.ForeignKey("patient.id", deferrable=True, initially="DEFERRED"),
            nullable=False,
        ),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        _check("content", "length(content) > 0"),
        sa.Index("ix_attachment_content_patient_id", "patient_id"),
    )


def _team(metadata: sa.MetaData) -> None:
    """Meetings with their agenda, decisions and actions."""
    _table(
        metadata,
        "meeting",
        texts="status",
        free="starts ends place chair coordinator minutes_signed_by note",
        words="kind",
        sure_days="date",
        lists="attendees quorum_rule",
        instants="minutes_signed_at",
        one_of={
            "kind": "ild_mdt joint_rheumatology transplant virtual other",
            "status": "planned locked held closed",
        },
        checks={
            "ends": "ends = '' OR (ends LIKE '__:__' AND ends BETWEEN '00:00' AND '23:59')",
            "minutes_signed": "(minutes_signed_at IS NULL) = (minutes_signed_by = '')",
            "starts": "starts = '' OR (starts LIKE '__:__' AND starts BETWEEN '00:00' AND '23:59')",
        },
    )
    _table(
        metadata,
        "agenda_item",
        texts="question",
        free="requested_by note",
        words="urgency",
        flags="pft_ready hrct_ready serology_ready pathology_ready",
        integers="minutes",
        sure_integers="position",
        one_of={
            "urgency": "routine urgent",
        },
        checks={
            "minutes": "minutes BETWEEN 1 AND 600",
            "position": "position >= 1",
            "question": "length(question) BETWEEN 1 AND 200",
        },
        sure_keys={"patient_id": "patient", "meeting_id": "meeting"},
        indexes=(
            sa.Index(
                "uq_agenda_item_live", "meeting_id", "patient_id", unique=True, **_where("deleted_at IS NULL")
            ),
        ),
    )
    _table(
        metadata,
        "decision",
        texts="question snapshot",
        free=(
            "presenter diagnosis_note verdict_reason recommendation preference dissent next_trigger "
            "signed_by implementation_note note"
        ),
        words="reason diagnosis confidence pattern behaviour team_verdict implemented not_implemented",
        decimals="confidence_percent",
        partial="next_date implemented_date",
        days="letter_sent",
        sure_days="date",
        lists="material differentials shown recommendations addenda letter_to",
        flags="ctd_agreed preference_known typed_live",
        instants="signed_at",
        one_of={
            "behaviour": "reversible reversible_risk stable progressive_may_stabilise progressive",
            "confidence": "definite high low unclassifiable",
            "implemented": "yes partly no pending",
            "team_verdict": "progressing stable improved cannot_tell",
        },
        checks={
            "question": "length(question) BETWEEN 1 AND 200",
            "signed": "(signed_at IS NULL) = (signed_by = '')",
            "snapshot": "snapshot LIKE '{%}'",
        },
        keys={"agenda_item_id": "agenda_item"},
        sure_keys={"patient_id": "patient", "meeting_id": "meeting"},
        indexes=(
            sa.Index(
                "uq_decision_live", "meeting_id", "patient_id", unique=True, **_where("deleted_at IS NULL")
            ),
        ),
    )
    _table(
        metadata,
        "action",
        texts="what status",
        free="owner note",
        days="due done_date",
        one_of={
            "status": "open done cancelled",
        },
        checks={
            "done": "(status = 'done') = (done_date IS NOT NULL)",
            "what": "length(what) > 0",
        },
        sure_keys={"patient_id": "patient", "decision_id": "decision"},
    )
