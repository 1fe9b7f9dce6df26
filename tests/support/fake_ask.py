"""An ``Ask`` that answers from prepared lists and records what was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ctdild_desktop.ui.dialogs.ask import Choice


@dataclass
class FakeAsk:
    """Prepare ``answers``, ``files``, ``saves``, ``chosen_folders`` and ``printers`` (each sets one up); read
    ``asked``, ``errors`` and ``folders`` afterwards.
    """

    answers: list[str] = field(default_factory=list)
    files: list[tuple[Path, ...]] = field(default_factory=list)
    saves: list[Path] = field(default_factory=list)
    chosen_folders: list[Path] = field(default_factory=list)
    printers: list[Callable[[Any], None]] = field(default_factory=list)
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    suggested: list[Path] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    offers: list[tuple[str, Callable[[], None]]] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    shown: list[Path] = field(default_factory=list)

    def question(
        self, title: str, text: str, choices: Sequence[Choice], on_answer: Callable[[str], None]
    ) -> None:
        self.asked.append((text, tuple(choice.key for choice in choices)))
        assert self.answers, f"an unexpected question: {title}: {text}"
        on_answer(self.answers.pop(0))

    def open_files(
        self,
        title: str,
        filters: str,
        on_paths: Callable[[tuple[Path, ...]], None],
        *,
        several: bool = True,
    ) -> None:
        assert self.files, f"an unexpected file dialog: {title} {filters} {several}"
        on_paths(self.files.pop(0))

    def open_folder(self, title: str, on_path: Callable[[Path], None]) -> None:
        assert self.chosen_folders, f"an unexpected folder dialog: {title}"
        on_path(self.chosen_folders.pop(0))

    def save_file(self, title: str, suggested: Path, filters: str, on_path: Callable[[Path], None]) -> None:
        self.suggested.append(suggested)
        assert self.saves, f"an unexpected file dialog: {title} {filters}"
        on_path(self.saves.pop(0))

    def choose_printer(self, printer: Any, sheets: int, on_chosen: Callable[[], None]) -> None:
        assert self.printers, f"an unexpected choice of a printer for {sheets} sheets"
        self.printers.pop(0)(printer)
        on_chosen()

    def error(self, text: str, detail: str = "", offer: tuple[str, Callable[[], None]] | None = None) -> None:
        self.errors.append(f"{text} {detail}".strip())
        if offer is not None:
            self.offers.append(offer)

    def show_folder(self, folder: Path) -> None:
        self.folders.append(folder)

    def show_file(self, file: Path) -> bool:
        self.shown.append(file)
        return True
