"""What a person is told of a bug, and the way to help that is offered with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from ctdild_desktop.ui.dialogs.ask import Ask
    from ctdild_desktop.ui.jobs import Runner
    from ctdild_desktop.ui.start.start_window import StartWindow
    from ctdild_desktop.ui.workbench import Workbench


def tell_bug(
    words: str, bench: Workbench | None, start: StartWindow | None, runner: Runner, ask: Ask
) -> None:
    """Keep what is typed, say what happened, and offer the diagnostic bundle."""
    if bench is not None:
        bench.keep_drafts()

    def offer() -> None:
        from ctdild_desktop.ui.support.bundle_sheet import BundleSheet

        if bench is not None:
            BundleSheet(runner, ask, bench.desk, parent=bench.window).open()
        else:
            BundleSheet(runner, ask, parent=start).open()

    kept = QCoreApplication.translate("Program", "What you typed is kept as a draft.")
    ask.error(words, kept, (QCoreApplication.translate("Program", "&Diagnostic bundle…"), offer))
