"""Asking for all windows while garbage is looked for; in a process of its own, which would be taken down."""

from __future__ import annotations

import subprocess
import sys

import pytest

_ASKED = """
import gc
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from ctdild_desktop.ui.all_windows import widgets, windows

application = QApplication([])
shown = QWidget()
gc.disable()
for _ in range(20):
    for _ in range(50):
        lost = QWidget()
        lost.label, lost.itself = QLabel("nobody holds it any more", lost), lost
    del lost
    gc.set_threshold(7, 2, 2)
    gc.enable()
    assert shown in {ask}()
    assert gc.isenabled()
    gc.disable()
gc.collect()
print([type(one).__name__ for one in {ask}()])
assert not gc.isenabled()
"""


@pytest.mark.parametrize("ask", ["windows", "widgets"])
def test_windows_that_nobody_holds_any_more_do_no_harm(ask: str) -> None:
    code = _ASKED.replace("{ask}", ask)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "['QWidget']\n"), done.stderr
