"""What nobody catches: it is logged without anybody's data, and told once without stopping the program."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TextIO

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from ctdild_desktop import config

_log = logging.getLogger(__name__)
_LOG_BYTES = 500_000


def catch_bugs(report: Callable[[str], None]) -> None:
    """Log what nobody catches, on every thread and from Qt, and report it once without stopping.

    Only types and places in the program are logged: the text of an error may hold what a person typed.
    """

    def told(kind: type[BaseException], trace: TracebackType | None) -> None:
        from ctdild_desktop.services.errors import places_of

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


class SmallLog(logging.FileHandler):
    """A file that is put aside when it is large; two older ones stay.

    The library's own one needs network sockets loaded, for which nobody shall wait at the start.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8")
        self._path = path

    def emit(self, record: logging.LogRecord) -> None:
        """Write, after a file that is full was put aside."""
        if self.stream is not None and self.stream.tell() > _LOG_BYTES:
            self._put_aside(self.stream)
        super().emit(record)

    def _put_aside(self, full: TextIO) -> None:
        full.close()
        older = [self._path.with_name(f"{self._path.name}.{number}") for number in (1, 2)]
        with suppress(OSError):
            if older[0].exists():
                older[0].replace(older[1])
            self._path.replace(older[0])
        self.stream = self._open()


def log_to_file() -> logging.Handler:
    """Write the log to a file that is kept small, in the per-user folder; returns the handler."""
    newest = config.log_files()[0]
    try:
        newest.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = SmallLog(newest)
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
    return handler
