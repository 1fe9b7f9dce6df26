"""Every writer leaves a row in the trail, nobody can change it, and what was changed anyway is found."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import delete, insert, inspect, select, text, update
from sqlalchemy.exc import IntegrityError

from ctdild_desktop.registry import audit, triggers
from ctdild_desktop.registry.models import (
    AdverseEventRow,
    AuditRow,
    Base,
    DiagnosisRow,
    DoseChangeRow,
    DraftRow,
    ErasureRow,
    HrctRow,
    InfusionRow,
    InterruptionRow,
    MappingRow,
    PatientRow,
    PftRow,
    RegistryInfoRow,
    SealRow,
    SiteCriterionRow,
    TherapyLineRow,
    UserRow,
    VisitRow,
    new_id,
)
from ctdild_desktop.registry.registry import Registry
from tests.support.registries import LOGIN, Clock

DAY = dt.date(2026, 1, 2)
NOW = dt.datetime(2026, 3, 12, tzinfo=dt.UTC)


def row_of(kind: type[Base], patient_id: str, line_id: str) -> Base:
    """A row of this table that the table's rules accept."""
    made: dict[type[Base], Callable[[], Base]] = {
        PatientRow: lambda: PatientRow(mrn="A"),
        DiagnosisRow: lambda: DiagnosisRow(patient_id=patient_id, date="2026", ctd="SSc"),
        VisitRow: lambda: VisitRow(patient_id=patient_id, date=DAY),
        PftRow: lambda: PftRow(patient_id=patient_id, date=DAY, fvc_l=Decimal("2.30")),
        HrctRow: lambda: HrctRow(patient_id=patient_id, date=DAY),
        TherapyLineRow: lambda: TherapyLineRow(patient_id=patient_id, drug="rituximab", start="2026-01"),
        DoseChangeRow: lambda: DoseChangeRow(
            patient_id=patient_id, line_id=line_id, date="2026", dose=Decimal(2)
        ),
        InterruptionRow: lambda: InterruptionRow(patient_id=patient_id, line_id=line_id, start="2026"),
        InfusionRow: lambda: InfusionRow(patient_id=patient_id, line_id=line_id, date=DAY),
        AdverseEventRow: lambda: AdverseEventRow(patient_id=patient_id, onset="2026", term="nausea"),
        UserRow: lambda: UserRow(login="drossel", display_name="T. Drossel", role="viewer"),
        ErasureRow: lambda: ErasureRow(
            subject_id="0" * 32, erased_at=NOW, erased_by=LOGIN, basis="Art. 17", entries=0
        ),
        MappingRow: lambda: MappingRow(name="m", toml="", saved_at=NOW, saved_by=LOGIN),
        SiteCriterionRow: lambda: SiteCriterionRow(
            name="Own fall",
            measure="fvc",
            basis="relative",
            comparator="at_least",
            amount=Decimal("7.50"),
            window_months=12,
            set_by=LOGIN,
            set_at=NOW,
        ),
    }
    return made[kind]()


KINDS = [
    PatientRow,
    DiagnosisRow,
    VisitRow,
    PftRow,
    HrctRow,
    TherapyLineRow,
    DoseChangeRow,
    InterruptionRow,
    InfusionRow,
    AdverseEventRow,
    UserRow,
    MappingRow,
    SiteCriterionRow,
    ErasureRow,
]


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


def test_every_table_but_the_trail_and_drafts_is_audited() -> None:
    kinds = {str(kind.__tablename__) for kind in (*KINDS, RegistryInfoRow)}
    assert kinds == {table.name for table in triggers.audited_tables()}
    everything = {table.name for table in Base.metadata.sorted_tables}
    unaudited = {"audit", "audit_seal", "audit_context", "audit_key", "draft", "registry_keys"}
    assert everything - kinds == unaudited


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.__tablename__))
def test_insert_update_and_delete_leave_rows_however_they_are_made(
    registry: Registry, kind: type[Base]
) -> None:
    patient_id, line_id = a_line(registry)
    before = len(trail(registry))
    name = str(kind.__tablename__)
    table = Base.metadata.tables[name]
    touched = {
        UserRow: "display_name",
        MappingRow: "saved_by",
        SiteCriterionRow: "set_by",
        ErasureRow: "reason",
    }.get(kind, "source")
    with registry.write(LOGIN, "by session") as session:
        row = row_of(kind, patient_id, line_id)
        session.add(row)
        session.flush()
        setattr(row, touched, "session")
    identity = str(inspect(row).identity[0])
    with registry.write(LOGIN, "by bulk") as session:
        session.execute(update(kind).where(table.c.id == identity).values({touched: "bulk"}))
    with registry.write(LOGIN, "by core") as session:
        session.connection().execute(table.update().where(table.c.id == identity).values({touched: "core"}))
    with registry.write(LOGIN, "by hand") as session:
        session.execute(text(f"UPDATE {name} SET {touched} = 'hand' WHERE id = '{identity}'"))
    with registry.write(LOGIN, "gone") as session:
        session.execute(delete(kind).where(table.c.id == identity))
    written = trail(registry)[before:]
    assert [(row.op, row.reason) for row in written] == [
        ("insert", "by session"),
        ("update", "by session"),
        ("update", "by bulk"),
        ("update", "by core"),
        ("update", "by hand"),
        ("delete", "gone"),
    ]
    assert {row.table_name for row in written} == {name}
    assert {row.row_id for row in written} == {identity}
    assert {row.user_id for row in written} == {LOGIN}
    subject = (
        identity
        if kind is PatientRow
        else None
        if kind in {UserRow, MappingRow, SiteCriterionRow, ErasureRow}
        else patient_id
    )
    assert {row.subject_id for row in written} == {subject}
    assert json.loads(written[3].old or "")[touched] == "bulk"
    assert json.loads(written[3].new or "")[touched] == "core"
    assert (written[0].old, written[-1].new) == (None, None)
    assert registry.verify()["ok"] is True


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


def test_times_are_utc_and_a_clock_that_goes_back_is_noted(registry: Registry, clock: Clock) -> None:
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


def test_an_event_is_in_the_trail(registry: Registry) -> None:
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


def test_a_person_has_one_draft_of_a_kind_for_a_patient_or_nobody(registry: Registry) -> None:
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


def test_a_write_that_names_nobody_is_refused(registry: Registry) -> None:
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
def test_the_trail_cannot_be_changed(registry: Registry, statement: str) -> None:
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
def test_what_was_changed_behind_the_guards_is_found(
    registry: Registry, statements: tuple[str, ...], words: str
) -> None:
    a_line(registry)
    a_line(registry)
    raw(registry, *UNGUARD, *statements)
    found = registry.verify()
    assert found["ok"] is False
    assert words in found["checks"]["audit_chain"]
    assert "guard_audit_update" in found["checks"]["triggers"]


def test_a_foreign_entry_is_not_sealed_by_the_next_save(registry: Registry) -> None:
    raw(
        registry,
        "INSERT INTO audit (batch, at, user_id, reason, op, table_name, row_id) "
        "VALUES ('', '2026-01-01T00:00:00Z', 'x', '', 'event', '', '')",
    )
    foreign = trail(registry)[-1].seq
    a_line(registry)
    assert registry.verify()["checks"]["audit_chain"] == f"entry {foreign} is not sealed"


def test_a_cut_tail_is_found_with_a_saved_head(registry: Registry) -> None:
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


def test_a_missing_trigger_is_found(registry: Registry) -> None:
    raw(registry, "DROP TRIGGER audit_pft_update")
    assert registry.verify()["checks"]["triggers"] == "not as expected: audit_pft_update"


def test_a_reference_that_leads_nowhere_is_found(registry: Registry) -> None:
    patient_id, _ = a_line(registry)
    with registry._engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("DROP TRIGGER audit_patient_delete")
        connection.exec_driver_sql(f"DELETE FROM patient WHERE id = '{patient_id}'")
        connection.invalidate()
    assert registry.verify()["checks"]["foreign_keys"] == "1 references lead nowhere"


def test_a_bulk_insert_is_audited_row_by_row(registry: Registry) -> None:
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
