"""A clinic's day with everything that writes to the disk, ended by a kill; run in a process of its own.

``python -m tests.support.leak_story FOLDER``: HOME, the XDG folders and TMPDIR lie in the folder. What the
person chose to write in the clear lies in ``FOLDER/chosen``, what the program keeps anywhere else.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

from tests.support.written import watch

FIRST = ("Ångström", "Papadopoulou", "Ελένη", "MRN-4711", "Second line?", "1961-04-05")
IMPORTED = ("LEAK-77001", "Quittenhain", "Seraphine", "Γαλανομάτης", "sentinelremark")
DRAFTED = ("half a sentinel", "Ofterdingen")
BUG = "the name Novalis-Hardenberg in the words of a bug"
SECRETS = (*FIRST, *IMPORTED, *DRAFTED, "Novalis-Hardenberg", "quiet lungs 9")
MOMENT = b"a file that was there for a moment only"
TABLE = (
    "mrn,family_name,given_name,birth_date,sex,height_cm,test_date,fvc_l,dlco,dlco_unit,comment\n"
    "LEAK-77001,Quittenhain,Seraphine,1970-09-18,F,172,2024-03-18,2.53,11.6,mL/min/mmHg,sentinelremark\n"
    "LEAK-77001,Quittenhain,Seraphine,1970-09-18,F,172,2025-03-17,2.20,9.5,mL/min/mmHg,\n"
    "LEAK-77002,Γαλανομάτης,Ñusta,1961-02-03,M,180,2025-03-17,3.20,,,\n"
)


def main(folder: Path) -> None:
    """Live through the day and be killed at its end."""
    watching = watch(folder / "vault", folder)
    _check_watch(folder)
    try:
        Story(folder).live()
        assert watching.nameless == []
    except BaseException:  # the program's own hook would not tell what the test needs to know
        traceback.print_exc()
        os._exit(1)
    print("the day is over", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


def _check_watch(folder: Path) -> None:
    """A file that is gone at once, and one that is written over: both must be found in the vault."""
    moment = folder / "home" / "moment"
    moment.write_bytes(MOMENT)
    moment.unlink()
    for content in (MOMENT + b", then written over", b""):
        (folder / "home" / "over").write_bytes(content)


class Waiter:
    """Waits as the Qt plug-in of the tests does."""

    def waitUntil(self, condition: Callable[[], bool], timeout: int = 30_000) -> None:  # noqa: N802
        from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEventLoop, QTimer

        pulse, deadline = QTimer(), QDeadlineTimer(timeout)
        pulse.start(20)
        while not condition():
            if deadline.hasExpired():
                raise TimeoutError("something did not come about")
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


class Story:
    """The day, step by step; each step is what hands on the keyboard do."""

    def __init__(self, folder: Path) -> None:
        from PySide6.QtWidgets import QApplication

        from tests.stories import test_clinic_day as day
        from tests.support.fake_ask import FakeAsk

        self.day = day
        self.app = QApplication(sys.argv[:1])
        self.hands = day.Hands(Waiter())  # type: ignore[arg-type]
        self.kept = folder / "kept"
        self.chosen = folder / "chosen"
        self.registry = self.kept / "clinic.ctdild"
        self.kept.mkdir()
        self.chosen.mkdir()
        self.table = self.chosen / "incoming.csv"
        self.table.write_text(TABLE, encoding="utf-8")
        self.pdf = self.chosen / "mdt.pdf"
        self.asks = FakeAsk()
        self.asks.set_parent = lambda _parent: None  # type: ignore[attr-defined]
        self.bugs: list[str] = []

    def live(self) -> None:
        from ctdild_desktop.app import catch_bugs, log_to_file

        log_to_file()
        catch_bugs(self.bugs.append)
        program = self.started()
        self.day.first_run(self.hands, program)
        self.day.new_patient(self.hands, program)
        for test in self.day.TESTS:
            self.day.log_test(self.hands, program, *test)
        self.day.add_therapy(self.hands, program)
        self.day.await_start_backup(self.hands, self.registry)
        self.day.add_adverse_event(self.hands, program)
        self.asks.saves.append(self.pdf)
        self.day.print_page(self.hands, program, self.pdf)
        self.meet_a_bug()
        self.import_table(program)
        self.back_up(program)
        self.lock_and_return(program)
        self.day.leave(program, self.hands)
        self.restore()
        again = self.started()
        self.day.reopen(self.hands, again)
        self.leave_a_draft(again)

    def started(self):  # type: ignore[no-untyped-def]
        from ctdild_desktop import config
        from ctdild_desktop.app import Program, dress
        from ctdild_desktop.config import Settings
        from ctdild_desktop.ui.jobs import JobRunner

        settings = Settings(registry=self.registry, login="", source=config.default_settings_path())
        dress(self.app, settings.site)
        program = Program(self.app, settings, JobRunner(), self.asks)  # type: ignore[arg-type]
        program.begin()
        return program

    def meet_a_bug(self) -> None:
        """One on the main thread and one on another; only kinds and places may reach the log."""

        def fail() -> None:
            raise LookupError(BUG)

        from PySide6.QtCore import QTimer

        QTimer.singleShot(0, fail)
        self.hands.wait(lambda: len(self.bugs) == 1)
        other = threading.Thread(target=fail)
        other.start()
        other.join()
        assert len(self.bugs) == 2
        assert "Novalis" not in " ".join(self.bugs)

    def import_table(self, program) -> None:  # type: ignore[no-untyped-def]
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QPushButton

        from ctdild_desktop.services import patients

        self.asks.files.append((self.table,))
        self.hands.key(Qt.Key.Key_I, self.day.CTRL)
        self.hands.wait(lambda: program.bench.window.shown == "import")
        page = program.bench.window.findChild(QPushButton, "import_choose").parentWidget()
        page.findChild(QPushButton, "import_choose").click()
        run = page.findChild(QPushButton, "import_run")
        self.hands.wait(run.isEnabled)
        run.click()
        self.hands.wait(lambda: patients.by_mrn(program.bench.desk, "LEAK-77001") is not None)

    def back_up(self, program) -> None:  # type: ignore[no-untyped-def]
        from PySide6.QtCore import Qt

        target = self.kept / "by hand.ctdild-backup"
        self.asks.saves.append(target)
        self.hands.key(Qt.Key.Key_B, self.day.CTRL)
        self.hands.wait(target.is_file)
        self.hands.wait(lambda: "verified" in program.bench.window.said)

    def lock_and_return(self, program) -> None:  # type: ignore[no-untyped-def]
        from PySide6.QtCore import Qt

        self.hands.key(Qt.Key.Key_L, self.day.CTRL)
        self.hands.wait(lambda: program.bench is None and program.start is not None)
        self.hands.look_at(program.start)
        self.hands.wait(lambda: self.hands.field() == "unlock_passphrase")
        self.hands.enter(self.day.PASSPHRASE)
        self.hands.wait(lambda: program.bench is not None)
        self.hands.look_at(program.bench.window)

    def restore(self) -> None:
        from ctdild_desktop.services import patients, upkeep

        desk = upkeep.restore(
            self.kept / "by hand.ctdild-backup",
            self.kept / "again" / "restored.ctdild",
            login="anna",
            passphrase=self.day.PASSPHRASE,
        )
        assert patients.by_mrn(desk, "LEAK-77001") is not None
        desk.close()

    def leave_a_draft(self, program) -> None:  # type: ignore[no-untyped-def]
        """Begin a patient and a visit and never finish them."""
        from PySide6.QtCore import Qt

        from ctdild_desktop.services import drafts

        desk = program.bench.desk
        patient_id = program.bench.patient.view.record.patient.id
        self.hands.key(Qt.Key.Key_V, self.day.CTRL_SHIFT)
        self.hands.until_field("note")
        self.hands.type("half a sentinel of a note")
        self.hands.wait(
            lambda: (
                (draft := drafts.load_draft(desk, "visit", patient_id)) is not None
                and "half a sentinel" in str(draft.payload)
            )
        )
        self.hands.key(Qt.Key.Key_Escape)
        self.hands.key(Qt.Key.Key_N, self.day.CTRL)
        self.hands.wait(lambda: self.hands.field() == "family_name")
        self.hands.type("Ofterdingen")
        self.hands.wait(
            lambda: (
                (draft := drafts.load_draft(desk, "new_patient", None)) is not None
                and "Ofterdingen" in str(draft.payload)
            )
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
