"""``python -m ctdild_desktop`` and ``ctdild``: the window without a command, else the command line.

Qt is imported only by what draws: the window and the tour.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from ctdild_desktop import cli
from ctdild_desktop.place import Place

READ_PDF = "--read-pdf"
"""What a program in one file calls itself with to read a PDF apart; see ``interchange.pdf_text``."""

_NO_CRASH_REPORT = 0x0001 | 0x0002
"""SEM_FAILCRITICALERRORS and SEM_NOGPFAULTERRORBOX: no report with an image of the memory, and no box."""

if TYPE_CHECKING:
    from ctdild_desktop.cli.benchmark.measure import Timing
    from ctdild_desktop.services.desk import Desk


def load_quickly() -> None:
    """Do nothing beside while the window's modules are loaded: look for no garbage, of which nothing is any,
    and let the Qt binding read no sources, of which ``ui`` takes care before the others are loaded.

    ``ui.opening.load_ahead`` looks for garbage again when the last of them is there.
    """
    gc.disable()
    import_module("ctdild_desktop.ui")


def _has_home() -> bool:
    """Whether the settings and the log have a place; a directory service that is away leaves none."""
    if sys.platform == "win32" or os.environ.get("HOME"):
        return True
    import pwd

    try:
        pwd.getpwuid(os.getuid())
    except KeyError:
        return False
    return True


def _has_display() -> bool:
    """Whether a window can be shown; Qt would end the process where there is none."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _open_window(registry: Place | None, login: str | None, passphrase: str | None) -> int:
    if not _has_display():
        print(
            "There is no display, so the window cannot be opened; ctdild --help lists what can be done "
            "without one.",
            file=sys.stderr,
        )
        return 1
    load_quickly()
    try:
        from ctdild_desktop.app import run

        return run(registry=registry, login=login, passphrase=passphrase)
    finally:
        gc.enable()


def _draw_tour(registry: Path, login: str, passphrase: str, folder: Path) -> tuple[str, ...]:
    from ctdild_desktop.ui.tour import run_tour

    return run_tour(registry, login, passphrase, folder)


def _time_window(desk: Desk, crowded: Sequence[str]) -> AbstractContextManager[tuple[Timing, ...]]:
    from ctdild_desktop.timing import window_timings

    return window_timings(desk, crowded)


def keep_memory_off_the_disk(windows: Callable[[int], int] | None = None) -> None:
    """Let the system write no image of the memory, which holds names and keys, after a crash.

    Args:
        windows: ``SetErrorMode`` of kernel32, in place of the one that is found; for tests.
    """
    try:
        import resource
    except ImportError:
        import ctypes

        windows = windows or vars(ctypes)["WinDLL"]("kernel32").SetErrorMode
    if windows is not None:
        windows(_NO_CRASH_REPORT)
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def have_streams() -> None:
    """Give a program without a console somewhere to write to: Windows gives it nothing at all."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 (as long as the program)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program with these arguments (else the process's own) and return the exit status."""
    have_streams()
    keep_memory_off_the_disk()
    arguments = sys.argv[1:] if argv is None else argv
    if list(arguments) == [READ_PDF]:
        from ctdild_desktop.interchange import pdf_child

        pdf_child.main()
        return 0
    if not _has_home():
        print(
            "There is no home folder: this computer does not know who you are, and HOME is not set. "
            "Set HOME to a folder of your own.",
            file=sys.stderr,
        )
        return 1
    return cli.run(
        arguments,
        open_window=_open_window,
        draw_tour=_draw_tour,
        time_window=_time_window,
    )


if __name__ == "__main__":
    sys.exit(main())
