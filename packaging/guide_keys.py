"""Write the chapter of the keys, in each language of the guide, from the tables that the program uses."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs" / "guide"


def pages() -> dict[str, str]:
    """The text of the chapter by language, for each language that the guide is there in."""
    from ctdild_desktop.config import SiteSettings
    from ctdild_desktop.ui.help.keys_page import keys_page
    from ctdild_desktop.ui.speaking import speak

    made = {}
    for folder in sorted(path for path in GUIDE.iterdir() if path.name in {"en", "es"}):
        speak(SiteSettings(language=folder.name))
        made[folder.name] = keys_page()
    speak(SiteSettings(language="en"))
    return made


def main() -> None:
    """Write the pages."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path.insert(0, str(ROOT))
    from PySide6.QtWidgets import QApplication

    from ctdild_desktop.ui.help.keys_page import KEYS

    _app = QApplication([])
    for language, text in pages().items():
        (GUIDE / language / KEYS).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
