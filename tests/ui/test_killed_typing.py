"""What was typed is there after the program was killed, whatever field was left last."""

from __future__ import annotations

import subprocess
from pathlib import Path

from PySide6.QtCore import Qt

from ctdild_desktop.services import access, drafts
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.pft.pft_sheet import PftSheet
from ctdild_desktop.ui.workbench import Workbench
from tests.support.desks import LOGIN, PASSPHRASE, Clock, fill
from tests.support.holloway import record as holloway

TYPED = (
    ("fvc_l", "2.31"),
    ("fev1_l", "1.94"),
    ("dlco", "10.3"),
    ("hb_g_l", "128"),
    ("spo2_rest", "95"),
    ("spo2_nadir", "87"),
    ("weight_kg", "61.5"),
)


def killed_now(desk: Desk, folder: Path) -> Path:
    """The files of the registry as a kill at this moment leaves them; another process copies them."""
    path = desk.registry.place.path
    assert path is not None
    folder.mkdir()
    files = [str(file) for file in path.parent.glob(f"{path.name}*") if not file.name.endswith("-shm")]
    subprocess.run(["cp", *files, str(folder)], check=True)
    return folder / path.name


def test_after_a_kill_at_any_field_the_draft_has_every_field_that_was_left(
    bench: Workbench, desk: Desk, keyboard, clock: Clock, tmp_path: Path
) -> None:
    fill(desk, holloway())
    patient_id = holloway().patient.id
    bench.open_patient(patient_id)
    keyboard.ctrl(Qt.Key.Key_T)
    assert isinstance(bench.patient.sheet, PftSheet)
    keyboard.type("10.3.2026")
    keyboard.enter()
    left = []
    for name, text in TYPED:
        assert keyboard.focus() == name
        keyboard.line(text)
        left.append(killed_now(desk, tmp_path / name))
    for number, copy in enumerate(left, start=1):
        again = access.unlock(copy, login=LOGIN, passphrase=PASSPHRASE, clock=clock)
        kept = drafts.load_draft(again, "pft", patient_id)
        again.close()
        assert kept is not None
        expected = dict(TYPED[:number])
        assert {name: text for name, text in kept.payload.items() if name in expected} == expected
        assert kept.payload["date"] == "10.03.2026"
