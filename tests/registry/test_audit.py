"""Every writer leaves a row in the trail, nobody can change it, and what was changed anyway is found."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Table, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ctdild_desktop.registry import audit, triggers
from ctdild_desktop.registry.models import (
    AuditRow,
    Base,
    DraftRow,
    PatientRow,
    PftRow,
    SealRow,
    TherapyLineRow,
    VisitRow,
    new_id,
)
from ctdild_desktop.registry.registry import Registry
from tests.support import any_row
from tests.support.registries import LOGIN, Clock, in_a_file

DAY = dt.date(2026, 1, 2)
NOW = dt.datetime(2026, 3, 12, tzinfo=dt.UTC)


TABLES = {table.name: table for table in triggers.audited_tables()}


def trail(registry: Registry) -> list[AuditRow]:
    with registry.read() as session:
        return list(session.execute(select(AuditRow).order_by(AuditRow.seq)).scalars())


def raw(registry: Registry, *statements: str) -> None:
    """Statements behind the registry's back, as a foreign tool with the key could do them."""
    with registry._writing.connect() as connection, connection.begin():
        for statement in statements:
            connection.exec_driver_sql(statement)


def a_line(registry: Registry) -> tuple[str, str]:
    with registry.write(LOGIN) as session:
        patient_id = session.execute(select(PatientRow.id)).scalar_one()
        line = TherapyLineRow(patient_id=patient_id, drug="mycophenolate", start="2025")
        session.add(line)
    return patient_id, line.id


def test_u1_every_table_but_the_trail_keys_and_drafts_is_audited() -> None:
    everything = {table.name for table in Base.metadata.sorted_tables}
    unaudited = {"audit", "audit_seal", "audit_context", "audit_key", "draft", "registry_keys"}
    assert everything - TABLES.keys() == unaudited


Writer = Callable[[Session, Table, str, dict[str, Any]], None]


def by_session(session: Session, table: Table, operation: str, values: dict[str, Any]) -> None:
    """As services write: objects of the session."""
    kind = any_row.class_of(table)
    if operation == "insert":
        names = {column.name: kind.__mapper__.get_property_by_column(column).key for column in table.columns}
        session.add(kind(**{names[name]: value for name, value in values.items() if name != "version"}))
    else:
        row = session.get_one(kind, values["id"])
        if operation == "delete":
            session.delete(row)
        else:
            setattr(row, any_row.plain_text_column(table), values["new"])
    session.flush()


def by_bulk(session: Session, table: Table, operation: str, values: dict[str, Any]) -> None:
    """Statements on a mapped class, without objects."""
    kind = any_row.class_of(table)
    if operation == "insert":
        names = {column.name: kind.__mapper__.get_property_by_column(column).key for column in table.columns}
        session.execute(insert(kind), [{names[name]: value for name, value in values.items()}])
    elif operation == "update":
        changed = {any_row.plain_text_column(table): values["new"]}
        session.execute(update(kind).where(table.c.id == values["id"]).values(changed))
    else:
        session.execute(delete(kind).where(table.c.id == values["id"]))


def by_core(session: Session, table: Table, operation: str, values: dict[str, Any]) -> None:
    """Statements on the table, past the session."""
    session.connection().execute(statement(table, operation, values))


def by_hand(session: Session, table: Table, operation: str, values: dict[str, Any]) -> None:
    """SQL text, as a foreign tool writes it."""
    connection = session.connection()
    said = statement(table, operation, values).compile(
        dialect=connection.dialect, compile_kwargs={"literal_binds": True}
    )
    connection.exec_driver_sql(str(said))


def statement(table: Table, operation: str, values: dict[str, Any]) -> Any:
    if operation == "insert":
        return table.insert().values(values)
    if operation == "delete":
        return table.delete().where(table.c.id == values["id"])
    changed = {any_row.plain_text_column(table): values["new"]}
    return table.update().where(table.c.id == values["id"]).values(changed)


WRITERS: tuple[Writer, ...] = (by_session, by_bulk, by_core, by_hand)


@pytest.mark.parametrize("name", TABLES)
def test_u1_insert_update_and_delete_leave_a_row_however_they_are_made(
    bare_registry: Registry, name: str
) -> None:
    registry = bare_registry
    if name in any_row.SINGLE:
        with registry.write(LOGIN) as session:
            session.execute(TABLES[name].delete())
    for writer in WRITERS:
        wrote_and_left_rows(registry, TABLES[name], writer)
    found = registry.verify()["checks"]
    assert found["audit_chain"] is True
    # each writer took the bytes of its own file away again, and what is known of the file stayed
    called = {"attachment_content": "files", "inbox_content": "messages"}.get(name)
    gone = rf"{len(WRITERS)} {called} not what was kept \(first: [0-9a-f]{{32}}\)"
    whole = gone if called else "True"
    assert re.fullmatch(whole, str(found["content"]))


def wrote_and_left_rows(registry: Registry, table: Table, writer: Writer) -> None:
    way, touched = writer.__name__, any_row.plain_text_column(table)
    with registry.write(LOGIN) as session:
        values = complete(any_row.values_for(session.connection(), table), table)
    before = len(trail(registry))
    with registry.write(LOGIN, "made") as session:
        writer(session, table, "insert", values)
    with registry.write(LOGIN, "changed") as session:
        writer(session, table, "update", {"id": values["id"], "new": way})
    with registry.write(LOGIN, "gone") as session:
        writer(session, table, "delete", {"id": values["id"]})
    written = trail(registry)[before:]
    acts = [("insert", "made"), ("update", "changed"), ("delete", "gone")]
    assert [(row.op, row.reason) for row in written] == acts, way
    assert {row.table_name for row in written} == {table.name}, way
    assert {row.row_id for row in written} == {str(values["id"])}, way
    assert {row.user_id for row in written} == {LOGIN}, way
    subject = values["id"] if table.name == "patient" else values.get("patient_id")
    assert {row.subject_id for row in written} == {subject}, way
    made, changed, gone = written
    assert json.loads(changed.old or "") == json.loads(made.new or ""), way
    assert json.loads(changed.new or "")[touched] == way
    assert json.loads(gone.old or "") == json.loads(changed.new or ""), way
    assert (made.old, gone.new) == (None, None), way


def complete(values: dict[str, Any], table: Table) -> dict[str, Any]:
    """The values with a version, where rows have one."""
    return {**values, "version": 1} if "version" in table.columns else values


def test_the_trail_keeps_numbers_as_they_were_typed(registry: Registry) -> None:
    patient_id, _ = a_line(registry)
    with registry.write(LOGIN) as session:
        session.add(PftRow(patient_id=patient_id, date=DAY, fvc_l=Decimal("2.30"), post_bd=True))
    last = json.loads(trail(registry)[-1].new or "")
    assert (last["fvc_l"], last["post_bd"], last["date"]) == ("2.30", 1, "2026-01-02")


def test_one_write_is_one_batch_with_one_seal(registry: Registry) -> None:
    patient_id, _ = a_line(registry)
    with registry.write(LOGIN) as session:
        session.add_all([VisitRow(patient_id=patient_id, date=DAY) for _ in range(3)])
    last = trail(registry)[-3:]
    assert len({row.batch for row in last}) == 1
    assert all(row.row_mac and row.nonce for row in last)
    with registry.read() as session:
        seal = session.execute(select(SealRow).order_by(SealRow.id.desc())).scalars().first()
        assert seal is not None
        assert (seal.first_seq, seal.last_seq) == (last[0].seq, last[-1].seq)


def test_u7_times_are_utc_and_a_clock_that_goes_back_is_noted(registry: Registry, clock: Clock) -> None:
    clock.now = dt.datetime(2026, 3, 12, 13, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    a_line(registry)
    with registry.read() as session:
        stored = session.execute(text("SELECT at FROM audit ORDER BY seq DESC")).scalars().first()
    assert stored == "2026-03-12T11:00:00.000000Z"
    clock.now = dt.datetime(2026, 3, 11, tzinfo=dt.UTC)
    registry.record_event("export", user=LOGIN, detail={"rows": "3"})
    found = registry.verify()
    assert found["ok"] is True
    assert len(found["notes"]) == 1
    assert "the clock went back" in found["notes"][0]


@in_a_file
def test_a_save_looks_only_behind_the_last_seal(registry: Registry) -> None:
    with registry.read() as session:
        plan = session.execute(
            text(f"EXPLAIN QUERY PLAN {audit._BATCH.text}"), {"after": 5, "batch": "b"}
        ).all()
    assert [row[3] for row in plan] == ["SEARCH audit USING INTEGER PRIMARY KEY (rowid>?)"]


def test_the_trail_leaves_out_what_was_not_recorded(registry: Registry) -> None:
    patient_id, _ = a_line(registry)
    with registry.write(LOGIN) as session:
        session.add(VisitRow(patient_id=patient_id, date=DAY, mmrc=0))
    written = json.loads(trail(registry)[-1].new or "")
    assert written["mmrc"] == 0
    assert "weight_kg" not in written


def test_u6_an_event_is_in_the_trail(registry: Registry) -> None:
    registry.record_event("print", user=LOGIN, subject_id="a" * 32, detail={"page": "MDT"})
    last = trail(registry)[-1]
    assert (last.op, last.row_id, last.subject_id, last.new) == (
        "event",
        "print",
        "a" * 32,
        '{"page": "MDT"}',
    )


def test_drafts_leave_no_trail(registry: Registry) -> None:
    before = registry.head()
    with registry.write(LOGIN) as session:
        session.add(DraftRow(login=LOGIN, kind="pft", payload={"fvc_l": "2,"}, saved_at=NOW))
    assert registry.head() == before


def test_a_person_has_one_draft_of_a_kind_for_a_patient_or_nobody(bare_registry: Registry) -> None:
    registry = bare_registry
    patient_id, _ = a_line(registry)

    def save(login: str, subject: str | None) -> None:
        with registry.write(login) as session:
            draft = DraftRow(login=login, kind="pft", patient_id=subject, payload={}, saved_at=NOW)
            session.add(draft)

    for login in (LOGIN, "drossel"):
        for subject in (patient_id, None):
            save(login, subject)
            with pytest.raises(IntegrityError):
                save(login, subject)


@in_a_file
def test_u2_a_write_that_names_nobody_is_refused(registry: Registry) -> None:
    for statement in (
        "UPDATE patient SET mrn = 'changed'",
        "DELETE FROM patient",
        "INSERT INTO import_mapping (id, name, toml, saved_at, saved_by) VALUES ('1', 'n', '', '', '')",
    ):
        with pytest.raises(IntegrityError, match=r"audit\.(batch|at|user_id)"):
            raw(registry, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET user_id = 'other' WHERE seq = 1",
        "UPDATE audit SET row_mac = x'00' WHERE seq = 1",
        "DELETE FROM audit WHERE seq = 1",
        "UPDATE audit_seal SET mac = x'00'",
        "DELETE FROM audit_seal",
    ],
)
@in_a_file
def test_u3_the_trail_cannot_be_changed(registry: Registry, statement: str) -> None:
    with pytest.raises(IntegrityError, match="cannot be changed"):
        raw(registry, statement)


UNGUARD = tuple(f"DROP TRIGGER {name}" for name in triggers.expected("sqlite") if name.startswith("guard_"))


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (("UPDATE audit SET user_id = 'other' WHERE seq = 3",), "entry 3 was changed"),
        (("UPDATE audit SET new = '{}' WHERE seq = 2",), "entry 2 was changed"),
        (("DELETE FROM audit WHERE seq = 2",), "entry 2 is missing"),
        (
            (
                "UPDATE audit SET seq = 99 WHERE seq = 2",
                "UPDATE audit SET seq = 2 WHERE seq = 3",
                "UPDATE audit SET seq = 3 WHERE seq = 99",
            ),
            "entry 2 was changed",
        ),
        (("DELETE FROM audit_seal WHERE id = 2",), "does not follow"),
        (("DELETE FROM audit_seal WHERE id = (SELECT max(id) FROM audit_seal)",), "is not sealed"),
        (("UPDATE audit_seal SET mac = x'00' WHERE id = 2",), "seal 2 was changed"),
        (
            (
                "INSERT INTO audit (batch, at, user_id, reason, op, table_name, row_id) "
                "VALUES ('', '', 'x', '', 'event', '', '')",
            ),
            "is not sealed",
        ),
    ],
)
@in_a_file
def test_u3_what_was_changed_behind_the_guards_is_found(
    registry: Registry, statements: tuple[str, ...], words: str
) -> None:
    a_line(registry)
    a_line(registry)
    raw(registry, *UNGUARD, *statements)
    found = registry.verify()
    assert found["ok"] is False
    assert words in found["checks"]["audit_chain"]
    assert "guard_audit_update" in found["checks"]["triggers"]


@in_a_file
def test_u3_a_foreign_entry_is_not_sealed_by_the_next_save(registry: Registry) -> None:
    raw(
        registry,
        "INSERT INTO audit (batch, at, user_id, reason, op, table_name, row_id) "
        "VALUES ('', '2026-01-01T00:00:00Z', 'x', '', 'event', '', '')",
    )
    foreign = trail(registry)[-1].seq
    a_line(registry)
    assert registry.verify()["checks"]["audit_chain"] == f"entry {foreign} is not sealed"


@in_a_file
def test_u3_a_cut_tail_is_found_with_a_saved_head(registry: Registry) -> None:
    a_line(registry)
    saved = registry.head()
    a_line(registry)
    printed = registry.head()
    raw(
        registry,
        *UNGUARD,
        "DELETE FROM audit WHERE seq > (SELECT last_seq FROM audit_seal ORDER BY id DESC LIMIT 1 OFFSET 1)",
        "DELETE FROM audit_seal WHERE id = (SELECT max(id) FROM audit_seal)",
    )
    assert registry.verify(saved)["checks"]["audit_chain"] is True
    assert registry.verify(printed)["checks"]["audit_chain"] == "the end of the trail was cut off"


@in_a_file
def test_u5_a_missing_trigger_is_found(registry: Registry) -> None:
    raw(registry, "DROP TRIGGER audit_pft_update")
    assert registry.verify()["checks"]["triggers"] == "not as expected: audit_pft_update"


@in_a_file
def test_a_reference_that_leads_nowhere_is_found(registry: Registry) -> None:
    patient_id, _ = a_line(registry)
    with registry._engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("DROP TRIGGER audit_patient_delete")
        connection.exec_driver_sql(f"DELETE FROM patient WHERE id = '{patient_id}'")
        connection.invalidate()
    assert registry.verify()["checks"]["foreign_keys"] == "1 references lead nowhere"


def test_u1_a_bulk_insert_is_audited_row_by_row(registry: Registry) -> None:
    patient_id, _ = a_line(registry)
    before = len(trail(registry))
    stamps = {"created_at": NOW, "created_by": LOGIN, "updated_at": NOW, "updated_by": LOGIN}
    rows = [
        {"id": new_id(), "version": 1, "patient_id": patient_id, "date": DAY, **stamps} for _ in range(40)
    ]
    with registry.write(LOGIN, "bulk") as session:
        session.execute(insert(VisitRow), rows)
    assert len(trail(registry)) == before + 40
    assert registry.verify()["ok"] is True


_TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.lists(st.none() | _TEXTS, min_size=10, max_size=10), st.integers(min_value=1))
def test_the_text_under_a_seal_is_the_json_that_it_always_was(values: list[str | None], seq: int) -> None:
    """Seals that were made by ``json.dumps`` must fit for ever."""
    expected = json.dumps([seq, *values, "00ff"], ensure_ascii=False, separators=(",", ":"))
    assert audit._row_text((seq, *values, b"nonce", b"mac"), "00ff") == expected
    foreign = [*values[:9], 5]
    expected = json.dumps([seq, *foreign, "00ff"], ensure_ascii=False, separators=(",", ":"))
    assert audit._row_text((seq, *foreign, b"nonce", b"mac"), "00ff") == expected
