"""Writes ``docs/clinical-rules.md`` anew from the program's own rules and tables."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "clinical-rules.md"


def main() -> None:
    """Write the page of this checkout; the folder is made when it is missing."""
    sys.path.insert(0, str(ROOT))
    from ctdild_desktop.clinical.rulebook import page

    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
