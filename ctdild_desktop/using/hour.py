"""The acts of a busy hour, one after another, at the real window; with samples of what is held."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QTabBar

from ctdild_desktop import app as program
from ctdild_desktop.place import Place
from ctdild_desktop.services.cohort import analyses
from ctdild_desktop.ui.all_windows import widgets, windows
from ctdild_desktop.ui.cohort.cohort_page import ANALYSES, PATIENTS, CohortPage
from ctdild_desktop.ui.printing.print_dialog import PrintDialog
from ctdild_desktop.ui.today.work_model import WorkModel
from ctdild_desktop.ui.today.work_view import WorkView
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.using.held import Held, held, judged
from ctdild_desktop.using.person import CTRL, Person

ACTS_PER_MINUTE = 20
"""Several times what a busy person does."""
_SAMPLES = 48
PAUSE_S = 20.0
"""After the last act: what was begun (the backup after unlocking) is done, what it let go has gone back."""
_LETTERS = ("a", "ma", "de", "demo-0", "s", "ha", "1", "ro")
_TYPED = {
    "add_therapy": {"drug": "mycophenolate", "start": "2024", "dose": "1"},
    "add_adverse_event": {"term": "nausea", "onset": "01.02.2026", "grade": "2"},
    "add_hrct": {"date": "03.02.2026"},
    "add_visit": {"date": "04.02.2026", "mmrc": "2"},
    "add_labs": {"date": "05.02.2026"},
    "add_diagnosis": {"date": "2024", "ctd": "RA"},
}
_QUERIES = ("", "drug = mycophenolate", "sex = female")

Act = tuple[str, Callable[[], None]]


def use(
    registry: Path,
    login: str,
    passphrase: str,
    acts: int,
    tell: Callable[[Held], None] = lambda _held: None,
    *,
    everybody: bool = True,
    act_s: float = 0.0,
    pause_s: float = PAUSE_S,
) -> tuple[tuple[Held, ...], dict[str, float]]:
    """Open a registry and work at its window; it is written to.

    Args:
        act_s: how many seconds an act takes a person at least; 0 for one right after the other.
        pause_s: how long nothing is done before the last sample.
        tell: called with each sample.
        everybody: whether analyses, quality and export of everybody are among the acts.

    Returns:
        The samples, and the longest time in seconds that each act held up the window.
    """
    every = max(1, acts // _SAMPLES)
    samples: list[Held] = []
    blocked: dict[str, float] = {}

    def stay(app: QApplication) -> int:
        with TemporaryDirectory(prefix="ctdild-hour-") as folder:
            person = Person(app, passphrase)
            person.until(lambda: person.signed_in)
            work = _Work(person, Path(folder))
            for number, (name, act) in enumerate(work.acts(everybody=everybody), 1):
                begun = time.monotonic()
                person.do(name, act)
                person.take(begun + act_s)
                if number == acts:
                    person.take(time.monotonic() + pause_s)
                if number % every == 0 or number == acts:
                    samples.append(held(number, len(widgets()), len(windows())))
                    tell(samples[-1])
                if number == acts:
                    break
            blocked.update(person.blocked)
        return 0

    telling = sys.excepthook
    try:
        program.run(registry=Place.parse(registry), login=login, passphrase=passphrase, stay=stay)
    finally:
        sys.excepthook = telling  # what ends it is printed, not logged as a bug of the window
    return tuple(samples), blocked


def most_and_last(*given: str) -> str:
    """For ``ctdild bench``: the most and the last memory of this process, and what the acts add.

    Args:
        given: registry, login, passphrase, how many acts, "1" for those with everybody, seconds of the pause.
    """
    registry, login, passphrase, acts, everybody, pause_s = given
    whole, pause = everybody == "1", float(pause_s)
    samples, _blocked = use(Path(registry), login, passphrase, int(acts), everybody=whole, pause_s=pause)
    verdict = judged(samples)
    return f"{verdict.most_mb:.1f} {verdict.last_mb:.1f} {verdict.adds_mb:.1f}"


class _Work:
    """What there is to do; each round the same acts with other patients and other values."""

    def __init__(self, person: Person, folder: Path) -> None:
        self._person = person
        self._folder = folder
        self._round = 0

    def acts(self, *, everybody: bool) -> Iterator[Act]:
        """The acts without end."""
        for self._round in itertools.count():
            for _patient in range(3):
                yield from self._of_today()
                yield from self._of_search()
            yield from self._of_sheets()
            yield from self._of_paper()
            yield from self._of_meetings()
            yield from self._of_evidence()
            yield from self._of_registry()
            if everybody:
                yield from self._of_cohort()
                yield from self._of_everybody()
            yield from self._of_the_window()

    # patients

    def _of_today(self) -> Iterator[Act]:
        person = self._person
        yield "today", lambda: self._room("today")
        yield "open from today", self._open_from_today
        for _tab in range(5):
            yield "tab", self._next_tab
        yield "history", lambda: self._menu("history")
        yield "evidence of the patient", lambda: self._menu("evidence")
        yield "back to the time-line", person.patient.show_reasons

    def _open_from_today(self) -> None:
        person = self._person
        rows = person.part(WorkView, "work_list")
        person.until(lambda: rows.work.rowCount() > 0)
        rows.setFocus()
        person.key(Qt.Key.Key_Down, times=1 + self._round % 7)
        while rows.currentIndex().data(WorkModel.ROW) is None:  # the line of a group
            person.key(Qt.Key.Key_Down)
        person.key(Qt.Key.Key_Return)
        person.until(lambda: person.window.shown != "today")

    def _next_tab(self) -> None:
        tabs = self._person.part(QTabBar, "patient_tabs")
        tabs.setFocus()
        self._person.key(Qt.Key.Key_Right)

    def _of_search(self) -> Iterator[Act]:
        person = self._person
        yield "find", lambda: self._menu("find")
        yield "type a name", lambda: person.type(_LETTERS[self._round % len(_LETTERS)])
        yield "open from search", self._open_found
        yield "log PFT", lambda: self._menu("log_pft")
        yield "type a test", self._type_test
        yield "save", person.save
        yield "leave", person.leave_sheet
        yield "undo", lambda: self._menu("undo")

    def _open_found(self) -> None:
        self._person.key(Qt.Key.Key_Down, times=1 + self._round % 5)
        self._person.key(Qt.Key.Key_Return)

    def _type_test(self) -> None:
        step = self._round % 9
        for name, text in (
            ("date", f"0{1 + step}.03.2026"),
            ("fvc_l", f"2.{31 + step}"),
            ("fev1_l", f"1.{80 + step}"),
            ("dlco", f"14.{step}"),
        ):
            self._person.put(name, text)

    def _of_sheets(self) -> Iterator[Act]:
        person = self._person
        for action, typed in _TYPED.items():
            yield f"open {action}", partial(self._menu, action)
            yield f"type {action}", partial(self._put, typed)
            yield f"save {action}", person.save
            yield f"leave {action}", person.leave_sheet
            yield f"undo {action}", lambda: self._menu("undo")
        for action in ("edit_patient", "add_serology", "add_heart_test", "add_pro", "add_consent"):
            yield f"open {action}", partial(self._menu, action)
            yield f"leave {action}", person.leave_sheet

    def _put(self, typed: dict[str, str]) -> None:
        for name, text in typed.items():
            self._person.put(name, text)

    # paper

    def _of_paper(self) -> Iterator[Act]:
        person = self._person
        yield "print page", lambda: self._menu("print_page")
        yield "preview", person.confirm
        yield "look at the sheets", self._look_at_sheets
        yield "save PDF", self._save_pdf
        yield "leave", person.leave_dialog
        yield "leave", person.leave_sheet
        yield "copy time-line", lambda: self._menu("copy_picture")

    def _look_at_sheets(self) -> None:
        dialog = self._person.dialog
        if isinstance(dialog, PrintDialog):
            self._person.until(lambda: dialog.ready)
            for factor in (1, 1, -1):
                dialog.view.zoom(factor)
                self._person.settle()

    def _save_pdf(self) -> None:
        dialog = self._person.dialog
        if isinstance(dialog, PrintDialog):
            dialog.save()
            self._choose(self._folder / f"page-{self._round}.pdf")

    def _choose(self, path: Path) -> None:
        """Give a path to the dialog of files."""
        dialog = self._person.dialog
        if isinstance(dialog, QFileDialog):
            dialog.setDirectory(str(path.parent))
            dialog.selectFile(str(path))
            dialog.accept()

    # rooms

    def _of_meetings(self) -> Iterator[Act]:
        person = self._person
        yield "MDT", lambda: self._room("mdt")
        yield "choose a meeting", lambda: person.key(Qt.Key.Key_Down)
        yield "present", lambda: self._menu("present")
        for _case in range(3):
            yield "next case", lambda: person.key(Qt.Key.Key_PageDown)
        yield "leave presenting", lambda: person.key(Qt.Key.Key_Escape)
        for paper in ("mdt_pack", "mdt_minutes", "mdt_letters"):
            yield f"open {paper}", partial(self._menu, paper)
            yield f"leave {paper}", lambda: person.key(Qt.Key.Key_Escape)
        yield "carried out", lambda: self._menu("carried_out")

    def _of_evidence(self) -> Iterator[Act]:
        person = self._person
        yield "evidence", lambda: self._room("evidence")
        yield "look for a claim", lambda: person.type("ritux"[: 1 + self._round % 5])
        yield "next claims", lambda: person.key(Qt.Key.Key_Down, times=5)

    def _of_registry(self) -> Iterator[Act]:
        person = self._person
        yield "patients", lambda: self._room("patients")
        yield "next patients", lambda: person.key(Qt.Key.Key_PageDown, times=3)
        yield "registry", lambda: self._room("registry")
        yield "log", lambda: self._menu("log")
        yield "inbox", lambda: self._menu("inbox")
        yield "import", lambda: self._menu("import")
        yield "removed patients", lambda: self._menu("removed_patients")
        yield "shortcuts", lambda: self._menu("shortcuts")
        yield "leave", person.leave_dialog
        yield "about", lambda: self._menu("about")
        yield "leave", person.leave_dialog
        yield "commands", lambda: self._menu("commands")
        yield "leave", lambda: person.key(Qt.Key.Key_Escape)

    def _of_cohort(self) -> Iterator[Act]:
        yield "cohort", lambda: self._room("cohort")
        yield "ask", self._ask
        for name in [one.name for one in analyses.ANALYSES][self._round % 2 :: 2]:
            yield f"analysis {name}", partial(self._analyse, name)
        yield "patients of the cohort", lambda: self._cohort.show_part(PATIENTS)

    @property
    def _cohort(self) -> CohortPage:
        return self._person.part(CohortPage, "cohort_page")

    def _ask(self) -> None:
        text = self._cohort.question.text
        text.setFocus()
        text.set_text(_QUERIES[self._round % len(_QUERIES)])
        self._person.key(Qt.Key.Key_Return)

    def _analyse(self, name: str) -> None:
        page = self._cohort
        page.show_part(ANALYSES)
        page.analyses.design.choose(name)
        page.analyses.design.list.setFocus()
        self._person.key(Qt.Key.Key_Return)
        self._person.rest()

    def _of_everybody(self) -> Iterator[Act]:
        yield "quality", self._quality
        yield "export", self._export
        yield "back up", lambda: self._upkeep("backup_now")
        yield "verify", lambda: self._upkeep("verify")

    def _quality(self) -> None:
        self._menu("quality")
        self._person.key(Qt.Key.Key_U, CTRL)
        self._person.rest()

    def _export(self) -> None:
        self._menu("export")
        self._person.settle()
        self._person.part(QPushButton, "export_run").click()
        self._choose(self._folder)
        self._person.rest()

    def _upkeep(self, action: str) -> None:
        self._menu(action)
        self._person.rest()

    # the window itself

    def _of_the_window(self) -> Iterator[Act]:
        yield "lock", lambda: self._menu("lock")
        yield "unlock", self._person.unlock
        themes = ("dark", "light", "high_contrast", "light")
        yield "theme", lambda: self._set("theme", themes[self._round % len(themes)])
        yield "language", lambda: self._set("language", ("es", "en")[self._round % 2])

    def _set(self, name: str, code: str) -> None:
        self._menu("settings")
        self._person.settle()
        self._person.part(ChoiceField, f"setting_{name}").set_text(code)

    def _room(self, name: str) -> None:
        self._person.window.show_room(name)

    def _menu(self, action_id: str) -> None:
        self._person.menu(action_id)
