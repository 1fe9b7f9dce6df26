"""A practice registry that is made once for many tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctdild_desktop import config
from ctdild_desktop.services import practice


def made_sample(folder: Path) -> Path:
    """The folder of a practice registry of three patients, closed, to be copied."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(config, "default_registry_path", lambda: folder / "registry.ctdild")
        patched.setattr(practice, "PATIENTS", 3)
        practice.open_practice().close()
    return folder / "practice"
