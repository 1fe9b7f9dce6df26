"""The rights on a server say the same as the roles of the services, act by act and table by table."""

from __future__ import annotations

import pytest

from ctdild_desktop.registry import rights
from ctdild_desktop.registry.models import Base
from ctdild_desktop.services.permissions import roles_of
from tests.architecture.test_permissions import ACTS, NOT_WRITING, WRITING
from tests.support.act_tables import WRITES

ELSEWHERE = {"restoring.restore_over", "practice.keep_done"}
"""Acts on local files alone."""


def test_p5_every_writing_act_is_listed_with_its_tables() -> None:
    writing = {name for name in ACTS if name.split(".")[-1].split("_")[0] in WRITING} - NOT_WRITING
    assert writing - ELSEWHERE - WRITES.keys() == set()
    assert WRITES.keys() <= ACTS.keys()


@pytest.mark.parametrize("name", WRITES)
def test_p5_whoever_may_do_an_act_may_write_its_tables_on_the_server(name: str) -> None:
    writers = rights.writers()
    for table in WRITES[name]:
        assert {role.value for role in roles_of(ACTS[name])} <= set(writers[table]), table


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_p5_nobody_may_write_a_table_on_the_server_for_whom_there_is_no_act(table: str) -> None:
    allowed = {
        role.value for name, tables in WRITES.items() if table in tables for role in roles_of(ACTS[name])
    }
    assert set(rights.writers().get(table, ())) == allowed
