"""Writes ``docs/clinical-rules.md`` anew from the program's own rules and tables."""

from __future__ import annotations

from pathlib import Path

from ctdild_desktop.clinical.rulebook import page

TARGET = Path(__file__).resolve().parent.parent / "docs" / "clinical-rules.md"


def main() -> None:
    """Write the page; the folder is made when it is missing."""
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
