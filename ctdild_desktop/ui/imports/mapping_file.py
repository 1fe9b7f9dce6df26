"""Writing a mapping to a file that the person chooses."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.ui.dialogs.ask import Ask


def _tr(text: str) -> str:
    return QCoreApplication.translate("ImportPage", text)


def save_mapping_text(ask: Ask, text: str) -> None:
    """Ask where the text of a mapping is to be kept, and write it there."""

    def write(path: Path) -> None:
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            reason = error.strerror or ""
            ask.error(_tr("The mapping could not be written: {reason}").format(reason=reason))

    ask.save_file(
        _tr("Write the mapping to a file"),
        Path.home() / "mapping.toml",
        _tr("Mappings (*.toml)"),
        write,
    )
