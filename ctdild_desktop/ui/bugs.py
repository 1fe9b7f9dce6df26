"""What nobody catches: it is logged without anybody's data, and told once without stopping the program."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from ctdild_desktop.services.errors import places_of

_log = logging.getLogger(__name__)
_LOG_BYTES = 500_000


def catch_bugs(report: Callable[[str], None]) -> None:
    """Log what nobody catches, on every thread and from Qt, and report it once without stopping.

    Only types and places in the program are logged: the text of an error may hold what a person typed.
    """

    def told(kind: type[BaseException], trace: TracebackType | None) -> None:
        _log.error("bug: %s at %s", kind.__name__, places_of(trace))
        report(f"Something went wrong in the program ({kind.__name__}). It was written to the log.")

    def on_main(kind: type[BaseException], _error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.exit(130)
        told(kind, trace)

    def on_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_type is not SystemExit:
            told(args.exc_type, args.exc_traceback)

    def on_qt(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        del context
        levels = {
            QtMsgType.QtDebugMsg: logging.DEBUG,
            QtMsgType.QtInfoMsg: logging.INFO,
            QtMsgType.QtWarningMsg: logging.WARNING,
        }
        _log.log(levels.get(kind, logging.ERROR), "Qt: %s", text)

    sys.excepthook = on_main
    threading.excepthook = on_thread
    qInstallMessageHandler(on_qt)


def log_to_file() -> logging.Handler:
    """Write the log to a file that is kept small, in the per-user folder; returns the handler."""
    import platformdirs

    folder = Path(platformdirs.user_log_dir("ctdild-desktop", appauthor=False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            folder / "ctdild.log", maxBytes=_LOG_BYTES, backupCount=2, encoding="utf-8"
        )
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
    return handler
