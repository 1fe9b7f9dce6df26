"""Every picture of the guide is the program as it is: drawn again and compared."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication

from tests.support import documents

PICTURES = documents.DOCS / "guide" / "pictures"
SHOWN = re.compile(r"!\[([^\]]+)\]\(\.\./pictures/(\w+)/([\w-]+)\.png \"([^\"]+)\"\)")
MOST_BYTES = 4_000_000
ANEW = "look at it, then run .venv/bin/python packaging/guide_pictures.py and commit the pictures"


@pytest.fixture
def maker() -> Iterator[ModuleType]:
    """``packaging/guide_pictures.py``, which is a program and no module."""
    path = documents.ROOT / "packaging" / "guide_pictures.py"
    spec = importlib.util.spec_from_file_location("guide_pictures", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def kept() -> dict[tuple[str, str], Path]:
    return {(path.parent.name, path.stem): path for path in PICTURES.glob("*/*.png")}


def test_every_picture_is_the_program_as_it_is(
    qapp: QApplication, maker: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    there, stale, drawn = kept(), [], set()
    for language, name, image in maker.drawn():
        drawn.add((language, name))
        if (language, name) not in there:
            stale.append(f"{language}/{name}: is not kept")
            continue
        if maker.differs(Image.open(there[language, name]), image):
            stale.append(f"{language}/{name}: is not what the program shows")
    stale += [f"{language}/{name}: is not drawn any more" for language, name in set(there) - drawn]
    assert stale == [], ANEW


def test_every_picture_is_shown_with_words_and_a_caption_and_they_stay_small() -> None:
    shown = {}
    for path in sorted(documents.GUIDE.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        found = SHOWN.findall(text)
        assert len(found) == text.count("!["), path.name
        shown |= {name: (language, alternative, caption) for alternative, language, name, caption in found}
        assert {language for _alternative, language, _name, _caption in found} <= {"en"}
    assert set(shown) == {name for language, name in kept() if language == "en"}
    assert set(shown) == {name for language, name in kept() if language == "es"}
    assert sum(path.stat().st_size for path in kept().values()) < MOST_BYTES
