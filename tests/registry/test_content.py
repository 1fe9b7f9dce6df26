"""A row that was changed, removed or added with the triggers switched off differs from the trail."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from ctdild_desktop.registry import triggers
from ctdild_desktop.registry.errors import DamagedError
from ctdild_desktop.registry.models import DraftRow, PatientRow, PftRow, VisitRow, new_id
from ctdild_desktop.registry.registry import Registry
from tests.support.behind import unwatched
from tests.support.old_registries import LOGIN as OLD_LOGIN
from tests.support.old_registries import PASSPHRASE as OLD_PASSPHRASE
from tests.support.old_registries import REVISIONS, make_old_registry
from tests.support.registries import LOGIN, Made, in_a_file

NOW = dt.datetime(2026, 3, 12, tzinfo=dt.UTC)


@pytest.fixture
def test_id(registry: Registry) -> str:
    """A test and a visit of the one patient."""
    with registry.write(LOGIN) as session:
        patient_id = session.query(PatientRow.id).scalar()
        row = PftRow(patient_id=patient_id, date=dt.date(2026, 1, 2), fvc_l=Decimal("2.30"), post_bd=True)
        session.add_all([row, VisitRow(patient_id=patient_id, date=dt.date(2026, 1, 2), mmrc=0)])
    return row.id


def content(registry: Registry) -> object:
    found = registry.verify()
    assert found["checks"]["triggers"] is True
    assert found["checks"]["audit_chain"] is True
    assert found["ok"] is (found["checks"]["content"] is True)
    return found["checks"]["content"]


def behind(registry: Registry, statement: str) -> None:
    with unwatched(registry) as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("registry", ["file", "owner"], indirect=True)
def test_u3_nothing_differs_in_a_registry_that_only_the_program_wrote(
    registry: Registry, test_id: str
) -> None:
    with registry.write(LOGIN) as session:
        row = session.get_one(PftRow, test_id)
        row.fvc_l, row.comment = Decimal("2.3"), 'a "quoted" text, Ö, 山, \u0001 and\na line'
    with registry.write(LOGIN) as session:
        session.delete(session.get_one(PftRow, test_id))
    assert content(registry) is True


@pytest.mark.parametrize(
    "change",
    [
        "fvc_l = '2.3'",
        "fvc_l = NULL",
        "fvc_l = 2.30",
        "post_bd = 0",
        "comment = ' '",
        "date = '2026-01-03'",
        "patient_id = 'nobody'",
        "updated_by = 'somebody'",
        "deleted_at = '2026-01-03T00:00:00.000000Z', deleted_by = 'amsel'",
        "version = 2",
        "hb_g_l = '130'",
    ],
)
@in_a_file
def test_u3_a_row_changed_behind_the_trail_is_found(registry: Registry, test_id: str, change: str) -> None:
    behind(registry, f"UPDATE pft SET {change} WHERE id = '{test_id}'")
    assert content(registry) == f"pft: 1 not as the trail says (first: {test_id})"


@in_a_file
def test_u3_a_row_that_no_trail_could_hold_is_found(registry: Registry, test_id: str) -> None:
    behind(registry, f"UPDATE pft SET comment = x'00ff' WHERE id = '{test_id}'")
    assert content(registry) == "pft: holds what this program does not write"


@in_a_file
def test_u3_rows_removed_and_added_behind_the_trail_are_found(registry: Registry, test_id: str) -> None:
    other = new_id()
    behind(
        registry,
        "INSERT INTO visit (id, version, source, created_at, created_by, updated_at, updated_by, patient_id, "
        f"date, note) SELECT '{other}', 1, '', '', '', '', '', patient_id, date, '' FROM pft",
    )
    behind(registry, f"DELETE FROM pft WHERE id = '{test_id}'")
    assert content(registry) == (
        f"pft: 1 gone without an entry (first: {test_id}); visit: 1 without any entry (first: {other})"
    )


@in_a_file
@pytest.mark.parametrize("comment", ['a "b" \\ / ü 山 😀', "\u0001\b\t\n\x7f", ',"dlco":null', "", "it's"])
def test_the_text_for_comparing_is_the_text_of_the_trail(
    registry: Registry, test_id: str, comment: str
) -> None:
    with unwatched(registry) as connection:
        connection.execute(text("UPDATE pft SET comment = :comment"), {"comment": comment})
    with registry.read() as session:
        columns = triggers.columns_in(session.connection(), "pft")
        texts = (write(columns, "pft", "sqlite") for write in (triggers.row_json, triggers.compared_json))
        kept, compared = session.connection().exec_driver_sql(f"SELECT {', '.join(texts)} FROM pft").one()
    assert kept == compared
    assert json.loads(kept)["comment"] == comment


@in_a_file
def test_u3_a_row_exchanged_for_another_is_found_though_the_table_counts_right(
    registry: Registry, test_id: str
) -> None:
    other = new_id()
    behind(registry, f"UPDATE pft SET id = '{other}' WHERE id = '{test_id}'")
    assert content(registry) == (
        f"pft: 1 without any entry (first: {other}); pft: 1 gone without an entry (first: {test_id})"
    )


@in_a_file
def test_u3_a_table_of_somebody_else_is_told_and_its_name_goes_into_no_statement(registry: Registry) -> None:
    name = "x WHERE 1=1; DROP TABLE pft; --'"
    behind(registry, f'CREATE TABLE "{name}" (id TEXT)')
    found = registry.verify()
    assert found["checks"]["content"] == f"{name}: is no table of this program"
    assert found["ok"] is False


@in_a_file
def test_u3_a_row_that_came_back_after_its_deletion_is_found(registry: Registry, test_id: str) -> None:
    with registry.write(LOGIN) as session:
        session.execute(text("CREATE TEMP TABLE kept AS SELECT * FROM pft"))
        session.delete(session.get_one(PftRow, test_id))
        session.flush()
        session.execute(text("CREATE TEMP TABLE still AS SELECT * FROM kept"))
    with unwatched(registry) as connection:
        connection.execute(text("INSERT INTO pft SELECT * FROM still"))
    assert content(registry) == f"pft: 1 without any entry (first: {test_id})"


@in_a_file
def test_u3_people_and_the_registry_itself_are_compared(registry: Registry) -> None:
    behind(registry, "UPDATE app_user SET role = 'viewer'")
    assert str(content(registry)).startswith("app_user: 1 not as the trail says")
    behind(registry, "UPDATE app_user SET role = 'administrator'")
    assert content(registry) is True
    behind(registry, "UPDATE registry_info SET demo = 1")
    assert content(registry) == "registry_info: 1 not as the trail says (first: 1)"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "INSERT INTO audit_context (id, batch, at, user_id, reason) VALUES (1, 'b', '', 'amsel', '')",
            "audit_context: names a writer outside any act",
        ),
        ("INSERT INTO alembic_version VALUES ('another')", "alembic_version: more than one revision"),
        ("UPDATE sqlite_sequence SET seq = seq + 7", "sqlite_sequence: does not go on from the last entry"),
        ("DELETE FROM sqlite_sequence", "sqlite_sequence: does not go on from the last entry"),
    ],
)
@in_a_file
def test_u3_what_the_program_never_leaves_behind_is_found(
    registry: Registry, statement: str, words: str
) -> None:
    behind(registry, statement)
    assert content(registry) == words


@in_a_file
def test_unfinished_typing_is_nobody_s_record(registry: Registry, test_id: str) -> None:
    with registry.write(LOGIN) as session:
        session.add(DraftRow(login=LOGIN, kind="pft", payload={"fvc_l": "2,"}, saved_at=NOW))
    behind(registry, "UPDATE draft SET payload = '{}'")
    assert content(registry) is True


def test_a_write_that_was_taken_back_moves_no_counter(registry: Registry) -> None:
    def written_and_taken_back() -> None:
        with registry.write(LOGIN) as session:
            session.add(PatientRow(mrn="gone"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        written_and_taken_back()
    assert content(registry) is True


@pytest.mark.parametrize("entry", ["", "null", "[1]", "{", '{"fvc_l": "2.30"} and more'])
@in_a_file
def test_u3_an_entry_that_is_no_entry_any_more_is_told_and_no_bug(
    registry: Registry, test_id: str, entry: str
) -> None:
    behind(registry, f"UPDATE audit SET new = '{entry}' WHERE row_id = '{test_id}'")
    found = registry.verify()["checks"]
    assert found["content"] == f"pft: 1 not as the trail says (first: {test_id})"
    assert "was changed" in found["audit_chain"]


@pytest.mark.parametrize("revision", REVISIONS)
def test_u5_rows_and_triggers_of_every_earlier_revision_are_as_they_shall_be(
    tmp_path: Path, revision: str
) -> None:
    path = tmp_path / "clinic.ctdild"
    make_old_registry(path, revision)
    registry = Registry.open(path, OLD_LOGIN, OLD_PASSPHRASE)
    try:
        assert content(registry) is True
        behind(registry, "UPDATE patient SET family_name = 'Another' WHERE mrn = 'OLD-0'")
        assert str(content(registry)).startswith("patient: 1 not as the trail says")
    finally:
        registry.close()


@in_a_file
def test_a_backup_of_rows_that_somebody_changed_is_not_made(
    registry: Registry, made: Made, test_id: str, tmp_path: Path
) -> None:
    behind(registry, "UPDATE pft SET fvc_l = '1.00'")
    with pytest.raises(DamagedError, match="content: pft: 1 not as the trail says"):
        registry.backup(tmp_path / "copy.ctdild-backup")
    assert not [path for path in tmp_path.iterdir() if "backup" in path.name]
