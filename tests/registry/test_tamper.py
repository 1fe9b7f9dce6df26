"""Whatever is changed behind the program's back is reported by opening or by verifying."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ctdild_desktop.registry.registry import Registry
from tests.support import tamper
from tests.support.behind import unwatched
from tests.support.registries import LOGIN, PASSPHRASE, Clock


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tamper.Sample:
    return tamper.make_sample(tmp_path_factory.mktemp("sample"))


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "case"
    shutil.rmtree(tmp_path / "case", ignore_errors=True)


def test_u3_whatever_is_tampered_with_is_reported() -> None:
    """Shortened; ``python -m tests.support.tamper --tries 1000`` runs it whole."""
    seed = 20261129 if os.environ.get("CI") else random.SystemRandom().randrange(2**32)
    found = tamper.run(60, seed)
    assert found.unseen == [], f"seed {seed}"
    assert found.tries == 60
    assert sum(found.reported.values()) + sum(found.harmless.values()) == 60
    assert {kind.split(",")[0].split()[0] for kind in found.reported} >= {
        "change",
        "remove",
        "append",
        "flip",
    }


@pytest.mark.parametrize("place", ["closed", "stopped"])
def test_an_untouched_registry_is_neither_reported_nor_changed(
    sample: tamper.Sample, case: Path, place: str
) -> None:
    shutil.copytree(getattr(sample, place), case)
    assert tamper.judge(sample, case) == ("harmless", "")


def test_the_harness_sees_what_nobody_reports(sample: tamper.Sample, case: Path) -> None:
    """A change of unfinished typing, which no trail is kept of, differs from what was there before."""
    shutil.copytree(sample.closed, case)
    registry = Registry.open(case / "tampered.ctdild", LOGIN, PASSPHRASE, clock=Clock())
    with unwatched(registry) as connection:
        connection.exec_driver_sql(
            "INSERT INTO draft (id, login, kind, payload, saved_at) "
            "VALUES ('d', 'amsel', 'pft', '{}', '2026-03-12T00:00:00.000000Z')"
        )
    registry.close()
    assert tamper.judge(sample, case)[0] == "unseen"
