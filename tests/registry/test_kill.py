"""A process killed at any moment loses nothing that it was told is saved, and leaves nothing half."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from ctdild_desktop.registry.backup import restore
from tests.support.kill import what_is_wrong
from tests.support.registries import LOGIN, PASSPHRASE, Made
from tests.support.warm import backs_up, child

ROOT = Path(__file__).resolve().parents[2]


def killed(*arguments: str) -> dict[str, Any]:
    """What the harness found; it runs as a process of its own because it forks."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.kill", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    return dict(json.loads(done.stdout))


def test_d1_every_acknowledged_act_survives_a_kill_and_none_is_half_done() -> None:
    """Shortened; ``python -m tests.support.kill --bursts 200`` runs it whole."""
    found = killed("--bursts", "12")
    assert found["faults"] == []
    assert found["bursts"] == 12
    assert found["acknowledged"] > 30


def test_d2_a_cut_write_ahead_log_gives_back_whole_acts() -> None:
    """Shortened; ``python -m tests.support.kill --cuts 300`` runs its 900 cases."""
    found = killed("--cuts", "12")
    assert found["faults"] == []
    assert found["cuts"] == 36
    assert len(found["lengths"]) > 4


def test_the_harness_tells_what_is_lost_and_what_is_half_done() -> None:
    begun = [({"line", "part"}, {"old"})]
    held = {"patient", "old"}
    assert what_is_wrong({"patient", "old"}, held, begun) == ""
    assert what_is_wrong({"patient", "line", "part"}, held, begun) == ""
    assert "lost ['patient']" in what_is_wrong({"old"}, held, begun)
    assert "half done ['line']" in what_is_wrong({"patient", "line"}, held, begun)
    assert "half done ['line', 'part']" in what_is_wrong({"patient", "line", "part"}, held, [])


def test_a_kill_during_a_backup_leaves_a_whole_one(made: Made, tmp_path: Path) -> None:
    chance = random.Random(3)
    target = tmp_path / "backups" / "clinic.ctdild-backup"
    for number in range(4):
        with child(backs_up, made.path, target) as worker:
            for _ in range(2 + number):
                assert worker.says("begin")
            worker.works_for(chance.random() / 10)
            worker.kill()
        restored = restore(target, tmp_path / f"again{number}.ctdild", LOGIN, PASSPHRASE)
        assert restored.verify()["ok"] is True
        restored.close()
        finished = [file.name for file in target.parent.iterdir() if not file.name.startswith(".")]
        assert finished == [target.name]
    registry = made.open()
    assert registry.verify()["ok"] is True
    registry.close()
