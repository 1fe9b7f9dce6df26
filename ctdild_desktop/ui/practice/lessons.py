"""The lessons: for whom, which steps, what to do in each, and the deed by which a step is known to be done.

A deed is a word of ``services.practice.happened`` or one that the practice room adds for what is only read:
``shown PAGE``, ``criterion``, ``mark``, ``pair``, ``reasons``, ``answer``, ``pack``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.ui.actions import action
from ctdild_desktop.ui.menus import QT_TRANSLATE_NOOP


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to try. ``action`` names the act whose key is told as ``{key}``."""

    id: str
    title: str
    text: str
    deeds: tuple[str, ...]
    """One of them is enough; a word ending in ``*`` stands for every word that begins so."""
    place: str
    """What "Show me" does: ``room ID``, ``patient``, ``chart``, ``criteria``, ``reasons``, ``act ID``."""
    action: str = ""

    @property
    def name(self) -> str:
        """The title in the reader's language."""
        return QCoreApplication.translate("Lessons", self.title)

    @property
    def words(self) -> str:
        """What to do, with its key, in the reader's language."""
        keys = action(self.action).keys if self.action else ()
        return QCoreApplication.translate("Lessons", self.text).format(key=keys[0] if keys else "")

    def done_by(self, deeds: Collection[str]) -> bool:
        """Whether one of the deeds is this step."""
        return any(_is(known, deed) for known in self.deeds for deed in deeds)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one kind of person does in a day."""

    id: str
    title: str
    steps: tuple[Step, ...]

    @property
    def name(self) -> str:
        """For whom it is, in the reader's language."""
        return QCoreApplication.translate("Lessons", self.title)


def _is(known: str, deed: str) -> bool:
    return deed.startswith(known[:-1]) if known.endswith("*") else deed == known


NURSE = Lesson(
    "nurse",
    QT_TRANSLATE_NOOP("Lessons", "Nurse, physiologist"),
    (
        Step(
            "find",
            QT_TRANSLATE_NOOP("Lessons", "Find a patient"),
            QT_TRANSLATE_NOOP("Lessons", "{key} is the search from anywhere. Type holl and press Enter."),
            ("shown patient",),
            "act find",
            "find",
        ),
        Step(
            "pft",
            QT_TRANSLATE_NOOP("Lessons", "Log a lung-function test"),
            QT_TRANSLATE_NOOP(
                "Lessons", "{key}. Enter goes from field to field; FVC alone is enough. Ctrl+Enter saves."
            ),
            ("insert pft",),
            "patient",
            "log_pft",
        ),
        Step(
            "flags",
            QT_TRANSLATE_NOOP("Lessons", "Read the criteria"),
            QT_TRANSLATE_NOOP(
                "Lessons",
                "Under the name stands which definitions are met. Tab goes there; the arrow keys choose one.",
            ),
            ("criterion",),
            "criteria",
        ),
        Step(
            "undo",
            QT_TRANSLATE_NOOP("Lessons", "Take something back"),
            QT_TRANSLATE_NOOP(
                "Lessons", "{key} takes back what was done last: the bar at the bottom says what that is."
            ),
            ("undo",),
            "patient",
            "undo",
        ),
        Step(
            "snooze",
            QT_TRANSLATE_NOOP("Lessons", "Put off what is due"),
            QT_TRANSLATE_NOOP(
                "Lessons", "On Today ({key}) choose a row and press Space. Say until when and why."
            ),
            ("insert snooze",),
            "room today",
            "room_today",
        ),
        Step(
            "lock",
            QT_TRANSLATE_NOOP("Lessons", "Lock, and come back"),
            QT_TRANSLATE_NOOP(
                "Lessons", "{key} whenever you leave the desk. What you typed is still there after."
            ),
            ("event lock",),
            "",
            "lock",
        ),
    ),
)
PHYSICIAN = Lesson(
    "physician",
    QT_TRANSLATE_NOOP("Lessons", "Physician"),
    (
        Step(
            "plot",
            QT_TRANSLATE_NOOP("Lessons", "Read the time-line"),
            QT_TRANSLATE_NOOP(
                "Lessons",
                "Left and Right go from test to test and read the values. 1, 2 and 3 choose litres, % and z.",
            ),
            ("mark",),
            "chart",
        ),
        Step(
            "compare",
            QT_TRANSLATE_NOOP("Lessons", "Compare two tests"),
            QT_TRANSLATE_NOOP(
                "Lessons", "On a test press Shift+Right, or drag over the plot. The change stands above it."
            ),
            ("pair",),
            "chart",
        ),
        Step(
            "why",
            QT_TRANSLATE_NOOP("Lessons", "See why"),
            QT_TRANSLATE_NOOP(
                "Lessons",
                "At the right each answer names its tests, numbers and source. Choose another one there.",
            ),
            ("reasons",),
            "reasons",
        ),
        Step(
            "therapy",
            QT_TRANSLATE_NOOP("Lessons", "Record a therapy"),
            QT_TRANSLATE_NOOP(
                "Lessons", "{key}: drug, start, dose. Ctrl+Enter saves it as a line of therapy."
            ),
            ("insert therapy_line",),
            "patient",
            "add_therapy",
        ),
        Step(
            "dose",
            QT_TRANSLATE_NOOP("Lessons", "Change a dose"),
            QT_TRANSLATE_NOOP(
                "Lessons", "On the tab Therapy press Enter on a line and choose the change of dose."
            ),
            ("insert dose_change",),
            "tab therapy",
        ),
        Step(
            "harm",
            QT_TRANSLATE_NOOP("Lessons", "Record an adverse event"),
            QT_TRANSLATE_NOOP("Lessons", "{key}: what, since when, which grade, and the suspected drug."),
            ("insert adverse_event",),
            "patient",
            "add_adverse_event",
        ),
        Step(
            "hrct",
            QT_TRANSLATE_NOOP("Lessons", "Record an HRCT"),
            QT_TRANSLATE_NOOP("Lessons", "{key}: date, extent, and what changed since the scan before."),
            ("insert hrct",),
            "patient",
            "add_hrct",
        ),
    ),
)
COORDINATOR = Lesson(
    "coordinator",
    QT_TRANSLATE_NOOP("Lessons", "MDT coordinator"),
    (
        Step(
            "meeting",
            QT_TRANSLATE_NOOP("Lessons", "Plan a meeting"),
            QT_TRANSLATE_NOOP(
                "Lessons", "{key}: day, hour and place. One of 19 March 2026 is there already."
            ),
            ("insert meeting",),
            "room mdt",
            "new_meeting",
        ),
        Step(
            "case",
            QT_TRANSLATE_NOOP("Lessons", "Put a patient on the agenda"),
            QT_TRANSLATE_NOOP(
                "Lessons", "With a patient open, {key}: choose the meeting and write the question."
            ),
            ("insert agenda_item",),
            "patient",
            "add_to_agenda",
        ),
        Step(
            "pack",
            QT_TRANSLATE_NOOP("Lessons", "Print the pack"),
            QT_TRANSLATE_NOOP("Lessons", "In the MDT room choose the meeting, then {key}. Save it as a PDF."),
            ("pack",),
            "room mdt",
            "mdt_pack",
        ),
        Step(
            "decision",
            QT_TRANSLATE_NOOP("Lessons", "Write the decision"),
            QT_TRANSLATE_NOOP(
                "Lessons", "{key} presents a case. Type what the team decides beside it and save."
            ),
            ("insert decision", "update decision"),
            "room mdt",
            "present",
        ),
        Step(
            "sign",
            QT_TRANSLATE_NOOP("Lessons", "Sign it"),
            QT_TRANSLATE_NOOP(
                "Lessons", "Ctrl+Enter signs the case. What lacks is named; what is signed stays as it is."
            ),
            ("signed",),
            "room mdt",
        ),
        Step(
            "letter",
            QT_TRANSLATE_NOOP("Lessons", "Make the letter"),
            QT_TRANSLATE_NOOP("Lessons", "On the signed case, {key}: read it, then save it as a PDF."),
            ("event mdt_print letter*",),
            "room mdt",
            "mdt_letters",
        ),
    ),
)
LEAD = Lesson(
    "lead",
    QT_TRANSLATE_NOOP("Lessons", "Clinic lead"),
    (
        Step(
            "question",
            QT_TRANSLATE_NOOP("Lessons", "Ask a question"),
            QT_TRANSLATE_NOOP(
                "Lessons", "On Cohort ({key}) choose a disease or a drug, and save the question by a name."
            ),
            ("insert saved_query",),
            "room cohort",
            "room_cohort",
        ),
        Step(
            "analysis",
            QT_TRANSLATE_NOOP("Lessons", "Run an analysis"),
            QT_TRANSLATE_NOOP(
                "Lessons", "Choose one of the analyses there and press Enter. It says what it counts."
            ),
            ("answer",),
            "room cohort",
            "room_cohort",
        ),
        Step(
            "evidence",
            QT_TRANSLATE_NOOP("Lessons", "Look at the evidence"),
            QT_TRANSLATE_NOOP(
                "Lessons", "{key}: what the review says, found by drug or disease, with its numbers."
            ),
            ("shown evidence",),
            "room evidence",
            "room_evidence",
        ),
        Step(
            "export",
            QT_TRANSLATE_NOOP("Lessons", "Export without names"),
            QT_TRANSLATE_NOOP("Lessons", "{key}: choose what and where. Without identity is the usual way."),
            ("event export identity no",),
            "act export",
            "export",
        ),
    ),
)
LESSONS = (NURSE, PHYSICIAN, COORDINATOR, LEAD)


def step_of(step_id: str) -> Step:
    """The step of an id (``nurse.find``); KeyError when there is none."""
    return {f"{lesson.id}.{step.id}": step for lesson in LESSONS for step in lesson.steps}[step_id]


def done_now(done: Collection[str], deeds: Collection[str]) -> frozenset[str]:
    """The steps that are done after these deeds, those of before included."""
    return frozenset(done) | {
        f"{lesson.id}.{step.id}" for lesson in LESSONS for step in lesson.steps if step.done_by(deeds)
    }
