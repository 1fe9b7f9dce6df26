"""P5: what each role may do on a server with a plain connection, past the program and its checks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import select

from ctdild_desktop.registry import rights, users
from ctdild_desktop.registry.keystore import CHEAPEST
from ctdild_desktop.registry.models import ROLES, Base, DraftRow, PatientRow, VisitRow
from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.registry.server import Server
from ctdild_desktop.registry.server_accounts import role_of, sign_in_password
from ctdild_desktop.registry.server_connection import open_connection
from tests.registry.conftest import add_first_patient
from tests.support import any_row
from tests.support.postgres import Cluster
from tests.support.registries import LOGIN, PASSPHRASE, Clock

DENIED = (errors.InsufficientPrivilege, errors.RaiseException)
TABLES = {table.name: table for table in Base.metadata.sorted_tables}
every_role = pytest.mark.parametrize("role", ROLES)


@dataclass(frozen=True)
class Department:
    """A registry with a person of each role, whose login is the role's name, and one patient."""

    registry: Registry
    patient_id: str
    visit_id: str

    def connect(self, login: str) -> psycopg.Connection[Any]:
        """A plain connection as that person; each statement is a transaction of its own."""
        place = self.registry.place
        password = sign_in_password(place.database, login, PASSPHRASE)
        opened: psycopg.Connection[Any] = open_connection(
            place, role_of(place.database, login), password, autocommit=True
        )
        return opened

    def content(self) -> dict[str, list[Any]]:
        """Every row of every table."""
        with self.registry.read() as session:
            return {
                name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
                for name, table in TABLES.items()
            }


@pytest.fixture(scope="module")
def department(cluster: Cluster) -> Iterator[Department]:
    place = cluster.new_database()
    registry, _ = Registry.create(place, LOGIN, "R. Amsel", PASSPHRASE, cost=CHEAPEST, clock=Clock())
    for role in ROLES:
        users.add_user(registry, role, role.capitalize(), role, PASSPHRASE, cost=CHEAPEST)
    add_first_patient(registry)
    with registry.write(LOGIN) as session:
        patient_id = session.execute(select(PatientRow.id)).scalar_one()
        visit = VisitRow(patient_id=patient_id, date=any_row.NOW.date())
        session.add_all(
            [visit, DraftRow(login=LOGIN, kind="pft", payload={"fvc_l": "2"}, saved_at=any_row.NOW)]
        )
    yield Department(registry, patient_id, visit.id)
    registry.close()
    cluster.drop(place)


def said_by(login: str) -> str:
    """What the program says before it writes."""
    return (
        f"SELECT set_config('ctdild.user', '{login}', false), set_config('ctdild.batch', 'b', false), "
        "set_config('ctdild.at', '2026-03-12T10:00:00Z', false), set_config('ctdild.reason', '', false)"
    )


TRAIL = (
    "UPDATE audit SET new = '{}' WHERE seq = 2",
    "UPDATE audit SET old = NULL, new = NULL, reason = '', nonce = NULL WHERE seq = 2",
    "UPDATE audit SET user_id = 'another'",
    "UPDATE audit SET at = ''",
    r"UPDATE audit SET row_mac = '\x00', nonce = '\x00'",
    "UPDATE audit SET row_mac = NULL",
    "DELETE FROM audit",
    "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",
    "TRUNCATE audit",
    "INSERT INTO audit (seq, batch, at, user_id, reason, op, table_name, row_id) "
    "VALUES (9999, 'b', '', 'viewer', '', 'event', '', '')",
    r"UPDATE audit_seal SET mac = '\x00'",
    "DELETE FROM audit_seal",
    "TRUNCATE audit_seal",
    "SELECT audit_add('insert', 'patient', 'x', 'x', NULL, '{}')",
    "COPY audit FROM STDIN",
)
GUARDS = (
    "ALTER TABLE audit DISABLE TRIGGER ALL",
    "ALTER TABLE patient DISABLE TRIGGER audit_patient",
    "ALTER TABLE patient DISABLE TRIGGER USER",
    "DROP TRIGGER guard_audit_update ON audit",
    "DROP TRIGGER audit_patient ON patient",
    "CREATE TRIGGER mine BEFORE INSERT ON patient FOR EACH ROW EXECUTE FUNCTION guard_trail()",
    "CREATE OR REPLACE FUNCTION audit_patient() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "DROP FUNCTION audit_patient() CASCADE",
    "ALTER FUNCTION audit_patient() RENAME TO gone",
    "CREATE RULE mine AS ON INSERT TO patient DO INSTEAD NOTHING",
    "ALTER TABLE draft DISABLE ROW LEVEL SECURITY",
    "DROP POLICY draft_update ON draft",
    "SET session_replication_role = replica",
    "ALTER TABLE patient RENAME TO mine",
    "DROP TABLE patient CASCADE",
    "CREATE TABLE mine (id int)",
    "CREATE TEMP TABLE audit (seq int)",
    "CREATE SCHEMA mine",
    "CREATE EXTENSION dblink",
)
ROWS = (
    "DELETE FROM patient",
    "DELETE FROM visit",
    "TRUNCATE patient CASCADE",
    "TRUNCATE visit",
    "TRUNCATE app_user",
    "DELETE FROM app_user",
    "DELETE FROM registry_keys",
    r"UPDATE attachment_content SET content = '\x00'",
    "INSERT INTO registry_keys (id, content) VALUES (2, '')",
    "UPDATE registry_info SET db_id = 'x'",
    "UPDATE alembic_version SET version_num = 'x'",
    "INSERT INTO audit_context (id, batch, at, user_id, reason) VALUES (1, 'b', '', 'x', '')",
)
POWER = (
    "SET ROLE ctd_owner",
    "SET SESSION AUTHORIZATION ctd_owner",
    "ALTER ROLE current_user CREATEROLE",
    "ALTER ROLE current_user SUPERUSER",
    "CREATE ROLE mine",
    "ALTER ROLE ctd_owner PASSWORD 'mine'",
    "COPY patient TO PROGRAM 'cat'",
    "COPY patient TO '/tmp/mine'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT rolpassword FROM pg_authid",
    "SELECT lo_import('/etc/passwd')",
)


@every_role
def test_p5_nobody_changes_the_trail_its_guards_or_what_is_of_the_owner(
    department: Department, role: str
) -> None:
    before = department.content()
    with closing(department.connect(role)) as connection:
        connection.execute(said_by(role))
        for statement in (*TRAIL, *GUARDS, *ROWS, *POWER):
            refused(connection, statement)
    assert department.content() == before
    assert department.registry.verify()["ok"] is True


def refused(connection: psycopg.Connection[Any], statement: str) -> None:
    try:
        connection.execute(statement)
    except DENIED:
        return
    pytest.fail(f"was let through: {statement}")


@every_role
def test_p5_everybody_reads(department: Department, role: str) -> None:
    with closing(department.connect(role)) as connection:
        for name in TABLES:
            found = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()
            assert found is not None
        assert connection.execute("SELECT mrn FROM patient").fetchall() == [("MRN-SENTINEL-1",)]


@every_role
def test_p5_tables_are_written_by_the_roles_that_may_and_by_no_other(
    department: Department, role: str
) -> None:
    may = {name for name, roles in rights.writers().items() if role in roles}
    written, changed = set(), set()
    with closing(department.connect(role)) as connection:
        for name in TABLES:
            granted = "SELECT has_table_privilege(%s, 'INSERT'), has_table_privilege(%s, 'UPDATE')"
            row = connection.execute(granted, (name, name)).fetchone()
            assert row is not None
            written |= {name} if row[0] else set()
            changed |= {name} if row[1] else set()
    assert written == may - {"registry_keys"} | {"audit_seal"}
    assert changed == may - {"attachment_content", "inbox_content"}


@every_role
def test_p5_a_write_is_kept_in_the_trail_under_one_s_own_name(department: Department, role: str) -> None:
    change = f"UPDATE visit SET note = 'by hand' WHERE id = '{department.visit_id}'"
    with closing(department.connect(role)) as connection, connection.transaction(force_rollback=True):
        connection.execute(said_by(role))
        if role == "viewer":
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(change)
            return
        connection.execute(change)
        last = "SELECT user_id, op, row_id FROM audit ORDER BY seq DESC LIMIT 1"
        assert connection.execute(last).fetchone() == (role, "update", department.visit_id)


@every_role
def test_p5_nobody_writes_in_the_name_of_somebody_else_or_of_nobody(
    department: Department, role: str
) -> None:
    before = department.content()
    writing = (
        f"UPDATE visit SET note = 'forged' WHERE id = '{department.visit_id}'",
        "UPDATE patient SET alert_note = 'forged'",
        "SELECT audit_note('export', NULL, '{}')",
    )
    with closing(department.connect(role)) as connection:
        for statement in writing:
            with pytest.raises((errors.NotNullViolation, errors.InsufficientPrivilege)):
                connection.execute(statement)
        for name in (LOGIN, "ctd_owner", "postgres", f"{role} ", role.upper()):
            connection.execute(said_by(name))
            for statement in writing:
                refused(connection, statement)
    assert department.content() == before


@pytest.mark.parametrize("role", ROLES[:-1])
def test_p5_accounts_are_made_and_changed_by_administrators_alone(department: Department, role: str) -> None:
    verifier = "SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy"
    calls = (
        f"SELECT account_add('mole', 'administrator', '{verifier}')",
        f"SELECT account_role('{role}', 'administrator')",
        "SELECT account_role('amsel', 'viewer')",
        "SELECT account_remove('amsel')",
        f"SELECT account_password('amsel', '{verifier}')",
        "UPDATE app_user SET role = 'administrator'",
        f"UPDATE app_user SET active = true, role = 'administrator' WHERE login = '{role}'",
        "INSERT INTO app_user (id, login, display_name, role, active) VALUES ('m', 'm', 'm', 'viewer', true)",
        f'GRANT "{department.registry.place.database}:administrator" TO current_user',
        f'SET ROLE "{department.registry.place.database}:administrator"',
    )
    before = department.content()
    with closing(department.connect(role)) as connection:
        connection.execute(said_by(role))
        for call in calls:
            refused(connection, call)
    assert department.content() == before


@every_role
def test_p5_nobody_changes_a_draft_or_a_mark_that_is_somebody_else_s(
    department: Department, role: str
) -> None:
    with closing(department.connect(role)) as connection, connection.transaction(force_rollback=True):
        connection.execute(said_by(role))
        own = f"UPDATE app_user SET must_change = true WHERE login = '{role}'"
        assert connection.execute(own).rowcount == 1
        others = f"UPDATE app_user SET must_change = true WHERE login = '{LOGIN}'"
        if role == "administrator":
            assert connection.execute(others).rowcount == 1
        else:
            with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
                connection.execute(others)
        assert connection.execute("SELECT count(*) FROM draft").fetchone() == (1,)
        if role == "viewer":
            return
        assert connection.execute("UPDATE draft SET payload = '{}'").rowcount == 0
        assert connection.execute("DELETE FROM draft").rowcount == (1 if role == "administrator" else 0)
        mine = "INSERT INTO draft (id, login, kind, payload, saved_at) VALUES ('1', %s, 'pft', '{}', '')"
        connection.execute(mine, (role,))
        assert connection.execute("UPDATE draft SET payload = '{}'").rowcount == 1
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(mine.replace("'1'", "'2'"), (LOGIN,))


def test_p5_an_administrator_removes_rows_only_of_the_patient_who_is_erased(department: Department) -> None:
    erase = f"DELETE FROM visit WHERE patient_id = '{department.patient_id}'"
    with closing(department.connect("administrator")) as connection:
        for erasing in ("", "f" * 32):
            with connection.transaction(force_rollback=True):
                connection.execute(said_by("administrator"))
                connection.execute("SELECT set_config('ctdild.erasing', %s, true)", (erasing,))
                with pytest.raises(errors.InsufficientPrivilege, match="only when the patient is erased"):
                    connection.execute(erase)
        with connection.transaction(force_rollback=True):
            connection.execute(said_by("administrator"))
            connection.execute("SELECT set_config('ctdild.erasing', %s, true)", (department.patient_id,))
            assert connection.execute(erase).rowcount == 1
            last = connection.execute(
                "SELECT user_id, op, old FROM audit ORDER BY seq DESC LIMIT 1"
            ).fetchone()
            assert last == ("administrator", "delete", None)


def test_p5_even_the_owner_cannot_empty_a_table_or_change_the_trail_while_the_guards_stand(
    department: Department, cluster: Cluster
) -> None:
    place = cluster.place(department.registry.place.database)
    before = department.content()
    with closing(Server.of_address(place).connect(autocommit=True)) as connection:
        for statement in (*TRAIL, "TRUNCATE patient CASCADE", "TRUNCATE app_user"):
            if statement.startswith(("UPDATE", "DELETE", "TRUNCATE")):
                refused(connection, statement)
    assert department.content() == before


def test_p5_somebody_without_an_account_is_not_let_in(department: Department) -> None:
    place = department.registry.place
    for login in ("nobody", "administrator'", '"viewer"'):
        password = sign_in_password(place.database, login, PASSPHRASE)
        with pytest.raises(Exception, match="does not accept this login"):
            open_connection(place, role_of(place.database, login), password)
